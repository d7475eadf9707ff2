"""Is the database whole."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, note, problem, warning
from gateway.health.snapshot import Snapshot


def check(now: Snapshot) -> Iterator[Issue]:
    store = now.store
    if store is None:
        return
    about = now.disk.folder if now.disk else ""
    if not store.exists:
        words = "There is no database yet; it is made when the service first starts."
        yield note("database.none", words, about=about)
    elif store.damage:
        yield problem(
            "database.damaged",
            f"The database is damaged ({store.damage[0]}).",
            "Restart the service: it mends it, or takes the newest good backup.",
            about=about,
        )
    elif not store.readable:
        mend = "Run this as the service's user or with sudo."
        yield problem("database.unreadable", store.trouble, mend, about=about)
    if store.mended:
        mend = "Read it and say so under Settings, Backups and room."
        yield warning("database.mended", store.mended, mend, about=about)
