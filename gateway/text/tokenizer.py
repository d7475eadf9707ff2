"""A text as the words that search knows it by.

Everything that may look different and means the same is made alike: case, accents, digits of other
scripts, wide letters. Scripts that put no blanks between words (Chinese, Japanese, Thai ...) are
cut into single characters and pairs, and each emoji is a word. Numbers written in groups are also
kept in one piece: "0712 345-678" is found as 0712345678.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from gateway.text.comparison import fold

LONGEST = 40  # characters of a word that count
MARK = "@"  # in front of a phone number: no word of a text begins with it

_NUMBER = re.compile(r"\+?[0-9*#]+")
_ASCII = re.compile(r"[a-z0-9]+")
_GROUPED = re.compile(r"[0-9](?:[\s\-./,()]{0,2}[0-9])+")
_FEWEST, _MOST = 4, 15  # digits of a number in groups
# Written without blanks between words.
_DENSE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u3096\u30a1-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_DIVIDING, _LETTER, _DENSE_ONE, _ALONE, _MISSING = " ", "l", "d", "a", ""


def spelled(known: Iterable[str]) -> list[tuple[str, str]]:
    """Those of these words that are compared as another one, each behind that (comparison.py)."""
    pairs = ((fold(word), word) for word in known if not word.isascii())
    return [(folded, word) for folded, word in pairs if folded not in ("", word)]


def entry(text: str, peer: str, said: Iterable[tuple[str, str | None]]) -> str:
    """Everything a message is found by. `said`: its recipients, each with its own text if any."""
    known = dict.fromkeys(distinct_words(text))
    if _NUMBER.fullmatch(peer):
        known[MARK + peer] = None
    elif peer:
        known |= dict.fromkeys(distinct_words(peer))
    for number, own in said:
        known[MARK + number] = None
        if own:
            known |= dict.fromkeys(distinct_words(own))
    return " ".join(known)


def distinct_words(text: str) -> list[str]:
    """Distinct, in the order in which they come."""
    plain = folded(text)
    found = dict.fromkeys(_ASCII.findall(plain) if plain.isascii() else _cut(plain))
    for grouped in _GROUPED.finditer(plain):
        digits = re.sub("[^0-9]", "", grouped[0])
        if len(digits) < len(grouped[0]) and _FEWEST <= len(digits) <= _MOST:
            found[digits] = None
    return [word[:LONGEST] for word in found]


def folded(text: str) -> str:
    """No case, no accents, plain digits."""
    if text.isascii():
        return text.lower()
    text = text.encode("utf-8", "ignore").decode()  # half a character cannot be found
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(map(_plain, plain))


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if unicodedata.combining(char):
        return ""
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


def _cut(text: str) -> list[str]:
    found: list[str] = []
    word = before = ""
    for char in text:
        kind = _kind(char)
        if kind is _MISSING:
            continue
        if kind is _LETTER:
            word, before = word + char, ""
            continue
        if word:
            found.append(word)
            word = ""
        if kind is _DENSE_ONE:
            found.append(char)
            if before:
                found.append(before + char)
            before = char
            continue
        before = ""
        if kind is _ALONE:
            found.append(char)
    if word:
        found.append(word)
    return found


@lru_cache(maxsize=4096)
def _kind(char: str) -> str:
    if _DENSE.match(char):
        return _DENSE_ONE
    category = unicodedata.category(char)
    if category[0] in "LNM":
        # Variation selectors choose a shape of the character before, no other word.
        return _MISSING if "\ufe00" <= char <= "\ufe0f" else _LETTER
    if category in ("So", "Sc", "Co") and not char.isascii():
        return _ALONE
    return _MISSING if category == "Cf" or (category == "Sk" and not char.isascii()) else _DIVIDING
