"""Does the SIM know its service centre; without one nothing can be sent."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, problem
from gateway.health.snapshot import Snapshot


def check(now: Snapshot) -> Iterator[Issue]:
    for modem in now.modems:
        if modem.smsc == "" and (modem.state == "ready" or (not modem.state and modem.answered)):
            yield problem(
                "smsc.missing",
                f"The SIM in the modem {modem.place} has no number of a service centre (SMSC).",
                "Ask the operator for it and store it with the SIM in a phone.",
                about=modem.port,
            )
