"""Setting activities up: what is refused, what stays as it was typed, and trying out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.services.activities.activity_drafts import TypedAction, TypedActivity
from gateway.services.activities.activity_tryout import SampleMessage
from gateway.services.activities.fallback import Fallback
from gateway.services.people.people import TypedContact
from gateway.store.activities import activities
from gateway.store.people import groups, people
from tests.services.activities.activity_world import (
    ANN,
    BOB,
    CAT,
    ActivityWorld,
    forward,
    join,
    leave,
    refused,
    reply,
    webhook,
)
from tests.services.conftest import FakeClock


@pytest.fixture
def world(clock: FakeClock, store: Path) -> ActivityWorld:
    return ActivityWorld(clock)


# setting up -------------------------------------------------------------------------------------


def test_everything_wrong_is_said_at_once_and_nothing_is_kept(world):
    said = refused(
        world.activities.add,
        TypedActivity(
            name=" ",
            words="two words, ?",
            sender="group",
            connection="99",
            starts="25:00",
            ends="8:00",
            weekdays=(),
            actions=(
                reply("Hi {nam}"),
                forward("the moon", " "),
                join(77),
                webhook("ftp://x"),
                TypedAction("dance"),
            ),
        ),
        "admin",
    )
    assert set(said) == {
        "name", "words", "group", "connection", "starts", "weekdays",
        "a0-text", "a1-recipients", "a1-text", "a2-group", "a3-url", "a4-kind",
    }  # fmt: skip
    assert "{nam} cannot be filled in" in said["a0-text"]
    assert activities.activities() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"words": ""}, "words"),
        ({"words": "👍, ?"}, "words"),
        ({"words": "\u200b", "match": "contains"}, "words"),
        ({"words": ",".join(f"w{n}" for n in range(51))}, "words"),
        ({"match": "sounds like"}, "match"),
        ({"sender": "martian"}, "sender"),
        ({"starts": "8:00"}, "ends"),
        ({"starts": "8:00", "ends": "08:00"}, "ends"),
        ({"ends": "24:01"}, "ends"),
        ({"actions": ()}, "actions"),
        ({"actions": (reply("x"),) * 11}, "actions"),
        ({"actions": (reply("x" * 50_000),)}, "a0-text"),
        ({"actions": (reply("\ud800"),)}, "a0-text"),
        ({"actions": (forward(","),)}, "a0-recipients"),
        ({"actions": (webhook("http://"),)}, "a0-url"),
        ({"actions": (webhook("http://user:secret@example.org/"),)}, "a0-url"),
        ({"actions": (webhook("http://exa mple.org/"),)}, "a0-url"),
        ({"actions": (webhook("http://example.org:99999/"),)}, "a0-url"),
    ],
)
def test_this_is_refused(world, changes, field):
    draft = replace(TypedActivity("A", words="join", actions=(reply("x"),)), **changes)
    assert set(refused(world.activities.add, draft, "admin")) == {field}


def test_what_is_kept_stands_in_the_form_as_it_was_typed(world):
    from gateway.services.activities.activity_drafts import typed_activity

    group = world.people.make_group("Volunteers")
    world.people.add(TypedContact("Bob", BOB))
    draft = TypedActivity(
        name="All of it",
        match="contains",
        words="fire, flood",
        sender="group",
        group=str(group),
        connection=str(world.line),
        starts="22:00",
        ends="06:30",
        weekdays=(0, 2, 6),
        actions=(
            forward(f"Volunteers, Bob <{BOB}>, {CAT}"),
            join(group),
            webhook("https://example.org/x?y=1", "secret"),
        ),
    )
    made = world.activities.add(draft, "admin")
    stored = typed_activity(activities.get(made))
    for name in ("name", "match", "words", "sender", "group", "connection", "starts", "ends"):
        assert getattr(stored, name) == getattr(draft, name)
    assert stored.weekdays == draft.weekdays
    assert stored.actions[0].recipients == draft.actions[0].recipients
    assert stored.actions[2].secret == ""  # never shown again
    before = activities.get(made)
    world.activities.save(made, stored, "admin")
    assert activities.get(made) == before  # with ids and secret
    without = replace(stored.actions[2], keep_secret=False)
    world.activities.save(made, replace(stored, actions=(without,)), "admin")
    (left,) = activities.get(made).actions
    assert (left.secret, left.id) == ("", before.actions[2].id)
    assert set(refused(world.activities.add, draft, "admin")) == {"name"}


def test_a_group_that_an_activity_needs_is_not_deleted(world):
    group = world.people.make_group("Volunteers")
    made = [
        world.add("In it", "", sender="group", group=str(group)),
        world.add("Joins", "join", join(group)),
        world.add("Tells", "", forward("Volunteers")),
    ]
    said = refused(world.people.delete_group, group, "admin")
    for name in ("In it", "Joins", "Tells"):
        assert f"the activity “{name}”" in said["group"]
    for activity in made:
        world.activities.delete(activity, "admin")
    world.people.delete_group(group, "admin")
    assert groups.get(group) is None


# trying out -------------------------------------------------------------------------------------


def test_a_sample_is_tried_and_nothing_happens(world):
    group = world.people.make_group("Volunteers")
    world.people.add(TypedContact("Ann", ANN))
    world.add("Join", "join", join(group), reply("Welcome {name}"))
    off = world.add("Off", "")
    world.activities.switch(off, False, "admin")
    world.add("Leave", "leave", leave(group))
    tried = world.activities.try_out(SampleMessage("Join!", "0712 000 001"))
    assert [t.words for t in tried] == [
        "Matches: would let +254 712 000001 join “Volunteers”, then reply “Welcome Ann”.",
        "Matches, but is switched off; it would reply “This is Off”.",
        "Does not match because the first word is “join”, not “leave”.",
    ]
    assert [t.matches for t in tried] == [True, False, False]
    assert people.by_number(ANN).groups == ()
    assert world.sent() == []


def test_a_sample_that_sets_off_nothing_would_be_in_did_not_trigger(world):
    world.add("Join", "join")
    (_, none) = world.activities.try_out(SampleMessage("hello"))
    assert none.words == "No activity would run: the message would be in Did not trigger."
    world.activities.set_fallback(Fallback("Sorry", on=True), "admin")
    (_, none) = world.activities.try_out(SampleMessage("hello", "Bank"))
    assert none.words.endswith("would not reply (“Bank” is a name, not a number).")
    world.people.add(TypedContact("Bob", BOB))
    world.people.block(BOB, "admin")
    (_, none) = world.activities.try_out(SampleMessage("hello", "bob"))
    assert none.words.endswith("would not reply (The number is blocked).")
    assert set(refused(world.activities.try_out, SampleMessage("x", "+1"))) == {"sender"}
    assert set(refused(world.activities.try_out, SampleMessage("x", "", 99))) == {"via"}


def test_one_is_tried_while_it_is_typed(world):
    draft = TypedActivity("New", words="hello", actions=(reply("You wrote {message}"),))
    tried = world.activities.try_one(SampleMessage("Hello!"), draft)
    assert tried.words == "Matches: would reply “You wrote Hello!”."
    assert activities.activities() == []


@pytest.mark.parametrize("number", ["9" * 30, "١", "²", "9" * 5000])
def test_a_connection_that_is_no_number_is_not_known(world, number):
    draft = TypedActivity(name="X", match="anything", connection=number, actions=(reply("hi"),))
    assert set(refused(world.activities.add, draft, "ann")) == {"connection"}
