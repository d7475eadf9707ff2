"""Threads that died or hang, and the machine's supply."""

from __future__ import annotations

import logging

from gateway.process.supervisor import Supervisor


def test_a_dead_modem_thread_is_brought_back_and_told(caplog):
    dead = ["/dev/ttyUSB0"]
    supervisor = Supervisor(lambda: [dead.pop()] if dead else [], {})
    supervisor.look()
    supervisor.look()
    assert [r.levelname for r in caplog.records] == ["ERROR"]
    assert "/dev/ttyUSB0" in caplog.text


def test_another_dead_thread_is_told_once():
    supervisor = Supervisor(list, {"dispatch": lambda: False, "events": lambda: True})
    supervisor.look()
    assert supervisor.dead == {"dispatch"}


def test_a_thread_that_hangs_is_told_once_and_again_when_it_moves(caplog):
    caplog.set_level(logging.INFO)
    hung = {"/dev/ttyUSB3": 95.0}
    supervisor = Supervisor(list, {}, lambda: dict(hung))
    supervisor.look()
    hung["/dev/ttyUSB3"] = 100.0
    supervisor.look()
    assert supervisor.hung == {"/dev/ttyUSB3"}
    hung.clear()
    supervisor.look()
    assert supervisor.hung == frozenset()
    assert [r.levelname for r in caplog.records] == ["CRITICAL", "WARNING"]
    assert "95 s" in caplog.text
    assert "moves again" in caplog.text


def test_a_weak_supply_is_a_finding_until_it_is_mended(caplog):
    says = ["too low", "too low", ""]
    supervisor = Supervisor(list, {}, dict, lambda: says.pop(0))
    supervisor.look_at_supply()
    supervisor.look_at_supply()
    (finding,) = supervisor.findings
    assert finding.words == "too low"
    assert len(caplog.records) == 1
    supervisor.look_at_supply()
    assert supervisor.findings == ()
