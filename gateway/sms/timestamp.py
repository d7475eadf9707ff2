"""Time stamps of the network: seven octets of swapped digits (3GPP TS 23.040 clause 9.2.3.11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gateway.sms.errors import EncodeError

LENGTH = 7
_PIVOT = 90  # two-digit years from here on belong to the last century: SMS began in 1992
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEGATIVE = 0x08  # sign of the zone, in the octet as it travels


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A local time and its zone, `offset_minutes` east of UTC, in quarters of an hour."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    offset_minutes: int = 0

    @property
    def epoch_ms(self) -> int:
        """The instant, in milliseconds since 1970 UTC. ValueError when there is no such date."""
        local = datetime(
            self.year, self.month, self.day, self.hour, self.minute, self.second, tzinfo=UTC
        )
        return ((local - _EPOCH) // timedelta(seconds=1) - self.offset_minutes * 60) * 1000

    @classmethod
    def from_epoch_ms(cls, ms: int, offset_minutes: int = 0) -> Timestamp:
        """The instant as clocks show it in that zone, whole seconds."""
        local = _EPOCH + timedelta(milliseconds=ms, minutes=offset_minutes)
        return cls(
            local.year,
            local.month,
            local.day,
            local.hour,
            local.minute,
            local.second,
            offset_minutes,
        )


def write(stamp: Timestamp | None, raw: bytes = b"") -> bytes:
    """The seven octets; of a stamp that is None the `raw` ones. Raises EncodeError."""
    if stamp is None:
        if len(raw) != LENGTH:
            raise EncodeError("A time stamp is missing.")
        return raw
    try:
        stamp.epoch_ms  # noqa: B018 - asks whether there is such a date
    except (ValueError, OverflowError):
        raise EncodeError(f"There is no such time: {stamp}.") from None
    if not 1900 + _PIVOT <= stamp.year < 2000 + _PIVOT:
        raise EncodeError(f"The year {stamp.year} does not fit into an SMS.")
    quarters, rest = divmod(abs(stamp.offset_minutes), 15)
    if rest or quarters > 79:
        raise EncodeError(f"A zone of {stamp.offset_minutes} minutes does not fit into an SMS.")
    parts = (stamp.year % 100, stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second)
    zone = _swap(quarters) | (_NEGATIVE if stamp.offset_minutes < 0 else 0)
    return bytes([*map(_swap, parts), zone])


def read(raw: bytes) -> Timestamp | None:
    """None for anything that is no time: letters among the digits, month 0, 30 February."""
    digits = raw.hex()
    if len(raw) != LENGTH or not digits[:13].isdecimal():
        # The 13th digit is the units of the zone; the 14th holds its sign as well.
        return None
    year, month, day, hour, minute, second = (
        int(digits[i + 1] + digits[i]) for i in range(0, 12, 2)
    )
    zone = raw[6]
    offset = ((zone & 0x07) * 10 + (zone >> 4)) * 15
    stamp = Timestamp(
        year + (1900 if year >= _PIVOT else 2000),
        month,
        day,
        hour,
        minute,
        second,
        -offset if zone & _NEGATIVE else offset,
    )
    try:
        stamp.epoch_ms  # noqa: B018 - asks whether there is such a date
    except ValueError:
        return None
    return stamp


def _swap(value: int) -> int:
    return value % 10 << 4 | value // 10
