import pytest

from gateway.at import Command, commands
from gateway.at.classify import (
    LineKind,
    classify,
    is_console,
    is_registration_answer,
    pdu_in_header,
    ussd_is_open,
)
from gateway.at.urcs import NAMES, REBOOT, TWO_LINES

CREG = commands.registration_queries()[0]
CMGL = commands.cmgl()
PLAIN = Command("AT+X", 5.0)


@pytest.mark.parametrize(
    ("line", "command", "kind"),
    [
        ("+CREG: 0,1", CREG, LineKind.ANSWER),
        ("+CREG: 1", CREG, LineKind.URC),
        ("+CGREG: 0,1", CREG, LineKind.URC),
        ("+CREG: 0,1", None, LineKind.URC),
        ("AT+CREG?", CREG, LineKind.ECHO),
        ("REG?", CREG, LineKind.ECHO),
        ("G?", CREG, LineKind.TEXT),
        ("AT+CSQ", CREG, LineKind.ECHO),
        ("OK", CREG, LineKind.FINAL),
        ("OK", None, LineKind.FINAL),
        ("OKAY", CREG, LineKind.TEXT),
        ("+CME ERROR", CREG, LineKind.FINAL),
        ("+CMS ERROR: 38", CREG, LineKind.FINAL),
        ("+CMS ERRORS", CREG, LineKind.TEXT),
        ("0", CREG, LineKind.FINAL),
        ("4", CREG, LineKind.FINAL),
        ("2", CREG, LineKind.TEXT),
        ("0", None, LineKind.TEXT),
        ("NO CARRIER", CREG, LineKind.URC),
        ("NO CARRIER", Command("ATD123;", 60.0), LineKind.FINAL),
        ("RDY", CMGL, LineKind.REBOOT),
        ('+CMTI: "SM",1', CMGL, LineKind.URC),
        ("^NEW: 1", CMGL, LineKind.UNKNOWN_URC),
        ("^NEW: 1", None, LineKind.UNKNOWN_URC),
        ("^NEW: 1", PLAIN, LineKind.TEXT),
        ("+CCID: 8949", PLAIN, LineKind.TEXT),
        ("0011AA", CMGL, LineKind.TEXT),
        ("+CMGL: 1,1,,20", CMGL, LineKind.ANSWER),
        ("+CMGL: 1,1,,20", CREG, LineKind.UNKNOWN_URC),
        ("DST: 0", PLAIN, LineKind.URC),
        ("VOICE CALL: BEGIN", None, LineKind.URC),
    ],
)
def test_a_line_is_what_the_pending_command_makes_it(line, command, kind):
    assert classify(line, command, answered=False, numeric=True) is kind


def test_digits_are_text_once_results_come_in_words():
    assert classify("0", CREG, answered=False, numeric=False) is LineKind.TEXT


def test_a_digit_that_ends_the_command_line_is_a_result_and_no_echo():
    assert classify("4", Command("AT+CMGD=4", 5.0), False, True) is LineKind.FINAL
    assert classify("0", Command("ATE0", 5.0), False, True) is LineKind.FINAL


def test_a_second_answer_of_one_kind_is_news():
    assert classify("+CREG: 0,1", CREG, answered=True, numeric=False) is LineKind.URC
    assert classify("+CMGL: 2,1,,20", CMGL, answered=True, numeric=False) is LineKind.ANSWER


@pytest.mark.parametrize(
    ("line", "is_answer"),
    [
        ("+CREG: 0,1", True),
        ("+CREG:0,11", True),
        ("+CREG: 2 , 5", True),
        ("+CREG: 000,001", True),
        ('+CREG: 2,1,"00A1","0001AB"', True),
        ("+CREG: 2,1,4CA,81DE445", True),
        ('+CREG: 2,1,"0B,"0100701"', True),
        ('+CREG: 2,1,"",""', True),
        ('+CEREG: 4,3,"","",,,,', True),
        ('+CREG: 2,1,"00A1","0001AB",7', True),
        ("+CREG: (0-2)", True),
        ("+CREG: 1", False),
        ('+CREG: 1,"00A1","0001AB"', False),
        ('+CREG: 1,"00A1","0001AB",7', False),
        ("+CREG: 1,4CA,81DE445", False),
        ("+CREG: 1,4CA,81DE445,6", False),
        ("+CREG: ", False),
        ("+CREG: x,y", False),
    ],
)
def test_answers_about_registration_are_told_from_news_by_their_shape(line, is_answer):
    assert is_registration_answer(line) is is_answer


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ('+CUSD: 0,"a",15', False),
        ('+CUSD: 0,"a"', False),
        ("+CUSD: 2", False),
        ("+CUSD: 0,AA180C3602,15", False),
        ('+CUSD: 0,"a', True),
        ('+CUSD: 0,"', True),
        ('+CUSD: 0,"press "1"', True),
        ('+CUSD: 0,"press "1" now",15', False),
        ('+CUSD: 0,"a 5" screen",15', False),
        ('+CUSD: 0,"a", ', False),
    ],
)
def test_a_ussd_text_is_open_until_its_quotes_close(text, is_open):
    assert ussd_is_open(text) is is_open


@pytest.mark.parametrize(
    ("line", "pdu"),
    [
        ("+CMT: ,24", ""),
        ('+CMT: "00480049004A004B004C004D0048",24', ""),
        ("+CDS: 25," + "AB" * 25, "AB" * 25),
        ('+CDS: 25, "' + "AB" * 25 + '"', "AB" * 25),
        ("+CDS: 25," + "12" * 25, "12" * 25),
    ],
)
def test_a_pdu_may_stand_in_its_header(line, pdu):
    assert pdu_in_header(line) == pdu


@pytest.mark.parametrize(
    "line", ["box login: AT", "Password:", "-bash: AT: command not found", "sh: 1: AT: not found"]
)
def test_a_shell_is_recognised(line):
    assert is_console(line)


@pytest.mark.parametrize(
    "line", ["Manufacturer: huawei", "Revision: 1418B05SIM800L24", "+X: login: 1", "NOT FOUND 1"]
)
def test_a_modem_is_no_shell(line):
    assert not is_console(line)


def test_the_vocabulary_is_consistent():
    assert REBOOT <= NAMES
    assert TWO_LINES <= NAMES
