"""The little that a modem itself must know of a TPDU (3GPP TS 23.040); the rest is opaque here."""

from __future__ import annotations

MOST_OCTETS = 164  # the longest SUBMIT: 24 octets in front of 140 of user data


def with_smsc(tpdu: bytes, smsc: str) -> str:
    """Upper-case hex with the service centre's address in front (TS 24.011 clause 8.2.5.1)."""
    return smsc_prefix(smsc) + tpdu.hex().upper()


def smsc_prefix(smsc: str) -> str:
    digits = smsc.lstrip("+")
    if not digits:
        return "00"
    padded = digits + "F" * (len(digits) % 2)
    swapped = "".join(padded[at + 1] + padded[at] for at in range(0, len(padded), 2))
    kind = "91" if smsc.startswith("+") else "81"
    return f"{len(swapped) // 2 + 1:02X}{kind}{swapped}"


def cut_submit(text: bytes, length: int) -> tuple[bytes, bool] | None:
    """The SUBMIT in the hex that a terminal wrote, and whether it names a service centre.

    None when it is no hex, when its length is not `length` (the number given to +CMGS: octets
    without the service centre), or when it is no SUBMIT.
    """
    try:
        octets = bytes.fromhex(text.decode("ascii").replace("\r", "").replace("\n", ""))
    except (ValueError, UnicodeDecodeError):
        return None
    if not octets:
        return None
    tpdu = octets[1 + octets[0] :]
    if len(tpdu) != length or length < 7 or tpdu[0] & 0x03 != 0x01:
        return None
    return tpdu, octets[0] > 1


def with_reference(tpdu: bytes, reference: int) -> bytes:
    """A SUBMIT with its TP-MR filled in, as a modem does it."""
    return tpdu[:1] + bytes([reference]) + tpdu[2:]


def message_class(tpdu: bytes) -> int | None:
    """The class of a DELIVER from its data coding scheme (TS 23.038 clause 4)."""
    if len(tpdu) < 2 or tpdu[0] & 0x03:
        return None
    at = 2 + 1 + (tpdu[1] + 1) // 2 + 1  # type of address, digits, protocol identifier
    if at >= len(tpdu):
        return None
    scheme = tpdu[at]
    general_with_class = scheme & 0x90 == 0x10  # 0xx1 xxxx
    if general_with_class or scheme & 0xF0 == 0xF0:
        return scheme & 0x03
    return None
