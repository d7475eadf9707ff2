"""The time of day that networks tell (NITZ, TS 22.042), as modems pass it on. Pure.

What is here is exact to the second at best. A line whose time may be the local or the universal
one, as makers differ (`^NWTIME`, `+CTZV` with a time), counts only where both are the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from gateway.at.text import value

EARLIEST: Final = datetime(2025, 1, 1, tzinfo=UTC)  # before: a clock that nobody has set
LATEST: Final = datetime(2070, 1, 1, tzinfo=UTC)  # "80/01/06" is 1980: the same
QUARTER: Final = 15  # minutes; time zones are told in quarters of an hour
FARTHEST: Final = 56  # quarters: UTC+14:00

# yy/MM/dd,hh:mm:ss, the year with two or four digits, perhaps quoted, perhaps with a zone behind
_STAMP: Final = re.compile(
    r"(\d{2}|\d{4})/(\d{1,2})/(\d{1,2})\s*,\s*(\d{1,2}):(\d{2}):(\d{2})\s*([+-]\d{1,3})?"
)
_PSUTTZ: Final = re.compile(
    r'\s*(\d{4}),\s*(\d{1,2}),\s*(\d{1,2}),\s*(\d{1,2}),\s*(\d{1,2}),\s*(\d{1,2})\s*(?:,\s*"?([+-]?\d{1,3}))?'
)
_ZONE: Final = re.compile(r'\s*"?\s*([+-]?\d{1,3})')


class Source(StrEnum):
    NEWS = "news"  # the modem passed on what the network had just told
    KEPT = "kept"  # the modem's memory of that
    CLOCK = "clock"  # the modem's own clock, which it sets by the network


@dataclass(frozen=True, slots=True)
class NetworkReading:
    """`at`: milliseconds UTC. `offset`: minutes east of it, daylight saving included; or None."""

    at: int
    offset: int | None
    source: Source


def news(line: str) -> NetworkReading | None:
    """What an unsolicited line tells; None when that is no time, or not surely one."""
    name, _, rest = line.partition(":")
    match name:
        case "*PSUTTZ":  # SIMCom: universal time, then the zone
            found = _PSUTTZ.match(rest)
            return _reading(found.groups(), universal=True) if found else None
        case "+CTZEU":  # TS 27.007 8.41: zone, daylight saving, universal time
            return _beside_zone(rest, universal=True)
        case "+CTZE":  # the same with local time
            return _beside_zone(rest, universal=False)
        case "^NWTIME" | "+CTZV" | "+NITZ":
            return _unclear(rest)
    return None


def last_network_time(lines: Sequence[str]) -> NetworkReading | None:
    """Quectel's answer to AT+QLTS=1: universal time as the network told it, by now."""
    found = _STAMP.search(value(lines, "+QLTS:") or "")
    return _reading(found.groups(), universal=True, source=Source.KEPT) if found else None


def clock(lines: Sequence[str]) -> NetworkReading | None:
    """The answer to AT+CCLK?: local time with its zone (TS 27.007 8.15). Without one: None."""
    found = _STAMP.search(value(lines, "+CCLK:") or "")
    if found is None or found.group(7) is None:
        return None
    return _reading(found.groups(), universal=False, source=Source.CLOCK)


def follows_network(lines: Sequence[str]) -> bool:
    """Whether AT+CTZU? or AT+CLTS? says that the modem sets its clock by the network."""
    told = value(lines, "+CTZU:") or value(lines, "+CLTS:") or ""
    return told.strip()[:1] in ("1", "3")


def _beside_zone(rest: str, *, universal: bool) -> NetworkReading | None:
    zone, stamp = _ZONE.match(rest), _STAMP.search(rest)
    if zone is None or stamp is None:
        return None
    return _reading((*stamp.groups()[:6], zone.group(1)), universal=universal)


def _unclear(rest: str) -> NetworkReading | None:
    """Time and zone in either order; sure only where the zone is UTC."""
    stamp, zone = _STAMP.search(rest), _ZONE.match(rest)
    if stamp is None:
        return None
    quarters = stamp.group(7) or (zone.group(1) if zone and zone.end() <= stamp.start() else None)
    if quarters is None or int(quarters) != 0:
        return None
    return _reading((*stamp.groups()[:6], quarters), universal=True)


def _reading(
    parts: Sequence[str | None], *, universal: bool, source: Source = Source.NEWS
) -> NetworkReading | None:
    """`parts`: year, month, day, hour, minute, second, zone in quarters of an hour."""
    year, month, day, hour, minute, second = (int(part or 0) for part in parts[:6])
    quarters = int(parts[6]) if parts[6] is not None else None
    if quarters is not None and abs(quarters) > FARTHEST:
        return None
    try:
        year += 2000 if year < 100 else 0
        instant = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    offset = None if quarters is None else quarters * QUARTER
    if not universal:
        instant -= timedelta(minutes=offset or 0)
    if not EARLIEST <= instant <= LATEST:
        return None
    return NetworkReading(int(instant.timestamp()) * 1000, offset, source)
