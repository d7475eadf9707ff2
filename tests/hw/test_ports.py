"""What is plugged in, what may be asked, and what is said about the rest."""

from __future__ import annotations

import shutil
import threading

import pytest

from hw import holders, ports, usb_ids
from tests.support.usb import FakeUsb


@pytest.fixture
def usb(tmp_path):
    return FakeUsb(tmp_path)


def one(usb):
    (device,) = ports.scan(usb.sysfs, usb.dev)
    return device


def interfaces(device):
    return [tty.interface for tty in ports.at_ports(device)]


def with_ports(usb, id_, *numbers, descriptor=("ff", "00", "00")):
    usb.plug("1-1.2", id_)
    for n in numbers:
        usb.port("1-1.2", n, f"ttyUSB{n}", "/dev/null", descriptor)
    return one(usb)


def test_a_stick_is_read_with_its_ports_by_interface(usb):
    usb.plug("1-1.2", "1e0e:9001", "SimTech")
    usb.port("1-1.2", 3, "ttyUSB0", "/dev/null")
    usb.port("1-1.2", 2, "ttyUSB1", "/dev/null", ("ff", "01", "12"))
    device = one(usb)
    assert (device.path, device.id, device.product) == ("1-1.2", (0x1E0E, 0x9001), "SimTech")
    assert [(t.interface, t.device) for t in device.ttys] == [
        (2, f"{usb.dev}/ttyUSB1"),
        (3, f"{usb.dev}/ttyUSB0"),
    ]
    assert device.ttys[0].descriptor == (0xFF, 0x01, 0x12)


def test_ports_of_the_acm_driver_are_found_in_their_own_folder(usb):
    usb.plug("1-1", "1546:1102")
    usb.port("1-1", 0, "ttyACM0", "/dev/null", ("02", "02", "01"))
    assert [t.device for t in one(usb).ttys] == [f"{usb.dev}/ttyACM0"]


def test_a_machine_without_usb_has_no_devices(tmp_path):
    assert ports.scan(tmp_path / "nowhere", tmp_path) == ()


def test_a_half_removed_device_is_no_device(usb):
    usb.plug("1-1", "12d1:1506")
    usb.plug("1-2", "12d1:1506")
    (usb.sysfs / "bus/usb/devices/1-1/idVendor").unlink()
    assert [d.path for d in ports.scan(usb.sysfs, usb.dev)] == ["1-2"]


def test_19_scanning_while_sticks_are_pulled_out_never_fails(usb):
    stop = threading.Event()

    def pull_in_and_out():
        while not stop.is_set():
            usb.plug("1-1", "12d1:1506")
            usb.port("1-1", 0, "ttyUSB0", "/dev/null")
            usb.unplug("1-1")

    thread = threading.Thread(target=pull_in_and_out)
    thread.start()
    try:
        for _ in range(500):
            for device in ports.scan(usb.sysfs, usb.dev):
                ports.at_ports(device)
                ports.finding(device)
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    ("id_", "present", "asked"),
    [
        ("1e0e:9001", (0, 1, 2, 3, 4), [2, 3]),  # SIM7600: 0 is diagnosis, 1 GPS
        ("1e0e:9011", (2, 4, 5), [4, 5]),  # A7670
        ("2c7c:0125", (0, 1, 2, 3), [2, 3]),  # EC25
        ("19d2:1515", (0, 1, 2), [0, 2, 1]),  # ZTE differs per product
        ("19d2:0124", (0, 1, 2, 3, 4), [4, 1, 0, 2, 3]),
        ("1199:9071", (0, 2, 3), [3]),
        ("12d1:1001", (0, 1, 2), [2, 0, 1]),  # an old Huawei without descriptors of its own
        ("1bc7:0021", (0, 1, 2), [0, 1, 2]),  # not in the table: in their order
    ],
)
def test_the_likeliest_port_is_asked_first_and_diagnosis_never(usb, id_, present, asked):
    assert interfaces(with_ports(usb, id_, *present)) == asked


def test_a_huawei_says_itself_which_port_gives_the_news(usb):
    usb.plug("1-1", "12d1:1506")
    for n, protocol in enumerate(("01", "03", "02", "14")):  # modem, diagnosis, control, GPS
        usb.port("1-1", n, f"ttyUSB{n}", "/dev/null", ("ff", "01", protocol))
    assert interfaces(one(usb)) == [2, 0]


@pytest.mark.parametrize(
    "id_",
    [
        "10c4:ea60",
        "1a86:7523",
        "0403:6001",
        "2341:0043",  # Arduino
        "1546:01a8",  # a satellite receiver of a maker of modems
        "1546:01a9",
        "05c6:9008",
        "1d6b:0002",
    ],
)
def test_what_is_no_modem_is_never_asked(usb, id_):
    assert interfaces(with_ports(usb, id_, 0, 1)) == []


@pytest.mark.parametrize(
    ("id_", "classes", "key", "words"),
    [
        ("12d1:14dc", "02 06 00\n0a 00 00", "hilink", "stick firmware"),  # item 75
        ("12d1:14db", "02 06 00", "hilink", "stick firmware"),
        ("12d1:1f01", "08 06 50", "hilink", "stick firmware"),
        ("12d1:1446", "08 06 50", "cd-mode", "usb-modeswitch"),
        ("12d1:14fe", "08 06 50", "cd-mode", "usb-modeswitch"),
        ("19d2:2000", "08 06 50", "cd-mode", "usb-modeswitch"),
        ("12d1:9999", "08 06 50", "cd-mode", "usb-modeswitch"),  # any Huawei that is but a drive
        ("05c6:9008", "ff ff ff", "crashed", "crashed"),
        ("2c7c:0125", "ff ff ff", "no-ports", "driver"),
    ],
)
def test_a_mode_in_which_a_stick_is_no_modem_is_said(usb, id_, classes, key, words):
    usb.plug("1-1.3", id_, classes=classes)
    found = ports.finding(one(usb))
    assert (found.key, found.place, found.serious) == (key, "1-1.3", True)
    assert words in found.words
    assert id_ in found.words


def test_75_a_hilink_stick_that_shows_ports_after_all_is_asked(usb):
    device = with_ports(usb, "12d1:14dc", 0)
    assert ports.finding(device) is None
    assert interfaces(device) == [0]


def test_a_serial_adapter_is_mentioned_and_no_fault(usb):
    found = ports.finding(with_ports(usb, "1a86:7523", 0))
    assert not found.serious
    assert f"{usb.dev}/ttyUSB0" in found.words
    assert "[[modem]]" in found.words


def test_a_mouse_and_a_modem_at_work_are_not_mentioned(usb):
    usb.plug("1-1", "046d:c077", classes="03 01 02")
    usb.plug("1-2", "2c7c:0125")
    usb.port("1-2", 2, "ttyUSB2", "/dev/null")
    assert [ports.finding(d) for d in ports.scan(usb.sysfs, usb.dev)] == [None, None]


def test_the_socket_of_a_port_is_known(usb):
    usb.plug("1-1.4", "2c7c:0125")
    usb.port("1-1.4", 2, "ttyUSB7", f"{usb.dev}/real/ttyUSB7")
    usb.plug("1-3", "1546:1102")
    usb.port("1-3", 0, "ttyACM1", f"{usb.dev}/real/ttyACM1")
    assert ports.usb_path_of("/dev/ttyUSB7", usb.sysfs) == "1-1.4"
    assert ports.usb_path_of("/dev/ttyACM1", usb.sysfs) == "1-3"
    assert ports.usb_path_of("/dev/ttyS0", usb.sysfs) == ""


def test_no_id_is_both_a_modem_and_a_serial_adapter():
    assert not {vid for vid, _ in usb_ids.ADAPTERS} & set(usb_ids.VENDORS)
    assert all(not set(row.at) & row.never for row in usb_ids.LAYOUTS.values())


# who else is there ------------------------------------------------------------------------------


def process(proc, pid, comm, *words, opens=()):
    folder = proc / str(pid)
    (folder / "fd").mkdir(parents=True)
    (folder / "comm").write_text(f"{comm}\n")
    (folder / "cmdline").write_bytes(b"".join(w.encode() + b"\0" for w in words))
    for n, path in enumerate(opens):
        (folder / "fd" / str(n)).symlink_to(path)


def test_20_74_the_program_that_holds_a_port_is_named(tmp_path):
    port = tmp_path / "ttyUSB2"
    port.touch()
    proc = tmp_path / "proc"
    process(proc, 100, "smsd", "smsd", opens=[port])
    process(proc, 101, "ModemManager", "ModemManager", opens=[port])
    process(proc, 102, "cat", "cat", opens=["/dev/null"])
    assert holders.holders(str(port), proc) == " (ModemManager, smsd)"


def test_74_modem_manager_is_suspected_where_it_runs_and_hides_what_it_holds(tmp_path):
    proc = tmp_path / "proc"
    process(proc, 101, "ModemManager", "ModemManager")
    shutil.rmtree(proc / "101/fd")  # another user's process
    assert "ModemManager" in holders.holders("/dev/ttyUSB2", proc)
    assert holders.holders("/dev/ttyUSB2", proc, guess=False) == ""
    assert holders.runs("ModemManager", proc)
    assert not holders.runs("smsd", proc)


def test_21_a_login_prompt_is_seen_before_the_port_is_opened(tmp_path):
    proc = tmp_path / "proc"
    process(proc, 7, "agetty", "/sbin/agetty", "--keep-baud", "115200,9600", "ttyS0", "vt220")
    process(proc, 8, "hciattach", "/usr/bin/hciattach", "/dev/ttyAMA0", "bcm43xx")
    assert holders.keeper("/dev/ttyS0", proc) == "a login prompt"
    assert holders.keeper("/dev/ttyAMA0", proc) == "Bluetooth"
    assert holders.keeper("/dev/ttyS1", proc) == ""


def test_the_systems_console_is_known(tmp_path):
    (tmp_path / "class/tty/console").mkdir(parents=True)
    (tmp_path / "class/tty/console/active").write_text("tty0 ttyS0\n")
    assert holders.is_console("/dev/ttyS0", tmp_path)
    assert not holders.is_console("/dev/ttyAMA0", tmp_path)
    assert not holders.is_console("/dev/ttyS0", tmp_path / "nowhere")
