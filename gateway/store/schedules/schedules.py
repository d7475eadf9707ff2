"""What is sent later: kept here from the writing to the last run.

A run's message is stored in the transaction that moves the schedule on to its next turn, so that
neither a crash nor a restart sends a turn twice or leaves it out. Every change names the version
that it was decided on; a schedule that has changed since is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from gateway.clock import DAY
from gateway.decisions.recurrence import Repeat, Turn, Unit
from gateway.steps import step
from gateway.store.file import audit
from gateway.store.file.database import errors, execute, insert, transaction
from gateway.store.messages import outbox
from gateway.store.messages.outbox import DuplicateId, OutgoingMessage
from gateway.store.schedules import schedule_runs
from gateway.store.schedules.schedule_runs import ScheduleRunInfo

FINISHED_KEPT = 90 * DAY
PAGE = 50


class ScheduleStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ScheduleRecipient:
    """`kind`: "number", "person" or "group". `id` is the contact's or the group's."""

    kind: str
    number: str = ""  # of a person, as it was when this was written
    id: int = 0
    name: str = ""  # as it was then


@dataclass(frozen=True, slots=True)
class ScheduleContent:
    """What is sent, as it was written."""

    text: str
    recipients: tuple[ScheduleRecipient, ...]
    connection_id: int | None = None
    with_report: bool = True
    when_uncertain: str = "hold"
    flash: bool = False
    fill: bool = False
    priority: int = 0
    ttl_seconds: int | None = None
    answers: tuple[int, ...] = ()  # ids of the received messages that it answers


@dataclass(frozen=True, slots=True)
class SchedulePlan:
    """When it is sent. `zone`: IANA name, "" = the box's own; `turn` was reckoned in `zone_used`"""

    repeat: Repeat
    zone: str
    turn: Turn
    zone_used: str


@dataclass(frozen=True, slots=True)
class ScheduleInfo:
    id: int
    content: ScheduleContent
    repeat: Repeat
    zone: str
    status: ScheduleStatus
    next: Turn | None  # kept while paused
    zone_used: str
    version: int
    client_id: str | None
    author: str
    origin: str
    created_at: int
    changed_at: int


@dataclass(frozen=True, slots=True)
class ScheduleStep:
    """How a schedule moves on: what is remembered, what goes out, what comes next."""

    status: ScheduleStatus
    next: Turn | None
    zone_used: str
    runs: tuple[ScheduleRunInfo, ...] = ()  # the last one is that of `outgoing`
    outgoing: OutgoingMessage | None = None
    who: str = ""  # a person's doing, for the audit list
    action: str = ""


@dataclass(frozen=True, slots=True)
class ScheduleMoved:
    version: int
    message_id: int | None = field(default=None)


# writing ---------------------------------------------------------------------------------------


def add(
    content: ScheduleContent,
    plan: SchedulePlan,
    *,
    client_id: str | None,
    author: str,
    origin: str,
    now: int,
) -> int:
    """On disk when it returns. Raises DuplicateId, StoreError."""
    columns = _content_columns(content) | _plan_columns(plan)
    columns |= {"client_id": client_id, "author": author, "origin": origin}
    columns |= {"created_at": now, "changed_at": now, "state": ScheduleStatus.ACTIVE}
    with transaction():
        if client_id is not None and _is_taken(client_id):
            raise DuplicateId(client_id)
        marks = ", ".join("?" * len(columns))
        return insert(
            f"INSERT INTO schedule ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
            tuple(columns.values()),
        )


def _is_taken(client_id: str) -> bool:
    sql = (
        "SELECT EXISTS (SELECT 1 FROM message WHERE client_id = ?)"
        " OR EXISTS (SELECT 1 FROM schedule WHERE client_id = ?)"
    )
    return bool(execute(sql, (client_id, client_id)).fetchone()[0])


def change(
    schedule_id: int, version: int, content: ScheduleContent, plan: SchedulePlan, now: int, who: str
) -> bool:
    """New words and times. False when it is not as it was at `version` any more."""
    columns = _content_columns(content) | _plan_columns(plan)
    columns |= {"changed_at": now, "version": version + 1, "state": ScheduleStatus.ACTIVE}
    sets = ", ".join(f"{name} = ?" for name in columns)
    with transaction():
        changed = execute(
            f"UPDATE schedule SET {sets} WHERE id = ? AND version = ?"  # noqa: S608
            " AND state IN ('active', 'paused')",
            (*columns.values(), schedule_id, version),
        ).rowcount
        if changed:
            audit.write(now, who, "change scheduled message", str(schedule_id))
    return bool(changed)


def move(schedule: ScheduleInfo, how: ScheduleStep, now: int) -> ScheduleMoved | None:
    """Store the message and move the schedule on, in one commit.

    None, and nothing is changed, when the schedule is not as it was read any more.
    """
    with transaction():
        message_id = None
        changed = execute(
            "UPDATE schedule SET state = ?, next_wall = ?, next_at = ?, zone_used = ?,"
            " changed_at = ?, version = version + 1 WHERE id = ? AND version = ? AND state = ?",
            (
                how.status,
                how.next and how.next.wall.isoformat(),
                how.next and how.next.at,
                how.zone_used,
                now,
                schedule.id,
                schedule.version,
                schedule.status,
            ),
        ).rowcount
        if changed != 1:
            return None
        if how.outgoing:
            message_id = outbox.add(how.outgoing)
            step("scheduled message written")
        for run in how.runs:
            last = run is how.runs[-1]
            schedule_runs.remember(schedule.id, run, message_id if last else None, now)
        if how.action:
            audit.write(now, how.who, how.action, str(schedule.id))
    return ScheduleMoved(schedule.version + 1, message_id)


def prune(now: int) -> int:
    """Forget what was finished long ago. Returns how many."""
    with transaction():
        return int(
            execute(
                "DELETE FROM schedule WHERE state IN ('done', 'cancelled') AND changed_at < ?",
                (now - FINISHED_KEPT,),
            ).rowcount
        )


def _content_columns(c: ScheduleContent) -> dict[str, object]:
    recipients = [
        {name: value for name in ("kind", "number", "id", "name") if (value := getattr(r, name))}
        for r in c.recipients
    ]
    return {
        "text": c.text,
        "recipients": json.dumps(recipients),
        "connection": c.connection_id,
        "with_report": c.with_report,
        "when_uncertain": c.when_uncertain,
        "flash": c.flash,
        "fill": c.fill,
        "priority": c.priority,
        "ttl_seconds": c.ttl_seconds,
        "answers": json.dumps(c.answers) if c.answers else "",
    }


def _plan_columns(p: SchedulePlan) -> dict[str, object]:
    return {
        "start": p.repeat.start.isoformat(),
        "unit": p.repeat.unit,
        "every": p.repeat.every,
        "weekdays": " ".join(map(str, sorted(p.repeat.weekdays))),
        "until": p.repeat.until.isoformat() if p.repeat.until else "",
        "zone": p.zone,
        "next_wall": p.turn.wall.isoformat(),
        "next_at": p.turn.at,
        "zone_used": p.zone_used,
    }


# reading ---------------------------------------------------------------------------------------

_COLUMNS = (
    "id, text, recipients, connection, with_report, when_uncertain, flash, fill, priority,"
    " ttl_seconds, start, unit, every, weekdays, until, zone, state, next_wall, next_at, zone_used,"
    " answers, version, client_id, author, origin, created_at, changed_at"
)


def _read(more: str, params: Sequence[object] = ()) -> list[ScheduleInfo]:
    with errors():
        rows = execute(f"SELECT {_COLUMNS} FROM schedule {more}", params).fetchall()  # noqa: S608
    return [_schedule(row) for row in rows]


def _schedule(row: tuple[Any, ...]) -> ScheduleInfo:
    (id_, text, recipients, connection_id, with_report, when_uncertain, flash, fill) = row[:8]
    (priority, ttl, start, unit, every, weekdays, until, zone, state) = row[8:17]
    (next_wall, next_at, zone_used, answers, version, *rest) = row[17:]
    content = ScheduleContent(
        text=text,
        recipients=tuple(ScheduleRecipient(**one) for one in json.loads(recipients)),
        connection_id=connection_id,
        with_report=bool(with_report),
        when_uncertain=when_uncertain,
        flash=bool(flash),
        fill=bool(fill),
        priority=priority,
        ttl_seconds=ttl,
        answers=tuple(json.loads(answers)) if answers else (),
    )
    repeat = Repeat(
        start=datetime.fromisoformat(start),
        unit=Unit(unit),
        every=every,
        weekdays=frozenset(map(int, weekdays.split())),
        until=date.fromisoformat(until) if until else None,
    )
    turn = Turn(datetime.fromisoformat(next_wall), next_at) if next_wall else None
    return ScheduleInfo(
        id_, content, repeat, zone, ScheduleStatus(state), turn, zone_used, version, *rest
    )


def get(schedule_id: int) -> ScheduleInfo | None:
    return next(iter(_read("WHERE id = ?", (schedule_id,))), None)


def by_client_id(client_id: str) -> ScheduleInfo | None:
    return next(iter(_read("WHERE client_id = ?", (client_id,))), None)


def due(now: int, limit: int) -> list[ScheduleInfo]:
    """Those whose turn has come, the earliest first."""
    return _read(
        "WHERE state = 'active' AND next_at <= ? ORDER BY next_at, id LIMIT ?", (now, limit)
    )


def next_at() -> int | None:
    """The instant of the next turn of all."""
    with errors():
        row = execute(
            "SELECT next_at FROM schedule WHERE state = 'active' ORDER BY next_at LIMIT 1"
        ).fetchone()
    return row[0] if row else None


def in_other_zones(zone_used: str) -> list[ScheduleInfo]:
    """Those that follow the box's zone and were reckoned in another one."""
    return _read(
        "WHERE state IN ('active', 'paused') AND zone = '' AND zone_used <> ?", (zone_used,)
    )


def waiting(after: tuple[int, int] | None = None, limit: int = PAGE) -> list[ScheduleInfo]:
    """A page of the active ones, the next turn first; `after`: next_at and id of the last above."""
    return _read(
        "WHERE state = 'active' AND (next_at, id) > (?, ?) ORDER BY next_at, id LIMIT ?",
        (*(after or (-(2**62), 0)), limit),
    )


def paused(limit: int = 200) -> list[ScheduleInfo]:
    return _read("WHERE state = 'paused' ORDER BY next_at, id LIMIT ?", (limit,))


def finished(limit: int = 20) -> list[ScheduleInfo]:
    """Done and cancelled ones, the newest first."""
    return _read(
        "WHERE id IN (SELECT id FROM schedule WHERE state IN ('done', 'cancelled')"
        " ORDER BY changed_at DESC LIMIT ?) ORDER BY changed_at DESC, id DESC",
        (limit,),
    )


def count() -> int:
    """How many are active or paused."""
    with errors():
        row = execute(
            "SELECT count(*) FROM schedule WHERE state IN ('active', 'paused')"
        ).fetchone()
    return int(row[0])


def of_group(group_id: int) -> list[ScheduleInfo]:
    """Active and paused ones that go to this group."""
    return _read(
        "WHERE state IN ('active', 'paused') AND EXISTS (SELECT 1 FROM json_each(recipients)"
        " WHERE json_extract(value, '$.kind') = 'group' AND json_extract(value, '$.id') = ?)",
        (group_id,),
    )
