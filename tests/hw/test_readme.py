"""The hardware guide says what the tables of the program say."""

from __future__ import annotations

import re
from pathlib import Path

from gateway.decisions.lights import LIGHTS
from hw import boards, lamps

GUIDE = (Path(__file__).parents[2] / "hw" / "README.md").read_text(encoding="utf-8")


def test_the_card_has_every_light_in_its_order() -> None:
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|", GUIDE, re.MULTILINE)
    shown = [(int(n), shape.strip(), words.strip()) for n, shape, words in rows]
    assert shown == [(n, light.shape, light.words) for n, light in enumerate(LIGHTS, 1)]


def test_every_board_is_named() -> None:
    for name in (*boards.BOARDS, *lamps.BOARDS, "act"):
        assert f"`{name}`" in GUIDE, name


def test_pins_in_the_guide_are_those_of_the_boards() -> None:
    for name in ("rgb", "traffic-light"):
        (row,) = [line for line in GUIDE.splitlines() if f"`{name}`" in line and "red" in line]
        for colour, pin in lamps.BOARDS[name].pins.items():
            assert f"{colour} {pin}" in row
