"""Counts in words."""

from __future__ import annotations

import pytest

from gateway.text.plural import counted, people


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (counted(0, "message"), "0 messages"),
        (counted(1, "message"), "1 message"),
        (counted(2000, "message"), "2,000 messages"),
        (counted(1, "number is", "numbers are"), "1 number is"),
        (counted(2, "number is", "numbers are"), "2 numbers are"),
        (people(1), "1 person"),
        (people(20_000), "20,000 people"),
    ],
)
def test_one_is_one_and_all_others_are_many(told: str, words: str):
    assert told == words
