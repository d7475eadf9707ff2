"""Activities: what sets them off, what they do, what keeps them in bounds, and what is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.clock import HOUR, MINUTE
from gateway.decisions.activities import StepState
from gateway.decisions.activities.guard import PastReply
from gateway.modem.ledger import ReadPdu
from gateway.services.activities.activity_drafts import TypedAction, TypedActivity
from gateway.services.activities.fallback import Fallback
from gateway.services.keeping.housekeeping import Housekeeping
from gateway.services.people.people import TypedContact
from gateway.store.activities import activities, replies, runs
from gateway.store.file.database import execute
from gateway.store.messages import details, trash
from gateway.store.people import blocked, groups, people
from gateway.store.search import views
from gateway.store.search.views import View
from tests.services.activities.activity_world import (
    ANN,
    BOB,
    CAT,
    OWN,
    ActivityWorld,
    forward,
    join,
    leave,
    refused,
    reply,
)
from tests.services.conftest import FakeClock
from tests.store.given import restore
from tests.support.settings import somebody


@pytest.fixture
def world(clock: FakeClock, store: Path) -> ActivityWorld:
    return ActivityWorld(clock)


def untriggered() -> list[int]:
    found = views.ids(View.UNTRIGGERED, None, 50)
    assert views.counts().untriggered == len(found)
    return found


# what sets them off -----------------------------------------------------------------------------


def test_all_that_match_run_in_their_order_and_the_others_do_not(world):
    world.add("First", "join", reply("one"))
    world.add("Other", "leave", reply("never"))
    second = world.add("Second", "", reply("two"))
    message = world.receive("Join, please")
    assert [text for _, text in world.sent()] == ["one", "two"]
    assert untriggered() == []
    assert activities.get(second).fired == 1
    assert activities.get(second).last_fired_at == details.get(message).created_at
    world.activities.shift(second, -1, "admin")
    world.activities.shift(second, -1, "admin")
    assert not world.activities.shift(second, -1, "admin")
    world.receive("join", BOB)
    assert [text for _, text in world.sent()] == ["one", "two", "two", "one"]


def test_one_that_is_switched_off_does_nothing_and_its_messages_did_not_trigger(world):
    only = world.add("Only", "join")
    world.activities.switch(only, False, "admin")
    message = world.receive("join")
    assert world.sent() == []
    assert untriggered() == [message]
    world.activities.switch(only, True, "admin")
    assert untriggered() == [message]  # decided on arrival
    assert world.receive("join") not in untriggered()


def test_the_view_follows_deleting_and_restoring(world):
    ids = [world.receive("hello") for _ in range(3)]
    assert untriggered() == ids[::-1]
    trash.delete([ids[1]], world.clock.now(), "admin")
    assert untriggered() == [ids[2], ids[0]]
    restore([ids[1]], world.clock.now(), "admin")
    assert untriggered() == ids[::-1]
    trash.delete(ids, world.clock.now(), "admin")
    trash.destroy(ids[:2], world.clock.now(), "admin")
    restore(ids, world.clock.now(), "admin")
    assert untriggered() == [ids[2]]


def test_the_view_is_read_from_its_index(store, monkeypatch):
    asked = []
    monkeypatch.setattr(views, "execute", lambda *args: asked.append(args) or execute(*args))
    views.ids(View.UNTRIGGERED, 9, 50)
    ((sql, params),) = asked
    plan = execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()
    assert [row[3] for row in plan] == ["SEARCH message USING INDEX message_untriggered (id<?)"]


def test_senders_and_groups_are_looked_up_however_the_network_writes_the_number(world):
    group = world.people.make_group("Volunteers")
    world.people.add(TypedContact("Bob", BOB), [group])
    world.add("Members", "", reply("member"), sender="group", group=str(group))
    world.add("Known", "", reply("known"), sender="known")
    world.add("Unknown", "", reply("unknown"), sender="unknown")
    world.receive("hi", ANN)
    world.receive("hi", "0712000002")
    assert [text for _, text in world.sent()] == ["unknown", "member", "known"]


def test_hours_are_those_of_the_box(world):
    zone = "Asia/Kathmandu"  # 5:45 ahead
    world.preferences.change(name="Box", country="KE", zone=zone, by=somebody())
    world.add("Night", "", reply("closed"), starts="22:00", ends="6:00")
    night = datetime(2026, 11, 23, 16, 20, tzinfo=UTC)  # 22:05 there
    world.clock.ms = int(night.timestamp() * 1000)
    world.receive("hello")
    world.clock.ms -= 10 * MINUTE
    world.receive("hello")
    assert len(world.sent()) == 1


def test_what_nobody_wrote_sets_off_nothing(world):
    world.add("Everything")
    world.activities.set_fallback(Fallback("sorry", on=True), "admin")
    raw = world.keep(ReadPdu("NONSENSE", "SM", 1, 3))
    binary = world.keep(ReadPdu("0004048155550004622132215463000301FF02", "SM", 2, 18))
    world.radio.called(world.line, ANN)
    world.act()
    assert world.sent() == []
    assert untriggered() == [binary, raw]  # a missed call is no SMS


def test_a_message_is_asked_about_once_however_its_parts_come(world):
    world.add("Everything", "", reply("got it"))
    parts = world.pdus("The water stands at 40 %. " * 12)
    assert len(parts) > 2
    assert world.keep(parts[0]) is None
    world.act()
    assert world.sent() == []
    world.keep(parts[0], *parts[2:], parts[1])
    world.keep(*parts)
    world.act()
    assert len(world.sent()) == 1


def test_a_message_with_parts_missing_is_asked_about_once_when_it_is_shown(world):
    world.add("Join", "join", reply("Welcome"))
    parts = world.pdus("Join me. " + "The water stands at 40 %. " * 10)
    assert world.keep(parts[0]) is None
    housekeeping = Housekeeping(world.clock, world.events, heard=world.heard)
    world.clock.ms += 25 * HOUR
    housekeeping.tidy()
    world.act()
    assert len(world.sent()) == 1
    world.keep(*parts[1:])  # it is mended, and is no new message
    world.act()
    assert len(world.sent()) == 1
    assert untriggered() == []


def test_no_mistake_of_ours_keeps_a_message_from_being_stored(world, monkeypatch):
    world.add("Everything")
    monkeypatch.setattr("gateway.services.activities.matching.why_not", lambda *_: 1 / 0)
    message = world.receive("hello")
    assert untriggered() == [message]


# what they do -----------------------------------------------------------------------------------


def test_placeholders_of_a_reply_are_the_senders(world):
    world.people.add(TypedContact("Ann Otieno", ANN))
    world.add("Echo", "", reply("Hi {name} ({number}), you wrote “{message}” {{sic}}"))
    world.receive("I {like} braces")
    (((number,), text),) = world.sent()
    assert number == ANN
    assert text == "Hi Ann Otieno (+254712000001), you wrote “I {like} braces” {sic}"
    detail = details.get(execute("SELECT id FROM message WHERE direction = 'out'").fetchone()[0])
    assert (detail.author, detail.origin) == ("Echo", "activity")


def test_a_message_is_forwarded_to_people_groups_and_numbers_once_each(world):
    group = world.people.make_group("Volunteers")
    world.people.add(TypedContact("Bob", BOB), [group])
    world.people.add(TypedContact("Cat", CAT), [group])
    world.add("Tell", "", forward(f"volunteers, Bob <{BOB}>, 0712 000 003, 0799 000 009"))
    message = world.receive("Fire!")
    ((numbers, text),) = world.sent()
    assert set(numbers) == {BOB, CAT, "+254799000009"}
    assert text == "+254 712 000001: Fire!"
    assert world.said(message) == ["Tell: done: Forwarded to 3 people."]


def test_nothing_is_forwarded_to_its_writer_or_to_the_box_itself(world):
    world.add("Tell", "", forward(f"{ANN}, {BOB}, {OWN}"))
    message = world.receive("hello", ANN)
    assert world.sent()[0][0] == (BOB,)
    (said,) = world.said(message)
    assert "it wrote this message" in said
    assert "own connections" in said
    world.add("Loop", "", forward(OWN))
    message = world.receive("hello", OWN)
    assert world.said(message)[1].startswith("Loop: skipped: There is nobody to forward it to.")


def test_joining_makes_the_contact_and_leaving_keeps_it(world):
    group = world.people.make_group("Volunteers")
    world.add("Join", "join", join(group), reply("Welcome"))
    world.add("Leave", "leave", leave(group))
    first = world.receive("JOIN")
    contact = people.by_number(ANN)
    assert contact.groups == ("Volunteers",)
    assert world.said(first) == [
        "Join: done: Joined “Volunteers”. A contact was made.",
        "Join: done: Replied to +254 712 000001.",
    ]
    assert "Was in “Volunteers” already." in world.said(world.receive("join"))[0]
    assert world.said(world.receive("leave"))[0] == "Leave: done: Left “Volunteers”."
    assert world.said(world.receive("leave"))[0] == "Leave: done: Was not in “Volunteers”."
    assert people.get(contact.id).groups == ()
    failed = world.receive("join", "BANK")
    assert "failed: The sender is no phone number" in world.said(failed)[0]


def test_one_action_that_fails_does_not_stop_the_others_and_can_be_tried_again(world):
    group = world.people.make_group("Volunteers")
    activity = world.add("Join", "join", join(group), reply("Welcome"))
    groups.delete(group, world.clock.now(), "somebody past the guard")
    message = world.receive("join")
    assert world.said(message) == [
        "Join: failed: The group does not exist any more; choose another one in the activity.",
        "Join: done: Replied to +254 712 000001.",
    ]
    (run,) = runs.set_off(message)
    assert not world.activities.again(run.steps[1].id, "admin")
    other = world.people.make_group("Helpers")
    stored = activities.get(activity)
    actions = tuple(
        TypedAction(a.kind, a.text, group=str(other) if a.group_id else "", id=a.id)
        for a in stored.actions
    )
    world.activities.save(activity, TypedActivity("Join", words="join", actions=actions), "admin")
    assert world.activities.again(run.steps[0].id, "admin")
    world.act()
    assert world.said(message)[0] == "Join: done: Joined “Helpers”. A contact was made."
    assert len(world.sent()) == 1


def test_an_action_that_breaks_is_shown_and_undone_and_the_rest_goes_on(world, monkeypatch):
    world.add("Two", "", reply("one"), reply("two"))
    real = replies.add
    broken = iter([True])

    def add(number: str, answered: PastReply) -> None:
        if next(broken, False):
            raise ValueError("a mistake of ours")
        real(number, answered)

    monkeypatch.setattr(replies, "add", add)
    message = world.receive("hello")
    assert [s.state for s in runs.set_off(message)[0].steps] == [StepState.FAILED, StepState.DONE]
    assert [text for _, text in world.sent()] == ["two"]


def test_deleting_an_activity_finishes_what_it_began(world):
    activity = world.add("Reply", "", reply("Welcome"))
    world.keep(*world.pdus("hello"))
    world.activities.delete(activity, "admin")
    world.act()
    assert [text for _, text in world.sent()] == ["Welcome"]


# the guard --------------------------------------------------------------------------------------


def test_at_most_five_replies_to_one_number_in_ten_minutes(world, clock):
    world.add("Echo", "", reply("again"))
    ids = [world.receive(f"{n}") for n in range(6)]
    assert len(world.sent()) == 5
    assert "5 automatic replies" in world.said(ids[-1])[0]
    assert "skipped" in world.said(ids[-1])[0]
    world.receive("other", BOB)
    assert len(world.sent()) == 6
    world = ActivityWorld(clock)  # after a restart
    world.receive("still")
    assert len(world.sent()) == 6
    clock.ms += 10 * MINUTE
    world.receive("later")
    assert len(world.sent()) == 7


def test_replies_of_several_activities_and_the_fallback_count_together(world):
    for n in range(3):
        world.add(f"A{n}", "hello", reply(f"{n}"))
    world.activities.set_fallback(Fallback("What?", on=True), "admin")
    world.receive("hello")
    for n in range(4):
        world.receive(f"other {n}")
    assert [text for _, text in world.sent()] == ["0", "1", "2", "What?", "What?"]


@pytest.mark.parametrize("sender", ["BANK", OWN])
def test_names_and_our_own_numbers_are_not_answered(world, sender):
    world.add("Echo", "", reply("hi"))
    message = world.receive("hello", sender)
    assert world.sent() == []
    assert "skipped: Not answered." in world.said(message)[0]
    assert untriggered() == []


def test_the_blocked_are_not_answered_but_what_they_ask_for_is_done(world):
    group = world.people.make_group("Volunteers")
    world.people.add(TypedContact("Ann", ANN), [group])
    world.add("Stop", "stop", leave(group), reply("Goodbye"))
    message = world.receive("STOP")
    assert blocked.get(ANN) is not None
    assert people.by_number(ANN).groups == ()
    assert world.sent() == []
    assert "The number is blocked" in world.said(message)[1]
    world.add("Start", "start", reply("Welcome back"))
    world.receive("start")
    assert [text for _, text in world.sent()] == ["Welcome back"]


# the fallback -----------------------------------------------------------------------------------


def test_the_fallback_answers_what_did_not_trigger_and_it_still_did_not(world):
    world.add("Join", "join", reply("Welcome"))
    said = refused(world.activities.set_fallback, Fallback("", on=True), "admin")
    assert set(said) == {"fallback"}
    world.activities.set_fallback(Fallback("Sorry {name}?", on=True), "admin")
    message = world.receive("hello")
    assert untriggered() == [message]
    assert world.sent()[0][1] == "Sorry ?"
    assert world.said(message)[0].startswith("Fallback reply: done")
    world.receive("join")
    assert [text for _, text in world.sent()][1:] == ["Welcome"]
    world.activities.set_fallback(Fallback("Sorry", on=False), "admin")
    world.receive("hello", BOB)
    assert len(world.sent()) == 2
