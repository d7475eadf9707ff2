"""Repeats by the calendar and by the clock, over every change of the clocks of several zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import DAY, HOUR, MINUTE
from gateway.decisions.recurrence import (
    Repeat,
    Turn,
    Unit,
    due,
    following,
    instant,
    repeat_words,
    shown,
    turns,
)

ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",  # by half an hour
        "Africa/Casablanca",  # four changes a year
        "Asia/Gaza",
        "America/Sao_Paulo",  # at midnight
        "Pacific/Apia",  # left out a day
        "Africa/Nairobi",
        "Asia/Kathmandu",
    )
]
FIRST, LAST = datetime(2005, 1, 1), datetime(2037, 12, 31)


def changes(zone: ZoneInfo) -> list[datetime]:
    """The wall-clock times around which the zone moves its clocks."""
    found = []
    day = datetime(2005, 1, 1, tzinfo=UTC)
    while day.year < 2038:
        if offset(zone, day) != offset(zone, day + timedelta(days=1)):
            hours = [day + timedelta(hours=n) for n in range(24)]
            changed = (h for h in hours if offset(zone, h) != offset(zone, h + timedelta(hours=1)))
            found += [h.astimezone(zone).replace(tzinfo=None) for h in changed]
        day += timedelta(days=1)
    return found


def offset(zone: ZoneInfo, at: datetime):
    return at.astimezone(zone).utcoffset()


CHANGES = {zone.key: changes(zone) for zone in ZONES}


@st.composite
def moments(draw, zone: ZoneInfo):
    """Any minute, and often one close to a change of the clocks."""
    if CHANGES[zone.key] and draw(st.booleans()):
        near = draw(st.sampled_from(CHANGES[zone.key]))
        return near.replace(second=0) + timedelta(minutes=draw(st.integers(-200, 200)))
    return draw(st.datetimes(FIRST, LAST)).replace(second=0, microsecond=0)


@st.composite
def repeats(draw, start=None):
    unit = draw(st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH]))
    start = start or draw(st.datetimes(FIRST, LAST)).replace(second=0, microsecond=0)
    return Repeat(
        start,
        unit,
        draw(st.integers(1, 14)),
        frozenset(draw(st.sets(st.integers(0, 6)))) if unit is Unit.WEEK else frozenset(),
        draw(st.none() | st.dates(start.date(), date(2040, 1, 1))),
    )


@st.composite
def zoned(draw):
    zone = draw(st.sampled_from(ZONES))
    return draw(repeats(start=draw(moments(zone)))), zone


# by the calendar -------------------------------------------------------------------------------


def listed(repeat: Repeat, count: int = 50) -> list[datetime]:
    found, wall = [], following(repeat)
    while wall is not None and len(found) < count:
        found.append(wall)
        wall = following(repeat, wall)
    return found


def test_once_happens_once():
    at = datetime(2026, 12, 1, 9, 30)
    assert listed(Repeat(at)) == [at]


def test_months_from_the_31st_take_the_last_day_of_shorter_ones_and_come_back_to_the_31st():
    found = listed(Repeat(datetime(2027, 10, 31, 8), Unit.MONTH), 6)
    assert [(w.month, w.day) for w in found] == [
        (10, 31), (11, 30), (12, 31), (1, 31), (2, 29), (3, 31),
    ]  # fmt: skip


def test_a_leap_day_every_12_months_is_the_28th_in_other_years():
    found = listed(Repeat(datetime(2028, 2, 29, 8), Unit.MONTH, 12), 5)
    assert [(w.year, w.day) for w in found] == [
        (2028, 29), (2029, 28), (2030, 28), (2031, 28), (2032, 29),
    ]  # fmt: skip


def test_every_second_week_on_chosen_weekdays_counts_from_the_week_of_the_start():
    wednesday = datetime(2026, 12, 2, 7)
    found = listed(Repeat(wednesday, Unit.WEEK, 2, frozenset({0, 3})), 5)
    assert [f"{w:%a %d}" for w in found] == ["Thu 03", "Mon 14", "Thu 17", "Mon 28", "Thu 31"]


def test_the_last_day_is_included_and_nothing_comes_after_it():
    repeat = Repeat(datetime(2026, 12, 1, 23, 59), Unit.DAY, until=date(2026, 12, 3))
    assert [w.day for w in listed(repeat)] == [1, 2, 3]


def test_the_calendar_may_end():
    assert following(Repeat(datetime(9999, 12, 31), Unit.DAY), datetime(9999, 12, 31)) is None
    assert following(Repeat(datetime(9999, 12, 31), Unit.WEEK), datetime(9999, 12, 31)) is None
    assert following(Repeat(datetime(9999, 12, 31), Unit.MONTH), datetime(9999, 12, 31)) is None


def belongs(repeat: Repeat, day: date) -> bool:
    """Said once more, day by day: whether the repeat falls on this day."""
    start = repeat.start.date()
    if day < start or (repeat.until and day > repeat.until):
        return False
    if repeat.unit is Unit.DAY:
        return (day - start).days % repeat.every == 0
    if repeat.unit is Unit.WEEK:
        weeks = (day - timedelta(day.weekday()) - (start - timedelta(start.weekday()))).days // 7
        return weeks % repeat.every == 0 and day.weekday() in (repeat.weekdays or {start.weekday()})
    months = (day.year - start.year) * 12 + day.month - start.month
    last = (day.replace(day=1) + timedelta(31)).replace(day=1) - timedelta(1)
    return months % repeat.every == 0 and day.day == min(start.day, last.day)


@given(repeats())
def test_no_day_is_skipped_and_none_is_made_up(repeat: Repeat):
    days = [repeat.start.date() + timedelta(n) for n in range(800)]
    wanted = [d for d in days if belongs(repeat, d)]
    found = [w for w in listed(repeat, 801) if w.date() <= days[-1]]
    assert [w.date() for w in found] == wanted
    assert all(w.time() == repeat.start.time() for w in found)


@given(repeats(), st.integers(-2000, 200_000))
def test_following_may_start_anywhere(repeat: Repeat, minutes: int):
    after = repeat.start + timedelta(minutes=minutes * 13)
    found = following(repeat, after)
    walls = [w for w in listed(repeat, 3000) if w > after]
    assert found == (walls[0] if walls else None)


# by the clock ----------------------------------------------------------------------------------


@given(zoned())
def test_turns_are_later_and_later_and_each_has_its_wall_clock_time(given_):
    repeat, zone = given_
    found = list(islice(turns(repeat, zone), 200))
    assert all(a.at < b.at and a.wall < b.wall for a, b in pairwise(found))
    for turn in found:
        seen = shown(turn.at, zone)
        assert seen == turn.wall or (seen > turn.wall and shown(turn.at - 1, zone) < turn.wall)


@given(st.data(), st.sampled_from(ZONES))
def test_an_instant_is_the_first_at_which_the_clock_has_come_so_far(data, zone: ZoneInfo):
    wall = data.draw(moments(zone))
    at = instant(wall, zone)
    assert shown(at, zone) >= wall
    assert all(shown(at - back * MINUTE, zone) < wall for back in range(1, 200))


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_over_every_change_of_the_clocks_a_daily_turn_comes_once_a_day(zone: ZoneInfo):
    for change in CHANGES[zone.key]:
        for minutes in (-61, -31, -1, 0, 1, 29, 59, 61, 121):
            start = change.replace(second=0) + timedelta(minutes=minutes) - timedelta(days=2)
            found = list(islice(turns(Repeat(start, Unit.DAY), zone), 5))
            steps = [b.wall - a.wall for a, b in pairwise(found)]
            assert steps == [timedelta(days=1)] * 4 or zone.key == "Pacific/Apia"
            assert all(0 < b.at - a.at <= DAY + 25 * HOUR for a, b in pairwise(found))


def test_a_skipped_time_is_the_first_one_after_the_gap():
    at = instant(datetime(2027, 3, 28, 2, 30), ZoneInfo("Europe/Berlin"))
    assert shown(at, ZoneInfo("Europe/Berlin")) == datetime(2027, 3, 28, 3, 0)


def test_a_time_that_comes_twice_counts_the_first_time():
    berlin = ZoneInfo("Europe/Berlin")
    at = instant(datetime(2027, 10, 31, 2, 30), berlin)
    assert shown(at + HOUR, berlin) == shown(at, berlin)
    assert [t.wall.day for t in islice(turns(Repeat(datetime(2027, 10, 30, 2, 30), Unit.DAY), berlin), 3)] == [30, 31, 1]  # fmt: skip # noqa: E501


def test_where_a_day_was_left_out_nothing_happens_twice():
    apia = ZoneInfo("Pacific/Apia")
    found = list(islice(turns(Repeat(datetime(2011, 12, 29), Unit.DAY), apia), 3))
    assert [shown(t.at, apia).day for t in found] == [29, 31, 1]


# what is due -----------------------------------------------------------------------------------


def first(repeat: Repeat, zone: ZoneInfo) -> Turn | None:
    return next(turns(repeat, zone), None)


@given(zoned(), st.integers(0, 400 * DAY), st.integers(1, 3 * DAY))
def test_what_is_due_runs_at_most_once_and_every_turn_is_accounted_for(given_, late, grace):
    repeat, zone = given_
    turn = first(repeat, zone)
    if turn is None:
        return
    now = turn.at + late
    found = due(repeat, zone, turn, now, grace)
    passed = [turn, *(t for t in islice(turns(repeat, zone, turn), 500) if t.at <= now)]
    later = next((t for t in turns(repeat, zone, turn) if t.at > now), None)
    assert found.next == later
    assert (found.run is not None) + found.missed_count == len(passed)
    if found.run:
        assert found.run == passed[-1]
        assert now - found.run.at < grace
    else:
        assert now - passed[-1].at >= grace
    if found.missed:
        assert found.missed[0] == turn
        assert found.missed[1] == passed[-2 if found.run else -1]


@given(zoned(), st.lists(st.integers(-3 * DAY, 9 * DAY), max_size=12))
def test_however_the_clock_jumps_no_turn_runs_twice(given_, jumps: list[int]):
    repeat, zone = given_
    turn = first(repeat, zone)
    now = turn.at if turn else 0
    run = []
    for jump in jumps:
        if turn is not None and turn.at <= now:
            found = due(repeat, zone, turn, now, HOUR)
            run += [found.run] if found.run else []
            turn = found.next
        now += jump
    assert all(a.at < b.at for a, b in pairwise(run))


# in words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("repeat", "said"),
    [
        (Repeat(datetime(2026, 12, 1)), "once"),
        (Repeat(datetime(2026, 12, 1), Unit.DAY), "every day"),
        (Repeat(datetime(2026, 12, 1), Unit.DAY, 3), "every 3 days"),
        (
            Repeat(datetime(2026, 12, 1), Unit.WEEK, 2, frozenset({0, 3}), date(2027, 3, 3)),
            "every 2 weeks on Mon and Thu, until 3 Mar 2027",
        ),
        (Repeat(datetime(2026, 12, 1), Unit.WEEK), "every week on Tue"),
        (
            Repeat(datetime(2026, 12, 1), Unit.WEEK, 1, frozenset({0, 2, 4})),
            "every week on Mon, Wed and Fri",
        ),
        (Repeat(datetime(2026, 12, 22), Unit.MONTH), "every month on the 22nd"),
        (
            Repeat(datetime(2026, 12, 31), Unit.MONTH, 3),
            "every 3 months on the 31st, or the last day of shorter months",
        ),
    ],
)
def test_a_repeat_in_words(repeat: Repeat, said: str):
    assert repeat_words(repeat) == said
