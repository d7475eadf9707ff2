"""Is what nobody else may read readable by the service alone: messages, PINs, keys."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, warning
from gateway.health.snapshot import Snapshot


def check(now: Snapshot) -> Iterator[Issue]:
    for path, holds in now.exposed:
        yield warning(
            "permissions.exposed",
            f"{path} holds {holds} and can be read by other users of this machine.",
            f"Run `sudo chmod -R go= {path}`.",
            about=path,
        )
