"""Lamps that boards have, as rows: which pin is which colour, and the Pi's own ACT LED.

Pins are BCM numbers, chosen off those that modem HATs and buses use. `open_lamp` never raises:
without GPIO, pin or permission the box works without a light and says why.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from hw import pins
from hw.patterns import Colour

log = logging.getLogger(__name__)

LED_CLASS = Path("/sys/class/leds")
ACT_NAMES: Final = ("ACT", "led0")  # newer and older kernels


@dataclass(frozen=True, slots=True)
class LampBoard:
    """Pins by colour. Amber on a board without one is red and green together, or what there is."""

    pins: Mapping[Colour, int] = field(default_factory=dict)
    active_high: bool = True  # False: common anode, a pin at 0 V lights
    button: int | None = None  # a push button to ground that the board brings along


BOARDS: Final[dict[str, LampBoard]] = {
    "single": LampBoard({Colour.GREEN: 21}),
    "rgb": LampBoard({Colour.RED: 16, Colour.GREEN: 20, Colour.BLUE: 21}),
    "rgb-anode": LampBoard({Colour.RED: 16, Colour.GREEN: 20, Colour.BLUE: 21}, active_high=False),
    "traffic-light": LampBoard({Colour.RED: 16, Colour.AMBER: 20, Colour.GREEN: 21}),
    "sixfab-base": LampBoard({Colour.GREEN: 27}, button=22),
    "sixfab-cellular-iot": LampBoard({Colour.GREEN: 27}, button=22),
    "sixfab-gprs-iot": LampBoard({Colour.GREEN: 5}, button=6),
    "sixfab-cellular-iot-app": LampBoard({Colour.GREEN: 27}, button=24),
}
NAMES: Final = ("none", "act", *BOARDS, "mock")


class Lamp(Protocol):
    def light(self, colour: Colour | None) -> None:
        """Show this colour; None: dark."""

    def close(self) -> None: ...


class Dark:
    """No light at all."""

    def light(self, colour: Colour | None) -> None:
        pass

    def close(self) -> None:
        pass


class PinLamp:
    """LEDs on header pins. Owns the pins while it is open."""

    def __init__(self, board: LampBoard, factory: Any = None) -> None:
        from gpiozero import LED  # slow to load, and only wanted with lamps

        self._leds: dict[Colour, Any] = {}
        try:
            for colour, pin in board.pins.items():
                self._leds[colour] = LED(pin, active_high=board.active_high, pin_factory=factory)
        except BaseException:
            self.close()
            raise

    def light(self, colour: Colour | None) -> None:
        wanted = self._mixed(colour)
        for own, led in self._leds.items():
            if led.is_lit != (own in wanted):
                led.toggle()

    def _mixed(self, colour: Colour | None) -> set[Colour]:
        if colour is None:
            return set()
        if colour in self._leds:
            return {colour}
        if colour is Colour.AMBER and {Colour.RED, Colour.GREEN} <= set(self._leds):
            return {Colour.RED, Colour.GREEN}
        if colour is Colour.BLUE and Colour.GREEN in self._leds:
            return {Colour.GREEN}
        return {next(iter(self._leds))}  # the rhythm tells

    def close(self) -> None:
        for led in self._leds.values():
            led.close()


class ActLamp:
    """The Pi's own activity LED, through the kernel's LED class. Owns its trigger while open."""

    def __init__(self, folder: Path = LED_CLASS) -> None:
        """Raises OSError when there is none, or it may not be written."""
        found = [folder / name for name in ACT_NAMES if (folder / name).is_dir()]
        if not found:
            raise OSError("this machine has no ACT LED")
        self._brightness, self._trigger = found[0] / "brightness", found[0] / "trigger"
        self._before = _chosen(self._trigger.read_text())
        self._trigger.write_text("none")

    def light(self, colour: Colour | None) -> None:
        self._brightness.write_text("0" if colour is None else "1")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._brightness.write_text("0")
            self._trigger.write_text(self._before)


def _chosen(triggers: str) -> str:
    """ "none [mmc0] timer" -> "mmc0"."""
    return next((t.strip("[]") for t in triggers.split() if t.startswith("[")), "none")


def button_of(name: str) -> int | None:
    """The pin of the button that comes with this board."""
    return BOARDS[name].button if name in BOARDS else None


def open_lamp(name: str) -> tuple[Lamp, str]:
    """The lamp of a board, and in plain words why there is none ("" when there is)."""
    if name == "none":
        return Dark(), ""
    try:
        if name == "act":
            return ActLamp(), ""
        if name == "mock":
            from gpiozero.pins.mock import MockFactory

            return PinLamp(BOARDS["rgb"], MockFactory()), ""
        return PinLamp(BOARDS[name], pins.factory()), ""
    except Exception as e:  # gpiozero raises a family of its own, lgpio another
        log.warning("no light on %s: %s", name, e)
        return Dark(), f"The light ({name}) cannot be used: {e or type(e).__name__}."
