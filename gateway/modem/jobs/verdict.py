"""What the answers about registration mean for SMS, in words that say what to do.

TS 27.007 clause 7.2; that a data-only SIM shows as "denied" in the voice domain and "registered" in
the packet domain: WioLTE#1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gateway.at import answers
from gateway.modem.machine import ModemEvent

DATA_ONLY = (
    "This SIM is let into the network for data only; it has no SMS service. "
    "Ask its operator to add SMS, or use another SIM."
)
REFUSED = "The network refuses this SIM: is it activated, paid for, allowed to roam?"
EMERGENCY = "The network allows this SIM emergency calls only: is it activated and paid for?"
NO_SIGNAL = "No signal so far; check the antenna if it stays so."
LOOKING = "It has a signal and is looking for its network."
NO_2G = (
    "This modem knows 2G (GSM) only and finds no 2G network. Many operators have switched 2G off; "
    "an LTE modem would help."
)

SMS_ONLY = (6, 7)  # registered for SMS and nothing else
EMERGENCY_ONLY = (8, 11)
PATIENCE_2G = 180.0  # seconds; a search that succeeds takes less
_2G_ONLY = re.compile(
    r"SIM\s?[89]\d\d|SIM300|SIM868|\bM(10|35|50|56|66|72|85|90|95)\w?\b|MC(35|39|52|55|56)i?\b"
    r"|TC(35|63|65)i?\b|BGS[25]|SARA-G|LEON-G|\bGL86\d|\bA6\b|M590",
    re.IGNORECASE,
)


def no_service(
    stats: Mapping[str, answers.Registration], signal: int | None
) -> tuple[ModemEvent, str] | None:
    """Why no SMS can go, from the answer to each query by its name; None when they can."""
    voice = stats.get("+CREG")
    registered = [s for s in stats.values() if s.registered]
    if registered:
        refused = voice is not None and voice.denied
        if refused and not any(s.stat in SMS_ONLY for s in registered):
            return ModemEvent.DENY, DATA_ONLY
        return None
    if any(s.denied for s in stats.values()):
        return ModemEvent.DENY, REFUSED
    if any(s.stat in EMERGENCY_ONLY for s in stats.values()):
        return ModemEvent.DENY, EMERGENCY
    return ModemEvent.SEARCH, NO_SIGNAL if signal is None else LOOKING


class NetworkSearch:
    """How long a modem has been looking for a network. Used by its own thread."""

    def __init__(self) -> None:
        self._since: float | None = None

    def explanation(self, event: ModemEvent, why: str, model: str, now: float) -> str:
        """`why`, or something better after minutes in vain."""
        if event is not ModemEvent.SEARCH:
            self._since = None
            return why
        self._since = now if self._since is None else self._since
        in_vain = now - self._since >= PATIENCE_2G
        return NO_2G if in_vain and _2G_ONLY.search(model) else why
