"""The network's time in every shape, and never a time that may be hours off."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.at import nettime
from gateway.at.nettime import Source


def utc(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1000  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("line", "at", "offset"),
    [
        ('*PSUTTZ: 2026,11,27,17,30,5,"+12",0', utc(2026, 11, 27, 17, 30, 5), 180),
        ('*PSUTTZ: 2026, 1, 2, 3, 4, 5, "-14", 1', utc(2026, 1, 2, 3, 4, 5), -210),
        ('+CTZE: "+12",0,"2026/11/27,20:30:05"', utc(2026, 11, 27, 17, 30, 5), 180),
        ("+CTZE: +12,0,2026/11/27,20:30:05", utc(2026, 11, 27, 17, 30, 5), 180),
        ('+CTZE: "-32",1,"2026/07/01,18:00:00"', utc(2026, 7, 2, 2, 0, 0), -480),
        ('+CTZEU: "+23",0,"2026/11/27,17:30:05"', utc(2026, 11, 27, 17, 30, 5), 345),
        ("^NWTIME: 26/11/27,17:30:05+00,00", utc(2026, 11, 27, 17, 30, 5), 0),
        ('+CTZV: 0,"26/11/27,17:30:05"', utc(2026, 11, 27, 17, 30, 5), 0),
    ],
)
def test_what_the_network_tells(line: str, at: int, offset: int):
    told = nettime.news(line)
    assert told == nettime.NetworkReading(at, offset, Source.NEWS)


@pytest.mark.parametrize(
    "line",
    [
        "^NWTIME: 26/11/27,17:30:05+12,00",  # local or universal: makers differ
        '+CTZV: 12,"26/11/27,17:30:05"',
        "+CTZV: +12",
        '+CTZE: "+12",0',
        '+CTZE: "+99",0,"2026/11/27,20:30:05"',
        '*PSUTTZ: 2004,1,1,0,0,0,"+00",0',  # a clock that nobody has set
        '*PSUTTZ: 2026,13,1,0,0,0,"+00",0',
        "*PSUTTZ: ",
        "^NWTIME: ",
        "DST: 1",
        "+CREG: 1",
    ],
)
def test_what_is_no_time_or_not_surely_one(line: str):
    assert nettime.news(line) is None


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ('+CCLK: "26/11/27,20:30:05+12"', utc(2026, 11, 27, 17, 30, 5)),
        ('+CCLK: "2026/11/27,20:30:05+12"', utc(2026, 11, 27, 17, 30, 5)),
        ('+CCLK: "26/11/27, 09:30:05-32"', utc(2026, 11, 27, 17, 30, 5)),
        ('+CCLK: "26/11/27,20:30:05"', None),  # without a zone
        ('+CCLK: "80/01/06,00:00:12+00"', None),
        ('+CCLK: "04/01/01,00:00:12+00"', None),
        ("+CCLK: ", None),
    ],
)
def test_the_modems_own_clock(line: str, at: int | None):
    told = nettime.clock([line])
    assert (told and told.at) == at
    assert told is None or told.source is Source.CLOCK


def test_what_quectel_remembers_is_universal_time():
    told = nettime.last_network_time(['+QLTS: "2026/11/27,17:30:05+12,0"'])
    assert told == nettime.NetworkReading(utc(2026, 11, 27, 17, 30, 5), 180, Source.KEPT)
    assert nettime.last_network_time(['+QLTS: ""']) is None


@pytest.mark.parametrize(
    ("line", "follows"),
    [("+CTZU: 1", True), ("+CTZU: 3", True), ("+CTZU: 0", False), ("+CLTS: 1", True), ("", False)],
)
def test_whether_the_clock_follows_the_network(line: str, follows: bool):
    assert nettime.follows_network([line]) is follows


@given(st.sampled_from(["*PSUTTZ:", "+CTZE:", "+CTZEU:", "^NWTIME:", "+CTZV:"]), st.text())
def test_nothing_that_a_modem_says_raises(name: str, rest: str):
    nettime.news(f"{name} {rest}")
    nettime.clock([f"+CCLK: {rest}"])
    nettime.last_network_time([f"+QLTS: {rest}"])
