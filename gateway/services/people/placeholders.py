"""`{name}`, `{number}` and own fields such as `{Town}` in a text, filled in for each recipient.

Nobody's name is nothing; `{name|friend}` says "friend" then, and so do all others with a `|`.
Anything between braces counts as one, so that a mistyped one is refused and never sent as it
stands. Whoever wants braces in an SMS doubles them: `{{like this}}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gateway.store.people import groups, people
from gateway.store.people.people import ContactInfo, fold

PATTERN = re.compile(r"\{\{([^{}\n]*)\}\}|\{([^{}\n]{1,60})\}")
NAME, NUMBER = "name", "number"
RESERVED = (NAME, NUMBER)

Value = Callable[[str, ContactInfo | None], str]  # of a number and whom it belongs to


@dataclass(frozen=True, slots=True)
class FilledTexts:
    """What each recipient gets. `empty`: placeholder -> for how many it stays empty."""

    texts: tuple[str, ...]
    empty: Mapping[str, int]


class Template:
    """A text with placeholders, read once and filled in for many."""

    def __init__(
        self,
        text: str,
        extra: Mapping[str, str] = {},
        unnamed: Callable[[str], str] = lambda number: "",
    ) -> None:
        """`extra`: further placeholders (folded) that are alike for everybody. `unnamed`: what
        stands for the name of a number that has none.
        """
        own = {fold(f.name): f.id for f in groups.fields()} if "{" in text else {}
        self._pieces: list[str | Value] = []
        self._names: list[str] = []
        self.unknown: list[str] = []
        end = 0
        for match in PATTERN.finditer(text):
            self._pieces.append(text[end : match.start()])
            end = match.end()
            if match[2] is None:
                self._pieces.append("{" + match[1] + "}")
            else:
                self._placeholder(match[2], own, extra, unnamed)
        self._pieces.append(text[end:])

    def _placeholder(
        self,
        inside: str,
        own: Mapping[str, int],
        extra: Mapping[str, str],
        unnamed: Callable[[str], str],
    ) -> None:
        name, bar, instead = inside.partition("|")
        value = _value(fold(name), own, extra, unnamed)
        if value is None:
            self.unknown.append(name)
        else:
            self._pieces.append(_or(value, instead) if bar else value)
            self._names.append(name.strip())

    @property
    def varies(self) -> bool:
        return bool(self._names)

    def fill(self, numbers: Sequence[str]) -> FilledTexts:
        if not self.varies:
            return FilledTexts(("".join(map(str, self._pieces)),) * len(numbers), {})
        known = _contacts(numbers)
        empty: dict[str, int] = {}
        texts = tuple(self._one(number, known.get(number), empty) for number in numbers)
        return FilledTexts(texts, empty)

    def _one(self, number: str, contact: ContactInfo | None, empty: dict[str, int]) -> str:
        said = []
        names = iter(self._names)
        for piece in self._pieces:
            if isinstance(piece, str):
                said.append(piece)
                continue
            name, value = next(names), piece(number, contact)
            if not value:
                empty[name] = empty.get(name, 0) + 1
            said.append(value)
        return "".join(said)


def _or(value: Value, instead: str) -> Value:
    return lambda number, contact: value(number, contact) or instead


def escaped(text: str) -> str:
    """A text to be sent word for word, as it has to be written: its braces doubled."""
    return PATTERN.sub(lambda m: "{{" + m[2] + "}}" if m[1] is None else "{{{" + m[1] + "}}}", text)


def available() -> list[str]:
    """What may stand between braces, as it is offered."""
    return [*RESERVED, *(f.name for f in groups.fields())]


def _value(
    folded: str,
    own: Mapping[str, int],
    extra: Mapping[str, str],
    unnamed: Callable[[str], str],
) -> Value | None:
    if folded in extra:
        return lambda number, contact: extra[folded]
    if folded == NAME:
        return lambda number, contact: (contact.name if contact else "") or unnamed(number)
    if folded == NUMBER:
        return lambda number, contact: number
    if (field_id := own.get(folded)) is None:
        return None
    return lambda number, contact: contact.fields.get(field_id, "") if contact else ""


def _contacts(numbers: Sequence[str]) -> dict[str, ContactInfo]:
    ids = people.ids_of(numbers)
    return {c.number: c for c in people.by_ids(list(ids.values()))}
