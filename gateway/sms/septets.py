"""Seven-bit values in eight-bit octets (3GPP TS 23.038 clause 6.1.2).

Everywhere else a septet is one byte of 0..127. Only here, at the wire, they are packed: the first
septet into the lowest bits, after `fill` zero bits that follow a header (TS 23.040 figure
9.2.3.24a).
"""

from __future__ import annotations

from gateway.sms.errors import EncodeError

_BITS = tuple(f"{value:07b}" for value in range(128))


def fill_bits(octets: int) -> int:
    """Zero bits between a header of `octets` octets and the first septet after it."""
    return -octets * 8 % 7


def pack(septets: bytes, fill: int = 0) -> bytes:
    """Packed octets, the unused bits of the last one zero."""
    if not septets:
        return b""
    try:
        bits = "".join([_BITS[septet] for septet in reversed(septets)])
    except IndexError:
        raise EncodeError("A septet is above 127.") from None
    length = (len(septets) * 7 + fill + 7) // 8
    return (int(bits, 2) << fill).to_bytes(length, "little")


def unpack(octets: bytes, count: int, fill: int = 0) -> bytes:
    """`count` septets; missing ones read as zero, so ask for no more than there are."""
    number = int.from_bytes(octets, "little") >> fill
    return bytes([(number >> shift) & 0x7F for shift in range(0, count * 7, 7)])
