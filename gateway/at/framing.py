"""Bytes to lines: CR and LF in any mixture, the prompt without newline, noise, caps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

LINE_CAP: Final = 4096  # characters; a longer line is noise and dropped whole
STALE: Final = 2.0  # seconds after which half a line will not be completed any more
PROMPT: Final = "\x00prompt"  # no line can look like it: it begins with a NUL

# Idle line, wrong baud rate, a modem that powers up; but between quotation marks 00 is an "@".
_NOISE = b"\x00\xff"


class Framer:
    """Owns the bytes that are not yet a line. Lines come out without their ends, never empty.

    Every CR and every LF ends a line (modems send CR LF, CR CR LF, LF alone, and with ATV0 a
    result with CR alone); empty lines mean nothing. Bytes are read as Latin-1, which cannot fail.
    """

    def __init__(self) -> None:
        self.rest = ""  # the line that has not ended yet
        self.rest_at = 0.0  # when it last grew
        self._lines: list[str] = []  # reversed: the next one is the last
        self._skipping = False  # inside a line beyond LINE_CAP

    def push(self, data: bytes, now: float) -> None:
        """Take what was read. Call next() until it gives None before pushing again."""
        if not data.translate(None, _NOISE) and not _is_quoting(self.rest):
            return
        data = data.translate(None, b"\xff")
        text = data.decode("latin-1")
        if now - self.rest_at > STALE:
            self.rest, self._skipping = "", False
        pieces = text.replace("\r", "\n").split("\n")
        if self._skipping:
            if len(pieces) == 1:
                self.rest_at = now
                return
            pieces[0] = ""
            self._skipping = False
        pieces[0] = self.rest + pieces[0]
        if b"\0" in data:
            pieces = list(_without_noise(pieces))
        self.rest = pieces.pop()
        self.rest_at = now
        pieces.reverse()
        self._lines = pieces

    def next(self, prompt_wanted: bool) -> str | None:
        """The next line, PROMPT where one is wanted and there, or None: more bytes are needed."""
        lines = self._lines
        while lines:
            line = lines.pop()
            if not line:
                continue
            if prompt_wanted and line[0] == ">" and line[1:2] in ("", " "):
                lines.append(line[2:])
                return PROMPT
            if len(line) <= LINE_CAP:
                return line
        if prompt_wanted and self.rest.startswith("> "):
            self.rest = self.rest[2:]
            return PROMPT
        if len(self.rest) > LINE_CAP:
            self.rest, self._skipping = "", True
        return None

    def forget(self) -> None:
        """Drop half lines: the port was closed."""
        self.rest, self._lines = "", []
        self._skipping = False


def _is_quoting(line: str) -> bool:
    """Whether a quotation mark is open at its end."""
    return line.count('"') % 2 == 1


def _without_noise(lines: list[str]) -> Iterator[str]:
    """Without NULs, but for those between quotation marks, which may span the lines of a text."""
    inside = False
    for line in lines:
        told = line.split('"')
        first = int(inside)
        bare = '"'.join(p if (n + first) % 2 else p.replace("\0", "") for n, p in enumerate(told))
        yield bare
        inside = (inside or bare.startswith("+CUSD")) and (len(told) + first) % 2 == 0
