"""Is each modem in the network, and does it hear it well enough."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, note, problem, warning
from gateway.health.snapshot import ModemFacts, Snapshot

WEAK = -100  # dBm; sending gets slow and fails at times
ANTENNA = "Move the antenna to a window or higher up, away from the board and its supply."

ASK = "Ask the operator whether the SIM is activated, paid for and allowed to roam."


def check(now: Snapshot) -> Iterator[Issue]:
    for modem in now.modems:
        if modem.state in ("searching", "denied", "ready") or _open(modem):
            yield from _issues_of(modem)


def _open(modem: ModemFacts) -> bool:
    return not modem.state and modem.answered and modem.sim == "READY"


def _issues_of(modem: ModemFacts) -> Iterator[Issue]:
    if modem.state == "denied" or modem.denied:
        yield problem(
            "network.denied",
            f"The network refuses the SIM in the modem {modem.place}.",
            modem.advice or ASK,
            about=modem.port,
            since=modem.since,
        )
    elif modem.state == "searching" or modem.registered is False:
        yield problem(
            "network.none",
            f"The modem {modem.place} finds no network it may use.",
            modem.advice or f"{ANTENNA} A 2G module finds nothing where 2G is switched off.",
            about=modem.port,
            since=modem.since,
        )
    elif modem.registered is None and not modem.state:
        words = f"The modem {modem.place} does not say whether it is in the network."
        yield note("network.unknown", words, about=modem.port)
    if modem.signal_dbm is not None and modem.signal_dbm <= WEAK:
        words = f"The signal of the modem {modem.place} is weak ({modem.signal_dbm} dBm)."
        yield warning("network.weak", words, ANTENNA, about=modem.port)
    if modem.roaming:
        words = f"The SIM in the modem {modem.place} is roaming: each SMS may cost more."
        yield note("network.roaming", words, about=modem.port)
