"""Did the last update come up."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, warning
from gateway.health.snapshot import Snapshot

MEND = (
    "Try again later, or report it. To end this notice: "
    "`sudo /opt/pigeonbox/current/src/install.sh`."
)


def check(now: Snapshot) -> Iterator[Issue]:
    if now.update_failed:
        words = f"The last update failed and was taken back: {now.update_failed}"
        yield warning(
            "update.failed",
            words,
            MEND,
        )
