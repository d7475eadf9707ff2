"""Is the board too hot: it then slows down, and modems beside it fail first."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, problem, warning
from gateway.health.snapshot import Snapshot

HOT, TOO_HOT = 75.0, 82.0  # degrees Celsius; Raspberry Pis slow down from 80 on


def check(now: Snapshot) -> Iterator[Issue]:
    if now.temperature is None or now.temperature < HOT:
        return
    words = f"The board is at {now.temperature:.0f} °C."
    mend = "Give it air: out of the sun, lid open, away from the modem, with a heat sink."
    if now.temperature < TOO_HOT:
        yield warning("temperature.hot", words, mend)
    else:
        yield problem("temperature.too-hot", words, mend)
