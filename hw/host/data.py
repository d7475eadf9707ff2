"""Copies of the data folder for an upgrade; a program of its own, so it needs no release to work.

copy FROM TO       a consistent copy, also while the service writes; TO is complete or not there
migrated DATA COPY exit 0 when the database in DATA has another shape than the one in COPY
restore COPY DATA  put the copy back; what was there since goes to DATA/backups
size DATA          megabytes that a copy takes
"""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

DATABASE = "pigeonbox.db"
BACKUPS = "backups"
# What is folded into the copy, what belongs to a running process, and what can be done without.
LEFT_OUT = {DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", "service.lock", ".opening"}
LEFT_OUT |= {BACKUPS, "exports", "reserve", "update-failed"}
OURS = (".trial", ".before-upgrade")


def copy(source: Path, target: Path) -> None:
    part = target.with_name(target.name + ".part")
    for old in (part, target):
        shutil.rmtree(old, ignore_errors=True)
    part.mkdir(mode=0o700)
    for item in _others(source):
        _copy_item(item, part / item.name)
    if (source / DATABASE).exists():
        _fold(source / DATABASE, part / DATABASE)
    _flush(part)
    part.rename(target)
    _flush(target.parent)


def migrated(data: Path, kept: Path) -> bool:
    """Also when it cannot be told: then the copy is the one that is known to be good."""
    try:
        return _shape(data / DATABASE) != _shape(kept / DATABASE)
    except sqlite3.Error:
        return True


def restore(kept: Path, data: Path) -> None:
    """May be cut off anywhere and run again: the copy stays until the caller removes it."""
    newer = data / DATABASE
    if newer.exists() and (kept / DATABASE).exists():
        _put_aside(newer)
    for item in [*_others(kept), kept / DATABASE]:
        if item.exists():
            part = data / f"{item.name}.part"
            _copy_item(item, part)
            if (data / item.name).is_dir():
                shutil.rmtree(data / item.name)
            part.rename(data / item.name)
    _flush(data)


def size(data: Path) -> int:
    found = [data / DATABASE, data / f"{DATABASE}-wal"]
    found += [f for item in _others(data) for f in (item.rglob("*") if item.is_dir() else [item])]
    return sum(f.stat().st_size for f in found if f.is_file()) // (1 << 20) + 1


def _put_aside(database: Path) -> None:
    """The newer database into the backups, so that nothing in it is lost for good."""
    folder = database.parent / BACKUPS
    folder.mkdir(mode=0o700, exist_ok=True)
    aside = _free_name(folder)
    try:
        _fold(database, aside)
        print(aside)
    except sqlite3.Error:  # it cannot even be read: as it is, then
        shutil.copy2(database, aside)
    for end in ("-wal", "-shm"):
        database.with_name(DATABASE + end).unlink(missing_ok=True)


def _free_name(folder: Path) -> Path:
    """That of now, or the next second's where one was put aside in this one already."""
    for at in itertools.count(int(time.time())):
        stamp = time.strftime("%Y-%m-%dT%H%M%SZ", time.gmtime(at))
        aside = folder / f"pigeonbox-{stamp}-failed-upgrade-secret.db"
        if not aside.exists():
            break
    return aside


def _others(folder: Path) -> Iterator[Path]:
    for item in sorted(folder.iterdir()):
        ours = item.name in LEFT_OUT or item.name.startswith(OURS) or item.name.endswith(".part")
        if not ours and (item.is_file() or item.is_dir()):  # no sockets
            yield item


def _copy_item(item: Path, target: Path) -> None:
    if item.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(item, target, symlinks=True)
    else:
        shutil.copy2(item, target)


def _fold(database: Path, target: Path) -> None:
    os.close(os.open(target, os.O_CREAT | os.O_RDWR | os.O_TRUNC | os.O_CLOEXEC, 0o600))
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(target)) as out:
        source.backup(out)


def _shape(database: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as found:
        return sorted(name for (name,) in found.execute("SELECT name FROM schema_migration"))


def _flush(folder: Path) -> None:
    for file in [f for f in folder.iterdir() if f.is_file()] + [folder]:
        handle = os.open(file, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def main(words: list[str]) -> int:
    match words:
        case ["copy", source, target]:
            copy(Path(source), Path(target))
        case ["migrated", data, kept]:
            return 0 if migrated(Path(data), Path(kept)) else 1
        case ["restore", kept, data]:
            restore(Path(kept), Path(data))
        case ["size", data]:
            print(size(Path(data)))
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
