"""install.sh without a machine of its own: what it says and leaves alone, and its serial part."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2]
SCRIPTS = [SOURCES / "install.sh", *sorted((SOURCES / "hw/host").glob("*.sh"))]
WHAT_IT_CHANGES = (
    "/opt/pigeonbox",
    "/etc/pigeonbox",
    "/etc/systemd/system/pigeonbox.service",
    "/etc/udev/rules.d/60-pigeonbox.rules",
    "/usr/local/bin/pigeonbox",
)


def install(
    *words: str, cwd: Path = SOURCES, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(cwd / "install.sh"), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | environment,
    )


@pytest.fixture
def no_tools(tmp_path: Path) -> tuple[str, Path]:
    """A PATH on which every tool that changes a machine tells on whoever calls it."""
    folder, told = tmp_path / "bin", tmp_path / "told"
    folder.mkdir()
    for tool in ("apt-get", "useradd", "groupadd", "usermod", "userdel", "mv", "ln", "cp", "rm",
                 "install", "udevadm", "pip", "mkdir", "touch", "chmod", "chown"):  # fmt: skip
        (folder / tool).write_text(f'#!/bin/sh\necho {tool} "$@" >>{told}\nexit 1\n')
        (folder / tool).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}", told


@pytest.mark.skipif(not Path("/usr/bin/apt-get").exists(), reason="no Debian")
@pytest.mark.parametrize("words", [(), ("--upgrade",), ("--uninstall", "--purge-data")])
def test_a_dry_run_changes_nothing(words, no_tools):
    path, told = no_tools
    before = [Path(p).exists() for p in WHAT_IT_CHANGES]
    done = install("--dry-run", *words, PATH=path)
    if words == ("--upgrade",) and not before[0]:
        assert "is not installed on this machine yet" in done.stderr
    else:
        assert done.returncode == 0, done.stderr
        assert done.stderr.rstrip().endswith("Nothing was changed.")
    assert not told.exists(), told.read_text()
    assert [Path(p).exists() for p in WHAT_IT_CHANGES] == before


@pytest.mark.skipif(not Path("/usr/bin/apt-get").exists(), reason="no Debian")
def test_a_dry_run_names_every_file_and_step():
    if Path("/opt/pigeonbox").exists():
        pytest.skip("Pigeonbox is installed here")
    told = install("--dry-run").stderr
    for words in (
        "useradd --system",
        "/venv/bin/pip install",
        "would write: /etc/pigeonbox/config.toml",
        "/etc/systemd/system/pigeonbox.service",
        "/etc/udev/rules.d/60-pigeonbox.rules",
        "/etc/avahi/services/pigeonbox.service",
        "/usr/local/bin/pigeonbox",
        "systemctl enable",
    ):
        assert words in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--nonsense",), "does not know '--nonsense'"),
        (("--serial", "perhaps"), "--serial takes yes or no"),
        (("--serial",), "--serial takes yes or no"),
        (("--purge-data",), "goes with --uninstall only"),
    ],
)
def test_misuse_is_one_line_that_says_what_to_do(words, said):
    done = install(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_help_lists_everything():
    done = install("--help")
    assert done.returncode == 0
    for word in ("--upgrade", "--uninstall", "--purge-data", "--dry-run", "--serial", "demo",
                 "test", "test-appliance", "bench", "screenshots"):  # fmt: skip
        assert word in done.stdout


def test_without_root_it_says_what_to_do(tmp_path):
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("no setpriv here")
        folder = Path("/tmp") / f"pigeonbox-{tmp_path.name}-{os.getpid()}"
        shutil.copytree(SOURCES / "hw", folder / "hw")
        shutil.copy(SOURCES / "install.sh", folder)
        try:
            done = subprocess.run(
                ["setpriv", "--reuid=65534", "--clear-groups", "bash", f"{folder}/install.sh"],
                capture_output=True,
                text=True,
                timeout=30,
            )
        finally:
            shutil.rmtree(folder)
    else:
        done = install()
    assert done.returncode == 1
    assert "needs root: sudo" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: s.name)
def test_every_script_can_be_read_by_bash(script):
    subprocess.run(["bash", "-n", str(script)], check=True, timeout=10)


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_shellcheck_finds_nothing():
    done = subprocess.run(
        ["shellcheck", "-x", "-S", "warning", "-e", "SC2034", *map(str, SCRIPTS)],
        cwd=SOURCES,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout


# the serial pins ------------------------------------------------------------------------------

CMDLINE = (
    "console=serial0,115200 console=tty1 root=PARTUUID=0a1b2c3d-02 rootfstype=ext4 fsck.repair=yes"
)
CONFIG = "dtparam=audio=on\n\n[cm4]\notg_mode=1\n\n[all]\n"


@pytest.fixture
def boot(tmp_path: Path) -> Path:
    folder = tmp_path / "boot"
    folder.mkdir()
    (folder / "cmdline.txt").write_text(CMDLINE + "\n")
    (folder / "config.txt").write_text(CONFIG)
    return folder


def serial(boot: Path, *steps: str, **more: str) -> str:
    """Run steps of serial.sh on a pretend boot partition; no systemctl is called."""
    script = f"""
        set -euo pipefail
        say() {{ printf '%s\\n' "$*" >&2; }}
        fail() {{ say "$1"; exit 1; }}
        systemctl() {{ return 1; }}
        . hw/host/steps.sh
        . hw/host/serial.sh
        ETC={boot.parent}/etc UNDO={boot.parent}/etc/undo
        FREE_SERIAL={more.get("free", "yes")} RESTART_NEEDED=no DRY={more.get("dry", "no")}
        {" && ".join(steps)}
        echo "restart: $RESTART_NEEDED, free: $FREE_SERIAL" >&2
    """
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=SOURCES,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        env=os.environ | {"PIGEONBOX_BOOT": str(boot)},
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (CMDLINE, CMDLINE.removeprefix("console=serial0,115200 ")),
        ("root=/dev/x console=ttyAMA0", "root=/dev/x"),
        ("a console=ttyS0,9600 console=serial0,115200 b", "a b"),
        ("console=ttyAMA10,115200 root=/dev/x", "console=ttyAMA10,115200 root=/dev/x"),
        ("console=tty1 root=/dev/ttyS0x", "console=tty1 root=/dev/ttyS0x"),
    ],
)
def test_only_the_console_on_the_pins_leaves(boot, before, after):
    (boot / "cmdline.txt").write_text(before + "\n")
    serial(boot, "free_serial")
    assert (boot / "cmdline.txt").read_text() == after + "\n"


def test_freeing_switches_the_pins_on_once_and_asks_for_a_restart(boot):
    assert "restart: yes" in serial(boot, "free_serial")
    config = (boot / "config.txt").read_text()
    assert config.startswith(CONFIG)
    assert config.endswith("enable_uart=1\n")
    assert "restart: no" in serial(boot, "free_serial")
    assert (boot / "config.txt").read_text() == config


def test_pins_that_are_on_already_are_not_switched_on(boot):
    (boot / "config.txt").write_text("enable_uart=1\n")
    serial(boot, "free_serial")
    assert (boot / "config.txt").read_text() == "enable_uart=1\n"


def test_taking_it_back_leaves_the_files_as_they_were(boot):
    serial(boot, "free_serial")
    assert "restart: yes" in serial(boot, "give_serial_back")
    assert (boot / "cmdline.txt").read_text() == CMDLINE + "\n"
    assert (boot / "config.txt").read_text() == CONFIG
    assert not (boot.parent / "etc/undo").exists()


def test_taking_it_back_keeps_what_others_changed_meanwhile(boot):
    serial(boot, "free_serial")
    with (boot / "config.txt").open("a") as config:
        config.write("dtoverlay=disable-bt\n")
    (boot / "cmdline.txt").write_text("console=tty1 root=/dev/new quiet\n")
    serial(boot, "give_serial_back")
    assert (boot / "cmdline.txt").read_text() == (
        "console=serial0,115200 console=tty1 root=/dev/new quiet\n"
    )
    assert (boot / "config.txt").read_text() == CONFIG + "dtoverlay=disable-bt\n"


def test_without_consent_nothing_is_freed(boot):
    assert "free: no" in serial(boot, "decide_serial", "free_serial", free="")
    assert (boot / "cmdline.txt").read_text() == CMDLINE + "\n"


def test_dry_it_only_tells(boot):
    told = serial(boot, "free_serial", dry="yes")
    assert f"would change: {boot}/cmdline.txt" in told
    assert (boot / "cmdline.txt").read_text() == CMDLINE + "\n"
    assert (boot / "config.txt").read_text() == CONFIG
    assert not (boot.parent / "etc").exists()


def test_on_another_machine_there_is_nothing_to_free(boot):
    shutil.rmtree(boot)
    assert "no serial pins to free" in serial(boot, "free_serial")
