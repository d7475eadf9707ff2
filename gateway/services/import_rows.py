"""The rows of somebody's file of contacts, one by one: can each go in, and if not, why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from gateway.services import cleaning, columns, sheets, vcard
from gateway.services.columns import OWN, Sheet
from gateway.services.people import LONGEST_VALUE, Entered, examine, group_name_error
from gateway.services.sheets import Row
from gateway.store import people
from gateway.store.imports import Problem
from gateway.store.people import Contact, fold

LOOKED_AT = 500  # rows that a preview shows checked: a page answers quickly, however many there are
GROUP_SEPARATORS = re.compile(r"[,;|\n]|:::")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a person decided in the preview."""

    columns: tuple[str, ...]
    update: bool = False  # known contacts: True = update them, False = leave them as they are
    group: str = ""  # that everybody joins

    def to_json(self) -> str:
        return json.dumps([self.columns, self.update, self.group])

    @classmethod
    def from_json(cls, text: str) -> Plan:
        kinds, update, group = json.loads(text)
        return cls(tuple(kinds), update, group)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A row that can go in. `values`: own field -> what is in it."""

    row: Row
    contact: Contact
    groups: tuple[str, ...]
    values: Mapping[str, str]


@dataclass(slots=True)
class Looked:
    """Some rows of the file, looked at."""

    good: list[Prepared] = field(default_factory=list)
    bad: list[Problem] = field(default_factory=list)
    known: int = 0  # of the good ones: contacts that exist


def opened(content: bytes, country: str) -> tuple[tuple[str, ...], Iterator[Row]]:
    """(header, the rows under it, one by one). CSV or vCard, told apart by what is in it.

    Raises sheets.BadFile, for what is far behind only when it is come to.
    """
    text = sheets.decode(content)
    if vcard.looks_like(text):
        return vcard.HEADER, _cards(text)
    rows = sheets.rows(text)
    first = columns.sheet(list(islice(rows, LOOKED_AT)), country)
    return first.header, _somebody(chain(first.rows, rows))


def _cards(text: str) -> Iterator[Row]:
    for count, card in enumerate(vcard.cards(text), start=1):
        if count > sheets.MOST_ROWS:
            words = f"The file has more than {sheets.MOST_ROWS:,} cards; import it in parts."
            raise sheets.BadFile(words)
        yield Row(card.line, card.cells)


def _somebody(rows: Iterator[Row]) -> Iterator[Row]:
    first = next(rows, None)
    if first is None:
        raise sheets.BadFile("There is a header in the file, and nobody under it.")
    return chain([first], rows)


def read(content: bytes, country: str) -> Sheet:
    """As much of the file as a preview looks at. Raises sheets.BadFile."""
    header, rows = opened(content, country)
    return Sheet(header, tuple(islice(rows, LOOKED_AT)))


class Looker:
    """Looks at rows in their order, and knows which numbers came before in the same file."""

    def __init__(self, plan: Plan, country: str) -> None:
        self._plan = plan
        self._country = country
        self._seen: dict[str, int] = {}

    def look(self, rows: Iterable[Row]) -> Looked:
        looked = Looked()
        for row in rows:
            prepared, words = self._prepare(row)
            key = prepared.contact.number or "name " + fold(prepared.contact.name)
            if not words and key in self._seen:
                same = "number" if prepared.contact.number else "name, without a number,"
                words = f"The same {same} as in line {self._seen[key]}."
            if words:
                looked.bad.append(Problem(row.line, row.cells, words))
            else:
                self._seen[key] = row.line
                looked.good.append(prepared)
        return looked

    def _prepare(self, row: Row) -> tuple[Prepared, str]:
        cells: dict[str, list[str]] = {}
        for kind, cell in zip(self._plan.columns, row.cells, strict=False):
            if kind and cell.strip():
                cells.setdefault(kind, []).append(cell)
        name = " ".join(c for kind in ("name", "first", "last") for c in cells.get(kind, ()))
        entered = Entered(
            name, " ".join(cells.get("number", ())), "\n".join(cells.get("notes", ()))
        )
        contact, errors = examine(entered, self._country)
        member = _group_names(cells.get("groups", ()), self._plan.group)
        values = {
            kind[len(OWN) :]: value
            for kind, found in cells.items()
            if kind.startswith(OWN) and (value := cleaning.line(" ".join(found)))
        }
        said = [e.words for e in errors]
        said += [why for g in member if (why := group_name_error(g, self._country))]
        said += [
            f"“{k}” is longer than {LONGEST_VALUE} characters; shorten it."
            for k, v in values.items()
            if len(v) > LONGEST_VALUE
        ]
        width = len(self._plan.columns)
        if any(cell.strip() for cell in row.cells[width:]):
            said.append(f"It has more cells than the {width} columns; is a quotation mark missing?")
        return Prepared(row, contact, member, values), " ".join(said)


def known(prepared: Prepared) -> Contact | None:
    """The contact with this number; without one, the only one of this name that has none."""
    if prepared.contact.number:
        return people.by_number(prepared.contact.number)
    found = [c for c in people.named(fold(prepared.contact.name)) if not c.number]
    return found[0] if len(found) == 1 else None


def _group_names(cells: Sequence[str], everybody: str) -> tuple[str, ...]:
    said = [one for cell in cells for one in GROUP_SEPARATORS.split(cell)]
    names = [cleaning.line(name).removeprefix("* ") for name in (*said, everybody)]
    distinct = {fold(name): name for name in reversed(names) if name}
    return tuple(reversed(distinct.values()))
