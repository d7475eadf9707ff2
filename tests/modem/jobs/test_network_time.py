"""The network's time is read in passing, at a known moment of the box's own clock."""

from __future__ import annotations

import time

import pytest

from gateway.at import Urc, profile_for
from gateway.modem.jobs import radio
from hw.simulator import PERSONALITIES
from tests.modem.conftest import ready, until
from tests.modem.played import Played

CLOCK = '+CCLK: "26/11/27,20:30:05+12"|OK'


@pytest.mark.parametrize(
    ("says", "trusted"),
    [
        ({"AT+CTZU?": "+CTZU: 1|OK"}, True),
        ({"AT+CTZU?": "+CTZU: 0|OK", "AT+CLTS?": "ERROR"}, False),
        ({"AT+CTZU?": "ERROR", "AT+CLTS?": "+CLTS: 1|OK"}, True),
        ({"AT+CTZU?": "ERROR", "AT+CLTS?": "ERROR"}, False),
    ],
)
def test_a_modems_clock_counts_only_where_the_network_sets_it(says: dict[str, str], trusted: bool):
    modem = Played({**says, "AT+CCLK?": CLOCK})
    assert (modem.play(radio.network_time(modem.context)) is not None) is trusted
    assert ("AT+CCLK?" in modem.heard) is trusted


def test_quectel_is_asked_in_its_own_way():
    modem = Played({"AT+QLTS=1": '+QLTS: "2026/11/27,17:30:05+12,0"|OK', "AT+CCLK?": CLOCK})
    modem.context.profile = profile_for("Quectel", "EC25")
    told = modem.play(radio.network_time(modem.context))
    assert told.offset == 180
    assert modem.heard == ["AT+QLTS=1"]


@pytest.mark.parametrize("name", PERSONALITIES)
def test_a_modem_in_service_tells_it(name: str, network, start, ledger):
    modem = network.add_modem(personality=PERSONALITIES[name])
    worker = start(modem.port)
    until(lambda: ready(worker))
    if name.startswith("quectel"):
        return
    until(lambda: worker.telemetry.network_time is not None)
    told = worker.telemetry.network_time
    assert abs(told.at / 1000 - time.time()) < 3
    assert abs(told.read_at - time.monotonic()) < 30


def test_the_networks_own_word_beats_the_modems_clock(network, start, ledger):
    worker = start(network.add_modem().port)
    until(lambda: worker.telemetry.network_time is not None)
    duties = worker._duties
    duties.on_news(Urc("*PSUTTZ", '*PSUTTZ: 2031,11,27,17,30,5,"+12",0'))
    assert worker.telemetry.network_time.source == "news"
    assert worker.telemetry.network_time.offset == 180
    duties.timers.now("time")
    duties._time_tries = 0
    time_before = worker.telemetry.network_time
    asked = network.modems[0].heard.count("AT+CCLK?")
    worker.doors_moved()  # a wake-up
    until(lambda: network.modems[0].heard.count("AT+CCLK?") > asked)
    assert worker.telemetry.network_time == time_before
