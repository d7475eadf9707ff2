"""`pigeonbox activities`, with the service off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.main import main
from gateway.clock import SystemClock
from gateway.events import Events
from gateway.services.activities.activities import Activities
from gateway.services.activities.activity_drafts import TypedAction, TypedActivity
from gateway.services.activities.fallback import Fallback
from gateway.services.box.preferences import Preferences
from gateway.store import opening
from gateway.store.file import database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    opening.open_store(tmp_path)
    with database.connected():
        events = Events()
        service = Activities(SystemClock(), events, Preferences(events, "KE"))
        reply = (TypedAction("reply", "Welcome {number}"),)
        service.add(TypedActivity("Join", words="join", actions=reply), "admin")
        service.set_fallback(Fallback("Sorry", on=True), "admin")
    opening.close_store()
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    verb, rest = words[:2], words[2:]
    return CliRunner().invoke(main, [*verb, "--data", str(folder), *rest])


def test_the_list_says_when_and_what(folder: Path) -> None:
    shown = run(folder, "activities", "list").output
    assert "1. Join: First word is “join”" in shown
    assert "    Reply “Welcome {number}”" in shown
    assert "Fallback reply: Sorry" in shown
    (one,) = json.loads(run(folder, "activities", "list", "--json").output)
    assert (one["name"], one["enabled"], one["fired"]) == ("Join", True, 0)


def test_a_sample_is_tried(folder: Path) -> None:
    tried = run(folder, "activities", "try", "--from", "+254712000001", "Join!")
    assert tried.output == "Join: Matches: would reply “Welcome +254712000001”.\n"
    tried = json.loads(run(folder, "activities", "try", "--json", "hello").output)
    assert [t["matches"] for t in tried] == [False, False]
    refused = run(folder, "activities", "try", "--from", "+1", "Join!")
    assert refused.exit_code == 1
    assert "“+1” is" in refused.output
    refused = run(folder, "activities", "try", "--connection", "Moon", "Join!")
    assert refused.exit_code == 1


def test_activities_are_switched(folder: Path) -> None:
    assert run(folder, "activities", "off", "join").output == "Join is switched off.\n"
    assert "1. Join (switched off)" in run(folder, "activities", "list").output
    run(folder, "activities", "on", "Join")
    assert "(switched off)" not in run(folder, "activities", "list").output
    refused = run(folder, "activities", "on", "Nobody")
    assert refused.exit_code == 1
    assert "Known: Join." in refused.output
