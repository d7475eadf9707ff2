"""Nothing goes out to a blocked number: what waits for one fails, saying why."""

from __future__ import annotations

from gateway.store.file.database import execute, transaction
from gateway.store.sending.queue import give_up

BLOCKED = "This number is blocked. To write to it again, unblock it under People."


def refuse_blocked(message_id: int, now: int) -> None:
    """Of a message just stored: its dispatches to blocked numbers fail at once."""
    _refuse("message_id = ? AND number IN (SELECT number FROM blocked)", message_id, now)


def refuse_number(number: str, now: int) -> None:
    """Of a number just blocked: what still waits to be sent there."""
    _refuse("number = ?", number, now)


def _refuse(where: str, value: object, now: int) -> None:
    with transaction():
        sql = f"SELECT id FROM dispatch WHERE state = 'pending' AND {where}"  # noqa: S608
        ids = [i for (i,) in execute(sql, (value,)).fetchall()]
        if ids:
            give_up(ids, BLOCKED, "", now)
