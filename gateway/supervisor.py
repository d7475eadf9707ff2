"""Watches the threads: brings a dead modem thread back, and says so when another one has died."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping

log = logging.getLogger(__name__)

EVERY = 5.0  # seconds


class Supervisor:
    """Owns the supervisor thread."""

    def __init__(
        self, revive: Callable[[], list[str]], alive: Mapping[str, Callable[[], bool]]
    ) -> None:
        """`revive` replaces dead modem threads; `alive` asks each other loop."""
        self._revive = revive
        self._alive = alive
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self.dead: frozenset[str] = frozenset()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._stopping.wait(EVERY):
            self.look()

    def look(self) -> None:
        """One round."""
        for port in self._revive():
            log.error("%s: its thread had died and was started again", port)
        dead = frozenset(name for name, alive in self._alive.items() if not alive())
        for name in dead - self.dead:
            log.critical("the %s thread has died; restart the service", name)
        self.dead = dead
