"""Between text and TPDUs: what whoever makes a simulated modem hands in for its text mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message in words. `when` is "yy/MM/dd,hh:mm:ss+zz", "" for one of our own."""

    number: str
    when: str
    text: str
    ucs2: bool


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A delivery report in words; `status` is TP-ST."""

    first_octet: int
    reference: int
    number: str
    when: str
    discharged: str
    status: int


class TextCodec(Protocol):
    """Between text and TPDUs."""

    def submit(self, number: str, text: str, with_report: bool) -> bytes | None:
        """A SUBMIT; None when `number` is none or `text` does not fit into one message."""
        ...

    def show(self, tpdu: bytes, own: bool) -> ShownMessage | ShownReport | None:
        """What a stored TPDU says (`own`: a SUBMIT); None when it cannot be read."""
        ...
