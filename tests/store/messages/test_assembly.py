"""Several parts make one message, in whatever order and under whatever reference they come."""

from __future__ import annotations

import itertools

import pytest

from gateway.clock import DAY, HOUR, MINUTE, SECOND
from gateway.store.file import database
from gateway.store.messages import details, inbox
from gateway.store.messages.inbox import PduKind
from tests.store.given import ANN, BOB, NOW, connection
from tests.store.messages.test_inbox import keep, shown
from tests.store.pdus import deliver

pytestmark = pytest.mark.usefixtures("store")


def parts(ref: int, *texts: str, at: int | None = NOW, sender: str = ANN, wide: bool = False):
    total = len(texts)
    return [
        deliver(text, sender, at, part=(ref, total, seq), wide=wide)
        for seq, text in enumerate(texts, 1)
    ]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_parts_in_any_order_make_one_message(order) -> None:
    pdus = parts(9, "one ", "two ", "three")
    kept = [keep(pdus[i])[0] for i in order]
    assert [k.message_id is None for k in kept] == [True, True, False]
    assert shown() == [(ANN, "one two three")]


def test_parts_of_one_batch_make_one_message() -> None:
    keep(*parts(9, "a", "b", "c"))
    assert shown() == [(ANN, "abc")]


def test_a_character_cut_in_two_by_the_parts_is_whole_again() -> None:
    grin = "\U0001f600".encode("utf-16-be")
    keep(
        deliver("", part=(1, 2, 1), data=grin[:2]),
        deliver("", part=(1, 2, 2), data=grin[2:]),
    )
    assert shown() == [(ANN, "\U0001f600")]


def test_references_of_8_and_16_bits_are_apart() -> None:
    a, b = parts(9, "a1", "a2"), parts(9, "b1", "b2", wide=True)
    keep(a[0], b[1], b[0], a[1])
    assert sorted(shown()) == [(ANN, "a1a2"), (ANN, "b1b2")]


def test_senders_are_apart_and_so_are_sims() -> None:
    a, b = parts(9, "a1", "a2"), parts(9, "b1", "b2", sender=BOB)
    keep(a[0], b[1], c=connection("1"))
    keep(a[1], c=connection("2"))
    assert shown() == []
    keep(b[0], a[1], c=connection("1"))
    assert sorted(shown()) == [(ANN, "a1a2"), (BOB, "b1b2")]


def test_a_part_that_comes_again_under_another_time_is_dropped() -> None:
    one, two = parts(9, "one ", "two")
    keep(one)
    (copy,) = keep(parts(9, "one ", "two", at=NOW + MINUTE)[0])
    assert (copy.new, copy.kind) == (False, PduKind.DUPLICATE)
    keep(two)
    (copy,) = keep(parts(9, "one ", "two", at=NOW + MINUTE)[1])
    assert not copy.new
    assert shown() == [(ANN, "one two")]


def test_the_same_place_with_other_words_begins_another_message() -> None:
    keep(parts(9, "old 1 ", "old 2")[0])
    keep(*parts(9, "new 1 ", "new 2", at=NOW + MINUTE))
    assert shown() == [(ANN, "new 1 new 2")]
    keep(parts(9, "old 1 ", "old 2")[1])
    assert shown() == [(ANN, "new 1 new 2"), (ANN, "old 1 old 2")]


def test_a_device_that_numbers_all_its_messages_alike_loses_none() -> None:
    for n in range(3):
        at = NOW + n * 15 * MINUTE
        keep(*parts(0, "Door ", "open", at=at), at=at)
    assert shown() == [(ANN, "Door open")] * 3


def test_a_reused_reference_with_the_same_words_an_hour_later_is_another_message() -> None:
    keep(parts(9, "same ", "first")[0])
    later = NOW + HOUR + SECOND
    keep(*parts(9, "same ", "second", at=later), at=later)
    assert shown() == [(ANN, "same second")]


def test_parts_that_the_centre_took_days_apart_do_not_meet() -> None:
    keep(parts(9, "a1", "a2")[0])
    later = NOW + 4 * DAY
    keep(parts(9, "b1", "b2", at=later)[1], at=later)
    assert shown() == []


def test_after_a_day_it_is_shown_with_a_gap_and_a_late_part_completes_it() -> None:
    one, two, three = parts(9, "one ", "two ", "three")
    keep(one, three)
    assert inbox.give_up_waiting(NOW + DAY - 1) == []
    (message_id,) = inbox.give_up_waiting(NOW + DAY)
    assert inbox.give_up_waiting(NOW + DAY) == []
    found = details.get(message_id)
    assert found is not None
    assert found.text == "one [part 2 of 3 missing]three"
    assert (found.complete, "Part 2 of 3 is missing" in found.note) == (False, True)
    inbox.mark_read([message_id], NOW)
    (late,) = keep(two, at=NOW + 2 * DAY)
    assert (late.message_id, late.new) == (message_id, True)
    found = details.get(message_id)
    assert found is not None
    assert (found.text, found.note, found.complete) == ("one two three", "", True)
    assert found.read_at is None  # there is something new to read


# Two messages under one reference: an orphan of the first, then the second.
TWO = ("Old 1. ", "Old 2.", "New 1. ", "New 2.")


def of_two(gap: int = HOUR) -> tuple[str, str, str, str]:
    later = NOW + gap
    return (*parts(9, *TWO[:2]), *parts(9, *TWO[2:], at=later))  # type: ignore[return-value]


def test_a_nearer_part_takes_the_place_of_an_orphan() -> None:
    _, orphan, one, two = of_two()
    keep(orphan)
    (mixed,) = keep(one, at=NOW + HOUR)
    (kept,) = keep(two, at=NOW + HOUR)
    assert kept.message_id == mixed.message_id  # the same message, with the right words
    assert shown() == [(ANN, "New 1. New 2.")]
    assert inbox.give_up_waiting(NOW + DAY) != []
    assert shown()[-1] == (ANN, "[part 1 of 2 missing]Old 2.")  # and the orphan is not lost


def test_an_orphan_that_is_shown_already_stays_what_it_was() -> None:
    _, orphan, one, two = of_two(2 * DAY)
    keep(orphan)
    (message_id,) = inbox.give_up_waiting(NOW + DAY)
    keep(one, at=NOW + 2 * DAY)
    assert shown() == [(ANN, "New 1. Old 2.")]
    (kept,) = keep(two, at=NOW + 2 * DAY)
    assert kept.message_id != message_id
    assert message_id in kept.messages
    assert shown() == [(ANN, "[part 1 of 2 missing]Old 2."), (ANN, "New 1. New 2.")]
    found = details.get(message_id)
    assert found is not None
    assert not found.complete


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_two_messages_under_one_reference_come_apart_in_any_order(order) -> None:
    for n, i in enumerate(order):
        keep(of_two()[i], at=NOW + HOUR + n)
    assert sorted(shown()) == [(ANN, "New 1. New 2."), (ANN, "Old 1. Old 2.")]
    assert len(set(views_of_parts())) == 2


def test_a_message_that_gives_a_part_away_says_at_once_that_it_lacks_one() -> None:
    old, new = parts(9, "o1 ", "o2 ", "o3"), parts(9, "n1 ", "n2 ", "n3", at=NOW + HOUR)
    keep(old[0], new[1], new[2], at=NOW + HOUR)
    assert shown() == [(ANN, "o1 n2 n3")]
    (kept,) = keep(old[1], at=NOW + HOUR)
    assert shown() == [(ANN, "[part 1 of 3 missing]n2 n3")]
    assert (kept.message_id, len(kept.messages)) == (None, 1)
    keep(old[2], at=NOW + HOUR)
    assert shown() == [(ANN, "[part 1 of 3 missing]n2 n3"), (ANN, "o1 o2 o3")]
    keep(new[0], at=NOW + 2 * HOUR)
    assert shown() == [(ANN, "n1 n2 n3"), (ANN, "o1 o2 o3")]


def views_of_parts() -> list[int]:
    return [
        i for (i,) in database.execute("SELECT message_id FROM incoming WHERE set_id IS NOT NULL")
    ]


def test_a_message_of_255_parts_is_whole() -> None:
    keep(*reversed(parts(9, *(f"{n:03} " for n in range(255)))))
    assert shown() == [(ANN, "".join(f"{n:03} " for n in range(255)))]


def test_a_part_numbered_0_is_a_message_of_its_own() -> None:
    keep(deliver("alone", part=(9, 2, 0)))
    assert shown() == [(ANN, "alone")]
