"""Messages that are more than a text: flash, silent, replacing, indications, data, calls."""

from __future__ import annotations

import pytest

from gateway.clock import MINUTE
from gateway.store.file.database import execute
from gateway.store.messages import details, inbox, lists
from gateway.store.messages.inbox import RawPdu
from gateway.store.search import views
from gateway.store.search.views import View
from tests.store.given import ANN, NOW, connection
from tests.store.pdus import deliver, number, stamp


@pytest.fixture
def line(store: object) -> int:
    return connection()


def keep(line: int, pdu: str, at: int = NOW) -> inbox.StoredPdu:
    return inbox.keep(line, [RawPdu(pdu)], at)[0]


def shown(kept: inbox.StoredPdu) -> details.MessageDetail:
    assert kept.message_id is not None
    found = details.get(kept.message_id)
    assert found is not None
    return found


def with_header(header: bytes, body: bytes, dcs: int, at: int = NOW) -> str:
    """A DELIVER whose header is given as it is, without its length."""
    data = bytes([len(header)]) + header + body
    tpdu = bytes([0x44]) + number(ANN) + bytes([0, dcs]) + stamp(at) + bytes([len(data)]) + data
    return "00" + tpdu.hex().upper()


@pytest.mark.parametrize("dcs", [0x18, 0xF0])
def test_a_flash_message_is_shown_and_said_to_be_one(line, dcs: int):
    pdu = deliver("Storm", dcs=0x18) if dcs != 0xF0 else deliver("", dcs=dcs, data=b"")
    assert "Flash message" in shown(keep(line, pdu)).note


def test_an_ordinary_message_is_not_said_to_be_flash(line):
    assert shown(keep(line, deliver("Storm"))).note == ""


def test_a_silent_message_is_kept_and_not_shown(line):
    kept = keep(line, deliver("", pid=0x40))
    assert kept.message_id is None
    assert views.counts().all == 0
    assert execute("SELECT kind FROM incoming").fetchone() == ("silent",)


@pytest.mark.parametrize("pid", range(0x41, 0x48))
def test_a_replacing_message_takes_the_place_of_the_one_before(line, pid: int):
    old = keep(line, deliver("1 new", pid=pid))
    new = keep(line, deliver("2 new", pid=pid, at=NOW + MINUTE), NOW + MINUTE)
    assert [row.words for row in lists.page(View.RECEIVED)] == ["2 new"]
    assert shown(new).text == "2 new"
    assert "Replaced by a later message" in shown(old).note
    assert views.counts().received == 1


def test_another_number_another_sender_and_another_sim_are_not_replaced(line):
    keep(line, deliver("first", pid=0x41))
    keep(line, deliver("other number", pid=0x42, at=NOW + 1000))
    keep(line, deliver("other sender", sender="+254711000009", pid=0x41, at=NOW + 2000))
    keep(connection("8955"), deliver("other SIM", pid=0x41, at=NOW + 3000))
    keep(line, deliver("plain", at=NOW + 4000))
    assert views.counts().received == 5


@pytest.mark.parametrize(
    ("dcs", "words"),
    [
        (0xC8, "Voicemail is waiting."),
        (0xC9, "Fax is waiting."),
        (0xDA, "E-mail is waiting."),
        (0xEB, "Message of another kind is waiting."),
        (0xC0, "No voicemail waits any more."),
    ],
)
def test_a_waiting_indication_says_what_waits(line, dcs: int, words: str):
    assert shown(keep(line, deliver("", dcs=dcs, data=b""))).note == words


@pytest.mark.parametrize(
    ("octets", "words"),
    [("8003", "Voicemail is waiting: 3."), ("0000", "No voicemail waits any more.")],
)
def test_a_waiting_indication_in_the_header_tells_how_many(line, octets: str, words: str):
    pdu = with_header(bytes([1, 2]) + bytes.fromhex(octets), b"", dcs=8)
    assert shown(keep(line, pdu)).note == words


WAP_PUSH_PORT = bytes([5, 4, 0x0B, 0x84, 0x23, 0xF0])


def test_an_mms_notification_is_called_one_and_shows_its_address(line):
    body = b"\x01\x06\x20application/vnd.wap.mms-message\x00\x8c\x82http://mms.example/a1\x00"
    text = shown(keep(line, with_header(WAP_PUSH_PORT, body, dcs=4))).text
    assert text == "[MMS notification (http://mms.example/a1)]"


def test_a_wap_push_and_a_contact_are_called_what_they_are(line):
    push = with_header(WAP_PUSH_PORT, b"\x01\x06\x04http://x.example/\x00", dcs=4)
    card = with_header(bytes([5, 4, 0x23, 0xF4, 0, 0]), b"BEGIN:VCARD", dcs=4, at=NOW + 1000)
    assert shown(keep(line, push)).text.startswith("[WAP push")
    found = shown(keep(line, card))
    assert found.text == "[Contact (vCard)]"
    assert b"BEGIN:VCARD".hex().upper() in found.note


def test_a_compressed_message_is_not_taken_for_text(line):
    found = shown(keep(line, deliver("", dcs=0x20, data=b"\x01\x02\x03")))
    assert found.text == "[Compressed message, 3 octets]"
    assert "010203" in found.note


def test_a_missed_call_is_a_message_of_its_own_kind(line):
    found = details.get(inbox.called(line, ANN, NOW))
    assert found is not None
    assert (found.kind, found.peer, found.text, found.note) == ("call", ANN, "", "Missed call.")
    assert views.counts().unread == 1


def test_the_same_sms_stored_and_handed_over_directly_is_one_message(line):
    pdu = deliver("once")
    direct = inbox.keep(line, [RawPdu(pdu)], NOW)[0]
    stored = inbox.keep(line, [RawPdu(pdu, "SM", 3)], NOW + 2000)[0]
    assert (direct.new, stored.new) == (True, False)
    assert stored.message_id == direct.message_id
    assert views.counts().received == 1


@pytest.mark.parametrize("padding", ["FF" * 20, "00" * 3])
def test_a_padded_pdu_reads_as_if_it_were_not(line, padding: str):
    pdu = deliver("padded")
    kept = inbox.keep(line, [RawPdu(pdu + padding, "SM", 1, len(pdu) // 2 - 1)], NOW)[0]
    assert shown(kept).text == "padded"


def test_a_pdu_that_the_modem_cut_off_shows_what_is_there_and_says_so(line):
    whole = deliver("cut off in the middle")
    found = shown(keep(line, whole[:-12]))
    assert found.text.startswith("cut off in the")
    assert "cut off" in found.note


@pytest.mark.parametrize(
    ("data", "dcs", "text"),
    [
        ("STOP\0".encode("utf-16-be"), 8, "STOP"),
        (b"\xff\xfe" + "Straße".encode("utf-16-le"), 8, "Straße"),
        ("a\0b\r\nc\x1b[2J".encode("utf-16-be"), 8, "a\ufffdb\nc\ufffd[2J"),
        (b"Pump 3 has stopped", 4, "Pump 3 has stopped"),
        ("Gerät läuft".encode("latin-1"), 0xF5, "Gerät läuft"),
    ],
)
def test_what_is_stored_can_be_shown(line, data: bytes, dcs: int, text: str):
    found = shown(keep(line, deliver("", dcs=dcs, data=data)))
    assert found.text == text
    assert ("reads as text" in found.note) is (dcs != 8)
    assert execute("SELECT pdu FROM incoming").fetchone()[0].endswith(data.hex().upper())


def test_data_stays_data_and_a_name_is_one_line(line):
    found = shown(keep(line, deliver("", dcs=4, data=b"\x01\x02STOP\x03")))
    assert found.text == "[Data message, 7 octets]"
    address = bytes((7, 0xD0)) + bytes.fromhex("C168B900")[:4]  # "AQ", LF, ESC
    tpdu = b"\x04" + address + b"\0\0" + stamp(NOW) + b"\0"
    assert shown(keep(line, "00" + tpdu.hex().upper())).peer.isprintable()
