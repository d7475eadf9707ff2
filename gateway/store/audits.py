"""The audit list: who did what, and when."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.store.db import database, errors, execute, insert


@dataclass(frozen=True, slots=True)
class Audited:
    id: int
    at: int
    who: str
    action: str
    detail: str


ROW = "INSERT INTO audit (at, who, action, detail) VALUES (?, ?, ?, ?)"


def write(now: int, who: str, action: str, detail: str, entry: int = 0) -> int:
    """Remember it in the transaction that does it, so that both are kept or neither.

    Returns the entry's id. `entry`: the one to bring up to date instead, of work that is done
    piece by piece. Raises RuntimeError outside a transaction.
    """
    if not database.in_transaction():
        raise RuntimeError(f"“{action}” is to be remembered, but in no transaction")
    if entry:
        found = execute("UPDATE audit SET detail = ? WHERE id = ?", (detail, entry))
        if found.rowcount:
            return entry
    return insert(ROW, (now, who, action, detail))


def page(before: int | None, limit: int) -> list[Audited]:
    """Newest first, all older than entry `before`."""
    with errors():
        found = execute(
            "SELECT id, at, who, action, detail FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?",
            (2**63 - 1 if before is None else before, limit),
        ).fetchall()
    return [Audited(*row) for row in found]
