"""What is sent later in plain values, for programs: the API and the command line tell the same."""

from __future__ import annotations

from typing import Any

from gateway.decisions import recurrence
from gateway.store.schedules import schedules
from gateway.store.schedules.schedules import ScheduleInfo, ScheduleStatus

ALL = -1  # SQLite's word for no limit


def everything() -> list[ScheduleInfo]:
    """What waits for its time, the next one first; then what is paused."""
    return schedules.waiting(limit=ALL) + schedules.paused(ALL)


def schedule(one: ScheduleInfo) -> dict[str, Any]:
    """`next_at`: ms UTC; None while it is paused."""
    return {
        "number": one.id,
        "id": one.client_id,
        "state": str(one.status),
        "next_at": one.next.at if one.next and one.status is ScheduleStatus.ACTIVE else None,
        "repeat": recurrence.repeat_words(one.repeat),
        "text": one.content.text,
        "recipients": [
            {"kind": r.kind, "number": r.number, "name": r.name} for r in one.content.recipients
        ],
    }
