"""PDUs as modems print and expect them: hex, service centre first (3GPP TS 27.005 clause 3.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.sms import address, wire
from gateway.sms.address import Address
from gateway.sms.errors import DecodeError
from gateway.sms.tpdu import Deliver, StatusReport, Submit

_HEX = re.compile(r"[0-9A-Fa-f]*")
_BLANK = re.compile(r"[\s\x00\"']+")


@dataclass(frozen=True, slots=True)
class Pdu:
    """A TPDU and the service centre that the modem named before it."""

    smsc: Address | None
    tpdu: bytes


def join_pdu(tpdu: bytes, smsc: Address | None = None) -> tuple[str, int]:
    """What goes to the modem, and the length for AT+CMGS, which leaves the service centre out.

    Without `smsc` the modem uses the one it knows. Raises EncodeError.
    """
    return (address.write_service_centre(smsc) + tpdu).hex().upper(), len(tpdu)


def split_pdu(text: str | bytes, tpdu_length: int | None = None) -> Pdu:
    """Read a PDU line. `tpdu_length` is what the modem said before it.

    Modems leave the service centre out, pad with FF, cut the end off and count wrongly; so the
    reading that is a message wins, the announced length only decides between two that are.
    Raises DecodeError.
    """
    octets = _octets(text)
    readings = _readings(octets, tpdu_length)
    for _, reading in readings:
        if is_whole(reading.tpdu):
            return reading
    failed = None
    for start, reading in readings:
        try:
            decode_any(reading.tpdu)
        except DecodeError as e:
            failed = failed or e.moved(start)
        else:
            return reading
    raise failed or DecodeError("tpdu", len(octets), "the PDU is empty")


def decode_any(tpdu: bytes) -> Submit | Deliver | StatusReport:
    """Any kind of message: a storage holds sent ones beside received ones. Raises DecodeError."""
    if tpdu and tpdu[0] & 0x03 == 0x01:
        return wire.decode_from_phone(tpdu)
    return wire.decode_from_network(tpdu)


def _octets(text: str | bytes) -> bytes:
    """The octets of the leading hex digits; half an octet at the end is left out."""
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    found = _HEX.match(_BLANK.sub("", text))
    digits = found.group() if found else ""
    if len(digits) < 2:
        raise DecodeError("hex", 0, "no hexadecimal digits")
    return bytes.fromhex(digits[: len(digits) // 2 * 2])


def _readings(octets: bytes, tpdu_length: int | None) -> list[tuple[int, Pdu]]:
    """Every way to read the octets and where the TPDU begins in them, the likelier first.

    Those of the announced length come first, then those that are that long without padding.
    """
    readings = []
    if address.looks_like_service_centre(octets):
        start = 1 + octets[0]
        centre = address.read_service_centre(octets[1:start])
        readings.append((start, Pdu(centre, octets[start:])))
    readings.append((0, Pdu(None, octets)))
    if tpdu_length is None or tpdu_length <= 0:
        return readings
    exact = [one for one in readings if len(one[1].tpdu) == tpdu_length]
    padded = [
        (start, Pdu(one.smsc, one.tpdu[:tpdu_length]))
        for start, one in readings
        if len(one.tpdu) > tpdu_length
    ]
    return exact + padded + readings


def is_whole(tpdu: bytes) -> bool:
    """Whether this is a whole message of a kind that is in use, as networks and phones make them.

    The highest bit of an address type is always set, and no number has more than 20 digits: what
    stands there tells a TPDU from one that is read an octet too early or too late.
    """
    kind = tpdu[0] & 0x03 if tpdu else 0x03
    place = 2 if kind == 0x00 else 3
    if kind == 0x03 or len(tpdu) <= place or tpdu[place] < 0x80:
        return False
    try:
        message = decode_any(tpdu)
    except DecodeError:
        return False
    if isinstance(message, Deliver):
        number = message.sender
    else:
        number = message.destination if isinstance(message, Submit) else message.recipient
    if len(number.value) > address.MAX_DIGITS:
        return False
    return message.user_data is None or not message.user_data.truncated
