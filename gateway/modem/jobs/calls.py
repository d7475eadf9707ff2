"""Calls that come in: nobody answers them here, but somebody wants to know who called.

    RING, +CLIP: "+4917...",145, RING, +CLIP: ..., NO CARRIER       is one call

The caller's number comes with the first or second ring, if at all.
"""

from __future__ import annotations

import re
from collections import deque

from gateway.at import Urc, commands
from gateway.modem.jobs.base import Context, Job, ask

RINGS = ("RING", "+CRING", "+CLIP", "MISSED_CALL")
ENDS = ("NO CARRIER", "^CEND", "VOICE CALL", "BUSY", "NO ANSWER")
QUIET = 12.0  # seconds without a ring after which the next one is another call; a ring is 3 to 6
SUMMARY = 120.0  # seconds after a call in which a line about it as missed says nothing new
NAMELESS = 8.0  # seconds of ringing after which no number is expected any more
_CLIP = re.compile(r'\+CLIP:\s*"([^"]*)"\s*(?:,\s*(\d+))?')
_MISSED = re.compile(r"MISSED_CALL:.*?(\+?\d{3,15})\s*$")


class Calls:
    """Puts the lines of a call together. Used by the modem's thread."""

    def __init__(self) -> None:
        self._began: float | None = None  # None: nobody is calling
        self._heard = 0.0  # the last line of the call
        self._told_at: float | None = None  # of the call that is ringing or was the last
        self._number = ""  # as it was told

    def hear(self, urc: Urc, now: float) -> str | None:
        """The number of a call that is to be recorded now, "" when it is withheld; else None."""
        if urc.name in ENDS:
            return self._end(now)
        if urc.name not in RINGS:
            return None
        number = _number(urc.line)
        if urc.name == "MISSED_CALL":  # a summary: news only where the ringing was not heard
            old = self._told_at is not None and now - self._told_at < SUMMARY
            return None if old else self._tell(number or "", now)
        if self._is_another(number, now):
            self._began, self._told_at = now, None
        self._heard = now
        return None if number is None or self._told_at is not None else self._tell(number, now)

    def late(self, now: float) -> str | None:
        """ "" for a call that has been ringing for a while without any number; else None."""
        if self._began is None or now < self._began + NAMELESS or self._told_at is not None:
            return None
        return self._tell("", now)

    def _is_another(self, number: str | None, now: float) -> bool:
        if self._began is None or now - self._heard > QUIET:
            return True
        return bool(self._told_at is not None and number and self._number not in ("", number))

    def _tell(self, number: str, now: float) -> str:
        self._told_at, self._number = now, number
        return number

    def _end(self, now: float) -> str | None:
        nameless = self._began is not None and self._told_at is None
        self._began = None
        return self._tell("", now) if nameless else None


class UnrecordedCalls:
    """Who has called and is not recorded yet. Used by the modem's thread."""

    def __init__(self) -> None:
        self._calls = Calls()
        self._numbers: deque[str] = deque()

    def hear(self, urc: Urc, now: float) -> None:
        if (number := self._calls.hear(urc, now)) is not None:
            self._numbers.append(number)

    def waiting(self, now: float) -> bool:
        """Whether there is somebody to be recorded by now."""
        if (number := self._calls.late(now)) is not None:
            self._numbers.append(number)
        return bool(self._numbers)

    def record(self, context: Context) -> Job[None]:
        yield from record(context, self._numbers[0])
        self._numbers.popleft()


def _number(line: str) -> str | None:
    """The caller in the line; "" when withheld, None when the line is not about that."""
    if found := _CLIP.match(line):
        number, kind = found.groups()
        international = kind == "145" and number and not number.startswith("+")
        return f"+{number}" if international else number
    if found := _MISSED.match(line):
        return found.group(1)
    return None


def record(context: Context, number: str) -> Job[None]:
    """Have the call on disk; end it where a person wished that."""
    if context.ledger.called(context.connection_id, number):
        answer = yield from ask(commands.chup())
        if not answer.result.ok:
            yield from ask(commands.hang_up())
