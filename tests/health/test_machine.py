"""What is taken down from the operating system, on a machine made of files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.health import machine
from gateway.health.snapshot import ClockState, Holder, Supply

NOW = 1_790_000_000_000  # September 2026


def program(folder: Path, name: str, output: str, code: int = 0) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{output}\nEND\nexit {code}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("said", "supply"),
    [
        ("throttled=0x0", Supply()),
        ("throttled=0x50000", Supply(was_low=True)),
        ("throttled=0x50005", Supply(low=True, was_low=True)),
        ("throttled=0x80008", Supply()),  # too hot, not too little
        ("VCHI initialization failed", None),
    ],
)
def test_the_boards_own_word_on_its_supply_is_read(tmp_path, said, supply):
    assert machine.supply(program(tmp_path, "vcgencmd", said)) == supply


def test_a_machine_that_is_no_pi_says_nothing_of_its_supply(tmp_path):
    assert machine.supply(str(tmp_path / "none")) is None


@pytest.mark.parametrize(("said", "synchronised"), [("yes", True), ("no", False)])
def test_systemd_is_asked_whether_the_clock_is_synchronised(tmp_path, said, synchronised):
    there = program(tmp_path, "timedatectl", said)
    assert machine.clock(NOW, there) == ClockState(2026, synchronised)


def test_a_clock_of_which_nobody_can_tell_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    failing = program(tmp_path, "timedatectl", "no", code=1)
    assert machine.clock(0, failing) == ClockState(1970, None)


def test_chrony_is_asked_where_systemd_cannot_tell(tmp_path, monkeypatch):
    program(tmp_path, "chronyc", "Stratum         : 3\nLeap status     : Normal")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert machine.clock(NOW, str(tmp_path / "none")) == ClockState(2026, True)


def process(proc: Path, pid: int, name: str, *files: str) -> None:
    folder = proc / str(pid) / "fd"
    folder.mkdir(parents=True)
    (proc / str(pid) / "comm").write_text(f"{name}\n")
    for number, file in enumerate(files):
        (folder / str(number)).symlink_to(file)


def test_programs_that_have_a_port_open_are_named_by_whatever_name_the_port_has(tmp_path):
    device, name = tmp_path / "ttyUSB2", tmp_path / "modem"
    device.touch()
    name.symlink_to(device)
    proc = tmp_path / "proc"
    process(proc, 11, "smsd", "/dev/null", str(device))
    process(proc, 12, "bash", "/dev/null")
    process(proc, 13, "pigeonbox", str(device))
    process(proc, os.getpid(), "doctor", str(device))
    (proc / "14").mkdir()  # ended meanwhile
    found = machine.holders([str(name), "/dev/null-2"], ours={13}, proc=proc)
    assert found == {str(name): (Holder(11, "smsd"),)}


def test_a_program_is_found_running_by_the_name_that_the_kernel_cuts_off(tmp_path):
    process(tmp_path, 5, "a-very-long-nam")
    assert machine.runs("a-very-long-name", tmp_path)
    assert not machine.runs("ModemManager", tmp_path)


def test_ports_are_told_from_files_and_from_nothing(tmp_path):
    file = tmp_path / "file"
    file.touch()
    missing, plain, null = machine.ports(
        [str(tmp_path / "none"), str(file), "/dev/null"], ours={os.getppid()}
    )
    assert (missing.exists, plain.exists, null.exists) == (False, True, True)
    assert (plain.serial, null.serial) == (False, True)
    assert null.usable


def test_a_port_of_another_group_is_not_usable(tmp_path, monkeypatch):
    (tmp_path / "port").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr(os, "getegid", lambda: 65534)
    monkeypatch.setattr(machine, "user", lambda: "nobody-of-that-group")
    (seen,) = machine.ports([str(tmp_path / "port")], ours=())
    assert (seen.usable, seen.in_group) == (False, False)
    assert seen.group


MOUNTS = """\
23 1 0:22 / / rw,relatime shared:1 - overlay overlayroot rw,lowerdir=/media/root-ro
31 23 179:3 / /data rw,relatime shared:9 - ext4 /dev/mmcblk0p3 rw
32 23 179:4 / /my\\040data rw,relatime shared:9 - ext4 /dev/mmcblk0p4 rw
"""


@pytest.mark.parametrize("words", ["boot=overlay", "overlayroot=tmpfs:recurse=0"])
def test_data_on_the_overlay_of_a_read_only_root_are_told_from_those_on_a_partition(
    tmp_path, words
):
    (tmp_path / "self").mkdir()
    (tmp_path / "self/mountinfo").write_text(MOUNTS)
    (tmp_path / "cmdline").write_text(f"console=tty1 {words} rootwait\n")
    assert machine.volatile(Path("/var/lib/pigeonbox"), tmp_path)
    assert not machine.volatile(Path("/data/box"), tmp_path)
    assert not machine.volatile(Path("/my data"), tmp_path)
    (tmp_path / "cmdline").write_text("console=tty1 rootwait\n")  # a container: stays
    assert not machine.volatile(Path("/var/lib/pigeonbox"), tmp_path)


def test_the_disk_of_a_folder_that_is_not_there_yet_is_the_one_it_would_be_on(tmp_path):
    seen = machine.disk(tmp_path / "not" / "yet")
    assert (seen.exists, seen.writable, seen.read_only) == (False, True, False)
    assert seen.free > 0
    assert not (tmp_path / "not").exists()


def test_the_user_has_a_name():
    assert machine.user()
