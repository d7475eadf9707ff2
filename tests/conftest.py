"""Shared by all tests: hypothesis profiles, and a guard against leaked database state."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# Derandomised where it gates a change: a red run must be red again. Nightly ones may roam.
settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "roam", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """The command line sets it for its whole process, which here is the next tests' as well."""
    before = os.umask(0o022)
    yield
    os.umask(before)
