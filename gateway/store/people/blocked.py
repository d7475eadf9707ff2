"""Blocked numbers: received from as ever, never sent to. With or without a contact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.store.file import audit
from gateway.store.file.database import errors, execute, transaction
from gateway.store.sending.blocked_recipients import refuse_number

PAGE = 50


@dataclass(frozen=True, slots=True)
class BlockedNumber:
    number: str
    at: int
    who: str  # the user who did it; "" = the number itself
    word: str  # the word it sent, e.g. "STOP"; "" when a person blocked it

    @property
    def by_itself(self) -> bool:
        return bool(self.word)


def block(number: str, now: int, who: str, word: str = "") -> bool:
    """What waits to be sent there fails at once. False: it was blocked already.

    A number that had blocked itself and is now blocked by a person stays so until a person frees
    it.
    """
    with transaction():
        known = get(number)
        if known and (word or not known.by_itself):
            return False
        execute(
            "INSERT OR REPLACE INTO blocked (number, at, who, word) VALUES (?, ?, ?, ?)",
            (number, now, who, word),
        )
        refuse_number(number, now)
        audit.write(now, who or number, "block", f"{number} wrote {word}" if word else number)
        return True


def free(number: str, now: int, who: str, word: str = "") -> bool:
    """False: it was not blocked, or it asks itself (`word`) and a person had blocked it."""
    with transaction():
        known = get(number)
        if known is None or (word and not known.by_itself):
            return False
        execute("DELETE FROM blocked WHERE number = ?", (number,))
        audit.write(now, who or number, "unblock", f"{number} wrote {word}" if word else number)
        return True


def get(number: str) -> BlockedNumber | None:
    with errors():
        row = execute("SELECT number, at, who, word FROM blocked WHERE number = ?", (number,))
        found = row.fetchone()
    return BlockedNumber(*found) if found else None


def of(numbers: Iterable[str]) -> list[BlockedNumber]:
    """Those of these numbers that are blocked."""
    return [found for number in sorted(among(numbers)) if (found := get(number))]


def in_group(group_id: int) -> list[BlockedNumber]:
    """The members whose numbers are blocked."""
    with errors():
        rows = execute(
            "SELECT b.number, b.at, b.who, b.word FROM membership m"
            " JOIN contact c ON c.id = m.contact_id AND c.number <> ''"
            " JOIN blocked b ON b.number = c.number WHERE m.group_id = ?",
            (group_id,),
        ).fetchall()
    return [BlockedNumber(*row) for row in rows]


def among(numbers: Iterable[str]) -> frozenset[str]:
    """Which of these are blocked."""
    wanted = frozenset(numbers)
    if len(wanted) == 1:
        return wanted if get(next(iter(wanted))) else frozenset()
    with errors():
        return wanted & {n for (n,) in execute("SELECT number FROM blocked")}


def page(before: tuple[int, str] | None = None, limit: int = PAGE) -> list[BlockedNumber]:
    """Newest first; `before` is time and number of the last one on the page above."""
    at, number = before or (2**63 - 1, "")
    with errors():
        rows = execute(
            "SELECT number, at, who, word FROM blocked WHERE (at, number) < (?, ?)"
            " ORDER BY at DESC, number DESC LIMIT ?",
            (at, number, limit),
        ).fetchall()
    return [BlockedNumber(*row) for row in rows]


def count() -> int:
    with errors():
        return int(execute("SELECT count(*) FROM blocked").fetchone()[0])
