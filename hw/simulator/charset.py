"""The character sets of AT+CSCS, as the modem's side of the line needs them.

Text on the line is handled as latin-1, so that one character is one octet on the wire: under
"GSM" those octets are codes of the default alphabet (3GPP TS 23.038 clause 6.2.1).
"""

from __future__ import annotations

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {"^": 20, "{": 40, "}": 41, "\\": 47, "[": 60, "~": 61, "]": 62, "|": 64, "€": 101}
_CODES: dict[str, bytes] = {char: bytes([code]) for code, char in enumerate(BASIC)}
_CODES |= {char: bytes([27, code]) for char, code in EXTENSION.items()}
_EXTENDED = {code: char for char, code in EXTENSION.items()}

SUPPORTED = ("GSM", "UCS2", "IRA", "8859-1")


def fits_gsm(text: str) -> bool:
    """Whether the default alphabet with its extension can say all of `text`."""
    return all(char in _CODES for char in text)


def to_gsm(text: str) -> bytes:
    """One octet per septet; a question mark for what the alphabet lacks."""
    return b"".join(_CODES.get(char, b"?") for char in text)


def from_gsm(septets: bytes) -> str:
    out = []
    codes = iter(septets)
    for code in codes:
        if code == 27:
            out.append(_EXTENDED.get(next(codes, 32), " "))
        else:
            out.append(BASIC[code & 0x7F])
    return "".join(out)


def encode(text: str, charset: str) -> str:
    """`text` as the modem writes it under `charset` (latin-1 characters = octets)."""
    if charset == "UCS2":
        return text.encode("utf-16-be").hex().upper()
    if charset == "GSM":
        return to_gsm(text).decode("latin-1")
    limit = "ascii" if charset == "IRA" else "latin-1"
    return text.encode(limit, "replace").decode("latin-1")


def decode(line: str, charset: str) -> str:
    """What the terminal wrote under `charset`; ValueError when it is no valid hex for UCS2."""
    if charset == "UCS2":
        return bytes.fromhex(line).decode("utf-16-be")
    if charset == "GSM":
        return from_gsm(line.encode("latin-1", "replace"))
    return line


def pack(septets: bytes) -> bytes:
    """Seven-bit packing for USSD (TS 23.038 clause 6.1.2.3.1): a CR fills an eighth septet."""
    if len(septets) % 8 == 7:
        septets += b"\r"
    bits = 0
    for place, septet in enumerate(septets):
        bits |= (septet & 0x7F) << (7 * place)
    return bits.to_bytes((7 * len(septets) + 7) // 8, "little")


def unpack(octets: bytes) -> bytes:
    """The septets of a USSD string, without a CR that only fills the last octet."""
    bits = int.from_bytes(octets, "little")
    count = len(octets) * 8 // 7
    septets = bytes(bits >> (7 * place) & 0x7F for place in range(count))
    if count % 8 == 0 and septets.endswith(b"\r"):
        return septets[:-1]
    return septets
