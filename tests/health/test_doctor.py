"""`pigeonbox doctor` on whole boxes: with the service, without it, and with things broken."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hw.simulator import SimulatedModem
from tests.support.box import RunningBox

PHONE = "+254799000001"
# What this machine may lack without the box being wrong, and what no test can mend.
OF_THE_MACHINE = {"clock.unknown", "clock.free", "modem-manager", "disk.low"}


def findings(box: RunningBox, *words: str) -> dict[str, dict[str, Any]]:
    done = box.command("doctor", "--json", *words)
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert (done.returncode == 0) == told["ok"]
    assert len(told["checks"]) >= 15
    return {i["key"]: i for i in told["issues"] if i["key"] not in OF_THE_MACHINE}


@pytest.fixture
def modem(network) -> SimulatedModem:
    return network.add_modem()


@pytest.fixture
def box(modem: SimulatedModem, tmp_path: Path) -> RunningBox:
    return RunningBox(tmp_path, ports=[modem.port])


# without the service --------------------------------------------------------------------------


def test_without_the_service_a_good_modem_has_only_the_stopped_service_against_it(box, modem):
    assert findings(box).keys() == {"service.stopped", "database.none"}
    assert not box.data.exists(), "an examination makes no folder"


def test_nothing_is_changed_in_the_modem_or_on_the_disk(box, modem, tmp_path):
    modem.card.pin = "1234"
    before = sorted(tmp_path.rglob("*"))
    findings(box)
    assert modem.card.pin_tries == 3
    assert sorted(tmp_path.rglob("*")) == before


def test_a_sim_that_asks_for_its_pin_is_told_and_no_pin_is_tried(network, tmp_path):
    modem = network.add_modem(pin="1234")
    box = RunningBox(tmp_path, ports=[modem.port])
    box.config.write_text(box.config.read_text() + 'pin = "0000"\n')
    found = findings(box)
    assert found["sim.pin"]["about"] == modem.port
    assert modem.card.pin_tries == 3


@pytest.mark.parametrize(
    ("switch", "key"),
    [
        ({"sim_missing": True}, "sim.missing"),
        ({"registration": 3}, "network.denied"),
        ({"registration": 2}, "network.none"),
        ({"silent": True}, "modem.silent"),
    ],
)
def test_what_is_wrong_with_a_modem_is_found_by_asking_it(box, modem, switch, key):
    for name, value in switch.items():
        setattr(modem.faults, name, value)
    found = findings(box)
    assert found[key]["about"] == modem.port
    assert set(found) == {key, "service.stopped", "database.none"}


def test_a_sim_for_data_only_is_told_as_such(box, modem):
    modem.faults.registration, modem.faults.eps_registration = 3, 1
    found = findings(box)["network.denied"]
    assert "data only" in found["mend"]


def test_a_sim_without_service_centre_is_told(box, modem):
    modem.card.smsc = ""
    assert "smsc.missing" in findings(box)


def test_a_full_storage_is_told(network, box, modem):
    for n in range(modem.card.slots):
        network.phone_send(PHONE, modem.number, f"number {n}")
    network.wait_for(lambda: modem.card.memory.used == modem.card.slots, 10)
    assert "20 of 20" in findings(box)["storage.full"]["words"]


def test_a_port_that_is_not_there_is_told(tmp_path):
    found = findings(RunningBox(tmp_path, ports=["/dev/pigeon-none"]))
    assert found["ports.absent"]["about"] == "/dev/pigeon-none"
    assert "modem.silent" not in found


def test_another_program_on_the_port_is_named_and_left_alone(box, modem):
    program = "import sys, time; f = open(sys.argv[1], 'rb', 0); print('open', flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", program, modem.port],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout
    assert other.stdout.readline() == "open\n"
    try:
        found = findings(box)
        assert f"(process {other.pid})" in found["ports.held"]["words"]
        assert "modem.silent" not in found
    finally:
        other.communicate("\n", timeout=10)


def test_for_people_each_finding_comes_with_what_to_do_and_the_exit_code(box, modem):
    modem.faults.sim_missing = True
    done = box.command("doctor")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    place = next(n for n, line in enumerate(lines) if "No SIM is found" in line)
    assert lines[place].startswith("PROBLEM")
    assert lines[place + 1].strip().startswith("-> Insert one")


# with the service -----------------------------------------------------------------------------


def test_a_running_box_that_is_well_has_nothing_against_it(box, modem):
    with box.start() as running:
        running.wait_for_modems(1)
        assert findings(box) == {}
        message = box.send("still working", PHONE)
        box.wait_for(message, "Delivered")
        told = box.command("doctor")
        if told.returncode == 0:
            assert "Nothing is wrong" in told.stdout


def test_what_the_service_says_of_its_modems_is_told(network, tmp_path):
    locked, good = network.add_modem(pin="1234"), network.add_modem()
    good.card.smsc = ""
    with RunningBox(tmp_path, ports=[locked.port, good.port]) as box:
        box.start().wait_for_modems(1)
        found = findings(box)
        assert found["sim.pin"]["about"] == locked.port
        assert found["smsc.missing"]["about"] == good.port
        assert set(found) == {"sim.pin", "smsc.missing"}


def test_messages_in_doubt_are_told_with_their_time(network, box, modem):
    with box.start() as running:
        running.wait_for_modems(1)
        modem.faults.lost_cmgs = 1
        message = box.send("once", PHONE, withDeliveryReport=False)
        network.wait_for(lambda: len(network.sent) == 1, 20)
        box.kill()
        box.start()
        box.wait_for(message, "Uncertain")
        found = findings(box)
        assert found["messages.uncertain"]["since"] > 1_700_000_000_000


def test_being_looked_at_leaves_no_trace_in_the_log(box, modem):
    with box.start() as running:
        running.wait_for_modems(1)
        findings(box)
        box.stop()
        assert not [line for line in box.output if "Traceback" in line or "ERROR" in line]


def test_a_service_that_hangs_is_not_called_stopped(box, modem):
    with box.start() as running:
        running.wait_for_modems(1)
        assert running.process
        os.kill(running.process.pid, 19)  # SIGSTOP
        try:
            found = findings(box)
        finally:
            os.kill(running.process.pid, 18)
        assert set(found) == {"service.silent"}


# the store ------------------------------------------------------------------------------------


def test_a_damaged_database_is_told_and_not_touched(box, modem):
    with box.start() as running:
        running.wait_for_modems(1)
        box.stop()
    file = box.data / "pigeonbox.db"
    with file.open("r+b") as f:
        f.seek(8192)
        f.write(b"\xff" * 4096 * 20)
    before = file.read_bytes()
    assert "database.damaged" in findings(box)
    assert file.read_bytes() == before


def test_a_queue_that_does_not_move_is_told_also_while_nothing_runs(box, modem):
    assert box.command("send", "--no-report", PHONE, "hello").returncode == 0
    with sqlite3.connect(box.data / "pigeonbox.db") as store:
        store.execute("UPDATE dispatch SET due_at = due_at - 3600000")
    store.close()
    assert "1 message should" in findings(box)["queue.stuck"]["words"]
