"""Numbers that the network itself uses: stored, heard and answered at exactly what it wrote."""

from __future__ import annotations

import pytest

from gateway import sms
from gateway.events import Events
from gateway.services.activities.message_facts import reply_candidate
from gateway.services.activities.stop_words import StopWords
from gateway.services.people.addressees import resolve
from gateway.services.people.people import People, TypedContact
from gateway.services.sending.dispatch import Dispatcher, destination
from gateway.sms import address
from gateway.store.activities.runs import FreshMessage
from gateway.store.file import database
from gateway.store.messages import details, inbox, outbox
from gateway.store.people import blocked, groups, people
from tests.services.conftest import FakeClock
from tests.services.sending.test_dispatch import FakeModems, RoutingConnection
from tests.store import pdus

pytestmark = pytest.mark.usefixtures("store")

SENDERS = [  # value, type octet, how it is shown, who that is on a box in Kenya
    ("345906000012345", 0x91, "+345906000012345", "+345906000012345"),
    ("5215512345678", 0x91, "+5215512345678", "+5215512345678"),
    ("2540712345678", 0x91, "+2540712345678", "+2540712345678"),
    ("88811", 0x91, "+88811", "+88811"),
    ("7726001", 0x81, "7726001", "7726001"),
    ("77260012", 0xB1, "77260012", "77260012"),  # network specific
    ("22333", 0xE1, "22333", "22333"),  # abbreviated
    ("900000123456", 0xA1, "900000123456", "900000123456"),  # national, and no subscriber's
    ("7000", 0x88, "7000", "7000"),  # of the national numbering plan
    ("254712345678", 0x92, "+254712345678", "+254712345678"),  # of another plan
]


def received(line: int, value: str, kind: int, text: str = "STOP", now: int = 1) -> int:
    """The message that a PDU from this address made."""
    octets = bytes((len(value), kind)) + pdus.semi_octets(value)
    [kept] = inbox.keep(line, [inbox.RawPdu(pdu_from(octets, text))], now)
    assert kept.message_id is not None
    return kept.message_id


def pdu_from(address: bytes, text: str) -> str:
    body = text.encode("utf-16-be")
    tpdu = b"\x04" + address + b"\0\x08" + pdus.stamp(1_800_000_000_000)
    return "00" + (tpdu + bytes([len(body)]) + body).hex().upper()


@pytest.mark.parametrize(("value", "kind", "shown", "who"), SENDERS)
def test_it_is_answered_at_the_same_digits_and_type(line, clock, value, kind, shown, who):
    message_id = received(line, value, kind, "hello")
    found = details.get(message_id)
    assert found is not None
    assert found.peer == shown
    key = People(clock, Events(), lambda: "KE").key(shown)
    assert key == who
    assert resolve(key, "KE").recipients.numbers == (who,)  # what Reply begins with, posted
    answered = destination(who)
    assert (answered.value, answered.type_octet) == (value, kind)


def test_the_bytes_that_go_out_have_the_type_that_came_in(line, clock: FakeClock):
    received(line, "77260012", 0xB1, "hello")
    modems = FakeModems()
    modems.table = {line: RoutingConnection(line, "A", True, 5)}
    now = clock.now()
    outbox.add(
        outbox.OutgoingMessage(text="x", numbers=("77260012",), parts=1, created_at=now, due_at=now)
    )
    Dispatcher(modems, clock, Events(), country=lambda: "KE").drain()
    [(_, work)] = modems.taken
    sent = sms.decode_from_phone(bytes.fromhex(work.parts[0].tpdu))
    assert (sent.destination.value, sent.destination.type_octet) == ("77260012", 0xB1)


def test_a_subscriber_written_nationally_is_the_same_person_and_answered_abroad_too(line):
    received(line, "712345678", 0xA1)
    assert str(destination("+254712345678")) == "+254712345678"
    assert (
        reply_candidate(FreshMessage(0, "712345678", "hi", 1, None), 1, "KE").number
        == "+254712345678"
    )


@pytest.mark.parametrize(("value", "kind", "shown", "who"), SENDERS)
def test_stop_is_heard_from_it_and_people_and_blocking_know_it(
    line, clock, value, kind, shown, who
):
    desk = People(clock, Events(), lambda: "KE")
    with database.transaction():
        message_id = received(line, value, kind)
        StopWords(clock, lambda: "KE").obey([message_id])
    stopped = blocked.get(who)
    assert stopped is not None
    assert stopped.by_itself
    assert reply_candidate(FreshMessage(0, shown, "hi", 1, None), clock.now(), "KE").blocked
    assert desk.free(shown, "owner")
    assert desk.block(shown, "owner") == who
    contact_id = desk.add(TypedContact("Machine", shown))
    assert people.get(contact_id).number == who
    assert desk.names([shown]) == {shown: "Machine"}
    assert groups.standing(who)[0]


def test_stop_is_heard_from_8_bit_text(line, clock):
    with database.transaction():
        [kept] = inbox.keep(line, [inbox.RawPdu(pdus.deliver("", dcs=4, data=b"Stop!\0"))], 1)
        StopWords(clock, lambda: "KE").obey([kept.message_id])
    assert blocked.count() == 1


@pytest.mark.parametrize("name", ["12345", "+4520123456", "*100#"])
def test_a_name_that_looks_like_a_number_is_nobodys_number(line, clock, name):
    octets = address.write(sms.Address(name, sms.TypeOfNumber.ALPHANUMERIC, 0))
    with database.transaction():
        [kept] = inbox.keep(line, [inbox.RawPdu(pdu_from(octets, "STOP"))], 1)
        StopWords(clock, lambda: "KE").obey([kept.message_id])
    found = details.get(kept.message_id)
    assert found is not None
    assert found.peer == f"“{name}”"
    assert blocked.count() == 0
    assert reply_candidate(FreshMessage(0, found.peer, "hi", 1, None), 1, "KE").number == ""
