"""What time it is by the network, as one modem tells it, and when to ask it again."""

from __future__ import annotations

from gateway.at import nettime
from gateway.clock import Clock
from gateway.modem.jobs import radio
from gateway.modem.jobs.base import Context, Job
from gateway.modem.ledger import NetworkTime

EVERY = 3600.0  # seconds between questions
AGAIN, TRIES = 60.0, 5  # the same while it is not known: soon, and so many times
NEWS_COUNTS = 6 * 3600.0  # seconds for which the network's own word beats the modem's clock


class NetworkClock:
    """Used by the modem's thread alone."""

    def __init__(self, clock: Clock) -> None:
        self.told: NetworkTime | None = None
        self._clock = clock
        self._in_vain = 0

    @property
    def every(self) -> float:
        """Seconds until the next question."""
        return EVERY if self.told or self._in_vain >= TRIES else AGAIN

    def ask(self, context: Context) -> Job[bool]:
        """Whether something is known that was not."""
        told = yield from radio.network_time(context)
        self._in_vain += told is None
        return told is not None and self._note(told)

    def hear(self, line: str) -> bool:
        """The same of what the modem says by itself."""
        told = nettime.news(line)
        return told is not None and self._note(told)

    def _note(self, told: nettime.NetworkReading) -> bool:
        now, last = self._clock.monotonic(), self.told
        heard = told.source is not nettime.Source.CLOCK
        if not heard and last is not None and now - last.read_at < NEWS_COUNTS:
            return False
        self.told = NetworkTime(told.at, now, told.offset, told.source)
        return True
