"""Contacts out of files: look at every row first, then put the good ones in, a few at a time.

Rows are read and checked outside the transactions, and each transaction holds a few only, so that
a modem that has something to write down never waits for long.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gateway.clock import Clock
from gateway.events import Events, StoreChanged
from gateway.services import cleaning, columns, sheets, vcard
from gateway.services.columns import OWN, Sheet
from gateway.services.people import Entered, examine, field_name_error, group_name_error
from gateway.services.refusals import FieldError, Refused
from gateway.store import db, groups, imports, people
from gateway.store.people import Contact, NumberTaken, fold

log = logging.getLogger(__name__)

MOST_OCTETS = 4 << 20
CHUNK = 50  # rows in one transaction
BREATH = 0.01  # seconds between chunks that belong to whoever else wants to write
AT_ONCE = 400  # so few rows are put in before the page is answered
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

    line: int
    contact: Contact
    groups: tuple[str, ...]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BadRow:
    line: int
    cells: tuple[str, ...]
    words: str


@dataclass(slots=True)
class Looked:
    """Every row of the file, looked at."""

    good: list[Prepared] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    known: int = 0  # of the good ones: contacts that exist


def read(content: bytes, country: str) -> Sheet:
    """CSV or vCard, told apart by what is in it. Raises sheets.BadFile."""
    text = sheets.decode(content)
    if vcard.looks_like(text):
        rows = tuple(sheets.Row(card.line, card.cells) for card in vcard.read(text))
        if len(rows) > sheets.MOST_ROWS:
            words = f"The file has more than {sheets.MOST_ROWS:,} cards; import it in parts."
            raise sheets.BadFile(words)
        if not rows:
            raise sheets.BadFile("There is nobody in the file.")
        return Sheet(vcard.HEADER, rows)
    found = columns.sheet(sheets.read(text), country)
    if not found.rows:
        raise sheets.BadFile("There is a header in the file, and nobody under it.")
    return found


class Importing:
    """Stateless but for its settings; the rows of large files go in on a thread of their own."""

    def __init__(self, clock: Clock, events: Events, country: Callable[[], str]) -> None:
        self._clock = clock
        self._events = events
        self._country = country

    def upload(self, name: str, content: bytes, who: str) -> int:
        """Keep a file for the preview. Raises Refused when nothing can be made of it."""
        if len(content) > MOST_OCTETS:
            words = f"The file is larger than {MOST_OCTETS >> 20} MB; import it in parts."
            raise Refused([FieldError("file", words)])
        try:
            read(content, self._country())
        except sheets.BadFile as e:
            raise Refused([FieldError("file", str(e))]) from e
        return imports.add(cleaning.line(name)[:100], content, self._clock.now(), who)

    def sheet(self, kept: imports.Import) -> Sheet:
        return read(kept.content, self._country())

    def guess(self, sheet: Sheet) -> Plan:
        return Plan(columns.guess(sheet, self._country()))

    def check(self, sheet: Sheet, plan: Plan) -> list[FieldError]:
        """What is wrong with the plan itself."""
        errors = []
        if not set(plan.columns) & {columns.NAME, columns.FIRST, columns.LAST, columns.NUMBER}:
            errors.append(FieldError("columns", "Say which column has the name or the number."))
        for kind in columns.ONCE:
            if plan.columns.count(kind) > 1:
                words = f"Only one column can be “{columns.LABELS[kind]}”."
                errors.append(FieldError("columns", words))
        errors += [
            FieldError("columns", why)
            for kind in plan.columns
            if kind.startswith(OWN) and (why := field_name_error(kind[len(OWN) :]))
        ]
        if len(plan.columns) != len(sheet.header):
            errors.append(FieldError("columns", "The file has other columns; look at it again."))
        if plan.group and (why := group_name_error(plan.group, self._country())):
            errors.append(FieldError("group", why))
        return errors

    def look(self, sheet: Sheet, plan: Plan) -> Looked:
        """Every row: can it go in, and if not, why."""
        looked = Looked()
        seen: dict[str, int] = {}
        for row in sheet.rows:
            prepared, words = self._prepare(row, plan)
            key = prepared.contact.number or "name " + fold(prepared.contact.name)
            if not words and key in seen:
                same = "number" if prepared.contact.number else "name, without a number,"
                words = f"The same {same} as in line {seen[key]}."
            if words:
                looked.bad.append(BadRow(row.line, row.cells, words))
            else:
                seen[key] = row.line
                looked.good.append(prepared)
        numbers = [p.contact.number for p in looked.good if p.contact.number]
        nameless = [p for p in looked.good if not p.contact.number]
        looked.known = len(people.ids_of(numbers)) + sum(_known(p) is not None for p in nameless)
        return looked

    def _prepare(self, row: sheets.Row, plan: Plan) -> tuple[Prepared, str]:
        cells: dict[str, list[str]] = {}
        for kind, cell in zip(plan.columns, row.cells, strict=False):
            if kind and cell.strip():
                cells.setdefault(kind, []).append(cell)
        name = " ".join(c for kind in ("name", "first", "last") for c in cells.get(kind, ()))
        entered = Entered(
            name, " ".join(cells.get("number", ())), "\n".join(cells.get("notes", ()))
        )
        contact, errors = examine(entered, self._country())
        member = _group_names(cells.get("groups", ()), plan.group)
        values = {
            kind[len(OWN) :]: value
            for kind, found in cells.items()
            if kind.startswith(OWN) and (value := cleaning.line(" ".join(found)))
        }
        said = [e.words for e in errors]
        said += [why for g in member if (why := group_name_error(g, self._country()))]
        said += [f"“{k}” is too long." for k, v in values.items() if len(v) > 200]
        return Prepared(row.line, contact, member, values), " ".join(said)

    # putting them in

    def start(self, import_id: int, plan: Plan) -> bool:
        """Put the good rows in; large files on a thread. False: it was started already.

        Raises Refused, StoreError.
        """
        kept = imports.get(import_id)
        if kept is None or kept.state != "new":
            return False
        sheet = self.sheet(kept)
        if errors := self.check(sheet, plan):
            raise Refused(errors)
        if not imports.start(import_id, plan.to_json(), len(sheet.rows)):
            return False
        self.resume(import_id, in_background=len(sheet.rows) > AT_ONCE)
        return True

    def resume(self, import_id: int, *, in_background: bool = True) -> None:
        """Go on with one that was started, also after a restart of the box."""
        if not _begin(import_id):
            return
        if in_background:
            work = threading.Thread(
                target=self._in_background, args=(import_id,), name="import", daemon=True
            )
            work.start()
            return
        try:
            self._work(import_id)
        finally:
            _end(import_id)

    def _in_background(self, import_id: int) -> None:
        try:
            with db.connected():
                self._work(import_id)
        except Exception:
            log.exception("an import stopped; it can be continued on its page")
        finally:
            _end(import_id)

    def _work(self, import_id: int) -> None:
        kept = imports.get(import_id)
        if kept is None or kept.state != "running":
            return
        plan = Plan.from_json(kept.plan)
        sheet = self.sheet(kept)
        looked = self.look(sheet, plan)
        late: list[Prepared] = []
        pause = threading.Event()
        for start in range(kept.done, len(looked.good), CHUNK):
            chunk = looked.good[start : start + CHUNK]
            late += self._put(import_id, chunk, start + len(chunk), update=plan.update)
            self._events.publish(StoreChanged())
            pause.wait(BREATH)
        cells = {row.line: row.cells for row in sheet.rows}
        taken = "Somebody got this number while the file went in."
        bad = [*looked.bad, *(BadRow(p.line, cells[p.line], taken) for p in late)]
        imports.finish(import_id, _bad_file(sheet, bad))
        self._events.publish(StoreChanged())

    def _put(
        self, import_id: int, chunk: Sequence[Prepared], done: int, *, update: bool
    ) -> list[Prepared]:
        """One transaction. Returns the rows that did not fit after all."""
        added = updated = skipped = 0
        late = []
        with db.transaction():
            own = _fields({name for p in chunk for name in p.values})
            member = self._groups({name for p in chunk for name in p.groups})
            for prepared in chunk:
                contact = replace(
                    prepared.contact, fields={own[k]: v for k, v in prepared.values.items()}
                )
                known = _known(prepared)
                if known is not None and not update:
                    skipped += 1
                    continue
                try:
                    contact_id = self._store(contact, known)
                except NumberTaken:
                    late.append(prepared)
                    continue
                added, updated = added + (known is None), updated + (known is not None)
                for name in prepared.groups:
                    groups.join(member[name], [contact_id])
            imports.advance(import_id, done, added, updated, skipped)
        return late

    def _store(self, contact: Contact, known: Contact | None) -> int:
        now = self._clock.now()
        if known is None:
            return people.add(contact, now)
        merged = Contact(
            name=contact.name or known.name,
            number=contact.number or known.number,
            notes=contact.notes or known.notes,
            fields={**known.fields, **contact.fields},
            id=known.id,
        )
        people.save(merged, now)
        return known.id

    def _groups(self, names: Iterable[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for name in names:
            known = groups.named(fold(name))
            found[name] = known.id if known else groups.make(name, self._clock.now())
        return found


def _fields(names: Iterable[str]) -> dict[str, int]:
    known = {fold(f.name): f.id for f in groups.fields()}
    for name in sorted(names):
        if fold(name) not in known:
            known[fold(name)] = groups.add_field(cleaning.line(name))
    return {name: known[fold(name)] for name in names}


def _known(prepared: Prepared) -> Contact | None:
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


def _bad_file(sheet: Sheet, bad: Sequence[BadRow]) -> str:
    if not bad:
        return ""
    width = len(sheet.header)
    rows = [(*row.cells, *("",) * (width - len(row.cells)), row.words) for row in bad]
    return sheets.write([(*sheet.header, "Problem"), *rows])


_running: set[int] = set()
_lock = threading.Condition()


def running(import_id: int) -> bool:
    """Whether this process works on it. One that is not done and not running was cut short."""
    with _lock:
        return import_id in _running


def _begin(import_id: int) -> bool:
    with _lock:
        if import_id in _running:
            return False
        _running.add(import_id)
        return True


def _end(import_id: int) -> None:
    with _lock:
        _running.discard(import_id)
        _lock.notify_all()


def wait(import_id: int, seconds: float) -> bool:
    """Until this process no longer works on it. False: it still does."""
    with _lock:
        return _lock.wait_for(lambda: import_id not in _running, seconds)
