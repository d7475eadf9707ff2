"""Who asks the page, by address: how often strangers may, and where somebody was let in lately.

What needs no sign-in costs the box as much as what does, so each address has a number of requests
that it may spend on it, and gets some back every second. Who is signed in is not counted.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from gateway.services.accounts.throttle import neighbourhood

AT_ONCE = 300  # requests of an address for which nobody waits: some pages and their parts
A_SECOND = 20.0  # so many come back each second
KNOWN_FOR = 24 * 3600.0  # seconds that an address counts as known after somebody was let in
MOST_KEYS = 4000  # addresses that are remembered; made-up ones must not fill the memory


class Visitors:
    """Monotonic seconds come in. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()  # how many, as of when
        self._known: OrderedDict[str, float] = OrderedDict()  # until when

    def wait(self, address: str, now: float) -> float:
        """Seconds until a stranger there is answered again; 0: now."""
        with self._lock:
            over = self._now_spent(neighbourhood(address), now) + 1 - AT_ONCE
        return max(0.0, over / A_SECOND)

    def count(self, address: str, now: float) -> None:
        """A stranger there was answered."""
        key = neighbourhood(address)
        with self._lock:
            spent = self._now_spent(key, now) + 1
            self._spent.pop(key, None)
            self._spent[key] = (min(spent, AT_ONCE), now)
            _shorten(self._spent)

    def _now_spent(self, key: str, now: float) -> float:
        spent, then = self._spent.get(key, (0.0, now))
        return max(0.0, spent - (now - then) * A_SECOND)

    def let_in(self, address: str, now: float) -> None:
        """Somebody there has signed in, or is."""
        key = neighbourhood(address)
        with self._lock:
            self._known.pop(key, None)
            self._known[key] = now + KNOWN_FOR
            _shorten(self._known)

    def knows(self, address: str, now: float) -> bool:
        with self._lock:
            return self._known.get(neighbourhood(address), now) > now


def _shorten(table: OrderedDict[str, tuple[float, float]] | OrderedDict[str, float]) -> None:
    while len(table) > MOST_KEYS:
        table.popitem(last=False)
