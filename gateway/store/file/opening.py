"""Opening the store at start: folder, disk, a backup to put back, integrity, migrations."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gateway.store.file.database import (
    StoreBusy,
    StoreDamaged,
    StoreFull,
    StoreTooNew,
    connected,
    database,
    errors,
    execute,
)
from gateway.store.file.disk import disk_error
from gateway.store.keeping import backups, repair, restore

FILE_NAME = "pigeonbox.db"
SERVICE_LOCK = "service.lock"  # held by the running service
LEAST_FREE = 8 << 20  # octets: room for the WAL file to grow to its usual size
CHECKED_WHOLE = 64 << 20  # octets: a larger file would hold up the start; SD cards read 20 MB/s
PATIENCE = 10.0  # seconds another process may take for its own opening

MEGABYTE = 1 << 20


def open_store(folder: Path) -> None:
    """Make the store in `folder` ready for use by every thread of this process.

    Makes the folder (0700) and the file (0600) when there are none. Raises StoreError subclasses,
    each one plain line.
    """
    _make_folder(folder)
    _check_disk(folder)
    with _alone(folder):
        path = folder / FILE_NAME
        if repair.is_under_way(folder):
            with _not_in_service(folder) as free:
                if free:
                    repair.finish(folder, path)
        if restore.is_staged(folder):
            with _not_in_service(folder) as free:
                if free:
                    restore.put_back(folder, path)
        try:
            _open_twice(path)
        except StoreDamaged as e:
            close_store()
            with _not_in_service(folder) as free:
                if not free:
                    raise
                repair.mend(folder, path, str(e))
            _open(path)


def _open_twice(path: Path) -> None:
    """A card may fail to read once: only what another connection finds damaged too, is."""
    try:
        _open(path)
    except StoreDamaged:
        close_store()
        _open(path)


def _open(path: Path) -> None:
    _make_file(path)
    close_store()
    database.init(str(path), timeout=5)
    with connected():
        _check_integrity(path)
        _migrate(path)


def close_store() -> None:
    """End this thread's connection, if there is one. Other threads end theirs themselves."""
    if not database.deferred and not database.is_closed():
        database.close()


# folder and disk -------------------------------------------------------------------------------


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as e:
        raise disk_error(e, folder) from e


def _check_disk(folder: Path) -> None:
    probe = folder / f".write-test-{os.getpid()}"
    try:
        free = shutil.disk_usage(folder).free
        if free < LEAST_FREE:
            raise StoreFull(
                f"Only {free / MEGABYTE:.1f} MB are free in {folder};"
                f" make room, at least {LEAST_FREE // MEGABYTE} MB."
            )
        try:
            probe.write_bytes(b"pigeonbox")
        finally:
            probe.unlink(missing_ok=True)
    except OSError as e:
        raise disk_error(e, folder) from e


def _make_file(path: Path) -> None:
    """Nobody else may read what people write. SQLite gives its other files the same mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        with suppress(PermissionError):  # somebody else's file that we may write: leave it
            path.chmod(0o600)
    except OSError as e:
        raise disk_error(e, path) from e


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time opens, so that none meets a half-migrated file."""
    try:
        handle = os.open(folder / ".opening", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as e:
        raise disk_error(e, folder) from e
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


@contextmanager
def _not_in_service(folder: Path) -> Iterator[bool]:
    """Whether no service runs on this folder: only then may the file be exchanged."""
    with (folder / SERVICE_LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def _lock(handle: int, folder: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > end:
                words = f"Another program is just opening the data folder {folder}; try again."
                raise StoreBusy(words) from None
            time.sleep(0.05)


# integrity -------------------------------------------------------------------------------------


def _check_integrity(path: Path) -> None:
    """A damaged file is seen before it is written to. Of a large one only when there is reason."""
    reason = path.parent / repair.WHOLE
    if path.stat().st_size > CHECKED_WHOLE and not reason.exists():
        return
    if found := check_integrity():
        raise StoreDamaged(f"{path} is damaged ({found[0]}).")
    reason.unlink(missing_ok=True)


def check_integrity() -> list[str]:
    """What SQLite finds wrong with the whole file; reads all of it. Empty: nothing."""
    try:
        with errors():
            rows = execute("PRAGMA quick_check(3)").fetchall()
    except UnicodeError:  # it names a table or index whose name is spoiled
        return ["the names of its tables are spoiled"]
    return [" ".join(words.split()) for (words,) in rows if words != "ok"]


# migrations ------------------------------------------------------------------------------------


def _migrate(path: Path) -> None:
    with errors():
        applied = _applied()
        known = {file.stem for file in backups.MIGRATIONS.glob("[0-9]*.py")}
        if newer := sorted(applied - known):
            raise StoreTooNew(
                f"{path} was written by a newer version of Pigeonbox ({newer[-1]});"
                f" install that version, or put back a file from {path.parent / backups.FOLDER}."
            )
        if applied == known:
            return
        if applied:
            backups.make(path.parent / backups.FOLDER, f"before-{min(known - applied)}")
        # playhouse.migrations brings argparse, decimal and more: only where there is work for it
        from playhouse.migrations import Runner

        Runner(database, str(backups.MIGRATIONS)).up()


def _applied() -> set[str]:
    if not database.table_exists("schema_migration"):
        return set()
    return {name for (name,) in execute("SELECT name FROM schema_migration")}
