"""Which other programs have to do with a serial port, as far as /proc lets us see."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

PROC, SYSFS = Path("/proc"), Path("/sys")
# What these say on their command line is the port they keep, whoever runs them.
KEEPERS = {
    "agetty": "a login prompt",
    "getty": "a login prompt",
    "hciattach": "Bluetooth",
    "btattach": "Bluetooth",
    "pppd": "pppd",
    "gpsd": "gpsd",
}
MODEM_MANAGER = "ModemManager"


def holders(path: str, proc: Path = PROC, *, guess: bool = True) -> str:
    """ " (smsd, ModemManager)": other programs that hold the port open; "" if none is seen.

    Programs of other users hide what they have open; of those only keepers are recognised, and
    ModemManager, which (if we may `guess`) is named as likely wherever it runs.
    """
    target = os.path.realpath(path)
    names = {name for pid in _others(proc) if (name := _holder(proc, pid, target))}
    if guess and not names and runs(MODEM_MANAGER, proc):
        return f" (probably {MODEM_MANAGER}, which is running)"
    return f" ({', '.join(sorted(names))})" if names else ""


def keeper(path: str, proc: Path = PROC) -> str:
    """ "a login prompt", "Bluetooth": who is at home on a UART, "" if nobody; opens nothing."""
    name = os.path.basename(os.path.realpath(path))
    for pid in _others(proc):
        if what := _keeps(proc, pid, name):
            return what
    return ""


def is_console(path: str, sysfs: Path = SYSFS) -> bool:
    """Whether the kernel talks on this port (console=... on its command line)."""
    name = os.path.basename(os.path.realpath(path))
    try:
        return name in (sysfs / "class/tty/console/active").read_text().split()
    except OSError:
        return False


def runs(program: str, proc: Path = PROC) -> bool:
    return any(_comm(proc, pid) == program[:15] for pid in _others(proc))


def _others(proc: Path) -> Iterator[str]:
    own = str(os.getpid())
    try:
        yield from (pid for pid in os.listdir(proc) if pid.isdigit() and pid != own)
    except OSError:
        return


def _holder(proc: Path, pid: str, target: str) -> str:
    try:
        fds = os.listdir(proc / pid / "fd")
    except OSError:  # the process ended, or is not ours to look into
        fds = []
    if any(_link(proc / pid / "fd" / fd) == target for fd in fds):
        return _comm(proc, pid)
    return _keeps(proc, pid, os.path.basename(target))


def _link(path: Path) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def _keeps(proc: Path, pid: str, tty: str) -> str:
    name = KEEPERS.get(_comm(proc, pid))
    if not name:
        return ""
    try:
        words = (proc / pid / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    return name if any(w.rsplit(b"/", 1)[-1] == tty.encode() for w in words) else ""


def _comm(proc: Path, pid: str) -> str:
    try:
        return (proc / pid / "comm").read_text(errors="replace").strip()
    except OSError:
        return ""
