"""Webhooks that programs register by themselves, as with SMSGate.

Each is an activity like any other, set off by every SMS: so people see it under Activities, can
switch it off there, and have it changed no more behind their backs than by whoever has the token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gateway.decisions.activities import ActionKind, Match
from gateway.services.activities import activity_drafts
from gateway.services.activities.activities import Activities
from gateway.services.activities.activity_drafts import TypedAction, TypedActivity
from gateway.services.messages.accept import new_id
from gateway.store.activities import activities, webhooks
from gateway.store.activities.webhooks import RegisteredWebhook
from gateway.store.file import database
from gateway.text.refusal import FieldError, Refused

RECEIVED = "sms:received"
ID = re.compile(r"[A-Za-z0-9._:-]{1,50}")
BAD_ID = "must be 1 to 50 letters, digits or any of . _ : -"


@dataclass(frozen=True, slots=True)
class WebhookRegistration:
    """Stateless; from any thread with a database connection."""

    activities: Activities

    def all(self) -> list[RegisteredWebhook]:
        return webhooks.registered()

    def add(self, webhook_id: str, url: str, event: str, who: str) -> RegisteredWebhook:
        """A new one, or another address for one that is known. "": an id is made up.

        Raises Refused, StoreError.
        """
        if event != RECEIVED:
            words = f"must be “{RECEIVED}”: this box tells of what comes in."
            raise Refused([FieldError("event", words)])
        webhook_id = webhook_id or new_id()
        if not ID.fullmatch(webhook_id):
            raise Refused([FieldError("id", BAD_ID)])
        with database.transaction():
            known = self._get(webhook_id)
            if known is None:
                action = TypedAction(ActionKind.WEBHOOK, url=url)
                name = f"Webhook {webhook_id}"
                draft = TypedActivity(name=name, match=Match.ANYTHING, actions=(action,))
                webhooks.register(self.activities.add(draft, who), webhook_id)
            else:
                self._change(known, url, who)
        found = self._get(webhook_id)
        assert found is not None
        return found

    def _change(self, known: RegisteredWebhook, url: str, who: str) -> None:
        """What a person has changed beside the address stays."""
        stored = activities.get(known.activity_id)
        assert stored is not None
        draft = activity_drafts.typed_activity(stored)
        first = next(i for i, a in enumerate(draft.actions) if a.kind == ActionKind.WEBHOOK)
        actions = list(draft.actions)
        actions[first] = replace(actions[first], url=url)
        self.activities.save(known.activity_id, replace(draft, actions=tuple(actions)), who)

    def remove(self, webhook_id: str, who: str) -> bool:
        """With its activity. False: there is none of this id."""
        known = self._get(webhook_id)
        return known is not None and self.activities.delete(known.activity_id, who)

    @staticmethod
    def _get(webhook_id: str) -> RegisteredWebhook | None:
        return next((h for h in webhooks.registered() if h.webhook_id == webhook_id), None)
