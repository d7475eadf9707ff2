"""Ports -> workers. Starts one thread per modem, stops them, and answers for them as lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from gateway.clock import Clock
from gateway.modem.ledger import Assignment, Ledger, Telemetry
from gateway.modem.machine import State
from gateway.modem.worker import Worker, WorkerConfig
from gateway.routing import Line

STOP_LIMIT = 4.0  # seconds for all modems together


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
    ) -> None:
        """`known` lists the stored connections; it is called in the thread that asks for lines."""
        self._clock = clock
        self._session = session
        self._make_ledger = make_ledger
        self._known = known
        self._workers: list[Worker] = []
        self._stopping = False

    def add(self, config: WorkerConfig) -> None:
        worker = self._make(config)
        self._workers.append(worker)
        worker.start()

    def stop(self) -> None:
        """Ask all to stop, then wait for all together."""
        self._stopping = True
        for worker in self._workers:
            worker.ask_to_stop()
        ends = self._clock.monotonic() + STOP_LIMIT
        for worker in self._workers:
            worker.join(max(0.1, ends - self._clock.monotonic()))

    def revive(self) -> list[str]:
        """Replace workers whose thread has died; returns their ports."""
        dead = [w for w in self._workers if not w.alive and not self._stopping]
        for worker in dead:
            fresh = self._make(worker.config)
            self._workers[self._workers.index(worker)] = fresh
            fresh.start()
        return [w.config.port for w in dead]

    def telemetry(self) -> tuple[Telemetry, ...]:
        return tuple(w.telemetry for w in self._workers)

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

    def _make(self, config: WorkerConfig) -> Worker:
        return Worker(config, self._make_ledger(config.port), self._clock, self._session)


def _line(known: Known, worker: Worker | None = None, seen: Telemetry | None = None) -> Line:
    up = seen is not None and seen.state == State.READY
    return Line(
        connection_id=known.connection_id,
        name=known.name,
        up=up,
        room=worker.room if worker and up else 0,
        may_send=known.may_send,
        why_down="" if up else (seen.why if seen else "its SIM is in no modem."),
    )
