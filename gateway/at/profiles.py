"""What is special about a make or model, as rows. Everything not said here is the generic row's."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from gateway.at import makers

# AT+CNMI, best first: news at once (mode 2), stored and announced (mt 1). Which way reports are to
# come (ds 2 stored, 1 handed over, 0 not at all) is chosen in modem/jobs/news.py; of each way all
# are tried, since many firmwares list what they then refuse (gammu#1206).
# Nothing of that: handed over without being stored, each to be acknowledged with AT+CNMA.
CNMI_DIRECT: Final = ("2,2,0,1,0", "1,2,0,1,0", "2,2,0,0,0", "1,2,0,0,0")
CNMI: Final = (
    "2,1,2,1,0",
    "2,1,0,1,0",
    "2,1,2,2,0",
    "2,1,0,2,0",
    "2,1,0,2,1",
    "2,1,2,0,0",
    "2,1,0,0,0",
    "1,1,2,1,0",
    "1,1,0,1,0",
    "1,1,0,2,0",
    "3,1,0,2,0",
    "3,1,0,1,0",
    "2,1,0,0,1",
    "1,1,0,0,0",
    "3,1,0,0,0",
    "2,1",
)
ICCID: Final = (
    "AT+CCID",
    "AT+QCCID",
    "AT+CICCID",
    "AT^ICCID?",
    "AT+ICCID",
    "AT+CRSM=176,12258,0,0,10",
)


@dataclass(frozen=True, slots=True)
class Profile:
    """`manufacturer` and `model` are searched for as regular expressions, ignoring case."""

    name: str
    manufacturer: str = ""
    model: str = ""
    extras: tuple[str, ...] = ()  # sent during set-up, each may be refused
    guard_time: float = 0.1  # seconds between the prompt and the PDU on a UART
    submit_time: float = 120.0  # seconds from Ctrl-Z to the result
    storage: tuple[str, ...] = ("SM", "ME")  # preferred memories for what comes in
    cnmi: tuple[str, ...] = CNMI
    # Where it stores reports (ds 2) when it has no memory "SR"; () = nothing is known of that.
    reports_in: tuple[str, ...] = ()
    iccid: tuple[str, ...] = ICCID
    pin_tries: str = ""  # asks how many wrong PINs are left
    keep_link: bool = True  # AT+CMMS between messages
    restart: tuple[str, ...] = ("AT+CFUN=1,1",)  # makes the modem restart
    power_off: str = ""
    codes: makers.Rows = field(default_factory=dict)  # +CMS ERRORs that are the maker's own


def _iccid_first(command: str) -> tuple[str, ...]:
    return (command, *(c for c in ICCID if c != command))


GENERIC: Final = Profile("generic")

# More particular rows first: the first match counts.
PROFILES: Final[tuple[Profile, ...]] = (
    Profile(
        "huawei",
        "huawei",
        # CURC=0 ends the flood of ^RSSI and ^DSFLOWRPT in which listings hang (gammu#286);
        # PORTSEL=1 brings what is left to this port.
        extras=("AT^CURC=0", "AT^PORTSEL=1"),
        reports_in=("SM", "ME"),  # announced as +CDSI or as +CMTI (gammu#490)
        iccid=_iccid_first("AT^ICCID?"),
        pin_tries="AT^CPIN?",
        restart=("AT^RESET", "AT+CFUN=1,1"),
    ),
    Profile(
        "zte",
        "zte",
        extras=("AT+ZCDRUN=8", "AT+ZOPRT=5"),  # no CD drive next time; online
        iccid=_iccid_first("AT+ZGETICCID"),
        pin_tries="AT+ZPINPUK=?",
    ),
    Profile(
        "simcom a76xx",
        "simcom|a76",
        r"A76\d\d|SIM76[67]\d",
        submit_time=180.0,
        iccid=_iccid_first("AT+CICCID"),
        pin_tries="AT+SPIC",
        restart=("AT+CRESET", "AT+CFUN=1,1"),
        power_off="AT+CPOF",
    ),
    Profile(
        "simcom 7600",
        "simcom",
        r"SIM7[156]\d\d",
        submit_time=180.0,
        iccid=_iccid_first("AT+CICCID"),
        pin_tries="AT+SPIC",
        restart=("AT+CRESET", "AT+CFUN=1,1"),
        power_off="AT+CPOF",
    ),
    Profile(
        "simcom 7000",
        "simcom",
        r"SIM70\d\d",
        submit_time=180.0,
        pin_tries="AT+SPIC",
        restart=("AT+CREBOOT", "AT+CFUN=1,1"),
        power_off="AT+CPOWD=1",
    ),
    Profile(
        "simcom 800",
        "simcom",
        r"SIM\s?[89]\d\d|SIM600",
        extras=("AT+CLTS=1",),  # it passes on the network's time and sets its clock by it
        pin_tries="AT+SPIC",
        power_off="AT+CPOWD=1",
        codes=makers.SIM800,
    ),
    Profile("simcom", "simcom", pin_tries="AT+SPIC", submit_time=180.0),
    Profile(
        "quectel",
        "quectel",
        submit_time=180.0,
        iccid=_iccid_first("AT+QCCID"),
        pin_tries='AT+QPINC="SC"',
        power_off="AT+QPOWD=1",
        codes=makers.QUECTEL,
    ),
    Profile(
        "u-blox",
        "u-?blox",
        submit_time=180.0,
        pin_tries="AT+UPINCNT",
        power_off="AT+CPWROFF",
        codes=makers.UBLOX,
    ),
    Profile(
        "sierra",
        "sierra",
        submit_time=180.0,
        iccid=_iccid_first("AT!ICCID?"),
        pin_tries="AT+CPINC?",
        restart=("AT!RESET", "AT+CFUN=1,1"),
    ),
    Profile(
        "cinterion",
        "cinterion|siemens|gemalto|thales",
        # MC75i takes only 1 as the last field (gammu#1206)
        cnmi=("2,1,2,1,1", "2,1,0,1,1", "2,1,0,2,1", "2,1,0,0,1", *CNMI),
        reports_in=("SM", "ME"),  # MC75i: ds 0 and 2 only, and no "SR"
        iccid=_iccid_first("AT^SCID"),
        pin_tries="AT^SPIC",
        power_off="AT^SMSO",
        codes=makers.CINTERION,
    ),
    Profile(
        "telit",
        "telit",
        submit_time=180.0,
        iccid=_iccid_first("AT#CCID"),
        power_off="AT#SHDN",
        codes=makers.TELIT,
    ),
)


def profile_for(manufacturer: str, model: str) -> Profile:
    """The row for what AT+CGMI and AT+CGMM gave; the generic one for everything unknown."""
    make = manufacturer or model  # some answer ATI alone, with everything in one line
    for row in PROFILES:
        if re.search(row.manufacturer, make, re.I) and re.search(row.model, model, re.I):
            return row
    return GENERIC
