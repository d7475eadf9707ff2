"""Of all numbers that a row of somebody's file has, the one that SMS go to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import phonenumbers

from gateway.services.people.headings import NUMBERS, rank
from gateway.services.people.numbers import BadNumber
from gateway.services.people.senders import meant

BETWEEN = re.compile(r":::|[;,|\r\n]|\s/\s")  # several in one cell
OR = re.compile(r"[/&]|\bor\b")  # between numbers that are whole ones alone
LONGEST_CELL = 1000  # characters that are looked through for more than one number
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
_UNKNOWN = phonenumbers.PhoneNumberType.UNKNOWN


@dataclass(frozen=True, slots=True)
class TypedNumber:
    number: str
    kind: str  # one of NUMBERS; "" = no SMS reaches it
    called: str = ""  # by the head or by the file


@dataclass(frozen=True, slots=True)
class RowNumber:
    number: str = ""  # as it was typed
    notes: str = ""  # the others
    bad: str = ""  # why those that could not be read are none


def several(cell: str, country: str) -> list[str]:
    """A cell with more than one number in it, as address books join them.

    Pieces of a number are no numbers: of 712,000,003 the first one would be a service's.
    """
    whole = cell.strip()
    if len(whole) > LONGEST_CELL or not isinstance(meant(whole, country), BadNumber):
        return [whole]
    found = [piece for one in _split(BETWEEN, whole) for piece in _either(one, country)]
    if ":::" in whole or any(_is_whole(one, country) for one in found):
        return found
    return [whole]


def _split(between: re.Pattern[str], text: str) -> list[str]:
    return [one.strip() for one in between.split(text) if one.strip()]


def _either(typed: str, country: str) -> list[str]:
    """“0712000001/0712000002”, but not “020/1234567”."""
    found = _split(OR, typed)
    return found if found and all(_is_whole(one, country) for one in found) else [typed]


def _is_whole(typed: str, country: str) -> bool:
    found = meant(typed, country)
    return not isinstance(found, BadNumber) and found.startswith("+")


def labelled(cell: str, labels: str, kind: str, head: str, country: str) -> list[TypedNumber]:
    """The numbers of a cell; what they are called stands in `labels`, or in the head."""
    numbers = several(cell, country)
    called = [one.strip() for one in labels.split(":::")] if labels.strip() else []
    if len(called) != len(numbers):
        called = called * len(numbers) if len(called) == 1 else [""] * len(numbers)
    return [
        TypedNumber(number, rank(label) if label else kind, label or head)
        for number, label in zip(numbers, called, strict=True)
    ]


def choose(typed: Iterable[TypedNumber], country: str) -> RowNumber:
    """A mobile one by its digits, else by what it is called, else the first."""
    distinct: dict[str, tuple[int, TypedNumber]] = {}
    bad: list[tuple[TypedNumber, BadNumber]] = []
    unfit: list[TypedNumber] = []
    for at, one in enumerate(typed):
        found = meant(one.number, country)
        if isinstance(found, BadNumber):
            bad.append((one, found))
        elif not one.kind:
            unfit.append(one)
        else:
            rated = (_rated(found, one, at), one)
            distinct[found] = min(distinct.get(found, rated), rated, key=lambda r: r[0])
    order = [one for _, one in sorted(distinct.values(), key=lambda r: r[0])]
    notes = _line("Other numbers", [*order[1:], *unfit])
    notes += _line("Not read as a number", [one for one, _ in bad])
    return RowNumber(
        order[0].number if order else "", notes.strip(), " ".join(f"{why}." for _, why in bad)
    )


def _rated(number: str, typed: TypedNumber, at: int) -> int:
    called = NUMBERS.index(typed.kind)
    return (_fixed(number) * 10 + called) * 1000 + min(at, 999)


def _fixed(number: str) -> int:
    """0 = a mobile one by its digits, 1 = nobody knows, 2 = a landline."""
    try:
        found = phonenumbers.number_type(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return 1
    if found in _MOBILE:
        return 0
    return 1 if found == _UNKNOWN else 2


def _line(head: str, typed: Sequence[TypedNumber]) -> str:
    if not typed:
        return ""
    said = (f"{one.number} ({one.called})" if one.called else one.number for one in typed)
    return f"{head}: {', '.join(said)}\n"
