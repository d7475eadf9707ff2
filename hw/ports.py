"""What is plugged into USB and which serial ports it brings, read from sysfs alone.

No port is opened here. A device may be pulled out between any two reads; whatever cannot be read
is then simply not there, so that a scan never fails.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hw import usb_ids

SYSFS, DEV = Path("/sys"), Path("/dev")
UARTS = ("serial0", "ttyAMA0", "ttyS0")  # the Pi's header; which one it is differs per model
MASS_STORAGE = 0x08
CONTROL, ACM, V250 = 0x02, 0x02, 0x01  # USB class CDC, its serial model, AT commands
VENDOR_SPECIFIC = 0xFF


@dataclass(frozen=True, slots=True)
class UsbTty:
    device: str  # "/dev/ttyUSB2": another one after each plugging in
    interface: int  # bInterfaceNumber: the same for ever
    descriptor: tuple[int, int, int]  # class, subclass, protocol of the interface


@dataclass(frozen=True, slots=True)
class UsbDevice:
    path: str  # "1-1.2": the socket it is in
    number: int  # given anew with each plugging in
    vid: int
    pid: int
    product: str
    ttys: tuple[UsbTty, ...]  # by interface
    classes: frozenset[int]  # of its interfaces

    @property
    def id(self) -> tuple[int, int]:
        return self.vid, self.pid

    @property
    def name(self) -> str:
        """For people: "HUAWEI Mobile (12d1:1506)"."""
        maker = usb_ids.VENDORS.get(self.vid, "")
        named = self.product.lower().startswith(maker.lower())
        words = self.product if named else f"{maker} {self.product}"
        return f"{words.strip() or 'USB device'} ({id_words(self.id)})"


@dataclass(frozen=True, slots=True)
class PortFinding:
    """Something about a device that its owner should know."""

    key: str
    place: str  # the USB path
    words: str
    serious: bool = True


def id_words(id_: tuple[int, int]) -> str:
    return f"{id_[0]:04x}:{id_[1]:04x}"


# reading ------------------------------------------------------------------------------------------


def scan(sysfs: Path = SYSFS, dev: Path = DEV) -> tuple[UsbDevice, ...]:
    """Every USB device that is plugged in now, by path."""
    folder = f"{sysfs}/bus/usb/devices"
    interfaces: defaultdict[str, list[str]] = defaultdict(list)
    devices = []
    for name in sorted(_names(folder)):
        device, colon, _ = name.partition(":")
        if colon:
            interfaces[device].append(name)
        elif not name.startswith("usb"):  # the sockets' own controllers
            devices.append(name)
    found = (_device(folder, name, interfaces[name], str(dev)) for name in devices)
    return tuple(device for device in found if device is not None)


def usb_path_of(port: str, sysfs: Path = SYSFS) -> str:
    """The USB path of a serial port ("1-1.2"); "" when it is not on USB."""
    name = os.path.basename(os.path.realpath(port))
    where = os.path.realpath(f"{sysfs}/class/tty/{name}/device")
    for part in reversed(where.split("/")):
        device, colon, _ = part.partition(":")
        if colon and "-" in device and device[0].isdigit():
            return device
    return ""


def _device(folder: str, name: str, interfaces: list[str], dev: str) -> UsbDevice | None:
    vid, pid = (_number(f"{folder}/{name}/{what}", 16) for what in ("idVendor", "idProduct"))
    if vid is None or pid is None:
        return None
    ttys: list[UsbTty] = []
    classes: set[int] = set()
    for interface in interfaces:
        base = f"{folder}/{interface}"
        parts = [_number(f"{base}/bInterface{p}", 16) for p in ("Class", "SubClass", "Protocol")]
        kind = (parts[0] or 0, parts[1] or 0, parts[2] or 0)
        classes.add(kind[0])
        number = _number(f"{base}/bInterfaceNumber", 16)
        ttys += [UsbTty(f"{dev}/{tty}", number or 0, kind) for tty in _ttys(base)]
    return UsbDevice(
        path=name,
        number=_number(f"{folder}/{name}/devnum", 10) or 0,
        vid=vid,
        pid=pid,
        product=_line(f"{folder}/{name}/product"),
        ttys=tuple(sorted(ttys, key=lambda t: (t.interface, t.device))),
        classes=frozenset(classes),
    )


def _ttys(interface: str) -> Iterator[str]:
    """usb-serial drivers put ttyUSB0 into the interface, cdc_acm puts it into a folder `tty`."""
    for name in _names(interface):
        if name == "tty":
            yield from _names(f"{interface}/tty")
        elif name.startswith("tty"):
            yield name


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _line(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.readline().strip()
    except OSError:
        return ""


def _number(path: str, base: int) -> int | None:
    try:
        return int(_line(path), base)
    except ValueError:
        return None


# judging ------------------------------------------------------------------------------------------


def is_modem(device: UsbDevice) -> bool:
    """Whether its ports may be asked without being told to. By maker; a port proves the rest."""
    if device.vid not in usb_ids.VENDORS or device.id in usb_ids.CRASHED:
        return False
    return device.vid != usb_ids.UBLOX or device.pid in usb_ids.UBLOX_MODEMS


def at_ports(device: UsbDevice) -> tuple[UsbTty, ...]:
    """The ports worth asking, the likeliest first; none of a device that is no modem."""
    if not is_modem(device):
        return ()
    layout = usb_ids.LAYOUTS.get(device.id, usb_ids.Layout("", ()))
    ranked = [
        (rank, _place(tty.interface, layout.at), tty.interface, n, tty)
        for n, tty in enumerate(device.ttys)
        if tty.interface not in layout.never and (rank := _rank(device, tty)) is not None
    ]
    return tuple(tty for *_, tty in sorted(ranked, key=lambda row: row[:4]))


def _place(interface: int, order: tuple[int, ...]) -> int:
    return order.index(interface) if interface in order else len(order)


def _rank(device: UsbDevice, tty: UsbTty) -> int | None:
    """What the interface says of itself: 0 the best, None never to be asked."""
    kind, subclass, protocol = tty.descriptor
    if device.vid == usb_ids.HUAWEI and kind == VENDOR_SPECIFIC and subclass in (1, 2, 3):
        if protocol in usb_ids.HUAWEI_NEVER:
            return None
        return 0 if protocol in usb_ids.HUAWEI_CONTROL else 1
    return 0 if device.vid == usb_ids.HUAWEI or kind != CONTROL or protocol == V250 else 1


def finding(device: UsbDevice) -> PortFinding | None:
    """Why this device is not served although it looks like a modem, and what to do."""
    where = f"{device.name} in USB socket {device.path}"
    if device.id in usb_ids.CRASHED:
        return PortFinding(
            "crashed",
            device.path,
            f"{where}: the modem's own firmware has crashed (Qualcomm emergency mode). Unplug it "
            "for ten seconds; if it comes back like this, it is broken.",
        )
    if not device.ttys and device.id in usb_ids.HILINK:
        return PortFinding(
            "hilink",
            device.path,
            f"{where} runs HiLink firmware: it acts as a router and keeps its SMS to itself. It "
            "needs stick firmware, or use another stick.",
        )
    if not device.ttys and _shows_a_drive(device):
        return PortFinding(
            "cd-mode",
            device.path,
            f"{where} still shows its CD drive instead of the modem. Install the package "
            "usb-modeswitch and plug the stick in again.",
        )
    if not device.ttys and is_modem(device):
        return PortFinding(
            "no-ports",
            device.path,
            f"{where} shows no serial port: it is in a mode without AT commands, or the system "
            "lacks the driver (option, cdc_acm or qcserial).",
        )
    if device.ttys and device.id in usb_ids.ADAPTERS:
        return PortFinding(
            "adapter",
            device.path,
            f"A serial adapter ({usb_ids.ADAPTERS[device.id]}) is at {device.ttys[0].device}. "
            "It is left alone, as anything may be behind it; if it is a modem, list it in the "
            "config as [[modem]].",
            serious=False,
        )
    return None


def _shows_a_drive(device: UsbDevice) -> bool:
    if device.id in usb_ids.CD_DRIVE:
        return True
    return device.vid in (usb_ids.HUAWEI, usb_ids.ZTE) and device.classes == {MASS_STORAGE}
