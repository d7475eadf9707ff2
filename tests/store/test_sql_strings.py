"""The store speaks peewee. SQL stays a string where peewee has no word for it, and says why.

Such a string has `# SQL: the reason` on the line above its statement or on one of its own, and
stands in one of the rooms below. Whoever turns others into peewee lowers UNEXPLAINED.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import gateway.store

UNEXPLAINED = 466  # strings without a reason; only ever less
MOST = 25  # with one
ROOMS = {"file", "search", "keeping"}

STORE = Path(gateway.store.__file__).parent
SQL = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|CREATE|DROP|ALTER|PRAGMA|VACUUM|ATTACH|DETACH"
    r"|REINDEX|ANALYZE|BEGIN|COMMIT|ROLLBACK|SAVEPOINT)\b"
)
REASON = "# SQL: "


def strings(path: Path) -> Iterator[tuple[str, bool]]:
    """Every string of a module that begins as SQL does, and whether it has a reason."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    tree = ast.parse(source)
    for statement in _statements(tree):
        for node in _own(statement):
            if (text := _beginning(node)) is not None and SQL.match(text):
                around = lines[max(statement.lineno - 2, 0) : node.end_lineno]
                yield f"{path.relative_to(STORE)}:{node.lineno}", REASON in "\n".join(around)


def _statements(tree: ast.AST) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not _is_docstring(node):
            yield node


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _own(node: ast.AST) -> Iterator[ast.expr]:
    """Expressions of a statement, without those of the statements in it, and no part of another."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            continue
        if isinstance(child, ast.expr):
            yield child
        if not isinstance(child, ast.JoinedStr):
            yield from _own(child)


def _beginning(node: ast.expr) -> str | None:
    """Of a string, whether or not something is put into it."""
    if isinstance(node, ast.JoinedStr):
        return _beginning(node.values[0]) if isinstance(node.values[0], ast.expr) else None
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def every() -> list[tuple[str, bool]]:
    modules = sorted(STORE.rglob("*.py"))
    return [one for path in modules if "migrations" not in path.parts for one in strings(path)]


def test_sql_without_a_reason_becomes_less() -> None:
    found = [where for where, explained in every() if not explained]
    assert len(found) <= UNEXPLAINED, found


def test_sql_with_a_reason_is_rare_and_in_its_rooms() -> None:
    found = [where for where, explained in every() if explained]
    assert len(found) <= MOST, found
    assert {Path(where).parts[0] for where in found} <= ROOMS, found
