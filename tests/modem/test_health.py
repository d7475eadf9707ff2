"""What a modem shows of its supply, its restarts and its surroundings."""

from __future__ import annotations

import pytest

from gateway.at import Response, Result, Urc, profile_for
from gateway.modem import health
from gateway.modem.health import HOUR, JAMMED, SUPPLY, Health, measure, supply_volts
from gateway.modem.jobs.base import Context


def urc(line: str) -> Urc:
    return Urc(line.partition(":")[0], line, "")


# Checklist 72: UNDER-VOLTAGE is a sign of ill health.
@pytest.mark.parametrize(
    "line",
    ["UNDER-VOLTAGE WARNNING", "UNDER-VOLTAGE WARNING", "UNDER-VOLTAGE POWER DOWN"],
)
def test_a_complaint_about_the_supply_is_counted_and_shown_for_an_hour(line):
    box = Health()
    assert box.hear(urc(line), 100.0)
    assert box.low_supply == 1
    assert box.warnings(100.0 + HOUR - 1) == (SUPPLY,)
    assert box.warnings(100.0 + HOUR + 1) == ()


@pytest.mark.parametrize("line", ["RING", '+CMTI: "SM",3', "^RSSI: 17", "OVER-VOLTAGE WARNING"])
def test_other_news_is_none_of_its_business(line):
    box = Health()
    assert not box.hear(urc(line), 0.0)
    assert box.warnings(0.0) == ()


def test_restarts_are_a_symptom_when_they_come_thick():
    box = Health()
    for now in (0.0, 600.0):
        box.restarted(now)
    assert box.warnings(700.0) == ()
    box.restarted(1200.0)
    (words,) = box.warnings(1300.0)
    assert "3 times" in words
    assert "power supply" in words
    assert box.warnings(1200.0 + HOUR + 1) == ()


@pytest.mark.parametrize(
    ("line", "jammed"),
    [
        ("#JDR: JAMMED", True),
        ("#JDR: OPERATIVE", False),
        ("#JDR: 0,JAMMED", True),
        ('+QJDR: "JAMMED"', True),
        ("+QJDR: OPERATIVE", False),
        ("+SJDR: 1", True),
        ("+SJDR: 0", False),
        ("+SJDR: NO JAMMING", False),
    ],
)
def test_what_the_modem_says_about_jamming(line, jammed):
    box = Health()
    assert box.hear(urc(line), 0.0)
    assert (JAMMED in box.warnings(0.0)) is jammed


def test_jamming_ends_when_the_modem_says_so():
    box = Health()
    box.hear(urc("#JDR: JAMMED"), 0.0)
    box.hear(urc("#JDR: OPERATIVE"), 1.0)
    assert box.warnings(1.0) == ()


def test_a_network_lost_in_spite_of_a_strong_signal_hints_at_jamming():
    box = Health()
    box.looked(True, -70)
    for _ in range(2):
        box.looked(False, -60)
    assert box.warnings(0.0) == ()
    box.looked(False, -60)
    assert box.warnings(0.0) == (JAMMED,)
    box.looked(True, -70)
    assert box.warnings(0.0) == ()


@pytest.mark.parametrize("signal", [-95, None])
def test_a_network_lost_with_a_weak_signal_does_not(signal):
    box = Health()
    box.looked(True, -95)
    for _ in range(9):
        box.looked(False, signal)
    assert box.warnings(0.0) == ()


def test_a_modem_that_never_had_a_network_is_not_jammed():
    box = Health()
    for _ in range(9):
        box.looked(False, -60)
    assert box.warnings(0.0) == ()


@pytest.mark.parametrize(
    ("line", "volts"),
    [
        ("+CBC: 0,78,3900", 3.9),
        ("+CBC: 0,30,3412", 3.412),
        ("+CBC: 3.749V", 3.749),
        ("+CBC: 0,80", None),  # TS 27.007: a charge and no voltage
        ("+CBC: 0,0,0", None),
        ("+CBC:", None),
        ("OK", None),
        ("+CBC: ,,x", None),
    ],
)
def test_the_supply_voltage_is_read_where_it_is_told(line, volts):
    assert supply_volts([line]) == volts


def played(profile_name: str, line: str) -> tuple[Health, list[str]]:
    box, asked = Health(), []
    profile = profile_for(*profile_name.split("|"))
    job = measure(Context("/dev/null", None, profile), box, 50.0)
    try:
        command = next(job)
        asked.append(command.text)
        job.send(Response(command, (line,), Result("OK")))
    except StopIteration:
        pass
    return box, asked


def test_a_low_voltage_is_as_good_as_a_complaint():
    box, asked = played("SIMCOM_Ltd|SIMCOM_SIM800L", "+CBC: 0,10,3300")
    assert asked == ["AT+CBC"]
    assert box.warnings(50.0) == (SUPPLY,)
    well, _ = played("SIMCOM_Ltd|SIMCOM_SIM800L", "+CBC: 0,90,4010")
    assert well.warnings(50.0) == ()
    assert well.volts == 4.01


def test_a_modem_that_only_knows_a_charge_is_not_asked():
    _, asked = played("huawei|E3531", "+CBC: 0,10")
    assert asked == []


def test_the_words_name_what_to_do():
    assert "stronger power supply" in health.SUPPLY
