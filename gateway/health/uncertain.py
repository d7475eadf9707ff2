"""Do messages wait for a person to say whether they went out."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, warning
from gateway.health.snapshot import Snapshot


def check(now: Snapshot) -> Iterator[Issue]:
    queue = now.store.queue if now.store else None
    if queue and queue.uncertain:
        many = queue.uncertain != 1
        yield warning(
            "messages.uncertain",
            f"{queue.uncertain} message{'s' if many else ''} may or may not have been sent.",
            "Look under Failed on the page: ask the recipient, or send again.",
            since=queue.uncertain_since,
        )
