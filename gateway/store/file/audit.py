"""The audit list: who did what, and when."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.store.file.database import database, errors, execute, insert


@dataclass(frozen=True, slots=True)
class AuditEntry:
    id: int
    at: int
    who: str
    action: str
    detail: str


@dataclass(slots=True)
class Editor:
    """Who changes settings, and on which page; a form leaves one row, however much it changes."""

    who: str
    page: str  # its address, of which the audit list makes words
    at: int  # ms UTC
    entry: int = 0


ROW = "INSERT INTO audit (at, who, action, detail) VALUES (?, ?, ?, ?)"


def write(now: int, who: str, action: str, detail: str, entry: int = 0) -> int:
    """Remember it in the transaction that does it, so that both are kept or neither.

    Returns the entry's id. `entry`: the one to bring up to date instead, of work that is done
    piece by piece. Raises RuntimeError outside a transaction.
    """
    if not database.in_transaction():
        raise RuntimeError(f"“{action}” is to be remembered, but in no transaction")
    if entry:
        found = execute(
            "UPDATE audit SET detail = ? WHERE id = ? AND who = ? AND action = ?",
            (detail, entry, who, action),
        )
        if found.rowcount:
            return entry
    return insert(ROW, (now, who, action, detail))


def changed(by: Editor) -> None:
    """Settings were; only that they were, and where: what was typed may be a PIN."""
    by.entry = write(by.at, by.who, "settings changed", by.page, by.entry)


def page(before: int | None, limit: int) -> list[AuditEntry]:
    """Newest first, all older than entry `before`."""
    with errors():
        found = execute(
            "SELECT id, at, who, action, detail FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?",
            (2**63 - 1 if before is None else before, limit),
        ).fetchall()
    return [AuditEntry(*row) for row in found]
