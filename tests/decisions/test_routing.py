from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.decisions.routing import (
    NO_MODEM,
    NO_RULE,
    Busy,
    Carry,
    Refuse,
    RoutingConnection,
    Rule,
    RuleKind,
    Wait,
    covers,
    place_for,
    route,
)

ANY = Rule(RuleKind.ANY)
A = RoutingConnection(1, "A", up=True, free_slots=2)
B = RoutingConnection(2, "B", up=True, free_slots=5)
DOWN = RoutingConnection(3, "C", up=False, why_down="no SIM")


def lines(*those: RoutingConnection) -> dict[int, RoutingConnection]:
    return {line.connection_id: line for line in those}


def test_any_shares_the_load_by_room():
    assert route("+1", lines(A, B), [ANY]) == Carry(2)


def test_the_writers_choice_beats_every_rule():
    assert route("+1", lines(A, B), [ANY], chosen=1) == Carry(1)


def test_a_chosen_connection_that_is_down_is_waited_for_with_its_reason():
    assert route("+1", lines(A, DOWN), [ANY], chosen=3) == Wait("C: no SIM")


def test_the_first_rule_with_a_usable_connection_wins():
    rules = [
        Rule(RuleKind.CONNECTION, connection_id=3),
        Rule(RuleKind.PREFIX, "+49", connection_id=1),
        ANY,
    ]
    assert route("+4912", lines(A, B, DOWN), rules) == Carry(1)
    assert route("+3312", lines(A, B, DOWN), rules) == Carry(2)


def test_a_reply_goes_through_the_connection_last_received_through():
    rules = [Rule(RuleKind.LAST_RECEIVED), ANY]
    assert route("+1", lines(A, B), rules, last_received=1) == Carry(1)
    assert route("+1", lines(A, B), rules, last_received=None) == Carry(2)


def test_no_rule_at_all_refuses_with_words_that_say_what_to_do():
    assert route("+1", lines(A), []) == Refuse(NO_RULE)
    assert route("+1", lines(A), [Rule(RuleKind.PREFIX, "+49", 1)]) == Refuse(NO_RULE)


def test_all_matching_connections_down_waits_with_that_reason():
    assert route("+1", lines(DOWN), [ANY]) == Wait("C: no SIM")
    assert route("+1", {}, [ANY]) == Wait(NO_MODEM)


def test_a_connection_without_room_is_busy_not_down():
    assert route("+1", lines(RoutingConnection(1, "A", up=True, free_slots=0)), [ANY]) == Busy()


def test_a_connection_switched_off_for_sending_is_not_used():
    off = RoutingConnection(1, "A", up=True, free_slots=9, may_send=False)
    assert route("+1", lines(off, B), [ANY]) == Carry(2)
    assert isinstance(route("+1", lines(off), [ANY]), Wait)


def test_a_connection_that_refused_is_avoided_while_there_is_another():
    assert route("+1", lines(A, B), [ANY], avoid={2}) == Carry(1)
    assert route("+1", lines(B), [ANY], avoid={2}) == Carry(2)


def test_avoiding_goes_on_to_the_next_rule():
    rules = [Rule(RuleKind.CONNECTION, connection_id=2), ANY]
    assert route("+1", lines(A, B), rules, avoid={2}) == Carry(1)


# the order of rules -----------------------------------------------------------------------------

LAST, EVERY = Rule(RuleKind.LAST_RECEIVED), Rule(RuleKind.ANY)


def _to(connection_id: int) -> Rule:
    return Rule(RuleKind.CONNECTION, "", connection_id)


def _begins(value: str, connection_id: int) -> Rule:
    return Rule(RuleKind.PREFIX, value, connection_id)


@pytest.mark.parametrize(
    ("new", "place"),
    [
        (_begins("+254", 1), 2),
        (_begins("+25471", 1), 1),
        (_to(1), 3),
        (Rule(RuleKind.GROUP, "4", 1), 2),
        (EVERY, 4),
    ],
)
def test_a_new_rule_goes_where_it_is_asked_first(new: Rule, place: int) -> None:
    assert place_for(new, [LAST, _begins("+2547", 2), _to(2), EVERY]) == place


@given(
    rules=st.lists(
        st.sampled_from([LAST, EVERY, *map(_to, (1, 2))])
        | st.builds(_begins, st.sampled_from(["+2", "+25", "+254", "5"]), st.integers(1, 2))
        | st.builds(Rule, st.just(RuleKind.GROUP), st.sampled_from("ab"), st.integers(1, 2)),
        min_size=2,
        max_size=6,
    ),
    up=st.sets(st.integers(1, 3)),
    free_slots=st.sets(st.integers(1, 3)),
    avoid=st.sets(st.integers(1, 3)),
    last=st.none() | st.integers(1, 3),
    number=st.sampled_from(["+254700", "+33600", "555"]),
    groups=st.sets(st.sampled_from("ab")),
)
def test_a_rule_that_is_said_never_to_take_effect_never_does(
    rules, up, free_slots, avoid, last, number, groups
) -> None:
    lines = {
        i: RoutingConnection(i, f"SIM {i}", i in up, free_slots=i in free_slots) for i in (1, 2, 3)
    }
    without = [rule for n, rule in enumerate(rules) if not any(covers(a, rule) for a in rules[:n])]
    facts = {"last_received": last, "groups": groups, "avoid": avoid}
    assert route(number, lines, rules, **facts) == route(number, lines, without, **facts)
