import re

import pytest

from gateway.at import commands, profile_for
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
        assert set(GENERIC.iccid) == set(profile.iccid)
        assert profile.submit_time >= 120


def test_no_command_erases_by_flag_or_resets_to_factory_settings():
    texts = [commands.cmgd(3).text, *(c.text for c in commands.optional_settings())]
    for profile in (GENERIC, *PROFILES):
        texts += [*profile.extras, *profile.restart, profile.power_off, profile.pin_tries]
    assert not [t for t in texts if re.search(r"AT&[FW]|ATZ|\+CMGD=\d+,|\+CMGRD", t)]


def test_a_submission_wants_a_prompt_and_knows_whose_it_is():
    command = commands.submit(19, tag=7)
    assert (command.text, command.prompt, command.tag) == ("AT+CMGS=19", True, 7)
    assert commands.payload("0011") == b"0011\x1a"


def test_memories_are_set_with_three_two_and_one_parameter():
    assert [c.text for c in commands.cpms_forms("SM")] == [
        'AT+CPMS="SM","SM","SM"',
        'AT+CPMS="SM","SM"',
        'AT+CPMS="SM"',
    ]


def test_the_number_of_a_service_centre_carries_its_type():
    assert commands.csca("+49171").text == 'AT+CSCA="+49171",145'
    assert commands.csca("0171").text == 'AT+CSCA="0171",129'


def test_a_ussd_request_can_go_without_coding():
    assert commands.cusd("*100#").text == 'AT+CUSD=1,"*100#",15'
    assert commands.cusd("*100#", None).text == 'AT+CUSD=1,"*100#"'
