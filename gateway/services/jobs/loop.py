"""What the service's own threads have in common: they do something, sleep, and can be woken."""

from __future__ import annotations

import logging
import threading

from gateway.clock import Clock
from gateway.store.file import database

log = logging.getLogger(__name__)

TROUBLE_PAUSE = 5.0  # seconds after a round that failed


class Loop:
    """Owns a thread and its database connection; a subclass says in `turn` what it does.

    A round that fails is logged, and the next one follows: no thread of ours ends before `stop`.
    """

    name = ""  # of the thread, for the log

    def __init__(self, clock: Clock, *, patience: float = 2.0) -> None:
        """`patience`: seconds that `stop` waits for a round under way."""
        self._clock = clock
        self._patience = patience
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self.beat = clock.monotonic()  # when the last round began

    def turn(self) -> float:
        """One round; the seconds until the next, unless somebody pokes."""
        raise NotImplementedError

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout=self._patience)

    def poke(self) -> None:
        """There is something to do. From any thread."""
        self._wake.set()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        with database.connected():
            while not self._stopping.is_set():
                self._wake.clear()
                self.beat = self._clock.monotonic()
                try:
                    self._wake.wait(self.turn())
                except database.StoreError as e:
                    log.error("%s waits: %s", self.name, e)
                    self._stopping.wait(TROUBLE_PAUSE)
                except Exception:
                    log.exception("%s stumbled and goes on", self.name)
                    self._stopping.wait(TROUBLE_PAUSE)
