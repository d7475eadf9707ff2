"""Takes down what the operating system says: ports, programs, clock, disk. Changes nothing."""

from __future__ import annotations

import grp
import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

from gateway.health.snapshot import ClockState, Disk, Holder, Port, Supply
from hw.holders import keeper

PROC, SYSFS = Path("/proc"), Path("/sys")
PROGRAM_LIMIT = 5.0  # seconds that vcgencmd and timedatectl may take
LOW_NOW, LOW_BEFORE = 0x1, 0x10000  # bits of vcgencmd get_throttled


def user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def ports(paths: Sequence[str], *, ours: Collection[int]) -> tuple[Port, ...]:
    """`ours`: process ids that may have them open, such as the service's."""
    held = holders(paths, ours=ours)
    return tuple(_port(path, held.get(path, ())) for path in paths)


def _port(path: str, held: tuple[Holder, ...]) -> Port:
    try:
        facts = os.stat(path)
    except OSError:
        return Port(path, exists=False)
    try:
        group = grp.getgrgid(facts.st_gid)
        name, in_group = group.gr_name, user() in group.gr_mem or os.getegid() == group.gr_gid
    except KeyError:
        name, in_group = str(facts.st_gid), facts.st_gid in os.getgroups()
    tty = os.path.basename(os.path.realpath(path))
    return Port(
        path,
        serial=stat.S_ISCHR(facts.st_mode),
        usable=os.access(path, os.R_OK | os.W_OK),
        group=name,
        in_group=in_group,
        holders=held,
        keeper=keeper(path),
        kernel_console=tty in _text(SYSFS / "class/tty/console/active").split(),
    )


def holders(
    paths: Sequence[str], *, ours: Collection[int], proc: Path = PROC
) -> dict[str, tuple[Holder, ...]]:
    """Who else has them open, as far as this user may see; one walk through /proc for all."""
    wanted = {os.path.realpath(path): path for path in paths}
    found: dict[str, tuple[Holder, ...]] = {}
    for pid in _pids(proc):
        if pid in ours or pid == os.getpid():
            continue
        for target in _open_files(proc / str(pid) / "fd") & wanted.keys():
            path = wanted[target]
            found[path] = (*found.get(path, ()), Holder(pid, _name(proc, pid)))
    return found


def runs(program: str, proc: Path = PROC) -> bool:
    return any(_name(proc, pid) == program[:15] for pid in _pids(proc))


def may_use_pins() -> bool:
    chips = [*Path("/dev").glob("gpiochip*"), Path("/dev/gpiomem")]
    here = [chip for chip in chips if chip.exists()]
    return any(os.access(chip, os.R_OK | os.W_OK) for chip in here)


def supply(program: str = "vcgencmd") -> Supply | None:
    """None where nothing can tell: no Raspberry Pi."""
    said = re.search(r"throttled=0x([0-9a-fA-F]+)", _run(program, "get_throttled"))
    if said is None:
        return None
    bits = int(said[1], 16)
    return Supply(low=bool(bits & LOW_NOW), was_low=bool(bits & LOW_BEFORE))


def temperature(sysfs: Path = SYSFS) -> float | None:
    """Of the processor; None where the board does not tell."""
    said = _text(sysfs / "class/thermal/thermal_zone0/temp").strip()
    return int(said) / 1000 if said.isdigit() else None


def failed_update(folder: Path) -> str:
    """What the installer left behind when it had to go back to the version before."""
    return _text(folder / "update-failed").strip()[:300]


def clock(now: int, program: str = "timedatectl") -> ClockState:
    """`now` in ms UTC. Synchronised: what systemd says, else chrony, else not known."""
    year = datetime.fromtimestamp(now / 1000, UTC).year
    said = _run(program, "show", "--property=NTPSynchronized", "--value").strip()
    if said in ("yes", "no"):
        return ClockState(year, said == "yes")
    leap = re.search(r"Leap status\s*:\s*(.*)", _run("chronyc", "-n", "tracking"))
    return ClockState(year, leap[1].strip() == "Normal" if leap else None)


def disk(folder: Path) -> Disk:
    """Of a folder that does not exist yet, the disk it would be on."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        free = shutil.disk_usage(place).free
        read_only = bool(os.statvfs(place).f_flag & os.ST_RDONLY)
    except OSError:
        return Disk(str(folder), exists=False, writable=False)
    exists, writable = place == folder, os.access(place, os.W_OK | os.X_OK)
    return Disk(str(folder), exists, free, read_only, writable, volatile(place))


def volatile(folder: Path, proc: Path = Path("/proc")) -> bool:
    """Whether it lies on the overlay root of Raspberry Pi OS, which forgets at each restart."""
    words = _text(proc / "cmdline").split()
    if "boot=overlay" not in words and not any(w.startswith("overlayroot=tmpfs") for w in words):
        return False
    mounts = {}  # of two on one place the later one counts
    for line in _text(proc / "self/mountinfo").splitlines():
        before, _, after = line.partition(" - ")  # man 5 proc
        mounts[_unescaped(before.split()[4])] = after.split()[0]
    real = folder.resolve()
    nearest = next((p for p in (real, *real.parents) if str(p) in mounts), None)
    return nearest is not None and mounts[str(nearest)] == "overlay"


def _unescaped(path: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), path)


def _pids(proc: Path) -> list[int]:
    try:
        return [int(name) for name in os.listdir(proc) if name.isdigit()]
    except OSError:
        return []


def _open_files(folder: Path) -> set[str]:
    found = set()
    try:
        for name in os.listdir(folder):
            found.add(os.readlink(folder / name))
    except OSError:  # the process ended, or is not ours to look into
        pass
    return found


def _name(proc: Path, pid: int) -> str:
    return _text(proc / str(pid) / "comm").strip()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _run(*command: str) -> str:
    """What a program prints; "" where it is missing, fails or hangs."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed programs with fixed arguments
            command, capture_output=True, text=True, errors="replace", timeout=PROGRAM_LIMIT
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
