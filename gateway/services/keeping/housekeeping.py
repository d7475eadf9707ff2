"""What has to be looked after now and then: parts that never came, backups, room on the disk."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from gateway.clock import Clock
from gateway.events import Events, MessagesReceived
from gateway.services.jobs.loop import Loop
from gateway.services.keeping.purge import Purge
from gateway.store.file import database
from gateway.store.messages import inbox

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds


class Housekeeping(Loop):
    """Owns the housekeeping thread and its database connection."""

    name = "housekeeping"

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
        super().__init__(clock)
        self._rounds = (self.tidy, *also)
        self._heard = heard
        self._events = events
        self._purging = Purge(clock, events, self._stopping)

    def turn(self) -> float:
        for act in self._rounds:
            self.beat = self._clock.monotonic()
            self._guarded(act)
        return EVERY

    @staticmethod
    def _guarded(act: Callable[[], None]) -> None:
        try:
            act()
        except database.StoreError as e:
            log.error("housekeeping waits: %s", e)
        except Exception:
            log.exception("housekeeping stumbled and goes on")

    def tidy(self) -> None:
        """One round."""
        with database.transaction():
            shown = inbox.give_up_waiting(self._clock.now())
            self._heard(shown)
        if shown:
            self._events.publish(MessagesReceived(tuple(shown)))
        self._purging.purge()
