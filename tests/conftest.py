"""Shared by all tests: hypothesis profiles, and a guard against leaked database state."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Derandomised where it gates a change: a red run must be red again. Nightly ones may roam.
settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "roam", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
