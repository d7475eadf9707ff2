"""Every query that the store has prepared: it compiles, and SQLite answers it as was meant."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gateway.store.file.prepared import Statement, statements
from tests.store.models import import_store, tables

import_store()
STATEMENTS = [statement for statement in statements if statement.where.startswith("gateway.")]
TABLES = {model._meta.table_name for model in tables()}


@pytest.fixture(scope="module")
def database(empty_store: Path) -> Iterator[sqlite3.Connection]:
    """A fresh store after all migrations."""
    with closing(sqlite3.connect(empty_store)) as opened:
        yield opened


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.where)
def test_it_is_answered_as_was_meant(database: sqlite3.Connection, statement: Statement) -> None:
    """By the indexes that it names, and a table is read as a whole only for a reason."""
    sql, values, *_ = statement.compiled
    steps = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    plan = "\n".join((sql, *steps))
    used = {index for step in steps for index in re.findall(r"INDEX (\w+)", step)}
    assert used >= set(statement.uses), plan
    assert not any("AUTOMATIC" in step for step in steps), plan
    assert statement.scans or not [step for step in steps if _is_scan(step, statement, sql)], plan


def _is_scan(step: str, statement: Statement, sql: str) -> bool:
    """A whole table, or a whole index that is not named: `SCAN t1`, `SCAN t1 USING INDEX x`."""
    found = re.fullmatch(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
    return found is not None and _is_table(found[1], sql) and found[2] not in statement.uses


def _is_table(name: str, sql: str) -> bool:
    """One of ours, by its name or as an alias; not a subquery or a function."""
    alias = re.search(rf'"(\w+)" AS "{name}"', sql)
    return (alias[1] if alias else name) in TABLES


def test_each_reason_is_needed(database: sqlite3.Connection) -> None:
    """A query that scans no more does not say that it does."""
    for statement in STATEMENTS:
        if statement.scans:
            sql, values, *_ = statement.compiled
            steps = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
            assert any(_is_scan(step, statement, sql) for step in steps), (statement.where, steps)
