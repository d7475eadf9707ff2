"""Keeps automatic replies in bounds: two machines must not talk each other's credit away. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import takewhile

from gateway.clock import DAY, MINUTE

MOST, WITHIN = 5, 10 * MINUTE  # automatic replies to one number, in a short time
MOST_LONG, LONG = 20, DAY  # and in a long one
ALIKE = 3  # the same text for the third time in a row is a machine's, or nobody was helped


@dataclass(frozen=True, slots=True)
class PastReply:
    """An automatic reply that went out."""

    at: int  # ms UTC
    message_id: int  # the received one; its other replies have the same
    said: str  # what stood in that one, made comparable


@dataclass(frozen=True, slots=True)
class ReplyCandidate:
    """Who would be answered. `number` is "" when the sender is no number."""

    sender: str  # as it came
    number: str  # E.164 or a short code
    message_id: int = 0
    said: str = ""  # its text, made comparable
    now: int = 0
    blocked: bool = False
    own_numbers: Collection[str] = ()
    answered: Sequence[PastReply] = ()  # automatic replies to it within LONG, newest first


@dataclass(frozen=True, slots=True)
class NoReply:
    """Why it is not answered. `runaway`: the guard stepped in, which somebody should know."""

    words: str
    runaway: bool = False


def why_no_reply(asked: ReplyCandidate) -> NoReply | None:
    """None when it may be answered."""
    if not asked.sender:
        return NoReply("It came without its sender's number.")
    if not asked.number:
        return NoReply(f"“{asked.sender}” is a name, not a number.")
    if asked.number in asked.own_numbers:
        return NoReply("It came from one of this box's own connections.")
    if asked.blocked:
        return NoReply("The number is blocked.")
    if words := _runaway(asked):
        return NoReply(words, runaway=True)
    return None


def _runaway(asked: ReplyCandidate) -> str:
    if sum(one.at > asked.now - WITHIN for one in asked.answered) >= MOST:
        return (
            f"{MOST} automatic replies went to this number within {WITHIN // MINUTE} minutes,"
            " which is the most."
        )
    if len(asked.answered) >= MOST_LONG:
        return f"{MOST_LONG} automatic replies went to this number within a day, which is the most."
    others = [one for one in asked.answered if one.message_id != asked.message_id]
    alike = takewhile(lambda one: one.said == asked.said, others)
    if len({one.message_id for one in alike}) >= ALIKE - 1:
        return "It says the same for the third time in a row; the first two times were answered."
    return ""
