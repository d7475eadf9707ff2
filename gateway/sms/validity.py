"""TP-VP: how long the network tries (3GPP TS 23.040 clause 9.2.3.12), in its three forms."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.sms import timestamp
from gateway.sms.errors import EncodeError
from gateway.sms.reader import Reader
from gateway.sms.timestamp import Timestamp

HOUR, DAY, WEEK = 60, 24 * 60, 7 * 24 * 60  # in minutes


@dataclass(frozen=True, slots=True)
class Relative:
    """One octet: from five minutes to 63 weeks after submission."""

    octet: int

    @property
    def minutes(self) -> int:
        if self.octet < 144:
            return (self.octet + 1) * 5
        if self.octet < 168:
            return 12 * HOUR + (self.octet - 143) * 30
        if self.octet < 197:
            return (self.octet - 166) * DAY
        return (self.octet - 192) * WEEK


@dataclass(frozen=True, slots=True)
class Absolute:
    """Until an instant; None for octets that name none, which `raw` holds."""

    until: Timestamp | None
    raw: bytes = field(default=b"", compare=False)


@dataclass(frozen=True, slots=True)
class Enhanced:
    """Seven octets, the first of which says what the others mean (9.2.3.12.3)."""

    octets: bytes

    @property
    def single_shot(self) -> bool:
        """The network is to try once only."""
        return bool(self.octets[0] & 0x40)

    @property
    def seconds(self) -> int | None:
        """The period; None when none is given or its form is not known."""
        form = self.octets[0] & 0x07
        # A further indicator octet may come first; then the value lies one octet later.
        place = 2 if self.octets[0] & 0x80 else 1
        if form == 1:
            return Relative(self.octets[place]).minutes * 60
        if form == 2:
            return self.octets[place]
        clock = self.octets[place : place + 3].hex()
        if form != 3 or not clock.isdecimal():
            return None
        hours, minutes, seconds = (int(clock[i + 1] + clock[i]) for i in (0, 2, 4))
        return hours * 3600 + minutes * 60 + seconds


Validity = Relative | Absolute | Enhanced

# Bits 4 and 3 of the first octet of a SUBMIT (9.2.3.3).
FORMAT_MASK = 0x18
_RELATIVE, _ENHANCED, _ABSOLUTE = 0x10, 0x08, 0x18


def relative_validity(minutes: int) -> Relative:
    """The longest period that is not longer than `minutes`, at least five minutes.

    One part in a hundred more is let pass: a message that waited some seconds for its modem would
    else lose a whole day of four.
    """
    wanted = minutes + minutes // 100
    low, high = 0, 255
    while low < high:
        middle = (low + high + 1) // 2
        if Relative(middle).minutes <= wanted:
            low = middle
        else:
            high = middle - 1
    return Relative(low)


def write(validity: Validity | None) -> tuple[int, bytes]:
    """The format bits for the first octet, and the octets. Raises EncodeError."""
    match validity:
        case None:
            return 0, b""
        case Relative(octet):
            if not 0 <= octet <= 255:
                raise EncodeError(f"A relative validity is one octet, not {octet}.")
            return _RELATIVE, bytes((octet,))
        case Absolute(until):
            return _ABSOLUTE, timestamp.write(until, validity.raw)
        case Enhanced(octets):
            if len(octets) != timestamp.LENGTH:
                raise EncodeError("An enhanced validity has seven octets.")
            return _ENHANCED, octets


def read(reader: Reader, first_octet: int) -> Validity | None:
    form = first_octet & FORMAT_MASK
    if form == 0:
        return None
    if form == _RELATIVE:
        return Relative(reader.octet("validity"))
    octets = reader.take(timestamp.LENGTH, "validity")
    if form == _ENHANCED:
        return Enhanced(octets)
    return Absolute(timestamp.read(octets), octets)
