"""Putting a backup back: checked and settled beside the store, swapped in when it is next opened.

What waited to be sent when the backup was made may have been sent since, so it comes back as
`uncertain`, never as `pending`: nothing is sent twice because somebody restored.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from gateway.decisions.part_states import PartMove, PartState, apply
from gateway.store.file import audit, foreign, sqlite
from gateway.store.file.database import StoreBroken, StoreFull
from gateway.store.file.disk import disk_error
from gateway.store.keeping import backups, rebuild, resume
from gateway.store.keeping import revocations as come_back
from gateway.store.keeping.backups import Contents, sync
from gateway.store.keeping.revocations import ReturningAccess

LIVE = "pigeonbox.db"  # in the data folder
STAGED = "restore.db"  # in the data folder: what the next opening takes
RESTORED = "store.restored"  # setting: when, what and by whom

IN_DOUBT = "Put back from a backup: it may have been sent since. Send it again if it was not."


def stage(source: Path, folder: Path, now: int, who: str, *, bring_back: bool = False) -> Contents:
    """Check `source`, settle what it left open, and have the next opening of `folder` take it.

    Tokens, users and passwords that were ended since stay ended, unless `bring_back`.

    Changes nothing else. Raises StoreError in one plain line.
    """
    unfinished, foreign = folder / "restore.part", folder / "restore-foreign.part"
    try:
        _copy(source, foreign)
        rebuild.rebuild(foreign, unfinished, source.name)
        contents = backups.inspect(unfinished, source.name)
        _settle(unfinished, now, who, source.name, None if bring_back else folder / LIVE)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.rename(folder / STAGED)
        sync(folder)
    except OSError as e:
        raise disk_error(e, folder) from e
    finally:
        for left in (unfinished, foreign):
            left.unlink(missing_ok=True)
    return contents


def _copy(source: Path, target: Path) -> None:
    """Nobody else can change it while it is looked at. What its log holds would be lost unseen."""
    log = source.with_name(f"{source.name}-wal")
    if log.exists() and log.stat().st_size:
        raise StoreBroken(
            f"{source.name} is no finished backup: {log.name} beside it holds a part of it."
            " Make one with pigeonbox backup FILE, or on the page."
        )
    need = 3 * source.stat().st_size + backups.SAFETY
    if shutil.disk_usage(target.parent).free < need:
        raise StoreFull(f"Not enough room in {target.parent} to put a backup back; make room.")
    os.close(os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    shutil.copyfile(source, target)


# What later versions leave open: it may have been done since as well.
LATER = (
    (
        "activity_step",
        "UPDATE activity_step SET state = 'failed', state_at = :now, words = :words"
        " WHERE state IN ('waiting', 'calling')",
    ),
    (
        "activity_wait",
        "UPDATE activity_wait SET words = :words WHERE words = ''",
    ),
    (
        "job",
        "UPDATE job SET state = 'stopped', ended_at = :now WHERE state = 'running'",
    ),
)


def _has(copy: sqlite.Connection, table: str) -> bool:
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return copy.execute(sql, (table,)).fetchone() is not None


def returning(source: Path, folder: Path) -> ReturningAccess:
    """Who could come in again if it were put back. Raises StoreError."""
    with foreign.reading(source, source.name) as backup:
        rebuild.check(backup, source.name)
        return come_back.returning(backup, folder / LIVE)


def _settle(file: Path, now: int, who: str, name: str, live: Path | None) -> None:
    """Only what the backup has is touched: the migrations come later."""
    try:
        with sqlite.opened(file) as copy:
            copy.execute("PRAGMA trusted_schema = 0")
            copy.execute("PRAGMA journal_mode = delete")
            copy.execute("BEGIN")
            copy.execute(
                "UPDATE dispatch SET state = 'uncertain', state_at = ?, reason = ?, code = '',"
                " waiting = 0 WHERE state IN ('pending', 'sending') AND message_id IN"
                " (SELECT id FROM message WHERE when_uncertain <> 'resend')",
                (now, IN_DOUBT),
            )
            copy.execute(
                "UPDATE part SET state = ? WHERE state = ? AND dispatch_id IN"
                " (SELECT id FROM dispatch WHERE state = 'uncertain')",
                (apply(PartState.SUBMITTED, PartMove.LOSE_SIGHT), PartState.SUBMITTED),
            )
            for table, change in LATER:
                if _has(copy, table):
                    copy.execute(change, {"now": now, "words": IN_DOUBT})
            copy.execute("DELETE FROM setting WHERE key = ?", (resume.COMPARED,))
            if live is not None:
                come_back.revoke(copy, live)
            copy.execute("DELETE FROM setting WHERE key = 'first_run'")  # nor by an old code
            copy.execute("DELETE FROM session")  # nobody is signed in through an old copy
            copy.execute(audit.ROW, (now, who, "restore backup", name))
            copy.execute(
                "INSERT INTO setting (key, value) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (RESTORED, json.dumps({"at": now, "name": name, "who": who})),
            )
            copy.execute("COMMIT")
    except sqlite.Error as e:
        raise StoreBroken(f"{name} is no backup of a Pigeonbox ({e}).") from e


def is_staged(folder: Path) -> bool:
    return (folder / STAGED).exists()


def put_back(folder: Path, path: Path) -> None:
    """Swap a staged copy in, once; what was there goes to the backups. Raises StoreError.

    Cut off at any point it is done again from its beginning, or was done.
    """
    if not is_staged(folder):
        return
    try:
        _compare_schedules(folder / STAGED, path)
        set_aside(path, folder / backups.FOLDER, "before-restore")
        (folder / STAGED).rename(path)
        sync(folder)
    except OSError as e:
        raise disk_error(e, folder) from e


def _compare_schedules(staged: Path, path: Path) -> None:
    """Now that nobody works with the store that is replaced: it says what became of them."""
    try:
        resume.compare(staged, path, int(time.time() * 1000))
    except sqlite.Error as e:
        raise StoreBroken(f"{staged} cannot be written ({e}).") from e


def set_aside(path: Path, folder: Path, why: str) -> Path | None:
    """Move the database with all that its log holds into `folder`; None when there is none."""
    if not path.exists():
        return None
    folder.mkdir(mode=0o700, exist_ok=True)
    target = backups.dated(folder, why)
    with suppress(sqlite.Error), sqlite.opened(path) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for end in ("-wal", "-shm"):
        beside = path.with_name(path.name + end)
        if beside.exists():
            beside.rename(target.with_name(target.name + end))
    path.rename(target)
    sync(folder)
    backups.prune_alike(folder, why)
    return target
