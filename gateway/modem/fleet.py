"""Ports -> workers. Starts one thread per modem, brings dead ones back, stops them all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from gateway.clock import Clock
from gateway.modem.doors import Doors
from gateway.modem.ledger import Ledger
from gateway.modem.recovery import NONE, RecoveryMeans
from gateway.modem.roster import Roster
from gateway.modem.worker import Worker, WorkerConfig

STOP_LIMIT = 4.0  # seconds for all modems together


class Fleet:
    """Owns the workers' threads, and is the only one to write into the roster."""

    def __init__(
        self,
        roster: Roster,
        clock: Clock,
        session: Callable[[], AbstractContextManager[object]],
        make_ledger: Callable[[str], Ledger],
        means: RecoveryMeans = NONE,
    ) -> None:
        """`means` are what the recovery of modems may switch."""
        self._roster = roster
        self._means = means
        self._clock = clock
        self._session = session
        self._make_ledger = make_ledger

    def add(self, config: WorkerConfig) -> None:
        if self._roster.closed:
            return
        worker = self._make(config)
        self._roster.enter(worker)
        worker.start()

    def at(self, doors: Doors) -> Worker | None:
        """Whoever tries these doors."""
        return next((w for w in self._roster.workers if w.config.doors is doors), None)

    def retire(self, doors: Doors) -> None:
        """No modem will come to these doors again: end the worker and forget it."""
        worker = self.at(doors)
        if worker is None:
            return
        self._roster.leave(worker)
        worker.ask_to_stop()
        worker.join(STOP_LIMIT)

    def revive(self) -> list[str]:
        """Replace workers whose thread has died; returns their ports."""
        dead = [w for w in self._roster.workers if not w.alive and not self._roster.closed]
        for worker in dead:
            fresh = self._make(worker.config)
            self._roster.replace(worker, fresh)
            fresh.start()
        return [w.config.port for w in dead]

    def stop(self) -> None:
        """Ask all to stop, then wait for all together."""
        self._roster.ask_to_stop()
        ends = self._clock.monotonic() + STOP_LIMIT
        for worker in self._roster.workers:
            worker.join(max(0.1, ends - self._clock.monotonic()))

    def _make(self, config: WorkerConfig) -> Worker:
        ledger = self._make_ledger(config.port)
        return Worker(
            config, ledger, self._clock, self._session, self._roster.entrances, self._means
        )
