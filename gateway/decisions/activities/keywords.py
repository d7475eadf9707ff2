"""Comparing what people write with the words that an activity listens for. Pure.

Python's own `\\w` leaves out the vowel signs of Indic scripts, hence the categories by hand.
"""

from __future__ import annotations

import unicodedata

from gateway.text.comparison import fold

INSIDE = "'-·"  # within a word they belong to it: don't, e-mail


def plain(text: str) -> str:
    """Comparable (gateway.text.comparison). "  ＪＯＩＮ\tus" is "join us"."""
    return fold(text)


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
