"""A modem on a pseudo terminal that any program can talk to, with faults to order."""

from .card import SimCard
from .faults import ALWAYS, Faults
from .memory import Memory, MemorySlot
from .modem import SimulatedModem
from .personality import GENERIC, PERSONALITIES, Personality
from .surroundings import Carrier, MobileStation
from .textcodec import ShownMessage, ShownReport, TextCodec

__all__ = [
    "ALWAYS",
    "GENERIC",
    "PERSONALITIES",
    "Carrier",
    "Faults",
    "Memory",
    "MemorySlot",
    "MobileStation",
    "Personality",
    "ShownMessage",
    "ShownReport",
    "SimCard",
    "SimulatedModem",
    "TextCodec",
]
