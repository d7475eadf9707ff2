"""The modems that are served now: who asks for one, or for what they all do, asks here.

It is there, and empty, before anything else is built. The fleet alone writes into it; so those whom
modems report to may be asked about modems, and nobody has to wait for anybody to be made.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from gateway.clock import Clock
from gateway.decisions.assignment import Assignment
from gateway.decisions.routing import RoutingConnection
from gateway.modem.claims import Claims, PortClaim
from gateway.modem.jobs.base import Context, Job
from gateway.modem.ledger import NetworkTime, Telemetry
from gateway.modem.machine import ModemState
from gateway.modem.worker import Worker

HUNG = 90.0  # seconds without a sign of life after which a thread hangs


class Roster:
    """Owns the list of workers and their claims; not their threads (gateway.modem.fleet)."""

    def __init__(self, clock: Clock, known: Callable[[], Sequence[RoutingConnection]]) -> None:
        """`known` lists the stored connections, as if no modem carried any; it is called in the
        thread that asks for them.
        """
        self._clock = clock
        self._known = known
        self._lock = threading.Lock()  # for changes of the list, which is replaced as a whole
        self._workers: tuple[Worker, ...] = ()
        self._closed = False
        self.entrances = Claims()  # which worker serves which modem: for the workers alone

    # for the fleet ------------------------------------------------------------------------------

    @property
    def workers(self) -> tuple[Worker, ...]:
        return self._workers

    @property
    def closed(self) -> bool:
        """Nobody is taken on any more: the service ends."""
        return self._closed

    def enter(self, worker: Worker) -> None:
        with self._lock:
            self._workers = (*self._workers, worker)

    def leave(self, worker: Worker) -> None:
        with self._lock:
            self._workers = tuple(w for w in self._workers if w is not worker)

    def replace(self, worker: Worker, by: Worker) -> None:
        with self._lock:
            self._workers = tuple(by if w is worker else w for w in self._workers)

    # what is asked of them ----------------------------------------------------------------------

    def ask_to_stop(self) -> None:
        """Take no more work; what is under way may be finished. Returns at once."""
        if not self._closed:
            self._closed = True
            for worker in self._workers:
                worker.ask_to_stop()

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

    # what is known of them ----------------------------------------------------------------------

    def claims(self) -> list[PortClaim]:
        """Every modem that is served now."""
        return self.entrances.all()

    def worker_at(self, port: str) -> Worker | None:
        return next((w for w in self._workers if w.config.port == port and not w.hidden), None)

    def telemetry(self) -> tuple[Telemetry, ...]:
        hung = self.hung()
        return tuple(
            replace(w.telemetry, stuck=hung.get(w.config.port, 0.0))
            for w in self._workers
            if not w.hidden
        )

    def network_times(self) -> list[NetworkTime]:
        """What time it is by the networks, as each modem last heard."""
        return [t.network_time for t in self.telemetry() if t.network_time]

    def hung(self) -> dict[str, float]:
        """Ports whose thread lives and does not move, and for how many seconds already.

        Such a thread cannot be ended from outside; the others go on without it.
        """
        now = self._clock.monotonic()
        still = {w.config.port: now - w.beat for w in self._workers if w.alive}
        return {port: seconds for port, seconds in still.items() if seconds > HUNG}

    def works(self) -> bool:
        """Whether any modem is in service."""
        return any(w.alive and w.telemetry.state == ModemState.READY for w in self._workers)

    def connections(self) -> Mapping[int, RoutingConnection]:
        """Every known connection, with the room of the modem that carries it."""
        carried = {
            t.connection_id: (w, t)
            for w in self._workers
            if (t := w.telemetry).connection_id is not None
        }
        return {
            k.connection_id: _carried(k, *carried[k.connection_id])
            if k.connection_id in carried
            else k
            for k in self._known()
        }


def _carried(known: RoutingConnection, worker: Worker, seen: Telemetry) -> RoutingConnection:
    up = seen.state == ModemState.READY
    return replace(
        known,
        up=up,
        free_slots=worker.free_slots if up else 0,
        why_down="" if up else seen.why,
        roaming=seen.roaming,
    )
