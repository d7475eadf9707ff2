"""Ports -> workers. Starts one thread per modem, stops them, and answers for them as lines."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from gateway.clock import Clock
from gateway.decisions.routing import Line
from gateway.modem.claims import Claim, Claims
from gateway.modem.doors import Doors
from gateway.modem.jobs.base import Context, Job
from gateway.modem.ledger import Assignment, Ledger, Telemetry
from gateway.modem.machine import State
from gateway.modem.recovery import NONE, Means
from gateway.modem.worker import Worker, WorkerConfig

STOP_LIMIT = 4.0  # seconds for all modems together
HUNG = 90.0  # seconds without a sign of life after which a thread hangs


@dataclass(frozen=True, slots=True)
class Known:
    """A connection that the store knows, whether or not a modem carries it now."""

    connection_id: int
    name: str
    may_send: bool


class Fleet:
    """Owns the workers."""

    def __init__(
        self,
        clock: Clock,
        session: Callable[[], AbstractContextManager[object]],
        make_ledger: Callable[[str], Ledger],
        known: Callable[[], Sequence[Known]],
        means: Means = NONE,
    ) -> None:
        """`known` lists the stored connections; it is called in the thread that asks for lines.

        `means` are what the recovery of modems may switch.
        """
        self._means = means
        self._clock = clock
        self._session = session
        self._make_ledger = make_ledger
        self._known = known
        self._lock = threading.Lock()  # for changes of the list, which is replaced as a whole
        self._workers: list[Worker] = []
        self._claims = Claims()
        self._stopping = False

    def claims(self) -> list[Claim]:
        """Every modem that is served now."""
        return self._claims.all()

    def add(self, config: WorkerConfig) -> None:
        if self._stopping:
            return
        worker = self._make(config)
        with self._lock:
            self._workers = [*self._workers, worker]
        worker.start()

    def at(self, doors: Doors) -> Worker | None:
        """Whoever tries these doors."""
        return next((w for w in self._workers if w.config.doors is doors), None)

    def retire(self, doors: Doors) -> None:
        """No modem will come to these doors again: end the worker and forget it."""
        worker = self.at(doors)
        if worker is None:
            return
        with self._lock:
            self._workers = [w for w in self._workers if w is not worker]
        worker.ask_to_stop()
        worker.join(STOP_LIMIT)

    def ask_to_stop(self) -> None:
        """Take no more work; what is under way may be finished. Returns at once."""
        if not self._stopping:
            self._stopping = True
            for worker in self._workers:
                worker.ask_to_stop()

    def stop(self) -> None:
        """Ask all to stop, then wait for all together."""
        self.ask_to_stop()
        ends = self._clock.monotonic() + STOP_LIMIT
        for worker in self._workers:
            worker.join(max(0.1, ends - self._clock.monotonic()))

    def revive(self) -> list[str]:
        """Replace workers whose thread has died; returns their ports."""
        dead = [w for w in self._workers if not w.alive and not self._stopping]
        for worker in dead:
            fresh = self._make(worker.config)
            with self._lock:
                self._workers = [fresh if w is worker else w for w in self._workers]
            fresh.start()
        return [w.config.port for w in dead]

    def telemetry(self) -> tuple[Telemetry, ...]:
        hung = self.hung()
        return tuple(
            replace(w.telemetry, stuck=hung.get(w.config.port, 0.0))
            for w in self._workers
            if not w.hidden
        )

    def hung(self) -> dict[str, float]:
        """Ports whose thread lives and does not move, and for how many seconds already.

        Such a thread cannot be ended from outside; the others go on without it.
        """
        now = self._clock.monotonic()
        still = {w.config.port: now - w.beat for w in self._workers if w.alive}
        return {port: seconds for port, seconds in still.items() if seconds > HUNG}

    def works(self) -> bool:
        """Whether any modem is in service."""
        return any(w.alive and w.telemetry.state == State.READY for w in self._workers)

    def lines(self) -> Mapping[int, Line]:
        """Every known connection, with the room of the modem that carries it."""
        carried = {
            t.connection_id: (w, t)
            for w in self._workers
            if (t := w.telemetry).connection_id is not None
        }
        return {k.connection_id: _line(k, *carried.get(k.connection_id, ())) for k in self._known()}

    def assign(self, connection_id: int, work: Sequence[Assignment]) -> bool:
        for worker in self._workers:
            if worker.telemetry.connection_id == connection_id:
                return worker.assign(work)
        return False

    def post(self, connection_id: int, job: Callable[[Context], Job[None]]) -> bool:
        """Run a job on the modem that carries this connection; False when none is ready."""
        for worker in self._workers:
            if worker.telemetry.connection_id == connection_id:
                return worker.post(job)
        return False

    def look_at_sims(self) -> None:
        """A person entered a PIN: modems that wait for one look at once."""
        for worker in self._workers:
            worker.look_at_sim()

    def worker_at(self, port: str) -> Worker | None:
        return next((w for w in self._workers if w.config.port == port and not w.hidden), None)

    def _make(self, config: WorkerConfig) -> Worker:
        ledger = self._make_ledger(config.port)
        return Worker(config, ledger, self._clock, self._session, self._claims, self._means)


def _line(known: Known, worker: Worker | None = None, seen: Telemetry | None = None) -> Line:
    up = seen is not None and seen.state == State.READY
    return Line(
        connection_id=known.connection_id,
        name=known.name,
        up=up,
        room=worker.room if worker and up else 0,
        may_send=known.may_send,
        why_down="" if up else (seen.why if seen else "its SIM is in no modem."),
        roaming=seen.roaming if seen else False,
    )
