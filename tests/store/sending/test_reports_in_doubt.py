"""A report settles what nobody knew: whether a message that got no answer was sent."""

from __future__ import annotations

import pytest

from gateway.clock import HOUR, MINUTE, SECOND
from gateway.decisions.dispatch_states import DispatchState
from gateway.store.messages import outbox
from tests.store.given import (
    ANN,
    BOB,
    NOW,
    connection,
    dispatch,
    sent,
    state,
    submitted,
)
from tests.store.sending.test_reports import EXPIRED, TRYING, kept, report

pytestmark = pytest.mark.usefixtures("store")


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
    assert state(d) is DispatchState.DELIVERED


def test_a_report_of_a_passing_kind_settles_that_it_is_sent() -> None:
    c = connection()
    d = in_doubt(c)
    assert report(c, 77, TRYING)
    assert state(d) is DispatchState.SENT
    assert report(c, 77)  # from now on its reference is known
    assert state(d) is DispatchState.DELIVERED


def test_a_report_of_failure_settles_a_doubt() -> None:
    c = connection()
    d = in_doubt(c)
    assert report(c, 77, EXPIRED)
    assert state(d) is DispatchState.FAILED


def test_of_two_doubts_the_one_submitted_last_before_it_is_meant() -> None:
    c = connection()
    first, second = in_doubt(c, at=NOW - HOUR), in_doubt(c, at=NOW + MINUTE)
    assert report(c, 77, scts=NOW - HOUR + SECOND)
    assert (state(first), state(second)) == (DispatchState.DELIVERED, DispatchState.UNCERTAIN)


def test_a_doubt_about_a_message_without_report_is_not_settled_by_one() -> None:
    c = connection()
    d = dispatch(ANN, with_report=False)
    outbox.unknown(submitted(d, c), NOW, "No answer came.", "")
    assert not report(c, 77)
    assert state(d) is DispatchState.UNCERTAIN


def test_a_doubt_is_settled_by_a_centre_whose_clock_is_known_to_be_wrong() -> None:
    c = connection()
    for n in range(4):
        sent(dispatch(BOB), c, mr=n)
        kept(c, n, NOW - 7 * HOUR, NOW + SECOND, to=BOB)
    d = in_doubt(c, at=NOW + MINUTE)
    kept(c, 77, NOW - 7 * HOUR + MINUTE, NOW + HOUR)
    assert state(d) is DispatchState.DELIVERED


def test_a_doubt_goes_before_a_settled_reference_of_an_earlier_round() -> None:
    c = connection()
    old = dispatch(ANN)
    sent(old, c, mr=77)
    report(c, 77)
    d = in_doubt(c, at=NOW + MINUTE)
    assert report(c, 77, EXPIRED, scts=NOW + MINUTE)
    assert (state(old), state(d)) == (DispatchState.DELIVERED, DispatchState.FAILED)


def test_a_known_reference_goes_before_a_doubt() -> None:
    c = connection()
    doubtful, known = in_doubt(c), dispatch(ANN)
    sent(known, c, mr=77)
    assert report(c, 77)
    assert (state(known), state(doubtful)) == (DispatchState.DELIVERED, DispatchState.UNCERTAIN)
