"""Looks at a data folder's database from outside, without changing a byte, running service or not.

For the health checks. Its own read-only connection, so that it works as another user, on a full or
read-only disk, and with a database of another version.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.store.file import sqlite
from gateway.store.file.data_folder import FILE_NAME
from gateway.store.file.database import StoreDamaged, errors, translated
from gateway.store.file.database import execute as store_execute
from gateway.store.file.integrity import CHECKED_WHOLE
from gateway.store.keeping import backups

WHOLE = (backups.DAILY, "by-hand")  # copies that are made to be kept
# Among the newest only: the millionth message costs what the first did.
LAST_SENT = "SELECT max(sent_at) FROM (SELECT sent_at FROM dispatch ORDER BY id DESC LIMIT 2000)"
FIRST_MESSAGE = "SELECT created_at FROM message ORDER BY id LIMIT 1"
PATIENCE = 5.0  # seconds to wait for a writer


@dataclass(frozen=True, slots=True)
class Checkup:
    exists: bool = True
    readable: bool = True
    trouble: str = ""  # why it cannot be read, in plain words
    damage: tuple[str, ...] = ()  # what SQLite found wrong with the file
    size: int = 0  # octets
    first_message_at: int | None = None  # ms UTC, as all of these
    due: int = 0  # dispatches whose time has come
    oldest_due_at: int | None = None
    last_sent_at: int | None = None
    uncertain: int = 0
    uncertain_since: int | None = None
    backups: int = 0
    newest_backup_at: int | None = None


def examine(folder: Path, now: int) -> Checkup:
    """Never raises for what is wrong with the file: that is what it tells."""
    path = folder / FILE_NAME
    copies = _copies(folder)
    count, newest = len(copies), max((b.at for b in copies), default=None)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return Checkup(exists=False, backups=count, newest_backup_at=newest)
    except OSError as e:
        words = f"{path} cannot be looked at ({e.strerror})."
        return Checkup(readable=False, trouble=words, backups=count, newest_backup_at=newest)
    try:
        with sqlite.read_only(path, PATIENCE) as connection:
            return Checkup(
                damage=_damage(connection, size),
                size=size,
                backups=count,
                newest_backup_at=newest,
                **_counted(connection, now),
            )
    except sqlite.Error as e:
        known = translated(e)
        words = str(known or f"The database cannot be read ({e}).")
        damage = (str(e),) if isinstance(known, StoreDamaged) else ()
        return Checkup(True, False, words, damage, size, backups=count, newest_backup_at=newest)


def _damage(connection: sqlite.Connection, size: int) -> tuple[str, ...]:
    """Reads the whole file; of a large one only what its indexes and pages say at once."""
    limit = 3 if size <= CHECKED_WHOLE else 1
    rows = connection.execute(f"PRAGMA quick_check({limit})").fetchall()
    return tuple(" ".join(words.split()) for (words,) in rows if words != "ok")


def _counted(connection: sqlite.Connection, now: int) -> dict[str, Any]:
    """Empty for a database of an older version that lacks these columns."""
    try:
        return counted(connection.execute, now)
    except sqlite.Error as e:
        if not sqlite.lacks_something(e):
            raise
        return {}


def counted(
    execute: Callable[[str, tuple[object, ...]], sqlite.Cursor], now: int
) -> dict[str, int | None]:
    """The queue and the history in figures, each from an index, over any connection."""
    due, oldest = execute(
        "SELECT count(*), min(due_at) FROM dispatch"
        " WHERE state = 'pending' AND held = 0 AND due_at <= ?",
        (now,),
    ).fetchone()
    uncertain, since = execute(
        "SELECT count(*), min(state_at) FROM dispatch WHERE held = 0 AND state = 'uncertain'", ()
    ).fetchone()
    (last,) = execute(LAST_SENT, ()).fetchone()
    first = execute(FIRST_MESSAGE, ()).fetchone()
    return {
        "due": due,
        "oldest_due_at": oldest,
        "uncertain": uncertain,
        "uncertain_since": since,
        "last_sent_at": last,
        "first_message_at": first[0] if first else None,
    }


def from_inside(folder: Path, now: int) -> Checkup:
    """The same over this thread's connection, without reading the whole file. Raises StoreError."""
    copies = _copies(folder)
    with errors():
        found = counted(store_execute, now)
    return Checkup(
        size=(folder / FILE_NAME).stat().st_size,
        backups=len(copies),
        newest_backup_at=max((b.at for b in copies), default=None),
        **found,  # type: ignore[arg-type]
    )


def _copies(folder: Path) -> list[backups.Backup]:
    return [b for b in backups.all_backups(folder / backups.FOLDER) if b.why in WHOLE]
