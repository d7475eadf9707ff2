"""`pigeonbox doctor --record`: what it keeps replays against the engine and tells no secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.at import profile_for
from gateway.simnet import Network
from gateway.terminal.transcript import COMMANDS, Exchange, write
from hw.simulator import PERSONALITIES
from tests.at.transcripts import Replay
from tests.modem.jobs.test_models import life
from tests.modem.recorded import Recorded
from tests.support.box import RunningBox


def whole(data):
    yield data


def byte_by_byte(data):
    for n in range(len(data)):
        yield data[n : n + 1]


def replay(lines):
    for split in (whole, byte_by_byte):
        Replay(split).run(lines)


def secrets(modem):
    return (modem.card.iccid, modem.card.imsi, modem.card.number.lstrip("+"), modem.imei)


@pytest.mark.parametrize("name", sorted(PERSONALITIES))
def test_a_recording_of_every_personality_replays_and_holds_no_number(
    network: Network, tmp_path: Path, name: str
):
    modem = network.add_modem(personality=PERSONALITIES[name])
    file = tmp_path / "modem.txt"
    done = RunningBox(tmp_path, ports=[modem.port]).command("doctor", "--record", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    text = file.read_text()
    lines = text.splitlines()
    assert [line[2:] for line in lines if line.startswith("> ")] == list(COMMANDS)
    assert not re.search(r"\d{5}", text)
    assert not [s for s in secrets(modem) if s in text]
    replay(lines)
    row = PERSONALITIES[name]
    facts = dict(life(Recorded(file, whole)))  # and the jobs understand what is left of it
    assert facts["profile"] == profile_for(row.manufacturer, row.model).name
    assert facts["network"].startswith("registered")


@pytest.mark.parametrize(
    "faults",
    [
        {"flood": 0.005},
        {"double_echo": True, "split": 3},
        {"echo_stays": True, "flood": 0.01, "flood_with": '+CUSD: 0,"Your credit is 12345",15'},
        {"noise": 0.3},
        {"sim_missing": True},
        {"refuse_command": "AT+C"},
    ],
    ids=str,
)
def test_a_recording_of_a_modem_in_trouble_replays_too(network, tmp_path, faults):
    modem = network.add_modem()
    for name, value in faults.items():
        setattr(modem.faults, name, value)
    file = tmp_path / "modem.txt"
    done = RunningBox(tmp_path, ports=[modem.port]).command("doctor", "--record", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    text = file.read_text()
    assert not re.search(r"\d{5}", text)
    assert "credit" not in text
    assert not [s for s in secrets(modem) if s in text]
    replay(text.splitlines())


def test_a_running_service_is_recorded_through_it(network: Network, tmp_path: Path):
    modem = network.add_modem()
    with RunningBox(tmp_path, ports=[modem.port]) as box:
        box.start().wait_for_modems(1)
        file = tmp_path / "modem.txt"
        done = box.command("doctor", "--record", str(file), "--port", modem.port)
        assert (done.returncode, done.stderr) == (0, "")
        lines = file.read_text().splitlines()
        assert "> AT+CPMS=?" in lines
        assert not [s for s in secrets(modem) if s in file.read_text()]
        replay(lines)


def test_what_came_unasked_meanwhile_is_in_it_without_its_words():
    heard = b"\r\n+CMT: ,24\r\n07919471016730510409D0CD309A2E6F01\r\n\r\n+CSQ: 9,99\r\n\r\nOK\r\n"
    lines = write([Exchange("AT+CSQ", heard, "OK")], exact=True)
    assert lines[2:] == [
        "> AT+CSQ",
        "< +CMT: ,24",
        "< " + "A" * 34,
        "= urc +CMT | +CMT: ,24 | " + "A" * 34,
        "< +CSQ: 9,99",
        "< OK",
        "= answer OK | +CSQ: 9,99",
    ]
    replay(lines)


def test_odd_line_ends_are_kept_as_they_came():
    heard = b"AT+CSQ\r\r\n\n+CSQ: 9,99\r\r\nOK\n"
    lines = write([Exchange("AT+CSQ", heard, "OK")], exact=True)
    assert r"<< +CSQ: 9,99\r\r\n" in lines
    assert r"<< OK\n" in lines
    replay(lines)


def test_a_command_without_answer_is_said_and_left_out():
    lines = write(
        [Exchange("AT^HCSQ?", b"", "TIMEOUT"), Exchange("AT", b"\r\nOK\r\n", "OK")], exact=True
    )
    assert "# AT^HCSQ? was not answered." in lines
    assert lines[-3:] == ["> AT", "< OK", "= answer OK"]
    replay(lines)
