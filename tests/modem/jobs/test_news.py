"""Delivery reports come in the way that loses least, and that way is held to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.at import Urc, profile_for
from gateway.modem.jobs import direct, news, receive, send, setup
from gateway.modem.jobs.news import ReportRoute
from gateway.modem.jobs.receive import StorageNotice
from gateway.modem.ledger import ReadPdu
from hw.simulator import PERSONALITIES
from tests.modem.conftest import MemoryLedger, until, work
from tests.modem.played import Played, Said

PDU = "0006050C91527411000010721051800000007210518000500000"
MESSAGE = "00040C9152741100001000007210518000000002E834"
OFFERED = '+CPMS: ("SM","SR"),("SM"),("SM")|OK'


def prepared(says: dict[str, Said], make: str = "", model: str = "") -> Played:
    modem = Played(says)
    modem.context.profile = profile_for(make, model)
    modem.play(setup.prepare_sms(modem.context))
    return modem


def takes_ds(*values: str) -> Said:
    """A modem that takes +CNMI only with one of these as its fourth field."""
    return lambda text: "OK" if (text.split(",") + ["0"] * 4)[3] in values else "CMS 303"


@pytest.mark.parametrize("make", ["", "Quectel", "SIMCOM INCORPORATED", "u-blox"])
def test_a_modem_with_a_memory_for_reports_stores_them(make: str):
    modem = prepared({"AT+CPMS=?": OFFERED}, make)
    assert modem.context.way is ReportRoute.STORED
    assert modem.context.news.split(",")[3] == "2"
    assert modem.context.memories == ("SM", "SR")
    assert "AT+CSMS=1" not in modem.heard
    assert not modem.context.direct


def test_a_memory_that_is_listed_and_cannot_be_chosen_stores_nothing():
    modem = prepared({"AT+CPMS=?": OFFERED, 'AT+CPMS="SR"': "CMS 302"})
    assert modem.context.way is ReportRoute.ACKNOWLEDGED
    assert modem.context.memories == ("SM",)


def test_a_make_that_is_known_to_store_them_among_the_messages_does_so():
    assert prepared({}, "huawei", "E3531").context.way is ReportRoute.STORED


def test_without_such_a_memory_the_network_keeps_what_is_not_acknowledged():
    modem = prepared({"AT+CNMA=?": "+CNMA: (0-2)|OK"})
    assert modem.context.way is ReportRoute.ACKNOWLEDGED
    assert (modem.context.news.split(",")[3], modem.context.direct) == ("1", True)
    last_service = [t for t in modem.heard if t.startswith("AT+CSMS=")][-1]
    assert last_service == "AT+CSMS=1"
    # One that was handed over while nobody listened comes again at once.
    assert modem.heard.index("AT+CNMA=2") < modem.heard.index("AT+CNMI=2,1,2,1,0")


@pytest.mark.parametrize("offered", ["+CNMA: (0,1)|OK", "OK", "ERROR"])
def test_nothing_is_refused_by_a_modem_that_may_take_it_for_an_acknowledgement(offered: str):
    modem = prepared({"AT+CNMA=?": offered})
    assert modem.context.way is ReportRoute.ACKNOWLEDGED
    assert not [t for t in modem.heard if t.startswith("AT+CNMA") and t != "AT+CNMA=?"]


@pytest.mark.parametrize("no", ["ERROR", "CMS 303", "CME 4"])
def test_every_form_of_cnma_is_tried(no: str):
    modem = handed_over({"AT+CNMA=0": no})
    hear(modem)
    assert modem.heard[-2:] == ["AT+CNMA=0", "AT+CNMA"]
    assert modem.context.refused_cnma == 0


def test_what_was_heard_meanwhile_is_acknowledged_and_not_sent_for_again():
    modem = Played({"AT+CNMA=?": "+CNMA: (0-2)|OK"})
    modem.context.heard.append((None, ReadPdu(PDU)))
    modem.play(setup.prepare_sms(modem.context))
    assert "AT+CNMA=2" not in modem.heard
    modem.play(direct.keep_heard(modem.context))
    assert modem.heard[-1] == "AT+CNMA=0"
    assert [p.pdu for p in modem.ledger.kept] == [PDU]


def test_where_neither_works_reports_are_taken_as_they_come_and_it_is_said():
    modem = prepared({"AT+CSMS=1": "CMS 303", "AT+CNMI=": takes_ds("0", "1")})
    assert modem.context.way is ReportRoute.UNKEPT
    assert not modem.context.direct
    assert "lost" in news.WORDS[ReportRoute.UNKEPT]


def test_a_modem_without_reports_says_so():
    modem = prepared({"AT+CNMI=": takes_ds("0")})
    assert modem.context.way is ReportRoute.NONE
    assert not modem.context.polling


# acknowledging ----------------------------------------------------------------------------------


def handed_over(says: dict[str, Said]) -> Played:
    modem = Played(says)
    context = modem.context
    context.direct, context.way, context.news = True, ReportRoute.ACKNOWLEDGED, "2,1,0,1,0"
    return modem


def hear(modem: Played, pdu: str = PDU) -> None:
    modem.context.heard.append((7, ReadPdu(pdu)))
    modem.play(direct.keep_heard(modem.context))


def test_a_report_is_on_disk_before_it_is_acknowledged():
    modem = handed_over({})
    modem.ledger.on["keep"] = lambda: modem.heard.append("on disk")
    hear(modem)
    assert modem.heard == ["on disk", "AT+CNMA=0"]


def test_what_cannot_be_stored_is_not_acknowledged_and_is_kept_for_later():
    modem = handed_over({})
    modem.ledger.fail["keep"] = [OSError("full")]
    with pytest.raises(OSError, match="full"):
        hear(modem)
    assert modem.heard == []
    modem.play(direct.keep_heard(modem.context))
    assert modem.heard == ["AT+CNMA=0"]


@pytest.mark.parametrize("refusal", ["CMS 340", "TIMEOUT", "CME 100"])
def test_handing_over_that_the_modem_has_switched_off_is_switched_on_again(refusal: str):
    modem = handed_over(
        {
            "AT+CNMA": refusal,
            "AT+CNMI?": "+CNMI: 2,0,0,0,0|OK",
            "AT+CSMS?": "+CSMS: 1,1,1,1|OK",
        }
    )
    hear(modem)
    assert modem.heard[-1] == "AT+CNMI=2,1,0,1,0"


@pytest.mark.parametrize(
    "says",
    [
        {"AT+CNMI?": "+CNMI: 2,1,0,1,0|OK"},  # as it was set
        {"AT+CNMI?": "+CNMI: 2,1,0,0,0|OK"},  # somebody else's doing
        {"AT+CNMI?": "+CNMI: 2,0,0,0,0|OK", "AT+CSMS?": "+CSMS: 0,1,1,1|OK"},  # it restarted
        {"AT+CNMI?": "ERROR"},
    ],
)
def test_nothing_else_is_taken_for_that(says: dict[str, Said]):
    modem = handed_over(says)
    assert modem.play(direct.renew(modem.context)) is False
    assert not [t for t in modem.heard if t.startswith("AT+CNMI=")]


def test_a_modem_that_does_not_know_cnma_gets_another_way():
    modem = handed_over({"AT+CNMA": "ERROR", "AT+CNMI?": "+CNMI: 2,1,0,1,0|OK"})
    for _ in range(news.IN_VAIN - 1):
        hear(modem)
        assert modem.context.way is ReportRoute.ACKNOWLEDGED
    hear(modem)
    assert modem.context.way is ReportRoute.UNKEPT
    assert modem.heard[-2:] == ["AT+CSMS=0", "AT+CNMI=2,1,2,1,0"]


def test_a_report_that_lost_characters_comes_again_and_is_known(
    network, ledger: MemoryLedger, start
):
    modem = network.add_modem(personality=PERSONALITIES["sim800"])
    worker = start(modem.port)
    until(lambda: worker.telemetry.state == "ready")
    modem.urc(f"+CDS: 25\r\n{PDU[:30]}")
    until(lambda: modem.heard.count("AT+CNMA=2") == 2)  # one when the way was chosen
    assert ledger.all("keep") == []


def test_a_long_message_does_not_keep_a_report_from_being_acknowledged():
    modem = handed_over({"AT+CMGS": ">", "PDU": "+CMGS: 1|OK"})
    modem.ledger.on["accepted"] = lambda: modem.context.heard.append((7, ReadPdu(PDU)))
    modem.play(send.send(modem.context, work("x" * 300), confirm_mode=False))
    steps = [t[:7] for t in modem.heard if t.startswith(("AT+CMGS", "AT+CNMA"))]
    assert steps == ["AT+CMGS", "AT+CNMA", "AT+CMGS"]


def test_pdus_of_a_sim_that_was_there_before_are_kept_for_it():
    modem = handed_over({})
    modem.context.heard.extend([(3, ReadPdu("03")), (None, ReadPdu("07")), (3, ReadPdu("33"))])
    of: list[tuple[int | None, list[str]]] = []
    keep = modem.ledger.keep
    modem.ledger.keep = lambda c, pdus: of.append((c, [p.pdu for p in pdus])) or keep(c, pdus)  # type: ignore[method-assign,func-returns-value]
    modem.play(direct.keep_heard(modem.context))
    assert of == [(3, ["03", "33"]), (7, ["07"])]


# reading ----------------------------------------------------------------------------------------


def storing(says: dict[str, Said]) -> Played:
    modem = Played(says)
    context = modem.context
    context.memories, context.reports, context.memory = ("SM", "SR"), ("SR",), "SM"
    context.way, context.sweeps = ReportRoute.STORED, 1
    return modem


def announced(modem: Played, line: str) -> None:
    notice = receive.understand(Urc("+CDSI", line))
    assert isinstance(notice, StorageNotice)
    modem.context.reports_announced += notice.of_report
    modem.play(receive.read_announced(modem.context, notice))


@pytest.mark.parametrize("there", ["OK", f"+CMGR: 0,,21|{MESSAGE}|OK"])
def test_a_report_that_lies_elsewhere_than_is_said_is_found(there: str):
    """Quectel EC25: stored in SR, announced as +CDSI: "SM",0 (asterisk-chan-quectel#75)."""
    modem = storing({"AT+CMGR=0": there})
    lists = {"SM": "OK", "SR": f"+CMGL: 3,0,,25|{PDU}|OK"}
    modem.says = {
        **modem.says,
        "AT+CMGL": lambda _: lists[modem.context.memory],
        'AT+CPMS="SR"': "+CPMS: 1,20,0,20,0,20|OK",
    }
    announced(modem, '+CDSI: "SM",0')
    assert ("SR", 3) in [(p.memory, p.slot) for p in modem.ledger.kept]


def test_reports_that_can_be_read_nowhere_are_to_come_another_way():
    modem = storing({"AT+CMGL": "OK", "AT+CMGR": "OK"})
    for _ in range(news.IN_VAIN):
        assert not news.in_vain(modem.context)
        announced(modem, '+CDSI: "SM",0')
    assert news.in_vain(modem.context)
    modem.play(news.choose(modem.context))
    assert modem.context.way is ReportRoute.ACKNOWLEDGED


def test_a_memory_for_reports_that_says_to_be_empty_is_listed_now_and_then_only():
    modem = storing({"AT+CPMS=": "+CPMS: 0,20,0,20,0,20|OK", "AT+CPMS?": "+CPMS: 0,20|OK"})
    modem.context.sweeps = 0
    lists = []
    for _ in range(receive.LIST_ANYWAY):
        before = len(modem.heard)
        modem.play(receive.sweep(modem.context))
        lists.append(modem.heard[before:].count("AT+CMGL=4"))
    assert lists == [2, *[1] * (receive.LIST_ANYWAY - 1)]


def test_a_memory_for_reports_with_something_in_it_is_emptied():
    modem = storing({'AT+CPMS="SR"': "+CPMS: 1,20,0,20,0,20|OK"})
    lists = {"SM": "OK", "SR": f"+CMGL: 3,0,,25|{PDU}|OK"}
    modem.says = {**modem.says, "AT+CMGL": lambda _: lists[modem.context.memory]}
    modem.play(receive.sweep(modem.context))
    assert [(p.memory, p.slot) for p in modem.ledger.kept] == [("SR", 3)]
    assert "AT+CMGD=3" in modem.heard


# a whole modem ----------------------------------------------------------------------------------


def test_a_modem_that_waited_in_vain_for_cnma_is_told_anew(
    network, ledger: MemoryLedger, start, monkeypatch: pytest.MonkeyPatch
):
    """Its report comes again from the network, and nothing is taken for a restart."""
    monkeypatch.setattr("gateway.modem.worker.STORE_PAUSE", 0.4)
    hasty = replace(PERSONALITIES["sim800"], cnma_time=0.1, report_again=1.5)
    modem = network.add_modem(personality=hasty)
    worker = start(modem.port)
    ledger.wait("sim_in")
    until(lambda: worker.telemetry.state == "ready")
    ledger.fail["keep"] = [OSError("the disk is full")]  # so that it is not acknowledged in time
    modem.report(bytes.fromhex(PDU[2:]))
    ledger.wait("keep", 2)  # of the first try, and when it has come again
    assert worker.telemetry.restarts == 0
    assert {p.pdu[-46:] for p in ledger.kept} == {PDU[-46:]}
