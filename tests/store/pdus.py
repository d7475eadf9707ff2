"""PDUs written by hand from TS 23.040, so that the codec is not tested against itself."""

from __future__ import annotations

import time


def semi_octets(digits: str) -> bytes:
    digits += "F" * (len(digits) % 2)
    return bytes(int(digits[i + 1] + digits[i], 16) for i in range(0, len(digits), 2))


def number(text: str) -> bytes:
    digits = text.lstrip("+")
    kind = 0x91 if text.startswith("+") else 0x81
    return bytes([len(digits), kind]) + semi_octets(digits)


def stamp(at: int | None) -> bytes:
    if at is None:
        return b"\xff" * 7
    return semi_octets(time.strftime("%y%m%d%H%M%S", time.gmtime(at // 1000)) + "00")


def deliver(
    text: str,
    sender: str = "+254711000001",
    at: int | None = 1_800_000_000_000,
    *,
    part: tuple[int, int, int] | None = None,
    wide: bool = False,
    pid: int = 0,
    dcs: int = 8,
    data: bytes | None = None,
) -> str:
    """An SMS-DELIVER as hex with an empty service centre. `part`: reference, total, number."""
    body = text.encode("utf-16-be") if data is None else data
    header = b""
    if part:
        ref, total, seq = part
        element = bytes([8, 4]) + ref.to_bytes(2, "big") if wide else bytes([0, 3, ref])
        element += bytes([total, seq])
        header = bytes([len(element)]) + element
    first = 0x44 if header else 0x04
    tpdu = bytes([first]) + number(sender) + bytes([pid, dcs]) + stamp(at)
    tpdu += bytes([len(header + body)]) + header + body
    return "00" + tpdu.hex().upper()


def status_report(mr: int, to: str, status: int, scts: int | None, done: int | None) -> str:
    """An SMS-STATUS-REPORT as hex with an empty service centre."""
    tpdu = bytes([0x06, mr]) + number(to) + stamp(scts) + stamp(done) + bytes([status])
    return "00" + tpdu.hex().upper()
