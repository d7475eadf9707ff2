"""Whether the clock can be trusted: facts in, verdict out. Pure.

A Raspberry Pi has no clock that goes on without power: it starts where it stopped, or in 1970,
until a time server or the mobile network tells it the time. A computer with a clock of its own is
taken to be right until something speaks against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.clock import HOUR, MINUTE

BUILT = 1_793_000_000_000  # 2026-10-26: no earlier time can be true
CLOSE = 5 * MINUTE  # the network's time is exact to seconds; what is further off is not the same
SLACK = (
    HOUR  # so far a message may be ahead of the clock: clocks are set back a little now and then
)
RTC_CLOSE = 2 * MINUTE


class Voucher(StrEnum):
    """Who says that the clock is right."""

    SERVER = "server"  # a time server, through the system
    NETWORK = "network"  # the mobile network
    SET = "set"  # somebody set it while the box ran
    PERSON = "person"  # somebody said so on the page


class ClockDoubt(StrEnum):
    UNSET = "unset"  # before this program was made
    BEHIND = "behind"  # earlier than what the box has stored
    NETWORK = "network"  # the mobile network says otherwise
    UNTOLD = "untold"  # no clock of its own, and nobody has told it the time since it started


@dataclass(frozen=True, slots=True)
class ClockFacts:
    now: int  # the machine's clock, ms UTC
    synchronised: bool | None = None  # with a time server; None: nothing here can tell
    board: bool = False  # a small computer, which may have no clock that goes on without power
    rtc: int | None = None  # what a clock of its own said when the box started
    rtc_seen_at: int | None = None  # and what the machine's clock said then
    newest: int | None = None  # the newest instant in the store
    network: int | None = None  # now, by the mobile network
    vouched: Voucher | None = None  # earlier, since the machine started


@dataclass(frozen=True, slots=True)
class ClockVerdict:
    """`doubt` None: the clock counts as right; `by` None then means that nobody vouches for it."""

    doubt: ClockDoubt | None
    by: Voucher | None = None

    @property
    def wrong(self) -> bool:
        return self.doubt is not None


def judge(facts: ClockFacts) -> ClockVerdict:
    if facts.now < BUILT:
        return ClockVerdict(ClockDoubt.UNSET)
    if facts.synchronised:
        return ClockVerdict(None, Voucher.SERVER)
    if facts.vouched is not None:
        return ClockVerdict(None, facts.vouched)
    if facts.network is not None and facts.network >= BUILT:
        if abs(facts.network - facts.now) <= CLOSE:
            return ClockVerdict(None, Voucher.NETWORK)
        return ClockVerdict(ClockDoubt.NETWORK)
    if facts.newest is not None and facts.now < facts.newest - SLACK:
        return ClockVerdict(ClockDoubt.BEHIND)
    if facts.board and not _keeps_time(facts):
        return ClockVerdict(ClockDoubt.UNTOLD)
    return ClockVerdict(None)


def _keeps_time(facts: ClockFacts) -> bool:
    """A clock without battery starts in the past, and the system then goes by something else."""
    if facts.rtc is None or facts.rtc_seen_at is None:
        return False
    return abs(facts.rtc - facts.rtc_seen_at) <= RTC_CLOSE
