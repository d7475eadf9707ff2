"""`pigeonbox messages` on a data folder, whether or not a service runs on it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.main import main
from gateway.store import opening
from gateway.store.file import database
from gateway.store.messages import outbox
from gateway.store.search import views
from tests.store.given import ANN, BOB, NOW, dispatches, message


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def run(folder: Path, *words: str, stdin: str = "") -> Result:
    command, *rest = words
    arguments = ["messages", command, "--data", str(folder), *rest]
    return CliRunner().invoke(main, arguments, input=stdin)


@pytest.fixture
def ids(folder: Path) -> list[int]:
    opening.open_store(folder)
    with database.connected():
        found = [message(ANN), message(ANN, BOB)]
        outbox.give_up(dispatches(found[1]), "No credit.", "", NOW)
    opening.close_store()
    return found


def counts(folder: Path) -> views.Counts:
    opening.open_store(folder)
    try:
        with database.connected():
            return views.counts()
    finally:
        opening.close_store()


def test_messages_are_listed_for_people_and_programs(folder: Path, ids: list[int]):
    said = run(folder, "list")
    assert said.exit_code == 0
    assert f"{ids[1]}  to {ANN} and 1 more (2 failed): hello" in said.output
    found = json.loads(run(folder, "list", "--view", "failed", "--json").output)
    assert [row["id"] for row in found] == [ids[1]]
    assert "no messages" in run(folder, "list", "--view", "calls").output


def test_deleting_restoring_and_purging(folder: Path, ids: list[int]):
    assert run(folder, "delete", *map(str, ids)).output == "2 messages deleted.\n"
    assert counts(folder).deleted == 2
    assert run(folder, "restore", str(ids[0])).output == "1 message restored.\n"
    assert run(folder, "purge", "--all-in", "deleted", stdin="n\n").exit_code == 1
    assert counts(folder).deleted == 1
    done = run(folder, "purge", "--all-in", "deleted", "--yes", "--json")
    assert json.loads(done.output) == {"done": 1}
    assert counts(folder).deleted == 0


def test_resending(folder: Path, ids: list[int]):
    assert run(folder, "resend", "--all-in", "failed").output == "2 SMS queued again.\n"
    assert counts(folder).pending == 2
    said = run(folder, "resend", str(ids[0]), "--connection", "nobody")
    assert said.exit_code == 1
    assert "no connection called nobody" in said.output


def test_misuse_changes_nothing_and_says_what_to_do(folder: Path, ids: list[int]):
    assert run(folder, "delete").exit_code == 2
    assert run(folder, "delete", str(ids[0]), "--all-in", "all").exit_code == 2
    said = run(folder, "delete", str(ids[0]), "999")
    assert said.exit_code == 1
    assert "There is no message 999. Nothing was done." in said.output
    assert counts(folder).deleted == 0
