"""How many SMS a message is, to how many people: counted in one place for all who tell it."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.store.file.database import errors, execute
from gateway.store.sending.blocked_recipients import BLOCKED


@dataclass(frozen=True, slots=True)
class RecipientCount:
    """Of all recipients, however many; a long text to one person is several SMS."""

    people: int
    sms: int
    blocked: int = 0  # people besides, whose numbers were blocked when it was accepted


def queued(message_id: int) -> RecipientCount:
    """What was queued when this message was accepted, whatever has become of it since."""
    with errors():
        people, sms, blocked = execute(
            "SELECT count(*) - count(b), coalesce(sum(parts) FILTER (WHERE b IS NULL), 0), count(b)"
            " FROM (SELECT d.parts, CASE WHEN d.state = 'failed' AND d.reason = ?"
            "  AND d.state_at = m.created_at THEN 1 END AS b"
            "  FROM dispatch d JOIN message m ON m.id = d.message_id WHERE m.id = ?)",
            (BLOCKED, message_id),
        ).fetchone()
    return RecipientCount(people, sms, blocked)
