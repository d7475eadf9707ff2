"""Every shape in which modems put an answer, and that none makes us raise."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.at import Result, answers
from gateway.at.answers import Registration, UssdResult

OK = Result("OK")


@pytest.mark.parametrize(
    ("lines", "result", "status"),
    [
        (["+CPIN: READY"], OK, "READY"),
        (["+CPIN:READY"], OK, "READY"),
        (['+CPIN: "READY"'], OK, "READY"),
        (["READY"], OK, "READY"),
        ([], OK, "READY"),
        (["+CPIN: READY"], Result("TIMEOUT"), "READY"),
        (["+CPIN: SIM PIN"], OK, "SIM PIN"),
        (["+CPIN: SIM PUK"], OK, "SIM PUK"),
        (["+CPIN: SIM PIN2"], OK, "READY"),
        (["+CPIN: PH-NET PIN"], OK, "PH-NET PIN"),
        (["+CPIN: NOT INSERTED"], OK, "NOT INSERTED"),
        (["+CPIN: NOT READY"], OK, "BUSY"),
        ([], Result("CME", 10), "NOT INSERTED"),
        ([], Result("CMS", 310), "NOT INSERTED"),
        ([], Result("CME", 11), "SIM PIN"),
        ([], Result("CME", 12), "SIM PUK"),
        ([], Result("CME", 14), "BUSY"),
        ([], Result("CME", 515), "BUSY"),
        ([], Result("RESTARTED"), "BUSY"),
        ([], Result("ERROR"), ""),
        ([], Result("TIMEOUT"), ""),
    ],
)
def test_the_state_of_the_sim(lines, result, status):
    assert answers.cpin(lines, result) == status


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("+CREG: 0,1", Registration(1)),
        ("+CREG:0,11", Registration(11)),
        ("+CREG: 000,001", Registration(1)),
        ("+CREG: 2, 5", Registration(5)),
        ('+CREG: 2,1,"4CA1","081DE445"', Registration(1, "4CA1", "081DE445")),
        ('+CREG: 2,1,"4CA1","081DE445",7', Registration(1, "4CA1", "081DE445", 7)),
        ("+CREG: 2,1,4CA,81DE445", Registration(1, "4CA", "81DE445")),
        ('+CEREG: 2,5,"",""', Registration(5)),
        ("+CGREG: 1", Registration(1)),
        ('+CREG: 1,"4CA1","081DE445"', Registration(1, "4CA1", "081DE445")),
        ('+CREG: 3,"4CA1","081DE445",7', Registration(3, "4CA1", "081DE445", 7)),
        ("+CREG: 1,4CA,81DE445", Registration(1, "4CA", "81DE445")),
        ("+CREG: (0-2)", None),
        ("+CREG:", None),
    ],
)
def test_registration_in_its_many_shapes(line, expected):
    assert answers.registration([line]) == expected


def test_mismatched_quotes_still_give_the_state():
    line = '+CREG: 2,1,"0B,"0100701"'
    assert answers.registration([line]) == Registration(1, "0B", "0100701")


@pytest.mark.parametrize("stat", [1, 5, 6, 7, 9, 10])
def test_these_states_can_send(stat):
    assert Registration(stat).registered


@pytest.mark.parametrize("stat", [0, 2, 3, 4, 8, 11])
def test_these_states_cannot(stat):
    assert not Registration(stat).registered


def test_sms_only_abroad_is_roaming():
    assert Registration(7).roaming
    assert not Registration(6).roaming
    assert Registration(2).searching
    assert Registration(3).denied


@pytest.mark.parametrize(
    ("line", "dbm"),
    [
        ("+CSQ: 0,99", -113),
        ("+CSQ: 31,99", -51),
        ("+CSQ:17,0", -79),
        ("+CSQ: 99,99", None),
        ("+CSQ: 100,99", -116),
        ("+CSQ: 191,99", -25),
        ("+CSQ: 199,99", None),
        ("+CSQ: ", None),
    ],
)
def test_signal_strength(line, dbm):
    assert answers.csq([line]) == dbm


def test_signal_strength_of_lte():
    assert answers.cesq(["+CESQ: 99,99,255,255,20,57"]) == -84
    assert answers.cesq(["+CESQ: 99,99,255,255,255,255"]) is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('+COPS: 0,0,"Vodafone.de",2', "Vodafone.de"),
        ('+COPS: 0,2,"26202",7', "26202"),
        ("+COPS: 0,2,26202", "26202"),
        ('+COPS: 0,0,"0056006F006400610066006F006E0065"', "Vodafone"),
        ('+COPS: 1,0,"One, Two",0', "One, Two"),
        ("+COPS: 0", ""),
    ],
)
def test_the_operator(line, name):
    assert answers.operator([line]) == name


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ('+CSCA: "+491710760000",145', "+491710760000"),
        ('+CSCA: "491710760000",145', "+491710760000"),
        ('+CSCA: "002B003400390031"', "+491"),
        ('+CSCA: "",129', ""),
        ("+CSCA: ", ""),
        ("nothing", None),
    ],
)
def test_the_service_centre(line, number):
    assert answers.csca([line]) == number


@pytest.mark.parametrize(
    "line",
    [
        "8949020000001234567",
        "+CCID: 8949020000001234567",
        '+CCID: "8949020000001234567"',
        "+ICCID: 8949020000001234567F",
        "^ICCID: 989420000000214365F7",
        "+CRSM: 144,0,989420000000214365F7",
        '+CRSM: 144,0,"989420000000214365F7"',
    ],
)
def test_the_sims_serial_number_is_found_and_put_upright(line):
    assert answers.iccid([line]) == "8949020000001234567"


@pytest.mark.parametrize("line", ["123", "+CRSM: 106,130", "ERROR", "77490200000012345678"])
def test_what_is_no_serial_number(line):
    assert answers.iccid([line]) is None


@pytest.mark.parametrize(
    "lines",
    [
        ["359123000000015"],
        ["+CGSN: 359123000000015"],
        ['"359123000000015"'],
        ["IMEI: 359123000000015"],
    ],
)
def test_the_imei(lines):
    assert answers.imei(lines) == "359123000000015"


def test_no_imei_in_a_longer_number():
    assert answers.imei(["35912300000001512345"]) is None


def test_the_imsi():
    assert answers.imsi(["262021234567890"]) == "262021234567890"
    assert answers.imsi(["+CIMI: 262021234567890"]) == "262021234567890"


@pytest.mark.parametrize(
    "line", ["huawei", '"huawei"', "+CGMI: huawei", "Manufacturer: huawei", '+CGMI: "huawei"']
)
def test_a_name(line):
    assert answers.name([line, "more"]) == "huawei"


def test_functionality():
    assert answers.cfun(["+CFUN: 1"]) == 1
    assert answers.cfun(["+CFUN: 1,0"]) == 1
    assert answers.cfun(["+CFUN: (0-1)"]) is None


def test_own_number():
    assert answers.own_number(['+CNUM: "","+491710000001",145']) == "+491710000001"
    assert answers.own_number(['ERROR+CNUM: "","+491710000001",145']) == "+491710000001"
    assert answers.own_number([]) == ""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('+CUSD: 0,"Balance 5.00",15', UssdResult(0, "Balance 5.00", 15)),
        ('+CUSD: 1,"Kontostand: 3.00 EUR"', UssdResult(1, "Kontostand: 3.00 EUR")),
        ('+CUSD: 2,"Maaf...",0', UssdResult(2, "Maaf...", 0)),
        ("+CUSD: 0,AA180C3602,15", UssdResult(0, "AA180C3602", 15)),
        ("+CUSD: 4", UssdResult(4)),
        ('+CUSD: 1,"1. "A", b\n2. c",15', UssdResult(1, '1. "A", b\n2. c', 15)),
        ('+CUSD: 0,"credit 5,15"', UssdResult(0, "credit 5,15")),
        ("+CUSD: x", None),
        ("+CSQ: 1", None),
    ],
)
def test_a_ussd_text(line, expected):
    assert answers.cusd(line) == expected


def test_a_menu_waits_for_a_choice():
    assert UssdResult(1, "1. Balance").waits
    assert not UssdResult(0, "Balance").waits


def test_results_that_ask_for_patience():
    assert answers.is_busy(Result("CME", 14))
    assert answers.may_become_ready(Result("ERROR"))
    assert answers.may_become_ready(Result("CMS", 302))
    assert not answers.may_become_ready(Result("ERROR", None, "COMMAND NOT SUPPORT"))
    assert not answers.may_become_ready(OK)
    assert answers.is_empty_slot(Result("CMS", 321))
    assert not answers.is_empty_slot(OK)


PARSERS = [
    parser
    for name, parser in inspect.getmembers(answers, inspect.isfunction)
    if name in answers.__all__ and next(iter(inspect.signature(parser).parameters)) == "lines"
]
PREFIXES = [
    "",
    "+CMGL: ",
    "+CMGR: ",
    "+CPMS: ",
    "+CREG: ",
    "+CSQ: ",
    "+CRSM: ",
    "+CUSD: ",
    "+CNMI: ",
]
ANY_LINE = st.builds(
    lambda prefix, text: prefix + text,
    st.sampled_from(PREFIXES),
    st.one_of(st.text(max_size=60), st.text('0123456789ABCDEF,"()- ', max_size=60)),
)


@given(st.lists(ANY_LINE, max_size=5))
def test_no_answer_makes_a_parser_raise(lines):
    assert PARSERS
    for parser in PARSERS:
        if parser is answers.cpin:
            parser(lines, OK)
        else:
            parser(lines)
    for line in lines:
        answers.stored_at(line)
        answers.last_integer(line)
        answers.cusd(line)


@pytest.mark.parametrize(
    ("line", "iccid"),
    [
        ("+CCID: 8949 0200 0000 1234 567", "8949020000001234567"),
        ("+ICCID:98942000000021436587", "89490200000012345678"),
        ("98942000000021436 5F7", "8949020000001234567"),
        ('^ICCID: "9894200000002143655F"', None),
        ("+QCCID: 9894200000002143 65F7", "8949020000001234567"),
        ('+CRSM: 144,0,"989420000000214365F7"', "8949020000001234567"),
        ("+CRSM: 144, 0, 989420000000214365f7", "8949020000001234567"),
        ("+CCID: 898602B8221740000012", "898602B8221740000012"),  # as Chinese carriers number them
        ("98 68 20 8B 22 71 04 00 00 21", "898602B8221740000012"),
        ("+CRSM: 148,4", None),
        ("+CME ERROR: 11", None),
        ("AAAAAAAAAAAAAAAAAAAA", None),
        ("FFFFFFFFFFFFFFFFFFFF", None),
        ("861000000000001", None),
    ],
)
def test_an_iccid_is_the_same_however_it_is_written(line: str, iccid: str | None):
    assert answers.iccid([line]) == iccid


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        (["+CPINR: SIM PIN,3,3", "+CPINR: SIM PUK,10,10", "+CPINR: SIM PIN2,1,3"], 3),
        (["+CPINR: SIM PUK,10", "+CPINR: SIM PIN,2"], 2),
        (['+CPINR: "SIM PIN",1,3'], 1),
        (["+CPINR: SIM PIN2,3,3"], None),
        (["+CPINR: SIM PIN,-1"], None),
    ],
)
def test_the_standard_question_for_tries_tells_them_of_every_code(lines, left):
    assert answers.pin_tries(lines) == left
