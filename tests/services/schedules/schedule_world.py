"""What tests of sending later begin with: words, times, people, and what went out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gateway.decisions.recurrence import instant
from gateway.services.messages.accept import WrittenMessage
from gateway.services.schedules.plan import TypedPlan
from gateway.services.schedules.schedules import Schedules
from gateway.store.messages import details, lists
from gateway.store.people import groups, people
from gateway.store.people.people import ContactInfo
from gateway.store.schedules import schedule_runs
from gateway.store.schedules.schedule_runs import RunOutcome
from gateway.store.search.views import View

ANN, BOB, CAT = "+254711000001", "+254711000002", "+254711000003"


def draft(text: str = "hello", to: object = ANN, **changes: object) -> WrittenMessage:
    return replace(WrittenMessage(recipients=to, text=text, fill=True), **changes)


def daily(**changes: str) -> TypedPlan:
    return replace(TypedPlan("2026-11-20", "09:00", "day"), **changes)


def at(scheduling: Schedules, clock, wall: str) -> None:
    """It is this time on the box's clock."""
    clock.ms = instant(datetime.fromisoformat(wall), scheduling.zone().rules)


def sent() -> list[tuple[str, str]]:
    """(number, text) of everything in the outbox, oldest first."""
    found = []
    for row in reversed(lists.page(View.ALL)):
        message = details.get(row.id)
        assert message
        found += [(d.number, d.text or message.text) for d in message.dispatches]
    return found


def outcomes(schedule_id: int) -> list[RunOutcome]:
    return [r.outcome for r in reversed(schedule_runs.newest([schedule_id], 50)[schedule_id])]


def person(name: str, number: str, *group_ids: int) -> int:
    contact_id = people.add(ContactInfo(name, number), 0)
    for group_id in group_ids:
        groups.join(group_id, [contact_id])
    return contact_id
