"""Whatever the rules and the connections: the decision is what the order of the rules says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.decisions.routing import (
    REMOVED,
    Busy,
    Carry,
    Refuse,
    RoutingConnection,
    Rule,
    RuleKind,
    Wait,
    route,
)

IDS = range(1, 5)
NUMBERS = ("+254712345678", "+447700900123", "22141")


@st.composite
def lines(draw: st.DrawFn) -> dict[int, RoutingConnection]:
    found = {}
    for i in draw(st.sets(st.sampled_from(IDS))):
        up = draw(st.booleans())
        found[i] = RoutingConnection(
            i,
            f"SIM {i}",
            up,
            draw(st.integers(0, 3)) if up else 0,
            may_send=draw(st.booleans()),
            why_down="" if up else "no SIM",
            why_not="held",
            load=draw(st.integers(0, 3)),
        )
    return found


@st.composite
def rule(draw: st.DrawFn) -> Rule:
    kind = draw(st.sampled_from(RuleKind))
    value = ""
    if kind is RuleKind.PREFIX:
        value = draw(st.sampled_from(("+254", "+44", "22")))
    if kind is RuleKind.GROUP:
        value = draw(st.sampled_from(("7", "8")))
    named = kind in (RuleKind.PREFIX, RuleKind.GROUP, RuleKind.CONNECTION)
    return Rule(kind, value, draw(st.sampled_from(IDS)) if named else None)


def leads_to(
    r: Rule, number: str, known: dict[int, RoutingConnection], last: int | None, groups
) -> set[int]:
    """Our own reading of a rule's sentence."""
    match r.kind:
        case RuleKind.ANY:
            return set(known)
        case RuleKind.LAST_RECEIVED:
            return {last} & set(known)
        case RuleKind.PREFIX if not number.startswith(r.value):
            return set()
        case RuleKind.GROUP if r.value not in groups:
            return set()
    return {r.connection_id} & set(known)


@given(
    known=lines(),
    rules=st.lists(rule(), max_size=5),
    number=st.sampled_from(NUMBERS),
    last=st.none() | st.sampled_from(IDS),
    groups=st.sets(st.sampled_from(("7", "8"))),
)
def test_the_first_rule_with_a_usable_connection_wins(known, rules, number, last, groups):
    decision = route(number, known, rules, last_received=last, groups=groups)
    leads = [found for r in rules if (found := leads_to(r, number, known, last, groups))]
    usable = [[i for i in found if known[i].up and known[i].may_send] for found in leads]
    first = next((found for found in usable if found), None)
    if first:
        free = [i for i in first if known[i].free_slots > 0]
        if free:
            assert isinstance(decision, Carry)
            assert decision.connection_id in free
        else:
            assert isinstance(decision, Busy)
            assert decision.waits_for == (first[0] if len(first) == 1 else None)
    elif leads:
        assert isinstance(decision, Wait)
        assert decision.reason
    elif known or not rules:
        assert isinstance(decision, Refuse)
    else:
        assert isinstance(decision, Wait)


@given(
    known=lines(),
    rules=st.lists(rule(), max_size=5),
    number=st.sampled_from(NUMBERS),
    avoid=st.sets(st.sampled_from(IDS)),
)
def test_what_refused_it_is_used_again_only_when_nothing_else_would_do(known, rules, number, avoid):
    decision = route(number, known, rules, avoid=avoid)
    if isinstance(decision, Carry) and decision.connection_id in avoid:
        others = {i: line for i, line in known.items() if i not in avoid}
        assert not isinstance(route(number, others, rules), Carry | Busy) or not others
    without = route(number, known, rules)
    assert isinstance(decision, Carry | Busy) == isinstance(without, Carry | Busy)


@given(known=lines(), rules=st.lists(rule()), chosen=st.sampled_from(IDS))
def test_a_chosen_connection_is_never_left_for_another(known, rules, chosen):
    decision = route(NUMBERS[0], known, rules, chosen=chosen)
    match decision:
        case Carry(connection_id=connection_id):
            assert connection_id == chosen
        case Busy() | Wait():
            assert chosen in known or not known
        case Refuse(reason=reason):
            assert chosen not in known
            assert reason == REMOVED


@given(rooms=st.lists(st.integers(1, 3), min_size=2, max_size=4), number=st.integers(1, 60))
def test_any_shares_evenly_among_connections_alike(rooms, number):
    """One message at a time, as on a quiet day: not always through the same SIM."""
    known = {i: RoutingConnection(i, str(i), True, free_slots=2) for i in range(1, len(rooms) + 1)}
    for _ in range(number):
        decision = route("+1", known, [Rule(RuleKind.ANY)])
        assert isinstance(decision, Carry)
        line = known[decision.connection_id]
        known[line.connection_id] = RoutingConnection(
            line.connection_id, line.name, True, 2, load=line.load + 1
        )
    loads = [line.load for line in known.values()]
    assert max(loads) - min(loads) <= 1
