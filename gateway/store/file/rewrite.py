"""A database written anew from another one: row by row, with indexes and triggers made afresh.

So it gets over damaged indexes (VACUUM INTO copies them as they are), and can leave tables out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class _Schema:
    tables: tuple[tuple[str, str], ...]  # (name, sql), in the order in which they were made
    virtual: tuple[str, ...]  # of those, the ones that keep their rows in tables of their own
    later: tuple[str, ...]  # indexes and triggers

    def is_shadow(self, table: str) -> bool:
        return any(table.startswith(f"{name}_") for name in self.virtual)


def rewrite(source: Path, target: Path, without: Collection[str] = ()) -> None:
    """Write all of `source` into the empty `target`; tables in `without` stay empty.

    References to what was left out become empty too, and so do tables that need them. Raises
    sqlite3.Error where a row of `source` cannot be read.
    """
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode = off")  # a half-written target is thrown away anyway
        copy.execute("ATTACH DATABASE ? AS store", (str(source),))
        copy.execute("BEGIN")
        schema = _schema(copy)
        for name, sql in schema.tables:
            if not schema.is_shadow(name):
                copy.execute(sql)
        for name, _ in schema.tables:
            if schema.is_shadow(name):
                if not without:  # an index of words over what was left out has to be empty as well
                    copy.execute(f'DELETE FROM main."{name}"')  # noqa: S608
                    _fill(copy, name, ())
            elif name not in schema.virtual and name not in without:
                _fill(copy, name, without)
        for sql in schema.later:
            copy.execute(sql)
        if without:
            _without_orphans(copy)
        copy.execute("COMMIT")
        copy.execute("DETACH DATABASE store")


def _schema(copy: sqlite3.Connection) -> _Schema:
    found = copy.execute(
        "SELECT type, name, sql FROM store.sqlite_master WHERE sql IS NOT NULL"
        " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY rowid"
    ).fetchall()
    tables = tuple((name, sql) for kind, name, sql in found if kind == "table")
    return _Schema(
        tables,
        tuple(name for name, sql in tables if sql.upper().startswith("CREATE VIRTUAL")),
        tuple(sql for kind, _, sql in found if kind != "table"),
    )


def _fill(copy: sqlite3.Connection, table: str, without: Collection[str]) -> None:
    columns = list(_columns(copy, table, without))
    if any(value is None for _, value in columns):
        return
    names = ", ".join(f'"{name}"' for name, _ in columns)
    values = ", ".join(str(value) for _, value in columns)
    copy.execute(
        f'INSERT INTO main."{table}" ({names}) SELECT {values} FROM store."{table}" NOT INDEXED'  # noqa: S608
    )


def _columns(
    copy: sqlite3.Connection, table: str, without: Collection[str]
) -> Iterator[tuple[str, str | None]]:
    """Each column and the expression that fills it; None: it needs what was left out."""
    refers = {row[3]: row[2] for row in copy.execute(f'PRAGMA store.foreign_key_list("{table}")')}
    for _, name, _, needed, *_ in copy.execute(f'PRAGMA store.table_info("{table}")').fetchall():
        gone = refers.get(name) in without
        yield name, (None if needed else "NULL") if gone else f'+"{name}"'


def _without_orphans(copy: sqlite3.Connection) -> None:
    while orphans := copy.execute("PRAGMA main.foreign_key_check").fetchall():
        for table, row_id, *_ in orphans:
            copy.execute(f'DELETE FROM main."{table}" WHERE rowid = ?', (row_id,))  # noqa: S608
    copy.execute("UPDATE tally SET value = 0")
