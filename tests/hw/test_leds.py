"""Lights on gpiozero's mock pins and on a made-up LED class: whole rounds, not their beginnings."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory

from hw import lamps, patterns
from hw import leds as leds_module
from hw.lamps import BOARDS, ActLamp, Dark, PinLamp, open_lamp
from hw.leds import Leds, steps
from hw.patterns import Colour, Pattern
from tests.support.box import eventually

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


# seconds lit and dark of one round, and the colour: design and light card, not the code's own data
ROUNDS = {
    "ATTENTION": ("red", []),
    "NO_MODEM": ("red", [(0.25, 1.6)]),
    "SIM": ("red", [(0.25, 0.3), (0.25, 1.6)]),
    "DENIED": ("red", [(0.25, 0.3)] * 2 + [(0.25, 1.6)]),
    "CREDIT": ("amber", [(0.25, 0.3)] * 3 + [(0.25, 1.6)]),
    "HEALTH": ("amber", [(0.25, 0.3)] * 4 + [(0.25, 1.6)]),
    "NOT_SET_UP": ("blue", [(1.5, 1.5)]),
    "STARTING": ("amber", [(0.5, 0.5)]),
    "HINDERED": ("amber", []),
    "WORKING": ("green", [(0.07, 0.07)]),
    "UNREAD": ("green", [(0.06, 0.25), (0.06, 2.63)]),
    "ALL_WELL": ("green", [(0.06, 2.94)]),
}


def one(pin):
    return [pin], {key: {pin} for key in ("red", "amber", "green", "blue")} | {None: set()}


# Board -> its pins, and those of them at 3.3 V for each colour and for dark.
LEVELS = {
    "single": one(21),
    "sixfab-base": one(27),
    "sixfab-cellular-iot": one(27),
    "sixfab-cellular-iot-app": one(27),
    "sixfab-gprs-iot": one(5),
    "rgb": (
        [16, 20, 21],
        {"red": {16}, "amber": {16, 20}, "green": {20}, "blue": {21}, None: set()},
    ),
    "rgb-anode": (
        [16, 20, 21],
        {"red": {20, 21}, "amber": {21}, "green": {16, 21}, "blue": {16, 20}, None: {16, 20, 21}},
    ),
    "traffic-light": (
        [16, 20, 21],
        {"red": {16}, "amber": {20}, "green": {21}, "blue": {21}, None: set()},
    ),
}


def played(pattern: Pattern, lamp, steps: int, seen) -> list[tuple[object, float | None]]:
    """So many steps without waiting for real: what `seen` saw in each, and for how long."""
    leds, found = Leds(lamp), []
    leds.show(pattern)

    def wait(seconds: float | None) -> bool:
        found.append((seen(), seconds))
        return len(found) == steps

    leds._play(wait)
    return found


def test_these_are_all_boards_and_all_patterns():
    assert set(LEVELS) == set(BOARDS)
    assert set(ROUNDS) == set(ALL)


@pytest.mark.parametrize("name", ROUNDS)
@pytest.mark.parametrize("board", LEVELS)
def test_every_pattern_plays_whole_rounds_on_the_pins_of_every_board(factory, board, name):
    pins, levels = LEVELS[board]
    colour, blinks = ROUNDS[name]
    lamp = PinLamp(BOARDS[board], factory)

    def high() -> set[int]:
        return {pin for pin in pins if factory.pin(pin).state}

    expected: list[tuple[object, float]] = []
    for on, off in blinks:
        expected += [(levels[colour], on), (levels[None], off)]
    if not blinks:  # steady: looked at now and then, for it must not outlive the service
        expected = [(levels[colour], 15.0)]
    assert played(ALL[name], lamp, 3 * len(expected), high) == expected * 3
    lamp.light(None)
    assert high() == levels[None]


@pytest.mark.parametrize("name", ROUNDS)
def test_every_pattern_plays_whole_rounds_on_the_act_led(led_class, name):
    brightness = led_class / "ACT" / "brightness"
    blinks = ROUNDS[name][1]
    expected = [step for on, off in blinks for step in (("1", on), ("0", off))] or [("1", 15.0)]
    lamp = ActLamp(led_class)
    assert played(ALL[name], lamp, 3 * len(expected), brightness.read_text) == expected * 3


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


def test_a_lamp_that_fails_is_told_of_and_tried_again_for_ever(caplog, monkeypatch):
    monkeypatch.setattr(leds_module, "RETRY", 0.05)

    class Broken(Dark):
        works = False
        lit = 0

        def light(self, colour: Colour | None) -> None:
            if not self.works:
                raise OSError("no such line")
            self.lit += 1

    lamp = Broken()
    leds = Leds(lamp)
    leds.show(patterns.ALL_WELL)
    leds.start()
    eventually(lambda: leds.trouble)
    assert leds.trouble == "The light has failed: no such line."
    assert leds.alive
    lamp.works = True
    eventually(lambda: lamp.lit and not leds.trouble)
    assert leds.alive
    leds.stop()
    assert not leds.alive
    assert caplog.text.count("no such line") == 1


def test_while_the_box_starts_its_light_may_go_on_for_minutes(factory):
    """A migration says nothing meanwhile; after that a light that nobody feeds goes dark."""
    now, lamp = [0.0], PinLamp(BOARDS["single"], factory)
    leds = Leds(lamp, lambda: now[0])
    leds.show(patterns.STARTING, good_for=900)
    seen = []

    def wait(seconds: float | None) -> bool:
        seen.append((now[0], bool(factory.pin(21).state)))
        now[0] += seconds or 0
        return now[0] > 1000

    leds._play(wait)
    assert max(at for at, lit in seen if lit) == pytest.approx(900, abs=1)


def test_no_permission_is_said_and_no_stop(led_class, monkeypatch):
    monkeypatch.setattr(lamps.ActLamp.__init__, "__defaults__", (led_class,))

    def refused(self: Path, data: str) -> int:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "write_text", refused)
    lamp, why = open_lamp("act")
    assert isinstance(lamp, Dark)
    assert "Permission denied" in why
    assert "The light (act) cannot be used" in why


def test_a_busy_pin_is_said_and_no_stop(factory, monkeypatch):
    from gpiozero import LED

    monkeypatch.setattr(lamps.pins, "factory", lambda: factory)
    other = LED(21, pin_factory=factory)
    lamp, why = open_lamp("traffic-light")
    assert isinstance(lamp, Dark)
    assert "21" in why
    other.close()


def test_without_gpio_at_all_it_is_said_and_no_stop(monkeypatch):
    def none() -> None:
        raise OSError("cannot open gpiochip0")

    monkeypatch.setattr(lamps.pins, "factory", none)
    lamp, why = open_lamp("rgb")
    assert isinstance(lamp, Dark)
    assert "cannot open gpiochip0" in why
