"""Views, counts, pages, details."""

from __future__ import annotations

import pytest

from gateway.clock import DAY
from gateway.decisions.dispatch_states import DispatchState
from gateway.store.file import database
from gateway.store.messages import details, inbox, lists, outbox, trash
from gateway.store.messages.inbox import RawPdu
from gateway.store.search import views
from gateway.store.search.views import View
from tests.store.given import (
    ANN,
    BOB,
    CAT,
    NOW,
    claimed,
    connection,
    dispatch,
    dispatches,
    message,
    restore,
    sent,
    submitted,
)
from tests.store.pdus import deliver

pytestmark = pytest.mark.usefixtures("store")


def received(text: str = "hello", sender: str = ANN, at: int = NOW) -> int:
    (kept,) = inbox.keep(None, [RawPdu(deliver(text, sender, at), "SM", 1)], at)
    assert kept.message_id is not None
    return kept.message_id


def ids(view: View, before: int | None = None, limit: int = 50) -> list[int]:
    return [row.id for row in lists.page(view, before, limit)]


def test_a_message_to_many_is_in_every_view_in_which_it_has_a_dispatch() -> None:
    c = connection()
    m = message(ANN, BOB, CAT)
    a, b, _ = dispatches(m)
    sent(a, c)
    outbox.give_up([b], "No routing rule applies.", "", NOW)
    for view in (View.ALL, View.SENT, View.FAILED, View.PENDING):
        assert ids(view) == [m]
    assert ids(View.RECEIVED) == []
    (row,) = lists.page(View.ALL)
    assert dict(row.states) == {
        DispatchState.SENT: 1,
        DispatchState.FAILED: 1,
        DispatchState.PENDING: 1,
    }
    assert (row.who, row.people, row.sms, row.incoming) == (ANN, 3, 1, False)


def test_what_may_have_been_sent_is_listed_among_the_failed() -> None:
    d = dispatch(ANN)
    outbox.unknown(submitted(d, connection()), NOW, "No answer came.", "")
    assert len(ids(View.FAILED)) == 1
    assert views.counts().failed == 1


def test_counts_agree_with_the_views() -> None:
    c = connection()
    for n in range(3):
        received(f"n {n}")
    sent(dispatch(ANN), c)
    claimed(dispatch(BOB), c)
    message(CAT, BOB)
    found = views.counts()
    assert (found.all, found.received, found.unread) == (6, 3, 3)
    assert (found.sent, found.failed, found.pending) == (1, 0, 2)
    for view in View:
        assert len(ids(view)) == getattr(found, view.value)


def test_counts_follow_what_is_removed_for_good() -> None:
    c = connection()
    m = message(ANN, BOB)
    sent(dispatches(m)[0], c)
    received()
    database.execute("DELETE FROM message")
    assert views.counts() == views.Counts(0, 0, 0, 0, 0, 0)


def test_deleted_messages_are_nowhere_until_they_are_restored() -> None:
    gone = [received(), message(ANN)]
    trash.delete(gone, NOW, "ann")
    assert all(ids(view) == [] for view in View if view is not View.DELETED)
    assert ids(View.DELETED) == gone[::-1]
    assert views.counts() == views.Counts(0, 0, 0, 0, 0, 0, deleted=2)
    assert lists.rows(gone) == []
    assert lists.inbox_list(10, 0) == ([], 0)
    assert restore(gone, NOW, "ann") == 2
    assert ids(View.ALL) == gone[::-1]
    assert restore(gone, NOW, "ann") == 0


@pytest.mark.parametrize("view", [View.ALL, View.PENDING])
def test_pages_follow_one_another_without_gap_or_overlap(view: View) -> None:
    made = [message(f"+2547{n:08d}", BOB) for n in range(25)]
    found: list[int] = []
    before = None
    while page := ids(view, before, 10):
        found += page
        before = page[-1]
    assert found == made[::-1]


def test_a_page_of_messages_to_thousands_is_as_quick_as_any() -> None:
    """50 rows, each found by a few index seeks however many people it went to."""
    m = message(*(f"+2547{n:08d}" for n in range(3000)))
    steps: list[str] = []
    run = database.database.execute_sql
    database.database.execute_sql = lambda sql, params=None: steps.append(sql) or run(sql, params)
    try:
        assert ids(View.PENDING) == [m]
    finally:
        del database.database.execute_sql
    assert len(steps) < 10


def test_rows_come_in_the_order_asked_for() -> None:
    a, b = received("a"), received("b", at=NOW + 1000)
    assert [row.words for row in lists.rows([a, b, 99])] == ["a", "b"]
    assert lists.rows([]) == []


def test_a_received_row_says_whether_it_was_read() -> None:
    m = received("hello", BOB)
    (row,) = lists.rows([m])
    assert (row.incoming, row.unread, row.who, row.people, row.states) == (True, True, BOB, 1, ())
    inbox.mark_read([m], NOW)
    (row,) = lists.rows([m])
    assert not row.unread


def test_the_detail_tells_what_happened_to_every_recipient() -> None:
    c = connection()
    m = message(ANN, BOB, author="ann", connection_id=c)
    a, b = dispatches(m)
    sent(a, c, mr=5)
    outbox.refused(submitted(b, c), NOW, reason="Busy.", code="CMS 42", retry_at=NOW + DAY)
    found = details.get(m)
    assert found is not None
    assert (found.text, found.author, found.connection_id) == ("hello", "ann", c)
    first, second = found.dispatches
    assert (first.number, first.state, first.sent_at) == (ANN, DispatchState.SENT, NOW)
    assert [(p.seq, p.state, p.mr) for p in first.parts] == [(1, "accepted", 5)]
    assert (second.state, second.due_at, second.attempts) == (DispatchState.PENDING, NOW + DAY, 1)
    assert [(h.outcome, h.reason, h.code, h.connection_id) for h in second.history] == [
        ("retry", "Busy.", "CMS 42", c)
    ]


def test_a_message_is_found_by_the_id_that_a_client_gave_it() -> None:
    m = message(ANN, client_id="abc")
    found = details.by_client_id("abc")
    assert found is not None
    assert found.id == m
    assert details.by_client_id("xyz") is None
    assert details.get(999) is None


def test_the_inbox_for_programs_pages_by_offset_and_tells_the_total() -> None:
    made = [received(f"n {n}", at=NOW + n * 1000) for n in range(5)]
    found, total = lists.inbox_list(2, 1)
    assert ([m.id for m in found], total) == ([made[3], made[2]], 5)
    assert (found[0].text, found[0].sender, found[0].complete) == ("n 3", ANN, True)
