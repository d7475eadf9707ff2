"""What stands in a prepared query in place of a value that is known only when it runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from types import NoneType
from typing import Any, NamedTuple

from peewee import SQL, ColumnBase, Context, Field, Query, Select, Update, fn

from gateway.store.file.mapping import stored_as

# What SQLite takes. peewee has sqlite3 make text of a Decimal or a date, which nobody asked for.
ANYTHING: tuple[type, ...] = (int, str, bytes, float, NoneType)

Convert = Callable[[Any], Any]


class Slot(NamedTuple):
    """A place in the list of values: which argument goes there, and what it may be."""

    name: str
    convert: Convert | None
    kinds: tuple[type, ...]


class Arg(ColumnBase):
    """A named argument: `Message.id == Arg("id")`, `.limit(Arg("limit"))`.

    Compared with a field or put into one it takes what that field holds, or None, and nothing else
    (a number for text is a TypeError at the call). `convert` makes the stored value of the
    argument, also of None: `Arg("balance", thousandths)`, `Arg("task", json.dumps)`. The same name
    may stand in several places.
    """

    def __init__(
        self,
        name: str,
        convert: Convert | None = None,
        field: Field[Any] | None = None,
    ) -> None:
        self.name = name
        self.convert = convert
        self.field = field

    def __sql__(self, ctx: Context) -> Context:
        convert, kinds = self.convert, ANYTHING
        if (field := self.field or _compared_with(ctx)) is not None:
            stored = stored_as(field)
            if stored is not None:
                kinds = (stored, NoneType)
            elif convert is None:
                convert = field.db_value
        with ctx(value_literals=False):
            ctx.value(Slot(self.name, convert, kinds), False)
        return ctx


def many(name: str) -> Select:
    """Any number of values for IN: `Message.id.in_(many("ids"))` takes a sequence of int or str.

    One argument however many they are, so that the SQL stays the same: a list in JSON.
    """
    return Select([fn.json_each(Arg(name, as_json))], [SQL("value")])


def as_json(values: Iterable[object]) -> str:
    return json.dumps(list(values))


def bind(query: Query) -> Query:
    """The same query, its arguments told which fields they are put into by INSERT and UPDATE.

    peewee tells them only what they are compared with.
    """
    place = "_update" if isinstance(query, Update) else "_insert"
    values = getattr(query, place, None)
    if isinstance(values, dict):
        query = query.clone()
        setattr(query, place, _bound(values))
    return query


def _bound(values: dict[Any, Any]) -> dict[Any, Any]:
    return {
        field: Arg(value.name, value.convert, field)
        if isinstance(value, Arg) and isinstance(field, Field)
        else value
        for field, value in values.items()
    }


def _compared_with(ctx: Context) -> Field[Any] | None:
    """The field on the left of the comparison; inside a function there may be anything."""
    field = getattr(ctx.state.converter, "__self__", None)
    return field if isinstance(field, Field) and not ctx.state.in_function else None
