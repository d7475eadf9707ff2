"""Long work: in turns, kept, honest about what broke."""

from __future__ import annotations

import threading

import pytest

from gateway.events import Events
from gateway.services.jobs import long_work
from gateway.services.jobs.long_work import LongWork, WorkKind, WorkProgress
from gateway.store.file import database, jobs, settings
from gateway.store.file.jobs import JobInfo
from tests.services.conftest import FakeClock
from tests.support.work import finish

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture(autouse=True)
def no_breath(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_work, "BREATH", 0)


def counting(job: JobInfo) -> WorkProgress:
    """Counts to `total`, writing each number down."""
    done = job.done + 1
    settings.put(f"counted {job.id}", done)
    return WorkProgress(done, str(done), "Counted." if done == job.total else None)


def broken(job: JobInfo) -> WorkProgress:
    settings.put("broken", 1)
    raise ZeroDivisionError


def state(job_id: int) -> str:
    job = jobs.get(job_id)
    assert job is not None
    return job.state


@pytest.fixture
def work(clock: FakeClock) -> LongWork:
    return LongWork(clock, Events(), {"count": WorkKind(counting), "break": WorkKind(broken)})


def test_several_take_turns(work: LongWork):
    long, short = work.add("count", "a", 9, "ann"), work.add("count", "b", 2, "bob")
    work._round()
    work._round()
    assert (state(long), state(short)) == ("running", "done")
    finish(work)
    assert [j.result for j in jobs.newest(9)] == ["Counted.", "Counted."]


def test_one_that_breaks_says_so_changes_nothing_and_holds_up_nobody(work: LongWork, caplog):
    bad, good = work.add("break", "", 1, "ann"), work.add("count", "", 1, "ann")
    finish(work)
    assert (state(bad), state(good)) == ("failed", "done")
    found = jobs.get(bad)
    assert found is not None
    assert "in the log" in found.trouble
    assert settings.get("broken") is None
    assert "ZeroDivisionError" in caplog.text


def test_a_piece_that_was_stopped_while_it_was_done_is_taken_back(clock: FakeClock):
    def stopped_meanwhile(job: JobInfo) -> WorkProgress:
        settings.put("done", 1)
        jobs.end(job.id, "stopped", 0)  # as another connection would, just before
        return WorkProgress(1, "1")

    work = LongWork(clock, Events(), {"x": WorkKind(stopped_meanwhile)})
    jobs.add("x", "", 2, 0, "ann")
    work._round()
    assert settings.get("done") is None


def test_a_kind_of_a_newer_version_is_not_tried_for_ever(work: LongWork):
    job_id = work.add("from the future", "", 1, "ann")
    finish(work)
    assert state(job_id) == "failed"


def test_only_the_newest_ended_ones_are_kept(work: LongWork):
    first = work.add("count", "first", 1, "ann")
    waiting = jobs.add("count", "waiting", 10, 0, "ann")
    for n in range(jobs.KEPT + 5):
        work.stop_job(work.add("count", str(n), 1, "ann"))
    work.stop_job(first)
    work.add("count", "last", 1, "ann")
    assert state(waiting) == "running"
    assert len(jobs.newest(200)) <= jobs.KEPT + 2
    assert jobs.get(first) is None


def test_the_thread_begins_at_once_and_stops_between_two_pieces(clock: FakeClock):
    begun, go_on = threading.Event(), threading.Event()

    def slowly(job: JobInfo) -> WorkProgress:
        begun.set()
        assert go_on.wait(10)
        return WorkProgress(job.done + 1, "", None)

    work = LongWork(clock, Events(), {"x": WorkKind(slowly)})
    work.start()
    job_id = work.add("x", "", 100, "ann")
    assert begun.wait(10)
    threading.Timer(0.05, go_on.set).start()
    work.stop()
    assert not work.alive
    job = jobs.get(job_id)
    assert job is not None
    assert job.state == "running"
    assert job.done >= 1


def test_a_busy_database_is_waited_for(clock: FakeClock):
    def busy(job: JobInfo) -> WorkProgress:
        raise database.StoreBusy("busy")

    work = LongWork(clock, Events(), {"busy": WorkKind(busy)})
    job_id = work.add("busy", "", 1, "ann")
    with pytest.raises(database.StoreBusy):
        work._round()
    assert state(job_id) == "running"
