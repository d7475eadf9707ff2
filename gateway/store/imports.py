"""Files of contacts that were uploaded: kept while a person looks at the preview, while their rows
go in, and for a while after, so that the work can be left and come back to."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.store.db import errors, execute, insert, transaction

KEPT = 5  # the newest; older ones go when another comes


@dataclass(frozen=True, slots=True)
class Import:
    id: int
    at: int
    who: str
    name: str  # of the file
    content: bytes
    plan: str  # JSON: what each column is, and what to do with known numbers; "" = not decided
    state: str  # "new" | "running" | "done"
    total: int  # rows
    done: int  # rows dealt with
    added: int
    updated: int
    skipped: int
    bad: str  # the rows that did not go in, as a CSV file


def add(name: str, content: bytes, now: int, who: str) -> int:
    with transaction():
        execute(
            "DELETE FROM import WHERE state <> 'running' AND id NOT IN"
            " (SELECT id FROM import ORDER BY id DESC LIMIT ?)",
            (KEPT - 1,),
        )
        return insert(
            "INSERT INTO import (at, who, name, content) VALUES (?, ?, ?, ?)",
            (now, who, name, content),
        )


def get(import_id: int) -> Import | None:
    with errors():
        row = execute(
            "SELECT id, at, who, name, content, plan, state, total, done, added, updated, skipped,"
            " bad FROM import WHERE id = ?",
            (import_id,),
        ).fetchone()
    return Import(*row) if row else None


def newest() -> list[Import]:
    """Those that are kept, without what is in the files."""
    with errors():
        rows = execute(
            "SELECT id, at, who, name, x'', '', state, total, done, added, updated, skipped, ''"
            " FROM import ORDER BY id DESC LIMIT ?",
            (KEPT,),
        ).fetchall()
    return [Import(*row) for row in rows]


def start(import_id: int, plan: str, total: int) -> bool:
    """False: somebody has started it already."""
    with transaction():
        done = execute(
            "UPDATE import SET plan = ?, state = 'running', total = ? WHERE id = ?"
            " AND state = 'new'",
            (plan, total, import_id),
        )
        return done.rowcount == 1


def advance(import_id: int, done: int, added: int, updated: int, skipped: int) -> None:
    """In the same transaction as the rows themselves, so that none goes in twice."""
    with transaction():
        execute(
            "UPDATE import SET done = ?, added = added + ?, updated = updated + ?,"
            " skipped = skipped + ? WHERE id = ?",
            (done, added, updated, skipped, import_id),
        )


def finish(import_id: int, bad: str) -> None:
    with transaction():
        sql = "UPDATE import SET state = 'done', done = total, bad = ?, content = x'' WHERE id = ?"
        execute(sql, (bad, import_id))


def forget(import_id: int) -> None:
    with transaction():
        execute("DELETE FROM import WHERE id = ? AND state <> 'running'", (import_id,))
