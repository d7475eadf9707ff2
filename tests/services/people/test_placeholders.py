"""What is filled into texts, and what stands there for somebody without a name."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.services.activities.activity_tryout import SampleMessage, try_all
from gateway.services.people.people import TypedContact
from gateway.services.people.placeholders import Template
from gateway.store.activities import activities
from tests.services.activities.activity_world import ANN, BOB, ActivityWorld, forward, reply


@pytest.fixture
def world(store, clock) -> ActivityWorld:
    world = ActivityWorld(clock)
    town = world.people.add_field("Town")
    world.people.add(TypedContact("Ann", ANN, "", {town: "Kisumu"}), [])
    return world


@pytest.mark.parametrize(
    ("text", "ann", "stranger"),
    [
        ("Hi {name}!", "Hi Ann!", "Hi !"),
        ("Hi {name|friend}!", "Hi Ann!", "Hi friend!"),
        ("Hi { Name | dear friend}!", "Hi Ann!", "Hi  dear friend!"),
        ("{Town|your town}", "Kisumu", "your town"),
        ("{name|}", "Ann", ""),
        ("{name|a|b}", "Ann", "a|b"),
        ("{{name|friend}}", "{name|friend}", "{name|friend}"),
    ],
)
def test_a_stranger_has_no_name_and_what_stands_behind_the_bar_is_used(world, text, ann, stranger):
    template = Template(text)
    assert template.unknown == []
    assert template.fill([ANN, BOB]).texts == (ann, stranger)


def test_what_stays_empty_is_counted_unless_something_stands_for_it(world):
    assert Template("{name} {Town|?}").fill([ANN, BOB]).empty == {"name": 1}


def test_an_unknown_one_is_named_without_its_bar(world):
    assert Template("{nmae|friend} {name}").unknown == ["nmae"]


@pytest.mark.parametrize("text", ["Hello {name|friend}", "Hello {name}, {number}"])
@pytest.mark.parametrize("sender", [ANN, BOB])
def test_a_reply_is_what_try_out_said(world, text, sender):
    world.add("Greet", "hi", reply(text))
    sample = SampleMessage(sender=sender, text="hi")
    (tried,) = try_all(sample, activities.enabled(), world.clock.now(), world.preferences)
    world.receive("hi", sender)
    ((_, sent),) = world.sent()
    assert f"reply “{sent}”" in tried.words
    assert ("friend" in sent) == ("friend" in text and sender == BOB)


def test_who_is_forwarded_to_others_is_told_by_number_where_there_is_no_name(world):
    world.add("Pass on", "", forward(ANN))
    world.receive("help", BOB)
    assert [text for _, text in world.sent()] == ["+254 712 000002: help"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="{}|name x", max_size=30))
def test_no_text_breaks_it(world, text):
    template = Template(text)
    (filled,) = template.fill([BOB]).texts
    assert isinstance(filled, str)
