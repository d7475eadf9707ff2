"""What does not agree with itself is read again, and nothing unclear is deleted."""

from __future__ import annotations

import pytest

from gateway.at import Urc, answers
from gateway.modem.jobs import careful, receive
from gateway.modem.jobs.receive import StorageNotice
from gateway.modem.ledger import ReadPdu
from tests.modem.played import Played

PDU = (
    "0791947101670000040C9152140000000500006211728154254004E9373B0C"  # 23 octets behind the centre
)
CUT = PDU.replace("0000", "000", 1)
HEAD = "+CMGR: 0,,23"


def test_the_example_is_one():
    assert careful.agrees(PDU, 23)
    assert not careful.agrees(CUT, 23)
    assert careful.is_cut(CUT, 23)
    assert not careful.is_cut(PDU, 23)
    assert careful.is_cut(PDU[:-2], 23)
    assert not careful.is_cut(PDU + "FF", 23)  # padding


@pytest.mark.parametrize(
    "tpdu",
    ["07" + PDU[18:], "0447" + PDU[20:], "040C52" + PDU[22:], "040C91" + PDU[22:-6]],
    ids=["kind", "47 digits", "type", "cut"],
)
def test_what_is_as_long_as_its_header_says_and_no_message_does_not_agree(tpdu: str):
    pdu = PDU[:16] + tpdu
    assert not careful.agrees(pdu, len(tpdu) // 2)


@pytest.mark.parametrize(("digits", "whole"), [(20, True), (22, False)])
def test_a_number_has_twenty_digits_at_most(digits: int, whole: bool):
    tpdu = f"04{digits:02X}91" + "21" * (digits // 2) + "0000" + "62117281542540" + "00"
    assert careful.agrees(PDU[:16] + tpdu, len(tpdu) // 2) is whole


@pytest.mark.parametrize(
    "first",
    [f"{HEAD}|{CUT}|OK", f"+CMG: 0,,23|{PDU}|OK", f"{HEAD}|OK", "TIMEOUT", "CMS 500", "OKK|OK"],
)
def test_a_reading_that_is_damaged_is_repeated(first: str):
    modem = Played({"AT+CMGR": [first, f"{HEAD}|{PDU}|OK"]})
    modem.context.memory = "SM"
    modem.play(receive.read_announced(modem.context, StorageNotice("SM", 3)))
    assert [k.pdu for k in modem.ledger.kept] == [PDU]
    assert "AT+CMGD=3" in modem.heard


@pytest.mark.parametrize("empty", ["OK", "CMS 321", "+CMGR: 0,,0|OK"])
def test_an_empty_slot_is_asked_once(empty: str):
    modem = Played({"AT+CMGR": empty})
    assert modem.play(careful.slot(modem.context, 3)) == (None, True)
    assert modem.heard == ["AT+CMGR=3"]


@pytest.mark.parametrize("pdu", [PDU + "FFFF", PDU[:-4]])
def test_a_modem_that_always_counts_wrongly_is_believed(pdu: str):
    modem = Played({"AT+CMGR": f"{HEAD}|{pdu}|OK"})
    entry, is_sure = modem.play(careful.slot(modem.context, 3))
    assert is_sure
    assert (entry.pdu, entry.index) == (pdu, 3)


def test_what_reads_differently_each_time_is_left_where_it_is():
    wrong = [PDU[:n] + PDU[n + 1 :] for n in (0, 5, 20, 30, 40, 50)]
    modem = Played({"AT+CMGR": [f"{HEAD}|{pdu}|OK" for pdu in wrong], "AT+CMGL": "OK"})
    modem.context.memory = "SM"
    modem.play(receive.read_announced(modem.context, StorageNotice("SM", 3)))
    assert modem.ledger.kept == []
    assert not [c for c in modem.heard if c.startswith("AT+CMGD")]


def test_a_listing_that_cannot_be_so_deletes_nothing_by_its_word():
    """Slot 12 was listed as 1: there is nothing in slot 1 that anybody has stored."""
    modem = Played(
        {
            "AT+CPMS?": '+CPMS: "SM",1,30|OK',
            "AT+CMGL": f"+CMGL: 1,0,,23|{PDU}|+CMGL: 1,0,,23|{CUT}|OK",
            "AT+CMGR=1": "OK",
        }
    )
    modem.context.memories = ("SM",)
    modem.context.memory = "SM"
    modem.play(receive.sweep(modem.context))
    assert modem.ledger.kept == []
    assert not [c for c in modem.heard if c.startswith("AT+CMGD")]


def test_a_sound_listing_is_not_read_again():
    modem = Played({"AT+CPMS?": '+CPMS: "SM",1,30|OK', "AT+CMGL": f"+CMGL: 4,0,,23|{PDU}|OK"})
    modem.context.memories = ("SM",)
    modem.context.memory = "SM"
    modem.play(receive.sweep(modem.context))
    assert [(k.slot, k.pdu) for k in modem.ledger.kept] == [(4, PDU)]
    assert not [c for c in modem.heard if c.startswith("AT+CMGR")]


def test_half_a_report_is_no_news():
    report = "079194710167000006060C91527400000036621182204273406211822042734000"
    for cut in (report[:-2], report.replace("79", "", 1), report.replace("00", "", 1)):
        assert receive.understand(Urc("+CDS", "+CDS: 25", cut)) is None
    for whole in (report, report + "FF" * 160):  # some fill up what follows
        news = receive.understand(Urc("+CDS", "+CDS: 25", whole))
        assert news == ReadPdu(whole, tpdu_length=25)
    assert receive.understand(Urc("+CMT", "+CMT: ,23", CUT)) is not None  # all there will ever be


@pytest.mark.parametrize(
    ("line", "notice"),
    [
        ('+CMT: "SM",3', StorageNotice("SM", 3)),
        ('+CDS: "SR",12', StorageNotice("SR", 12)),
        ('+CMT: "M",3', StorageNotice("M", 3)),
        ("+CMT: ME,3", StorageNotice("ME", 3)),
    ],
)
@pytest.mark.parametrize("data", ["", CUT, CUT[:-1], PDU])
def test_an_announcement_without_its_last_letter_stays_one(
    line: str, notice: StorageNotice, data: str
):
    """What follows it is of a listing, and may be cut."""
    assert receive.understand(Urc(line[:4], line, data)) == notice


def test_a_message_from_somebody_with_a_short_name_is_one():
    line = f'+CMT: "ME",{len(PDU) // 2 - 1 - int(PDU[:2], 16)}'
    assert receive.understand(Urc("+CMT", line, PDU)) == ReadPdu(PDU, tpdu_length=int(line[-2:]))


@pytest.mark.parametrize("header", ["+CDS: 23,", "+CDS:23,", '+CDS: 23,"'])
@pytest.mark.parametrize("name", ["+CDS", "+CMT"])
def test_news_in_one_line_with_its_pdu_is_as_long_as_it_says(name: str, header: str):
    line = header.replace("+CDS", name) + PDU
    news = receive.understand(Urc(name, line, PDU))
    assert news is not None
    assert (news.pdu, news.tpdu_length) == (PDU, 23)


def test_an_identity_is_what_two_readings_agree_on():
    said = iter(["A", "B", "B"])

    def read():  # type: ignore[no-untyped-def]
        return next(said)
        yield

    assert Played({}).play(careful.twice(read)) == "B"


def test_entries_without_a_known_usage_are_not_doubted():
    usage = answers.MemoryUsage("", 0, 0)
    assert not careful.is_doubtful([answers.StorageEntry(1, 0, 23, PDU)], usage)
