"""Which parts under one reference make one message, whatever the order in which they come."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from gateway import sms
from gateway.sms import PartPlace

FURTHEST = 3 * 24 * 3600 * 1000
MINUTE = 60_000


def groups(pieces: list[PartPlace]) -> set[frozenset[int]]:
    return set(sms.grouped(pieces, FURTHEST))


@st.composite
def messages(draw: st.DrawFn) -> tuple[list[PartPlace], dict[int, int]]:
    """Parts of some messages, each sent within two minutes and ten or more after the last one; some
    parts are missing. Shuffled; and which message each is of.
    """
    total = draw(st.integers(2, 5))
    pieces: list[PartPlace] = []
    of: dict[int, int] = {}
    at = 0
    for message in range(draw(st.integers(1, 4))):
        at += draw(st.integers(12 * MINUTE, 600 * MINUTE))
        for seq in draw(st.sets(st.integers(1, total), min_size=1)):
            of[len(pieces)] = message
            pieces.append(PartPlace(len(pieces), seq, at + draw(st.integers(0, 2 * MINUTE))))
    random.Random(draw(st.integers())).shuffle(pieces)
    return pieces, of


@given(messages())
def test_no_part_is_lost_or_in_two_messages_and_no_message_has_a_part_twice(made) -> None:
    pieces, _ = made
    found = sms.grouped(pieces, FURTHEST)
    assert sorted(i for g in found for i in g) == sorted(p.id for p in pieces)
    seq = {p.id: p.seq for p in pieces}
    assert all(len({seq[i] for i in g}) == len(g) for g in found)


@given(messages())
def test_what_was_sent_together_is_never_torn_apart_for_something_further_away(made) -> None:
    pieces, of = made
    found = sms.grouped(pieces, FURTHEST)
    for message in set(of.values()):
        assert sum(any(of[i] == message for i in g) for g in found) == 1


@given(messages())
def test_whole_messages_are_never_mixed(made) -> None:
    pieces, of = made
    total = max(p.seq for p in pieces)
    whole = [m for m in set(of.values()) if list(of.values()).count(m) == total]
    found = groups(pieces)
    for message in whole:
        assert frozenset(i for i, m in of.items() if m == message) in found


@given(messages(), st.randoms())
def test_the_order_of_arrival_does_not_matter_where_times_differ(made, chance) -> None:
    pieces, _ = made
    times = [p.at for p in pieces]
    gaps = [abs(a - b) for n, a in enumerate(times) for b in times[:n]]
    if len(set(gaps)) < len(gaps):
        return
    before = groups(pieces)
    chance.shuffle(pieces)
    assert groups(pieces) == before


def test_without_times_what_came_one_after_the_other_belongs_together() -> None:
    pieces = [
        PartPlace(1, 1, None),
        PartPlace(2, 2, None),
        PartPlace(3, 1, None),
        PartPlace(4, 2, None),
    ]
    assert groups(pieces) == {frozenset({1, 2}), frozenset({3, 4})}


def test_parts_that_are_too_far_apart_do_not_meet() -> None:
    assert len(groups([PartPlace(1, 1, 0), PartPlace(2, 2, FURTHEST + 1)])) == 2
    assert len(groups([PartPlace(1, 1, 0), PartPlace(2, 2, FURTHEST)])) == 1
