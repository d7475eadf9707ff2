"""What the command line and the log say: foreign text cannot steer a terminal or pass for a line.

Texts, names of operators, callers and contacts, and what modems answer were written by strangers.
Everything that is printed goes through `say`, everything that is logged through `LogLines`.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import IO, Any

import click

log = logging.getLogger(__name__)

# Control characters (C0, DEL, C1: ECMA-48), the separators that some programs end lines at, what
# turns the order of characters round (Unicode UAX #9), tags and annotations that nobody sees, and
# half characters, which no terminal can be sent.
_STEERING = (
    r"\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f"
)
_SHOWN = re.compile(f"[{_STEERING}]")
_SHOWN_BUT_BREAKS = re.compile(f"(?![\\n])[{_STEERING}]")
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_FOLLOWS = "  | "  # before what belongs to the line above: a traceback


class DrawnText(str):
    """What we made for a terminal ourselves, and nobody else had a word in: printed as it is."""

    __slots__ = ()


def one_line(text: object) -> str:
    r"""`text` on one line, with what would steer a terminal shown as \x1b, \n or \u202e."""
    return _SHOWN.sub(_escaped, str(text))


def indented(text: str, by: str = "    ") -> list[str]:
    """The lines of a foreign text, none of which can pass for one of ours."""
    return [f"{by}{one_line(line)}" for line in re.split(r"\r\n|\r|\n", text)]


def hanging(text: str) -> list[str]:
    """The same where it is all that is said: its first line at the margin, the others below it."""
    first, *more = indented(text)
    return [first.lstrip(), *more]


def json_text(value: object, *, indent: int | None = None) -> str:
    """JSON whose letters are readable and whose control characters are all escaped."""
    made = json.dumps(value, ensure_ascii=False, indent=indent)
    return _SHOWN_BUT_BREAKS.sub(lambda found: json.dumps(found[0])[1:-1], made)


def say(*lines: object, err: bool = False) -> None:
    """Print, each argument as one line of its own, and flush."""
    stream = sys.stderr if err else sys.stdout
    for line in lines:
        text = line if isinstance(line, DrawnText) else one_line(line)
        click.echo(_possible(text, stream), file=stream)


def say_json(value: object, *, indent: int | None = 2) -> None:
    """Print for programs. With `indent=None`: one object, one line."""
    text = json_text(value, indent=indent)
    if _possible(text, sys.stdout) != text:
        text = json.dumps(value, indent=indent)
    click.echo(text)


def say_file(pieces: Iterable[str]) -> None:
    """A whole file on the standard output: octet by octet, but to a terminal as `say` shows it."""
    if not sys.stdout.isatty():
        sys.stdout.writelines(pieces)
        return
    for piece in pieces:
        shown = _SHOWN_BUT_BREAKS.sub(_escaped, piece.replace("\r\n", "\n"))
        click.echo(_possible(shown, sys.stdout), nl=False)


def ask(question: str, **how: Any) -> str:
    """click.prompt, whose question may hold foreign words."""
    return str(click.prompt(one_line(question), **how))


def sure(question: str, **how: Any) -> bool:
    """click.confirm, in the same way."""
    return click.confirm(one_line(question), **how)


class LogLines(logging.Formatter):
    """A record is one line; a traceback follows it on lines that begin like no record."""

    def format(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage()
        if self.usesTime():
            record.asctime = self.formatTime(record, self.datefmt)
        lines = [one_line(self.formatMessage(record))]
        told = record.exc_text or (self.formatException(record.exc_info) if record.exc_info else "")
        for more in (told, self.formatStack(record.stack_info) if record.stack_info else ""):
            lines += indented(more, _FOLLOWS) if more else []
        return "\n".join(lines)


def log_crashes() -> None:
    """What nobody caught is logged like everything else, in place of Python's own print."""

    def of_thread(found: threading.ExceptHookArgs) -> None:
        name = found.thread.name if found.thread else "?"
        trouble = found.exc_value or found.exc_type()
        log.critical("the thread %s ended", name, exc_info=trouble)

    def of_program(
        kind: type[BaseException], trouble: BaseException, where: TracebackType | None
    ) -> None:
        log.critical("the program ended", exc_info=trouble)

    threading.excepthook, sys.excepthook = of_thread, of_program


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if character in _NAMED:
        return _NAMED[character]
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _possible(text: str, stream: IO[str]) -> str:
    """Letters that the terminal's encoding lacks are shown by number instead of ending us."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        return text.encode(encoding, "backslashreplace").decode(encoding)
    except LookupError:
        return text
