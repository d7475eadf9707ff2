"""Where one modem may be spoken to: a stick has several ports, a UART several speeds.

The modem's thread tries one door after another; the ports thread says which doors there are now.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from hw.serialport import is_uart

BAUDS = (115200, 9600, 57600, 19200, 38400, 460800)  # in the order of how common they are


@dataclass(frozen=True, slots=True)
class Door:
    path: str
    baud: int = 115200
    interface: int | None = None  # of a USB device: outlives the name of the port


class Doors:
    """Any thread may use it. `listed` ones are opened because a person said so."""

    def __init__(
        self, doors: Sequence[Door], *, name: str = "", usb_path: str = "", listed: bool = False
    ) -> None:
        self.name = name or (doors[0].path if doors else "")
        self.usb_path = usb_path
        self.listed = listed
        self._lock = threading.Lock()
        self._doors = tuple(doors)
        self._at = 0
        self._proven = False  # a modem has answered at this door since it was plugged in
        self._favourite: int | None = None  # the interface at which it answered last
        self._better_first = True  # ask the better ones once more before this one is taken
        self._moved = False

    def take(self) -> Door | None:
        """The door to try now; None while there is none."""
        with self._lock:
            self._moved = False
            return self._doors[self._at] if self._doors else None

    def opened(self) -> None:
        """What kind of port a listed one is shows only once it is there: add a UART's speeds."""
        with self._lock:
            if self.listed and len(self._doors) == 1 and is_uart(self._doors[0].path):
                first = self._doors[0]
                self._doors += tuple(Door(first.path, b) for b in BAUDS if b != first.baud)

    def next(self) -> bool:
        """Nobody answers here: turn to the next one. False at the end of a round."""
        with self._lock:
            self._at = (self._at + 1) % max(1, len(self._doors))
            return self._at != 0

    def answered(self) -> bool:
        """A modem answers here. False: first ask the better ones again.

        The ports of a stick that is just starting come alive one by one, and only the best of
        them may tell of arriving messages.
        """
        with self._lock:
            here = self._doors[self._at] if self._doors else None
            if here and here.interface is not None and self._at and self._better_first:
                self._better_first = False
                self._at = 0
                return False
            self._proven = True
            self._favourite = here.interface if here else None
            return True

    def doubt(self) -> None:
        """Everything was tried in vain: perhaps it is to be found at another door."""
        with self._lock:
            self._proven, self._favourite, self._better_first = False, None, True

    def replace(self, doors: Sequence[Door]) -> None:
        """It was plugged in or out: these are the doors from now on."""
        with self._lock:
            best = self._favourite
            if best is not None:
                doors = sorted(doors, key=lambda d: d.interface != best)
            self._doors = tuple(doors)
            self._at = 0
            self._proven, self._better_first, self._moved = False, True, True

    @property
    def unsure(self) -> bool:
        """Whether to knock before setting anything up: nobody has proved that this is a modem."""
        with self._lock:
            return not self._proven and (not self.listed or len(self._doors) > 1)

    @property
    def moved(self) -> bool:
        """Whether there is news since the last `take`."""
        with self._lock:
            return self._moved


def listed_port(path: str, baud: int) -> Doors:
    """A port listed by hand. On a UART other speeds are tried when nobody answers at this one."""
    return Doors([Door(path, baud)], listed=True)


def uart(paths: Sequence[str]) -> Doors:
    """A HAT whose port and speed are both to be found out."""
    return Doors([Door(path, baud) for path in paths for baud in BAUDS], name="UART")
