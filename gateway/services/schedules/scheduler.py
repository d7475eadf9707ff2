"""The thread that sends what was kept for later, when its time has come."""

from __future__ import annotations

import logging

from gateway.clock import DAY, SECOND, Clock
from gateway.events import ConnectionChanged, Event, Events, SchedulesChanged, StoreChanged
from gateway.services.jobs.loop import Loop
from gateway.services.schedules.schedules import Schedules
from gateway.store.schedules import schedules

log = logging.getLogger(__name__)

FALLBACK = 30.0  # seconds between looks when nothing is due: the clock may have been set


class Scheduler(Loop):
    """Owns the scheduler thread and its database connection.

    It sleeps until the next turn, and wakes when something was planned or changed, by whomever.
    """

    name = "scheduler"

    def __init__(self, scheduling: Schedules, clock: Clock, events: Events) -> None:
        super().__init__(clock, patience=3.0)
        self._scheduling = scheduling
        self._pruned = 0
        events.subscribe(self._heard)

    def _heard(self, event: Event) -> None:
        # Settings, the zone among them, come as ConnectionChanged.
        if isinstance(event, SchedulesChanged | StoreChanged | ConnectionChanged):
            self.poke()

    def turn(self) -> float:
        self.look()
        return self._pause()

    def look(self) -> None:
        """One round."""
        if self._scheduling.hold():
            return
        self._scheduling.run_due()
        now = self._clock.now()
        if abs(now - self._pruned) >= DAY:
            schedules.prune(now)
            self._pruned = now

    def _pause(self) -> float:
        next_at = self._scheduling.next_at()
        if next_at is None or self._scheduling.hold():
            return FALLBACK
        return min(FALLBACK, max(0.02, (next_at - self._clock.now()) / SECOND))
