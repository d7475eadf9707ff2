"""The one SQLite file, its connections and transactions, and its troubles said in plain words.

WAL with synchronous=FULL: what a function here has committed survives a power cut, which is what
allows us to delete a message from the SIM afterwards. lock_type IMMEDIATE: a transaction that reads
and then writes waits for its turn at BEGIN instead of failing half-way with "database is locked".
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from peewee import PeeweeException, SqliteDatabase

BUSY_TIMEOUT = 5.0  # seconds to wait for another writer; its longest transaction is far shorter

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "journal_size_limit": 16 << 20,  # a burst does not leave a huge WAL file behind for ever
    "temp_store": "memory",
}

database = SqliteDatabase(
    None, pragmas=PRAGMAS, timeout=BUSY_TIMEOUT, lock_type="IMMEDIATE", autoconnect=False
)


class StoreError(Exception):
    """The store cannot do it. The text is one plain line that says what to do."""

    plain = True  # logs need no traceback


class StoreBusy(StoreError):
    """Another program holds the database."""


class StoreFull(StoreError):
    """No room left on the disk."""


class StoreReadOnly(StoreError):
    """The folder or the disk cannot be written."""


class StoreBroken(StoreError):
    """The file is damaged, or is no database of ours."""


class StoreDamaged(StoreBroken):
    """The file's contents do not fit together; at the next start it is mended (keeping)."""


class StoreTooNew(StoreError):
    """A newer version of the program wrote this database."""


# SQLite's primary result code -> what we raise and say (https://www.sqlite.org/rescode.html)
TROUBLES: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_BUSY: (
        StoreBusy,
        "The database is in use by another program; it is tried again by itself.",
    ),
    sqlite3.SQLITE_LOCKED: (
        StoreBusy,
        "The database is in use by another program; it is tried again by itself.",
    ),
    sqlite3.SQLITE_FULL: (
        StoreFull,
        "The disk with the data folder is full; make room, and work goes on by itself.",
    ),
    sqlite3.SQLITE_READONLY: (
        StoreReadOnly,
        "The data folder cannot be written; check its owner and whether the disk is read-only.",
    ),
    sqlite3.SQLITE_PERM: (
        StoreReadOnly,
        "The data folder cannot be written; check its owner and whether the disk is read-only.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        StoreReadOnly,
        "The database file cannot be opened; check that the data folder exists and its owner.",
    ),
    sqlite3.SQLITE_IOERR: (
        StoreBroken,
        "The disk fails to read or write; check the SD card or disk, and replace it.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        StoreDamaged,
        "The database file is damaged; restart the service, which mends it or takes a backup.",
    ),
    sqlite3.SQLITE_NOTADB: (
        StoreDamaged,
        "The database file is no database; restart the service, which takes the newest backup.",
    ),
}


when_full: Callable[[], None] | None = None  # reserve.py gives up what it keeps


@contextmanager
def errors() -> Iterator[None]:
    """Errors of SQLite leave this block as StoreError; broken constraints pass unchanged."""
    try:
        yield
    except TROUBLE as e:
        complain(e)
        raise


TROUBLE = (PeeweeException, sqlite3.Error)  # what a statement may raise


def complain(error: BaseException) -> None:
    """Raise what SQLite said as StoreError; a mistake of ours, or a broken constraint, do not."""
    if (known := translated(error)) is None:
        return
    if isinstance(known, StoreFull) and when_full is not None:
        when_full()
    raise known from error


def translated(error: BaseException | None) -> StoreError | None:
    """The StoreError for what SQLite said, None if it is a mistake of ours (SQL, constraint).

    SQLite rolls back by itself when the disk is full, and the ROLLBACK that follows fails too: the
    reason then is the error before.
    """
    while error is not None:
        cause = getattr(error, "orig", error)
        code = getattr(cause, "sqlite_errorcode", None)
        if code is not None and (code & 0xFF) in TROUBLES:
            kind, words = TROUBLES[code & 0xFF]
            return kind(words)
        error = error.__context__
    return None


@contextmanager
def transaction() -> Iterator[None]:
    """One durable unit: on disk as a whole when the block ends, or not at all.

    Inside another transaction it is part of that one.
    """
    with errors(), database.transaction():
        yield


def execute(sql: str, params: Sequence[object] = ()) -> sqlite3.Cursor:
    """Run one statement on this thread's connection; on its own it commits by itself.

    Plain SQL rather than models where a modem waits for it: an answer in 10 microseconds.
    """
    cursor: sqlite3.Cursor = database.execute_sql(sql, params)  # type: ignore[no-untyped-call]
    return cursor


@contextmanager
def connected() -> Iterator[None]:
    """This thread's own connection for the block; nested use keeps the outer one."""
    with errors():
        opened = database.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if opened:
            database.close()


def insert(sql: str, params: Sequence[object] = ()) -> int:
    """Run one INSERT; the id of the new row."""
    return execute(sql, params).lastrowid or 0


def copy_to(target: Path) -> None:
    """Everything as it is at one instant, in one file; others go on writing meanwhile.

    Needs this thread's connection. Raises StoreError.
    """
    with errors(), closing(sqlite3.connect(target)) as copy:
        database.connection().backup(copy)  # type: ignore[no-untyped-call]
        copy.execute("PRAGMA journal_mode = delete")  # one file, without a log beside it


class ChangeWatch:
    """Tells whether any other connection, of this process or another, has committed since asked."""

    def __init__(self) -> None:
        self._seen = self._version()

    def changed(self) -> bool:
        version = self._version()
        changed, self._seen = version != self._seen, version
        return changed

    @staticmethod
    def _version() -> int:
        with errors():
            return int(execute("PRAGMA data_version").fetchone()[0])
