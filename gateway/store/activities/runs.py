"""What received messages have set off: decided once, in the transaction that stores the message.

Each action of it is a row with its own state (gateway.decisions.activities.steps), so that
whatever happens in between, every action is done exactly once. A webhook may be called again when
the box died before it could write the answer down; the called one knows it by its id.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.clock import HOUR
from gateway.decisions.activities import ActionKind, StepMove, StepState, steps
from gateway.store.activities.activities import (
    Action,
    ForwardRecipient,
    recipients_as_text,
    recipients_from,
)
from gateway.store.file.database import errors, execute, insert, transaction

FALLBACK = 0  # instead of an activity's id: the fallback reply
FAR = 2 * HOUR  # no try is so far ahead: the clock was set back


@dataclass(frozen=True, slots=True)
class FreshMessage:
    """A received message that activities have not been asked about."""

    id: int
    sender: str
    text: str
    at: int
    connection_id: int | None


@dataclass(frozen=True, slots=True)
class FiredActivity:
    """What a message sets off. `activity_id` is FALLBACK for the fallback reply."""

    activity_id: int
    name: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class ActionStep:
    """An action to be done, with the message that set it off."""

    id: int
    action_id: int
    kind: ActionKind
    text: str
    recipients: tuple[ForwardRecipient, ...]
    group_id: int | None
    tries: int
    activity_name: str
    message: FreshMessage


@dataclass(frozen=True, slots=True)
class ActivityStepInfo:
    """What became of an action, for people."""

    id: int
    kind: ActionKind
    state: StepState
    at: int
    due_at: int
    tries: int
    words: str
    made_id: int | None  # the message that it made, unless that was deleted for good


@dataclass(frozen=True, slots=True)
class ActivityRunInfo:
    activity_id: int
    name: str
    at: int
    steps: tuple[ActivityStepInfo, ...]


# the decision ----------------------------------------------------------------------------------


def undecided(message_id: int) -> FreshMessage | None:
    """None: it is no SMS of somebody's, or was decided about before."""
    with errors():
        row = execute(
            "SELECT id, peer, text, created_at, connection_id FROM message"
            " WHERE id = ? AND direction = 'in' AND kind = 'sms' AND triggered IS NULL",
            (message_id,),
        ).fetchone()
    return FreshMessage(*row) if row else None


def decide(message_id: int, fired: Sequence[FiredActivity], now: int) -> bool:
    """Write down what a message sets off; False when that was done before."""
    with transaction():
        triggered = any(one.activity_id != FALLBACK for one in fired)
        done = execute(
            "UPDATE message SET triggered = ? WHERE id = ? AND triggered IS NULL",
            (triggered, message_id),
        )
        if done.rowcount != 1:
            return False
        for one in fired:
            begin(message_id, one, now)
    return True


def begin(message_id: int, fired: FiredActivity, now: int) -> None:
    """Inside the transaction that decides."""
    run_id = insert(
        "INSERT INTO activity_run (message_id, activity_id, name, at) VALUES (?, ?, ?, ?)",
        (message_id, fired.activity_id, fired.name, now),
    )
    for one in fired.actions:
        insert(
            "INSERT INTO activity_step (run_id, action_id, kind, text, recipients, group_id,"
            " state_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(run_id, one.id, one.kind, one.text, recipients_as_text(one.recipients)),
                *(one.group_id, now, now),
            ),
        )
    execute(
        "UPDATE activity SET fired = fired + 1, last_fired_at = ? WHERE id = ?",
        (now, fired.activity_id),
    )


# doing it --------------------------------------------------------------------------------------

_STEP = (
    "SELECT s.id, s.action_id, s.kind, s.text, s.recipients, s.group_id, s.tries, r.name,"
    " m.id, m.peer, m.text, m.created_at, m.connection_id FROM activity_step s"
    " JOIN activity_run r ON r.id = s.run_id JOIN message m ON m.id = r.message_id"
)


def next_waiting() -> ActionStep | None:
    """The oldest action whose turn has come."""
    return _one(f"{_STEP} WHERE s.state = 'waiting' ORDER BY s.id LIMIT 1")


def next_call(action_id: int, now: int) -> ActionStep | None:
    """The next message that this webhook is to be told of."""
    return _one(
        f"{_STEP} WHERE s.state = 'calling' AND s.action_id = ?"
        " AND (s.due_at <= ? OR s.due_at > ?) ORDER BY s.due_at, s.id LIMIT 1",
        action_id,
        now,
        now + FAR,
    )


def webhooks_due(now: int) -> list[int]:
    """Actions that have something to tell now."""
    with errors():
        rows = execute(
            "SELECT DISTINCT action_id FROM activity_step WHERE state = 'calling'"
            " AND (due_at <= ? OR due_at > ?)",
            (now, now + FAR),
        ).fetchall()
    return [action_id for (action_id,) in rows]


def next_due() -> int | None:
    """When the next webhook is to be called."""
    with errors():
        row = execute("SELECT min(due_at) FROM activity_step WHERE state = 'calling'").fetchone()
    return row[0] if row else None


def _one(sql: str, *params: object) -> ActionStep | None:
    with errors():
        row = execute(sql, params).fetchone()
    return _step(row) if row else None


def _step(row: tuple[Any, ...]) -> ActionStep:
    id_, action_id, kind, text, recipients, group_id, tries, name, *message = row
    return ActionStep(
        id=id_,
        action_id=action_id,
        kind=ActionKind(kind),
        text=text,
        recipients=recipients_from(recipients),
        group_id=group_id,
        tries=tries,
        activity_name=name,
        message=FreshMessage(*message),
    )


def state(step_id: int) -> StepState | None:
    """None: the message was deleted for good meanwhile."""
    with errors():
        row = execute("SELECT state FROM activity_step WHERE id = ?", (step_id,)).fetchone()
    return StepState(row[0]) if row else None


def move(step_id: int, before: StepState, what: StepMove, now: int, **changes: object) -> StepState:
    """Take a step from `before` on, setting other columns with it.

    Raises steps.UndefinedStep when the table has no such move, or it is not in `before` any more.
    """
    new = steps.apply(before, what)
    more = "".join(f", {column} = ?" for column in changes)
    done = execute(
        f"UPDATE activity_step SET state = ?, state_at = ?{more} WHERE id = ? AND state = ?",  # noqa: S608
        (new, now, *changes.values(), step_id, before),
    )
    if done.rowcount != 1:
        raise steps.UndefinedStep(f"step {step_id} is not {before} any more")
    return new


def again(step_id: int, now: int) -> bool:
    """A person wants it tried again, as its activity would do it now. False: nothing to try."""
    with transaction():
        before = state(step_id)
        if before not in (StepState.FAILED, StepState.CALLING):
            return False
        move(step_id, before, StepMove.AGAIN, now, tries=0, due_at=now)
        execute(
            "UPDATE activity_step SET (text, recipients, group_id) ="
            " (SELECT a.text, a.recipients, a.group_id FROM activity_action a"
            "  WHERE a.id = activity_step.action_id) WHERE id = ?"
            " AND EXISTS (SELECT 1 FROM activity_action a WHERE a.id = activity_step.action_id"
            "  AND a.kind = activity_step.kind)",
            (step_id,),
        )
    return True


# what people see -------------------------------------------------------------------------------


def set_off(message_id: int) -> list[ActivityRunInfo]:
    """What a message has set off, in order."""
    with errors():
        runs = execute(
            "SELECT id, activity_id, name, at FROM activity_run WHERE message_id = ? ORDER BY id",
            (message_id,),
        ).fetchall()
        if not runs:
            return []
        found: dict[int, list[ActivityStepInfo]] = {}
        for run_id, id_, kind, step_state, *rest in execute(
            "SELECT run_id, id, kind, state, state_at, due_at, tries, words, made_id"
            " FROM activity_step WHERE run_id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps([run[0] for run in runs]),),
        ):
            one = ActivityStepInfo(id_, ActionKind(kind), StepState(step_state), *rest)
            found.setdefault(run_id, []).append(one)
    return [ActivityRunInfo(i, name, at, tuple(found.get(r, ()))) for r, i, name, at in runs]


def troubles() -> dict[int, int]:
    """Activity -> how many of its webhook calls wait for an answer that does not come."""
    with errors():
        rows = execute(
            "SELECT r.activity_id, count(*) FROM activity_step s"
            " JOIN activity_run r ON r.id = s.run_id"
            " WHERE s.state = 'calling' AND s.tries > 0 GROUP BY 1"
        ).fetchall()
    return dict(rows)
