"""Which encoding a file of people is in: its mark, else what makes words of its octets.

Nothing in a file without a mark says so. UTF-8 proves itself; of the code pages the one wins whose
letters make words: one script in a word, no capital behind a small letter, no sign among letters.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

UTF8 = "utf-8"
# What is offered, with how people call it. The first of those that fit equally well is taken.
CHOICES = {
    UTF8: "UTF-8",
    "utf-16-le": "UTF-16 (Unicode text)",
    "utf-16-be": "UTF-16, big-endian",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1257": "Windows-1257 (Baltic)",
    "cp1258": "Windows-1258 (Vietnamese)",
    "cp874": "Windows-874 (Thai)",
    "mac_roman": "Macintosh (Western Europe)",
    "cp850": "DOS (Western Europe)",
    "cp866": "DOS (Cyrillic)",
    "koi8-r": "KOI8-R (Russian)",
    "gb18030": "GB18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "shift_jis": "Shift JIS (Japanese)",
    "euc-kr": "EUC-KR (Korean)",
}
MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
GUESSED = (
    "cp1252", "cp1251", "cp1256", "cp1250", "cp1254", "cp1253", "cp1255", "mac_roman", "cp850",
    "cp866", "koi8-r",
)  # fmt: skip
SELDOM = ("mac_roman", "cp850", "cp866", "koi8-r")
# Where several code pages make words, that of the box's country is believed.
HOME = {
    "cp1251": "AM BG BY KG KZ MK MN RS RU TJ UA",
    "cp1250": "AL BA CZ HR HU ME PL RO SI SK",
    "cp1254": "AZ TR",
    "cp1253": "CY GR",
    "cp1255": "IL",
    "cp1256": "AE AF BH DJ DZ EG IQ IR JO KW LB LY MA MR OM PK PS QA SA SD SO SY TN YE",
    "cp1257": "EE LT LV",
    "cp1258": "VN",
    "cp874": "TH",
    "gb18030": "CN SG",
    "big5": "HK MO TW",
    "shift_jis": "JP",
    "euc-kr": "KR",
}
# What is read as another one, which has the same letters and more.
ALIKE = {
    "ascii": UTF8,
    "utf-8-sig": UTF8,
    "utf-16": "utf-16-le",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
DOUBLE = ("gb18030", "big5", "shift_jis", "euc-kr")
_LATIN_OF = {
    "cp1250": "ąćęłńśźżĄĆĘŁŃŚŹŻáéíóúýčďěňřšťůžÁÉÍÓÚÝČĎĚŇŘŠŤŮŽőűŐŰöüÖÜäăâîşţđĐ",
    "cp1254": "çğıöşüÇĞİÖŞÜâî",
    "cp1257": "āčēģīķļņšūžąęėįųõäöü",
    "": "àâäçèéêëîïñóôöùûüßáíúãõåæøòìÀÂÄÇÈÉÊËÎÏÑÓÔÖÙÛÜÁÍÚÃÕÅÆØ",
}
_COMMON = frozenset("оеаинтсрвлкмдпуяالمينورتبةعدحسفαοιετσνηυρπκμλςיוהלאמרנתבשחכקדגפזטעסצםן")
_RARE = frozenset("ţŢđĐÝ")  # others have the octets of more frequent letters there
AMONG_LETTERS = "’“”„–—«»€№\u00a0،؛؟\u200c\u200d"
_LOOKED_AT = 256 << 10  # octets of words that are looked at
_WORDS = re.compile(rb"[A-Za-z'\x80-\xff]*[\x80-\xff][A-Za-z'\x80-\xff]*")


def canonical_name(name: str) -> str:
    """One of CHOICES by any of its names, such as windows-1251 or latin-1; "" = none of them."""
    found = _name(name)
    wanted = _name(ALIKE.get(found, found))
    return next((one for one in CHOICES if wanted and _name(one) == wanted), "")


def _name(typed: str) -> str:
    try:
        return codecs.lookup(typed).name
    except (LookupError, ValueError):
        return ""


def mark_of(content: bytes) -> tuple[bytes, str]:
    """(the mark at the beginning, the encoding it stands for); empty: there is none."""
    return next(((m, name) for m, name in MARKS if content.startswith(m)), (b"", ""))


def guess(content: bytes, country: str = "") -> str:
    """One of CHOICES."""
    _, marked = mark_of(content)
    if marked or (marked := _utf16_without_mark(content)):
        return marked
    broken, whole = _utf8(content)
    if not broken or whole > 4 * broken:
        return UTF8
    home = next((page for page, where in HOME.items() if country in where.split()), "")
    if home in DOUBLE and _decodes(content, home):
        return home
    words = list(dict.fromkeys(_WORDS.findall(content[:_LOOKED_AT])))[:2000]
    pages = dict.fromkeys(filter(None, (home if home not in DOUBLE else "", *GUESSED)))
    return max(pages, key=lambda page: _worth(words, page))


def _utf16_without_mark(content: bytes) -> str:
    """Digits, separators and line ends have a zero octet beside them, on one side only."""
    start = content[:2000]
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd > len(start) // 8 and odd > 4 * even:
        return "utf-16-le"
    if even > len(start) // 8 and even > 4 * odd:
        return "utf-16-be"
    return ""


def _utf8(content: bytes) -> tuple[int, int]:
    """(places that are no UTF-8, letters of several octets that are)."""
    broken = whole = 0
    decoder = codecs.getincrementaldecoder(UTF8)("replace")
    for start in range(0, len(content), 1 << 16):
        text = decoder.decode(content[start : start + (1 << 16)], start + (1 << 16) >= len(content))
        broken += text.count("\ufffd")
        whole += sum(c > "\x7f" for c in text) if not text.isascii() else 0
    return broken, whole - broken


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _worth(words: Iterable[bytes], page: str) -> float:
    found = sum(_word(word.decode(page, "replace"), page) for word in words)
    return found * 0.8 if page in SELDOM else found


def _word(word: str, page: str) -> float:
    worth, beyond, before = 0.0, 0, ""
    scripts: set[str] = set()
    for char in word:
        script = _script(char)
        scripts.add(script)
        beyond = 0 if char.isascii() else beyond + 1
        if not char.isascii():
            worth += _letter(char, script, page)
        if script == "LATIN" and beyond > 1:
            worth -= 0.5 * (beyond - 1)
        if before.islower() and char.isupper():
            worth -= 2
        before = char
    scripts.discard("")
    if len(word) == 1 and scripts:
        return 0  # says nothing
    if beyond == len(word) and scripts == {"LATIN"}:
        worth -= 1.5  # was never Latin
    if scripts & {"CYRILLIC", "GREEK"} and word.islower():
        worth -= 0.5
    return worth - 3 * max(len(scripts) - 1, 0)


def _letter(char: str, script: str, page: str) -> float:
    if not script:  # a sign, a control, or no character at all
        return 0 if char in AMONG_LETTERS else -2
    if script == "LATIN":
        if char in _RARE:
            return 0.6
        return 1 if char in _LATIN_OF.get(page, _LATIN_OF[""]) else -0.5
    return 1 if char.lower() in _COMMON else 0.5


@lru_cache(maxsize=2048)
def _script(char: str) -> str:
    if unicodedata.category(char)[0] not in "LM":
        return ""
    return unicodedata.name(char, "").partition(" ")[0]
