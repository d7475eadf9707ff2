"""Delivery reports find their part, whatever the number looks like and whenever they come."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway import sms
from gateway.clock import DAY, HOUR, MINUTE, SECOND
from gateway.decisions.dispatch_states import DispatchState
from gateway.store.messages import inbox, outbox
from gateway.store.messages.inbox import StoredPdu
from gateway.store.sending.alike import likeness
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
    assert (state(d), part_states(d)) == (DispatchState.DELIVERED, ["delivered"])
    assert column(d, "delivered_at") == NOW + 8 * SECOND


@pytest.mark.parametrize(
    "wrong",
    [{"mr": 6}, {"to": BOB}, {"c": 99}],
)
def test_a_report_that_names_something_else_is_not_matched(wrong) -> None:
    c = connection()
    d = dispatch(ANN)
    sent(d, c, mr=5)
    asked = {"c": c, "mr": 5} | wrong
    assert not report(asked.pop("c"), asked.pop("mr"), **asked)
    assert state(d) is DispatchState.SENT


@pytest.mark.parametrize(
    "scts",
    [NOW + off for off in (-7 * HOUR, -3 * HOUR, -6 * MINUTE, 6 * MINUTE, 14 * HOUR, 6 * DAY)]
    + [NOW - 366 * DAY, NOW + 365 * DAY],
)
def test_the_only_one_that_fits_is_meant_whatever_the_centres_clock_says(scts: int) -> None:
    c = connection()
    d = dispatch(ANN)
    sent(d, c, mr=5)
    assert report(c, 5, scts=scts)
    assert state(d) is DispatchState.DELIVERED


def test_a_reference_of_long_ago_is_not_taken_for_one_that_came_round() -> None:
    c = connection()
    d = dispatch(ANN, valid_until=NOW + HOUR)
    sent(d, c, mr=5)
    later = NOW + HOUR + DAY + MINUTE
    assert not outbox.report(c, ANN, 5, DELIVERED, later - 5 * SECOND, later, later)
    assert state(d) is DispatchState.SENT


def test_a_box_that_was_away_gets_its_reports_late() -> None:
    c = connection()
    d = dispatch(ANN, valid_until=NOW + HOUR)
    sent(d, c, mr=5)
    assert outbox.report(c, ANN, 5, DELIVERED, NOW, NOW + MINUTE, NOW + 20 * DAY)
    assert state(d) is DispatchState.DELIVERED


def kept(
    c: int, mr: int, taken: int, at: int, *, status: int = DELIVERED, to: str = ANN
) -> StoredPdu:
    """A report as a modem brings it: stored, and applied as far as it can be."""
    made = sms.encode(
        sms.StatusReport(
            message_reference=mr,
            recipient=sms.Address.parse(to),
            service_centre_time=sms.Timestamp.from_epoch_ms(taken, 0),
            discharge_time=sms.Timestamp.from_epoch_ms(taken + 5 * SECOND, 0),
            status=status,
        )
    )
    (one,) = inbox.keep(c, [inbox.RawPdu("00" + made.hex().upper())], at)
    return one


@pytest.mark.parametrize("ahead", [0, 3 * HOUR, -7 * HOUR, 365 * DAY, -1600 * DAY])
def test_of_several_the_centres_time_tells_by_its_own_clock(ahead: int) -> None:
    c = connection()
    for n in range(4):  # these are the only ones that fit, and show how the clock goes
        at = NOW + n * MINUTE
        sent(dispatch(ANN, at=at), c, mr=100 + n, at=at)
        kept(c, 100 + n, at + 2 * SECOND + ahead, at + 9 * SECOND)
    times = [NOW + HOUR, NOW + 4 * HOUR, NOW + 8 * HOUR]
    round_ = [dispatch(ANN, at=at) for at in times]
    for d, at in zip(round_, times, strict=True):
        sent(d, c, mr=5, at=at)
    late = NOW + 9 * HOUR
    kept(c, 5, times[1] + 2 * SECOND + ahead, late)
    assert [state(d) for d in round_] == [
        DispatchState.SENT,
        DispatchState.DELIVERED,
        DispatchState.SENT,
    ]
    kept(c, 5, times[2] + 2 * SECOND + ahead, late, status=EXPIRED)
    kept(c, 5, times[0] + 2 * SECOND + ahead, late)
    assert [state(d) for d in round_] == [
        DispatchState.DELIVERED,
        DispatchState.DELIVERED,
        DispatchState.FAILED,
    ]


def test_references_that_come_round_within_minutes_are_told_apart_to_the_second() -> None:
    c = connection()
    times = [NOW + n * 25 * SECOND for n in range(4)]
    quick = [dispatch(ANN) for _ in times]
    for d, at in zip(quick, times, strict=True):
        sent(d, c, mr=5, at=at)
    kept(c, 5, times[1], NOW + HOUR, status=EXPIRED)
    kept(c, 5, times[3], NOW + HOUR)
    assert [state(d) for d in quick] == [
        DispatchState.SENT,
        DispatchState.FAILED,
        DispatchState.SENT,
        DispatchState.DELIVERED,
    ]


def test_a_report_that_overtakes_the_answer_is_not_taken_for_an_earlier_rounds() -> None:
    c = connection()
    old = dispatch(ANN)
    sent(old, c, mr=5)
    new = dispatch(ANN, at=NOW + HOUR)
    part = submitted(new, c, at=NOW + HOUR)
    kept(c, 5, NOW + HOUR + SECOND, NOW + HOUR + 2 * SECOND)
    assert (state(old), state(new)) == (DispatchState.SENT, DispatchState.SENDING)
    assert outbox.accepted(part, 5, NOW + HOUR + 3 * SECOND) is DispatchState.DELIVERED
    assert state(old) is DispatchState.SENT


def test_a_report_that_comes_while_another_goes_out_finds_its_own() -> None:
    c = connection()
    old = dispatch(ANN)
    sent(old, c, mr=4)
    new = dispatch(ANN, at=NOW + HOUR)
    part = submitted(new, c, at=NOW + HOUR)
    kept(c, 4, NOW + HOUR, NOW + HOUR + 2 * SECOND)  # a clock that is an hour ahead
    outbox.accepted(part, 5, NOW + HOUR + 3 * SECOND)
    assert (state(old), state(new)) == (DispatchState.DELIVERED, DispatchState.SENT)


def test_a_report_for_an_old_reference_does_not_match_the_new_one() -> None:
    c = connection()
    old, new = dispatch(ANN), dispatch(ANN)
    sent(old, c, mr=5, at=NOW)
    sent(new, c, mr=5, at=NOW + DAY)
    assert outbox.report(c, ANN, 5, DELIVERED, NOW + SECOND, None, NOW + 2 * DAY)
    assert (state(old), state(new)) == (DispatchState.DELIVERED, DispatchState.SENT)
    assert outbox.report(c, ANN, 5, DELIVERED, NOW + DAY, None, NOW + 2 * DAY)
    assert state(new) is DispatchState.DELIVERED


def test_of_two_that_fit_the_newest_is_meant() -> None:
    c = connection()
    old, new = dispatch(ANN), dispatch(ANN)
    sent(old, c, mr=5, at=NOW - MINUTE)
    sent(new, c, mr=5, at=NOW)
    assert report(c, 5)
    assert (state(old), state(new)) == (DispatchState.SENT, DispatchState.DELIVERED)


def test_a_report_may_come_days_later_within_the_validity() -> None:
    c = connection()
    d = dispatch(ANN, valid_until=NOW + 20 * DAY)
    sent(d, c, mr=5)
    assert outbox.report(c, ANN, 5, DELIVERED, NOW, NOW + 19 * DAY, NOW + 19 * DAY)
    assert state(d) is DispatchState.DELIVERED


@pytest.mark.parametrize("scts", [None, NOW - 5000 * DAY, NOW + 5000 * DAY])
def test_a_service_centre_without_a_sane_clock_is_believed_all_the_same(scts: int | None) -> None:
    c = connection()
    d = dispatch(ANN)
    sent(d, c, mr=5)
    assert report(c, 5, scts=scts)
    assert state(d) is DispatchState.DELIVERED


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
        ("BANK", "Bank", True),
        ("+5491112345678", "111512345678", True),  # Argentina: 9 abroad, 15 at home
        ("+5511987654321", "01511987654321", True),  # Brazil: with the carrier's code
        ("+22997123456", "0197123456", True),  # Benin: 01 before the old numbers
        ("+68251234", "51234", True),  # Cook Islands: five digits
        ("12345", "+25412345", True),  # a short code with the country's code
        ("+254711000001", "11000", False),
        ("12345", "2345", False),
        ("+254711000001", "Service", True),  # a name tells nothing of a number
        ("+254711000001", "+٢٥٤", True),  # nor do other letters
    ],
)
def test_forms_of_one_number_are_told_from_other_numbers(ours, theirs, same) -> None:
    assert (likeness(ours, theirs) is not None) is same


DIGITS = st.text("123456789", min_size=8, max_size=11)


@given(
    DIGITS, st.sampled_from(["1", "44", "254"]), st.sampled_from(["", "0", "00", "+", "cc", "00cc"])
)
def test_every_form_of_a_number_is_known_again(number: str, country: str, form: str) -> None:
    theirs = form.replace("cc", country) + number
    assert likeness(f"+{country}{number}", theirs) >= 7


@given(DIGITS, DIGITS)
def test_numbers_with_other_last_digits_are_never_alike(one: str, other: str) -> None:
    assume(one[-1] != other[-1])
    assert likeness(f"+{one}", other) is None


def test_still_trying_keeps_it_sent_and_says_so_and_the_last_word_counts() -> None:
    c = connection()
    d = dispatch(ANN)
    sent(d, c, mr=5)
    assert report(c, 5, TRYING)
    assert state(d) is DispatchState.SENT
    assert "Not confirmed yet" in column(d, "reason")
    assert report(c, 5, DELIVERED)
    assert (state(d), column(d, "reason")) == (DispatchState.DELIVERED, "")


def test_the_network_giving_up_fails_it_with_the_reason() -> None:
    c = connection()
    d = dispatch(ANN)
    sent(d, c, mr=5)
    assert report(c, 5, EXPIRED)
    assert (state(d), column(d, "code"), outcomes(d)) == (
        DispatchState.FAILED,
        "TP-ST 70",
        ["failed"],
    )
    assert column(d, "reason").startswith("Not delivered: ")


def test_delivered_after_all_is_the_last_word() -> None:
    c = connection()
    d = dispatch(ANN)
    sent(d, c, mr=5)
    report(c, 5, EXPIRED)
    assert report(c, 5, DELIVERED)
    assert state(d) is DispatchState.DELIVERED
    assert report(c, 5, EXPIRED)
    assert (state(d), part_states(d)) == (DispatchState.DELIVERED, ["delivered"])


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
    assert state(d) is DispatchState.SENT
    report(c, 1)
    assert state(d) is DispatchState.DELIVERED


def test_a_long_message_fails_when_one_part_does() -> None:
    c = connection()
    d, parts = long_message(c)
    for mr, part in enumerate(parts):
        outbox.submitted(part, c, NOW)
        outbox.accepted(part, mr, NOW)
    report(c, 0)
    report(c, 1, EXPIRED)
    assert (state(d), part_states(d)) == (DispatchState.FAILED, ["delivered", "failed"])


def test_a_part_that_fails_while_others_go_out_is_not_forgotten() -> None:
    c = connection()
    d, (one, two) = long_message(c)
    outbox.submitted(one, c, NOW)
    outbox.accepted(one, 0, NOW)
    report(c, 0, EXPIRED)
    assert state(d) is DispatchState.SENDING
    outbox.submitted(two, c, NOW)
    assert outbox.accepted(two, 1, NOW) is DispatchState.FAILED


def test_a_second_word_about_the_first_journey_does_not_stop_the_second() -> None:
    c = connection()
    d = dispatch(ANN)
    sent(d, c, mr=5)
    report(c, 5, EXPIRED)
    outbox.resend([d], NOW, "ann")
    report(c, 5, EXPIRED)
    assert (state(d), part_states(d)) == (DispatchState.PENDING, ["new"])
    report(c, 5, DELIVERED)
    assert state(d) is DispatchState.DELIVERED
