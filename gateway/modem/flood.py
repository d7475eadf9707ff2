"""How much a modem may say: one that babbles must not take the processor from the others.

A leaky bucket. A whole SIM listed at once fits into BURST; nothing a modem has to tell for longer
comes faster than RATE. What is too much waits in the kernel, which tells the device to wait.
"""

from __future__ import annotations

BURST = 128 * 1024  # octets
RATE = 24 * 1024  # octets a second, for ever
LONGEST_PAUSE = 0.25  # seconds


class Flood:
    def __init__(self) -> None:
        self._level = 0.0
        self._at = 0.0
        self._deaf_until = 0.0

    def took(self, octets: int, now: float) -> None:
        self._level = max(0.0, self._level - (now - self._at) * RATE) + octets
        self._at = now
        if self._level > BURST:
            self._deaf_until = now + min((self._level - BURST) / RATE, LONGEST_PAUSE)

    def deaf_until(self, now: float) -> float | None:
        """Do not listen before this instant; None: listen."""
        return self._deaf_until if now < self._deaf_until else None
