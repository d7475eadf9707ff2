"""Names are compared in one way everywhere, and search finds every spelling of a word.

The index itself stays as it is, however large: only its distinct words are looked at, and of these
the ones with letters beyond ASCII.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.text.comparison import fold

SPELLING = """CREATE TABLE "spelling" (
    "folded" TEXT NOT NULL,
    "word" TEXT NOT NULL,
    PRIMARY KEY ("folded", "word")
) WITHOUT ROWID"""
ASIDE = "\U0010ffff"  # no name is compared as what begins so
BEYOND_ASCII = "SELECT word FROM word WHERE word GLOB '*[^ -~]*'"


def up(migrator: object, db: object) -> None:
    execute: Callable[..., Any] = db.execute_sql  # type: ignore[attr-defined]
    execute(SPELLING)
    for (word,) in execute(BEYOND_ASCII).fetchall():
        if (folded := fold(word)) not in ("", word):
            execute("INSERT OR IGNORE INTO spelling (folded, word) VALUES (?, ?)", (folded, word))
    _contacts(execute)
    for table in ("group", "own_field"):
        _names(execute, table)


def _contacts(execute: Callable[..., Any]) -> None:
    sql = "SELECT id, name, sort, search FROM contact WHERE sort GLOB '*[^ -_a-~]*' AND name <> ''"
    for contact_id, name, sort, search in execute(sql).fetchall():
        folded = fold(name)
        if folded and folded != sort:
            values = (folded, search.replace(f" {sort}", f" {folded}", 1), contact_id)
            execute("UPDATE contact SET sort = ?, search = ? WHERE id = ?", values)


def _names(execute: Callable[..., Any], table: str) -> None:
    """Two that are called alike now: the later one gets a number, which everybody can see."""
    rows = execute(f'SELECT id, name, sort FROM "{table}" ORDER BY id').fetchall()  # noqa: S608
    taken: set[str] = set()
    for row_id, name, _ in rows:
        new, number = name, 2
        while (folded := fold(new) or new) in taken:
            new, number = f"{name} {number}", number + 1
        taken.add(folded)
        values = (new, f"{ASIDE}{row_id}|{folded}", row_id)
        execute(f'UPDATE "{table}" SET name = ?, sort = ? WHERE id = ?', values)  # noqa: S608
    aside = "substr(sort, instr(sort, '|') + 1)"  # each is distinct among the old ones too
    execute(f'UPDATE "{table}" SET sort = {aside}')  # noqa: S608
