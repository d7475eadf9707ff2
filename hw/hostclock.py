"""The machine's clock: what is known of it, and setting it. A thin edge without opinions."""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import time
from dataclasses import dataclass
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
UNSYNCHRONISED = 0x0040  # STA_UNSYNC, adjtimex(2)
STATUS_AT = struct.calcsize("@Illll")  # of struct timex: modes, offset, freq, maxerror, esterror
RTC = Path("/sys/class/rtc/rtc0/since_epoch")
BOARD = Path("/proc/device-tree/model")
BOOT = Path("/proc/sys/kernel/random/boot_id")
TIMESYNCD = Path("/run/systemd/timesync/synchronized")


@dataclass(frozen=True, slots=True)
class HostClock:
    """`synchronised`: with a time server, None where nothing tells. `board`: a small computer,

    which often has no clock that goes on without power. `rtc`: what that clock says, ms UTC.
    """

    synchronised: bool | None = None
    board: bool = False
    rtc: int | None = None
    boot: str = ""  # differs with every start of the machine


def look() -> HostClock:
    return HostClock(_synchronised(), BOARD.exists(), _rtc(), _read(BOOT))


def steady() -> int:
    """Milliseconds since the machine started, sleep included; never set by anybody."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def set_clock(at: int) -> None:
    """Raises OSError, PermissionError without the right (CAP_SYS_TIME)."""
    time.clock_settime_ns(time.CLOCK_REALTIME, at * 1_000_000)


def _synchronised() -> bool | None:
    """What the kernel says; timesyncd's mark counts for as long as the machine runs."""
    if TIMESYNCD.exists():
        return True
    timex = ctypes.create_string_buffer(512)  # modes = 0: only read
    with contextlib.suppress(OSError, AttributeError):
        if LIBC.adjtimex(timex) >= 0:
            (status,) = struct.unpack_from("@i", timex.raw, STATUS_AT)
            return not status & UNSYNCHRONISED
    return None


def _rtc() -> int | None:
    text = _read(RTC)
    return int(text) * 1000 if text.isdigit() else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def can_set() -> bool:
    """Whether this process has the right, as far as its effective capabilities tell."""
    for line in _read(Path("/proc/self/status")).splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> 25 & 1)  # CAP_SYS_TIME
    return os.geteuid() == 0
