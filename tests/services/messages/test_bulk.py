"""Many messages at once: what a window says beforehand, what is done, and what is written down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import DAY
from gateway.decisions.dispatch_states import DispatchState
from gateway.events import Events
from gateway.services.jobs import long_work
from gateway.services.jobs.long_work import LongWork, WorkKind
from gateway.services.keeping.housekeeping import Housekeeping
from gateway.services.messages.bulk import (
    AT_ONCE,
    KIND,
    BulkAction,
    BulkActions,
    BulkOutcome,
    BulkPreview,
    BulkTask,
    Selection,
)
from gateway.store.file import audit as audits
from gateway.store.file import database, jobs
from gateway.store.messages import inbox, lists, outbox, trash
from gateway.store.messages.trash import UnsentCount
from gateway.store.search import views
from gateway.store.search.views import View
from gateway.text.refusal import Refused
from tests.services.conftest import FakeClock
from tests.store.given import (
    ANN,
    BOB,
    CAT,
    NOW,
    claimed,
    connection,
    dispatches,
    message,
    outcomes,
    state,
    submitted,
)
from tests.support.work import finish

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture(autouse=True)
def no_breath(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_work, "BREATH", 0)
    monkeypatch.setattr("gateway.services.messages.bulk.BREATH", 0)


@pytest.fixture
def work(clock: FakeClock) -> LongWork:
    clock.ms = NOW
    events = Events()
    messages = BulkActions(clock, events)
    return LongWork(clock, events, {KIND: WorkKind(messages.piece)})


@pytest.fixture
def interactions(clock: FakeClock, work: LongWork) -> BulkActions:
    return BulkActions(clock, Events(), work)


def fail(dispatch_id: int, line: int) -> None:
    part = submitted(dispatch_id, line)
    outbox.refused(part, NOW, reason="The network refused.", code="CMS 1", retry_at=None)


def many(number: int) -> list[int]:
    with database.transaction():
        return [message(ANN) for _ in range(number)]


def audit() -> list[tuple[str, str, str]]:
    return [(a.who, a.action, a.detail) for a in audits.page(None, 100)]


@given(
    ids=st.lists(st.integers(1, 10**6), max_size=5),
    view=st.sampled_from([None, *View]),
    upto=st.integers(0, 10**6),
    action=st.sampled_from(list(BulkAction)),
    uncertain=st.booleans(),
    connection_id=st.one_of(st.none(), st.integers(0, 9)),
)
def test_a_task_survives_being_kept_as_text(ids, view, upto, action, uncertain, connection_id):
    task = BulkTask(action, Selection(tuple(ids), view, upto), "ann", uncertain, connection_id)
    assert BulkTask.from_json(task.to_json()) == task


def test_what_the_window_says_is_what_is_done(interactions: BulkActions):
    waiting, sending, gone = message(ANN, BOB), message(CAT), message(ANN)
    claimed(dispatches(sending)[0], connection())
    trash.delete([gone], NOW, "bob")
    chosen = Selection((waiting, sending, gone, 999))
    assert interactions.preview(BulkAction.DELETE, chosen) == BulkPreview(
        2, UnsentCount(2, 1), UnsentCount(1, 1)
    )
    done = interactions.carry_out(BulkTask(BulkAction.DELETE, chosen, "ann"))
    assert (done.count, done.job_id) == (2, None)
    undo = interactions.preview(BulkAction.RESTORE, Selection(deletion=done.deletion))
    assert undo.messages == 2, "by which it can be taken back"
    assert interactions.preview(BulkAction.DELETE, chosen).messages == 0
    assert interactions.preview(BulkAction.RESTORE, chosen) == BulkPreview(3, UnsentCount(3, 2))
    assert interactions.preview(BulkAction.DESTROY, chosen) == BulkPreview(
        3, sending=UnsentCount(1, 1)
    )
    assert interactions.carry_out(BulkTask(BulkAction.DESTROY, chosen, "ann")) == BulkOutcome(2)
    assert [r.id for r in lists.page(View.DELETED)] == [sending]


@pytest.mark.parametrize("view", list(View))
def test_all_of_a_view_is_counted_without_looking_at_each(interactions: BulkActions, view: View):
    line = connection()
    for number in range(3):
        m = message(ANN, BOB, CAT)
        one, two, _three = dispatches(m)
        fail(one, line)
        if number:
            outbox.unknown(submitted(two, line), NOW, "No answer.", "")
        inbox.called(line, ANN, NOW)
    upto = views.newest(View.ALL)
    trash.delete([message(ANN), message(BOB)], NOW, "ann")
    chosen = Selection(view=view, upto=views.newest(view) or upto)
    message(CAT)  # after the reader looked
    for action in BulkAction:
        listed = Selection(tuple(i for chunk in chosen.chunks() for i in chunk))
        assert interactions.preview(action, chosen) == interactions.preview(action, listed)


def test_a_restored_message_that_has_expired_gets_a_new_day(
    interactions: BulkActions, clock: FakeClock
):
    m = message(ANN)
    interactions.do(BulkTask(BulkAction.DELETE, Selection((m,)), "ann"))
    clock.ms = NOW + 40 * DAY
    assert outbox.expire(clock.ms) == 0
    interactions.do(BulkTask(BulkAction.RESTORE, Selection((m,)), "ann"))
    assert outbox.expire(clock.ms) == 0
    assert state(dispatches(m)[0]) is DispatchState.PENDING
    assert [d.message_id for d in outbox.due(clock.ms, {connection(): 1}, 5)] == [m]
    assert outbox.expire(clock.ms + 2 * DAY) == 1


def test_each_wish_is_written_down_once_with_who_and_what(interactions: BulkActions):
    one, others = message(ANN, BOB), many(3)
    line = connection()
    call = inbox.called(line, CAT, NOW)
    interactions.do(BulkTask(BulkAction.DELETE, Selection((one,)), "ann"))
    interactions.do(BulkTask(BulkAction.DELETE, Selection((call, *others)), "bob"))
    interactions.do(BulkTask(BulkAction.RESTORE, Selection((call,)), "bob"))
    interactions.do(
        BulkTask(BulkAction.RESTORE, Selection((call,)), "bob")
    )  # nothing left to restore
    interactions.do(BulkTask(BulkAction.DESTROY, Selection((one,)), "ann"))
    fail(dispatches(message(ANN))[0], line)
    interactions.do(BulkTask(BulkAction.RESEND, Selection(view=View.FAILED, upto=10**9), "cat"))
    assert audit() == [
        ("cat", "resend", "1 SMS"),
        ("ann", "delete for good", f"1 message to {ANN} and 1 more"),
        ("bob", "restore", f"1 missed call from {CAT}"),
        ("bob", "delete", "4 messages"),
        ("ann", "delete", f"1 message to {ANN} and 1 more"),
    ]


def test_much_work_is_done_in_bites_that_add_up(interactions: BulkActions, work: LongWork):
    ids = many(AT_ONCE + 120)
    task = BulkTask(BulkAction.DELETE, Selection(view=View.ALL, upto=ids[-1]), "ann")
    found = interactions.carry_out(task)
    assert found.job_id is not None
    assert interactions.carry_out(task) == found  # a second click
    assert views.counts().deleted == 0
    finish(work)
    job = jobs.get(found.job_id)
    assert job is not None
    assert (job.state, job.done, job.total) == ("done", len(ids), len(ids))
    assert job.result == "620 messages deleted."
    assert views.counts().deleted == len(ids)
    assert audit() == [("ann", "delete", "620 messages")]


def test_work_goes_on_after_a_restart_where_it_was(
    interactions: BulkActions, work: LongWork, clock: FakeClock
):
    ids = many(AT_ONCE + 120)
    found = interactions.carry_out(BulkTask(BulkAction.DELETE, Selection(tuple(ids)), "ann"))
    assert found.job_id is not None
    assert work._round()
    halfway = jobs.get(found.job_id)
    assert halfway is not None
    assert 0 < halfway.done == views.counts().deleted < len(ids)
    after = LongWork(clock, Events(), {KIND: WorkKind(BulkActions(clock, Events()).piece)})
    finish(after)
    job = jobs.get(found.job_id)
    assert job is not None
    assert (job.state, job.done) == ("done", len(ids))
    assert audit() == [("ann", "delete", "620 messages")]


def test_a_message_to_very_many_is_sent_again_in_several_bites(
    interactions: BulkActions, work: LongWork
):
    numbers = [f"+2547120{n:05}" for n in range(AT_ONCE + 50)]
    big, small = message(*numbers), message(ANN)
    every = [*dispatches(big), *dispatches(small)]
    outbox.give_up(every, "No routing rule applies.", "", NOW)
    chosen = Selection((big, small))
    assert interactions.preview(BulkAction.RESEND, chosen) == BulkPreview(2, failed=551)
    found = interactions.carry_out(BulkTask(BulkAction.RESEND, chosen, "ann", connection_id=0))
    assert found.job_id is not None
    rounds = 0
    while work._round():
        rounds += 1
        # What fails again at once is not taken up a second time, which would never end.
        outbox.give_up(every, "No routing rule applies.", "", NOW)
    job = jobs.get(found.job_id)
    assert job is not None
    assert (job.state, job.done, job.result) == ("done", 551, "551 SMS queued again.")
    assert 3 <= rounds <= 7  # a hundred in each, and to an end
    assert all(outcomes(d).count("resent") == 1 for d in every)
    assert audit() == [("ann", "resend", "551 SMS")]


def test_work_can_be_stopped_and_gone_on_with(interactions: BulkActions, work: LongWork):
    ids = many(AT_ONCE + 120)
    found = interactions.carry_out(BulkTask(BulkAction.DELETE, Selection(tuple(ids)), "ann"))
    assert found.job_id is not None
    work._round()
    assert work.stop_job(found.job_id)
    assert not work.stop_job(found.job_id)
    finish(work)
    assert 0 < views.counts().deleted < len(ids)
    assert work.go_on(found.job_id)
    finish(work)
    assert views.counts().deleted == len(ids)
    assert not work.go_on(found.job_id)


def test_a_connection_that_is_gone_is_refused_before_anything_is_done(interactions: BulkActions):
    m = message(ANN)
    fail(dispatches(m)[0], connection())
    with pytest.raises(Refused, match="not known any more"):
        interactions.carry_out(
            BulkTask(BulkAction.RESEND, Selection((m,)), "ann", connection_id=77)
        )
    assert state(dispatches(m)[0]) is DispatchState.FAILED


def test_the_chosen_connection_is_kept_unless_another_is_chosen(interactions: BulkActions):
    line, other = connection(), connection("8945")
    m = message(ANN, connection_id=line)
    (d,) = dispatches(m)
    fail(d, line)
    interactions.do(BulkTask(BulkAction.RESEND, Selection((m,)), "ann"))
    assert database.execute("SELECT wanted FROM dispatch").fetchone() == (line,)
    outbox.give_up([d], "again", "", NOW)
    interactions.do(BulkTask(BulkAction.RESEND, Selection((m,)), "ann", connection_id=other))
    assert database.execute("SELECT wanted FROM dispatch").fetchone() == (other,)


def test_one_message_to_thousands_becomes_long_work_and_goes_on_after_a_stop(
    interactions: BulkActions, work: LongWork
):
    many_people = message(*(f"+2547110{n:05}" for n in range(AT_ONCE + 1)))
    task = BulkTask(BulkAction.DELETE, Selection((many_people,)), "ann")
    outcome = interactions.carry_out(task)
    assert outcome.job_id is not None
    work._round()  # one piece: it is deleted, and some of its dispatches are held
    job = jobs.get(outcome.job_id)
    assert job
    assert (job.state, job.done) == ("running", 1)
    assert views.ids(View.DELETED, None, 9) == [many_people]
    finish(work)
    job = jobs.get(outcome.job_id)
    assert job
    assert (job.state, job.result) == ("done", "1 message deleted.")
    held = database.execute("SELECT count(*) FROM dispatch WHERE held = 1").fetchone()
    assert held == (AT_ONCE + 1,)
    assert audit() == [("ann", "delete", f"1 message to +254711000000 and {AT_ONCE} more")]


def test_what_a_power_cut_left_half_done_housekeeping_brings_to_its_end(clock: FakeClock):
    many_people = message(*(f"+2547110{n:05}" for n in range(AT_ONCE + 1)))
    with database.transaction():
        trash.mark_deleted([many_people], NOW)
    Housekeeping(clock, Events()).tidy()
    held = database.execute("SELECT count(*) FROM dispatch WHERE held = 1").fetchone()
    assert held == (AT_ONCE + 1,)
