"""A damaged database at start: mended where it can be, else the newest good backup takes its place.

Nobody stands beside the box, so it helps itself and says what it did. The damaged file is kept.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from gateway.store import backups, restoring
from gateway.store.base import StoreError
from gateway.store.rewriting import rewrite

log = logging.getLogger(__name__)

RECORD = "mended.json"  # in the data folder, until somebody has read it
WHOLE = ".check-whole"  # in the data folder: look at every page at the next start


@dataclass(frozen=True, slots=True)
class Mended:
    at: int  # ms UTC
    words: str
    kept: str = ""  # where the damaged file is
    since: int | None = None  # what is in the store ends here: the backup's instant
    lost: bool = False  # messages are missing


def mend(folder: Path, path: Path, damage: str) -> Mended:
    """Leaves a database that opens, or none at all. Gentlest first. Raises StoreError."""
    log.error("%s; mending it", damage)
    now = int(time.time() * 1000)
    done = (
        _rewrite(folder, path, now)
        or _take_backup(folder, path, now)
        or _begin_anew(folder, path, now)
    )
    log.error("%s", done.words)
    (folder / RECORD).write_text(json.dumps(asdict(done)), encoding="utf-8")
    return done


def _rewrite(folder: Path, path: Path, now: int) -> Mended | None:
    """Every row can still be read: write them all into a new file, with indexes made anew."""
    copy = folder / "mended.part"
    copy.unlink(missing_ok=True)
    try:
        rewrite(path, copy)
        with closing(sqlite3.connect(copy)) as new:
            if not is_whole(new):
                return None
        copy.chmod(0o600)
        kept = restoring.set_aside(path, folder / backups.FOLDER, "damaged")
        copy.rename(path)
        backups.sync(folder)
    except sqlite3.Error:
        return None
    finally:
        copy.unlink(missing_ok=True)
    words = "The database was damaged; it was written anew, nothing that could be read is lost."
    return Mended(now, words, str(kept or ""))


def _take_backup(folder: Path, path: Path, now: int) -> Mended | None:
    found = backups.listed(folder / backups.FOLDER)
    whole = [b for b in found if b.why not in (backups.SETTINGS, "damaged")]
    for backup in (*whole, *(b for b in found if b.why == backups.SETTINGS)):
        try:
            restoring.stage(backup.path, folder, now, "the box itself")
        except StoreError as e:
            log.error("%s", e)
            continue
        kept = restoring.set_aside(path, folder / backups.FOLDER, "damaged")
        restoring.put_back(folder, path)
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
        return Mended(now, words, str(kept or ""), backup.at, lost=True)
    return None


def _begin_anew(folder: Path, path: Path, now: int) -> Mended:
    kept = restoring.set_aside(path, folder / backups.FOLDER, "damaged")
    words = (
        "The database was damaged beyond repair and there was no good backup. The box began"
        " anew: people, settings and messages are missing."
    )
    return Mended(now, words, str(kept or ""), lost=True)


def is_whole(connection: sqlite3.Connection) -> bool:
    try:
        (words,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except UnicodeError:  # it names something whose name is spoiled
        return False
    return bool(words == "ok")


# what was done, until somebody has read it -----------------------------------------------------


def mended(folder: Path) -> Mended | None:
    try:
        return Mended(**json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def acknowledge(folder: Path) -> None:
    (folder / RECORD).unlink(missing_ok=True)


def look_closer(folder: Path) -> None:
    """Have the next opening look at every page, however large the file."""
    (folder / WHOLE).touch(mode=0o600)
