"""Puts news of several lines together: +CMT, +CDS and +CBM with their PDU, a USSD text."""

from __future__ import annotations

from typing import Final

from gateway.at.classify import (
    announces_text,
    has_second_line,
    is_pdu,
    pdu_in_header,
    ussd_is_open,
)
from gateway.at.events import Urc
from gateway.at.framing import LINE_CAP
from gateway.at.urcs import NAMES, TWO_LINES, name_of

PIECE_TIME: Final = 2.0  # seconds that the next piece may take
PATIENCE: Final = 4  # other lines that may stand between a header and its PDU


class NewsReader:
    """Owns the news whose further lines are awaited; at most one at a time."""

    def __init__(self) -> None:
        self.until: float | None = None  # when to flush() at the latest; None: nothing is awaited
        self._name = ""
        self._lines: list[str] = []
        self._patience = 0

    def begin(self, line: str, now: float) -> list[Urc]:
        """A line of the vocabulary: its event, unless more of it has to come first."""
        name = name_of(line)
        if name in TWO_LINES:
            pdu = pdu_in_header(line)
            if pdu or not has_second_line(name, line):
                return [Urc(name, line, pdu)]
        elif not (name == "+CUSD" and ussd_is_open(line)):
            return [Urc(name, line)]
        cut_off = self.flush()
        self._name, self._lines, self._patience = name, [line], PATIENCE
        self.until = now + PIECE_TIME
        return cut_off

    def take(self, raw: str, line: str, now: float) -> tuple[bool, list[Urc]]:
        """Whether a line (as it came, and stripped) is a piece; and what is complete by it.

        Call only while something is awaited.
        """
        if self._name == "+CUSD":
            return self._take_ussd(raw, line, now)
        if is_pdu(line) or (line and announces_text(self._lines[0])):
            urc = Urc(self._name, self._lines[0], line.rstrip('"') if is_pdu(line) else raw)
            self._clear()
            return True, [urc]
        self._patience -= 1
        return False, self.flush() if self._patience == 0 else []

    def _take_ussd(self, raw: str, line: str, now: float) -> tuple[bool, list[Urc]]:
        if name_of(line) in NAMES:
            return False, []
        self._lines.append(raw)
        self.until = now + PIECE_TIME
        text = "\n".join(self._lines)
        complete = not ussd_is_open(text) or len(text) > LINE_CAP
        return True, self.flush() if complete else []

    def last_piece(self) -> str:
        """The last line of a USSD text that was not closed; "" when there is none."""
        return self._lines[-1] if len(self._lines) > 1 else ""

    def give_back(self) -> None:
        """The last piece turned out to be something else."""
        self._lines.pop()

    def flush(self) -> list[Urc]:
        """Nothing more is coming: what there is."""
        if self.until is None:
            return []
        urc = Urc(self._name, "\n".join(self._lines))
        self._clear()
        return [urc]

    def _clear(self) -> None:
        self.until, self._lines = None, []
