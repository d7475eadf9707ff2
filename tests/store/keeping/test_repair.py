"""Only a store that is proven damaged is set aside, nothing is lost wherever it is cut off."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.store import opening
from gateway.store.accounts import tokens
from gateway.store.file import data_folder, database, integrity, settings
from gateway.store.file.database import StoreDamaged, StoreError, StoreFull
from gateway.store.keeping import backups, rebuild, repair, restore
from gateway.store.search import views
from tests.store.given import ANN, message


class Killed(BaseException):
    """As kill -9: nothing after it runs that matters."""


@pytest.fixture
def folder(tmp_path: Path, empty_store: Path) -> Path:
    """A store of three messages, closed, and a good backup of two."""
    made = tmp_path / "box"
    made.mkdir()
    shutil.copyfile(empty_store, made / data_folder.FILE_NAME)
    opening.open_store(made)
    with database.connected():
        message(ANN)
        message(ANN)
        backups.make(made / backups.FOLDER, "by-hand")
        message(ANN)
    opening.close_store()
    return made


def contents(folder: Path) -> int:
    opening.open_store(folder)
    try:
        with database.connected():
            return views.counts().all
    finally:
        opening.close_store()


def damage_index(folder: Path) -> None:
    """Every row is there; an index is spoiled, and quick_check sees it."""
    file = folder / data_folder.FILE_NAME
    with closing(sqlite3.connect(file)) as found:
        found.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sql = "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'message'"
        pages = [page for (page,) in found.execute(sql)]
    data = bytearray(file.read_bytes())
    for page in pages:
        data[(page - 1) * 4096 : (page - 1) * 4096 + 8] = b"\xff" * 8
    file.write_bytes(data)


def spoil_messages(folder: Path) -> None:
    """Messages cannot be read any more; people and access can."""
    file = folder / data_folder.FILE_NAME
    with closing(sqlite3.connect(file)) as found:
        found.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sql = "SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = 'message'"
        ((page,),) = found.execute(sql)
    data = bytearray(file.read_bytes())
    data[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    file.write_bytes(data)


def ruin(folder: Path) -> None:
    (folder / data_folder.FILE_NAME).write_bytes(b"no database at all" * 500)


@pytest.mark.parametrize(("harm", "left"), [(damage_index, 3), (ruin, 2)])
def test_cut_off_at_any_step_nothing_is_lost_and_it_is_said(
    harm, left: int, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    harm(folder)
    original = (folder / data_folder.FILE_NAME).read_bytes()
    rename, step = Path.rename, 0
    while True:
        box = Path(shutil.copytree(folder, tmp_path / f"box-{step}"))
        done = 0

        def rename_or_die(self: Path, target: Path, upto: int = step) -> Path:
            nonlocal done
            if done == upto:
                raise Killed
            done += 1
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", rename_or_die)
        killed = False
        try:
            contents(box)
        except Killed:
            killed = True
            opening.close_store()
        monkeypatch.setattr(Path, "rename", rename)
        assert contents(box) == left
        told = repair.mended(box)
        assert told is not None
        assert told.lost == (left == 2)
        kept = [b.path.read_bytes() for b in backups.all_backups(box / backups.FOLDER)]
        assert original in kept
        if not killed:
            break
        step += 1
    assert step > 2


@pytest.mark.parametrize("code", ["FULL", "BUSY", "READONLY", "IOERR", "CANTOPEN", "PERM"])
def test_trouble_with_the_disk_while_mending_is_no_reason_to_take_a_backup(
    code: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage_index(folder)
    trouble = sqlite3.OperationalError(code)
    trouble.sqlite_errorcode = getattr(sqlite3, f"SQLITE_{code}")

    def fail(*_: object) -> None:
        raise trouble

    with monkeypatch.context() as failing:
        failing.setattr(repair, "rewrite", fail)
        with pytest.raises(StoreError):
            opening.open_store(folder)
    opening.close_store()
    assert [b.why for b in backups.all_backups(folder / backups.FOLDER)] == ["by-hand"]
    assert contents(folder) == 3


@pytest.mark.parametrize(("known", "back"), [(True, []), (False, ["old"])])
def test_who_comes_in_again_is_known_or_said(folder: Path, known: bool, back: list[str]) -> None:
    """A token that was revoked after the backup: it stays so where the damaged file tells."""
    opening.open_store(folder)
    with database.connected():
        settings.put("signing_key", "k")
        tokens.add_token("old", "digest", 1, scopes=["send"], who="ann")
        backups.make(folder / backups.FOLDER, "daily")
        tokens.revoke_token("old", 2, who="ann")
    opening.close_store()
    if known:
        spoil_messages(folder)
    else:
        ruin(folder)
    opening.open_store(folder)
    with database.connected():
        assert [one.name for one in tokens.tokens()] == back
    opening.close_store()
    told = repair.mended(folder)
    assert told is not None
    assert "was put back" in told.words
    assert ("tokens that were revoked" in told.words) is not known


def test_a_full_disk_while_a_backup_is_read_is_no_reason_to_begin_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruin(folder)

    def full(*_: object) -> None:
        raise StoreFull("The disk is full.")

    with monkeypatch.context() as failing:
        failing.setattr(rebuild, "rebuild", full)
        with pytest.raises(StoreFull):
            opening.open_store(folder)
    opening.close_store()
    assert contents(folder) == 2


def test_what_was_damaged_for_a_moment_only_is_left_as_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([["Page 7: a glitch"], []])
    monkeypatch.setattr(integrity, "damage", lambda: next(answers))
    assert contents(folder) == 3
    assert repair.mended(folder) is None


def test_a_busy_store_is_not_damaged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = sqlite3.OperationalError("database is locked")
    busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
    with pytest.raises(StoreError) as said, database.errors():
        raise busy
    assert not isinstance(said.value, StoreDamaged)
    monkeypatch.setattr(restore, "set_aside", None)  # not called
    assert contents(folder) == 3
