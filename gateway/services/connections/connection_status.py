"""A connection as the page shows it. Made in one place (overview.py)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gateway.decisions.pacing import Limits
from gateway.services.connections.status import Level, ModemStatus
from gateway.services.credit.credit_status import CreditStatus, amount, part
from gateway.store.connections.connections import ConnectionInfo

NOWHERE = "Its SIM is in no modem"
PUT_BACK = "Put it back into a modem, or remove the connection if it is gone for good."


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """What is kept of it, the modem that carries it (None: none does), its work and its credit."""

    info: ConnectionInfo
    modem: ModemStatus | None
    sent: int  # SMS to people that the network took today
    failed: int  # that failed today
    waiting: int  # that wait for this connection, those that its modem has included
    seconds: float | None  # until these have left, as far as can be told
    pace: float | None  # mean seconds for one, as the last ones took
    limits: Limits
    distrusted: bool  # the network's refusals hold it; a person may let it go
    credit: CreditStatus

    @property
    def id(self) -> int:
        return self.info.connection_id

    @property
    def up(self) -> bool:
        return self.modem is not None and self.modem.state == "ready"

    @property
    def gone(self) -> bool:
        """Whether its SIM is in no modem, as far as anybody knows."""
        return self.modem is None or self.modem.state == "absent"

    @property
    def wants_pin(self) -> bool:
        return self.modem is not None and self.modem.wants == "PIN"

    @property
    def unread(self) -> bool:
        """Whether the last answer about its credit is newer than the last balance."""
        last, read = self.credit.last, self.credit.read
        return last is not None and (read is None or last.at > read.at)

    # in words -----------------------------------------------------------------------------------

    @property
    def level(self) -> Level:
        return self.modem.level if self.modem else Level.BAD

    @property
    def words(self) -> str:
        return self.modem.words if self.modem else NOWHERE

    @property
    def advice(self) -> str:
        return self.modem.advice if self.modem else PUT_BACK

    @property
    def balance(self) -> str:
        return amount(self.credit.read) if self.credit.read else ""

    @property
    def part(self) -> str:
        """Which of several amounts that is, in the operator's words; "" where there was one."""
        return part(self.credit.read) if self.credit.read else ""

    @property
    def takes(self) -> str:
        """How long what waits for it will take; "" when nobody knows."""
        return duration(self.seconds) if self.seconds is not None else ""

    @property
    def limit_words(self) -> str:
        """ "30 a minute, 200 an hour"; the ones that count."""
        found = self.limits
        named = (
            (found.minute, "a minute"),
            (found.hour, "an hour"),
            (found.day, "a day"),
        )
        return ", ".join(f"{limit:,} {words}" for limit, words in named if limit)


def duration(seconds: float) -> str:
    """ "40 s", "3 min", "2 h", "3 days": as exact as an estimate deserves."""
    if seconds < 55:
        return f"{max(5, math.ceil(seconds / 5) * 5)} s"
    if seconds < 55 * 60:
        return f"{math.ceil(seconds / 60)} min"
    if seconds < 36 * 3600:
        return f"{math.ceil(seconds / 3600)} h"
    return f"{math.ceil(seconds / 86400)} days"
