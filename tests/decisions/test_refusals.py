"""One refusal says little of a SIM, several in a row to different people say a lot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.at import About
from gateway.clock import HOUR, MINUTE, SECOND
from gateway.decisions.refusals import (
    FIRST_HOLD,
    IDLE,
    IN_A_ROW,
    LASTING,
    LONGEST_HOLD,
    SHARE,
    SUSPECT_FOR,
    Streaks,
)

NOW = 1_800_000_000_000
SAID = "No. (CMS 38)"


def refused(streaks: Streaks, number: str, now: int = NOW, about: About = About.EITHER) -> int:
    return streaks.refused(1, number, about, SAID, now)


def held(now: int = NOW) -> Streaks:
    streaks = Streaks()
    for n in range(IN_A_ROW):
        refused(streaks, f"+1{n}", now)
    return streaks


def test_three_in_a_row_to_different_people_hold_the_sim() -> None:
    streaks = Streaks()
    assert [refused(streaks, f"+1{n}") for n in range(3)] == [0, 0, NOW + FIRST_HOLD]
    assert "check credit" in streaks.why_held(1)
    assert "CMS 38" in streaks.why_held(1)
    assert streaks.why_held(2) == ""


def test_one_person_who_refuses_everything_says_nothing_about_the_sim() -> None:
    streaks = Streaks()
    assert not any(refused(streaks, "+1") for _ in range(10))


def test_a_success_ends_the_streak() -> None:
    streaks = Streaks()
    for n in range(2):
        refused(streaks, f"+1{n}")
    assert not streaks.succeeded(1, "+5", NOW)
    assert not refused(streaks, "+9")


def test_what_is_about_a_message_neither_begins_nor_ends_one() -> None:
    streaks = Streaks()
    for n in range(5):
        assert not refused(streaks, f"+1{n}", about=About.MESSAGE)
    for n in range(2):
        refused(streaks, f"+1{n}")
    refused(streaks, "+5", about=About.MESSAGE)
    assert refused(streaks, "+3")


def test_a_refusal_that_names_the_connection_holds_it_at_once() -> None:
    streaks = Streaks()
    assert refused(streaks, "+1", about=About.CONNECTION) == NOW + FIRST_HOLD
    assert streaks.why_held(1).startswith(SAID)
    assert not streaks.lasting(1, NOW)  # nothing to bother anybody with so far
    assert streaks.lasting(1, NOW + LASTING)


def test_what_was_on_its_way_when_the_hold_began_does_not_prolong_it() -> None:
    streaks = held()
    for n in range(20):
        assert refused(streaks, f"+2{n}", NOW + n) == NOW + FIRST_HOLD


def test_after_the_hold_one_trial_decides() -> None:
    streaks = held()
    later = NOW + FIRST_HOLD
    assert streaks.until(1) == later
    assert streaks.on_trial(1)
    assert refused(streaks, "+10", later) > later
    assert streaks.succeeded(1, "+7", later)
    assert streaks.why_held(1) == ""
    assert not streaks.on_trial(1)


@given(st.integers(0, 30 * HOUR), st.integers(0, 10_000))
def test_however_long_an_outage_lasts_it_is_over_soon(lasts: int, sends: int) -> None:
    """From the end of the outage to the next trial: no more than its share, nor LONGEST_HOLD."""
    streaks, now = held(), NOW
    while (now := streaks.until(1) + sends) < NOW + lasts:
        refused(streaks, f"+{now}", now)
    assert now - (NOW + lasts) <= max(FIRST_HOLD, min(LONGEST_HOLD, lasts // SHARE)) + sends


def test_numbers_that_were_refused_are_the_last_to_be_tried() -> None:
    streaks = held()
    assert streaks.tried(NOW) == {"+10", "+11", "+12"}
    streaks.succeeded(1, "+10", NOW)
    assert streaks.tried(NOW) == frozenset()  # nothing is on trial
    for n in range(3):
        refused(streaks, f"+3{n}")
    assert streaks.tried(NOW) == {"+11", "+12", "+30", "+31", "+32"}
    assert streaks.tried(NOW + SUSPECT_FOR) == {"+30", "+31", "+32"}


def test_numbers_that_are_refused_while_others_get_through_say_nothing_about_the_sim() -> None:
    streaks = held()
    streaks.succeeded(1, "+7", NOW)
    assert not any(refused(streaks, f"+1{n}", NOW + SECOND) for n in range(3))
    assert not streaks.on_trial(1)
    later = NOW + SUSPECT_FOR
    assert [bool(refused(streaks, f"+1{n}", later)) for n in range(3)] == [False, False, True]


def test_a_trial_that_nobody_knows_the_end_of_is_not_followed_at_once() -> None:
    streaks = held()
    later = NOW + FIRST_HOLD
    assert streaks.doubted(1, later)
    assert streaks.until(1) > later
    assert not Streaks().doubted(1, NOW)


def test_a_modem_that_is_back_is_tried_at_once() -> None:
    streaks = held()
    streaks.back(1, NOW + 1)
    assert streaks.until(1) == NOW + 1
    assert streaks.on_trial(1)


def test_nobody_is_told_of_a_hold_while_nothing_waits() -> None:
    streaks = held()
    assert streaks.held(1, NOW + FIRST_HOLD)
    assert streaks.held(1, NOW + FIRST_HOLD + IDLE) == ""


def test_a_person_can_end_a_hold() -> None:
    streaks = held()
    assert streaks.clear(1)
    assert streaks.why_held(1) == ""


def test_it_is_known_again_after_a_restart() -> None:
    streaks, again = held(), Streaks()
    streaks.succeeded(1, "+9", NOW)
    for n in range(4):
        refused(streaks, f"+4{n}", NOW + 1)
    written = streaks.written(1)
    assert written is not None
    again.restore(1, written, NOW + 2)
    assert again.written(1) == written


@pytest.mark.parametrize("until", [0, NOW + HOUR])
def test_what_an_older_release_wrote_is_understood(until: int) -> None:
    streaks = Streaks()
    old = {"numbers": ["+1", "+2"], "said": SAID, "holds": 3, "until": until}
    streaks.restore(1, old, NOW)
    assert streaks.on_trial(1) is bool(until)
    assert streaks.until(1) <= NOW + LONGEST_HOLD
    assert refused(streaks, "+3", NOW + MINUTE)


def test_a_refusal_may_be_an_outage_until_something_gets_through_or_it_has_lasted_long() -> None:
    streaks = Streaks()
    assert not streaks.unproven(1, "+1", NOW)
    for minutes in (0, 5, 14):
        refused(streaks, "+1", NOW + minutes * MINUTE)
        assert streaks.unproven(1, "+1", NOW + minutes * MINUTE)
    assert not streaks.unproven(1, "+2", NOW)
    refused(streaks, "+1", NOW + SUSPECT_FOR)
    assert not streaks.unproven(1, "+1", NOW + SUSPECT_FOR)


def test_who_is_refused_while_others_get_through_is_no_outage() -> None:
    streaks = Streaks()
    refused(streaks, "+1")
    streaks.succeeded(1, "+2", NOW)
    refused(streaks, "+1", NOW + SECOND)
    assert not streaks.unproven(1, "+1", NOW + SECOND)


def test_a_refusal_long_after_another_may_be_a_new_outage() -> None:
    streaks = Streaks()
    refused(streaks, "+1")
    later = NOW + 2 * HOUR
    refused(streaks, "+2", later)
    assert streaks.unproven(1, "+2", later)


def test_when_an_outage_began_is_known_after_a_restart() -> None:
    streaks, later = Streaks(), Streaks()
    refused(streaks, "+1")
    written = streaks.written(1)
    assert written is not None
    later.restore(1, written, NOW + MINUTE)
    refused(later, "+1", NOW + 2 * MINUTE)
    assert later.unproven(1, "+1", NOW + 2 * MINUTE)
    refused(later, "+1", NOW + SUSPECT_FOR)
    assert not later.unproven(1, "+1", NOW + SUSPECT_FOR)
