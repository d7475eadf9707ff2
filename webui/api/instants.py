"""Instants as programs write them: ISO 8601 with a zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(text: str) -> int | None:
    """Milliseconds UTC; None: it is none, or its zone is missing."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if found.tzinfo is None else (found - EPOCH) // timedelta(milliseconds=1)
