"""The only statements that change the state of a dispatch and of its parts; what went wrong."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cache

from gateway.decisions import dispatch_states, part_states
from gateway.decisions.dispatch_states import DispatchMove, DispatchState
from gateway.decisions.part_states import PartMove, PartState
from gateway.store.file.database import execute


class AttemptOutcome(StrEnum):
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


def move(
    dispatch_id: int, state: DispatchState, what: DispatchMove, now: int, **changes: object
) -> DispatchState:
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


def move_part(
    part_id: int,
    state: PartState,
    what: PartMove,
    *,
    of: DispatchState | None = None,
    **changes: object,
) -> PartState:
    """Take a part from `state` to the next, setting other columns with it.

    `of`: the state that its dispatch must have. Must run inside a transaction. Raises
    UndefinedMove, also when the part is not (any more) what the caller believes.
    """
    new = part_states.apply(state, what)
    given = (new, *changes.values(), part_id, state)
    changed = execute(_of_part(tuple(changes), of is not None), given + ((of,) if of else ()))
    if changed.rowcount != 1:
        raise dispatch_states.UndefinedMove(f"part {part_id} is not {state}, and cannot {what} now")
    return new


@cache
def _of_part(columns: tuple[str, ...], of: bool) -> str:
    more = "".join(f", {column} = ?" for column in columns)
    also = " AND (SELECT state FROM dispatch WHERE id = dispatch_id) = ?" if of else ""
    return f"UPDATE part SET state = ?{more} WHERE id = ? AND state = ?{also}"  # noqa: S608


def resend_parts(dispatch_id: int) -> None:
    """What was lost or failed of a dispatch is to be sent again; the other parts stay."""
    for state in part_states.before(PartMove.RESEND):
        new = part_states.apply(state, PartMove.RESEND)
        execute(
            "UPDATE part SET state = ? WHERE dispatch_id = ? AND state = ?",
            (new, dispatch_id, state),
        )


def listed(states: Iterable[StrEnum]) -> str:
    """For SQL text: "('new', 'submitted')"."""
    return "(" + ", ".join(f"'{state}'" for state in states) + ")"


def note(
    dispatch_id: int,
    now: int,
    outcome: AttemptOutcome,
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
