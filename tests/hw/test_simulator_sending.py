"""Sending: prompt, reference, refusals, and what may happen in between."""

import time

import pytest

from hw.simulator import PERSONALITIES, SimulatedModem
from tests.hw.simulated import SUBMIT, Client, ListingCarrier, card

CENTRE = "0791947101670000"  # +491710760000


def test_a_sent_message_reaches_the_network_with_the_reference_that_the_modem_tells(
    client: Client, modem: SimulatedModem, carrier: ListingCarrier
) -> None:
    assert modem.card is not None
    modem.card.reference = 255
    assert "+CMGS: 255\r\n\r\nOK" in client.send()
    assert "+CMGS: 0\r\n\r\nOK" in client.send()
    assert [tpdu.hex().upper() for tpdu in carrier.submitted] == [
        "01FF" + SUBMIT[4:],
        "0100" + SUBMIT[4:],
    ]


@pytest.mark.parametrize(
    ("length", "typed"),
    [
        (13, "00" + SUBMIT),  # longer than what was said
        (17, "00" + SUBMIT),
        (14, "00" + SUBMIT + "5"),  # half an octet
        (14, "00" + SUBMIT[:-2] + "XY"),
        (14, "00" + "00" + SUBMIT[2:]),  # a DELIVER
        (14, SUBMIT),  # the service centre's length is missing
        (14, ""),
    ],
)
def test_a_pdu_that_is_not_what_was_announced_is_refused(
    client: Client, carrier: ListingCarrier, length: int, typed: str
) -> None:
    assert client.ask(f"AT+CMGS={length}").endswith("> ")
    client.say(typed + "\x1a")
    assert "+CMS ERROR: 304" in client.until(b"\n.*\n")
    assert carrier.submitted == []


@pytest.mark.parametrize("length", ["", "0", "165", "abc"])
def test_an_impossible_length_gets_no_prompt(client: Client, length: str) -> None:
    assert client.lines(f"AT+CMGS={length}") == ["+CMS ERROR: 304"]


def test_a_service_centre_in_the_pdu_replaces_a_missing_one_on_the_sim(
    client: Client, modem: SimulatedModem
) -> None:
    client.ask('AT+CSCA=""')
    assert client.lines("AT+CSCA?")[0] == '+CSCA: "",129'
    assert "+CMS ERROR: 330" in client.send()
    client.ask("AT+CMGS=14")
    client.say(CENTRE + SUBMIT + "\x1a")
    assert "+CMGS" in client.until(b"OK|ERROR")


@pytest.mark.parametrize(
    ("level", "line"),
    [
        ("0", "ERROR"),
        ("1", "+CMS ERROR: 38"),
        ("2", "+CMS ERROR: Network out of order"),
    ],
)
def test_a_refusal_of_the_network_is_told_as_cmee_wants_it(
    client: Client, carrier: ListingCarrier, level: str, line: str
) -> None:
    carrier.refuse = 38
    client.ask(f"AT+CMEE={level}")
    assert f"\r\n{line}\r\n" in client.send()


@pytest.mark.parametrize(
    ("refusal", "line"),
    [
        ("CMS 500", "+CMS ERROR: 500"),
        ("CME 100", "+CME ERROR: 100"),
        ("CMS", "+CMS ERROR:"),
        ("ERROR", "ERROR"),
    ],
)
def test_a_fault_refuses_the_next_sends_only(
    client: Client, modem: SimulatedModem, refusal: str, line: str
) -> None:
    modem.faults.refuse_with, modem.faults.refuse = refusal, 2
    assert f"\r\n{line}\r\n" in client.send()
    assert f"\r\n{line}\r\n" in client.send()
    assert "+CMGS" in client.send()


def test_a_lost_answer_means_that_the_network_has_the_message(
    client: Client, modem: SimulatedModem, carrier: ListingCarrier
) -> None:
    modem.faults.lost_cmgs = 1
    client.ask("AT+CMGS=14")
    client.say("00" + SUBMIT + "\x1a")
    assert client.nothing_comes()
    assert len(carrier.submitted) == 1
    assert client.lines("AT") == ["OK"]


def test_a_lost_ok_leaves_the_reference_alone_on_the_line(
    client: Client, modem: SimulatedModem
) -> None:
    modem.faults.lost_ok = 1
    client.ask("AT+CMGS=14")
    client.say("00" + SUBMIT + "\x1a")
    assert client.until(rb"CMGS: \d+\r\n").endswith("+CMGS: 0\r\n")
    assert client.nothing_comes()


def test_a_late_reference_comes_inside_whatever_is_asked_meanwhile(
    client: Client, modem: SimulatedModem
) -> None:
    modem.faults.late_by, modem.faults.late_cmgs = 0.2, 1
    client.ask("AT+CMGS=14")
    client.say("00" + SUBMIT + "\x1aAT+CREG?\r")
    assert client.nothing_comes(0.05)
    assert client.until(b"CREG: ").startswith("\r\n+CMGS: 0\r\n\r\nOK\r\n\r\n+CREG: ")


def test_air_time_passes_between_ctrl_z_and_the_reference(
    client: Client, modem: SimulatedModem, carrier: ListingCarrier
) -> None:
    modem.air_time = 0.2
    started = time.monotonic()
    client.ask("AT+CMGS=14")
    client.say("00" + SUBMIT + "\x1a")
    assert carrier.submitted == []
    client.until(b"OK")
    assert time.monotonic() - started >= 0.2
    assert len(carrier.submitted) == 1


def test_a_message_in_the_air_is_lost_with_a_reboot(
    client: Client, modem: SimulatedModem, carrier: ListingCarrier
) -> None:
    modem.air_time = 0.1
    client.ask("ATE1;+CMGS=14")
    client.say("00" + SUBMIT + "\x1a")
    client.until(SUBMIT.encode())  # the echo: it has been heard
    modem.reboot()
    assert client.nothing_comes(0.3)
    assert carrier.submitted == []
    assert "OK" in client.ask("AT")


@pytest.mark.parametrize(
    ("point", "taken"),
    [
        ("before_prompt", 0),
        ("after_prompt", 0),
        ("after_ctrl_z", 0),
        ("after_accept", 1),
        ("before_ok", 1),
    ],
)
def test_a_reboot_strikes_where_it_was_ordered_and_the_modem_starts_afresh(
    carrier: ListingCarrier, point: str, taken: int
) -> None:
    with SimulatedModem(card(), carrier, personality=PERSONALITIES["sim800"]) as modem:
        client = Client(modem.port)
        client.ask("ATE0")
        modem.faults.strike_at, modem.faults.strike = point, 1
        client.say("AT+CMGS=14\r")
        if point != "before_prompt":
            client.until(b"> ")
        if point not in ("before_prompt", "after_prompt"):
            client.say("00" + SUBMIT + "\x1a")
        told = client.until(b"SMS Ready\r\n")
        assert "RDY" in told
        assert ("+CMGS: 0" in told) == (point == "before_ok")
        assert "OK" not in told
        assert len(carrier.submitted) == taken
        assert client.ask("AT").startswith("AT")  # echo is on again
        client.close()


def test_an_unplug_after_ctrl_z_takes_the_port_away(
    client: Client, modem: SimulatedModem, carrier: ListingCarrier
) -> None:
    modem.faults.strike_at, modem.faults.strike_with = "after_accept", "unplug"
    modem.faults.strike = 1
    client.ask("AT+CMGS=14")
    client.say("00" + SUBMIT + "\x1a")
    client.until_gone()
    assert not modem.plugged_in
    assert len(carrier.submitted) == 1


def test_silence_in_the_middle_of_a_send_ends_with_its_release(
    client: Client, modem: SimulatedModem
) -> None:
    modem.faults.strike_at, modem.faults.strike_with = "after_ctrl_z", "silence"
    modem.faults.strike = 1
    client.ask("AT+CMGS=14")
    client.say("00" + SUBMIT + "\x1a")
    client.say("AT\r")
    assert client.nothing_comes()
    modem.faults.silent = False
    assert client.lines("AT") == ["OK"]
