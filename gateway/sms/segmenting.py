"""A text as the user data of one or more messages (3GPP TS 23.040 clause 9.2.3.24.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, cast

from gateway.sms import breaks, gsm7, header, national, ucs2
from gateway.sms.dcs import Alphabet, Dcs
from gateway.sms.errors import EncodeError
from gateway.sms.header import Concat, Element
from gateway.sms.userdata import MAX_OCTETS, UserData

MAX_PARTS = 255


@dataclass(frozen=True, slots=True)
class Coding:
    """How a text is written: the alphabet, and the single shift language (0 = none).

    `atoms` are what is never cut, one per character: a septet with its escape, both halves of a
    surrogate pair.
    """

    alphabet: Alphabet
    single: int
    atoms: Sequence[bytes]

    @property
    def unit(self) -> int:
        """Bytes of `atoms` per unit that is counted: septets, or UTF-16 units."""
        return 2 if self.alphabet is Alphabet.UCS2 else 1

    def capacity(self, reference_bits: int) -> int:
        """Units that fit into one part; `reference_bits` 0 = a message of its own."""
        octets = {0: 0, 8: 5, 16: 6}[reference_bits] + (3 if self.single else 0)
        octets += 1 if octets else 0
        if self.alphabet is Alphabet.UCS2:
            return (MAX_OCTETS - octets) // 2
        return (MAX_OCTETS - octets) * 8 // 7


def segment(
    text: str,
    *,
    reference: int,
    reference_bits: int = 8,
    single_shift: int | None = None,
    message_class: int | None = None,
) -> tuple[tuple[UserData, ...], Dcs]:
    """The parts of a message and their coding; no text is one empty part.

    `single_shift` is the language whose letters may be used when that saves parts. Off by default:
    old handsets and some centres ignore the shift and show other letters.
    Raises EncodeError above 255 parts.
    """
    check_reference(reference, reference_bits)
    if message_class is not None and not 0 <= message_class <= 3:
        raise EncodeError(f"There is no message class {message_class}.")
    coding = choose(text, single_shift, reference_bits)
    cuts = cut(text, coding, reference_bits)
    if len(cuts) > MAX_PARTS:
        raise EncodeError(f"The text takes {len(cuts)} SMS; at most {MAX_PARTS} are possible.")
    shift = (Element(header.SINGLE_SHIFT, bytes((coding.single,))),) if coding.single else ()
    parts = []
    for seq, payload in enumerate(cuts, start=1):
        place: tuple[Element, ...] = ()
        if len(cuts) > 1:
            bits = cast("Literal[8, 16]", reference_bits)
            place = (Concat(bits, reference, len(cuts), seq).element(),)
        parts.append(UserData(place + shift, payload))
    return tuple(parts), Dcs.of(coding.alphabet, message_class)


def check_reference(reference: int, bits: int) -> None:
    if bits not in (8, 16):
        raise EncodeError("A reference has 8 or 16 bits.")
    if not 0 <= reference < 1 << bits:
        raise EncodeError(f"The reference {reference} does not fit into {bits} bits.")


def choose(text: str, single_shift: int | None = None, reference_bits: int = 8) -> Coding:
    """The default alphabet where it is enough, else Unicode, or the shift where that is shorter."""
    plain = gsm7.tokens(text)
    if plain is not None:
        return Coding(Alphabet.GSM7, 0, plain)
    unicode = Coding(Alphabet.UCS2, 0, [ucs2.encode(char) for char in text])
    if single_shift is None or national.single_shift(single_shift) is None:
        return unicode
    tokens = gsm7.tokens(text, single_shift)
    if tokens is None:
        return unicode
    shifted = Coding(Alphabet.GSM7, single_shift, tokens)
    fewer = len(cut(text, shifted, reference_bits)) < len(cut(text, unicode, reference_bits))
    return shifted if fewer else unicode


def cut(text: str, coding: Coding, reference_bits: int = 8) -> list[bytes]:
    """The payload of each part, however many; at least one.

    Between visible characters where that takes no more parts than cutting inside them would.
    """
    whole = b"".join(coding.atoms)
    if len(whole) <= coding.capacity(0) * coding.unit:
        return [whole]
    capacity = coding.capacity(reference_bits) * coding.unit
    plain = list(_filled(coding.atoms, capacity))
    if coding.alphabet is Alphabet.GSM7 and not coding.single:
        return plain
    sizes = breaks.clusters(text)
    if len(sizes) == len(text):
        return plain
    kind = list(_filled(_whole_clusters(coding.atoms, sizes, capacity), capacity))
    return kind if len(kind) <= len(plain) else plain


def _whole_clusters(atoms: Sequence[bytes], sizes: Sequence[int], capacity: int) -> Iterator[bytes]:
    """Each cluster as one piece; the atoms of one that no part could hold singly."""
    for end, size in zip(accumulate(sizes), sizes, strict=True):
        piece = b"".join(atoms[end - size : end])
        if len(piece) <= capacity:
            yield piece
        else:
            yield from atoms[end - size : end]


def _filled(pieces: Sequence[bytes] | Iterator[bytes], capacity: int) -> Iterator[bytes]:
    """The pieces in order, as many in each part as it can hold."""
    part: list[bytes] = []
    used = 0
    for piece in pieces:
        if used + len(piece) > capacity:
            yield b"".join(part)
            part, used = [], 0
        part.append(piece)
        used += len(piece)
    if part:
        yield b"".join(part)
