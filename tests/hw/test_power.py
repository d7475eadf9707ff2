"""What the machine switches: a made-up /sys, mock pins, and programs that note their calls."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from hw import power
from hw.boards import BOARDS
from hw.power import PowerError


def no_wait(seconds: float) -> None:
    pass


# USB ---------------------------------------------------------------------------------------------


@pytest.fixture
def sysfs(tmp_path: Path) -> Path:
    """A stick with two ttys in socket 2 of an outer hub 1-1.3; everything is an ordinary file."""
    root = tmp_path / "sys"
    controller = root / "devices" / "pci0" / "usb1"
    hub = controller / "1-1" / "1-1.3"
    stick = hub / "1-1.3.2"
    for n, name in enumerate(("ttyUSB0", "ttyUSB1")):
        tty = stick / f"1-1.3.2:1.{n}" / name
        tty.mkdir(parents=True)
        folder = root / "class" / "tty" / name
        folder.mkdir(parents=True)
        (folder / "device").symlink_to(tty)
    devices = root / "bus" / "usb" / "devices"
    devices.mkdir(parents=True)
    for place, ids in (
        (controller, "1d6b:0002"),
        (controller / "1-1", "2109:3431"),
        (hub, "0bda:5411"),
        (stick, "12d1:1506"),
    ):
        (place / "idVendor").write_text(ids[:4] + "\n")
        (place / "idProduct").write_text(ids[5:] + "\n")
        (place / "authorized").write_text("1\n")
        (devices / place.name).symlink_to(place)
    (root / "class" / "tty" / "ttyS0").mkdir()
    return root


def test_the_usb_device_behind_a_tty_is_found(sysfs):
    assert power.usb_device("/dev/ttyUSB1", sysfs) == "1-1.3.2"


def test_a_port_on_the_header_has_no_usb_device(sysfs):
    assert power.usb_device("/dev/ttyS0", sysfs) == ""


def test_a_link_to_a_port_is_followed(sysfs, tmp_path):
    link = tmp_path / "modem"
    link.symlink_to("/dev/ttyUSB0")
    assert power.usb_device(str(link), sysfs) == "1-1.3.2"


def test_letting_go_and_taking_up_again(sysfs):
    switch = sysfs / "bus" / "usb" / "devices" / "1-1.3.2" / "authorized"
    between = []
    power.reauthorise("1-1.3.2", lambda seconds: between.append(switch.read_text()), sysfs)
    assert between == ["0"]
    assert switch.read_text() == "1"


def test_a_stop_in_between_does_not_leave_the_stick_switched_off(sysfs):
    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        power.reauthorise("1-1.3.2", stop, sysfs)
    switch = sysfs / "bus" / "usb" / "devices" / "1-1.3.2" / "authorized"
    assert switch.read_text() == "1"


def test_a_stick_that_is_gone_is_said_to_be(sysfs):
    (sysfs / "bus" / "usb" / "devices" / "1-1.3.2").unlink()
    with pytest.raises(PowerError, match="not there"):
        power.reauthorise("1-1.3.2", no_wait, sysfs)


# Programs ----------------------------------------------------------------------------------------

HUB = "Current status for hub {hub} [0bda:5411 Generic USB2.1 Hub, USB 2.10, 4 ports, {how}]"


class Program:
    """A program that says `says`, notes its arguments, and ends with `code`."""

    def __init__(self, folder: Path, name: str, says: str = "", code: int = 0) -> None:
        self.path = str(folder / name)
        self._log = folder / f"{name}.log"
        Path(self.path).write_text(
            f'#!/bin/sh\necho "$@" >> "{self._log}"\ncat <<"END"\n{says}\nEND\nexit {code}\n'
        )
        os.chmod(self.path, stat.S_IRWXU)

    @property
    def calls(self) -> list[str]:
        return self._log.read_text().splitlines() if self._log.exists() else []


def test_a_hub_that_switches_each_socket_alone_is_used(sysfs, tmp_path):
    program = Program(tmp_path, "uhubctl", HUB.format(hub="1-1.3", how="ppps"))
    assert power.switchable("1-1.3.2", program.path, sysfs)
    power.cycle_socket("1-1.3.2", program.path)
    assert program.calls == ["-l 1-1.3", "-l 1-1.3 -p 2 -a cycle -d 5"]


def test_a_hub_that_switches_all_sockets_at_once_is_left_alone(sysfs, tmp_path):
    program = Program(tmp_path, "uhubctl", HUB.format(hub="1-1.3", how="ganged"))
    assert not power.switchable("1-1.3.2", program.path, sysfs)


def test_the_pis_own_hub_is_left_alone_whatever_it_says(sysfs, tmp_path):
    program = Program(tmp_path, "uhubctl", HUB.format(hub="1-1", how="ppps"))
    assert not power.switchable("1-1.3", program.path, sysfs)
    assert program.calls == []


def test_a_root_hub_is_left_alone(sysfs, tmp_path):
    program = Program(tmp_path, "uhubctl", HUB.format(hub="1", how="ppps"))
    assert not power.switchable("1-1", program.path, sysfs)


@pytest.mark.parametrize("device", ["", "1-9.1"])
def test_what_hangs_on_no_known_hub_cannot_be_switched(sysfs, tmp_path, device):
    program = Program(tmp_path, "uhubctl", HUB.format(hub="1-9", how="ppps"))
    assert not power.switchable(device, program.path, sysfs)


def test_without_uhubctl_there_is_no_switching(sysfs, tmp_path):
    assert not power.switchable("1-1.3.2", str(tmp_path / "uhubctl"), sysfs)


def test_why_uhubctl_failed_is_said_in_one_line(tmp_path):
    program = Program(tmp_path, "uhubctl", "Permission denied.\nmore", code=1)
    with pytest.raises(PowerError, match=r"uhubctl failed \(Permission denied\.\)\.$"):
        power.cycle_socket("1-1.3.2", program.path)


def test_the_machine_is_restarted_by_its_own_program(tmp_path):
    program = Program(tmp_path, "systemctl")
    power.reboot((program.path, "reboot"))
    assert program.calls == ["reboot"]


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ("throttled=0x0", ""),
        ("throttled=0x50005", "too low now"),
        ("throttled=0x50000", "was too low since it started"),
        ("throttled=0x20000", ""),  # only the clock was capped
        ("nonsense", ""),
    ],
)
def test_what_a_pi_says_about_its_supply(tmp_path, says, words):
    told = power.supply(Program(tmp_path, "vcgencmd", says).path)
    assert (words in told) if words else told == ""


def test_a_machine_that_is_no_pi_has_nothing_to_say(tmp_path):
    assert power.supply(str(tmp_path / "vcgencmd")) == ""
    assert power.supply(Program(tmp_path, "vcgencmd", "VCHI failed", code=255).path) == ""


# Boards ------------------------------------------------------------------------------------------


@pytest.fixture
def pins(monkeypatch):
    factory = MockFactory()
    monkeypatch.setattr(Device, "pin_factory", factory)
    yield factory
    factory.reset()


class Watch:
    """Seconds pass by being counted; what the pins do meanwhile is noted."""

    def __init__(self, pins: MockFactory, *numbers: int) -> None:
        self._pins, self._numbers = pins, numbers
        self.seen: list[tuple[float, tuple[bool, ...]]] = []

    def __call__(self, seconds: float) -> None:
        state = tuple(bool(self._pins.pin(n).state) for n in self._numbers)
        self.seen.append((seconds, state))


def test_the_key_is_pressed_once_for_as_long_as_the_board_asks(pins):
    board = BOARDS["waveshare-sim7600"]
    watch = Watch(pins, board.key)
    power.press_key(board, watch)
    assert watch.seen == [(2.0, (True,))]
    assert not pins.pin(6).state


def test_the_pin_of_the_key_is_left_undriven(pins):
    power.press_key(BOARDS["waveshare-sim7600"], no_wait)
    assert pins.pin(6).function == "input"


def test_a_stop_while_the_key_is_pressed_lets_go_of_it(pins):
    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        power.press_key(BOARDS["waveshare-sim7600"], stop)
    assert not pins.pin(6).state
    assert pins.pin(6).function == "input"


def test_a_module_that_runs_by_its_status_pin_is_switched_off_and_then_on(pins):
    board = BOARDS["sixfab-cellular-iot"]
    pins.pin(board.status).drive_high()
    watch = Watch(pins, board.key)
    power.press_key(board, watch)
    pressed = [seconds for seconds, (down,) in watch.seen if down]
    assert pressed == [board.press_off, board.press_on]


def test_a_module_that_is_off_by_its_status_pin_is_switched_on(pins):
    board = BOARDS["sixfab-cellular-iot"]
    pins.pin(board.status).drive_low()
    watch = Watch(pins, board.key)
    power.press_key(board, watch)
    assert [seconds for seconds, (down,) in watch.seen if down] == [board.press_on]


def test_a_board_without_status_pin_does_not_know(pins):
    assert power.is_running(BOARDS["waveshare-sim7600"]) is None


@pytest.mark.parametrize("name", ["sixfab-base", "sixfab-cellular-iot-app"])
def test_the_supply_is_taken_away_and_given_back(pins, name):
    rail = BOARDS[name].rail
    watch = Watch(pins, rail.pin)
    power.cycle_rail(BOARDS[name], watch)
    assert [state for _, (state,) in watch.seen] == [rail.off, not rail.off]


def test_a_pin_that_cannot_be_had_is_said_in_one_line(monkeypatch):
    def no_chip(*args: object, **how: object) -> None:
        raise OSError("no GPIO chip")

    monkeypatch.setattr("gpiozero.DigitalOutputDevice", no_chip)
    with pytest.raises(PowerError, match="Pin 6 of the board cannot be used"):
        power.press_key(BOARDS["waveshare-sim7600"], no_wait)


def test_every_board_has_something_to_switch_and_no_pin_of_the_serial_port():
    for board in BOARDS.values():
        assert board.key is not None or board.rail is not None, board.name
        used = {board.key, board.status, board.rail.pin if board.rail else None}
        assert not used & {14, 15}, board.name
