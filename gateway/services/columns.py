"""What the columns of somebody's file are: guessed from the words at their heads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.services.numbers import BadNumber, normalise
from gateway.services.people import MOST_FIELDS, field_name_error
from gateway.services.sheets import Row
from gateway.store.people import fold

LEAVE_OUT = ""
NAME, FIRST, LAST, NUMBER, NOTES, GROUPS = "name", "first", "last", "number", "notes", "groups"
OWN = "field:"  # and the name of the field
LABELS = {
    NAME: "Name",
    FIRST: "First name",
    LAST: "Last name",
    NUMBER: "Number",
    NOTES: "Notes",
    GROUPS: "Groups",
    LEAVE_OUT: "Leave out",
}
ONCE = (NAME, FIRST, LAST, NUMBER)

# Whole heads, folded; then words that a head may contain.
HEADS: Mapping[str, tuple[str, ...]] = {
    FIRST: ("first name", "given name", "firstname", "forename", "vorname", "prenom", "nombre"),
    LAST: ("last name", "family name", "lastname", "surname", "nachname", "apellido", "apellidos"),
    NAME: ("name", "full name", "fullname", "display name", "contact", "contact name", "nom"),
    NOTES: ("notes", "note", "comment", "comments", "remark", "remarks", "notiz", "notizen"),
    GROUPS: ("groups", "group", "labels", "group membership", "categories", "tags", "gruppen"),
    LEAVE_OUT: ("problem", "id", "photo"),
}
NUMBER_WORDS = (
    "number", "phone", "mobile", "telephone", "tel", "cell", "cellphone", "msisdn", "gsm",
    "handy", "mobil", "telefon", "telefono", "movil", "numero", "nummer", "simu", "whatsapp",
)  # fmt: skip
NOT_NUMBERS = ("type", "label", "fax", "pager")


@dataclass(frozen=True, slots=True)
class Sheet:
    header: tuple[str, ...]  # as many as the widest row; "" where there is none
    rows: tuple[Row, ...]


def sheet(rows: Sequence[Row], country: str) -> Sheet:
    """With its first row as the header, unless that looks like a contact already."""
    width = max(len(row.cells) for row in rows)
    first = rows[0].cells
    known = any(_by_head(cell) is not None for cell in first)
    if not known and any(_is_number(cell, country) for cell in first):
        return Sheet(("",) * width, tuple(rows))
    return Sheet(first + ("",) * (width - len(first)), tuple(rows[1:]))


def guess(found: Sheet, country: str) -> tuple[str, ...]:
    """What each column is; "" leaves it out."""
    kinds: list[str] = []
    own = 0
    for index, head in enumerate(found.header):
        sample = [row.cells[index] for row in found.rows[:200] if len(row.cells) > index]
        sample = [cell for cell in sample if cell]
        kind = _by_head(head) if head else _by_content(sample, country)
        if kind is None:
            kind = OWN + head if own < MOST_FIELDS and not field_name_error(head) else LEAVE_OUT
        if not sample or (kind in ONCE and kind in kinds):
            kind = LEAVE_OUT
        own += kind.startswith(OWN)
        kinds.append(kind)
    return tuple(kinds)


def _by_head(head: str) -> str | None:
    folded = " ".join(fold(head.replace("_", " ").replace("-", " ")).split())
    for kind, heads in HEADS.items():
        if folded in heads:
            return kind
    said = folded.replace("/", " ").replace(".", " ").split()
    if any(w in NUMBER_WORDS for w in said) and not any(w in NOT_NUMBERS for w in said):
        return NUMBER
    return None


def _by_content(sample: Sequence[str], country: str) -> str:
    if not sample:
        return LEAVE_OUT
    numbers = sum(_is_number(cell, country) for cell in sample)
    return NUMBER if numbers > len(sample) // 2 else NAME


def _is_number(cell: str, country: str) -> bool:
    return sum(c.isdigit() for c in cell) >= 5 and not isinstance(
        normalise(cell, country), BadNumber
    )
