"""A modem played by hand: a table of what it answers, for jobs without port and thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.at import Command, Prompt, Response, Result, profile_for
from gateway.modem.jobs.base import Abandon, Context, Job, Pause, Payload
from tests.modem.conftest import MemoryLedger

Said = str | list[str] | Callable[[str], "Said"]


@dataclass
class Played:
    """`says`: beginning of a command -> what comes, the result last; a list is used up in turn.

    Lines are divided by "|": "+CSQ: 17,99|OK". What is in no row gets `otherwise`. `echoes`: the
    beginnings of commands that it repeats.
    """

    says: Mapping[str, Said]
    otherwise: str = "OK"
    echoes: tuple[str, ...] = ()
    heard: list[str] = field(default_factory=list)
    slept: float = 0.0

    def __post_init__(self) -> None:
        self.ledger = MemoryLedger()
        self.context = Context("/dev/x", self.ledger, profile_for("", ""), connection_id=7)

    def play(self, job: Job[Any]) -> Any:
        try:
            request = next(job)
            while True:
                request = job.send(self._reply(request))
        except StopIteration as end:
            return end.value

    def _reply(self, request: object) -> object:
        match request:
            case Pause(seconds=seconds):
                self.slept += seconds
                return None
            case Abandon():
                self.heard.append("ESC")
                return None
            case Payload(data=data):
                self.heard.append(data.decode("ascii"))
                return self._answer(Command("PDU", 1.0))
            case Command(prompt=True):
                self.heard.append(request.text)
                said = self._say(request.text)
                if said == ">":
                    return Prompt(request, request.text.startswith(self.echoes))
                return self._parse(request, said)
            case Command():
                self.heard.append(request.text)
                return self._answer(request)
        return None

    def _answer(self, command: Command) -> Response:
        return self._parse(command, self._say(command.text))

    def _say(self, text: str) -> str:
        key = max((k for k in self.says if text.startswith(k)), key=len, default=None)
        said: Said = self.otherwise if key is None else self.says[key]
        if callable(said):
            said = said(text)
        if isinstance(said, list):
            said = said.pop(0) if len(said) > 1 else said[0]
        return str(said)

    def _parse(self, command: Command, said: str) -> Response:
        *lines, last = said.split("|")
        return Response(command, tuple(lines), _result(last), command.text.startswith(self.echoes))


def _result(text: str) -> Result:
    kind, _, code = text.partition(" ")
    if kind in ("CMS", "CME"):
        return Result(kind, int(code) if code else None)  # type: ignore[arg-type]
    if kind in ("OK", "ERROR", "TIMEOUT", "RESTARTED", "NO_PROMPT"):
        return Result(kind, None, code)  # type: ignore[arg-type]
    raise AssertionError(f"{text!r} is no result")
