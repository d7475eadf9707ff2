"""A modem made of a transcript: the jobs ask it, through the real engine, and get its bytes.

```
> AT+CSQ              asked, and (in the lines that follow) what it answers; the second time the
                      second answer of that name, the last one for ever
> AT+CMGS=            of any length; `>>`: what follows the payload
< +CSQ: 17,99         a line with CR and LF around it; `<<` exactly these bytes, with escapes
! +CMTI: "SM",1       said by itself once it is in service
= sent 42             what the jobs have to make of it (tests/modem/jobs/test_models.py)
```

What is not in the transcript is answered OK when it sets something, else ERROR. A file that
`pigeonbox doctor --record` wrote is one, too; the `=` lines it has are for the engine alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gateway.at import Engine, Event, Prompt, Response, Resynchronised, Urc, WriteBytes, profile_for
from gateway.modem.jobs.base import Abandon, Await, Context, Job, Pause, Payload
from tests.modem.conftest import MemoryLedger

FOLDER = Path(__file__).parent.parent / "data" / "transcripts" / "models"
FACTS = frozenset(
    ("profile", "model", "imei", "sim", "news", "memories", "centre", "network", "sent", "time")
) | {"received", "direct", "cannot", "reports"}
Split = Callable[[bytes], Iterator[bytes]]


class Recorded:
    """Used by one test. `news` collects what the modem says by itself."""

    def __init__(self, path: Path, split: Split) -> None:
        self._split = split
        self._answers: dict[str, list[bytes]] = {}
        self.says: list[bytes] = []
        self.expected: dict[str, str] = {}
        self.news: list[Urc] = []
        self.heard: list[str] = []
        self._engine = Engine()
        self._now = 1000.0
        self._events: list[Event] = []
        self.ledger = MemoryLedger()
        self.context = Context("/dev/x", self.ledger, profile_for("", ""), connection_id=7)
        self._read(path.read_text(encoding="utf-8").splitlines())

    def _read(self, lines: list[str]) -> None:
        command = ""
        for line in lines:
            mark, _, rest = line.partition(" ")
            if mark in (">", ">>"):
                command = rest if mark == ">" else ">>"
                self._answers.setdefault(command, []).append(b"")
            elif mark == "<":
                self._answers[command][-1] += f"\r\n{rest}\r\n".encode()
            elif mark == "<<":
                raw = rest.encode().decode("unicode_escape")
                self._answers[command][-1] += raw.encode("latin-1")
            elif mark == "!":
                self.says.append(f"\r\n{rest}\r\n".encode())
            elif mark == "=":
                key, _, value = rest.partition(" ")
                if key in FACTS:
                    self.expected[key] = value

    def run(self, job: Job[Any]) -> Any:
        try:
            request = next(job)
            while True:
                request = job.send(self._perform(request))
        except StopIteration as end:
            return end.value

    def listen(self) -> None:
        """Let it say what it says by itself."""
        for said in self.says:
            self._hear(said)
        self._events.clear()

    def _perform(self, request: object) -> Response | Prompt | None:
        match request:
            case Pause(seconds=seconds) | Await(seconds=seconds):
                self._now += seconds
                return None
            case Abandon():
                raise AssertionError("no transcript leaves a prompt")
            case Payload(data=data, timeout=timeout):
                self.heard.append(data.decode("ascii"))
                self._engine.send_payload(data, self._now, timeout)
                return self._reply(self._answer(">>"))
        if self._engine.out_of_step:
            self._hear(self._answer(_command(self._engine.resynchronise(self._now))))
            assert any(isinstance(e, Resynchronised) for e in self._events)
            self._events.clear()
        self.heard.append(request.text)  # type: ignore[attr-defined]
        written = self._engine.send(request, self._now)  # type: ignore[arg-type]
        return self._reply(self._answer(_command(written)))

    def _answer(self, command: str) -> bytes:
        if command.startswith("AT+CMGS="):
            command = "AT+CMGS="  # whatever the length
        known = self._answers.get(command)
        if known:
            return known.pop(0) if len(known) > 1 else known[0]
        sets = "=" in command and not command.endswith("=?")
        return b"\r\nOK\r\n" if sets or command in ("AT", "ATE0", "ATV1") else b"\r\nERROR\r\n"

    def _reply(self, said: bytes) -> Response | Prompt:
        self._hear(said)
        while True:
            for event in self._events:
                if isinstance(event, Response | Prompt):
                    self._events.clear()
                    return event
            deadline = self._engine.deadline
            assert deadline is not None
            self._now = deadline
            self._take(self._engine.tick(self._now))

    def _hear(self, said: bytes) -> None:
        for piece in self._split(said):
            self._now += 0.001
            self._take(self._engine.receive(piece, self._now))

    def _take(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Urc):
                self.news.append(event)
            assert not isinstance(event, WriteBytes), "no transcript is silent"
        self._events += events


def _command(written: bytes) -> str:
    return written.decode("latin-1").strip("\r\x1b")
