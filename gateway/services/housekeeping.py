"""What has to be looked after now and then: parts that never came, backups, room on the disk."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from gateway.clock import Clock
from gateway.events import Events, Received
from gateway.services.purging import Purging
from gateway.store import db, inbox

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds


class Housekeeping:
    """Owns the housekeeping thread and its database connection."""

    def __init__(
        self,
        clock: Clock,
        events: Events,
        also: Sequence[Callable[[], None]] = (),
        heard: Callable[[Sequence[int]], None] = lambda message_ids: None,
    ) -> None:
        """`also`: what else is due now and then; one that fails does not keep the others.

        `heard`: what new messages ask of the box itself, in the transaction that shows them.
        """
        self._rounds = (self.tidy, *also)
        self._heard = heard
        self._clock = clock
        self._events = events
        self._stopping = threading.Event()
        self._purging = Purging(clock, events, self._stopping)
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)
        self.beat = clock.monotonic()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=2)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        with db.connected():
            while not self._stopping.is_set():
                for act in self._rounds:
                    self.beat = self._clock.monotonic()
                    self._guarded(act)
                self._stopping.wait(EVERY)

    @staticmethod
    def _guarded(act: Callable[[], None]) -> None:
        try:
            act()
        except db.StoreError as e:
            log.error("housekeeping waits: %s", e)
        except Exception:
            log.exception("housekeeping stumbled and goes on")

    def tidy(self) -> None:
        """One round."""
        with db.transaction():
            shown = inbox.give_up_waiting(self._clock.now())
            self._heard(shown)
        if shown:
            self._events.publish(Received(tuple(shown)))
        self._purging.purge()
