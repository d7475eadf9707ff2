"""`pigeonbox backup` and `restore`, with the service running and without, and on another box."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.simnet import Network
from gateway.store.keeping import backups
from tests.support.box import RunningBox, eventually
from tests.support.radio import texts_sent

PHONE = "+254799000001"


def test_a_running_service_takes_a_backup_and_sends_nothing_twice(
    network: Network, tmp_path: Path
) -> None:
    modem = network.add_modem(air_time=0.0)
    file = tmp_path / "copy.db"
    with RunningBox(tmp_path, ports=[modem.port]) as box:
        box.start().wait_for_modems(1)
        first = box.send("first", PHONE, withDeliveryReport=False)
        box.wait_for(first, "Sent")
        modem.unplug()
        eventually(lambda: box.ready_modems() == 0)
        waits = box.send("waits", PHONE, withDeliveryReport=False)
        made = box.command("backup", str(file), "--json")
        assert made.returncode == 0, made.stderr
        assert json.loads(made.stdout)["messages"] == 2
        modem.replug()
        box.wait_for(waits, "Sent")
        assert box.process
        pid = box.process.pid
        done = box.command("restore", "--yes", str(file))
        assert done.returncode == 0, done.stderr
        eventually(box._answers)
        box.wait_for_modems(1)
        assert box.process.pid == pid
        assert box.process.poll() is None
        assert box.state(first) == "Sent"
        assert box.state(waits) == "Uncertain"
        after = box.send("after", PHONE, withDeliveryReport=False)
        box.wait_for(after, "Sent")
        assert texts_sent(network) == ["first", "waits", "after"]


def test_a_backup_of_one_box_is_put_back_on_another(tmp_path: Path) -> None:
    one, other = (RunningBox(tmp_path / name) for name in ("one", "other"))
    assert one.command("token", "add", "alarms").returncode == 0
    file = tmp_path / "copy.db"
    assert one.command("backup", str(file)).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    refused = other.command("restore", str(file))
    assert refused.returncode == 1
    assert "--yes" in refused.stderr
    done = other.command("restore", "--yes", str(file))
    assert done.returncode == 0, done.stderr
    assert "alarms" in other.command("token", "list").stdout


def test_a_backup_goes_to_standard_output_and_comes_from_standard_input(tmp_path: Path) -> None:
    box = RunningBox(tmp_path)
    assert box.command("token", "add", "alarms").returncode == 0
    there = set(box.data.iterdir())
    with (tmp_path / "copy.db").open("wb") as out:
        done = subprocess.run(
            [sys.executable, "-m", "gateway", "backup", "--config", str(box.config), "-"],
            stdout=out,
            timeout=60,
        )
    assert done.returncode == 0
    assert backups.inspect(tmp_path / "copy.db").versions
    assert set(box.data.iterdir()) == there
    other = RunningBox(tmp_path / "other")
    with (tmp_path / "copy.db").open("rb") as whole:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "gateway", "restore", "--yes"),
                *("--config", str(other.config), "-"),
            ],
            stdin=whole,
            timeout=60,
        )
    assert done.returncode == 0
    assert "alarms" in other.command("token", "list").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("backup", "{folder}/there.db"), "exists already"),
        (("backup", "{folder}/no/such/folder/x.db"), "cannot be written"),
        (("restore", "--yes", "{folder}/there.db"), "no backup"),
    ],
)
def test_what_cannot_be_done_is_one_line(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    box = RunningBox(tmp_path)
    assert box.command("token", "add", "x").returncode == 0
    (tmp_path / "there.db").write_text("rubbish" * 1000)
    done = box.command(*(w.format(folder=tmp_path) for w in words))
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert (tmp_path / "there.db").read_text() == "rubbish" * 1000
    assert "x" in box.command("token", "list").stdout
