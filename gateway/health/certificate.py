"""Is the page's certificate valid, and for how long."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.clock import DAY
from gateway.health.issue import Issue, problem, warning
from gateway.health.snapshot import Snapshot
from gateway.text.plural import counted

SOON = 14 * DAY  # what renews itself does so a month before
MEND = (
    "Renew it; one that the box made itself with `pigeonbox certificate make`. The service takes "
    "up the new files by itself."
)


def check(now: Snapshot) -> Iterator[Issue]:
    ends = now.certificate_ends
    if ends is None or ends - now.now > SOON:
        return
    if ends <= now.now:
        yield problem(
            "certificate.ended",
            "The page's certificate has expired: browsers warn of it and programs refuse it.",
            MEND,
            since=ends,
        )
        return
    days = (ends - now.now) // DAY
    left = "less than a day" if days < 1 else counted(days, "day")
    yield warning("certificate.ends", f"The page's certificate expires in {left}.", MEND)
