"""Keeps the light true: looks at the box when something changed, and tells the lamp."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from gateway.events import Event, Events
from gateway.health import Issue, Severity
from gateway.lights import Light, Scene, light
from gateway.services.accounts import Accounts
from gateway.services.status import BoxStatus, Status
from gateway.store import db, queries
from hw.patterns import Pattern

log = logging.getLogger(__name__)

AT_LEAST = 5.0  # seconds between looks when nothing tells us to
AT_MOST = 0.2  # seconds between looks however much happens
# Issues that have a line of their own in the table of lights, or are behind one that has.
ELSEWHERE = ("modem.silent", "modem.attention", "sim.", "network.", "credit.", "ports.", "queue.")


class Shows(Protocol):
    def show(self, pattern: Pattern) -> None: ...


class Lighting:
    """Owns the lighting thread and its database connection."""

    def __init__(
        self,
        status: Status,
        accounts: Accounts,
        events: Events,
        leds: Shows,
        issues: Callable[[], Sequence[Issue]] = tuple,
    ) -> None:
        self._issues = issues
        self._status = status
        self._accounts = accounts
        self._leds = leds
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lighting", daemon=True)
        events.subscribe(self._heard)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout=2)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def look(self) -> None:
        """Once; needs this thread's database connection."""
        self._leds.show(self.light().pattern)

    def light(self) -> Light:
        """What is shown now, or would be if the box had a light."""
        return light(self.scene(self._status.snapshot()))

    def scene(self, box: BoxStatus) -> Scene:
        counts = queries.counts()
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
            working=any(m.sending for m in box.modems),
            unread=counts.unread > 0,
        )

    def _heard(self, event: Event) -> None:
        self._wake.set()

    def _run(self) -> None:
        with db.connected():
            while not self._stopping.is_set():
                try:
                    self.look()
                except db.StoreError as e:
                    log.error("the light waits: %s", e)
                except Exception:
                    log.exception("the light stumbled and goes on")
                self._wake.wait(AT_LEAST)
                self._wake.clear()
                self._stopping.wait(AT_MOST)
