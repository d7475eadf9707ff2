"""Automatic replies of the last day, for the guard, and whom it has stopped answering."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.decisions.activities.guard import LONG, PastReply
from gateway.store.file.database import errors, execute, transaction

CLEARED_AT_ONCE = 20  # old rows that go with each new one, so that clearing never takes long


@dataclass(frozen=True, slots=True)
class SilencedNumber:
    """`words`: why it is not answered; the number is answered again a day after `at`."""

    number: str
    at: int
    words: str


def recent(number: str, now: int) -> tuple[PastReply, ...]:
    """What was answered by itself to this number within LONG, newest first."""
    with errors():
        rows = execute(
            "SELECT at, message_id, said FROM auto_reply WHERE number = ? AND at > ? AND at <= ?"
            " ORDER BY at DESC, id DESC",
            (number, now - LONG, now),
        ).fetchall()
    return tuple(PastReply(*row) for row in rows)


def add(number: str, answered: PastReply) -> None:
    """Count one more; what the guard no longer needs goes."""
    old = answered.at - LONG
    with transaction():
        execute("DELETE FROM auto_reply WHERE number = ? AND at <= ?", (number, old))
        execute(
            "DELETE FROM auto_reply WHERE id IN"
            " (SELECT id FROM auto_reply WHERE at <= ? ORDER BY id LIMIT ?)",
            (old, CLEARED_AT_ONCE),
        )
        execute(
            "INSERT INTO auto_reply (number, at, message_id, said) VALUES (?, ?, ?, ?)",
            (number, answered.at, answered.message_id, answered.said),
        )


def silence(number: str, now: int, words: str) -> None:
    """Remember that the guard stepped in; the first time of a day counts."""
    with transaction():
        execute("DELETE FROM silenced WHERE at <= ? OR at > ?", (now - LONG, now))
        execute(
            "INSERT OR IGNORE INTO silenced (number, at, words) VALUES (?, ?, ?)",
            (number, now, words),
        )


def silenced(now: int, limit: int = 20) -> list[SilencedNumber]:
    """Whom the guard stopped answering within LONG, newest first."""
    with errors():
        rows = execute(
            "SELECT number, at, words FROM silenced WHERE at > ? AND at <= ?"
            " ORDER BY at DESC LIMIT ?",
            (now - LONG, now, limit),
        ).fetchall()
    return [SilencedNumber(*row) for row in rows]
