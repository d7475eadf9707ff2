"""Room on the disk: receiving keeps a reserve.

A file of ballast lies in the data folder. When the disk is full it is given up, so that what comes
in can still be stored and deleted from the SIM; writing new messages is refused until then.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from pathlib import Path

from gateway.store.file import database
from gateway.store.file.database import StoreFull

log = logging.getLogger(__name__)

NAME = "reserve"  # in the data folder
RESERVE = 16 << 20  # octets; ten thousand received messages
LOW = 64 << 20  # octets free: below, copies go first (keeping.backups)
LEAST = 8 << 20  # octets free: below, the reserve goes and nothing more is accepted for sending

FULL = "The disk with the data folder is full; make room. Receiving goes on from a reserve."


class Reserve:
    """Owns the reserve in a data folder, and what `outbox.add` is told about the room left."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / NAME

    def look(self) -> None:
        """Give the reserve up where room lacks, take it back where there is plenty."""
        free = self.free()
        if free < LEAST:
            self.release()
        elif free > LOW + RESERVE and not self._file.exists():
            self._take()
        accepting(free >= LEAST)

    def free(self) -> int:
        return shutil.disk_usage(self._folder).free

    def release(self) -> None:
        """The disk is full: give the reserve to what comes in."""
        if self._file.exists():
            log.error("the disk is full; receiving goes on from the reserve")
            self._file.unlink(missing_ok=True)
        accepting(False)

    def _take(self) -> None:
        with contextlib.suppress(OSError):  # then there is not that much room after all
            handle = os.open(self._file, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(handle, 0, RESERVE)
            finally:
                os.close(handle)


_accepting = True
_watched: Reserve | None = None


def accepting(yes: bool) -> None:
    global _accepting
    _accepting = yes


def check() -> None:
    """Raises StoreFull while there is only room for what comes in; looks again each time."""
    if not _accepting and _watched is not None:
        accepting(_watched.free() >= LEAST)
    if not _accepting:
        raise StoreFull(FULL)


def watch(reserve: Reserve) -> None:
    """Have `room` give up its reserve at the first write that found the disk full."""
    global _watched
    _watched = reserve
    database.when_full = reserve.release


def unwatch() -> None:
    global _watched
    _watched = None
    database.when_full = None
    accepting(True)
