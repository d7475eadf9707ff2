"""What routing has to know about recipients, asked for as far as the rules want it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gateway.decisions.routing import Rule, RuleKind
from gateway.services.people.numbers import alternatives
from gateway.store.connections import rules


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
