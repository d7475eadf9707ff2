"""Modem boards that sit on a Raspberry Pi's header: which pin does what, as rows.

Pins are BCM numbers. From the makers' demo code; times are a little longer than they ask for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Rail:
    """A pin that takes the supply away while it is at `off`."""

    pin: int
    off: bool


@dataclass(frozen=True, slots=True)
class Board:
    name: str
    key: int | None = None  # power key: a press TOGGLES between on and off
    press_on: float = 2.0  # seconds
    press_off: float = 3.0
    boot: float = 20.0  # seconds from the press to the first answer
    status: int | None = None  # high while the module runs
    rail: Rail | None = None


BOARDS: Final[dict[str, Board]] = {
    row.name: row
    for row in (
        Board("waveshare-sim7600", key=6, press_on=2.0, press_off=3.0, boot=20.0),
        Board("waveshare-sim7070", key=4, press_on=1.2, press_off=2.0, boot=5.0),
        Board("waveshare-sim868", key=4, press_on=2.0, press_off=2.0, boot=10.0),
        Board("itead-sim800", key=17, press_on=2.0, press_off=2.0, boot=10.0),
        Board("sixfab-base", rail=Rail(26, off=True), boot=20.0),
        Board(
            "sixfab-cellular-iot",
            key=24,
            press_on=2.1,
            press_off=0.75,
            boot=10.0,
            status=23,
            rail=Rail(17, off=True),
        ),
        Board(
            "sixfab-cellular-iot-app",
            key=11,
            press_on=2.1,
            press_off=0.75,
            boot=10.0,
            status=20,
            rail=Rail(26, off=False),
        ),
        Board("seeed-lara-r2", key=5, press_on=2.0, press_off=2.0, boot=10.0),
    )
}
