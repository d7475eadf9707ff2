"""The words that peewee lacks: constants of an index, indexes by name, row ids."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from peewee import (
    SQL,
    Expression,
    Table,
    Tuple,
    Value,
    fn,
)

from gateway.decisions.dispatch_states import DispatchState
from gateway.store.file import database
from gateway.store.file.arguments import Arg
from gateway.store.file.expressions import indexed_by, literal, literals, unindexed
from gateway.store.file.models import Setting
from gateway.store.file.prepared import Prepared, Write
from gateway.store.messages.models import Message
from gateway.store.sending.models import Dispatch
from tests.store.file.test_prepared import plan
from tests.store.given import ANN, BOB, NOW, claimed, connection, dispatch, dispatches, message

pytestmark = pytest.mark.usefixtures("store", "unlisted")


def test_a_partial_index_is_used_for_a_literal() -> None:
    sending = Prepared(
        Dispatch.select(Dispatch.id).where(
            Dispatch.number == Arg("number"), Dispatch.state == DispatchState.SENDING
        ),
        int,
    )
    d = dispatch(ANN)
    claimed(d, connection())
    assert "dispatch_sending" in plan(sending)
    assert "= 'sending'" in sending.compiled.sql
    assert sending.all(number=ANN) == [d]
    sql, values = Dispatch.select().where(Dispatch.state == literal(DispatchState.SENDING)).sql()
    assert "= 'sending'" in sql
    assert values == []
    causes = Prepared(
        Dispatch.select(Dispatch.reason, fn.COUNT(Dispatch.id).alias("count"))
        .from_(indexed_by(Dispatch, "dispatch_causes"))
        .where(
            Dispatch.held == False,  # noqa: E712
            Dispatch.state.in_([DispatchState.FAILED, DispatchState.UNCERTAIN]),
        )
        .group_by(Dispatch.reason),
        Cause,
    )
    assert "USING INDEX dispatch_causes" in plan(causes)
    said = Dispatch.state.in_(literals(DispatchState.FAILED, DispatchState.UNCERTAIN))
    sql, values = Dispatch.select().where(Dispatch.held == literal(False), said).sql()
    assert "= 0) AND" in sql
    assert "IN ('failed', 'uncertain')" in sql
    assert values == []


@dataclass(frozen=True, slots=True)
class Cause:
    reason: str
    count: int


@pytest.mark.parametrize(
    ("value", "sql"),
    [
        ("it's", "'it''s'"),
        (DispatchState.SENT, "'sent'"),
        (7, "7"),
        (-1, "-1"),
        (True, "1"),
        (False, "0"),
    ],
)
def test_literals_are_quoted(value, sql) -> None:
    assert literal(value).sql == sql
    assert Prepared(Setting.select(Value(value)), type(value)).compiled.sql.startswith(
        f"SELECT {sql} "
    )
    assert database.execute(f"SELECT {sql}").fetchone()[0] == value


@pytest.mark.parametrize("value", [None, 1.5, b"x", "a\0b", ["x"]])
def test_what_is_no_constant_is_refused(value) -> None:
    with pytest.raises(TypeError):
        literal(value)


def test_an_index_may_be_named_or_kept_away_from() -> None:
    named = Prepared(
        Dispatch.select(Dispatch.id)
        .from_(indexed_by(Dispatch, "dispatch_number_message_id"))
        .where(Dispatch.number == Arg("number")),
        int,
    )
    older = Dispatch.alias("older")
    inside = Prepared(
        Dispatch.select(Dispatch.id).where(
            ~fn.EXISTS(
                older.select(Value(1))
                .from_(indexed_by(older, "dispatch_number_message_id"))
                .where(older.number == Dispatch.number, older.id < Dispatch.id)
            )
        ),
        int,
    )
    away = Prepared(
        Dispatch.select(Dispatch.id).where(unindexed(Dispatch.number) == Arg("number")), int
    )
    d = dispatch(ANN)
    dispatch(ANN)
    assert named.all(number=ANN) == [d, d + 1]
    assert inside.all() == [d]
    assert away.all(number=ANN) == [d, d + 1]
    assert "dispatch_number_message_id" in plan(named)
    assert "(number=?)" in plan(named)
    assert "(number=?)" not in plan(away)


def test_rows_are_compared_with_rows() -> None:
    after = Prepared(
        Dispatch.select(Dispatch.id).where(
            Tuple((Dispatch.due_at, Dispatch.id)) > Tuple((Arg("due_at"), Arg("id")))
        ),
        int,
    )
    a, b = dispatches(message(ANN, BOB))
    assert after.all(due_at=NOW, id=a) == [b]


def test_a_row_id_is_said_in_sql() -> None:
    newest = Prepared(Message.select(fn.MAX(SQL("rowid"))), int)
    assert newest.first() is None


def test_the_index_of_words_is_a_table_without_a_model() -> None:
    found = Table("found", ("rowid", "words"))
    add = Write(found.insert({found.rowid: Arg("id"), found.words: Arg("words")}))
    with_words = Prepared(
        found.select(found.rowid).where(Expression(SQL("found"), "MATCH", Arg("match"))), int
    )
    add.run(id=7, words="good morning")
    assert with_words.all(match='"morning"') == [7]
