"""Bytes to lines: CR and LF in any mixture, the prompt without newline, noise, caps."""

from __future__ import annotations

from typing import Final

LINE_CAP: Final = 4096  # characters; a longer line is noise and dropped whole
STALE: Final = 2.0  # seconds after which half a line will not be completed any more
PROMPT: Final = "\x00prompt"  # no line can look like it: NULs are dropped

_NOISE = b"\x00\xff"  # idle line, wrong baud rate, a modem that powers up


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
        data = data.translate(None, _NOISE)
        if not data:
            return
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
