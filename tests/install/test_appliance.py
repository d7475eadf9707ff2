"""A box's whole life on real Debian systems under systemd: each test leaves the box well.

`machine` is a fresh system; whoever needs Pigeonbox on it takes `box`, which installs it first.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import time

import pytest

from tests.install.appliance import DATA, messages, newer
from tests.install.machines import run
from tests.support.box import eventually

pytestmark = [pytest.mark.appliance, pytest.mark.timeout(900)]

TOUCHED = ("/etc", "/opt", "/usr", "/var/lib/pigeonbox")


def test_a_dry_run_changes_nothing(machine):
    if (machine.root / "opt/pigeonbox").exists():
        pytest.skip("installed already")
    machine.bring()
    before = machine.facts(*(f for f in TOUCHED if (machine.root / f[1:]).exists()))
    machine.install("--dry-run")
    assert machine.facts(*(f for f in TOUCHED if (machine.root / f[1:]).exists())) == before
    assert not (machine.root / "opt/pigeonbox").exists()


def test_without_the_internet_it_says_so_and_a_second_run_mends_it(machine):
    if (machine.root / "opt/pigeonbox").exists():
        pytest.skip("installed already")
    machine.bring()
    hosts = machine.root / "etc/resolv.conf"
    kept = hosts.read_text()
    hosts.write_text("nameserver 127.0.0.9\noptions timeout:1 attempts:1\n")
    try:
        said = machine.refused()
    finally:
        hosts.write_text(kept)
    assert "internet" in said.splitlines()[-1]


def test_it_runs_as_a_service_with_a_page_on_port_80(box):
    assert box.shown("ActiveState") == "active"
    assert box.shown("Type") == "notify"
    assert box.tell("systemctl", "is-enabled", "pigeonbox") == "enabled"
    groups = box.tell("id", "-nG", "pigeonbox").split()
    assert "dialout" in groups
    assert box.tell("stat", "-c", "%U:%G %a", DATA, f"{DATA}/pigeonbox.db").splitlines() == [
        "pigeonbox:pigeonbox 700",
        "pigeonbox:pigeonbox 600",
    ]
    assert box.tell("stat", "-c", "%U:%G %a", "/etc/pigeonbox/config.toml") == (
        "root:pigeonbox 640"
    )
    assert box.tell("stat", "-c", "%U", f"/proc/{box.pid}") == "pigeonbox"
    assert f"<port>{box.port}</port>" in box.tell("cat", "/etc/avahi/services/pigeonbox.service")
    assert "not running" not in box.tell("pigeonbox", "modems")
    assert "before the upgrade" in messages(box)


def test_nothing_of_the_code_can_be_changed_by_the_service(box):
    mine = box.tell("find", "/opt/pigeonbox", "-user", "pigeonbox", "-o", "-perm", "-o=w", "-type",
                    "f")  # fmt: skip
    assert mine == ""


def test_its_parts_are_listed_and_a_changed_one_is_told(box):
    listed = json.loads(box.tell("cat", "/opt/pigeonbox/current/parts.cdx.json"))
    assert {"Flask", "peewee", "waitress"} <= {part["name"] for part in listed["components"]}
    assert "as they were installed" in box.install("--verify")
    python = box.tell("sh", "-c", "ls -d /opt/pigeonbox/current/venv/lib/python3.*/site-packages")
    file = box.root / python[1:] / "waitress/server.py"
    kept = file.read_bytes()
    file.write_bytes(kept + b"# more\n")
    try:
        assert "waitress/server.py has been changed" in box.refused("--verify")
    finally:
        file.write_bytes(kept)


def test_a_second_run_changes_nothing(box):
    before, pid = box.facts("/etc", "/opt", "/usr/local"), box.pid
    said = box.install()
    assert box.facts("/etc", "/opt", "/usr/local") == before
    assert box.pid == pid, "it was restarted for nothing"
    assert "is installed" in said


def test_a_data_folder_that_lies_open_is_closed(box):
    """And what root has put there becomes the service's own."""
    box.do("bash", "-c", f"chmod -R go=rX {DATA}; echo x >{DATA}/by-root")
    box.do("mkdir", f"{DATA}/.before-upgrade")
    box.install()
    assert ".before-upgrade" not in box.tell("ls", "-A", DATA)
    told = box.do("find", DATA, "-perm", "/077", "-o", "!", "-user", "pigeonbox").stdout
    assert told == ""
    box.do("rm", f"{DATA}/by-root")
    box.wait_well()


def test_a_data_folder_of_somebody_else_is_not_taken(box):
    config = box.root / "etc/pigeonbox/config.toml"
    before = config.read_text()
    box.do("bash", "-c", "mkdir -p /srv/mine; echo x >/srv/mine/letter")
    config.write_text(before.replace(DATA, "/srv/mine"))
    try:
        said = box.refused()
    finally:
        config.write_text(before)
    assert "/srv/mine holds files that are not Pigeonbox's" in said.splitlines()[-1]
    assert box.tell("stat", "-c", "%U %a", "/srv/mine", "/srv/mine/letter").splitlines() == [
        "root 755",
        "root 644",
    ]
    box.do("rm", "-r", "/srv/mine")


def test_an_own_config_stays(box):
    config = box.root / "etc/pigeonbox/config.toml"
    before = config.read_text()
    config.write_text(before + '\n# mine\n[log]\nlevel = "DEBUG"\n')
    try:
        box.install()
        assert config.read_text().endswith('# mine\n[log]\nlevel = "DEBUG"\n')
    finally:
        config.write_text(before)


def test_a_config_with_a_mistake_is_named_and_nothing_is_changed(box):
    config = box.root / "etc/pigeonbox/config.toml"
    before, pid = config.read_text(), box.pid
    config.write_text(before.replace("[leds]", "[lights]"))
    try:
        said = box.refused()
    finally:
        config.write_text(before)
    assert "lights: is not known" in said
    assert "must be mended" in said.splitlines()[-1]
    assert box.pid == pid


def test_the_unit_is_sound_and_shut_in(box):
    checked = box.do(
        "systemd-analyze", "verify", "/etc/systemd/system/pigeonbox.service", check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    told = box.tell("systemd-analyze", "security", "--no-pager", "pigeonbox")
    exposure = float(re.search(r"exposure level for \S+: ([0-9.]+)", told)[1])  # type: ignore[index]
    assert exposure < 3, told


def test_udev_accepts_the_rules(box):
    done = box.do("udevadm", "verify", "/etc/udev/rules.d/60-pigeonbox.rules", check=False)
    if box.suite == "bookworm":
        pytest.skip("udevadm of Debian 12 cannot verify")
    assert done.returncode == 0, done.stdout + done.stderr


def test_killed_it_starts_again(box):
    pid = box.pid
    box.signal(signal.SIGKILL)
    eventually(lambda: box.pid not in (0, pid), patience=30)
    box.wait_well()


def test_frozen_it_is_ended_and_started_by_the_watchdog(box):
    """A stopped process is what a hang of everything looks like."""
    box.do("mkdir", "-p", "/run/systemd/system/pigeonbox.service.d")
    quick = box.root / "root/quick.conf"
    quick.write_text("[Service]\nWatchdogSec=12\nTimeoutAbortSec=3\n")
    box.do("cp", "/root/quick.conf", "/run/systemd/system/pigeonbox.service.d/")
    box.do("systemctl", "daemon-reload")
    box.do("systemctl", "restart", "pigeonbox")
    try:
        box.wait_well()
        pid, began = box.pid, time.monotonic()
        time.sleep(20)  # longer than the limit: it is fed
        assert box.pid == pid
        box.signal(signal.SIGSTOP)
        eventually(lambda: box.pid not in (0, pid), patience=60)
        assert time.monotonic() - began < 80
        box.wait_well()
        assert "watchdog" in box.tell("journalctl", "-u", "pigeonbox", "-n", "200").lower()
    finally:
        box.do("rm", "-r", "/run/systemd/system/pigeonbox.service.d")
        box.do("systemctl", "daemon-reload")
        box.do("systemctl", "restart", "pigeonbox")
        box.wait_well()


def test_on_a_read_only_root_data_on_a_partition_of_their_own_stay(box):
    """As with the overlay of Raspberry Pi OS: all else is forgotten at the next start."""
    partition = box.root.parent / "partition"
    overlay = ("--volatile=overlay", f"--bind={partition}:{DATA}")
    box.stop()
    run("cp", "-a", str(box.root / DATA[1:]), str(partition))
    try:
        box.start(*overlay)
        box.wait_well()
        box.do("pigeonbox", "send", "+254712345679", "written on the overlay")
        box.do("touch", "/etc/forgotten")
        box.lose_power()
        box.start(*overlay)
        box.wait_well()
        assert box.do("test", "-e", "/etc/forgotten", check=False).returncode != 0
        assert "written on the overlay" in messages(box)
    finally:
        box.stop()
        box.start()
    box.wait_well()
    assert "written on the overlay" not in messages(box)  # it was on the partition alone


def test_removed_it_leaves_the_data_and_comes_back_with_them(box):
    kept = messages(box)
    said = box.do("/opt/pigeonbox/current/src/install.sh", "--uninstall").stderr
    assert "Kept: /var/lib/pigeonbox" in said
    for gone in ("opt/pigeonbox", "etc/systemd/system/pigeonbox.service",
                 "etc/udev/rules.d/60-pigeonbox.rules", "usr/local/bin/pigeonbox"):  # fmt: skip
        assert not (box.root / gone).exists()
    assert box.tell("systemctl", "is-active", "pigeonbox") == "inactive"
    shutil.rmtree(box.root / "root/pigeonbox", ignore_errors=True)
    newer(box, "pigeonbox", migrates=True)  # the version that has written the data
    box.install()
    box.wait_well()
    assert messages(box) == kept


def test_removed_with_its_data_nothing_is_left(box):
    before = {f for f in box.facts("/etc", "/opt", "/usr/local", "/var/lib") if "pigeonbox" in f}
    assert before
    box.install("--uninstall", "--purge-data")
    after = {f for f in box.facts("/etc", "/opt", "/usr/local", "/var/lib") if "pigeonbox" in f}
    assert after == set()
    assert box.do("id", "pigeonbox", check=False).returncode != 0
    box.install("--uninstall")  # with nothing there, it says so and does no harm
