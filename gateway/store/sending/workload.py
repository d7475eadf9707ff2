"""What connections have done and have still to do: counted in indexes, however much is stored."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.decisions.part_states import IN_DOUBT, WITH_NETWORK
from gateway.store.file import audit
from gateway.store.file.batches import in_bites
from gateway.store.file.database import errors, execute, transaction
from gateway.store.sending.transitions import AttemptOutcome, listed, note

REMEMBERED = 2000  # parts looked through for how long the last ones took
MEASURED = 40  # of them are enough for a mean
MOVED = "Moved to {name} by {who}."


def since(connection_id: int, instant: int) -> tuple[int, int]:
    """(SMS to people that the network took, SMS that failed) through it since then."""
    with errors():
        row = execute(
            "SELECT (SELECT count(*) FROM dispatch INDEXED BY dispatch_sent"
            "  WHERE connection_id = ? AND sent_at >= ? AND sent_at IS NOT NULL),"
            " (SELECT count(*) FROM dispatch INDEXED BY dispatch_failed"
            "  WHERE connection_id = ? AND state_at >= ? AND state = 'failed')",
            (connection_id, instant, connection_id, instant),
        ).fetchone()
    return int(row[0]), int(row[1])


def waiting() -> dict[int, int]:
    """Connection -> how many SMS to people wait for it; 0: for whichever the rules give."""
    with errors():
        rows = execute(
            "SELECT wanted, count(*) FROM dispatch WHERE state = 'pending' AND held = 0"
            " GROUP BY wanted"
        ).fetchall()
    found: dict[int, int] = {}
    for wanted, count in rows:
        found[abs(wanted)] = found.get(abs(wanted), 0) + count
    return found


def sending() -> dict[int, int]:
    """Connection -> how many its modem has taken and not finished."""
    with errors():
        return dict(
            execute(
                "SELECT connection_id, count(*) FROM dispatch INDEXED BY dispatch_sending"
                " WHERE state = 'sending' AND connection_id IS NOT NULL GROUP BY connection_id"
            ).fetchall()
        )


def pace(connection_id: int) -> float | None:
    """Mean seconds for an SMS to one person, as the last ones took; None: nothing was measured."""
    with errors():
        row = execute(
            "SELECT sum(took), count(DISTINCT dispatch_id) FROM (SELECT dispatch_id,"
            "  accepted_at - submitted_at AS took FROM part"
            "  WHERE id > (SELECT coalesce(max(id), 0) FROM part) - ? AND connection_id = ?"
            "  AND accepted_at >= submitted_at ORDER BY id DESC LIMIT ?)",
            (REMEMBERED, connection_id, MEASURED),
        ).fetchone()
    return row[0] / row[1] / 1000 if row[1] else None


# another connection for what waits --------------------------------------------------------------

# What has begun to go out stays with its SIM: a phone joins parts of one sender only.
_BEGUN = (
    "EXISTS (SELECT 1 FROM part WHERE dispatch_id = dispatch.id"  # noqa: S608
    f" AND part.state IN {listed(WITH_NETWORK + IN_DOUBT)})"
)
_WAITS = "state = 'pending' AND wanted = ?"


def movable(connection_id: int) -> tuple[int, int]:
    """(SMS that wait for it and can go elsewhere, those of which a part went out through it)."""
    with errors():
        row = execute(
            f"SELECT count(*), coalesce(sum({_BEGUN}), 0) FROM dispatch WHERE {_WAITS}",  # noqa: S608
            (connection_id,),
        ).fetchone()
    return int(row[0]) - int(row[1]), int(row[1])


def later(connection_id: int) -> int:
    """Messages to be sent later for which it was chosen."""
    with errors():
        row = execute(
            "SELECT count(*) FROM schedule WHERE connection = ?", (connection_id,)
        ).fetchone()
    return int(row[0])


def move(connection_id: int, to: int, name: str, who: str, now: int, left: str = "") -> int:
    """What waits for a connection waits for another one from now on (0: the rules decide).

    Deleted messages too, should they be restored, and what is to be sent later. Returns how many
    SMS were moved. Many go in bites; cut short, the rest still waits where it did, and the audit
    list says how many went. `left`: the name there of the connection that they leave; "" = no row.
    """
    count = entry = 0

    def bite(most: int) -> int:
        nonlocal count, entry
        moved = _move(connection_id, to, words, now, most)
        count += moved
        if moved and left:
            entry = audit.write(now, who, "move", f"{count} SMS from {left} to {name}", entry)
        return moved

    words = MOVED.format(name=name, who=who or "somebody")
    with transaction():
        execute(
            "UPDATE schedule SET connection = ?, version = version + 1 WHERE connection = ?",
            (to or None, connection_id),
        )
    return in_bites(bite)


def _move(connection_id: int, to: int, words: str, now: int, most: int) -> int:
    rows: Sequence[tuple[int, int]] = execute(
        f"SELECT id, message_id FROM dispatch WHERE {_WAITS} AND NOT {_BEGUN} LIMIT ?",  # noqa: S608
        (connection_id, most),
    ).fetchall()
    for dispatch_id, _ in rows:
        execute(
            "UPDATE dispatch SET wanted = ?, waiting = 0, reason = '', avoid = '',"
            " due_at = min(due_at, ?) WHERE id = ?",
            (to, now, dispatch_id),
        )
        note(dispatch_id, now, AttemptOutcome.MOVED, reason=words)
    for message_id in {message_id for _, message_id in rows}:
        execute("UPDATE message SET connection_id = ? WHERE id = ?", (to or None, message_id))
    return len(rows)


def stranded(connection_id: int) -> list[int]:
    """Dispatches that can go out through no other connection than this one."""
    with errors():
        rows = execute(
            f"SELECT id FROM dispatch WHERE {_WAITS} AND {_BEGUN}",  # noqa: S608
            (connection_id,),
        )
        return [i for (i,) in rows]
