"""`pigeonbox scheduled`: what is sent later, also while the service does not run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway import config
from gateway.cli.shared import (
    PlainError,
    as_json,
    common,
    editor_name,
    open_store,
    read_settings,
    store_clock,
)
from gateway.text.printable import say, say_json
from gateway.text.values import BadValue, milliseconds, moment

if TYPE_CHECKING:
    from gateway.services.schedules.plan import TypedPlan
    from gateway.services.schedules.schedules import Schedules
    from gateway.store.schedules.schedules import ScheduleInfo


@click.group()
def scheduled() -> None:
    """Messages that are sent later."""


@scheduled.command("list")
@common
@as_json
def list_(config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """What waits for its time, the next one first."""
    from gateway.services.schedules import schedule_report
    from gateway.store.schedules import schedule_runs

    with _opened(config_file, data) as service:
        found = schedule_report.everything()
        runs = schedule_runs.newest([s.id for s in found], 1)
        if as_json:
            say_json([schedule_report.schedule(s) for s in found])
            return
        for one in found:
            say(_line(service, one))
            for run in runs[one.id]:
                if run.words:
                    say(f"    last time: {run.outcome}. {run.words}")
    if not found:
        say("Nothing is scheduled.")


@scheduled.command()
@common
@click.argument("number", metavar="NUMBER", type=int)
def cancel(config_file: Path | None, data: Path | None, number: int) -> None:
    """Send nothing more of NUMBER, as the list shows it."""
    from gateway.services.schedules.schedules import ScheduleGone

    with _opened(config_file, data) as service:
        try:
            service.cancel(number, None, editor_name())
        except ScheduleGone as e:
            raise PlainError(str(e)) from e
    say(f"Number {number} is cancelled.")


@scheduled.command()
@common
@click.argument("number", metavar="NUMBER", type=int)
def pause(config_file: Path | None, data: Path | None, number: int) -> None:
    """Send nothing of NUMBER until it is resumed."""
    with _changing(config_file, data, number) as (service, version):
        if not service.pause(number, version, editor_name()):
            raise PlainError(f"Number {number} is not running: it is paused, or was sent just now.")
    say(f"Number {number} is paused.")


@scheduled.command()
@common
@click.argument("number", metavar="NUMBER", type=int)
def resume(config_file: Path | None, data: Path | None, number: int) -> None:
    """Go on with NUMBER; what its pause has passed over is not sent."""
    with _changing(config_file, data, number) as (service, version):
        if not service.resume(number, version, editor_name()):
            raise PlainError(f"Number {number} is not paused.")
    say(f"Number {number} is resumed.")


@scheduled.command("send-now")
@common
@click.argument("number", metavar="NUMBER", type=int)
def send_now(config_file: Path | None, data: Path | None, number: int) -> None:
    """Send NUMBER at once; one that repeats keeps its other times."""
    from gateway.services.schedules.schedules import ScheduleGone

    with _opened(config_file, data) as service:
        try:
            moved = service.send_now(number, None, editor_name())
        except ScheduleGone as e:
            raise PlainError(str(e)) from e
    if moved is None:
        raise PlainError("It was sent by itself just now.")
    say(f"Number {number} is queued.")


@contextmanager
def _changing(
    config_file: Path | None, data: Path | None, number: int
) -> Iterator[tuple[Schedules, int]]:
    """The service and the version that the schedule has by now."""
    from gateway.services.schedules.schedules import ScheduleGone

    with _opened(config_file, data) as service:
        try:
            yield service, service.get(number).version
        except ScheduleGone as e:
            raise PlainError(str(e)) from e


REPEATS = click.Choice(["day", "week", "month"])
WITHOUT_ZONE = "A message that repeats goes by the box's clock: give --at without a zone."


def typed_plan(at: str, repeat: str, every: int, days: str, until: str) -> TypedPlan:
    """What `send` was told of a message that repeats, as the page's form has it."""
    from gateway.decisions.recurrence import WEEKDAYS
    from gateway.services.schedules.plan import TypedPlan

    found = _time(at)
    if found.tzinfo is not None:
        raise PlainError(WITHOUT_ZONE)
    known = {day[:3].lower(): str(n) for n, day in enumerate(WEEKDAYS)}
    names = [day.strip()[:3].lower() for day in days.split(",") if day.strip()]
    if unknown := [name for name in names if name not in known]:
        words = f"There is no day {unknown[0]}; name days as in --on {','.join(known)}."
        raise PlainError(words)
    if names and repeat != "week":
        raise click.UsageError("--on goes with --repeat week.")
    return TypedPlan(
        date=found.date().isoformat(),
        time=f"{found:%H:%M:%S}" if found.second else f"{found:%H:%M}",
        unit=repeat,
        every=str(every),
        weekdays=tuple(known[name] for name in names) or (str(found.weekday()),),
        until=until,
    )


def instant(service: Schedules, text: str) -> int:
    """Milliseconds UTC of "2026-12-01 09:30" on the box's clock, or of an instant with its zone."""
    from gateway.decisions import recurrence

    found = _time(text)
    if found.tzinfo is None:
        return recurrence.instant(found, service.zone().rules)
    return milliseconds(found)


def _time(text: str) -> datetime:
    found = moment(text)
    if isinstance(found, BadValue):
        raise PlainError("--at must be a time such as 2026-12-01T09:30, or one with its zone.")
    return found


def make(settings: config.Config) -> Schedules:
    from gateway.events import Events
    from gateway.services.box.preferences import Preferences
    from gateway.services.messages.accept import Messages
    from gateway.services.schedules.schedules import Schedules

    events = Events()
    preferences = Preferences(events, settings.country)
    clock = store_clock()
    messaging = Messages(clock, events, preferences.country)
    return Schedules(clock, events, messaging, preferences)


@contextmanager
def _opened(config_file: Path | None, data: Path | None) -> Iterator[Schedules]:
    settings = read_settings(config_file, data)
    with open_store(settings):
        yield make(settings)


def _line(service: Schedules, one: ScheduleInfo) -> str:
    from gateway.decisions import recurrence
    from gateway.services.schedules.schedule_people import recipient_names

    when = "paused"
    if one.next and one.status == "active":
        zone = service.zone().rules
        then = datetime.fromtimestamp(one.next.at / 1000, UTC).astimezone(zone)
        when = f"{then:%Y-%m-%d %H:%M %Z}"
    repeat = recurrence.repeat_words(one.repeat)
    to = ", ".join(n.name for n in recipient_names(one.content.recipients[:3]))
    more = len(one.content.recipients) - 3
    more_words = f" and {more} more" if more > 0 else ""
    text = " ".join(one.content.text[:200].split())
    return f"{one.id}  {when}, {repeat}, to {to}{more_words}: {text[:60]}"
