"""Opening the store: every trouble in one plain line, nothing lost on the way to a new version."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playhouse.schema_diff import diff_models

from gateway.store import opening
from gateway.store.file import data_folder, database, schema_versions
from gateway.store.keeping import backups
from gateway.store.messages import outbox
from gateway.store.search import views
from tests.store.given import ANN, message
from tests.store.models import tables

OLD = Path(__file__).parents[1] / "data" / "databases"


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    opening.close_store()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def one_line(error: pytest.ExceptionInfo[database.StoreError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    assert text.endswith(".")
    return text


# the ordinary way -------------------------------------------------------------------------------


def test_a_new_store_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "pigeonbox"
    opening.open_store(folder)
    with database.connected():
        message_id = message(ANN)
        assert message_id
        assert mode(folder) == 0o700
        for file in folder.iterdir():
            assert mode(file) == 0o600, file


def test_commits_are_durable_and_rules_are_kept(tmp_path: Path) -> None:
    opening.open_store(tmp_path)
    with database.connected():
        assert database.database.pragma("journal_mode") == "wal"
        assert database.database.pragma("synchronous") == 2  # FULL
        assert database.database.pragma("foreign_keys") == 1
        assert database.database.pragma("busy_timeout") == 5000


def test_what_was_stored_is_there_after_opening_again(tmp_path: Path) -> None:
    for _ in range(2):
        opening.open_store(tmp_path)
        with database.connected():
            message(ANN)
        opening.close_store()
    opening.open_store(tmp_path)
    with database.connected():
        assert views.counts().all == 2
    assert not (tmp_path / "backups").exists()


def test_every_thread_has_a_connection_of_its_own_and_nesting_keeps_it(tmp_path: Path) -> None:
    opening.open_store(tmp_path)
    seen = []

    def work() -> None:
        with database.connected():
            seen.append(database.database.connection())
            with database.connected():
                seen.append(database.database.connection())
            seen.append(database.database.connection())
        assert database.database.is_closed()

    for _ in range(2):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(10)
    assert [c is seen[0] for c in seen] == [True, True, True, False, False, False]


def test_a_watch_tells_of_changes_that_others_made(tmp_path: Path) -> None:
    opening.open_store(tmp_path)
    with database.connected():
        watch = database.ChangeWatch()
        message(ANN)
        assert not watch.changed()  # our own

        def work() -> None:
            with database.connected():
                message(ANN)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join(10)
        assert watch.changed()
        assert not watch.changed()


# versions ---------------------------------------------------------------------------------------


def test_the_migrations_make_what_the_models_say(tmp_path: Path) -> None:
    opening.open_store(tmp_path)
    with database.connected():
        assert str(diff_models(database.database, tables())) == ""


def test_the_migrations_allow_null_where_the_models_do(tmp_path: Path) -> None:
    """Which schema_diff does not look at."""
    opening.open_store(tmp_path)
    with database.connected():
        for model in tables():
            columns = {c.name: c for c in database.database.get_columns(model._meta.table_name)}
            for field in model._meta.sorted_fields:
                assert columns[field.column_name].null == field.null, field


@pytest.mark.parametrize("dump", sorted(OLD.glob("*.sql")), ids=lambda path: path.stem)
def test_a_database_of_an_old_version_is_brought_up_to_date(tmp_path: Path, dump: Path) -> None:
    with sqlite3.connect(tmp_path / data_folder.FILE_NAME) as old:
        old.executescript(dump.read_text(encoding="utf-8"))
    old.close()
    opening.open_store(tmp_path)
    with database.connected():
        assert str(diff_models(database.database, tables())) == ""
        found = views.counts()
        assert (found.received, found.sent, found.failed, found.pending) == (1, 1, 1, 1)
        (due,) = outbox.due(2_000_000_000_000, {1: 1}, 5)
        assert (due.text, due.number) == ("waits", "+254711000003")


def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(schema_versions.MIGRATIONS, folder)
    (folder / "9999_next.py").write_text(f"def up(migrator, db):\n    {body}\n")
    monkeypatch.setattr(schema_versions, "MIGRATIONS", folder)


def test_before_a_migration_the_database_is_copied(tmp_path: Path, monkeypatch) -> None:
    data = tmp_path / "data"
    opening.open_store(data)
    with database.connected():
        message(ANN)
    opening.close_store()
    next_version(tmp_path, monkeypatch, "db.execute_sql('ALTER TABLE message ADD COLUMN extra')")
    opening.open_store(data)
    with database.connected():
        assert "extra" in [c.name for c in database.database.get_columns("message")]
    (copy,) = (data / "backups").iterdir()
    assert "before-9999_next" in copy.name
    assert (mode(copy), mode(copy.parent)) == (0o600, 0o700)
    with sqlite3.connect(copy) as backup:
        assert backup.execute("SELECT count(*) FROM message").fetchone() == (1,)
        assert "extra" not in [row[1] for row in backup.execute("PRAGMA table_info(message)")]
    backup.close()


def test_a_migration_that_fails_leaves_everything_as_it_was(tmp_path: Path, monkeypatch) -> None:
    data = tmp_path / "data"
    opening.open_store(data)
    with database.connected():
        message(ANN)
    opening.close_store()
    body = "db.execute_sql('ALTER TABLE message ADD COLUMN extra'); 1 / 0"
    with monkeypatch.context() as patch:
        next_version(tmp_path, patch, body)
        with pytest.raises(ZeroDivisionError):
            opening.open_store(data)
    opening.close_store()
    opening.open_store(data)
    with database.connected():
        assert "extra" not in [c.name for c in database.database.get_columns("message")]
        assert views.counts().all == 1


def test_only_the_last_copies_are_kept(tmp_path: Path) -> None:
    opening.open_store(tmp_path)
    with database.connected():
        for n in range(backups.KEPT_OF_OTHERS + 2):
            backups.make(tmp_path / "backups", f"test-{n}")
    names = sorted(path.name for path in (tmp_path / "backups").iterdir())
    assert len(names) == backups.KEPT_OF_OTHERS
    assert names[-1].endswith(f"test-{backups.KEPT_OF_OTHERS + 1}-secret.db")


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    opening.open_store(tmp_path)
    with database.connected():
        database.execute(
            "INSERT INTO schema_migration (name, applied) VALUES ('9999_future', '2030')"
        )
    opening.close_store()
    with pytest.raises(database.StoreTooNew) as error:
        opening.open_store(tmp_path)
    assert "9999_future" in one_line(error)


# trouble ----------------------------------------------------------------------------------------


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(database.StoreReadOnly) as error:
        opening.open_store(tmp_path / "data")
    assert "not a folder" in one_line(error)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(database.StoreReadOnly):
        opening.open_store(tmp_path)


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.EROFS, database.StoreReadOnly, "read-only"),
        (errno.EACCES, database.StoreReadOnly, "owner"),
        (errno.ENOSPC, database.StoreFull, "full"),
        (errno.EIO, database.StoreBroken, "cannot be used"),
    ],
)
def test_a_disk_that_does_not_take_a_file_is_refused(
    tmp_path: Path, monkeypatch, number: int, kind, words: str
) -> None:
    def fail(self: Path, data: bytes) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(kind) as error:
        opening.open_store(tmp_path)
    assert words in one_line(error)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_is_refused_with_what_is_free(tmp_path: Path, monkeypatch) -> None:
    usage = type("Usage", (), {"free": 3 << 20})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(database.StoreFull) as error:
        opening.open_store(tmp_path)
    assert "3.0 MB" in one_line(error)


def test_a_damaged_database_is_refused_before_it_is_written_to(tmp_path: Path) -> None:
    opening.open_store(tmp_path)
    with database.connected():
        for n in range(300):
            message(f"+2547{n:08d}")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    opening.close_store()
    path = tmp_path / data_folder.FILE_NAME
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xa5" * 4096
    path.write_bytes(content)
    with (tmp_path / data_folder.SERVICE_LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a service runs on it: nothing may be exchanged
        with pytest.raises(database.StoreDamaged) as error:
            opening.open_store(tmp_path)
    assert "damaged" in one_line(error)
    assert path.read_bytes() == bytes(content)


# errors while it works --------------------------------------------------------------------------


def test_a_database_that_another_program_holds_is_busy_not_broken(tmp_path: Path) -> None:
    opening.open_store(tmp_path)
    other = sqlite3.connect(tmp_path / data_folder.FILE_NAME, isolation_level=None)
    with database.connected():
        database.database.timeout = 0.05
        other.execute("BEGIN IMMEDIATE")
        try:
            with pytest.raises(database.StoreBusy) as error:
                message(ANN)
            one_line(error)
        finally:
            other.close()
            database.database.timeout = 5
        assert message(ANN)  # and goes on when it is free


def test_a_full_disk_is_said_and_waited_out(tmp_path: Path) -> None:
    opening.open_store(tmp_path)
    with database.connected():
        pages = database.database.pragma("page_count")
        database.database.pragma("max_page_count", pages)
        with pytest.raises(database.StoreFull) as error:
            message(ANN, text="x" * 100_000)
        one_line(error)
        assert views.counts().all == 0
        database.database.pragma("max_page_count", 1 << 30)
        assert message(ANN)


def test_a_database_that_became_read_only_is_said(tmp_path: Path) -> None:
    opening.open_store(tmp_path)
    with database.connected():
        database.database.pragma("query_only", 1)
        with pytest.raises(database.StoreReadOnly) as error:
            message(ANN)
        one_line(error)


def test_a_mistake_of_ours_is_not_dressed_up_as_trouble_of_the_disk(tmp_path: Path) -> None:
    opening.open_store(tmp_path)
    with (
        database.connected(),
        pytest.raises(Exception, match="no such column") as error,
        database.errors(),
    ):
        database.execute("SELECT colour FROM message")
    assert not isinstance(error.value, database.StoreError)


def test_without_a_connection_it_says_so_instead_of_opening_one(tmp_path: Path) -> None:
    opening.open_store(tmp_path)
    with pytest.raises(Exception, match="not opened"):
        views.counts()
