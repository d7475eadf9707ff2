"""Power that this machine can switch: the kernel's hold on a stick, a HAT's key, a USB socket.

Every function does one thing to one modem and says in plain words why it could not (PowerError).
`wait` is the caller's way of letting seconds pass, so that a stop of the service is not held up.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hw.boards import Board

Wait = Callable[[float], None]

SYSFS = Path("/sys")
LET_GO = 2.0  # seconds between letting go of a stick and taking it up again
RAIL_OFF = 5.0  # seconds without supply
PROGRAM_LIMIT = 30.0  # seconds that uhubctl, vcgencmd and systemctl may take
# Hubs soldered to a Pi say that they switch each socket alone; they switch all of them at once,
# the boot disk included. (Pi 4; Pi 3 and older; Pi 3B+.)
GANGED = frozenset({"2109:3431", "0424:9514", "0424:2514"})


class PowerError(Exception):
    """It could not be switched; one plain line."""


# USB ---------------------------------------------------------------------------------------------


def usb_device(port: str, sysfs: Path = SYSFS) -> str:
    """ "1-1.2": the USB device behind a tty, which must be there now; "" when it is none."""
    tty = os.path.basename(os.path.realpath(port))
    place = Path(os.path.realpath(sysfs / "class" / "tty" / tty / "device"))
    for folder in (place, *place.parents):
        if (folder / "idVendor").exists():
            return folder.name
    return ""


def reauthorise(device: str, wait: Wait, sysfs: Path = SYSFS) -> None:
    """Have the kernel let go of a USB device and take it up again, as if it were plugged anew."""
    switch = sysfs / "bus" / "usb" / "devices" / device / "authorized"
    try:
        switch.write_text("0")
        try:
            wait(LET_GO)
        finally:
            switch.write_text("1")
    except FileNotFoundError:
        raise PowerError(f"The USB device {device} is not there.") from None
    except OSError as e:
        raise PowerError(f"The USB device {device} may not be switched ({e.strerror}).") from e


def switchable(device: str, program: str = "uhubctl", sysfs: Path = SYSFS) -> bool:
    """Whether uhubctl is here and the hub above `device` switches this one socket alone."""
    hub, _socket = hub_and_socket(device)
    if not hub or _is_ganged(hub, sysfs):
        return False
    try:
        told = _run([program, "-l", hub])
    except PowerError:
        return False
    return bool(re.search(rf"hub {re.escape(hub)} \[.*\bppps\b", told))


def cycle_socket(device: str, program: str = "uhubctl") -> None:
    """Switch the socket that `device` is plugged into off for 5 s. Takes a little longer."""
    hub, socket = hub_and_socket(device)
    _run([program, "-l", hub, "-p", socket, "-a", "cycle", "-d", "5"])


def hub_and_socket(device: str) -> tuple[str, str]:
    """ "1-1.2.3" -> ("1-1.2", "3"); ("", "") for what hangs on no hub but the machine's own."""
    hub, dot, socket = device.rpartition(".")
    return (hub, socket) if dot else ("", "")


def _is_ganged(hub: str, sysfs: Path) -> bool:
    folder = sysfs / "bus" / "usb" / "devices" / hub
    try:
        ids = [(folder / name).read_text().strip() for name in ("idVendor", "idProduct")]
    except OSError:
        return True  # not known: leave it alone
    return hub in ("1-1", "1-1.1") and ":".join(ids) in GANGED


# boards ------------------------------------------------------------------------------------------


def is_running(board: Board) -> bool | None:
    """What the status pin says; None when the board has none, or it cannot be read."""
    if board.status is None:
        return None
    from gpiozero import DigitalInputDevice

    try:
        with _pin(DigitalInputDevice, board.status, pull_up=None, active_state=True) as status:
            return bool(status.value)
    except PowerError:
        return None


def press_key(board: Board, wait: Wait) -> None:
    """Press the power key once. It TOGGLES: only for a module that answers at no speed.

    A status pin makes it certain: a module that runs is switched off first and then on.
    """
    if board.key is None:
        raise PowerError(f"The board {board.name} has no power key.")
    if is_running(board):
        _press(board.key, board.press_off, wait)
        wait(board.press_off + 2.0)
    _press(board.key, board.press_on, wait)


def cycle_rail(board: Board, wait: Wait) -> None:
    """Take the supply away for a moment and give it back."""
    if board.rail is None:
        raise PowerError(f"The supply of the board {board.name} cannot be switched.")
    from gpiozero import DigitalOutputDevice

    off = board.rail.off
    with _pin(DigitalOutputDevice, board.rail.pin, initial_value=off) as rail:
        wait(RAIL_OFF)
        rail.value = not off
        wait(0.5)


def _press(pin: int, seconds: float, wait: Wait) -> None:
    from gpiozero import DigitalOutputDevice

    with _pin(DigitalOutputDevice, pin, initial_value=False) as key:
        key.on()
        try:
            wait(seconds)
        finally:
            key.off()  # closing lets the pin float; it must not do so while pressed


@contextmanager
def _pin(kind: Callable[..., Any], pin: int, **how: Any) -> Iterator[Any]:
    """A pin for as long as the block lasts. Whatever gpiozero raises becomes one plain line."""
    try:
        device = kind(pin, **how)
    except Exception as e:  # BadPinFactory, GPIOPinInUse, and the errors of four libraries
        raise PowerError(f"Pin {pin} of the board cannot be used ({e}).") from e
    try:
        yield device
    finally:
        with contextlib.suppress(Exception):
            device.close()


# the machine itself ------------------------------------------------------------------------------


def reboot(command: tuple[str, ...] = ("systemctl", "reboot")) -> None:
    """Restart the whole machine."""
    _run(list(command))


def shut_down(command: tuple[str, ...] = ("systemctl", "poweroff")) -> None:
    """Stop the whole machine so that its plug may be pulled."""
    _run(list(command))


def supply(program: str = "vcgencmd") -> str:
    """What a Raspberry Pi says about its own supply, in words; "" for well, or not a Pi."""
    try:
        told = _run([program, "get_throttled"])
    except PowerError:
        return ""
    found = re.search(r"throttled=0x([0-9a-fA-F]+)", told)
    bits = int(found[1], 16) if found else 0
    if bits & 0x1:
        return "The supply voltage of this Raspberry Pi is too low now; use a stronger supply."
    if bits & 0x10000:
        return (
            "The supply voltage of this Raspberry Pi was too low since it started; "
            "use a stronger supply."
        )
    return ""


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - fixed programs; device names come from the kernel
            command, capture_output=True, text=True, errors="replace", timeout=PROGRAM_LIMIT
        )
    except FileNotFoundError:
        raise PowerError(f"The program {command[0]} is not installed.") from None
    except (OSError, subprocess.TimeoutExpired) as e:
        raise PowerError(f"The program {command[0]} could not be run ({e}).") from e
    if done.returncode:
        said = (done.stderr or done.stdout).strip().partition("\n")[0]
        raise PowerError(f"The program {command[0]} failed ({said or done.returncode}).")
    return done.stdout
