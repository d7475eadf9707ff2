"""A typed line -> the command it is, and what came of it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from gateway.at import Command, Prompt, Response, Result, commands, meaning
from gateway.at.urcs import NAMES
from gateway.modem.jobs.base import Abandon, Await, Job

USUAL: Final = 10.0  # seconds
# What takes longer than that, by name.
SLOW: Final = {
    "+COPS": 180.0,
    "+CFUN": 30.0,
    "+CPIN": 30.0,
    "+CLCK": 30.0,
    "+CUSD": 20.0,
    "+CMGL": 60.0,
    "+CCFC": 60.0,
    "+CMSS": 180.0,
}
PROMPTING: Final = ("+CMGS=", "+CMGW=", "+CMGC=")
USSD_PATIENCE: Final = 30.0  # seconds until the network's text

_NAME = re.compile(r"AT([+^*#_$%!][A-Z0-9]+)", re.I)
_KNOWN: Final = {
    c.text: c
    for c in (
        commands.at(),
        commands.cpin_query(),
        commands.csq(),
        commands.cesq(),
        commands.cops_query(),
        commands.cfun_query(),
        commands.cpms_query_offered(),
        commands.cpms_query(),
        commands.csca_query(),
        commands.cnum(),
        *commands.registration_queries(),
    )
}


@dataclass(frozen=True, slots=True)
class TerminalReply:
    """What a modem said to one command. `words` explain a result that is not OK."""

    command: str
    lines: tuple[str, ...] = ()
    result: str = "OK"  # gateway.at.ResultKind; "REFUSED" and "UNREACHABLE" are ours
    code: int | None = None
    words: str = ""

    @property
    def ok(self) -> bool:
        return self.result == "OK"

    @property
    def as_result(self) -> Result:
        """For the functions of gateway.at that want to see how a command ended."""
        kinds: dict[str, Any] = {"REFUSED": "LOST", "UNREACHABLE": "LOST"}
        return Result(kinds.get(self.result, self.result), self.code)


class TerminalPort(Protocol):
    """OwnPort or ThroughService."""

    path: str

    def ask(self, text: str | Command) -> TerminalReply: ...


def command_for(text: str, seconds: float | None = None) -> Command:
    """The command that a typed text is: its time limit, whether it prompts, what is its answer."""
    text = text.strip()
    upper = text.upper()
    if upper in _KNOWN and seconds is None:
        return _KNOWN[upper]
    found = _NAME.match(text)
    name = found[1].upper() if found else ""
    # Without this, the answer to AT+CLIP? would be taken for a call.
    prefix = f"{name}:" if name in NAMES and text.endswith("?") else ""
    prompt = any(upper[2:].startswith(p) and upper[-1] != "?" for p in PROMPTING)
    return Command(text, seconds or SLOW.get(name, USUAL), prefix, prompt=prompt)


def put(command: Command) -> Job[TerminalReply]:
    """Put one command. A prompt is left again: there is no message to give it."""
    is_ussd = command.text.upper().startswith("AT+CUSD=1,")
    if is_ussd:
        yield Await(("+CUSD",), 0.0)  # forget what came before
    answer = yield command
    if isinstance(answer, Prompt):
        yield Abandon()
        return TerminalReply(
            command.text, (">",), "ERROR", None, "It asked for a message and got none."
        )
    assert isinstance(answer, Response)
    reply = reply_to(answer)
    if is_ussd and reply.ok:
        text = yield Await(("+CUSD",), USSD_PATIENCE)
        if text is not None:
            return replace(reply, lines=(*reply.lines, text.line))
    return reply


def reply_to(answer: Response) -> TerminalReply:
    result = answer.result
    words = result.text
    if not result.ok and (result.code is not None or result.kind not in ("ERROR", "CALL")):
        words = meaning(result)
    return TerminalReply(answer.command.text, answer.lines, result.kind, result.code, words)


def final_words(reply: TerminalReply) -> str:
    """The last line of an answer, as a modem would print it, and what it means."""
    if reply.result in ("CMS", "CME"):
        code = "" if reply.code is None else f" {reply.code}"
        return f"+{reply.result} ERROR:{code}  ({reply.words})"
    if reply.result in ("OK", "ERROR"):
        return reply.result
    return reply.words or reply.result
