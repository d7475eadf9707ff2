"""Words of SQL that peewee lacks."""

from __future__ import annotations

from enum import Enum

from peewee import SQL, EnclosedNodeList, Expression, Node, NodeList


def literal(value: str | int) -> SQL:
    """A constant written into the SQL of a composed query, where peewee would put a "?".

    SQLite takes a partial index (`WHERE state = 'pending'`) only for a query that says the same in
    so many words: `Dispatch.state == literal(State.PENDING)`, `Dispatch.held == literal(False)`.
    Only for constants of the program. Prepared queries write all theirs so.
    """
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, int):
        return SQL(str(int(value)))  # True is 1
    if isinstance(value, str) and "\0" not in value:
        return SQL("'" + value.replace("'", "''") + "'")
    raise TypeError(f"no constant: {value!r}")


def literals(*values: str | int) -> NodeList:
    """For IN: `Dispatch.state.in_(literals(State.FAILED, State.UNCERTAIN))`."""
    return EnclosedNodeList([literal(value) for value in values])


def indexed_by(source: Node, index: str) -> NodeList:
    """A table in FROM, to be read through this index: an error where SQLite cannot use it.

    `Dispatch.select(...).from_(indexed_by(Dispatch, "dispatch_expiry"))`
    """
    return NodeList([source, SQL(f'INDEXED BY "{index}"')])


def unindexed(column: Node) -> NodeList:
    """`+column`: the same value, and no index is taken because of it."""
    return NodeList([SQL("+"), column], glue="")


def remainder(left: object, right: object) -> Expression:
    """`left % right`, which peewee takes for LIKE."""
    return Expression(left, "%", right)
