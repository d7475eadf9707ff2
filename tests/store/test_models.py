"""The models are the one description of the data: what the migrations make is what they say."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from peewee import Field, SqliteDatabase

from gateway.store.file import data_folder
from gateway.store.file.table import Base
from tests.store.models import tables

FULL_TEXT = "found"  # FTS5: a virtual table and those behind it, which peewee has no model for

TABLES = tables()


@pytest.fixture(scope="module")
def migrated(empty_store: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(empty_store)) as database:
        yield database


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A database made from the models alone."""
    path = tmp_path_factory.mktemp("described") / data_folder.FILE_NAME
    made = SqliteDatabase(str(path))
    with made.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        made.create_tables(TABLES)
    made.close()
    with closing(sqlite3.connect(path)) as database:
        yield database


def names(database: sqlite3.Connection) -> set[str]:
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in rows if not name.startswith(FULL_TEXT)}


def test_there_is_a_model_for_every_table(migrated: sqlite3.Connection) -> None:
    assert names(migrated) == {model._meta.table_name for model in TABLES}


each_table = pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)


@each_table
def test_columns(
    migrated: sqlite3.Connection, described: sqlite3.Connection, model: type[Base]
) -> None:
    """Name, affinity, NOT NULL, place in the primary key, hidden or generated."""
    table = model._meta.table_name
    assert columns(migrated, table) == columns(described, table)


def columns(database: sqlite3.Connection, table: str) -> dict[str, tuple[Any, ...]]:
    rows = database.execute(f'PRAGMA table_xinfo("{table}")').fetchall()
    return {
        name: (affinity(kind), bool(not_null), key, hidden)
        for _, name, kind, not_null, _, key, hidden in rows
    }


def affinity(kind: str) -> str:
    """https://www.sqlite.org/datatype3.html#determination_of_column_affinity"""
    kind = kind.upper()
    if "INT" in kind:
        return "integer"
    if any(text in kind for text in ("CHAR", "CLOB", "TEXT")):
        return "text"
    if "BLOB" in kind or not kind:
        return "blob"
    return "real" if any(real in kind for real in ("REAL", "FLOA", "DOUB")) else "numeric"


@each_table
def test_without_rowid(
    migrated: sqlite3.Connection, described: sqlite3.Connection, model: type[Base]
) -> None:
    def said(database: sqlite3.Connection) -> bool:
        sql = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
        (text,) = database.execute(sql, (model._meta.table_name,)).fetchone()
        return "WITHOUT ROWID" in text.upper()

    assert said(migrated) == said(described)


@each_table
def test_defaults(migrated: sqlite3.Connection, model: type[Base]) -> None:
    """What an INSERT leaves out is the same, whether the model or SQL puts it in."""
    rows = migrated.execute(f'PRAGMA table_xinfo("{model._meta.table_name}")').fetchall()
    given = {row[1]: migrated.execute(f"SELECT {row[4]}").fetchone()[0] for row in rows if row[4]}
    fields: list[Field] = model._meta.sorted_fields
    assert given == {f.column_name: f.default for f in fields if f.default is not None}


@each_table
def test_foreign_keys(
    migrated: sqlite3.Connection, described: sqlite3.Connection, model: type[Base]
) -> None:
    table = model._meta.table_name
    assert foreign_keys(migrated, table) == foreign_keys(described, table)


def foreign_keys(database: sqlite3.Connection, table: str) -> set[tuple[str, ...]]:
    """Column, the table and column it refers to, and what a change or deletion there does."""
    rows = database.execute(f'PRAGMA foreign_key_list("{table}")')
    return {
        (column, there, to, on_update, on_delete)
        for _, _, there, column, to, on_update, on_delete, _ in rows
    }


@each_table
def test_indexes(
    migrated: sqlite3.Connection, described: sqlite3.Connection, model: type[Base]
) -> None:
    """By name: unique or not, its columns in order, and the rows it holds."""
    table = model._meta.table_name
    assert indexes(migrated, table) == indexes(described, table)


def indexes(database: sqlite3.Connection, table: str) -> dict[str, tuple[Any, ...]]:
    found = {}
    for _, name, unique, origin, partial in database.execute(f'PRAGMA index_list("{table}")'):
        rows = database.execute(f'PRAGMA index_xinfo("{name}")').fetchall()
        key = [
            (column, desc, collation) for _, _, column, desc, collation, is_key in rows if is_key
        ]
        found[name] = (unique, origin, key, where(database, name) if partial else "")
    return found


def where(database: sqlite3.Connection, index: str) -> str:
    sql = "SELECT sql FROM sqlite_master WHERE type = 'index' AND name = ?"
    (text,) = database.execute(sql, (index,)).fetchone()
    return re.sub(r"\s+", " ", text.partition(" WHERE ")[2].replace('"', "")).strip()


ORDER = (  # as gateway.store.file.table promises
    *("file", "accounts", "connections", "credit", "messages", "sending", "incoming"),
    *("search", "people", "schedules", "activities"),
)


def test_foreign_keys_between_modules_go_one_way() -> None:
    for model in TABLES:
        for there in model._meta.refs.values():
            assert ORDER.index(room(there)) <= ORDER.index(room(model)), (model, there)


def room(model: type[Base]) -> str:
    *_, folder, module = model.__module__.split(".")
    return folder if module == "models" else module.removesuffix("_models")
