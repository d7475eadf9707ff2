"""gammu (https://wammu.eu/gammu/) at simulated modems."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from gateway.simnet import Network
from hw.simulator import PERSONALITIES, SimulatedModem
from tests.peers.conftest import program

pytestmark = pytest.mark.peers

PHONE = "+4917604069001"
LONG = "The quick brown fox jumps over the lazy dog. " * 8
UNICODE = "Привет, мир! 😀 " * 8


@dataclass
class Run:
    """One call of gammu on a modem of its own."""

    modem: SimulatedModem
    process: subprocess.Popen[str]
    until: str = ""  # gammu getussd would wait ten more seconds after this
    _output: str = field(default="", init=False)

    def output(self) -> str:
        """What it said; fails when it ended with an error."""
        if not self._output:
            if self.until:
                self._read_until()
            rest, _ = self.process.communicate(timeout=30)
            self._output += rest
            assert self.process.returncode == 0 or self.until, self._output
        return self._output

    def _read_until(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._output += line
            if self.until in line:
                self.process.send_signal(signal.SIGINT)
                return


@pytest.fixture(scope="module")
def runs(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Run]]:
    """Every call, all started at once: gammu spends most of its time waiting."""
    gammu = program("gammu")
    folder = tmp_path_factory.mktemp("gammu")

    def start(name: str, *words: str, kind: str = "generic", until: str = "") -> Run:
        modem = network.add_modem(personality=PERSONALITIES[kind])
        PREPARE.get(name, lambda *_: None)(network, modem)
        rc = folder / name
        rc.write_text(f"[gammu]\ndevice = {modem.port}\nconnection = at115200\n")
        command = ["stdbuf", "-oL", gammu, "-c", str(rc), *words]
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(folder)}
        process = subprocess.Popen(
            command,
            env=environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return Run(modem, process, until)

    text = ("sendsms", "TEXT", PHONE)
    started = {
        "identify": start("identify", "identify", kind="quectel"),
        "network": start("network", "networkinfo"),
        "list": start("list", "getallsms", kind="sim800"),
        "join": start("join", "geteachsms", kind="huawei"),
        "short": start("short", *text, "-text", "Grüße {€}"),
        "long": start("long", *text, "-len", "400", "-text", LONG),
        "unicode": start("unicode", *text, "-unicode", "-len", "400", "-text", UNICODE),
        "refused": start("refused", "sendsms", "TEXT", "+491719990038", "-text", "x"),
        "credit": start("credit", "getussd", "*100#", until="Service reply"),
        "huawei": start("huawei", "getussd", "*100#", kind="huawei", until="Service reply"),
        "delete": start("delete", "deleteallsms", "1"),
    }
    yield started
    for run in started.values():
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()
        if run.process.stdout:
            run.process.stdout.close()


def _bring(network: Network, modem: SimulatedModem) -> None:
    network.phone_send(PHONE, modem.number, "Short one from a phone, ä {€}")
    network.phone_send("BANK", modem.number, LONG)
    network.phone_send(PHONE, modem.number, "Кириллица")
    modem.settle()


PREPARE: dict[str, Callable[[Network, SimulatedModem], None]] = dict.fromkeys(
    ("list", "join", "delete"), _bring
)


def test_gammu_recognises_the_modem_and_its_sim(runs: dict[str, Run]) -> None:
    run = runs["identify"]
    told = run.output()
    assert run.modem.card is not None
    for value in ("Quectel", "EC25", run.modem.imei, run.modem.card.imsi):
        assert value in told


def test_gammu_sees_the_network(runs: dict[str, Run]) -> None:
    told = runs["network"].output()
    assert "home network" in told
    assert "LAC 00C3" in told
    assert '"Pigeonbox Mobile"' in told


def test_gammu_reads_what_is_stored(runs: dict[str, Run]) -> None:
    told = runs["list"].output()
    assert "Short one from a phone, ä {€}" in told
    assert "ID (8 bit) 1, part 3 of 3" in told
    assert "Кириллица" in told
    assert "5 SMS parts in 5 SMS sequences" in told


def test_gammu_joins_the_parts_of_a_long_message(runs: dict[str, Run]) -> None:
    told = runs["join"].output()
    assert LONG.strip() in told
    assert '"BANK"' in told
    assert "5 SMS parts in 3 SMS sequences" in told


@pytest.mark.parametrize(
    ("name", "text"), [("short", "Grüße {€}"), ("long", LONG), ("unicode", UNICODE)]
)
def test_gammu_sends_and_the_phone_receives(
    network: Network, runs: dict[str, Run], name: str, text: str
) -> None:
    run = runs[name]
    assert "OK, message reference=0" in run.output()
    assert network.texts(PHONE, sender=run.modem.number) == [text]


def test_gammu_hears_why_a_message_is_refused(runs: dict[str, Run]) -> None:
    run = runs["refused"]
    told, _ = run.process.communicate(timeout=30)
    assert run.process.returncode != 0
    assert "error 38" in told


@pytest.mark.parametrize("name", ["credit", "huawei"])
def test_gammu_asks_for_the_credit(runs: dict[str, Run], name: str) -> None:
    assert 'Service reply        : "Your balance is 20.00 EUR."' in runs[name].output()


def test_gammu_deletes_what_is_stored(runs: dict[str, Run]) -> None:
    run = runs["delete"]
    run.output()
    assert run.modem.memories["SM"].used == 0
