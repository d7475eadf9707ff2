"""Connections as the page shows them: their state and work, and their credit."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort
from markupsafe import Markup

from gateway.services.connections.overview import ConnectionStatus, Overview, duration
from gateway.services.connections.status import ModemStatus
from gateway.services.credit.credit import CreditChecks, CreditStatus, amount, part
from gateway.store.connections.connections import ConnectionInfo
from gateway.store.credit import credit
from webui.connections import chart
from webui.page.current import box
from webui.page.words import full, local

POINTS = 100  # balances in the chart


@dataclass(frozen=True, slots=True)
class ConnectionCard:
    """A connection with its credit."""

    status: ConnectionStatus
    credit: CreditStatus

    @property
    def id(self) -> int:
        return self.status.id

    @property
    def info(self) -> ConnectionInfo:
        return self.status.info

    @property
    def modem(self) -> ModemStatus | None:
        return self.status.modem

    @property
    def level(self) -> str:
        return self.status.level.value

    @property
    def words(self) -> str:
        return self.status.words

    @property
    def advice(self) -> str:
        return self.status.advice

    @property
    def balance(self) -> str:
        return amount(self.credit.read) if self.credit.read else ""

    @property
    def part(self) -> str:
        """Which of several amounts that is, in the operator's words; "" where there was one."""
        return part(self.credit.read) if self.credit.read else ""

    @property
    def unread(self) -> bool:
        """Whether the last answer is newer than the last balance."""
        last, read = self.credit.last, self.credit.read
        return last is not None and (read is None or last.at > read.at)

    @property
    def wants_pin(self) -> bool:
        return self.modem is not None and self.modem.wants == "PIN"

    @property
    def gone(self) -> bool:
        """Whether its SIM is in no modem, as far as anybody knows."""
        return self.modem is None or self.modem.state == "absent"

    @property
    def takes(self) -> str:
        """How long what waits for it will take; "" when nobody knows."""
        return duration(self.status.seconds) if self.status.seconds is not None else ""

    @property
    def limits(self) -> str:
        """ "30 a minute, 200 an hour"; the ones that count."""
        found = self.status.limits
        named = (
            (found.minute, "a minute"),
            (found.hour, "an hour"),
            (found.day, "a day"),
        )
        return ", ".join(f"{limit:,} {words}" for limit, words in named if limit)


def overview() -> tuple[Overview, list[ConnectionCard]]:
    found = box().connections.overview()
    cards = [ConnectionCard(c, credit_checks().status(c.id)) for c in found.connections]
    return found, cards


def card_of(connection_id: int) -> ConnectionCard:
    """Ends the request with 404 when there is no such connection."""
    status = box().connections.overview().connection(connection_id)
    if status is None:
        abort(404)
    return ConnectionCard(status, credit_checks().status(connection_id))


def credit_checks() -> CreditChecks:
    found = box().credit
    assert found is not None  # else these pages are not registered
    return found


def credit_chart(shown: ConnectionCard) -> Markup:
    read = [c for c in credit.history(shown.id, POINTS) if c.balance is not None][::-1]
    points = [(c.at, c.balance) for c in read if c.balance is not None]
    if len(points) < 2:
        return Markup("")
    low, high = min(b for _, b in points), max(b for _, b in points)
    sign = read[-1].currency
    since = full(local(points[0][0]))
    title = f"Credit since {since}: from {low} to {high} {sign}, now {points[-1][1]} {sign}"
    return chart.balances(points, title)
