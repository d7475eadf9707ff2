"""What came of the turns of a schedule, and which of it nobody has seen yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.store.file.database import errors, execute, transaction

RUNS_KEPT = 30  # for each schedule


class RunOutcome(StrEnum):
    SENT = "sent"
    MISSED = "missed"  # too late to be sent
    HELD = "held"  # put back from a backup: a person says whether it is still to be sent
    FAILED = "failed"  # nobody to send it to, or nothing to send


TO_BE_SEEN = (RunOutcome.MISSED, RunOutcome.FAILED, RunOutcome.HELD)


@dataclass(frozen=True, slots=True)
class ScheduleRunInfo:
    """What is remembered of a turn, or of several that were missed in a row."""

    outcome: RunOutcome
    planned_at: int
    last_at: int
    turns: int = 1
    words: str = ""
    at: int = 0
    message_id: int | None = None
    unseen: bool = False
    id: int = 0
    schedule_id: int = 0


_RUN = "outcome, planned_at, last_at, turns, words, at, message, unseen, id, schedule_id"


def _run(row: tuple[Any, ...]) -> ScheduleRunInfo:
    outcome, planned_at, last_at, turns, words, at, message_id, unseen_, id_, schedule_id = row
    return ScheduleRunInfo(
        RunOutcome(outcome), planned_at, last_at, turns, words, at, message_id, bool(unseen_), id_,
        schedule_id,
    )  # fmt: skip


def remember(schedule_id: int, run: ScheduleRunInfo, message_id: int | None, now: int) -> None:
    """Part of the transaction that moves the schedule on."""
    execute(
        "INSERT INTO schedule_run (schedule_id, at, planned_at, last_at, turns, outcome, words,"
        " message, unseen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            schedule_id,
            now,
            run.planned_at,
            run.last_at,
            run.turns,
            run.outcome,
            run.words,
            message_id,
            run.outcome in TO_BE_SEEN,
        ),
    )
    execute(
        "DELETE FROM schedule_run WHERE schedule_id = ? AND id <= (SELECT id FROM schedule_run"
        " WHERE schedule_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (schedule_id, schedule_id, RUNS_KEPT),
    )


def acknowledge(up_to: int) -> int:
    """A person has seen the notices up to this run. Returns how many."""
    with transaction():
        return int(
            execute(
                "UPDATE schedule_run SET unseen = 0 WHERE unseen = 1 AND id <= ?", (up_to,)
            ).rowcount
        )


def newest(schedule_ids: Iterable[int], limit: int = 5) -> dict[int, list[ScheduleRunInfo]]:
    """The last runs of each, newest first."""
    found: dict[int, list[ScheduleRunInfo]] = {}
    with errors():
        for schedule_id in schedule_ids:
            rows = execute(
                f"SELECT {_RUN} FROM schedule_run WHERE schedule_id = ? ORDER BY id DESC LIMIT ?",  # noqa: S608
                (schedule_id, limit),
            ).fetchall()
            found[schedule_id] = [_run(row) for row in rows]
    return found


def unseen(limit: int = 20) -> list[ScheduleRunInfo]:
    """What nobody has acknowledged, newest first."""
    with errors():
        rows = execute(
            f"SELECT {_RUN} FROM schedule_run WHERE unseen = 1 ORDER BY id DESC LIMIT ?",  # noqa: S608
            (limit,),
        ).fetchall()
    return [_run(row) for row in rows]


def run_of(message_id: int) -> ScheduleRunInfo | None:
    """The run that made a message."""
    with errors():
        row = execute(
            f"SELECT {_RUN} FROM schedule_run WHERE message = ?",  # noqa: S608
            (message_id,),
        ).fetchone()
    return _run(row) if row else None
