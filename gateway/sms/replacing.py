"""Plain characters offered in place of ones that would make a text Unicode.

Offered, shown and applied on request only. Two steps: typography, which changes nothing that is
read, and letters without their marks, which changes the spelling and is asked for by itself.
"""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category, normalize

from gateway.sms import gsm7

# What is left of the colon may be replaced by what is right of it; U+ for what cannot be seen.
_TYPOGRAPHY = {
    "'": "‘’‚‛′`´ʹʻʼ＇",
    '"': "“”„‟″«»＂",
    "<": "‹",
    ">": "›",
    "-": "‐‑‒–—―−⁃",
    "...": "…",
    "*": "•‣∙●",
    ".": "·",
    "/": "⁄∕",
    "~": "∼",
    "(c)": "©",
    "(R)": "®",
    "(TM)": "™",
    "No.": "№",
    "fi": "ﬁ",
    "fl": "ﬂ",
    # no-break, figure, thin and other spaces; the tabulator
    " ": "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000",
    # next line, vertical tabulator, line and paragraph separator
    "\n": "\x0b\x85\u2028\u2029",
    # soft hyphen, zero-width space, word joiner, byte order mark
    "": "\u00ad\u200b\u2060\ufeff",
}
# They change how their neighbours look, so they are in the way only between plain characters:
# joiners, writing direction, variation selectors.
_BETWEEN = frozenset("\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufe0e\ufe0f")
_LETTERS = {
    "ı": "i", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th",
    "œ": "oe", "Œ": "OE", "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T", "ŋ": "n", "Ŋ": "N", "ĸ": "k",
    "ŀ": "l", "Ŀ": "L", "ª": "a", "º": "o",
}  # fmt: skip


def offers(text: str) -> dict[str, str]:
    """What would be replaced by what, in the order of the text; empty for a plain text.

    A letter and a combining mark that together are one plain letter are offered as a pair.
    """
    found: dict[str, str] = {}
    known = gsm7.encoder()
    for place, char in enumerate(text):
        if char in known:
            continue
        before = text[place - 1] if place else ""
        composed = normalize("NFC", before + char) if category(char) == "Mn" and before else ""
        if char in _BETWEEN:
            after = text[place + 1 : place + 2]
            if _plain(before) and _plain(after):
                found.setdefault(char, "")
        elif composed in known:
            found.setdefault(before + char, composed)
        elif char in _replacements():
            found.setdefault(char, _replacements()[char])
    return found


def letters(text: str) -> dict[str, str]:
    """Letters outside the alphabet and the plain ones that resemble them: ç and c, ş and s."""
    found = {}
    for char in dict.fromkeys(normalize("NFC", text)):
        bare = _bare(char)
        if bare is not None:
            found[char] = bare
    return found


def plain(text: str, *, without_marks: bool = False) -> str:
    """The text with everything replaced that `offers` names; with `letters` as well on request."""
    text = _replaced(text, offers(text))
    if not without_marks:
        return text
    text = normalize("NFC", text)
    return _replaced(text, letters(text))


def _replaced(text: str, replacements: dict[str, str]) -> str:
    if not replacements:
        return text
    known = gsm7.encoder()
    result: list[str] = []
    for place, char in enumerate(text):
        pair = result[-1] + char if result and result[-1] else ""
        if pair in replacements:
            result[-1] = replacements[pair]
        elif char in _BETWEEN and char in replacements:
            after = text[place + 1 : place + 2]
            if not (_plain(text[place - 1] if place else "") and _plain(after)):
                result.append(char)
        elif char in known:
            result.append(char)
        else:
            result.append(replacements.get(char, char))
    return "".join(result)


def _plain(char: str) -> bool:
    """Whether a neighbour (or the edge of the text) needs no joiner."""
    return not char or char in gsm7.encoder() or char in _replacements() or char in _BETWEEN


@lru_cache(maxsize=1)
def _replacements() -> dict[str, str]:
    return {char: new for new, chars in _TYPOGRAPHY.items() for char in chars}


def _bare(char: str) -> str | None:
    """The letter without its marks, when that is in the alphabet and the letter is not."""
    known = gsm7.encoder()
    if char in known:
        return None
    bare = _LETTERS.get(char)
    if bare is None and char.isalpha():
        bare = "".join([part for part in normalize("NFKD", char) if category(part) != "Mn"])
    if not bare or bare == char or not all(part in known for part in bare):
        return None
    return bare
