"""A port that we open ourselves, for as long as no service does: commands in, replies out."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from gateway.at import Command, Engine, LoginPrompt, Urc
from gateway.clock import Clock, SystemClock
from gateway.modem.jobs.base import LinkLost
from gateway.modem.link import Link, News, Waker
from gateway.terminal.spoken import TerminalReply, command_for, put
from hw.serialport import PortError, SerialPort

CONSOLE = "A login prompt answers there."


class OwnPort:
    """Owns the opened port and its engine. Raises PortError when it cannot be opened."""

    def __init__(self, path: str, baud: int = 115200, clock: Clock | None = None) -> None:
        self.path = path
        self.on_news: Callable[[str], None] = lambda line: None
        self.on_bytes: Callable[[bytes], None] = lambda data: None  # as they came from the modem
        self.console = False
        self._port = _Tapped(path, baud, lambda data: self.on_bytes(data))
        self._waker = Waker()
        engine, clock = Engine(), clock or SystemClock()
        self._link = Link(self._port, engine, self._waker, clock, self._news, lambda: None)

    def ask(self, text: str | Command) -> TerminalReply:
        """Put one command and wait for its end; a modem that is silent is UNREACHABLE."""
        command = text if isinstance(text, Command) else command_for(text)
        try:
            return self._link.run(put(command))
        except (LinkLost, PortError) as e:
            words = CONSOLE if self.console else str(e)
            return TerminalReply(command.text, (), "UNREACHABLE", None, words)

    def close(self) -> None:
        self._port.close()
        self._waker.close()

    def __enter__(self) -> OwnPort:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        self.close()

    def _news(self, event: News) -> None:
        if isinstance(event, LoginPrompt):
            self.console = True
        if isinstance(event, Urc):
            self.on_news(event.line)


class _Tapped(SerialPort):
    """Lets somebody else see what is read."""

    def __init__(self, path: str, baud: int, tap: Callable[[bytes], None]) -> None:
        super().__init__(path, baud)
        self._tap = tap

    def read(self) -> bytes:
        data = super().read()
        if data:
            self._tap(data)
        return data
