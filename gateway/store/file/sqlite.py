"""Files other than the store's own: copies, backups, damaged ones. Opening them, and what SQLite
does on them and peewee has no word for.

No room of the store but this one imports sqlite3: the others say `sqlite.Connection`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from peewee import Table

# What a file holds: `composed.bound(SCHEMA.select(SCHEMA.name).where(SCHEMA.type == "table"))`.
SCHEMA = Table("sqlite_master", ("type", "name", "tbl_name", "rootpage", "sql"))


Connection = sqlite3.Connection
Cursor = sqlite3.Cursor
Error = sqlite3.Error
IntegrityError = sqlite3.IntegrityError


@contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """In autocommit mode; the file is made where there is none. Raises Error."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


@contextmanager
def in_memory() -> Iterator[Connection]:
    """An empty database that is gone with the block; in autocommit mode."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection


@contextmanager
def read_only(path: Path, patience: float = 5.0) -> Iterator[Connection]:
    """Raises Error. `patience`: seconds to wait for a writer.

    Where not even the files beside it may be made, it is read as it was at its last commit.
    """
    address = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=patience)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError as e:
        connection.close()
        if code(e) != sqlite3.SQLITE_CANTOPEN:
            raise
        connection = sqlite3.connect(f"{address}&immutable=1", uri=True)
    except BaseException:
        connection.close()
        raise
    with closing(connection):
        yield connection


def code(error: Error) -> int:
    """SQLite's primary result code (https://www.sqlite.org/rescode.html); 0: none."""
    return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def lacks_something(error: Error) -> bool:
    """The file has not what was asked for, a table or a column: it is of another version."""
    return code(error) == sqlite3.SQLITE_ERROR


def is_of_the_disk(error: Error) -> bool:
    """The disk failed to read or write."""
    return code(error) == sqlite3.SQLITE_IOERR


def pragma(
    connection: Connection, name: str, value: str | int | None = None, schema: str = "main"
) -> list[tuple[Any, ...]]:
    """One PRAGMA: asked, or given a value to set or to ask about (https://sqlite.org/pragma.html).

    `pragma(copy, "journal_mode", "off")`, `pragma(copy, "table_info", "message")`. Raises
    Error.
    """
    if not (name.isidentifier() and schema.isidentifier()):
        raise ValueError(f"no name of a pragma: {schema}.{name}")
    given = value if isinstance(value, int | None) else '"' + value.replace('"', '""') + '"'
    # SQL: a PRAGMA takes no bound values
    sql = f"PRAGMA {schema}.{name}" if given is None else f"PRAGMA {schema}.{name}({given})"
    return connection.execute(sql).fetchall()


@contextmanager
def one_transaction(connection: Connection, how: str = "DEFERRED") -> Iterator[None]:
    """All or nothing on a connection in autocommit mode (isolation_level None)."""
    # SQL: peewee's transactions are those of its own connections
    connection.execute(f"BEGIN {how}")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
