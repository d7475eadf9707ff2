"""Whose number stands behind a sender as a network writes it."""

from __future__ import annotations

from gateway.services.people.numbers import BadNumber, from_network, normalise
from gateway.store.messages import sender_spelling


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
