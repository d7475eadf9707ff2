"""A login prompt where a modem was expected: told once each time that the port is opened."""

from __future__ import annotations

from typing import Final

from gateway.at.classify import is_console_prompt
from gateway.at.events import Event, LoginPrompt
from gateway.at.framing import Framer

PAUSE: Final = 0.3  # seconds for which such a prompt stands there without a line end


class LoginWatch:
    """Owns whether it was told."""

    def __init__(self) -> None:
        self._told = False

    def reopened(self) -> None:
        self._told = False

    def deadline(self, framer: Framer) -> float | None:
        """When what stands there counts as a prompt; None: it is none, or was told."""
        waits = framer.rest and not self._told and is_console_prompt(framer.rest)
        return framer.rest_at + PAUSE if waits else None

    def look(self, framer: Framer, now: float) -> list[Event]:
        """At what stands there without a line end."""
        due = self.deadline(framer)
        return [] if due is None or now < due else self.tell(framer.rest)

    def tell(self, line: str) -> list[Event]:
        told, self._told = self._told, True
        return [] if told else [LoginPrompt(line)]
