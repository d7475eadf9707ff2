"""Backups: whole or settings only, put back here or on another box, nothing sent twice by it."""

from __future__ import annotations

import fcntl
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from gateway.decisions.dispatch_states import DispatchState
from gateway.store import opening
from gateway.store.accounts import accounts
from gateway.store.file import audit, data_folder, database, integrity, settings
from gateway.store.keeping import backups, repair, restore
from gateway.store.messages import details, outbox
from gateway.store.people import people
from gateway.store.people.people import ContactInfo
from gateway.store.search import views
from tests.store.given import ANN, BOB, NOW, connection, dispatches, message, sent


@pytest.fixture
def folder(store: Path) -> Path:
    return store


def reopened(folder: Path) -> None:
    database.database.close()
    opening.open_store(folder)
    database.database.connect(reuse_if_open=True)


def states() -> dict[str, DispatchState]:
    rows = database.execute("SELECT number, state FROM dispatch").fetchall()
    return {number: DispatchState(state) for number, state in rows}


def test_what_waited_in_a_backup_comes_back_as_in_doubt_never_as_pending(folder: Path) -> None:
    message(ANN)
    sent(dispatches(message(BOB))[0], connection())
    alarm = message("+447700900999")
    database.execute("UPDATE message SET when_uncertain = 'resend' WHERE id = ?", (alarm,))
    made = backups.make(folder / backups.FOLDER, "by-hand")
    message("+447700900777")
    restore.stage(made, folder, NOW, "admin")
    assert states()["+447700900777"] is DispatchState.PENDING, (
        "nothing happens before it is opened again"
    )
    reopened(folder)
    assert states() == {
        ANN: DispatchState.UNCERTAIN,
        BOB: DispatchState.SENT,
        "+447700900999": DispatchState.PENDING,  # its writer rather has it twice than not at all
    }
    counts = views.counts()
    assert (counts.failed, counts.sent, counts.pending) == (1, 1, 1)
    detail = details.get(1)
    assert detail is not None
    (found,) = detail.dispatches
    assert "may have been sent since" in found.reason
    assert outbox.resend([found.id], NOW, "admin") == 1
    assert audit.page(None, 5)[-1].action == "restore backup"


def test_what_else_was_under_way_in_a_backup_is_not_done_again(folder: Path) -> None:
    received = message(ANN)
    database.execute(
        "INSERT INTO activity_run (id, message_id, activity_id, name, at) VALUES (1, ?, 1, 'x', 1)",
        (received,),
    )
    database.execute(
        "INSERT INTO activity_step (run_id, action_id, kind, state_at, due_at)"
        " VALUES (1, 1, 'reply', 1, 1)"
    )
    database.execute("INSERT INTO job (at, who, kind) VALUES (1, 'admin', 'resend')")
    made = backups.make(folder / backups.FOLDER, "by-hand")
    restore.stage(made, folder, NOW, "admin")
    reopened(folder)
    (step,) = database.execute("SELECT state, words FROM activity_step").fetchall()
    assert step == ("failed", restore.IN_DOUBT)
    assert database.execute("SELECT state FROM job").fetchall() == [("stopped",)]


def test_what_was_there_before_a_restore_is_kept_whole(folder: Path) -> None:
    made = backups.make(folder / backups.FOLDER, "by-hand")
    message(ANN)
    restore.stage(made, folder, NOW, "admin")
    reopened(folder)
    assert views.counts().all == 0
    (before,) = [
        b for b in backups.all_backups(folder / backups.FOLDER) if b.why == "before-restore"
    ]
    assert backups.inspect(before.path).messages == 1
    assert not restore.is_staged(folder)


def test_a_restore_signs_everybody_out(folder: Path) -> None:
    accounts.set_password("admin", "x", NOW, who="admin")
    (user,) = database.execute("SELECT id FROM user").fetchone()
    database.execute(
        "INSERT INTO session (digest, user_id, created_at, seen_at, expires_at, agent, address)"
        " VALUES ('digest', ?, ?, ?, ?, '', '')",
        (user, NOW, NOW, NOW + 10**9),
    )
    made = backups.make(folder / backups.FOLDER, "by-hand")
    restore.stage(made, folder, NOW, "admin")
    reopened(folder)
    assert database.execute("SELECT count(*) FROM session").fetchone() == (0,)
    assert database.execute("SELECT name FROM user").fetchall() == [("admin",)]


def test_settings_are_kept_apart_from_history(folder: Path, tmp_path: Path) -> None:
    sent(dispatches(message(ANN))[0], connection())
    people.add(ContactInfo("Ann", ANN), NOW)
    settings.put("box.name", "Clinic")
    made = backups.make_settings(folder / backups.FOLDER)
    found = backups.inspect(made)
    assert (found.messages, found.people, found.connections) == (0, 1, 1)
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    other = tmp_path / "other box"
    database.database.close()
    other.mkdir()
    restore.stage(made, other, NOW, "admin")
    reopened(other)
    assert settings.get("box.name") == "Clinic"
    assert [c.name for c in people.suggest("ann", 5)] == ["Ann"]
    assert views.counts().all == 0
    message(BOB)  # the triggers are there and count
    assert views.counts().pending == 1
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_settings_copy_has_the_schema_of_the_store(folder: Path) -> None:
    made = backups.make_settings(folder / backups.FOLDER)
    sql = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
    with closing(sqlite3.connect(made)) as copy:
        assert copy.execute(sql).fetchall() == database.execute(sql).fetchall()


@pytest.mark.parametrize("kind", ["empty", "text", "other database", "damaged", "newer", "cut"])
def test_what_cannot_be_put_back_is_refused_and_changes_nothing(
    folder: Path, tmp_path: Path, kind: str
) -> None:
    for n in range(200):
        message(f"+2547{n:08d}")
    made = backups.make(folder / backups.FOLDER, "by-hand")
    bad = tmp_path / "bad.db"
    content = bytearray(made.read_bytes())
    match kind:
        case "empty":
            content = bytearray()
        case "text":
            content = bytearray(b"name;number\nAnn;0712\n" * 500)
        case "damaged":
            middle = len(content) // 2 // 4096 * 4096
            content[middle : middle + 4096] = b"\xa5" * 4096
        case "cut":
            del content[len(content) // 2 :]
    bad.write_bytes(content)
    with closing(sqlite3.connect(bad)) as other:
        if kind == "newer":
            other.execute("INSERT INTO schema_migration VALUES (99, '9999_future', '2030')")
            other.commit()
    if kind == "other database":
        bad.unlink()
        with closing(sqlite3.connect(bad)) as other:
            other.execute("CREATE TABLE contact (name)")
            other.commit()
    with pytest.raises(database.StoreError) as error:
        restore.stage(bad, folder, NOW, "admin")
    assert "\n" not in str(error.value)
    assert not restore.is_staged(folder)
    assert not (folder / "restore.part").exists()
    assert views.counts().all == 200


def test_a_swap_that_was_cut_off_is_finished_at_the_next_start(folder: Path) -> None:
    made = backups.make(folder / backups.FOLDER, "by-hand")
    message(ANN)
    restore.stage(made, folder, NOW, "admin")
    database.database.close()
    restore.set_aside(folder / data_folder.FILE_NAME, folder / backups.FOLDER, "before-restore")
    reopened(folder)  # the power went between the two renames
    assert views.counts().all == 0
    assert not restore.is_staged(folder)


def test_a_staged_copy_waits_while_a_service_runs(folder: Path) -> None:
    made = backups.make(folder / backups.FOLDER, "by-hand")
    message(ANN)
    restore.stage(made, folder, NOW, "admin")
    with (folder / data_folder.SERVICE_LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        reopened(folder)
        assert views.counts().all == 1
    reopened(folder)
    assert views.counts().all == 0


def test_daily_copies_go_by_age_and_the_newest_always_stays(tmp_path: Path) -> None:
    for day in range(1, 10):
        (tmp_path / f"pigeonbox-2026-11-{day:02d}T030000Z-daily-secret.db").touch()
    now = backups.all_backups(tmp_path)[0].at
    backups.prune_daily(tmp_path, now, 3)
    assert [b.path.name[18:20] for b in backups.all_backups(tmp_path)] == ["09", "08", "07", "06"]
    backups.prune_daily(tmp_path, now + 10**12, 3)
    assert len(backups.all_backups(tmp_path)) == 1


# damage ----------------------------------------------------------------------------------------


def spoil(folder: Path, table: str) -> None:
    """Overwrite the pages of a table (or index) as a bad card would."""
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (root,) = database.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
    ).fetchone()
    (size,) = database.execute("PRAGMA page_size").fetchone()
    database.database.close()
    path = folder / data_folder.FILE_NAME
    content = bytearray(path.read_bytes())
    content[(root - 1) * size : root * size] = b"\xa5" * size
    path.write_bytes(content)


def test_damaged_indexes_are_made_anew(folder: Path) -> None:
    for n in range(50):
        message(f"+2547{n:08d}")
    spoil(folder, "dispatch_number_message_id")
    reopened(folder)
    found = repair.mended(folder)
    assert found is not None
    assert not found.lost
    assert "written anew" in found.words
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert views.counts().all == 50


def test_a_broken_table_brings_the_newest_good_backup_and_says_so(folder: Path) -> None:
    message(ANN)
    backups.make(folder / backups.FOLDER, backups.DAILY)
    for n in range(50):
        message(f"+2547{n:08d}")
    spoil(folder, "message")
    reopened(folder)
    assert views.counts().all == 1
    assert states() == {ANN: DispatchState.UNCERTAIN}
    found = repair.mended(folder)
    assert found is not None
    assert found.lost
    assert "backup of" in found.words
    assert Path(found.kept).exists()
    repair.acknowledge(folder)
    assert repair.mended(folder) is None


def test_a_damaged_backup_is_passed_over_for_an_older_one(folder: Path) -> None:
    message(ANN)
    older = backups.make(folder / backups.FOLDER, backups.DAILY)
    older.rename(older.with_name(older.name.replace("pigeonbox-20", "pigeonbox-19")))
    message(BOB)
    newer = backups.make(folder / backups.FOLDER, backups.DAILY)
    newer.write_bytes(newer.read_bytes()[:5000])
    spoil(folder, "message")
    reopened(folder)
    assert set(states()) == {ANN}


def test_without_a_whole_backup_people_and_settings_come_back(folder: Path) -> None:
    message(ANN)
    people.add(ContactInfo("Ann", ANN), NOW)
    backups.make_settings(folder / backups.FOLDER)
    spoil(folder, "message")
    reopened(folder)
    assert [c.name for c in people.suggest("ann", 5)] == ["Ann"]
    assert views.counts().all == 0


@pytest.mark.parametrize("content", [b"This is not a database. " * 1000, b"SQLite format 3\0" * 9])
def test_without_any_backup_it_begins_anew_and_keeps_the_file(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / data_folder.FILE_NAME).write_bytes(content)
    opening.open_store(tmp_path)
    with database.connected():
        assert views.counts().all == 0
    opening.close_store()
    found = repair.mended(tmp_path)
    assert found is not None
    assert found.lost
    assert Path(found.kept).read_bytes() == content


def test_a_large_file_is_looked_at_whole_only_when_there_is_reason(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message(ANN)
    backups.make(folder / backups.FOLDER, backups.DAILY)
    monkeypatch.setattr(integrity, "CHECKED_WHOLE", 0)
    spoil(folder, "attempt")
    reopened(folder)
    assert repair.mended(folder) is None
    repair.look_closer(folder)
    reopened(folder)
    assert repair.mended(folder) is not None
    assert not (folder / repair.WHOLE).exists()
