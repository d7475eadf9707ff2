"""Reads the balance out of an operator's answer, whatever its language. Pure; never raises.

A number counts only next to a currency, so dates and phone numbers drop out, and only where the
account is spoken of: of several, the closest one after a word like "balance", or their total. What
cannot be read is None, never zero, and rather than another number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Final

from gateway.decisions.balance_words import (
    AFTER_ONLY,
    BEFORE_ONLY,
    CASED,
    COINS,
    CURRENCIES,
    DENSE_KEYWORDS,
    KEYWORDS,
    NEEDS,
    OTHERS,
    PARTS,
    SERVICES,
    TOTALS,
    UNCASED,
)

MOST_TEXT: Final = 1000  # characters looked at; an answer has some 180
MOST_DIGITS: Final = 12
MOST_PATTERN: Final = 300  # characters of a person's own pattern
MOST_LABEL: Final = 40  # characters of what stands before an amount
NEAR: Final = 12  # characters between a word about the account and a single letter as its currency

# Whose smallest coin is a thousandth (ISO 4217).
THREE_DECIMALS: Final = frozenset({"KWD", "BHD", "OMR", "JOD", "TND", "LYD"})

_GAP = "[ \u00a0\u202f]"
_WHOLE = rf"(?:\d{{1,2}}(?:,\d\d)+,\d{{3}}|\d{{1,3}}(?:(?:{_GAP}|[.,'’])\d{{3}})+|\d+)"
_CENTS = r"[.,](?:\d{4,6}|\d{1,2})"
# Nine digits, or a leading 0 without a point, make a phone number.
_NO_PHONE = rf"(?!0\d+(?![.,]?\d))(?!(?:\d{_GAP}?){{9}})"
_END = r"(?!\d)(?![.,:/'-]\d)"


def _alternatives(leave_out: frozenset[str]) -> str:
    def some(cased: bool) -> str:
        names = {c for c in CURRENCIES if (c in CASED) is cased} - leave_out
        return "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))

    return f"(?:{some(True)}|(?i:{some(False)}))"


def _word(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W\d_])(?:{words})(?![^\W\d_])", re.I)


_CUR1, _CUR2 = _alternatives(AFTER_ONLY), _alternatives(BEFORE_ONLY)
_MINUS = r"(?P<minus>(?<!\w)[-−–](?=\S)|(?i:минус|minus|negative)[:\s]*)?"
_AFTER = r"(?<![\w.,/+*#])(?<!\d:)(?<!\d[ -])"
_ENDS = rf"(?:(?<=[{UNCASED}])|(?![^\W\d_]))"  # of a sign behind its number
_AMOUNT = re.compile(
    rf"{_MINUS}(?:"
    # CHF 12.34
    rf"(?<![^\W_])(?P<sign1>{_CUR1})[:.]?\s?(?P<inner>[-−])?{_NO_PHONE}"
    rf"(?P<n1>{_WHOLE}(?:{_CENTS})?){_END}"
    # 3€20
    rf"|{_AFTER}(?P<n4>\d{{1,6}}(?P<sign4>[€£$])\d\d)(?![\d.,])"
    # 5,12 EUR
    rf"|{_AFTER}{_NO_PHONE}(?P<n2>{_WHOLE}{_CENTS})\s?(?P<sign2>{_CUR2}){_ENDS}"
    # 300 Kc; but "31 Dec 2026 KSh 50.00" has its amount behind the sign
    rf"|{_AFTER}{_NO_PHONE}(?P<n3>{_WHOLE})\s?(?P<sign3>{_CUR2}){_ENDS}"
    r"(?!:?\s?\d+[.,]\d\d(?![\d.,]))"
    r")"
)
_KEYWORD = re.compile(rf"(?<![^\W\d_])(?:{KEYWORDS})(?![^\W\d_])|{DENSE_KEYWORDS}", re.I)
_OTHER, _PART, _TOTAL = _word(OTHERS), _word(PARTS), _word(TOTALS)
_NOT_THE_ACCOUNT = re.compile(rf"(?<![^\W\d_])(?:{OTHERS}|{SERVICES})[ :-]{{0,2}}$", re.I)
_NEEDED: Final = {sign: _word(words) for sign, words in NEEDS.items()}
_COINS = re.compile(rf"[ ,]{{0,2}}(?:(?:and|und|et|y|и|i) )?(\d{{1,2}}) ?(?:{COINS})(?!\w)", re.I)
_BY_FOLD: Final = {sign.casefold(): code for sign, code in reversed(CURRENCIES.items())}
# Words of which some letters only look Cyrillic: operators save a message by that.
_MIXED = re.compile("[A-Za-z]*[\u0400-\u04ff][A-Za-z\u0400-\u04ff]*")
_LOOKS = str.maketrans("ABCEHKMOPTXaceopxyi", "АВСЕНКМОРТХасеорхуі")


@dataclass(frozen=True, slots=True)
class Balance:
    """`currency`: ISO 4217 where the sign is one country's, else the sign itself.

    `part`: where several amounts were told, the words before the one that was taken.
    """

    amount: Decimal
    currency: str = ""
    part: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount in a text, and from where to where it stands."""

    balance: Balance
    sign: str
    start: int
    end: int
    exact: bool  # with cents
    since: int  # where the amount before it ended; 0 = it is the first


def read(text: str) -> Balance | None:
    """The balance in an operator's words; None where there is none to be sure of."""
    text = _prepared(text[:MOST_TEXT])
    found = list(_amounts(text))
    ranked = [(rank, one) for one in found if (rank := _rank(text, one, found)) is not None]
    if not ranked:
        return None
    taken = min(ranked, key=lambda r: r[0])[1]
    several = len({(f.balance.amount, f.balance.currency) for f in found}) > 1
    return replace(taken.balance, part=_label(text, taken) if several else "")


def _prepared(text: str) -> str:
    """One kind of digits and blanks, and a blank where a script has none before a number."""
    text = _MIXED.sub(lambda m: m[0].translate(_LOOKS), text)
    text = "".join(str(unicodedata.decimal(c, c)) for c in text)
    text = re.sub(r"[^\S\n]+", " ", text.replace("٫", ".").replace("٬", ","))
    return re.sub(rf"(?<=[{UNCASED}])(?=\d)|(?<=[a-z])(?=[A-Z][a-z])", " ", text)


def _amounts(text: str) -> Iterator[_Amount]:
    since = 0
    for match in _AMOUNT.finditer(text):
        if found := _amount(text, match, since):
            yield found
            since = found.end


def _amount(text: str, match: re.Match[str], since: int) -> _Amount | None:
    sign, end = _sign(match), match.end()
    if (needed := _NEEDED.get(sign)) and not needed.search(text):
        return None
    digits = match["n1"] or match["n2"] or match["n3"] or match["n4"].replace(sign, ".")
    number = value(digits, 3 if currency(sign) in THREE_DECIMALS else 2)
    if number is None:
        return None
    if number == number.to_integral() and (coins := _COINS.match(text, end)):
        number, end = number + Decimal(coins[1]) / 100, coins.end()
    negative = bool(match["minus"] or match["inner"])
    told = Balance(-number if negative else number, currency(sign))
    return _Amount(told, sign, match.start(), end, "." in f"{number}", since)


def _sign(match: re.Match[str]) -> str:
    return match["sign1"] or match["sign2"] or match["sign3"] or match["sign4"]


def _rank(text: str, one: _Amount, every: Iterable[_Amount]) -> tuple[int, int] | None:
    """How likely this is the account itself: smaller is likelier; None = it is something else.

    A total comes first, then characters since the last word about the account, if no word about
    something else is nearer. Where no word says so, an amount has to be the only one.
    """
    before, between = text[: one.start], text[one.since : one.start]
    other = _last(_OTHER, before)
    about, aside = -1, False
    for keyword in _KEYWORD.finditer(before):
        if not _NOT_THE_ACCOUNT.search(before, 0, keyword.start()):  # "bonus balance"
            about = keyword.end()
        else:
            aside = True
    weak = len(one.sign.strip(".")) == 1 and one.sign.isalpha()
    if one.since and _PART.search(between):
        return None
    if about > other:
        distance = one.start - about
        if weak and distance > NEAR and not one.exact:
            return None
        return (-1 if _TOTAL.search(between) else 0), distance
    same = {found.balance for found in every} == {one.balance}
    spoken = _KEYWORD.search(text) is not None
    if (
        aside
        or other >= 0
        or not same
        or _OTHER.search(text)
        or not (spoken or _is_plain_money(one.sign))
    ):
        return None
    return (1, one.start) if one.exact or not weak else None


def _last(words: re.Pattern[str], text: str) -> int:
    """Where the last of these words ends; -1 = there is none."""
    return max((found.end() for found in words.finditer(text)), default=-1)


def _is_plain_money(sign: str) -> bool:
    """Whether a sign can be nothing but money: not KM, which is also a distance."""
    return not sign.isalpha() or len(sign) > 2 or not sign.isascii()


def _label(text: str, one: _Amount) -> str:
    """The words right before an amount, from the sentence that they are in."""
    words = re.split(r"[\n;!?()]|[.,] ", text[one.since : one.start].strip(" :=-,.;("))[-1]
    return words.strip(" :=-,.;(")[-MOST_LABEL:].strip()


def value(digits: str, decimals: int = 2) -> Decimal | None:
    """ "1.234,50" -> 1234.50: the last separator counts when one or two digits follow it.

    So it does when four or more do, or as many as the currency has `decimals`.
    """
    bare = re.sub(r"[^\d.,+-]", "", digits)
    negative = bare.startswith("-")
    bare = bare.strip("+-.,")
    whole, point, cents = bare, "", ""
    cut = rf"(.*)[.,](\d{{1,2}}|\d{{4,6}}|\d{{{decimals}}})|(0+)[.,](\d+)"  # "0.850" is no 850
    if found := re.fullmatch(cut, bare):
        whole, point, cents = found[1] or found[3] or "", ".", found[2] or found[4]
    whole = re.sub(r"\D", "", whole)
    if not (whole or cents) or len(whole) > MOST_DIGITS:
        return None
    try:
        number = Decimal(f"{whole or 0}{point}{cents}")
    except InvalidOperation:
        return None
    return -number if negative else number


def currency(sign: str) -> str:
    """The code of a sign, the sign itself where several countries use it."""
    code = CURRENCIES.get(sign)
    if code is None:
        code = _BY_FOLD.get(sign.casefold(), "")
    return code or sign.strip(". ")


# a person's own pattern ------------------------------------------------------------------------


def pattern_trouble(pattern: str) -> str:
    """Plain words for what is wrong with somebody's own pattern; "" for nothing."""
    if len(pattern) > MOST_PATTERN:
        return f"The pattern is too long; at most {MOST_PATTERN} characters are possible."
    try:
        compiled = re.compile(pattern)
    except re.error as e:
        where = "" if e.pos is None else f" at character {e.pos + 1}"
        return f"The pattern cannot be read{where}; check brackets and backslashes."
    except (RecursionError, OverflowError):
        return "The pattern is too complicated; make it simpler."
    if compiled.groups != 1:
        return (
            "Put the number, and nothing else, into one pair of round brackets, "
            r"for example: Balance: ([\d.,]+)"
        )
    return ""


def from_match(text: str, start: int, end: int) -> Balance | None:
    """The balance where a person's own pattern found it; the currency may stand beside it."""
    number = value(text[start:end])
    if number is None:
        return None
    for found in _AMOUNT.finditer(text[:MOST_TEXT]):
        if found.start() < end and found.end() > start:
            return Balance(number, currency(_sign(found)))
    return Balance(number)
