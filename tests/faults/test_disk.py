"""The disk is full, read-only or busy: said in one plain line, waited out, nothing lost."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.simnet import Network
from tests.support.box import RunningBox, eventually, free_port
from tests.support.radio import texts_sent

PHONE = "+254799000001"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB of our own. Only root may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("A DISK CANNOT BE MOUNTED HERE: a full disk is not tested")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take every last octet."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 10, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    return ballast


def test_a_full_disk_refuses_loses_nothing_and_goes_on_by_itself(
    network: Network, small_disk: Path
):
    modem = network.add_modem()
    with RunningBox(small_disk, ports=[modem.port]) as box:
        box.start().wait_for_modems(1)
        box.wait_for(box.send("before", PHONE, withDeliveryReport=False), "Sent")
        ballast = fill(small_disk)
        body = {"textMessage": {"text": "no room " * 500}, "phoneNumbers": [PHONE]}
        status, answer = refused(box, body)
        assert status == 503
        assert "full" in str(answer)
        for n in range(30):
            network.phone_send(PHONE, modem.number, f"while full {n} " * 8)
        eventually(lambda: any("full" in line for line in box.output))
        ballast.unlink()
        eventually(lambda: len(box.inbox()) == 30)
        box.wait_for(box.send("after", PHONE, withDeliveryReport=False), "Sent")
        assert texts_sent(network) == ["before", "after"]
        assert not [line for line in box.output if "Traceback" in line]


def refused(box: RunningBox, body: object) -> tuple[int, object]:
    """Post until the last free page of the database is used up."""
    for _ in range(200):
        status, _, answer = box.request("POST", "/api/v1/messages", body)
        if status != 202:
            return status, answer
    raise AssertionError("the disk never was full")


def test_a_busy_database_is_said_and_waited_out(network: Network, tmp_path: Path):
    modem = network.add_modem()
    with RunningBox(tmp_path, ports=[modem.port]) as box:
        box.start().wait_for_modems(1)
        other = sqlite3.connect(box.data / "pigeonbox.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        network.phone_send(PHONE, modem.number, "while busy")
        body = {"textMessage": {"text": "x"}, "phoneNumbers": [PHONE]}
        status, _, answer = box.request("POST", "/api/v1/messages", body)
        assert status == 503
        assert "in use" in str(answer)
        assert box.get("/health")[0] == 200, "reading goes on"
        other.execute("ROLLBACK")
        other.close()
        eventually(lambda: [m["contentPreview"] for m in box.inbox()] == ["while busy"])
        box.wait_for(box.send("after", PHONE, withDeliveryReport=False), "Sent")


def test_a_read_only_data_folder_is_one_plain_line(small_disk: Path):
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    page = f"127.0.0.1:{free_port()}"  # somebody may have a box running on the usual one
    folder = str(small_disk / "data")
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "run", "--data", folder, "--listen", page],
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 1
    assert "read-only" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
