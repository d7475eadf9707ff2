"""What is written outside, read as one type everywhere: nothing but that, and never an error."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.text.values import (
    LARGEST,
    BadValue,
    boolean,
    choice,
    day,
    digits,
    instant,
    integer,
    milliseconds,
    moment,
    text,
    time_of_day,
    whole,
    yes_no,
)

READERS = (whole, yes_no, day, time_of_day, moment, instant, lambda t: digits(t, 4, 8))
TYPED = (integer, boolean, text, lambda v: choice(v, ("a", 1)))


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize("reader", READERS)
@given(st.text(alphabet=st.characters() | st.sampled_from("0123456789:-+TZ "), max_size=40))
def test_whatever_is_written_is_a_value_or_none(reader, written: str) -> None:
    found = reader(written)
    assert isinstance(found, BadValue | int | str | date | time)


@pytest.mark.parametrize("reader", TYPED)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists))
def test_whatever_a_program_sends_is_a_value_or_none(reader, sent: object) -> None:
    found = reader(sent)
    assert isinstance(found, BadValue) or (found == sent and type(found) is type(sent))


@given(st.integers(0, LARGEST), st.integers(0, LARGEST), st.integers(0, LARGEST))
def test_a_whole_number_is_read_within_its_bounds(number: int, a: int, b: int) -> None:
    least, most = sorted((a, b))
    wanted = number if least <= number <= most else BadValue(least, most)
    assert whole(str(number), least, most) == wanted
    assert integer(number, least, most) == wanted


@pytest.mark.parametrize(
    "written",
    ["", " ", "-1", "+1", "1.0", "1e3", "1_000", "²", "٣", "３", "0x1", "9" * 5000, str(2**63)],
)
def test_what_is_no_whole_number(written: str) -> None:
    assert isinstance(whole(written), BadValue)
    assert isinstance(whole(None), BadValue)


def test_what_looks_like_a_number_to_python_alone_is_none() -> None:
    assert isinstance(integer(True), BadValue)
    assert isinstance(integer(1.0), BadValue)
    assert isinstance(choice(1.0, (1, 2)), BadValue)
    assert isinstance(choice(True, (1, 2)), BadValue)
    assert isinstance(boolean(1), BadValue)


def test_bounds_are_said_as_people_write_them() -> None:
    assert whole("x", 1, 100_000) == BadValue(1, 100_000)
    assert BadValue(1, 100_000).bounds == "1 to 100,000"
    assert BadValue(3, LARGEST).bounds == "3 or more"


@pytest.mark.parametrize(
    ("written", "meant"), [("1", True), ("Yes", True), ("TRUE", True), ("no", False), ("", False)]
)
def test_yes_and_no(written: str, meant: bool) -> None:
    assert yes_no(written) is meant
    assert isinstance(yes_no("perhaps"), BadValue)


def test_a_choice_is_the_member_that_was_meant() -> None:
    assert choice("red", Colour) is Colour.RED
    found = choice("blue", Colour)
    assert isinstance(found, BadValue)
    assert found.choices == (Colour.RED,)


@pytest.mark.parametrize("pin", ["1234", "12345678", "0000"])
def test_digits_are_kept_as_they_are(pin: str) -> None:
    assert digits(pin, 4, 8) == pin
    for wrong in (pin[:3], "123456789", "12 34", "١٢٣٤"):
        assert digits(wrong, 4, 8) == BadValue(4, 8)


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1971, 1, 1)))  # noqa: DTZ001
def test_an_instant_is_exact_to_the_millisecond(then: datetime) -> None:
    found = instant(then.isoformat())
    assert found == milliseconds(then)
    assert isinstance(found, int)
    assert timedelta() <= then - datetime.fromtimestamp(0, UTC) - timedelta(milliseconds=found)
    assert isinstance(instant(then.replace(tzinfo=None).isoformat()), BadValue), "without its zone"


@given(st.dates(), st.times())
def test_days_and_times_come_back(a_day: date, clock: time) -> None:
    assert day(a_day.isoformat()) == a_day
    assert time_of_day(f"{clock:%H:%M:%S}") == clock.replace(microsecond=0)
    assert time_of_day(f"{clock.hour}:{clock:%M}") == clock.replace(second=0, microsecond=0)
    assert isinstance(time_of_day(f"{clock:%H:%M}+01:00"), BadValue)
