"""Do activities name something that is not there any more: a group, a person, a connection."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, warning
from gateway.health.snapshot import Snapshot

MEND = "Change it under Activities, or switch it off there."


def check(now: Snapshot) -> Iterator[Issue]:
    for name, words in now.broken_activities:
        yield warning("activity.broken", f"“{name}”: {words}", MEND, about=name)
