"""Who is meant by what is typed under Recipients: numbers, names of people, names of groups.

"Ann Otieno <+254712345678>" is how the page writes a person who was chosen from the list; what
counts is the number between the brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gateway.services.people.numbers import SEPARATORS, BadNumber, Recipients
from gateway.services.people.senders import meant
from gateway.store.people import blocked, groups, people
from gateway.store.people.people import ContactInfo, fold

CHOSEN = re.compile(r"[^<>]*<\s*([^<>]+?)\s*>")
UNWRITABLE = re.compile(r"[,;<>\s]+")  # in a name that goes into the field


@dataclass(frozen=True, slots=True)
class Addressee:
    """One thing that was typed, and whom it stands for."""

    typed: str
    shown: str
    kind: str  # "number" | "person" | "group"
    numbers: tuple[str, ...]
    place: int = 0  # among all that was typed, from 0
    group_id: int = 0


@dataclass(frozen=True, slots=True)
class Addressees:
    entries: tuple[Addressee, ...]
    bad: tuple[BadNumber, ...]

    @property
    def recipients(self) -> Recipients:
        distinct = dict.fromkeys(number for entry in self.entries for number in entry.numbers)
        return Recipients(tuple(distinct), self.bad)


def resolve(
    typed: str | Sequence[str], country: str, *, empty_groups: bool = False, names: bool = True
) -> Addressees:
    """Nothing is dropped in silence: see `bad`. `empty_groups`: those without people may do.

    Without `names` nobody is looked up: a name is nothing but a bad number.
    """
    parts: Iterable[str] = SEPARATORS.split(typed) if isinstance(typed, str) else typed
    entries: list[Addressee] = []
    bad: list[BadNumber] = []
    for place, part in enumerate(filter(None, map(str.strip, parts))):
        found = _addressee(part, country, empty_groups) if names else _number(part, country)
        if isinstance(found, BadNumber):
            bad.append(found)
        else:
            entries.append(replace(found, place=place))
    return Addressees(tuple(entries), tuple(bad))


def written_person(contact: ContactInfo) -> str:
    """How a chosen person stands in the field."""
    name = UNWRITABLE.sub(" ", contact.name).strip()
    return f"{name} <{contact.number}>" if name else contact.number


def known_name(typed: str) -> bool:
    """Whether somebody, or a group, is called so."""
    return _by_name(typed.strip(), empty_groups=True) is not None


def blocked_among(numbers: Sequence[str]) -> int:
    return len(blocked.among(numbers))


def _addressee(typed: str, country: str, empty_groups: bool) -> Addressee | BadNumber:
    chosen, number = _written_number(typed, country)
    if isinstance(number, str):
        return Addressee(typed, typed, "person" if chosen else "number", (number,))
    if chosen or not any(c.isalpha() for c in typed):
        return _by_name(typed, empty_groups) or number
    return _by_name(typed, empty_groups) or BadNumber(
        number.typed, "is not a phone number, nor the name of a person or a group"
    )


def _number(typed: str, country: str) -> Addressee | BadNumber:
    _, number = _written_number(typed, country)
    return Addressee(typed, typed, "number", (number,)) if isinstance(number, str) else number


def _written_number(typed: str, country: str) -> tuple[bool, str | BadNumber]:
    """Whether a name stands before it, as `written` puts it there; and the number."""
    chosen = CHOSEN.fullmatch(typed)
    return chosen is not None, meant(chosen[1] if chosen else typed, country)


def _by_name(typed: str, empty_groups: bool) -> Addressee | BadNumber | None:
    folded = fold(typed)
    group, namesakes = groups.named(folded), people.named(folded)
    if group and namesakes:
        return BadNumber(
            typed, "is a group and also a person: choose one under “Show all contacts”"
        )
    if group:
        numbers = tuple(groups.numbers(group.id))
        if numbers or empty_groups:
            return Addressee(typed, group.name, "group", numbers, group_id=group.id)
        words = "has nobody with a number in it" if group.people else "has nobody in it"
        return BadNumber(typed, f"is a group that {words}")
    if len(namesakes) > 1:
        words = f"is the name of {len(namesakes)} people: choose under “Show all contacts”"
        return BadNumber(typed, words)
    if not namesakes:
        return None
    if not namesakes[0].number:
        return BadNumber(typed, "has no phone number; enter one under People")
    return Addressee(typed, namesakes[0].name, "person", (namesakes[0].number,))
