"""Routing rules in the person's order, and the facts that they ask for; decisions.routing reads.

Positions are 1, 2, 3 ...: what people call a rule by.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gateway.decisions.routing import Rule, RuleKind
from gateway.store.file.database import errors, execute, insert, transaction

KINDS = ", ".join(f"'{kind}'" for kind in RuleKind)  # of others this version knows nothing


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule with its place in the order."""

    id: int
    position: int
    rule: Rule
    enabled: bool


_SELECT = (
    "SELECT id, kind, value, connection_id, enabled FROM routing_rule"  # noqa: S608
    f" WHERE kind IN ({KINDS})"
)


def enabled() -> tuple[Rule, ...]:
    """The rules that are switched on, in order."""
    return tuple(found.rule for found in all_rules() if found.enabled)


def all_rules() -> list[StoredRule]:
    with errors():
        rows = execute(f"{_SELECT} ORDER BY position, id").fetchall()
    return [
        StoredRule(id_, place, Rule(RuleKind(kind), value, via), bool(on))
        for place, (id_, kind, value, via, on) in enumerate(rows, start=1)
    ]


def add(rule: Rule, place: int | None = None) -> int:
    """Put it before the one at `place` (from 0), or last. Returns its id."""
    with transaction():
        ids = [found.id for found in all_rules()]
        rule_id = insert(
            "INSERT INTO routing_rule (position, kind, value, connection_id, enabled)"
            " VALUES (0, ?, ?, ?, 1)",
            (rule.kind, rule.value, rule.connection_id),
        )
        ids.insert(len(ids) if place is None else place, rule_id)
        _renumber(ids)
        return rule_id


def change(rule_id: int, rule: Rule) -> bool:
    """False when there is no such rule (any more)."""
    with errors():
        changed = execute(
            "UPDATE routing_rule SET kind = ?, value = ?, connection_id = ? WHERE id = ?",
            (rule.kind, rule.value, rule.connection_id, rule_id),
        )
    return changed.rowcount == 1


def switch(rule_id: int, *, on: bool) -> bool:
    with errors():
        changed = execute("UPDATE routing_rule SET enabled = ? WHERE id = ?", (on, rule_id))
    return changed.rowcount == 1


def delete(rule_id: int) -> bool:
    with transaction():
        gone = execute("DELETE FROM routing_rule WHERE id = ?", (rule_id,)).rowcount == 1
        _renumber([found.id for found in all_rules()])
    return gone


def delete_of(connection_id: int) -> int:
    """All that lead to this connection. Returns how many they were."""
    with transaction():
        gone = execute("DELETE FROM routing_rule WHERE connection_id = ?", (connection_id,))
        _renumber([found.id for found in all_rules()])
    return int(gone.rowcount)


def order(rule_ids: Sequence[int]) -> bool:
    """Put the rules in this order. False, and nothing changed, unless these are all there are."""
    with transaction():
        known = {found.id for found in all_rules()}
        if len(rule_ids) != len(known) or set(rule_ids) != known:
            return False
        _renumber(rule_ids)
    return True


def replace_all(wanted: Sequence[tuple[Rule, bool]]) -> None:
    """These, in this order, with whether they are switched on, instead of all others."""
    with transaction():
        execute(f"DELETE FROM routing_rule WHERE kind IN ({KINDS})")  # noqa: S608
        for rule, on in wanted:
            rule_id = add(rule)
            switch(rule_id, on=on)


def _renumber(rule_ids: Sequence[int]) -> None:
    for position, rule_id in enumerate(rule_ids, start=1):
        execute("UPDATE routing_rule SET position = ? WHERE id = ?", (position, rule_id))


# facts ------------------------------------------------------------------------------------------


def last_through(numbers: Sequence[str]) -> int | None:
    """The connection that one of these, which are all one person, last wrote to us through."""
    marks = ", ".join("?" * len(numbers))
    with errors():
        row = execute(
            f"SELECT connection_id FROM message WHERE peer IN ({marks})"  # noqa: S608
            " AND connection_id IS NOT NULL ORDER BY id DESC LIMIT 1",
            tuple(numbers),
        ).fetchone()
    return int(row[0]) if row else None


def groups_of(numbers: Collection[str], group_ids: Collection[str]) -> dict[str, set[str]]:
    """Number -> which of these groups its contact is in; numbers in none of them are left out."""
    found: dict[str, set[str]] = {}
    with errors():
        rows = execute(
            "SELECT c.number, CAST(m.group_id AS TEXT) FROM contact c"
            " JOIN membership m ON m.contact_id = c.id"
            " WHERE c.number <> '' AND c.number IN (SELECT value FROM json_each(?))"
            " AND m.group_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))",
            (json.dumps(list(numbers)), json.dumps(list(group_ids))),
        )
        for number, group_id in rows:
            found.setdefault(number, set()).add(group_id)
    return found
