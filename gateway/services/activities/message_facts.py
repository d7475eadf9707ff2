"""What conditions and the guard have to know of a received message: number, contact, groups."""

from __future__ import annotations

from datetime import UTC, datetime

from gateway.decisions.activities import ConditionFacts
from gateway.decisions.activities.guard import ReplyCandidate
from gateway.services.box.preferences import Preferences
from gateway.services.people.senders import number_of
from gateway.store.activities import replies
from gateway.store.activities.runs import FreshMessage
from gateway.store.connections import connections
from gateway.store.people import blocked, groups
from gateway.text.comparison import fold


def arrived(
    sender: str, text: str, connection_id: int | None, at: int, preferences: Preferences
) -> ConditionFacts:
    """A message as conditions see it; `at` is the instant of its arrival."""
    known, in_groups = groups.standing(number_of(sender, preferences.country()))
    return ConditionFacts(
        text=text,
        known=known,
        groups=in_groups,
        connection_id=connection_id,
        at=datetime.fromtimestamp(at / 1000, UTC).astimezone(preferences.zone()),
    )


def reply_candidate(message: FreshMessage, now: int, country: str) -> ReplyCandidate:
    """What decides whether the sender of this message may be answered by itself."""
    number = number_of(message.sender, country)
    return ReplyCandidate(
        sender=message.sender,
        number=number,
        message_id=message.id,
        said=fold(message.text),
        now=now,
        blocked=bool(number) and blocked.get(number) is not None,
        own_numbers=own_numbers(country),
        answered=replies.recent(number, now) if number else (),
    )


def own_numbers(country: str) -> frozenset[str]:
    """Of our connections, as far as they are known."""
    found = (number_of(c.number, country) for c in connections.all_connections() if c.number)
    return frozenset(filter(None, found))
