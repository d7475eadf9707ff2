"""Scheduled messages of a backup that is put back: what became of them since is not in it.

Whoever sent one by hand after the backup was made would have it sent twice, whoever cancelled one
would see it come back. Where the store that is replaced is readable it knows: what is the same
there goes on from its turn there, and what was sent there is done. Everything else is paused and
asks, also when the backup is put back on another box.
"""

from __future__ import annotations

from pathlib import Path

from gateway.store.file import sqlite

COMPARED = "schedules.compared"  # setting, in the copy that is staged: done, and not done again
HELD = (
    "Put back from a backup: it may have been sent, changed or cancelled since. Resume it if it is"
    " still to be sent, or cancel it."
)
SENT = "Put back from a backup; it was sent after that was made."
# What makes two rows the same plan; ids alone say little on another box.
_SAME = (
    "id", "created_at", "text", "recipients", "start", "unit", "every", "weekdays", "until", "zone",
)  # fmt: skip
_LAST = (
    "(SELECT outcome FROM schedule_run WHERE schedule_id = schedule.id ORDER BY id DESC LIMIT 1)"
)
_TURN = ("state", "next_wall", "next_at", "zone_used", "version")


def compare(staged: Path, replaced: Path, now: int) -> None:
    """Settle the schedules of `staged` by what `replaced` knows of them. Twice does no harm.

    Raises sqlite.Error when `staged` cannot be written.
    """
    with sqlite.opened(staged) as copy:
        copy.execute("BEGIN IMMEDIATE")
        if not _has_schedules(copy) or _is_done(copy):
            copy.execute("ROLLBACK")
            return
        known = _known(replaced)
        columns = ", ".join(_SAME)
        for row in copy.execute(
            f"SELECT {columns} FROM schedule WHERE state IN ('active', 'paused')"  # noqa: S608
        ).fetchall():
            _settle(copy, row[0], known.get(row), now)
        copy.execute(
            "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)", (COMPARED, str(now))
        )
        copy.execute("COMMIT")


def _settle(
    copy: sqlite.Connection, schedule_id: int, there: tuple[object, ...] | None, now: int
) -> None:
    state = there[0] if there else None
    if there and state in ("active", "paused"):
        sets = ", ".join(f"{name} = ?" for name in _TURN)
        turn = there[: len(_TURN)]
        copy.execute(f"UPDATE schedule SET {sets} WHERE id = ?", (*turn, schedule_id))  # noqa: S608
    elif there and state == "done" and there[-1] == "sent":
        _remember(copy, schedule_id, "sent", SENT, now, unseen=False)
        copy.execute(
            "UPDATE schedule SET state = 'done', next_wall = NULL, next_at = NULL, changed_at = ?,"
            " version = version + 1 WHERE id = ?",
            (now, schedule_id),
        )
    else:
        _remember(copy, schedule_id, "held", HELD, now, unseen=True)
        copy.execute(
            "UPDATE schedule SET state = 'paused', version = version + 1 WHERE id = ?",
            (schedule_id,),
        )


def _remember(
    copy: sqlite.Connection, schedule_id: int, outcome: str, words: str, now: int, *, unseen: bool
) -> None:
    copy.execute(
        "INSERT INTO schedule_run (schedule_id, at, planned_at, last_at, outcome, words, unseen)"
        " SELECT id, ?, coalesce(next_at, ?), coalesce(next_at, ?), ?, ?, ? FROM schedule"
        " WHERE id = ?",
        (now, now, now, outcome, words, unseen, schedule_id),
    )


def _known(replaced: Path) -> dict[tuple[object, ...], tuple[object, ...]]:
    """Plan -> its turn, in the store that is replaced; nothing when that cannot be read."""
    if not replaced.exists():
        return {}
    width = len(_SAME)
    columns = ", ".join((*_SAME, *_TURN, _LAST))
    try:
        with sqlite.opened(replaced) as old:
            rows = old.execute(f"SELECT {columns} FROM schedule").fetchall()  # noqa: S608
    except sqlite.Error:
        return {}
    return {row[:width]: row[width:] for row in rows}


def _has_schedules(copy: sqlite.Connection) -> bool:
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schedule_run'"
    return copy.execute(sql).fetchone() is not None


def _is_done(copy: sqlite.Connection) -> bool:
    sql = "SELECT 1 FROM setting WHERE key = ?"
    return copy.execute(sql, (COMPARED,)).fetchone() is not None
