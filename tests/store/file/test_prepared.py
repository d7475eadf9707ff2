"""Prepared and composed queries: what comes out, and which mistakes are told."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from peewee import (
    EXCLUDED,
    JOIN,
    Case,
    IntegrityError,
    Join,
    Value,
    Window,
    fn,
)

from gateway.clock import DAY
from gateway.decisions.dispatch_states import DispatchState
from gateway.store.connections.models import Connection
from gateway.store.file import composed, data_folder, database, prepared
from gateway.store.file.arguments import Arg, many
from gateway.store.file.expressions import remainder
from gateway.store.file.models import Job, Setting
from gateway.store.file.prepared import Keyed, Prepared, Write
from gateway.store.messages.models import Message
from gateway.store.sending.models import Dispatch, Part, Reference
from tests.store.given import ANN, BOB, CAT, NOW, claimed, connection, dispatch, dispatches, message

pytestmark = pytest.mark.usefixtures("store", "unlisted")


def plan(statement: prepared.Statement) -> str:
    sql, values, _, _ = statement.compiled
    return "\n".join(row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {sql}", values))


@dataclass(frozen=True, slots=True)
class Line:
    """In another order than the columns below."""

    number: str
    state: DispatchState
    held: bool
    message_id: int
    valid_until: int | None
    words: str


LINE = Dispatch.select(
    Dispatch.message,
    Dispatch.number,
    Dispatch.state,
    Dispatch.held,
    Dispatch.valid_until,
    Message.text.alias("words"),
).join(Message)


# reading ----------------------------------------------------------------------------------------


def test_columns_go_to_fields_by_name_and_are_what_the_fields_say() -> None:
    of_message = Prepared(LINE.where(Dispatch.message == Arg("id")).order_by(Dispatch.id), Line)
    m = message(ANN, BOB, valid_until=None)
    ann, bob = of_message.all(id=m)
    assert ann == Line(ANN, DispatchState.PENDING, False, m, None, "hello")
    assert isinstance(ann.state, DispatchState)
    assert ann.held is False
    assert bob.number == BOB
    assert of_message.first(id=m) == ann
    assert of_message.first(id=m + 1) is None
    assert of_message.all(id=m + 1) == []
    with pytest.raises(LookupError):
        of_message.one(id=m + 1)


def test_one_column_is_a_value() -> None:
    count = Prepared(Dispatch.select(fn.COUNT(Dispatch.id)), int)
    newest = Prepared(Dispatch.select(fn.MAX(Dispatch.id)), int)
    states = Prepared(Dispatch.select(Dispatch.state).order_by(Dispatch.id), DispatchState)
    held = Prepared(Dispatch.select(Dispatch.held), bool)
    assert (count.one(), newest.first()) == (0, None)
    message(ANN, BOB)
    assert (count.one(), newest.first()) == (2, 2)
    assert states.all() == [DispatchState.PENDING, DispatchState.PENDING]
    assert all(one is False for one in held.all())


def test_a_first_column_may_stand_beside() -> None:
    m = message(ANN, BOB, text="both")
    names = Keyed(Dispatch.select(Dispatch.number, Dispatch.state), DispatchState)
    assert dict(names.all()) == {ANN: DispatchState.PENDING, BOB: DispatchState.PENDING}
    lines = Keyed(LINE.select(Dispatch.id, *LINE.selected_columns), Line)
    assert [line.message_id for _, line in lines.all()] == [m, m]


def test_many_rows_come_one_after_the_other() -> None:
    numbers = [f"+2547{n:08d}" for n in range(2 * prepared.AT_ONCE + 1)]
    message(*numbers)
    each = Prepared(Dispatch.select(Dispatch.number).order_by(Dispatch.id), str)
    assert list(each.each()) == numbers


def test_a_list_is_one_argument() -> None:
    numbers = Prepared(
        Dispatch.select(Dispatch.id)
        .where(Dispatch.number.in_(many("numbers")), Dispatch.id.in_(many("ids")))
        .order_by(Dispatch.id),
        int,
    )
    a, b, _ = dispatches(message(ANN, BOB, CAT))
    assert numbers.all(numbers=(ANN, BOB), ids={a, b, 99}) == [a, b]
    assert numbers.all(numbers=[], ids=[a]) == []


def test_a_list_may_be_read_from_in_its_order() -> None:
    wanted = fn.json_each(Arg("ids", json.dumps)).alias("wanted")
    ordered = Prepared(
        Dispatch.select(Dispatch.number)
        .from_(Join(wanted, Dispatch, JOIN.CROSS, on=Dispatch.id == wanted.c.value))
        .order_by(wanted.c.key),
        str,
    )
    a, b, c = dispatches(message(ANN, BOB, CAT))
    assert ordered.all(ids=[c, a, b]) == [CAT, ANN, BOB]
    assert "SCAN wanted VIRTUAL TABLE" in plan(ordered)


def test_what_sql_has_peewee_says() -> None:
    """A CTE, a window, CASE, a subquery with an alias of the same table, EXISTS, GROUP BY."""
    m = message(ANN, BOB, CAT)
    a, b, _ = dispatches(m)
    claimed(a, connection())
    counted = (
        Dispatch.select(Dispatch.state, fn.COUNT(Dispatch.id).alias("n"))
        .where(Dispatch.message == Arg("id"))
        .group_by(Dispatch.state)
        .cte("counted")
    )

    @dataclass(frozen=True, slots=True)
    class Counted:
        state: DispatchState
        n: int
        urgent: bool

    urgent = Case(None, [(counted.c.state == DispatchState.SENDING, 1)], 0)
    by_state = Prepared(
        Message.select(counted.c.state, counted.c.n, urgent.alias("urgent"))
        .from_(counted)
        .order_by(counted.c.state)
        .with_cte(counted),
        Counted,
    )
    assert by_state.all(id=m) == [
        Counted(DispatchState.PENDING, 2, False),
        Counted(DispatchState.SENDING, 1, True),
    ]
    older = Dispatch.alias("older")
    first = Prepared(
        Dispatch.select(Dispatch.id).where(
            ~fn.EXISTS(older.select(Value(1)).where(older.id < Dispatch.id)),
            fn.EXISTS(Part.select(Value(1)).where(Part.dispatch == Dispatch.id)),
        ),
        int,
    )
    assert first.all() == [a]
    window = Window(partition_by=[Dispatch.message], order_by=[Dispatch.id])
    before = Prepared(
        Dispatch.select(Dispatch.id, fn.LAG(Dispatch.number).over(window).alias("before"))
        .window(window)
        .order_by(Dispatch.id),
        Before,
    )
    assert before.all()[:2] == [Before(a, None), Before(b, ANN)]


@dataclass(frozen=True, slots=True)
class Before:
    id: int
    before: str | None


# writing ----------------------------------------------------------------------------------------


def test_what_is_written_tells_how_many_rows_or_which_id() -> None:
    add = Write(Job.insert(at=Arg("at"), kind=Arg("kind")))
    end = Write(Job.update(state=Arg("state")).where(Job.id == Arg("id")))
    forget = Write(Job.delete().where(Job.id.in_(many("ids"))))
    states = Prepared(Job.select(Job.state), str)
    one = add.insert(at=NOW, kind="export")
    assert states.all() == ["running"]  # the model's default
    assert end.run(id=one, state="done") == 1
    assert end.run(id=one + 1, state="done") == 0
    assert states.all() == ["done"]
    assert forget.run(ids=[one, one + 1]) == 1


def test_on_conflict_and_returning() -> None:
    following = remainder(Reference.value + 1, 256)
    reference = Prepared(
        Reference.insert(number=Arg("number"), value=Arg("start"))
        .on_conflict(conflict_target=[Reference.number], update={Reference.value: following})
        .returning(Reference.value),
        int,
    )
    assert [reference.one(number=ANN, start=255) for _ in range(3)] == [255, 0, 1]
    with database.transaction():  # nothing is left open that a commit would wait for
        assert reference.one(number=BOB, start=7) == 7
    put = Write(
        Setting.insert(key=Arg("key"), value=Arg("value")).on_conflict(
            conflict_target=[Setting.key], update={Setting.value: EXCLUDED.value}
        )
    )
    value = Prepared(Setting.select(Setting.value).where(Setting.key == Arg("key")), str)
    put.run(key="k", value="1")
    put.run(key="k", value="2")
    assert value.one(key="k") == "2"


def test_insert_from_select() -> None:
    copy = Write(
        Setting.insert_from(
            Connection.select(Connection.sim_key, Connection.name).where(
                Connection.id == Arg("id")
            ),
            [Setting.key, Setting.value],
        )
    )
    assert copy.run(id=connection("8944")) == 1


def test_what_is_put_in_is_converted_and_checked() -> None:
    put = Write(
        Message.update(
            read_at=Arg("at"), complete=Arg("complete"), note=Arg("note", json.dumps)
        ).where(Message.id == Arg("id"))
    )
    m = message(ANN)
    assert put.run(id=m, at=None, complete=False, note=["x"]) == 1
    assert Prepared(Message.select(Message.note), str).all() == ['["x"]']
    for wrong in ({"at": "soon"}, {"at": Decimal(1)}, {"complete": 2}, {"id": "1"}):
        given = {"id": m, "at": NOW, "complete": True, "note": ""} | wrong
        with pytest.raises(TypeError):
            put.run(**given)


def test_an_enum_goes_in_as_what_it_stands_for() -> None:
    in_state = Prepared(Dispatch.select(Dispatch.id).where(Dispatch.state == Arg("state")), int)
    d = dispatch(ANN)
    assert in_state.all(state=DispatchState.PENDING) == [d]
    with pytest.raises(TypeError):
        in_state.all(state=1)


# mistakes ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Two:
    id: int
    number: str


@dataclass(frozen=True, slots=True)
class Wrong:
    id: str


@dataclass(frozen=True, slots=True)
class Odd:
    avoid: frozenset[int]


@pytest.mark.parametrize(
    ("query", "into"),
    [
        (Dispatch.select(Dispatch.id), Two),  # a field without a column
        (Dispatch.select(Dispatch.id, Dispatch.number, Dispatch.state), Two),  # nobody's column
        (Dispatch.select(Dispatch.id, Dispatch.number, Dispatch.id), Two),
        (Dispatch.select(Dispatch.id, fn.MAX(Dispatch.number)), Two),  # no name
        (Dispatch.select(Dispatch.id), Wrong),  # int for str
        (Dispatch.select(Dispatch.avoid), Odd),  # who makes a set of it?
        (Dispatch.select(Dispatch.id, Dispatch.number), int),
        (Dispatch.select(Dispatch.number), bool),
        (Message.select(Message.triggered), bool),  # True, False or NULL
        (Dispatch.select(Dispatch.number), frozenset),
    ],
)
def test_a_query_that_does_not_fit_is_refused(query, into) -> None:
    with pytest.raises(TypeError):
        Prepared(query, into).all()
    with pytest.raises(TypeError):
        composed.rows(query, into)


def test_a_function_reads_what_no_annotation_says() -> None:
    d = dispatch(ANN)
    read = {"avoid": lambda text: frozenset(map(int, text.split()))}
    avoided = Prepared(Dispatch.select(Dispatch.avoid), Odd, read=read)
    Write(Dispatch.update(avoid=Arg("avoid"))).run(avoid="3 5")
    assert d
    assert avoided.all() == [Odd(frozenset({3, 5}))]


def test_arguments_are_those_of_the_query() -> None:
    by_id = Prepared(LINE.where(Dispatch.id == Arg("id")), Line)
    for wrong in ({}, {"ident": 1}, {"id": 1, "more": 2}):
        with pytest.raises(TypeError):
            by_id.all(**wrong)
    with pytest.raises(TypeError):
        composed.rows(LINE.where(Dispatch.id == Arg("id")), Line)


def test_troubles_of_the_file_are_the_stores_and_constraints_pass(store: Path) -> None:
    add = Write(Setting.insert(key=Arg("key"), value=Arg("value")))
    add.run(key="k", value="1")
    with pytest.raises(IntegrityError):
        add.run(key="k", value="1")
    all_of = Prepared(Setting.select(Setting.value), str)
    database.execute("PRAGMA query_only = 1")
    with pytest.raises(database.StoreReadOnly):
        add.run(key="l", value="1")
    with pytest.raises(database.StoreReadOnly):
        composed.run(Setting.delete())
    database.execute("PRAGMA query_only = 0")
    assert all_of.all() == ["1"]


def test_threads_share_what_is_prepared() -> None:
    message(ANN, BOB)
    count = Prepared(Dispatch.select(fn.COUNT(Dispatch.id)), int)
    found: list[int] = []
    ready = threading.Barrier(8)

    def work() -> None:
        with database.connected():
            ready.wait(10)
            found.append(count.one())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [2] * 8


# composed when it runs ----------------------------------------------------------------------------


def test_what_is_put_together_comes_back_the_same_way() -> None:
    m = message(ANN, BOB)
    query = LINE.where(Dispatch.number.in_([BOB, CAT]))
    assert composed.rows(query, Line) == [
        Line(BOB, DispatchState.PENDING, False, m, NOW + DAY, "hello")
    ]
    assert composed.first(query.where(Dispatch.number == CAT), Line) is None
    numbers = composed.pairs(Dispatch.select(Dispatch.id, Dispatch.number), str)
    assert numbers == [*zip(dispatches(m), (ANN, BOB), strict=True)]
    assert composed.run(Dispatch.update(parts=2).where(Dispatch.number == ANN)) == 1


def test_what_is_prepared_runs_on_another_file_too(store: Path) -> None:
    put = Write(Setting.insert(key=Arg("key"), value="1").on_conflict_replace())
    with closing(sqlite3.connect(store / data_folder.FILE_NAME, isolation_level=None)) as other:
        other.execute(*put.bound(key="k"))
        found = other.execute(*composed.bound(Setting.select(Setting.value))).fetchall()
    assert found == [("1",)]
