"""Long work, done at once in the thread of the test."""

from __future__ import annotations

from gateway.services.jobs.long_work import LongWork


def finish(work: LongWork) -> None:
    """Turn after turn, as its own thread takes them, until there is nothing left."""
    while work.turn() == 0:
        pass
