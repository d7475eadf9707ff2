"""Files that were made to harm, or are broken in some way: read row by row, or refused by name."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from gateway.decisions.dispatch_states import DispatchState
from gateway.store import opening
from gateway.store.file import database, foreign, schema_versions, settings
from gateway.store.file.database import StoreError
from gateway.store.keeping import backups, restore
from gateway.store.keeping import rebuild as rebuilding
from gateway.store.keeping.rebuild import rebuild
from gateway.store.search import views
from tests.store.given import ANN, BOB, NOW, connection, dispatches, message, sent, state

KEPT = ("message", "dispatch", "part", "connection", "routing_rule", "setting", "user", "contact")


@pytest.fixture
def backup(store: Path, tmp_path: Path) -> Path:
    """Of a box with some of everything."""
    line = connection()
    message(ANN, BOB, text="Grüße über den Fluss")
    sent(dispatches(message(ANN))[0], line)
    settings.put("sending", {"a": [1]})
    return backups.make(tmp_path, "by-hand")


def rows(file: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(file)) as found:
        return {t: found.execute(f'SELECT * FROM "{t}" ORDER BY 1').fetchall() for t in KEPT}


def change(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("PRAGMA foreign_keys = 0")
        raw.execute("PRAGMA writable_schema = 0")
        for statement in statements:
            raw.execute(statement)


def schema(file: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(file)) as found:
        sql = "SELECT name, sql FROM sqlite_master ORDER BY name"
        return found.execute(sql).fetchall()


def test_an_honest_backup_comes_through_whole_with_counts_and_index(
    backup: Path, tmp_path: Path, store: Path
) -> None:
    target = tmp_path / "fresh.db"
    rebuild(backup, target, "it")
    assert rows(target) == rows(backup)
    assert target.stat().st_mode & 0o777 == 0o600
    assert [name for name, _ in schema(target)] == [name for name, _ in schema(backup)]
    with closing(sqlite3.connect(target)) as fresh, closing(sqlite3.connect(backup)) as old:
        for sql in ("SELECT * FROM tally ORDER BY 1", "SELECT * FROM word", "SELECT * FROM party"):
            assert fresh.execute(sql).fetchall() == old.execute(sql).fetchall()
        found = "SELECT rowid FROM found WHERE found MATCH 'fluss'"
        assert fresh.execute(found).fetchall() == old.execute(found).fetchall() != []


SCHEDULE = (
    "INSERT INTO schedule"
    " (text, recipients, start, unit, next_wall, next_at, created_at, changed_at)"
    " VALUES ('x', '[]', '2026-12-01T09:00:00', 'day', '2026-12-02T09:00:00', 1, 1, 1)"
)
CREATED = "CREATE TABLE IF NOT EXISTS owned (words)"
HARMFUL: list[tuple[str, ...]] = [
    (CREATED, "CREATE TRIGGER evil AFTER UPDATE ON dispatch BEGIN DELETE FROM message; END"),
    (CREATED, "CREATE TRIGGER evil AFTER INSERT ON audit BEGIN UPDATE user SET role = 'x'; END"),
    ("CREATE VIEW extra AS SELECT load_extension('/tmp/x')",),
    ("CREATE VIRTUAL TABLE extra USING fts5(words)",),
    ("CREATE INDEX evil ON message (abs(id))",),
    ("CREATE TABLE extra (a, b AS (zeroblob(a)) STORED)", "INSERT INTO extra (a) VALUES (9)"),
    ("ALTER TABLE message ADD COLUMN extra AS (upper(text))",),
    ("UPDATE tally SET value = 12345",),
    ("INSERT INTO word VALUES ('invented')",),
    ("DELETE FROM found_data",),
]


@pytest.mark.parametrize("harm", HARMFUL, ids=lambda harm: harm[-1][:40])
def test_what_is_not_ours_is_left_behind(
    harm: tuple[str, ...], backup: Path, tmp_path: Path
) -> None:
    honest, target = tmp_path / "honest.db", tmp_path / "fresh.db"
    rebuild(backup, honest, "it")
    change(backup, *harm)
    rebuild(backup, target, "it")
    assert rows(target) == rows(honest)
    assert schema(target) == schema(honest)
    with closing(sqlite3.connect(target)) as fresh, closing(sqlite3.connect(honest)) as right:
        for table in ("tally", "word", "party", "span"):
            sql = f"SELECT * FROM {table}"
            assert fresh.execute(sql).fetchall() == right.execute(sql).fetchall()


REFUSED: list[tuple[str, tuple[str, ...]]] = [
    ("lacks the table “part”", ("DROP TABLE part",)),
    ("lacks the table “setting”", ("DROP TABLE setting",)),
    ("lacks the table “schema_migration”", ("DROP TABLE schema_migration",)),
    (
        "lacks the column “made_by” of the table “token”",
        ("ALTER TABLE token DROP COLUMN made_by",),
    ),
    (
        "“setting” is no plain table",
        ("DROP TABLE setting", "CREATE VIEW setting AS SELECT 'a' AS key, '1' AS value"),
    ),
    (
        "“setting” is no plain table",
        ("DROP TABLE setting", "CREATE VIRTUAL TABLE setting USING fts5(key, value)"),
    ),
    (
        "no plain one",
        (
            "DROP TABLE setting",
            "CREATE TABLE setting (key TEXT, value TEXT AS (printf('%.*c', 9, 'x')))",
        ),
    ),
    ("from a newer version", ("INSERT INTO schema_migration VALUES (99, '9999_later', 'x')",)),
    ("its tables are not ours", ("DELETE FROM schema_migration",)),
    ("a state that cannot be", ("UPDATE dispatch SET state = 'sold'",)),
    ("a state that cannot be", ("UPDATE message SET direction = 'up'",)),
    ("a state that cannot be", ("UPDATE setting SET value = '{'",)),
    ("holds what it cannot hold", ("UPDATE message SET text = x'00ff'",)),
    ("holds what it cannot hold", ("UPDATE dispatch SET state_at = 'soon'",)),
    ("holds what it cannot hold", ("UPDATE dispatch SET state_at = 1.5",)),
    ("holds what it cannot hold", ("UPDATE message SET created_at = 9223372036854775807",)),
    ("holds what it cannot hold", ("UPDATE dispatch SET due_at = -9223372036854775807",)),
    ("holds what it cannot hold", ("UPDATE message SET sent_offset = 1440",)),
    ("a state that cannot be", (SCHEDULE, "UPDATE schedule SET state = 'lost'")),
    ("a state that cannot be", (SCHEDULE, "UPDATE schedule SET unit = 'blink'")),
    ("a state that cannot be", (SCHEDULE, "UPDATE schedule SET recipients = '{}'")),
    ("a state that cannot be", (SCHEDULE, "UPDATE schedule SET start = 'soon'")),
    ("a state that cannot be", (SCHEDULE, "UPDATE schedule SET start = '2026-13-01T09:00:00'")),
    ("a state that cannot be", (SCHEDULE, "UPDATE schedule SET next_wall = 'now'")),
    ("a state that cannot be", (SCHEDULE, "UPDATE schedule SET until = 'never'")),
    ("a state that cannot be", (SCHEDULE, "UPDATE schedule SET weekdays = 'Mon'")),
    ("contradict", ("DROP INDEX user_name", "INSERT INTO user (name, created_at) VALUES ('a', 1)",
                    "INSERT INTO user (name, created_at) VALUES ('a', 1)")),
    ("string or blob too big", ("UPDATE message SET text = printf('%.*c', 20000000, 'x')",)),
]  # fmt: skip


@pytest.mark.parametrize(("words", "harm"), REFUSED, ids=lambda one: str(one)[-40:])
def test_what_cannot_be_is_refused_by_name_and_changes_nothing(
    words: str, harm: tuple[str, ...], backup: Path, store: Path
) -> None:
    change(backup, *harm)
    before = sorted(f.name for f in store.iterdir())
    with pytest.raises(StoreError) as refused:
        restore.stage(backup, store, NOW, "ann")
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert sorted(f.name for f in store.iterdir()) == before


def test_a_log_or_journal_beside_the_file_plays_no_part(backup: Path, tmp_path: Path) -> None:
    plain, target = tmp_path / "plain.db", tmp_path / "fresh.db"
    rebuild(backup, plain, "it")
    for end in ("-journal", "-shm", "-wal"):
        backup.with_name(backup.name + end).write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" * 999)
    rebuild(backup, target, "it")
    assert rows(target) == rows(plain)


def test_a_backup_whose_log_is_beside_it_is_not_half_put_back(backup: Path, store: Path) -> None:
    backup.with_name(backup.name + "-wal").write_bytes(b"x")
    with pytest.raises(StoreError, match="no finished backup"):
        restore.stage(backup, store, NOW, "ann")


def test_reading_ends_when_it_takes_too_long(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign, "FEWEST_SECONDS", -1000.0)
    monkeypatch.setattr(foreign, "LOOK_EVERY", 1)
    with pytest.raises(StoreError, match="too long"):
        rebuild(backup, tmp_path / "fresh.db", "it")


def test_only_reading_of_plain_tables_is_allowed(backup: Path) -> None:
    with pytest.raises(StoreError), foreign.reading(backup, "it") as source:
        source.execute("ATTACH DATABASE ':memory:' AS other")
    for sql in (
        "SELECT load_extension('x')",
        "SELECT upper(text) FROM message",
        "DELETE FROM word",
    ):
        with pytest.raises(StoreError), foreign.reading(backup, "it") as source:
            source.execute(sql)


def cut(data: bytearray, dice: random.Random) -> bytes:
    return bytes(data[: dice.randrange(len(data))])


def spoiled(data: bytearray, dice: random.Random) -> bytes:
    for _ in range(dice.randrange(1, 60)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


def pages_swapped(data: bytearray, dice: random.Random) -> bytes:
    one, other = (4096 * dice.randrange(1, len(data) // 4096) for _ in range(2))
    piece = data[one : one + 4096]
    data[one : one + 4096] = data[other : other + 4096]
    data[other : other + 4096] = piece
    return bytes(data)


def zeroed(data: bytearray, dice: random.Random) -> bytes:
    start = dice.randrange(len(data))
    length = min(len(data) - start, dice.randrange(1, 9000))
    data[start : start + length] = bytes(length)
    return bytes(data)


@pytest.mark.parametrize("spoil", [cut, spoiled, pages_swapped, zeroed])
def test_broken_files_are_refused_or_give_a_store_that_is_whole(
    spoil: Callable[[bytearray, random.Random], bytes], backup: Path, tmp_path: Path
) -> None:
    whole, target = backup.read_bytes(), tmp_path / "fresh.db"
    for seed in range(25):
        backup.write_bytes(spoil(bytearray(whole), random.Random(seed)))
        try:
            rebuild(backup, target, "it")
        except StoreError:
            continue
        with closing(sqlite3.connect(target)) as fresh:
            assert fresh.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert fresh.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0", b"x" * 5000, b"PK\x03\x04" * 99])
def test_other_files_are_no_backups(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(StoreError, match="no backup of a Pigeonbox"):
        rebuild(file, tmp_path / "fresh.db", "it")


def test_two_files_of_one_second_keep_two_names(tmp_path: Path) -> None:
    kept = []
    for number in range(3):
        file = tmp_path / "upload.part"
        file.write_bytes(b"%d" % number)
        kept.append(backups.take(file, tmp_path / "backups", "uploaded"))
    assert [file.read_bytes() for file in kept] == [b"0", b"1", b"2"]
    assert len(backups.all_backups(tmp_path / "backups")) == 3


def test_a_backup_of_every_older_version_is_put_back_and_migrated(
    tmp_path: Path, store: Path
) -> None:
    """At some versions; what waited is uncertain, and the store opens."""
    known = sorted(schema_versions.known_versions())
    for upto in sorted({1, 4, 5, 7, 9, 12, len(known) - 1, len(known)}):
        old = tmp_path / f"old-{upto}.db"
        with closing(sqlite3.connect(old, isolation_level=None)) as made:
            rebuilding.build(made, known[:upto])
            made.execute(
                "INSERT INTO message (direction, text, created_at) VALUES ('out', 'Fluss', 1)"
            )
            made.execute(
                "INSERT INTO dispatch (message_id, number, state, state_at, due_at)"
                " VALUES (1, ?, 'pending', 1, 1)",
                (ANN,),
            )
        folder = tmp_path / f"box-{upto}"
        folder.mkdir()
        restore.stage(old, folder, NOW, "ann")
        opening.close_store()
        opening.open_store(folder)
        with database.connected():
            assert state(1) is DispatchState.UNCERTAIN
            assert views.counts().all == 1
        opening.close_store()
