"""When to try again, and when not. Pure.

A refusal is read by its class (gateway.at.results): permanent ones end the dispatch, passing ones
wait longer and longer, and a count of tries ends what never gets better.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.at import About, Explanation, Retry
from gateway.at.codes import PERHAPS_OURS, RECIPIENTS
from gateway.clock import HOUR, MINUTE, SECOND

VALIDITY = 24 * HOUR  # a message waits this long for a connection unless its writer says otherwise
GROWTH = 3  # each wait is so many times the one before
LONGEST_WAIT = HOUR
LONGEST_UNPROVEN = 50 * SECOND  # the same while it may be an outage, which may end at any moment
HOLD = 2 * MINUTE  # SIM or account trouble: look again at this pace, without counting tries
OTHER_ROUTE_PAUSE = 2 * SECOND
OTHER_ROUTES = 4  # connections that may refuse it before we give up
DEFAULT_WAIT = 30.0  # seconds
HICCUP = 10.0  # seconds; what passes so soon is not worth another sender's number
HICCUP_HOLD = 2 * SECOND  # the same of a hold: it has just begun


@dataclass(frozen=True, slots=True)
class TryAgain:
    at: int  # milliseconds UTC
    counts: bool  # whether this refusal counts as one of the tries
    avoid: bool  # whether another connection should be preferred


@dataclass(frozen=True, slots=True)
class GiveUp:
    pass


@dataclass(frozen=True, slots=True)
class LeaveUncertain:
    """The network may have taken it: never sent again by itself."""


Verdict = TryAgain | GiveUp | LeaveUncertain


def judge(
    explanation: Explanation,
    tries: int,
    now: int,
    *,
    held: int = 0,
    elsewhere: bool = False,
    unproven: bool = False,
) -> Verdict:
    """What follows from a refusal.

    `tries` counts the refusals so far, this one included. `held`: the connection is kept from
    sending until then, so this says nothing about the message; 0 when it is not. `elsewhere`:
    another connection could carry it that has not refused it yet. `unproven`: this may be an outage
    of which the message is the only witness; it is tried often and not given up. An explanation of
    class TAKEN never comes here.
    """
    retry = explanation.retry
    if retry is Retry.UNCERTAIN:
        return LeaveUncertain()
    if elsewhere and _another_may_cure(explanation, tries, held > now + HICCUP_HOLD):
        return TryAgain(now + OTHER_ROUTE_PAUSE, counts=not held, avoid=True)
    if held:
        return TryAgain(held, counts=False, avoid=False)
    if explanation.about is About.CONNECTION:
        return TryAgain(now + HOLD, counts=False, avoid=True)
    if retry is Retry.PERMANENT:
        return GiveUp()
    if retry is Retry.OTHER_ROUTE:
        if tries > OTHER_ROUTES:
            return GiveUp()
        return TryAgain(now + OTHER_ROUTE_PAUSE, counts=True, avoid=True)
    outage = unproven and explanation.about is About.EITHER
    if tries > explanation.tries and not outage:
        return GiveUp()
    first = int((explanation.after or DEFAULT_WAIT) * SECOND)
    longest = LONGEST_UNPROVEN if outage else max(first, LONGEST_WAIT)
    wait = min(first * GROWTH ** min(tries - 1, 10), longest)
    return TryAgain(now + wait, counts=True, avoid=False)


def _another_may_cure(explanation: Explanation, tries: int, held_for_long: bool) -> bool:
    if held_for_long:
        return True
    match explanation.retry:
        case Retry.HOLD | Retry.OTHER_ROUTE:
            return True
        case Retry.PERMANENT:
            return explanation.label in PERHAPS_OURS
    lasting = tries > 1 or (explanation.after or DEFAULT_WAIT) > HICCUP
    return lasting and explanation.label not in RECIPIENTS
