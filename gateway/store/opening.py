"""Opening the store at start: folder, disk, a backup to put back, integrity, migrations.

It stands above the rooms of the store: only `keeping` knows how a damaged file is mended and how a
backup is put back, and `file` knows nothing of either.
"""

from __future__ import annotations

from pathlib import Path

from gateway.store.file import data_folder, integrity, schema_versions
from gateway.store.file.data_folder import FILE_NAME, alone, not_in_service
from gateway.store.file.database import (
    StoreDamaged,
    StoreTooNew,
    connected,
    database,
    errors,
    execute,
)
from gateway.store.keeping import backups, repair, restore


def open_store(folder: Path) -> None:
    """Make the store in `folder` ready for use by every thread of this process.

    Makes the folder (0700) and the file (0600) when there are none. Raises StoreError subclasses,
    each one plain line.
    """
    data_folder.make(folder)
    data_folder.check(folder)
    with alone(folder):
        path = folder / FILE_NAME
        if repair.is_under_way(folder):
            with not_in_service(folder) as free:
                if free:
                    repair.finish(folder, path)
        if restore.is_staged(folder):
            with not_in_service(folder) as free:
                if free:
                    restore.put_back(folder, path)
        try:
            _open_twice(path)
        except StoreDamaged as e:
            close_store()
            with not_in_service(folder) as free:
                if not free:
                    raise
                repair.mend(folder, path, str(e))
            _open(path)


def _open_twice(path: Path) -> None:
    """A card may fail to read once: only what another connection finds damaged too, is."""
    try:
        _open(path)
    except StoreDamaged:
        close_store()
        _open(path)


def _open(path: Path) -> None:
    data_folder.make_file(path)
    close_store()
    database.init(str(path), timeout=5)
    with connected():
        _check_integrity(path)
        _migrate(path)


def close_store() -> None:
    """End this thread's connection, if there is one. Other threads end theirs themselves."""
    if not database.deferred and not database.is_closed():
        database.close()


def _check_integrity(path: Path) -> None:
    """A damaged file is seen before it is written to. Of a large one only when there is reason."""
    reason = path.parent / repair.WHOLE
    if path.stat().st_size > integrity.CHECKED_WHOLE and not reason.exists():
        return
    if found := integrity.damage():
        raise StoreDamaged(f"{path} is damaged ({found[0]}).")
    reason.unlink(missing_ok=True)


def _migrate(path: Path) -> None:
    with errors():
        applied, known = _applied(), schema_versions.known_versions()
        if newer := sorted(applied - known):
            raise StoreTooNew(
                f"{path} was written by a newer version of Pigeonbox ({newer[-1]});"
                f" install that version, or put back a file from {path.parent / backups.FOLDER}."
            )
        if applied == known:
            return
        if applied:
            backups.make(path.parent / backups.FOLDER, f"before-{min(known - applied)}")
        # playhouse.migrations brings argparse, decimal and more: only where there is work for it
        from playhouse.migrations import Runner

        Runner(database, str(schema_versions.MIGRATIONS)).up()


def _applied() -> set[str]:
    if not database.table_exists("schema_migration"):
        return set()
    return {name for (name,) in execute("SELECT name FROM schema_migration")}
