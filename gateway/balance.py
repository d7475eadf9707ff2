"""Reads the balance out of an operator's answer, whatever its language. Pure; never raises.

A number counts only next to a currency, so dates and phone numbers drop out. Of several, the
closest one after a word like "balance" counts. What cannot be read is None, never zero.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

MOST_TEXT: Final = 1000  # characters looked at; an answer has some 180
MOST_DIGITS: Final = 12
MOST_PATTERN: Final = 300  # characters of a person's own pattern

# Code of ISO 4217 ("-": the sign is several countries'), then what operators write. Compared
# without case, except for those in _CASED.
_SIGNS: Final = """
EUR € EUR EURO EUROS ЕВРО
GBP £ GBP
USD US$ USD
BRL R$ BRL reais
- $ Rs Rs. Re. rupees ₨ kr kr. kronor kroner ¥ 元 Shs Sh FCFA CFA F Bs Bs.
- pesos dollars dolares dólares pounds francs
- DH Dhs dirhams SR ريال درهم دينار dinars kwacha
INR ₹ INR रु रु.
PKR PKR
LKR LKR
NPR NPR
TRY ₺ TL TRY
CHF CHF SFr. Fr.
PLN PLN zł zl
CZK Kč Kc CZK
HUF Ft HUF forint
RON lei RON
BGN лв лв. lv BGN
RSD RSD din din. дин
BAM KM BAM
MKD ден MKD
SEK SEK
NOK NOK
DKK DKK
ISK ISK
RUB руб руб. рублей рубля рубль р. р ₽ RUB rub. rub
UAH грн грн. ₴ UAH hrn hrn. гривень гривні
BYN BYN бел.руб.
KZT ₸ тг тг. тенге KZT tenge
UZS сум сўм so'm UZS sum
KGS сом KGS
GEL ₾ GEL лари lari
AMD AMD ֏
AZN AZN ₼ manat
MDL MDL
IDR Rp Rp. IDR
MYR RM MYR
SGD S$ SGD
THB ฿ THB baht บาท
PHP ₱ PHP
VND ₫ VND đ dong
KHR ៛ KHR
BDT Tk Tk. BDT ৳ Taka টাকা
CNY CNY RMB yuan
HKD HK$ HKD
KRW ₩ KRW
ZAR ZAR R Rand
KES KSh Ksh. KES Kshs Kshs.
TZS TSh Tsh. TZS Tshs
UGX USh Ush. UGX Ushs
NGN ₦ NGN N Naira
GHS ₵ GH₵ GHS GHC Cedis
RWF RWF Frw
ETB Birr ETB Br. Br
ZMW ZMW K
MWK MWK MK
MZN MZN MT Mts Meticais
AOA Kz AOA
BWP BWP Pula
NAD NAD N$
XOF XOF
XAF XAF
MAD MAD
AED AED
SAR SAR
DZD DZD DA دج
TND TND DT
EGP EGP LE L.E. جنيه ج.م
IRR IRR Rial Rials Toman تومان ریال
IQD IQD
KWD KWD KD د.ك
BHD BHD BD
OMR OMR
JOD JOD JD
LYD LYD LD
QAR QAR QR
MGA MGA Ar
SLE Le SLE SLL
GMD GMD
MMK MMK Ks Kyat Kyats
LAK LAK ₭ kip
MNT MNT ₮
ILS ₪ NIS ILS ש"ח
AFN AFN Afs Afg
MXN MXN
COP COP
CLP CLP
ARS ARS
PEN S/ S/. PEN soles
GTQ Q GTQ
HNL L Lps Lps. HNL
DOP RD$ DOP
JMD J$ JMD
TTD TT$ TTD
CRC ₡ CRC
PYG ₲ Gs Gs. PYG
HTG HTG Gdes
AUD A$ AUD
NZD NZ$ NZD
CAD C$ CAD
"""
CURRENCIES: Final[dict[str, str]] = {
    sign: "" if code == "-" else code
    for code, *signs in map(str.split, _SIGNS.strip().splitlines())
    for sign in signs
}
# These are words, endings or units when written otherwise.
_CASED: Final = frozenset(
    sign
    for row in (
        "R N K Q L MT KM DA DT LE SR DH MK TL",
        "Tk Kz S/ Br Sh Re. р F KD BD JD LD QR Ar Le Ks",
    )
    for sign in row.split()
)

# Whose smallest coin is a thousandth (ISO 4217).
THREE_DECIMALS: Final = frozenset({"KWD", "BHD", "OMR", "JOD", "TND", "LYD"})

KEYWORDS: Final = (
    r"guthaben|kontostand|saldo|saldos\w+|saldon\w+|balance|bal|balans\w*|konta|konto|kredit\w*"
    r"|solde|cr[eé]dito?s?|pulsa|баланс\w*|остаток|доступно|dostupno|счет\w*|счёт\w*|рахун\w*"
    r"|bakiye\w*|tegoed|beltegoed|egyenleg\w*|sold|stanje|салдо|stan|zostatok|zůstatek|zustatek"
    r"|airtime|رصيد\w*|ยอดเงิน\w*|余额|餘額|tai khoan|tài khoản|tkc|salio|stav|qaldiq|hisob\w*"
    r"|likutis|kontojääk|atlikums|υπόλοιπο|ypoloipo|יתרה|disponible|available|remaining"
)
# What a number after one of these is about is not the account.
OTHERS: Final = (
    r"bonus\w*|promo\w*|bono\w*|regalo|geschenk\w*|gift\w*|free|gratis|loan|owe|owing|debt|cost\w*"
    r"|price|charged?|fee|tarif\w*|бонус\w*|стоимость|spent|last call|used|usage|limit\w*|offer\w*"
)

_GAP = "[ \u00a0\u202f]"
_WHOLE = rf"(?:\d{{1,2}}(?:,\d\d)+,\d{{3}}|\d{{1,3}}(?:(?:{_GAP}|[.,'’])\d{{3}})+|\d+)"
_CENTS = r"[.,](?:\d{4,6}|\d{1,2})"
# Nine digits, or a leading 0 without a point, make a phone number.
_NO_PHONE = rf"(?!0\d+(?![.,]?\d))(?!(?:\d{_GAP}?){{9}})"
_END = r"(?!\d)(?![.,:/'-]\d)"


def _alternatives(cased: bool) -> str:
    names = [c for c in CURRENCIES if (c in _CASED) is cased]
    pattern = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
    return pattern if cased else f"(?i:{pattern})"


_CUR = f"(?:{_alternatives(True)}|{_alternatives(False)})"
_MINUS = r"(?P<minus>(?<!\w)[-−–](?=\S)|(?i:минус|minus|negative)[:\s]*)?"
_AFTER = r"(?<![\w.,:/+*#])(?<!\d[ -])"
_AMOUNT = re.compile(
    rf"{_MINUS}(?:"
    # CHF 12.34
    rf"(?<![^\W_])(?P<sign1>{_CUR})[:.]?\s?(?P<inner>[-−])?{_NO_PHONE}"
    rf"(?P<n1>{_WHOLE}(?:{_CENTS})?){_END}"
    # 3€20
    rf"|{_AFTER}(?P<n4>\d{{1,6}}(?P<sign4>[€£$])\d\d)(?![\d.,])"
    # 5,12 EUR
    rf"|{_AFTER}{_NO_PHONE}(?P<n2>{_WHOLE}{_CENTS})\s?(?P<sign2>{_CUR})(?![^\W\d_])"
    # 300 Kc; but "31 Dec 2026 KSh 50.00" has its amount behind the sign
    rf"|{_AFTER}{_NO_PHONE}(?P<n3>{_WHOLE})\s?(?P<sign3>{_CUR})(?![^\W\d_])"
    r"(?!:?\s?\d+[.,]\d\d(?![\d.,]))"
    r")"
)
_KEYWORD = re.compile(rf"(?<![^\W\d_])(?:{KEYWORDS})(?![^\W\d_])", re.I)
_OTHER = re.compile(rf"(?<![^\W\d_])(?:{OTHERS})(?![^\W\d_])", re.I)
_BY_FOLD: Final = {sign.casefold(): code for sign, code in reversed(CURRENCIES.items())}
_DIGITS: Final = {ord(zero) + n: str(n) for zero in "٠۰०০๐" for n in range(10)}


@dataclass(frozen=True, slots=True)
class Balance:
    """`currency`: ISO 4217 where the sign is one country's, else the sign itself."""

    amount: Decimal
    currency: str = ""


def read(text: str) -> Balance | None:
    """The balance in an operator's words; None where there is none to be sure of."""
    text = text[:MOST_TEXT].translate(_DIGITS).replace("٫", ".").replace("٬", ",")
    found = [a for a in map(_amount, _AMOUNT.finditer(text)) if a is not None]
    if not found:
        return None
    return min(found, key=lambda a: _distance(text, a[0]))[1]


def _amount(match: re.Match[str]) -> tuple[re.Match[str], Balance] | None:
    sign = _sign(match)
    digits = match["n1"] or match["n2"] or match["n3"] or match["n4"].replace(sign, ".")
    number = value(digits, 3 if currency(sign) in THREE_DECIMALS else 2)
    if number is None:
        return None
    negative = bool(match["minus"] or match["inner"])
    return match, Balance(-number if negative else number, currency(sign))


def _sign(match: re.Match[str]) -> str:
    return match["sign1"] or match["sign2"] or match["sign3"] or match["sign4"]


def _distance(text: str, match: re.Match[str]) -> tuple[int, int]:
    """How likely this is the account itself: smaller is likelier.

    Characters since the last word about the account, if no word about something else is nearer.
    """
    before = text[: match.start()]
    other = max((k.end() for k in _OTHER.finditer(before)), default=-1)
    about = -1
    for keyword in _KEYWORD.finditer(before):
        if keyword.start() - other > 2 or other < 0:  # not "bonus balance"
            about = keyword.end()
    if about > other:
        return 0, len(before) - about
    return (1, len(before)) if other < 0 else (2, len(before))


def value(digits: str, decimals: int = 2) -> Decimal | None:
    """ "1.234,50" -> 1234.50: the last separator counts when one or two digits follow it.

    So it does when four or more do, or as many as the currency has `decimals`.
    """
    bare = re.sub(r"[^\d.,+-]", "", digits)
    negative = bare.startswith("-")
    bare = bare.strip("+-.,")
    whole, point, cents = bare, "", ""
    if found := re.fullmatch(rf"(.*)[.,](\d{{1,2}}|\d{{4,6}}|\d{{{decimals}}})", bare):
        whole, point, cents = found[1], ".", found[2]
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
