from gateway.routing import (
    NO_MODEM,
    NO_RULE,
    Busy,
    Carry,
    Line,
    Refuse,
    Rule,
    RuleKind,
    Wait,
    route,
)

ANY = Rule(RuleKind.ANY)
A = Line(1, "A", up=True, room=2)
B = Line(2, "B", up=True, room=5)
DOWN = Line(3, "C", up=False, why_down="no SIM")


def lines(*those: Line) -> dict[int, Line]:
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
    assert route("+1", lines(Line(1, "A", up=True, room=0)), [ANY]) == Busy()


def test_a_connection_switched_off_for_sending_is_not_used():
    off = Line(1, "A", up=True, room=9, may_send=False)
    assert route("+1", lines(off, B), [ANY]) == Carry(2)
    assert isinstance(route("+1", lines(off), [ANY]), Wait)


def test_a_connection_that_refused_is_avoided_while_there_is_another():
    assert route("+1", lines(A, B), [ANY], avoid={2}) == Carry(1)
    assert route("+1", lines(B), [ANY], avoid={2}) == Carry(2)


def test_avoiding_goes_on_to_the_next_rule():
    rules = [Rule(RuleKind.CONNECTION, connection_id=2), ANY]
    assert route("+1", lines(A, B), rules, avoid={2}) == Carry(1)
