"""Text mode, AT+CMGF=1: messages as text instead of hex (3GPP TS 27.005 clause 3).

The modem itself does not read TPDUs here: whoever makes it hands in a TextCodec.
"""

from __future__ import annotations

from . import charset
from .equipment import Equipment
from .errors import cms
from .memory import MemorySlot
from .textcodec import ShownMessage, ShownReport

STATUS_NAMES = ("REC UNREAD", "REC READ", "STO UNSENT", "STO SENT", "ALL")
REPORT_BIT = 0x20  # TP-SRR in the first octet of +CSMP


def submit_from(equipment: Equipment, number: str, typed: bytes) -> bytes:
    """The SUBMIT for what was typed at the prompt; Refusal (CMS 304 or 305) when it cannot be."""
    text = equipment.unquote(typed.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n"))
    first_octet = int(equipment.values.get("+CSMP", "17").split(",")[0] or 17)
    assert equipment.text_codec is not None
    tpdu = equipment.text_codec.submit(number, text, bool(first_octet & REPORT_BIT))
    if tpdu is None:
        raise cms(305)
    return tpdu


def status_number(name: str) -> int:
    """The number of a status such as "REC UNREAD"; Refusal (CMS 305) when there is none."""
    if name.upper() not in STATUS_NAMES:
        raise cms(305)
    return STATUS_NAMES.index(name.upper())


def slot_lines(equipment: Equipment, slot: MemorySlot, head: str) -> list[str]:
    """The lines of +CMGR and +CMGL behind `head`."""
    assert equipment.text_codec is not None
    status = f'"{STATUS_NAMES[slot.status]}"'
    shown = equipment.text_codec.show(slot.tpdu, slot.status > 1)
    if isinstance(shown, ShownReport):
        return [f"{head}{status},{_report(equipment, shown)}"]
    if shown is None:
        return [f'{head}{status},"",,""', slot.tpdu.hex().upper()]
    return [f"{head}{status},{_origin(equipment, shown)}", _body(equipment, shown)]


def route_lines(equipment: Equipment, tpdu: bytes) -> str:
    """What stands behind "+CMT: " or "+CDS: " when a message is shown at once."""
    assert equipment.text_codec is not None
    shown = equipment.text_codec.show(tpdu, False)
    if isinstance(shown, ShownReport):
        return _report(equipment, shown)
    if shown is None:
        return f'"",,""\r\n{tpdu.hex().upper()}'
    return f"{_origin(equipment, shown)}\r\n{_body(equipment, shown)}"


def _origin(equipment: Equipment, shown: ShownMessage) -> str:
    when = f',"{shown.when}"' if shown.when else ""
    return f"{equipment.quote(shown.number)},{when}"


def _report(equipment: Equipment, shown: ShownReport) -> str:
    kind = 145 if shown.number.startswith("+") else 129
    return (
        f"{shown.first_octet},{shown.reference},{equipment.quote(shown.number)},{kind},"
        f'"{shown.when}","{shown.discharged}",{shown.status}'
    )


def _body(equipment: Equipment, shown: ShownMessage) -> str:
    """The text; what only UCS2 can say comes as its hex, as real modems give it."""
    return charset.encode(shown.text, "UCS2" if shown.ucs2 else equipment.charset)
