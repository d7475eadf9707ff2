"""Does the board get enough voltage, and do modems restart as they do when they lack it."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, problem, warning
from gateway.health.snapshot import Snapshot

STRONGER = "Use the board's own supply (2.5 A or more) and a powered hub for several sticks."
RESTARTS = 3  # since the service started


def check(now: Snapshot) -> Iterator[Issue]:
    if now.supply and now.supply.low:
        yield problem("power.low", "The supply voltage of this board is too low.", STRONGER)
    elif now.supply and now.supply.was_low:
        words = "The supply voltage of this board was too low at times since it started."
        yield warning("power.was-low", words, STRONGER)
    for modem in now.modems:
        if modem.restarts >= RESTARTS:
            yield warning(
                "power.restarts",
                f"The modem {modem.place} has restarted {modem.restarts} times by itself.",
                f"Most often it lacks power while it sends. {STRONGER}",
                about=modem.port,
            )
