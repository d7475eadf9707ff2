"""Is the SIM's storage full: then nothing more is received."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, problem
from gateway.health.snapshot import Snapshot


def check(now: Snapshot) -> Iterator[Issue]:
    for modem in now.modems:
        seen = set()
        for place in modem.storages:
            if 0 < place.total <= place.used and place.memory not in seen:
                seen.add(place.memory)
                yield problem(
                    "storage.full",
                    f"The storage {place.memory or 'for messages'} of the modem at {modem.port} "
                    f"is full ({place.used} of {place.total}); it receives nothing more.",
                    "Start the service: it reads the messages, keeps them and empties the storage.",
                    about=modem.port,
                )
