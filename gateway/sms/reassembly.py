"""Which parts belong together, and what a part that is there already means.

The parts themselves are kept by whoever asks: they may come over hours and restarts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from gateway.sms.address import TypeOfNumber
from gateway.sms.tpdu import Deliver
from gateway.sms.userdata import UserData

# Senders count references up and begin again: after this long, the same one is another message.
REUSED_AFTER_MS = 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Key:
    """What the parts of one message have in common, on one SIM.

    The size of the reference is part of it: 8-bit 5 and 16-bit 5 are two messages.
    """

    ton: TypeOfNumber
    npi: int
    sender: str
    bits: int
    ref: int
    total: int


class Fate(Enum):
    ADD = auto()  # the place is free
    DROP = auto()  # the same part once more
    NEW_SET = auto()  # the reference is in use again: this begins another message


def key(deliver: Deliver) -> Key | None:
    """None for a message of its own: no concatenation element, or a single part of one."""
    concat = deliver.user_data.concat
    if concat is None:
        return None
    sender = deliver.sender
    return Key(sender.ton, sender.npi, sender.value, concat.bits, concat.ref, concat.total)


def decide(held: UserData | None, age_ms: int, new: UserData) -> Fate:
    """What to do with `new` when `held` has its place since `age_ms` (None: nothing has)."""
    if held is None:
        return Fate.ADD
    if held.payload == new.payload and age_ms <= REUSED_AFTER_MS:
        return Fate.DROP
    return Fate.NEW_SET
