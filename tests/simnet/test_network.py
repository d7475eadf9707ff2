"""The pretend carrier: routing, reports, refusals, phones, USSD."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from gateway import sms
from gateway.simnet import Menu, Network, Phone, PhoneRule
from hw.simulator import SimulatedModem
from tests.hw.simulated import FINAL, Client

PHONE = "+4917604069001"


@pytest.fixture
def network() -> Iterator[Network]:
    with Network() as network:
        network.add_modem()
        network.add_modem()
        yield network


@pytest.fixture
def modem(network: Network) -> SimulatedModem:
    return network.modems[0]


@pytest.fixture
def other(network: Network) -> SimulatedModem:
    return network.modems[1]


@pytest.fixture
def client(modem: SimulatedModem) -> Iterator[Client]:
    client = opened(modem)
    yield client
    client.close()


def opened(modem: SimulatedModem) -> Client:
    client = Client(modem.port)
    client.ask("ATE0;+CMEE=1;+CNMI=2,1,0,1,0")
    return client


def submits(number: str, text: str, *, reference: int = 7, report: bool = False) -> list[bytes]:
    parts, dcs = sms.segment(text, reference=reference)
    to = sms.Address.parse(number)
    return [
        sms.encode(sms.Submit(destination=to, user_data=part, dcs=dcs, request_report=report))
        for part in parts
    ]


def type_in(client: Client, tpdu: bytes) -> str:
    assert client.ask(f"AT+CMGS={len(tpdu)}").endswith("> ")
    client.say("00" + tpdu.hex().upper() + "\x1a")
    return client.until(FINAL)


def send(client: Client, number: str, text: str, **how: bool) -> list[str]:
    return [type_in(client, tpdu) for tpdu in submits(number, text, **how)]  # type: ignore[arg-type]


def stored(modem: SimulatedModem) -> list[sms.Deliver]:
    modem.settle()
    slots = modem.memories["SM"].slots
    delivers = [sms.decode_from_network(slots[index].tpdu) for index in sorted(slots)]
    assert all(isinstance(one, sms.Deliver) for one in delivers)
    return delivers  # type: ignore[return-value]


def next_report(client: Client) -> sms.StatusReport:
    line = client.until(rb"CDS: \d+\r\n\w+\r\n").split()[-1]
    report = sms.decode_from_network(sms.split_pdu(line).tpdu)
    assert isinstance(report, sms.StatusReport)
    return report


def test_a_message_to_a_phone_arrives_there_exactly_once(network: Network, client: Client) -> None:
    assert "+CMGS: 0" in send(client, PHONE, "Grüße von der Box {€}")[0]
    assert network.texts(PHONE) == ["Grüße von der Box {€}"]
    assert network.phone_inbox(PHONE)[0].peer == network.modems[0].number
    assert [(one.recipient, one.refused) for one in network.sent] == [(PHONE, None)]


def test_a_message_to_another_modem_is_stored_there_with_its_sender(
    network: Network, client: Client, modem: SimulatedModem, other: SimulatedModem
) -> None:
    before = int(time.time()) * 1000
    send(client, other.number, "Hello modem")
    [deliver] = stored(other)
    assert (str(deliver.sender), deliver.text) == (modem.number, "Hello modem")
    assert deliver.timestamp is not None
    assert before <= deliver.timestamp.epoch_ms <= before + 5000
    assert network.texts(other.number) == ["Hello modem"]


def test_long_messages_keep_their_parts_and_headers(
    network: Network, client: Client, other: SimulatedModem
) -> None:
    text = "0123456789" * 40
    assert len(send(client, other.number, text)) == 3
    delivers = stored(other)
    concats = [one.user_data.concat for one in delivers]
    assert [(c.ref, c.total, c.seq) for c in concats if c] == [(7, 3, 1), (7, 3, 2), (7, 3, 3)]
    assert network.texts(other.number) == [text]
    send(client, PHONE, "Привет 😀 " * 20)
    assert network.texts(PHONE) == ["Привет 😀 " * 20]


def test_a_part_that_comes_twice_or_not_at_all_is_seen(network: Network, client: Client) -> None:
    first, second, third = submits(PHONE, "x" * 400)
    for tpdu in (first, third):
        type_in(client, tpdu)
    assert network.texts(PHONE) == []
    assert len(network.incomplete(PHONE)) == 1
    type_in(client, second)
    assert network.texts(PHONE) == ["x" * 400]
    assert network.incomplete(PHONE) == []
    type_in(client, second)
    assert network.texts(PHONE) == ["x" * 400]
    assert len(network.incomplete(PHONE)) == 1
    assert len(network.parts(PHONE)) == 4


def test_a_delivery_report_names_the_reference_and_the_recipient(
    network: Network, client: Client
) -> None:
    send(client, PHONE, "first")
    assert client.nothing_comes(0.05)
    send(client, PHONE, "second", report=True)
    report = next_report(client)
    assert (report.message_reference, str(report.recipient), report.status) == (1, PHONE, 0)
    assert client.nothing_comes(0.05)


def test_reports_come_in_the_order_of_the_messages_after_their_delay() -> None:
    with Network(report_delay=0.15) as network:
        client = opened(network.add_modem())
        started = time.monotonic()
        for _ in range(3):
            send(client, PHONE, "x", report=True)
        reports = [next_report(client) for _ in range(3)]
        assert time.monotonic() - started >= 0.15
        assert [one.message_reference for one in reports] == [0, 1, 2]
        client.close()


def test_a_report_from_another_modem_waits_until_it_has_the_message(
    network: Network, client: Client, other: SimulatedModem
) -> None:
    other.faults.registration = 2
    send(client, other.number, "later", report=True)
    assert client.nothing_comes()
    assert network.texts(other.number) == []
    other.faults.registration = None
    assert "+CDS" in client.until(rb"CDS: .*\r\n\w+\r\n")
    assert network.texts(other.number) == ["later"]


def test_a_phone_that_is_off_gets_its_messages_and_reports_them_when_it_is_on(
    network: Network, client: Client
) -> None:
    network.switch(PHONE, on=False)
    send(client, PHONE, "wait", report=True)
    assert network.texts(PHONE) == []
    assert client.nothing_comes(0.05)
    network.switch(PHONE, on=True)
    assert network.texts(PHONE) == ["wait"]
    client.until(rb"CDS: .*\r\n\w+\r\n")


def test_a_number_can_refuse_and_the_next_send_may_pass(network: Network, client: Client) -> None:
    network.phone(PHONE).refuse_next.extend([38, 500])
    assert "+CMS ERROR: 38" in send(client, PHONE, "a")[0]
    assert "+CMS ERROR: 500" in send(client, PHONE, "b")[0]
    assert "+CMGS" in send(client, PHONE, "c")[0]
    assert network.texts(PHONE) == ["c"]
    assert [one.refused for one in network.sent] == [38, 500, None]


def test_rules_say_how_numbers_behave_by_their_last_digits() -> None:
    rules = [PhoneRule("77", Phone("", refuse=1)), PhoneRule("88", Phone("", statuses=(48, 70)))]
    with Network(rules=rules) as network:
        client = opened(network.add_modem())
        assert "+CMS ERROR: 1" in send(client, "+4917777", "x")[0]
        send(client, "+4917788", "x", report=True)
        assert [next_report(client).status for _ in range(2)] == [48, 70]
        client.close()


def test_national_and_international_forms_are_the_same_number(
    network: Network, client: Client
) -> None:
    for number in (PHONE, "0" + PHONE[3:], "00" + PHONE[1:]):
        send(client, number, "x")
    assert network.texts(PHONE) == ["x"] * 3
    send(client, "12345", "short code")
    assert network.texts("12345") == ["short code"]


def test_nonsense_is_refused(network: Network, client: Client) -> None:
    assert "+CMS ERROR: 96" in type_in(client, bytes.fromhex("01000F91" + "00" * 4))
    assert not network.sent


def test_a_phone_and_a_company_can_write_to_a_modem(
    network: Network, modem: SimulatedModem, client: Client
) -> None:
    network.phone_send(PHONE, modem.number, "hello box")
    client.until(b"CMTI.*\r\n")
    network.phone_send("BANK", modem.number, "code 1234")
    client.until(b"CMTI.*\r\n")
    assert [(str(d.sender), d.text) for d in stored(modem)] == [
        (PHONE, "hello box"),
        ("BANK", "code 1234"),
    ]


def test_equal_messages_in_one_second_differ_in_their_time_stamp(
    network: Network, modem: SimulatedModem
) -> None:
    for _ in range(3):
        network.phone_send(PHONE, modem.number, "again")
    modem.settle()
    slots = modem.memories["SM"].slots.values()
    assert len({slot.tpdu for slot in slots}) == 3


def test_a_conversation_has_both_sides_in_order(
    network: Network, modem: SimulatedModem, client: Client
) -> None:
    network.phone_send(PHONE, modem.number, "question")
    client.until(b"CMTI.*\r\n")
    time.sleep(0.002)  # entries are ordered by the millisecond
    send(client, PHONE, "answer")
    assert [(one.direction, one.peer, one.text) for one in network.conversation(PHONE)] == [
        ("sent", modem.number, "question"),
        ("received", modem.number, "answer"),
    ]
    assert network.numbers() == sorted([PHONE, *(m.number for m in network.modems)])


def test_phones_write_to_phones_too(network: Network) -> None:
    network.phone_send(PHONE, "+4917604069002", "x" * 200)
    assert network.texts("+4917604069002", sender=PHONE) == ["x" * 200]


def test_what_a_full_modem_could_not_take_arrives_when_it_has_room(
    network: Network, modem: SimulatedModem, client: Client
) -> None:
    for number in range(23):
        network.phone_send(PHONE, modem.number, f"message {number}")
    assert modem.held == 3
    assert len(network.texts(modem.number)) == 20
    client.ask("AT+CMGD=1,4")
    assert network.wait_for(lambda: len(network.texts(modem.number)) == 23)
    assert network.texts(modem.number) == [f"message {number}" for number in range(23)]


def test_what_came_while_unplugged_arrives_after_the_return(
    network: Network, modem: SimulatedModem
) -> None:
    modem.unplug()
    network.phone_send(PHONE, modem.number, "hold the line")
    assert network.texts(modem.number) == []
    modem.replug()
    assert network.wait_for(lambda: network.texts(modem.number) == ["hold the line"])


def test_balance_and_menus_answer_by_ussd(network: Network, client: Client) -> None:
    client.say('AT+CUSD=1,"*100#",15\r')
    assert '+CUSD: 0,"Your balance is 20.00 EUR.",15' in client.until(rb"15\r\n")
    send(client, PHONE, "x")
    client.say('AT+CUSD=1,"*123#",15\r')
    assert '+CUSD: 1,"1 Balance' in client.until(rb'",15\r\n')
    client.say('AT+CUSD=1,"1",15\r')
    assert '+CUSD: 0,"Your balance is 19.91 EUR.",15' in client.until(rb"15\r\n")
    client.say('AT+CUSD=1,"1",15\r')  # no menu is open any more
    assert "Unknown service code" in client.until(rb"15\r\n")
    network.ussd_answers["*9#"] = Menu("?", {"x": "yes"})
    client.say('AT+CUSD=1,"*9#",15\r')
    assert '1,"?"' in client.until(rb"15\r\n")


def test_a_sim_without_credit_is_refused_when_that_is_wanted(
    network: Network, client: Client, modem: SimulatedModem
) -> None:
    network.credit[modem.number] = 10
    network.refuse_without_credit = True
    assert "+CMGS" in send(client, PHONE, "x")[0]
    assert "+CMS ERROR: 21" in send(client, PHONE, "x")[0]


def test_modems_are_in_the_air_at_the_same_time() -> None:
    with Network(air_time=0.6) as network:
        clients = [opened(network.add_modem()) for _ in range(4)]
        started = time.monotonic()
        threads = [
            threading.Thread(target=send, args=(client, PHONE, f"from {place}"))
            for place, client in enumerate(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert 0.6 <= time.monotonic() - started < 4 * 0.6
        assert Counter(network.texts(PHONE)) == {f"from {place}": 1 for place in range(4)}
        for client in clients:
            client.close()


def test_modems_have_the_same_identity_in_every_run_and_never_share_one() -> None:
    def identities() -> list[tuple[str, str, str]]:
        network = Network()
        modems = [network.add_modem() for _ in range(12)]
        return [(m.imei, m.card.iccid, m.number) for m in modems if m.card]

    first = identities()
    assert first == identities()
    assert len(set(first)) == 12
    assert all(len(imei) == 15 and len(iccid) == 19 for imei, iccid, _ in first)


def test_text_mode_sends_and_reads_words(
    network: Network, client: Client, modem: SimulatedModem, other: SimulatedModem
) -> None:
    far = opened(other)
    far.ask('AT+CMGF=1;+CSCS="IRA"')
    client.ask("AT+CMGF=1")
    client.ask(f'AT+CMGS="{other.number}"')
    client.say("two\r")
    assert client.until(rb"> ").endswith("\r\n> ")
    client.say("lines\x1a")
    assert "+CMGS: 0" in client.until(FINAL)
    far.until(b"CMTI.*\r\n")
    header, first, second, last = far.lines("AT+CMGR=1")
    assert header.startswith(f'+CMGR: "REC UNREAD","{modem.number}",,"')
    assert [first, second, last] == ["two", "lines", "OK"]
    assert network.texts(other.number) == ["two\nlines"]
    assert far.lines('AT+CMGL="REC READ"')[0].startswith('+CMGL: 1,"REC READ"')
    far.close()


def test_text_mode_shows_reports_and_other_alphabets(network: Network, client: Client) -> None:
    client.ask("AT+CMGF=1;+CSMP=49,167,0,0;+CNMI=2,2,0,1,0")
    client.ask(f'AT+CMGS="{PHONE}"')
    client.say("with report\x1a")
    assert f'+CDS: 6,0,"{PHONE}",145,"' in client.until(rb"CDS: .*\r\n")
    network.phone_send(PHONE, network.modems[0].number, "Привет")
    told = client.until(rb"CMT: .*\r\n.*\r\n")
    assert told.endswith("041F04400438043204350442\r\n")
    client.ask(f'AT+CMGS="{PHONE}"')
    client.say("x" * 161 + "\x1a")
    assert "+CMS ERROR: 305" in client.until(FINAL)
