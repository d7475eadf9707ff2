"""Watches the threads: brings a dead modem thread back, tells of those that hang or have died.

systemd gets a sign of life only while all of them, and the page, are alive and move: what cannot be
mended from inside ends in a restart from outside. Looks after the supply of the whole machine by
the way, which is behind most of their troubles.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping

from gateway.process.notify import Systemd
from gateway.process.vitals import Vitals

log = logging.getLogger(__name__)

EVERY = 5.0  # seconds
SUPPLY_EVERY = 600.0  # seconds between looks at the supply voltage
STILL = 180.0  # seconds without a turn after which a loop hangs; none sleeps longer than 60


class Supervisor:
    """Owns the supervisor thread."""

    def __init__(
        self,
        vitals: Vitals,
        revive: Callable[[], list[str]],
        alive: Mapping[str, Callable[[], bool]],
        hung: Callable[[], Mapping[str, float]] = dict,
        supply: Callable[[], str] = str,
        systemd: Systemd | None = None,
        page_answers: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`vitals` is where it writes what it sees. `revive` replaces dead modem threads; `alive`
        asks each other loop.

        `hung` tells the ports whose thread does not move, and for how many seconds; `supply` what
        is wrong with the machine's supply, in words. `page_answers` asks our own page; it is
        called only where `systemd` wants to hear of us.
        """
        self._vitals = vitals
        self._systemd = systemd or Systemd({})
        self._page_answers = page_answers
        self._clock = clock
        self._fed = -self._systemd.watchdog
        self._status = ""
        self._hung = hung
        self._supply = supply
        self._revive = revive
        self._alive = alive
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        rounds = max(1, round(SUPPLY_EVERY / EVERY))
        n = 0
        while not self._stopping.wait(EVERY):
            self.look()
            self.feed()
            if n % rounds == 0:
                self.look_at_supply()
            n += 1

    def feed(self) -> None:
        """The sign of life that systemd waits for, four times within its limit; if all is well."""
        if not self._systemd.watchdog or self._clock() < self._fed + self._systemd.watchdog / 4:
            return
        trouble = self._trouble()
        if not trouble:
            self._systemd.tell("WATCHDOG=1")
            self._fed = self._clock()
        words = f"Will be restarted: {trouble}" if trouble else "All parts are alive"
        if words != self._status:
            self._systemd.tell(f"STATUS={words}")
            if trouble or self._status:
                log.warning("%s", words)
            self._status = words

    def _trouble(self) -> str:
        """The first thing that does not move, in words."""
        if self._vitals.dead:
            return f"the {min(self._vitals.dead)} thread has died"
        if self._vitals.hung:
            return f"the thread of {min(self._vitals.hung)} does not move"
        return "" if self._page_answers() else "the page does not answer"

    def look_at_supply(self) -> None:
        words = self._supply()
        if words and words != self._vitals.supply:
            log.warning("%s", words)
        self._vitals.supply = words

    def look(self) -> None:
        """One round."""
        for port in self._revive():
            log.error("%s: its thread had died and was started again", port)
        hung = self._hung()
        for port in hung.keys() - self._vitals.hung:
            log.critical("%s: its thread has not moved for %.0f s", port, hung[port])
        for port in self._vitals.hung - hung.keys():
            log.warning("%s: its thread moves again", port)
        self._vitals.hung = frozenset(hung)
        dead = frozenset(name for name, alive in self._alive.items() if not alive())
        for name in dead - self._vitals.dead:
            log.critical("the %s thread has died; restart the service", name)
        self._vitals.dead = dead


def standing_still(now: float, beats: Mapping[str, float]) -> dict[str, float]:
    """Loops that have not begun another turn for too long, and for how many seconds."""
    return {name: now - beat for name, beat in beats.items() if now - beat > STILL}
