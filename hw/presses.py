"""What a press of the box's button means: pure, from when it went down and came up.

up -> down -> up (short) -> nothing for a while      SHORT
                        '-> down again soon          DOUBLE, when that one is short too
      down for LONG                                  HOLD, while it is still down
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SHORT_AT_MOST: Final = 1.0  # seconds; longer ones that are no HOLD mean nothing
SECOND_WITHIN: Final = 0.6  # seconds from coming up to going down again
LONG: Final = 10.0  # seconds
BOUNCE: Final = 0.03  # seconds; contacts chatter


class Press(StrEnum):
    SHORT = "short"  # tell the state, as a number of blinks
    DOUBLE = "double"  # shut down
    HOLD = "hold"  # a new code for a forgotten password


@dataclass(slots=True)
class Presses:
    """Fed with every change; `due` tells when to ask again although nothing changed."""

    _down_at: float | None = None
    _up_at: float | None = None  # of a short press that may become a double one
    _second: bool = False
    _spent: bool = False  # this press was a HOLD already

    def change(self, down: bool, now: float) -> Press | None:
        """The contact closed or opened at `now` (seconds)."""
        if down:
            if self._down_at is None:
                self._second = self._up_at is not None and now - self._up_at <= SECOND_WITHIN
                self._down_at, self._spent = now, False
            return None
        if self._down_at is None:
            return None
        held, self._down_at = now - self._down_at, None
        if held < BOUNCE or self._spent or held > SHORT_AT_MOST:
            self._up_at = None
            return None
        if self._second:
            self._up_at = None
            return Press.DOUBLE
        self._up_at = now
        return None

    def tick(self, now: float) -> Press | None:
        """Time has passed without a change."""
        if self._down_at is not None and not self._spent and now - self._down_at >= LONG:
            self._spent = True
            return Press.HOLD
        if self._down_at is None and self._up_at is not None and now - self._up_at > SECOND_WITHIN:
            self._up_at = None
            return Press.SHORT
        return None

    def due(self, now: float) -> float | None:
        """Seconds until `tick` may have something to tell; None: not before the next change."""
        if self._down_at is not None:
            return None if self._spent else max(0.0, self._down_at + LONG - now)
        return None if self._up_at is None else max(0.0, self._up_at + SECOND_WITHIN - now + 0.01)
