"""A serial port as a modem's thread needs it: no waiting to read, no waiting for ever to write."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from enum import StrEnum

import serial

from hw.holders import holders

WRITE_LIMIT = 5.0  # seconds; a dead stick would otherwise block the write for ever
READ_SIZE = 4096


class PortTrouble(StrEnum):
    ABSENT = "absent"
    DENIED = "denied"
    LOCKED = "locked"
    NOT_SERIAL = "not serial"
    VANISHED = "vanished"
    STUCK = "stuck"
    OTHER = "other"


class PortError(Exception):
    """The port cannot be used (any more). `str()` is one plain line."""

    def __init__(self, trouble: PortTrouble, words: str) -> None:
        self.trouble = trouble
        super().__init__(words)


class SerialPort:
    """Owns the file descriptor of one serial port, opened for us alone."""

    def __init__(self, path: str, baud: int) -> None:
        """Open `path`. Raises PortError. A tty of any kind will do, a pty too."""
        self.path = path
        _check_device(path)
        try:
            self._serial = serial.Serial(
                path,
                baud,
                timeout=0,
                write_timeout=WRITE_LIMIT,
                exclusive=True,
                rtscts=False,  # HATs often leave RTS unwired and would hang
                dsrdtr=False,
            )
        except (OSError, ValueError, serial.SerialException) as e:
            raise _opening_failed(path, e) from e
        self._fd: int = self._serial.fileno()

    def fileno(self) -> int:
        return self._fd

    def read(self) -> bytes:
        """What has arrived, b"" if nothing. Raises PortError when the device is gone."""
        try:
            data = os.read(self._fd, READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError as e:
            raise self._gone() from e
        if not data:  # a tty that hung up reads as end of file
            raise self._gone()
        return data

    def write(self, data: bytes) -> None:
        """Write all of it. Raises PortError when the device is gone or takes nothing for 5 s."""
        try:
            self._serial.write(data)
        except serial.SerialTimeoutException as e:
            raise PortError(PortTrouble.STUCK, f"{self.path} takes no more data") from e
        except (OSError, serial.SerialException) as e:
            raise self._gone() from e

    def set_baud(self, baud: int) -> None:
        try:
            self._serial.baudrate = baud
        except (OSError, ValueError, serial.SerialException) as e:
            raise self._gone() from e

    def close(self) -> None:
        """Always close: a leaked descriptor makes a stick come back under another name."""
        with contextlib.suppress(OSError, serial.SerialException):
            self._serial.close()

    def _gone(self) -> PortError:
        return PortError(
            PortTrouble.VANISHED, f"{self.path} is gone: the modem was unplugged or reset"
        )


def is_pretend(path: str) -> bool:
    """Whether a program, not a device, is at the other end (a pseudo terminal)."""
    return os.path.realpath(path).startswith("/dev/pts/")


def is_uart(path: str) -> bool:
    """Whether bytes can be lost for want of flow control: a real UART, or a USB-to-UART chip."""
    name = os.path.basename(os.path.realpath(path))
    if name.startswith(("ttyS", "ttyAMA")):
        return True
    if not name.startswith("ttyUSB"):
        return False
    driver = os.path.realpath(f"/sys/class/tty/{name}/device/driver")
    return os.path.basename(driver) in {"pl2303", "cp210x", "ftdi_sio", "ch341-uart", "ch341"}


def _check_device(path: str) -> None:
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        raise PortError(
            PortTrouble.ABSENT, f"{path} is not there; is the modem plugged in?"
        ) from None
    except OSError as e:
        raise PortError(PortTrouble.OTHER, f"{path} cannot be used ({e.strerror})") from e
    if not stat.S_ISCHR(mode):
        raise PortError(PortTrouble.NOT_SERIAL, f"{path} is not a serial port")


def _opening_failed(path: str, e: Exception) -> PortError:
    number = getattr(e, "errno", None)
    if "exclusively lock" in str(e) or number in (errno.EAGAIN, errno.EBUSY):
        return PortError(PortTrouble.LOCKED, f"{path} is in use by another program{holders(path)}")
    if number in (errno.EACCES, errno.EPERM):
        return PortError(
            PortTrouble.DENIED,
            f"{path} may not be opened by this user; add it to the group that owns the port "
            "(usually dialout)",
        )
    if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return PortError(PortTrouble.ABSENT, f"{path} is not there; is the modem plugged in?")
    if number in (errno.ENOTTY, errno.EINVAL) or "Could not configure port" in str(e):
        return PortError(PortTrouble.NOT_SERIAL, f"{path} is not a serial port")
    return PortError(PortTrouble.OTHER, f"{path} cannot be opened ({e})")
