"""A conversation with a modem, written down so that a test replays it (tests/at/transcripts.py).

    > AT+CSQ                     what we said
    < +CSQ: 12,99                what the modem said, CR and LF at its end
    << \\r\\n+CSQ: 12,99\\r\\r\\n    the same, where its line ends are others
    = answer OK | +CSQ: 12,99    what the engine makes of it

Everything private is blanked first; then the engine hears the blanked conversation, and what it
makes of that is what stands after "=".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateway import __version__
from gateway.at import Engine, Event, LateResponse, LoginPrompt, Response, Restarted, Stray, Urc
from gateway.terminal.blank import Blanker
from gateway.terminal.own_port import OwnPort
from gateway.terminal.spoken import TerminalPort, TerminalReply, command_for

# Identity, abilities, settings and state. All only read; none asks the network for anything, none
# shows a stored message.
COMMANDS = (
    *("AT", "AT+CGMI", "AT+CGMM", "AT+CGMR", "ATI", "AT+CGSN", "AT+GCAP"),
    *("AT+CFUN?", "AT+CFUN=?", "AT+CMEE?", "AT+CMEE=?", "AT+CPIN?", "AT+CIMI"),
    *("AT+CCID", "AT+CICCID", "AT+QCCID", "AT^ICCID?", "AT+CNUM"),
    *("AT+CREG?", "AT+CREG=?", "AT+CGREG?", "AT+CEREG?", "AT+COPS?"),
    *("AT+CSQ", "AT+CESQ", "AT+CESQ=?", "AT^HCSQ?", "AT^SYSINFO", "AT^SYSINFOEX"),
    *("AT+CMGF?", "AT+CMGF=?", "AT+CSMS?", "AT+CSMS=?", "AT+CPMS?", "AT+CPMS=?"),
    *("AT+CNMI?", "AT+CNMI=?", "AT+CSCA?", "AT+CSCS?", "AT+CSCS=?", "AT+CSMP?", "AT+CSDH?"),
    *("AT+CMMS?", "AT+CMMS=?", "AT+CMGS=?", "AT+CMGL=?", "AT+CMGD=?", "AT+CNMA=?"),
    *("AT+CUSD?", "AT+CUSD=?", "AT+CLIP?", "AT+CLIP=?", "AT+CCLK?", "AT+CBC"),
)
_LINES = re.compile(r"[^\n]*\n|[^\n]+$")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One command, and everything that came until it had ended."""

    command: str
    heard: bytes
    result: str  # "" when no answer came


def record(line: TerminalPort, commands: Iterable[str] = COMMANDS) -> list[str]:
    """Ask all of it, and write it down. The lines of a transcript, blanked."""
    line.ask("AT")  # what the modem had to say before, and finding the way into step, is left out
    exchanges = [_exchange(line, text) for text in commands]
    return write(exchanges, exact=isinstance(line, OwnPort))


def write(exchanges: Iterable[Exchange], *, exact: bool) -> list[str]:
    """A transcript of what was said. Pure. `exact`: the bytes are the modem's own."""
    how = "as its bytes came" if exact else "as the service understood it"
    lines = [f"# Recorded with pigeonbox {__version__}, {how}; private things are blanked."]
    blanker, engine, now = Blanker(), Engine(), 1000.0
    for exchange in exchanges:
        command = blanker.command(exchange.command)
        if not exchange.result or _is_silent(exchange.result):
            lines += ["", f"# {command} was not answered."]
            continue
        now += 1.0
        said, events = _said_again(engine, command, exchange, blanker, now)
        if not any(isinstance(e, Response) for e in events):
            lines += ["", f"# {command} was answered in a way that cannot be replayed."]
            engine = Engine()
            continue
        lines += ["", f"> {command}", *said]
    return lines


def _said_again(
    engine: Engine, command: str, exchange: Exchange, blanker: Blanker, now: float
) -> tuple[list[str], list[Event]]:
    """What a replay hears, and after each piece what comes of it."""
    engine.send(command_for(command), now)
    said: list[str] = []
    events: list[Event] = []
    for piece, written in _pieces(exchange.heard, blanker):
        said.append(written)
        for event in engine.receive(piece, now):
            events.append(event)
            said.append(f"= {_shown(event)}")
    return said, events


def _pieces(heard: bytes, blanker: Blanker) -> Iterator[tuple[bytes, str]]:
    """Line by line: the blanked bytes, and how a transcript writes them."""
    for raw in _LINES.findall(heard.decode("latin-1")):
        text = raw.rstrip("\r\n")
        end = raw[len(text) :]
        blanked = blanker.line(text)
        if not blanked and end == "\r\n":
            continue  # the empty line before each answer
        data = (blanked + end).encode("latin-1", "replace")
        plain = blanked.isprintable() and blanked.isascii() and blanked == blanked.strip()
        if plain and end == "\r\n" and not blanked.startswith(">"):
            yield data, f"< {blanked}"
        else:
            yield data, "<< " + data.decode("latin-1").encode("unicode_escape").decode("ascii")


def _exchange(line: TerminalPort, text: str) -> Exchange:
    if isinstance(line, OwnPort):
        heard = bytearray()
        line.on_bytes = heard.extend
        try:
            reply = line.ask(text)
        finally:
            line.on_bytes = _deaf
        return Exchange(text, bytes(heard), reply.result)
    reply = line.ask(text)
    if reply.result == "REFUSED" or _is_silent(reply.result):
        return Exchange(text, b"", "")
    lines = (*reply.lines, _final(reply))
    return Exchange(text, "".join(f"{one}\r\n" for one in lines).encode("latin-1"), reply.result)


def _deaf(data: bytes) -> None:
    pass


def _is_silent(result: str) -> bool:
    return result in ("TIMEOUT", "UNREACHABLE", "REFUSED", "LOST", "RESTARTED", "NO_PROMPT")


def _final(reply: TerminalReply) -> str:
    if reply.result in ("CMS", "CME"):
        return f"+{reply.result} ERROR: {'' if reply.code is None else reply.code}".rstrip()
    return reply.result if reply.result in ("OK", "ERROR") else reply.words


def _shown(event: Event) -> str:
    """An event as transcripts write it."""
    match event:
        case Response(_, lines, result):
            tail = result.text if result.code is None else str(result.code)
            return " | ".join((f"answer {result.kind} {tail}".rstrip(), *lines))
        case Urc(name, line, data):
            text = line.replace("\n", "\\n")
            return f"urc {name} | {text}" + (f" | {data}" if data else "")
        case LateResponse(_, lines, _):
            return " | ".join(("late", *lines))
        case Restarted(line):
            return f"restarted {line}"
        case LoginPrompt(line):
            return f"console {line}".rstrip()
        case Stray(line):
            return f"stray {line}"
    return "prompt"
