"""Text mode, AT+CMGF=1: messages as text instead of hex (3GPP TS 27.005 clause 3).

The modem itself does not read TPDUs here: whoever makes it hands in a TextCodec.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from . import charset
from .errors import cms
from .memory import Slot

if TYPE_CHECKING:
    from .device import Device

STATUS_NAMES = ("REC UNREAD", "REC READ", "STO UNSENT", "STO SENT", "ALL")
REPORT_BIT = 0x20  # TP-SRR in the first octet of +CSMP


@dataclass(frozen=True, slots=True)
class Shown:
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

    def show(self, tpdu: bytes, own: bool) -> Shown | ShownReport | None:
        """What a stored TPDU says (`own`: a SUBMIT); None when it cannot be read."""
        ...


def submit_from(device: Device, number: str, typed: bytes) -> bytes:
    """The SUBMIT for what was typed at the prompt; Refusal (CMS 304 or 305) when it cannot be."""
    text = device.unquote(typed.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n"))
    first_octet = int(device.values.get("+CSMP", "17").split(",")[0] or 17)
    assert device.text_codec is not None
    tpdu = device.text_codec.submit(number, text, bool(first_octet & REPORT_BIT))
    if tpdu is None:
        raise cms(305)
    return tpdu


def status_number(name: str) -> int:
    """The number of a status such as "REC UNREAD"; Refusal (CMS 305) when there is none."""
    if name.upper() not in STATUS_NAMES:
        raise cms(305)
    return STATUS_NAMES.index(name.upper())


def slot_lines(device: Device, slot: Slot, head: str) -> list[str]:
    """The lines of +CMGR and +CMGL behind `head`."""
    assert device.text_codec is not None
    status = f'"{STATUS_NAMES[slot.status]}"'
    shown = device.text_codec.show(slot.tpdu, slot.status > 1)
    if isinstance(shown, ShownReport):
        return [f"{head}{status},{_report(device, shown)}"]
    if shown is None:
        return [f'{head}{status},"",,""', slot.tpdu.hex().upper()]
    return [f"{head}{status},{_origin(device, shown)}", _body(device, shown)]


def route_lines(device: Device, tpdu: bytes) -> str:
    """What stands behind "+CMT: " or "+CDS: " when a message is shown at once."""
    assert device.text_codec is not None
    shown = device.text_codec.show(tpdu, False)
    if isinstance(shown, ShownReport):
        return _report(device, shown)
    if shown is None:
        return f'"",,""\r\n{tpdu.hex().upper()}'
    return f"{_origin(device, shown)}\r\n{_body(device, shown)}"


def _origin(device: Device, shown: Shown) -> str:
    when = f',"{shown.when}"' if shown.when else ""
    return f"{device.quote(shown.number)},{when}"


def _report(device: Device, shown: ShownReport) -> str:
    kind = 145 if shown.number.startswith("+") else 129
    return (
        f"{shown.first_octet},{shown.reference},{device.quote(shown.number)},{kind},"
        f'"{shown.when}","{shown.discharged}",{shown.status}'
    )


def _body(device: Device, shown: Shown) -> str:
    """The text; what only UCS2 can say comes as its hex, as real modems give it."""
    return charset.encode(shown.text, "UCS2" if shown.ucs2 else device.charset)
