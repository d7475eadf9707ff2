"""Delivery reports find their part, whatever the number looks like and whenever they come."""

from __future__ import annotations

import pytest

from gateway.clock import DAY, HOUR, MINUTE, SECOND
from gateway.states import State
from gateway.store import outbox
from gateway.store.reports import same_number
from tests.store.given import (
    ANN,
    BOB,
    NOW,
    claimed,
    column,
    connection,
    dispatch,
    outcomes,
    part_states,
    sent,
    state,
    submitted,
)

pytestmark = pytest.mark.usefixtures("store")

DELIVERED, TRYING, EXPIRED = 0, 48, 70


def report(c: int, mr: int, status: int = DELIVERED, *, to: str = ANN, scts: int | None = NOW):
    return outbox.report(c, to, mr, status, scts, NOW + 7 * SECOND, NOW + 8 * SECOND)


def test_a_report_makes_a_sent_message_delivered() -> None:
    c = connection()
    d = dispatch(ANN)
    sent(d, c, mr=5)
    assert report(c, 5)
    assert (state(d), part_states(d)) == (State.DELIVERED, ["delivered"])
    assert column(d, "delivered_at") == NOW + 8 * SECOND


@pytest.mark.parametrize(
    "wrong",
    [{"mr": 6}, {"to": BOB}, {"c": 99}, {"scts": NOW - 6 * MINUTE}, {"scts": NOW + 6 * DAY}],
)
def test_a_report_that_names_something_else_is_not_matched(wrong) -> None:
    c = connection()
    d = dispatch(ANN)
    sent(d, c, mr=5)
    asked = {"c": c, "mr": 5} | wrong
    assert not report(asked.pop("c"), asked.pop("mr"), **asked)
    assert state(d) is State.SENT


def test_a_report_for_an_old_reference_does_not_match_the_new_one() -> None:
    c = connection()
    old, new = dispatch(ANN), dispatch(ANN)
    sent(old, c, mr=5, at=NOW)
    sent(new, c, mr=5, at=NOW + DAY)
    assert outbox.report(c, ANN, 5, DELIVERED, NOW + SECOND, None, NOW + 2 * DAY)
    assert (state(old), state(new)) == (State.DELIVERED, State.SENT)
    assert outbox.report(c, ANN, 5, DELIVERED, NOW + DAY, None, NOW + 2 * DAY)
    assert state(new) is State.DELIVERED


def test_of_two_that_fit_the_newest_is_meant() -> None:
    c = connection()
    old, new = dispatch(ANN), dispatch(ANN)
    sent(old, c, mr=5, at=NOW - MINUTE)
    sent(new, c, mr=5, at=NOW)
    assert report(c, 5)
    assert (state(old), state(new)) == (State.SENT, State.DELIVERED)


def test_a_report_may_come_days_later_within_the_validity() -> None:
    c = connection()
    d = dispatch(ANN, valid_until=NOW + 20 * DAY)
    sent(d, c, mr=5)
    assert outbox.report(c, ANN, 5, DELIVERED, NOW, NOW + 19 * DAY, NOW + 19 * DAY)
    assert state(d) is State.DELIVERED


@pytest.mark.parametrize("scts", [None, NOW - 5000 * DAY, NOW + 5000 * DAY])
def test_a_service_centre_without_a_sane_clock_is_believed_all_the_same(scts: int | None) -> None:
    c = connection()
    d = dispatch(ANN)
    sent(d, c, mr=5)
    assert report(c, 5, scts=scts)
    assert state(d) is State.DELIVERED


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("+254711000001", "0711000001", True),
        ("+254711000001", "00254711000001", True),
        ("+254711000001", "711000001", True),
        ("+254711000001", "+254711000002", False),
        ("+254711000001", "+255711000001", True),  # the last nine digits decide
        ("+4512345678", "12345678", True),  # eight digits are a whole number in Denmark
        ("12345", "12345", True),
        ("12345", "+254711012345", False),
        ("+254711000001", "", True),
        ("BANK", "SHOP", False),
    ],
)
def test_forms_of_one_number_are_told_from_other_numbers(ours, theirs, same) -> None:
    assert same_number(ours, theirs) is same


def test_still_trying_keeps_it_sent_and_says_so_and_the_last_word_counts() -> None:
    c = connection()
    d = dispatch(ANN)
    sent(d, c, mr=5)
    assert report(c, 5, TRYING)
    assert state(d) is State.SENT
    assert "Not confirmed yet" in column(d, "reason")
    assert report(c, 5, DELIVERED)
    assert (state(d), column(d, "reason")) == (State.DELIVERED, "")


def test_the_network_giving_up_fails_it_with_the_reason() -> None:
    c = connection()
    d = dispatch(ANN)
    sent(d, c, mr=5)
    assert report(c, 5, EXPIRED)
    assert (state(d), column(d, "code"), outcomes(d)) == (State.FAILED, "TP-ST 70", ["failed"])
    assert column(d, "reason").startswith("Not delivered: ")


def test_delivered_after_all_is_the_last_word() -> None:
    c = connection()
    d = dispatch(ANN)
    sent(d, c, mr=5)
    report(c, 5, EXPIRED)
    assert report(c, 5, DELIVERED)
    assert state(d) is State.DELIVERED
    assert report(c, 5, EXPIRED)
    assert (state(d), part_states(d)) == (State.DELIVERED, ["delivered"])


def long_message(c: int) -> tuple[int, list[int]]:
    d = dispatch(ANN, parts=2)
    parts = [p.part_id for p in claimed(d, c, parts=2).parts]
    return d, parts


def test_a_long_message_is_delivered_when_every_part_is() -> None:
    c = connection()
    d, parts = long_message(c)
    for mr, part in enumerate(parts):
        outbox.submitted(part, c, NOW)
        outbox.accepted(part, mr, NOW)
    report(c, 0)
    assert state(d) is State.SENT
    report(c, 1)
    assert state(d) is State.DELIVERED


def test_a_long_message_fails_when_one_part_does() -> None:
    c = connection()
    d, parts = long_message(c)
    for mr, part in enumerate(parts):
        outbox.submitted(part, c, NOW)
        outbox.accepted(part, mr, NOW)
    report(c, 0)
    report(c, 1, EXPIRED)
    assert (state(d), part_states(d)) == (State.FAILED, ["delivered", "failed"])


def test_a_part_that_fails_while_others_go_out_is_not_forgotten() -> None:
    c = connection()
    d, (one, two) = long_message(c)
    outbox.submitted(one, c, NOW)
    outbox.accepted(one, 0, NOW)
    report(c, 0, EXPIRED)
    assert state(d) is State.SENDING
    outbox.submitted(two, c, NOW)
    assert outbox.accepted(two, 1, NOW) is State.FAILED


def test_a_second_word_about_the_first_journey_does_not_stop_the_second() -> None:
    c = connection()
    d = dispatch(ANN)
    sent(d, c, mr=5)
    report(c, 5, EXPIRED)
    outbox.resend([d], NOW, "ann")
    report(c, 5, EXPIRED)
    assert (state(d), part_states(d)) == (State.PENDING, ["new"])
    report(c, 5, DELIVERED)
    assert state(d) is State.DELIVERED


# doubt ------------------------------------------------------------------------------------------


def in_doubt(c: int, number: str = ANN, at: int = NOW) -> int:
    d = dispatch(number)
    outbox.unknown(submitted(d, c, at=at), at, "No answer came.", "")
    return d


def test_a_report_settles_a_doubt_by_recipient_and_time() -> None:
    c = connection()
    d = in_doubt(c)
    assert not report(c, 77, to=BOB)
    assert not report(c, 77, scts=NOW - HOUR)
    assert report(c, 77)
    assert state(d) is State.DELIVERED


def test_a_report_of_a_passing_kind_settles_that_it_is_sent() -> None:
    c = connection()
    d = in_doubt(c)
    assert report(c, 77, TRYING)
    assert state(d) is State.SENT
    assert report(c, 77)  # from now on its reference is known
    assert state(d) is State.DELIVERED


def test_a_report_of_failure_settles_a_doubt() -> None:
    c = connection()
    d = in_doubt(c)
    assert report(c, 77, EXPIRED)
    assert state(d) is State.FAILED


def test_of_two_doubts_the_one_submitted_last_before_it_is_meant() -> None:
    c = connection()
    first, second = in_doubt(c, at=NOW - HOUR), in_doubt(c, at=NOW + MINUTE)
    assert report(c, 77, scts=NOW - HOUR + SECOND)
    assert (state(first), state(second)) == (State.DELIVERED, State.UNCERTAIN)


def test_a_known_reference_goes_before_a_doubt() -> None:
    c = connection()
    doubtful, known = in_doubt(c), dispatch(ANN)
    sent(known, c, mr=77)
    assert report(c, 77)
    assert (state(known), state(doubtful)) == (State.DELIVERED, State.UNCERTAIN)
