"""A command line cut into its commands (ITU-T V.250 clause 5.2 to 5.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["do", "read", "set", "test"]

_EXTENDED = re.compile(r"[+^*#$_!][A-Za-z0-9!%\-./:_]+")
_BASIC = re.compile(r"([&\\%]?[A-Za-z])(\d*)")
_REGISTER = re.compile(r"S(\d+)(\?|=(\d*))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Call:
    """One command: `AT+CREG=2` is name "+CREG", kind "set", args ("2",).

    A basic command such as E0 is kind "do" with its number in `args`; `raw` is what stood
    behind the `=` (or behind D), quotes included.
    """

    name: str
    kind: Kind
    args: tuple[str, ...] = ()
    raw: str = ""

    def number(self, place: int, default: int = 0) -> int:
        """Argument `place` as a number, `default` when absent; ValueError when it is none."""
        if place >= len(self.args) or self.args[place] == "":
            return default
        return int(self.args[place])

    def text(self, place: int, default: str = "") -> str:
        return self.args[place] if place < len(self.args) else default


def split_line(body: str) -> list[Call]:
    """The commands of a line without its AT. What is not understood becomes a name of its own."""
    calls = []
    at = 0
    while at < len(body):
        if body[at] in " ;":
            at += 1
            continue
        call, at = _next(body, at)
        calls.append(call)
    return calls


def _next(body: str, at: int) -> tuple[Call, int]:
    if found := _EXTENDED.match(body, at):
        end = _end_of(body, found.end())
        return _extended(found.group().upper(), body[found.end() : end].strip()), end + 1
    if body[at] in "Dd":
        return Call("D", "do", (body[at + 1 :],), body[at + 1 :]), len(body)
    if found := _REGISTER.match(body, at):
        kind: Kind = "read" if found.group(2) == "?" else "set"
        return Call("S", kind, (found.group(1), found.group(3) or "0")), found.end()
    if found := _BASIC.match(body, at):
        return Call(found.group(1).upper(), "do", (found.group(2) or "0",)), found.end()
    return Call(body[at:], "do"), len(body)


def _end_of(body: str, at: int) -> int:
    """Where this command's part ends: the next semicolon outside quotes, or the line's end."""
    quoted = False
    for place in range(at, len(body)):
        if body[place] == '"':
            quoted = not quoted
        elif body[place] == ";" and not quoted:
            return place
    return len(body)


def _extended(name: str, rest: str) -> Call:
    if rest == "=?":
        return Call(name, "test")
    if rest == "?":
        return Call(name, "read")
    if rest.startswith("="):
        return Call(name, "set", split_arguments(rest[1:]), rest[1:])
    return Call(name + rest, "do")


def split_arguments(text: str) -> tuple[str, ...]:
    """Cut at commas outside quotes; quotes around an argument are dropped."""
    if '"' not in text:
        return tuple(part.strip() for part in text.split(","))
    parts = [""]
    quoted = False
    for char in text:
        if char == '"':
            quoted = not quoted
        if char == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    return tuple(part.strip().strip('"') for part in parts)
