"""The pins of the board's header, through gpiozero, on whatever Pi this is.

Kernels number the GPIO chips as they find them: on a Pi 5 the header has been chip 4 and is chip 0.
Its label tells for certain.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# Pi 5 (and Compute Module 5), Pi 4, and everything before.
HEADER_LABELS = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")


def header_chip(chips: Iterable[tuple[int, str]]) -> int | None:
    """The number of the chip that drives the header among (number, label); None: there is none."""
    found = {label: number for number, label in chips}
    return next((found[label] for label in HEADER_LABELS if label in found), None)


def factory() -> Any:
    """A pin factory for the header; None leaves the choice to gpiozero."""
    try:
        import lgpio
        from gpiozero.pins.lgpio import LGPIOFactory
    except ImportError:
        return None
    chip = header_chip(_chips(lgpio))
    return None if chip is None else LGPIOFactory(chip=chip)


def _chips(lgpio: Any, folder: Path = Path("/dev")) -> Iterable[tuple[int, str]]:
    for path in folder.glob("gpiochip*"):
        number = path.name.removeprefix("gpiochip")
        if not number.isdigit():
            continue
        with contextlib.suppress(lgpio.error):
            handle = lgpio.gpiochip_open(int(number))
            try:
                _, _, _, label = lgpio.gpio_get_chip_info(handle)
            finally:
                lgpio.gpiochip_close(handle)
            yield int(number), label
