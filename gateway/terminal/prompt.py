"""Commands as they are typed, and what is said to each."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from gateway.terminal import guard
from gateway.terminal.spoken import TerminalPort, TerminalReply, command_for
from gateway.text import printable

ENDS = {"exit", "quit", "bye"}


def lines(where: str, *, quiet: bool = False) -> Iterator[str]:
    """Typed lines until Ctrl-D or "exit"; with editing and history on a terminal."""
    asking = ""
    if sys.stdin.isatty() and not quiet:
        _start_editing()
        printable.say(f"Speaking to {where}. Ctrl-D ends it.")
        asking = "> "
    while True:
        try:
            typed = input(asking).strip()
        except (EOFError, KeyboardInterrupt):
            return
        if typed.lower() in ENDS:
            return
        if typed:
            yield typed


def say(line: TerminalPort, text: str, *, force: bool, seconds: float | None) -> TerminalReply:
    """Put a typed command, unless it is none or would do harm."""
    text = text.strip()
    if wrong := guard.mistake(text):
        return TerminalReply(text, (), "REFUSED", None, wrong)
    if not force and (why := guard.why_not(text)):
        words = f"{text} is refused: {why}. Use --force if you mean it."
        return TerminalReply(text, (), "REFUSED", None, words)
    return line.ask(command_for(text, seconds))


def _start_editing() -> None:
    """History for this session only: what is typed may hold a PIN."""
    try:
        import readline
    except ImportError:  # built without it
        return
    readline.set_auto_history(True)
