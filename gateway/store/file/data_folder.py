"""The data folder before anything is opened in it: made, writable, with room, and one at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gateway.store.file.database import StoreBusy, StoreFull
from gateway.store.file.disk import disk_error

FILE_NAME = "pigeonbox.db"
SERVICE_LOCK = "service.lock"  # held by the running service
LEAST_FREE = 8 << 20  # octets: room for the WAL file to grow to its usual size
PATIENCE = 10.0  # seconds another process may take for its own opening

MEGABYTE = 1 << 20


def make(folder: Path) -> None:
    """With mode 0700 where there is none. Raises StoreError."""
    if folder.is_dir():
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as e:
        raise disk_error(e, folder) from e


def check(folder: Path) -> None:
    """It can be written, and there is room. Raises StoreError."""
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


def make_file(path: Path) -> None:
    """Nobody else may read what people write. SQLite gives its other files the same mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        with suppress(PermissionError):  # somebody else's file that we may write: leave it
            path.chmod(0o600)
    except OSError as e:
        raise disk_error(e, path) from e


@contextmanager
def alone(folder: Path) -> Iterator[None]:
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
def not_in_service(folder: Path) -> Iterator[bool]:
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
