"""Inside the service: puts a typed command to a modem between two messages."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Protocol

from gateway.at import Command
from gateway.modem.jobs import setup
from gateway.modem.jobs.base import Context, Job, LinkLost
from gateway.terminal import guard
from gateway.terminal.spoken import TerminalReply, command_for, put

TURN = 60.0  # seconds until the modem has time for it; a long SMS may be under way
MOST = 300.0  # seconds that one command may take


class TerminalModem(Protocol):
    """What it needs of gateway.modem.worker.Worker."""

    def post(self, job: Callable[[Context], Job[None]], *, anyhow: bool = ...) -> bool: ...


class Desk:
    """Answers the control socket's question "at". Called in threads that may wait."""

    def __init__(self, modem_at: Callable[[str], TerminalModem | None]) -> None:
        self._modem_at = modem_at

    def ask(
        self, port: str, text: str, *, force: bool, seconds: float | None, turn: float = TURN
    ) -> dict[str, Any]:
        """Wait at most `turn` seconds for the modem to have time, then for its TerminalReply."""
        wrong = guard.mistake(text)
        if not wrong and not force and (why := guard.why_not(text)):
            wrong = f"{text.strip()} is refused while the service works: {why}."
        if wrong:
            return asdict(TerminalReply(text, (), "REFUSED", None, wrong))
        modem = self._modem_at(port)
        if modem is None:
            words = f"The service has no modem at {port}."
            return asdict(TerminalReply(text, (), "UNREACHABLE", None, words))
        command = command_for(text, min(seconds, MOST) if seconds else None)
        errand = _Turn(command, undoes=guard.undoes(text))
        if not modem.post(errand.job, anyhow=True):
            words = f"The modem at {port} does not answer; `pigeonbox modems` says why."
            return asdict(TerminalReply(text, (), "UNREACHABLE", None, words))
        return asdict(errand.wait(port, min(turn, TURN)))


class _Turn:
    """One command's way through the modem's thread and back."""

    def __init__(self, command: Command, *, undoes: bool) -> None:
        self._command = command
        self._undoes = undoes
        self._lock = threading.Lock()
        self._begun = threading.Event()
        self._given_up = False
        self._done = threading.Event()
        self._reply: TerminalReply | None = None

    def job(self, context: Context) -> Job[None]:
        """Runs in the modem's thread. Whoever waited may have gone by then."""
        with self._lock:
            if self._given_up:
                return
            self._begun.set()
        try:
            self._reply = yield from put(self._command)
            if self._undoes and context.connection_id is not None:
                yield from setup.prepare_sms(context)
                context.news = (
                    context.news and "?"
                )  # and the next look makes all the other settings anew
        except LinkLost as e:
            lost = TerminalReply(self._command.text, (), "UNREACHABLE", None, str(e))
            self._reply = self._reply or lost
            raise
        finally:
            self._done.set()

    def wait(self, port: str, turn: float) -> TerminalReply:
        if not self._begun.wait(turn):
            with self._lock:
                self._given_up = not self._begun.is_set()
        if self._given_up:
            words = f"The modem at {port} is busy; try again in a minute."
            return TerminalReply(self._command.text, (), "UNREACHABLE", None, words)
        self._done.wait(self._command.timeout + MOST)
        return self._reply or TerminalReply(
            self._command.text, (), "TIMEOUT", None, "No answer came."
        )
