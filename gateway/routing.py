"""Which connection carries a dispatch, or why none does for now. Pure: facts in, decision out.

Rules are tried in order; the first one with a usable connection wins. A rule whose connection is
down does not stop the search, but is remembered: if no other rule can carry the dispatch, it waits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class RuleKind(StrEnum):
    LAST_RECEIVED = "last_received"  # reply through the connection last received through
    PREFIX = "prefix"  # numbers starting with `value` through `connection_id`
    CONNECTION = "connection"  # everything through `connection_id`
    ANY = "any"  # everything through any that is free


@dataclass(frozen=True, slots=True)
class Rule:
    kind: RuleKind
    value: str = ""
    connection_id: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A connection as routing sees it."""

    connection_id: int
    name: str
    up: bool  # some modem carries it and is registered
    room: int = 0  # dispatches it can take now
    may_send: bool = True
    why_down: str = ""  # plain words
    roaming: bool = False
    why_not: str = ""  # why it may not send, or has no room although it is idle; plain words


@dataclass(frozen=True, slots=True)
class Carry:
    connection_id: int


@dataclass(frozen=True, slots=True)
class Busy:
    """A usable connection exists, but it has no room at the moment: ask again soon.

    `reason`: what it waits for, when that is more than the message before.
    """

    reason: str = ""


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


def route(
    number: str,
    lines: Mapping[int, Line],
    rules: Sequence[Rule],
    *,
    chosen: int | None = None,
    last_received: int | None = None,
    avoid: Collection[int] = (),
) -> Decision:
    """Decide for one dispatch.

    `chosen`: the connection its writer picked. `last_received`: the one its recipient last wrote
    to us through. `avoid`: connections that refused it in a way another one may cure; they are
    used again only when there is no other.
    """
    if chosen is not None:
        return _among([chosen], lines, ())
    candidates = [ids for rule in rules if (ids := _matching(rule, number, lines, last_received))]
    if not candidates:
        return Refuse(NO_RULE) if not rules or lines else Wait(NO_MODEM)
    waiting: Decision | None = None
    for avoided in (avoid, ()) if avoid else ((),):
        for ids in candidates:
            decision = _among(ids, lines, avoided)
            if isinstance(decision, Carry | Busy):
                return decision
            waiting = waiting or decision
    assert waiting is not None
    return waiting


NO_MODEM = "No modem is connected."


def _matching(
    rule: Rule, number: str, lines: Mapping[int, Line], last_received: int | None
) -> list[int]:
    match rule.kind:
        case RuleKind.LAST_RECEIVED:
            return [i for i in lines if i == last_received]
        case RuleKind.PREFIX:
            fits = rule.value and number.startswith(rule.value)
            return [i for i in lines if fits and i == rule.connection_id]
        case RuleKind.CONNECTION:
            return [i for i in lines if i == rule.connection_id]
        case RuleKind.ANY:
            return list(lines)


def _among(ids: Iterable[int], lines: Mapping[int, Line], avoid: Collection[int]) -> Decision:
    known = [lines[i] for i in ids if i in lines]
    usable = [line for line in known if line.up and line.may_send]
    if not usable:
        return Wait(_why_none(known))
    wanted = [line for line in usable if line.connection_id not in avoid]
    if not wanted:
        return Wait(_why_none(known))
    free = [line for line in wanted if line.room > 0]
    if not free:
        paused = [f"{line.name}: {line.why_not}" for line in wanted if line.why_not]
        return Busy("; ".join(paused) if len(paused) == len(wanted) else "")
    return Carry(max(free, key=lambda line: line.room).connection_id)  # shares the load


def _why_none(lines: Sequence[Line]) -> str:
    reasons = [f"{line.name}: {why}" for line in lines if (why := _why(line))]
    if reasons:
        return "; ".join(reasons)
    if any(not line.may_send for line in lines):
        return "Sending is switched off for this connection."
    return NO_MODEM


def _why(line: Line) -> str:
    if not line.up:
        return line.why_down
    return "" if line.may_send else line.why_not
