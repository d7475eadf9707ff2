"""Work that takes longer than anybody waits for a page: done piece by piece, shown, kept.

What may be done is registered by kind (`WorkKind`). A piece is short; it and the note how far the
work has come are one commit, so that after a power cut it goes on exactly where it was. Several
pieces of work take turns, and between two pieces the database is free for the modems.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from gateway.clock import Clock
from gateway.events import Events, OutboxChanged
from gateway.services.jobs.loop import Loop
from gateway.store.file import database, jobs
from gateway.store.file.batches import BREATH
from gateway.store.file.jobs import JobInfo

log = logging.getLogger(__name__)

FALLBACK = 60.0  # seconds between looks when nobody pokes us
BROKEN = "It stopped because of an error, which is in the log. What was done so far stays done."
UNKNOWN = "This version of Pigeonbox does not know this kind of work."


@dataclass(frozen=True, slots=True)
class WorkProgress:
    """What a piece says when it is done."""

    done: int  # of the whole work, so far
    place: str  # where the next piece begins, in the kind's own words
    result: str | None = None  # not None: that was the last piece; in plain words what was done


@dataclass(frozen=True, slots=True)
class WorkKind:
    """A sort of long work."""

    piece: Callable[[JobInfo], WorkProgress]
    changes: bool = True  # pieces write to the store and run in a transaction with their progress


class LongWork(Loop):
    """Owns the work thread and its database connection. `add` and `stop_job`: from any thread.

    When it is stopped, the piece under way is finished; the rest follows after the next start.
    """

    name = "work"

    def __init__(self, clock: Clock, events: Events, kinds: Mapping[str, WorkKind]) -> None:
        super().__init__(clock, patience=5.0)
        self._events = events
        self._kinds = dict(kinds)

    def add(self, kind: str, task: str, total: int, who: str) -> int:
        """Kept when this returns; begun at once. `task` and `total` are for the kind and the page.

        The same wish of somebody who clicked twice is one. Raises StoreError.
        """
        with database.transaction():
            same = [j.id for j in jobs.running() if (j.kind, j.task, j.who) == (kind, task, who)]
            job_id = same[0] if same else jobs.add(kind, task, total, self._clock.now(), who)
        self._tell()
        self.poke()
        return job_id

    def stop_job(self, job_id: int) -> bool:
        """After the piece under way; what was done stays done. False: it had ended already."""
        stopped = jobs.end(job_id, "stopped", self._clock.now())
        if stopped:
            self._tell()
        return stopped

    def go_on(self, job_id: int) -> bool:
        """With one that failed or was stopped. False: it is neither."""
        found = jobs.again(job_id)
        if found:
            self._tell()
            self.poke()
        return found

    def turn(self) -> float:
        return 0.0 if self._round() else FALLBACK

    def _round(self) -> bool:
        """One piece of each; True when there may be more."""
        found = jobs.running()
        for job in found:
            if self._stopping.is_set():
                return False
            self._piece(job)
            self._stopping.wait(BREATH)
        return bool(found)

    def _piece(self, job: JobInfo) -> None:
        kind = self._kinds.get(job.kind)
        if kind is None:
            jobs.end(job.id, "failed", self._clock.now(), trouble=UNKNOWN)
            return
        try:
            with self._transaction(kind):
                progress = kind.piece(job)
                if not jobs.advance(job.id, progress.done, progress.place):
                    raise _Stopped  # by a person, while the piece was done: it is taken back
                if progress.result is not None:
                    jobs.end(job.id, "done", self._clock.now(), result=progress.result)
        except _Stopped:
            return
        except database.StoreError:
            raise
        except Exception:
            log.exception("work %d (%s) broke off", job.id, job.kind)
            jobs.end(job.id, "failed", self._clock.now(), trouble=BROKEN)
        self._tell()

    @staticmethod
    def _transaction(kind: WorkKind) -> AbstractContextManager[None]:
        return database.transaction() if kind.changes else nullcontext()

    def _tell(self) -> None:
        self._events.publish(OutboxChanged())


class _Stopped(Exception):
    pass
