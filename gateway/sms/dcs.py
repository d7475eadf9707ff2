"""TP-DCS, the data coding scheme (3GPP TS 23.038 clause 4), as one table of its 256 values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Alphabet(StrEnum):
    GSM7 = "GSM 7-bit"
    DATA = "8-bit data"
    UCS2 = "Unicode"


class WaitingKind(StrEnum):
    VOICEMAIL = "voicemail"
    FAX = "fax"
    EMAIL = "email"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class WaitingIndication:
    """Messages wait (or no longer wait) somewhere else; `store`: the text is meant to be kept."""

    kind: WaitingKind
    active: bool
    store: bool


@dataclass(frozen=True, slots=True)
class _Facts:
    alphabet: Alphabet
    message_class: int | None = None
    compressed: bool = False
    waiting: WaitingIndication | None = None


@dataclass(frozen=True, slots=True)
class Dcs:
    """How the user data is coded. Any value of one octet is one."""

    value: int = 0

    @classmethod
    def of(cls, alphabet: Alphabet, message_class: int | None = None) -> Dcs:
        """What we send: the general group, uncompressed. Class 0 shows at once ("flash")."""
        value = {Alphabet.GSM7: 0x00, Alphabet.DATA: 0x04, Alphabet.UCS2: 0x08}[alphabet]
        if message_class is None:
            return cls(value)
        return cls(value | 0x10 | message_class & 3)

    @property
    def alphabet(self) -> Alphabet:
        """Of the octets as they travel: compressed text is DATA, whatever comes out of it."""
        return _TABLE[self.value & 0xFF].alphabet

    @property
    def message_class(self) -> int | None:
        return _TABLE[self.value & 0xFF].message_class

    @property
    def compressed(self) -> bool:
        return _TABLE[self.value & 0xFF].compressed

    @property
    def waiting(self) -> WaitingIndication | None:
        return _TABLE[self.value & 0xFF].waiting


def _facts(value: int) -> _Facts:
    """Reserved codings are read as the default alphabet, as the standard asks for."""
    group = value >> 4
    if group < 0x8:
        return _general(value)
    if group >= 0xF:
        return _Facts(Alphabet.DATA if value & 0x04 else Alphabet.GSM7, value & 3)
    if group >= 0xC:
        kind = tuple(WaitingKind)[value & 3]
        waiting = WaitingIndication(kind, active=bool(value & 0x08), store=group != 0xC)
        return _Facts(Alphabet.UCS2 if group == 0xE else Alphabet.GSM7, waiting=waiting)
    return _Facts(Alphabet.GSM7)


def _general(value: int) -> _Facts:
    """00xx xxxx, and 01xx xxxx which asks to be deleted after reading."""
    message_class = value & 3 if value & 0x10 else None
    if value & 0x20:
        return _Facts(Alphabet.DATA, message_class, compressed=True)
    coded = (Alphabet.GSM7, Alphabet.DATA, Alphabet.UCS2, Alphabet.GSM7)[value >> 2 & 3]
    return _Facts(coded, message_class)


_TABLE = tuple(map(_facts, range(256)))

DEFAULT = Dcs()  # the default alphabet, no class
