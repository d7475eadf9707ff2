"""The box's time zone with all its rules, also when it is the machine's own.

`datetime.astimezone()` knows the machine's zone only as an offset of the moment; what repeats needs
to know when its clocks are moved.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOCALTIME = Path("/etc/localtime")


@dataclass(frozen=True, slots=True)
class Zone:
    """`name` is an IANA name where there is one; two zones of one name have the same rules."""

    name: str
    rules: tzinfo


def zone(name: str) -> Zone:
    """ "" is the machine's own. A name that is not known (any more) is the machine's own, too."""
    if name == "UTC":
        return Zone("UTC", UTC)
    return (_zone_named(name) if name else None) or machines_own()


def machines_own() -> Zone:
    """As the C library takes it: the variable TZ, else /etc/localtime, else UTC."""
    wanted = os.environ.get("TZ", "").lstrip(":")
    if wanted and (found := _zone_named(wanted)):
        return found
    target = os.path.realpath(LOCALTIME)
    name = target.partition("/zoneinfo/")[2]
    return (_zone_named(name) if name else None) or _from_file(target) or Zone("UTC", UTC)


@lru_cache(maxsize=32)
def _zone_named(name: str) -> Zone | None:
    try:
        return Zone(name, ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _from_file(path: str) -> Zone | None:
    """A copy instead of a link: rules without a name, so the file's date stands for them."""
    try:
        changed = os.stat(path).st_mtime_ns
    except OSError:
        return None
    return _read(path, changed)


@lru_cache(maxsize=2)
def _read(path: str, changed: int) -> Zone | None:
    try:
        with open(path, "rb") as file:
            return Zone(f"{path}@{changed}", ZoneInfo.from_file(file))
    except (OSError, ValueError):
        return None
