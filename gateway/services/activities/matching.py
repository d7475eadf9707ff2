"""Which activities a received message sets off, decided in the transaction that stores it.

Who dies in between finds neither message nor decision, or both. What is decided is done later, by
`acting`; so a slow or broken action never holds up a modem.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from gateway.clock import HOUR, Clock
from gateway.decisions.activities import ActionKind, ConditionFacts, Hours, why_not
from gateway.services.activities import fallback
from gateway.services.activities.message_facts import arrived
from gateway.services.box.preferences import Preferences
from gateway.steps import step
from gateway.store.activities import activities, runs, waits
from gateway.store.activities.activities import Action, ActivityInfo
from gateway.store.activities.runs import FALLBACK, FiredActivity, FreshMessage
from gateway.store.file import database
from gateway.store.file.database import StoreError

LATEST = HOUR  # what was held for longer is not done any more: the sender expects no answer now
TOO_LATE = (
    "It did not run: the box did not know the time when this came in, and learned it only later."
)

log = logging.getLogger(__name__)


class ActivityMatcher:
    """Stateless; used in the threads of modems, inside their transaction."""

    def __init__(
        self, clock: Clock, preferences: Preferences, hold: Callable[[], str] = lambda: ""
    ) -> None:
        """`hold`: why the clock is not trusted; "" while it is."""
        self._clock = clock
        self._preferences = preferences
        self._hold = hold

    def decide(self, message_ids: Sequence[int]) -> None:
        """Each message once, however often it is heard of.

        A mistake of ours in here must not keep a message from being stored: it then counts as one
        that set off nothing.
        """
        for message_id in message_ids:
            message = runs.undecided(message_id)
            if message is None:
                continue
            waiting: list[ActivityInfo] = []
            try:
                fired, waiting = self._fired(message)
            except StoreError:
                raise
            except Exception:
                log.exception("activities could not be asked about a message")
                fired = []
            runs.decide(message_id, fired, self._clock.now())
            waits.add(message_id, [(one.id, one.name) for one in waiting])
            step("activities decided")

    def _fired(self, message: FreshMessage) -> tuple[list[FiredActivity], list[ActivityInfo]]:
        """What runs, and what would but for its hours while nobody knows the time.

        The fallback reply waits with those: whoever is answered by one of them is not told twice.
        """
        listening = activities.enabled()
        fired, waiting = [], []
        if listening:
            facts = self._facts(message)
            doubtful = any(not one.condition.hours.always for one in listening) and self._hold()
            for one in listening:
                condition, timed = one.condition, not one.condition.hours.always
                if doubtful and timed:
                    condition = replace(condition, hours=Hours())
                if why_not(condition, facts):
                    continue
                if doubtful and timed:
                    waiting.append(one)
                else:
                    fired.append(FiredActivity(one.id, one.name, one.actions))
        return fired or ([] if waiting else _fallback()), waiting

    def _facts(self, message: FreshMessage) -> ConditionFacts:
        return arrived(
            message.sender, message.text, message.connection_id, message.at, self._preferences
        )

    # what waited for the right time -----------------------------------------------------------

    def settle(self) -> bool:
        """Decide about the first message that waited, by when it came. False: none is to be.

        In a transaction of its own; from any thread.
        """
        if self._hold():
            return False
        with database.transaction():
            found = waits.next_message()
            if found is None:
                return False
            message, answered = found
            now = self._clock.now()
            late = now - message.at > LATEST
            facts = self._facts(message)
            fired = []
            for wait in waits.of(message.id):
                if wait.words:
                    continue
                one = activities.get(wait.activity_id)
                runs_now = one is not None and one.enabled and not why_not(one.condition, facts)
                waits.end(wait.id, TOO_LATE if late and runs_now else "")
                if one is not None and runs_now and not late:
                    fired.append(FiredActivity(one.id, one.name, one.actions))
            if not fired and not answered and not late:
                fired = _fallback()
            waits.run(message.id, fired, now)
        return True


def _fallback() -> list[FiredActivity]:
    reply = fallback.get()
    if not reply.on:
        return []
    return [FiredActivity(FALLBACK, fallback.NAME, (Action(ActionKind.REPLY, reply.text),))]
