"""How the numbers behave that no modem has: pretend phones, as data."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

# RP causes that the network answers with (TS 24.011 annex E-2).
UNASSIGNED_NUMBER = 1
INVALID_INFORMATION = 96
INSUFFICIENT_CREDIT = 21


@dataclass(slots=True)
class Phone:
    """How one number behaves. Change it at any time; `Network.switch` turns it off and on."""

    number: str
    on: bool = True
    refuse: int | None = None  # every message to it is refused with this CMS code
    refuse_next: deque[int] = field(default_factory=deque)  # the next ones, code by code
    reports: bool = True  # whether the sender ever gets a delivery report
    statuses: tuple[int, ...] = (0,)  # TP-ST of its reports, in order: (48, 0) = first still trying


@dataclass(frozen=True, slots=True)
class PhoneRule:
    """Numbers that end in `ending` behave like `phone` until told otherwise."""

    ending: str
    phone: Phone


# Numbers for trying things out. Long endings, so that nobody meets them by chance.
RULES = (
    PhoneRule("9990001", Phone("", refuse=UNASSIGNED_NUMBER)),
    PhoneRule("9990021", Phone("", refuse=INSUFFICIENT_CREDIT)),
    PhoneRule("9990038", Phone("", refuse=38)),
    PhoneRule("9990046", Phone("", statuses=(70,))),  # accepted, then: validity expired
    PhoneRule("9990048", Phone("", statuses=(48, 0))),  # still trying, then delivered
    PhoneRule("9990000", Phone("", reports=False)),
    PhoneRule("9990009", Phone("", on=False)),
)
