"""How often a number is answered by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import MINUTE
from gateway.decisions.activities.guard import (
    ALIKE,
    LONG,
    MOST,
    MOST_LONG,
    WITHIN,
    PastReply,
    ReplyCandidate,
)
from gateway.decisions.activities.guard import why_no_reply as no

NOW = 1_790_000_000_000
ASKED = ReplyCandidate("+254712000001", "+254712000001", message_id=900, said="hello", now=NOW)


def before(*said: str, every: int = 15 * MINUTE) -> tuple[PastReply, ...]:
    """What was answered, the newest first."""
    return tuple(PastReply(NOW - (n + 1) * every, 800 - n, one) for n, one in enumerate(said))


def test_a_number_that_says_something_new_is_answered():
    assert no(replace(ASKED, answered=before("one", "two"))) is None


@pytest.mark.parametrize("other", ["robot 1", "hello"])
def test_the_same_for_the_third_time_in_a_row_is_not_answered(other):
    said = replace(ASKED, answered=before("hello", "hello", other))
    assert no(said).runaway
    assert "third time" in no(said).words
    assert no(replace(said, answered=before("hello", "other", "hello"))) is None
    assert no(replace(said, answered=before("hello"))) is None


def test_several_replies_to_one_message_are_no_repetition():
    ours = tuple(PastReply(NOW, ASKED.message_id, ASKED.said) for _ in range(3))
    assert no(replace(ASKED, answered=(*ours, *before("hello")))) is None
    twice = tuple(PastReply(NOW - MINUTE, 800, "hello") for _ in range(3))
    assert no(replace(ASKED, answered=twice)) is None


def test_at_most_twenty_a_day():
    said = tuple(f"{n}" for n in range(MOST_LONG))
    assert "within a day" in no(replace(ASKED, answered=before(*said))).words
    assert no(replace(ASKED, answered=before(*said[1:]))) is None


def test_at_most_five_in_ten_minutes():
    said = before(*"abcde", every=MINUTE)
    assert "10 minutes" in no(replace(ASKED, answered=said)).words
    assert no(replace(ASKED, answered=said[1:])) is None
    assert no(replace(ASKED, now=NOW + WITHIN, answered=said)) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sender": ""}, "without its sender"),
        ({"number": "", "sender": "BANK"}, "is a name"),
        ({"own_numbers": {ASKED.number}}, "own connections"),
        ({"blocked": True}, "is blocked"),
    ],
)
def test_who_cannot_be_answered_is_no_runaway(changes, words):
    why = no(replace(ASKED, **changes))
    assert words in why.words
    assert not why.runaway


@given(st.lists(st.tuples(st.integers(1, 3 * MINUTE), st.sampled_from("ab")), max_size=80))
def test_whatever_a_machine_writes_it_gets_no_more_than_the_most(asked):
    """A robot that answers every answer: (pause before its next message, what it says)."""
    answered: list[PastReply] = []
    now = NOW
    for number, (pause, said) in enumerate(asked, 1):
        now += pause
        recent = tuple(one for one in answered if one.at > now - LONG)
        one = replace(ASKED, message_id=number, said=said, now=now, answered=recent)
        if no(one) is None:
            answered.insert(0, PastReply(now, number, said))
    assert len(answered) <= MOST_LONG
    for index in range(len(answered) - MOST):
        assert answered[index].at - answered[index + MOST].at >= WITHIN
    runs = [one.said for one in answered]
    assert not any(len(set(runs[i : i + ALIKE])) == 1 for i in range(len(runs) - ALIKE + 1))
