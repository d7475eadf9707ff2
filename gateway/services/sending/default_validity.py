"""How long a message waits to be sent where its writer set nothing."""

from __future__ import annotations

from gateway.clock import HOUR
from gateway.decisions.retries import VALIDITY
from gateway.store.file import settings

VALID_HOURS = "sending.valid_hours"


def validity() -> int:
    """Milliseconds, as set for the box."""
    hours = settings.get(VALID_HOURS, 0)
    return int(hours) * HOUR if hours else VALIDITY
