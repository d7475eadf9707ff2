"""A SIM that is gone: what waits for it goes elsewhere, and the connection itself is forgotten.

Its history stays. If the SIM comes back after all, it is known again, under its old name and with
its settings.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.clock import Clock
from gateway.events import ConnectionChanged, Events, Queued
from gateway.services.connections.status import StatusReader
from gateway.store.connections import connections, rules
from gateway.store.connections.connections import ConnectionInfo
from gateway.store.file import audit, database
from gateway.store.messages import outbox
from gateway.store.sending import workload
from gateway.text.refusal import FieldError, Refused

RULES = "rules"  # where to: the routing rules decide
DECIDED = "the routing rules"
IN_SERVICE = "It is in service: take its SIM out of the modem first."
CHOOSE = "Choose where its waiting messages shall go."
UNKNOWN = "This connection is not known; choose another."
LOST = "Its SIM was removed from this box before all parts of the message were sent."


@dataclass(frozen=True, slots=True)
class RemovalPreview:
    """What would follow if a connection were forgotten."""

    movable: int  # SMS that wait for it and can go elsewhere
    begun: int  # SMS that can go through no other: a part of them went out through it
    later: int  # messages to be sent later for which it was chosen
    rules: tuple[int, ...]  # places of the routing rules that lead to it
    in_service: bool


class ConnectionRemoval:
    """Stateless but for its settings; safe to use from any thread with a database connection."""

    def __init__(self, status: StatusReader, clock: Clock, events: Events) -> None:
        self._status = status
        self._clock = clock
        self._events = events

    def leaving(self, connection_id: int) -> RemovalPreview:
        movable, begun = workload.movable(connection_id)
        places = [r.position for r in rules.all_rules() if r.rule.connection_id == connection_id]
        carried = {m.connection_id for m in self._status.snapshot().modems if m.state != "absent"}
        later = workload.later(connection_id)
        return RemovalPreview(movable, begun, later, tuple(places), connection_id in carried)

    def move(self, connection_id: int, to: str, who: str) -> int:
        """What waits for a connection goes to another (its id, or RULES). Returns how many SMS.

        Raises Refused, StoreError.
        """
        info = _connection(connection_id)
        target, name = _target(to, connection_id)
        now = self._clock.now()
        moved = workload.move(connection_id, target, name, who, now, info.name)
        self._tell()
        return moved

    def forget(self, connection_id: int, to: str, who: str) -> None:
        """Remove a connection for good. `to`: where what waits for it goes; "" where nothing does.

        Raises Refused, StoreError.
        """
        info = _connection(connection_id)
        leaving = self.leaving(connection_id)
        if leaving.in_service:
            raise Refused([FieldError("connection", IN_SERVICE)])
        if (leaving.movable or leaving.later) and not to:
            raise Refused([FieldError("to", CHOOSE)])
        now = self._clock.now()
        target, name = _target(to, connection_id) if to else (0, DECIDED)
        workload.move(connection_id, target, name, who, now)
        with database.transaction():
            workload.move(connection_id, target, name, who, now)  # what was written meanwhile
            outbox.give_up(workload.stranded(connection_id), LOST, "", now)
            rules.delete_of(connection_id)
            connections.forget(connection_id, now)
            audit.write(now, who, "remove connection", info.name)
        self._tell()

    def _tell(self) -> None:
        outbox.unpark()
        outbox.hurry(self._clock.now())
        self._events.publish(ConnectionChanged(0))
        self._events.publish(Queued())


def _connection(connection_id: int) -> ConnectionInfo:
    info = connections.get(connection_id)
    if info is None:
        raise Refused([FieldError("connection", UNKNOWN)])
    return info


def _target(to: str, connection_id: int) -> tuple[int, str]:
    """(id, name) of where it goes; 0: the routing rules decide."""
    if to == RULES:
        return 0, DECIDED
    for info in connections.all_connections():
        if str(info.connection_id) == to and info.connection_id != connection_id:
            return info.connection_id, info.name
    raise Refused([FieldError("to", CHOOSE)])
