"""A pretend USB bus: the files that the kernel would show, and ports that tell who opened them."""

from __future__ import annotations

import errno
import os
import shutil
import tty
from pathlib import Path

AT_COMMANDS = ("ff", "00", "00")


class DeadPort:
    """A serial port on which nobody answers, and which knows whether anything was written to it."""

    def __init__(self) -> None:
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self._master, False)

    @property
    def was_used(self) -> bool:
        try:
            return bool(os.read(self._master, 4096))
        except BlockingIOError:
            return False
        except OSError as e:
            if e.errno != errno.EIO:  # EIO: nobody has it open, and nothing is left to read
                raise
            return False

    def close(self) -> None:
        os.close(self._master)


class FakeUsb:
    """Owns a folder that looks like /sys and one that looks like /dev."""

    def __init__(self, folder: Path) -> None:
        self.sysfs, self.dev = folder / "sys", folder / "dev"
        self._devices = self.sysfs / "bus/usb/devices"
        self._devices.mkdir(parents=True)
        (self.sysfs / "class/tty").mkdir(parents=True)
        self.dev.mkdir()
        (self._devices / "usb1").mkdir()
        self._number = 1

    def plug(self, path: str, id_: str, product: str = "Stick", classes: str = "") -> None:
        """A device without ports; `classes` of its interfaces as "08 06 50", one per line."""
        self._number += 1
        device = self._devices / path
        device.mkdir()
        vid, pid = id_.split(":")
        for name, text in {
            "idVendor": vid,
            "idProduct": pid,
            "product": product,
            "devnum": str(self._number),
        }.items():
            (device / name).write_text(f"{text}\n")
        for n, line in enumerate(classes.splitlines()):
            self._interface(path, n, tuple(line.split()))

    def port(
        self,
        path: str,
        interface: int,
        name: str,
        target: str,
        descriptor: tuple[str, ...] = AT_COMMANDS,
    ) -> str:
        """One more port of a device: `name` in /dev, where it leads to `target`."""
        folder = self._interface(path, interface, descriptor)
        inner = folder / "tty" / name if name.startswith("ttyACM") else folder / name
        inner.mkdir(parents=True)
        entry = self.sysfs / "class/tty" / name
        entry.mkdir()
        (entry / "device").symlink_to(folder if name.startswith("ttyACM") else inner)
        node = self.dev / name
        node.symlink_to(target)
        return str(node)

    def unplug(self, path: str) -> None:
        for folder in [*self._devices.glob(f"{path}:*"), self._devices / path]:
            for node in [*folder.glob("ttyUSB*"), *folder.glob("tty/ttyACM*")]:
                (self.dev / node.name).unlink()
                shutil.rmtree(self.sysfs / "class/tty" / node.name)
            shutil.rmtree(folder)

    def _interface(self, path: str, number: int, descriptor: tuple[str, ...]) -> Path:
        folder = self._devices / f"{path}:1.{number}"
        folder.mkdir()
        names = ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol")
        for name, value in zip(names, descriptor, strict=True):
            (folder / name).write_text(f"{value}\n")
        (folder / "bInterfaceNumber").write_text(f"{number:02x}\n")
        return folder
