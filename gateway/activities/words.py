"""Comparing what people write with the words that an activity listens for. Pure.

Case never counts, nor do invisible characters, nor which of several Unicode spellings was used.
Python's own `\\w` leaves out the vowel signs of Indic scripts, hence the categories by hand.
"""

from __future__ import annotations

import unicodedata

INSIDE = "'’-‐‑·"  # within a word they belong to it: don't, e-mail
_DOTTED_I = {ord("ı"): "i", 0x307: None}  # İ and I of Turkish: capitals of one word on two phones


def plain(text: str) -> str:
    """Comparable: no case, single blanks, nothing invisible. "  ＪＯＩＮ\\tus" is "join us"."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_DOTTED_I)
    folded = unicodedata.normalize("NFKC", folded)
    return " ".join("".join(c for c in folded if not _is_invisible(c)).split())


def first_words(text: str) -> tuple[str, ...]:
    """What can be taken for the first word, punctuation around it left out; () = there is none.

    Two readings where they differ: "join,please" begins with "join", "👍" is a word although it
    has no letter, "c++" is itself and "c".
    """
    tokens = (_stripped(token) for token in plain(text).split())
    first = next((token for token in tokens if token), "")
    letters = _run(first)
    return tuple(dict.fromkeys(word for word in (first, letters) if word))


def as_word(typed: str) -> str:
    """A word to listen for, made comparable; "" when nothing is left of it."""
    return _stripped(plain(typed))


def _run(token: str) -> str:
    """The first run of letters, digits and their marks, with what may stand inside a word."""
    found = ""
    for at, char in enumerate(token):
        joins = found and char in INSIDE and _is_letter(token[at + 1 : at + 2])
        if _is_letter(char) or joins:
            found += char
        elif found:
            break
    return found


def _stripped(token: str) -> str:
    start, end = 0, len(token)
    while start < end and _is_punctuation(token[start]):
        start += 1
    while start < end and _is_punctuation(token[end - 1]):
        end -= 1
    return token[start:end]


def _is_letter(char: str) -> bool:
    return char != "" and unicodedata.category(char)[0] in "LMN"


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char)[0] in "PZC"


def _is_invisible(char: str) -> bool:
    """Direction marks, joiners, variation selectors, controls other than blanks."""
    if "\ufe00" <= char <= "\ufe0f":
        return True
    return unicodedata.category(char)[0] == "C" and not char.isspace()
