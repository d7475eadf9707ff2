"""Other people's programs, found or loudly missed, and modems for them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from gateway.simnet import Network


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with Network() as network:
        yield network


def program(name: str) -> str:
    """Where `name` is; skips the test that asks when it is not installed, fails it under CI."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        words = f"{name} is not installed: nobody but ourselves has checked the simulator here"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    return found
