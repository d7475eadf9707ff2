"""What a text costs: the counter beside the field in which it is written."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.sms import gsm7, replacing
from gateway.sms.dcs import Alphabet
from gateway.sms.segmenting import choose, cut


@dataclass(frozen=True, slots=True)
class TextLength:
    """`units` are septets (two for an escaped character) or UTF-16 units (two for most emoji).

    `remaining`: units that still fit into the last part. `forced_by`: the distinct characters that
    make the text Unicode, in order. `replacements`: plain text offered for them, spelling
    unchanged; `letters`: plain letters for those with marks, which changes the spelling.
    """

    alphabet: Alphabet
    characters: int
    units: int
    parts: int
    remaining: int
    forced_by: tuple[str, ...]
    replacements: dict[str, str]
    letters: dict[str, str]


def count(text: str, *, single_shift: int | None = None) -> TextLength:
    """Of any text, also one that is too long to send; an empty one is one part."""
    coding = choose(text, single_shift)
    parts = cut(text, coding)
    capacity = coding.capacity(8 if len(parts) > 1 else 0)
    unicode = coding.alphabet is Alphabet.UCS2
    known = gsm7.encoder(single_shift or 0)
    return TextLength(
        alphabet=coding.alphabet,
        characters=len(text),
        units=sum(map(len, coding.atoms)) // coding.unit,
        parts=len(parts),
        remaining=capacity - len(parts[-1]) // coding.unit,
        forced_by=tuple(dict.fromkeys(c for c in text if c not in known)) if unicode else (),
        replacements=replacing.offers(text) if unicode else {},
        letters=replacing.letters(text) if unicode else {},
    )
