"""Can the clock be trusted: a Raspberry Pi has none of its own and starts in the past."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, note, problem, warning
from gateway.health.snapshot import Snapshot

BUILT = 2025  # no earlier year can be true
NETWORK_TIME = "Connect the box to the internet, or set a time server of your own network."


def check(now: Snapshot) -> Iterator[Issue]:
    clock = now.clock
    if clock.year < BUILT:
        words = f"The clock says it is the year {clock.year}; times of messages are wrong."
        yield problem("clock.unset", words, f"{NETWORK_TIME} Or run `sudo date -s ...`.")
    elif clock.wrong:
        words = f"{clock.wrong} What is to be sent later waits until it is right."
        mend = f"{NETWORK_TIME} If it is right, say so under Settings, The clock."
        yield problem("clock.wrong", words, mend)
    elif clock.synchronised is False:
        words = "The clock is not synchronised with a time server; it may drift."
        yield warning("clock.free", words, f"Run `sudo timedatectl set-ntp true`. {NETWORK_TIME}")
    elif clock.synchronised is None:
        yield note("clock.unknown", "Whether the clock is synchronised is unknown.")
