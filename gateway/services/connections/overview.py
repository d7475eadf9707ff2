"""The connections as people look at them: what each does, has done today and has still to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from gateway.clock import Clock
from gateway.services.connections.connection_status import ConnectionStatus
from gateway.services.connections.status import BoxStatus, Level, ModemStatus, StatusReader
from gateway.services.credit.credit_status import CreditStatus
from gateway.services.sending.holds import SendingHolds
from gateway.store.connections import connections
from gateway.store.connections.connections import ConnectionInfo
from gateway.store.sending import workload


@dataclass(frozen=True, slots=True)
class Overview:
    connections: tuple[ConnectionStatus, ...]
    status: BoxStatus
    shared: int  # SMS that wait for whichever connection the rules give
    shared_seconds: float | None

    @property
    def others(self) -> tuple[ModemStatus, ...]:
        """Modems that carry no known SIM."""
        known = {c.id for c in self.connections}
        return tuple(m for m in self.status.modems if m.connection_id not in known)

    def connection(self, connection_id: int) -> ConnectionStatus | None:
        return next((c for c in self.connections if c.id == connection_id), None)


class Connections:
    """Stateless; from any thread with a database connection."""

    def __init__(
        self,
        status: StatusReader,
        holds: SendingHolds,
        clock: Clock,
        zone: Callable[[], tzinfo | None],
        credit: Callable[[int], CreditStatus],
    ) -> None:
        self._status = status
        self._holds = holds
        self._clock = clock
        self._zone = zone
        self._credit = credit

    def overview(self) -> Overview:
        status = self._status.snapshot()
        carried = {m.connection_id: m for m in status.modems if m.connection_id is not None}
        waiting, sending = workload.waiting(), workload.sending()
        today = self.midnight()
        found = tuple(
            self._status_of(info, carried.get(info.connection_id), waiting, sending, today)
            for info in connections.all_connections()
        )
        shared = waiting.get(0, 0)
        return Overview(found, status, shared, _together(shared, found))

    def midnight(self) -> int:
        """When today began in the zone of the box, milliseconds UTC."""
        now = datetime.fromtimestamp(self._clock.now() / 1000, UTC).astimezone(self._zone())
        began = now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        return int(began.timestamp() * 1000)

    def _status_of(
        self,
        info: ConnectionInfo,
        modem: ModemStatus | None,
        waiting: dict[int, int],
        sending: dict[int, int],
        today: int,
    ) -> ConnectionStatus:
        connection_id = info.connection_id
        sent, failed = workload.since(connection_id, today)
        count = waiting.get(connection_id, 0) + sending.get(connection_id, 0)
        pace = workload.pace(connection_id)
        paced = self._holds.wait(info, count) if count else 0.0
        seconds = max(count * pace, paced) if count and pace is not None else None
        return ConnectionStatus(
            info=info,
            modem=modem,
            sent=sent,
            failed=failed,
            waiting=count,
            seconds=seconds,
            pace=pace,
            limits=self._holds.limits(info),
            distrusted=self._holds.distrusted(connection_id),
            credit=self._credit(connection_id),
        )


def _together(count: int, statuses: tuple[ConnectionStatus, ...]) -> float | None:
    """Seconds for what all that are up share; None where nothing was measured."""
    rates = [1 / s.pace for s in statuses if s.level is Level.GOOD and s.pace]
    return count / sum(rates) if count and rates else None
