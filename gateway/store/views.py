"""Which messages a view of the inbox holds, newest first, and how many.

A view is a filter: nothing is moved. A message to many people is in every view in which it has a
dispatch. Pages are walked by key in an index, so the millionth message costs what the first did.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.states import State
from gateway.store.db import errors, execute

NEWEST = 2**63 - 1  # above every id


class View(StrEnum):
    ALL = "all"
    RECEIVED = "received"
    SENT = "sent"
    FAILED = "failed"
    PENDING = "pending"
    DELETED = "deleted"


# A dispatch in one of these states puts its message into the view.
STATES: dict[View, tuple[State, ...]] = {
    View.SENT: (State.SENT, State.DELIVERED),
    View.FAILED: (State.FAILED, State.UNCERTAIN),
    View.PENDING: (State.PENDING, State.SENDING, State.SCHEDULED),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """Messages in each view; `unread` are those of `received` that nobody has opened."""

    all: int
    received: int
    sent: int
    failed: int
    pending: int
    unread: int
    deleted: int = 0


def counts() -> Counts:
    """Read from a table that triggers keep (migration 0001): the same in a millionth message."""
    with errors():
        deleted = execute("SELECT count(*) FROM message WHERE deleted_at IS NOT NULL").fetchone()[0]
        found = dict(execute("SELECT name, value FROM tally").fetchall())
    return Counts(**found | {"deleted": deleted})


def ids(view: View, before_id: int | None, limit: int) -> list[int]:
    """Message ids of a page, newest first, all smaller than `before_id`."""
    before = NEWEST if before_id is None else before_id
    with errors():
        if view is View.ALL:
            return _column(
                "SELECT id FROM message WHERE deleted_at IS NULL AND id < ?"
                " ORDER BY id DESC LIMIT ?",
                before,
                limit,
            )
        if view is View.DELETED:
            return _column(
                "SELECT id FROM message WHERE deleted_at IS NOT NULL AND id < ?"
                " ORDER BY id DESC LIMIT ?",
                before,
                limit,
            )
        if view is View.RECEIVED:
            return _column(
                "SELECT id FROM message WHERE direction = 'in' AND deleted_at IS NULL AND id < ?"
                " ORDER BY id DESC LIMIT ?",
                before,
                limit,
            )
        return _ids_with_states(STATES[view], before, limit)


def _column(sql: str, *params: object) -> list[int]:
    return [row[0] for row in execute(sql, params)]


def _ids_with_states(states: tuple[State, ...], before: int, limit: int) -> list[int]:
    """Merge the states, each walked down by one index seek a message however many its people."""
    heads = {state: _head(state, before) for state in states}
    found: list[int] = []
    while len(found) < limit and (top := max(heads.values())) > 0:
        found.append(top)
        heads |= {state: _head(state, top) for state, head in heads.items() if head == top}
    return found


def _head(state: State, before: int) -> int:
    """The newest message below `before` with a dispatch in this state; 0: none."""
    row = execute(
        "SELECT coalesce(max(message_id), 0) FROM dispatch"
        " WHERE held = 0 AND state = ? AND message_id < ?",
        (state, before),
    ).fetchone()
    return int(row[0])
