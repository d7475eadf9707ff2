"""Threads that died or hang, and the machine's supply."""

from __future__ import annotations

import logging

from gateway.process.supervisor import Supervisor
from gateway.process.vitals import Vitals


def test_a_dead_modem_thread_is_brought_back_and_told(caplog):
    dead = ["/dev/ttyUSB0"]
    supervisor = Supervisor(Vitals(), lambda: [dead.pop()] if dead else [], {})
    supervisor.look()
    supervisor.look()
    assert [r.levelname for r in caplog.records] == ["ERROR"]
    assert "/dev/ttyUSB0" in caplog.text


def test_another_dead_thread_is_told_once():
    vitals = Vitals()
    supervisor = Supervisor(vitals, list, {"dispatch": lambda: False, "events": lambda: True})
    supervisor.look()
    assert vitals.dead == {"dispatch"}


def test_a_thread_that_hangs_is_told_once_and_again_when_it_moves(caplog):
    caplog.set_level(logging.INFO)
    hung = {"/dev/ttyUSB3": 95.0}
    vitals = Vitals()
    supervisor = Supervisor(vitals, list, {}, lambda: dict(hung))
    supervisor.look()
    hung["/dev/ttyUSB3"] = 100.0
    supervisor.look()
    assert vitals.hung == {"/dev/ttyUSB3"}
    hung.clear()
    supervisor.look()
    assert vitals.hung == frozenset()
    assert [r.levelname for r in caplog.records] == ["CRITICAL", "WARNING"]
    assert "95 s" in caplog.text
    assert "moves again" in caplog.text


def test_a_weak_supply_is_a_finding_until_it_is_mended(caplog):
    says = ["too low", "too low", ""]
    vitals = Vitals()
    supervisor = Supervisor(vitals, list, {}, dict, lambda: says.pop(0))
    supervisor.look_at_supply()
    supervisor.look_at_supply()
    (finding,) = vitals.findings
    assert finding.words == "too low"
    assert len(caplog.records) == 1
    supervisor.look_at_supply()
    assert vitals.findings == ()
