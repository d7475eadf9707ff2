"""Does what received messages have set off, action by action, in order.

Everything it needs is in the store: what is waiting, what was tried, what became of it. So it goes
on after a crash where it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from gateway import steps
from gateway.clock import Clock
from gateway.decisions.activities import ActionKind, StepMove, StepState
from gateway.events import Events, OutboxChanged, Queued, StoreChanged
from gateway.services.activities import actions
from gateway.services.activities.webhooks import Webhooks
from gateway.services.box.preferences import Preferences
from gateway.services.jobs.loop import Loop
from gateway.store.activities import runs
from gateway.store.activities.runs import ActionStep
from gateway.store.file import database

log = logging.getLogger(__name__)

EVERY = 30.0  # seconds between looks that nobody asked for


class ActivityRunner(Loop):
    """Owns the activities thread and its database connection; `webhooks` owns one for each call."""

    name = "activities"

    def __init__(
        self,
        clock: Clock,
        events: Events,
        preferences: Preferences,
        settle: Callable[[], bool] = lambda: False,
    ) -> None:
        """`settle`: decides about one message that waited for the right time, if there is one."""
        super().__init__(clock)
        self._settle = settle
        self._events = events
        self._preferences = preferences
        self.webhooks = Webhooks(clock, events, preferences, self.poke)

    def stop(self) -> None:
        super().stop()
        self.webhooks.stop()

    def turn(self) -> float:
        self.work()
        return self._until_next()

    def work(self) -> None:
        """One round: everything whose turn has come, then the webhooks that are due."""
        while not self._stopping.is_set() and self._settle():
            self._events.publish(OutboxChanged())
        while not self._stopping.is_set() and (step := runs.next_waiting()):
            self._do(step)
        self.webhooks.start_due()

    def _until_next(self) -> float:
        due = runs.next_due()
        if due is None:
            return EVERY
        return min(EVERY, max(0.5, (due - self._clock.now()) / 1000))

    def _do(self, step: ActionStep) -> None:
        steps.step("action begun")
        try:
            outcome = self._once(step)
        except database.StoreError:
            raise
        except Exception:
            log.exception("an action of an activity failed")
            self._finish(step, actions.ActionOutcome(StepMove.FAIL, actions.OUT_OF_ORDER))
            outcome = None
        steps.step("action done")
        if outcome and outcome.made_id is not None:
            self._events.publish(Queued())
        elif step.kind in (ActionKind.JOIN, ActionKind.LEAVE):
            self._events.publish(StoreChanged())
        else:
            self._events.publish(OutboxChanged())

    def _once(self, step: ActionStep) -> actions.ActionOutcome | None:
        """None: it was done or deleted meanwhile."""
        with database.transaction():
            if runs.state(step.id) is not StepState.WAITING:
                return None
            outcome = actions.do(step, self._clock.now(), self._preferences)
            self._finish(step, outcome)
            steps.step("action under way")
        return outcome

    def _finish(self, step: ActionStep, outcome: actions.ActionOutcome) -> None:
        now = self._clock.now()
        changes: dict[str, object] = {"words": outcome.words, "made_id": outcome.made_id}
        if outcome.move is StepMove.CALL:
            changes["due_at"] = now
        with database.transaction():
            runs.move(step.id, StepState.WAITING, outcome.move, now, **changes)
