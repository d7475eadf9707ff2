"""Large changes in short transactions, so that a modem that has something to write down never
waits for long."""

from __future__ import annotations

import time
from collections.abc import Callable

from gateway.store.file.database import database, transaction

BITE = 400  # rows changed in one transaction
BREATH = 0.02  # seconds between two that belong to whoever else wants to write


def in_bites(bite: Callable[[int], int], most: int = BITE) -> int:
    """Call `bite(most)` in transactions of its own until it changes fewer. Returns how many in all.

    Inside a transaction of the caller's it is all part of that one.
    """
    total = 0
    while True:
        with transaction():
            changed = bite(most)
        total += changed
        if changed < most:
            return total
        breathe()


def breathe() -> None:
    """Let others write. Within a transaction nobody could, so nothing is waited for."""
    if not database.in_transaction():
        time.sleep(BREATH)
