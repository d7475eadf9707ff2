"""Whose password is hashed next: one at a time, and places that no stranger can fill.

Hashing takes the smallest board a second and 16 MiB. Whoever sends guesses from many addresses
keeps it busy all the time; so a browser that has signed in before, and an address that somebody
has signed in from, have places of their own and go first.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from gateway.services.accounts.account_errors import SignInBusy


class Lane(IntEnum):
    """Who waits; the first one goes first, and may also wait in the places of those behind."""

    DEVICE = 0  # it has proof: a signed cookie, a session, a good one-time code
    ADDRESS = 1  # somebody has signed in from there under this name
    STRANGER = 2


# How many may wait. One of the web server's eight threads stays free, whatever comes.
PLACES = {Lane.DEVICE: 2, Lane.ADDRESS: 1, Lane.STRANGER: 4}


class HashTurns:
    """Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._free = dict(PLACES)
        self._waiting: list[tuple[Lane, int]] = []
        self._numbers = itertools.count()
        self._taken = False

    @contextmanager
    def alone(self, lane: Lane) -> Iterator[None]:
        """Alone, as soon as it is this one's turn. Raises SignInBusy when too many wait."""
        with self._changed:
            place = next((one for one in Lane if one >= lane and self._free[one]), None)
            if place is None:
                raise SignInBusy
            mine = (lane, next(self._numbers))
            self._free[place] -= 1
            self._waiting.append(mine)
            self._changed.wait_for(lambda: not self._taken and min(self._waiting) == mine)
            self._waiting.remove(mine)
            self._taken = True
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._free[place] += 1
                self._changed.notify_all()
