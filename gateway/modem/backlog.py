"""The dispatches that a modem has claimed and not sent yet, and how many it may claim."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from gateway.decisions.assignment import Assignment
from gateway.modem.ledger import Ledger

QUICK, SLOW = 16, 2  # dispatches held ready for a fast or a slow modem
SLOW_FROM = 0.25  # seconds per SMS from which a modem counts as slow
MODE_HOLDS = 1.0  # seconds: no modem restarts and is ready to send again in less


class Backlog:
    """Filled by whoever assigns, emptied by the modem's thread."""

    def __init__(self) -> None:
        self._work: deque[Assignment] = deque()
        self._pace = SLOW_FROM  # seconds per part, a moving mean
        self._sent_at = float("-inf")  # when the last one was taken, if nothing went wrong since

    def __len__(self) -> int:
        return len(self._work)

    @property
    def free_slots(self) -> int:
        limit = SLOW if self._pace >= SLOW_FROM else QUICK
        return max(0, limit - len(self._work))

    @property
    def chosen(self) -> bool:
        """Whether a person or program chose the connection of what is next."""
        return bool(self._work) and self._work[0].chosen

    @property
    def low(self) -> bool:
        """Time to ask for more."""
        return len(self._work) <= QUICK // 2

    def add(self, work: Sequence[Assignment]) -> None:
        self._work.extend(work)

    def take(self) -> Assignment:
        return self._work.popleft()

    def rested(self, now: float) -> bool:
        """Whether the modem may have restarted unseen since the last dispatch."""
        return now - self._sent_at > MODE_HOLDS

    def finished(self, work: Assignment, started: float, now: float, *, taken: bool) -> None:
        """`taken`: by the network, all of it; whatever else happened may have been a restart."""
        self._sent_at = now if taken else float("-inf")
        self._pace += ((now - started) / max(1, len(work.parts)) - self._pace) / 4

    def give_back(self, ledger: Ledger, why: str) -> None:
        """Release all of it; nothing of it is under way."""
        while self._work:
            ledger.released(self._work.popleft().dispatch_id, why)
