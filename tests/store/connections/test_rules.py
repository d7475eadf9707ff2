"""The order of the routing rules is what people made it, whatever they do in whatever order."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from gateway.decisions.routing import Rule, RuleKind
from gateway.store import opening
from gateway.store.connections import rules
from gateway.store.file import database
from gateway.store.people import groups, people
from tests.store.given import ANN, BOB, NOW, connection

kinds = st.sampled_from([RuleKind.PREFIX, RuleKind.CONNECTION, RuleKind.ANY])


class Order(RuleBasedStateMachine):
    """A list of ours beside the store's."""

    known = Bundle("known")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        opening.open_store(Path(self.folder.name))
        self.session = database.connected()
        self.session.__enter__()
        self.lines = [connection(f"894{n}") for n in range(3)]
        self.model = [[s.id, s.rule, s.enabled] for s in rules.all_rules()]

    def teardown(self) -> None:
        self.session.__exit__(None, None, None)
        opening.close_store()
        self.folder.cleanup()

    def make(self, kind: RuleKind, n: int) -> Rule:
        if kind is RuleKind.ANY:
            return Rule(kind)
        value = f"+{n}" if kind is RuleKind.PREFIX else ""
        return Rule(kind, value, self.lines[n % 3])

    @initialize(target=known)
    def default(self):
        return self.model[0][0]

    @rule(target=known, kind=kinds, n=st.integers(1, 99))
    def add(self, kind, n):
        made = self.make(kind, n)
        rule_id = rules.add(made)
        self.model.append([rule_id, made, True])
        return rule_id

    @rule(rule_id=known, kind=kinds, n=st.integers(1, 99))
    def change(self, rule_id, kind, n):
        made = self.make(kind, n)
        there = [row for row in self.model if row[0] == rule_id]
        assert rules.change(rule_id, made) is bool(there)
        for row in there:
            row[1] = made

    @rule(rule_id=known, on=st.booleans())
    def switch(self, rule_id, on):
        there = [row for row in self.model if row[0] == rule_id]
        assert rules.switch(rule_id, on=on) is bool(there)
        for row in there:
            row[2] = on

    @rule(rule_id=consumes(known))
    def delete(self, rule_id):
        before = len(self.model)
        self.model = [row for row in self.model if row[0] != rule_id]
        assert rules.delete(rule_id) is (len(self.model) < before)

    @rule(n=st.integers(0, 2))
    def a_connection_goes(self, n):
        gone = [row for row in self.model if row[1].connection_id == self.lines[n]]
        assert rules.delete_of(self.lines[n]) == len(gone)
        self.model = [row for row in self.model if row not in gone]

    @rule(data=st.data())
    def order(self, data):
        wanted = data.draw(st.permutations([row[0] for row in self.model]))
        assert rules.order(wanted)
        self.model.sort(key=lambda row: wanted.index(row[0]))

    @rule(data=st.data())
    def an_order_of_what_is_not_there_changes_nothing(self, data):
        ids = [row[0] for row in self.model]
        assert not rules.order([*ids, 10**6])
        if ids:
            assert not rules.order(ids[1:])
            assert not rules.order([*ids[1:], ids[1 % len(ids)]]) or len(ids) == 1

    @invariant()
    def both_agree(self):
        found = rules.all_rules()
        assert [[s.id, s.rule, s.enabled] for s in found] == self.model
        assert [s.position for s in found] == list(range(1, len(found) + 1))
        assert list(rules.enabled()) == [row[1] for row in self.model if row[2]]


Order.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestOrder = Order.TestCase


@pytest.mark.usefixtures("store")
def test_a_rule_of_a_kind_that_this_version_does_not_know_is_left_alone() -> None:
    database.execute(
        "INSERT INTO routing_rule (position, kind, value, enabled) VALUES (1, 'new', '', 1)"
    )
    assert [r.kind for r in rules.enabled()] == [RuleKind.LAST_RECEIVED, RuleKind.ANY]


@pytest.mark.usefixtures("store")
def test_membership_is_told_for_the_groups_asked_for() -> None:
    a, b = groups.make("Volunteers", NOW), groups.make("Staff", NOW)
    for number, name in ((ANN, "Ann"), (BOB, "Bob")):
        contact_id = people.add(people.ContactInfo(name, number), NOW)
        groups.join(a, [contact_id])
        if number == BOB:
            groups.join(b, [contact_id])
    assert rules.groups_of([ANN, BOB, "+999"], {str(b)}) == {BOB: {str(b)}}
    assert rules.groups_of([ANN], {str(a), str(b)}) == {ANN: {str(a)}}
