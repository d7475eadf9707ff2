"""What people type as a recipient -> E.164, or a short code as it is, or a refusal by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

SHORT_CODE = re.compile(r"[0-9*#]{2,6}")
INTERNATIONAL = re.compile(r"\+[0-9]{7,15}")
SEPARATORS = re.compile(r"[,;\r\n\t]+")
DECORATION = re.compile(r"[\s\-./()\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class BadNumber:
    typed: str
    why: str

    def __str__(self) -> str:
        return f"“{self.typed}” {self.why}"


@dataclass(frozen=True, slots=True)
class Recipients:
    numbers: tuple[str, ...]  # distinct, in the order typed
    bad: tuple[BadNumber, ...]


def parse_recipients(typed: str | Sequence[str], country: str) -> Recipients:
    """Split, normalise and de-duplicate. Nothing is dropped in silence: see `bad`."""
    entries: Iterable[str] = SEPARATORS.split(typed) if isinstance(typed, str) else typed
    numbers: dict[str, None] = {}
    bad: list[BadNumber] = []
    for entry in map(str.strip, entries):
        if not entry:
            continue
        result = normalise(entry, country)
        if isinstance(result, BadNumber):
            bad.append(result)
        else:
            numbers[result] = None
    return Recipients(tuple(numbers), tuple(bad))


@lru_cache(maxsize=5000)  # the same ones are looked at again with every key that is pressed
def normalise(typed: str, country: str) -> str | BadNumber:
    """One number as E.164, or a short code as it is."""
    shown = typed if len(typed) <= 40 else typed[:39] + "…"
    bare = "".join(map(_plain_digit, typed))
    if any(c.isalpha() for c in bare):
        return BadNumber(shown, "is not a phone number")
    bare_digits = DECORATION.sub("", bare)
    if SHORT_CODE.fullmatch(bare_digits):
        return bare_digits
    if bare_digits.startswith("00"):  # typed as on a phone abroad; not every country dials it so
        bare = bare_digits = "+" + bare_digits[2:]
    if re.search(r"[^0-9+]", bare_digits) or "+" in bare_digits[1:] or not bare_digits.strip("+"):
        return BadNumber(shown, "is not a phone number")
    return _e164(bare, bare_digits, shown, country)


@lru_cache(maxsize=5000)
def alternatives(number: str, country: str) -> tuple[str, ...]:
    """How networks write this number as a sender: E.164, the same without +, as dialled at home.

    Short codes and names are written in one way only, and what looks like one is somebody else.
    """
    if not INTERNATIONAL.fullmatch(number):
        return (number,)
    digits = number[1:]
    found = [number, digits, f"00{digits}"]
    code = str(phonenumbers.country_code_for_region(country))
    if code != "0" and digits.startswith(code):
        rest = digits[len(code) :]
        trunk = phonenumbers.ndd_prefix_for_region(country, True) or ""
        found += [rest, f"{trunk}{rest}"] if trunk else [rest]
    return tuple(n for n in dict.fromkeys(found) if not SHORT_CODE.fullmatch(n))


def beginning(typed: str, country: str) -> str | BadNumber:
    """What numbers begin with, as it is compared: "0712" in Kenya is "+254712".

    Digits that are neither dialled at home nor abroad are those of short codes, and stay.
    """
    shown = typed if len(typed) <= 40 else typed[:39] + "…"
    digits = DECORATION.sub("", "".join(map(_plain_digit, typed)))
    if not re.fullmatch(r"\+?[0-9*#]*", digits) or not digits:
        return BadNumber(shown, "is not the beginning of a phone number")
    code = str(phonenumbers.country_code_for_region(country))
    trunk = phonenumbers.ndd_prefix_for_region(country, True) or ""
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("+") or code == "0":
        pass
    elif trunk and digits.startswith(trunk):
        digits = f"+{code}{digits[len(trunk) :]}"
    elif digits.startswith(code):
        digits = f"+{digits}"
    elif not trunk or trunk == code:  # nothing is dialled before a number at home
        digits = f"+{code}{digits}"
    if len(digits) > 16 or digits == "+" or (digits[0] == "+" and not digits[1:].isdigit()):
        return BadNumber(shown, "is not the beginning of a phone number")
    return digits


def display(number: str) -> str:
    """A number as people write it: "+44 7700 900123"; anything else unchanged."""
    if not INTERNATIONAL.fullmatch(number):
        return number
    try:
        return phonenumbers.format_number(
            phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
    except phonenumbers.NumberParseException:
        return number


def _e164(bare: str, digits: str, shown: str, country: str) -> str | BadNumber:
    try:
        number = phonenumbers.parse(bare, country)
    except phonenumbers.NumberParseException:
        # A country code that the tables do not know may still be one that the network knows.
        if INTERNATIONAL.fullmatch(digits):
            return digits
        return BadNumber(shown, "is not a phone number")
    why = phonenumbers.is_possible_number_with_reason(number)
    if why == phonenumbers.ValidationResult.TOO_SHORT:
        return BadNumber(shown, "is too short for a phone number")
    if why == phonenumbers.ValidationResult.TOO_LONG:
        return BadNumber(shown, "is too long for a phone number")
    if why == phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        return BadNumber(shown, "lacks its area code")
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not INTERNATIONAL.fullmatch(e164):
        return BadNumber(shown, "is not a phone number")
    return e164


def _plain_digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)
