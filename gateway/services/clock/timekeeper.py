"""Keeps the box's time: whether the clock is trusted, and what follows when it is set."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.clock import SECOND
from gateway.decisions.clock_trust import (
    BUILT,
    CLOSE,
    ClockDoubt,
    ClockFacts,
    ClockVerdict,
    Voucher,
    judge,
)
from gateway.events import Events, SchedulesChanged
from gateway.modem.ledger import NetworkTime
from gateway.services.clock.box_clock import BoxClock
from gateway.services.jobs.loop import Loop
from gateway.store.file import audit, database, settings
from gateway.store.file.audit import Editor
from gateway.store.schedules import clock_change
from hw import hostclock
from hw.hostclock import HostClock

log = logging.getLogger(__name__)

EVERY = 5.0  # seconds between looks
FROM_NETWORK = "clock.from_network"  # setting: set the machine's clock by the mobile network
VOUCHED = "clock.vouched"  # setting: since which start of the machine it is known to be right
NEWEST_NEWS = 6 * 3600  # seconds: an older word of the network has drifted with our own clock
SET_BEYOND = 5 * SECOND  # less is not worth a jump
NO_RIGHT = (
    "The box may not set its clock: its service lacks the right to (CAP_SYS_TIME). Set it by hand,"
    " with `sudo date -s`, or connect the box to a time server."
)

WORDS = {
    ClockDoubt.UNSET: "The clock says {now}, which cannot be: nobody has set it.",
    ClockDoubt.BEHIND: "The clock says {now}, but there are messages of {newest} already.",
    ClockDoubt.NETWORK: "The clock says {now}, the mobile network says {network}.",
    ClockDoubt.UNTOLD: "This computer has no clock that goes on without power, and nothing has"
    " told it the time since it was started.",
}
VOUCHERS = {
    Voucher.SERVER: "It is set by a time server.",
    Voucher.NETWORK: "The mobile network says the same.",
    Voucher.SET: "It was set while the box was running.",
    Voucher.PERSON: "Somebody said on this page that it is right.",
    None: "Nothing speaks against it; no time server and no network confirms it.",
}


@dataclass(frozen=True, slots=True)
class ClockReport:
    """What the page shows of the clock."""

    now: int  # of the machine
    verdict: ClockVerdict
    words: str
    network: int | None
    trouble: str  # why it could not be set


class Timekeeper(Loop):
    """Owns the timekeeping thread; `hold` and `report` may be asked from any thread.

    `network` tells what the modems last heard; `host` and `set_clock` are the machine.
    """

    name = "timekeeping"
    _clock: BoxClock

    def __init__(
        self,
        clock: BoxClock,
        events: Events,
        network: Callable[[], Sequence[NetworkTime]] = tuple,
        host: Callable[[], HostClock] = hostclock.look,
        set_clock: Callable[[int], None] = hostclock.set_clock,
    ) -> None:
        super().__init__(clock)
        self._events = events
        self._network = network
        self._host = host
        self._set_clock = set_clock
        self._vouched: Voucher | None = None
        self._boot = ""
        self._rtc: tuple[int | None, int] = (None, 0)
        self._newest: int | None = None
        self._mark = clock_change.ClockMark(0, 0, 0, 0, 0, 0)
        self._verdict = ClockVerdict(None)
        self._trouble = ""

    def begin(self) -> None:
        """Before anything works with the store: nothing is stored before what is stored."""
        host = self._host()
        machine = self._clock.machine()
        self._boot, self._rtc = host.boot, (host.rtc, machine)
        self._newest = clock_change.newest()
        kept = settings.get(VOUCHED, {"boot": "", "by": ""})
        if host.boot and kept["boot"] == host.boot and kept["by"] in set(Voucher):
            self._vouched = Voucher(kept["by"])
        self._verdict = judge(self._facts(host))
        if self._verdict.wrong:
            self._clock.not_before(max(BUILT, (self._newest or 0) + 1))
        self._mark = clock_change.kept_mark() or clock_change.mark(self._clock.now())
        self._settle_marks()
        if self._verdict.wrong:
            log.warning("the clock is not trusted: %s", self._words(self._verdict))

    def turn(self) -> float:
        self.look()
        return EVERY

    # what is asked ----------------------------------------------------------------------------

    def hold(self) -> str:
        """Why nothing is sent by the clock; "" while it is trusted."""
        return self._words(self._verdict) if self._verdict.wrong else ""

    def report(self) -> ClockReport:
        verdict = self._verdict
        return ClockReport(
            self._clock.machine(),
            verdict,
            self._words(verdict) if verdict.wrong else VOUCHERS[verdict.by],
            self._by_network(),
            self._trouble,
        )

    def from_network(self) -> bool:
        return bool(settings.get(FROM_NETWORK, False))

    def set_from_network(self, wanted: bool, by: Editor) -> None:
        with database.transaction():
            settings.put(FROM_NETWORK, wanted)
            audit.changed(by)
        self._trouble = "" if not wanted or hostclock.can_set() else NO_RIGHT
        self._events.publish(SchedulesChanged())

    def confirm(self, by: Editor) -> bool:
        """A person says that the machine's clock is right. False where it cannot be."""
        if self._clock.machine() < BUILT:
            return False
        with database.transaction():
            self._vouch(Voucher.PERSON)
            audit.changed(by)
        self.look()
        return not self._verdict.wrong

    # every now and then -----------------------------------------------------------------------

    def look(self) -> None:
        """One round; needs this thread's database connection."""
        host = self._host()
        self._set_by_network(host)
        facts = self._facts(host)
        verdict = judge(facts)
        jump = self._clock.jump
        if jump and not verdict.wrong:
            self._follow(verdict.by or Voucher.SET)
            verdict = judge(self._facts(host))
        elif (
            jump
            and verdict.doubt in (ClockDoubt.UNTOLD, ClockDoubt.BEHIND)
            and self._was_set(facts.now)
        ):
            self._follow(Voucher.SET)
            verdict = judge(self._facts(host))
        if verdict.by in (Voucher.SERVER, Voucher.NETWORK) and verdict.by != self._vouched:
            self._vouch(verdict.by)
        if verdict != self._verdict:
            self._verdict = verdict
            self._events.publish(SchedulesChanged())
            log.info("the clock: %s", self.report().words)
        self._settle_marks()

    def _was_set(self, machine: int) -> bool:
        """Set by somebody while the box ran: not only left behind by what the store knows."""
        return machine >= self._clock.now()

    def _follow(self, by: Voucher) -> None:
        """Let the store follow the clock, and the box go by it, before anybody sees the new time.

        What a clock said that nobody vouched for was wrong.
        """
        old, new = self._clock.now(), self._clock.machine()
        wrong = self._vouched in (None, Voucher.PERSON) and (self._verdict.wrong or new < old)
        log.warning("the clock was set by %+.1f s (%s)", (new - old) / SECOND, by)
        clock_change.follow(self._mark, old, new, wrong=wrong)
        self._clock.adopt()
        if self._newest is not None and new < self._newest:
            clock_change.pass_over()
            self._newest = None
        self._vouch(by)
        self._mark = clock_change.mark(new)

    def _vouch(self, by: Voucher) -> None:
        self._vouched = by
        settings.put(VOUCHED, {"boot": self._boot, "by": by})

    def _settle_marks(self) -> None:
        """The mark outlives a restart only while the clock is doubtful."""
        kept = clock_change.kept_mark()
        if self._verdict.wrong and kept is None:
            clock_change.keep_mark(self._mark)
        elif not self._verdict.wrong and kept is not None:
            clock_change.forget_mark()

    def _set_by_network(self, host: HostClock) -> None:
        told = self._by_network()
        if told is None or host.synchronised or not self.from_network() or self._trouble:
            return
        if told >= BUILT and abs(told - self._clock.machine()) >= SET_BEYOND:
            try:
                self._set_clock(told)
                log.warning("the clock is set by the mobile network")
            except OSError as e:
                self._trouble = NO_RIGHT if isinstance(e, PermissionError) else str(e)
                log.error("%s", self._trouble)

    # facts ------------------------------------------------------------------------------------

    def _facts(self, host: HostClock) -> ClockFacts:
        rtc, seen_at = self._rtc
        return ClockFacts(
            now=self._clock.machine(),
            synchronised=host.synchronised,
            board=host.board,
            rtc=rtc,
            rtc_seen_at=seen_at,
            newest=self._newest,
            network=self._by_network(),
            vouched=self._vouched,
        )

    def _by_network(self) -> int | None:
        """Now, by the newest that a modem heard of its network.

        The modem's own clock may confirm ours; alone it is no reason to doubt it.
        """
        now = self._clock.monotonic()
        told = [t for t in self._network() if now - t.read_at < NEWEST_NEWS]
        for time in sorted(told, key=lambda t: (t.source == "clock", -t.read_at)):
            found = time.at + int((now - time.read_at) * SECOND)
            if time.source != "clock" or abs(found - self._clock.machine()) <= CLOSE:
                return found
        return None

    def _words(self, verdict: ClockVerdict) -> str:
        if verdict.doubt is None:
            return ""
        return WORDS[verdict.doubt].format(
            now=_instant_words(self._clock.machine()),
            newest=_instant_words(self._newest),
            network=_instant_words(self._by_network()),
        )


def _instant_words(at: int | None) -> str:
    """In words for people; the zone of the box does not matter for a clock that is off by days."""
    if at is None:
        return "another time"
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M} UTC"
