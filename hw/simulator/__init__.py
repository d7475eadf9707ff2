"""A modem on a pseudo terminal that any program can talk to, with faults to order."""

from .card import SimCard
from .faults import ALWAYS, Faults
from .memory import Memory, Slot
from .modem import SimulatedModem
from .personality import GENERIC, PERSONALITIES, Personality
from .surroundings import Carrier, MobileStation
from .textcodec import Shown, ShownReport, TextCodec

__all__ = [
    "ALWAYS",
    "GENERIC",
    "PERSONALITIES",
    "Carrier",
    "Faults",
    "Memory",
    "MobileStation",
    "Personality",
    "Shown",
    "ShownReport",
    "SimCard",
    "SimulatedModem",
    "Slot",
    "TextCodec",
]
