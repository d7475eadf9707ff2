"""How a service says no: everything that is wrong, at once, each by its field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    field: str  # "recipients" | "text" | "connection" | "client_id" | "ttl" | ...
    words: str  # says what to do

    def __str__(self) -> str:
        return self.words


class Refused(Exception):
    """Nothing was stored. `errors` holds everything that is wrong, at once."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__(" ".join(e.words for e in self.errors))


class InTheWay(Refused):
    """Something that is there already: another has this name or number, or still needs it."""
