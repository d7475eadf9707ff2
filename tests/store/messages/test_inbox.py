"""What comes off the modems: kept, known again, put together, shown."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import DAY, HOUR, MINUTE, SECOND
from gateway.decisions.dispatch_states import DispatchState
from gateway.store.connections import rules
from gateway.store.file import database
from gateway.store.messages import details, inbox, lists, outbox
from gateway.store.messages.inbox import PduKind, RawPdu, StoredPdu
from gateway.store.search import views
from tests.store.given import ANN, BOB, NOW, connection, dispatch, sent, state, submitted
from tests.store.pdus import deliver, status_report

pytestmark = pytest.mark.usefixtures("store")

slots = itertools.count(1)


def keep(
    *pdus: str, at: int = NOW, c: int | None = None, slot: int | None = None
) -> list[StoredPdu]:
    raw = [RawPdu(pdu, "SM", next(slots) if slot is None else slot) for pdu in pdus]
    return inbox.keep(c, raw, at)


def shown() -> list[tuple[str, str]]:
    """(sender, text) of all that a person sees, oldest first."""
    received, _ = lists.inbox_list(100, 0)
    return [(m.sender, m.text) for m in reversed(received)]


def incoming() -> int:
    return database.execute("SELECT count(*) FROM incoming").fetchone()[0]


# one by one -------------------------------------------------------------------------------------


def test_a_message_is_kept_raw_and_shown() -> None:
    c = connection()
    pdu = deliver("Habari \U0001f600", ANN, NOW - MINUTE)
    (kept,) = keep(pdu, c=c)
    assert (kept.new, kept.kind) == (True, PduKind.DELIVER)
    assert kept.message_id is not None
    found = details.get(kept.message_id)
    assert found is not None
    assert (found.peer, found.text, found.connection_id) == (ANN, "Habari \U0001f600", c)
    assert (found.created_at, found.sent_at, found.sent_offset) == (NOW, NOW - MINUTE, 0)
    assert database.execute("SELECT pdu, memory FROM incoming").fetchone() == (pdu, "SM")


def test_the_same_pdu_read_again_makes_no_second_message() -> None:
    pdu = deliver("once")
    (first,) = keep(pdu)
    (again,) = keep(pdu, at=NOW + 6 * DAY)
    assert again == StoredPdu(first.incoming_id, first.message_id, False, PduKind.DELIVER)
    assert len(shown()) == 1


def test_the_same_pdu_with_another_service_centre_prefix_is_the_same() -> None:
    pdu = deliver("once")
    keep(pdu, "0791448720003023" + pdu[2:])
    assert len(shown()) == 1


def test_the_same_words_sent_at_another_second_are_another_message() -> None:
    keep(deliver("ok", at=NOW), deliver("ok", at=NOW + SECOND))
    assert len(shown()) == 2


def test_the_same_pdu_on_two_sims_is_two_messages() -> None:
    pdu = deliver("to both")
    keep(pdu, c=connection("1"))
    keep(pdu, c=connection("2"))
    assert len(shown()) == 2


def test_a_message_that_cannot_be_erased_is_known_again_for_ever() -> None:
    pdu = deliver("stuck")
    keep(pdu, slot=3)
    (again,) = keep(pdu, slot=3, at=NOW + 30 * DAY)
    assert not again.new


def test_without_a_time_stamp_only_the_slot_tells_a_copy() -> None:
    pdu = deliver("ok", at=None)
    (first,) = keep(pdu, slot=3)
    (again,) = keep(pdu, slot=3)
    assert not again.new
    (other,) = keep(pdu, slot=4)
    assert other.new
    inbox.erased([first.incoming_id], NOW)
    (later,) = keep(pdu, slot=3)
    assert later.new
    assert len(shown()) == 3


def test_without_a_time_stamp_two_that_came_directly_are_two() -> None:
    pdu = deliver("ok", at=None)
    keep(pdu, pdu, slot=-1)
    assert len(shown()) == 2


@pytest.mark.parametrize("rubbish", ["", "hello", "07", "00FF", "0004" + "00" * 3, "٣٤", "\ud83d"])
def test_what_cannot_be_decoded_is_kept_and_shown(rubbish: str) -> None:
    (kept,) = keep(rubbish)
    assert (kept.kind, kept.new) == (PduKind.RAW, True)
    assert kept.message_id is not None
    found = details.get(kept.message_id)
    assert found is not None
    assert "could not be decoded" in found.note


def test_rubbish_in_a_slot_is_shown_once_however_often_it_is_read() -> None:
    keep("rubbish", slot=5)
    keep("rubbish", slot=5)
    assert len(shown()) == 1


@given(st.lists(st.binary(max_size=60), max_size=3))
def test_no_octets_whatever_make_it_fail(octets: list[bytes]) -> None:
    kept = inbox.keep(None, [RawPdu(o.hex(), "SM", 1) for o in octets], NOW)
    assert len(kept) == len(octets)


def test_a_type_0_message_is_kept_and_not_shown() -> None:
    (kept,) = keep(deliver("", pid=0x40))
    assert (kept.kind, kept.message_id, kept.new) == (PduKind.SILENT, None, True)
    assert shown() == []
    assert incoming() == 1


def test_the_sims_own_copy_of_a_sent_message_is_not_shown() -> None:
    (kept,) = keep("0011000C914527110000100000AA05E8329BFD06")
    assert (kept.kind, kept.message_id) == (PduKind.SILENT, None)


def test_data_says_what_it_is_and_keeps_its_octets() -> None:
    (kept,) = keep(deliver("", dcs=4, data=b"\x01\x06http://mms.example/x\x00"))
    assert kept.message_id is not None
    found = details.get(kept.message_id)
    assert found is not None
    assert found.text == "[Data message, 23 octets (http://mms.example/x)]"
    assert found.note.startswith("Data: 0106")


def test_a_voicemail_indication_without_text_says_what_it_means() -> None:
    (kept,) = keep(deliver("", dcs=0xC8, data=b""))
    assert kept.message_id is not None
    found = details.get(kept.message_id)
    assert found is not None
    assert found.note == "Voicemail is waiting."


def test_a_failure_in_the_middle_of_a_batch_keeps_nothing_of_it(monkeypatch) -> None:
    """One commit for all: what is not on disk must not be deleted from the SIM."""
    real, calls = inbox._keep, []

    def failing(*args):
        calls.append(args)
        if len(calls) == 2:
            raise database.StoreFull("full")
        return real(*args)

    monkeypatch.setattr(inbox, "_keep", failing)
    with pytest.raises(database.StoreFull):
        keep(deliver("one"), deliver("two"))
    assert incoming() == 0


# several parts ----------------------------------------------------------------------------------


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


# reports ----------------------------------------------------------------------------------------


def test_a_report_is_known_by_its_content_whatever_way_it_came() -> None:
    c = connection()
    d = dispatch(ANN)
    sent(d, c, mr=5)
    (kept,) = keep(status_report(5, "0711000001", 0, NOW, NOW), c=c)
    assert (kept.kind, kept.message_id, kept.new) == (PduKind.REPORT, None, True)
    assert state(d) is DispatchState.DELIVERED
    assert shown() == []


def test_a_report_that_overtakes_the_answer_waits_for_it() -> None:
    c = connection()
    d = dispatch(ANN)
    part = submitted(d, c)
    keep(status_report(5, ANN, 0, NOW, NOW), c=c)
    assert state(d) is DispatchState.SENDING
    assert outbox.accepted(part, 5, NOW + SECOND) is DispatchState.DELIVERED
    assert database.execute("SELECT part_id FROM incoming").fetchone() == (part,)


def test_a_report_that_overtook_something_else_is_left_alone() -> None:
    c = connection()
    part = submitted(dispatch(ANN), c)
    keep(status_report(5, BOB, 0, NOW, NOW), status_report(6, ANN, 0, NOW, NOW), c=c)
    assert outbox.accepted(part, 5, NOW + SECOND) is DispatchState.SENT


def test_a_report_from_before_it_was_submitted_is_not_its_own() -> None:
    c = connection()
    keep(status_report(5, ANN, 0, NOW, NOW), c=c, at=NOW)
    part = submitted(dispatch(ANN), c, at=NOW + SECOND)
    assert outbox.accepted(part, 5, NOW + SECOND) is DispatchState.SENT


def test_two_early_reports_tell_a_story_in_order() -> None:
    c = connection()
    part = submitted(dispatch(ANN), c)
    keep(status_report(5, ANN, 48, NOW, NOW), status_report(5, ANN, 0, NOW, NOW), c=c)
    assert outbox.accepted(part, 5, NOW) is DispatchState.DELIVERED


def test_an_early_report_settles_what_never_got_an_answer() -> None:
    c = connection()
    d = dispatch(ANN, when_uncertain="resend")
    part = submitted(d, c)
    keep(status_report(5, ANN, 0, NOW, NOW), c=c)
    assert outbox.unknown(part, NOW + SECOND, "No answer came.", "") is DispatchState.DELIVERED


def test_a_report_that_fits_nothing_is_kept() -> None:
    (kept,) = keep(status_report(5, ANN, 0, NOW, NOW), c=connection())
    assert kept.kind is PduKind.REPORT
    assert incoming() == 1


# reading ----------------------------------------------------------------------------------------


def test_opening_a_message_makes_it_read_once() -> None:
    (kept,) = keep(deliver("hello"))
    assert kept.message_id is not None
    assert views.counts().unread == 1
    assert inbox.mark_read([kept.message_id], NOW) == 1
    assert inbox.mark_read([kept.message_id], NOW) == 0
    assert views.counts().unread == 0


def test_an_answer_goes_out_where_the_last_message_came_in() -> None:
    a, b = connection("1"), connection("2")
    keep(deliver("via a", ANN), c=a)
    keep(deliver("via b", ANN, NOW + SECOND), c=b)
    assert rules.last_through([ANN]) == b
    assert rules.last_through([ANN[1:], "0711000001"]) is None
    keep(deliver("as dialled at home", "0711000001", NOW + 2 * SECOND), c=a)
    assert rules.last_through([ANN, "0711000001"]) == a
