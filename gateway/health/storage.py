"""Is the SIM's storage full: then nothing more is received."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, problem
from gateway.health.snapshot import Snapshot

STOPPED = "Start the service: it reads the messages, keeps them and empties the storage."
RUNS = (
    "If receiving is switched off for this SIM, switch receiving on under Connections; else it "
    "is emptied within a minute."
)


def check(now: Snapshot) -> Iterator[Issue]:
    for modem in now.modems:
        seen = set()
        for place in modem.storages:
            if 0 < place.total <= place.used and place.memory not in seen:
                seen.add(place.memory)
                yield problem(
                    "storage.full",
                    f"The storage {place.memory or 'for messages'} of the modem {modem.place} "
                    f"is full ({place.used} of {place.total}); it receives nothing more.",
                    RUNS if modem.state else STOPPED,
                    about=modem.port,
                )
