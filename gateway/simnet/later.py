"""Things that a pretend network does after a while."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable
from itertools import count


class DelayedActions:
    """Owns a thread that does things after a delay, in order; there only once it is needed."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def do(self, delay: float, action: Callable[[], None]) -> None:
        """Without delay at once, in the caller's thread."""
        if delay <= 0:
            action()
            return
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + delay, next(self._order), action))
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="simnet", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._closed:
                    return
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is None or wait > 0:
                    self._changed.wait(wait)
                    continue
                action = heapq.heappop(self._due)[2]
            action()
