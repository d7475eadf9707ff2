"""Questions to a modem that took a message and says nothing about it.

A modem serves its commands in order, so the answer to a question that was asked after Ctrl-Z
proves that nothing more is to be expected of the submission: the modem lost it, or lost its
answer. Then nobody need wait for the time limit. A modem that is still busy answers afterwards, or
drops the question; one that refuses whatever comes while it is busy proves nothing.
"""

from __future__ import annotations

from math import inf
from typing import Final

from gateway.at.results import Result

FIRST: Final = 30.0  # seconds after Ctrl-Z; a submission that goes well takes less
AGAIN: Final = 15.0  # seconds between two questions
GRACE: Final = 5.0  # seconds that a reference may still take after a question was answered

# Questions of TS 27.007, so that no +CMS ERROR can be meant for them; known to every modem.
QUESTIONS: Final = (("AT+CMEE?", "+CMEE:"), ("AT+CSCS?", "+CSCS:"))
ESCAPE: Final = b"\x1b\r"  # from the second on: should Ctrl-Z have got lost, the prompt is open
# +CMS ERRORs of a modem that is busy or not ready, which it may say to anything (TS 27.005 3.2.5).
BUSY: Final = frozenset({301, 302, 303, 314, 515})


class Inquiry:
    """Owns the questions about one submission after another."""

    def __init__(self) -> None:
        self.over_at = inf  # when nothing more is to be expected: a question was answered
        self._ask_at: float | None = None  # None: there is nothing to ask about
        self._asked = 0
        self._answered = 0
        self._prefix_seen = False

    def begin(self, now: float) -> None:
        """Ctrl-Z is being written."""
        self.end()
        self._ask_at = now + FIRST

    @property
    def deadline(self) -> float | None:
        return self._ask_at

    def tick(self, now: float) -> bytes:
        """What to write now; b"" for nothing."""
        if self._ask_at is None or now < self._ask_at:
            return b""
        self._ask_at = now + AGAIN
        text, _ = QUESTIONS[self._asked % len(QUESTIONS)]
        self._asked += 1
        return (ESCAPE if self._asked > 1 else b"") + text.encode("ascii") + b"\r"

    def stop_asking(self) -> None:
        """The answer has begun to come."""
        self._ask_at = None

    def hears(self, line: str) -> bool:
        """Whether an information line answers a question."""
        if not self._asked or not line.startswith(tuple(prefix for _, prefix in QUESTIONS)):
            return False
        self._prefix_seen = True
        return True

    def takes(self, result: Result, now: float) -> bool:
        """Whether a result is, or may be, that of a question rather than of the submission."""
        if not self._asked or (result.kind == "CMS" and result.code not in BUSY):
            return False
        if self._prefix_seen:
            self._prefix_seen, self._ask_at = False, None
            self._answered += 1
            self.over_at = min(self.over_at, now + GRACE)
        return True

    def end(self) -> int:
        """The submission is over. Returns how many questions may still be answered."""
        left = self._asked - self._answered
        self.over_at, self._ask_at, self._prefix_seen = inf, None, False
        self._asked = self._answered = 0
        return left
