"""Copies of the store in one file: making, listing, looking into and pruning them.

A backup is a database like the store itself, so it can be put back anywhere (restore.py). It
holds passwords' digests, PINs and messages: its name says secret and its mode keeps others out.
A settings copy is the same without the history, small enough to be made often.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import threading
import time
from calendar import timegm
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from gateway.store.file import foreign, sqlite
from gateway.store.file.database import StoreFull, copy_to, database, errors, execute
from gateway.store.file.disk import disk_error
from gateway.store.file.rewrite import rewrite
from gateway.store.keeping import rebuild

log = logging.getLogger(__name__)

FOLDER = "backups"  # in the data folder
DAILY, SETTINGS = "daily", "settings"
KEPT_OF_OTHERS = 5  # copies made before something was done: an upgrade, a restore
SAFETY = 16 << 20  # octets that stay free beside a new copy
_one_at_a_time = threading.Lock()
_NAME = re.compile(r"pigeonbox-(\d{4}-\d\d-\d\dT\d{6}Z)-([a-z0-9_-]+?)(-secret)?\.db")

# What grows with every message. Everything else is settings: people, connections, rules, users.
HISTORY = (
    "message",
    "dispatch",
    "part",
    "attempt",
    "answer",
    "draft",
    "incoming",
    "found",
    "word",
    "spelling",
    "party",
    "span",
    "audit",
    "credit_check",
    "session",
    "import",
    "job",
    "activity_run",
    "activity_step",
    "auto_reply",
    "silenced",
    "stop_effect",
    "schedule_run",
)


@dataclass(frozen=True, slots=True)
class Backup:
    """A file in a folder of backups, as its name tells."""

    path: Path
    at: int  # ms UTC
    why: str  # "daily", "settings", "before-0005_...", "before-restore", "by-hand"
    size: int  # octets


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds."""

    versions: frozenset[str]  # migrations applied to it
    messages: int
    people: int
    connections: int
    newest: int | None  # ms UTC of its newest message


def make(folder: Path, why: str) -> Path:
    """Copy the database as it is into `folder`, dated. Prunes what is like it beyond its number.

    Needs this thread's connection; raises StoreError.
    """
    return _written(folder, why, _copy_whole)


def make_settings(folder: Path) -> Path:
    """A copy without history. Needs this thread's connection; raises StoreError."""
    return _written(folder, SETTINGS, _copy_settings)


def _written(folder: Path, why: str, write: Callable[[Path], None]) -> Path:
    with _one_at_a_time:
        target = dated(folder, why)
        unfinished = target.with_suffix(".part")
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            for cut_off in folder.glob("pigeonbox-*.part*"):
                cut_off.unlink(missing_ok=True)
            os.close(os.open(unfinished, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
            write(unfinished)
            with unfinished.open("rb") as file:
                os.fsync(file.fileno())
            unfinished.rename(target)
            sync(folder)
            prune_alike(folder, why)
        except OSError as e:
            raise disk_error(e, folder) from e
        finally:
            for leftover in (unfinished, *_beside(unfinished)):
                leftover.unlink(missing_ok=True)
    return target


def dated(folder: Path, why: str) -> Path:
    """The name of a copy that is made now; the next second's when that one is taken."""
    for at in count(int(time.time())):
        stamp = time.strftime("%Y-%m-%dT%H%M%SZ", time.gmtime(at))
        target = folder / f"pigeonbox-{stamp}-{why}-secret.db"
        if not target.exists():
            break
    return target


def take(file: Path, folder: Path, why: str) -> Path:
    """Move a checked file into `folder` under a name of ours. Raises StoreError."""
    with _one_at_a_time:
        target = dated(folder, why)
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            file.rename(target)
            sync(folder)
        except OSError as e:
            raise disk_error(e, folder) from e
        prune_alike(folder, why)
    return target


def write_to(target: Path, *, settings_only: bool = False) -> None:
    """Copy to a file of somebody's choice, which must not exist. Raises StoreError, OSError."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    try:
        (_copy_settings if settings_only else _copy_whole)(target)
        with target.open("rb") as file:
            os.fsync(file.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _copy_whole(target: Path) -> None:
    """In one reading transaction: others go on writing meanwhile."""
    need = Path(database.database).stat().st_size + SAFETY
    if shutil.disk_usage(target.parent).free < need:
        words = f"Not enough room in {target.parent} for a copy of the database; make room."
        raise StoreFull(words)
    copy_to(target)


def _copy_settings(target: Path) -> None:
    with errors():
        rewrite(Path(database.database), target, without=HISTORY)


# looking ---------------------------------------------------------------------------------------


def all_backups(folder: Path) -> list[Backup]:
    """Newest first; other files are left out. An unreadable folder has none."""
    try:
        found = [
            Backup(file, _stamp(match[1]), match[2], file.stat().st_size)
            for file in folder.iterdir()
            if (match := _NAME.fullmatch(file.name))
        ]
    except OSError:
        return []
    return sorted(found, key=lambda b: (b.at, b.path.name), reverse=True)


def inspect(path: Path, name: str = "") -> Contents:
    """Read a backup whole; raises StoreError in one plain line when it cannot be put back.

    `name`: what people call it, where `path` is a copy.
    """
    name = name or path.name
    try:
        with foreign.reading(path, name) as source:
            return _contents(source, rebuild.check(source, name))
    except OSError as e:
        raise disk_error(e, path) from e


def _contents(source: sqlite.Connection, versions: frozenset[str]) -> Contents:
    def number(table: str) -> int:
        sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        there = source.execute(sql, (table,)).fetchone()
        return int(source.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]) if there else 0  # noqa: S608

    (newest,) = source.execute("SELECT max(created_at) FROM message").fetchone()
    newest = newest if isinstance(newest, int) else None
    return Contents(versions, number("message"), number("contact"), number("connection"), newest)


def _stamp(text: str) -> int:
    then = datetime.strptime(text, "%Y-%m-%dT%H%M%SZ")  # noqa: DTZ007 - the Z is its zone
    return timegm(then.timetuple()) * 1000


# pruning ---------------------------------------------------------------------------------------


def prune_alike(folder: Path, why: str) -> None:
    """Of copies made before something, the newest few are kept; of the settings, two."""
    if why == DAILY:
        return  # by age: prune_daily
    alike = [b for b in all_backups(folder) if (b.why == SETTINGS) == (why == SETTINGS)]
    alike = [b for b in alike if b.why != DAILY]
    for old in alike[2 if why == SETTINGS else KEPT_OF_OTHERS :]:
        old.path.unlink(missing_ok=True)


def prune_daily(folder: Path, now: int, keep_days: int) -> None:
    """Daily copies older than that go; the newest stays whatever its age."""
    daily = [b for b in all_backups(folder) if b.why == DAILY]
    for old in daily[1:]:
        if now - old.at > keep_days * 86_400_000:
            old.path.unlink(missing_ok=True)


def make_room(folder: Path, wanted: int) -> None:
    """Copies go before messages do: the oldest, until `wanted` octets are free."""
    while shutil.disk_usage(folder.parent).free < wanted and (spare := _oldest_to_spare(folder)):
        log.warning("little room: the backup %s goes", spare.path.name)
        spare.path.unlink(missing_ok=True)


def _oldest_to_spare(folder: Path) -> Backup | None:
    """What can go first when there is no room: never the newest whole copy, never the settings."""
    whole = [b for b in all_backups(folder) if b.why != SETTINGS]
    return whole[-1] if len(whole) > 1 else None


# files -----------------------------------------------------------------------------------------


def sync(folder: Path) -> None:
    """A rename is on disk only once its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _beside(path: Path) -> Iterator[Path]:
    for end in ("-wal", "-shm", "-journal"):
        yield path.with_name(path.name + end)


def changed_since(moment: int) -> bool:
    """Whether anything was written to the store after that (ms UTC); a copy would differ."""
    path = Path(database.database)
    files = (path, path.with_name(path.name + "-wal"))
    newest = max((f.stat().st_mtime for f in files if f.exists()), default=0.0)
    return newest * 1000 > moment


def pages() -> tuple[int, int]:
    """Octets in use, and octets of the file."""
    with errors():
        (size,) = execute("PRAGMA page_size").fetchone()
        (count,) = execute("PRAGMA page_count").fetchone()
        (free,) = execute("PRAGMA freelist_count").fetchone()
    return (count - free) * size, count * size
