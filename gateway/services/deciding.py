"""Which activities a received message sets off, decided in the transaction that stores it.

Who dies in between finds neither message nor decision, or both. What is decided is done later, by
`acting`; so a slow or broken action never holds up a modem.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from gateway.activities import ActionKind, why_not
from gateway.clock import Clock
from gateway.services import fallback
from gateway.services.preferences import Preferences
from gateway.services.senders import arrived
from gateway.steps import step
from gateway.store import activities, runs
from gateway.store.activities import Action
from gateway.store.db import StoreError
from gateway.store.runs import FALLBACK, Fired, Fresh

log = logging.getLogger(__name__)


class Deciding:
    """Stateless; used in the threads of modems, inside their transaction."""

    def __init__(self, clock: Clock, preferences: Preferences) -> None:
        self._clock = clock
        self._preferences = preferences

    def decide(self, message_ids: Sequence[int]) -> None:
        """Each message once, however often it is heard of.

        A mistake of ours in here must not keep a message from being stored: it then counts as one
        that set off nothing.
        """
        for message_id in message_ids:
            message = runs.undecided(message_id)
            if message is None:
                continue
            try:
                fired = self._fired(message)
            except StoreError:
                raise
            except Exception:
                log.exception("activities could not be asked about a message")
                fired = []
            runs.decide(message_id, fired, self._clock.now())
            step("activities decided")

    def _fired(self, message: Fresh) -> list[Fired]:
        listening = activities.enabled()
        if listening:
            facts = arrived(
                message.sender,
                message.text,
                message.connection_id,
                message.at,
                self._preferences,
            )
            fired = [
                Fired(one.id, one.name, one.actions)
                for one in listening
                if not why_not(one.condition, facts)
            ]
            if fired:
                return fired
        reply = fallback.get()
        if not reply.on:
            return []
        return [Fired(FALLBACK, fallback.NAME, (Action(ActionKind.REPLY, reply.text),))]
