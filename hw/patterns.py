"""What lights show, as data: colour and rhythm. The rhythm alone tells, so nobody needs colours.

A pattern is a round of (seconds on, seconds off) pairs, repeated. Counted blinks are short and
followed by a pause, so that "three red blinks" can be told over the phone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Colour(StrEnum):
    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Pattern:
    colour: Colour
    round: tuple[tuple[float, float], ...]  # off 0.0 in a single pair: steady


def steady(colour: Colour) -> Pattern:
    return Pattern(colour, ((1.0, 0.0),))


def counted(colour: Colour, blinks: int) -> Pattern:
    """So many blinks, then a pause that cannot be mistaken for one between blinks."""
    return Pattern(colour, ((0.25, 0.3),) * (blinks - 1) + ((0.25, 1.6),))


def even(colour: Colour, seconds: float) -> Pattern:
    """On and off for the same time; `seconds` for both together."""
    return Pattern(colour, ((seconds / 2, seconds / 2),))


def number(colour: Colour, count: int) -> list[tuple[Colour | None, float]]:
    """`count` blinks to be counted (ten for 0), after a moment of dark, played once."""
    blink: list[tuple[Colour | None, float]] = [(colour, 0.25), (None, 0.35)]
    return [(None, 1.2), *blink * (count or 10), (None, 1.0)]


ALL_WELL: Final = Pattern(Colour.GREEN, ((0.06, 2.94),))
UNREAD: Final = Pattern(Colour.GREEN, ((0.06, 0.25), (0.06, 2.63)))
WORKING: Final = even(Colour.GREEN, 0.14)
HINDERED: Final = steady(Colour.AMBER)
STARTING: Final = even(Colour.AMBER, 1.0)
NOT_SET_UP: Final = even(Colour.BLUE, 3.0)
HEALTH: Final = counted(Colour.AMBER, 5)
CREDIT: Final = counted(Colour.AMBER, 4)
DENIED: Final = counted(Colour.RED, 3)
SIM: Final = counted(Colour.RED, 2)
NO_MODEM: Final = counted(Colour.RED, 1)
ATTENTION: Final = steady(Colour.RED)
