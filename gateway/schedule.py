"""When to try again, and when not. Pure.

A refusal is read by its class (gateway.at.results): permanent ones end the dispatch, passing ones
wait longer and longer, and a count of tries ends what never gets better.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.at.results import Explanation, Retry
from gateway.clock import HOUR, MINUTE, SECOND

VALIDITY = 24 * HOUR  # a message waits this long for a connection unless its writer says otherwise
MAX_TRIES = 6  # refusals of a passing kind before we give up
BACK_OFF = (10 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR)
HOLD = 2 * MINUTE  # SIM or account trouble: look again at this pace, without counting tries
OTHER_ROUTE_PAUSE = 2 * SECOND


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
            if tries >= MAX_TRIES:
                return GiveUp()
            return TryAgain(now + OTHER_ROUTE_PAUSE * tries, counts=True, avoid=True)
    if tries >= MAX_TRIES:
        return GiveUp()
    wait = BACK_OFF[min(tries, len(BACK_OFF)) - 1]
    if explanation.after is not None and tries == 1:
        wait = int(explanation.after * SECOND)
    return TryAgain(now + wait, counts=True, avoid=False)
