"""Lights on gpiozero's mock pins and on a made-up LED class: whole rounds, not their beginnings."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory

from hw import lamps, patterns
from hw.lamps import BOARDS, ActLamp, Dark, PinLamp, open_lamp
from hw.leds import Leds, steps
from hw.patterns import Colour, Pattern

ALL = {name: value for name, value in vars(patterns).items() if isinstance(value, patterns.Pattern)}


@pytest.fixture
def factory():
    made = MockFactory()
    yield made
    made.reset()


def shown(pattern: Pattern, count: int) -> list[tuple[Colour | None, float | None]]:
    return list(islice(steps(pattern), count))


def test_three_red_blinks_are_three_and_then_a_pause():
    red = Colour.RED
    one_round = [
        *((red, 0.25), (None, 0.3)),
        *((red, 0.25), (None, 0.3)),
        *((red, 0.25), (None, 1.6)),
    ]
    assert shown(patterns.DENIED, 12) == one_round * 2


def test_all_well_is_one_short_blink_every_three_seconds():
    first = shown(patterns.ALL_WELL, 4)
    assert first == [(Colour.GREEN, 0.06), (None, 2.94)] * 2


def test_steady_means_lit_until_something_changes():
    assert shown(patterns.ATTENTION, 2) == [(Colour.RED, None)] * 2


def test_no_two_patterns_have_the_same_rhythm_and_colour():
    assert len(set(ALL.values())) == len(ALL) == 12


def test_without_colour_the_states_that_differ_in_urgency_still_differ_in_rhythm():
    counted = [patterns.NO_MODEM, patterns.SIM, patterns.DENIED, patterns.CREDIT, patterns.HEALTH]
    assert len({p.round for p in counted}) == 5
    assert patterns.ALL_WELL.round not in {p.round for p in counted}


def played(pattern: Pattern, lamp, rounds: int) -> None:
    """Play so many steps without waiting for real."""
    leds = Leds(lamp)
    leds.show(pattern)
    left = [rounds]

    def wait(seconds: float | None) -> bool:
        left[0] -= 1
        return left[0] <= 0

    leds._play(wait)


def lit(factory: MockFactory, pin: int) -> list[bool]:
    """Every state the pin has had, the first being its rest."""
    return [bool(state.state) for state in factory.pin(pin).states]


def test_rgb_shows_amber_as_red_and_green(factory):
    played(patterns.STARTING, PinLamp(BOARDS["rgb"], factory), 4)
    red, green, blue = 16, 20, 21
    blinks = [False, True, False, True, False]
    assert lit(factory, red)[-5:] == blinks
    assert lit(factory, green)[-5:] == blinks
    assert True not in lit(factory, blue)


def test_common_anode_lights_with_a_low_pin(factory):
    lamp = PinLamp(BOARDS["rgb-anode"], factory)
    lamp.light(Colour.RED)
    assert not factory.pin(16).state
    assert factory.pin(20).state
    assert factory.pin(21).state


def test_a_single_lamp_shows_the_rhythm_of_every_colour(factory):
    lamp = PinLamp(BOARDS["single"], factory)
    for colour in Colour:
        lamp.light(colour)
        assert factory.pin(21).state
        lamp.light(None)
        assert not factory.pin(21).state


def test_a_traffic_light_has_an_amber_of_its_own(factory):
    lamp = PinLamp(BOARDS["traffic-light"], factory)
    lamp.light(Colour.AMBER)
    assert [bool(factory.pin(p).state) for p in (16, 20, 21)] == [False, True, False]


def test_a_busy_pin_leaves_no_light_and_no_pin_taken(factory):
    from gpiozero import LED

    other = LED(20, pin_factory=factory)
    with pytest.raises(Exception, match="20"):
        PinLamp(BOARDS["rgb"], factory)
    other.close()
    PinLamp(BOARDS["rgb"], factory).close()


@pytest.fixture
def led_class(tmp_path: Path) -> Path:
    folder = tmp_path / "ACT"
    folder.mkdir()
    (folder / "trigger").write_text("none [mmc0] timer heartbeat\n")
    (folder / "brightness").write_text("0\n")
    return tmp_path


def test_the_act_led_is_borrowed_and_given_back(led_class):
    lamp = ActLamp(led_class)
    assert (led_class / "ACT" / "trigger").read_text() == "none"
    lamp.light(Colour.GREEN)
    assert (led_class / "ACT" / "brightness").read_text() == "1"
    lamp.light(None)
    assert (led_class / "ACT" / "brightness").read_text() == "0"
    lamp.close()
    assert (led_class / "ACT" / "trigger").read_text() == "mmc0"


def test_without_a_light_the_box_works_and_says_why(monkeypatch, tmp_path):
    monkeypatch.setattr(lamps, "LED_CLASS", tmp_path)
    monkeypatch.setattr(lamps.ActLamp.__init__, "__defaults__", (tmp_path,))
    lamp, why = open_lamp("act")
    assert isinstance(lamp, Dark)
    assert "no ACT LED" in why
    assert open_lamp("none")[1] == ""


def test_a_new_pattern_is_shown_at_once_and_the_end_is_dark(factory):
    lamp = PinLamp(BOARDS["rgb"], factory)
    leds = Leds(lamp)
    leds.show(patterns.ATTENTION)  # steady: nothing but a change ends it
    leds.start()
    seen = factory.pin(16)
    while not seen.state:
        assert leds.alive
    leds.show(patterns.steady(Colour.GREEN))
    while seen.state or not factory.pin(20).state:
        assert leds.alive
    leds.stop()
    assert not leds.alive
    assert not factory.pin(20).state


def test_a_lamp_that_always_fails_is_left_alone(caplog):
    class Broken(Dark):
        def light(self, colour: Colour | None) -> None:
            raise OSError("no such line")

    leds = Leds(Broken())
    leds.show(patterns.ALL_WELL)
    leds.start()
    leds._thread.join(5)
    assert not leds.alive
    assert "no such line" in caplog.text
