"""Contacts out of files: a preview of the first rows, then all good ones go in, some at a time.

Putting them in is long work (`longwork.py`); rows are read and checked outside the transactions.
What was dealt with, and what did not go in, is in the commit of the rows themselves, so that after
a power cut it goes on with the next row.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice

from gateway.clock import Clock
from gateway.events import Events, StoreChanged
from gateway.services.jobs.long_work import LongWork, WorkProgress
from gateway.services.people import columns, import_rows, sheets
from gateway.services.people.columns import OWN, Sheet
from gateway.services.people.headings import FIRST, LAST, MIDDLE, NAME, NUMBERS
from gateway.services.people.import_rows import CheckedRows, ImportableRow, ImportPlan, RowChecker
from gateway.services.people.people import (
    LONGEST_NOTES,
    MOST_FIELDS,
    MOST_GROUPS,
    field_name_error,
    group_name_error,
)
from gateway.services.people.sheets import SheetRow
from gateway.services.people.text_files import BadFile
from gateway.store.file import database, jobs
from gateway.store.file.batches import BREATH
from gateway.store.file.jobs import JobInfo
from gateway.store.people import groups, imports, people
from gateway.store.people.imports import ImportProblemInfo
from gateway.store.people.people import ContactInfo, NumberTaken, fold
from gateway.text import clean
from gateway.text.refusal import FieldError, Refused

KIND = "import"  # of long work
MOST_OCTETS = 4 << 20
CHUNK = 50  # rows in one transaction
AT_ONCE = 400  # so few rows are put in before the page is answered
TAKEN = "Somebody got this number while the file went in."
ENDED = "This import has ended already."


@dataclass(slots=True)
class _Reading:
    """A file that is being worked through: its next rows, and what came before."""

    rows: Iterator[SheetRow]
    looker: RowChecker
    update: bool
    everybody: str  # the group that those join, too, who are left as they are
    done: int = 0  # rows taken from it


class _Overtaken(Exception):
    """Somebody else has put these rows in meanwhile; the transaction is taken back."""


class ContactImports:
    """From any thread with a database connection; `piece` from one at a time."""

    def __init__(
        self,
        clock: Clock,
        events: Events,
        country: Callable[[], str],
        work: LongWork | None = None,
    ) -> None:
        self._clock = clock
        self._events = events
        self._country = country
        self._work = work
        self._reading: dict[int, _Reading] = {}

    def upload(self, name: str, content: bytes, who: str) -> int:
        """Keep a file for the preview. Raises Refused when nothing can be made of it."""
        if len(content) > MOST_OCTETS:
            words = f"The file is larger than {MOST_OCTETS >> 20} MB; import it in parts."
            raise Refused([FieldError("file", words)])
        try:
            total = self._total(content, "")
        except BadFile as e:
            raise Refused([FieldError("file", str(e))]) from e
        return imports.add(clean.line(name)[:100], content, total, self._clock.now(), who)

    def _total(self, content: bytes, encoding: str) -> int:
        """Rows under the header. Raises BadFile."""
        _, rows, _ = import_rows.opened(content, self._country(), encoding)
        return sum(1 for _ in rows)

    def sheet(self, kept: imports.ImportInfo, encoding: str = "") -> Sheet:
        """As much as a preview looks at. `encoding`: as somebody chose it. Raises BadFile."""
        return import_rows.read(kept.content, self._country(), encoding)

    def guess(self, sheet: Sheet) -> ImportPlan:
        fields = [f.name for f in groups.fields()]
        found = columns.guess(sheet, self._country(), fields)
        return ImportPlan(found, encoding=sheet.encoding)

    def check(self, sheet: Sheet, plan: ImportPlan) -> list[FieldError]:
        """What is wrong with the plan itself."""
        errors = []
        if not set(plan.columns) & {NAME, FIRST, MIDDLE, LAST, *NUMBERS}:
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
        errors += [FieldError("columns", why)] if (why := _too_many_fields(plan)) else []
        if len(plan.columns) != len(sheet.header):
            errors.append(FieldError("columns", "The file has other columns; look at it again."))
        if plan.group and (why := group_name_error(plan.group, self._country())):
            errors.append(FieldError("group", why))
        return errors

    def look(self, sheet: Sheet, plan: ImportPlan) -> CheckedRows:
        """The rows of a preview: can they go in, and if not, why."""
        looked = RowChecker(plan, sheet.header, self._country()).look(sheet.rows)
        numbers = [p.contact.number for p in looked.good if p.contact.number]
        nameless = [p for p in looked.good if not p.contact.number]
        again = sum(import_rows.existing_contact(p) is not None for p in nameless)
        looked.known = len(people.ids_of(numbers)) + again
        return looked

    # putting them in

    def start(self, import_id: int, plan: ImportPlan) -> bool:
        """Put the good rows in; large files as long work. False: it was started already.

        Raises Refused, StoreError.
        """
        kept = imports.get(import_id)
        if kept is None or kept.state != "new":
            return False
        try:
            sheet = self.sheet(kept, plan.encoding)
            total = self._total(kept.content, plan.encoding)
        except BadFile as e:
            raise Refused([FieldError("encoding", str(e))]) from e
        if errors := self.check(sheet, plan):
            raise Refused(errors)
        plan = replace(plan, encoding=sheet.encoding)  # the country may change meanwhile
        if not imports.start(import_id, plan.to_json(), sheet.header, total):
            return False
        if self._work is not None and total > AT_ONCE:
            self._work.add(KIND, json.dumps(import_id), total, kept.who)
            return True
        pause = threading.Event()
        while not self._step(import_id):
            pause.wait(BREATH)
        return True

    def resume(self, import_id: int) -> None:
        """Go on with one that was cut short. Long work does so by itself."""
        kept = imports.get(import_id, content=False)
        if self._work is not None and kept is not None and kept.state == "running":
            self._work.add(KIND, json.dumps(import_id), kept.total, kept.who)

    def piece(self, job: JobInfo) -> WorkProgress:
        """For long work: the next rows. It changes the store in a transaction of its own."""
        import_id = int(json.loads(job.task))
        ended = self._step(import_id)
        kept = imports.get(import_id, content=False)
        if kept is None:
            return WorkProgress(job.done, "", ENDED)
        return WorkProgress(kept.done, "", outcome_words(kept) if ended else None)

    def bad_file(self, import_id: int) -> Iterator[str]:
        """The rows that did not go in, as CSV with what is wrong in a column more."""
        width = 0
        for one in imports.problems(import_id):
            width = width or len(one.cells)
            yield sheets.write([(*one.cells, *("",) * (width - len(one.cells)), one.words)])

    def _step(self, import_id: int) -> bool:
        """One chunk; True when that was all, or nothing is to be done any more."""
        kept = imports.get(import_id, content=import_id not in self._reading)
        if kept is None or kept.state != "running":
            self._reading.pop(import_id, None)
            return True
        reading = self._reading.pop(import_id, None) or self._open(kept)
        if reading.done > kept.done:  # what was taken from it did not go in
            reading = self._open(replace(kept, content=_content(import_id)))
        passed = kept.done - reading.done  # rows that are in already
        rows = list(islice(reading.rows, min(AT_ONCE, passed) or CHUNK))
        looked = reading.looker.look(rows)
        if not passed:
            if not rows:
                imports.finish(import_id)
                self._events.publish(StoreChanged())
                return True
            with suppress(_Overtaken):
                self._put(kept, looked, kept.done + len(rows), reading)
            self._events.publish(StoreChanged())
        reading.done += len(rows)
        self._reading[import_id] = reading
        return False

    def _open(self, kept: imports.ImportInfo) -> _Reading:
        """From its beginning: what is done already is looked at again, for what follows it."""
        plan = ImportPlan.from_json(kept.plan)
        header, rows, _ = import_rows.opened(kept.content, self._country(), plan.encoding)
        return _Reading(rows, RowChecker(plan, header, self._country()), plan.update, plan.group)

    def _put(
        self, kept: imports.ImportInfo, looked: CheckedRows, done: int, reading: _Reading
    ) -> None:
        """One transaction."""
        added = updated = skipped = numberless = 0
        bad = list(looked.bad)
        with database.transaction():
            good = [(p, import_rows.existing_contact(p)) for p in looked.good]
            goes_in = [p for p, known in good if known is None or reading.update]
            own = _fields({name for p in goes_in for name in p.values})
            member = self._groups({g for p in goes_in for g in p.groups} | {reading.everybody})
            for prepared, known in good:
                if known is not None and not reading.update:
                    skipped += 1
                    _join(member, (reading.everybody,), known.id)
                    continue
                if why := _too_many(prepared, own, member):
                    bad.append(ImportProblemInfo(prepared.row.line, prepared.row.cells, why))
                    continue
                fields = {own[k]: v for k, v in prepared.values.items()}
                try:
                    contact_id = self._store(
                        replace(prepared.contact, fields=fields), known, prepared.aside
                    )
                except NumberTaken:
                    bad.append(ImportProblemInfo(prepared.row.line, prepared.row.cells, TAKEN))
                    continue
                added, updated = added + (known is None), updated + (known is not None)
                numberless += known is None and not prepared.contact.number
                _join(member, prepared.groups, contact_id)
            if not imports.advance(kept.id, kept.done, done, added, updated, skipped, numberless):
                raise _Overtaken
            imports.keep_problems(kept.id, sorted(bad, key=lambda b: b.line))

    def _store(self, contact: ContactInfo, known: ContactInfo | None, aside: str) -> int:
        now = self._clock.now()
        if known is None:
            return people.add(contact, now)
        merged = ContactInfo(
            name=contact.name or known.name,
            number=contact.number or known.number,
            notes=_notes(contact.notes, known.notes, aside),
            fields={**known.fields, **contact.fields},
            id=known.id,
        )
        people.save(merged, now)
        return known.id

    def _groups(self, names: Iterable[str]) -> dict[str, int]:
        """As many as there may be."""
        found: dict[str, int] = {}
        free = MOST_GROUPS - len(groups.groups())
        for name in sorted(filter(None, names)):
            if known := groups.named(fold(name)):
                found[name] = known.id
            elif free > 0:
                found[name] = groups.make(name, self._clock.now())
                free -= 1
        return found


def _notes(written: str, known: str, aside: str) -> str:
    """What a person wrote is replaced by what a person wrote; numbers beside it are added."""
    own = written.removesuffix(aside).strip() or known
    lines = [line for line in aside.splitlines() if line not in own]
    both = "\n".join(filter(None, (own, *lines)))
    return both if len(both) <= LONGEST_NOTES else own


def _fields(names: Iterable[str]) -> dict[str, int]:
    """As many as there may be."""
    known = {fold(f.name): f.id for f in groups.fields()}
    for name in sorted(names):
        if fold(name) not in known and len(known) < MOST_FIELDS:
            known[fold(name)] = groups.add_field(clean.line(name))
    return {name: known[fold(name)] for name in names if fold(name) in known}


def _too_many(prepared: ImportableRow, own: Mapping[str, int], member: Mapping[str, int]) -> str:
    if prepared.values.keys() - own.keys():
        return f"At most {MOST_FIELDS} own fields are possible."
    if set(prepared.groups) - member.keys():
        return f"At most {MOST_GROUPS} groups are possible."
    return ""


def _join(member: Mapping[str, int], names: Iterable[str], contact_id: int) -> None:
    for name in names:
        if name in member:
            groups.join(member[name], [contact_id])


def _too_many_fields(plan: ImportPlan) -> str:
    known = {fold(f.name) for f in groups.fields()}
    wanted = {fold(kind[len(OWN) :]) for kind in plan.columns if kind.startswith(OWN)} - known
    free = max(MOST_FIELDS - len(known), 0)
    if len(wanted) <= free:
        return ""
    return (
        f"At most {MOST_FIELDS} own fields are possible, {len(known)} exist already:"
        f" choose {free or 'no'} more, not {len(wanted)}, and leave out the other columns."
    )


def outcome_words(kept: imports.ImportInfo) -> str:
    """What became of it, in plain words."""
    words = [f"{kept.added:,} added"]
    words += [f"{kept.numberless:,} of them without a number"] * bool(kept.numberless)
    words += [f"{kept.updated:,} updated"] * bool(kept.updated)
    words += [f"{kept.skipped:,} left as they were"] * bool(kept.skipped)
    words += [f"{kept.bad:,} did not go in"] * bool(kept.bad)
    return ", ".join(words) + "."


def work_of(import_id: int) -> JobInfo | None:
    """The long work that goes on with it; None: none does."""
    task = json.dumps(import_id)
    return next((j for j in jobs.running() if (j.kind, j.task) == (KIND, task)), None)


def _content(import_id: int) -> bytes:
    kept = imports.get(import_id)
    return kept.content if kept else b""
