"""When to try again, and when not. Pure.

A refusal is read by its class (gateway.at.results): permanent ones end the dispatch, passing ones
wait longer and longer, and a count of tries ends what never gets better.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.at import Explanation, Retry
from gateway.clock import HOUR, MINUTE, SECOND

VALIDITY = 24 * HOUR  # a message waits this long for a connection unless its writer says otherwise
GROWTH = 3  # each wait is so many times the one before
LONGEST_WAIT = HOUR
HOLD = 2 * MINUTE  # SIM or account trouble: look again at this pace, without counting tries
OTHER_ROUTE_PAUSE = 2 * SECOND
OTHER_ROUTES = 4  # connections that may refuse it before we give up
DEFAULT_WAIT = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class TryAgain:
    at: int  # milliseconds UTC
    counts: bool  # whether this refusal counts as one of the tries
    avoid: bool  # whether another connection should be preferred


@dataclass(frozen=True, slots=True)
class GiveUp:
    pass


@dataclass(frozen=True, slots=True)
class Doubt:
    """The network may have taken it: never sent again by itself."""


Verdict = TryAgain | GiveUp | Doubt


def judge(explanation: Explanation, tries: int, now: int) -> Verdict:
    """What follows from a refusal.

    `tries` counts the refusals so far, this one included. An explanation of class NONE never
    comes here.
    """
    match explanation.retry:
        case Retry.UNCERTAIN:
            return Doubt()
        case Retry.PERMANENT:
            return GiveUp()
        case Retry.HOLD:
            return TryAgain(now + HOLD, counts=False, avoid=True)
        case Retry.OTHER_ROUTE:
            if tries > OTHER_ROUTES:
                return GiveUp()
            return TryAgain(now + OTHER_ROUTE_PAUSE, counts=True, avoid=True)
    if tries > explanation.tries:
        return GiveUp()
    first = int((explanation.after or DEFAULT_WAIT) * SECOND)
    wait = min(first * GROWTH ** (tries - 1), max(first, LONGEST_WAIT))
    return TryAgain(now + wait, counts=True, avoid=False)
