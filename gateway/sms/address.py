"""Numbers and names of senders and recipients (3GPP TS 23.040 clause 9.1.2.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from gateway.sms import gsm7, septets
from gateway.sms.errors import DecodeError, EncodeError
from gateway.sms.reader import Reader

MAX_DIGITS = 20  # an address field has at most 12 octets, two of which are length and type
MOST_READ = 32  # semi-octets; some centres count more than 20, beyond this it is no address
MAX_SEPTETS = 11  # as many as fit into ten octets

_DIGITS = "0123456789*#abc"  # semi-octets 0..14; 15 is the filler
_NUMBER = re.compile(r"[0-9*#][0-9*#abc]*")
_NIBBLE = {char: value for value, char in enumerate(_DIGITS)}


class TypeOfNumber(IntEnum):
    UNKNOWN = 0
    INTERNATIONAL = 1
    NATIONAL = 2
    NETWORK = 3
    SUBSCRIBER = 4
    ALPHANUMERIC = 5
    ABBREVIATED = 6
    RESERVED = 7


@dataclass(frozen=True, slots=True)
class Address:
    """A number without its plus sign, or a name, with its type and numbering plan."""

    value: str
    ton: TypeOfNumber = TypeOfNumber.UNKNOWN
    npi: int = 1  # 1 = telephone numbering plan (E.164)

    @classmethod
    def parse(cls, text: str) -> Address:
        """What a person or program wrote: "+4912...", "12345", "*100#", "BANK".

        A short code is of unknown type: as an international number it would reach nobody.
        Raises EncodeError.
        """
        text = text.strip()
        if text.startswith("+") and _NUMBER.fullmatch(text, 1):
            return cls(_fitting(text[1:], text), TypeOfNumber.INTERNATIONAL)
        if _NUMBER.fullmatch(text):
            return cls(_fitting(text, text), TypeOfNumber.UNKNOWN)
        if not text or text.startswith("+"):
            raise EncodeError(f"“{text}” is no number.")
        _name_septets(text)
        return cls(text, TypeOfNumber.ALPHANUMERIC, 0)

    def __str__(self) -> str:
        if self.ton == TypeOfNumber.INTERNATIONAL and self.value:
            return f"+{self.value}"
        return self.value

    @property
    def answerable(self) -> bool:
        """False for names and for nobody: there is no number to send an answer to."""
        return bool(self.value) and self.ton != TypeOfNumber.ALPHANUMERIC

    @property
    def type_octet(self) -> int:
        return 0x80 | (self.ton & 7) << 4 | self.npi & 0xF


def write(address: Address) -> bytes:
    """Length in semi-octets, type, value. Raises EncodeError."""
    if address.ton == TypeOfNumber.ALPHANUMERIC:
        name = _name_septets(address.value)
        return bytes((_semi_octets(len(name)), address.type_octet)) + septets.pack(name)
    digits = _fitting(address.value, str(address))
    return bytes((len(digits), address.type_octet)) + _swapped(digits)


def write_service_centre(address: Address | None) -> bytes:
    """As a modem expects it before the TPDU: length in octets (3GPP TS 27.005 clause 3.1)."""
    if address is None or not address.value:
        return b"\x00"
    digits = _swapped(_fitting(address.value, str(address)))
    return bytes((len(digits) + 1, address.type_octet)) + digits


def read(reader: Reader, field: str) -> Address:
    """An address of a TPDU. Lenient about its length: a centre may count more than 20 digits.

    Raises DecodeError.
    """
    length = reader.octet(f"{field}.length")
    if length > MOST_READ:
        raise DecodeError(f"{field}.length", reader.position - 1, f"{length} digits are no number")
    kind = reader.octet(f"{field}.type")
    value = reader.take((length + 1) // 2, f"{field}.value")
    return _address(kind, value, length)


def read_service_centre(octets: bytes) -> Address | None:
    """The octets behind the length octet of a service centre; None when they say nothing."""
    if len(octets) < 2:
        return None
    address = _address(octets[0], octets[1:], 2 * (len(octets) - 1))
    return address if address.value else None


def looks_like_service_centre(octets: bytes) -> bool:
    """Whether a PDU can begin with a service centre (and not with the TPDU at once)."""
    length = octets[0] if octets else 0
    if length == 0:
        return bool(octets)
    return length <= 11 and len(octets) > length and octets[1] >= 0x80


def _address(kind: int, value: bytes, semi_octets: int) -> Address:
    ton, npi = TypeOfNumber(kind >> 4 & 7), kind & 0xF
    if ton == TypeOfNumber.ALPHANUMERIC:
        return Address(_name(value, semi_octets), ton, npi)
    digits = value.hex().translate(_READ)
    swapped = "".join([digits[i + 1] + digits[i] for i in range(0, len(digits), 2)])
    return Address(swapped[:semi_octets].partition("F")[0], ton, npi)


# What bytes.hex() calls a..f are the semi-octets * # a b c and the filler.
_READ = str.maketrans("abcdef", "*#abcF")


def _name(value: bytes, semi_octets: int) -> str:
    """The characters of an alphanumeric address.

    Seven characters need 13 semi-octets, and many a sender counts 14 of them: their last seven
    bits are zero and would show as an eighth character, "@".
    """
    count = semi_octets * 4 // 7
    name = septets.unpack(value, count)
    if semi_octets == 14 and name.endswith(b"\x00"):
        name = name[:-1]
    return gsm7.decode(name)


def _name_septets(name: str) -> bytes:
    coded = gsm7.tokens(name)
    if coded is None:
        raise EncodeError(f"“{name}” has a character that a sender's name cannot have.")
    joined = b"".join(coded)
    if len(joined) > MAX_SEPTETS:
        raise EncodeError(f"“{name}” is longer than {MAX_SEPTETS} characters.")
    return joined


def _semi_octets(count: int) -> int:
    return (count * 7 + 3) // 4


def _fitting(digits: str, shown: str) -> str:
    if len(digits) > MAX_DIGITS:
        raise EncodeError(f"“{shown}” has more than {MAX_DIGITS} digits.")
    return digits


def _swapped(digits: str) -> bytes:
    try:
        nibbles = [_NIBBLE[digit] for digit in digits]
    except KeyError:
        raise EncodeError(f"“{digits}” is no number.") from None
    if len(nibbles) % 2:
        nibbles.append(0xF)
    return bytes([high << 4 | low for low, high in zip(nibbles[::2], nibbles[1::2], strict=True)])
