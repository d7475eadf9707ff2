"""Routing rules as people write them: checked whole, kept in their order, told in words."""

from __future__ import annotations

import pytest

from gateway.decisions.routing import Rule, RuleKind
from gateway.events import Events
from gateway.services.connections.rules import NO_RULES, Rules, TypedRule
from gateway.store.connections import connections, rules
from gateway.store.file import database
from gateway.store.messages import details, outbox
from gateway.store.people import groups
from gateway.text.refusal import Refused
from tests.services.conftest import FakeClock


@pytest.fixture
def known(clock: FakeClock, store) -> Rules:
    return Rules(clock, Events(), lambda: "KE")


@pytest.fixture
def line(clock: FakeClock, store) -> int:
    return connections.upsert_connection("8949", "", clock.now()).connection_id


def words(known: Rules) -> list[str]:
    return [found.words for found in known.listed()]


def refused(action) -> dict[str, str]:
    with pytest.raises(Refused) as error:
        action()
    return {found.field: found.words for found in error.value.errors}


def test_a_new_box_has_the_usual_rules(known):
    assert known.untouched
    assert words(known) == [
        "Reply through the connection last received through",
        "Everything through any that is free",
    ]
    assert known.warning() == ""


@pytest.mark.parametrize(
    ("typed", "kept", "told"),
    [
        ("0712", "+254712", "Numbers starting with +254712 through SIM 1"),
        (" +254 712 ", "+254712", "Numbers starting with +254712 through SIM 1"),
        ("00254", "+254", "Numbers starting with +254 through SIM 1"),
        ("254", "+254", "Numbers starting with +254 through SIM 1"),
        ("22141", "22141", "Short codes starting with 22141 through SIM 1"),
    ],
)
def test_digits_are_kept_as_numbers_are(known, line, typed, kept, told):
    known.add(TypedRule("prefix", prefix=typed, connection=str(line)), "ann")
    assert rules.all_rules()[1].rule == Rule(RuleKind.PREFIX, kept, line)
    assert words(known)[1] == told


def test_the_beginning_of_a_number_fits_numbers_however_they_were_typed(known, line):
    from gateway.services.people.numbers import normalise

    known.add(TypedRule("prefix", prefix="0712", connection=str(line)), "ann")
    begins = rules.all_rules()[1].rule.value
    for typed in ("0712 345 678", "+254712345678", "00254712345678"):
        assert str(normalise(typed, "KE")).startswith(begins)
    assert not str(normalise("0722345678", "KE")).startswith(begins)


def test_everything_wrong_is_named_at_its_field_and_nothing_is_changed(known, line):
    before = rules.all_rules()
    assert refused(lambda: known.add(TypedRule("magic"), "ann")).keys() == {"kind"}
    wrong = refused(lambda: known.add(TypedRule("prefix", prefix="abc", connection="99"), "ann"))
    assert wrong.keys() == {"prefix", "connection"}
    assert refused(lambda: known.add(TypedRule("prefix", connection=str(line)), "ann"))["prefix"]
    assert refused(lambda: known.add(TypedRule("group", group="7"), "ann")).keys() == {
        "group",
        "connection",
    }
    assert "rule 2" in refused(lambda: known.add(TypedRule("any"), "ann"))["kind"]
    assert refused(
        lambda: known.change(10**6, TypedRule("connection", connection=str(line)), "ann")
    )
    assert refused(lambda: known.delete(10**6, "ann")).keys() == {"rule"}
    assert refused(lambda: known.order([1], "ann")).keys() == {"rule"}
    assert rules.all_rules() == before


def test_up_and_down_go_as_far_as_there_is_room(known, line):
    third = known.add(TypedRule("connection", connection=str(line)), "ann", place=3)
    assert known.move(third, -1, "ann") == 2
    assert known.move(third, -1, "ann") == 1
    assert known.move(third, -1, "ann") == 1
    assert words(known)[0] == "Everything through SIM 1"
    assert known.move(third, 5, "ann") == 3


def test_without_a_rule_that_is_switched_on_there_is_a_warning(known):
    for found in known.listed():
        known.switch(found.id, "ann", on=False)
    assert known.warning() == NO_RULES
    known.restore_default("ann")
    assert known.warning() == ""
    assert known.untouched


def test_a_new_sim_changes_no_order_of_ours_and_is_said_to_be_left_out(known, line, clock):
    rules.replace_all([(Rule(RuleKind.CONNECTION, "", line), True)])
    before = rules.all_rules()
    connections.upsert_connection("8950", "", clock.now())
    assert rules.all_rules() == before
    assert known.left_out() == ["SIM 2"]
    known.add(TypedRule("any"), "ann")
    assert known.left_out() == []


def test_a_group_that_a_rule_uses_says_so(known, line, clock):
    group = groups.make("Volunteers", clock.now())
    known.add(TypedRule("group", group=str(group), connection=str(line)), "ann")
    assert words(known)[1] == "Group Volunteers through SIM 1"
    assert groups.used_by(group) == ["routing rule 2"]
    database.execute('DELETE FROM "group"')
    assert known.listed()[1].trouble


def test_whoever_changes_rules_is_remembered_and_what_waits_is_looked_at(known, line, clock):
    now = clock.now()
    message = outbox.add(outbox.OutgoingMessage("hi", ("+254712345678",), 1, now, now, now + 10**6))
    (dispatch,) = (d.id for d in details.get(message).dispatches)
    outbox.postpone([dispatch], now + 30_000, "down", now)
    known.add(TypedRule("connection", connection=str(line)), "ann")
    assert outbox.due(now, {line: 1}, 5)
    last = database.execute("SELECT who, action FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    assert last == ("ann", "routing rules")


def test_all_rules_at_once_or_none(known, line):
    before = rules.all_rules()
    wanted = [
        (TypedRule("prefix", prefix="0712", connection=str(line)), True),
        (TypedRule("any"), False),
        (TypedRule("any"), True),
        (TypedRule("group", group="3", connection="x"), True),
    ]
    wrong = refused(lambda: known.replace(wanted, "api"))
    assert wrong.keys() == {"2.kind", "3.group", "3.connection"}
    assert rules.all_rules() == before
    known.replace(wanted[:2], "api")
    assert [(found.words, found.enabled) for found in known.listed()] == [
        ("Numbers starting with +254712 through SIM 1", True),
        ("Everything through any that is free", False),
    ]


def test_a_new_rule_is_asked_before_what_holds_for_everything(known, line):
    known.add(TypedRule("connection", connection=str(line)), "ann")
    known.add(TypedRule("prefix", prefix="+254", connection=str(line)), "ann")
    assert words(known) == [
        "Reply through the connection last received through",
        "Numbers starting with +254 through SIM 1",
        "Everything through SIM 1",
        "Everything through any that is free",
    ]
    assert [found.trouble for found in known.listed()] == ["", "", "", ""]
    assert [found.position for found in known.listed()] == [1, 2, 3, 4]


def test_a_rule_that_never_takes_effect_says_which_one_is_in_the_way(known, line):
    late = known.add(TypedRule("prefix", prefix="+254", connection=str(line)), "ann", place=3)
    (trouble,) = filter(None, (found.trouble for found in known.listed()))
    assert "rule 2 above it sends everything through any connection" in trouble
    known.move(late, -1, "ann")
    assert not any(found.trouble for found in known.listed())
    known.move(late, 1, "ann")
    known.switch(rules.all_rules()[1].id, "ann", on=False)
    assert not any(found.trouble for found in known.listed()), "what is off is in nobody's way"


def test_the_same_connection_twice_is_told_but_another_one_is_a_reserve(known, line, clock):
    spare = connections.upsert_connection("8950", "", clock.now()).connection_id
    known.add(TypedRule("connection", connection=str(line)), "ann", place=1)
    known.add(TypedRule("prefix", prefix="+254", connection=str(line)), "ann", place=2)
    known.add(TypedRule("prefix", prefix="+254", connection=str(spare)), "ann", place=3)
    told = [found.trouble for found in known.listed()]
    assert "the same through the same connection" in told[1]
    assert told[2] == ""
