"""Messages as lines of a table: one for each received, one for each recipient of what was sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.store.file.database import errors, execute

AT_ONCE = 1000  # recipients of one message that are read at once


@dataclass(frozen=True, slots=True)
class CsvLine:
    at: int  # when it came or was written
    incoming: bool
    number: str
    text: str
    state: str  # "received", "missed call", or that of the dispatch
    reason: str
    connection_id: int | None


def lines(message_id: int, states: Sequence[str] = (), deleted: bool = False) -> Iterator[CsvLine]:
    """Of one message; `states`: only recipients in one of these. No read stays open in between."""
    with errors():
        row = execute(
            "SELECT direction = 'in', kind, text, peer, created_at, note, connection_id"
            " FROM message WHERE id = ? AND (deleted_at IS NOT NULL) = ?",
            (message_id, deleted),
        ).fetchone()
    if row is None:
        return
    incoming, kind, text, peer, at, note, via = row
    if incoming:
        state = "missed call" if kind == "call" else "received"
        yield CsvLine(at, True, peer, text, state, "" if kind == "call" else note, via)
        return
    last = 0
    while some := _dispatches(message_id, states, last):
        for _, number, own, state, reason, code, carried in some:
            said = f"{reason} ({code})" if reason and code else reason or code
            yield CsvLine(at, False, number, own or text, state, said, carried or via)
        last = some[-1][0]


def _dispatches(message_id: int, states: Sequence[str], after: int) -> list[tuple[Any, ...]]:
    marks = ", ".join("?" * len(states))
    only = f" AND state IN ({marks})" if states else ""
    with errors():
        return execute(
            "SELECT id, number, text, state, reason, code, connection_id FROM dispatch"  # noqa: S608
            f" WHERE message_id = ? AND id > ?{only} ORDER BY id LIMIT ?",
            (message_id, after, *states, AT_ONCE),
        ).fetchall()


def number(message_ids: Sequence[int], most: int) -> int:
    """About how many lines these messages have; not counted beyond `most`."""
    marks = ", ".join("?" * len(message_ids))
    with errors():
        row = execute(
            "SELECT count(*) FROM (SELECT 1 FROM dispatch"  # noqa: S608
            f" WHERE message_id IN ({marks}) LIMIT ?)",
            (*message_ids, most),
        ).fetchone()
    return max(len(message_ids), int(row[0]))
