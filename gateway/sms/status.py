"""TP-ST, the outcome of a delivery, in words (3GPP TS 23.040 clause 9.2.3.15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["delivered", "pending", "failed"]


@dataclass(frozen=True, slots=True)
class StatusWords:
    kind: Kind
    words: str


_CAUSES = {
    0x00: "delivered",
    0x01: "passed on, but the network cannot tell whether it arrived",
    0x02: "replaced by a newer message in the network",
    0x20: "the network is congested and still trying",
    0x21: "the phone is busy, the network is still trying",
    0x22: "the phone does not answer, the network is still trying",
    0x23: "the phone's network rejected it, ours is still trying",
    0x24: "the network has no channel of the needed quality and is still trying",
    0x25: "the phone reported an error, the network is still trying",
    0x40: "the recipient's network reported an error",
    0x41: "the recipient's phone cannot receive this kind of message",
    0x42: "the recipient's phone rejected it",
    0x43: "the recipient cannot be reached",
    0x44: "the network has no channel of the needed quality",
    0x45: "no connection to the recipient's network",
    0x46: "its time was over, the network gave up",
    0x47: "deleted by the sender",
    0x48: "deleted by the network's administration",
    0x49: "the network does not know the message",
    0x60: "the network was congested and gave up",
    0x61: "the phone was busy, the network gave up",
    0x62: "the phone did not answer, the network gave up",
    0x63: "the recipient's network rejected it",
    0x64: "the network had no channel of the needed quality and gave up",
    0x65: "the phone reported an error, the network gave up",
}
# By bits 6 and 5, for values that the standard reserves or leaves to each network.
_GROUPS: tuple[StatusWords, ...] = (
    StatusWords("delivered", "the network says it is done"),
    StatusWords("pending", "the network is still trying"),
    StatusWords("failed", "the network could not deliver it"),
    StatusWords("failed", "the network gave up"),
)
_REJECTED = 0x63


def describe_status(tp_st: int) -> StatusWords:
    """Never fails. Bit 7 is reserved, and such a value means "service rejected" (9.2.3.15)."""
    if not 0 <= tp_st < 0x80:
        return StatusWords("failed", f"{_CAUSES[_REJECTED]} (status {tp_st})")
    group = _GROUPS[tp_st >> 5]
    if tp_st in _CAUSES:
        return StatusWords(group.kind, _CAUSES[tp_st])
    return StatusWords(group.kind, f"{group.words} (status {tp_st})")
