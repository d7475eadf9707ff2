"""What a person sets for the credit of a connection: as typed, checked, and as it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from gateway.decisions import balance
from gateway.services.credit.ussd import UssdError, checked
from gateway.store.credit.credit import CreditSettings
from gateway.text.refusal import FieldError, Refused
from gateway.text.values import BadValue, whole

MOST_HOURS, MOST_SMS = 24 * 31, 100_000


@dataclass(frozen=True, slots=True)
class TypedCredit:
    """The settings as somebody typed them."""

    code: str = ""
    pattern: str = ""
    every_hours: str = ""
    after_sms: str = ""
    warn_below: str = ""
    hold_below: str = ""


def read_settings(typed: TypedCredit) -> CreditSettings:
    """Raises Refused with everything that is wrong, at once."""
    errors: list[FieldError] = []

    def taken(field: str, value: str, read: Callable[[str], object]) -> object:
        try:
            return read(value.strip())
        except (ValueError, UssdError) as e:
            errors.append(FieldError(field, str(e)))
            return None

    code = taken("code", typed.code, lambda text: checked(text) if text else "")
    pattern = taken("pattern", typed.pattern, _pattern)
    hours = taken("every_hours", typed.every_hours, lambda text: _count(text, MOST_HOURS))
    after = taken("after_sms", typed.after_sms, lambda text: _count(text, MOST_SMS))
    warn = taken("warn_below", typed.warn_below, _limit)
    hold = taken("hold_below", typed.hold_below, _limit)
    if not errors and (hours or after) and not code:
        errors.append(FieldError("code", "Enter the code that asks for the credit."))
    if errors:
        raise Refused(errors)
    return CreditSettings(code, pattern, hours, after, warn, hold)  # type: ignore[arg-type]


def _pattern(text: str) -> str:
    if text and (trouble := balance.pattern_trouble(text)):
        raise ValueError(trouble)
    return text


def _count(text: str, most: int) -> int:
    if not text:
        return 0
    found = whole(text, 0, most)
    if isinstance(found, BadValue):
        raise ValueError(f"Enter a whole number from {found.bounds}, or nothing.")
    return found


def _limit(text: str) -> Decimal | None:
    if not text:
        return None
    if not re.fullmatch(r"-?[0-9]{1,9}([.,][0-9]{1,3})?", text):
        raise ValueError("Enter an amount such as 5 or 2.50, or nothing.")
    return Decimal(text.replace(",", "."))
