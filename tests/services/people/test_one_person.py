"""One person, however the network writes the number: every place that compares numbers agrees."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.decisions.routing import Rule, RuleKind
from gateway.services.activities.message_facts import arrived, reply_candidate
from gateway.services.messages.searches import MessageSearch, SearchQuestion
from gateway.services.people.numbers import alternatives
from gateway.services.people.people import TypedContact
from gateway.services.sending.routing_facts import RoutingFacts
from gateway.store.activities.runs import FreshMessage
from gateway.store.messages import lists
from gateway.store.people import blocked, people
from gateway.store.search.views import View
from tests.services.activities.activity_world import ANN, ActivityWorld
from tests.services.conftest import FakeClock
from tests.store.given import message

FORMS = ("+254712000001", "254712000001", "0712000001", "712000001", "00254712000001")
OTHERS = ("0712000002", "12000001", "BANK", "71200", "+255712000001", "0112000001")

each_form = pytest.mark.parametrize("form", FORMS)


@pytest.fixture
def world(clock: FakeClock, store: Path) -> ActivityWorld:
    return ActivityWorld(clock)


@pytest.fixture
def ann(world: ActivityWorld) -> int:
    return world.people.add(TypedContact("Ann Otieno", "0712 000 001"))


@each_form
def test_the_history_of_a_person_has_all_of_it(world: ActivityWorld, ann: int, form: str) -> None:
    said = world.receive("hello", form)
    told = message(ANN, at=world.clock.ms)
    for other in OTHERS:
        world.receive("hello", other)
    forms = world.people.forms(people.get(ann).number)
    assert people.history(forms, None, 50) == [told, said]
    assert people.history(forms, told, 50) == [said]
    assert world.people.names([form, *OTHERS]) == {form: "Ann Otieno"}


@each_form
def test_a_search_for_a_person_finds_every_way_of_writing(
    world: ActivityWorld, ann: int, form: str
) -> None:
    said = world.receive("hello", form)
    for other in OTHERS:
        world.receive("hello", other)
    searching = MessageSearch(lambda: "KE", lambda: None)
    for who in ("Ann Otieno", "otieno", "0712 000001", "+254712000001"):
        plan = searching.plan(SearchQuestion(who=who), View.ALL)
        assert searching.page(plan, None, 50).ids == [said], who


@each_form
def test_conditions_and_rules_know_who_wrote(world: ActivityWorld, ann: int, form: str) -> None:
    group = world.people.make_group("Volunteers")
    world.people.join(group, [ann])
    world.receive("hello", form)
    facts = arrived(form, "hello", world.line, world.clock.ms, world.preferences)
    assert (facts.known, facts.groups) == (True, {group})
    known = (Rule(RuleKind.LAST_RECEIVED), Rule(RuleKind.GROUP, str(group), world.line))
    routed = RoutingFacts.of([ANN, "+254712000002"], known, "KE")
    assert routed.last_received(ANN) == world.line
    assert routed.groups(ANN) == {str(group)}
    assert routed.last_received("+254712000002") is None


@each_form
def test_stop_start_and_a_persons_own_block_mean_the_same_number(
    world: ActivityWorld, form: str
) -> None:
    world.receive("STOP", form)
    assert blocked.get(ANN) is not None
    assert reply_candidate(FreshMessage(0, form, "hi", 1, None), world.clock.ms, "KE").blocked
    world.receive("START", FORMS[0])
    assert blocked.get(ANN) is None
    world.people.block(form, "admin")
    assert [b.number for b in blocked.page()] == [ANN]
    assert world.people.free(form, "admin")


def test_short_codes_are_nobody_elses_number(world: ActivityWorld) -> None:
    assert "12345" not in alternatives("+25412345", "KE")
    said = world.receive("hello", "12345")
    assert people.history(world.people.forms("+25412345"), None, 9) == []
    assert people.history(world.people.forms("12345"), None, 9) == [said]


def test_without_a_country_a_number_is_what_it_is_and_abroad_stays_abroad() -> None:
    assert alternatives("+254712000001", "") == FORMS[0:2] + FORMS[4:]
    assert "0712000001" not in alternatives("+254712000001", "GB")


def test_the_list_shows_each_sender_as_written(world: ActivityWorld) -> None:
    for form in FORMS:
        world.receive("hello", form)
    shown = {row.who for row in lists.page(View.RECEIVED, None, 50)}
    assert len(shown) == len(FORMS)
