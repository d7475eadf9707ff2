"""What is said when a port cannot be used, and why."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import subprocess
import sys
import threading
import tty

import pytest
import serial

from gateway.clock import SystemClock
from gateway.modem.doors import Door, Doors
from gateway.modem.worker import Worker, WorkerConfig
from hw import serialport
from tests.modem.conftest import ready, until
from tests.support.usb import DeadPort

HOLD = """
import serial, sys
port = serial.Serial(sys.argv[1], exclusive=True)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def found(ledger, monkeypatch):
    """Start a worker on doors that were found, not listed."""
    monkeypatch.setattr("gateway.modem.knock.PATIENCE", 0.3)
    monkeypatch.setattr("gateway.modem.entrance.BOOT", 0.0)
    workers = []

    def start_one(*doors):
        config = WorkerConfig(doors[0].path, doors=Doors(doors, usb_path="1-1"))
        workers.append(Worker(config, ledger, SystemClock(), contextlib.nullcontext))
        workers[-1].start()
        return workers[-1]

    yield start_one
    for worker in workers:
        worker.ask_to_stop()
    for worker in workers:
        assert worker.join(5)


@pytest.fixture
def dead():
    port = DeadPort()
    yield port
    port.close()


def test_20_the_program_that_has_locked_the_port_is_named_and_its_end_noticed(
    network, start, monkeypatch
):
    monkeypatch.setattr("gateway.modem.worker.PORT_RETRY", 0.1)
    modem = network.add_modem()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, modem.port],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline() == "held\n"
        worker = start(modem.port)
        until(lambda: "in use by another program (python" in worker.telemetry.why)
        assert worker.telemetry.state == "absent"
        other.stdin.close()
    until(lambda: ready(worker))


def test_20_a_program_that_reads_along_on_a_silent_port_is_named(dead, found):
    """It has not locked the port, so we can open it; the answers go to whoever reads first."""
    code = "import os,sys; os.open(sys.argv[1], os.O_RDWR); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, dead.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline() == "held\n"
        worker = found(Door(dead.path))
        until(lambda: worker.telemetry.state == "failed")
        assert "Another program (python" in worker.telemetry.why
        other.communicate("\n")


def test_74_modem_manager_is_suspected_on_a_silent_port(dead, found, monkeypatch):
    monkeypatch.setattr("gateway.modem.entrance.runs", lambda name: name == "ModemManager")
    worker = found(Door(dead.path))
    until(lambda: worker.telemetry.state == "failed")
    assert "ModemManager is running" in worker.telemetry.why


def test_no_permission_names_the_group(network, start, monkeypatch):
    def refuse(*args, **more):
        raise serial.SerialException(errno.EACCES, "could not open port: Permission denied")

    modem = network.add_modem()
    monkeypatch.setattr(serialport.serial, "Serial", refuse)
    worker = start(modem.port)
    until(lambda: "dialout" in worker.telemetry.why)
    assert worker.telemetry.state == "absent"


@pytest.mark.parametrize("by_itself", [True, False])
def test_21_a_login_prompt_is_called_one(start, found, by_itself):
    master, slave = os.openpty()
    tty.setraw(slave)
    path = os.ttyname(slave)
    wake, end = os.pipe()

    def getty():
        while True:
            able, _, _ = select.select([master, wake], [], [])
            if wake in able:
                return
            if b"\r" in os.read(master, 4096):
                os.write(master, b"\r\n\r\nraspberrypi login: ")

    thread = threading.Thread(target=getty)
    thread.start()
    try:
        worker = found(Door(path)) if by_itself else start(path)
        until(lambda: worker.telemetry.state == "failed", patience=60)
        assert "login prompt" in worker.telemetry.why
        assert "raspi-config" in worker.telemetry.why
    finally:
        os.write(end, b"!")
        thread.join()
        for fd in (master, slave, wake, end):
            os.close(fd)


def test_a_door_behind_which_nobody_answers_is_passed_by(network, dead, found):
    modem = network.add_modem()
    worker = found(Door("/dev/not-there", interface=1), Door(dead.path, 9600), Door(modem.port))
    until(lambda: ready(worker))
    assert worker.telemetry.port == modem.port
    assert not {"AT&F", "AT&W", "ATZ", "AT+CMGD=1,4"} & {h.upper() for h in modem.heard}
