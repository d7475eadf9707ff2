"""PINs and passwords in what is said to a modem: never in a log, an error or a traceback. Pure."""

from __future__ import annotations

import re
from typing import Final

BLANK: Final = "***"
# Commands whose values may be a PIN, PUK or password, whoever makes the modem.
_SECRET: Final = re.compile(
    r"([+^*#_$%!][A-Z0-9]*(?:PIN|PUK|PWD|CLCK|LOCK|SPIC)[A-Z0-9]*\s*=)(?!\s*\?)[^;\r\n]*", re.I
)
_DIGITS: Final = re.compile(r"\d")


def without_secrets(text: str) -> str:
    """A command as it may be shown: `AT+CPIN="1234"` -> `AT+CPIN=***`."""
    return _SECRET.sub(rf"\1{BLANK}", text)


def shape(line: str) -> str:
    """A line that nobody asked for, as it may be logged.

    Only its beginning, and no digits: it may be a damaged echo of a PIN, or part of a message.
    """
    head = _DIGITS.sub("0", without_secrets(line)[:12])
    return head if len(line) <= 12 else f"{head}... ({len(line)} characters)"
