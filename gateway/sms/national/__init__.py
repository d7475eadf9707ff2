"""National language tables of 3GPP TS 23.038 Annex A, one small module per language.

A module holds `SINGLE` and, except for Spanish, `LOCKING`: code points in hexadecimal, sixteen to a
row as in the standard, `.` where a code is open. They are read when a message first needs them.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

# TS 23.038 clause 6.2.1.2.4: the National Language Identifier.
LANGUAGES = {
    1: "turkish",
    2: "spanish",
    3: "portuguese",
    4: "bengali",
    5: "gujarati",
    6: "hindi",
    7: "kannada",
    8: "malayalam",
    9: "oriya",
    10: "punjabi",
    11: "tamil",
    12: "telugu",
    13: "urdu",
}

ESCAPE = 0x1B


@lru_cache(maxsize=16)
def locking(language: int) -> str | None:
    """The main table as 128 characters, space where a code is open; None when there is none."""
    rows = _rows(language, "LOCKING")
    if rows is None:
        return None
    table = [" "] * 128
    for septet, char in rows.items():
        table[septet] = char
    table[ESCAPE] = "\x1b"
    return "".join(table)


@lru_cache(maxsize=16)
def single_shift(language: int) -> dict[int, str] | None:
    """The table behind the escape; None when there is none."""
    return _rows(language, "SINGLE")


def _rows(language: int, name: str) -> dict[int, str] | None:
    if language not in LANGUAGES:
        return None
    text: str | None = getattr(import_module(f"{__name__}.{LANGUAGES[language]}"), name, None)
    if text is None:
        return None
    return {septet: chr(int(word, 16)) for septet, word in enumerate(text.split()) if word != "."}
