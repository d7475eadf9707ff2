"""Setting up modems that refuse this or that, played by hand."""

from __future__ import annotations

import dataclasses

import pytest

from gateway.at import Urc
from gateway.at.profiles import GENERIC, PROFILES
from gateway.modem import duties
from gateway.modem.jobs import direct, radio, receive, setup, sim
from gateway.modem.machine import ModemEvent, ModemState
from tests.modem.conftest import ready, until
from tests.modem.played import Played

ICCID = "8949020000012345678"
READY = {"AT+CPIN?": "+CPIN: READY|OK", "AT+CIMI": "262011234567890|OK", "AT+CCID": f"{ICCID}|OK"}


def profile(name: str):
    return next(p for p in (*PROFILES, GENERIC) if p.name == name)


# who is there -----------------------------------------------------------------------------------


def test_the_first_at_may_meet_a_modem_that_is_still_waking_up():
    modem = Played({"AT": ["ERROR", "TIMEOUT", "OK"], "AT+CGSN": "356938035643809|OK"})
    found = modem.play(setup.set_up(modem.context))
    assert found.answered
    assert modem.heard[1:4] == ["AT", "AT", "AT"]


def test_a_port_that_never_answers_is_said_to_be_no_modem():
    modem = Played({}, otherwise="TIMEOUT")
    found = modem.play(setup.set_up(modem.context))
    assert not found.answered
    assert "/dev/x" in found.why


def test_results_in_words_are_asked_for_before_anything_is_read():
    modem = Played({})
    modem.play(setup.set_up(modem.context))
    assert modem.heard.index("ATV1") < modem.heard.index("AT+CGMI")


def test_errors_in_words_where_numbers_are_refused():
    modem = Played({"AT+CMEE=1": "ERROR"})
    modem.play(setup.set_up(modem.context))
    assert "AT+CMEE=2" in modem.heard


def test_a_modem_that_knows_none_of_the_queries_tells_its_name_in_ati():
    modem = Played(
        {
            "AT+C": "ERROR",
            "AT+G": "ERROR",
            "ATI": "Acme|OK",
            "ATI4": "M2000|OK",
            "ATI3": "1.0|OK",
            "ATI5": "IMEI: 356938035643809|OK",
            "AT+CFUN?": "+CFUN: 1|OK",
        }
    )
    identity = modem.play(setup.set_up(modem.context)).identity
    assert identity == setup.Identity("Acme", "M2000", "1.0", "356938035643809")


@pytest.mark.parametrize(
    ("answer", "switched"),
    [
        ("+CFUN: 0|OK", True),
        ("+CFUN: 4|OK", True),
        ("+CFUN: 1|OK", False),
        ("+CFUN: (0-1)|OK", False),
        ("ERROR", False),
    ],
)
def test_the_radio_is_switched_on_only_when_it_says_it_is_off(answer: str, switched: bool):
    modem = Played({"AT+CFUN?": answer})
    modem.play(setup.set_up(modem.context))
    assert ("AT+CFUN=1" in modem.heard) is switched


def test_nothing_that_resets_or_deletes_is_ever_sent():
    modem = Played({"AT+CNMI=": "ERROR", "AT+CSMS=1": "ERROR", "AT+CPMS=": "ERROR", **READY})
    modem.play(setup.set_up(modem.context))
    modem.play(setup.prepare_sms(modem.context))
    modem.play(receive.sweep(modem.context))
    for text in modem.heard:
        assert "&F" not in text
        assert "&W" not in text
        assert not text.startswith(("ATZ", "AT+CMGD=1,", "AT+CMGDA", "AT+COPS=0"))


# SMS --------------------------------------------------------------------------------------------


def test_pdu_mode_is_tried_until_the_sim_is_ready_for_sms():
    modem = Played({"AT+CMGF=0": [*["ERROR"] * 8, "CMS 310", "CME 14", "OK"]})
    assert modem.play(setup.prepare_sms(modem.context)).why == ""
    assert modem.slept >= 8


def test_a_module_without_sms_is_said_to_be_one():
    modem = Played({"AT+CMGF=0": "ERROR"})
    prepared = modem.play(setup.prepare_sms(modem.context))
    assert "does not do SMS" in prepared.why
    assert modem.slept >= 50


@pytest.mark.parametrize("count", [3, 2, 1])
def test_storage_is_set_with_as_many_parameters_as_the_modem_wants(count: int):
    def cpms(text: str) -> str:
        return "+CPMS: 0,20|OK" if text.count(",") == count - 1 else "CMS 302"

    modem = Played({"AT+CPMS=?": '+CPMS: ("SM"),("SM"),("SM")|OK', "AT+CPMS=": cpms})
    modem.play(setup.prepare_sms(modem.context))
    assert modem.context.memory == "SM"


def test_a_memory_that_is_not_offered_for_receiving_is_not_set():
    modem = Played({"AT+CPMS=?": '+CPMS: ("SM","ME"),("SM","ME"),("ME")|OK'})
    modem.play(setup.prepare_sms(modem.context))
    assert next(t for t in modem.heard if t.startswith('AT+CPMS="')) == 'AT+CPMS="ME","ME","ME"'
    assert set(modem.context.memories) == {"ME", "SM"}


@pytest.mark.parametrize("shape", ["+CPMS: (),(),()|OK", "+CPMS: ,,,,,,,,|OK", "OK", "ERROR"])
def test_groups_that_are_empty_or_missing_do_not_stop_it(shape: str):
    modem = Played({"AT+CPMS=?": shape, "AT+CPMS=": "+CPMS: 0,20,0,20,0,20|OK"})
    assert modem.play(setup.prepare_sms(modem.context)).why == ""
    assert modem.context.memories


@pytest.mark.parametrize("taken", ["2,1,0,2,0", "2,1,0,2,1", "2,1,0,0,0", "2,1,0,0,1", "2,1"])
def test_announcements_come_down_the_ladder_to_what_the_modem_takes(taken: str):
    modem = Played({"AT+CNMI=": lambda text: "OK" if text == f"AT+CNMI={taken}" else "CMS 303"})
    modem.play(setup.prepare_sms(modem.context))
    assert modem.context.news == taken
    assert not modem.context.direct
    assert not modem.context.polling


def test_a_cinterion_that_takes_only_1_as_the_last_field_gets_it():
    modem = Played({"AT+CNMI=": lambda text: "OK" if text.endswith(",2,1") else "CMS 303"})
    modem.context.profile = profile("cinterion")
    modem.play(setup.prepare_sms(modem.context))
    assert modem.context.news == "2,1,0,2,1"


def test_reports_that_are_stored_in_a_memory_of_their_own_are_looked_for_there():
    modem = Played(
        {
            "AT+CPMS=?": '+CPMS: ("SM","SR"),("SM"),("SM")|OK',
            "AT+CNMI=": lambda text: "OK" if text == "AT+CNMI=2,1,0,2,0" else "CMS 303",
        }
    )
    modem.play(setup.prepare_sms(modem.context))
    assert "SR" in modem.context.memories
    modem.play(receive.sweep(modem.context))
    assert 'AT+CPMS="SR","SM","SM"' in modem.heard


def _hand_over(modem: Played, pdu: receive.ReadPdu) -> None:
    modem.context.heard.append((modem.context.connection_id, pdu))
    modem.play(direct.keep_heard(modem.context))


def test_a_modem_that_only_hands_messages_over_is_answered_with_cnma():
    modem = Played({"AT+CNMI=": lambda text: "OK" if text.startswith("AT+CNMI=1,2") else "CMS 303"})
    modem.play(setup.prepare_sms(modem.context))
    assert modem.context.direct
    assert "AT+CSMS=1" in modem.heard
    pdu = receive.understand(Urc("+CMT", "+CMT: ,24", "00" * 12))
    _hand_over(modem, pdu)
    assert modem.ledger.names[-1] == "keep"
    assert modem.heard[-1] == "AT+CNMA=0"


def test_a_modem_that_wants_cnma_without_a_number_gets_it_so():
    modem = Played({"AT+CNMA=0": "ERROR"})
    modem.context.direct = True
    _hand_over(modem, receive.ReadPdu("00" * 12))
    assert modem.heard[-2:] == ["AT+CNMA=0", "AT+CNMA"]


def test_an_acknowledgement_that_nobody_expected_is_no_trouble():
    modem = Played({"AT+CNMA": "CMS 340"})
    modem.context.direct = True
    _hand_over(modem, receive.ReadPdu("00" * 12))
    assert "AT+CNMA" not in modem.heard


def test_a_modem_that_announces_nothing_is_looked_through_more_often():
    modem = Played({"AT+CNMI=": "CMS 303", "AT+CSMS=": "ERROR"})
    assert modem.play(setup.prepare_sms(modem.context)).why == ""
    assert modem.context.polling


def test_a_modem_that_has_gone_back_to_mute_is_noticed():
    modem = Played({"AT+CNMI?": "+CNMI: 2,0,0,0,0|OK"})
    modem.context.news, modem.context.tells_news = "1,2,0,0,0", True
    assert modem.play(setup.still_set(modem.context)) is False


@pytest.mark.parametrize(
    ("says", "charset"),
    [
        ({}, "GSM"),
        ({"AT+CSCS?": "+CSCS:0|OK"}, "GSM"),
        ({'AT+CSCS="': "ERROR"}, "GSM"),
        ({'AT+CSCS="GSM"': "ERROR", "AT+CSCS=GSM": "ERROR"}, "IRA"),
        ({"AT+CSCS?": "+CSCS: 0055004300530032|OK"}, "UCS2"),
        ({"AT+CSCS=": "ERROR"}, ""),
    ],
)
def test_the_character_set_is_what_the_modem_takes_and_says(says: dict, charset: str):
    modem = Played(says)
    modem.play(setup.prepare_sms(modem.context))
    assert modem.context.charset == charset


def test_a_service_centre_in_ucs2_is_read():
    number = "".join(f"{ord(c):04X}" for c in "+491710760000")
    modem = Played({"AT+CSCA?": f'+CSCA: "{number}",145|OK'})
    assert modem.play(setup.prepare_sms(modem.context)).smsc == "+491710760000"


# SIM --------------------------------------------------------------------------------------------


def test_a_sim_that_is_busy_for_a_while_is_waited_for():
    modem = Played({**READY, "AT+CPIN?": [*["CME 14"] * 12, "CME 515", "+CPIN: READY|OK"]})
    state = modem.play(sim.open_sim(modem.context))
    assert state.event is None
    assert (state.sim.iccid, state.sim.imsi) == (ICCID, "262011234567890")


@pytest.mark.parametrize(
    ("name", "command", "answer"),
    [
        ("huawei", "AT^CPIN?", "^CPIN: SIM PIN,3,10,{left},10,3|OK"),
        ("quectel", "AT+QPINC", '+QPINC: "SC",{left},10|OK'),
        ("u-blox", "AT+UPINCNT", "+UPINCNT: {left},3,10,10|OK"),
        ("sierra", "AT+CPINC?", "+CPINC: {left},3,10,10|OK"),
        ("simcom 800", "AT+SPIC", "+SPIC: {left},10,0,10|OK"),
        ("cinterion", "AT^SPIC", "^SPIC: {left}|OK"),
        ("zte", "AT+ZPINPUK=?", "+ZPINPUK: {left},3,10,10|OK"),
        ("generic", "AT+CPINR", "+CPINR: SIM PUK,10,10|+CPINR: SIM PIN,{left},3|OK"),
        ("zte", "AT+CPINR", "+CPINR: SIM PIN,{left}|OK"),
    ],
)
def test_tries_left_are_read_as_each_make_tells_them(name: str, command: str, answer: str):
    modem = Played({"AT+CPIN?": "+CPIN: SIM PIN|OK", command: answer.format(left=2)})
    modem.context.profile = profile(name)
    state = modem.play(sim.open_sim(modem.context))
    assert state.event is ModemEvent.SIM_LOCK
    assert "only 2 tries are left" in state.why
    assert modem.ledger.tries == [2]
    assert not any(text.startswith("AT+CPIN=") for text in modem.heard)


def test_a_pin_is_recorded_before_it_is_sent():
    modem = Played({**READY, "AT+CPIN?": ["+CPIN: SIM PIN|OK", "+CPIN: READY|OK"]})
    modem.ledger.pin = "1234"
    modem.ledger.on["pin_for"] = lambda: before.extend(modem.heard)
    before: list[str] = []
    assert modem.play(sim.open_sim(modem.context)).event is None
    assert 'AT+CPIN="1234"' not in before
    assert modem.heard.count('AT+CPIN="1234"') == 1


def test_a_wrong_pin_is_sent_once_and_the_rest_is_for_a_person():
    modem = Played({"AT+CPIN?": "+CPIN: SIM PIN|OK", "AT+CPIN=": "CME 16"})
    modem.ledger.pin = "1234"
    for _ in range(3):
        assert modem.play(sim.open_sim(modem.context)).event is ModemEvent.SIM_LOCK
    assert modem.heard.count('AT+CPIN="1234"') == 1


@pytest.mark.parametrize("says", ["+CPIN: SIM PUK|OK", "CME 12"])
def test_a_puk_is_never_touched(says: str):
    modem = Played({"AT+CPIN?": says})
    modem.ledger.pin = "1234"
    state = modem.play(sim.open_sim(modem.context))
    assert state.event is ModemEvent.SIM_LOCK
    assert "PUK" in state.why
    assert not any(text.startswith("AT+CPIN=") for text in modem.heard)
    assert modem.ledger.all("pin_for") == []


def test_an_iccid_that_is_hidden_behind_the_pin_is_read_after_it():
    modem = Played(
        {
            "AT+CPIN?": ["+CPIN: SIM PIN|OK", "+CPIN: READY|OK"],
            "AT+CIMI": "262011234567890|OK",
            "AT+CCID": [*["CME 11"] * 1, f"{ICCID}|OK"],
        },
        otherwise="CME 11",
    )
    modem.ledger.pin = "1234"
    modem.says = {**modem.says, "AT+CPIN=": "OK"}
    assert modem.play(sim.open_sim(modem.context)).sim.iccid == ICCID


# network ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("says", "event", "roaming"),
    [
        ({"AT+CREG?": "+CREG: 0,1|OK"}, ModemEvent.REGISTER, False),
        ({"AT+CREG?": "+CREG: 2,2|OK", "AT+CEREG?": "+CEREG: 0,1|OK"}, ModemEvent.REGISTER, False),
        ({"AT+CREG?": "+CREG: 0,0|OK", "AT+CGREG?": "+CGREG: 0,5|OK"}, ModemEvent.REGISTER, True),
        ({"AT+CREG?": "+CREG: 0,6|OK"}, ModemEvent.REGISTER, False),
        ({"AT+CREG?": "+CREG: 0,7|OK"}, ModemEvent.REGISTER, True),
        ({"AT+CREG?": "+CREG: 0,5|OK", "AT+CEREG?": "+CEREG: 0,1|OK"}, ModemEvent.REGISTER, False),
        ({"AT+CREG?": "+CREG: 0,2|OK"}, ModemEvent.SEARCH, False),
        ({"AT+CREG?": "+CREG: 0,3|OK"}, ModemEvent.DENY, False),
        ({"AT+CREG?": "+CREG: 0,11|OK"}, ModemEvent.DENY, False),
    ],
)
def test_any_domain_that_is_registered_will_do(says: dict, event: ModemEvent, roaming: bool):
    modem = Played({"AT+CSQ": "+CSQ: 17,99|OK", **says}, otherwise="ERROR")
    seen = modem.play(radio.look_around(modem.context))
    assert (seen.event, seen.roaming) == (event, roaming)


@pytest.mark.parametrize(
    ("says", "dbm"),
    [
        ({"AT+CSQ": "+CSQ: 17,99|OK"}, -79),
        ({"AT+CSQ": "+CSQ: 99,99|OK", "AT+CESQ": "+CESQ: 99,99,255,255,20,60|OK"}, -81),
        ({"AT+CSQ": "+CSQ: 99,99|OK", "AT^HCSQ?": '^HCSQ: "LTE",47,50,111,20|OK'}, -90),
        ({"AT+CSQ": "ERROR", "AT^HCSQ?": '^HCSQ: "WCDMA",40,30,20|OK'}, -80),
        ({"AT+CSQ": "+CSQ: 99,99|OK", "AT^HCSQ?": '^HCSQ: "NOSERVICE"|OK'}, None),
        ({"AT+CSQ": "+CSQ: 99,99|OK", "AT^HCSQ?": '^HCSQ: "LTE",255,255,255,255|OK'}, None),
    ],
)
def test_the_signal_is_read_wherever_the_modem_tells_it(says: dict, dbm: int | None):
    modem = Played({"AT+CREG?": "+CREG: 0,1|OK", **says}, otherwise="ERROR")
    modem.context.profile = profile("huawei")
    assert modem.play(radio.look_around(modem.context)).signal_dbm == dbm


def test_an_operator_in_ucs2_is_shown_in_letters():
    name = "".join(f"{ord(c):04X}" for c in "Télé2")
    modem = Played({"AT+CREG?": "+CREG: 0,1|OK", "AT+COPS?": f'+COPS: 0,0,"{name}",7|OK'})
    assert modem.play(radio.look_around(modem.context)).operator == "Télé2"


def test_profiles_may_switch_the_kept_link_off():
    from gateway.modem.jobs import send
    from tests.modem.conftest import work

    modem = Played({"AT+CMGS": ">", "PDU": "+CMGS: 5|OK"})
    modem.play(send.send(modem.context, work("x" * 400)))
    assert modem.heard[1] == "AT+CMMS=2"
    assert modem.heard[-1] == "AT+CMMS=0"
    modem.heard.clear()
    modem.context.profile = dataclasses.replace(modem.context.profile, keep_link=False)
    modem.play(send.send(modem.context, work("x" * 400)))
    assert not any("CMMS" in text for text in modem.heard)


def test_a_modem_that_does_not_notice_its_new_sim_has_its_radio_cycled(
    network, ledger, start, monkeypatch
):
    monkeypatch.setattr(radio, "OFF_TIME", 0.0)
    monkeypatch.setattr(radio, "ON_TIME", 0.0)
    monkeypatch.setattr(duties, "WAKE_SIM", 3)
    monkeypatch.setitem(duties.SIM_RETRY, ModemState.SIM_MISSING, 0.05)
    modem = network.add_modem()
    modem.faults.sim_missing = True
    worker = start(modem.port)
    until(lambda: worker.telemetry.state == "sim_missing")
    until(lambda: "AT+CFUN=0" in modem.heard and "AT+CFUN=1" in modem.heard)
    modem.faults.sim_missing = False
    until(lambda: ready(worker))
