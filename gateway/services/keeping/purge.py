"""Deleted Communications are emptied by themselves after some days, when somebody wants that."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from gateway.clock import DAY, HOUR, SECOND, Clock
from gateway.events import Events, OutboxChanged
from gateway.store.file import audit, batches, database, settings
from gateway.store.file.batches import BREATH
from gateway.store.messages import large_messages, trash
from gateway.text.plural import counted
from gateway.text.refusal import FieldError, Refused
from gateway.text.values import BadValue, whole

DAYS = "deleted.days"  # setting; 0 = never
MOST_DAYS = 3650
WHO = "Pigeonbox"  # in the audit list
BITE = 100  # messages in one transaction
LONGEST = 20.0  # seconds in one round: housekeeping has more to do, and is watched
BUILT = 2025  # a clock that says an earlier year is wrong
STEADY = HOUR  # for so long the clock must not have been set


def days() -> int:
    """0: they stay until somebody deletes them for good."""
    return int(settings.get(DAYS, 0))


def change(text: str, who: str, now: int) -> int:
    """From what was typed; "" = never. Raises Refused, StoreError."""
    wanted = whole(text.strip(), 1, MOST_DAYS) if text.strip() else 0
    if isinstance(wanted, BadValue):
        words = f"Enter a whole number of days from {wanted.bounds}, or leave it empty."
        raise Refused([FieldError("days", words)])
    with database.transaction():
        if wanted != days():
            settings.put(DAYS, wanted)
            words = f"after {wanted} days" if wanted else "never"
            audit.write(now, who, "change automatic purge", words)
    return wanted


class Purge:
    """Asked by housekeeping, in its thread."""

    def __init__(self, clock: Clock, events: Events, stopping: threading.Event) -> None:
        self._clock = clock
        self._events = events
        self._stopping = stopping
        self._offset = self._difference()
        self._steady_since = clock.monotonic()

    def _difference(self) -> float:
        """Between the two clocks, in ms; it moves when somebody sets the wall clock."""
        return self._clock.now() - self._clock.monotonic() * SECOND

    def _clock_is_right(self) -> bool:
        """What is deleted for good because the clock was wrong is gone.

        A Pi starts in the past and is set later, and whoever sets it by hand may mistype.
        """
        offset = self._difference()
        if abs(offset - self._offset) > HOUR:
            self._steady_since = self._clock.monotonic()
        self._offset = offset
        steady = (self._clock.monotonic() - self._steady_since) * SECOND
        year = datetime.fromtimestamp(self._clock.now() / SECOND, UTC).year
        return year >= BUILT and steady >= STEADY

    def purge(self) -> int:
        """What is old enough, in short transactions. Returns how many messages.

        First what was begun and cut short (store.messages.large_messages), whoever began it.
        """
        self._settle()
        if not self._clock_is_right():
            return 0
        after = days()
        if not after:
            return 0
        now = self._clock.now()
        count = entry = 0
        ends = self._clock.monotonic() + LONGEST
        while not self._stopping.is_set() and self._clock.monotonic() < ends:
            with database.transaction():
                old = trash.bite(trash.old(now - after * DAY, BITE), batches.BITE)
                gone = trash.destroyable(old)
                if not gone:
                    break
                trash.remove(gone)
                count += len(gone)
                words = f"{trash.counted(count)}, deleted more than {counted(after, 'day')} before"
                entry = audit.write(now, WHO, "purge", words, entry)
            self._events.publish(OutboxChanged())
            self._stopping.wait(BREATH)
            self._settle()
        return count

    def _settle(self) -> None:
        """What a power cut left half done is done before anything else."""
        ends = self._clock.monotonic() + LONGEST
        while not self._stopping.is_set() and self._clock.monotonic() < ends:
            if not large_messages.settle(self._clock.now()):
                return
            self._stopping.wait(BREATH)
