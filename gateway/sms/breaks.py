"""Where a text may be cut: between what a reader sees as characters.

A light form of the grapheme clusters of Unicode Standard Annex 29: letters with their combining
marks, emoji with skin colour, joiners and variation selectors, flags, Indic conjuncts.
"""

from __future__ import annotations

from unicodedata import category, combining

ZWJ = "\u200d"
_VIRAMA = 9  # canonical combining class of the sign that joins two Indic consonants
_SKIN = range(0x1F3FB, 0x1F400)
_FLAG = range(0x1F1E6, 0x1F200)  # regional indicators: two make a flag
_TAGS = range(0xE0020, 0xE0080)  # behind a flag: a part of the country
_MARKS = ("Mn", "Mc", "Me")


def clusters(text: str) -> list[int]:
    """How many code points each cluster has, in order."""
    sizes: list[int] = []
    previous = ""
    flags = 0  # regional indicators in a row, so far
    for char in text:
        flag = ord(char) in _FLAG
        if previous and (_joined(previous, char) or (flag and flags % 2 == 1)):
            sizes[-1] += 1
        else:
            sizes.append(1)
        flags = flags + 1 if flag else 0
        previous = char
    return sizes


def _joined(previous: str, char: str) -> bool:
    """Whether `char` belongs to what `previous` ended."""
    if char < "\u0300":
        return previous == "\r" and char == "\n"
    if char in (ZWJ, "\u200c") or ord(char) in _SKIN or ord(char) in _TAGS:
        return True
    if category(char) in _MARKS:  # variation selectors are among them
        return True
    if previous == ZWJ:
        return True
    return combining(previous) == _VIRAMA and category(char) == "Lo"
