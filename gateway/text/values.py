"""What is written outside, as a value of its type: whole numbers, yes or no, choices, digits, days,
times, instants.

One reader for the config file, the environment, the API, forms, search and the command line, so
that what is a number in one of them is one in all. It lives here, on the lowest floor, because the
configuration and the page may both import it; it is pure and knows nobody's words. What cannot be
read comes back as a `BadValue`, which whoever asked puts into the words of its audience: "must be 1
to 500" for a program, "Enter a whole number" beside a field.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

LARGEST = 2**63 - 1  # SQLite's; a larger one would be an error instead of nothing found
LONGEST = 19  # digits of LARGEST; what has more is not made a number, which takes time
PIN_DIGITS = (4, 8)  # of a SIM (ETSI TS 102 221)
YES, NO = ("1", "true", "yes"), ("0", "false", "no", "")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BadValue:
    """It is none. A number was to lie within `least` and `most`; `choices` are what there is."""

    least: int | None = None
    most: int | None = None
    choices: tuple[object, ...] = ()

    @property
    def bounds(self) -> str:
        """ "1 to 100,000", "0 or more"."""
        if self.most in (None, LARGEST):
            return f"{self.least or 0:,} or more"
        return f"{self.least or 0:,} to {self.most:,}"


# numbers ---------------------------------------------------------------------------------------


def whole(text: str | None, least: int = 0, most: int = LARGEST) -> int | BadValue:
    """A whole number in ASCII digits, without a sign: "²" and "٣" are none."""
    bad = BadValue(least, most)
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > LONGEST:
        return bad
    return _within(int(text), bad)


def integer(value: object, least: int | None = None, most: int | None = None) -> int | BadValue:
    """One that JSON or TOML has read already, of any size unless bounds are given; True is none."""
    bad = BadValue(least, most)
    return bad if isinstance(value, bool) or not isinstance(value, int) else _within(value, bad)


def _within(number: int, bounds: BadValue) -> int | BadValue:
    enough = bounds.least is None or bounds.least <= number
    return number if enough and (bounds.most is None or number <= bounds.most) else bounds


def digits(text: str, fewest: int, most: int) -> str | BadValue:
    """So many ASCII digits, which are no number: a PIN, a code."""
    fits = text.isascii() and text.isdigit() and fewest <= len(text) <= most
    return text if fits else BadValue(fewest, most)


# yes or no, one of several ---------------------------------------------------------------------


def yes_no(text: str) -> bool | BadValue:
    """In any case of letters; nothing is no."""
    said = text.lower()
    return said in YES if said in YES + NO else BadValue(choices=(*YES, *NO))


def boolean(value: object) -> bool | BadValue:
    """One that JSON or TOML has read already."""
    return value if isinstance(value, bool) else BadValue(choices=(True, False))


def text(value: object) -> str | BadValue:
    """One that JSON or TOML has read already."""
    return value if isinstance(value, str) else BadValue()


def choice(value: object, choices: Iterable[T]) -> T | BadValue:
    """The one that is equal to it, a member of an enumeration too; 1.0 and True are not 1."""
    known = tuple(choices)
    if isinstance(value, bool | float):
        return BadValue(choices=known)
    return next((one for one in known if one == value), BadValue(choices=known))


# time ------------------------------------------------------------------------------------------


def day(text: str) -> date | BadValue:
    """ISO 8601: "2026-11-27"."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return BadValue()


def time_of_day(text: str) -> time | BadValue:
    """ "9:30", "09:30", "09:30:15"; without a zone, and to the second."""
    text = text.strip()
    try:
        found = time.fromisoformat(f"0{text}" if text[1:2] == ":" else text)
    except ValueError:
        return BadValue()
    plain = found.tzinfo is None and ":" in text
    return found.replace(microsecond=0) if plain else BadValue()


def moment(text: str) -> datetime | BadValue:
    """A day and a time in ISO 8601, with its zone or without."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return BadValue()


def instant(text: str) -> int | BadValue:
    """Milliseconds UTC of a moment that says its zone: "2026-11-27T08:00:00Z"."""
    found = moment(text)
    if isinstance(found, BadValue) or found.tzinfo is None:
        return BadValue()
    return milliseconds(found)


def milliseconds(then: datetime) -> int:
    """UTC, of a moment with a zone; exact."""
    return (then - EPOCH) // timedelta(milliseconds=1)
