"""Debian systems to install on: made by debootstrap, kept as archives, started by systemd-nspawn.

Works as root, also where systemd is not the first process (a container or a small virtual machine):
the started system gets a control group hierarchy of its own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.support.box import eventually

SOURCES = Path(__file__).parents[2]
CACHE = Path(os.environ.get("PIGEONBOX_ROOTS", "/var/cache/pigeonbox-roots"))
MIRROR = "http://deb.debian.org/debian"
CODE = ("gateway", "webui", "hw", "install.sh", "pyproject.toml", "README.md")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
SHELL = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "PIP_CERT": "/root/ca.crt",  # whatever this machine needs to reach PyPI, its guest needs too
    "PIP_CACHE_DIR": "/root/pip",
    "PIGEONBOX_PROVE": "3",
}
PURE_CGROUPS = """
umount -R /sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 cgroup2 /sys/fs/cgroup
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 UNIFIED_CGROUP_HIERARCHY=1
exec systemd-nspawn --boot --register=no --keep-unit --console=pipe "$@"
"""


def why_not() -> str:
    """What this machine lacks; "" when it can do it."""
    if os.geteuid() != 0:
        return "only root can make and start another system"
    missing = [p for p in ("debootstrap", "systemd-nspawn", "unshare") if not shutil.which(p)]
    return f"not installed: {', '.join(missing)}" if missing else ""


def archive(suite: str, arch: str = "") -> Path:
    """The bare system, fetched on first use. `arch`: of another processor than this machine's."""
    name = f"{suite}-{arch}" if arch else suite
    kept = CACHE / f"{name}.tar"
    if not kept.exists():
        debs = CACHE / f"debs-{name}"
        debs.mkdir(parents=True, exist_ok=True)
        work = CACHE / f"{name}.making"
        shutil.rmtree(work, ignore_errors=True)
        packages = "systemd,systemd-sysv,dbus,udev,ca-certificates"
        run(
            *("debootstrap", *([f"--arch={arch}"] if arch else []), "--variant=minbase"),
            *(f"--include={packages}", f"--cache-dir={debs}", suite, str(work), MIRROR),
            patience=3600 if arch else 600,
        )
        part = kept.with_suffix(".part")
        run("tar", "-C", str(work), "-cf", str(part), ".")
        part.rename(kept)
        shutil.rmtree(work)
    return kept


def run(*command: str, patience: float = 600) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=patience)


def _copy_code(source: Path, target: Path) -> None:
    target.mkdir()
    for item in CODE:
        if (source / item).is_dir():
            no_leftovers = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source / item, target / item, ignore=no_leftovers)
        else:
            shutil.copy2(source / item, target / item)


class Machine:
    """A Debian system in a folder, and the process that is its systemd while it runs."""

    def __init__(self, folder: Path, suite: str, arch: str = "") -> None:
        self.suite = suite
        self.root = folder / suite
        self.root.mkdir()
        run("tar", "-C", str(self.root), "-xf", str(archive(suite, arch)))
        shutil.copy(CERTIFICATES, self.root / "root/ca.crt")
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        # No waiting for the disk after each package: all this is thrown away.
        (self.root / "etc/dpkg/dpkg.cfg.d/quick").write_text("force-unsafe-io\n")
        self._sources = folder / "sources"  # as they are now, whatever is edited meanwhile
        if not self._sources.exists():
            _copy_code(SOURCES, self._sources)
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._leader = 0

    def bring(self, name: str = "pigeonbox") -> Path:
        """A fresh copy of our sources, as somebody has unpacked them; its path here."""
        folder = self.root / "root" / name
        shutil.rmtree(folder, ignore_errors=True)
        _copy_code(self._sources, folder)
        return folder

    def start(self, *more: str) -> None:
        """`more`: further words for systemd-nspawn."""
        for cache in ("pip", f"apt-{self.suite}"):
            (CACHE / cache / "partial").mkdir(parents=True, exist_ok=True)
        self._nspawn = subprocess.Popen(
            [
                *("unshare", "--mount", "--propagation", "private", "bash", "-ec", PURE_CGROUPS),
                *("nspawn", f"--directory={self.root}", f"--machine=pigeonbox-{self.suite}"),
                f"--bind={CACHE}/pip:/root/pip",
                f"--bind={CACHE}/apt-{self.suite}:/var/cache/apt/archives",
                "--resolv-conf=off",
                *more,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._leader = eventually(self._first_process, what="for the system to start")
        eventually(
            lambda: self.tell("systemctl", "is-system-running") in ("running", "degraded"),
            patience=300,
            what="for systemd to settle",
        )

    def _first_process(self) -> int:
        """systemd-nspawn's child is what the system sees as process 1."""
        assert self._nspawn
        assert self._nspawn.poll() is None, "systemd-nspawn ended"
        with contextlib.suppress(OSError, ValueError):
            pid = self._nspawn.pid  # unshare and bash became systemd-nspawn
            for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
                if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                    return int(child)
        return 0

    def stop(self) -> None:
        if self._nspawn:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.do("systemctl", "poweroff", check=False)
                self._nspawn.wait(30)
            self._nspawn.kill()
            self._nspawn.wait()
            self._nspawn, self._leader = None, 0

    def lose_power(self) -> None:
        """Everything in there ends at once; what was written stays, since this machine goes on."""
        assert self._nspawn
        os.kill(self._leader, signal.SIGKILL)
        self._nspawn.wait(60)
        self._nspawn, self._leader = None, 0

    # inside -----------------------------------------------------------------------------------

    def do(
        self, *command: str, check: bool = True, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in there, as root."""
        inside = ("nsenter", "-t", str(self._leader), "-m", "-u", "-i", "-p", "-n", "-C", "--")
        settings = [f"{k}={v}" for k, v in (SHELL | environment).items()]
        done = subprocess.run(
            [*inside, "env", "-i", "-C", "/", *settings, *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=900,
        )
        if check and done.returncode:
            raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def tell(self, *command: str) -> str:
        return self.do(*command, check=False).stdout.strip()

    def install(self, *words: str, code: str = "pigeonbox", **environment: str) -> str:
        """Run install.sh; what it said. Fails when it does."""
        return self.do(f"/root/{code}/install.sh", *words, **environment).stderr

    def refused(self, *words: str, code: str = "pigeonbox", **environment: str) -> str:
        """Run install.sh, which must fail; what it said."""
        done = self.do(f"/root/{code}/install.sh", *words, check=False, **environment)
        assert done.returncode != 0, done.stderr
        return done.stderr

    # the service ------------------------------------------------------------------------------

    def shown(self, name: str) -> str:
        return self.tell("systemctl", "show", f"--property={name}", "--value", "pigeonbox")

    @property
    def pid(self) -> int:
        return int(self.shown("MainPID") or 0)

    def signal(self, which: int) -> None:
        """Send a signal to the service's process, and to nothing else."""
        self.do("bash", "-c", f"kill -{int(which)} {self.pid}")

    @property
    def release(self) -> str:
        return self.tell("readlink", "/opt/pigeonbox/current").removeprefix("releases/")

    def is_well(self) -> bool:
        """It is ready, and its page answers."""
        ask = (
            "import urllib.request as u; "
            f"print(u.urlopen('http://127.0.0.1:{self.port}/health', timeout=5).status)"
        )
        return self.shown("ActiveState") == "active" and self.tell("python3", "-c", ask) == "200"

    @property
    def port(self) -> str:
        config = (self.root / "etc/pigeonbox/config.toml").read_text()
        return config.split('listen = "0.0.0.0:')[1].split('"')[0]

    def wait_well(self, patience: float = 60.0) -> None:
        eventually(self.is_well, patience=patience, what="for the service to be well")

    def log(self) -> str:
        return self.tell("journalctl", "-u", "pigeonbox", "--no-pager", "-o", "cat", "-n", "80")

    # the files --------------------------------------------------------------------------------

    def facts(self, *folders: str) -> dict[str, str]:
        """Every file below: kind, owner, mode, size and time of the last change."""
        form = "%p\t%y %U:%G %m %s %T@ %l\n"
        told = self.do("find", *folders, "-not", "-type", "s", "-printf", form).stdout
        return dict(line.split("\t", 1) for line in told.splitlines())


@contextlib.contextmanager
def started(folder: Path, suite: str) -> Iterator[Machine]:
    machine = Machine(folder, suite)
    try:
        machine.start()
        yield machine
    finally:
        machine.stop()
        shutil.rmtree(machine.root, ignore_errors=True)
