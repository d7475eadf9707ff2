"""TP-UD: the header and the text or data behind it (3GPP TS 23.040 clauses 9.2.3.16 and 24)."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.sms import gsm7, header, septets, ucs2
from gateway.sms.dcs import Alphabet, Dcs
from gateway.sms.errors import DecodeError, EncodeError
from gateway.sms.header import Concat, Element
from gateway.sms.reader import Reader

MAX_OCTETS = 140


@dataclass(frozen=True, slots=True)
class UserData:
    """What one message carries.

    `payload` is unpacked: one septet per byte when the alphabet is GSM7, else octets.
    `truncated`: the message said it was longer than what came.
    """

    header: tuple[Element, ...] = ()
    payload: bytes = b""
    truncated: bool = False

    @property
    def concat(self) -> Concat | None:
        """None also when the element makes no sense (number 0, or above the total)."""
        return header.concat(self.header) if self.header else None

    @property
    def ports(self) -> tuple[int, int] | None:
        """Destination and originator port."""
        return header.ports(self.header)

    @property
    def locking(self) -> int:
        """National language of the main table, 0 = default alphabet."""
        return header.language(self.header, header.LOCKING_SHIFT) if self.header else 0

    @property
    def single(self) -> int:
        """National language of the table behind the escape, 0 = default extension."""
        return header.language(self.header, header.SINGLE_SHIFT) if self.header else 0

    def text(self, dcs: Dcs) -> str:
        """The text of this part alone; "" for data, which no reader could make sense of."""
        if dcs.alphabet is Alphabet.GSM7:
            return gsm7.decode(self.payload, self.locking, self.single)
        if dcs.alphabet is Alphabet.UCS2:
            return ucs2.decode(self.payload)
        return ""


def write(data: UserData, dcs: Dcs) -> bytes:
    """TP-UDL and TP-UD. Raises EncodeError above 140 octets."""
    head = header.write(data.header)
    if dcs.alphabet is Alphabet.GSM7:
        body = head + septets.pack(data.payload, septets.fill_bits(len(head)))
        length = (len(head) * 8 + 6) // 7 + len(data.payload)
        # A header alone is filled up to whole septets as well; that may begin another octet.
        body = body.ljust((length * 7 + 7) // 8, b"\x00")
    else:
        body = head + data.payload
        length = len(body)
    if len(body) > MAX_OCTETS:
        raise EncodeError(f"{len(body)} octets of user data; an SMS carries {MAX_OCTETS}.")
    return bytes((length,)) + body


def read(reader: Reader, dcs: Dcs, has_header: bool, *, strict: bool) -> UserData:
    """TP-UDL and TP-UD.

    `strict` is the network's view of a SUBMIT: user data that is cut short or too long is an error.
    Else what came is read, however long, and marked as truncated: half a message is worth more to
    its reader than none.
    """
    start = reader.position
    length = reader.octet("user_data.length")
    coded_in_septets = dcs.alphabet is Alphabet.GSM7
    octets = (length * 7 + 7) // 8 if coded_in_septets else length
    body = reader.up_to(octets)
    if strict and len(body) < octets:
        words = f"{octets} octets of user data announced, {len(body)} there"
        raise DecodeError("user_data.length", start, words)
    if strict and octets > MAX_OCTETS:
        words = f"{octets} octets announced, at most {MAX_OCTETS} possible"
        raise DecodeError("user_data.length", start, words)
    elements: tuple[Element, ...] = ()
    used = 0
    if has_header:
        elements, used = _read_header(body, start + 1)
    payload = _septets(body, used, length) if coded_in_septets else body[used:]
    return UserData(elements, payload, len(body) < octets)


def _read_header(body: bytes, offset: int) -> tuple[tuple[Element, ...], int]:
    """The elements and how many octets they take, length octet included."""
    if not body:
        raise DecodeError("user_data.header", offset, "a header was announced, there is no data")
    used = body[0] + 1
    if used > len(body):
        words = f"a header of {used} octets in {len(body)} octets of user data"
        raise DecodeError("user_data.header.length", offset, words)
    return header.read(body[1:used]), used


def _septets(body: bytes, used: int, length: int) -> bytes:
    """The septets behind a header of `used` octets; TP-UDL counts those of the header as well."""
    fill = septets.fill_bits(used)
    said = length - (used * 8 + 6) // 7
    there = ((len(body) - used) * 8 - fill) // 7
    return septets.unpack(body[used:], max(0, min(said, there)), fill)
