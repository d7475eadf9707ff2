"""A modem that is played by hand, with everything above it real, in virtual time.

What a message meets is decided by `air`: what the modem says to AT+CMGS (">" is the prompt) and
what to the PDU, for a number at an instant.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.at import profile_for
from gateway.clock import HOUR, SECOND
from gateway.decisions.assignment import Assignment
from gateway.decisions.routing import RoutingConnection
from gateway.events import Events
from gateway.modem.backlog import Backlog
from gateway.modem.jobs import send
from gateway.modem.ledger import Sim
from gateway.services.connections.options import ConnectionOptions
from gateway.services.sending.dispatch import Dispatcher
from gateway.services.sending.holds import SendingHolds
from gateway.services.sending.ledger import RadioLedger
from gateway.store.connections import connections
from gateway.store.connections.connections import ConnectionInfo
from gateway.store.messages import details, outbox
from tests.modem.played import Played
from tests.services.conftest import FakeClock
from tests.services.sending.test_dispatch import add

AIR_TIME = SECOND  # of each answer to a PDU
TURN = SECOND // 5
Air = Callable[[str, int], tuple[str, str]]
TAKES = (">", "+CMGS: 5|OK")


def outage(begins: int, lasts: int, *said: str) -> Air:
    """`said`: what AT+CMGS and the PDU are answered with meanwhile."""
    return lambda number, now: (said[0], said[1]) if 0 <= now - begins < lasts else TAKES


@dataclass
class RadioWorld:
    clock: FakeClock
    air: Air = lambda number, now: TAKES
    maker: str = ""
    model: str = ""
    up: bool = True
    roaming: bool = False
    patience: int = 30 * SECOND  # between looks when nothing comes due
    tried: list[tuple[int, str, str]] = field(default_factory=list)  # when, whom, what came of it
    written: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = self.clock.now()
        self.holds = SendingHolds(self.clock)
        self.dispatch = Dispatcher(self, self.clock, Events(), self.holds)
        self.options = ConnectionOptions(self.clock, Events(), self.holds)
        self.ledger = RadioLedger(
            "/dev/played",
            self.clock,
            Events(),
            lambda: None,
            {},
            threading.Event(),
            self.holds,
            self.dispatch.elsewhere,
        )
        self.connection = self.ledger.sim_in(Sim("8944100000000000001"))
        connections.set_options(self.connection, per_minute=0, per_hour=0, per_day=0)
        self._backlog = Backlog()

    # SendingModems

    def connections(self) -> Mapping[int, RoutingConnection]:
        known = connections.all_connections()
        return {c.connection_id: self._routing_connection(c) for c in known}

    def _routing_connection(self, known: ConnectionInfo) -> RoutingConnection:
        up = self.up and known.connection_id == self.connection
        return RoutingConnection(
            known.connection_id,
            known.name,
            up,
            self._backlog.free_slots if up else 0,
            may_send=known.send_enabled,
            why_down="no network",
            roaming=self.roaming,
        )

    def assign(self, connection_id: int, work: Sequence[Assignment]) -> bool:
        self._backlog.add(work)
        return True

    # what happens

    def write(self, *numbers: str, priority: int = 0, **more: object) -> list[int]:
        """A message to each."""
        now = self.clock.now()
        kept = {"valid_until": now + 24 * HOUR, "priority": priority} | more
        written = [add(self.clock, number, **kept) for number in numbers]
        self.written += written
        return written

    def withdraw(self, message_id: int) -> None:
        found = details.get(message_id)
        assert found is not None
        outbox.cancel([d.id for d in found.dispatches], self.clock.now(), "")

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Let time pass; True as soon as `until` is."""
        ends = self.clock.now() + int(seconds * SECOND)
        while not (over := until()) and self.clock.now() < ends:
            self.dispatch.drain()
            if self._backlog:
                self._send(self._backlog.take())
                if why := self.ledger.pausing():
                    self._backlog.give_back(self.ledger, why)
            else:
                self._idle(ends)
        return over

    def _idle(self, ends: int) -> None:
        """Until something comes due by itself."""
        now = self.clock.now()
        due = outbox.next_due(now)
        self.clock.ms = min(ends, max(now + TURN, min(due or ends, now + self.patience)))

    def _send(self, work: Assignment) -> None:
        prompt, said = self.air(work.number, self.clock.now())

        def answer(_: str) -> str:
            self.clock.ms += AIR_TIME
            return said

        modem = Played({"AT+CMGS": prompt, "PDU": answer})
        modem.context.ledger = self.ledger
        modem.context.connection_id = self.connection
        modem.context.profile = profile_for(self.maker, self.model)
        modem.play(send.send(modem.context, work))
        came = said if prompt == ">" else prompt
        self.tried.append((self.clock.now() - self.began, work.number, came))
        self.clock.ms += TURN if prompt != ">" else 0

    # what is to be seen

    def state(self, message_id: int) -> str:
        found = details.get(message_id)
        assert found is not None
        return str(found.dispatches[0].state)

    def reason(self, message_id: int) -> str:
        found = details.get(message_id)
        assert found is not None
        return found.dispatches[0].reason

    def states(self, message_ids: Sequence[int]) -> set[str]:
        return {self.state(i) for i in message_ids}

    def all_sent(self, message_ids: Sequence[int]) -> Callable[[], bool]:
        return lambda: self.states(message_ids) == {"sent"}
