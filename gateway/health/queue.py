"""Does the queue move."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, problem
from gateway.health.snapshot import Snapshot

PATIENCE = 10 * 60 * 1000  # ms without a single message going out


def check(now: Snapshot) -> Iterator[Issue]:
    queue = now.store.queue if now.store else None
    if queue is None or not queue.due or queue.oldest_due is None:
        return
    moving_at = max(queue.oldest_due, queue.last_sent or 0)
    if now.now - moving_at > PATIENCE:
        yield problem(
            "queue.stuck",
            f"{queue.due} message{'s' if queue.due != 1 else ''} should have been sent, "
            "and none goes out.",
            "Mend what is wrong with the modems; the page tells of each message why it waits.",
            since=queue.oldest_due,
        )
