"""What follows from a refusal."""

from __future__ import annotations

import pytest

from gateway.at import Result, after_pdu
from gateway.decisions.retries import (
    HICCUP_HOLD,
    OTHER_ROUTE_PAUSE,
    GiveUp,
    LeaveUncertain,
    TryAgain,
    judge,
)

NOW = 1_800_000_000_000


def cms(code: int):
    return after_pdu(Result("CMS", code))


def test_a_network_out_of_order_is_tried_three_times_more_and_no_more() -> None:
    waits = []
    for tries in (1, 2, 3):
        verdict = judge(cms(38), tries, NOW)
        assert isinstance(verdict, TryAgain)
        waits.append(verdict.at - NOW)
    assert waits == sorted(waits)
    assert waits[0] >= 30_000
    assert judge(cms(38), 4, NOW) == GiveUp()


def test_a_temporary_failure_is_tried_again_soon() -> None:
    verdict = judge(cms(41), 1, NOW)
    assert isinstance(verdict, TryAgain)
    assert 5_000 <= verdict.at - NOW <= 10_000


@pytest.mark.parametrize("code", [512, 515])
def test_a_makers_passing_trouble_is_tried_again_after_a_delay(code: int) -> None:
    verdict = judge(cms(code), 1, NOW)
    assert isinstance(verdict, TryAgain)
    assert verdict.at > NOW


@pytest.mark.parametrize("code", [332, 513])
def test_what_may_have_gone_out_is_doubtful_even_where_another_sim_is_free(code: int) -> None:
    assert judge(cms(code), 1, NOW, elsewhere=True) == LeaveUncertain()


@pytest.mark.parametrize("code", [38, 21, 28, 69, 500, 331, 8, 50])
def test_what_another_sim_may_cure_goes_on_to_it_at_once(code: int) -> None:
    assert judge(cms(code), 1, NOW, elsewhere=True) == TryAgain(
        NOW + OTHER_ROUTE_PAUSE, counts=True, avoid=True
    )


@pytest.mark.parametrize("code", [1, 30, 96, 195])
def test_what_no_sim_can_cure_fails_at_once(code: int) -> None:
    assert judge(cms(code), 1, NOW, elsewhere=True) == GiveUp()


@pytest.mark.parametrize("code", [22, 27])
def test_a_phone_that_is_full_or_off_is_waited_for_with_the_same_sender(code: int) -> None:
    verdict = judge(cms(code), 1, NOW, elsewhere=True)
    assert isinstance(verdict, TryAgain)
    assert not verdict.avoid
    assert verdict.at - NOW >= 60_000


def test_a_hiccup_is_not_worth_another_sender() -> None:
    verdict = judge(cms(41), 1, NOW, elsewhere=True)
    assert isinstance(verdict, TryAgain)
    assert not verdict.avoid
    assert judge(cms(41), 2, NOW, elsewhere=True) == TryAgain(
        NOW + OTHER_ROUTE_PAUSE, counts=True, avoid=True
    )


def test_a_connection_that_is_held_does_not_use_up_a_messages_tries() -> None:
    until = NOW + 5_000
    assert judge(cms(69), 9, NOW, held=until) == TryAgain(until, counts=False, avoid=False)


def test_a_hold_that_has_just_begun_is_not_worth_another_sender() -> None:
    soon, long = NOW + HICCUP_HOLD, NOW + HICCUP_HOLD + 1
    assert judge(cms(41), 1, NOW, held=soon, elsewhere=True) == TryAgain(
        soon, counts=False, avoid=False
    )
    assert judge(cms(41), 1, NOW, held=long, elsewhere=True) == TryAgain(
        NOW + OTHER_ROUTE_PAUSE, counts=False, avoid=True
    )


@pytest.mark.parametrize("code", [17, 21, 38, 41, 42, 194, 255, 500])
def test_the_only_message_of_an_outage_is_tried_within_a_minute_and_not_given_up(code: int) -> None:
    for tries in (1, 2, 5, 40):
        verdict = judge(cms(code), tries, NOW, unproven=True)
        assert isinstance(verdict, TryAgain)
        assert 0 < verdict.at - NOW < 60_000


@pytest.mark.parametrize("code", [22, 27, 211])
def test_a_phone_that_is_full_or_off_is_no_outage(code: int) -> None:
    for tries in (1, 9):
        assert judge(cms(code), tries, NOW, unproven=True) == judge(cms(code), tries, NOW)


@pytest.mark.parametrize("code", [1, 30, 96, 195, 28])
def test_what_is_final_is_no_outage(code: int) -> None:
    assert judge(cms(code), 1, NOW, unproven=True) == GiveUp()
