"""The only statement that changes the state of a dispatch, and the note of what went wrong."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from gateway.decisions import dispatch_states
from gateway.decisions.dispatch_states import Move, State
from gateway.store.file.db import execute


class Outcome(StrEnum):
    """What a row of `attempt` tells."""

    RETRY = "retry"  # refused for now
    FAILED = "failed"  # refused for good, expired, or reported as not delivered
    UNCERTAIN = "uncertain"  # submitted, no answer
    RELEASED = "released"  # given back by its modem before anything went out
    RESENT = "resent"  # queued again by a person
    RESENT_BY_POLICY = "resent by policy"  # queued again although uncertain, as its writer wished
    LATE = "late"  # an answer or a report came after the dispatch had moved on
    CANCELLED = "cancelled"
    MOVED = "moved"  # a person gave it to another connection


def move(dispatch_id: int, state: State, what: Move, now: int, **changes: object) -> State:
    """Take a dispatch from `state` to the next, setting other columns with it.

    Must run inside a transaction in which `state` was read. Raises states.UndefinedMove.
    """
    new = dispatch_states.apply(state, what)
    sql = _statement(tuple(changes))
    changed = execute(sql, (new, now, *changes.values(), dispatch_id, state))
    if changed.rowcount != 1:
        raise dispatch_states.UndefinedMove(f"dispatch {dispatch_id} is not {state} any more")
    return new


@cache
def _statement(columns: tuple[str, ...]) -> str:
    """Column names come from our own code only."""
    more = "".join(f", {column} = ?" for column in columns)
    return f"UPDATE dispatch SET state = ?, state_at = ?{more} WHERE id = ? AND state = ?"  # noqa: S608


def note(
    dispatch_id: int,
    now: int,
    outcome: Outcome,
    *,
    reason: str = "",
    code: str = "",
    seq: int = 0,
    connection_id: int | None = None,
) -> None:
    """Remember what went wrong with a dispatch, for the person who asks why."""
    execute(
        "INSERT INTO attempt (dispatch_id, at, connection_id, seq, outcome, code, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (dispatch_id, now, connection_id, seq, outcome, code, reason),
    )
