"""Looking at a database from outside: nothing is changed, whatever state it is in."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.store import opening
from gateway.store.file import data_folder, database
from gateway.store.keeping import backups, checkup

NOW = 1_790_000_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    opening.open_store(tmp_path)
    opening.close_store()
    return tmp_path


def put(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / data_folder.FILE_NAME)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def message(number: int, state: str, due: int, *, deleted: str = "NULL") -> tuple[str, str]:
    return (
        "INSERT INTO message (id, direction, kind, text, peer, created_at, author, origin,"
        " with_report, when_uncertain, note, complete, deleted_at, flash)"
        f" VALUES ({number}, 'out', 'sms', 'x', '', {NOW - 100}, '', 'page', 1, 'hold', '', 1,"
        f" {deleted}, 0)",
        "INSERT INTO dispatch (message_id, number, state, state_at, due_at, priority, wanted,"
        " held, waiting, avoid, attempts, reason, code, parts)"
        f" VALUES ({number}, '+254799000001', '{state}', {NOW - 50}, {due}, 0, 0,"
        f" {int(deleted != 'NULL')}, 0, '', 0,"
        " '', '', 1)",
    )


def test_a_folder_without_a_database_has_none(tmp_path):
    seen = checkup.examine(tmp_path, NOW)
    assert (seen.exists, seen.due, seen.backups) == (False, 0, 0)
    assert list(tmp_path.iterdir()) == []


def test_a_good_database_has_nothing_against_it(folder):
    seen = checkup.examine(folder, NOW)
    assert (seen.exists, seen.readable, seen.damage, seen.trouble) == (True, True, (), "")
    assert seen.size > 0


def test_what_is_due_and_what_is_uncertain_is_counted(folder):
    put(
        folder,
        *message(1, "pending", NOW - 5000),
        *message(2, "pending", NOW + 5000),
        *message(3, "uncertain", NOW),
        *message(4, "uncertain", NOW, deleted="1"),
    )
    seen = checkup.examine(folder, NOW)
    assert (seen.due, seen.oldest_due_at) == (1, NOW - 5000)
    assert (seen.uncertain, seen.uncertain_since) == (1, NOW - 50)
    assert seen.first_message_at == NOW - 100


@pytest.mark.parametrize("where", [0, 5000])
def test_damage_is_told_and_not_raised(folder, where):
    with (folder / data_folder.FILE_NAME).open("r+b") as file:
        file.seek(where)
        file.write(b"\xff" * 5000)
    seen = checkup.examine(folder, NOW)
    assert seen.damage


def test_a_file_that_is_not_ours_to_read_is_told(folder):
    (folder / data_folder.FILE_NAME).unlink()
    (folder / data_folder.FILE_NAME).mkdir()
    seen = checkup.examine(folder, NOW)
    assert (seen.readable, seen.damage) == (False, ())
    assert seen.trouble.endswith(".")


def test_a_database_of_another_version_is_looked_at_as_far_as_it_goes(tmp_path):
    put(tmp_path, "CREATE TABLE other (a)")
    seen = checkup.examine(tmp_path, NOW)
    assert (seen.readable, seen.damage, seen.due) == (True, (), 0)


def test_a_writer_at_work_is_no_obstacle(folder):
    with closing(sqlite3.connect(folder / data_folder.FILE_NAME)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert checkup.examine(folder, NOW).readable
        writer.rollback()


def test_nothing_in_it_can_be_written_by_looking(folder):
    before = (folder / data_folder.FILE_NAME).read_bytes()
    checkup.examine(folder, NOW)
    assert (folder / data_folder.FILE_NAME).read_bytes() == before


def test_the_newest_backup_is_found_by_the_time_in_its_name(folder):
    opening.open_store(folder)
    with database.connected():
        made = backups.make(folder / backups.FOLDER, "by-hand")
    opening.close_store()
    os.utime(made, (0, 0))  # a copy keeps its name, not its times
    seen = checkup.examine(folder, NOW)
    assert seen.backups == 1
    assert seen.newest_backup_at is not None
    assert seen.newest_backup_at > 1_700_000_000_000
