"""Why SMS failed, summed up: a few common causes, each with how many SMS it stopped."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.routing import NO_RULE
from gateway.store import trash

SHOWN = 3
# Of the commonest ones a few words say enough above a list; the whole sentence is with each row.
SHORT = {NO_RULE: "no routing rules"}


@dataclass(frozen=True, slots=True)
class Cause:
    number: int  # SMS to recipients
    short: str
    words: str  # the whole reason, with what to do


def causes() -> list[Cause]:
    """The commonest first."""
    return [Cause(n, _short(reason), reason) for reason, n in trash.causes(SHOWN)]


def _short(reason: str) -> str:
    found = SHORT.get(reason)
    if found is None:
        found = reason.rstrip(".")
        found = found[0].lower() + found[1:] if found[1:2].islower() else found
    return found
