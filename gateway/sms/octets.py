"""Octets that are text although their coding scheme calls them data, or is silent about it."""

from __future__ import annotations

import re
from typing import Final

_LINE_ENDS: Final = "\t\n\r"
_MOST_HIGH: Final = 0.3  # of the octets: letters of Latin-1 in a text that is otherwise ASCII
_LETTER = re.compile(r"[^\W\d_]")


def charset(data: bytes) -> str:
    """The codec that reads these octets of an 8-bit message as text; "" = they are data.

    UTF-8, Windows-1252 (which is Latin-1 where both have letters), UTF-16 of either order.
    """
    bare = data.rstrip(b"\0")
    if not bare:
        return ""
    if bare.startswith((b"\xfe\xff", b"\xff\xfe")):
        return "utf-16" if _reads(data, "utf-16") else ""
    if _reads(bare, "utf-8"):
        return "utf-8"
    if b"\0" in bare:
        zeros = data[::2].count(0), data[1::2].count(0)
        wide = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
        even = len(data) % 2 == 0 and max(zeros) * 4 >= len(data)
        return wide if even and _reads(data, wide) else ""
    high = sum(octet > 0x7F for octet in bare)
    if high <= len(bare) * _MOST_HIGH and _reads(bare, "cp1252", letters=True):
        return "cp1252"
    return ""


def little_endian(data: bytes) -> bool:
    """Whether octets of a UCS-2 message have their lower octet first.

    A byte order mark says so; so does ASCII, which the right order would make rare ideographs of.
    """
    if data.startswith(b"\xff\xfe"):
        return True
    low, high = data[::2], data[1::2]
    return len(high) > 2 and not any(high) and all(0x20 <= c < 0x7F or c in b"\n\r" for c in low)


def _reads(data: bytes, codec: str, *, letters: bool = False) -> bool:
    """Whether all of it can be shown. `letters`: what is not ASCII has to be letters."""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return False
    shown = all(c.isprintable() or c in _LINE_ENDS for c in text.rstrip("\0"))
    return shown and not (letters and any(not _LETTER.match(c) for c in text if c > "\x7f"))
