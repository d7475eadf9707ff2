"""What comes off the modems: kept, known again, put together, shown."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import DAY, MINUTE, SECOND
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
