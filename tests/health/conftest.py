from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.simnet import Network


@pytest.fixture
def network() -> Iterator[Network]:
    with Network() as running:
        yield running
