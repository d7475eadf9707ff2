"""A modem in trouble on a pty: what its thread does about it, and what it says."""

from __future__ import annotations

import contextlib
import dataclasses
import threading

import pytest

from gateway.at import commands
from gateway.clock import SystemClock
from gateway.modem import duties, ladder, roster
from gateway.modem.fleet import Fleet
from gateway.modem.health import JAMMED, SUPPLY
from gateway.modem.jobs import radio, setup
from gateway.modem.ladder import SearchPatience
from gateway.modem.roster import Roster
from gateway.modem.timers import Timers
from gateway.modem.worker import WorkerConfig
from hw.serialport import PortError, PortTrouble, SerialPort
from hw.simulator import PERSONALITIES
from hw.simulator.faults import ALWAYS
from tests.modem.conftest import MemoryLedger, ready, until, work
from tests.support.hurry import hurry


@pytest.fixture
def quick(monkeypatch):
    """All waits shortened."""
    hurry(monkeypatch.setattr)
    monkeypatch.setattr(duties, "PING", 0.3)
    monkeypatch.setattr(radio, "OFF_TIME", 0.05)
    monkeypatch.setattr(radio, "ON_TIME", 0.05)
    monkeypatch.setattr("gateway.modem.recovery.COMMAND_GAP", 0.05)
    monkeypatch.setattr("gateway.modem.worker.ASK_AGAIN", 0.1)
    monkeypatch.setattr("gateway.modem.link.RESYNC_PATIENCE", 1.0)
    for name in ("cops_query", "cmgl"):
        monkeypatch.setattr(commands, name, _within_a_second(getattr(commands, name)))
    rungs = [dataclasses.replace(r, patience=r.patience / 20) for r in ladder.LADDER]
    monkeypatch.setattr(ladder, "LADDER", tuple(rungs))


def _within_a_second(make):
    """The same command with less patience."""
    return lambda *fields: dataclasses.replace(make(*fields), timeout=1.0)


@pytest.fixture
def serve(network, start, quick):
    """A modem with its worker, in service."""

    def serve_one(**more):
        modem = network.add_modem(**more)
        worker = start(modem.port)
        until(lambda: ready(worker))
        return modem, worker

    return serve_one


# silence -----------------------------------------------------------------------------------------


def test_an_idle_modem_is_asked_whether_it_is_there(serve, monkeypatch):
    modem, _ = serve()
    monkeypatch.setattr(duties, "LOOK", dict.fromkeys(duties.LOOK, 600.0))
    monkeypatch.setattr(duties, "SWEEP", 600.0)
    before = modem.heard.count("AT")
    until(lambda: modem.heard.count("AT") >= before + 3)


def test_a_silent_modem_is_noticed_without_work_and_serves_again(serve, ledger):
    modem, worker = serve()
    modem.faults.silent = True
    until(lambda: worker.telemetry.state == "recovering")
    assert worker.free_slots == 0
    modem.faults.silent = False
    until(lambda: ready(worker))
    assert worker.telemetry.recoveries >= 1
    assert worker.telemetry.trouble == ""
    assert worker.assign([work()])
    ledger.wait("accepted")


# Checklist 71: time-outs lead up the ladder, and the ladder has an end and cool-downs.
def test_a_modem_that_listens_and_never_speaks_climbs_to_the_top_and_comes_back(serve):
    modem, worker = serve(personality=PERSONALITIES["quectel"])
    modem.faults.no_answer = ALWAYS
    until(lambda: worker.telemetry.attention, patience=60)
    heard = modem.heard
    assert heard.index("AT+CFUN=0") < heard.index("AT+CFUN=1,1")
    seen = worker.telemetry
    assert seen.state in ("failed", "opening", "probing")
    assert "Take the modem out" in seen.trouble
    assert (seen.climbs, seen.last_step) == (1, "restarting it by command")
    assert heard.count("AT+CFUN=1,1") == 1
    modem.faults.no_answer = 0
    until(lambda: ready(worker))
    assert not worker.telemetry.attention


def test_one_answer_that_never_comes_costs_no_step(serve, ledger):
    modem, worker = serve()
    heard = len(modem.heard)
    modem.faults.no_answer = 1
    until(lambda: modem.faults.no_answer == 0 and len(modem.heard) > heard + 8)
    assert worker.assign([work()])
    ledger.wait("accepted")
    assert worker.telemetry.recoveries == 0


def test_one_late_answer_costs_no_step(serve, ledger):
    modem, worker = serve()
    heard = len(modem.heard)
    modem.faults.late_by = 0.9  # later than the shortened patience for an AT
    modem.faults.late_ok = 1
    until(lambda: modem.faults.late_ok == 0 and len(modem.heard) > heard + 8)
    assert worker.assign([work()])
    ledger.wait("accepted")
    assert worker.telemetry.recoveries == 0


def test_a_modem_that_babbles_still_sends(serve, ledger):
    modem, worker = serve()
    modem.faults.flood = 0.002
    assert worker.assign([work()])
    ledger.wait("accepted")
    assert worker.telemetry.recoveries == 0


def test_a_port_that_takes_no_more_data_is_a_silent_modem(serve, monkeypatch):
    _, worker = serve()
    real = SerialPort.write

    def clogged(port, data):
        raise PortError(PortTrouble.STUCK, f"{port.path} takes no more data")

    monkeypatch.setattr(SerialPort, "write", clogged)
    until(lambda: worker.telemetry.recoveries >= 3)
    monkeypatch.setattr(SerialPort, "write", real)
    until(lambda: ready(worker))


# restarts, plugging ------------------------------------------------------------------------------


def test_restarts_are_counted_and_too_many_are_a_warning(serve):
    modem, worker = serve(personality=PERSONALITIES["sim800"])
    for n in range(1, 4):
        modem.reboot()
        until(lambda n=n: worker.telemetry.restarts == n and ready(worker))
    assert any("3 times" in words for words in worker.telemetry.warnings)


def test_a_stick_that_drops_off_the_bus_again_and_again_is_a_warning(
    serve, network, start, tmp_path
):
    link = tmp_path / "modem"
    modem = network.add_modem(link=link)
    worker = start(str(link))
    for _ in range(3):
        until(lambda: ready(worker))
        modem.unplug()
        until(lambda: worker.telemetry.state == "absent")
        modem.replug()
    until(lambda: ready(worker))
    assert any("3 times" in words for words in worker.telemetry.warnings)
    assert worker.telemetry.recoveries == 0


@pytest.mark.parametrize("point", ["before_prompt", "after_prompt"])
@pytest.mark.parametrize("blow", ["reboot", "silence"])
def test_a_blow_before_ctrl_z_gives_the_work_back_and_the_modem_recovers(
    serve, ledger, point, blow
):
    modem, worker = serve(personality=PERSONALITIES["quectel"])
    modem.faults.strike_at, modem.faults.strike_with = point, blow
    modem.faults.strike = 1
    worker.assign([work()])
    until(lambda: {"released", "refused", "doubtful"} & set(ledger.names))
    modem.faults.silent = False
    until(lambda: ready(worker))
    assert worker.assign([work("again", dispatch_id=2)])
    until(lambda: 21 in [part for part, _ in ledger.all("accepted")])


def test_a_module_that_cannot_send_sms_is_tried_again(network, start, quick, monkeypatch):
    monkeypatch.setattr(setup, "SMS_READY_TRIES", 2)
    modem = network.add_modem()
    modem.faults.refuse_command = "+CMGF"
    worker = start(modem.port)
    until(lambda: worker.telemetry.state == "failed")
    assert worker.telemetry.attention
    assert "does not do SMS" in worker.telemetry.trouble
    modem.faults.refuse_command = ""
    until(lambda: ready(worker))
    until(lambda: not worker.telemetry.attention)


# signs of ill health -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("UNDER-VOLTAGE WARNNING", SUPPLY),
        ("UNDER-VOLTAGE POWER DOWN", SUPPLY),
        ("#JDR: JAMMED", JAMMED),
        ("+QJDR: JAMMED", JAMMED),
    ],
)
def test_what_the_modem_complains_of_is_shown(serve, line, words):
    modem, worker = serve()
    modem.urc(line)
    until(lambda: words in worker.telemetry.warnings)
    assert worker.telemetry.low_supply == (words is SUPPLY)
    until(lambda: ready(worker))


# registration ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stat", "state"), [(2, "searching"), (3, "denied")])
def test_a_modem_without_network_has_its_radio_cycled_and_no_storm(serve, monkeypatch, stat, state):
    monkeypatch.setattr(SearchPatience, "FIRST", 0.3)
    monkeypatch.setattr(SearchPatience, "LAST", 600.0)
    modem, worker = serve()
    modem.faults.registration = modem.faults.eps_registration = stat
    until(lambda: worker.telemetry.state == state)
    until(lambda: modem.heard.count("AT+CFUN=0") >= 2)
    modem.faults.registration = modem.faults.eps_registration = None
    until(lambda: ready(worker))
    assert modem.heard.count("AT+CFUN=0") <= 4
    assert modem.heard.count("AT+CFUN=1,1") == 0
    assert worker.telemetry.recoveries == 0


# the others --------------------------------------------------------------------------------------


def test_one_faulty_modem_of_eight_delays_none_of_the_others(network, start, quick):
    ledgers = [MemoryLedger() for _ in range(8)]
    modems = [network.add_modem() for _ in range(8)]
    served = Roster(SystemClock(), list)
    box = Fleet(served, SystemClock(), contextlib.nullcontext, lambda port: by_port[port])
    by_port = {m.port: one for m, one in zip(modems, ledgers, strict=True)}
    try:
        for modem in modems:
            box.add(WorkerConfig(modem.port))
        workers = served.workers
        until(lambda: all(ready(w) for w in workers))
        modems[0].faults.silent = True
        until(lambda: workers[0].telemetry.state == "recovering")
        for worker in workers[1:]:
            assert worker.assign([work(dispatch_id=n) for n in (1, 2, 3)])
        for one in ledgers[1:]:
            assert len(one.wait("accepted", count=3)) == 3
        assert not ready(workers[0])
        assert ledgers[0].all("submitting") == []
    finally:
        box.stop()


def test_a_thread_that_hangs_is_noticed_and_the_others_go_on(network, quick, monkeypatch):
    monkeypatch.setattr(roster, "HUNG", 0.5)
    monkeypatch.setattr("gateway.modem.link.BEAT", 0.1)
    go_on = threading.Event()
    stuck_ledger, good_ledger = MemoryLedger(), MemoryLedger()
    stuck_ledger.on["submitting"] = go_on.wait
    stuck, good = network.add_modem(), network.add_modem()
    by_port = {stuck.port: stuck_ledger, good.port: good_ledger}
    served = Roster(SystemClock(), list)
    box = Fleet(served, SystemClock(), contextlib.nullcontext, lambda port: by_port[port])
    try:
        for modem in (stuck, good):
            box.add(WorkerConfig(modem.port))
        until(lambda: all(t.state == "ready" for t in served.telemetry()))
        served.workers[0].assign([work()])
        until(lambda: stuck.port in served.hung())
        assert [bool(t.stuck) for t in served.telemetry()] == [True, False]
        assert served.workers[1].assign([work()])
        good_ledger.wait("accepted")
        go_on.set()
        until(lambda: served.hung() == {})
        stuck_ledger.wait("accepted")
    finally:
        go_on.set()
        box.stop()


def test_a_waiting_thread_shows_life(serve, monkeypatch):
    monkeypatch.setattr("gateway.modem.link.BEAT", 0.05)
    _, worker = serve()
    for _ in range(3):
        before = worker.beat
        until(lambda before=before: worker.beat > before)


# timers ------------------------------------------------------------------------------------------


def test_a_timer_that_nobody_asks_about_wakes_nobody():
    timers = Timers()
    timers.turn(0.0)
    assert timers.due("sweep", 45.0)
    timers.turn(1000.0)
    assert timers.due("sim", 10.0)
    assert not timers.due("sim", 10.0)
    assert timers.soonest > 1000.0


def test_a_timer_comes_at_its_time_and_sooner_when_its_pace_quickens():
    timers = Timers()
    timers.turn(0.0)
    assert timers.due("look", 30.0)
    timers.turn(3.0)
    assert not timers.due("look", 30.0)
    assert not timers.due("look", 2.0)
    assert timers.soonest == 5.0
    timers.turn(5.0)
    assert timers.due("look", 2.0)
    timers.now("look")
    assert timers.due("look", 2.0)
