"""How a worker gets at its modem: which door to open, whether a modem is behind it, whose it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gateway.clock import Clock
from gateway.modem.claims import Claims, PortClaim
from gateway.modem.doors import Door, Doors
from gateway.modem.jobs.base import LinkLost, Unanswered
from gateway.modem.knock import KnockResult, knock
from gateway.modem.ledger import Identity, Sim
from hw.holders import MODEM_MANAGER, holders, runs
from hw.ports import usb_path_of
from hw.serialport import PortError, PortTrouble, SerialPort

BOOT = 30.0  # seconds that a stick may take from its ports' coming to its first answer
NO_MODEM = "Nothing here answers like a modem: is it the right port, at the right speed?"
CONSOLE = (
    "A login prompt answers here: switch it off with raspi-config "
    "(Interface Options, Serial Port, login shell: No)."
)
SHARED = "Another program{} has this port open too and takes the modem's answers; end it."
MANAGED = f"{MODEM_MANAGER} is running here and may be using it."
UNPLUGGED = "It was unplugged."
TWIN = "It is the same modem as the one at {}, and is served there."


class Entrance:
    """Used by the modem's thread alone, apart from the doors and claims it holds."""

    def __init__(
        self, doors: Doors, claims: Claims, clock: Clock, stopping: Callable[[], bool]
    ) -> None:
        self.doors = doors
        self.door = doors.take() or Door(doors.name)
        self.console = False  # a login prompt has answered
        self.more = False  # ask again, here or at another door, before anything stronger is done
        self._plugged_at = clock.monotonic()
        self.twin = ""  # the port at which this very modem is served already
        self._claims = claims
        self._claim = PortClaim(self.door.path, usb_path=doors.usb_path)
        self._clock = clock
        self._stopping = stopping

    @property
    def usb_path(self) -> str:
        """The USB socket of the modem, "" when it is in none."""
        return self.doors.usb_path or usb_path_of(self.door.path)

    @property
    def is_second(self) -> bool:
        """Found by itself, though it is served at another port: nothing that anybody must know."""
        return bool(self.twin) and not self.doors.listed

    def open(self) -> SerialPort:
        """The port to use now. Raises PortError; its words say what is missing."""
        if self.doors.moved:
            self._plugged_at = self._clock.monotonic()
        door = self.doors.take()
        if door is None:
            raise PortError(PortTrouble.ABSENT, UNPLUGGED)
        if self.twin and self._claims.served(self.twin):
            raise PortError(PortTrouble.OTHER, TWIN.format(self.twin))
        self.door, self.twin = door, ""
        try:
            port = SerialPort(door.path, door.baud)
            self.doors.opened()
            return port
        except PortError as e:
            if e.trouble in (PortTrouble.ABSENT, PortTrouble.NOT_SERIAL, PortTrouble.OTHER):
                self.doors.next()
            raise

    def check(self, port: SerialPort) -> None:
        """Find out whether a modem is there, when that is not known. Raises Unanswered."""
        self.more = False
        if not self.doors.unsure:
            return
        try:
            heard = knock(port, self._clock, self._stopping)
        except PortError as e:
            raise LinkLost(str(e)) from e
        self.console = heard is KnockResult.CONSOLE
        if heard is KnockResult.MODEM and self.doors.answered():
            return
        self.more = heard is KnockResult.MODEM or self.doors.next() or self._is_starting
        raise Unanswered(NO_MODEM)

    @property
    def _is_starting(self) -> bool:
        age = self._clock.monotonic() - self._plugged_at
        return not self.doors.listed and age < BOOT

    def why_silent(self) -> str:
        """What is wrong with a port on which no modem was ever heard."""
        if self.console:
            return CONSOLE
        if others := holders(self.door.path, guess=False):
            return SHARED.format(others)
        return f"{NO_MODEM} {MANAGED}" if runs(MODEM_MANAGER) else NO_MODEM

    def identified(self, identity: Identity) -> None:
        """Raises LinkLost when this very modem is served at another port."""
        self.console = False
        self._make(PortClaim(self.door.path, identity.imei, self.usb_path))

    def sim_in(self, sim: Sim) -> None:
        """Raises LinkLost like `identified`; a SIM tells apart what an IMEI cannot."""
        self._make(replace(self._claim, sim=sim.iccid or sim.imsi))

    def leave(self) -> None:
        """The port is closed or about to be."""
        self._claims.release(self.doors)

    def _make(self, claim: PortClaim) -> None:
        self._claim = claim
        self.twin = self._claims.make(self.doors, claim)
        if self.twin:
            raise LinkLost(TWIN.format(self.twin))
