"""The audit list: who did what, and when."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.store.db import errors, execute, insert


@dataclass(frozen=True, slots=True)
class Audited:
    id: int
    at: int
    who: str
    action: str
    detail: str


def write(now: int, who: str, action: str, detail: str, entry: int = 0) -> int:
    """Remember it, inside the caller's transaction. Returns the entry's id.

    `entry`: the one to bring up to date instead, of work that is done piece by piece.
    """
    if entry:
        found = execute("UPDATE audit SET detail = ? WHERE id = ?", (detail, entry))
        if found.rowcount:
            return entry
    return insert(
        "INSERT INTO audit (at, who, action, detail) VALUES (?, ?, ?, ?)",
        (now, who, action, detail),
    )


def page(before: int | None, limit: int) -> list[Audited]:
    """Newest first, all older than entry `before`."""
    with errors():
        found = execute(
            "SELECT id, at, who, action, detail FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?",
            (2**63 - 1 if before is None else before, limit),
        ).fetchall()
    return [Audited(*row) for row in found]
