"""What people decide about what is sent later: pause, send now, cancel, change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.clock import DAY
from gateway.services.messages.accept import Refused
from gateway.services.schedules.plan import TypedPlan, as_typed
from gateway.services.schedules.schedules import ScheduleGone, Schedules
from gateway.store.messages import details
from gateway.store.people import groups
from gateway.store.schedules import schedules
from gateway.store.schedules.schedules import ScheduleStatus
from tests.services.schedules.schedule_world import ANN, at, daily, draft, outcomes, sent


def test_pause_passes_over_what_comes_meanwhile(scheduling: Schedules, clock):
    found = scheduling.add(draft(), daily())
    assert scheduling.pause(found.id, found.version, "ann")
    at(scheduling, clock, "2026-11-22T09:30")
    assert scheduling.run_due() == 0
    paused = scheduling.get(found.id)
    assert scheduling.resume(found.id, paused.version, "ann")
    assert scheduling.run_due() == 0
    assert sent() == []
    again = scheduling.get(found.id)
    assert again.next
    assert again.next.wall.day == 23
    assert outcomes(found.id) == []


def test_a_single_time_that_passed_while_paused_is_not_sent_by_itself(scheduling, clock):
    found = scheduling.add(draft(), TypedPlan("2026-11-20", "09:00"))
    scheduling.pause(found.id, found.version, "ann")
    at(scheduling, clock, "2026-11-21T09:00")
    with pytest.raises(Refused, match="passed while it was paused"):
        scheduling.resume(found.id, found.version + 1, "ann")


def test_send_now_is_one_more_and_the_turns_stay(scheduling: Schedules, clock):
    found = scheduling.add(draft(), daily())
    assert scheduling.send_now(found.id, found.version, "ann")
    assert scheduling.send_now(found.id, found.version, "ann") is None, "a second click"
    assert sent() == [(ANN, "hello")]
    assert scheduling.get(found.id).next == found.next


def test_send_now_of_a_single_one_is_its_run(scheduling: Schedules, clock):
    found = scheduling.add(draft(client_id="mine"), TypedPlan("2026-11-20", "09:00"))
    scheduling.send_now(found.id, found.version, "ann")
    assert scheduling.get(found.id).status is ScheduleStatus.DONE
    assert details.by_client_id("mine")
    with pytest.raises(ScheduleGone):
        scheduling.send_now(found.id, None, "ann")


def test_send_now_to_nobody_is_refused(scheduling: Schedules):
    groups.make("Helpers", 0)
    found = scheduling.add(draft(to="Helpers"), daily())
    with pytest.raises(Refused, match="has nobody with a number"):
        scheduling.send_now(found.id, found.version, "ann")


def test_cancelled_is_over(scheduling: Schedules, clock):
    found = scheduling.add(draft(), daily())
    assert scheduling.cancel(found.id, found.version, "ann")
    at(scheduling, clock, "2026-11-20T09:00")
    assert scheduling.run_due() == 0
    assert schedules.count() == 0
    with pytest.raises(ScheduleGone):
        scheduling.pause(found.id, found.version, "ann")


def test_who_comes_late_changes_nothing(scheduling: Schedules, clock):
    found = scheduling.add(draft(), daily())
    scheduling.change(found.id, found.version, draft("new"), daily(), who="ann")
    with pytest.raises(Refused, match="somebody else changed it"):
        scheduling.change(found.id, found.version, draft("newer"), daily(), who="bob")
    assert not scheduling.pause(found.id, found.version, "bob")
    assert not scheduling.cancel(found.id, found.version, "bob")
    assert scheduling.get(found.id).content.text == "new"


def test_changing_the_words_alone_leaves_the_times_as_they_are(scheduling: Schedules, clock):
    typed = TypedPlan("2027-01-31", "09:00", "month")
    found = scheduling.add(draft(), typed)
    at(scheduling, clock, "2027-01-31T09:00")
    scheduling.run_due()
    now = scheduling.get(found.id)
    shown_typed = as_typed(now, scheduling.zone())
    assert shown_typed.date == "2027-02-28"
    changed = scheduling.change(now.id, now.version, draft("new"), shown_typed, who="ann")
    assert changed.repeat == found.repeat
    later = replace(shown_typed, time="10:00")
    changed = scheduling.change(now.id, changed.version, draft("new"), later, who="ann")
    assert changed.next
    assert changed.next.wall.isoformat() == "2027-02-28T10:00:00"
    assert changed.repeat.start.day == 31


def test_long_finished_ones_are_forgotten(scheduling: Schedules, clock):
    found = scheduling.add(draft(), TypedPlan("2026-11-20", "09:00"))
    scheduling.cancel(found.id, None, "ann")
    assert schedules.prune(clock.ms + 80 * DAY) == 0
    assert schedules.prune(clock.ms + 100 * DAY) == 1
