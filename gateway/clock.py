"""Where time comes from. Everything below the edges takes it as an argument.

Two kinds, never mixed: wall-clock instants are integer milliseconds since 1970 UTC (stored, shown,
compared with other boxes); durations and deadlines are float seconds of a monotonic clock.
"""

from __future__ import annotations

import time
from typing import Protocol

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock(Protocol):
    def now(self) -> int:
        """Wall clock, integer milliseconds since 1970-01-01 UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump; only differences mean anything."""
        ...


class SystemClock:
    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()
