"""A damaged database at start: mended where it can be, else the newest good backup takes its place.

Nobody stands beside the box, so it helps itself and says what it did. The damaged file is kept.
"""

from __future__ import annotations

import json
import logging
import os
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from gateway.store.file import sqlite
from gateway.store.file.database import StoreBroken, StoreDamaged, StoreTooNew, translated
from gateway.store.file.disk import disk_error
from gateway.store.file.rewrite import rewrite
from gateway.store.keeping import backups, restore, revocations

log = logging.getLogger(__name__)

RECORD = "mended.json"  # in the data folder, until somebody has read it
MENDED = "mended.db"  # in the data folder: written anew, about to take the other one's place
WHOLE = ".check-whole"  # in the data folder: look at every page at the next start


MAY_RETURN = (
    " Who may come in is as it was then: tokens that were revoked since, users who were deleted and"
    " earlier passwords are good again. Look at Users and Programs."
)


@dataclass(frozen=True, slots=True)
class Repair:
    at: int  # ms UTC
    words: str
    kept: str = ""  # where the damaged file is
    since: int | None = None  # what is in the store ends here: the backup's instant
    lost: bool = False  # messages are missing


def mend(folder: Path, path: Path, damage: str) -> Repair:
    """Leaves a database that opens, or none at all. Gentlest first. Raises StoreError.

    A full or failing disk, or one that cannot be written, is no reason for the next, rougher way:
    then nothing is changed, and the next start tries again. Killed anywhere, nothing is lost.
    """
    log.error("%s; mending it", damage)
    now = int(time.time() * 1000)
    try:
        done = (
            _rewrite(folder, path, now)
            or _take_backup(folder, path, now)
            or _begin_anew(folder, path, now)
        )
    except OSError as e:
        raise disk_error(e, folder) from e
    log.error("%s", done.words)
    return done


def is_under_way(folder: Path) -> bool:
    """Whether a mended database waits to take the damaged one's place."""
    return (folder / MENDED).exists()


def finish(folder: Path, path: Path) -> None:
    """Exchange the two; what was cut off is done to its end. Raises StoreError."""
    try:
        kept = restore.set_aside(path, folder / backups.FOLDER, "damaged")
        (folder / MENDED).rename(path)
        backups.sync(folder)
        if kept is not None and (told := mended(folder)):
            _record(folder, replace(told, kept=str(kept)))
    except OSError as e:
        raise disk_error(e, folder) from e


def _record(folder: Path, done: Repair) -> Repair:
    """Before it is done: a box that lost something always says so."""
    unfinished = folder / f"{RECORD}.part"
    unfinished.write_text(json.dumps(asdict(done)), encoding="utf-8")
    unfinished.rename(folder / RECORD)
    return done


def _rewrite(folder: Path, path: Path, now: int) -> Repair | None:
    """Every row can still be read: write them all into a new file, with indexes made anew."""
    copy = folder / "mended.part"
    copy.unlink(missing_ok=True)
    try:
        rewrite(path, copy)
        with sqlite.opened(copy) as new:
            if not is_whole(new):
                return None
        copy.chmod(0o600)
        with copy.open("rb") as file:
            os.fsync(file.fileno())
        words = "The database was damaged; it was written anew, nothing that could be read is lost."
        _record(folder, Repair(now, words))
        copy.rename(folder / MENDED)
    except sqlite.Error as e:
        known = translated(e)
        if known is None or isinstance(known, StoreDamaged):
            return None  # rows that cannot be read
        raise known from e
    except UnicodeError:
        return None
    finally:
        copy.unlink(missing_ok=True)
    finish(folder, path)
    return mended(folder) or Repair(now, words)


def _take_backup(folder: Path, path: Path, now: int) -> Repair | None:
    found = backups.all_backups(folder / backups.FOLDER)
    whole = [b for b in found if b.why not in (backups.SETTINGS, "damaged")]
    may_return = "" if revocations.is_known(path) else MAY_RETURN
    for backup in (*whole, *(b for b in found if b.why == backups.SETTINGS)):
        day = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(backup.at / 1000))
        if backup.why == backups.SETTINGS:
            words = (
                f"The database was damaged beyond repair. People and settings of {day} were put"
                " back; earlier messages are missing."
            )
        else:
            words = (
                f"The database was damaged beyond repair. The backup of {day} was put back;"
                " later messages are missing."
            )
        words += may_return
        done = _record(folder, Repair(now, words, "", backup.at, lost=True))
        try:
            restore.stage(backup.path, folder, now, "the box itself")
        except (StoreBroken, StoreTooNew) as e:  # of anything else the next one would fail too
            log.error("%s", e)
            continue
        kept = restore.set_aside(path, folder / backups.FOLDER, "damaged")
        restore.put_back(folder, path)
        return _record(folder, replace(done, kept=str(kept or "")))
    return None


def _begin_anew(folder: Path, path: Path, now: int) -> Repair:
    words = (
        "The database was damaged beyond repair and there was no good backup. The box began"
        " anew: people, settings and messages are missing."
    )
    done = _record(folder, Repair(now, words, lost=True))
    kept = restore.set_aside(path, folder / backups.FOLDER, "damaged")
    return _record(folder, replace(done, kept=str(kept or "")))


def is_whole(connection: sqlite.Connection) -> bool:
    try:
        (words,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except UnicodeError:  # it names something whose name is spoiled
        return False
    return bool(words == "ok")


# what was done, until somebody has read it -----------------------------------------------------


def mended(folder: Path) -> Repair | None:
    try:
        return Repair(**json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def acknowledge(folder: Path) -> None:
    (folder / RECORD).unlink(missing_ok=True)


def look_closer(folder: Path) -> None:
    """Have the next opening look at every page, however large the file."""
    (folder / WHOLE).touch(mode=0o600)
