"""Every test here has a fresh store in a file (WAL needs one) and its own connection to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store import db


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    db.open_store(folder)
    with db.connected():
        yield folder
    db.close_store()
