"""What was found good lately, so that it need not be looked up, or hashed, again and again."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections import OrderedDict

MOST_CACHED = 64


class RecentProofs:
    """HMACs under a key that dies with the process: a look into it tells nothing. Thread-safe."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._until: OrderedDict[bytes, float] = OrderedDict()
        self._lock = threading.Lock()

    def mark(self, *facts: str) -> bytes:
        text = "\0".join(facts).encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, text, "sha256")

    def knows(self, mark: bytes, now: float) -> bool:
        with self._lock:
            return self._until.get(mark, now) > now

    def keep(self, mark: bytes, until: float) -> None:
        with self._lock:
            self._until[mark] = until
            while len(self._until) > MOST_CACHED:
                self._until.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._until.clear()
