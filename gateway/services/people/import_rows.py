"""The rows of somebody's file of contacts, one by one: can each go in, and if not, why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from gateway.services.people import columns, row_numbers, sheets, vcard
from gateway.services.people.columns import IN_GROUP, OWN, Sheet
from gateway.services.people.headings import (
    FIRST,
    GROUPS,
    KIND,
    LAST,
    MIDDLE,
    NAME,
    NUMBER,
    NUMBERS,
)
from gateway.services.people.people import LONGEST_VALUE, TypedContact, examine, group_name_error
from gateway.services.people.row_numbers import RowNumber
from gateway.services.people.sheets import SheetRow
from gateway.services.people.text_files import BadFile, TextFile
from gateway.store.people import people
from gateway.store.people.imports import ImportProblemInfo
from gateway.store.people.people import ContactInfo, fold
from gateway.text import clean

LOOKED_AT = 500  # rows that a preview shows checked: a page answers quickly, however many there are
GROUP_SEPARATORS = re.compile(r"[,;|\n]|:::|\\\\")  # FrontlineSMS writes two backslashes
FRONTLINES = "group(s)"
YES = ("true", "yes", "1", "x", "ja", "oui", "si", "sim", "ndiyo", "да", "نعم", "tak")


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a person decided in the preview."""

    columns: tuple[str, ...]
    update: bool = False  # known contacts: True = update them, False = leave them as they are
    group: str = ""  # that everybody joins
    encoding: str = ""  # in which the file is read; "" = the one that fits

    def to_json(self) -> str:
        return json.dumps([self.columns, self.update, self.group, self.encoding])

    @classmethod
    def from_json(cls, text: str) -> ImportPlan:
        kinds, *others = json.loads(text)  # older ones have no encoding
        return cls(tuple(kinds), *others)


@dataclass(frozen=True, slots=True)
class ImportableRow:
    """A row that can go in. `values`: own field -> what is in it. `told`: of its numbers, what
    could not be read. `aside`: the end of the notes, which is about numbers.
    """

    row: SheetRow
    contact: ContactInfo
    groups: tuple[str, ...]
    values: Mapping[str, str]
    told: str = ""
    aside: str = ""


@dataclass(slots=True)
class CheckedRows:
    """Some rows of the file, looked at."""

    good: list[ImportableRow] = field(default_factory=list)
    bad: list[ImportProblemInfo] = field(default_factory=list)
    known: int = 0  # of the good ones: contacts that exist

    @property
    def numberless(self) -> int:
        return sum(not one.contact.number for one in self.good)

    @property
    def incomplete(self) -> list[ImportProblemInfo]:
        """Rows that go in without all of what is in them."""
        return [ImportProblemInfo(p.row.line, p.row.cells, p.told) for p in self.good if p.told]


def opened(
    content: bytes, country: str, encoding: str = ""
) -> tuple[tuple[str, ...], Iterator[SheetRow], str]:
    """(header, the rows under it, one by one, the encoding). CSV or vCard, told apart by what is
    in it. Raises BadFile, for what is far behind only when it is come to.
    """
    text = TextFile.read(content, encoding, country)
    if vcard.looks_like(text):
        return vcard.HEADER, _cards(text), text.encoding
    rows = sheets.rows(text)
    first = columns.sheet(list(islice(rows, LOOKED_AT)), country)
    return first.header, _somebody(chain(first.rows, rows)), text.encoding


def _cards(text: TextFile) -> Iterator[SheetRow]:
    count = 0
    for count, card in enumerate(vcard.cards(text), start=1):
        if count > sheets.MOST_ROWS:
            words = f"The file has more than {sheets.MOST_ROWS:,} cards; import it in parts."
            raise BadFile(words)
        yield SheetRow(card.line, card.cells)
    if not count:
        raise BadFile("There is nobody in the file.")


def _somebody(rows: Iterator[SheetRow]) -> Iterator[SheetRow]:
    first = next(rows, None)
    if first is None:
        raise BadFile("There is a header in the file, and nobody under it.")
    return chain([first], rows)


def read(content: bytes, country: str, encoding: str = "") -> Sheet:
    """As much of the file as a preview looks at. Raises BadFile."""
    header, rows, found = opened(content, country, encoding)
    return Sheet(header, tuple(islice(rows, LOOKED_AT)), found)


class RowChecker:
    """Looks at rows in their order, and knows which numbers came before in the same file."""

    def __init__(self, plan: ImportPlan, header: Sequence[str], country: str) -> None:
        self._plan = plan
        self._header = (*header, *("",) * (len(plan.columns) - len(header)))
        self._country = country
        self._ours = columns.is_ours(header) or tuple(header) == vcard.HEADER
        self._seen: dict[str, int] = {}

    def look(self, rows: Iterable[SheetRow]) -> CheckedRows:
        looked = CheckedRows()
        for row in rows:
            prepared, words = self._prepare(row)
            key = prepared.contact.number or "name " + fold(prepared.contact.name)
            if not words and key in self._seen:
                same = "number" if prepared.contact.number else "name, without a number,"
                words = f"The same {same} as in line {self._seen[key]}."
            if words:
                looked.bad.append(ImportProblemInfo(row.line, row.cells, words))
            else:
                self._seen[key] = row.line
                looked.good.append(prepared)
        return looked

    def _prepare(self, row: SheetRow) -> tuple[ImportableRow, str]:
        cells: dict[str, list[str]] = {}
        for kind, cell in zip(self._plan.columns, row.cells, strict=False):
            if kind and cell.strip():
                cells.setdefault(kind, []).append(cell)
        number = self._number(row)
        name, notes = _name(cells), "\n".join(filter(None, (*cells.get("notes", ()), number.notes)))
        contact, errors = examine(TypedContact(name, number.number, notes), self._country)
        member = self._groups(row)
        values = {
            kind[len(OWN) :]: value
            for kind, found in cells.items()
            if kind.startswith(OWN) and (value := clean.line(" ".join(found)))
        }
        said = [number.bad] if errors and number.bad and not contact.name else []
        said = said or [e.words for e in errors]
        said += [why for g in member if (why := group_name_error(g, self._country))]
        said += [
            f"“{k}” is longer than {LONGEST_VALUE} characters; shorten it."
            for k, v in values.items()
            if len(v) > LONGEST_VALUE
        ]
        width = len(self._plan.columns)
        if any(cell.strip() for cell in row.cells[width:]):
            said.append(f"It has more cells than the {width} columns; is a quotation mark missing?")
        aside = clean.block(number.notes)
        return ImportableRow(row, contact, member, values, number.bad, aside), " ".join(said)

    def _number(self, row: SheetRow) -> RowNumber:
        typed: list[row_numbers.TypedNumber] = []
        labels = ""  # in the column before
        for kind, head, cell in zip(self._plan.columns, self._header, row.cells, strict=False):
            if kind in NUMBERS and cell.strip():
                called = "" if kind == NUMBER else clean.line(head)
                typed += row_numbers.labelled(cell, labels, kind, called, self._country)
            labels = cell if kind == KIND else ""
        return row_numbers.choose(typed, self._country)

    def _groups(self, row: SheetRow) -> tuple[str, ...]:
        names: list[str] = []
        for kind, head, cell in zip(self._plan.columns, self._header, row.cells, strict=False):
            if kind.startswith(IN_GROUP) and fold(cell) in YES:
                names.append(kind[len(IN_GROUP) :])
            elif kind == GROUPS and self._ours:
                names += cell.split(";")
            elif kind == GROUPS:
                names += _foreign_groups(cell, head)
        names = [clean.line(name) for name in (*names, self._plan.group)]
        distinct = {fold(name): name for name in reversed(names) if name}
        return tuple(reversed(distinct.values()))


def _foreign_groups(cell: str, head: str) -> Iterator[str]:
    if fold(head) == FRONTLINES:
        cell = re.sub(r"\\+", "|", cell)
    for name in GROUP_SEPARATORS.split(cell):
        if fold(name).removeprefix("* ") != vcard.EVERYBODY:
            yield name.strip().removeprefix("* ").strip("/")


def _name(cells: Mapping[str, Sequence[str]]) -> str:
    """Nobody's name twice: the whole one, or its parts when they say more."""
    whole = " ".join(cells.get(NAME, ()))
    parts = " ".join(c for kind in (FIRST, MIDDLE, LAST) for c in cells.get(kind, ()))
    in_whole, in_parts = (set(re.findall(r"\w+", fold(text))) for text in (whole, parts))
    return parts if in_parts and in_whole <= in_parts else whole or parts


def existing_contact(prepared: ImportableRow) -> ContactInfo | None:
    """The contact with this number; without one, the only one of this name that has none."""
    if prepared.contact.number:
        return people.by_number(prepared.contact.number)
    found = [c for c in people.named(fold(prepared.contact.name)) if not c.number]
    return found[0] if len(found) == 1 else None
