"""Address books as phones give them: vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350) -> a table.

What nobody asks for (photographs, keys) is passed over piece by piece; of everything else so much
is held as a person can have.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.services.people.text_files import TextFile

HEADER = ("Name", "Kind of number", "Number", "Notes", "Groups", "Organisation", "E-mail")
BETWEEN = " ::: "  # several numbers of one person, and their kinds
WANTED = frozenset((
    "BEGIN", "END", "FN", "N", "NICKNAME", "TEL", "NOTE", "CATEGORIES", "ORG", "EMAIL", "UID",
    "KIND", "X-ADDRESSBOOKSERVER-KIND", "MEMBER", "X-ADDRESSBOOKSERVER-MEMBER", "X-ABLABEL",
    "AGENT",
))  # fmt: skip
LONGEST = 1 << 14  # characters of one property that are kept
MOST = 200  # properties of one card, and letters of a line that are read at once
MOST_MEMBERS = 50_000  # of groups, each in MOST of them at most
NOT_PREFERRED = 1000
EVERYBODY = "mycontacts"  # Google's group of all people
_GROUP_CARD = re.compile(rb"KIND(?:;[^:\r\n]{0,80})?:\s*group\b", re.I)
_HEAD = re.compile(r'[^":]*(?:"[^"]*"[^":]*)*')
_PARAM = re.compile(r'(?:[^;"]|"[^"]*")+')
_SAYS_NOTHING = frozenset(("VOICE", "PREF", "TEXT", "MSG", "INTERNET", "X-VOIP", "X-SIM"))


@dataclass(frozen=True, slots=True)
class VCard:
    """One person. `line` is where it begins in the file."""

    line: int
    name: str
    numbers: tuple[tuple[str, str], ...]  # each with its kind in words, the preferred one first
    notes: str
    groups: tuple[str, ...]
    organisation: str
    email: str

    @property
    def cells(self) -> tuple[str, ...]:
        numbers = BETWEEN.join(number for number, _ in self.numbers)
        kinds = BETWEEN.join(kind for _, kind in self.numbers)
        groups = "; ".join(self.groups)
        kinds = kinds if any(kind for _, kind in self.numbers) else ""
        return (self.name, kinds, numbers, self.notes, groups, self.organisation, self.email)


@dataclass(frozen=True, slots=True)
class _Property:
    group: str  # "item1" of "item1.TEL"
    name: str
    types: tuple[str, ...]  # "TYPE=CELL" and bare "CELL" alike, in capitals
    value: str


@dataclass(slots=True)
class _Open:
    """A card that was begun."""

    line: int
    found: list[_Property] = field(default_factory=list)
    within: int = 0  # cards of others that were begun inside it


def looks_like(text: TextFile) -> bool:
    with text.open(newline=None) as file:
        return bool(re.match(r"\s*BEGIN\s*:\s*VCARD", file.read(2000), re.IGNORECASE))


def cards(text: TextFile) -> Iterator[VCard]:
    """Every person that was begun, whatever else is in the file, one by one."""
    member = _members(text) if _GROUP_CARD.search(text.content) else {}
    for begun in _begun(text):
        if not _is_group(begun.found):
            yield _card(begun, member)


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


# cards ------------------------------------------------------------------------------------------


def _begun(text: TextFile) -> Iterator[_Open]:
    current: _Open | None = None
    for number, line in _properties(text):
        if current and len(current.found) >= MOST and line[:6].upper() not in ("BEGIN:", "END:VC"):
            continue
        found = _property(line)
        if found is None:
            continue
        mark = found.value.strip().upper() == "VCARD"
        if found.name == "BEGIN" and mark:
            if current and current.found and current.found[-1].name == "AGENT":
                current.within += 1  # a card in a card (vCard 2.1): somebody else
                continue
            if current and current.found and not current.within:
                yield current
            current = _Open(number)
        elif found.name == "END" and mark and current is not None:
            if current.within:
                current.within -= 1
                current.found.append(_Property("", "END", (), ""))
                continue
            yield current
            current = None
        elif current is not None and not current.within and len(current.found) < MOST:
            current.found.append(found)
    if current and current.found:
        yield current


def _is_group(found: Iterable[_Property]) -> bool:
    kinds = ("KIND", "X-ADDRESSBOOKSERVER-KIND")
    return any(p.name in kinds and p.value.strip().lower() == "group" for p in found)


def _members(text: TextFile) -> Mapping[str, list[str]]:
    """UID of a person -> the groups whose cards name them. Read before anybody is."""
    found: dict[str, list[str]] = {}
    for begun in _begun(text):
        if not _is_group(begun.found):
            continue
        name = next((_text(p.value) for p in begun.found if p.name == "FN"), "")
        for one in begun.found:
            if name and one.name.endswith("MEMBER") and len(found) < MOST_MEMBERS:
                names = found.setdefault(_uid(one.value), [])
                if len(names) < MOST:
                    names.append(name)
    return found


def _uid(value: str) -> str:
    return value.strip().lower().removeprefix("urn:uuid:")


def _card(begun: _Open, member: Mapping[str, list[str]]) -> VCard:
    found = begun.found
    values = {p.name: p.value for p in reversed(found)}
    organisation = ", ".join(filter(None, map(_text, _parts(values.get("ORG", "")))))
    names = (values.get("FN", ""), values.get("NICKNAME", ""))
    full, nick = map(_text, names)
    name = full or _from_parts(values.get("N", "")) or nick or organisation
    numbers = _numbers(found)
    if name in (number for number, _ in numbers):
        name = ""  # a card has to have a name; ours without one carry their number there
    groups = [_text(one) for p in found if p.name == "CATEGORIES" for one in _parts(p.value, ",")]
    groups += member.get(_uid(values.get("UID", "")), []) if member else []
    groups = [one.strip() for group in groups for one in re.split("[,;]", group)]  # as ours are
    return VCard(
        line=begun.line,
        name=name,
        numbers=numbers,
        notes="\n".join(filter(None, (_text(p.value) for p in found if p.name == "NOTE"))),
        groups=tuple(g for g in dict.fromkeys(groups) if g and g.lower() != EVERYBODY),
        organisation=organisation,
        email=_text(values.get("EMAIL", "")),
    )


def _numbers(found: Sequence[_Property]) -> tuple[tuple[str, str], ...]:
    labels = {p.group: _label(p.value) for p in found if p.name == "X-ABLABEL" and p.group}
    phones = [p for p in found if p.name == "TEL"]
    phones.sort(key=lambda p: min(map(_preference, p.types), default=NOT_PREFERRED))
    numbers: dict[str, str] = {}
    for phone in phones:
        value = phone.value.strip()
        if value.lower().startswith("tel:"):
            value = value[4:].partition(";")[0]
        types = (t for t in phone.types if t not in _SAYS_NOTHING and not t.startswith("PREF="))
        said = [t.removeprefix("X-").lower() for t in types]
        said = [labels[phone.group]] if labels.get(phone.group) else said
        if number := _text(value):
            numbers.setdefault(number, " ".join(said))
    return tuple(numbers.items())


def _preference(said: str) -> int:
    """1 is the first one, 100 the last (RFC 6350 5.3); older cards say PREF alone."""
    if said == "PREF":
        return 1
    level = said.removeprefix("PREF=")
    return int(level) if level != said and re.fullmatch("[0-9]{1,3}", level) else NOT_PREFERRED


def _label(value: str) -> str:
    """Apple's own words are between signs: _$!<Mobile>!$_"""
    return _text(value).removeprefix("_$!<").removesuffix(">!$_")


def _from_parts(value: str) -> str:
    """N is family; given; additional; prefix; suffix."""
    family, given, additional, *_ = [*map(_text, _parts(value)), "", "", ""]
    return " ".join(filter(None, (given, additional, family)))


# properties -------------------------------------------------------------------------------------


def _properties(text: TextFile) -> Iterator[tuple[int, str]]:
    """Those that are wanted, each whole: a blank at the start of a line goes on with it, and so
    does = at the end of quoted-printable (some writers do both). In vCard 2.1 alone
    that blank is a part of the value (2.1.3 there; RFC 2426 2.6 takes it out).
    """
    held: list[str] = []
    started, octets_left, quoted, soft, old = 0, 0, False, False, False
    for number, piece, first in _pieces(text):
        body = piece.rstrip("\n")
        goes_on = soft and body[:9].upper() not in ("END:VCARD", "BEGIN:VCA")
        if first and not goes_on and body[:1] not in (" ", "\t"):
            if held:
                yield started, "".join(held)
            head = body.partition(":")[0].upper()
            wanted = head.partition(";")[0].rpartition(".")[2].strip() in WANTED
            held, started = [], number
            if head in ("BEGIN", "VERSION"):
                old = body.rpartition(":")[2].strip() == "2.1"
            octets_left, quoted = (LONGEST if wanted else 0), "QUOTED-PRINTABLE" in head
        elif first and body[:1] in (" ", "\t"):
            body = body[1:] if quoted or not old else f" {body[1:]}"
        soft = quoted and piece.endswith("\n") and body.endswith("=")
        if soft:
            body = body[:-1]
        if octets_left > 0 and body:
            held.append(body[:octets_left])
            octets_left -= len(body)
    if held:
        yield started, "".join(held)


def _pieces(text: TextFile) -> Iterator[tuple[int, str, bool]]:
    """(number of the line, a piece of it, whether it is its first one)."""
    number, first = 0, True
    with text.open(newline=None) as file:
        while piece := file.readline(1 << 12):
            number += first
            yield number, piece, first
            first = piece.endswith("\n")


def _property(line: str) -> _Property | None:
    head = _HEAD.match(line)
    end = head.end() if head else 0
    if line[end : end + 1] != ":":
        end = line.find(":")  # a quotation mark that is never closed
    if end < 1:
        return None
    name, *params = _PARAM.findall(line[:end]) or [""]
    group, _, name = name.rpartition(".")
    said = [p.strip().upper().replace('"', "") for p in params]
    value = line[end + 1 :]
    if {"ENCODING=QUOTED-PRINTABLE", "QUOTED-PRINTABLE"} & set(said):
        value = _decoded(quopri.decodestring(value.encode("utf-8", "replace")), said)
    elif {"ENCODING=B", "ENCODING=BASE64", "BASE64"} & set(said):
        value = _from_base64(value, said)
    types = [
        one.strip()
        for p in said
        if "=" not in p or p.startswith(("TYPE=", "PREF="))
        for one in p.removeprefix("TYPE=").split(",")
    ]
    return _Property(group.strip(), name.strip().upper(), tuple(filter(None, types)), value)


def _from_base64(value: str, params: Sequence[str]) -> str:
    try:
        return _decoded(binascii.a2b_base64(value.encode("ascii")), params)
    except ValueError:
        return value


def _decoded(octets: bytes, params: Sequence[str]) -> str:
    charset = next((p[8:] for p in params if p.startswith("CHARSET=")), "UTF-8")
    try:
        return octets.decode(charset, errors="replace")
    except (LookupError, ValueError):
        return octets.decode("utf-8", errors="replace")


def _parts(value: str, separator: str = ";") -> list[str]:
    """Split where the separator is not escaped."""
    found, start, at = [], 0, 0
    while at < len(value):
        if value[at] == "\\":
            at += 1
        elif value[at] == separator:
            found.append(value[start:at])
            start = at + 1
        at += 1
    return [*found, value[start:]]


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
