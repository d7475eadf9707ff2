"""What is due, what waits, what has waited too long."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from gateway.clock import DAY, HOUR, MINUTE
from gateway.decisions.dispatch_states import DispatchState
from gateway.store.file.database import database, execute, transaction
from gateway.store.messages import outbox, trash
from gateway.store.sending import queue
from gateway.store.sending.queue import EXPIRED
from tests.store.given import (
    ANN,
    BOB,
    CAT,
    NOW,
    claimed,
    column,
    connection,
    dispatch,
    dispatches,
    message,
    outcomes,
    restore,
    sent,
    state,
)

pytestmark = pytest.mark.usefixtures("store")


def due_ids(free: dict[int, int], limit: int = 10, at: int = NOW) -> list[int]:
    return [d.dispatch_id for d in outbox.due(at, free, limit)]


def test_what_is_due_comes_in_the_order_in_which_it_was_written() -> None:
    c = connection()
    a, b = dispatch(ANN), dispatch(BOB, at=NOW + 1)
    assert due_ids({c: 5}, at=NOW + 1) == [a, b]


def test_a_higher_priority_overtakes() -> None:
    c = connection()
    a, b = dispatch(ANN), dispatch(BOB, priority=10)
    assert due_ids({c: 5}) == [b, a]


def test_a_priority_overtakes_across_chosen_connections() -> None:
    c = connection()
    a, b = dispatch(ANN, priority=1), dispatch(BOB, priority=2, connection_id=c)
    low = dispatch(CAT, connection_id=c)
    assert due_ids({c: 5}) == [b, a, low]


def test_what_is_not_due_yet_is_not_given() -> None:
    c = connection()
    dispatch(ANN, due_at=NOW + 1)
    assert due_ids({c: 5}) == []
    assert outbox.next_due(NOW) == NOW + 1


def test_the_next_instant_looks_past_what_is_due_already() -> None:
    dispatch(ANN)
    assert outbox.next_due(NOW) is None
    dispatch(BOB, due_at=NOW + HOUR)
    dispatch(CAT, due_at=NOW + MINUTE, priority=3)
    assert outbox.next_due(NOW) == NOW + MINUTE


def test_one_recipient_gets_one_message_at_a_time_and_in_order() -> None:
    c = connection()
    first, second = dispatch(ANN), dispatch(ANN)
    assert due_ids({c: 5}) == [first]
    part = claimed(first, c).parts[0].part_id
    assert due_ids({c: 5}) == []
    outbox.submitted(part, c, NOW)
    outbox.accepted(part, 1, NOW)
    assert due_ids({c: 5}) == [second]


def test_a_dispatch_in_doubt_does_not_hold_up_its_recipient() -> None:
    c = connection()
    first, second = dispatch(ANN), dispatch(ANN)
    part = claimed(first, c).parts[0].part_id
    outbox.submitted(part, c, NOW)
    outbox.unknown(part, NOW, "No answer.", "TIMEOUT")
    assert due_ids({c: 5}) == [second]


def test_a_chosen_connection_that_is_free_is_served() -> None:
    c, other = connection("1"), connection("2")
    d = dispatch(ANN, connection_id=c)
    assert due_ids({other: 5}) == [d]  # told once, so that it can be said why it waits
    outbox.postpone([d], NOW + MINUTE, "SIM 1 is not connected.", NOW)
    assert due_ids({other: 5}) == []
    assert due_ids({c: 5}) == [d]


def test_thousands_for_a_connection_that_is_down_do_not_crowd_out_one_that_can_go() -> None:
    down, up = connection("1"), connection("2")
    for n in range(20):
        message(f"+2547{n:08d}", connection_id=down)
    last = dispatch(ANN, at=NOW + 5)
    found = due_ids({up: 1}, limit=4, at=NOW + 5)
    assert found[0] == last
    assert len(found) == 4


def test_never_more_than_asked_for_and_the_ones_that_wait_still_learn_why() -> None:
    down, up = connection("1"), connection("2")
    for n in range(20):
        message(f"+2547{n:08d}", connection_id=down)
        message(f"+2548{n:08d}")
    found = outbox.due(NOW, {up: 16}, 16)
    assert [f.chosen_connection_id for f in found] == [None] * 14 + [down] * 2


def test_those_without_any_connection_are_told_once_and_then_left_alone() -> None:
    d = dispatch(ANN)
    assert due_ids({}) == [d]
    outbox.postpone([d], NOW + MINUTE, "No modem is connected.", NOW)
    assert due_ids({}, at=NOW + HOUR) == []
    assert column(d, "reason") == "No modem is connected."
    assert state(d) is DispatchState.PENDING


def test_postponed_ones_are_looked_at_again_when_the_time_has_come() -> None:
    c = connection()
    d = dispatch(ANN)
    outbox.postpone([d], NOW + MINUTE, "SIM 7 is down.", NOW)
    assert due_ids({c: 5}) == []
    assert outbox.next_due(NOW) == NOW + MINUTE
    assert due_ids({c: 5}, at=NOW + MINUTE) == [d]


def test_a_connection_that_comes_back_finds_the_postponed_in_their_old_order() -> None:
    c = connection()
    a, b = dispatch(ANN), dispatch(BOB, at=NOW + 1)
    outbox.postpone([a], NOW + MINUTE, "down", NOW)
    assert outbox.hurry(NOW + 2) == 1
    assert due_ids({c: 5}, at=NOW + 2) == [a, b]


def test_hurry_does_not_shorten_the_wait_after_a_refusal() -> None:
    c = connection()
    d = dispatch(ANN)
    part = claimed(d, c).parts[0].part_id
    outbox.refused(part, NOW, reason="Busy.", code="CMS 42", retry_at=NOW + HOUR)
    assert outbox.hurry(NOW + 1) == 0
    assert due_ids({c: 5}, at=NOW + 1) == []


def test_a_deleted_message_is_not_sent_and_goes_out_when_it_is_restored() -> None:
    c = connection()
    m = message(ANN)
    assert trash.delete([m], NOW, "ann") == 1
    assert due_ids({c: 5}) == []
    assert outbox.claim([outbox.DispatchClaim(dispatches(m)[0], c, ("00",))], NOW) == []
    assert restore([m], NOW, "ann") == 1
    assert due_ids({c: 5}) == dispatches(m)


def test_what_is_due_tells_all_that_routing_and_encoding_need() -> None:
    c = connection()
    dispatch(ANN, text="Hallo", with_report=False, priority=3, connection_id=c, parts=2)
    (found,) = outbox.due(NOW, {c: 1}, 5)
    assert (found.number, found.text, found.with_report, found.priority) == (ANN, "Hallo", False, 3)
    assert (found.chosen_connection_id, found.valid_until, found.parts) == (c, NOW + DAY, 2)
    assert (found.attempts, found.reference, found.has_parts) == (0, None, False)
    assert found.avoid == frozenset()


def test_what_was_tried_before_says_so() -> None:
    c = connection()
    d = dispatch(ANN)
    part = claimed(d, c, parts=2).parts[0].part_id
    outbox.refused(part, NOW, reason="No credit.", code="CMS 41", retry_at=NOW, avoid=True)
    (found,) = outbox.due(NOW, {c: 1}, 5)
    assert (found.attempts, found.reference, found.has_parts) == (1, 7, True)
    assert found.avoid == {c}


def test_giving_up_fails_only_what_is_still_pending() -> None:
    c = connection()
    a, b = dispatch(ANN), dispatch(BOB)
    claimed(b, c)
    outbox.give_up([a, b, 999], "No routing rule applies.", "", NOW)
    assert (state(a), state(b)) == (DispatchState.FAILED, DispatchState.SENDING)
    assert column(a, "reason") == "No routing rule applies."


def test_what_waited_past_its_validity_fails_saying_so() -> None:
    d = dispatch(ANN, valid_until=NOW + HOUR)
    assert outbox.expire(NOW + HOUR - 1) == 0
    assert outbox.expire(NOW + HOUR) == 1
    assert (state(d), column(d, "reason")) == (DispatchState.FAILED, EXPIRED)
    assert outcomes(d) == ["failed"]


def test_what_is_held_or_has_no_end_does_not_expire() -> None:
    trash.delete([message(ANN, valid_until=NOW)], NOW, "ann")
    message(BOB, valid_until=None)
    assert outbox.expire(NOW + 100 * DAY) == 0


def test_an_expired_one_that_went_out_in_part_says_how_much() -> None:
    c = connection()
    d = dispatch(ANN, valid_until=NOW + HOUR, parts=2)
    first, second = claimed(d, c, parts=2).parts
    outbox.submitted(first.part_id, c, NOW)
    outbox.accepted(first.part_id, 1, NOW)
    outbox.refused(second.part_id, NOW, reason="Busy.", code="", retry_at=NOW)
    outbox.expire(NOW + HOUR)
    assert "only 1 of its 2 SMS" in column(d, "reason")


# size -------------------------------------------------------------------------------------------


def many(count: int, number: str, *, wanted: int = 0, due_at: int = NOW) -> None:
    message_id = message(CAT, due_at=NOW + DAY)
    with transaction():
        for n in range(count):
            execute(
                "INSERT INTO dispatch (message_id, number, state, state_at, due_at, wanted)"
                " VALUES (?, ?, 'pending', ?, ?, ?)",
                (message_id, number.format(n), NOW, due_at, wanted),
            )


def steps(action: Callable[[], object]) -> int:
    """How many hundreds of instructions SQLite takes: the same on every machine."""
    count = 0

    def tick() -> None:
        nonlocal count
        count += 1

    connection = database.connection()
    connection.set_progress_handler(tick, 100)
    try:
        action()
    finally:
        connection.set_progress_handler(None, 0)
    return count


def test_the_best_is_found_fast_however_many_wait_for_something_else() -> None:
    down, up = connection("1"), connection("2")
    many(5000, "+2541{:07d}", wanted=down)
    many(5000, "+2542{:07d}", due_at=NOW + HOUR)
    many(5000, "+2543{:07d}")
    assert steps(lambda: outbox.due(NOW, {up: 8}, 8)) < 30
    assert steps(lambda: outbox.next_due(NOW)) < 10
    assert steps(lambda: outbox.expire(NOW)) < 10
    assert len(outbox.due(NOW, {up: 8}, 8)) == 8


def test_thousands_for_one_recipient_do_not_hide_the_others() -> None:
    up = connection()
    many(5000, ANN)
    others = [dispatch(f"+49{n}") for n in range(7)]
    found = due_ids({up: 8}, limit=8)
    assert found[1:] == others
    claimed(found[0], up)
    assert due_ids({up: 8}, limit=8) == others
    assert steps(lambda: outbox.due(NOW, {up: 8}, 8)) < 700  # passes over each once


def test_an_urgent_message_is_noticed_where_it_may_go_out() -> None:
    mine, other = connection("1"), connection("2")
    assert not outbox.urgent_waits(mine, NOW, claimed_only=False)
    d = dispatch(ANN, priority=100, connection_id=mine)
    dispatch(BOB, priority=99)
    assert outbox.urgent_waits(mine, NOW, claimed_only=False)
    assert not outbox.urgent_waits(mine, NOW, claimed_only=True)
    assert not outbox.urgent_waits(mine, NOW - 1, claimed_only=False)  # not due yet
    assert not outbox.urgent_waits(other, NOW, claimed_only=False)
    claimed(d, mine)
    assert outbox.urgent_waits(mine, NOW, claimed_only=True)
    assert not outbox.urgent_waits(other, NOW, claimed_only=True)


def plan(sql: str, params: tuple[object, ...]) -> str:
    rows = database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()
    return "\n".join(row[3] for row in rows)


def test_nothing_on_the_way_out_reads_a_whole_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every statement between `due` and a report, as it really runs."""
    c = connection()
    seen: dict[str, tuple[object, ...]] = {}
    run = database.execute_sql

    def spy(sql: str, params: tuple[object, ...] = ()):
        seen[sql] = tuple(params or ())
        return run(sql, params)

    monkeypatch.setattr(database, "execute_sql", spy)
    d = dispatch(ANN, connection_id=c)
    outbox.due(NOW, {c: 1}, 5)
    outbox.next_due(NOW)
    outbox.expire(NOW)
    outbox.urgent_waits(c, NOW, claimed_only=False)
    part = sent(d, c)
    assert part
    outbox.report(c, ANN, 5, 0, NOW, NOW, NOW)
    lost = claimed(dispatch(BOB), c).parts[0].part_id
    outbox.submitted(lost, c, NOW)
    outbox.unknown(lost, NOW, "?", "")
    outbox.report(c, BOB, 6, 0, NOW, NOW, NOW)
    outbox.recover(NOW)
    monkeypatch.undo()
    plans = {
        sql: plan(sql, params)
        for sql, params in seen.items()
        if sql.startswith(("SELECT", "UPDATE")) and "connection SET" not in sql
    }
    assert len(plans) > 15
    whole = re.compile(r"SCAN (?!\w+ USING (COVERING )?INDEX dispatch_sending)")
    assert {sql: p for sql, p in plans.items() if whole.search(p)} == {}


def test_what_expired_still_says_what_it_waited_for():
    d = dispatch(ANN)
    queue.postpone([d], NOW, "SIM 1: it has no network.", NOW)
    assert queue.expire(NOW + 2 * DAY) == 1
    assert column(d, "reason") == f"{queue.EXPIRED} {queue.WAITED} SIM 1: it has no network."
