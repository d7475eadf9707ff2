"""The digits of a phone number as people, spreadsheets and address books write it. Pure.

Nothing is dropped but what belongs to no number and changes none: blanks, invisible characters,
and hyphens, dots, slashes and brackets where a number has them. Everything else is refused by name,
since a digit too many is another person's number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 80  # characters; no number is written with more
SHORTEST_WHOLE = 7  # digits that can be a number of their own
MOST_AREA, MOST_AREA_ABROAD = 6, 9  # digits that can stand before a slash: 033931/, +49 33931/
FEWEST_AFTER_AREA = 3
NO_NUMBER = "is not a phone number"
SHORTENED = (
    "is a number that a spreadsheet has shortened: format the column as text and enter it again"
)
DECIMAL = "is a decimal number; write the digits of the phone number alone"
EXTENSION = "has an extension, which an SMS cannot reach; write the number alone"
TWO = "looks like two numbers; write each by itself"
DATE = "is a date, not a phone number"
TOO_LONG = "is too long for a phone number"

_QUOTED = re.compile(r'=?"([^"]*)"|=(?=\+)(.*)')  # how spreadsheets keep digits as text
_TEXT_MARK = re.compile(r"['`\u2018\u2019\u02bc](?=[+(0-9])")
_SCHEME = re.compile(r"(?:tel|sms|smsto|callto):(?://)?", re.I)  # RFC 3966, RFC 5724
_WITH_TAIL = re.compile(r"(\+?[0-9]{3,})[.,]([0-9]+)")
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?e[+-]?[0-9]+", re.I)
_EXTENSION = re.compile(
    r"(?![*#]).*[0-9)][ ,;.]*(?:e?xt?n?\.?|extension|durchwahl|#)[ =:.]*[0-9]+", re.I
)
_CODE = re.compile(r"(?=[*#]*[0-9])[0-9*#]{2,6}")
_DATES = re.compile(
    r"(?:19|20)[0-9]{2}([-./ ])(?:0[1-9]|1[0-2])\1[0-3][0-9]"
    r"|[0-3][0-9]([-./])[0-3][0-9]\2(?:19|20)[0-9]{2}"
)
_UNIT = r"(?:[0-9]++|\( ?[0-9]++(?:[ -][0-9]++)* ?\))"
_NUMBER = re.compile(rf"(?:\+ ?|\( ?\+ ?[0-9]++ ?\) ?[-./]? ?)?{_UNIT}(?: ?[-./]? ?{_UNIT})*+")
_PARTS = re.compile(r"[0-9]+|[^0-9]+")
_ZERO = re.compile(r"(?<=[0-9 )./-])\( ?0 ?\)")  # "+44 (0)20": dialled at home only


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """What stands there: digits, perhaps with + before them, or a code such as *100#."""

    digits: str
    without_zero: str = ""  # the same without a "(0)" that is dialled at home only; "" = no such
    plain: bool = True  # nothing but blanks between the digits

    @property
    def is_code(self) -> bool:
        return not self.digits.removeprefix("+").isdigit()


def written_number(typed: str) -> WrittenNumber | str:
    """The digits, or why these are none, as the end of a sentence about what was typed."""
    if len(typed) > LONGEST:
        return TOO_LONG if any(map(str.isdigit, typed)) else NO_NUMBER
    text = re.sub(" +", " ", "".join(map(_plain, typed))).strip()
    if quoted := _QUOTED.fullmatch(text):
        text = (quoted[1] or quoted[2] or "").strip()
    text = _SCHEME.sub("", _TEXT_MARK.sub("", text, count=1), count=1).strip()
    if _SCIENTIFIC.fullmatch(text):
        return SHORTENED
    if tail := _WITH_TAIL.fullmatch(text):
        zeros, short = not tail[2].strip("0"), len(tail[2]) <= 2
        whole = len(tail[1].lstrip("+")) >= SHORTEST_WHOLE
        if zeros and (whole or short):
            text = tail[1]
        elif whole and short:
            return DECIMAL
    if _CODE.fullmatch(text):
        return WrittenNumber(text)
    if not _NUMBER.fullmatch(text):
        return EXTENSION if _EXTENSION.fullmatch(text) else NO_NUMBER
    return _misread(text) or _read(text)


def beginning(typed: str) -> str:
    """What numbers begin with, bare: "07", "+44", "*1"; "" = that is not written here."""
    text = "".join(map(_plain, typed)).strip()
    if re.fullmatch("[0-9*#]+", text):
        return text
    found = written_number(text)
    return "" if isinstance(found, str) else found.without_zero or found.digits


def _read(text: str) -> WrittenNumber:
    bare = _ZERO.sub("", text)
    return WrittenNumber(
        digits=re.sub("[^0-9+]", "", text),
        without_zero=re.sub("[^0-9+]", "", bare) if bare != text else "",
        plain=not re.search("[^0-9+ ]", text),
    )


def _misread(text: str) -> str:
    """Why the digits between which something stands are not one number; "" when they are."""
    if _DATES.fullmatch(text):
        return DATE
    parts = _PARTS.findall(text.lstrip("+( "))
    every = sum(map(len, parts[::2]))
    before = 0  # digits so far
    for digits, between, after in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
        before += len(digits)
        if "." in between and (len(after) < 2 or (len(digits) < 2 and before > 1)):
            return NO_NUMBER
        whole = before >= SHORTEST_WHOLE
        if "/" in between and before > (MOST_AREA_ABROAD if "+" in text else MOST_AREA):
            return TWO
        if "/" in between and every - before < FEWEST_AFTER_AREA:
            return NO_NUMBER
        if whole and len(after) >= SHORTEST_WHOLE and after.startswith("0"):
            return TWO
    return ""


def _plain(char: str) -> str:
    """Wide letters, digits of every script, blanks and dashes as ASCII has them."""
    if "\uff01" <= char <= "\uff5e":
        char = chr(ord(char) - 0xFEE0)
    value = unicodedata.decimal(char, None)
    if value is not None:
        return str(value)
    category = unicodedata.category(char)
    if category == "Cf" or "\ufe00" <= char <= "\ufe0f":
        return ""  # soft hyphens, joiners, direction marks, variation selectors
    if category == "Zs" or char == "\t":
        return " "
    return "-" if category == "Pd" or char == "\u2212" else char
