"""A dispatch on its way out: what a claim hands over, and all that a modem's thread needs of it.

One value from the store, which makes it, through dispatch to the modem. It stands on this floor
because the store and the modems know nothing of each other.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PartToSend:
    part_id: int
    seq: int
    tpdu: str  # SMS-SUBMIT as hex


@dataclass(frozen=True, slots=True)
class Assignment:
    """A claimed dispatch with the parts that the network has not taken yet, in order."""

    dispatch_id: int
    number: str
    connection_id: int
    parts: tuple[PartToSend, ...]
    chosen: bool = False  # the connection was chosen for it, and no other may send it
