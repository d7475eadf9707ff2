"""Keeps the light true: looks at the box when something changed, and tells the lamp."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from gateway.clock import Clock
from gateway.decisions.lights import Light, Scene, light
from gateway.events import Event, Events, MessagesReceived
from gateway.health import Issue, Severity
from gateway.services.accounts.accounts import Accounts
from gateway.services.connections.status import BoxStatus, StatusReader
from gateway.services.jobs.loop import Loop
from gateway.store.search import views
from hw.patterns import Pattern

log = logging.getLogger(__name__)

AT_LEAST = 5.0  # seconds between looks when nothing tells us to
AT_MOST = 0.2  # seconds between looks however much happens
SEEN_FOR = 2.0  # seconds that the light tells of a message that came in
# Issues that have a line of their own in the table of lights, or are behind one that has.
ELSEWHERE = ("modem.silent", "modem.attention", "sim.", "network.", "credit.", "ports.", "queue.")


class LightOutput(Protocol):
    def show(self, pattern: Pattern) -> None: ...


class LightDisplay(Loop):
    """Owns the lighting thread and its database connection."""

    name = "lighting"

    def __init__(
        self,
        clock: Clock,
        status: StatusReader,
        accounts: Accounts,
        events: Events,
        leds: LightOutput,
        issues: Callable[[], Sequence[Issue]] = tuple,
    ) -> None:
        super().__init__(clock)
        self._issues = issues
        self._status = status
        self._accounts = accounts
        self._leds = leds
        self._received_at = -SEEN_FOR
        events.subscribe(self._heard)

    def look(self) -> None:
        """Once; needs this thread's database connection."""
        self._leds.show(self.light().pattern)

    def light(self) -> Light:
        """What is shown now, or would be if the box had a light."""
        return light(self.scene(self._status.snapshot()))

    def scene(self, box: BoxStatus) -> Scene:
        counts = views.counts()
        ready = [m for m in box.modems if m.state == "ready"]
        keys = {i.key for i in self._issues() if i.severity is not Severity.NOTE}
        return Scene(
            states=tuple(m.state for m in box.modems),
            attention=any(m.attention for m in box.modems),
            low_credit=bool(keys & {"credit.low", "credit.held"}),
            health=any(not key.startswith(ELSEWHERE) for key in keys),
            set_up=self._accounts.set_up,
            hindered=bool(counts.pending and not ready)
            or "queue.stuck" in keys
            or any(m.weak for m in ready),
            working=any(m.sending for m in box.modems) or self._receives(),
            unread=counts.unread > 0,
        )

    def turn(self) -> float:
        self.look()
        self._stopping.wait(AT_MOST)
        return SEEN_FOR if self._receives() else AT_LEAST

    def _receives(self) -> bool:
        return self._clock.monotonic() - self._received_at < SEEN_FOR

    def _heard(self, event: Event) -> None:
        if isinstance(event, MessagesReceived):
            self._received_at = self._clock.monotonic()
        self.poke()
