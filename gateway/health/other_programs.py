"""Do other programs have our ports open; half of the modem's answers then go to them."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, problem
from gateway.health.snapshot import Snapshot


def check(now: Snapshot) -> Iterator[Issue]:
    for port in now.ports:
        if port.holders:
            names = ", ".join(f"{h.name} (process {h.pid})" for h in port.holders)
            yield problem(
                "ports.held",
                f"{port.path} is in use by {names}.",
                "End that program, or give it another port; a modem can serve only one.",
                about=port.path,
            )
