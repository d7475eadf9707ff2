"""The copies of the data folder that an upgrade makes and puts back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.store import opening
from hw.host import data as tool


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with everything that may lie in one."""
    folder = tmp_path / "data"
    opening.open_store(folder)
    opening.close_store()
    (folder / "backups").mkdir(exist_ok=True)
    (folder / "backups/old.db").write_bytes(b"old")
    (folder / "keys").mkdir()
    (folder / "keys/secret").write_text("s")
    for name in ("service.lock", "reserve"):
        (folder / name).touch()
    return folder


def names(folder: Path) -> set[str]:
    return {str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file()}


def value(database: Path) -> list[object]:
    with closing(sqlite3.connect(database)) as found:
        return [v for (v,) in found.execute("SELECT value FROM setting WHERE name = 'x'")]


def put(database: Path, words: str) -> sqlite3.Connection:
    """Written by somebody who still has it open: it is in the write-ahead log only."""
    writer = sqlite3.connect(database)
    writer.execute("CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT)")
    writer.execute("INSERT OR REPLACE INTO setting (name, value) VALUES ('x', ?)", (words,))
    writer.commit()
    return writer


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A data folder with a database simple enough to look into."""
    folder = tmp_path / "plain"
    folder.mkdir()
    with closing(sqlite3.connect(folder / tool.DATABASE)) as new:
        new.execute("PRAGMA journal_mode = wal")
        new.execute("CREATE TABLE schema_migration (name TEXT)")
        new.execute("INSERT INTO schema_migration VALUES ('0001_initial')")
        new.commit()
    return folder


def migrate(folder: Path) -> None:
    with closing(sqlite3.connect(folder / tool.DATABASE)) as new:
        new.execute("INSERT INTO schema_migration VALUES ('0002_more')")
        new.commit()


def test_a_copy_has_the_data_and_nothing_that_belongs_to_a_process(folder, tmp_path):
    tool.copy(folder, tmp_path / "copy")
    assert names(tmp_path / "copy") == {"pigeonbox.db", "keys/secret"}
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "copy/pigeonbox.db").stat().st_mode & 0o777 == 0o600


def test_a_copy_within_the_folder_does_not_copy_itself(folder):
    for _ in range(2):
        tool.copy(folder, folder / ".trial")
    assert names(folder / ".trial") == {"pigeonbox.db", "keys/secret"}


def test_what_was_just_committed_is_in_the_copy(plain, tmp_path):
    with closing(put(plain / tool.DATABASE, "new")):
        tool.copy(plain, tmp_path / "copy")
    assert value(tmp_path / "copy" / tool.DATABASE) == ["new"]


def test_a_copy_that_was_cut_off_is_made_anew(plain, tmp_path):
    (tmp_path / "copy.part").mkdir()
    (tmp_path / "copy.part/rubbish").touch()
    tool.copy(plain, tmp_path / "copy")
    assert names(tmp_path / "copy") == {"pigeonbox.db"}


def test_a_migration_is_seen(plain, tmp_path):
    kept = tmp_path / "kept"
    tool.copy(plain, kept)
    assert not tool.migrated(plain, kept)
    migrate(plain)
    assert tool.migrated(plain, kept)


def test_a_database_that_cannot_be_read_counts_as_migrated(plain, tmp_path):
    kept = tmp_path / "kept"
    tool.copy(plain, kept)
    (plain / tool.DATABASE).write_bytes(b"rubbish" * 1000)
    assert tool.migrated(plain, kept)


def test_putting_back_keeps_what_came_in_since(plain, tmp_path, capsys):
    put(plain / tool.DATABASE, "before").close()
    kept = tmp_path / "kept"
    tool.copy(plain, kept)
    migrate(plain)
    put(plain / tool.DATABASE, "since").close()
    (plain / "made-since").touch()
    tool.restore(kept, plain)
    assert value(plain / tool.DATABASE) == ["before"]
    aside = Path(capsys.readouterr().out.strip())
    assert aside.parent == plain / "backups"
    assert value(aside) == ["since"]
    assert aside.stat().st_mode & 0o777 == 0o600


def test_putting_back_may_be_done_twice(plain, tmp_path):
    put(plain / tool.DATABASE, "before").close()
    kept = tmp_path / "kept"
    tool.copy(plain, kept)
    put(plain / tool.DATABASE, "since").close()
    tool.restore(kept, plain)
    tool.restore(kept, plain)
    assert value(plain / tool.DATABASE) == ["before"]


def test_what_is_put_aside_in_one_second_stays_each(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool.time, "time", lambda: 1_800_000_000.5)
    kept = tmp_path / "kept"
    tool.copy(plain, kept)
    for said in ("first", "second"):
        put(plain / tool.DATABASE, said).close()
        tool.restore(kept, plain)
    found = sorted((plain / "backups").iterdir())
    assert [value(one)[-1] for one in found] == ["first", "second"]


def test_a_broken_database_is_put_aside_as_it_is(plain, tmp_path):
    put(plain / tool.DATABASE, "before").close()
    kept = tmp_path / "kept"
    tool.copy(plain, kept)
    (plain / tool.DATABASE).write_bytes(b"rubbish" * 1000)
    tool.restore(kept, plain)
    assert value(plain / tool.DATABASE) == ["before"]
    (aside,) = (plain / "backups").iterdir()
    assert aside.read_bytes().startswith(b"rubbish")


def test_the_size_counts_what_a_copy_takes(folder):
    (folder / "keys/large").write_bytes(bytes(3 << 20))
    (folder / "backups/large").write_bytes(bytes(9 << 20))
    assert tool.size(folder) in (4, 5)


def test_from_the_command_line(plain, tmp_path, capsys):
    kept = tmp_path / "kept"
    assert tool.main(["copy", str(plain), str(kept)]) == 0
    assert tool.main(["migrated", str(plain), str(kept)]) == 1
    assert tool.main(["restore", str(kept), str(plain)]) == 0
    assert tool.main(["size", str(plain)]) == 0
    assert tool.main(["nonsense"]) == 2
    assert "restore COPY DATA" in capsys.readouterr().err
