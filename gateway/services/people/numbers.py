"""What people type as a recipient -> E.164, or a short code as it is, or a refusal by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from gateway.services.people.digits import LONGEST, NO_NUMBER, TOO_LONG, written_number
from gateway.services.people.digits import beginning as begins

INTERNATIONAL = re.compile(r"\+[0-9]{7,15}")
NETWORKS_OWN = re.compile(r"\+?[0-9]{1,20}|[0-9*#]{1,20}")  # an address has 20 digits at most
SEPARATORS = re.compile(r"[,;\r\n\t]+")
LONGEST_SURE_CODE, LONGEST_CODE = 6, 8  # digits; the longer ones may be a subscriber's
FEWEST_DIGITS, MOST_DIGITS = 3, 15  # after a + (E.164)
MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
FIXED = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.UNKNOWN)
CENTRE = re.compile(r"\+[1-9][0-9]{5,14}")
NO_BEGINNING = "is not the beginning of a phone number"
NO_CODE = "has a 0 after the +, where the country code belongs"
TOO_SHORT = "is too short for a phone number"


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


def normalise(typed: str, country: str) -> str | BadNumber:
    """One number as E.164, or a short code as it is.

    Whoever writes + and up to 15 digits is believed. Digits alone are read as they are dialled in
    `country`, else as international, whichever is a number that exists.
    """
    if len(typed) > LONGEST:  # nothing of any length is kept in memory
        return BadNumber(_shown(typed), str(written_number(typed)))
    return _normalised(typed, country)


@lru_cache(maxsize=5000)  # the same ones are looked at again with every key that is pressed
def _normalised(typed: str, country: str) -> str | BadNumber:
    found = written_number(typed)
    if isinstance(found, str):
        return BadNumber(_shown(typed), found)
    if found.is_code:
        return found.digits
    ways = tuple(filter(None, (found.without_zero, found.digits)))
    for digits in ways:
        if number := _existing(digits, country):
            return number
    believed = _believed(ways[0], country, plain=found.plain)
    return believed if believed[:1] in "+0123456789" else BadNumber(_shown(typed), believed)


def from_network(sender: str, country: str) -> str:
    """Who sent a message, as people and answers are compared with; "" = a name, or nobody.

    The network is believed: with + these digits, else the subscriber of `country` (or of another,
    written without +) who has them, else exactly these digits: a service's code.
    """
    return _of_network(sender, country) if NETWORKS_OWN.fullmatch(sender) else ""


@lru_cache(maxsize=5000)
def _of_network(sender: str, country: str) -> str:
    if sender.startswith("+") or not sender.isdigit():
        return sender
    if number := _existing(sender, country):
        return number
    trunk = _trunk(country)
    if not trunk or not sender.startswith(trunk) or len(sender) <= LONGEST_CODE:
        return sender
    believed = _believed(sender, country, plain=True)
    return believed if believed.startswith("+") else sender


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
        trunk = _trunk(country)
        found += [rest, f"{trunk}{rest}"] if trunk else [rest]
    return tuple(
        n
        for n in dict.fromkeys(found)
        if len(n) > LONGEST_CODE or from_network(n, country) == number
    )


def beginning(typed: str, country: str) -> str | BadNumber:
    """What numbers begin with, as it is compared: "0712" in Kenya is "+254712".

    Digits that are neither dialled at home nor abroad are those of short codes, and stay.
    """
    digits = begins(typed)
    if not digits or re.fullmatch("00+", digits):
        return BadNumber(_shown(typed), NO_BEGINNING)
    code = str(phonenumbers.country_code_for_region(country))
    trunk = _trunk(country)
    if abroad := from_abroad(digits, country):
        digits = abroad
    elif digits.startswith("+") or code == "0":
        pass
    elif trunk and digits.startswith(trunk):
        digits = f"+{code}{digits[len(trunk) :]}"
    elif digits.startswith(code):
        digits = f"+{digits}"
    elif not trunk or trunk == code:  # nothing is dialled before a number at home
        digits = f"+{code}{digits}"
    international = digits.startswith("+")
    if len(digits) > MOST_DIGITS + 1 or (international and not digits[1:].isdigit()):
        return BadNumber(_shown(typed), NO_BEGINNING)
    if digits.startswith("+0"):
        return BadNumber(_shown(typed), NO_CODE)
    return digits


def from_abroad(digits: str, country: str) -> str:
    """The same with + in place of what is dialled before numbers abroad; "" = it is not."""
    known = phonenumbers.PhoneMetadata.metadata_for_region(country)
    way_out = known.international_prefix if known else None
    for prefix in filter(None, (way_out, "00")):  # not every country dials 00, but people write it
        if (found := re.match(prefix, digits)) and digits[found.end() :].isdigit():
            return "+" + digits[found.end() :]
    return ""


def service_centre(typed: str) -> str:
    """With + and country code, as a service centre has to be given; "" = it is not."""
    found = written_number(typed)
    if isinstance(found, str) or not CENTRE.fullmatch(found.without_zero or found.digits):
        return ""
    return found.without_zero or found.digits


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


def _existing(digits: str, country: str) -> str:
    """The number as E.164, if these digits can be read as one that exists; else "".

    Only a mobile phone reads an SMS: 4915123456789 in Germany is one with its country code, not
    the landline in the area 04915 that it could be as well.
    """
    home, kind = _valid(digits, country)
    if digits.startswith("+") or len(digits) <= LONGEST_CODE or kind in MOBILE:
        return home
    # Not every country dials 00 to go abroad, but many people write it; others leave out the +.
    abroad, kind = _valid("+" + digits.removeprefix("00"), country)
    wanted = kind == phonenumbers.PhoneNumberType.MOBILE if home else kind not in FIXED
    return abroad if abroad and (wanted or digits.startswith("00")) else home


def _valid(digits: str, country: str) -> tuple[str, int]:
    """The number as E.164 and what kind of number it is; "" = it does not exist."""
    nothing = "", phonenumbers.PhoneNumberType.UNKNOWN
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return nothing
    kind = phonenumbers.number_type(number)
    if kind == phonenumbers.PhoneNumberType.UNKNOWN:
        return nothing
    if len(digits) <= LONGEST_SURE_CODE and kind not in MOBILE:
        return nothing  # where mobile numbers are longer, these are the digits of a service
    return _fitting(number), kind


def _believed(digits: str, country: str, *, plain: bool) -> str:
    """What is no number that the tables know, as E.164 or as a short code; or why it is none."""
    if digits.startswith("+"):
        return _abroad(digits)
    if len(digits) <= LONGEST_SURE_CODE and plain:
        return digits if len(digits) > 1 else NO_NUMBER
    if len(digits) <= LONGEST_CODE and plain and not digits.startswith("0"):
        return digits
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        if digits.startswith("00"):
            return _abroad("+" + digits[2:])
        return NO_NUMBER if country else "needs + and the country code before it"
    possible = phonenumbers.is_possible_number_for_type_with_reason
    match possible(number, phonenumbers.PhoneNumberType.MOBILE):
        case phonenumbers.ValidationResult.TOO_SHORT:
            return TOO_SHORT
        case phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return "lacks its area code"
        case phonenumbers.ValidationResult.IS_POSSIBLE:
            return _fitting(number) or NO_NUMBER
    if digits.startswith("00"):
        return _abroad("+" + digits[2:])
    return TOO_LONG


def _abroad(number: str) -> str:
    """A number with +, believed; or why nobody can have it."""
    digits = number[1:]
    if digits.startswith("0"):
        return NO_CODE
    if len(digits) < FEWEST_DIGITS or int(digits) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        return TOO_SHORT
    return number if len(digits) <= MOST_DIGITS else TOO_LONG


def _fitting(number: phonenumbers.PhoneNumber) -> str:
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164 if len(e164) <= MOST_DIGITS + 1 else ""


def _shown(typed: str) -> str:
    return typed if len(typed) <= 40 else typed[:39] + "…"


def _trunk(country: str) -> str:
    """What is dialled before a number at home."""
    return phonenumbers.ndd_prefix_for_region(country, True) or ""
