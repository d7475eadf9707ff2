"""The command line's way to a modem that the service holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.at import Command
from gateway.terminal.desk import MOST, TURN
from gateway.terminal.spoken import USUAL, TerminalReply


class ThroughService:
    """One modem of the running service, by its port."""

    def __init__(
        self,
        ask: Callable[..., dict[str, Any] | None],
        port: str,
        *,
        force: bool = False,
        seconds: float | None = None,
        turn: float = TURN,
    ) -> None:
        """`ask` puts a question to the service; None: it is silent.

        `turn`: seconds that a busy modem may take to begin.
        """
        self._ask = ask
        self.path = port
        self._force = force
        self._seconds = seconds
        self._turn = turn

    def ask(self, text: str | Command) -> TerminalReply:
        typed = text.text if isinstance(text, Command) else text
        answer = self._ask(
            "at",
            patience=TURN + MOST + USUAL,
            port=self.path,
            command=typed,
            force=self._force,
            seconds=self._seconds,
            turn=self._turn,
        )
        return _reply(typed, answer)

    def close(self) -> None:
        """Nothing is held open."""


def _reply(typed: str, answer: dict[str, Any] | None) -> TerminalReply:
    if answer is None:
        return TerminalReply(typed, (), "UNREACHABLE", None, "The service has stopped.")
    if "error" in answer:
        return TerminalReply(typed, (), "UNREACHABLE", None, str(answer["error"]))
    return TerminalReply(
        typed,
        tuple(answer["lines"]),
        answer["result"],
        answer["code"],
        answer["words"],
    )
