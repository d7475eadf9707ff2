"""A modem that restarted without a word: text mode, mute, its SIM shut, echo on; or another SIM."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway import sms
from gateway.at import Engine, Urc, answers, commands
from gateway.modem.jobs import card, memory, receive, setup
from gateway.modem.ledger import Sim
from hw.simulator import PERSONALITIES, SimCard
from tests.modem.conftest import ready, until, work
from tests.modem.played import Played

PDU = "0791947101670000040C9152140000000000006211728154254004E9373B0C"
AS_TEXT = '"REC UNREAD","+491721110001","","26/11/30,22:00:00+04"'
AS_UCS2 = "00480065006C006C006F00200077006F0072006C0064"  # "Hello world", and no PDU
SIM = Sim("8949001000000000001", "262010000000001")

# what is no answer of PDU mode ------------------------------------------------------------------

TEXT_ANSWERS = [
    [f"+CMGR: {AS_TEXT}", AS_UCS2],
    ['+CMGR: "REC READ","+491721110001",,"26/11/30,22:00:00+04",145,4,0,0,"+491710760000",145,44',
     AS_UCS2],
    ['+CMGR: "REC READ",6,12,"+491721110001",145,"26/11/30,22:00:00+04","26/11/30,22:00:05+04",0'],
    ['+CMGR: "STO UNSENT","+491721110001",', AS_UCS2],
    ['+CMGR: "STO UNSENT","+491721110001","004D006100780020004D00750073007400650072"', AS_UCS2],
]  # fmt: skip


@pytest.mark.parametrize("lines", TEXT_ANSWERS)
def test_text_is_never_taken_for_a_pdu(lines):
    assert answers.in_text_mode(lines)
    assert answers.cmgr(lines) is None
    listed = [line.replace("+CMGR: ", "+CMGL: 3,") for line in lines]
    assert answers.in_text_mode(listed)
    assert answers.cmgl(listed) == []


@pytest.mark.parametrize("header", ["0,,23", '1,"",23', "0,23", ",,92", '"REC UNREAD",,24', "1,,"])
def test_headers_of_pdu_mode_are_none_of_text_mode(header):
    assert not answers.in_text_mode([f"+CMGR: {header}", PDU])
    assert not answers.in_text_mode([f"+CMGL: 2,{header}", PDU])
    assert not answers.in_text_mode([f"+CMGR: {header},{PDU}"])


class TextModem(Played):
    """Restarted into text mode; `stays`: whatever it is told."""

    stays = False

    def _say(self, text: str) -> str:
        pdu_mode = "AT+CMGF=0" in self.heard and not self.stays
        if text.startswith("AT+CMGR") and text != "AT+CMGR=3":
            return "CMS 321"
        if text.startswith("AT+CMGR"):
            return f"+CMGR: 0,,23|{PDU}|OK" if pdu_mode else f"+CMGR: {AS_TEXT}|{AS_UCS2}|OK"
        if text.startswith("AT+CMGL"):
            return f"+CMGL: 3,0,,23|{PDU}|OK" if pdu_mode else "ERROR"
        if text == "AT+CPMS?":
            return '+CPMS: "SM",1,20,"SM",1,20,"SM",1,20|OK'
        return super()._say(text)


def deleted(modem: Played) -> list[str]:
    return [text for text in modem.heard if text.startswith("AT+CMGD")]


@pytest.mark.parametrize("way", ["announced", "sweep"])
def test_a_message_in_text_mode_is_read_again_in_pdu_mode(way):
    modem = TextModem({})
    modem.context.memories, modem.context.memory = ("SM",), "SM"
    if way == "sweep":
        modem.play(receive.sweep(modem.context))
    else:
        modem.play(receive.read_announced(modem.context, receive.StorageNotice("SM", 3)))
    assert [read.pdu for read in modem.ledger.kept] == [PDU]
    assert modem.context.mode_lost
    assert modem.context.storage == ""
    assert deleted(modem) == ["AT+CMGD=3"]


@pytest.mark.parametrize("way", ["announced", "sweep"])
def test_what_stays_in_text_mode_is_left_where_it_is_and_told(way):
    modem = TextModem({})
    modem.stays = True
    modem.context.memories, modem.context.memory = ("SM",), "SM"
    if way == "announced":
        modem.play(receive.read_announced(modem.context, receive.StorageNotice("SM", 3)))
    else:
        modem.play(receive.sweep(modem.context))
    assert modem.ledger.kept == []
    assert deleted(modem) == []
    assert "as text although it was told not to" in modem.context.storage


# handed over as text ----------------------------------------------------------------------------


def shown(read: receive.ReadPdu) -> tuple[str, str]:
    tpdu = sms.split_pdu(read.pdu).tpdu
    found = sms.decode_from_network(tpdu)
    assert isinstance(found, sms.Deliver)
    return str(found.sender), sms.join_text({1: (found.user_data, found.dcs)}, 1).text


@pytest.mark.parametrize(
    ("header", "data", "sender", "text"),
    [
        ('"+491721110001","","26/11/30,22:00:00+04"', "Hello", "+491721110001", "Hello"),
        ('"+491721110001",,"26/11/30,22:00:00+04"', AS_UCS2, "+491721110001", "Hello world"),
        ('"002B0034003900310037",,"26/11/30,22:00:00+04"', AS_UCS2, "+4917", "Hello world"),
        ('"BANK","","26/11/30,22:00:00+04",208,4,0,0,"",145,4', "1234", "BANK", "1234"),
        ('"+491721110001","",""', "no time", "+491721110001", "no time"),
    ],
)
def test_what_is_handed_over_as_text_is_kept_as_the_message_that_it_is(header, data, sender, text):
    """It is stored nowhere else: this is the only copy."""
    read = receive.understand(Urc("+CMT", f"+CMT: {header}", data))
    assert isinstance(read, receive.ReadPdu)
    assert shown(read) == (sender, text)
    assert receive.in_text_mode(Urc("+CMT", f"+CMT: {header}", data))


TIMES = '"26/11/30,22:00:00+04","26/11/30,22:00:09+04"'


@pytest.mark.parametrize(
    ("line", "recipient"),
    [
        (f'+CDS: 6,44,"+491721110001",145,{TIMES},0', "+491721110001"),
        (f'+CDS: 6,44,"491721110001",145,{TIMES},0', "+491721110001"),
        (f"+CDS: 6,44,,,{TIMES},0", ""),
        (f'+CDS: 6, 44, "002B0034003900310037", 145, {TIMES}, 0', "+4917"),
    ],
)
def test_a_report_that_is_handed_over_as_text_is_one(line, recipient):
    read = receive.understand(Urc("+CDS", line))
    assert isinstance(read, receive.ReadPdu)
    report = sms.decode_from_network(sms.split_pdu(read.pdu).tpdu)
    assert isinstance(report, sms.StatusReport)
    assert (report.message_reference, report.status) == (44, 0)
    assert str(report.recipient) == recipient
    assert report.discharge_time == sms.Timestamp(2026, 11, 30, 22, 0, 9, 60)
    assert report.service_centre_time == sms.Timestamp(2026, 11, 30, 22, 0, 0, 60)
    assert receive.in_text_mode(Urc("+CDS", line))


@pytest.mark.parametrize("rest", ["", "6,44,", '6,x,"+49",145,,,0', '6,44,"+49",145,"?","?",999'])
def test_half_a_report_in_text_mode_settles_nothing(rest):
    assert receive.understand(Urc("+CDS", f"+CDS: {rest}")) is None


@pytest.mark.parametrize(
    "line", ['+CMT: "SM,4', '+CMT: "SM",4', "+CMT: SM,4", '+CMT: "S,4', '+CDS: "SM,4', "+CMT:"]
)
def test_a_clipped_announcement_is_no_text_and_takes_no_answer_with_it(line):
    """What a line that loses characters makes of `+CMTI: "SM",4`."""
    engine = Engine()
    engine.send(commands.cmgr(4), 0.0)
    said = f"\r\n{line}\r\n+CMGR: 1,,23\r\n{PDU}\r\nOK\r\n"
    events = [*engine.receive(said.encode(), 0.0), *engine.tick(5.0)]
    urcs = [event for event in events if isinstance(event, Urc)]
    assert all(not receive.in_text_mode(urc) for urc in urcs)
    texts = [receive.understand(urc) for urc in urcs]
    assert not any(isinstance(one, receive.ReadPdu) and "CMGR" in one.pdu for one in texts)


def test_what_is_handed_over_as_pdu_is_as_it_was():
    urc = Urc("+CMT", "+CMT: ,23", PDU)
    assert receive.understand(urc) == receive.ReadPdu(PDU, tpdu_length=23)
    assert not receive.in_text_mode(urc)


# settings ---------------------------------------------------------------------------------------


def set_up(modem: Played) -> None:
    modem.context.news = "2,1,0,1,0"
    modem.context.tells_news = modem.context.tells_mode = True


@pytest.mark.parametrize(
    ("cnmi", "cmgf", "kept"),
    [
        ("+CNMI: 2,1,0,1,0|OK", "+CMGF: 0|OK", True),
        ("+CNMI: 0,0,0,0,0|OK", "+CMGF: 0|OK", False),
        ("+CNMI: 2,1,0,1,0|OK", "+CMGF: 1|OK", False),
        ("ERROR", "+CMGF: 0|OK", False),
        ("CME 11", "+CMGF: 0|OK", False),
        ("CMS 311", "CMS 311", False),
        ("+CNMI: 2,1,0,1,0|OK", "ERROR", False),
        ("OK", "OK", False),
    ],
)
def test_settings_that_are_not_told_any_more_are_lost(cnmi, cmgf, kept):
    modem = Played({"AT+CNMI?": cnmi, "AT+CMGF?": cmgf})
    set_up(modem)
    assert modem.play(setup.still_set(modem.context)) is kept


def test_one_garbled_answer_proves_nothing():
    told = ["+CNMI: 2,,0,1,0|OK", "+CNMI: 2,1,0,1,0|OK"]
    modem = Played({"AT+CNMI?": told, "AT+CMGF?": "+CMGF: 0|OK"})
    set_up(modem)
    assert modem.play(setup.still_set(modem.context))


def test_what_a_modem_never_told_is_no_sign():
    modem = Played({"AT+CNMI?": "ERROR", "AT+CMGF?": "ERROR", "AT+CPMS=": "+CPMS: 0,20|OK"})
    modem.play(setup.prepare_sms(modem.context))
    assert (modem.context.tells_news, modem.context.tells_mode) == (False, False)
    assert modem.play(setup.still_set(modem.context))


# the card ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cimi", "cpin", "same"),
    [
        (f"{SIM.imsi}|OK", "+CPIN: READY|OK", True),
        ("262019999999999|OK", "+CPIN: READY|OK", False),
        ("ERROR", "+CPIN: SIM PIN|OK", False),
        ("ERROR", "+CPIN: READY|OK", False),  # it is looked at anew, which costs nothing
        ("CME 11", "+CPIN: SIM PIN|OK", False),
        ("CME 4", "+CPIN: READY|OK", False),
        ("CME 14", "+CPIN: READY|OK", False),  # busy, as after a restart
        ("TIMEOUT", "TIMEOUT", False),
    ],
)
def test_a_refused_identity_is_not_the_same_one(cimi, cpin, same):
    modem = Played({"AT+CIMI": cimi, "AT+CPIN?": cpin})
    assert modem.play(card.still_in(modem.context, SIM)) is same


def test_one_refusal_may_be_a_garbled_question():
    modem = Played({"AT+CIMI": ["ERROR", f"{SIM.imsi}|OK"]})
    assert modem.play(card.still_in(modem.context, SIM))


@pytest.mark.parametrize("late", ["TIMEOUT", "CME 14"])
def test_one_answer_that_did_not_come_may_come(late):
    modem = Played({"AT+CIMI": [late, f"{SIM.imsi}|OK"]})
    assert modem.play(card.still_in(modem.context, SIM))


@pytest.mark.parametrize(
    ("ccid", "same"),
    [
        (f"+CCID: {SIM.iccid}|OK", True),
        ("+CCID: 8949001000000009999|OK", False),
        ("ERROR", False),
        (["ERROR", f"+CCID: {SIM.iccid}|OK"], True),
    ],
)
def test_who_never_told_an_imsi_is_known_by_the_iccid(ccid, same):
    modem = Played({"AT+CIMI": "ERROR", "AT+CCID": ccid, "AT+CPIN?": "+CPIN: READY|OK"}, "ERROR")
    assert modem.play(card.still_in(modem.context, Sim(SIM.iccid, ""))) is same


@pytest.mark.parametrize(("cpin", "same"), [("+CPIN: READY|OK", True), ("CME 11", False)])
def test_who_never_told_anything_is_looked_at_by_its_state(cpin, same):
    modem = Played({"AT+CPIN?": cpin}, "ERROR")
    assert modem.play(card.still_in(modem.context, Sim())) is same


def test_who_told_nothing_before_and_tells_it_now_is_looked_at_anew():
    modem = Played({"AT+CIMI": f"{SIM.imsi}|OK"}, "ERROR")
    assert not modem.play(card.still_in(modem.context, Sim()))


# memories ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [3, 2, 1])
def test_the_second_memory_is_read_in_the_form_that_the_modem_takes(count):
    def cpms(text: str) -> str:
        return "+CPMS: 1,20,1,20,1,20|OK" if text.count(",") == count - 1 else "ERROR"

    offered = '+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")|OK'
    modem = Played({"AT+CPMS=?": offered, "AT+CPMS=": cpms, "AT+CMGL": f"+CMGL: 1,0,,23|{PDU}|OK"})
    modem.play(memory.find(modem.context))
    modem.play(receive.sweep(modem.context))
    assert len(modem.ledger.kept) == 2
    wanted = ",".join(['"ME"', '"SM"', '"SM"'][:count])
    assert f"AT+CPMS={wanted}" in modem.heard, "messages go on coming into the first"
    assert modem.context.storage == ""


def test_a_memory_that_cannot_be_read_is_told_until_it_can():
    modem = Played(
        {
            "AT+CPMS=?": '+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")|OK',
            "AT+CPMS=": "+CPMS: 0,20,0,20,0,20|OK",
            'AT+CPMS="ME"': "CMS 302",
            "AT+CMGL": "OK",
        }
    )
    modem.play(memory.find(modem.context))
    modem.play(receive.sweep(modem.context))
    assert "The message storage ME" in modem.context.storage
    del modem.says['AT+CPMS="ME"']  # type: ignore[attr-defined]
    modem.play(receive.sweep(modem.context))
    assert modem.context.storage == ""


def test_a_modem_that_knows_no_memories_is_read_all_the_same():
    modem = Played({"AT+CPMS": "ERROR", "AT+CMGL": f"+CMGL: 1,0,,23|{PDU}|OK"})
    modem.play(memory.find(modem.context))
    modem.play(receive.sweep(modem.context))
    assert [read.pdu for read in modem.ledger.kept] == [PDU]


@pytest.mark.parametrize(
    "line",
    ["+SMS FULL", "+SMSFULL", "%SMSFULL", "^SMMEMFULL", '^SMMEMFULL: "SM"', '+QIND: "smsfull","ME"',
     '+CIEV: "SMSFULL",1', "+CIEV: 8,1", '#SMOV: "SM"', "^SMGO: 1"],
)  # fmt: skip
def test_a_full_memory_is_looked_through_however_it_is_said(line):
    (urc,) = Engine().receive(f"\r\n{line}\r\n".encode(), 0.0)
    assert isinstance(urc, Urc)
    assert receive.understand(urc) == receive.StorageNotice("", -1)
    engine = Engine()
    engine.send(commands.at(), 0.0)
    heard = engine.receive(f"\r\n{line}\r\nOK\r\n".encode(), 0.0)
    assert isinstance(heard[0], Urc)
    assert heard[1].lines == ()


@pytest.mark.parametrize("line", ["+CIEV: 8,0", "+CIEV: 2,4", '+QIND: "csq",20,99'])
def test_other_indicators_are_none(line):
    assert receive.understand(Urc(line.partition(":")[0], line)) is None


# a whole modem ----------------------------------------------------------------------------------


def test_after_a_restart_without_a_word_a_sim_with_a_pin_is_open_again_in_seconds(
    network, ledger, start, monkeypatch
):
    monkeypatch.setattr("gateway.modem.duties.PING", 0.2)
    monkeypatch.setattr("gateway.modem.jobs.sim.AFTER_PIN", 0.1)
    modem = network.add_modem(pin="1234")
    ledger.pin = "1234"
    worker = start(modem.port)
    until(lambda: ready(worker))
    ledger.pin = "1234"  # it may be entered again after it proved right
    modem.faults.mute = True
    modem.reboot()
    until(lambda: len(ledger.all("sim_in")) == 2, 20)
    until(lambda: ready(worker))
    worker.assign([work()])
    ledger.wait("accepted")


def test_what_was_chosen_for_one_sim_does_not_leave_through_another(network, ledger, start):
    modem = network.add_modem()
    worker = start(modem.port)
    until(lambda: ready(worker))
    other = SimCard("8949001000000009999", "001010000009999", "+491713920099")
    modem.faults.mute = True
    modem.insert(other)
    worker.assign([replace(work(), chosen=True)])
    assert ledger.wait("released") == [1]
    until(lambda: len(ledger.all("sim_in")) == 2)
    assert not network.sent


@pytest.mark.parametrize("name", PERSONALITIES)
def test_what_comes_in_after_a_restart_into_text_mode_is_read_as_it_is(
    name, network, ledger, start, monkeypatch
):
    monkeypatch.setattr("gateway.modem.duties.PING", 0.2)
    monkeypatch.setattr("gateway.modem.duties.SWEEP", 0.5)
    row = replace(PERSONALITIES[name], reboot_vanishes=False)
    modem = network.add_modem(personality=row)
    worker = start(modem.port)
    until(lambda: ready(worker))
    modem.faults.mute = modem.faults.text_mode = True
    modem.reboot()
    network.phone_send("+491721110001", modem.number, "Привет")
    ledger.wait("keep")
    assert shown(ledger.kept[0]) == ("+491721110001", "Привет")
    until(lambda: modem.held == 0)
    until(lambda: worker.telemetry.restarts > 0 and ready(worker))
