"""Routing rules as the person ordered them; gateway.routing reads them."""

from __future__ import annotations

from gateway.routing import Rule, RuleKind
from gateway.store.db import errors, execute


def enabled() -> tuple[Rule, ...]:
    """The rules that are switched on, in order. Of a kind this version does not know: left out."""
    with errors():
        rows = execute(
            "SELECT kind, value, connection_id FROM routing_rule WHERE enabled = 1"
            " ORDER BY position, id"
        ).fetchall()
    return tuple(Rule(RuleKind(kind), *rest) for kind, *rest in rows if kind in set(RuleKind))
