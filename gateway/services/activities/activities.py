"""What is asked of activities by page, API and command line: set up, order, switch, try out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from gateway.clock import Clock
from gateway.events import Events, OutboxChanged, StoreChanged
from gateway.services.activities import activity_drafts, activity_tryout, fallback
from gateway.services.activities.activity_drafts import TypedActivity
from gateway.services.activities.activity_tryout import SampleMessage, TryoutResult
from gateway.services.activities.fallback import Fallback
from gateway.services.box.preferences import Preferences
from gateway.store.activities import activities, runs
from gateway.store.activities.activities import ActivityInfo
from gateway.store.file import audit, database
from gateway.text.comparison import fold
from gateway.text.refusal import FieldError, Refused

MOST = 100


@dataclass(frozen=True, slots=True)
class Activities:
    """Stateless; from any thread with a database connection."""

    clock: Clock
    events: Events
    preferences: Preferences
    poke: Callable[[], None] = lambda: None

    def add(self, draft: TypedActivity, who: str) -> int:
        """Behind all others; its id. Raises Refused, StoreError."""
        with (
            database.transaction()
        ):  # a group that was just looked at must not go before it is needed
            activity = self.checked(draft)
            if len(activities.activities()) >= MOST:
                raise Refused([FieldError("name", f"At most {MOST} activities are possible.")])
            made = activities.add(activity, self.clock.now(), who)
        self.events.publish(StoreChanged())
        return made

    def save(self, activity_id: int, draft: TypedActivity, who: str) -> bool:
        """False: it is gone. Raises Refused, StoreError."""
        with database.transaction():
            activity = replace(self.checked(draft, activity_id), id=activity_id)
            found = activities.save(activity, self.clock.now(), who)
        self.events.publish(StoreChanged())
        return found

    def checked(self, draft: TypedActivity, activity_id: int = 0) -> ActivityInfo:
        """Raises Refused with everything that is wrong."""
        activity, errors = self._examine(draft, activity_id)
        if errors:
            raise Refused(errors)
        return activity

    def _examine(
        self, draft: TypedActivity, activity_id: int
    ) -> tuple[ActivityInfo, list[FieldError]]:
        stored = activities.get(activity_id) if activity_id else None
        secrets = {a.id: a.secret for a in stored.actions} if stored else {}
        activity, errors = activity_drafts.examine(draft, self.preferences.country(), secrets)
        same = (a for a in activities.activities() if a.id != activity_id)
        if any(fold(a.name) == fold(activity.name) for a in same):
            errors.append(FieldError("name", f"“{activity.name}” exists already."))
        return activity, errors

    def switch(self, activity_id: int, on: bool, who: str) -> bool:
        return self._did(activities.switch(activity_id, on, self.clock.now(), who))

    def shift(self, activity_id: int, by: int, who: str) -> bool:
        """-1: one place earlier, 1: later. False: there is no such place."""
        return self._did(activities.shift(activity_id, by, self.clock.now(), who))

    def delete(self, activity_id: int, who: str) -> bool:
        return self._did(activities.delete(activity_id, self.clock.now(), who))

    def _did(self, done: bool) -> bool:
        if done:
            self.events.publish(StoreChanged())
        return done

    def again(self, step_id: int, who: str) -> bool:
        """Try an action that failed, or a webhook that waits, once more. False: there is none."""
        now = self.clock.now()
        with database.transaction():
            done = runs.again(step_id, now)
            if done:
                audit.write(now, who, "try action again", "")
        if done:
            self.poke()
            self.events.publish(OutboxChanged())
        return done

    # the fallback reply

    def fallback(self) -> Fallback:
        return fallback.get()

    def set_fallback(self, wanted: Fallback, who: str) -> None:
        """Raises Refused, StoreError. Switched off, its text may be empty."""
        errors: list[FieldError] = []
        text = wanted.text.strip() and activity_drafts.text(wanted.text, errors)
        if not text and wanted.on:
            errors.append(FieldError("text", "Write the reply, or switch it off."))
        if errors:
            raise Refused([FieldError("fallback", e.words) for e in errors])
        with database.transaction():
            fallback.put(Fallback(text, wanted.on))
            words = "switch on" if wanted.on else "switch off"
            audit.write(self.clock.now(), who, f"{words} fallback reply", "")
        self.events.publish(StoreChanged())

    # trying out

    def try_out(self, sample: SampleMessage) -> list[TryoutResult]:
        """What each activity would do with a message; nothing of it is done. Raises Refused."""
        return activity_tryout.try_all(
            sample, activities.activities(), self.clock.now(), self.preferences
        )

    def try_one(
        self, sample: SampleMessage, draft: TypedActivity, activity_id: int = 0
    ) -> TryoutResult:
        """The same of one that is just being typed. Raises Refused."""
        activity = self.checked(draft, activity_id)
        return activity_tryout.try_one(sample, activity, self.clock.now(), self.preferences)
