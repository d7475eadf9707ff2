"""Sending later: what people decide about it, and what happens when a turn has come."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from gateway.clock import MINUTE, Clock
from gateway.decisions import recurrence
from gateway.decisions.recurrence import Turn, Unit
from gateway.events import Events, Queued, SchedulesChanged
from gateway.services.box.preferences import Preferences
from gateway.services.clock.zones import Zone, zone
from gateway.services.messages.accept import Messages, WrittenMessage, new_id, tidy
from gateway.services.messages.composition import wording_errors
from gateway.services.schedules import plan as timing
from gateway.services.schedules.outgoing import joined, outgoing_now
from gateway.services.schedules.plan import TypedPlan
from gateway.services.schedules.schedule_people import recipients_of
from gateway.steps import step
from gateway.store.file import audit, database, settings
from gateway.store.file.audit import Editor
from gateway.store.file.database import StoreError
from gateway.store.keeping import restore
from gateway.store.messages.outbox import DuplicateId
from gateway.store.schedules import schedule_runs, schedules
from gateway.store.schedules.schedule_runs import RunOutcome, ScheduleRunInfo
from gateway.store.schedules.schedules import (
    ScheduleContent,
    ScheduleInfo,
    ScheduleMoved,
    SchedulePlan,
    ScheduleStatus,
    ScheduleStep,
)
from gateway.text.refusal import FieldError, Refused
from gateway.text.values import BadValue, whole

log = logging.getLogger(__name__)

GRACE = "schedule.grace_minutes"
USUAL_GRACE = 60  # minutes: later than that a message is missed
MOST_GRACE = 7 * 24 * 60
BATCH = 50
MISSED = "Not sent: the box was off at that time, or its clock was not set."
RESTORED = "Not sent: a backup was put back after that time; it may have been sent before."
CHANGED = (
    "It was sent, or somebody else changed it, while you wrote. What you typed is here: look at it"
    " again and save it once more."
)


class ScheduleChanged(Refused):
    """It has changed since it was read; `version` is that of now."""

    def __init__(self, version: int) -> None:
        super().__init__([FieldError("version", CHANGED)])
        self.version = version


class ScheduleGone(LookupError):
    """There is no such scheduled message, or it is over."""


class Schedules:
    """Stateless; safe to use from any thread with a database connection.

    `hold` says why nothing may be sent by the clock, "" while it is trusted.
    """

    def __init__(
        self,
        clock: Clock,
        events: Events,
        messaging: Messages,
        preferences: Preferences,
        hold: Callable[[], str] = str,
    ) -> None:
        self._clock = clock
        self._events = events
        self._messaging = messaging
        self._preferences = preferences
        self.hold = hold

    # what people decide -----------------------------------------------------------------------

    def zone(self) -> Zone:
        return zone(self._preferences.zone_name())

    def grace(self) -> int:
        """Minutes."""
        return int(settings.get(GRACE, USUAL_GRACE))

    def set_grace(self, typed: str, by: Editor) -> None:
        """Raises Refused."""
        minutes = whole(typed.strip(), 1, MOST_GRACE)
        if isinstance(minutes, BadValue):
            words = f"Enter a whole number of minutes from {minutes.bounds}."
            raise Refused([FieldError("grace", words)])
        with database.transaction():
            settings.put(GRACE, minutes)
            audit.changed(by)
        self._events.publish(SchedulesChanged())

    def add(
        self,
        draft: WrittenMessage,
        when: TypedPlan | int,
        *,
        author: str = "",
        origin: str = "page",
    ) -> ScheduleInfo:
        """Keep a message for later; it is on disk when this returns. `when`: typed, or ms UTC.

        Raises Refused (all mistakes at once), outbox.DuplicateId, StoreError.
        """
        content, plan = self._checked(draft, when, None)
        client_id = draft.client_id or new_id()
        schedule_id = schedules.add(
            content, plan, client_id=client_id, author=author, origin=origin, now=self._clock.now()
        )
        self._events.publish(SchedulesChanged())
        return self.get(schedule_id)

    def change(
        self, schedule_id: int, version: int, draft: WrittenMessage, when: TypedPlan, *, who: str
    ) -> ScheduleInfo:
        """Raises Refused, ScheduleGone."""
        kept = self._unfinished(schedule_id)
        content, plan = self._checked(draft, when, kept)
        if not schedules.change(schedule_id, version, content, plan, self._clock.now(), who):
            now = self._unfinished(schedule_id)
            if (now.content, now.repeat, now.next) == (content, plan.repeat, plan.turn):
                return now  # the second of two clicks
            raise ScheduleChanged(now.version)
        self._events.publish(SchedulesChanged())
        return self.get(schedule_id)

    def stands(self, kept: ScheduleInfo, draft: WrittenMessage, when: TypedPlan) -> bool:
        """Whether it waits, or goes on, just as it is written here. Raises Refused."""
        content, plan = self._checked(draft, when, kept)
        same = (kept.content, kept.repeat) == (content, plan.repeat)
        return same and kept.status is ScheduleStatus.ACTIVE

    def check(
        self, draft: WrittenMessage, when: TypedPlan, schedule_id: int = 0
    ) -> list[FieldError]:
        """Everything that would make `add` or `change` refuse this."""
        try:
            self._checked(draft, when, schedules.get(schedule_id) if schedule_id else None)
        except Refused as e:
            return list(e.errors)
        return []

    def _checked(
        self, draft: WrittenMessage, when: TypedPlan | int, kept: ScheduleInfo | None
    ) -> tuple[ScheduleContent, SchedulePlan]:
        addressees, errors = self._messaging.examine(draft, later=True)
        numbers = addressees.recipients.numbers
        if not errors:
            errors = wording_errors(self._messaging.word(draft, numbers), numbers)
        plan = None
        now = self._clock.now()
        try:
            if isinstance(when, int):
                plan = timing.at(when, now)
            else:
                plan = timing.read(when, self.zone(), now, kept)
        except Refused as e:
            errors = [*errors, *e.errors]
        if errors or plan is None:
            raise Refused(errors)
        content = ScheduleContent(
            text=tidy(draft.text),
            recipients=recipients_of(addressees.entries),
            connection_id=draft.connection_id,
            with_report=draft.with_report,
            when_uncertain=draft.when_uncertain,
            flash=draft.flash,
            fill=draft.fill,
            priority=draft.priority,
            ttl_seconds=draft.ttl_seconds,
            answers=tuple(draft.answers),
        )
        return content, plan

    def pause(self, schedule_id: int, version: int, who: str) -> bool:
        """False when it is not as it was any more."""
        found = self._unfinished(schedule_id)
        if found.status is not ScheduleStatus.ACTIVE or found.version != version:
            return False
        how = ScheduleStep(
            ScheduleStatus.PAUSED, found.next, found.zone_used, who=who, action="pause scheduled"
        )
        return self._decided(found, how)

    def resume(self, schedule_id: int, version: int, who: str) -> bool:
        """What its pause has passed over is not sent. Raises Refused when nothing is left."""
        found = self._unfinished(schedule_id)
        if (
            found.status is not ScheduleStatus.PAUSED
            or found.version != version
            or found.next is None
        ):
            return False
        now = self._clock.now()
        rules = self._rules(found)
        turn: Turn | None = found.next
        if found.next.at <= now:
            later = recurrence.turns(found.repeat, rules.rules, found.next)
            turn = next((t for t in later if t.at > now), None)
        if turn is None:
            words = "Its time has passed while it was paused. Edit it, or send it now."
            raise Refused([FieldError("date", words)])
        how = ScheduleStep(
            ScheduleStatus.ACTIVE, turn, rules.name, who=who, action="resume scheduled"
        )
        return self._decided(found, how)

    def cancel(self, schedule_id: int, version: int | None, who: str) -> bool:
        """Nothing more is sent; what was sent stays. `version` None: whatever it is by now."""
        found = self._unfinished(schedule_id)
        if version not in (None, found.version):
            return False
        how = ScheduleStep(
            ScheduleStatus.CANCELLED, None, found.zone_used, who=who, action="cancel scheduled"
        )
        return self._decided(found, how)

    def _decided(self, found: ScheduleInfo, how: ScheduleStep) -> bool:
        moved = schedules.move(found, how, self._clock.now())
        self._events.publish(SchedulesChanged())
        return moved is not None

    def send_now(self, schedule_id: int, version: int | None, who: str) -> ScheduleMoved | None:
        """Send it at once, besides its other turns; what is sent once is done with it.

        None when it is not as it was any more. Raises Refused when it cannot be sent, ScheduleGone.
        """
        found = self._unfinished(schedule_id)
        if version not in (None, found.version):
            return None
        now = self._clock.now()
        outgoing, words = outgoing_now(self._messaging, found, now)
        if outgoing is None:
            raise Refused([FieldError("recipients", words)])
        once = found.repeat.unit is Unit.ONCE
        run = ScheduleRunInfo(
            RunOutcome.SENT, now, now, words=joined(f"Sent now by {who}." if who else "", words)
        )
        how = ScheduleStep(
            ScheduleStatus.DONE if once else found.status,
            None if once else found.next,
            found.zone_used,
            (run,),
            outgoing,
            who,
            "send scheduled now",
        )
        moved = schedules.move(found, how, now)
        self._events.publish(SchedulesChanged())
        if moved:
            self._events.publish(Queued())
        return moved

    def acknowledge(self, up_to: int) -> None:
        """The notices up to this run have been seen."""
        if schedule_runs.acknowledge(up_to):
            self._events.publish(SchedulesChanged())

    def get(self, schedule_id: int) -> ScheduleInfo:
        """Raises ScheduleGone."""
        if (found := schedules.get(schedule_id)) is None:
            raise ScheduleGone(f"There is no scheduled message {schedule_id}.")
        return found

    def _unfinished(self, schedule_id: int) -> ScheduleInfo:
        found = self.get(schedule_id)
        if found.status in (ScheduleStatus.DONE, ScheduleStatus.CANCELLED):
            raise ScheduleGone("This scheduled message is over: it was sent, missed or cancelled.")
        return found

    # when its time has come -------------------------------------------------------------------

    def run_due(self) -> int:
        """Deal with every turn that has come; how many schedules moved on.

        Nothing while the clock is held to be wrong.
        """
        if self.hold():
            return 0
        now = self._clock.now()
        self._follow_the_zone()
        moved = 0
        seen: set[tuple[int, int]] = set()
        while found := schedules.due(now, BATCH + len(seen)):
            fresh = [s for s in found if (s.id, s.version) not in seen]
            if not fresh:
                break
            for schedule in fresh:
                seen.add((schedule.id, schedule.version))
                moved += self._guarded(schedule, now)
        return moved

    def _guarded(self, schedule: ScheduleInfo, now: int) -> bool:
        """One that cannot be dealt with does not stop the others."""
        try:
            return self._turn(schedule, now)
        except StoreError:
            raise
        except Exception:
            log.exception("scheduled message %d could not be dealt with", schedule.id)
            return False

    def next_at(self) -> int | None:
        return schedules.next_at()

    def _follow_the_zone(self) -> None:
        """Somebody chose another zone for the box: the times stay what they are on its clock."""
        own = self.zone()
        for found in schedules.in_other_zones(own.name):
            if found.next is not None:
                turn = Turn(found.next.wall, recurrence.instant(found.next.wall, own.rules))
                how = ScheduleStep(found.status, turn, own.name)
                schedules.move(found, how, self._clock.now())
                self._events.publish(SchedulesChanged())

    def _rules(self, schedule: ScheduleInfo) -> Zone:
        return zone(schedule.zone) if schedule.zone else self.zone()

    def _turn(self, found: ScheduleInfo, now: int) -> bool:
        assert found.next is not None
        rules = self._rules(found)
        due = recurrence.due(found.repeat, rules.rules, found.next, now, self.grace() * MINUTE)
        runs = []
        outgoing = None
        if due.missed:
            first, last = due.missed
            runs.append(
                ScheduleRunInfo(RunOutcome.MISSED, first.at, last.at, due.missed_count, MISSED)
            )
        if due.run and due.run.at <= self._restored_at():
            runs.append(ScheduleRunInfo(RunOutcome.MISSED, due.run.at, due.run.at, words=RESTORED))
        elif due.run:
            outgoing, words = outgoing_now(self._messaging, found, now)
            outcome = RunOutcome.SENT if outgoing else RunOutcome.FAILED
            runs.append(ScheduleRunInfo(outcome, due.run.at, due.run.at, words=words))
        status = ScheduleStatus.ACTIVE if due.next else ScheduleStatus.DONE
        step("scheduled turn due")
        how = ScheduleStep(status, due.next, rules.name, tuple(runs), outgoing)
        try:
            moved = schedules.move(found, how, now)
        except DuplicateId as e:
            runs[-1] = replace(runs[-1], outcome=RunOutcome.FAILED, words=f"Not sent. {e}")
            moved = schedules.move(found, replace(how, runs=tuple(runs), outgoing=None), now)
        step("scheduled turn on disk")
        self._events.publish(SchedulesChanged())
        if moved and moved.message_id:
            self._events.publish(Queued())
        return moved is not None

    def _restored_at(self) -> int:
        """When a backup was put back: what was due before that may have been sent before."""
        return int(settings.get(restore.RESTORED, {"at": 0})["at"])
