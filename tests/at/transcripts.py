"""Replays a conversation from tests/data/transcripts against the engine.

```
# where the fact comes from
> AT+CSQ           we send a command (">> 0011.." the payload after a prompt)
>< abandon         we leave a prompt; ">< resynchronise" and ">< reopened" likewise
< +CSQ: 12,99      the modem sends a line, CR and LF at its end
<< \\r\\n>          the modem sends exactly this, with escapes
~ 2.5              so many seconds pass without a byte
= answer OK | +CSQ: 12,99      what the engine must have made of it by then, in order
```
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from gateway.at import (
    Command,
    Engine,
    Event,
    LateResponse,
    LoginPrompt,
    Prompt,
    Response,
    Restarted,
    Result,
    ResyncFailed,
    Resynchronised,
    Stray,
    Urc,
    WriteBytes,
    commands,
)
from gateway.terminal import spoken

FOLDER = Path(__file__).parent.parent / "data" / "transcripts"
Split = Callable[[bytes], Iterator[bytes]]
_KNOWN = {
    c.text: c
    for c in (
        commands.at(),
        commands.wake(),
        commands.cpin_query(),
        commands.csq(),
        commands.cmgl(),
        commands.cops_query(),
        commands.cfun_query(),
        commands.cpms_query_offered(),
        commands.cpms_query(),
        commands.csca_query(),
        commands.cnum(),
        *commands.registration_queries(),
        Command("AT+CUSD?", 5.0, "+CUSD:"),
    )
}


def command_for(text: str) -> Command:
    """The command of commands.py that goes with a line of a transcript."""
    verb, _, value = text.partition("=")
    if text in _KNOWN:
        return _KNOWN[text]
    if verb == "AT+CMGS" and value != "?":
        return commands.submit(int(value))
    if verb == "AT+CMGR":
        return commands.cmgr(int(value))
    if verb == "AT+CPMS":
        return commands.cpms(*re.findall(r'"(\w+)"', value))
    return Command(text, 5.0, spoken.command_for(text).prefix)


def show(event: Event) -> str:
    """An event as transcripts write it."""
    match event:
        case Prompt():
            return "prompt"
        case Response(_, lines, result):
            return " | ".join((f"answer {_result(result)}", *lines))
        case Urc(name, line, data):
            text = line.replace("\n", "\\n")
            return f"urc {name} | {text}" + (f" | {data}" if data else "")
        case LateResponse(_, lines, result):
            return " | ".join((f"late {_result(result)}".rstrip(), *lines))
        case Restarted(line):
            return f"restarted {line}"
        case LoginPrompt(line):
            return f"console {line}".rstrip()
        case Stray(line):
            return f"stray {line}"
        case WriteBytes(data):
            return "write " + data.decode("ascii").encode("unicode_escape").decode()
        case Resynchronised():
            return "in step"
        case ResyncFailed():
            return "out of step for good"


def _result(result: Result | None) -> str:
    if result is None:
        return ""
    if result.code is not None:
        return f"{result.kind} {result.code}"
    return f"{result.kind} {result.text}".rstrip()


class Replay:
    def __init__(self, split: Split) -> None:
        self.engine = Engine()
        self.now = 1000.0
        self.split = split
        self.events: list[str] = []

    def run(self, lines: list[str]) -> None:
        for number, line in enumerate(lines, 1):
            mark, _, text = line.partition(" ")
            try:
                self._step(mark, text)
            except AssertionError as e:
                raise AssertionError(f"line {number}: {line}\n{e}") from e
        assert self.events == [], f"not expected: {self.events}"

    def _step(self, mark: str, text: str) -> None:
        assert mark in ("=", "#", "") or self.events == [], f"before it came: {self.events}"
        match mark:
            case "" | "#":
                pass
            case ">":
                data = self.engine.send(command_for(text), self.now)
                assert data == text.encode() + b"\r"
            case ">>":
                payload = commands.payload(text)
                assert self.engine.send_payload(payload, self.now, 60.0) == payload
            case "><":
                self._do(text)
            case "<":
                self._hear(text.encode("latin-1") + b"\r\n")
            case "<<":
                self._hear(text.encode("latin-1").decode("unicode_escape").encode("latin-1"))
            case "~":
                self.now += float(text)
                self._note(self.engine.tick(self.now))
            case "=":
                assert self.events, "nothing came"
                assert self.events.pop(0) == text.rstrip()
            case _:
                raise AssertionError("no such mark")

    def _do(self, what: str) -> None:
        data: bytes | None = b""
        if what == "abandon":
            data = self.engine.abandon(self.now)
        elif what == "resynchronise":
            data = self.engine.resynchronise(self.now)
        elif what == "reopened":
            self.engine.reopened(self.now)
        else:
            raise AssertionError("no such deed")
        if data:
            self._note([WriteBytes(data)])

    def _hear(self, data: bytes) -> None:
        for piece in self.split(data):
            self._note(self.engine.receive(piece, self.now))

    def _note(self, events: list[Event]) -> None:
        self.events.extend(show(event) for event in events)
