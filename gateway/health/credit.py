"""Is there credit."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, problem, warning
from gateway.health.snapshot import Snapshot

MEND = "Top it up; the balance is asked for again by itself or under Connections."


def check(now: Snapshot) -> Iterator[Issue]:
    for credit in now.credits:
        words = f"The credit of {credit.name} is low: {credit.balance}."
        if credit.held:
            held = f"{words} Its messages wait until there is more."
            yield problem("credit.held", held, MEND, about=credit.name)
        else:
            yield warning("credit.low", words, MEND, about=credit.name)
