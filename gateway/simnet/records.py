"""What the pretend network remembers, and how its phones put parts together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from gateway import sms


@dataclass(frozen=True, slots=True)
class SentSubmit:
    """One SUBMIT that reached the network. `refused` is the CMS code, None = taken."""

    sender: str
    recipient: str
    submit: sms.Submit
    at: int
    refused: int | None


@dataclass(frozen=True, slots=True)
class ReceivedSegment:
    """One message or segment that reached the number it was for."""

    sender: str
    recipient: str
    user_data: sms.UserData
    dcs: sms.Dcs
    at: int


@dataclass(frozen=True, slots=True)
class PhoneMessage:
    """A whole message as the phone `number` shows it."""

    number: str
    peer: str
    text: str
    at: int
    direction: Literal["received", "sent"]
    complete: bool = True


def grouped(parts: Iterable[ReceivedSegment]) -> list[list[ReceivedSegment]]:
    """The parts of each message together, in the order in which the messages began.

    A phone puts a part into the oldest message of its reference that lacks it.
    """
    groups: list[list[ReceivedSegment]] = []
    open_groups: defaultdict[tuple[str, int, int, int], list[list[ReceivedSegment]]] = defaultdict(
        list
    )
    for part in parts:
        concat = part.user_data.concat
        if concat is None:
            groups.append([part])
            continue
        candidates = open_groups[part.sender, concat.bits, concat.ref, concat.total]
        for group in candidates:
            if concat.seq not in {_seq(other) for other in group}:
                group.append(part)
                break
        else:
            candidates.append([part])
            groups.append(candidates[-1])
    return groups


def _seq(part: ReceivedSegment) -> int:
    concat = part.user_data.concat
    return concat.seq if concat else 1


def message_of(group: list[ReceivedSegment]) -> PhoneMessage:
    first = group[0]
    total = first.user_data.concat.total if first.user_data.concat else 1
    joined = sms.join_text({_seq(part): (part.user_data, part.dcs) for part in group}, total)
    return PhoneMessage(
        first.recipient, first.sender, joined.text, first.at, "received", not joined.missing
    )
