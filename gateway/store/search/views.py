"""Which messages a view of the inbox holds, newest first, and how many.

A view is a filter: nothing is moved. A message to many people is in every view in which it has a
dispatch. Pages are walked by key in an index, so the millionth message costs what the first did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.decisions.dispatch_states import DispatchState
from gateway.store.file.database import errors, execute

NEWEST = 2**63 - 1  # above every id


class View(StrEnum):
    ALL = "all"
    RECEIVED = "received"
    SENT = "sent"
    FAILED = "failed"
    PENDING = "pending"
    UNTRIGGERED = "untriggered"  # Did not trigger: received, and no activity ran
    CALLS = "calls"
    DELETED = "deleted"


# A dispatch in one of these states puts its message into the view.
STATES: dict[View, tuple[DispatchState, ...]] = {
    View.SENT: (DispatchState.SENT, DispatchState.DELIVERED),
    View.FAILED: (DispatchState.FAILED, DispatchState.UNCERTAIN),
    View.PENDING: (DispatchState.PENDING, DispatchState.SENDING),
}


# Of a message itself. `received` and `calls` are read from indexes of their own.
CONDITIONS: dict[View, str] = {
    View.ALL: "deleted_at IS NULL",
    View.RECEIVED: "direction = 'in' AND kind = 'sms' AND deleted_at IS NULL",
    View.UNTRIGGERED: (
        "direction = 'in' AND kind = 'sms' AND deleted_at IS NULL AND triggered IS NOT 1"
    ),
    View.CALLS: "kind = 'call' AND deleted_at IS NULL",
    View.DELETED: "deleted_at IS NOT NULL",
}
# SQLite would choose a larger index, and walk over all that did trigger.
TABLES = {View.UNTRIGGERED: "message INDEXED BY message_untriggered"}


@dataclass(frozen=True, slots=True)
class Counts:
    """Messages in each view; `unread` and `unread_calls` are what nobody has opened."""

    all: int
    received: int
    sent: int
    failed: int
    pending: int
    unread: int  # calls included
    calls: int = 0
    unread_calls: int = 0
    untriggered: int = 0
    deleted: int = 0


def counts() -> Counts:
    """Read from a table that triggers keep (migrations): the same in a millionth message."""
    with errors():
        found = dict(execute("SELECT name, value FROM tally").fetchall())
    return Counts(**{name: found[name] for name in Counts.__slots__})


def number(view: View, upto: int) -> int:
    """How many messages of a view are not newer than `upto`, without counting them all."""
    return max(0, int(getattr(counts(), view)) - _newer(view, upto))


def _newer(view: View, upto: int) -> int:
    if view in CONDITIONS:
        table = TABLES.get(view, "message")
        sql = f"SELECT count(*) FROM {table} WHERE {CONDITIONS[view]} AND id > ?"  # noqa: S608
    else:
        sql = (
            "SELECT count(DISTINCT message_id) FROM dispatch"  # noqa: S608
            f" WHERE held = 0 AND state IN ({_quoted(STATES[view])}) AND message_id > ?"
        )
    with errors():
        return int(execute(sql, (upto,)).fetchone()[0])


def _quoted(states: tuple[DispatchState, ...]) -> str:
    return ", ".join(f"'{state}'" for state in states)


def newest(view: View) -> int:
    """The id of the newest message of a view; 0 when there is none."""
    return next(iter(ids(view, None, 1)), 0)


def ids(view: View, before_id: int | None, limit: int) -> list[int]:
    """Message ids of a page, newest first, all smaller than `before_id`."""
    before = NEWEST if before_id is None else before_id
    with errors():
        if view not in CONDITIONS:
            return with_states(STATES[view], before, limit)
        return [
            row[0]
            for row in execute(
                f"SELECT id FROM {TABLES.get(view, 'message')}"  # noqa: S608
                f" WHERE {CONDITIONS[view]} AND id < ?"
                " ORDER BY id DESC LIMIT ?",
                (before, limit),
            )
        ]


def with_states(states: tuple[DispatchState, ...], before: int, limit: int) -> list[int]:
    """Messages with a dispatch in one of these states, newest first.

    Merge the states, each walked down by one index seek a message however many its people."""
    heads = {state: _head(state, before) for state in states}
    found: list[int] = []
    while len(found) < limit and (top := max(heads.values())) > 0:
        found.append(top)
        heads |= {state: _head(state, top) for state, head in heads.items() if head == top}
    return found


def _head(state: DispatchState, before: int) -> int:
    """The newest message below `before` with a dispatch in this state; 0: none."""
    row = execute(
        "SELECT coalesce(max(message_id), 0) FROM dispatch"
        " WHERE held = 0 AND state = ? AND message_id < ?",
        (state, before),
    ).fetchone()
    return int(row[0])


_ALL_STATES = _quoted(tuple(DispatchState))


def counted_states(
    message_ids: Sequence[int], *, held: bool
) -> dict[int, tuple[tuple[DispatchState, int], ...]]:
    """How many dispatches of each message are in which state; `held`: of deleted messages.

    Counted in the index alone: a message to thousands costs no more than it must.
    """
    marks = ", ".join("?" * len(message_ids))
    found: dict[int, list[tuple[DispatchState, int]]] = {}
    with errors():
        rows = execute(
            "SELECT message_id, state, count(*) FROM dispatch"  # noqa: S608
            f" WHERE held = ? AND state IN ({_ALL_STATES}) AND message_id IN ({marks})"
            " GROUP BY state, message_id",
            (held, *message_ids),
        ).fetchall()
    for message_id, state, count in rows:
        found.setdefault(message_id, []).append((DispatchState(state), count))
    return {message_id: tuple(counted) for message_id, counted in found.items()}
