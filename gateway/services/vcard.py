"""Address books as phones give them: vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350) -> a table."""

from __future__ import annotations

import io
import quopri
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

HEADER = ("Name", "Number", "Notes", "Groups", "Organisation")
PREFERRED = ("PREF", "CELL", "MOBILE", "IPHONE")
NOT_FOR_SMS = ("FAX", "PAGER", "MODEM", "BBS")
_PROPERTY = re.compile(
    r"(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9-]+)((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(.*)", re.S
)


@dataclass(frozen=True, slots=True)
class Card:
    """One person. `line` is where it begins in the file."""

    line: int
    name: str
    number: str
    notes: str
    groups: str  # with ; between them
    organisation: str

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.name, self.number, self.notes, self.groups, self.organisation)


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    params: frozenset[str]  # "TYPE=CELL" and bare "CELL" alike, in capitals
    value: str


def looks_like(text: str) -> bool:
    return bool(re.match(r"\s*BEGIN\s*:\s*VCARD", text, re.IGNORECASE))


def read(text: str) -> list[Card]:
    """All of them at once."""
    return list(cards(text))


def cards(text: str) -> Iterator[Card]:
    """Every card that was begun, whatever else is in the file, one by one."""
    current: list[_Property] | None = None
    started = 0
    for number, line in _unfolded(text):
        found = _property(line)
        if found is None:
            continue
        if found.name == "BEGIN" and found.value.strip().upper() == "VCARD":
            if current:
                yield _card(started, current)
            current, started = [], number
        elif found.name == "END" and current is not None:
            yield _card(started, current)
            current = None
        elif current is not None:
            current.append(found)
    if current:
        yield _card(started, current)


def write(people: Iterable[tuple[str, str, str, Sequence[str]]]) -> str:
    """(name, number, notes, groups) -> vCard 3.0, which every phone takes."""
    out: list[str] = []
    for name, number, notes, groups in people:
        out += ["BEGIN:VCARD", "VERSION:3.0", f"FN:{_escaped(name or number)}"]
        out.append(f"N:{_escaped(name)};;;;")
        if number:
            out.append(f"TEL;TYPE=CELL:{number}")
        if notes:
            out.append(f"NOTE:{_escaped(notes)}")
        if groups:
            out.append("CATEGORIES:" + ",".join(map(_escaped, groups)))
        out.append("END:VCARD")
    return "".join(folded + "\r\n" for line in out for folded in _folded(line))


def _unfolded(text: str) -> Iterable[tuple[int, str]]:
    """Logical lines: a blank at the start goes on; so does = at the end of quoted-printable."""
    pending: list[str] = []  # a photograph has thousands
    started, quoted = 0, False
    for number, line in enumerate(_lines(text), start=1):
        if quoted and pending[-1].endswith("="):
            pending[-1] = pending[-1][:-1]
            pending.append(line)
        elif line[:1] in (" ", "\t") and pending:
            pending.append(line[1:])
        else:
            if pending:
                yield started, "".join(pending)
            pending, started = [line] if line else [], number
            quoted = "QUOTED-PRINTABLE" in line.partition(":")[0].upper()
    if pending:
        yield started, "".join(pending)


def _lines(text: str) -> Iterator[str]:
    for line in io.StringIO(text, newline=None):
        yield line.rstrip("\n")


def _property(line: str) -> _Property | None:
    match = _PROPERTY.fullmatch(line)
    if match is None:
        return None
    name, params, value = match[1].upper(), match[2].upper(), match[3]
    said = [p.strip().strip('"') for p in params.split(";") if p.strip()]
    if "ENCODING=QUOTED-PRINTABLE" in said or "QUOTED-PRINTABLE" in said:
        value = _from_quoted(value, said)
    types = {t for p in said for t in p.removeprefix("TYPE=").replace('"', "").split(",")}
    return _Property(name, frozenset(types), value)


def _from_quoted(value: str, params: Sequence[str]) -> str:
    charset = next((p[8:] for p in params if p.startswith("CHARSET=")), "UTF-8")
    octets = quopri.decodestring(value.encode("utf-8", "replace"))
    try:
        return octets.decode(charset, errors="replace")
    except (LookupError, ValueError):
        return octets.decode("utf-8", errors="replace")


def _card(line: int, properties: Sequence[_Property]) -> Card:
    values = {p.name: p.value for p in reversed(properties)}
    name = _text(values.get("FN", "")) or _from_parts(values.get("N", ""))
    phones = sorted((p for p in properties if p.name == "TEL"), key=_rank)
    numbers = list(dict.fromkeys(filter(None, map(_number, phones))))
    notes = [_text(p.value) for p in properties if p.name == "NOTE"]
    if len(numbers) > 1:
        notes.append("Other numbers: " + ", ".join(numbers[1:]))
    groups = [
        _text(one) for p in properties if p.name == "CATEGORIES" for one in _parts(p.value, ",")
    ]
    organisation = ", ".join(filter(None, map(_text, _parts(values.get("ORG", "")))))
    if name == (numbers or [""])[0]:
        name = ""  # a card has to have a name; ours without one carry their number there
    return Card(
        line,
        name,
        numbers[0] if numbers else "",
        "\n".join(filter(None, notes)),
        "; ".join(filter(None, groups)),
        organisation,
    )


def _rank(phone: _Property) -> int:
    """Mobile ones first; a fax cannot be written to."""
    if phone.params & set(NOT_FOR_SMS):
        return 2
    return 0 if phone.params & set(PREFERRED) else 1


def _number(phone: _Property) -> str:
    value = phone.value.strip()
    if value.lower().startswith("tel:"):
        value = value[4:].partition(";")[0]
    return _text(value)


def _from_parts(value: str) -> str:
    """N is family; given; additional; prefix; suffix."""
    family, given, *_ = [*map(_text, _parts(value)), "", ""]
    return f"{given} {family}".strip()


def _parts(value: str, separator: str = ";") -> list[str]:
    """Split where the separator is not escaped."""
    found, rest = [""], iter(value)
    for char in rest:
        if char == "\\":
            found[-1] += char + next(rest, "")
        elif char == separator:
            found.append("")
        else:
            found[-1] += char
    return found


def _text(value: str) -> str:
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value, flags=re.S).strip()


def _escaped(value: str) -> str:
    return re.sub(r"([\\,;])", r"\\\1", value).replace("\n", "\\n")


def _folded(line: str) -> Iterable[str]:
    """At most 75 octets each, never through a character (RFC 2426 2.6)."""
    piece, size = "", 0
    for char in line:
        width = len(char.encode("utf-8", "replace"))
        if size + width > 74:
            yield piece
            piece, size = " ", 1
        piece, size = piece + char, size + width
    yield piece
