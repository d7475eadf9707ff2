"""What follows in the store when the clock is set.

Instants that were written by a clock that turns out to have been wrong are moved by as much; what
waits keeps the time it has left. Ids tell the order of messages and do not change.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from gateway.clock import DAY, HOUR
from gateway.store.file import settings
from gateway.store.file.database import errors, execute, transaction

MARK = "clock.mark"  # setting: where what was written by a doubtful clock begins
FLOOR = "clock.floor"  # setting: messages up to this id say nothing about the time
LOOKED_AT = 200  # messages, for the newest instant
FURTHEST_RETRY = 2 * HOUR  # no retry is planned later than that


@dataclass(frozen=True, slots=True)
class ClockMark:
    """The last ids before, and the clock then."""

    at: int
    message: int
    part: int
    attempt: int
    incoming: int
    run: int


def mark(now: int) -> ClockMark:
    with errors():
        ids = [
            int(execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])  # noqa: S608
            for table in ("message", "part", "attempt", "incoming", "schedule_run")
        ]
    return ClockMark(now, *ids)


def keep_mark(found: ClockMark) -> None:
    settings.put(MARK, asdict(found))


def kept_mark() -> ClockMark | None:
    found = settings.whole_numbers(MARK)
    return ClockMark(**found) if set(found) == {one.name for one in fields(ClockMark)} else None


def forget_mark() -> None:
    settings.forget(MARK)


def newest() -> int | None:
    """The newest instant in the store, but for those that somebody has said to be wrong."""
    with errors():
        row = execute(
            "SELECT max(created_at) FROM (SELECT created_at FROM message WHERE id > ?"
            " ORDER BY id DESC LIMIT ?)",
            (settings.get(FLOOR, 0), LOOKED_AT),
        ).fetchone()
    return row[0] if row else None


def pass_over() -> None:
    """The clock is right although it is earlier: what is stored says nothing about the time."""
    settings.put(FLOOR, mark(0).message)


def follow(since: ClockMark, old: int, new: int, *, wrong: bool) -> None:
    """The clock was set from `old` to `new`, in one commit. `wrong`: what it said before was."""
    by = new - old
    with transaction():
        if wrong:
            _rewrite(since, old, by)
        elif by > 0:
            _keep_validity(since, by)
        _not_far_ahead(new)


def _rewrite(since: ClockMark, old: int, by: int) -> None:
    """Instants between the mark and `old` in what was written since; what was due later, too."""
    written = (
        ("message", ("created_at", "read_at", "deleted_at"), "id > ?", since.message),
        ("part", ("submitted_at", "accepted_at", "done_at"), "id > ?", since.part),
        ("attempt", ("at",), "id > ?", since.attempt),
        ("incoming", ("arrived_at", "erased_at"), "id > ?", since.incoming),
        ("answer", ("at",), "reply_id > ?", since.message),
        ("schedule_run", ("at",), "id > ?", since.run),
        ("session", ("expires_at", "seen_at", "created_at"), "created_at >= ?", since.at),
    )
    for table, columns, which, value in written:
        for column in columns:
            latest = old + 400 * DAY if column == "expires_at" else old
            execute(
                f"UPDATE {table} SET {column} = {column} + ?"  # noqa: S608
                f" WHERE {which} AND {column} BETWEEN ? AND ?",
                (by, value, since.at, latest),
            )
    for column in ("state_at", "sent_at", "delivered_at", "due_at"):
        execute(
            f"UPDATE dispatch SET {column} = {column} + ? WHERE {column} BETWEEN ? AND ?"  # noqa: S608
            " AND (message_id > ? OR id IN (SELECT dispatch_id FROM part WHERE id > ?))",
            (by, since.at, old + FURTHEST_RETRY, since.message, since.part),
        )
    _keep_validity(since, by)


def _keep_validity(since: ClockMark, by: int) -> None:
    """What was written, or queued again, since then has as much time left as before."""
    execute(
        "UPDATE dispatch SET valid_until = valid_until + ? WHERE valid_until IS NOT NULL"
        " AND (message_id > ? OR id IN (SELECT dispatch_id FROM attempt WHERE id > ?"
        "  AND outcome = 'resent'))",
        (by, since.message, since.attempt),
    )


def _not_far_ahead(now: int) -> None:
    """What waits was planned by a clock that was ahead: nothing waits for the year 2099."""
    execute(
        "UPDATE dispatch SET due_at = ? WHERE state = 'pending' AND due_at > ?",
        (now, now + FURTHEST_RETRY),
    )
    execute(
        "UPDATE dispatch SET valid_until = ? + (valid_until -"
        " (SELECT created_at FROM message WHERE id = message_id))"
        " WHERE state = 'pending' AND valid_until IS NOT NULL"
        " AND (SELECT created_at FROM message WHERE id = message_id) > ?",
        (now, now + HOUR),
    )
