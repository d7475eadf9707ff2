"""What is done to many messages at once: delete, restore, delete for good, resend.

The work goes in bites, each a short transaction of its own, so that a modem never waits for it.
What is more than a page can wait for becomes long work (`longwork.py`), with the same bites.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from gateway.clock import Clock
from gateway.decisions.dispatch_states import DispatchState
from gateway.events import Events, OutboxChanged, Queued
from gateway.services.jobs.long_work import LongWork, WorkProgress
from gateway.store.connections import connections
from gateway.store.file import audit, database, jobs
from gateway.store.file.batches import BITE, BREATH
from gateway.store.file.jobs import JobInfo
from gateway.store.messages import inbox, large_messages, outbox, trash
from gateway.store.messages.trash import NONE, UnsentCount
from gateway.store.search import search, views
from gateway.store.search.search import SearchFilter
from gateway.store.search.views import NEWEST, STATES, View
from gateway.text.refusal import FieldError, Refused

CHUNK = 100  # messages looked at in one bite
RESENT_AT_ONCE = 100  # dispatches queued again in one bite: each has its note
AT_ONCE = 500  # messages and SMS that a page waits for; more becomes long work
INCOMING = (View.RECEIVED, View.UNTRIGGERED, View.CALLS)
KIND = "messages"  # of long work


class BulkAction(StrEnum):
    DELETE = "delete"
    RESTORE = "restore"
    DESTROY = "delete for good"
    RESEND = "resend"
    READ = "read"
    UNREAD = "unread"


DONE = {
    BulkAction.DELETE: "deleted",
    BulkAction.RESTORE: "restored",
    BulkAction.DESTROY: "deleted for good",
    BulkAction.RESEND: "queued again",
    BulkAction.READ: "marked as read",
    BulkAction.UNREAD: "marked as unread",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Ticked messages, or all of a view or a search up to the newest that its reader saw."""

    ids: tuple[int, ...] = ()
    view: View | None = None
    upto: int = 0  # id of the newest: what came in since was not seen and is not meant
    search: SearchFilter | None = None  # then `view` is None: it is in here
    deletion: int = 0  # what one wish has deleted, by its instant

    def page(self, before: int, limit: int) -> list[int]:
        """The first of those with smaller ids than `before`, newest first."""
        if self.deletion:
            return trash.deleted_at(self.deletion, before, limit)
        if self.search is not None:
            return search.ids(self.search, min(before, self.upto + 1), limit)
        if self.view is not None:
            return views.ids(self.view, min(before, self.upto + 1), limit)
        return sorted({i for i in self.ids if i < before}, reverse=True)[:limit]

    def chunks(self) -> Iterator[list[int]]:
        before = NEWEST
        while found := self.page(before, CHUNK):
            before = found[-1]
            yield found


@dataclass(frozen=True, slots=True)
class BulkTask:
    """One wish of one person."""

    action: BulkAction
    chosen: Selection
    who: str
    uncertain: bool = False  # resend: also what may have been sent
    connection_id: int | None = None  # resend: None keeps what was chosen, 0: the rules decide
    at: int = 0  # delete: the instant that all of it counts as deleted at, and nothing else

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> BulkTask:
        found = json.loads(text)
        chosen = found.pop("chosen")
        view = View(chosen["view"]) if chosen["view"] else None
        wanted = SearchFilter.of(chosen["search"]) if chosen.get("search") else None
        deletion = chosen.get("deletion", 0)
        selection = Selection(tuple(chosen["ids"]), view, chosen["upto"], wanted, deletion)
        return cls(BulkAction(found.pop("action")), selection, **found)


@dataclass(frozen=True, slots=True)
class BulkPlace:
    """Where the next bite of a task begins."""

    before: int = NEWEST  # messages with smaller ids are still to be done
    after: int = NEWEST  # resend: and of message `before` itself, dispatches with larger ids
    entry: int = 0  # of the audit list, kept up to date

    @classmethod
    def from_json(cls, text: str) -> BulkPlace:
        return cls(**json.loads(text)) if text else cls()


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """What a window says before anything is done. Of what is meant and still there."""

    messages: int
    unsent: UnsentCount = NONE  # what will not be sent, or after a restore will be
    sending: UnsentCount = NONE  # what a modem has already, which is finished first
    failed: int = 0  # SMS to recipients
    uncertain: int = 0

    @property
    def weight(self) -> int:
        return self.messages + self.failed + self.uncertain


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """Done, or begun as long work."""

    count: int = 0
    job_id: int | None = None
    deletion: int = 0  # by which it can be taken back (Selection.deletion)


class BulkActions:
    """Safe to use from any thread with a database connection."""

    def __init__(self, clock: Clock, events: Events, work: LongWork | None = None) -> None:
        self._clock = clock
        self._events = events
        self._work = work
        self._naming = threading.Lock()
        self._named = 0

    # before ------------------------------------------------------------------------------------

    def preview(self, action: BulkAction, chosen: Selection) -> BulkPreview:
        waiting = (DispatchState.PENDING,)
        match action:
            case BulkAction.DELETE:
                unsent = self._count(chosen, waiting, held=False)
                sending = self._count(chosen, (DispatchState.SENDING,), held=False)
                return BulkPreview(self._messages(chosen, deleted=False), unsent, sending)
            case BulkAction.RESTORE:
                unsent = self._count(chosen, waiting, held=True)
                return BulkPreview(self._messages(chosen, deleted=True), unsent)
            case BulkAction.DESTROY:
                sending = self._count(chosen, (DispatchState.SENDING,), held=True)
                return BulkPreview(self._messages(chosen, deleted=True), sending=sending)
            case BulkAction.READ | BulkAction.UNREAD:
                return BulkPreview(self._messages(chosen, deleted=False))
            case BulkAction.RESEND:
                return BulkPreview(
                    self._messages(chosen, deleted=False),
                    failed=self._count(chosen, (DispatchState.FAILED,), held=False).sms,
                    uncertain=self._count(chosen, (DispatchState.UNCERTAIN,), held=False).sms,
                )

    def _messages(self, chosen: Selection, *, deleted: bool) -> int:
        if chosen.view is None:
            return sum(len(trash.there(c, deleted=deleted)) for c in chosen.chunks())
        right = (chosen.view is View.DELETED) == deleted
        return views.number(chosen.view, chosen.upto) if right else 0

    def _count(
        self, chosen: Selection, states: Sequence[DispatchState], *, held: bool
    ) -> UnsentCount:
        if chosen.view is None:
            found = (trash.in_states(c, states, held) for c in chosen.chunks())
            return sum(found, NONE)
        if chosen.view in INCOMING or (chosen.view is View.DELETED) != held:
            return NONE
        beside = STATES.get(chosen.view, ())
        return trash.in_states_upto(chosen.upto, states, beside=beside, held=held)

    # doing it ----------------------------------------------------------------------------------

    def carry_out(self, task: BulkTask) -> BulkOutcome:
        """Now, or as long work when it is much. Raises Refused, StoreError."""
        self._check(task)
        if (begun := self._begun(task)) is not None:
            return BulkOutcome(job_id=begun)
        if task.action is BulkAction.DELETE:
            task = replace(task, at=self._instant())
        preview = self.preview(task.action, task.chosen)
        if self._work is None or max(preview.weight, self._people(task)) <= AT_ONCE:
            return BulkOutcome(self.do(task), deletion=task.at)
        sms = preview.failed + preview.uncertain * task.uncertain
        total = sms if task.action is BulkAction.RESEND else preview.messages
        return BulkOutcome(job_id=self._work.add(KIND, task.to_json(), total, task.who))

    def _begun(self, task: BulkTask) -> int | None:
        """The long work that does this already: somebody has clicked twice."""
        for job in jobs.running() if self._work is not None else ():
            mine = (job.kind, job.who) == (KIND, task.who)
            if mine and replace(BulkTask.from_json(job.task), at=0) == task:
                return job.id
        return None

    @staticmethod
    def _people(task: BulkTask) -> int:
        """Recipients of ticked messages, which all have to follow."""
        if task.action is BulkAction.RESEND:  # those that failed are counted already
            return 0
        return sum(large_messages.recipients(task.chosen.ids).values())

    def _instant(self) -> int:
        """Now, as nothing else that is deleted has it: what is deleted together has one instant."""
        with self._naming:
            at = max(self._clock.now(), self._named + 1)
            while trash.deleted_at(at, NEWEST, 1):
                at += 1
            self._named = at
            return at

    def do(self, task: BulkTask) -> int:
        """All of it, in this thread; returns how many messages (of a resend: SMS)."""
        self._check(task)
        place: BulkPlace | None = BulkPlace()
        count = 0
        pause = threading.Event()
        while place is not None:
            with database.transaction():
                more, place = self._bite(task, place, count)
            count += more
            if place is not None:
                pause.wait(BREATH)
        if count:
            self._tell(task)
        return count

    def piece(self, job: JobInfo) -> WorkProgress:
        """For long work."""
        task = BulkTask.from_json(job.task)
        more, place = self._bite(task, BulkPlace.from_json(job.place), job.done)
        if more:
            self._tell(task)
        done = job.done + more
        if place is not None:
            return WorkProgress(done, json.dumps(asdict(place)))
        return WorkProgress(done, "", f"{_counted(task.action, done)} {DONE[task.action]}.")

    def _check(self, task: BulkTask) -> None:
        if task.connection_id and not connections.exists(task.connection_id):
            words = "This connection is not known any more; choose another."
            raise Refused([FieldError("connection", words)])

    def _bite(self, task: BulkTask, place: BulkPlace, before: int) -> tuple[int, BulkPlace | None]:
        """How many were done now, and where to go on; None: that was all. In a transaction."""
        if large_messages.settle(self._clock.now()):
            return 0, place
        if task.action is BulkAction.RESEND:
            return self._resend(task, place, before)
        found = task.chosen.page(place.before, CHUNK)
        if not found:
            return 0, None
        now = self._clock.now()
        if task.action in (
            BulkAction.READ,
            BulkAction.UNREAD,
        ):  # nobody asks later who has read what
            at = now if task.action is BulkAction.READ else None
            return inbox.mark_read(found, at), replace(place, before=found[-1])
        found = trash.bite(found, BITE)
        match task.action:
            case BulkAction.DELETE:
                changed = trash.mark_deleted(found, task.at or now)
                one = trash.described(changed)
            case BulkAction.RESTORE:
                changed = trash.mark_restored(found, now)
                one = trash.described(changed)
            case _:
                changed = trash.destroyable(found)
                one = trash.described(changed)
                trash.remove(changed)
        words = one if before + len(changed) == 1 else trash.counted(before + len(changed))
        entry = self._audit(task, place, len(changed), words)
        return len(changed), replace(place, before=found[-1], entry=entry)

    def _resend(
        self, task: BulkTask, place: BulkPlace, before: int
    ) -> tuple[int, BulkPlace | None]:
        chosen = task.chosen
        if chosen.view is View.ALL:  # what failed of all is what is in SMS failed, found quicker
            chosen = replace(chosen, view=View.FAILED)
        # From `before` itself on: a message to thousands takes several bites.
        found = chosen.page(min(place.before + 1, NEWEST), CHUNK)
        if place.after == NEWEST:
            found = [i for i in found if i < place.before]
        if not found:
            return 0, None
        states = (DispatchState.FAILED, DispatchState.UNCERTAIN)[: 1 + task.uncertain]
        rows = trash.unfinished_after(found, states, (place.before, place.after), RESENT_AT_ONCE)
        ids = [dispatch_id for _, dispatch_id in rows]
        if task.connection_id is not None:
            trash.choose_connection(ids, task.connection_id)
        count = outbox.resend(ids, self._clock.now(), task.who, audited=False)
        entry = self._audit(task, place, count, f"{before + count:,} SMS")
        if len(rows) < RESENT_AT_ONCE:
            return count, BulkPlace(found[-1], NEWEST, entry)
        return count, BulkPlace(*rows[-1], entry)

    def _audit(self, task: BulkTask, place: BulkPlace, changed: int, words: str) -> int:
        """One entry for one wish, however many bites it takes."""
        if not changed:
            return place.entry
        return audit.write(self._clock.now(), task.who, task.action, words, place.entry)

    def _tell(self, task: BulkTask) -> None:
        again = task.action in (BulkAction.RESTORE, BulkAction.RESEND)
        self._events.publish(Queued() if again else OutboxChanged())


def _counted(action: BulkAction, number: int) -> str:
    return f"{number:,} SMS" if action is BulkAction.RESEND else trash.counted(number)
