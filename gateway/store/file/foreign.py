"""A database that anybody may have made: read within limits of time and size, never opened as ours.

Without its log, its triggers, views and functions.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from gateway.store.file import sqlite
from gateway.store.file.database import StoreBroken, StoreError

MAGIC = b"SQLite format 3\0"
LONGEST_VALUE = 16 << 20  # octets; a file of contacts that is imported has 5 MB at most
FEWEST_SECONDS = 120.0
SLOWEST = 256 << 10  # octets per second: an old card in the smallest board
LOOK_EVERY = 50_000  # steps of SQLite's machine between looks at the clock
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA}
_PRAGMAS = {"quick_check", "table_xinfo", "trusted_schema", "cell_size_check", "page_count"}
_COUNTS = {"count", "max"}  # what store.keeping asks


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    if action in _ALLOWED and (action != sqlite3.SQLITE_PRAGMA or first in _PRAGMAS):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and second in _COUNTS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


@contextmanager
def reading(path: Path, name: str) -> Iterator[sqlite3.Connection]:
    """A foreign file, to be read within limits. Raises StoreBroken in one plain line.

    `name` is what people call it. As immutable it is read without any log or journal beside it.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise StoreBroken(f"{name} is no backup of a Pigeonbox (it is no database).")
    ends = time.monotonic() + FEWEST_SECONDS + size / SLOWEST
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as source:
            source.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
            source.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            source.set_progress_handler(lambda: time.monotonic() > ends, LOOK_EVERY)
            source.execute("PRAGMA trusted_schema = 0")
            source.execute("PRAGMA cell_size_check = 1")
            source.set_authorizer(_authorize)
            yield source
    except sqlite3.Error as e:
        code = sqlite.code(e)
        if code == sqlite3.SQLITE_INTERRUPT:
            raise StoreBroken(f"{name} takes too long to read; take another backup.") from e
        if code == sqlite3.SQLITE_IOERR:
            raise StoreError(f"{name} cannot be read: the disk fails. Try again.") from e
        words = " ".join(str(e).split())[:200]
        raise StoreBroken(f"{name} is no backup of a Pigeonbox ({words}).") from e
    except (UnicodeError, OverflowError) as e:  # names and texts that are none
        raise StoreBroken(f"{name} is damaged (it holds no text where some belongs).") from e
