"""Queries that are prepared once: peewee expressions over the models, run at the speed of raw SQL.

    ANSWERS = Prepared(
        CreditCheck.select(CreditCheck.at, CreditCheck.answer.alias("words"))
        .where(CreditCheck.connection == Arg("connection_id"))
        .order_by(CreditCheck.at.desc())
        .limit(Arg("limit")),
        Answer,                                    # a frozen dataclass with the fields at and words
        uses="credit_check_connection_id_at",
    )
    ANSWERS.all(connection_id=3, limit=10)         # list[Answer]

    PUT_NAME = Write(Connection.update(name=Arg("name")).where(Connection.id == Arg("id")))
    PUT_NAME.run(id=3, name="Office")              # how many rows it changed

They stand at the top of a module. peewee's part (80 us for a small SELECT) is done when one is used
first; from then on a call costs the query itself and some 2 us. `uses` names the indexes that it
must be answered from, `scans` says why it may read a whole table; a test explains every one of them
(tests/store/test_statements.py).

Constants in them (str, int, bool, None) are the program's own and stand in the SQL as they are, so
that SQLite can tell that a partial index fits. Arguments go by name; one too many, one too few or
one of a wrong type is a TypeError. Troubles of the file leave as StoreError, broken constraints as
peewee.IntegrityError. Alone, a write is durable when it returns; inside base.transaction() when
that ends. Every thread may use them: each runs them on its own connection.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from threading import Lock
from types import FrameType
from typing import Any, Generic, NamedTuple

from peewee import Node, Query

from gateway.store.file.arguments import Convert, Slot, bind
from gateway.store.file.database import TROUBLE, complain, database
from gateway.store.file.mapping import NOTHING, Into, Read, Reader, keyed_reader, reader, selected

statements: list[Statement] = []  # all of them, for the test that explains them
_building = Lock()
AT_ONCE = 500  # rows that `each` fetches in one go


class Compiled(NamedTuple):
    sql: str
    values: list[Any]  # None where an argument goes
    slots: list[tuple[int, str, Convert | None, tuple[type, ...]]]  # place in `values`, and a Slot
    names: frozenset[str]  # of the arguments


class Statement:
    """What reading and writing have in common: the SQL, its arguments, and who is to look at it."""

    def __init__(self, query: Query, *, uses: str | tuple[str, ...] = (), scans: str = "") -> None:
        self.uses = (uses,) if isinstance(uses, str) else uses
        self.scans = scans
        self._query: Query | None = query
        self._compiled: Compiled | None = None
        self.where = _defined_in(sys._getframe(1))
        statements.append(self)

    @property
    def compiled(self) -> Compiled:
        if self._compiled is None:
            with _building:
                self._build()
        assert self._compiled is not None
        return self._compiled

    def _build(self) -> None:
        if self._query is None:  # another thread has done it
            return
        self._compiled = compiled(self._query)
        self._query = None  # of no more use, and larger than the SQL

    def bound(self, **args: object) -> tuple[str, list[Any]]:
        """SQL and values, for a database that is not the store's own: a copy, a damaged one."""
        return self._bound(args)

    def _bound(self, args: Mapping[str, Any]) -> tuple[str, list[Any]]:
        sql, constants, slots, names = self._compiled or self.compiled
        if args.keys() != names:
            raise TypeError(f"takes {sorted(names)}, was given {sorted(args)}: {sql}")
        values = [*constants]
        for place, name, convert, kinds in slots:
            value = args[name] if convert is None else convert(args[name])
            if not isinstance(value, kinds):
                raise TypeError(f"{name} = {value!r} is none of {kinds}: {sql}")
            values[place] = value
        return sql, values

    def _execute(self, args: Mapping[str, Any]) -> Any:
        return database.execute_sql(*self._bound(args))  # type: ignore[no-untyped-call]


class Prepared(Statement, Generic[Into]):
    """A SELECT, or a write that returns rows; each becomes an `into` (mapping.py)."""

    def __init__(
        self,
        query: Query,
        into: type[Into],
        *,
        read: Mapping[str, Read] = NOTHING,
        uses: str | tuple[str, ...] = (),
        scans: str = "",
    ) -> None:
        super().__init__(query, uses=uses, scans=scans)
        self._into = into
        self._how = read
        self._reader: Reader[Into] | None = None

    def _build(self) -> None:
        if self._query is not None:
            self._reader = self._make_reader(selected(self._query))
        super()._build()

    def _make_reader(self, columns: list[Node]) -> Reader[Into]:
        return reader(columns, self._into, self._how)

    def _read(self, rows: list[tuple[Any, ...]]) -> list[Into]:
        assert self._reader is not None
        return self._reader(rows)

    def all(self, **args: object) -> list[Into]:
        try:
            rows = self._execute(args).fetchall()
        except TROUBLE as e:
            complain(e)
            raise
        return self._read(rows)

    def first(self, **args: object) -> Into | None:
        """The first row; None if there is none, or if its only column is NULL."""
        try:
            cursor = self._execute(args)
            row = cursor.fetchone()
            cursor.close()
        except TROUBLE as e:
            complain(e)
            raise
        return None if row is None else self._read([row])[0]

    def one(self, **args: object) -> Into:
        """The first row, where there is always one: of a count, of what is known to be there."""
        found = self.first(**args)
        if found is None:
            raise LookupError(f"no row for {args}: {self.compiled.sql}")
        return found

    def each(self, **args: object) -> Iterator[Into]:
        """One after the other, of many: they are not all in memory at once."""
        try:
            cursor = self._execute(args)
            while rows := cursor.fetchmany(AT_ONCE):
                yield from self._read(rows)
        except TROUBLE as e:
            complain(e)
            raise


class Keyed(Prepared[tuple[Any, Into]]):
    """The same with a first column that stands beside: pairs, as `dict` takes them.

    NAMES = Keyed(Contact.select(Contact.number, Contact.name), str)
    dict(NAMES.all())                              # {"+254711000001": "Ann"}
    """

    _into: Any

    def __init__(self, query: Query, into: type[Into], **options: Any) -> None:
        super().__init__(query, into, **options)  # type: ignore[arg-type]

    def _make_reader(self, columns: list[Node]) -> Reader[tuple[Any, Into]]:
        return keyed_reader(columns, self._into, self._how)


class Write(Statement):
    """An INSERT, UPDATE or DELETE that returns no rows."""

    def run(self, **args: object) -> int:
        """How many rows it wrote."""
        return int(self._run(args).rowcount)

    def insert(self, **args: object) -> int:
        """The id of the row that an INSERT made."""
        return int(self._run(args).lastrowid)

    def _run(self, args: Mapping[str, Any]) -> Any:
        try:
            return self._execute(args)
        except TROUBLE as e:
            complain(e)
            raise


def _defined_in(frame: FrameType | None) -> str:
    """Module and line, for whoever reads about it."""
    while frame is not None and frame.f_globals["__name__"] == __name__:
        frame = frame.f_back
    return f"{frame.f_globals['__name__']}:{frame.f_lineno}" if frame else ""


def compiled(query: Query, *, literally: bool = True) -> Compiled:
    """`literally`: constants are written into the SQL instead of being handed over as values.

    SQLite takes a partial index (WHERE state = 'pending') for a query that says the same in so many
    words; for one that says "?" it would have to plan anew whenever it runs.
    """
    context = database.get_sql_context(value_literals=literally)
    sql, values = context.parse(bind(query))  # type: ignore[no-untyped-call]
    slots = [(place, *value) for place, value in enumerate(values) if isinstance(value, Slot)]
    constants = [None if isinstance(value, Slot) else value for value in values]
    return Compiled(sql, constants, slots, frozenset(name for _, name, _, _ in slots))
