"""smstools (smsd, http://smstools3.kekekasvi.com/) sends and receives through a simulated modem."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.simnet import Network
from hw.simulator import GENERIC, SimulatedModem
from tests.peers.conftest import program

pytestmark = pytest.mark.peers

PHONE = "+4917604069001"
FOLDERS = ("outgoing", "checked", "incoming", "sent", "failed", "report")
LONG = ("All work and no play makes Jack a dull boy. " * 8).strip()


class Spool:
    """The spool folders of a running smsd, and the modem that it has."""

    def __init__(
        self, folder: Path, modem: SimulatedModem, process: subprocess.Popen[bytes]
    ) -> None:
        self.folder = folder
        self.process = process
        self.modem = modem

    def write(self, name: str, number: str, text: str, *headers: str) -> None:
        head = "\n".join([f"To: {number.lstrip('+')}", *headers])
        fresh = self.folder / name
        fresh.write_text(f"{head}\n\n{text}", encoding="utf-8")
        fresh.rename(self.folder / "outgoing" / name)

    def wait_for(self, what: str, question: Callable[[], object], timeout: float = 30.0) -> None:
        """smsd looks once a second; there is nothing to wait on but its files."""
        deadline = time.monotonic() + timeout
        while not question():
            alive = self.process.poll() is None and time.monotonic() < deadline
            assert alive, f"{what}\n{(self.folder / 'log').read_text()}"
            time.sleep(0.05)

    def find(self, folder: str, text: str) -> str | None:
        """The file in `folder` that contains `text`. smsd's lock files come and go meanwhile."""
        for path in (self.folder / folder).iterdir():
            with contextlib.suppress(FileNotFoundError):
                content = path.read_bytes().decode("latin-1")
                if text in content:
                    return content
        return None


@pytest.fixture(scope="module")
def spool(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spool]:
    smsd = program("smsd")
    folder = tmp_path_factory.mktemp("smsd")
    for name in FOLDERS:
        (folder / name).mkdir()
    # smsd finds delivery reports among the stored messages, as a Siemens or a SIM900 keeps them.
    modem = network.add_modem(personality=replace(GENERIC, report_memory="SM"))
    settings = [f"{name} = {folder / name}" for name in FOLDERS]
    (folder / "conf").write_text(
        "\n".join(
            [
                "devices = MODEM",
                *settings,
                f"logfile = {folder / 'log'}",
                "loglevel = 7",
                "delaytime = 1",
                "errorsleeptime = 1",
                "receive_before_send = no",
                "autosplit = 3",
                "[MODEM]",
                f"device = {modem.port}",
                "incoming = yes",
                "report = yes",
                "send_retries = 0",
                "init = AT+CNMI=2,1,0,2,0",
                "",
            ]
        )
    )
    process = subprocess.Popen(
        [smsd, "-t", f"-c{folder / 'conf'}", f"-p{folder / 'pid'}", f"-i{folder / 'info'}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield Spool(folder, modem, process)
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def test_smsd_sends_and_learns_that_it_was_delivered(network: Network, spool: Spool) -> None:
    spool.write("report-please", PHONE, "with a report", "Report: yes")
    spool.wait_for("a report", lambda: spool.find("report", "SMS STATUS REPORT"))
    spool.wait_for("the sent file", lambda: spool.find("sent", "with a report"))
    assert "Message_id: " in (spool.find("sent", "with a report") or "")
    report = spool.find("report", "SMS STATUS REPORT") or ""
    assert "Status: 0,Ok" in report
    assert network.texts(PHONE).count("with a report") == 1


def test_smsd_sends_a_long_message_in_parts(network: Network, spool: Spool) -> None:
    spool.write("long", "+4917604069002", LONG)
    spool.wait_for("the long one", lambda: spool.find("sent", LONG[:100]))
    assert network.texts("+4917604069002") == [LONG]
    assert len(network.parts("+4917604069002")) == 3


def test_smsd_sends_other_alphabets(network: Network, spool: Spool) -> None:
    spool.write("unicode", "+4917604069003", "Привет", "Alphabet: UTF-8")
    spool.wait_for("the Unicode one", lambda: network.texts("+4917604069003"))
    assert network.texts("+4917604069003") == ["Привет"]


def test_smsd_gives_up_what_the_network_refuses(network: Network, spool: Spool) -> None:
    number = "+4917604069004"
    network.phone(number).refuse = 1
    spool.write("refused", number, "nobody there")
    spool.wait_for("the refused one", lambda: spool.find("failed", "nobody there"))
    assert network.texts(number) == []


def test_smsd_receives_and_empties_the_store(network: Network, spool: Spool) -> None:
    for number in range(3):
        network.phone_send("+4917604069005", spool.modem.number, f"incoming {number}")
    for number in range(3):
        spool.wait_for("incoming", lambda: spool.find("incoming", f"incoming {number}"))  # noqa: B023
    assert "From: 4917604069005" in (spool.find("incoming", "incoming 0") or "")
    spool.wait_for("an empty store", lambda: not spool.modem.memories["SM"].used)
    assert network.texts(spool.modem.number, sender="+4917604069005") == [
        f"incoming {number}" for number in range(3)
    ]
