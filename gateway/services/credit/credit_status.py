"""What is known of a connection's credit, and how an answer of its network is read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from gateway.decisions import balance
from gateway.decisions.balance import Balance
from gateway.decisions.credit_codes import suggestion
from gateway.services.credit import patterns
from gateway.store.connections import connections
from gateway.store.credit import credit
from gateway.store.credit.credit import CreditCheckInfo, CreditSettings


@dataclass(frozen=True, slots=True)
class CreditStatus:
    """What is known of a connection's credit. `read` is the last answer with a balance."""

    settings: CreditSettings
    last: CreditCheckInfo | None
    read: CreditCheckInfo | None
    checking: bool
    low: bool
    held: str  # why the queue waits, "" when it does not
    suggestion: str  # the code that its network is known for


def read(text: str, pattern: str = "") -> Balance | None:
    """The balance, by somebody's own pattern where there is one. Raises patterns.BadPattern."""
    if not pattern:
        return balance.read(text)
    span = patterns.search(pattern, text[: balance.MOST_TEXT])
    return balance.from_match(text, *span) if span else None


def amount(check: CreditCheckInfo) -> str:
    return f"{check.balance} {check.currency}".strip()


def part(check: CreditCheckInfo) -> str:
    """The words before the amount that was taken, where an answer told several; else ""."""
    found = balance.read(check.raw) if check.balance is not None else None
    return found.part if found and found.amount == check.balance else ""


def is_below(check: CreditCheckInfo | None, limit: Decimal | None) -> bool:
    if check is None or check.balance is None or limit is None:
        return False
    return check.balance < limit


def kept_status(connection_id: int) -> CreditStatus:
    """As far as the store knows: nothing is being asked, and nothing held."""
    settings, read = credit.settings_of(connection_id), credit.last_read(connection_id)
    info = connections.get(connection_id)
    return CreditStatus(
        settings=settings,
        last=credit.last(connection_id),
        read=read,
        checking=False,
        low=is_below(read, settings.warn_below) or is_below(read, settings.hold_below),
        held="",
        suggestion=suggestion(info.imsi) if info else "",
    )
