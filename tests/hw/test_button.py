"""The button: what presses mean, on a mock pin, and what the lamp answers, as whole patterns."""

from __future__ import annotations

import queue
import threading
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory
from hypothesis import given
from hypothesis import strategies as st

from hw import patterns
from hw.button import Button
from hw.lamps import Dark
from hw.leds import Leds
from hw.patterns import Colour
from hw.pins import header_chip
from hw.presses import LONG, SECOND_WITHIN, Press, Presses


def pressed(*changes: tuple[bool, float], until: float) -> list[Press]:
    """What is told when the contact changes so, and time passes until then."""
    presses, found, now = Presses(), [], 0.0
    for down, at in (*changes, (None, until)):
        while (due := presses.due(now)) is not None and now + due < at:
            now = now + due + 0.001
            found.append(presses.tick(now))
        now = at
        if down is not None:
            found += [presses.change(down, at), presses.tick(at)]
        else:
            found.append(presses.tick(at))
    return [p for p in found if p]


DOWN, UP = True, False


def test_one_short_press_tells_the_state_once_it_is_clear_that_no_second_follows() -> None:
    assert pressed((DOWN, 1.0), (UP, 1.2), until=1.5) == []
    assert pressed((DOWN, 1.0), (UP, 1.2), until=5) == [Press.SHORT]


def test_two_short_presses_shut_down() -> None:
    twice = ((DOWN, 1.0), (UP, 1.2), (DOWN, 1.5), (UP, 1.7))
    assert pressed(*twice, until=5) == [Press.DOUBLE]


def test_two_presses_far_apart_are_two_short_ones() -> None:
    apart = 1.2 + SECOND_WITHIN + 0.2
    both = ((DOWN, 1.0), (UP, 1.2), (DOWN, apart), (UP, apart + 0.2))
    assert pressed(*both, until=9) == [Press.SHORT, Press.SHORT]


def test_held_for_ten_seconds_it_tells_while_it_is_still_down_and_only_once() -> None:
    assert pressed((DOWN, 1.0), until=1.0 + LONG - 0.1) == []
    assert pressed((DOWN, 1.0), until=1.0 + LONG + 30) == [Press.HOLD]
    assert pressed((DOWN, 1.0), (UP, 1.0 + LONG + 2), until=60) == [Press.HOLD]


def test_a_press_of_a_few_seconds_means_nothing_and_neither_does_chatter() -> None:
    assert pressed((DOWN, 1.0), (UP, 5.0), until=20) == []
    assert pressed((DOWN, 1.0), (UP, 1.005), until=20) == []


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 15)), max_size=20))
def test_whatever_is_done_to_it_no_press_means_two_things(changes) -> None:
    now, told = 0.0, []
    for down, gap in changes:
        now += gap
        told.append((down, now))
    downs = sum(d for d, _ in told)
    assert len(pressed(*told, until=now + 60)) <= downs


def test_a_contact_on_a_pin_is_felt() -> None:
    factory, told = MockFactory(), queue.SimpleQueue()
    button = Button(26, told.put, factory)
    button.start()
    pin = factory.pin(26)
    pin.drive_low()
    pin.drive_high()
    pin.drive_low()
    pin.drive_high()
    assert told.empty()
    button.stop()


def test_a_held_button_is_felt_while_it_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hw.presses.LONG", 0.05)
    factory, told = MockFactory(), queue.SimpleQueue()
    button = Button(26, told.put, factory)
    button.start()
    factory.pin(26).drive_low()
    assert told.get(timeout=5) is Press.HOLD
    button.stop()


class Lamp(Dark):
    def __init__(self) -> None:
        self.shown: list[Colour | None] = []

    def light(self, colour: Colour | None) -> None:
        self.shown.append(colour)


def test_a_number_is_blinked_whole_and_then_the_pattern_goes_on() -> None:
    lamp, waited = Lamp(), []
    leds = Leds(lamp)
    leds.show(patterns.ATTENTION)
    leds.tell(patterns.number(Colour.GREEN, 3))
    over = threading.Event()

    def wait(seconds: float | None) -> bool:
        waited.append(seconds)
        return len(waited) > 9 and not over.set()

    leds._play(wait)
    green, dark = Colour.GREEN, None
    assert lamp.shown == [dark, green, dark, green, dark, green, dark, dark, Colour.RED, Colour.RED]
    assert waited[1:7] == pytest.approx([0.25, 0.35] * 3, abs=0.01)


def test_ten_blinks_stand_for_zero() -> None:
    lit = [c for c, _ in patterns.number(Colour.BLUE, 0) if c]
    assert len(lit) == 10


def test_a_lamp_that_nobody_feeds_goes_dark() -> None:
    lamp, now = Lamp(), [0.0]
    leds = Leds(lamp, lambda: now[0])
    leds.show(patterns.ATTENTION)

    def wait(seconds: float | None) -> bool:
        now[0] += seconds or 0
        return now[0] > 100

    leds._play(wait)
    assert lamp.shown[0] is Colour.RED
    assert lamp.shown[-1] is None


def test_the_header_is_found_by_its_label_whatever_its_number() -> None:
    pi5 = [(0, "gpio-brcmstb@107d508500"), (4, "pinctrl-rp1"), (10, "gpio-brcmstb@107d517c00")]
    assert header_chip(pi5) == 4
    assert header_chip([(0, "pinctrl-rp1"), (13, "gpio-brcmstb@107d517c20")]) == 0
    assert header_chip([(0, "pinctrl-bcm2711"), (1, "raspberrypi-exp-gpio")]) == 0
    assert header_chip([(0, "INT34C6:00")]) is None


def test_a_pin_in_the_config_is_checked(tmp_path: Path) -> None:
    from gateway.config import ConfigError, load

    file = tmp_path / "config.toml"
    file.write_text('[leds]\nboard = "rgb"\nbutton = 26\n')
    assert load(file).button == 26
    file.write_text('[leds]\nbutton = "26"\n')
    with pytest.raises(ConfigError, match=r"leds\.button"):
        load(file)
