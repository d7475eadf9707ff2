"""The user data header and its elements (3GPP TS 23.040 clause 9.2.3.24)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gateway.sms.errors import EncodeError

CONCAT_8, PORTS_8, PORTS_16, CONCAT_16 = 0x00, 0x04, 0x05, 0x08
SINGLE_SHIFT, LOCKING_SHIFT = 0x24, 0x25


@dataclass(frozen=True, slots=True)
class Element:
    """One information element; those that we do not know are kept as they are."""

    iei: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Concat:
    """This is part `seq` of `total`, all of them with the same `ref` of 8 or 16 bits."""

    bits: Literal[8, 16]
    ref: int
    total: int
    seq: int

    def element(self) -> Element:
        """Raises EncodeError when a number does not fit."""
        if not (0 <= self.ref < 1 << self.bits and 1 <= self.seq <= self.total <= 255):
            raise EncodeError(f"No SMS has this place in a series: {self}.")
        data = self.ref.to_bytes(self.bits // 8, "big") + bytes((self.total, self.seq))
        return Element(CONCAT_16 if self.bits == 16 else CONCAT_8, data)


def write(elements: tuple[Element, ...]) -> bytes:
    """The header with its length octet; nothing when there are no elements."""
    if not elements:
        return b""
    try:
        body = b"".join([bytes((one.iei, len(one.data))) + one.data for one in elements])
        return bytes((len(body),)) + body
    except ValueError:
        raise EncodeError("The user data header is too long.") from None


def read(body: bytes) -> tuple[Element, ...]:
    """The elements of a header without its length octet.

    When the last one is cut short the whole header counts for nothing, as the standard says.
    """
    elements = []
    position = 0
    while position < len(body):
        end = position + 2 + (body[position + 1] if position + 1 < len(body) else 256)
        if end > len(body):
            return ()
        elements.append(Element(body[position], body[position + 2 : end]))
        position = end
    return tuple(elements)


def concat(elements: tuple[Element, ...]) -> Concat | None:
    """The place in a series: of several elements the last one that makes sense.

    An element with sequence number 0, or above the total, is to be ignored (9.2.3.24.1).
    """
    for one in reversed(elements):
        if one.iei == CONCAT_8 and len(one.data) == 3:
            found = Concat(8, one.data[0], one.data[1], one.data[2])
        elif one.iei == CONCAT_16 and len(one.data) == 4:
            found = Concat(16, int.from_bytes(one.data[:2], "big"), one.data[2], one.data[3])
        else:
            continue
        if 1 <= found.seq <= found.total:
            return found
    return None


def ports(elements: tuple[Element, ...]) -> tuple[int, int] | None:
    """Destination and originator port of an application, e.g. (2948, ...) for a WAP push."""
    for one in reversed(elements):
        if one.iei == PORTS_16 and len(one.data) == 4:
            return int.from_bytes(one.data[:2], "big"), int.from_bytes(one.data[2:], "big")
        if one.iei == PORTS_8 and len(one.data) == 2:
            return one.data[0], one.data[1]
    return None


def language(elements: tuple[Element, ...], iei: int) -> int:
    """The language of a shift element, 0 when there is none."""
    for one in reversed(elements):
        if one.iei == iei and len(one.data) == 1:
            return one.data[0]
    return 0
