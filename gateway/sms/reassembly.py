"""Which parts belong together, and what a part that is there already means.

The parts themselves are kept by whoever asks: they may come over hours and restarts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import combinations, pairwise

from gateway.sms.address import TypeOfNumber
from gateway.sms.tpdu import Deliver
from gateway.sms.userdata import UserData

# Senders count references up and begin again: after this long, the same one is another message.
REUSED_AFTER_MS = 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class PartKey:
    """What the parts of one message have in common, on one SIM.

    The size of the reference is part of it: 8-bit 5 and 16-bit 5 are two messages.
    """

    ton: TypeOfNumber
    npi: int
    sender: str
    bits: int
    ref: int
    total: int


class PartFate(Enum):
    ADD = auto()  # the place is free
    DROP = auto()  # the same part once more
    NEW_SET = auto()  # the reference is in use again: this begins another message


def key(deliver: Deliver) -> PartKey | None:
    """None for a message of its own: no concatenation element, or a single part of one."""
    concat = deliver.user_data.concat
    if concat is None:
        return None
    sender = deliver.sender
    return PartKey(sender.ton, sender.npi, sender.value, concat.bits, concat.ref, concat.total)


def decide(held: UserData | None, age_ms: int, new: UserData) -> PartFate:
    """What to do with `new` when `held` has its place since `age_ms` (None: nothing has)."""
    if held is None:
        return PartFate.ADD
    if held.payload == new.payload and age_ms <= REUSED_AFTER_MS:
        return PartFate.DROP
    return PartFate.NEW_SET


@dataclass(frozen=True, slots=True)
class PartPlace:
    """A part with a certain key, as far as its place is concerned."""

    id: int
    seq: int
    at: int | None  # TP-SCTS in milliseconds; None: not told


def grouped(pieces: Sequence[PartPlace], furthest_ms: int) -> list[frozenset[int]]:
    """Which of these parts make one message each: references come round, and some devices give all
    their messages the same one.

    What the service centre took closest together belongs together, whatever came first; a message
    has no part twice, and no two neighbours in time that are further apart than `furthest_ms`.
    Where the time does not tell, those that arrived one after the other. In order of arrival.
    """
    times = sorted(p.at for p in pieces if p.at is not None)
    linked = len(times) < len(pieces) or all(b - a <= furthest_ms for a, b in pairwise(times))
    if linked and len({p.seq for p in pieces}) == len(pieces):
        return [frozenset(p.id for p in pieces)]
    places = range(len(pieces))
    closest = sorted(combinations(places, 2), key=lambda pair: _apart(pieces, *pair))
    group = {place: frozenset({place}) for place in places}
    for one, other in closest:
        if _apart(pieces, one, other)[0] > furthest_ms:
            break
        a, b = group[one], group[other]
        if {pieces[p].seq for p in a}.isdisjoint(pieces[p].seq for p in b):
            group.update(dict.fromkeys(a | b, a | b))
    return [frozenset(pieces[p].id for p in g) for g in dict.fromkeys(group.values())]


def _apart(pieces: Sequence[PartPlace], one: int, other: int) -> tuple[int, int]:
    """In milliseconds, and in arrivals."""
    a, b = pieces[one].at, pieces[other].at
    return 0 if a is None or b is None else abs(a - b), abs(one - other)
