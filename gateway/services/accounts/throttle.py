"""How often one may guess: free tries first, then waits that double, and never a lock-out.

The waits end somewhere, so the owner of the box gets in again without anybody's help however many
bad tries came before. What one address does may cost it half a minute a try; what is counted over
all addresses ends at two seconds, or a single stranger could keep everybody else waiting.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

FORGET = 15 * 60.0  # seconds after the last bad try
LAN = tuple(
    ipaddress.IPv4Network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")
)
UNSUSPECTED = 3  # bad tries that a neighbour on the LAN may have and not wait for others' ones
SEVERAL = "*"
MOST_KEYS = 2000  # a flood of invented names must not fill the memory


@dataclass(frozen=True, slots=True)
class Limit:
    """One thing that is counted, e.g. the bad tries from one address."""

    key: tuple[str, str]
    free: int  # tries that cost no wait
    longest: float = 30.0  # seconds to wait, at most


@dataclass(slots=True)
class _Count:
    bad: int = 0
    next_at: float = 0.0
    last_at: float = 0.0
    about: str = ""  # the one name that was tried; SEVERAL of them


class Throttle:
    """Pure bookkeeping; monotonic seconds come in. The caller sees to it that one thread is in."""

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[str, str], _Count] = OrderedDict()

    def wait(
        self, limits: Iterable[Limit], now: float, address: str = "", *, known: bool = False
    ) -> float:
        """Seconds until the next try is looked at; 0 = now.

        The first limit is the try's own, the others are counted over many. Who is `known`, or comes
        from an address of the LAN and has not failed lately, is not held back by the others: a
        stranger who guesses all day would otherwise always be a moment quicker than the owner.
        """
        own, *shared = limits
        mine = self._counts.get(own.key)
        bad = mine.bad if mine and now - mine.last_at < FORGET else 0
        alone = known or (bad < UNSUSPECTED and _is_neighbour(address))
        looked_at = (own,) if alone else (own, *shared)
        longest = 0.0
        for limit in looked_at:
            count = self._counts.get(limit.key)
            if count and now - count.last_at < FORGET:
                longest = max(longest, count.next_at - now)
        return longest

    def bad(self, limits: Iterable[Limit], now: float, about: str = "") -> None:
        for limit in limits:
            count = self._counts.pop(limit.key, None)
            if count is None or now - count.last_at >= FORGET:
                count = _Count(about=about)
            if count.about != about:
                count.about = SEVERAL
            count.bad += 1
            count.last_at = now
            beyond = min(count.bad - limit.free, 10)
            count.next_at = now + (min(limit.longest, 2.0**beyond) if beyond >= 0 else 0)
            self._counts[limit.key] = count
        while len(self._counts) > MOST_KEYS:
            self._counts.popitem(last=False)

    def good(self, limits: Iterable[Limit], about: str = "") -> None:
        """Forget the bad tries on this name. Those on others stay: who has an account of their own
        must not get new guesses at somebody else's by signing in in between.
        """
        for limit in limits:
            count = self._counts.get(limit.key)
            if count is not None and count.about == about:
                del self._counts[limit.key]


def neighbourhood(address: str) -> str:
    """What is counted as one address: of IPv6 the network, since one machine has 2^64 of them."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if found.version == 6 and found.ipv4_mapped:
        return str(found.ipv4_mapped)
    if found.version == 4 or found.is_link_local:
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False))


def _is_neighbour(address: str) -> bool:
    """An address of the LAN of which nobody can make up millions."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in LAN)


class SparseNotes:
    """So many rows an hour for what a stranger can cause as often as he likes.

    Not thread-safe in the strict sense: a row more or less does no harm.
    """

    def __init__(self, most: int = 40, seconds: float = 3600.0) -> None:
        self._most, self._seconds = most, seconds
        self._began, self._written, self._left_out = 0.0, 0, 0

    def note(self, now: float) -> str | None:
        """None: write nothing now. Else what to add: "", or how many were left out before."""
        if now - self._began >= self._seconds:
            self._began, self._written = now, 0
        if self._written >= self._most:
            self._left_out += 1
            return None
        self._written += 1
        left_out, self._left_out = self._left_out, 0
        return f" (and {left_out} more before)" if left_out else ""
