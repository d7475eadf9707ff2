"""One refusal says little of a SIM, several in a row to different people say a lot."""

from __future__ import annotations

import pytest

from gateway.streaks import FIRST_HOLD, SUSPICIOUS, Streaks

NOW = 1_800_000_000_000


@pytest.mark.parametrize("code", sorted(SUSPICIOUS))
def test_three_in_a_row_to_different_people_hold_the_sim(code: int) -> None:
    streaks = Streaks()
    held = [streaks.refused(1, f"+1{n}", code, f"CMS {code}", NOW) for n in range(3)]
    assert held == [False, False, True]
    assert "check credit" in streaks.held(1, NOW)
    assert f"CMS {code}" in streaks.held(1, NOW)
    assert streaks.held(2, NOW) == ""


def test_one_person_who_refuses_everything_says_nothing_about_the_sim() -> None:
    streaks = Streaks()
    assert not any(streaks.refused(1, "+1", 38, "CMS 38", NOW) for _ in range(10))


def test_a_success_ends_the_streak() -> None:
    streaks = Streaks()
    for n in range(2):
        streaks.refused(1, f"+1{n}", 21, "CMS 21", NOW)
    assert not streaks.succeeded(1)
    assert not streaks.refused(1, "+9", 21, "CMS 21", NOW)


def test_other_refusals_neither_begin_nor_end_one() -> None:
    streaks = Streaks()
    for n in range(5):
        assert not streaks.refused(1, f"+1{n}", 1, "CMS 1", NOW)
    for n in range(2):
        streaks.refused(1, f"+1{n}", 50, "CMS 50", NOW)
    streaks.refused(1, "+5", 1, "CMS 1", NOW)
    assert streaks.refused(1, "+3", 50, "CMS 50", NOW)


def test_after_the_hold_one_trial_decides() -> None:
    streaks = Streaks()
    for n in range(3):
        streaks.refused(1, f"+1{n}", 38, "CMS 38", NOW)
    later = NOW + FIRST_HOLD
    assert streaks.held(1, later) == ""
    assert streaks.on_trial(1)
    assert streaks.refused(1, "+10", 38, "CMS 38", later)  # known already, and still refused
    assert streaks.held(1, later + FIRST_HOLD + FIRST_HOLD // 2)  # for longer now
    assert streaks.succeeded(1)
    assert streaks.held(1, later) == ""
    assert not streaks.on_trial(1)


def test_refusals_that_name_the_sim_or_its_account_count_whatever_their_code() -> None:
    streaks = Streaks()
    said = "The number of the service centre is missing: enter it. (CMS 330)"
    held = [streaks.refused(1, f"+1{n}", 330, said, NOW, account=True) for n in range(3)]
    assert held == [False, False, True]
    assert "service centre is missing" in streaks.held(1, NOW)


def test_a_person_can_end_a_hold() -> None:
    streaks = Streaks()
    for n in range(3):
        streaks.refused(1, f"+1{n}", 69, "CMS 69", NOW)
    streaks.clear(1)
    assert streaks.held(1, NOW) == ""
