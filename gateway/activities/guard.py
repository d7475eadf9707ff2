"""Keeps automatic replies in bounds: two machines must not talk each other's credit away. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from gateway.clock import MINUTE

MOST = 5  # automatic replies to one number
WITHIN = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Asked:
    """Who would be answered. `number` is "" when the sender is no number."""

    sender: str  # as it came
    number: str  # E.164 or a short code
    blocked: bool = False
    own_numbers: Collection[str] = ()
    replies: int = 0  # automatic ones to it within the last WITHIN


def why_no_reply(asked: Asked) -> str:
    """ "" when it may be answered, else the reason in words."""
    if not asked.sender:
        return "It came without its sender's number."
    if not asked.number:
        return f"“{asked.sender}” is a name, not a number."
    if asked.number in asked.own_numbers:
        return "It came from one of this box's own connections."
    if asked.blocked:
        return "The number is blocked."
    if asked.replies >= MOST:
        return (
            f"{MOST} automatic replies went to this number within {WITHIN // MINUTE} minutes,"
            " which is the most."
        )
    return ""
