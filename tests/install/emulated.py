"""A Debian system for another processor, each of its programs run by qemu.

Nothing boots it at first: install.sh then says that the service starts with the next start of the
machine, and a test starts it by hand as the unit would. systemd itself can be emulated as well
(`start`), though some of its own units fail there, and what shuts the service in is not in force.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.install import machines
from tests.install.machines import CACHE, SHELL, Machine

PROCESSORS = {"arm64": "aarch64", "armhf": "arm"}  # Debian's name -> qemu's
BINFMT = Path("/proc/sys/fs/binfmt_misc")
PATIENCE = 3600.0  # seconds for one command: an emulated pip needs many minutes
INSIDE = """
root=$1 cache=$2; shift 2
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
mkdir -p "$root/run/lock" "$root/root/pip" "$cache/pip" "$cache/apt/partial"
mount --bind "$cache/pip" "$root/root/pip"
mount --bind "$cache/apt" "$root/var/cache/apt/archives"
exec chroot "$root" "$@"
"""


def why_not(arch: str) -> str:
    """What this machine lacks for it; "" when it can do it."""
    if arch not in PROCESSORS:
        return f"--arch takes one of {', '.join(PROCESSORS)}"
    if os.geteuid() != 0:
        return "only root can make another system"
    programs = ("debootstrap", "unshare", f"qemu-{PROCESSORS[arch]}-static")
    missing = [p for p in programs if not shutil.which(p)]
    return f"not installed: {', '.join(missing)}" if missing else ""


def register(arch: str) -> None:
    """Have the kernel hand this processor's programs to qemu."""
    name = f"qemu-{PROCESSORS[arch]}"
    if not (BINFMT / "register").exists():
        machines.run("mount", "-t", "binfmt_misc", "binfmt_misc", str(BINFMT))
    if not (BINFMT / name).exists():
        (BINFMT / "register").write_text(Path(f"/usr/lib/binfmt.d/{name}.conf").read_text())


class Emulated(Machine):
    """A Debian system in a folder; until it is started each command has mounts of its own."""

    def __init__(self, folder: Path, suite: str, arch: str) -> None:
        register(arch)
        super().__init__(folder, suite, arch)
        self._cache = CACHE / f"{suite}-{arch}"

    def do(
        self, *command: str, check: bool = True, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        if self._leader:
            return super().do(*command, check=check, **environment)
        settings = [f"{k}={v}" for k, v in (SHELL | environment).items()]
        done = subprocess.run(
            [
                *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
                *("--propagation", "private", "bash", "-ec", INSIDE, "inside"),
                *(str(self.root), str(self._cache), "env", "-i", "-C", "/", *settings, *command),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        if check and done.returncode:
            raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done
