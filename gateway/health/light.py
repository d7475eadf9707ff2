"""Does the light that the config names work; the box does without."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, note
from gateway.health.snapshot import Snapshot


def check(now: Snapshot) -> Iterator[Issue]:
    if now.dark:
        mend = "Check [leds] board in the config, the wiring, and the group gpio of the service."
        yield note("light.none", now.dark, mend)
