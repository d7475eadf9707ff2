"""One way to compare what people write: STOP, words of activities, names, search. Pure.

Alike is what keyboards, phones and habits write apart and people read as one: case, accents,
Unicode spellings, invisible characters, letters with strokes (Łódź and Lodz), the Arabic, Persian
and Urdu forms of one letter, vowel marks that may be left out. Marks that make another
word are kept: the vowels of Indic scripts, tones of Thai, voiced kana.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Letters that Unicode does not take apart, with what people write who do not have the key.
_LATIN = {
    "ł": "l", "ƚ": "l", "ɫ": "l", "đ": "d", "ð": "d", "ɖ": "d", "ɗ": "d", "ø": "o", "ɔ": "o",
    "ɵ": "o", "ħ": "h", "ɦ": "h", "ı": "i", "ɨ": "i", "ɩ": "i", "ĸ": "k", "ƙ": "k", "ŋ": "n",
    "ɲ": "n", "ƞ": "n", "ŧ": "t", "ƭ": "t", "ʈ": "t", "ⱦ": "t", "ƀ": "b", "ɓ": "b", "ƈ": "c",
    "ȼ": "c", "ɛ": "e", "ə": "e", "ǝ": "e", "ɇ": "e", "ƒ": "f", "ɠ": "g", "ɣ": "g", "ǥ": "g",
    "ɉ": "j", "ƥ": "p", "ɍ": "r", "ʉ": "u", "ʊ": "u", "ʋ": "v", "ƴ": "y", "ɏ": "y", "ƶ": "z",
    "ⱥ": "a", "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss", "ȸ": "db", "ȹ": "qp",
}  # fmt: skip
_CYRILLIC = {"ґ": "г", "ғ": "г", "қ": "к", "ң": "н", "ү": "у", "ұ": "у", "ө": "о", "ә": "а"}
_ARABIC = {
    "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه",
    "ۃ": "ه", "ٱ": "ا", "ـ": "",
}  # fmt: skip
_HEBREW = {"ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ"}
_SIGNS = {
    **dict.fromkeys("’‘‛ʼʹʻ′ꞌ", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}
_ALIKE = str.maketrans(_LATIN | _CYRILLIC | _ARABIC | _HEBREW | _SIGNS)

# Canonical combining classes of marks that change no word: strokes and dots (1, 7), Hebrew points
# and Arabic vowels (10 to 36), accents (200 and more). Others are viramas, tones and kana marks.
_LEFT_OUT = frozenset((1, 6, 7, *range(10, 37), *range(200, 256)))
_SHAPES = (("\u180b", "\u180f"), ("\ufe00", "\ufe0f"), ("\U0001f3fb", "\U0001f3ff"),
           ("\U000e0100", "\U000e01ef"))  # fmt: skip


def fold(text: str) -> str:
    """Comparable: "  ＪＯＳÉ  Łoś" and "jose los" are one. Folded twice is folded once."""
    if not text.isascii():
        text = text.encode("utf-8", "ignore").decode()  # half a character is nothing to compare
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        text = "".join(map(_kept, text.translate(_ALIKE)))
        text = unicodedata.normalize("NFC", text)
    text = text.casefold().replace("`", "'")
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())


def letters(text: str) -> str:
    """Only what words consist of: " Stop, all! " and "STOPALL" are one."""
    return "".join(c for c in fold(text) if unicodedata.category(c)[0] in "LMN")


@lru_cache(maxsize=4096)
def _kept(char: str) -> str:
    """This character of a text that was taken apart, as far as it counts."""
    if unicodedata.combining(char) in _LEFT_OUT or char == "\u034f":
        return ""
    if any(first <= char <= last for first, last in _SHAPES):
        return ""
    if unicodedata.category(char)[0] == "C" and not char.isspace():
        return ""
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)
