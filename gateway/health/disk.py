"""Is there room in the data folder, and can it be written."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, problem, warning
from gateway.health.snapshot import Snapshot

MEGABYTE = 1 << 20
LEAST = 8 * MEGABYTE  # the store does not open with less
LITTLE = 200 * MEGABYTE


def check(now: Snapshot) -> Iterator[Issue]:
    disk = now.disk
    if disk is None:
        return
    if disk.read_only:
        yield problem(
            "disk.read-only",
            f"The disk with {disk.folder} is read-only.",
            "SD cards do so when they wear out or were cut off: restart, and replace the card "
            "if it happens again.",
            about=disk.folder,
        )
    elif disk.exists and not disk.writable:
        yield problem(
            "disk.denied",
            f"The data folder {disk.folder} may not be written by {now.user or 'this user'}.",
            "Run this as the service's user or with sudo, or correct the folder's owner.",
            about=disk.folder,
        )
    if disk.volatile:
        yield problem(
            "disk.volatile",
            f"The data folder {disk.folder} is on the overlay of a read-only system: all that comes"
            " in is lost with the next restart.",
            "Switch the overlay file system off in raspi-config, or put the data on a partition of"
            " their own and name it as `data` in the config.",
            about=disk.folder,
        )
    words = f"Only {disk.free / MEGABYTE:.0f} MB are free on the disk with {disk.folder}."
    if disk.free < LEAST:
        yield problem("disk.full", words, "Make room: nothing more is accepted.", about=disk.folder)
    elif disk.free < LITTLE:
        yield warning("disk.low", words, "Make room before it is full.", about=disk.folder)
