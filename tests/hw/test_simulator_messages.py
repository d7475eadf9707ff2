"""Sending, storing, announcing and reading messages."""

import time
from dataclasses import replace

import pytest

from hw.simulator import ALWAYS, PERSONALITIES, SimulatedModem
from tests.hw.simulated import DELIVER, FLASH, REPORT, SUBMIT, Client, ListingCarrier, card

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


def test_a_stored_message_is_announced_read_and_deleted(
    client: Client, modem: SimulatedModem, carrier: ListingCarrier
) -> None:
    client.ask("AT+CNMI=2,1,0,0,0")
    modem.deliver(DELIVER)
    assert client.until(rb"CMTI.*\r\n") == '\r\n+CMTI: "SM",1\r\n'
    modem.settle()
    assert carrier.took == [DELIVER]
    header, pdu = f"0,,{len(DELIVER)}", CENTRE + DELIVER.hex().upper()
    assert client.lines("AT+CMGR=1") == [f"+CMGR: {header}", pdu, "OK"]
    assert client.lines("AT+CMGL=0") == ["OK"]
    assert client.lines("AT+CMGL=4") == [f"+CMGL: 1,1,,{len(DELIVER)}", pdu, "OK"]
    assert client.lines("AT+CPMS?")[0] == '+CPMS: "SM",1,20,"SM",1,20,"SM",1,20'
    assert client.lines("AT+CMGD=1") == ["OK"]
    assert client.lines("AT+CMGR=1") == ["OK"]
    assert client.lines("AT+CMGD=1") == ["OK"]
    assert client.lines("AT+CMGD=21") == ["+CMS ERROR: 321"]


def test_delete_flags_spare_what_they_should(client: Client, modem: SimulatedModem) -> None:
    modem.deliver(DELIVER)
    modem.settle()
    client.ask("AT+CMGR=1")
    modem.deliver(DELIVER)
    modem.settle()
    client.ask("AT+CMGD=1,1")
    assert list(modem.memories["SM"].slots) == [2]
    client.ask("AT+CMGD=1,4")
    assert modem.memories["SM"].used == 0


def test_a_full_store_leaves_messages_with_the_network_until_a_slot_is_free(
    client: Client, modem: SimulatedModem, carrier: ListingCarrier
) -> None:
    client.ask("AT+CNMI=2,1,0,0,0")
    for _ in range(22):
        modem.deliver(DELIVER)
    for _ in range(20):
        client.until(b"CMTI.*\r\n")
    modem.settle()
    assert modem.held == 2
    client.ask("AT+CMGD=7")
    assert '"SM",7' in client.until(b"CMTI.*\r\n")
    assert modem.held == 1
    assert len(carrier.took) == 21


def test_a_memory_that_plays_full_lets_everything_in_when_it_stops(
    client: Client, modem: SimulatedModem
) -> None:
    modem.faults.storage_full = True
    modem.deliver(DELIVER)
    modem.settle()
    assert modem.held == 1
    modem.faults.storage_full = False
    modem.settle()
    assert modem.held == 0


def test_nothing_but_reports_overtakes_a_message_that_finds_no_room(
    client: Client, modem: SimulatedModem
) -> None:
    client.ask("AT+CNMI=2,1,0,1,0")
    modem.faults.storage_full = True
    modem.deliver(DELIVER)
    modem.deliver(FLASH)
    modem.report(REPORT)
    assert "+CDS" in client.until(rb"CDS.*\r\n.*\r\n")
    assert modem.held == 2
    modem.faults.storage_full = False
    told = client.until(rb"CMT: .*\r\n.*\r\n")
    assert told.index("+CMTI") < told.index("+CMT:")


def test_messages_go_to_the_memory_that_was_chosen(client: Client, modem: SimulatedModem) -> None:
    assert client.lines('AT+CPMS="SM","SM","ME"')[0] == "+CPMS: 0,20,0,20,0,100"
    client.ask("AT+CNMI=2,1")
    modem.deliver(DELIVER)
    assert '"ME",1' in client.until(b"CMTI.*\r\n")
    assert client.lines("AT+CMGR=1") == ["OK"]  # the slot of that number on the SIM is empty
    assert client.lines('AT+CPMS="XX"') == ["+CMS ERROR: 302"]


def test_direct_routing_shows_the_message_and_stores_nothing(
    client: Client, modem: SimulatedModem
) -> None:
    client.ask("AT+CNMI=2,2,0,1,0")
    modem.deliver(DELIVER)
    told = client.until(rb"CMT.*\r\n.*\r\n")
    assert told == f"\r\n+CMT: ,{len(DELIVER)}\r\n{CENTRE}{DELIVER.hex().upper()}\r\n"
    modem.report(REPORT)
    assert f"+CDS: {len(REPORT)}" in client.until(rb"CDS.*\r\n.*\r\n")
    assert all(memory.used == 0 for memory in modem.memories.values())


def test_an_acknowledged_message_lets_the_next_one_come(
    client: Client, modem: SimulatedModem, carrier: ListingCarrier
) -> None:
    client.ask("AT+CSMS=1")
    client.ask("AT+CNMI=2,2,0,0,0")
    modem.deliver(DELIVER)
    modem.deliver(DELIVER)
    client.until(rb"CMT.*\r\n.*\r\n")
    assert client.nothing_comes()
    assert carrier.took == []
    assert "OK" in client.ask("AT+CNMA=0")
    client.until(rb"CMT.*\r\n.*\r\n")
    assert "OK" in client.ask("AT+CNMA")
    assert client.lines("AT+CNMA") == ["+CMS ERROR: 340"]
    assert len(carrier.took) == 2


def test_without_acknowledgement_routing_ends_and_the_message_is_stored(
    carrier: ListingCarrier,
) -> None:
    hasty = replace(PERSONALITIES["generic"], cnma_time=0.1)
    with SimulatedModem(card(), carrier, personality=hasty) as modem:
        client = Client(modem.port)
        client.ask("AT+CSMS=1;+CNMI=2,2,0,1,0;E0")
        modem.deliver(DELIVER)
        client.until(rb"CMT.*\r\n.*\r\n")
        deadline = time.monotonic() + 3
        while not modem.memories["SM"].used:
            assert time.monotonic() < deadline
            client.read_some(0.05)
        assert client.lines("AT+CNMI?")[0] == "+CNMI: 2,0,0,0,0"
        client.close()


def test_a_flash_message_is_shown_at_once_although_others_are_stored(
    client: Client, modem: SimulatedModem
) -> None:
    client.ask("AT+CNMI=2,1,0,0,0")
    modem.deliver(FLASH)
    assert FLASH.hex().upper() in client.until(rb"CMT:.*\r\n.*\r\n")
    assert modem.memories["SM"].used == 0


def test_a_stored_report_is_announced_with_its_memory(
    client: Client, modem: SimulatedModem
) -> None:
    client.ask("AT+CNMI=2,1,0,2,0")
    modem.report(REPORT)
    assert client.until(rb"CDSI.*\r\n") == '\r\n+CDSI: "SR",1\r\n'
    client.ask('AT+CPMS="SR"')
    assert client.lines("AT+CMGR=1")[0] == f"+CMGR: 0,,{len(REPORT)}"


def test_in_mode_0_announcements_wait_for_another_mode(
    client: Client, modem: SimulatedModem
) -> None:
    client.ask("AT+CNMI=0,1,0,0,0")
    modem.deliver(DELIVER)
    assert client.nothing_comes()
    client.say("AT+CNMI=2,1,0,0,0\r")
    assert '+CMTI: "SM",1' in client.until(rb"CMTI.*\r\n")


def test_announcements_wait_while_a_prompt_is_open(client: Client, modem: SimulatedModem) -> None:
    client.ask("AT+CNMI=2,1")
    client.ask("AT+CMGS=14")
    modem.deliver(DELIVER)
    assert client.nothing_comes()
    client.say("00" + SUBMIT + "\x1a")
    assert "+CMTI" in client.until(rb"CMTI.*\r\n")


def test_a_line_comes_into_the_open_prompt_on_request(
    client: Client, modem: SimulatedModem
) -> None:
    modem.faults.urc_in_prompt = 1
    client.say("AT+CMGS=14\r")
    assert client.until(rb"RSSI: 17\r\n") == "\r\n> \r\n^RSSI: 17\r\n"
    client.say("00" + SUBMIT + "\x1a")
    assert "+CMGS" in client.until(b"OK")


def test_a_report_comes_before_the_reference_on_request(
    client: Client, modem: SimulatedModem, carrier: ListingCarrier
) -> None:
    carrier.instant_report = REPORT
    client.ask("AT+CNMI=2,1,0,1,0")
    assert client.send().index("+CMGS") > 0
    client.until(rb"CDS.*\r\n.*\r\n")
    modem.faults.report_before_ok = 1
    told = client.send()
    assert told.index("+CDS") < told.index("+CMGS")


@pytest.mark.parametrize(
    ("faults", "stored"),
    [
        ({"duplicate": 1}, [b"a", b"a", b"b", b"c"]),
        ({"lose_delivery": 1}, [b"b", b"c"]),
        ({"lose_delivery": 1, "lose_after": 1}, [b"a", b"c"]),
        ({"reorder": 3}, [b"c", b"b", b"a"]),
    ],
)
def test_the_network_spoils_what_it_brings_on_request(
    client: Client, modem: SimulatedModem, faults: dict[str, int], stored: list[bytes]
) -> None:
    for name, value in faults.items():
        setattr(modem.faults, name, value)
    for last in (b"a", b"b", b"c"):
        modem.deliver(DELIVER[:-1] + last)
    modem.settle()
    slots = modem.memories["SM"].slots
    assert [slots[index].tpdu[-1:] for index in sorted(slots)] == stored


def test_a_message_can_come_without_announcement_or_with_the_wrong_memory(
    client: Client, modem: SimulatedModem
) -> None:
    client.ask("AT+CNMI=2,1")
    modem.faults.lose_cmti = 1
    modem.deliver(DELIVER)
    assert client.nothing_comes()
    modem.faults.cmti_memory = "ME"
    modem.deliver(DELIVER)
    assert '+CMTI: "ME",2' in client.until(rb"CMTI.*\r\n")


def test_a_delete_fails_on_request_and_the_message_stays(
    client: Client, modem: SimulatedModem
) -> None:
    modem.deliver(DELIVER)
    modem.settle()
    modem.faults.delete_fails = ALWAYS
    assert client.lines("AT+CMGD=1") == ["+CMS ERROR: 320"]
    assert modem.memories["SM"].used == 1


def test_a_message_is_written_to_a_slot_and_sent_from_there(
    client: Client, modem: SimulatedModem, carrier: ListingCarrier
) -> None:
    client.ask("AT+CMGW=14")
    client.say("00" + SUBMIT + "\x1a")
    assert "+CMGW: 1" in client.until(b"OK")
    assert client.lines("AT+CMGL=2")[1] == "00" + SUBMIT
    assert "+CMSS: 0" in client.ask("AT+CMSS=1")
    assert len(carrier.submitted) == 1
    assert client.lines("AT+CMSS=2") == ["+CMS ERROR: 321"]


def test_stored_messages_outlive_a_reboot_and_settings_do_not(
    client: Client, modem: SimulatedModem
) -> None:
    client.ask("AT+CNMI=2,1,0,0,0")
    modem.deliver(DELIVER)
    client.until(b"CMTI.*\r\n")
    client.ask("AT+CFUN=1,1")
    modem.settle()
    assert "+CNMI: 0,0,0,0,0" in client.ask("AT+CNMI?")
    assert f"+CMGL: 1,0,,{len(DELIVER)}" in client.ask("AT+CMGL=4")


def test_huawei_counts_its_slots_from_0_and_announces_reports_like_messages(
    carrier: ListingCarrier,
) -> None:
    with SimulatedModem(card(), carrier, personality=PERSONALITIES["huawei"]) as modem:
        client = Client(modem.port)
        client.ask('AT+CPMS="ME","ME","ME";+CNMI=2,1,0,2,0')
        modem.deliver(DELIVER)
        assert '+CMTI: "ME",0' in client.until(rb"CMTI.*\r\n")
        modem.report(REPORT)
        assert '+CMTI: "SM",1' in client.until(rb"CMTI.*\r\n")
        client.close()
