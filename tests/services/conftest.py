from __future__ import annotations

import pytest


class FakeClock:
    """Stands still unless told."""

    def __init__(self) -> None:
        self.ms = 1_795_000_000_000
        self.seconds = 1000.0

    def now(self) -> int:
        return self.ms

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
