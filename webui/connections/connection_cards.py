"""What the pages of a connection begin with: the connection itself, its credit as a picture."""

from __future__ import annotations

from flask import abort
from markupsafe import Markup

from gateway.services.connections.connection_status import ConnectionStatus
from gateway.services.credit.credit import CreditChecks
from gateway.store.credit import credit
from webui.connections import chart
from webui.page.current import box
from webui.page.formats import full, local

POINTS = 100  # balances in the chart


def status_of(connection_id: int) -> ConnectionStatus:
    """Ends the request with 404 when there is no such connection."""
    found = box().connections.overview().connection(connection_id)
    if found is None:
        abort(404)
    return found


def credit_checks() -> CreditChecks:
    found = box().credit
    assert found is not None  # else these pages are not registered
    return found


def credit_chart(shown: ConnectionStatus) -> Markup:
    read = [c for c in credit.history(shown.id, POINTS) if c.balance is not None][::-1]
    points = [(c.at, c.balance) for c in read if c.balance is not None]
    if len(points) < 2:
        return Markup("")
    low, high = min(b for _, b in points), max(b for _, b in points)
    sign = read[-1].currency
    since = full(local(points[0][0]))
    title = f"Credit since {since}: from {low} to {high} {sign}, now {points[-1][1]} {sign}"
    return chart.balances(points, title)
