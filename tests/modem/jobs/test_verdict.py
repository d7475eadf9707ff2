"""What registration means for SMS, in words."""

from __future__ import annotations

import pytest

from gateway.at.answers import Registration
from gateway.modem.jobs import setup
from gateway.modem.jobs.verdict import (
    LOOKING,
    NO_2G,
    NO_SIGNAL,
    PATIENCE_2G,
    NetworkSearch,
    no_service,
)
from gateway.modem.machine import ModemEvent
from tests.modem.conftest import ready, until, work


def stats(creg=None, cgreg=None, cereg=None):
    told = {"+CREG": creg, "+CGREG": cgreg, "+CEREG": cereg}
    return {name: Registration(stat) for name, stat in told.items() if stat is not None}


@pytest.mark.parametrize(
    "told",
    [
        stats(1, 1, 1),
        stats(5, 5),
        stats(1, 0),  # SMS needs no packet service
        stats(0, 1, 1),  # LTE only: the voice domain idles or searches
        stats(2, 2, 5),
        stats(None, None, 1),
        stats(6),
        stats(3, 0, 6),  # refused for calls, let in for SMS
        stats(10),
    ],
)
def test_32_any_domain_will_do_for_sms(told):
    assert no_service(told, -79) is None


@pytest.mark.parametrize(
    ("told", "event", "words"),
    [
        (stats(3, 0, 1), ModemEvent.DENY, "data only"),
        (stats(3, 5), ModemEvent.DENY, "data only"),
        (stats(3, 3, 3), ModemEvent.DENY, "refuses this SIM"),
        (stats(2, 3), ModemEvent.DENY, "refuses this SIM"),
        (stats(0, 0, 11), ModemEvent.DENY, "emergency calls only"),
        (stats(8), ModemEvent.DENY, "emergency calls only"),
        (stats(2, 2, 2), ModemEvent.SEARCH, "looking for its network"),
        (stats(0), ModemEvent.SEARCH, "looking for its network"),
        (stats(), ModemEvent.SEARCH, "looking for its network"),
    ],
)
def test_32_what_keeps_a_sim_from_service_is_said(told, event, words):
    found = no_service(told, -79)
    assert found[0] is event
    assert words in found[1]


def test_a_search_without_signal_points_to_the_antenna():
    assert no_service(stats(2), None) == (ModemEvent.SEARCH, NO_SIGNAL)


@pytest.mark.parametrize("model", ["SIMCOM_SIM800L", "SIM900", "Quectel M95", "SIM868", "MC55i"])
def test_a_2g_modem_that_searches_for_minutes_is_told_apart_from_a_bad_antenna(model):
    searching = NetworkSearch()
    assert searching.explanation(ModemEvent.SEARCH, NO_SIGNAL, model, 100.0) == NO_SIGNAL
    assert (
        searching.explanation(ModemEvent.SEARCH, NO_SIGNAL, model, 99.0 + PATIENCE_2G) == NO_SIGNAL
    )
    assert searching.explanation(ModemEvent.SEARCH, NO_SIGNAL, model, 100.0 + PATIENCE_2G) == NO_2G


@pytest.mark.parametrize(
    "model", ["SIMCOM_SIM7600E-H", "EC25", "SIM7000E", "A7670E-LASC", "EM9190", "E3531", "MC7455"]
)
def test_a_modem_that_knows_more_than_2g_is_never_told_so(model):
    searching = NetworkSearch()
    assert searching.explanation(ModemEvent.SEARCH, LOOKING, model, 0.0) == LOOKING
    assert searching.explanation(ModemEvent.SEARCH, LOOKING, model, 10_000.0) == LOOKING


def test_finding_a_network_once_starts_the_patience_anew():
    searching = NetworkSearch()
    searching.explanation(ModemEvent.SEARCH, LOOKING, "SIM800", 0.0)
    assert searching.explanation(ModemEvent.REGISTER, "", "SIM800", PATIENCE_2G - 1) == ""
    assert searching.explanation(ModemEvent.SEARCH, LOOKING, "SIM800", PATIENCE_2G + 1) == LOOKING


def test_32_a_data_only_sim_is_given_no_work_and_recovers_when_sms_is_added(network, ledger, start):
    modem = network.add_modem()
    modem.faults.registration, modem.faults.eps_registration = 3, 1
    worker = start(modem.port)
    until(lambda: worker.telemetry.state == "denied")
    assert "data only" in worker.telemetry.why
    assert not worker.assign([work()])
    modem.faults.registration = None
    until(lambda: ready(worker))


def test_a_module_that_cannot_do_sms_is_said(network, ledger, start, monkeypatch):
    monkeypatch.setattr(setup, "SMS_READY_TRIES", 2)
    modem = network.add_modem()
    modem.faults.refuse_command = "+CMGF"
    worker = start(modem.port)
    until(lambda: worker.telemetry.state == "failed")
    assert "does not do SMS" in worker.telemetry.why
