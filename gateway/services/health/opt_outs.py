"""Whom STOP or the guard of replies keeps from what people count on, as health tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gateway.decisions.activities import ActionKind
from gateway.health.snapshot import KeptStop, SilencedSender, Unreached
from gateway.services.people.numbers import display
from gateway.store.activities import activities, replies, stops
from gateway.store.activities.activities import ForwardRecipient
from gateway.store.people import blocked, people
from gateway.store.schedules import schedules

MOST_SCHEDULES = 500  # that are looked at; more are no plan of a person's


def unreached() -> Iterator[Unreached]:
    """Each activity and scheduled message that somebody who is blocked does not get."""
    if not blocked.count():
        return
    for activity in activities.enabled():
        whom = [
            one
            for action in activity.actions
            if action.kind is ActionKind.FORWARD
            for one in action.recipients
        ]
        yield from _unreached(
            f"The activity “{activity.name}”", _recipient_names(whom), _groups(whom)
        )
    for kept in schedules.waiting(limit=MOST_SCHEDULES):
        named = [r.number for r in kept.content.recipients if r.kind != "group"]
        in_groups = [r.id for r in kept.content.recipients if r.kind == "group"]
        text = " ".join(kept.content.text.split())
        short = text if len(text) <= 40 else f"{text[:39]}…"
        yield from _unreached(f"The scheduled message “{short}”", named, in_groups)


def _recipient_names(whom: Iterable[ForwardRecipient]) -> list[str]:
    contacts = people.by_ids([one.person for one in whom if one.person is not None])
    return [*(one.number for one in whom if one.number), *(c.number for c in contacts if c.number)]


def _groups(whom: Iterable[ForwardRecipient]) -> list[int]:
    return [one.group for one in whom if one.group is not None]


def _unreached(what: str, named: list[str], in_groups: list[int]) -> Iterator[Unreached]:
    by_name = blocked.of(named)
    found = {one.number: one for one in by_name}
    for group_id in in_groups:
        found |= {one.number: one for one in blocked.in_group(group_id)}
    if found:
        latest = sorted(found.values(), key=lambda one: one.at, reverse=True)
        yield Unreached(
            what, tuple(_person(one.number) for one in latest), latest[0].at, named=bool(by_name)
        )


def kept_stops() -> Iterator[KeptStop]:
    """STOPs of those who are always reached, until somebody has read them."""
    for stop, at in stops.unread_kept():
        yield KeptStop(_person(stop.number), stop.word, at)


def silenced(now: int) -> Iterator[SilencedSender]:
    """Whom the guard does not answer at the moment."""
    for one in replies.silenced(now):
        yield SilencedSender(_person(one.number), one.words, one.at)


def _person(number: str) -> str:
    name = people.names([number]).get(number, "")
    return f"{name} ({display(number)})" if name else display(number)
