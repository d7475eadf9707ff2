"""The box's clock: the machine's, but a jump counts only when it has been dealt with.

When the machine's clock is set, by hours or by decades, what is stored with instants has to follow
in the same moment, or everything that waits would expire at once, or never be due. So the box goes
on by its steady clock until `adopt` is called (services/clock/timekeeper.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from hw import hostclock

JUMP = 2000  # ms: less is the fine tuning of a time server


def _wall() -> int:
    return time.time_ns() // 1_000_000


class BoxClock:
    """Safe from any thread; one thread adopts."""

    def __init__(
        self, wall: Callable[[], int] = _wall, steady: Callable[[], int] = hostclock.steady
    ) -> None:
        self._wall = wall
        self._steady = steady
        self._offset = wall() - steady()

    def now(self) -> int:
        wall, steady = self._wall(), self._steady()
        expected = steady + self._offset
        if abs(wall - expected) >= JUMP:
            return expected
        self._offset = wall - steady
        return wall

    def monotonic(self) -> float:
        return time.monotonic()

    def machine(self) -> int:
        """What the machine's clock says, whatever that is worth."""
        return self._wall()

    @property
    def jump(self) -> int:
        """How far the machine's clock has been set away from this one; 0: not at all. ms."""
        by = self._wall() - (self._steady() + self._offset)
        return by if abs(by) >= JUMP else 0

    def adopt(self) -> None:
        """From now on by the machine's clock as it is."""
        self._offset = self._wall() - self._steady()

    def not_before(self, instant: int) -> None:
        """Go on from there when the clock is earlier: nothing is stored before what was stored."""
        behind = instant - self.now()
        if behind > 0:
            self._offset += max(behind, JUMP)
