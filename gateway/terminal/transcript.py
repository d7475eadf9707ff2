"""A conversation with a modem, as a test replays it."""

from __future__ import annotations

from gateway.health.probe import Line


def record(line: Line) -> list[str]:
    raise NotImplementedError
