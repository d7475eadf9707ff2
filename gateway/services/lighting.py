"""Keeps the light true: looks at the box when something changed, and tells the lamp."""

from __future__ import annotations

import logging
import threading
from typing import Protocol

from gateway.events import Event, Events
from gateway.lights import Light, Scene, light
from gateway.services.accounts import Accounts
from gateway.services.status import BoxStatus, Status
from gateway.store import credit, db, queries
from hw.patterns import Pattern

log = logging.getLogger(__name__)

AT_LEAST = 5.0  # seconds between looks when nothing tells us to
AT_MOST = 0.2  # seconds between looks however much happens


class Shows(Protocol):
    def show(self, pattern: Pattern) -> None: ...


class Lighting:
    """Owns the lighting thread and its database connection."""

    def __init__(self, status: Status, accounts: Accounts, events: Events, leds: Shows) -> None:
        self._status = status
        self._accounts = accounts
        self._leds = leds
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lighting", daemon=True)
        self.now: Light | None = None  # what is shown, for the page
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
        self.now = light(self.scene(self._status.snapshot()))
        self._leds.show(self.now.pattern)

    def scene(self, box: BoxStatus) -> Scene:
        counts = queries.counts()
        ready = [m for m in box.modems if m.state == "ready"]
        return Scene(
            states=tuple(m.state for m in box.modems),
            attention=any(m.attention for m in box.modems),
            low_credit=_low_credit(),
            health=any(m.warnings for m in box.modems),
            set_up=self._accounts.set_up,
            hindered=bool(counts.pending and not ready) or any(m.weak for m in ready),
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


def _low_credit() -> bool:
    """Whether the last readable balance of any connection is below its warning."""
    limits = {i: w.warn_below for i, w in credit.watches().items() if w.warn_below is not None}
    found = ((credit.last_read(i), limit) for i, limit in limits.items())
    return any(
        check is not None and check.balance is not None and check.balance < limit
        for check, limit in found
    )
