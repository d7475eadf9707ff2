"""Taking lines apart: fields, quotes, integers. Tolerant, never raising."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.sms import gsm7

_INTEGER = re.compile(r"-?\d+")
_LAST_INTEGER = re.compile(r'(\d{1,9})"?\s*$')


def value(lines: Iterable[str], prefix: str) -> str | None:
    """What follows `prefix` (with its colon) in the first line that has it; None if none does."""
    for line in lines:
        if line.startswith(prefix):
            return line[len(prefix) :].strip()
    return None


def fields(text: str) -> list[str]:
    """Split at commas outside quotes; blanks and quotes (also a lonely one) are taken off."""
    found, start, quoted = [], 0, False
    for n, char in enumerate(text):
        if char == '"':
            quoted = not quoted
        elif char == "," and not quoted:
            found.append(text[start:n])
            start = n + 1
    found.append(text[start:])
    return [unquote(f) for f in found]


def unquote(text: str) -> str:
    return text.strip().strip('"').strip()


def integer(text: str) -> int | None:
    """The integer that the text is ("000" too), None for anything else."""
    text = text.strip()
    return int(text) if len(text) <= 9 and _INTEGER.fullmatch(text) else None


def last_integer(line: str) -> int | None:
    """The number at the end of a line: the TPDU length of a +CMT, +CDS or +CMGL header."""
    found = _LAST_INTEGER.search(line)
    return int(found.group(1)) if found else None


def is_hex(text: str) -> bool:
    return bool(text) and all(c in "0123456789ABCDEFabcdef" for c in text)


def from_ucs2_hex(text: str) -> str:
    """Undo AT+CSCS="UCS2": hexadecimal UTF-16 to text, where it looks like that; else as it is.

    Digits alone may be a plain number: they count as UCS2 only when every fourth pair is "00".
    """
    if len(text) < 4 or len(text) % 4 or not is_hex(text):
        return text
    if text.isdecimal() and any(text[n : n + 2] != "00" for n in range(0, len(text), 4)):
        return text
    decoded = bytes.fromhex(text).decode("utf-16-be", "replace").rstrip("\0\uffff")
    return decoded if decoded.isprintable() else text


def plain_name(text: str) -> str:
    """A name in the character set of the modem, without what fills it up.

    Septet 0 is an "@", and unused septets are 0 too; nobody is called so. Codes below a blank are
    letters of the default alphabet (TS 23.038 6.2.1).
    """
    text = text.rstrip("\0@ ")
    if any(c < " " for c in text) and all(c < "\x80" for c in text):
        text = gsm7.decode(text.encode("latin-1"))
    return "".join(c for c in text if c.isprintable()).strip()
