"""What the columns of somebody's file are: guessed from their heads, and from what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.services.people import headings
from gateway.services.people.headings import (
    FIRST,
    GROUPS,
    KIND,
    LAST,
    LEAVE_OUT,
    MAYBE,
    MIDDLE,
    MOBILE,
    NAME,
    NOTES,
    NUMBER,
    NUMBERS,
    OTHER,
)
from gateway.services.people.numbers import BadNumber, normalise
from gateway.services.people.people import MOST_FIELDS, field_name_error
from gateway.services.people.row_numbers import several
from gateway.services.people.sheets import SheetRow
from gateway.store.people.people import fold

OWN = "field:"  # and the name of the field
IN_GROUP = "group:"  # and the name of the group, of which a cell says yes or no
LABELS = {
    NAME: "Name",
    FIRST: "First name",
    MIDDLE: "Middle name",
    LAST: "Last name",
    MOBILE: "Mobile number",
    NUMBER: "Number",
    OTHER: "Other number, as of home or work",
    KIND: "Kind of the next number",
    NOTES: "Notes",
    GROUPS: "Groups",
    LEAVE_OUT: "Leave out",
}
ONCE = (NAME, FIRST, MIDDLE)  # who has two family names has two columns of them
OURS = ("name", "number", "notes", "groups")  # how our own files begin; then come own fields
SAMPLE = 200  # rows
FEWEST_DIGITS = 7  # of what is known as a number by itself
TITLES = 5  # lines above the heads at most


@dataclass(frozen=True, slots=True)
class Sheet:
    header: tuple[str, ...]  # as many as the widest row; "" where there is none
    rows: tuple[SheetRow, ...]
    encoding: str = ""


def sheet(rows: Sequence[SheetRow], country: str) -> Sheet:
    """With its first row as the header, unless that looks like a contact already."""
    width = max(len(row.cells) for row in rows)
    at = _header(rows)
    first = rows[at].cells
    known = any(headings.kind_of(cell) is not None for cell in first)
    if not known and any(_is_number(cell, country, 5) for cell in first):
        return Sheet(("",) * width, tuple(rows))
    return Sheet(first + ("",) * (width - len(first)), tuple(rows[at + 1 :]))


def _header(rows: Sequence[SheetRow]) -> int:
    """The first one, unless that is a title alone above heads that are known."""
    for at, row in enumerate(rows[:TITLES]):
        if sum(1 for cell in row.cells if cell.strip()) > 1:
            known = sum(headings.kind_of(cell) is not None for cell in row.cells if cell)
            return at if known > 1 else 0
    return 0


def is_ours(header: Sequence[str]) -> bool:
    return tuple(map(fold, header[: len(OURS)])) == OURS


def guess(found: Sheet, country: str, fields: Sequence[str] = ()) -> tuple[str, ...]:
    """What each column is; "" leaves it out. `fields`: own fields that exist."""
    own = {fold(name): OWN + name for name in fields}
    if is_ours(found.header):
        return _ours(found.header, own)
    samples = [_sample(found, index) for index in range(len(found.header))]
    kinds: list[str | None] = []
    perhaps: list[int] = []
    for head, sample in zip(found.header, samples, strict=True):
        kind = headings.kind_of(head) if head else None
        if kind and kind.startswith(MAYBE):
            perhaps += [len(kinds)] * (kind == MAYBE + NUMBER)
            kind = kind[1:] if _share(sample, country) > 0.5 else None
        if kind is None:
            kind = own.get(fold(head)) or in_group(head)
        if not sample or (kind in ONCE and kind in kinds):
            kind = LEAVE_OUT
        kinds.append(kind)
    _by_content(kinds, samples, found.header, country)
    if perhaps and not set(kinds) & set(NUMBERS) and kinds[perhaps[0]] is None:
        kinds[perhaps[0]] = NUMBER
    _which_name(kinds, found)
    if len(found.rows) > SAMPLE:
        _not_yet(kinds, found.header, samples)
    return tuple(kind or LEAVE_OUT for kind in kinds)


def _not_yet(kinds: list[str | None], header: Sequence[str], samples: Sequence[list[str]]) -> None:
    """Nothing in the first rows is not nothing in the file."""
    for at, head in enumerate(header):
        kind = headings.kind_of(head) or LEAVE_OUT
        taken = kind in ONCE and kind in kinds
        if not samples[at] and not taken and not kind.startswith(MAYBE):
            kinds[at] = kind


def _ours(header: Sequence[str], own: dict[str, str]) -> tuple[str, ...]:
    kinds = [NAME, NUMBER, NOTES, GROUPS]
    left = MOST_FIELDS - len(own)
    for index, head in enumerate(header[len(kinds) :], start=len(kinds)):
        kind = own.get(fold(head), "")
        ends = index == len(header) - 1 and fold(head) == "problem"  # rows that did not go in
        if not kind and left > 0 and not ends and not field_name_error(head):
            kind, left = OWN + head, left - 1
        kinds.append(kind)
    return tuple(kinds)


def _sample(found: Sheet, index: int) -> list[str]:
    cells = (row.cells[index] for row in found.rows[:SAMPLE] if len(row.cells) > index)
    return [cell for cell in cells if cell.strip()]


def in_group(head: str) -> str | None:
    """RapidPro has a column for each group."""
    name = head.partition(":")[2].strip()
    return IN_GROUP + name if name and fold(head).startswith("group:") else None


def _by_content(
    kinds: list[str | None],
    samples: Sequence[list[str]],
    header: Sequence[str],
    country: str,
) -> None:
    """A number and a name, if no head said where they are."""
    if not set(kinds) & set(NUMBERS):
        shares = {
            i: _share(samples[i], country)
            for i, kind in enumerate(kinds)
            if kind is None and not headings.no_sms(header[i])
        }
        best = max(shares, key=lambda i: shares[i], default=None)
        if best is not None and shares[best] > 0.5:
            kinds[best] = NUMBER
    if not set(kinds) & {NAME, FIRST, LAST}:
        likely = (i for i, kind in enumerate(kinds) if kind is None and _names(samples[i]))
        for index in likely:
            kinds[index] = NAME
            break


def _names(sample: Sequence[str]) -> bool:
    """Words, few of them alike."""
    words = [
        c for c in sample if sum(x.isalpha() for x in c) > 1 and not set(c) & set("@0123456789")
    ]
    return len(words) * 2 > len(sample) and len(set(words)) * 2 > len(words)


def _which_name(kinds: list[str | None], found: Sheet) -> None:
    """“Name” beside a first name alone is the last one ("Nom, Prénom"), and the other way round,
    unless it has the whole name in it.
    """
    for there, missing in ((FIRST, LAST), (LAST, FIRST)):
        if NAME not in kinds or there not in kinds or missing in kinds:
            continue
        name, part = kinds.index(NAME), kinds.index(there)
        pairs = [
            (fold(row.cells[name]), fold(row.cells[part]))
            for row in found.rows[:SAMPLE]
            if len(row.cells) > max(name, part) and row.cells[name] and row.cells[part]
        ]
        if pairs and sum(whole in part_ or part_ in whole for whole, part_ in pairs) * 2 < len(
            pairs
        ):
            kinds[name] = missing


def _share(sample: Sequence[str], country: str) -> float:
    """How many of them are numbers of phones."""
    return sum(_is_number(cell, country, FEWEST_DIGITS) for cell in sample) / max(len(sample), 1)


def _is_number(cell: str, country: str, fewest: int) -> bool:
    """Or several of them."""
    return sum(c.isdigit() for c in cell) >= fewest and any(
        not isinstance(normalise(one, country), BadNumber) for one in several(cell, country)
    )
