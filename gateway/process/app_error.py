"""Why the service cannot start. Apart from it, so that a command need not load all of it."""

from __future__ import annotations


class AppError(Exception):
    """The service cannot start; one plain line that says what to do."""
