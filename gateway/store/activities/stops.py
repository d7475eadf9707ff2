"""What STOP and START did, message by message, so that whoever opens one is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.store.file.database import errors, execute


class Effect(StrEnum):
    BLOCKED = "blocked"  # the number is not written to any more
    ALREADY = "already"  # it was blocked before
    KEPT = "kept"  # it is always reached, so nothing was blocked
    FREED = "freed"  # it is written to again
    HELD = "held"  # it asked for it, and a person keeps it blocked


@dataclass(frozen=True, slots=True)
class Stop:
    message_id: int
    number: str
    word: str  # as it stands under Blocked, such as STOP
    effect: Effect


def record(stop: Stop) -> None:
    """Inside the transaction that does it; a message read twice keeps what it did first."""
    execute(
        "INSERT OR IGNORE INTO stop_effect (message_id, number, word, effect) VALUES (?, ?, ?, ?)",
        (stop.message_id, stop.number, stop.word, stop.effect),
    )


def get(message_id: int) -> Stop | None:
    with errors():
        row = execute(
            "SELECT message_id, number, word, effect FROM stop_effect WHERE message_id = ?",
            (message_id,),
        ).fetchone()
    return _stop(row) if row else None


def unread_kept(limit: int = 20) -> list[tuple[Stop, int]]:
    """STOPs of those who are always reached that nobody has read, with the instant they came."""
    with errors():
        rows = execute(
            "SELECT s.message_id, s.number, s.word, s.effect, m.created_at FROM stop_effect s"
            " JOIN message m ON m.id = s.message_id WHERE s.effect = 'kept'"
            " AND m.read_at IS NULL AND m.deleted_at IS NULL ORDER BY s.message_id DESC LIMIT ?",
            (limit,),
        ).fetchall()
    return [(_stop(row[:4]), row[4]) for row in rows]


def _stop(row: tuple[int, str, str, str]) -> Stop:
    message_id, number, word, effect = row
    return Stop(message_id, number, word, Effect(effect))
