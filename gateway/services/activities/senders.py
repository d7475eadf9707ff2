"""Who wrote a received message, as activities need to know it: number, contact, groups, guard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from gateway.decisions.activities import ConditionFacts
from gateway.decisions.activities.guard import ReplyCandidate
from gateway.services.box.preferences import Preferences
from gateway.services.people.numbers import BadNumber, display, from_network, normalise
from gateway.services.people.placeholders import Template, known
from gateway.store.activities import replies
from gateway.store.activities.runs import Fresh
from gateway.store.connections import connections
from gateway.store.messages import sender_spelling
from gateway.store.people import blocked, groups
from gateway.text.comparison import fold

MESSAGE = "message"  # {message}: what the sender wrote
NOBODY = "Unknown"  # stands for a sender whose number was withheld


def number_of(sender: str, country: str) -> str:
    """E.164 or a short code; "" when nothing can be sent there: BANK, or a withheld number."""
    return from_network(sender, country)


def meant(typed: str, country: str) -> str | BadNumber:
    """Whom a person means by a number; what the network has written as a sender is that sender."""
    found = normalise(typed, country)
    if (
        found != typed
        and (known := from_network(typed, country))
        and sender_spelling.type_of(typed)
    ):
        return known
    return found


def arrived(
    sender: str, text: str, connection_id: int | None, at: int, preferences: Preferences
) -> ConditionFacts:
    """A message as conditions see it; `at` is the instant of its arrival."""
    known_, in_groups = groups.standing(number_of(sender, preferences.country()))
    return ConditionFacts(
        text=text,
        known=known_,
        groups=in_groups,
        connection_id=connection_id,
        at=datetime.fromtimestamp(at / 1000, UTC).astimezone(preferences.zone()),
    )


def asked(message: Fresh, now: int, country: str) -> ReplyCandidate:
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


def template(
    text: str, message: str = "", unnamed: Callable[[str], str] = lambda number: ""
) -> Template:
    return Template(text, {MESSAGE: message}, unnamed)


def fill(text: str, message: Fresh, country: str, *, to_others: bool = False) -> str:
    """A text of an activity with its placeholders filled in, all of which are about the sender.

    `to_others`: it is read by somebody who has to know who wrote, so for them the number of a
    stranger stands where a name would.
    """
    who = number_of(message.sender, country) or message.sender or NOBODY
    unnamed = display if to_others else lambda number: ""
    return template(text, message.text, unnamed).fill([who]).texts[0]


def placeholders() -> list[str]:
    """What may stand between braces in a text of an activity."""
    return [*known()[:2], MESSAGE, *known()[2:]]
