"""A modem that any program can open: the device on its pty, in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import calls, general, messages, network, sending  # noqa: F401  they fill the table
from .card import SimCard
from .device import SimulatedDevice
from .faults import Faults
from .loop import ModemLoop, Timer
from .memory import Memory
from .personality import GENERIC, Personality
from .receiving import Arrival
from .registry import carry_out
from .surroundings import Carrier
from .terminal import Terminal
from .textcodec import TextCodec

RING_EVERY = 3.0


class SimulatedModem:
    """Owns one thread, one pty and the device behind it.

    `card` None is an empty SIM slot. `air_time` is the seconds that a message takes from Ctrl-Z to
    the network. `link` is a stable symbolic link to the pty. Without `text_codec` there is only
    PDU mode. Methods may be called by any thread.
    """

    def __init__(
        self,
        card: SimCard | None,
        carrier: Carrier,
        *,
        imei: str = "350123456789012",
        personality: Personality = GENERIC,
        air_time: float = 0.0,
        faults: Faults | None = None,
        link: Path | None = None,
        text_codec: TextCodec | None = None,
    ) -> None:
        self.faults = faults or Faults()
        self.imei = imei
        self._loop = ModemLoop(f"simulated-{imei[-4:]}")
        self._terminal = Terminal(self._loop, self.faults, self._received)
        self._link = link
        self._flood: Timer | None = None
        self._device = SimulatedDevice(
            self,
            _Around(self),
            card,
            carrier,
            self.faults,
            personality,
            imei,
            air_time,
            text_codec,
            carry_out=carry_out,
        )
        self.faults.watch(lambda: self._loop.soon(self._switched))

    def start(self) -> SimulatedModem:
        """Plug in and switch on; the port exists when this returns."""
        if not self._loop.running:
            self._loop.start()
        self._loop.ask(self._plug_in)
        return self

    def stop(self) -> None:
        """Unplug and end the thread."""
        if self._loop.running:
            self._loop.ask(self._pull_out)
            self._loop.ask(self._terminal.close)
        self._loop.stop()

    def __enter__(self) -> SimulatedModem:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- what a person or a test does -----------------------------------------------------------

    @property
    def port(self) -> str:
        """The path to open; "" before the start. It stays the last one while unplugged."""
        return self._terminal.path

    @property
    def plugged_in(self) -> bool:
        return self._terminal.present

    @property
    def card(self) -> SimCard | None:
        return self._device.card

    @property
    def number(self) -> str:
        """The number of the SIM, "" without one."""
        return self._device.card.number if self._device.card else ""

    @property
    def memories(self) -> dict[str, Memory]:
        """The storages by name, the SIM's among them."""
        card = self._device.card
        return ({"SM": card.memory} if card else {}) | self._device.own_memories

    @property
    def held(self) -> int:
        """Messages and reports that the network holds because the modem could not take them."""
        receiver = self._device.receiver
        held: int = self._loop.ask(lambda: len(receiver.doorstep) + len(receiver.arrivals))
        return held

    @property
    def heard(self) -> list[str]:
        """The command lines that the modem was given, oldest first (the newest 10,000)."""
        return list(self._device.session.heard)

    @property
    def air_time(self) -> float:
        return self._device.air_time

    @air_time.setter
    def air_time(self, seconds: float) -> None:
        self._device.air_time = seconds

    @property
    def signal(self) -> int:
        """What +CSQ tells, 0 to 31."""
        return self._device.signal

    @signal.setter
    def signal(self, level: int) -> None:
        self._device.signal = level

    @property
    def ussd_time(self) -> float:
        """Seconds between the OK of a USSD request and its answer."""
        return self._device.ussd_time

    @ussd_time.setter
    def ussd_time(self, seconds: float) -> None:
        self._device.ussd_time = seconds

    def unplug(self) -> None:
        """Pull it out: the port vanishes under whoever has it open."""
        self._loop.ask(self._pull_out)

    def replug(self, link: Path | None = None) -> str:
        """Put it back, with `link` under that name; the new port."""
        if link is not None:
            self._link = link
        self._loop.ask(self._plug_in)
        return self.port

    def reboot(self) -> None:
        self._loop.ask(self._device.reboot)

    def insert(self, card: SimCard | None) -> None:
        """Change the SIM; None takes it out."""
        self._loop.ask(lambda: self._device.change_card(card))

    def urc(self, line: str) -> None:
        """Say `line` unasked, at once."""
        self._loop.soon(lambda: self._device.session.say(line))

    def ring(self, caller: str) -> None:
        """Somebody calls: RING every 3 s until it is answered or `hang_up`."""
        self._loop.soon(lambda: self._ring(caller))

    def hang_up(self) -> None:
        """The caller gives up."""
        self._loop.soon(self._caller_left)

    def settle(self) -> None:
        """Have everything that was brought so far taken in (from any thread)."""
        self._loop.ask(self._device.receiver.fetch)

    # -- what the network does ------------------------------------------------------------------

    def deliver(self, tpdu: bytes) -> None:
        """Bring a DELIVER; held until the modem can take it."""
        self._bring(tpdu, is_report=False)

    def report(self, tpdu: bytes) -> None:
        """Bring a STATUS-REPORT."""
        self._bring(tpdu, is_report=True)

    def _bring(self, tpdu: bytes, is_report: bool) -> None:
        card = self._device.card
        arrival = Arrival(tpdu, card.iccid if card else "", is_report)
        self._device.receiver.doorstep.append(arrival)
        self._loop.soon(self._device.receiver.fetch)

    # -- the thread's side ----------------------------------------------------------------------

    def _received(self, data: bytes) -> None:
        self._device.session.feed(data)

    def _plug_in(self) -> None:
        if not self._terminal.present:
            self._terminal.appear(self._link)
            self._device.power_on()

    def _pull_out(self) -> None:
        self._device.power_off(said=False)
        self._terminal.vanish()

    def _switched(self) -> None:
        """A fault switch was set."""
        self._device.network_changed()
        if self.faults.flood and self._flood is None:
            self._flood = self._loop.later(self.faults.flood, self._say_flood)

    def _say_flood(self) -> None:
        self._flood = None
        if self.faults.flood:
            self._device.session.urc(self.faults.flood_with)
            self._flood = self._loop.later(self.faults.flood, self._say_flood)

    def _ring(self, caller: str) -> None:
        self._device.caller = caller
        self._ring_again(caller)

    def _ring_again(self, caller: str) -> None:
        device = self._device
        if device.caller != caller or not device.powered:
            return
        device.session.urc("RING")
        if device.values.get("+CLIP") == "1":
            kind = 145 if caller.startswith("+") else 129
            device.session.urc(f'+CLIP: {device.quote(caller)},{kind},"",0,"",0')
        self._loop.later(RING_EVERY, lambda: self._ring_again(caller))

    def _caller_left(self) -> None:
        if self._device.caller:
            self._device.caller = ""
            self._device.session.urc("NO CARRIER")


class _Around:
    """What the device may ask of its modem's thread and pty."""

    def __init__(self, modem: SimulatedModem) -> None:
        self._modem = modem

    def write(self, data: bytes) -> None:
        self._modem._terminal.write(data)

    def later(self, delay: float, action: Callable[[], Any]) -> Timer:
        return self._modem._loop.later(delay, action)

    def soon(self, action: Callable[[], Any]) -> None:
        self._modem._loop.soon(action)

    def vanish(self) -> None:
        self._modem._terminal.vanish()

    def appear(self) -> None:
        if not self._modem._terminal.present:
            self._modem._terminal.appear(self._modem._link)
