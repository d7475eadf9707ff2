"""Finds modems as they are plugged in and out, and gives each a worker.

Every modem on USB keeps its worker by the socket it is in, whatever its ports are called today. A
port is opened only when its stick's maker makes modems, or when somebody listed it.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from gateway.clock import Clock
from gateway.modem.doors import Door, Doors, uart
from gateway.modem.fleet import Fleet
from gateway.modem.worker import WorkerConfig
from hw import holders, ports
from hw.ports import PortFinding, UsbDevice

log = logging.getLogger(__name__)

POLL = 2.0  # seconds between looks
HASTE = 0.5  # the same while the ports of a stick are still coming
SETTLE = 1.5  # seconds without change after which a stick has brought all its ports
MODE_PATIENCE = 15.0  # seconds that usb-modeswitch may take before its work is missed
SELDOM = 30.0  # seconds between looks at what takes a walk through all processes


@dataclass(frozen=True, slots=True)
class PortSearch:
    """Where to look. `ignore` holds ports, USB ids ("12d1:14dc") and USB sockets ("1-1.2")."""

    usb: bool = True
    uart: bool = False
    ignore: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()  # ports that have a worker because somebody listed them


@dataclass(slots=True)
class _Slot:
    """A socket with a modem in it, or one that was."""

    doors: Doors
    device: UsbDevice  # as it was when the doors were told
    gone: bool = False


class PortWatch:
    """Owns the ports thread, and which socket has which doors."""

    def __init__(
        self,
        fleet: Fleet,
        clock: Clock,
        search: PortSearch,
        *,
        changed: Callable[[], None] = lambda: None,
        sysfs: Path = ports.SYSFS,
        dev: Path = ports.DEV,
    ) -> None:
        """`changed` is called when `findings` are different now."""
        self._fleet = fleet
        self._clock = clock
        self._search = search
        self._changed = changed
        self._sysfs, self._dev = sysfs, dev
        self._slots: dict[str, _Slot] = {}
        self._since: dict[str, tuple[UsbDevice, float]] = {}  # unchanged for how long
        self._uart: Doors | None = None
        self._seldom_at = float("-inf")
        self._machine_wide: tuple[PortFinding, ...] = ()
        self.findings: tuple[PortFinding, ...] = ()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ports", daemon=True)
        self.beat = clock.monotonic()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=3)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            self.beat = self._clock.monotonic()
            try:
                settled = self.look()
                pause = POLL if settled else HASTE
            except Exception:
                log.exception("looking for modems stumbled and goes on")
                pause = POLL

    def look(self) -> bool:
        """One round; False when some stick has not settled yet."""
        now = self._clock.monotonic()
        devices = [d for d in self._scan() if not self._is_ignored(d)]
        self._note_changes(devices, now)
        self._note_gone({d.path: d for d in devices})
        settled = [d for d in devices if now - self._since[d.path][1] >= SETTLE]
        for device in settled:
            self._serve(device)
        self._forget_moved()
        if now - self._seldom_at >= SELDOM:
            self._seldom_at = now
            self._machine_wide = tuple(self._look_around(devices))
        self._tell([*self._about_devices(devices, now), *self._machine_wide])
        return len(settled) == len(devices)

    def _scan(self) -> tuple[UsbDevice, ...]:
        return ports.scan(self._sysfs, self._dev) if self._search.usb else ()

    # plugged in, plugged out ----------------------------------------------------------------

    def _note_changes(self, devices: Iterable[UsbDevice], now: float) -> None:
        before = self._since
        self._since = {
            d.path: before[d.path] if d.path in before and before[d.path][0] == d else (d, now)
            for d in devices
        }

    def _note_gone(self, devices: dict[str, UsbDevice]) -> None:
        """Close the doors of what was pulled out, even if it is back and has not settled yet."""
        for path, slot in self._slots.items():
            here = devices.get(path)
            if not slot.gone and (here is None or here.number != slot.device.number):
                log.info("%s was unplugged", slot.device.name)
                slot.gone = True
                self._move(slot.doors, [])

    def _serve(self, device: UsbDevice) -> None:
        slot = self._slots.get(device.path)
        if slot and not slot.gone and slot.device.ttys == device.ttys:
            return
        doors = [Door(tty.device, interface=tty.interface) for tty in self._usable(device)]
        if slot and slot.device.id != device.id and doors:  # another stick in this socket
            self._fleet.retire(slot.doors)
            slot = None
        if slot:
            slot.device, slot.gone = device, not doors
            self._move(slot.doors, doors)
        elif doors:
            log.info("%s in USB socket %s: asking %s", device.name, device.path, _paths(doors))
            fresh = Doors(doors, usb_path=device.path)
            self._slots[device.path] = _Slot(fresh, device)
            self._fleet.add(WorkerConfig(doors[0].path, doors=fresh))

    def _move(self, doors: Doors, now: list[Door]) -> None:
        doors.replace(now)
        worker = self._fleet.at(doors)
        if worker:
            worker.doors_moved()

    def _forget_moved(self) -> None:
        """A stick that is in another socket now is not missing in the old one."""
        seen = {path: self._seen(slot) for path, slot in self._slots.items()}
        here = {who for path, who in seen.items() if who and not self._slots[path].gone}
        for path, who in seen.items():
            if self._slots[path].gone and who in here:
                self._fleet.retire(self._slots.pop(path).doors)

    def _seen(self, slot: _Slot) -> tuple[str, str] | None:
        """IMEI and SIM of the modem there; None while they are not known."""
        worker = self._fleet.at(slot.doors)
        if worker is None:
            return None
        seen = worker.telemetry
        sim = seen.sim.iccid or seen.sim.imsi
        return (seen.identity.imei, sim) if seen.identity.imei and sim else None

    # what may be opened ---------------------------------------------------------------------

    def _usable(self, device: UsbDevice) -> list[ports.UsbTty]:
        """The ports to ask; none when one of them is served already, as somebody listed it."""
        listed = {os.path.realpath(p) for p in self._search.listed}
        if any(os.path.realpath(tty.device) in listed for tty in device.ttys):
            return []
        return [t for t in ports.at_ports(device) if not self._is_ignored_port(t.device)]

    def _is_ignored(self, device: UsbDevice) -> bool:
        return device.path in self._search.ignore or any(
            i.lower() == ports.id_words(device.id) for i in self._search.ignore
        )

    def _is_ignored_port(self, path: str) -> bool:
        here = os.path.realpath(path)
        return any(here == os.path.realpath(i) for i in self._search.ignore if i.startswith("/"))

    # what people should know ----------------------------------------------------------------

    def _about_devices(self, devices: Iterable[UsbDevice], now: float) -> Iterable[PortFinding]:
        listed = {os.path.realpath(p) for p in self._search.listed}
        for device in devices:
            if any(os.path.realpath(tty.device) in listed for tty in device.ttys):
                continue
            found = ports.finding(device)
            may_switch = not device.ttys and found is not None and found.key != "crashed"
            patience = MODE_PATIENCE if may_switch else SETTLE
            if found and now - self._since[device.path][1] >= patience:
                yield found

    def _look_around(self, devices: Iterable[UsbDevice]) -> Iterable[PortFinding]:
        if any(ports.at_ports(d) for d in devices) and holders.runs(holders.MODEM_MANAGER):
            yield PortFinding(
                "modem-manager",
                "",
                "ModemManager is running; it opens modems and disturbs them. Switch it off: "
                "sudo systemctl disable --now ModemManager",
            )
        if self._search.uart and self._uart is None:
            yield from self._find_uart()

    def _find_uart(self) -> Iterable[PortFinding]:
        listed = {os.path.realpath(p) for p in self._search.listed}
        free: dict[str, str] = {}
        for path in (str(self._dev / name) for name in ports.UARTS):
            real = os.path.realpath(path)
            if not os.path.exists(path) or real in listed or self._is_ignored_port(path):
                continue
            if holders.is_console(path, self._sysfs):
                keeper = "the system's console"
            else:
                keeper = holders.keeper(path)
            if keeper:
                yield _taken_port(path, keeper)
            else:
                free.setdefault(real, path)
        if free:
            self._uart = uart(list(free.values()))
            self._fleet.add(WorkerConfig(self._uart.name, doors=self._uart))

    def _tell(self, findings: list[PortFinding]) -> None:
        if tuple(findings) == self.findings:
            return
        for new in set(findings) - set(self.findings):
            log.log(logging.WARNING if new.serious else logging.INFO, "%s", new.words)
        self.findings = tuple(findings)
        self._changed()


def _taken_port(path: str, keeper: str) -> PortFinding:
    words = f"{path} is not asked for a modem, as {keeper} uses it."
    if keeper != "Bluetooth":
        words += (
            " For a HAT, switch that off with raspi-config (Interface Options, Serial Port, "
            "login shell: No, hardware: Yes)."
        )
    return PortFinding("uart-taken", path, words)


def _paths(doors: list[Door]) -> str:
    return ", ".join(d.path for d in doors)
