import re

import pytest

from gateway.at import answers, commands, profile_for
from gateway.at.profiles import CNMI, GENERIC, PROFILES


@pytest.mark.parametrize(
    ("manufacturer", "model", "name"),
    [
        ("huawei", "E3531", "huawei"),
        ("ZTE INCORPORATED", "MF190", "zte"),
        ("SIMCOM_Ltd", "SIMCOM_SIM800L", "simcom 800"),
        ("SIMCOM_Ltd", "SIMCOM_SIM900", "simcom 800"),
        ("SIMCOM INCORPORATED", "SIMCOM_SIM7600E-H", "simcom 7600"),
        ("SIMCOM INCORPORATED", "SIM7000E", "simcom 7000"),
        ("SIMCOM INCORPORATED", "A7670E-FASE", "simcom a76xx"),
        ("SIMCOM INCORPORATED", "SIM7670G", "simcom a76xx"),
        ("Quectel", "EC25", "quectel"),
        ("u-blox", "SARA-U201", "u-blox"),
        ("Sierra Wireless, Incorporated", "MC7455", "sierra"),
        ("Cinterion", "MC75i", "cinterion"),
        ("Telit", "HE910", "telit"),
        ("Acme", "X1", "generic"),
        ("", "", "generic"),
        ("", "Quectel EC25", "quectel"),
    ],
)
def test_a_modem_gets_its_profile(manufacturer, model, name):
    assert profile_for(manufacturer, model).name == name


def test_every_profile_tries_every_form_of_news_and_of_the_serial_number():
    for profile in (GENERIC, *PROFILES):
        assert set(CNMI) <= set(profile.cnmi)
        assert set(GENERIC.iccid) <= set(profile.iccid)
        assert profile.submit_time >= 120


@pytest.mark.parametrize(
    ("manufacturer", "model", "command", "answer"),
    [
        ("SIEMENS", "MC55", "AT^SCID", "^SCID: 8949020000001234567"),
        ("Cinterion", "BGS2-W", "AT^SCID", "^SCID: 8949020000001234567F"),
        ("Telit", "GL865", "AT#CCID", "#CCID: 8949020000001234567"),
        ("ZTE INCORPORATED", "MF190", "AT+ZGETICCID", "+ZGETICCID: 8949020000001234567F"),
        ("Sierra Wireless", "MC7304", "AT!ICCID?", "!ICCID: 8949020000001234567"),
    ],
)
def test_a_maker_that_has_a_command_of_its_own_for_the_serial_number_is_asked_by_it_first(
    manufacturer, model, command, answer
):
    assert commands.iccid_queries(profile_for(manufacturer, model))[0].text == command
    assert answers.iccid([answer]) == "8949020000001234567"


def test_no_command_erases_by_flag_or_resets_to_factory_settings():
    texts = [commands.cmgd(3).text, *(c.text for c in commands.optional_settings())]
    for profile in (GENERIC, *PROFILES):
        texts += [*profile.extras, *profile.restart, profile.power_off, profile.pin_tries]
    assert not [t for t in texts if re.search(r"AT&[FW]|ATZ|\+CMGD=\d+,|\+CMGRD", t)]


def test_a_submission_wants_a_prompt_and_knows_whose_it_is():
    command = commands.submit(19, tag=7)
    assert (command.text, command.prompt, command.tag) == ("AT+CMGS=19", True, 7)
    assert commands.payload("0011") == b"0011\x1a"


def test_a_ussd_request_can_go_without_coding():
    assert commands.cusd("*100#").text == 'AT+CUSD=1,"*100#",15'
    assert commands.cusd("*100#", None).text == 'AT+CUSD=1,"*100#"'


@pytest.mark.parametrize(
    ("command", "text", "prefix"),
    [
        (commands.wake(), "\x1b", ""),
        (commands.at(), "AT", ""),
        (commands.echo_off(), "ATE0", ""),
        (commands.cmee(1), "AT+CMEE=1", ""),
        (commands.extra("AT^CURC=0"), "AT^CURC=0", ""),
        (commands.manufacturer_queries()[0], "AT+CGMI", ""),
        (commands.model_queries()[0], "AT+CGMM", ""),
        (commands.firmware_queries()[0], "AT+CGMR", ""),
        (commands.imei_queries()[0], "AT+CGSN", ""),
        (commands.cfun_query(), "AT+CFUN?", "+CFUN:"),
        (commands.cfun(1), "AT+CFUN=1", ""),
        (commands.cfun(1, reset=True), "AT+CFUN=1,1", ""),
        (commands.cpin_query(), "AT+CPIN?", "+CPIN:"),
        (commands.cpin_enter("1234"), 'AT+CPIN="1234"', ""),
        (commands.cimi(), "AT+CIMI", ""),
        (commands.iccid_queries(GENERIC)[0], "AT+CCID", ""),
        (commands.cnum(), "AT+CNUM", "+CNUM:"),
        (commands.registration_queries()[2], "AT+CEREG?", "+CEREG:"),
        (commands.csq(), "AT+CSQ", "+CSQ:"),
        (commands.cesq(), "AT+CESQ", "+CESQ:"),
        (commands.cops_query(), "AT+COPS?", "+COPS:"),
        (commands.chup(), "AT+CHUP", ""),
        (commands.cmgf(0), "AT+CMGF=0", ""),
        (commands.cscs("GSM"), 'AT+CSCS="GSM"', ""),
        (commands.cscs("GSM", quoted=False), "AT+CSCS=GSM", ""),
        (commands.cscs_query(), "AT+CSCS?", "+CSCS:"),
        (commands.csms(0), "AT+CSMS=0", "+CSMS:"),
        (commands.cpms_query_offered(), "AT+CPMS=?", "+CPMS:"),
        (commands.cpms_query(), "AT+CPMS?", "+CPMS:"),
        (commands.cpms("SM"), 'AT+CPMS="SM"', "+CPMS:"),
        (commands.cpms("ME", "SM"), 'AT+CPMS="ME","SM"', "+CPMS:"),
        (commands.cpms("ME", "SM", "SM"), 'AT+CPMS="ME","SM","SM"', "+CPMS:"),
        (commands.cnmi("2,1,0,1,0"), "AT+CNMI=2,1,0,1,0", ""),
        (commands.csca_query(), "AT+CSCA?", "+CSCA:"),
        (commands.cmgl(), "AT+CMGL=4", "+CMGL:"),
        (commands.cmgr(3), "AT+CMGR=3", "+CMGR:"),
        (commands.cmgd(3), "AT+CMGD=3", ""),
        (commands.cmms(2), "AT+CMMS=2", ""),
        (commands.cnma(), "AT+CNMA=0", ""),
        (commands.cusd_cancel(), "AT+CUSD=2", ""),
    ],
    ids=lambda value: getattr(value, "text", None),
)
def test_a_command_is_spelt_as_the_standard_has_it(command, text, prefix):
    assert (command.text, command.prefix) == (text, prefix)
    assert command.timeout > 0
