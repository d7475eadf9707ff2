"""How often one may guess: free tries first, then waits that double, and never a lock-out.

The waits end somewhere, so the owner of the box gets in again without anybody's help however many
bad tries came before. What one address does may cost it half a minute a try; what is counted over
all addresses ends at two seconds, or a single stranger could keep everybody else waiting.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

FORGET = 15 * 60.0  # seconds after the last bad try
MOST_KEYS = 2000  # a flood of invented names must not fill the memory


@dataclass(frozen=True, slots=True)
class Limit:
    """One thing that is counted, e.g. the bad tries from one address."""

    key: tuple[str, str]
    free: int  # tries that cost no wait
    longest: float = 30.0  # seconds to wait, at most


@dataclass(slots=True)
class _Count:
    bad: int = 0
    next_at: float = 0.0
    last_at: float = 0.0


class Throttle:
    """Pure bookkeeping; monotonic seconds come in. The caller sees to it that one thread is in."""

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[str, str], _Count] = OrderedDict()

    def wait(self, limits: Iterable[Limit], now: float) -> float:
        """Seconds until the next try is looked at; 0 = now."""
        longest = 0.0
        for limit in limits:
            count = self._counts.get(limit.key)
            if count and now - count.last_at < FORGET:
                longest = max(longest, count.next_at - now)
        return longest

    def bad(self, limits: Iterable[Limit], now: float) -> None:
        for limit in limits:
            count = self._counts.pop(limit.key, None)
            if count is None or now - count.last_at >= FORGET:
                count = _Count()
            count.bad += 1
            count.last_at = now
            beyond = min(count.bad - limit.free, 10)
            count.next_at = now + (min(limit.longest, 2.0**beyond) if beyond >= 0 else 0)
            self._counts[limit.key] = count
        while len(self._counts) > MOST_KEYS:
            self._counts.popitem(last=False)

    def good(self, limits: Iterable[Limit]) -> None:
        for limit in limits:
            self._counts.pop(limit.key, None)
