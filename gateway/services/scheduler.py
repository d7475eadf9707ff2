"""The thread that sends what was kept for later, when its time has come."""

from __future__ import annotations

import logging
import threading

from gateway.clock import DAY, SECOND, Clock
from gateway.events import ConnectionChanged, Event, Events, SchedulesChanged, StoreChanged
from gateway.services.scheduling import Scheduling
from gateway.store import db, schedules

log = logging.getLogger(__name__)

FALLBACK = 30.0  # seconds between looks when nothing is due: the clock may have been set
TROUBLE_PAUSE = 5.0


class Scheduler:
    """Owns the scheduler thread and its database connection.

    It sleeps until the next turn, and wakes when something was planned or changed, by whomever.
    """

    def __init__(self, scheduling: Scheduling, clock: Clock, events: Events) -> None:
        self._scheduling = scheduling
        self._clock = clock
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)
        self._pruned = 0
        events.subscribe(self._heard)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout=3)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def poke(self) -> None:
        """Look now. From any thread."""
        self._wake.set()

    def _heard(self, event: Event) -> None:
        # Settings, the zone among them, come as ConnectionChanged.
        if isinstance(event, SchedulesChanged | StoreChanged | ConnectionChanged):
            self.poke()

    def _run(self) -> None:
        with db.connected():
            while not self._stopping.is_set():
                self._wake.clear()
                try:
                    self.look()
                    self._wake.wait(self._pause())
                except db.StoreError as e:
                    log.error("what is sent later waits: %s", e)
                    self._stopping.wait(TROUBLE_PAUSE)
                except Exception:
                    log.exception("the scheduler stumbled and goes on")
                    self._stopping.wait(TROUBLE_PAUSE)

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
