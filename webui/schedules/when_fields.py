"""Sending later, as the page shows it: the fields of Send SMS, and the lines of Scheduled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from flask import Flask, render_template, url_for
from markupsafe import Markup

from gateway.clock import DAY, HOUR, MINUTE
from gateway.decisions import recurrence
from gateway.decisions.recurrence import WEEKDAYS, Unit
from gateway.services.clock.zones import zone
from gateway.services.schedules import plan as timing
from gateway.services.schedules import schedule_people
from gateway.services.schedules.plan import TypedPlan
from gateway.services.schedules.schedule_people import RecipientName
from gateway.store.schedules import schedule_runs, schedules
from gateway.store.schedules.schedule_runs import RunOutcome, ScheduleRunInfo
from gateway.store.schedules.schedules import ScheduleInfo, ScheduleStatus
from gateway.text.plural import counted
from gateway.text.refusal import Refused
from webui.page.arguments import a_number, an_id
from webui.page.current import box
from webui.page.formats import full, shortened

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
UNITS = (("once", "Once"), ("day", "Daily"), ("week", "Weekly"), ("month", "Monthly"))
COMING = 3  # further turns that an opened line tells
SHOWN_PEOPLE = 12
OUTCOMES = {
    RunOutcome.SENT: ("Sent", "good", "tick"),
    RunOutcome.MISSED: ("Missed", "bad", "alert"),
    RunOutcome.HELD: ("Paused", "warn", "question"),
    RunOutcome.FAILED: ("Not sent", "bad", "cross"),
}


def init_app(app: Flask) -> None:
    app.add_template_global(scheduled_count)
    app.add_template_global(unseen_runs)
    app.add_template_filter(ahead)
    app.add_template_filter(moment)


# the fields of Send SMS ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WhenFields:
    """`schedule`: the id of the one that is being changed, as it was at `version`; 0: a new one."""

    later: bool = False
    typed: TypedPlan = field(default_factory=TypedPlan)
    schedule: int = 0
    version: int = 0

    @property
    def fields(self) -> tuple[str, ...]:
        return timing.FIELDS


def posted(form: MultiDict[str, str]) -> WhenFields:
    typed = TypedPlan(
        date=form.get("date", "")[:40],
        time=form.get("time", "")[:40],
        unit=form.get("unit", "once")[:40],
        every=form.get("every", "1")[:40],
        weekdays=tuple(sorted({day[:40] for day in form.getlist("weekdays")}))[:7],
        until=form.get("until", "")[:40],
    )
    return WhenFields(
        later=form.get("when") == "later" or bool(an_id(form.get("schedule"))),
        typed=typed,
        schedule=an_id(form.get("schedule")) or 0,
        version=a_number(form.get("version")) or 0,
    )


def edited(found: ScheduleInfo) -> WhenFields:
    typed = timing.as_typed(found, box().scheduling.zone())
    return WhenFields(True, typed, found.id, found.version)


def section(when: WhenFields, errors: Mapping[str, str]) -> str:
    """When: now, or later."""
    now = box().clock.now()
    return render_template(
        "schedules/_when.html",
        when=when,
        errors=errors,
        units=UNITS,
        weekdays=list(enumerate(DAYS)),
        zone=zone_words(now),
        words=first_times_words(when),
    )


def first_times_words(when: WhenFields) -> str:
    """The first times, as they follow from what is typed; "" while that makes no sense."""
    if not when.later or not (when.typed.date and when.typed.time):
        return ""
    kept = schedules.get(when.schedule) if when.schedule else None
    own = box().scheduling.zone()
    try:
        plan = timing.read(when.typed, own, box().clock.now(), kept)
    except Refused:
        return ""
    rules = zone(plan.zone).rules if plan.zone else own.rules
    later = islice(recurrence.turns(plan.repeat, rules, plan.turn), 2)
    return render_template(
        "schedules/_when_words.html",
        first=moment(plan.turn.at),
        then=[moment(turn.at) for turn in later],
        repeat="" if plan.repeat.unit is Unit.ONCE else recurrence.repeat_words(plan.repeat),
        moved=recurrence.shown(plan.turn.at, rules) != plan.turn.wall,
    )


def zone_words(now: int) -> str:
    """ "Europe/Berlin, UTC+1. It is 14:05 there now"."""
    own = box().scheduling.zone()
    then = _local(now)
    offset = then.utcoffset()
    assert offset is not None
    minutes = int(offset.total_seconds()) // 60
    sign, minutes = ("−" if minutes < 0 else "+"), abs(minutes)
    east = f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")
    name = "" if "@" in own.name else own.name
    place = "UTC" if name in ("UTC", "Etc/UTC") else ", ".join(filter(None, (name, east)))
    return f"{place}. It is {then:%H:%M} there now, {weekday_and_day(then)}."


# Scheduled -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ScheduleRunView:
    words: str
    tone: str
    icon: str
    at: int  # the turn's own time
    last_at: int
    turns: int
    about: str
    message_id: int | None
    schedule_id: int
    id: int


@dataclass(frozen=True, slots=True)
class ScheduleView:
    id: int
    version: int
    paused: bool
    over: str  # "Sent", "Cancelled", ... of a finished one
    next_at: int | None
    left: str  # "in 3 hours"
    coming: tuple[int, ...]
    repeat: str
    who: str
    more: int  # further recipients
    people: tuple[RecipientName, ...]
    more_people: int
    count: int  # whom it would go to now
    lacking: tuple[str, ...]
    beginning: str
    text: str
    author: str
    connection: str
    runs: tuple[ScheduleRunView, ...]


def views(found: Sequence[ScheduleInfo], connections: Mapping[int, str]) -> list[ScheduleView]:
    runs = schedule_runs.newest(one.id for one in found)
    return [_view(one, [_run(r) for r in runs[one.id]], connections) for one in found]


def _view(
    one: ScheduleInfo, runs: list[ScheduleRunView], connections: Mapping[int, str]
) -> ScheduleView:
    over = one.status in (ScheduleStatus.DONE, ScheduleStatus.CANCELLED)
    to = one.content.recipients
    people = schedule_people.recipient_names(to[:SHOWN_PEOPLE])
    expanded = schedule_people.expand(() if over else to)
    own = box().scheduling.zone()
    rules = zone(one.zone).rules if one.zone else own.rules
    active = one.next is not None and one.status is ScheduleStatus.ACTIVE
    coming = islice(recurrence.turns(one.repeat, rules, one.next), COMING) if active else ()
    done = runs[0].words if runs else "Over"
    return ScheduleView(
        id=one.id,
        version=one.version,
        paused=one.status is ScheduleStatus.PAUSED,
        over="" if not over else "Cancelled" if one.status is ScheduleStatus.CANCELLED else done,
        next_at=one.next.at if one.next and active else None,
        left=_in(one.next.at - box().clock.now()) if one.next and active else "",
        coming=tuple(turn.at for turn in coming),
        repeat=recurrence.repeat_words(one.repeat),
        who=people[0].name if people else "Nobody",
        more=len(to) - 1,
        people=tuple(people),
        more_people=max(0, len(to) - SHOWN_PEOPLE),
        count=len(expanded.numbers),
        lacking=expanded.lacking,
        beginning=shortened(one.content.text),
        text=one.content.text,
        author=one.author,
        connection=connections.get(one.content.connection_id or 0, ""),
        runs=tuple(runs),
    )


def _run(run: ScheduleRunInfo) -> ScheduleRunView:
    words_, tone, icon = OUTCOMES[run.outcome]
    return ScheduleRunView(
        words=words_ if run.turns == 1 else f"{words_} {run.turns:,} times",
        tone=tone,
        icon=icon,
        at=run.planned_at,
        last_at=run.last_at,
        turns=run.turns,
        about=run.words,
        message_id=run.message_id,
        schedule_id=run.schedule_id,
        id=run.id,
    )


@dataclass(frozen=True, slots=True)
class UnseenRun:
    """What was missed and nobody has seen yet."""

    run: ScheduleRunView
    text: str


def unseen_runs() -> list[UnseenRun]:
    found = schedule_runs.unseen()
    texts = {}
    for one in found:
        kept = schedules.get(one.schedule_id)
        texts[one.schedule_id] = shortened(kept.content.text, 80) if kept else ""
    return [UnseenRun(_run(one), texts[one.schedule_id]) for one in found]


@dataclass(frozen=True, slots=True)
class ScheduledCount:
    number: int
    unseen: int


def scheduled_count() -> ScheduledCount:
    return ScheduledCount(schedules.count(), len(schedule_runs.unseen(99)))


def made_by(message_id: int) -> Markup | None:
    """For an opened message that was sent later: a link to what sent it."""
    run = schedule_runs.run_of(message_id)
    if run is None:
        return None
    link = url_for("scheduled.index", _anchor=f"s{run.schedule_id}")
    return Markup('<a href="{}">Scheduled</a> for {}').format(link, moment(run.planned_at))


# times -----------------------------------------------------------------------------------------


def _local(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(box().scheduling.zone().rules)


def weekday_and_day(then: datetime) -> str:
    return f"{WEEKDAYS[then.weekday()]} {recurrence.day(then.date())}"


def moment(at: int) -> Markup:
    """ "Tue 1 Dec 2026, 09:30 CET"."""
    then = _local(at)
    clock = f"{then:%H:%M:%S}" if then.second else f"{then:%H:%M}"
    shown = f"{weekday_and_day(then)}, {clock} {then.tzname() or ''}".strip()
    return Markup('<time datetime="{}">{}</time>').format(then.isoformat(timespec="seconds"), shown)


def ahead(at: int) -> Markup:
    """How long until then: "in 3 hours"; the exact time in the title."""
    then = _local(at)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        then.isoformat(timespec="seconds"), full(then), _in(at - box().clock.now())
    )


def _in(left: int) -> str:
    if left < MINUTE:
        return "now" if left <= 0 else "in less than a minute"
    for size, name, until in ((MINUTE, "minute", HOUR), (HOUR, "hour", 2 * DAY)):
        if left < until:
            return f"in {counted(left // size, name)}"
    if left < 60 * DAY:
        return f"in {left // DAY} days"
    if left < 730 * DAY:
        return f"in {left // (30 * DAY)} months"
    return f"in {left // (365 * DAY)} years"
