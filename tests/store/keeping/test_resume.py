"""Scheduled messages of a backup: sent by hand since, cancelled since, unchanged, or not known."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from gateway.clock import DAY, HOUR
from gateway.decisions.recurrence import Repeat, Turn, Unit
from gateway.events import Events
from gateway.services.box.preferences import Preferences
from gateway.services.messages.accept import Messages
from gateway.services.schedules.schedules import Schedules
from gateway.store import opening
from gateway.store.file import data_folder, database
from gateway.store.keeping import backups, restore, resume
from gateway.store.schedules import schedule_runs, schedules
from gateway.store.schedules.schedule_runs import RunOutcome
from gateway.store.schedules.schedules import (
    ScheduleContent,
    SchedulePlan,
    ScheduleRecipient,
    ScheduleStatus,
)
from gateway.store.search import views
from tests.services.conftest import FakeClock
from tests.store.given import ANN

START = 1_795_000_200_000
WHEN = datetime(2026, 12, 1, 9)  # noqa: DTZ001 - wall-clock time


@pytest.fixture
def folder(store: Path) -> Path:
    return store


@pytest.fixture
def clock() -> FakeClock:
    clock = FakeClock()
    clock.ms = START
    return clock


@pytest.fixture
def scheduling(clock: FakeClock, folder: Path) -> Schedules:
    events = Events()
    preferences = Preferences(events, "KE")
    messaging = Messages(clock, events, preferences.country)
    return Schedules(clock, events, messaging, preferences, str)


def planned(unit: Unit = Unit.ONCE, text: str = "hello") -> int:
    content = ScheduleContent(text, (ScheduleRecipient("number", ANN),))
    plan = SchedulePlan(Repeat(WHEN, unit), "UTC", Turn(WHEN, START + HOUR), "UTC")
    return schedules.add(content, plan, client_id=None, author="a", origin="page", now=START)


def backup(folder: Path) -> Path:
    return backups.make(folder / backups.FOLDER, "by-hand")


def put_back(folder: Path, made: Path) -> None:
    restore.stage(made, folder, START, "admin")
    database.database.close()
    opening.open_store(folder)
    database.database.connect(reuse_if_open=True)


def found(schedule_id: int) -> schedules.ScheduleInfo:
    one = schedules.get(schedule_id)
    assert one is not None
    return one


def test_what_was_sent_by_hand_since_is_not_sent_again(
    scheduling: Schedules, folder: Path, clock: FakeClock
) -> None:
    one = planned()
    made = backup(folder)
    assert scheduling.send_now(one, None, "ann")
    put_back(folder, made)
    assert found(one).status is ScheduleStatus.DONE
    clock.ms = START + HOUR
    scheduling.run_due()
    assert views.counts().all == 0
    (run,) = schedule_runs.newest([one])[one]
    assert (run.outcome, run.words) == (RunOutcome.SENT, resume.SENT)
    assert schedule_runs.unseen() == []


def test_what_was_cancelled_or_changed_since_asks(
    scheduling: Schedules, folder: Path, clock: FakeClock
) -> None:
    one, other = planned(), planned(text="old words")
    made = backup(folder)
    scheduling.cancel(one, None, "ann")
    database.execute("UPDATE schedule SET text = 'new words' WHERE id = ?", (other,))
    put_back(folder, made)
    assert {found(i).status for i in (one, other)} == {ScheduleStatus.PAUSED}
    assert [(r.outcome, r.words) for r in schedule_runs.unseen()] == [
        (RunOutcome.HELD, resume.HELD)
    ] * 2
    clock.ms = START + DAY
    scheduling.run_due()
    assert views.counts().all == 0


def test_what_is_as_it_was_goes_on_from_its_turn(
    scheduling: Schedules, folder: Path, clock: FakeClock
) -> None:
    daily, once = planned(Unit.DAY), planned()
    made = backup(folder)
    clock.ms = START + HOUR
    scheduling.run_due()  # the first turn of the daily one; the other is done by it
    later = found(daily).next
    put_back(folder, made)
    assert (found(daily).status, found(daily).next) == (ScheduleStatus.ACTIVE, later)
    assert found(once).status is ScheduleStatus.DONE
    assert schedule_runs.unseen() == []
    assert later is not None
    clock.ms = later.at
    scheduling.run_due()
    assert views.counts().all == 1, "the second turn, once"


def test_on_another_box_everything_asks_before_it_is_sent(
    scheduling: Schedules, folder: Path, tmp_path: Path, clock: FakeClock
) -> None:
    daily, once = planned(Unit.DAY), planned()
    made = shutil.copy(backup(folder), tmp_path / "copy.db")
    database.execute("DELETE FROM schedule")  # the box that takes it knows none of them
    put_back(folder, Path(made))
    assert {found(i).status for i in (daily, once)} == {ScheduleStatus.PAUSED}
    clock.ms = START + DAY
    scheduling.run_due()
    assert views.counts().all == 0
    scheduling.resume(daily, found(daily).version, "ann")
    assert found(daily).status is ScheduleStatus.ACTIVE


def test_a_damaged_store_that_is_replaced_says_nothing(folder: Path, tmp_path: Path) -> None:
    one = planned()
    made = backup(folder)
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"rubbish" * 1000)
    for _ in range(2):  # cut off behind it, it is done again
        resume.compare(made, broken, START)
    database.database.close()
    copy = tmp_path / "looked-at"
    copy.mkdir()
    shutil.copy(made, copy / data_folder.FILE_NAME)
    opening.close_store()
    opening.open_store(copy)
    with database.connected():
        assert found(one).status is ScheduleStatus.PAUSED
        assert len(schedule_runs.newest([one])[one]) == 1


def test_a_missed_one_is_not_called_sent(
    scheduling: Schedules, folder: Path, clock: FakeClock
) -> None:
    one = planned()
    made = backup(folder)
    clock.ms = START + 9 * HOUR
    scheduling.run_due()
    assert found(one).status is ScheduleStatus.DONE
    put_back(folder, made)
    assert found(one).status is ScheduleStatus.PAUSED
