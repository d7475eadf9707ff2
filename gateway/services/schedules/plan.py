"""When, as somebody typed it -> a plan, or everything that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from gateway.decisions import recurrence
from gateway.decisions.recurrence import MOST_EVERY, WEEKDAYS, Repeat, Turn, Unit
from gateway.services.clock.zones import Zone
from gateway.store.schedules.schedules import ScheduleInfo, SchedulePlan
from gateway.text.refusal import FieldError, Refused
from gateway.text.values import BadValue, choice, day, time_of_day, whole

FURTHEST = timedelta(days=3653)  # later than that, a year was mistyped
FIELDS = ("date", "time", "unit", "every", "weekdays", "until")


@dataclass(frozen=True, slots=True)
class TypedPlan:
    """What stands in the fields. `weekdays`: "0" is Monday."""

    date: str = ""
    time: str = ""
    unit: str = "once"
    every: str = "1"
    weekdays: tuple[str, ...] = ()
    until: str = ""


def read(typed: TypedPlan, zone: Zone, now: int, kept: ScheduleInfo | None = None) -> SchedulePlan:
    """The plan in the box's zone. Raises Refused.

    `kept` is the schedule that is being changed: what its form showed and nobody touched stays as
    it is, with the day of the month and the week that its repeats are counted from.
    """
    if kept and kept.next and typed == as_typed(kept, zone) and kept.next.at > now:
        return SchedulePlan(kept.repeat, kept.zone, kept.next, kept.zone_used)
    errors: list[FieldError] = []
    start = _start(typed, errors)
    unit = _unit(typed, errors)
    every = _interval(typed, errors) if unit is not Unit.ONCE else 1
    weekdays = _weekdays(typed, errors) if unit is Unit.WEEK else frozenset()
    until = _until(typed, errors) if unit is not Unit.ONCE else None
    if errors or start is None:
        raise Refused(errors)
    repeat = Repeat(start, unit, every, weekdays, until)
    if kept and kept.zone == "" and _same_count(typed, kept, zone):
        began = datetime.combine(kept.repeat.start.date(), start.time())
        return _first(replace(repeat, start=began), start, zone, now)
    return _first(repeat, start, zone, now)


def at(instant: int, now: int) -> SchedulePlan:
    """Once, at an instant that a program names. Raises Refused when it has passed."""
    wall = recurrence.shown(instant, UTC)
    turn = Turn(wall, instant)
    if instant <= now:
        raise Refused([FieldError("date", "The time to send it at has passed already.")])
    if instant - now > FURTHEST / timedelta(milliseconds=1):
        raise Refused([FieldError("date", _too_far())])
    return SchedulePlan(Repeat(wall), "UTC", turn, "UTC")


def as_typed(schedule: ScheduleInfo, zone: Zone) -> TypedPlan:
    """The fields as its form shows them: its next turn, by the box's clock."""
    repeat = schedule.repeat
    next_ = schedule.next
    wall = recurrence.shown(next_.at, zone.rules) if next_ else repeat.start
    if next_ and schedule.zone == "":
        wall = next_.wall
    return TypedPlan(
        date=wall.date().isoformat(),
        time=f"{wall:%H:%M:%S}" if wall.second else f"{wall:%H:%M}",
        unit=repeat.unit,
        every=str(repeat.every),
        weekdays=tuple(map(str, sorted(repeat.weekdays))),
        until=repeat.until.isoformat() if repeat.until else "",
    )


def _same_count(typed: TypedPlan, kept: ScheduleInfo, zone: Zone) -> bool:
    shown = as_typed(kept, zone)
    return (typed.date, typed.unit, typed.every) == (shown.date, shown.unit, shown.every)


def _first(repeat: Repeat, start: datetime, zone: Zone, now: int) -> SchedulePlan:
    """The first turn from `start` on, which must be to come."""
    turn = next((t for t in recurrence.turns(repeat, zone.rules) if t.wall >= start), None)
    if turn is None:
        words = f"It would end before its first time, {_when(start)}."
        raise Refused([FieldError("until", words)])
    if turn.at <= now:
        raise Refused([_passed(turn.wall, zone, now)])
    if turn.wall - recurrence.shown(now, zone.rules) > FURTHEST:
        raise Refused([FieldError("date", _too_far())])
    return SchedulePlan(repeat, "", turn, zone.name)


def _passed(wall: datetime, zone: Zone, now: int) -> FieldError:
    clock = recurrence.shown(now, zone.rules)
    if wall.date() < clock.date():
        words = f"This day has passed; it is {recurrence.day(clock.date())} today."
        return FieldError("date", words)
    return FieldError("time", f"This time has passed; it is {clock:%H:%M} now. Choose a later one.")


def _too_far() -> str:
    return "That is more than ten years ahead; check the year."


def _when(wall: datetime) -> str:
    return f"{recurrence.day(wall.date())}, {wall:%H:%M}"


# one field -------------------------------------------------------------------------------------


def _start(typed: TypedPlan, errors: list[FieldError]) -> datetime | None:
    found, clock = day(typed.date), time_of_day(typed.time)
    if isinstance(found, BadValue):
        errors.append(FieldError("date", "Enter a date, such as 2027-01-31."))
    if isinstance(clock, BadValue):
        errors.append(FieldError("time", "Enter a time of day, such as 09:30."))
    if isinstance(found, BadValue) or isinstance(clock, BadValue):
        return None
    return datetime.combine(found, clock)


def _unit(typed: TypedPlan, errors: list[FieldError]) -> Unit:
    found = choice(typed.unit, Unit)
    if isinstance(found, BadValue):
        errors.append(FieldError("unit", "Choose how often it is sent."))
        return Unit.ONCE
    return found


def _interval(typed: TypedPlan, errors: list[FieldError]) -> int:
    every = whole(typed.every.strip(), 1, MOST_EVERY)
    if isinstance(every, BadValue):
        errors.append(FieldError("every", f"Enter a whole number from {every.bounds}."))
        return 1
    return every


def _weekdays(typed: TypedPlan, errors: list[FieldError]) -> frozenset[int]:
    known = [str(n) for n in range(len(WEEKDAYS))]
    if any(day not in known for day in typed.weekdays):
        errors.append(FieldError("weekdays", "Choose weekdays from Monday to Sunday."))
        return frozenset()
    return frozenset(map(int, typed.weekdays))


def _until(typed: TypedPlan, errors: list[FieldError]) -> date | None:
    if not typed.until.strip():
        return None
    found = day(typed.until)
    if isinstance(found, BadValue):
        errors.append(FieldError("until", "Enter the last day, such as 2027-03-31, or leave it."))
        return None
    return found
