"""What systemd hears of the service: from the real process, over a real notify socket."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.process.notify import Page, Systemd
from gateway.process.supervisor import STILL, Supervisor, standing_still
from gateway.process.vitals import Vitals
from tests.support.box import RunningBox, eventually


class Ear:
    """The end of the notify socket that systemd has."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(0.01)

    def heard(self) -> list[str]:
        """Every line since the last look."""
        lines: list[str] = []
        while True:
            try:
                lines += self._socket.recv(4096).decode().splitlines()
            except TimeoutError:
                return lines

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    ear = Ear(tmp_path / "notify")
    yield ear
    ear.close()


def told(ear: Ear, watchdog: float) -> Systemd:
    return Systemd({"NOTIFY_SOCKET": str(ear.path), "WATCHDOG_USEC": str(int(watchdog * 1e6))})


def test_nothing_is_said_where_nobody_asked():
    quiet = Systemd({})
    quiet.tell("READY=1")
    assert quiet.watchdog == 0


def test_a_watchdog_meant_for_another_process_is_not_ours():
    assert Systemd({"WATCHDOG_USEC": "9000000", "WATCHDOG_PID": "1"}).watchdog == 0
    assert Systemd({"WATCHDOG_USEC": "9000000", "WATCHDOG_PID": str(os.getpid())}).watchdog == 9


def test_a_socket_that_is_gone_stops_nothing(tmp_path):
    Systemd({"NOTIFY_SOCKET": str(tmp_path / "gone")}).tell("WATCHDOG=1")


def test_words_of_others_are_no_assignment_of_their_own(ear):
    Systemd({"NOTIFY_SOCKET": str(ear.path)}).tell("STATUS=Orange\nWATCHDOG=trigger")
    assert ear.heard() == ["STATUS=Orange\\nWATCHDOG=trigger"]


def test_an_abstract_address_is_understood():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
        there.bind(f"\0pigeonbox-test-{os.getpid()}")
        Systemd({"NOTIFY_SOCKET": f"@pigeonbox-test-{os.getpid()}"}).tell("READY=1", "STATUS=so")
        assert there.recv(100) == b"READY=1\nSTATUS=so"


def test_signs_of_life_come_four_times_within_the_limit(ear):
    now = [0.0]
    supervisor = Supervisor(
        Vitals(), list, {"x": lambda: True}, systemd=told(ear, 40.0), clock=lambda: now[0]
    )
    for second in range(0, 40, 5):
        now[0] = float(second)
        supervisor.look()
        supervisor.feed()
    assert ear.heard().count("WATCHDOG=1") == 4


@pytest.mark.parametrize(
    ("alive", "hung", "page", "words"),
    [
        (False, {}, True, "the x thread has died"),
        (True, {"/dev/ttyUSB0": 99.0}, True, "the thread of /dev/ttyUSB0 does not move"),
        (True, {}, False, "the page does not answer"),
    ],
)
def test_whatever_does_not_move_keeps_the_sign_of_life_back(ear, alive, hung, page, words):
    supervisor = Supervisor(
        Vitals(),
        list,
        {"x": lambda: alive},
        lambda: hung,
        systemd=told(ear, 1.0),
        page_answers=lambda: page,
    )
    supervisor.look()
    supervisor.feed()
    assert ear.heard() == [f"STATUS=Will be restarted: {words}"]


def test_the_sign_of_life_comes_back_with_the_cause_gone(ear):
    answers = [False, True]
    now = [0.0]
    supervisor = Supervisor(
        Vitals(),
        list,
        {},
        systemd=told(ear, 40.0),
        page_answers=lambda: answers.pop(0),
        clock=lambda: now[0],
    )
    supervisor.feed()
    assert "WATCHDOG=1" not in ear.heard()
    now[0] = 5.0  # not only after another quarter of the limit
    supervisor.feed()
    assert ear.heard() == ["WATCHDOG=1", "STATUS=All parts are alive"]


def test_without_a_watchdog_the_page_is_not_asked():
    def never() -> bool:
        raise AssertionError

    Supervisor(Vitals(), list, {}, page_answers=never).feed()


def test_a_loop_that_does_not_turn_is_named():
    assert standing_still(STILL + 10, {"a": 0.0, "b": 100.0}) == {"a": STILL + 10}


def test_a_page_without_a_server_behind_it_does_not_answer(monkeypatch):
    monkeypatch.setattr("gateway.process.notify.ANSWER_WITHIN", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        page = Page(listener)
        assert not page.answers()  # it is connected to, and hears nothing
    assert not page.answers()


def test_the_service_says_ready_lives_and_stops(ear, tmp_path):
    with RunningBox(tmp_path) as box:
        box.start(NOTIFY_SOCKET=str(ear.path), WATCHDOG_USEC="4000000")
        heard: list[str] = []

        def signs(wanted: str) -> bool:
            heard.extend(ear.heard())
            return wanted in heard

        eventually(lambda: signs("STATUS=All parts are alive"))
        ready, fed = heard.index("READY=1"), len(heard) - heard[::-1].index("WATCHDOG=1")
        assert ready < fed
        box.stop()
        assert "STOPPING=1" in ear.heard()


def test_ended_by_the_watchdog_it_says_where_it_hung(tmp_path):
    """SIGABRT is what systemd sends; the traces name places, never texts."""
    with RunningBox(tmp_path) as box:
        box.start()
        assert box.process
        box.process.send_signal(signal.SIGABRT)
        assert box.process.wait(10) == -signal.SIGABRT
        eventually(lambda: any("Fatal Python error: Aborted" in line for line in box.output))
        eventually(lambda: any("in run" in line for line in box.output))


def test_a_trial_migrates_and_serves_and_touches_no_modem(tmp_path, monkeypatch):
    with RunningBox(tmp_path, ports=["/dev/does-not-exist"], arguments=["--trial"]) as box:
        box.start()
        status, found = box.get("/health")
        assert status == 200
        assert found["checks"]["modems:ready"]["observedValue"] == 0
        assert not any("does-not-exist" in line for line in box.output)
        assert not any("first-run" in line for line in box.output)
        assert not (box.data / "control.sock").exists()
        box.stop()
