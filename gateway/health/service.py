"""Does the service run."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, problem
from gateway.health.snapshot import Snapshot


def check(now: Snapshot) -> Iterator[Issue]:
    about = now.disk.folder if now.disk else ""
    if now.barred:
        yield problem(
            "service.hidden",
            f"The user {now.user} may not see whether the service runs.",
            "Run this as the service's user or with sudo.",
            about=about,
        )
    elif now.dead:
        yield problem(
            "service.thread",
            f"A part of the service stands still: {', '.join(now.dead)}.",
            "Restart it: `sudo systemctl restart pigeonbox`. Messages are kept.",
        )
    elif now.hung:
        yield problem(
            "service.silent",
            "The service runs and does not answer.",
            "Restart it: `sudo systemctl restart pigeonbox`.",
            about=about,
        )
    elif not now.service:
        yield problem(
            "service.stopped",
            "The service is not running on this data folder: nothing is sent or received.",
            "Start it: `sudo systemctl start pigeonbox`, or `pigeonbox run`.",
            about=about,
        )
