"""`pigeonbox simulate`: pretend modems on the command line."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.process import simulate
from tests.hw.simulated import FINAL, Client
from tests.simnet.test_network import PHONE, submits, type_in
from tests.support.box import eventually


class Simulation:
    """The program, running: one JSON object a line comes out, commands go in."""

    def __init__(self, link: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gateway", "simulate", "--modems", "2", "--link", str(link)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.modems = self.next()["modems"]

    def next(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read() if self.process.stderr else ""
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask(self, command: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.next()


@pytest.fixture
def simulation(tmp_path: Path) -> Iterator[Simulation]:
    simulation = Simulation(tmp_path / "ports")
    yield simulation
    simulation.process.terminate()
    simulation.process.communicate(timeout=10)


def test_it_tells_ports_that_work_and_have_stable_names(
    simulation: Simulation, tmp_path: Path
) -> None:
    names = [str(tmp_path / "ports" / f"modem-{place}") for place in (1, 2)]
    assert [modem["port"] for modem in simulation.modems] == names
    client = Client(names[1])
    client.ask("ATE0")
    assert client.lines("AT+CGSN") == [simulation.modems[1]["imei"], "OK"]
    client.close()


def test_messages_go_both_ways_between_the_console_and_a_modem(simulation: Simulation) -> None:
    client = Client(simulation.modems[0]["port"])
    client.ask("ATE0;+CNMI=2,1,0,0,0")
    number = simulation.modems[0]["number"]
    assert simulation.ask(f"sms {PHONE} {number} Hello, box") == {"done": "sms", "parts": 1}
    assert '+CMTI: "SM",1' in client.until(rb"CMTI.*\r\n")
    for tpdu in submits(PHONE, "An answer that is long. " * 10):
        type_in(client, tpdu)
    received = simulation.next()["received"]
    assert (received["number"], received["peer"]) == (PHONE, number)
    assert received["text"] == "An answer that is long. " * 10
    assert len(simulation.ask(f"inbox {PHONE}")["messages"]) == 1
    client.close()


def test_faults_are_switched_and_modems_pulled_while_it_runs(
    simulation: Simulation, tmp_path: Path
) -> None:
    client = Client(simulation.modems[0]["port"])
    client.ask("ATE0;+CMEE=1")
    assert simulation.ask("fault 1 refuse 1") == {"done": "fault"}
    simulation.ask("fault 1 refuse_with CMS 42")
    [tpdu] = submits(PHONE, "x")
    assert "+CMS ERROR: 42" in type_in(client, tpdu)
    simulation.ask("urc 1 ^BOOT:1")
    client.until(rb"\^BOOT:1\r\n")
    simulation.ask("unplug 1")
    client.until_gone()
    client.close()
    assert simulation.ask("replug 1 ttyUSB7")["port"] == str(tmp_path / "ports" / "ttyUSB7")
    again = Client(str(tmp_path / "ports" / "ttyUSB7"))
    again.say("AT\r")
    again.until(FINAL)
    again.close()


@pytest.mark.parametrize(
    "command",
    ["dance", "fault 3 refuse 1", "fault 1 nonsense 1", "sms 1 2", "phone +491 maybe", "ring x y"],
)
def test_a_mistyped_command_is_told_and_ends_nothing(simulation: Simulation, command: str) -> None:
    assert "error" in simulation.ask(command)
    assert simulation.ask("modems")["modems"] == simulation.modems


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_and_takes_the_ports_away(
    simulation: Simulation, tmp_path: Path, number: signal.Signals
) -> None:
    simulation.process.send_signal(number)
    _, errors = simulation.process.communicate(timeout=5)
    assert (simulation.process.returncode, errors) == (0, "")
    assert not list((tmp_path / "ports").iterdir())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_comes_before_it_waits_is_not_lost(number: signal.Signals) -> None:
    with simulate._signals() as bell:
        signal.raise_signal(number)
        assert list(simulate._typed_lines(bell)) == []


def test_a_second_signal_ends_it_when_nobody_reads_what_it_says(simulation: Simulation) -> None:
    assert simulation.process.stdin is not None
    simulation.process.stdin.write("modems\n" * 1000)  # the answers fill the pipe
    simulation.process.stdin.flush()
    simulation.process.terminate()

    def ended() -> bool:
        simulation.process.terminate()
        return simulation.process.poll() is not None

    eventually(ended, what="to end")


def test_the_last_line_needs_no_line_end(simulation: Simulation) -> None:
    assert simulation.process.stdin is not None
    simulation.process.stdin.write("modems")
    simulation.process.stdin.close()
    simulation.process.stdin = None
    assert simulation.next()["modems"] == simulation.modems


def test_the_end_of_its_input_does_not_end_it(simulation: Simulation) -> None:
    assert simulation.process.stdin is not None
    simulation.process.stdin.close()
    simulation.process.stdin = None
    client = Client(simulation.modems[0]["port"])
    assert "OK" in client.ask("AT")
    client.close()
    simulation.process.terminate()
    simulation.process.communicate(timeout=5)
    assert simulation.process.returncode == 0
