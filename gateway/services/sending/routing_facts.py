"""What routing has to know: the connections, and of recipients what the rules ask for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gateway.decisions.routing import RoutingConnection, Rule, RuleKind
from gateway.services.people.numbers import alternatives
from gateway.store.connections import connections, rules

NOWHERE = "its SIM is in no modem."


def stored_connections() -> list[RoutingConnection]:
    """As they are while no modem carries them: the roster and the holds say what is different."""
    return [
        RoutingConnection(
            c.connection_id, c.name, up=False, may_send=c.send_enabled, why_down=NOWHERE
        )
        for c in connections.all_connections()
    ]


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    last: Mapping[str, int | None]  # number -> the connection it last wrote to us through
    members: Mapping[str, Collection[str]]  # number -> ids of groups

    @classmethod
    def of(cls, numbers: Sequence[str], known: Sequence[Rule], country: str) -> RoutingFacts:
        """Needs the calling thread's database connection."""
        kinds = {rule.kind for rule in known}
        wanted = {rule.value for rule in known if rule.kind is RuleKind.GROUP}
        last = {
            number: rules.last_through(alternatives(number, country))
            for number in (numbers if RuleKind.LAST_RECEIVED in kinds else ())
        }
        return cls(last, rules.groups_of(numbers, wanted) if wanted and numbers else {})

    def last_received(self, number: str) -> int | None:
        return self.last.get(number)

    def groups(self, number: str) -> Collection[str]:
        return self.members.get(number, ())
