"""When a modem's recurring duties are due, by name."""

from __future__ import annotations

LONGEST = 5.0  # seconds that may pass without a look around


class Timers:
    """Used by the modem's thread. `soonest` counts only what was asked about in this turn."""

    def __init__(self) -> None:
        self.soonest = 0.0
        self._due: dict[str, float] = {}
        self._now = 0.0

    def turn(self, now: float) -> None:
        """A new look around begins."""
        self._now, self.soonest = now, now + LONGEST

    def due(self, name: str, every: float) -> bool:
        """Whether its time has come, which then starts anew. What was never set is due at once."""
        now = self._now
        due = min(self._due.setdefault(name, now), now + every)
        if now >= due:
            self._due[name] = now + every
            return True
        self._due[name] = due
        self.soonest = min(self.soonest, due)
        return False

    def set(self, name: str, at: float) -> None:
        self._due[name] = at

    def now(self, name: str) -> None:
        """Due at the next look."""
        self._due.pop(name, None)

    def clear(self) -> None:
        self._due.clear()
