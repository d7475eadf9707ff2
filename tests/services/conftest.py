from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store import db


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


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    db.open_store(folder)
    with db.connected():
        yield folder
    db.close_store()
