from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.store.file import prepared


@pytest.fixture
def unlisted() -> Iterator[None]:
    """What is prepared here is none of the store's own."""
    before = [*prepared.statements]
    yield
    prepared.statements[:] = before
