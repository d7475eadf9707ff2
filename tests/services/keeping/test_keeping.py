"""Daily copies, how long messages stay, room on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.clock import DAY, HOUR
from gateway.services.keeping.keeping import Keeping, KeepingOptions
from gateway.store.file import database, reserve
from gateway.store.keeping import backups, repair
from gateway.store.keeping.backups import DAILY, SETTINGS
from gateway.store.messages import details, outbox
from gateway.store.search import views
from gateway.text.refusal import Refused
from tests.services.conftest import FakeClock
from tests.store.given import ANN, BOB, connection, dispatches, message, sent
from tests.support.settings import somebody

QUIET = KeepingOptions(daily=False)


@pytest.fixture
def restarts() -> list[bool]:
    return []


@pytest.fixture
def keeping(store: Path, clock: FakeClock, restarts: list[bool]) -> Iterator[Keeping]:
    made = Keeping(clock, store, lambda: restarts.append(True))
    reserve.watch(made.reserve)
    yield made
    reserve.unwatch()


def pass_time(clock: FakeClock, seconds: float) -> None:
    clock.seconds += seconds
    clock.ms += int(seconds * 1000)


def kinds(keeping: Keeping) -> list[str]:
    return sorted(b.why for b in keeping.files())


@pytest.fixture
def real_time(clock: FakeClock) -> None:
    """Names of backups and times of files come from the machine's clock."""
    import time

    clock.ms = int(time.time() * 1000)


@pytest.mark.usefixtures("real_time")
def test_a_copy_is_made_each_day_but_not_right_after_the_start(
    keeping: Keeping, clock: FakeClock
) -> None:
    message(ANN)
    keeping.round()
    assert kinds(keeping) == []
    pass_time(clock, 700)
    keeping.round()
    assert kinds(keeping) == [DAILY, SETTINGS]
    keeping.round()
    assert kinds(keeping) == [DAILY, SETTINGS]


def test_a_clock_that_was_reset_does_not_bring_a_copy_each_minute(
    keeping: Keeping, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    monkeypatch.setattr(backups, "make", lambda folder, why: made.append(why) or folder / "x")
    monkeypatch.setattr(backups, "inspect", lambda path: None)
    clock.ms = 0
    for _ in range(100):
        pass_time(clock, 3600)
        keeping.round()
    assert 4 <= len(made) <= 9


@pytest.mark.usefixtures("real_time")
def test_copies_go_to_the_chosen_folder_and_home_while_it_is_away(
    keeping: Keeping, clock: FakeClock, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    keeping.change(KeepingOptions(folder=str(stick)), somebody())
    pass_time(clock, 700)
    keeping.round()
    assert [b.why for b in backups.all_backups(stick)] == [DAILY]
    shutil.rmtree(stick)
    message(ANN)
    pass_time(clock, 25 * 3600)
    keeping.round()
    assert "Plug in the stick" in keeping.trouble
    assert DAILY in kinds(keeping)


@pytest.mark.usefixtures("real_time")
def test_a_copy_that_turns_out_damaged_has_the_database_mended_at_a_restart(
    keeping: Keeping, clock: FakeClock, restarts: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(path: Path) -> None:
        raise database.StoreBroken("damaged.")

    monkeypatch.setattr(backups, "inspect", damaged)
    pass_time(clock, 700)
    keeping.round()
    assert restarts == [True]
    assert kinds(keeping) == []
    assert (Path(database.database.database).parent / repair.WHOLE).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"keep_days": 0}, "keep_days"),
        ({"keep_days": 99999}, "keep_days"),
        ({"delete_after_days": -1}, "delete_after_days"),
        ({"delete_above_mb": 3}, "delete_above_mb"),
        ({"folder": "usb"}, "folder"),
        ({"folder": "/no/such/folder"}, "folder"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    keeping: Keeping, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        keeping.change(replace(QUIET, **changes), somebody())  # type: ignore[arg-type]
    assert [e.field for e in refused.value.errors] == [field]
    assert keeping.options() == KeepingOptions()


# how long messages stay --------------------------------------------------------------------------


def test_old_messages_go_for_good_and_what_waits_stays(keeping: Keeping, clock: FakeClock) -> None:
    old = clock.ms - 31 * DAY
    gone = message(ANN, at=old)
    sent(dispatches(gone)[0], connection(), at=old)
    waits = message(BOB, at=old, valid_until=None)
    young = message("+254711000009", at=clock.ms - 29 * DAY)
    keeping.change(replace(QUIET, delete_after_days=30), somebody())
    keeping.round()
    assert details.get(gone) is None
    assert details.get(waits) is not None
    assert details.get(young) is not None
    assert database.execute(
        "SELECT who FROM audit WHERE action = 'delete for good'"
    ).fetchall() == [("the box itself",)]


def test_nothing_goes_unless_somebody_chose_so(keeping: Keeping, clock: FakeClock) -> None:
    old = message(ANN, at=clock.ms - 3000 * DAY)
    sent(dispatches(old)[0], connection(), at=clock.ms - 3000 * DAY)
    keeping.round()
    assert details.get(old) is not None


def test_the_oldest_go_while_they_take_too_much_room_but_never_what_is_new(
    keeping: Keeping, clock: FakeClock
) -> None:
    line = connection()
    for n in range(40):
        at = clock.ms - (3 * DAY if n < 20 else HOUR)
        one = message(f"+2547{n:08d}", at=at, text="x" * 500_000)
        sent(dispatches(one)[0], line, at=at)
    keeping.change(replace(QUIET, delete_above_mb=10), somebody())
    keeping.round()
    assert views.counts().all == 20


# room --------------------------------------------------------------------------------------------


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    usage = SimpleNamespace(free=1 << 30)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    return usage


def test_with_little_room_old_copies_go_first_and_the_newest_stays(
    keeping: Keeping, store: Path, disk: SimpleNamespace
) -> None:
    keeping.change(QUIET, somebody())
    folder = store / "backups"
    folder.mkdir()
    for day in range(1, 4):
        (folder / f"pigeonbox-2026-11-0{day}T030000Z-daily-secret.db").touch()
    disk.free = reserve.LOW - 1
    keeping.round()
    assert [b.path.name[18:20] for b in keeping.files()] == ["03"]
    outbox.add(outgoing())


def test_a_full_disk_gives_its_reserve_to_what_comes_in_and_refuses_what_goes_out(
    keeping: Keeping, store: Path, disk: SimpleNamespace
) -> None:
    keeping.change(QUIET, somebody())
    keeping.round()
    assert (store / reserve.NAME).stat().st_size == reserve.RESERVE
    disk.free = reserve.LEAST - 1
    keeping.round()
    assert not (store / reserve.NAME).exists()
    with pytest.raises(database.StoreFull, match="make room"):
        outbox.add(outgoing())
    disk.free = reserve.LOW + reserve.RESERVE + 1
    keeping.round()
    assert outbox.add(outgoing())
    assert (store / reserve.NAME).exists()


def test_a_write_that_finds_the_disk_full_gives_up_the_reserve_at_once(
    keeping: Keeping, store: Path, disk: SimpleNamespace
) -> None:
    keeping.change(QUIET, somebody())
    keeping.round()
    pages = database.database.pragma("page_count")
    database.database.pragma("max_page_count", pages)
    with pytest.raises(database.StoreFull):
        message(ANN, text="x" * 100_000)
    assert not (store / reserve.NAME).exists()


def outgoing() -> outbox.OutgoingMessage:
    return outbox.OutgoingMessage(text="x", numbers=(ANN,), parts=1, created_at=1, due_at=1)
