"""Nothing private survives in a transcript."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.terminal.blank import TEXT, Blanker
from gateway.terminal.transcript import COMMANDS

LINES = st.one_of(
    st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60),
    st.text('0123456789+-/() ,"ABCDEFxyz:', max_size=60),
)
# Words of a person: long enough not to be part of what a blanked line is made of.
WORDS = st.text("abcdefghijklmnopqrstuvwxyzäöü", min_size=4, max_size=12).filter(
    lambda w: w not in TEXT and not TEXT.startswith(w)
)
TEXTS = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
HEADERS = (
    "+CMT: ,24",
    '+CMT: "+4917139200001",,"26/11/24,00:10:00+04"',
    '+CMGL: 1,"REC UNREAD","+4917139200001",,"26/11/24,00:10:00+04"',
    '+CMGR: "REC READ","BANK",,"26/11/24,00:10:00+04"',
    "+CBM: 1,2,3,4,5",
)


def blanked(lines, command="AT+CSQ"):
    blanker = Blanker()
    return [blanker.command(command), *map(blanker.line, lines)]


@given(st.lists(LINES, max_size=8), st.sampled_from(COMMANDS))
def test_no_run_of_five_digits_survives(lines, command):
    assert not [line for line in blanked(lines, command) if re.search(r"\d{5}", line)]


@given(
    st.integers(10**6, 10**15), st.sampled_from(["{}", "+{}", '+X: "{}",145', "^Y:{}", "a {} b"])
)
def test_no_number_survives_in_any_dress(number, dress):
    whole = str(number)
    grouped = " ".join(whole[n : n + 3] for n in range(0, len(whole), 3))
    for text in (whole, grouped, grouped.replace(" ", "-")):
        (_, line) = blanked([dress.format(text)])
        assert text not in line
        assert sum(c.isdigit() for c in line) < 5


@given(st.sampled_from(HEADERS), st.lists(TEXTS, min_size=1, max_size=3), st.sampled_from(COMMANDS))
def test_no_word_of_a_message_survives_however_many_lines_it_has(header, texts, command):
    out = "\n".join(blanked([header, *texts, "OK"], command)[1:])
    assert not [w for text in texts for w in text.split() if w in out]


@given(TEXTS, st.sampled_from(["AT+CGMI", "AT+CUSD?", "AT+CSQ"]))
def test_no_word_of_the_networks_answers_survives(text, command):
    first, _, rest = text.partition(" ")
    lines = [f'+CUSD: 0,"{text}",15', f'+CUSD: 1,"{first}', f'{rest}",15', f"+CUSD: 2,{text}"]
    out = "\n".join(blanked(lines, command)[1:])
    assert not [w for w in text.split() if w in out]


@given(st.binary(min_size=8, max_size=160))
def test_no_pdu_survives_and_each_is_one_still(data):
    pdu = data.hex().upper()
    _, _, line = blanked(["+CMT: ,24", pdu])
    assert line == "A" * len(pdu)
    _, alone = blanked([pdu])
    assert re.fullmatch("A+|" + TEXT, alone) or (pdu == alone and not re.search(r"\d", pdu))


@given(st.from_regex(r"[0-9]{4,8}", fullmatch=True))
def test_no_pin_survives_however_short(pin):
    for command in (
        f'AT+CPIN="{pin}"',
        f"AT+CPIN={pin}",
        f'AT+CLCK="SC",1,"{pin}"',
        f"at+cpwd={pin}",
    ):
        assert pin not in blanked([], command)[0]
        assert pin not in blanked([command])[1]
    assert pin not in blanked([f'+CNUM: "pin {pin}","",145'])[1]


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("AT+CGMI", "SIMCOM INCORPORATED"),
        ("AT+CGMM", "SIM7600E-H"),
        ("AT+CGMR", "11.126.16.17.00"),
        ("ATI", "Revision: SIM800R14.18"),
        ("AT+CSQ", "+CSQ: 12,99"),
        ("AT+CPIN?", "+CPIN: SIM PIN"),
        ("AT+CPMS?", '+CPMS: "SM",2,20,"SM",2,20,"ME",0,23'),
        ("AT+CNMI=?", "+CNMI: (0-2),(0,1,3),(0,2),(0-2),(0,1)"),
        ("AT+COPS?", '+COPS: 0,0,"Telekom.de",7'),
        ("AT+CREG?", "+CREG: 0,1"),
        ("AT+CSCS=?", '+CSCS: ("GSM","UCS2","IRA")'),
        ("AT+CSQ", "+CME ERROR: 100"),
        ("AT+CSQ", "+CMS ERROR: 515"),
        ("AT+CMEE?", "OK"),
        ("AT+CSQ", '^HCSQ:"LTE",50,45,121,20'),
    ],
)
def test_what_makes_a_transcript_worth_having_stays(command, line):
    assert blanked([line], command) == [command, line]


@pytest.mark.parametrize(
    ("line", "out"),
    [
        ('+CREG: 2,1,"4CA1","81DE445",7', '+CREG: 2,1,"AAAA","AAAAAAA",7'),
        ('+CSCA: "+491710760000",145', '+CSCA: "+xxxxxxxxxxxx",145'),
        ("+CCID: 8949001000000000018F", "+CCID: AAAAAAAAAAAAAAAAAAAA"),
        ('+CNUM: "Anna","+4917139200001",145', f'+CNUM: "{TEXT}","+xxxxxxxxxxxxx",145'),
        ('+COPS: 0,2,"26201",7', '+COPS: 0,2,"xxxxx",7'),
    ],
)
def test_what_goes_keeps_its_shape(line, out):
    assert blanked([line])[1] == out
