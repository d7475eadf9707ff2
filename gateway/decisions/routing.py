"""Which connection carries a dispatch, or why none does for now. Pure: facts in, decision out.

Rules are tried in order; the first one with a usable connection wins. A rule whose connection is
down does not stop the search, but is remembered: if no other rule can carry the dispatch, it waits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class RuleKind(StrEnum):
    LAST_RECEIVED = "last_received"  # reply through the connection last received through
    PREFIX = "prefix"  # numbers starting with `value` through `connection_id`
    GROUP = "group"  # people in the group with the id `value` through `connection_id`
    CONNECTION = "connection"  # everything through `connection_id`
    ANY = "any"  # everything through any that is free


@dataclass(frozen=True, slots=True)
class Rule:
    kind: RuleKind
    value: str = ""
    connection_id: int | None = None


@dataclass(frozen=True, slots=True)
class RoutingConnection:
    """A connection as routing sees it."""

    connection_id: int
    name: str
    up: bool  # some modem carries it and is registered
    free_slots: int = 0  # for dispatches that it can take now
    may_send: bool = True
    why_down: str = ""  # plain words
    roaming: bool = False
    why_not: str = ""  # why it may not send, or has no room although it is idle; plain words
    held: bool = False  # it has no room because it was refused: others come first
    load: int = 0  # SMS it was given lately: of several with equal room the least used one sends


@dataclass(frozen=True, slots=True)
class Carry:
    connection_id: int


@dataclass(frozen=True, slots=True)
class Busy:
    """A usable connection exists, but it has no room at the moment: ask again soon.

    `reason`: what it waits for, when that is more than the message before. `waits_for`: the only
    connection that would do, None when there are several.
    """

    reason: str = ""
    waits_for: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Wait:
    """No matching connection is up."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """Waiting would not help: somebody has to change the rules."""

    reason: str


Decision = Carry | Busy | Wait | Refuse

NO_RULE = "No routing rule applies. Add one under Connections, or choose a connection."
REMOVED = "The connection that was chosen for it has been removed. Choose another one to resend it."
NO_MODEM = "No modem is connected."


def route(
    number: str,
    connections: Mapping[int, RoutingConnection],
    rules: Sequence[Rule],
    *,
    chosen: int | None = None,
    last_received: int | None = None,
    groups: Collection[str] = (),
    avoid: Collection[int] = (),
) -> Decision:
    """Decide for one dispatch.

    `chosen`: the connection its writer picked. `last_received`: the one its recipient last wrote
    to us through. `groups`: ids of the groups its recipient is in. `avoid`: connections that
    refused it in a way another one may cure; they are used again only when there is no other.
    """
    if chosen is not None:
        if connections and chosen not in connections:
            return Refuse(REMOVED)
        return _among([chosen], connections, ())
    matched = (_matching(rule, number, connections, last_received, groups) for rule in rules)
    candidates = [ids for ids in matched if ids]
    if not candidates:
        return Refuse(NO_RULE) if not rules or connections else Wait(NO_MODEM)
    waiting: Decision | None = None
    refused, held = frozenset(avoid), frozenset(i for i, c in connections.items() if c.held)
    for avoided in dict.fromkeys((refused | held, held, refused, frozenset())):
        for ids in candidates:
            decision = _among(ids, connections, avoided)
            if isinstance(decision, Carry | Busy):
                return decision
            waiting = waiting or decision
    assert waiting is not None
    return waiting


# the order of rules -----------------------------------------------------------------------------


def place_for(new: Rule, rules: Sequence[Rule]) -> int:
    """Where a new rule suits best, from 0: above what holds for everything, and above beginnings
    of its own beginning; below those it would never be asked first."""
    for place, rule in enumerate(rules):
        if rule.kind is RuleKind.ANY and new.kind is not RuleKind.ANY:
            return place
        if rule.kind is RuleKind.CONNECTION and new.kind not in (RuleKind.CONNECTION, RuleKind.ANY):
            return place
        both = rule.kind is new.kind is RuleKind.PREFIX
        if both and new.value.startswith(rule.value) and new.value != rule.value:
            return place
    return len(rules)


def covers(above: Rule, below: Rule) -> bool:
    """Whether `below` never takes effect behind `above`: whatever it could do is done there.

    Behind a rule that leads to another connection it does, while that one is down.
    """
    if above.kind is RuleKind.ANY:
        return True
    if below.connection_id is None or above.connection_id != below.connection_id:
        return above == below
    match above.kind:
        case RuleKind.CONNECTION:
            return True
        case RuleKind.PREFIX:
            return below.kind is RuleKind.PREFIX and below.value.startswith(above.value)
    return above == below


def _matching(
    rule: Rule,
    number: str,
    connections: Mapping[int, RoutingConnection],
    last_received: int | None,
    groups: Collection[str],
) -> list[int]:
    match rule.kind:
        case RuleKind.LAST_RECEIVED:
            return [i for i in connections if i == last_received]
        case RuleKind.PREFIX:
            fits = rule.value and number.startswith(rule.value)
            return [i for i in connections if fits and i == rule.connection_id]
        case RuleKind.GROUP:
            return [i for i in connections if rule.value in groups and i == rule.connection_id]
        case RuleKind.CONNECTION:
            return [i for i in connections if i == rule.connection_id]
        case RuleKind.ANY:
            return list(connections)


def _among(
    ids: Iterable[int], connections: Mapping[int, RoutingConnection], avoid: Collection[int]
) -> Decision:
    known = [connections[i] for i in ids if i in connections]
    usable = [c for c in known if c.up and c.may_send]
    if not usable:
        return Wait(_why_none(known))
    wanted = [c for c in usable if c.connection_id not in avoid]
    if not wanted:
        return Wait(_why_none(known))
    free = [c for c in wanted if c.free_slots > 0]
    if not free:
        paused = [f"{c.name}: {c.why_not}" for c in wanted if c.why_not]
        reason = "; ".join(paused) if len(paused) == len(wanted) else ""
        return Busy(reason, wanted[0].connection_id if len(wanted) == 1 else None)
    return Carry(max(free, key=lambda c: (c.free_slots, -c.load)).connection_id)


def _why_none(connections: Sequence[RoutingConnection]) -> str:
    reasons = [f"{c.name}: {why}" for c in connections if (why := _why(c))]
    if reasons:
        return "; ".join(reasons)
    if any(not c.may_send for c in connections):
        return "Sending is switched off for this connection."
    return NO_MODEM


def _why(connection: RoutingConnection) -> str:
    if not connection.up:
        return connection.why_down
    return "" if connection.may_send else connection.why_not
