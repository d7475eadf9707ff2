"""Signs that a modem's surroundings are at fault: its supply, its antenna, somebody who jams.

Nothing here acts; it counts, and says in plain words what a person may do. Pure: time comes in.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence

from gateway.at import Command, Urc
from gateway.modem.jobs.base import Context, Job, ask

HOUR = 3600.0
RESTARTS_AN_HOUR = 3  # from so many on the supply is the likely reason
LOW_SUPPLY = 3.5  # volts at the module; they ask for 3.4 to 4.4, and sag while sending
STRONG_SIGNAL = -77  # dBm from which the loss of the network is not for want of signal
JAMMED_LOOKS = 3  # looks in a row without network in spite of a strong signal
TELLS_SUPPLY = ("simcom", "quectel")  # profiles whose AT+CBC ends in the supply voltage
JAMMING = ("#JDR", "+SJDR", "+QJDR")

SUPPLY = "Its supply voltage is too low: use a stronger power supply or a powered USB hub."
RESTARTS = (
    "It restarted {count} times in the last hour; a weak power supply or cable is the usual reason."
)
JAMMED = (
    "It lost its network although the signal is strong: something may be jamming the radio, "
    "or its antenna stands too close to another one."
)


class Health:
    """What one modem showed of itself. Used by its own thread."""

    def __init__(self) -> None:
        self.storage = ""  # what to say of message storage that was or is full
        self.low_supply = 0  # times that the modem complained, ever
        self.volts: float | None = None
        self._low_at: float | None = None
        self._restarts: deque[float] = deque(maxlen=100)
        self._jammed = False
        self._was_registered = False
        self._strong_and_lost = 0

    def hear(self, urc: Urc, now: float) -> bool:
        """News from the modem; True when it was about its health."""
        if urc.name.startswith("UNDER-VOLTAGE"):
            self.low_supply += 1
            self._low_at = now
        elif urc.name in JAMMING:
            self._jammed = _is_jammed(urc.line)
        else:
            return False
        return True

    def restarted(self, now: float) -> None:
        self._restarts.append(now)

    def looked(self, registered: bool, signal_dbm: int | None) -> None:
        """What a look at the network found."""
        if registered:
            self._was_registered, self._strong_and_lost = True, 0
        elif self._was_registered and signal_dbm is not None and signal_dbm >= STRONG_SIGNAL:
            self._strong_and_lost += 1
        else:
            self._strong_and_lost = 0

    def measured(self, volts: float, now: float) -> None:
        self.volts = volts
        if volts < LOW_SUPPLY:
            self.low_supply += 1
            self._low_at = now

    def restarts_an_hour(self, now: float) -> int:
        return sum(at > now - HOUR for at in self._restarts)

    def warnings(self, now: float) -> tuple[str, ...]:
        """In plain words; a complaint about the supply is shown for an hour."""
        found = []
        if self._low_at is not None and self._low_at > now - HOUR:
            found.append(SUPPLY)
        if (count := self.restarts_an_hour(now)) >= RESTARTS_AN_HOUR:
            found.append(RESTARTS.format(count=count))
        if self._jammed or self._strong_and_lost >= JAMMED_LOOKS:
            found.append(JAMMED)
        if self.storage:
            found.append(self.storage)
        return tuple(found)


def measure(context: Context, health: Health, now: float) -> Job[None]:
    """Ask for the supply voltage where the modem knows it."""
    if not context.profile.name.startswith(TELLS_SUPPLY):
        return
    answer = yield from ask(Command("AT+CBC", 5.0, "+CBC:"))
    volts = supply_volts(answer.lines)
    if volts is not None:
        health.measured(volts, now)


def supply_volts(lines: Sequence[str]) -> float | None:
    """`+CBC: 0,78,3900` or `+CBC: 3.749V`; None for those that tell a charge only."""
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip() != "+CBC":
            continue
        if found := re.fullmatch(r"\s*(\d\.\d+)V\s*", value):
            return float(found[1])
        fields = value.split(",")
        if len(fields) >= 3 and fields[2].strip().isdigit():
            millivolts = int(fields[2])
            return millivolts / 1000 if 2000 <= millivolts <= 6000 else None
    return None


def _is_jammed(line: str) -> bool:
    """`#JDR: JAMMED`, `+QJDR: JAMMED`, `+SJDR: 1`, also after an index; the rest is all clear."""
    last = line.partition(":")[2].rpartition(",")[2].strip().strip('"').upper()
    return last in ("JAMMED", "1", "JAMMING")
