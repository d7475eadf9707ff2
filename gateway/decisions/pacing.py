"""How fast a SIM may send: so many SMS a minute, an hour and a day. Pure.

Carriers cut off SIMs that send like a machine; from 30 to 200 an hour draws their attention. So a
limit is on unless a person switches it off.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gateway.clock import DAY, HOUR, MINUTE

WINDOWS: Final = (MINUTE, HOUR, DAY)
NAMES: Final = {MINUTE: "minute", HOUR: "hour", DAY: "day"}


@dataclass(frozen=True, slots=True)
class Limits:
    """SMS at most in any minute, hour and day; 0 = no limit."""

    minute: int = 30
    hour: int = 200
    day: int = 2000

    def overlaid(self, minute: int | None, hour: int | None, day: int | None) -> Limits:
        """With what a connection has of its own; None: as it is."""
        return Limits(
            self.minute if minute is None else minute,
            self.hour if hour is None else hour,
            self.day if day is None else day,
        )


DEFAULT: Final = Limits()
NONE: Final = Limits(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a connection may do now. `until` (ms) and `words` are there when it has to wait."""

    budget: int
    until: int | None = None
    words: str = ""


@dataclass(slots=True)
class _Window:
    length: int
    total: int = 0
    sent: deque[tuple[int, int]] = field(default_factory=deque)  # when, how many; oldest first

    def forget(self, now: int) -> None:
        while self.sent and self.sent[0][0] <= now - self.length:
            self.total -= self.sent.popleft()[1]

    def leave(self, limit: int, now: int) -> tuple[int, int]:
        """How many may go now; if none, when the next may."""
        self.forget(now)
        if self.total < limit:
            return limit - self.total, now
        over = self.total - limit
        for at, count in self.sent:
            over -= count
            if over < 0:
                return 0, at + self.length
        return 0, now + self.length


class Pacing:
    """Owns the memory of what every connection sent in the last day. Used by one thread."""

    def __init__(self) -> None:
        self._windows: dict[int, tuple[_Window, ...]] = {}

    def sent(self, connection_id: int, at: int, count: int = 1) -> None:
        """So many SMS were handed to the modem. Instants must not go back."""
        for window in self._of(connection_id):
            window.sent.append((at, count))
            window.total += count

    def leave(self, connection_id: int, limits: Limits, now: int) -> Allowance:
        """How many SMS may follow. A message of several parts may begin while one is left."""
        budget = None
        for window, limit in zip(
            self._of(connection_id), (limits.minute, limits.hour, limits.day), strict=True
        ):
            if not limit:
                window.forget(now)
                continue
            left, again = window.leave(limit, now)
            if not left:
                name = NAMES[window.length]
                words = f"It has sent its {limit} SMS of this {name} and goes on by itself."
                return Allowance(0, again, words)
            budget = left if budget is None else min(budget, left)
        return Allowance(budget if budget is not None else 1 << 30)

    def wait(self, connection_id: int, limits: Limits, count: int, now: int) -> int:
        """Milliseconds until so many more SMS have left, as far as the limits decide that."""
        longest = 0
        for window, limit in zip(
            self._of(connection_id), (limits.minute, limits.hour, limits.day), strict=True
        ):
            window.forget(now)
            over = count - (limit - window.total)
            if not limit or over <= 0:
                continue
            first = window.sent[0][0] + window.length - now if window.sent else window.length
            longest = max(longest, first + (over - 1) // limit * window.length)
        return longest

    def lately(self, connection_id: int, now: int) -> int:
        """How many SMS it sent in the last hour."""
        window = self._of(connection_id)[WINDOWS.index(HOUR)]
        window.forget(now)
        return window.total

    def _of(self, connection_id: int) -> tuple[_Window, ...]:
        if connection_id not in self._windows:
            self._windows[connection_id] = tuple(_Window(length) for length in WINDOWS)
        return self._windows[connection_id]


def limits_of(
    default: Limits,
    stored: Mapping[str, int] | None,
    minute: int | None,
    hour: int | None,
    day: int | None,
) -> Limits:
    """Of one connection: its own, else the box's (`stored`, a setting), else `default`."""
    box = stored or {}
    base = default.overlaid(box.get("minute"), box.get("hour"), box.get("day"))
    return base.overlaid(minute, hour, day)
