"""The SIM in service, and whether it still is that one: it may be exchanged without a word."""

from __future__ import annotations

from gateway.clock import Clock
from gateway.modem.jobs import card
from gateway.modem.jobs.base import Context, Job
from gateway.modem.ledger import Sim

EVERY = 60.0  # seconds between looks
SURE = 3.0  # seconds in which nobody exchanges one between two messages


class CardWatch:
    """Used by the modem's thread alone."""

    def __init__(self, clock: Clock) -> None:
        self.went = False  # the modem said so; perhaps another one is in by now
        self._clock = clock
        self._card = Sim()
        self._since = 0.0  # monotonic
        self._seen = 0.0  # monotonic: when it was last made sure

    def came(self, found: Sim) -> None:
        """It is in service from now on."""
        self._card = found
        self._since = self._seen = self._clock.monotonic()

    @property
    def age(self) -> float:
        """Seconds for which it has been in service."""
        return self._clock.monotonic() - self._since

    @property
    def is_sure(self) -> bool:
        return self._clock.monotonic() - self._seen < SURE

    def still_in(self, context: Context) -> Job[bool]:
        self._seen = self._clock.monotonic()
        return (yield from card.still_in(context, self._card))
