"""Half-written SMS: each is its writer's alone, and they are few, short and not kept for ever."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.clock import DAY
from gateway.store.file.database import errors, execute, transaction

MOST = 20  # of one person; the oldest makes room
LARGEST = 64 * 1024  # characters of all fields together
KEPT = 30 * DAY
Fields = tuple[tuple[str, str], ...]


class TooLarge(ValueError):
    """More than a draft holds; nothing was kept."""


@dataclass(frozen=True, slots=True)
class DraftInfo:
    id: int
    token: str  # of its form
    fields: Fields
    changed_at: int


def save(user_id: int, token: str, fields: Sequence[tuple[str, str]], now: int) -> None:
    """What is in the form by now takes the place of what was. Raises TooLarge, StoreError."""
    packed = json.dumps([list(pair) for pair in fields], ensure_ascii=False)
    if len(packed) > LARGEST:
        raise TooLarge
    with transaction():
        execute(
            "INSERT INTO draft (user_id, token, fields, changed_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (user_id, token) DO UPDATE"
            " SET fields = excluded.fields, changed_at = excluded.changed_at",
            (user_id, token, packed, now),
        )
        execute("DELETE FROM draft WHERE changed_at < ?", (now - KEPT,))
        execute(
            "DELETE FROM draft WHERE user_id = ? AND id NOT IN (SELECT id FROM draft"
            " WHERE user_id = ? ORDER BY changed_at DESC, id DESC LIMIT ?)",
            (user_id, user_id, MOST),
        )


def of(user_id: int, now: int) -> list[DraftInfo]:
    """The newest first."""
    with errors():
        rows = execute(
            "SELECT id, token, fields, changed_at FROM draft WHERE user_id = ?"
            " AND changed_at >= ? ORDER BY changed_at DESC, id DESC",
            (user_id, now - KEPT),
        ).fetchall()
    return [
        DraftInfo(id_, token, tuple((n, v) for n, v in json.loads(fields)), changed_at)
        for id_, token, fields, changed_at in rows
    ]


def forget(user_id: int, token: str) -> bool:
    """It was sent, or is not wanted any more."""
    with transaction():
        found = execute("DELETE FROM draft WHERE user_id = ? AND token = ?", (user_id, token))
        return bool(found.rowcount)
