"""`pigeonbox connections` against a really running box, and against its store alone."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.services.connections import connection_settings
from gateway.store import opening
from gateway.store.connections import connections
from gateway.store.file import audit, database
from tests.support.box import RunningBox, eventually


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBox]:
    folder: Path = tmp_path_factory.mktemp("box")
    with RunningBox(folder, arguments=["--simulate", "1", "--air-time", "0"]) as running:
        running.start().wait_for_modems(1)
        yield running


def run(box: RunningBox, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return box.command("connections", *words, stdin=stdin)


def listed(box: RunningBox) -> dict[str, Any]:
    done = run(box, "--json")
    assert done.returncode == 0, done.stderr
    (one,) = json.loads(done.stdout)
    return one


def changed(box: RunningBox, *words: str) -> dict[str, Any]:
    done = run(box, "set", *words)
    assert done.returncode == 0, done.stderr
    return listed(box)


def test_each_connection_is_told_in_words_and_for_programs(box: RunningBox) -> None:
    name = listed(box)["name"]
    eventually(lambda: "today 0 sent, 0 failed" in run(box).stdout)
    assert run(box).stdout.startswith(name)
    one = listed(box)
    assert (one["state"], one["send_enabled"], one["receive_enabled"]) == ("ready", True, True)
    assert one["phone_number"].startswith("+")


def test_settings_are_changed_as_on_the_page_and_the_others_stay(box: RunningBox) -> None:
    name = listed(box)["name"]
    one = changed(box, name, "--name", "Office", "--number", "0712 000 009", "--receive", "off")
    assert (one["name"], one["phone_number"]) == ("Office", "+254712000009")
    assert (one["receive_enabled"], one["send_enabled"]) == (False, True)
    one = changed(box, "Office", "--per-day", "7", "--per-minute", "0", "--receive", "on")
    assert (one["limits"]["day"], one["limits"]["minute"]) == (7, 0)
    assert one["phone_number"] == "+254712000009"
    one = changed(box, "Office", "--per-day", "", "--credit-code", "*100#", "--warn-below", "2,50")
    assert one["limits"]["day"] != 7
    assert "not asked yet" in box.command("credit").stdout


def test_everything_wrong_is_said_in_one_line_and_nothing_is_changed(box: RunningBox) -> None:
    before = listed(box)
    done = run(
        box, "set", before["name"], "--number", "hello", "--per-day", "many", "--send", "off"
    )
    assert done.returncode == 1
    assert "“hello” is not a phone number" in done.stderr
    assert "whole number up to" in done.stderr
    assert done.stderr.count("\n") == 1
    assert listed(box) == before
    assert run(box, "set", "Nobody", "--send", "off").returncode == 1
    assert run(box, "set", before["name"]).returncode == 2
    done = run(box, "pin", before["name"], stdin="12\n")
    assert done.stderr.strip() == "pigeonbox: A PIN has 4 to 8 digits."


def test_limits_and_validity_of_the_box_are_shown_and_changed(box: RunningBox) -> None:
    done = run(box, "usual", "--per-hour", "77", "--valid-hours", "48", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["hour"] == 77
    assert "77 an hour" in run(box, "usual").stdout
    assert "waits 48 hours" in run(box, "usual").stdout
    assert run(box, "usual", "--valid-hours", "0").returncode == 1


@pytest.fixture
def still(tmp_path: Path) -> RunningBox:
    """Not running: what is typed goes into its store."""
    box = RunningBox(tmp_path / "box")
    opening.open_store(box.data)
    with database.connected():
        connections.upsert_connection("8949", "", 1)
    opening.close_store()
    return box


def test_without_the_service_settings_go_into_the_store(still: RunningBox) -> None:
    done = run(still, "set", "SIM 1", "--reports", "off", "--credit-code", "*100#")
    assert done.returncode == 0, done.stderr
    assert run(still, "pin", "SIM 1", stdin="1234\n").returncode == 0
    opening.open_store(still.data)
    with database.connected():
        info = connections.get(1)
        assert info is not None
        assert (info.reports, info.send_enabled, info.has_pin) == (False, True, True)
        assert connection_settings.standing(info).credit.code == "*100#"
        told = [(a.action, a.detail) for a in audit.page(None, 9)]
        assert told == [
            ("settings changed", "/connections/1/pin"),
            ("settings changed", "/connections/1/settings"),
        ]
    opening.close_store()
    assert run(still, "pin", "--forget", "SIM 1").returncode == 0
    assert "not running" in run(still).stderr
