"""Sending later: what is refused when it is written, and what happens when its time has come."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from gateway.clock import DAY, HOUR, MINUTE
from gateway.decisions.recurrence import shown
from gateway.events import Events
from gateway.services.messages.accept import Messages, Refused, WrittenMessage
from gateway.services.schedules import schedule_report
from gateway.services.schedules.plan import TypedPlan
from gateway.services.schedules.schedules import Schedules
from gateway.store.connections import connections
from gateway.store.file import settings
from gateway.store.file.database import execute, transaction
from gateway.store.keeping import restore
from gateway.store.messages import details, lists
from gateway.store.messages.outbox import DuplicateId
from gateway.store.people import blocked, groups, people
from gateway.store.people.people import ContactInfo
from gateway.store.schedules import schedule_runs, schedules
from gateway.store.schedules.schedule_runs import RunOutcome
from gateway.store.schedules.schedules import ScheduleStatus
from gateway.store.search.views import View
from tests.services.schedules.schedule_world import (
    ANN,
    BOB,
    CAT,
    at,
    daily,
    draft,
    outcomes,
    person,
    sent,
)
from tests.support.settings import somebody

# writing ---------------------------------------------------------------------------------------


def test_what_is_kept_for_later_is_not_sent_before(scheduling: Schedules, clock):
    found = scheduling.add(draft(), TypedPlan("2026-11-20", "09:00"), author="ann")
    assert found.next
    assert shown(found.next.at, scheduling.zone().rules).isoformat() == "2026-11-20T09:00:00"
    at(scheduling, clock, "2026-11-20T08:59")
    assert scheduling.run_due() == 0
    assert sent() == []
    at(scheduling, clock, "2026-11-20T09:00")
    assert scheduling.run_due() == 1
    assert sent() == [(ANN, "hello")]
    assert scheduling.get(found.id).status is ScheduleStatus.DONE
    assert scheduling.run_due() == 0
    (row,) = lists.page(View.ALL)
    message = details.get(row.id)
    assert message
    assert (message.author, message.origin, message.client_id) == (
        "ann",
        "schedule",
        found.client_id,
    )


def test_programs_are_told_of_every_one_however_many_and_odd_they_are(scheduling: Schedules):
    for number in range(schedules.PAGE + 3):
        scheduling.add(draft(str(number)), daily(), author="ann")
    with transaction():
        execute("UPDATE schedule SET next_wall = NULL WHERE id > 1")
    found = list(islice(schedule_report.everything(), 2 * schedules.PAGE))
    assert len(found) == schedules.PAGE + 3
    assert schedule_report.schedule(found[-1])["next_at"] is None


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        (TypedPlan("2026-11-17", "09:00"), "date", "it is 18 Nov 2026 today"),
        (TypedPlan("2026-11-18", "12:09"), "time", "it is 12:10 now"),
        (TypedPlan("2026-11-18", "12:10"), "time", "This time has passed"),
        (TypedPlan("", "09:00"), "date", "Enter a date"),
        (TypedPlan("tomorrow", "09:00"), "date", "Enter a date"),
        (TypedPlan("2026-11-31", "09:00"), "date", "Enter a date"),
        (TypedPlan("2026-11-20", ""), "time", "Enter a time"),
        (TypedPlan("2026-11-20", "25:00"), "time", "Enter a time"),
        (TypedPlan("2036-12-20", "09:00"), "date", "check the year"),
        (TypedPlan("9999-12-20", "09:00"), "date", "check the year"),
        (daily(every="0"), "every", "1 to 366"),
        (daily(every="two"), "every", "1 to 366"),
        (daily(every="367"), "every", "1 to 366"),
        (daily(until="2026-11-19"), "until", "before its first time, 20 Nov 2026, 09:00"),
        (daily(until="never"), "until", "Enter the last day"),
        (daily(unit="year"), "unit", "Choose how often"),
        (daily(unit="week", every="1").__class__("2026-11-20", "09:00", "week", "1", ("7",)),
         "weekdays", "Choose weekdays"),
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_is_refused_with_what_to_do(scheduling, typed, field, said):
    with pytest.raises(Refused) as refused:
        scheduling.add(draft(), typed)
    (error,) = refused.value.errors
    assert error.field == field
    assert said in error.words
    assert schedules.count() == 0


def test_everything_that_is_wrong_is_said_at_once(scheduling: Schedules):
    with pytest.raises(Refused) as refused:
        scheduling.add(draft("Hi {nmae}", "far away"), TypedPlan("2020-01-01", "9"))
    assert {e.field for e in refused.value.errors} == {"recipients", "text", "time"}


def test_a_weekday_that_is_not_ticked_is_not_the_first_time(scheduling: Schedules):
    typed = TypedPlan("2026-11-20", "09:00", "week", "2", ("0", "3"))
    found = scheduling.add(draft(), typed)
    assert found.next
    assert found.next.wall.isoformat() == "2026-11-30T09:00:00"


def test_an_id_is_taken_once_over_messages_and_what_is_sent_later(scheduling, clock, store):
    messaging = Messages(clock, Events(), lambda: "KE")
    scheduling.add(draft(client_id="a"), clock.ms + HOUR)
    messaging.send(draft(client_id="b"))
    for again in (lambda: scheduling.add(draft(client_id="a"), clock.ms + HOUR),
                  lambda: scheduling.add(draft(client_id="b"), clock.ms + HOUR),
                  lambda: messaging.send(draft(client_id="a"))):  # fmt: skip
        with pytest.raises(DuplicateId):
            again()


def test_an_instant_that_has_passed_is_refused(scheduling: Schedules, clock):
    with pytest.raises(Refused, match="passed already"):
        scheduling.add(draft(), clock.ms)


# running ---------------------------------------------------------------------------------------


def test_groups_and_placeholders_are_those_of_the_day(scheduling: Schedules, clock):
    helpers = groups.make("Helpers", 0)
    person("Ann", ANN, helpers)
    bob = person("Bob", BOB)
    found = scheduling.add(draft("Hi {name}", f"helpers, Bob <{BOB}>, {CAT}"), daily())
    groups.rename(helpers, "Volunteers")
    person("Zoe", "+254711000009", helpers)
    people.save(ContactInfo("Robert", "+254711000077", id=bob), 0)
    at(scheduling, clock, "2026-11-20T09:00")
    scheduling.run_due()
    assert Counter(sent()) == Counter(
        [
            (ANN, "Hi Ann"),
            ("+254711000009", "Hi Zoe"),
            ("+254711000077", "Hi Robert"),
            (CAT, "Hi "),
        ]
    )
    assert outcomes(found.id) == [RunOutcome.SENT]


def test_a_group_may_be_empty_until_the_day_and_is_said_to_be_then(scheduling, clock):
    helpers = groups.make("Helpers", 0)
    found = scheduling.add(draft("hi", "Helpers"), daily())
    at(scheduling, clock, "2026-11-20T09:00")
    scheduling.run_due()
    assert sent() == []
    (run,) = schedule_runs.unseen()
    assert run.outcome is RunOutcome.FAILED
    assert run.words == "The group “Helpers” has nobody with a number in it. Nothing was sent."
    person("Ann", ANN, helpers)
    at(scheduling, clock, "2026-11-21T09:00")
    scheduling.run_due()
    assert sent() == [(ANN, "hi")]
    assert outcomes(found.id) == [RunOutcome.FAILED, RunOutcome.SENT]
    scheduling.acknowledge(run.id)
    assert schedule_runs.unseen() == []


def test_a_group_that_is_gone_is_said_and_the_others_get_it(scheduling, clock):
    helpers = groups.make("Helpers", 0)
    found = scheduling.add(draft("hi", f"Helpers, {BOB}"), daily())
    assert groups.used_by(helpers) == ["the scheduled message “hi”"]
    groups.delete(helpers, 0, "ann")
    at(scheduling, clock, "2026-11-20T09:00")
    scheduling.run_due()
    assert sent() == [(BOB, "hi")]
    (run,) = schedule_runs.newest([found.id])[found.id]
    assert run.words == "The group “Helpers” does not exist any more."


def test_a_placeholder_that_is_gone_is_said_and_nothing_is_sent_as_it_stands(scheduling, clock):
    town = groups.add_field("Town")
    found = scheduling.add(draft("To {Town} {name}"), daily())
    groups.delete_field(town, 0, "ann")
    at(scheduling, clock, "2026-11-20T09:00")
    scheduling.run_due()
    assert sent() == []
    (run,) = schedule_runs.newest([found.id])[found.id]
    assert "{Town} cannot be filled in" in run.words


def test_blocked_numbers_fail_as_usual(scheduling: Schedules, clock):
    scheduling.add(draft(to=f"{ANN}, {BOB}"), TypedPlan("2026-11-20", "09:00"))
    blocked.block(ANN, 0, "ann")
    at(scheduling, clock, "2026-11-20T09:00")
    scheduling.run_due()
    (row,) = lists.page(View.ALL)
    message = details.get(row.id)
    assert message
    assert {d.number: str(d.state) for d in message.dispatches} == {ANN: "failed", BOB: "pending"}


def test_what_was_chosen_for_it_goes_with_it(scheduling: Schedules, clock):
    line = connections.upsert_connection("8944", "", 0).connection_id
    chosen = draft(
        connection_id=line, with_report=False, when_uncertain="resend", ttl_seconds=600, priority=5
    )
    scheduling.add(chosen, clock.ms + DAY)
    clock.ms += DAY + 5000
    scheduling.run_due()
    message = details.get(lists.page(View.ALL)[0].id)
    assert message
    assert (message.connection_id, message.with_report, message.when_uncertain) == (
        line, False, "resend",
    )  # fmt: skip
    assert message.dispatches[0].valid_until == clock.ms + 600_000


# late ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [0, 59 * MINUTE])
def test_less_than_an_hour_late_it_is_sent(scheduling: Schedules, clock, late: int):
    found = scheduling.add(draft(), daily())
    at(scheduling, clock, "2026-11-20T09:00")
    clock.ms += late
    scheduling.run_due()
    assert outcomes(found.id) == [RunOutcome.SENT]


def test_an_hour_late_it_is_missed_with_a_notice(scheduling: Schedules, clock):
    found = scheduling.add(draft(), TypedPlan("2026-11-20", "09:00"))
    at(scheduling, clock, "2026-11-20T10:00")
    scheduling.run_due()
    assert sent() == []
    assert scheduling.get(found.id).status is ScheduleStatus.DONE
    (run,) = schedule_runs.unseen()
    assert run.outcome is RunOutcome.MISSED
    assert run.turns == 1


def test_missed_repeats_are_one_notice_and_never_a_burst(scheduling: Schedules, clock):
    found = scheduling.add(draft(), daily())
    at(scheduling, clock, "2026-12-20T09:30")
    scheduling.run_due()
    assert sent() == [(ANN, "hello")]
    assert outcomes(found.id) == [RunOutcome.MISSED, RunOutcome.SENT]
    (run,) = schedule_runs.unseen()
    assert run.turns == 30
    again = scheduling.get(found.id)
    assert again.next
    assert again.next.wall.isoformat() == "2026-12-21T09:00:00"


def test_how_late_is_a_setting(scheduling: Schedules, clock):
    scheduling.set_grace("10", somebody())
    found = scheduling.add(draft(), daily())
    at(scheduling, clock, "2026-11-20T09:10")
    scheduling.run_due()
    assert outcomes(found.id) == [RunOutcome.MISSED]
    for wrong in ("0", "soon", "99999", ""):
        with pytest.raises(Refused):
            scheduling.set_grace(wrong, somebody())
    assert scheduling.grace() == 10


def test_nothing_runs_while_the_clock_is_held_to_be_wrong(scheduling, clock, hold):
    found = scheduling.add(draft(), daily())
    at(scheduling, clock, "2026-11-20T09:05")
    hold.append("The clock is not set.")
    assert scheduling.run_due() == 0
    hold.clear()
    scheduling.run_due()
    assert outcomes(found.id) == [RunOutcome.SENT]


def test_a_clock_that_is_set_back_sends_no_turn_twice(scheduling: Schedules, clock):
    scheduling.add(draft(), daily())
    at(scheduling, clock, "2026-11-20T09:00")
    scheduling.run_due()
    at(scheduling, clock, "2026-11-19T09:00")
    for _ in range(48):
        clock.ms += HOUR
        scheduling.run_due()
    assert len(sent()) == 2  # the 20th and the 21st, though the 20th came twice


def test_one_that_stumbles_does_not_stop_the_others(scheduling, clock, monkeypatch, caplog):
    scheduling.add(draft("first"), daily())
    scheduling.add(draft("second", BOB), daily())
    real = Messages.outgoing

    def stumble(self, draft_: WrittenMessage, *args, **more):
        if draft_.text == "first":
            raise ZeroDivisionError
        return real(self, draft_, *args, **more)

    monkeypatch.setattr(Messages, "outgoing", stumble)
    at(scheduling, clock, "2026-11-20T09:00")
    scheduling.run_due()
    assert sent() == [(BOB, "second")]
    assert "could not be dealt with" in caplog.text
    caplog.clear()


def test_what_may_have_been_sent_before_a_backup_was_put_back_is_not_sent(scheduling, clock):
    found = scheduling.add(draft(), daily())
    at(scheduling, clock, "2026-11-20T09:20")
    settings.put(restore.RESTORED, {"at": clock.ms - MINUTE, "name": "x", "who": "ann"})
    scheduling.run_due()
    assert outcomes(found.id) == [RunOutcome.MISSED]
    assert "may have been sent before" in schedule_runs.unseen()[0].words
    at(scheduling, clock, "2026-11-21T09:00")
    scheduling.run_due()
    assert outcomes(found.id) == [RunOutcome.MISSED, RunOutcome.SENT]


# the zone --------------------------------------------------------------------------------------


def test_when_the_box_gets_another_zone_the_time_on_its_clock_stays(scheduling, clock):
    found = scheduling.add(draft(), daily())
    fixed = scheduling.add(draft(), clock.ms + 5 * DAY)
    settings.put("box.zone", "Africa/Nairobi")
    scheduling.run_due()
    moved = scheduling.get(found.id)
    assert moved.next
    assert moved.next.wall.isoformat() == "2026-11-20T09:00:00"
    assert shown(moved.next.at, scheduling.zone().rules) == moved.next.wall
    assert scheduling.get(fixed.id).next == fixed.next
