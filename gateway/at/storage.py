"""Messages and where they are stored: CMGL, CMGR, CPMS, CNMI, CSCA, CMGS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.at.classify import is_pdu, pdu_in_header
from gateway.at.text import fields, from_ucs2_hex, integer, last_integer, value

_GROUP = re.compile(r"\(([^)]*)\)")
_TEXT_STATUS = {"REC UNREAD": 0, "REC READ": 1, "STO UNSENT": 2, "STO SENT": 3}


@dataclass(frozen=True, slots=True)
class StorageEntry:
    """A stored message. `index` -1: a CMGR, which does not say it. `status` as in 27.005 3.1:
    0 unread, 1 read, 2 and 3 our own; None not told. `length`: TPDU octets, as the modem says.
    """

    index: int
    status: int | None
    length: int | None
    pdu: str


@dataclass(frozen=True, slots=True)
class OfferedMemories:
    """Memories of AT+CPMS=?, in the modem's order: to read, to write and send, to receive into."""

    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    receive: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MemoryUsage:
    memory: str  # "" where only counts were given
    used: int
    total: int

    @property
    def full(self) -> bool:
        return 0 < self.total <= self.used

    @property
    def empty(self) -> bool:
        """It says so; where nothing was told, that is not known."""
        return self.used == 0 < self.total


def cmgl(lines: Sequence[str]) -> list[StorageEntry]:
    """Every stored message whose header has an index and whose PDU came."""
    entries = (_entry(header, pdu, has_index=True) for header, pdu in _pairs(lines, "+CMGL:"))
    return [entry for entry in entries if entry is not None and entry.index >= 0]


def cmgr(lines: Sequence[str]) -> StorageEntry | None:
    """One stored message; None when the place is empty (bare OK, or a length of 0)."""
    pairs = _pairs(lines, "+CMGR:")
    return _entry(*pairs[0], has_index=False) if pairs else None


def in_text_mode(lines: Sequence[str]) -> bool:
    """Whether an answer to CMGL or CMGR is one of text mode (AT+CMGF=1): no PDU is in it, though
    what is may look like one, as UCS-2 text is hexadecimal too.
    """
    return any(
        line.startswith(prefix) and not _is_of_pdu_mode(_divided(line)[0], prefix)
        for line in lines
        for prefix in ("+CMGL:", "+CMGR:")
    )


def _divided(line: str) -> tuple[str, str]:
    """Header and PDU of one line; "" where the PDU comes in the next."""
    pdu = pdu_in_header(line)
    return (line[: line.rindex(pdu)].rstrip('", '), pdu) if pdu else (line, "")


def _is_of_pdu_mode(header: str, prefix: str) -> bool:
    """Whether a header may be `[<index>,]<stat>,[<alpha>],<length>` (27.005 3.4.2, 3.4.3).

    In text mode a sender and a time, or a report's fields, stand there: always more of them.
    """
    parts = fields(header.partition(":")[2])
    if prefix == "+CMGL:":
        parts = parts[1:]
    if len(parts) > 3 or not parts:
        return not parts
    counted = not parts[0] or integer(parts[0]) is not None  # text mode has words for it
    return integer(parts[-1]) is not None or (not parts[-1] and counted)


def _pairs(lines: Sequence[str], prefix: str) -> list[tuple[str, str]]:
    """Headers, each with its PDU from the same line or from the next line that is one."""
    pairs: list[tuple[str, str]] = []
    header = None
    for line in lines:
        if line.startswith(prefix):
            told, pdu = _divided(line)
            header = told if not pdu and _is_of_pdu_mode(told, prefix) else None
            if pdu and _is_of_pdu_mode(told, prefix):
                pairs.append((told, pdu))
        elif header is not None and is_pdu(line):
            pairs.append((header, line.rstrip('"')))
            header = None
    return pairs


def _entry(header: str, pdu: str, has_index: bool) -> StorageEntry | None:
    parts = fields(header.partition(":")[2])
    index = integer(parts.pop(0)) if has_index else -1
    if index is None:
        return None
    status = parts[0] if len(parts) > 1 else ""
    length = last_integer(header) if len(parts) > 1 else integer(parts[0]) if parts else None
    return StorageEntry(index, _TEXT_STATUS.get(status, integer(status)), length, pdu)


def stored_at(line: str) -> tuple[str, int] | None:
    """Memory and index of a +CMTI or +CDSI; -1 (some say so when the memory is full) included."""
    parts = fields(line.partition(":")[2])
    index = integer(parts[1]) if len(parts) > 1 else None
    return None if index is None or not parts[0] else (parts[0].upper(), index)


def message_reference(lines: Sequence[str]) -> int | None:
    """The reference that the modem gave to what was submitted: 0 to 255."""
    text = value(lines, "+CMGS:")
    reference = integer(fields(text)[0]) if text else None
    return reference & 0xFF if reference is not None else None


def cpms_offered(lines: Sequence[str]) -> OfferedMemories:
    """Shapes: `("SM","ME"),("SM"),("SM")`, without parentheses, with empty groups, with blanks."""
    text = value(lines, "+CPMS:")
    if not text:
        return OfferedMemories()
    groups = [tuple(m for m in fields(g) if m) for g in _GROUP.findall(text)]
    if not groups:  # one memory for each purpose, or one list for all
        bare = tuple(m for m in fields(text) if m)
        groups = [(m,) for m in bare] if len(bare) == 3 else [bare]
    return OfferedMemories(*_three(groups))


def _three(groups: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """What is not said is as the one before."""
    return [groups[min(n, len(groups) - 1)] for n in range(3)]


def cpms_usage(lines: Sequence[str]) -> list[MemoryUsage]:
    """Of AT+CPMS? `"SM",2,20,...` (names and counts) or of setting it `2,20,...` (counts)."""
    text = value(lines, "+CPMS:")
    parts = fields(text) if text else []
    named = bool(parts) and integer(parts[0]) is None
    size = 3 if named else 2
    found = []
    for n in range(0, len(parts) - size + 1, size):
        used, total = integer(parts[n + size - 2]), integer(parts[n + size - 1])
        if used is not None and total is not None:
            found.append(MemoryUsage(parts[n] if named else "", used, total))
    return found


def cnma_offered(lines: Sequence[str]) -> frozenset[int]:
    """The values that AT+CNMA=? lists: `+CNMA: (0-2)`."""
    text = value(lines, "+CNMA:")
    return _range(text.strip(" ()")) if text else frozenset()


def _range(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        low, _, high = part.strip().partition("-")
        first, last = integer(low), integer(high or low)
        if first is not None and last is not None and last - first < 100:
            found.update(range(first, last + 1))
    return frozenset(found)


def cscs(lines: Sequence[str]) -> str:
    """The character set in use, also when its name comes in itself (UCS2 as hexadecimal)."""
    text = value(lines, "+CSCS:")
    return from_ucs2_hex(fields(text)[0]).upper() if text else ""


def csca(lines: Sequence[str]) -> str | None:
    """The service centre's number; "" when the SIM has none, None when the modem did not say."""
    text = value(lines, "+CSCA:")
    if text is None:
        return None
    parts = fields(text)
    number = from_ucs2_hex(parts[0])
    if number and not number.startswith("+") and len(parts) > 1 and integer(parts[1]) == 145:
        return f"+{number}"
    return number
