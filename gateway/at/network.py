"""Registration, signal and operator."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.at.classify import is_registration_answer
from gateway.at.text import fields, from_ucs2_hex, integer, plain_name, unquote, value

_REGISTRATION = re.compile(r"\+C(?:G|E|5G)?REG:\s*(.*)")


@dataclass(frozen=True, slots=True)
class Registration:
    """`stat` of 27.007 7.2; `act` is the radio technology (27.007 7.3), None if not told."""

    stat: int
    area: str = ""
    cell: str = ""
    act: int | None = None

    @property
    def registered(self) -> bool:
        """Home or roaming, also "SMS only" (6, 7) and "CSFB not preferred" (9, 10)."""
        return self.stat in (1, 5, 6, 7, 9, 10)

    @property
    def roaming(self) -> bool:
        return self.stat in (5, 7, 10)

    @property
    def denied(self) -> bool:
        return self.stat == 3

    @property
    def searching(self) -> bool:
        return self.stat == 2


def registration(lines: Sequence[str]) -> Registration | None:
    """The answer to AT+CREG?, CGREG? or CEREG?, in every shape; also the news of that name.

    The news has no mode in front: one field, or a location right after the state.
    """
    for line in lines:
        found = _REGISTRATION.match(line)
        if found:
            # No field holds a comma, and quotes are not always in pairs.
            parts = [unquote(part) for part in found.group(1).split(",")]
            if not is_registration_answer(line):
                parts.insert(0, "")
            return _registration(parts)
    return None


def _registration(parts: list[str]) -> Registration | None:
    stat = integer(parts[1]) if len(parts) > 1 else None
    if stat is None or not 0 <= stat <= 11:
        return None
    parts = [*parts, "", "", ""]
    return Registration(stat, parts[2], parts[3], integer(parts[4]))


def csq(lines: Sequence[str]) -> int | None:
    """dBm of AT+CSQ (27.007 8.5); None when the modem does not know. 100 to 191: TD-SCDMA."""
    text = value(lines, "+CSQ:")
    level = integer(fields(text)[0]) if text else None
    if level is None:
        return None
    if 0 <= level <= 31:
        return -113 + 2 * level
    if 100 <= level <= 191:
        return -116 + level - 100
    return None


def cesq(lines: Sequence[str]) -> int | None:
    """dBm of the LTE reference signal in AT+CESQ (27.007 8.69), None when unknown."""
    text = value(lines, "+CESQ:")
    parts = fields(text) if text else []
    level = integer(parts[5]) if len(parts) > 5 else None
    return -141 + level if level is not None and 0 <= level <= 97 else None


# ^HCSQ: system, then levels; place and zero of the one that says how strong it is, in dBm.
_HCSQ = {"GSM": (1, -120), "WCDMA": (1, -120), "TD-SCDMA": (1, -120), "LTE": (2, -140)}


def hcsq(lines: Sequence[str]) -> int | None:
    """dBm of Huawei's `^HCSQ:"LTE",rssi,rsrp,sinr,rsrq`; 255 and "NOSERVICE" say nothing."""
    text = value(lines, "^HCSQ:")
    parts = fields(text) if text else []
    place, zero = _HCSQ.get(parts[0].upper(), (0, 0)) if parts else (0, 0)
    level = integer(parts[place]) if place and len(parts) > place else None
    return zero + level if level is not None and 0 <= level <= 96 else None


def operator(lines: Sequence[str]) -> str:
    """The name or number in `+COPS: mode,format,"name",act`; "" when not registered."""
    text = value(lines, "+COPS:")
    parts = fields(text) if text else []
    return plain_name(from_ucs2_hex(parts[2])) if len(parts) > 2 else ""
