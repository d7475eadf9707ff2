"""Storing, announcing and reading messages."""

import time
from dataclasses import replace

import pytest

from hw.simulator import ALWAYS, PERSONALITIES, SimulatedModem
from tests.hw.simulated import DELIVER, FLASH, REPORT, SUBMIT, Client, ListingCarrier, card

CENTRE = "0791947101670000"  # +491710760000


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
