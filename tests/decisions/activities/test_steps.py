"""The life of an action, and when webhooks are tried again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import HOUR, SECOND
from gateway.decisions.activities import StepMove, StepState, steps
from gateway.decisions.activities.calls import MOST_TRIES, next_try, trouble

ANN = "+254711000001"


def test_what_is_done_or_skipped_stays_so() -> None:
    for state in (StepState.DONE, StepState.SKIPPED):
        for move in StepMove:
            with pytest.raises(steps.UndefinedStep, match=f"{state} cannot {move}"):
                steps.apply(state, move)


def test_every_state_can_be_reached_and_left_as_the_table_says() -> None:
    reached = {StepState.WAITING}
    for _ in StepState:
        reached |= {new for (old, _), new in steps.TABLE.items() if old in reached}
    assert reached == set(StepState)


@given(tries=st.integers(1, MOST_TRIES - 1), now=st.integers(0, 2**41))
def test_tries_come_ever_more_rarely_and_end(tries: int, now: int) -> None:
    at = next_try(tries, now)
    assert at is not None
    assert 10 * SECOND <= at - now <= HOUR
    later = next_try(tries + 1, now)
    assert later is None or later >= at
    assert next_try(MOST_TRIES, now) is None


def test_all_tries_together_last_about_a_day() -> None:
    waits = [(next_try(n, 0) or 0) for n in range(1, MOST_TRIES)]
    assert 18 * HOUR < sum(waits) < 26 * HOUR


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (200, ""),
        (204, ""),
        (302, "sends callers elsewhere (302)"),
        (401, "who calls"),
        (404, "nothing at this address"),
        (422, "refused the message (422)"),
        (500, "trouble of its own (500)"),
        (199, "trouble"),
    ],
)
def test_answers_in_words(status: int, words: str) -> None:
    assert words in trouble(status)
    assert bool(words) == bool(trouble(status))
