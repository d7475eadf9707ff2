"""Guessing is held back here, before anything is looked up that could tell a good guess.

One object for every way in: sign-in form, one-time codes, name and password of programs, tokens.
What is counted where is decided by who asks (accounts.py).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.clock import Clock
from gateway.services.accounts.account_errors import Throttled
from gateway.services.accounts.hash_turns import HashTurns, Lane
from gateway.services.accounts.recent import RecentProofs
from gateway.services.accounts.throttle import FORGET, Limit, SparseNotes, Throttle
from gateway.store.file import audit, database

Limits = tuple[Limit, ...]
HELD_BACK = "too many tries"


class Tries:
    """Owns the counts of bad tries and who may have a password hashed now. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._throttle = Throttle()
        self._counting = threading.Lock()
        self._turns = HashTurns()
        self._sparing = SparseNotes()
        self._told = RecentProofs()  # whose being held back is in the audit list already

    @contextmanager
    def alone(self, limits: Limits, address: str, lane: Lane) -> Iterator[None]:
        """Alone, for what takes long. Raises Throttled, Busy.

        The count is looked at twice: others may have failed while this one waited.
        """
        known = lane is not Lane.STRANGER
        self.hold_back(limits, address, known=known)
        with self._turns.alone(lane):
            self.hold_back(limits, address, known=known)
            yield

    def hold_back(self, limits: Limits, address: str, *, known: bool = False) -> None:
        """Raises Throttled while it is too early. `known`: other people's bad tries do not count.

        The first time in a row of tries there is a row in the audit list.
        """
        now = self._clock.monotonic()
        with self._counting:
            wait = self._throttle.wait(limits, now, address, known=known)
        if wait <= 0:
            return
        mark = self._told.mark(*limits[0].key)
        told = self._told.knows(mark, now)
        self._told.keep(mark, now + FORGET)
        if not told:
            self.note_refused(HELD_BACK, address)
        raise Throttled(wait)

    def bad(self, limits: Limits, what: str, address: str, about: str = "") -> None:
        """`what` goes into the audit list; `about` is the name that was tried."""
        with self._counting:
            self._throttle.bad(limits, self._clock.monotonic(), about)
        self.note_refused(what, address)

    def count(self, limits: Limits, about: str = "") -> None:
        """A try that nobody could look at."""
        with self._counting:
            self._throttle.bad(limits, self._clock.monotonic(), about)

    def good(self, limits: Limits, about: str = "") -> None:
        with self._counting:
            self._throttle.good(limits, about)

    def note_refused(self, what: str, address: str) -> None:
        """A row in the audit list for somebody who was not let in; only some of very many."""
        words = self._sparing.note(self._clock.monotonic())
        if words is not None:
            where = ascii(address)[1:-1][:45] or "the box itself"  # a proxy may hand on anything
            detail = f"{what} from {where}{words}"
            with database.transaction():
                audit.write(self._clock.now(), "", "sign-in refused", detail)
