"""When a webhook that did not take a message is tried again, and when that ends. Pure."""

from __future__ import annotations

from gateway.clock import HOUR, SECOND

FIRST_WAIT = 10 * SECOND
LONGEST_WAIT = HOUR
MOST_TRIES = 30  # ten in the first hour and a half, then hourly: a little under a day in all


def next_try(tries: int, now: int) -> int | None:
    """The instant of the next try after `tries` that failed; None: that is enough."""
    if tries >= MOST_TRIES:
        return None
    return now + int(min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT))


def trouble(status: int) -> str:
    """What is wrong with an answer, in words; "" when the message was taken."""
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"It sends callers elsewhere ({status}); enter the address it sends them to."
    if status in (401, 403):
        return f"It wants to know who calls, or refuses this box ({status})."
    if status in (404, 410):
        return f"It says that there is nothing at this address ({status})."
    if 400 <= status < 500:
        return f"It refused the message ({status})."
    return f"It has trouble of its own ({status})."
