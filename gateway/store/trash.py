"""Deleting and restoring messages. Nothing is moved; a deleted message's dispatches are held."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.store.db import execute, transaction
from gateway.store.outbox import audit


def delete(message_ids: Sequence[int], now: int, who: str) -> int:
    """Put messages into Deleted Communications. Returns how many were not there already.

    What is still pending is not sent; what a modem has already taken is finished first.
    """
    return _mark(message_ids, now, now, who, "delete")


def restore(message_ids: Sequence[int], now: int, who: str) -> int:
    """Bring messages back to every view they belong to; what was pending goes out again."""
    return _mark(message_ids, None, now, who, "restore")


def _mark(
    message_ids: Sequence[int], deleted_at: int | None, now: int, who: str, action: str
) -> int:
    count = 0
    held = deleted_at is not None
    with transaction():
        for message_id in message_ids:
            changed = execute(
                "UPDATE message SET deleted_at = ? WHERE id = ? AND (deleted_at IS NULL) = ?",
                (deleted_at, message_id, held),
            ).rowcount
            if changed:
                execute("UPDATE dispatch SET held = ? WHERE message_id = ?", (held, message_id))
                count += 1
        if count:
            audit(now, who, action, f"{count} messages")
    return count
