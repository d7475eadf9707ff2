"""Activities with hours, and messages that came while nobody knew the time: decided later.

`gateway.services.activities.matching` leaves them here in the transaction that stores the message,
and takes them out once the clock is trusted. What ran no more stays, with the reason, for its
reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.store.activities.runs import FiredActivity, FreshMessage, begin
from gateway.store.file.database import errors, execute


@dataclass(frozen=True, slots=True)
class WaitInfo:
    id: int
    activity_id: int
    name: str
    words: str = ""  # why it did not run in the end; "" = it still waits


# inside the caller's transaction ---------------------------------------------------------------


def add(message_id: int, waiting: Sequence[tuple[int, str]]) -> None:
    """(id, name) of activities that would run but for their hours."""
    for activity_id, name in waiting:
        execute(
            "INSERT INTO activity_wait (message_id, activity_id, name) VALUES (?, ?, ?)",
            (message_id, activity_id, name),
        )


def end(wait_id: int, words: str = "") -> None:
    """It is decided: "" leaves nothing behind."""
    if words:
        execute("UPDATE activity_wait SET words = ? WHERE id = ?", (words, wait_id))
    else:
        execute("DELETE FROM activity_wait WHERE id = ?", (wait_id,))


def run(message_id: int, fired: Sequence[FiredActivity], now: int) -> None:
    """What it sets off after all."""
    for one in fired:
        begin(message_id, one, now)
    if any(one.activity_id for one in fired):
        execute("UPDATE message SET triggered = 1 WHERE id = ?", (message_id,))


# reading ---------------------------------------------------------------------------------------


def of(message_id: int) -> list[WaitInfo]:
    with errors():
        rows = execute(
            "SELECT id, activity_id, name, words FROM activity_wait WHERE message_id = ?"
            " ORDER BY id",
            (message_id,),
        ).fetchall()
    return [WaitInfo(*row) for row in rows]


def next_message() -> tuple[FreshMessage, bool] | None:
    """The first message with something to decide, and whether it has set off anything so far.

    None: there is none. Deleted ones are left until they are restored.
    """
    with errors():
        row = execute(
            "SELECT id, peer, text, created_at, connection_id,"
            " EXISTS (SELECT 1 FROM activity_run r WHERE r.message_id = message.id) FROM message"
            " WHERE id = (SELECT min(w.message_id) FROM activity_wait w"
            "  JOIN message m ON m.id = w.message_id WHERE w.words = '' AND m.deleted_at IS NULL)"
        ).fetchone()
    return (FreshMessage(*row[:5]), bool(row[5])) if row else None
