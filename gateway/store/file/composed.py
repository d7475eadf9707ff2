"""Queries that are put together when they run: a search, the filters of a list.

They are mapped and their troubles are told as those of prepared.py; peewee makes their SQL at each
call (100 us), so what runs for every SMS or every poll of a page is prepared instead. Values stand
in them as they are: `Message.kind.in_(kinds)`, `Message.created_at >= since`. They are bound, also
the constants: for a partial index write `literal(...)` (expressions.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peewee import Query

from gateway.store.file.database import TROUBLE, complain, database
from gateway.store.file.mapping import NOTHING, Into, Read, Reader, keyed_reader, reader, selected
from gateway.store.file.prepared import compiled


def rows(query: Query, into: type[Into], read: Mapping[str, Read] = NOTHING) -> list[Into]:
    """All rows, each as an `into`."""
    return _rows(query, reader(selected(query), into, read))


def pairs(
    query: Query, into: type[Into], read: Mapping[str, Read] = NOTHING
) -> list[tuple[Any, Into]]:
    """The first column of each row beside what the others make, as `dict` takes them."""
    return _rows(query, keyed_reader(selected(query), into, read))


def first(query: Query, into: type[Into], read: Mapping[str, Read] = NOTHING) -> Into | None:
    """The first row; None if there is none. Put a limit on the query."""
    return next(iter(rows(query, into, read)), None)


def run(query: Query) -> int:
    """An INSERT, UPDATE or DELETE. How many rows it wrote."""
    try:
        return int(_execute(query).rowcount)
    except TROUBLE as e:
        complain(e)
        raise


def _rows(query: Query, make: Reader[Into]) -> list[Into]:
    try:
        found = _execute(query).fetchall()
    except TROUBLE as e:
        complain(e)
        raise
    return make(found)


def bound(query: Query) -> tuple[str, list[Any]]:
    """SQL and values, for a database that is not the store's own: a copy, a damaged one."""
    sql, values, slots, _ = compiled(query, literally=False)
    if slots:
        raise TypeError(f"an argument in a query that is run at once: {sql}")
    return sql, values


def _execute(query: Query) -> Any:
    return database.execute_sql(*bound(query))  # type: ignore[no-untyped-call]
