"""Which light the box shows: the first line of a table that fits. Pure.

The worst comes first, so the light always tells what most needs a person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hw import patterns
from hw.patterns import Pattern


@dataclass(frozen=True, slots=True)
class Scene:
    """What the light depends on. `states`: of each modem, gateway.modem.machine.ModemState."""

    states: tuple[str, ...] = ()
    attention: bool = False  # a modem on which everything was tried
    low_credit: bool = False
    health: bool = False  # disk, clock, supply, a dead thread ...
    set_up: bool = True  # somebody has a password
    hindered: bool = False  # the queue does not move, or the signal is weak
    working: bool = False  # sending or receiving right now
    unread: bool = False

    def any(self, *states: str) -> bool:
        return any(s in states for s in self.states)


@dataclass(frozen=True, slots=True)
class Light:
    name: str
    fits: Callable[[Scene], bool]
    pattern: Pattern
    words: str  # what it means, for the page and the card
    shape: str  # how to tell it over the phone


LIGHTS: Final[tuple[Light, ...]] = (
    Light(
        "attention",
        lambda s: s.attention or s.any("failed"),
        patterns.ATTENTION,
        "A modem needs attention.",
        "red, steady",
    ),
    Light(
        "no-modem",
        lambda s: all(state == "absent" for state in s.states),
        patterns.NO_MODEM,
        "There is no modem.",
        "red, 1 blink, pause",
    ),
    Light(
        "sim",
        lambda s: s.any("sim_missing", "sim_locked"),
        patterns.SIM,
        "A SIM is missing, or asks for its PIN or PUK.",
        "red, 2 blinks, pause",
    ),
    Light(
        "denied",
        lambda s: s.any("denied"),
        patterns.DENIED,
        "The network refuses a SIM.",
        "red, 3 blinks, pause",
    ),
    Light(
        "credit",
        lambda s: s.low_credit,
        patterns.CREDIT,
        "Credit is below its limit.",
        "amber, 4 blinks, pause",
    ),
    Light(
        "health",
        lambda s: s.health,
        patterns.HEALTH,
        "Something else needs a look: see the page.",
        "amber, 5 blinks, pause",
    ),
    Light(
        "set-up",
        lambda s: not s.set_up,
        patterns.NOT_SET_UP,
        "Nobody has set a password yet.",
        "blue, slowly on and off",
    ),
    Light(
        "starting",
        lambda s: not s.any("ready"),
        patterns.STARTING,
        "Starting, or searching for the network.",
        "amber, on and off each second",
    ),
    Light(
        "hindered",
        lambda s: s.hindered,
        patterns.HINDERED,
        "Messages wait, or the signal is weak.",
        "amber, steady",
    ),
    Light(
        "working", lambda s: s.working, patterns.WORKING, "Sending or receiving.", "green flicker"
    ),
    Light(
        "unread",
        lambda s: s.unread,
        patterns.UNREAD,
        "There are unread messages.",
        "green, 2 short blinks every 3 seconds",
    ),
    Light(
        "well",
        lambda s: True,
        patterns.ALL_WELL,
        "All is well.",
        "green, 1 short blink every 3 seconds",
    ),
)


def number(shown: Light) -> int:
    """Its line in the table, which the button has the lamp blink: 1 is the worst."""
    return LIGHTS.index(shown) + 1


def light(scene: Scene) -> Light:
    return next(line for line in LIGHTS if line.fits(scene))
