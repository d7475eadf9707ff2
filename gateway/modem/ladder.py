"""The steps that bring back a modem which stopped answering, weakest first, and when each may run.

Pure: time comes in as an argument. `gateway.modem.recovery` carries the steps out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class RungAction(StrEnum):
    """What a step takes hold of."""

    ASK = "ask"  # ESC and AT on the open port
    REOPEN = "reopen"
    RADIO = "radio"  # commands, for those that still listen but do not speak
    RESTART = "restart"
    USB = "usb"  # the kernel lets go of the stick and takes it up again
    KEY = "key"  # the power key of a HAT
    SOCKET = "socket"  # the power of its USB socket
    HOST = "host"


@dataclass(frozen=True, slots=True)
class Rung:
    name: str
    words: str  # what the page says while it is tried
    does: RungAction
    settle: float = 0.0  # seconds in which nobody touches the modem
    patience: float = 0.0  # seconds until the next step may follow; the modem is asked meanwhile
    cool_down: float = 0.0  # seconds between two uses


LADDER: tuple[Rung, ...] = (
    Rung("ask", "asking it again", RungAction.ASK, 0.5),
    Rung("reopen", "opening its port again", RungAction.REOPEN, 1.0),
    Rung("radio", "switching its radio off and on", RungAction.RADIO, 5.0, cool_down=60.0),
    # A restart makes the port vanish within 30 s and come back within 90 s.
    Rung("restart", "restarting it by command", RungAction.RESTART, 5.0, 90.0, 300.0),
    Rung("usb", "plugging it out and in again by software", RungAction.USB, 5.0, 60.0, 300.0),
    # The key toggles: the first press may switch off what had hung, the second switches it on.
    Rung("key", "pressing the power key of its board", RungAction.KEY, 2.0, 60.0, 300.0),
    Rung("key again", "pressing the power key once more", RungAction.KEY, 2.0, 100.0, 300.0),
    Rung("socket", "switching its USB socket off and on", RungAction.SOCKET, 5.0, 90.0, 300.0),
    Rung("host", "restarting the whole box", RungAction.HOST, 60.0, 300.0, 6 * 3600.0),
)
STRONG = frozenset(
    {RungAction.RESTART, RungAction.USB, RungAction.KEY, RungAction.SOCKET, RungAction.HOST}
)  # only for modems
RESTS = (600.0, 1200.0, 1800.0)  # seconds between two climbs, the last for ever after
STEADY = 120.0  # seconds in service after which the next silence starts at the bottom again


class LadderWait(StrEnum):
    """Nothing stronger is to be done now; asking gently goes on."""

    SETTLING = "settling"  # the last step may still show its effect
    EXHAUSTED = "exhausted"  # everything was tried: somebody has to look


class Ladder:
    """How far one modem has climbed. Used by its own thread."""

    def __init__(self) -> None:
        self.last: Rung | None = None  # the last step taken, ever
        self.taken = 0  # steps taken, ever
        self.climbs = 0  # times that the top was reached without success
        self._next = 0
        self._used: dict[str, float] = {}
        self._wait_until = 0.0
        self._resting = False
        self._ready_since: float | None = None

    def next(self, now: float, able: Callable[[Rung], bool]) -> Rung | LadderWait:
        """The step to take now; `able` tells whether this machine has the means for it."""
        if self._ready_since is not None and now - self._ready_since >= STEADY:
            self._start_over()
        self._ready_since = None
        if now < self._wait_until:
            return LadderWait.EXHAUSTED if self._resting else LadderWait.SETTLING
        if self._resting:
            self._resting, self._next = False, 1  # asking is done all the time
        while self._next < len(LADDER):
            rung = LADDER[self._next]
            self._next += 1
            if self._cool(rung, now) and able(rung):
                return self._take(rung, now)
        self._wait_until = now + RESTS[min(self.climbs, len(RESTS) - 1)]
        self._resting = True
        self.climbs += 1
        return LadderWait.EXHAUSTED

    def ready(self, now: float) -> None:
        """The modem is in service."""
        if self._ready_since is None:
            self._ready_since = now

    def _cool(self, rung: Rung, now: float) -> bool:
        used = self._used.get(rung.name)
        return used is None or now - used >= rung.cool_down

    def _take(self, rung: Rung, now: float) -> Rung:
        self._used[rung.name] = now
        self._wait_until = now + rung.patience
        self.last = rung
        self.taken += 1
        return rung

    def _start_over(self) -> None:
        """Cool-downs stay: a modem that fails every ten minutes is not restarted each time."""
        self._next = self.climbs = 0
        self._wait_until, self._resting = 0.0, False


class SearchPatience:
    """How long to leave a modem that finds no network to itself before its radio is cycled.

    A refusal by the network is no fault of the modem, so attempts become rarer, down to one an
    hour.
    """

    FIRST, LAST = 300.0, 3600.0  # seconds

    def __init__(self) -> None:
        self.cycles = 0  # since it was last registered
        self._since: float | None = None

    def registered(self) -> None:
        self.cycles, self._since = 0, None

    def lost(self, now: float) -> bool:
        """It is not registered; True when the radio should be cycled now."""
        if self._since is None:
            self._since = now
        if now - self._since < min(self.FIRST * 2**self.cycles, self.LAST):
            return False
        self._since = now
        self.cycles += 1
        return True
