"""When something that repeats comes round again. Pure.

A repeat is counted on the calendar, in wall-clock time without any zone, so that "every day at
9:00" stays at 9:00. Only then a zone says which instant that is, once for each occurrence: a time
that the clocks skip in spring is the first one after the gap, one that comes twice in autumn is the
first of the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

MOST_EVERY = 366  # days, weeks or months between two
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Unit(StrEnum):
    ONCE = "once"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Repeat:
    """`start` has no zone. `weekdays`: 0 is Monday; none chosen means the weekday of `start`.

    `until` is the last day on which it may happen. Months are counted from the day of `start`: the
    31st is the last day of shorter months, the 29th of February the 28th outside of leap years.
    """

    start: datetime
    unit: Unit = Unit.ONCE
    every: int = 1
    weekdays: frozenset[int] = frozenset()
    until: date | None = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is not None or not 1 <= self.every <= MOST_EVERY:
            raise ValueError(f"no repeat: {self.start!r}, every {self.every}")


def following(repeat: Repeat, after: datetime | None = None) -> datetime | None:
    """The first occurrence, or the first one later than `after`; None when there is no more."""
    try:
        found = _following(repeat, repeat.start - _MINUTE if after is None else after)
    except OverflowError:  # the calendar ends in the year 9999
        return None
    if found is None or (repeat.until is not None and found.date() > repeat.until):
        return None
    return found


def _following(repeat: Repeat, after: datetime) -> datetime | None:
    if after < repeat.start and repeat.unit is not Unit.WEEK:
        return repeat.start
    match repeat.unit:
        case Unit.ONCE:
            return None
        case Unit.DAY:
            step = timedelta(days=repeat.every)
            return repeat.start + step * ((after - repeat.start) // step + 1)
        case Unit.WEEK:
            return _by_week(repeat, max(after, repeat.start - _MINUTE))
        case Unit.MONTH:
            return _by_month(repeat, after)


def _by_week(repeat: Repeat, after: datetime) -> datetime:
    """Weeks begin on Monday; the week of `start` is the first one that counts."""
    days = sorted(repeat.weekdays or {repeat.start.weekday()})
    monday = repeat.start - timedelta(days=repeat.start.weekday())
    cycle = timedelta(weeks=repeat.every)
    first = monday + cycle * max(0, (after - monday) // cycle)
    while True:
        for day in days:
            found = first + timedelta(days=day)
            if found > after:
                return found
        first += cycle


def _by_month(repeat: Repeat, after: datetime) -> datetime:
    start = repeat.start
    between = (after.year - start.year) * 12 + after.month - start.month
    count = max(0, between // repeat.every) * repeat.every
    while (found := _months_later(start, count)) <= after:
        count += repeat.every
    return found


def _months_later(start: datetime, months: int) -> datetime:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > 9999:
        raise OverflowError
    return start.replace(year=year, month=month + 1, day=min(start.day, _length(year, month + 1)))


def _length(year: int, month: int) -> int:
    """Days in a month."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


# on the clock ----------------------------------------------------------------------------------


def instant(wall: datetime, zone: tzinfo) -> int:
    """Milliseconds UTC at which a clock of `zone` shows `wall`, the first time that it does.

    What the clock skips counts as the first time after the gap.
    """
    early, late = (_utc(wall.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    return _end_of_gap(wall, zone, late, early) if late < early else early


def _end_of_gap(wall: datetime, zone: tzinfo, low: int, high: int) -> int:
    """Between the two readings of a skipped time lies the moment at which the clock is moved."""
    while high - low > 1:
        middle = (low + high) // 2
        if shown(middle, zone) < wall:
            low = middle
        else:
            high = middle
    return high


def shown(at: int, zone: tzinfo) -> datetime:
    """What a clock of `zone` shows at an instant, without its zone."""
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(zone).replace(tzinfo=None, fold=0)


def _utc(then: datetime) -> int:
    return (then - _EPOCH) // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """One occurrence: by the calendar, and the instant that it falls on."""

    wall: datetime
    at: int


def turns(repeat: Repeat, zone: tzinfo, after: Turn | None = None) -> Iterator[Turn]:
    """The occurrences after one, each at a later instant than the one before.

    Where a zone leaves out a whole day, two may fall on one instant; the second is passed over.
    """
    wall = following(repeat, after.wall if after else None)
    last = after.at if after else None
    while wall is not None:
        at = instant(wall, zone)
        if last is None or at > last:
            yield Turn(wall, at)
            last = at
        wall = following(repeat, wall)


# what is due -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DueTurns:
    """What follows from a turn whose time has come."""

    run: Turn | None  # to be sent now; None: all of them are too late
    missed: tuple[Turn, ...]  # first and last of those that are not sent any more
    missed_count: int
    next: Turn | None  # the first one in the future


def due(repeat: Repeat, zone: tzinfo, turn: Turn, now: int, grace: int) -> DueTurns:
    """At most one turn runs, the latest, and only when it is less than `grace` (ms) late.

    `turn` is the one that was waited for, due by `now`.
    """
    before, last, passed = turn, turn, 1
    upcoming = None
    for later in turns(repeat, zone, turn):
        if later.at > now:
            upcoming = later
            break
        before, last, passed = last, later, passed + 1
    if now - last.at >= grace:
        return DueTurns(None, (turn, last), passed, upcoming)
    missed = (turn, before) if passed > 1 else ()
    return DueTurns(last, missed, passed - 1, upcoming)


# in words --------------------------------------------------------------------------------------


def repeat_words(repeat: Repeat) -> str:
    """ "once", "every 2 weeks on Mon and Thu, until 3 Mar 2027"."""
    if repeat.unit is Unit.ONCE:
        return "once"
    unit = repeat.unit if repeat.every == 1 else f"{repeat.every} {repeat.unit}s"
    end = f", until {day(repeat.until)}" if repeat.until else ""
    return f"every {unit}{_on(repeat)}{end}"


def day(of: date) -> str:
    return f"{of.day} {MONTHS[of.month - 1]} {of.year}"


def _on(repeat: Repeat) -> str:
    if repeat.unit is Unit.WEEK:
        days = sorted(repeat.weekdays or {repeat.start.weekday()})
        if len(days) == 7:
            return ", on every day"
        return f" on {_listed([WEEKDAYS[d] for d in days])}"
    if repeat.unit is Unit.MONTH:
        number = repeat.start.day
        short = ", or the last day of shorter months" if number > 28 else ""
        return f" on the {number}{_suffix(number)}{short}"
    return ""


def _listed(names: list[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _suffix(number: int) -> str:
    if number in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
