"""Webhooks beside the activities that they belong to: what programs have registered, and those that
do not take what they are told. Trouble is kept until the next message is taken."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.decisions.activities import ActionKind
from gateway.store.file.database import errors, execute


@dataclass(frozen=True, slots=True)
class RegisteredWebhook:
    webhook_id: str
    activity_id: int
    url: str


@dataclass(frozen=True, slots=True)
class WebhookTroubleInfo:
    """A webhook of an activity that is switched on, which has not taken anything since then."""

    activity: str
    url: str
    since: int  # ms UTC: the first call that it did not take
    words: str  # what happened last
    given_up: int  # messages that it was not told of in the end


def registered() -> list[RegisteredWebhook]:
    """In the order of their registration; without those whose webhook was taken out."""
    with errors():
        rows = execute(
            "SELECT a.webhook_id, a.id, (SELECT url FROM activity_action WHERE activity_id = a.id"
            "  AND kind = ? ORDER BY position LIMIT 1) AS url FROM activity a"
            " WHERE a.webhook_id <> '' AND url IS NOT NULL ORDER BY a.id",
            (ActionKind.WEBHOOK,),
        ).fetchall()
    return [RegisteredWebhook(*row) for row in rows]


def register(activity_id: int, webhook_id: str) -> None:
    """Inside the transaction that makes the activity."""
    execute("UPDATE activity SET webhook_id = ? WHERE id = ?", (webhook_id, activity_id))


def known_as(action_id: int) -> str:
    """What its program calls a webhook; "" when none has registered it."""
    with errors():
        row = execute(
            "SELECT a.webhook_id FROM activity_action s JOIN activity a ON a.id = s.activity_id"
            " WHERE s.id = ?",
            (action_id,),
        ).fetchone()
    return row[0] if row else ""


# inside the transaction that records the answer --------------------------------------------------


def taken(action_id: int) -> None:
    execute("DELETE FROM webhook_trouble WHERE action_id = ?", (action_id,))


def refused(action_id: int, words: str, now: int, *, given_up: bool) -> None:
    """Nothing when the webhook was taken out meanwhile."""
    execute(
        "INSERT INTO webhook_trouble (action_id, since, words, given_up)"
        " SELECT id, ?, ?, ? FROM activity_action WHERE id = ?"
        " ON CONFLICT (action_id) DO UPDATE SET words = excluded.words,"
        " given_up = given_up + excluded.given_up",
        (now, words, given_up, action_id),
    )


def troubles() -> list[WebhookTroubleInfo]:
    with errors():
        rows = execute(
            "SELECT a.name, s.url, t.since, t.words, t.given_up FROM webhook_trouble t"
            " JOIN activity_action s ON s.id = t.action_id"
            " JOIN activity a ON a.id = s.activity_id WHERE a.enabled = 1 ORDER BY t.since"
        ).fetchall()
    return [WebhookTroubleInfo(*row) for row in rows]
