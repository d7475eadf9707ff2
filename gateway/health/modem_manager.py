"""ModemManager opens every modem it finds, at start and after each plugging in."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, warning
from gateway.health.snapshot import Snapshot


def check(now: Snapshot) -> Iterator[Issue]:
    if now.modem_manager:
        yield warning(
            "modem-manager",
            "ModemManager is running; it takes modems away from this box.",
            "Run `sudo systemctl disable --now ModemManager`, unless something else needs it.",
        )
