"""What SQLite does and peewee has no word for, on connections to files other than the store's own:
copies, backups, damaged ones.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from peewee import Table

# What a file holds: `composed.bound(SCHEMA.select(SCHEMA.name).where(SCHEMA.type == "table"))`.
SCHEMA = Table("sqlite_master", ("type", "name", "tbl_name", "rootpage", "sql"))


def pragma(
    connection: sqlite3.Connection, name: str, value: str | int | None = None, schema: str = "main"
) -> list[tuple[Any, ...]]:
    """One PRAGMA: asked, or given a value to set or to ask about (https://sqlite.org/pragma.html).

    `pragma(copy, "journal_mode", "off")`, `pragma(copy, "table_info", "message")`. Raises
    sqlite3.Error.
    """
    if not (name.isidentifier() and schema.isidentifier()):
        raise ValueError(f"no name of a pragma: {schema}.{name}")
    given = value if isinstance(value, int | None) else '"' + value.replace('"', '""') + '"'
    # SQL: a PRAGMA takes no bound values
    sql = f"PRAGMA {schema}.{name}" if given is None else f"PRAGMA {schema}.{name}({given})"
    return connection.execute(sql).fetchall()


@contextmanager
def one_transaction(connection: sqlite3.Connection, how: str = "DEFERRED") -> Iterator[None]:
    """All or nothing on a connection in autocommit mode (isolation_level None)."""
    # SQL: peewee's transactions are those of its own connections
    connection.execute(f"BEGIN {how}")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
