"""STOP, whom it does not block, and who is told."""

from __future__ import annotations

import pytest

from gateway.clock import DAY, MINUTE
from gateway.health import Severity, opt_outs
from gateway.health.snapshot import Snapshot, Unreached
from gateway.services.activities import stop_words
from gateway.services.box.preferences import Preferences
from gateway.services.health import opt_outs as facts
from gateway.services.messages.accept import Messages, WrittenMessage
from gateway.services.people.people import TypedContact
from gateway.services.schedules.plan import TypedPlan
from gateway.services.schedules.schedules import Schedules
from gateway.store.activities import stops
from gateway.store.activities.stops import Effect
from gateway.store.file import audit
from gateway.store.messages import details
from gateway.store.people import blocked, groups, people
from tests.services.activities.activity_world import ANN, BOB, CAT, ActivityWorld, forward, reply
from tests.support.settings import somebody


@pytest.fixture
def world(store, clock) -> ActivityWorld:
    return ActivityWorld(clock)


@pytest.fixture
def messaging(world: ActivityWorld) -> Messages:
    return Messages(world.clock, world.events, world.preferences.country)


def issues(world: ActivityWorld) -> dict[str, str]:
    """What health says of all this: key -> words."""
    now = world.clock.now()
    snapshot = Snapshot(
        now=now,
        unreached=tuple(facts.unreached()),
        kept_stops=tuple(facts.kept_stops()),
        silenced=tuple(facts.silenced(now)),
    )
    return {i.key: f"{i.severity}: {i.words}" for i in opt_outs.check(snapshot)}


# what STOP does ---------------------------------------------------------------------------------


def test_stop_blocks_and_the_message_says_so(world):
    message = world.receive("Stop!")
    assert blocked.get(ANN).word == "STOP"
    assert stops.get(message).effect is Effect.BLOCKED
    assert "nothing is sent to this number any more" in stop_words.effect_words(message)
    again = world.receive("stop")
    assert stops.get(again).effect is Effect.ALREADY
    freed = world.receive("start")
    assert blocked.get(ANN) is None
    assert "written to again" in stop_words.effect_words(freed)
    assert stop_words.effect_words(world.receive("start")) == ""
    assert stop_words.effect_words(world.receive("hello")) == ""


def test_a_person_who_was_blocked_here_stays_so(world):
    world.people.block(ANN, "admin")
    message = world.receive("UNSTOP")
    assert blocked.get(ANN).who == "admin"
    assert stops.get(message).effect is Effect.HELD


@pytest.mark.parametrize("word", ["END", "quit", "Cancel"])
def test_words_that_people_say_of_other_things_block_nobody(world, word):
    world.receive(word)
    assert blocked.count() == 0


def test_words_that_somebody_has_set_stay_as_they_are(world):
    stop_words.set_words("stop", "STOP, END", somebody())
    world.receive("end")
    assert blocked.get(ANN).word == "END"


@pytest.mark.parametrize("how", ["contact", "group"])
def test_who_is_always_reached_is_not_silenced_by_a_forged_sms(world, messaging, how):
    group = world.people.make_group("On call")
    ann = world.people.add(TypedContact("Ann", ANN), [group])
    if how == "contact":
        world.people.set_always(ann, True, "admin")
    else:
        world.people.set_group_always(group, True, "admin")
    message = world.receive("STOP")
    assert blocked.get(ANN) is None
    assert "always reached" in stop_words.effect_words(message)
    assert "Ann (+254 712 000001)" in issues(world)["optout.kept"]
    assert messaging.send(WrittenMessage(ANN, "Alarm")).words == "1 SMS queued to 1 person"
    messaging.mark_read([message])
    assert issues(world) == {}
    if how == "contact":
        world.people.set_always(ann, False, "admin")
    else:
        world.people.set_group_always(group, False, "admin")
    world.receive("STOP")
    assert blocked.get(ANN)


def test_marking_is_in_the_audit_list_once_and_survives_changes(world):
    ann = world.people.add(TypedContact("Ann", ANN), [])
    for _ in range(2):
        world.people.set_always(ann, True, "admin")
    world.people.save(ann, TypedContact("Anna", ANN), [])
    assert people.get(ann).always
    group = world.people.make_group("On call")
    world.people.set_group_always(group, True, "admin")
    world.people.rename_group(group, "Alarms")
    assert groups.get(group).always
    said = [(one.action, one.detail) for one in audit.page(None, 9)]
    assert said[:2] == [("always reached", "group On call"), ("always reached", "Ann")]
    assert len(said) == 2


# who is told ------------------------------------------------------------------------------------


def test_whoever_writes_to_the_blocked_is_told_at_once(world, messaging):
    world.receive("STOP")
    nobody = messaging.send(WrittenMessage(ANN, "Alarm", client_id="one"))
    assert (nobody.people, nobody.sms, nobody.blocked) == (0, 0, 1)
    assert nobody.words == "Nothing was queued: 1 number is blocked"
    assert details.by_client_id("one").dispatches[0].state == "failed"
    both = messaging.send(WrittenMessage(f"{ANN}, {BOB}", "Alarm"))
    assert both.words == "1 SMS queued to 1 person; 1 number is blocked"


def test_an_activity_or_schedule_that_misses_somebody_is_an_issue(world, clock):
    preferences = Preferences(world.events, "KE")
    group = world.people.make_group("On call")
    world.people.add(TypedContact("Ann", ANN), [group])
    world.people.add(TypedContact("Bob", BOB), [group])
    world.add("Alarms", "alarm", forward("On call"))
    world.add("Off", "x", forward(ANN), enabled=False)
    assert issues(world) == {}
    world.receive("STOP")
    said = issues(world)["optout.unreached"]
    assert said.startswith("warning: The activity “Alarms” does not reach Ann (+254 712 000001)")
    clock.ms += 8 * DAY
    assert issues(world)["optout.unreached"].startswith("note")
    world.receive("STOP", BOB)
    assert "reach Bob (+254 712 000002) and Ann" in issues(world)["optout.unreached"]
    scheduling = Schedules(
        clock, world.events, Messages(clock, world.events, preferences.country), preferences
    )
    scheduling.add(
        WrittenMessage(ANN, "Are you there?"), TypedPlan("2027-01-05", "09:00"), author="admin"
    )
    found = list(facts.unreached())
    assert [(one.what, one.named) for one in found] == [
        ("The activity “Alarms”", False),
        ("The scheduled message “Are you there?”", True),
    ]
    world.people.free(ANN, "admin")
    world.people.free(BOB, "admin")
    assert issues(world) == {}


def test_many_who_are_missed_are_counted():
    who = tuple(f"P{n}" for n in range(9))
    (one,) = opt_outs.check(Snapshot(now=0, unreached=(Unreached("The activity “X”", who, 0),)))
    assert "P0, P1, P2 and 6 more, who are blocked" in one.words
    assert one.severity is Severity.WARNING


# the guard --------------------------------------------------------------------------------------


def test_an_operators_robot_gets_two_answers_and_somebody_is_told(world, clock):
    world.add("Echo", "", reply("We have got your message."))
    ids = []
    for _ in range(10):
        ids.append(world.receive("Thank you for your message. It is important to us."))
        clock.ms += 84_000
    assert len(world.sent()) == 2
    assert "third time in a row" in world.said(ids[2])[0]
    assert "gets no automatic replies" in issues(world)["replies.stopped"]
    clock.ms += DAY
    assert "replies.stopped" not in issues(world)
    world.receive("Thank you for your message. It is important to us.")
    assert len(world.sent()) == 3


def test_twenty_a_day_are_the_most(world, clock):
    world.add("Echo", "", reply("again"))
    for n in range(30):
        world.receive(f"{n}", CAT)
        clock.ms += 11 * MINUTE
    assert len(world.sent()) == 20
    assert "within a day" in issues(world)["replies.stopped"]
