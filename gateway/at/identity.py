"""Who is there: make, model, IMEI, and the SIM's state, IMSI, ICCID."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from gateway.at.results import Result
from gateway.at.text import fields, from_ucs2_hex, integer, unquote, value

_LABELLED = re.compile(r"(?i)^(\+?C?GM[IMR]|manufacturer|model|revision)\s*:\s*")
_IMEI = re.compile(r"(?<!\d)\d{14,16}(?!\d)")
_IMSI = re.compile(r"(?<!\d)\d{14,15}(?!\d)")
_ICCID = re.compile(r"89[0-9A-E]{16,18}")  # Chinese carriers number beyond 9
_HEX_RUN = re.compile(r"(?<![0-9A-Z])[0-9A-F]{18,22}(?![0-9A-Z])")

# The same state of a SIM as a value, a CME and a CMS error (27.007 8.3 and 9.2, 27.005 3.2.5).
BUSY: Final = "BUSY"
_CODES: Final[dict[int, str]] = {
    10: "NOT INSERTED",
    11: "SIM PIN",
    12: "SIM PUK",
    13: BUSY,  # also seen for a moment after power-on
    14: BUSY,
    16: "SIM PIN",
    17: "READY",  # a PIN2 is of no concern to messages
    18: "READY",
    310: "NOT INSERTED",
    311: "SIM PIN",
    313: BUSY,
    314: BUSY,
    316: "SIM PUK",
    317: "READY",
    318: "READY",
    515: BUSY,
}
_VALUES: Final = {"NOT READY": BUSY, "SIM PIN2": "READY", "SIM PUK2": "READY"}


def name(lines: Sequence[str]) -> str:
    """Make, model or revision: the first line, without label and quotes."""
    for line in lines:
        text = unquote(_LABELLED.sub("", line))
        if text:
            return text
    return ""


def imei(lines: Sequence[str]) -> str | None:
    """14 to 16 digits wherever they stand; the check digit is not insisted on."""
    return _first(_IMEI, lines)


def imsi(lines: Sequence[str]) -> str | None:
    return _first(_IMSI, lines)


def _first(pattern: re.Pattern[str], lines: Sequence[str]) -> str | None:
    for line in lines:
        found = pattern.search(line)
        if found:
            return found.group()
    return None


def iccid(lines: Sequence[str]) -> str | None:
    """18 to 20 digits beginning with 89 (ITU-T E.118), however the modem writes them: blanks,
    swapped nibbles and F padding are undone.
    """
    for line in lines:
        text = line.rpartition(":")[2].upper()
        for found in _HEX_RUN.findall(text) or _HEX_RUN.findall("".join(text.split())):
            if told := _upright(found):
                return told
    return None


def _upright(text: str) -> str | None:
    if text.startswith("98") and len(text) % 2 == 0:
        text = "".join(text[n + 1] + text[n] for n in range(0, len(text), 2))
    text = text.rstrip("F")
    return text if _ICCID.fullmatch(text) else None


def cpin(lines: Sequence[str], result: Result) -> str:
    """READY, SIM PIN, SIM PUK, NOT INSERTED, PH-..., BUSY (ask again), or "": no SIM is to be seen.

    A value counts even when its OK is missing, and an OK without value means READY.
    """
    text = value(lines, "+CPIN:")
    if text is None and len(lines) == 1:
        text = lines[0]
    if text is not None:
        status = " ".join(unquote(text).upper().split())
        return _VALUES.get(status, status)
    if result.ok:
        return "READY"
    if result.kind == "RESTARTED":
        return BUSY
    return _CODES.get(-1 if result.code is None else result.code, "")


# Where the number of tries for the PIN stands in the answer of each maker.
_TRIES: Final[dict[str, int]] = {
    "^CPIN:": 3,  # Huawei: state, tries for what it asks now, PUK, PIN, PUK2, PIN2
    "+QPINC:": 1,  # Quectel: "SC", PIN, PUK
    "+CPINC:": 0,  # Sierra
    "+UPINCNT:": 0,  # u-blox
    "+SPIC:": 0,  # SIMCom
    "^SPIC:": 0,  # Cinterion
    "+ZPINPUK:": 0,  # ZTE
}
_OF_PIN = re.compile(r'\+CPINR:\s*"?SIM PIN"?\s*,\s*(\d+)')  # of several codes, each in its line


def pin_tries(lines: Sequence[str]) -> int | None:
    """How many wrong PINs the SIM would still take; None when that is not told."""
    told = next(filter(None, map(_OF_PIN.match, lines)), None)
    if told:
        return int(told[1])
    for prefix, place in _TRIES.items():
        text = value(lines, prefix)
        parts = fields(text) if text else []
        left = integer(parts[place]) if len(parts) > place else None
        if left is not None and 0 <= left <= 10:
            return left
    return None


def cfun(lines: Sequence[str]) -> int | None:
    """The mode; None also for an answer that is a range (ZTE K3565)."""
    text = value(lines, "+CFUN:")
    return integer(fields(text)[0]) if text else None


def own_number(lines: Sequence[str]) -> str:
    """Mostly empty: few SIMs know their number. One firmware glues ERROR in front."""
    for line in lines:
        _, found, text = line.partition("+CNUM:")
        if found and len(parts := fields(text)) > 1 and parts[1]:
            return from_ucs2_hex(parts[1])
    return ""
