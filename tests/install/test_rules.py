"""The rules for udev say what the tables of modems say."""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hw import usb_ids
from hw.host import udev

RULES = udev.rules()
HOST = Path(udev.__file__).parent


def lines() -> list[str]:
    """Each rule as one line."""
    joined = RULES.replace("\\\n", "")
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


def matching(vid: int, pid: int, kind: str) -> Iterator[str]:
    """What the rules assign to a device ("ATTR") or to what hangs below it ("ATTRS")."""
    for line in lines():
        vendor = re.search(rf'\b{kind}{{idVendor}}=="([^"]*)"', line)
        product = re.search(rf'\b{kind}{{idProduct}}=="([^"]*)"', line)
        if not vendor or not product or vendor[1] != f"{vid:04x}":
            continue
        if any(fnmatch.fnmatchcase(f"{pid:04x}", p) for p in product[1].split("|")):
            yield line


@pytest.mark.parametrize("vid", usb_ids.VENDORS)
def test_modemmanager_keeps_off_every_modem(vid):
    pid = 0x1102 if vid == usb_ids.UBLOX else 0x1506
    assert any('ENV{ID_MM_DEVICE_IGNORE}="1"' in line for line in matching(vid, pid, "ATTR"))
    assert any('ENV{ID_MM_PORT_IGNORE}="1"' in line for line in matching(vid, pid, "ATTRS"))
    assert any('SYMLINK+="pigeonbox/' in line for line in matching(vid, pid, "ATTRS"))
    assert any('ENV{PIGEONBOX}="modem"' in line for line in matching(vid, pid, "ATTR"))


@pytest.mark.parametrize("ids", [*usb_ids.LAYOUTS, *usb_ids.HILINK, *usb_ids.CD_DRIVE])
def test_every_known_mode_of_a_stick_is_covered(ids):
    assert list(matching(*ids, "ATTR"))


@pytest.mark.parametrize("ids", usb_ids.ADAPTERS)
def test_adapters_have_names_and_are_not_switched(ids):
    assert any('SYMLINK+="pigeonbox/' in line for line in matching(*ids, "ATTRS"))
    assert all('ENV{PIGEONBOX}="adapter"' in line for line in matching(*ids, "ATTR"))


def test_of_ublox_the_modems_and_nothing_else():
    (rule,) = (line for line in lines() if 'ATTR{idVendor}=="1546"' in line)
    patterns = rule.split('ATTR{idProduct}=="')[1].split('"')[0].split("|")
    covered = {n for p in patterns for n in range(0x10000) if fnmatch.fnmatchcase(f"{n:04x}", p)}
    assert covered == set(usb_ids.UBLOX_MODEMS)


def test_what_is_no_modem_is_left_alone():
    assert not list(matching(0x2341, 0x0043, "ATTR"))  # an Arduino
    assert not list(matching(0x10C4, 0x8A2A, "ATTR"))  # a Zigbee stick


def test_a_range_that_is_no_pattern_is_refused():
    with pytest.raises(ValueError, match="whole blocks"):
        list(udev._globs(range(0x1001, 0x1500)))


def test_quotes_are_even_and_every_part_is_known():
    for line in lines():
        assert line.count('"') % 2 == 0, line
        for key in re.findall(r'(?:^|, ?|"\s)\s*([A-Z]+)(?:\{[^}]*\})?(?:==|!=|\+=|=)"', line):
            assert key in {
                "ACTION", "ATTR", "ATTRS", "DRIVER", "ENV", "GOTO", "GROUP", "KERNEL", "LABEL",
                "MODE", "RUN", "SUBSYSTEM", "SUBSYSTEMS", "SYMLINK",
            }, line  # fmt: skip


def test_udev_itself_accepts_them(tmp_path):
    file = tmp_path / "60-pigeonbox.rules"
    file.write_text(RULES)
    if not shutil.which("udevadm"):
        pytest.skip("no udevadm here")
    done = subprocess.run(
        ["udevadm", "verify", "--no-style", str(file)], capture_output=True, text=True, timeout=30
    )
    if "Unknown command verb" in done.stderr or "unrecognized option" in done.stderr:
        pytest.skip("this udevadm is older than 254 and cannot verify")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_unit_is_sound(tmp_path):
    """systemd looks into it; the program it starts is not on this machine."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze here")
    unit = tmp_path / "pigeonbox.service"
    text = (HOST / "pigeonbox.service").read_text()
    unit.write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    ours = [line for line in done.stderr.splitlines() if "pigeonbox" in line]
    assert ours == []


def test_only_known_units_are_waited_for_and_none_without_end():
    text = (HOST / "pigeonbox.service").read_text()
    assert "network-online" not in text  # a box without a cable would not start
    assert "time-sync" not in text  # nor one without a time server
