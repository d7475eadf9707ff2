"""How things are said and shown on the page: states, instants, numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import cast

from flask import Flask, g
from markupsafe import Markup, escape

from gateway.services.box.setup import Setup
from gateway.services.people.numbers import display
from gateway.text.plural import counted
from webui.page.current import box, signed_in


@dataclass(frozen=True, slots=True)
class StateWords:
    words: str
    tone: str  # calm | busy | good | warn | bad: a colour, never the only sign
    icon: str


STATES: dict[str, StateWords] = {
    "pending": StateWords("Pending", "busy", "clock"),
    "sending": StateWords("Sending", "busy", "send"),
    "sent": StateWords("Sent", "good", "tick"),
    "delivered": StateWords("Delivered", "good", "ticks"),
    "failed": StateWords("Failed", "bad", "cross"),
    "uncertain": StateWords("May have been sent", "warn", "question"),
    "cancelled": StateWords("Cancelled", "calm", "cross"),
}
phone = lru_cache(maxsize=2000)(display)  # formatting takes a tenth of a millisecond each
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def init_app(app: Flask) -> None:
    app.add_template_filter(when)
    app.add_template_filter(exactly)
    app.add_template_filter(clock)
    app.add_template_filter(phone, "phone")
    app.add_template_filter(counted)
    app.add_template_filter(then)
    app.add_template_filter(coded)
    app.context_processor(_globals)


def _globals() -> dict[str, object]:
    return {
        "signed_in": signed_in(),
        "simulated": box().phone is not None,
        "box_name": _box_name,
        "setting_up": _setting_up,
    }


def _setting_up() -> bool:
    """Whether the first run waits to be gone on with."""
    return Setup().progress().open


def _box_name() -> str:
    return box().preferences.name()


NOT_SENT = StateWords("Not sent", "calm", "cross")


def state_words(state: str, *, deleted: bool = False) -> StateWords:
    """`deleted`: its message is, so that what waits to be sent is not."""
    return NOT_SENT if deleted and state == "pending" else STATES[state]


def then(words: str, advice: str) -> str:
    """A state and what to do about it, each said once: "SIM locked. Enter its PIN." """
    if not advice or advice.startswith(words):
        return advice or words
    return f"{words}. {advice}"


def coded(words: str) -> Markup:
    """Commands that stand between back-quotes, set as code."""
    parts = words.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if n % 2 else escape(part)
        for n, part in enumerate(parts)
    )


def local(instant: int, offset_minutes: int | None = None) -> datetime:
    """Milliseconds -> the box's own time zone, or the zone that came with it."""
    zone = _box_zone() if offset_minutes is None else timezone(timedelta(minutes=offset_minutes))
    return datetime.fromtimestamp(instant / 1000, UTC).astimezone(zone)


def _box_zone() -> tzinfo | None:
    """Asked once a request: a list shows a hundred times of day."""
    if "zone" not in g:
        g.zone = box().preferences.zone()
    return cast("tzinfo | None", g.zone)


def when(instant: int | None) -> Markup:
    """Short, for a list: the time of today's, the day of older ones; the exact one in the title."""
    if instant is None:
        return Markup("")
    if "today" not in g:
        g.today = local(box().clock.now()).date()
    return _when(instant, _box_zone(), g.today)


def clock(instant: int) -> str:
    """In the middle of a sentence: "22:51", "1 Dec, 22:51" of another day."""
    then, today = local(instant), local(box().clock.now()).date()
    shown = f"{then:%H:%M}"
    return shown if then.date() == today else f"{then.day} {MONTHS[then.month - 1]}, {shown}"


@lru_cache(maxsize=500)  # the same ones are shown again and again
def _when(instant: int, zone: tzinfo | None, today: date) -> Markup:
    then = datetime.fromtimestamp(instant / 1000, UTC).astimezone(zone)
    if then.date() == today:
        shown = f"{then:%H:%M}"
    elif then.year == today.year:
        shown = f"{then.day} {MONTHS[then.month - 1]}, {then:%H:%M}"
    else:
        shown = f"{then.day} {MONTHS[then.month - 1]} {then.year}"
    return Markup('<time datetime="{}" title="{}" data-ago>{}</time>').format(
        then.isoformat(timespec="seconds"), full(then), shown
    )


def exactly(instant: int | None, there: int | None = None) -> Markup:
    """In full, for an opened message, in the box's zone like everything else in it.

    `there`: minutes east of UTC that the instant came with. Where that is another time of day it is
    told in the title, and to who hears the page.
    """
    if instant is None:
        return Markup("")
    then = local(instant)
    stamp, shown = then.isoformat(timespec="seconds"), full(then)
    if there is None or then.utcoffset() == timedelta(minutes=there):
        return Markup('<time datetime="{}">{}</time>').format(stamp, shown)
    told = f"where it was sent: {full(local(instant, there))}"
    return Markup(
        '<time datetime="{}" title="{}">{}</time><span class="unseen"> ({})</span>'
    ).format(stamp, told, shown, told)


def full(then: datetime) -> str:
    zone = then.tzname() or ""
    return f"{then.day} {MONTHS[then.month - 1]} {then.year}, {then:%H:%M:%S} {zone}".strip()


def iso(instant: int, offset_minutes: int = 0) -> str:
    """For programs: ISO 8601 with zone, "2026-11-23T10:00:00.000Z"."""
    zone = timezone(timedelta(minutes=offset_minutes))
    text = datetime.fromtimestamp(instant / 1000, zone).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def shortened(text: str, limit: int = 160) -> str:
    """First words for a row; the style sheet cuts it to the width there is."""
    line = " ".join(text[: limit * 2].split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
