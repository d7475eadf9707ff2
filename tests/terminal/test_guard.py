"""What the expert's terminal refuses, and what it lets through."""

from __future__ import annotations

import pytest

from gateway.terminal import guard
from gateway.terminal.transcript import COMMANDS


@pytest.mark.parametrize(
    "text",
    [
        *("AT+CMGS=23", 'AT+CMGS="+4917139200001"', "at+cmgs=1", "AT +CMGS=1", "AT+CMGW=10"),
        *("AT+CMSS=1", "AT+CMGC=5", "AT+CNMA", "AT+CNMA=0"),
        *('AT+CUSD=1,"*100#",15', "AT+CUSD = 1,*100#"),
        *("ATD+4917139200001;", "ATDT123", "ATA", "ATZ", "ATO", "AT&F", "AT&W", "AT&F0", "ATE0&F"),
        *("AT+CFUN=1,1", "AT+CFUN=0", "AT+COPS=?", "AT+COPS=0", "AT+CRESET", "AT^RESET"),
        *("AT+CMGD=1,4", "AT+CMGD=0,4", "AT+CMGD=1", "AT+CMGDA=6"),
        *('AT+CPIN="1234"', "AT+CPIN=1234", 'AT+CLCK="SC",1,"1234"', 'AT+CPWD="SC","1","2"'),
        *("AT+CMGF=1", "AT+CNMI=0,0,0,0,0", 'AT+CPMS="ME"', "AT+CSMS=1", 'AT+CSCA="+49"'),
        *("AT+IPR=9600", "ATV0", "ATQ1", "ATS3=10", "ATX4"),
        *("AT+CSQ;+CMGD=1,4", 'AT+COPS?;+CPIN="0000"', "ATI;&F", "ATE0;D123"),
    ],
)
def test_what_could_wedge_the_service_or_do_harm_is_refused_and_says_why(text):
    assert guard.why_not(text)


@pytest.mark.parametrize(
    "text",
    [
        *("AT", "at", "ATI", "ATI3", "ATE0", "AT&V", "ATS0?", "ATH", "ATE0V1"),
        *("AT+CSQ", "AT+CMGS=?", "AT+CPIN?", "AT+CMGD=?", "AT+CUSD=2", "AT+CUSD?", "AT+CFUN?"),
        *("AT+COPS?", "AT+CPMS?", "AT+CPMS=?", "AT+CMGL=4", "AT+CMGR=1", "AT^SYSINFOEX"),
        *("AT+CSQ;+CREG?", 'AT+COPN="a;D1"', "AT+CREG=2", "AT+CLIP=1", "AT+CNMI?"),
        *COMMANDS,
    ],
)
def test_reading_is_free(text):
    assert guard.why_not(text) == ""
    assert guard.mistake(text) == ""


@pytest.mark.parametrize(
    "text", ["", "hello", "+++", "A/", "AT\rATD1", "AT+CSQ\x1a", "ATä", "AT" + "1" * 600]
)
def test_what_is_no_command_is_never_sent(text):
    assert guard.mistake(text)
