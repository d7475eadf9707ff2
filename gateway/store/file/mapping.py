"""From rows of a query to values: columns go to the fields of a dataclass by name, never by place.

What a field is annotated with decides how it is read, so that no 0 passes for a bool and no string
for a state:

    int, str, bytes, float    as SQLite has it
    bool, an Enum             made into one
    X | None                  the same, and NULL is None
    anything else             needs `read={"field": function}`, which is given what SQLite has

A mistake (a column that no field wants, a field that no column brings, text for an int) is a
TypeError before the query has run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from itertools import starmap
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from peewee import (
    BlobField,
    BooleanField,
    Column,
    Field,
    FloatField,
    ForeignKeyField,
    IntegerField,
    Node,
    Query,
    _StringField,
)

Into = TypeVar("Into")
Read = Callable[[Any], Any]  # from what SQLite has to what Python wants
Reader = Callable[[Sequence[tuple[Any, ...]]], list[Into]]

AS_THEY_ARE = (int, str, bytes, float)
NOTHING: Mapping[str, Read] = {}


def reader(columns: Sequence[Node], into: type[Into], read: Mapping[str, Read]) -> Reader[Into]:
    """What makes rows with these columns into values of this type: a dataclass, or for a single
    column int, str, bytes, float, bool or an Enum.
    """
    if is_dataclass(into):
        return _to_dataclass(columns, into, read)
    if len(columns) != 1 or read:
        raise TypeError(f"{into.__name__} is for a query of one column, this has {len(columns)}")
    make = _read(into, columns[0])
    if make is None:
        return lambda rows: [row[0] for row in rows]
    return lambda rows: [make(row[0]) for row in rows]


def keyed_reader(
    columns: Sequence[Node], into: type[Into], read: Mapping[str, Read]
) -> Reader[tuple[Any, Into]]:
    """The first column as it is, beside what the others make."""
    make = reader(columns[1:], into, read)

    def pairs(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, Into]]:
        made = make([row[1:] for row in rows])
        return [(row[0], value) for row, value in zip(rows, made, strict=True)]

    return pairs


def selected(query: Query) -> list[Node]:
    """The columns that a SELECT, a compound one or a RETURNING brings."""
    return list(getattr(query, "_returning", None) or ())


def _to_dataclass(
    columns: Sequence[Node], into: type[Into], read: Mapping[str, Read]
) -> Reader[Into]:
    dataclass: Any = into
    wanted = _annotations(dataclass)
    found = {_name(column): column for column in columns}
    if (
        len(found) < len(columns)
        or found.keys() != wanted.keys()
        or not read.keys() <= found.keys()
    ):
        raise TypeError(
            f"{into.__name__} has the fields {sorted(wanted)},"
            f" the query the columns {sorted(map(_name, columns))}, and {sorted(read)} are read"
        )
    order = [list(found).index(name) for name in wanted]
    reads = [read[name] if name in read else _read(wanted[name], found[name]) for name in wanted]
    if order == sorted(order) and not any(reads):
        return lambda rows: [*starmap(into, rows)]
    ways = [*zip(order, reads, strict=True)]

    def by_column(rows: Sequence[tuple[Any, ...]]) -> list[Into]:  # quicker than row by row
        if not rows:
            return []
        brought = [*zip(*rows, strict=True)]
        made = [brought[at] if make is None else map(make, brought[at]) for at, make in ways]
        return [*starmap(into, zip(*made, strict=True))]

    return by_column


@cache
def _annotations(into: Any) -> dict[str, Any]:
    hints = get_type_hints(into)
    return {field.name: hints[field.name] for field in fields(into) if field.init}


def _name(column: Node) -> str:
    """What a column is called: as its alias says, or as in the table ("connection_id")."""
    name = getattr(column, "_alias", None)
    if name is None and isinstance(column, Field):
        name = column.column_name
    if name is None and isinstance(column, Column):  # of a CTE or subquery: `cte.c.name`
        name = column.name
    if name is None:
        raise TypeError(f"a column needs a name: {column!r}.alias(...)")
    return str(name)


def _read(wanted: Any, column: Node) -> Read | None:
    """How to make what is annotated so from what this column holds; None: it is that already."""
    choices = get_args(wanted) if get_origin(wanted) in (Union, UnionType) else (wanted,)
    kind, *others = [choice for choice in choices if choice is not NoneType]
    if others or not isinstance(kind, type):
        raise TypeError(f"{wanted} needs a function that reads it")
    field = column.unwrap()
    has = stored_as(field) if isinstance(field, Field) else None
    if kind in AS_THEY_ARE or kind is bool:
        if has not in (None, kind):
            raise TypeError(f"{field!r} holds {has}, which is no {kind}")
    elif not issubclass(kind, Enum):
        raise TypeError(f"{wanted} needs a function that reads it")
    if kind in AS_THEY_ARE:
        return None
    if len(choices) > 1:
        return lambda value: None if value is None else kind(value)
    if isinstance(field, BooleanField) and field.null:
        raise TypeError(f"{field!r} may be NULL, which is neither True nor False")
    make: Read = kind
    return make


def stored_as(field: Field) -> type | None:
    """The Python type of what a field holds; None: it has a conversion of its own."""
    while isinstance(field, ForeignKeyField):
        field = field.rel_field
    for kind, stored in STORED:
        if isinstance(field, kind):
            return stored
    return None


STORED: tuple[tuple[type[Field], type], ...] = (
    (BooleanField, bool),
    (IntegerField, int),
    (_StringField, str),
    (BlobField, bytes),
    (FloatField, float),
)
