"""Is there a copy of the database that is not old."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, note, warning
from gateway.health.snapshot import Snapshot

DAY = 24 * 3600 * 1000  # ms
OLD = 30  # days
MEND = "Make one under Settings, Backups and room, or with `pigeonbox backup FILE`."


def check(now: Snapshot) -> Iterator[Issue]:
    """Mostly notes: the box works without, and nothing here is broken."""
    store = now.store
    if store is not None and store.backup_trouble:
        yield warning("backup.folder", store.backup_trouble, "Backups go beside the database now.")
    if store is None or store.created is None or now.now - store.created < OLD * DAY:
        return
    if store.newest_backup is None:
        yield note(
            "backup.none",
            "There is no backup of the messages.",
            MEND,
        )
    elif now.now - store.newest_backup > OLD * DAY:
        days = (now.now - store.newest_backup) // DAY
        yield note(
            "backup.old",
            f"The newest backup of the messages is {days} days old.",
            MEND,
        )
