"""Sending later on the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.box import RunningBox

PHONE = "+254799000001"


@pytest.fixture
def box(tmp_path: Path) -> RunningBox:
    """Not running: the command line writes to the store itself."""
    return RunningBox(tmp_path)


def ahead(**more: int) -> str:
    return (datetime.now(UTC) + timedelta(**more)).isoformat(timespec="seconds")


def test_a_message_is_kept_for_later_listed_and_cancelled(box: RunningBox):
    done = box.command("send", "--at", ahead(days=1), PHONE, "hello")
    assert done.returncode == 0, done.stderr
    assert "Scheduled as number 1" in done.stdout
    listed = box.command("scheduled", "list").stdout
    assert "once, to +254 799 000001: hello" in listed
    (found,) = json.loads(box.command("scheduled", "list", "--json").stdout)
    assert (found["number"], found["state"], found["text"]) == (1, "active", "hello")
    assert box.command("scheduled", "cancel", "1").returncode == 0
    assert box.command("scheduled", "list").stdout == "Nothing is scheduled.\n"
    again = box.command("scheduled", "cancel", "1")
    assert again.returncode == 1
    assert "is over" in again.stderr


def test_send_now_is_its_run(box: RunningBox):
    box.command("send", "--at", ahead(days=1), "--id", "mine", PHONE, "hello")
    assert box.command("scheduled", "send-now", "1").stdout == "Number 1 is queued.\n"
    assert box.command("scheduled", "list").stdout == "Nothing is scheduled.\n"
    assert "already a message with the id" in box.command("send", "--id", "mine", PHONE, "x").stderr
    assert "There is no scheduled" in box.command("scheduled", "send-now", "9").stderr


@pytest.mark.parametrize(
    ("at", "said"), [("soon", "--at must be"), ("2020-01-01T10:00", "passed already")]
)
def test_a_time_that_cannot_be_is_refused(box: RunningBox, at: str, said: str):
    done = box.command("send", "--at", at, PHONE, "hello")
    assert done.returncode == 1
    assert said in done.stderr
    assert box.command("scheduled", "list").stdout == "Nothing is scheduled.\n"


def test_one_that_repeats_is_paused_and_resumed(box: RunningBox):
    day = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
    last = f"{datetime.now(UTC) + timedelta(days=90):%Y-%m-%d}"
    weekly = ("--repeat", "week", "--every", "2", "--on", "mon,Thursday", "--until", last)
    done = box.command("send", "--at", f"{day}T09:30", *weekly, PHONE, "hello")
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(box.command("scheduled", "list", "--json").stdout)
    assert "2 weeks" in found["repeat"]
    assert "Mon" in found["repeat"]
    assert "Thu" in found["repeat"]
    assert box.command("scheduled", "resume", "1").returncode == 1
    assert box.command("scheduled", "pause", "1").stdout == "Number 1 is paused.\n"
    (found,) = json.loads(box.command("scheduled", "list", "--json").stdout)
    assert found["state"] == "paused"
    assert "is not running" in box.command("scheduled", "pause", "1").stderr
    assert box.command("scheduled", "resume", "1").stdout == "Number 1 is resumed.\n"
    assert "There is no scheduled" in box.command("scheduled", "pause", "9").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--repeat", "day"), "--repeat needs --at"),
        (("--at", "2030-01-01T10:00", "--every", "2"), "need --repeat"),
        (("--at", "2030-01-01T10:00Z", "--repeat", "day"), "without a zone"),
        (("--at", "2030-01-01T10:00", "--repeat", "week", "--on", "xyz"), "no day xyz"),
        (("--at", "2030-01-01T10:00", "--repeat", "day", "--on", "mon"), "goes with"),
        (("--at", "2030-01-01T10:00", "--repeat", "day", "--until", "2029-01-01"), "end before"),
    ],
)
def test_repeats_that_make_no_sense_are_refused(box: RunningBox, words: tuple[str, ...], said: str):
    done = box.command("send", *words, PHONE, "hello")
    assert done.returncode in (1, 2)
    assert said in done.stderr
