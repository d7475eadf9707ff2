"""How many of something, in words: the same wherever it is told. Pure."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 message", "2,000 messages"; `many` where that is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def people(number: int) -> str:
    """ "1 person", "2,000 people"."""
    return counted(number, "person", "people")
