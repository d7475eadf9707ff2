"""PRAGMA and transactions on a connection of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gateway.store.file import composed
from gateway.store.file.sqlite import SCHEMA, one_transaction, pragma


@pytest.fixture
def other(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "other.db", isolation_level=None)) as connection:
        connection.execute('CREATE TABLE "a ""b" (x INTEGER NOT NULL)')
        yield connection


def test_a_pragma_is_asked_and_set(other: sqlite3.Connection) -> None:
    assert pragma(other, "journal_mode", "off") == [("off",)]
    assert pragma(other, "cell_size_check", 1) == []
    assert pragma(other, "cell_size_check") == [(1,)]
    assert pragma(other, "quick_check", 1) == [("ok",)]
    assert pragma(other, "table_info", 'a "b') == [(0, "x", "INTEGER", 1, None, 0)]
    with pytest.raises(ValueError, match="no name"):
        pragma(other, "user_version = 3; --")


def test_a_transaction_is_all_or_nothing(other: sqlite3.Connection) -> None:
    with one_transaction(other):
        other.execute('INSERT INTO "a ""b" VALUES (1)')
    with pytest.raises(sqlite3.IntegrityError), one_transaction(other, "IMMEDIATE"):
        other.executemany('INSERT INTO "a ""b" VALUES (?)', [(2,), (None,)])
    assert other.execute('SELECT x FROM "a ""b"').fetchall() == [(1,)]
    assert not other.in_transaction


def test_what_a_file_holds_is_a_query(other: sqlite3.Connection) -> None:
    query = SCHEMA.select(SCHEMA.name).where(SCHEMA.type == "table")
    assert other.execute(*composed.bound(query)).fetchall() == [('a "b',)]
