"""Files of contacts that were uploaded: kept while a person looks at the preview, while their rows
go in, and for a while after, so that the work can be left and come back to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.store.file.database import errors, execute, insert, transaction

KEPT = 5  # the newest; older ones go when another comes


@dataclass(frozen=True, slots=True)
class ImportInfo:
    id: int
    at: int
    who: str
    name: str  # of the file
    content: bytes
    plan: str  # JSON: what each column is, and what to do with known numbers; "" = not decided
    state: str  # "new" | "running" | "done"
    total: int  # rows under the header
    done: int  # rows dealt with
    added: int
    updated: int
    skipped: int
    numberless: int  # of those added
    bad: int  # rows that did not go in


@dataclass(frozen=True, slots=True)
class ImportProblemInfo:
    """A row that did not go in. Line 0 is the header of the file."""

    line: int
    cells: tuple[str, ...]
    words: str


def add(name: str, content: bytes, total: int, now: int, who: str) -> int:
    with transaction():
        execute(
            "DELETE FROM import WHERE state <> 'running' AND id NOT IN"
            " (SELECT id FROM import ORDER BY id DESC LIMIT ?)",
            (KEPT - 1,),
        )
        return insert(
            "INSERT INTO import (at, who, name, content, total) VALUES (?, ?, ?, ?, ?)",
            (now, who, name, content, total),
        )


_BAD = "(SELECT count(*) FROM import_problem WHERE import_id = import.id AND line > 0)"
_COLUMNS = (
    "id, at, who, name, {content}, plan, state, total, done, added, updated, skipped,"
    " numberless, " + _BAD
)


def get(import_id: int, *, content: bool = True) -> ImportInfo | None:
    """`content`: with what is in the file, which may be megabytes."""
    columns = _COLUMNS.format(content="content" if content else "x''")
    with errors():
        row = execute(f"SELECT {columns} FROM import WHERE id = ?", (import_id,)).fetchone()  # noqa: S608
    return ImportInfo(*row) if row else None


def newest() -> list[ImportInfo]:
    """Those that are kept, without what is in the files."""
    columns = _COLUMNS.format(content="x''")
    with errors():
        rows = execute(
            f"SELECT {columns} FROM import ORDER BY id DESC LIMIT ?",  # noqa: S608
            (KEPT,),
        ).fetchall()
    return [ImportInfo(*row) for row in rows]


def start(import_id: int, plan: str, header: Sequence[str], total: int) -> bool:
    """`total`: rows, as the plan reads the file. False: somebody has started it already."""
    with transaction():
        done = execute(
            "UPDATE import SET plan = ?, total = ?, state = 'running'"
            " WHERE id = ? AND state = 'new'",
            (plan, total, import_id),
        )
        if done.rowcount:
            keep_problems(import_id, [ImportProblemInfo(0, tuple(header), "Problem")])
        return done.rowcount == 1


def advance(
    import_id: int, before: int, done: int, added: int, updated: int, skipped: int, numberless: int
) -> bool:
    """In the same transaction as the rows themselves, so that none goes in twice.

    False: somebody else has dealt with the rows behind `before` already.
    """
    with transaction():
        changed = execute(
            "UPDATE import SET done = ?, added = added + ?, updated = updated + ?,"
            " skipped = skipped + ?, numberless = numberless + ?"
            " WHERE id = ? AND done = ? AND state = 'running'",
            (done, added, updated, skipped, numberless, import_id, before),
        )
        return changed.rowcount == 1


def keep_problems(import_id: int, found: Sequence[ImportProblemInfo]) -> None:
    for one in found:
        execute(
            "INSERT INTO import_problem (import_id, line, cells, words) VALUES (?, ?, ?, ?)",
            (import_id, one.line, json.dumps(one.cells), one.words),
        )


def problems(import_id: int, at_once: int = 500) -> Iterator[ImportProblemInfo]:
    """The header first; read a few at a time."""
    last = 0
    while True:
        with errors():
            rows = execute(
                "SELECT id, line, cells, words FROM import_problem"
                " WHERE import_id = ? AND id > ? ORDER BY id LIMIT ?",
                (import_id, last, at_once),
            ).fetchall()
        if not rows:
            return
        last = rows[-1][0]
        for _, line, cells, words in rows:
            yield ImportProblemInfo(line, tuple(json.loads(cells)), words)


def finish(import_id: int) -> None:
    with transaction():
        execute("UPDATE import SET state = 'done', content = x'' WHERE id = ?", (import_id,))


def forget(import_id: int) -> None:
    with transaction():
        execute("DELETE FROM import WHERE id = ? AND state <> 'running'", (import_id,))
