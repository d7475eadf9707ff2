"""SIM, registration, identity, USSD, calls."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hw.simulator import PERSONALITIES, SimulatedModem
from hw.simulator.charset import fits_gsm, from_gsm, pack, to_gsm, unpack
from tests.hw.simulated import DELIVER, Client, ListingCarrier, card


@pytest.fixture
def locked(carrier: ListingCarrier) -> Iterator[tuple[SimulatedModem, Client]]:
    with SimulatedModem(card(pin="1234"), carrier) as modem:
        client = Client(modem.port)
        client.ask("ATE0;+CMEE=1;+CREG=1")
        yield modem, client
        client.close()


def test_the_right_pin_opens_the_sim_and_the_modem_registers(
    locked: tuple[SimulatedModem, Client],
) -> None:
    _, client = locked
    assert client.lines("AT+CPIN?") == ["+CPIN: SIM PIN", "OK"]
    assert client.lines("AT+CIMI") == ["+CME ERROR: 11"]
    assert client.lines("AT+CMGL=4") == ["+CMS ERROR: 311"]
    assert client.lines("AT+CREG?")[0] == "+CREG: 1,0"
    client.say('AT+CPIN="1234"\r')
    told = client.until(rb"CREG: 1\r\n")
    assert told.index("OK") < told.index("+CPIN: READY") < told.index("+CREG: 1")
    assert client.lines("AT+CIMI") == ["001010000000001", "OK"]


def test_three_wrong_pins_lock_the_sim_and_the_puk_opens_it(
    locked: tuple[SimulatedModem, Client],
) -> None:
    modem, client = locked
    assert modem.card is not None
    assert client.lines('AT+CPIN="0000"') == ["+CME ERROR: 16"]
    assert client.lines('AT+CPIN="0000"') == ["+CME ERROR: 16"]
    assert modem.card.pin_tries == 1
    assert client.lines('AT+CPIN="0000"') == ["+CME ERROR: 12"]
    assert client.lines("AT+CPIN?") == ["+CPIN: SIM PUK", "OK"]
    assert client.lines('AT+CPIN="1234"') == ["+CME ERROR: 12"]
    assert client.lines("AT+CMGR=1") == ["+CMS ERROR: 316"]
    client.ask('AT+CPIN="99999999","4321"')
    assert modem.card.puk_tries == 9
    assert "OK" in client.ask('AT+CPIN="12345678","4321"')
    assert (modem.card.state, modem.card.pin, modem.card.puk_tries) == ("READY", "4321", 10)


def test_a_reboot_asks_for_the_pin_again(locked: tuple[SimulatedModem, Client]) -> None:
    modem, client = locked
    client.ask('AT+CPIN="1234"')
    modem.reboot()
    assert "+CPIN: SIM PIN" in client.ask("AT+CPIN?")


def test_without_a_sim_everything_that_needs_one_says_so(
    client: Client, modem: SimulatedModem
) -> None:
    modem.insert(None)
    client.until(rb"NOT INSERTED\r\n")
    assert client.lines("AT+CPIN?") == ["+CME ERROR: 10"]
    assert client.lines("AT+CIMI") == ["+CME ERROR: 10"]
    assert client.lines("AT+CMGS=14") == ["+CMS ERROR: 310"]
    assert client.lines("AT+CREG?") == ["+CREG: 0,0", "OK"]
    assert client.lines("AT+CSQ")[0] == "+CSQ: 99,99"


def test_another_sim_brings_its_own_messages_and_number(
    client: Client, modem: SimulatedModem
) -> None:
    client.ask("AT+CNMI=2,1")
    old = modem.card
    modem.deliver(DELIVER)
    client.until(b"CMTI.*\r\n")
    modem.insert(card(iccid="8949001000000000021", number="+4917139201"))
    client.until(rb"CPIN: READY\r\n")
    assert client.lines("AT+CMGL=4") == ["OK"]
    assert client.lines("AT+CNUM")[0] == '+CNUM: "","+4917139201",145'
    modem.insert(old)
    client.until(rb"CPIN: READY\r\n")
    assert client.lines("AT+CMGL=4")[0].startswith("+CMGL: 1,0")


def test_what_is_held_for_one_sim_never_comes_to_another(
    client: Client, modem: SimulatedModem
) -> None:
    first = modem.card
    assert first is not None
    modem.faults.registration = 2
    modem.deliver(DELIVER)
    modem.insert(card(iccid="8949001000000000021"))
    modem.faults.registration = None
    modem.settle()
    assert (modem.held, modem.memories["SM"].used) == (1, 0)
    modem.insert(first)
    assert (modem.held, modem.memories["SM"].used) == (0, 1)


@pytest.mark.parametrize("stat", [0, 2, 3, 4])
def test_unregistered_modems_refuse_to_send_and_receive_later(
    client: Client, modem: SimulatedModem, stat: int
) -> None:
    client.ask("AT+CREG=1;+CNMI=2,1")
    modem.faults.registration = stat
    assert f"+CREG: {stat}\r\n" in client.until(rb"CREG: .*\r\n")
    assert "+CMS ERROR: 331" in client.send()
    assert client.lines('AT+CUSD=1,"*100#",15') == ["+CME ERROR: 30"]
    modem.deliver(DELIVER)
    assert client.nothing_comes()
    assert modem.held == 1
    modem.faults.registration = None
    told = client.until(rb"CMTI.*\r\n")
    assert "+CREG: 1\r\n" in told


def test_roaming_is_told_with_the_cell_at_level_2(client: Client, modem: SimulatedModem) -> None:
    modem.faults.registration = 5
    client.ask("AT+CREG=2")
    assert client.lines("AT+CREG?")[0] == '+CREG: 2,5,"00C3","01A2B3C4",7'
    assert "+CMGS" in client.send()


def test_a_modem_that_is_only_registered_for_lte_can_send(
    client: Client, modem: SimulatedModem
) -> None:
    modem.faults.registration, modem.faults.eps_registration = 2, 1
    modem.settle()
    assert client.lines("AT+CEREG?")[0] == "+CEREG: 0,1"
    assert client.lines("AT+CREG?")[0] == "+CREG: 0,2"
    assert "+CMGS" in client.send()


def test_a_data_only_sim_cannot_send(client: Client, modem: SimulatedModem) -> None:
    modem.faults.registration, modem.faults.eps_registration = 3, 1
    assert "+CMS ERROR: 331" in client.send()


def test_flight_mode_and_manual_deregistration_end_the_service(client: Client) -> None:
    client.ask("AT+CREG=1")
    client.say("AT+CFUN=4\r")
    client.until(rb"CREG: 0\r\n")
    assert client.lines("AT+CSQ")[0] == "+CSQ: 99,99"
    client.say("AT+CFUN=1\r")
    client.until(rb"CREG: 1\r\n")
    client.say("AT+COPS=2\r")
    client.until(rb"CREG: 0\r\n")
    assert client.lines("AT+COPS?")[0] == "+COPS: 2"


@pytest.mark.parametrize(
    ("layout", "operator"), [(0, "Pigeonbox Mobile"), (1, "Pigeon"), (2, "00101")]
)
def test_the_operator_is_told_in_the_form_that_was_asked_for(
    client: Client, layout: int, operator: str
) -> None:
    assert client.lines(f"AT+COPS=3,{layout};+COPS?")[0] == f'+COPS: 0,{layout},"{operator}",7'


def test_a_starting_modem_is_busy_for_a_while(client: Client, modem: SimulatedModem) -> None:
    modem.faults.starting = 2
    assert client.lines("AT+CIMI") == ["+CME ERROR: 14"]
    modem.faults.starting_with = "CME 515"
    assert client.lines("AT+CMGF=0") == ["+CME ERROR: 515"]
    assert client.lines("AT+CIMI")[-1] == "OK"


def test_sms_commands_fail_until_the_sms_service_has_started(carrier: ListingCarrier) -> None:
    slow = replace(PERSONALITIES["sim800"], boot_time=0.05, sms_ready_after=0.2)
    with SimulatedModem(card(), carrier, personality=slow) as modem:
        client = Client(modem.port)
        client.say("AT\r")  # not heard: it boots
        client.until(b"SMS Ready")
        assert "ERROR" in client.ask("AT+CMGF=0")
        deadline = time.monotonic() + 3
        while "ERROR" in client.ask("AT+CMGF=0"):
            assert time.monotonic() < deadline
        client.close()


def test_a_usb_modem_takes_its_port_away_while_it_reboots(
    carrier: ListingCarrier, tmp_path: Path
) -> None:
    stick = replace(PERSONALITIES["huawei"], boot_time=0.1)
    with SimulatedModem(card(), carrier, personality=stick, link=tmp_path / "tty") as modem:
        wait_until(lambda: modem.plugged_in)
        modem.reboot()
        assert not (tmp_path / "tty").exists()
        wait_until((tmp_path / "tty").exists)
        client = Client(modem.port)
        wait_until(lambda: "OK" in client.ask("AT"))
        client.close()


def wait_until(question: Callable[[], object], timeout: float = 3.0) -> None:
    deadline = time.monotonic() + timeout
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize("name", sorted(PERSONALITIES))
def test_every_kind_of_modem_tells_who_it_is(carrier: ListingCarrier, name: str) -> None:
    row = PERSONALITIES[name]
    with SimulatedModem(card(), carrier, personality=row, imei="356938035643809") as modem:
        client = Client(modem.port)
        client.ask("ATE0")
        assert client.lines("AT+CGMI") == [row.manufacturer, "OK"]
        assert client.lines("AT+CGMM") == [row.model, "OK"]
        assert client.lines("AT+CGMR") == [row.revision, "OK"]
        assert client.lines("AT+CGSN") == ["356938035643809", "OK"]
        assert len(client.lines("ATI")) >= 2
        asked = f"AT{row.iccid_command}" + ("?" if row.iccid_command[0] == "^" else "")
        assert "8949001000000000013" in client.lines(asked)[0]
        assert client.lines("AT+CRSM=176,12258,0,0,10")[0] == '+CRSM: 144,0,"989400010000000010F3"'
        client.close()


@pytest.mark.parametrize(
    ("name", "command", "answer"),
    [
        ("huawei", "AT^CPIN?", "^CPIN: SIM PIN,2,10,2,10,3"),
        ("sim800", "AT+SPIC", "+SPIC: 2,3,10,10"),
        ("quectel", 'AT+QPINC="SC"', '+QPINC: "SC",2,10'),
        ("u-blox", "AT+UPINCNT", "+UPINCNT: 2,3,10,10"),
    ],
)
def test_the_tries_that_are_left_are_told_in_each_makers_way(
    carrier: ListingCarrier, name: str, command: str, answer: str
) -> None:
    with SimulatedModem(card(pin="1"), carrier, personality=PERSONALITIES[name]) as modem:
        client = Client(modem.port)
        client.ask("ATE0")
        client.ask("AT+CPIN=0")
        assert client.lines(command)[0] == answer
        client.close()


def test_ussd_answers_come_after_the_ok_in_the_character_set(
    client: Client, carrier: ListingCarrier
) -> None:
    carrier.answers["*100#"] = (0, 'Wähl {5 €}, "jetzt"')
    client.say('AT+CUSD=1,"*100#",15\r')
    told = client.until(rb"15\r\n").encode("latin-1")
    assert told == b'\r\nOK\r\n\r\n+CUSD: 0,"W{hl \x1b(5 \x1be\x1b), "jetzt"",15\r\n'
    client.ask('AT+CSCS="UCS2"')
    client.say('AT+CUSD=1,"002A0031003000300023",15\r')
    assert '0,"005700E40068006C' in client.until(rb"15\r\n")


def test_ussd_text_outside_the_alphabet_comes_as_ucs2(
    client: Client, carrier: ListingCarrier
) -> None:
    carrier.answers["*100#"] = (0, "Баланс")
    client.say('AT+CUSD=1,"*100#",15\r')
    assert '"04110430043B0430043D0441",72' in client.until(rb"72\r\n")


def test_huawei_wants_and_gives_packed_ussd(carrier: ListingCarrier) -> None:
    carrier.answers["*100*1#"] = (0, "konta atlikums")
    with SimulatedModem(card(), carrier, personality=PERSONALITIES["huawei"]) as modem:
        client = Client(modem.port)
        assert "ERROR" in client.ask('AT+CUSD=1,"*100#",15')
        client.say('AT+CUSD=1,"AA180CA68A8D1A",15\r')
        assert '0,"EBB79B1E0685E9ECF4BADE9E03",15' in client.until(rb"15\r\n")
        client.close()


def test_a_ussd_session_can_be_cancelled_before_its_answer(
    client: Client, modem: SimulatedModem, carrier: ListingCarrier
) -> None:
    carrier.answers["*100#"] = (1, "1 or 2?")
    modem.ussd_time = 0.1
    client.ask('AT+CUSD=1,"*100#",15')
    assert client.lines("AT+CUSD=2") == ["OK"]
    assert client.nothing_comes(0.3)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("ussd_before_ok", '\r\n+CUSD: 0,"unknown",15\r\n\r\nOK\r\n'),
        ("ussd_never", "\r\nOK\r\n"),
        ("ussd_error", "\r\nOK\r\n\r\n+CME ERROR: 100\r\n"),
        (
            "ussd_extra",
            '\r\nOK\r\n\r\n+CUSD: 2,"Initiating Release",15\r\n\r\n+CUSD: 0,"unknown",15\r\n',
        ),
    ],
)
def test_ussd_goes_wrong_on_request_once(
    client: Client, modem: SimulatedModem, fault: str, told: str
) -> None:
    setattr(modem.faults, fault, 1)
    client.say('AT+CUSD=1,"*100#",15\r')
    deadline = time.monotonic() + 3
    while len(client.got) < len(told):
        assert time.monotonic() < deadline
        client.got += client.read_some(0.1)
    client.got += client.read_some(0.05)
    assert client.got.decode() == told
    client.got = b""
    client.say('AT+CUSD=1,"*100#",15\r')
    assert client.until(rb"15\r\n") == '\r\nOK\r\n\r\n+CUSD: 0,"unknown",15\r\n'


def test_a_call_rings_until_the_caller_gives_up(client: Client, modem: SimulatedModem) -> None:
    client.ask("AT+CLIP=1")
    modem.ring("+4930123")
    assert client.until(rb"CLIP: .*\r\n").endswith('+CLIP: "+4930123",145,"",0,"",0\r\n')
    assert client.lines("AT+CLCC")[0] == '+CLCC: 1,1,4,0,0,"+4930123",145'
    modem.hang_up()
    client.until(b"NO CARRIER")
    assert client.lines("AT+CLCC") == ["OK"]


def test_a_call_is_rejected_with_chup(client: Client, modem: SimulatedModem) -> None:
    modem.ring("+4930123")
    client.until(b"RING")
    client.ask("AT+CHUP")
    assert client.lines("AT+CLCC") == ["OK"]


def test_strings_are_told_in_the_character_set(client: Client) -> None:
    client.ask('AT+CSCS="UCS2"')
    assert client.lines("AT+CSCS?")[0] == '+CSCS: "0055004300530032"'
    assert client.lines("AT+COPS?")[0].startswith('+COPS: 0,0,"0050006900670065006F006E')
    assert client.lines('AT+CSCS="00470053004D"') == ["OK"]
    assert client.lines("AT+CSCS?")[0] == '+CSCS: "GSM"'


@pytest.mark.parametrize(
    "command", ["AT+CPMS=?", "AT+CNMI=?", "AT+CMGF=?", "AT+CSCS=?", "AT+CREG=?"]
)
def test_a_test_form_lists_what_can_be_set(client: Client, command: str) -> None:
    first, last = client.lines(command)
    assert first.startswith(command[2:-2] + ": (")
    assert last == "OK"


def test_septets_are_packed_as_ussd_wants_them() -> None:
    assert pack(to_gsm("*100#")).hex().upper() == "AA180C3602"
    assert from_gsm(unpack(bytes.fromhex("AA180C3602"))) == "*100#"
    assert unpack(pack(b"1234567")) == b"1234567"
    assert unpack(pack(b"12345678")) == b"12345678"
    assert from_gsm(to_gsm("€[]{}^~|\\@£ÄÖà")) == "€[]{}^~|\\@£ÄÖà"
    assert not fits_gsm("ç")
