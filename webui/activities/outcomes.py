"""What a received message has set off, as its opened row shows it."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.decisions.activities import StepState
from gateway.services.activities.descriptions import ACTIONS
from gateway.store.activities import runs, waits
from gateway.store.activities.runs import FALLBACK, ActivityStepInfo
from gateway.store.activities.waits import WaitInfo
from gateway.store.messages.details import MessageDetail
from webui.page.formats import StateWords

STATES: dict[StepState, StateWords] = {
    StepState.WAITING: StateWords("Waiting", "busy", "clock"),
    StepState.CALLING: StateWords("Calling", "busy", "send"),
    StepState.DONE: StateWords("Done", "good", "tick"),
    StepState.SKIPPED: StateWords("Left out", "warn", "question"),
    StepState.FAILED: StateWords("Failed", "bad", "cross"),
}
NO_TIME = (
    "The box does not know the time at the moment. It decides by these hours when it does, unless"
    " that takes longer than an hour."
)
NOT_YET = StateWords("Not taken yet", "warn", "alert")


@dataclass(frozen=True, slots=True)
class StepView:
    id: int
    action: str
    state: StateWords
    words: str
    made_id: int | None  # the message that it made
    tries: int  # of a webhook that waits for its next one
    next_at: int | None
    again: str  # what a button to try it again is called; "" = none


@dataclass(frozen=True, slots=True)
class ActivityRunView:
    name: str
    activity_id: int | None  # None: the fallback reply
    steps: tuple[StepView, ...]


def of(message: MessageDetail) -> tuple[ActivityRunView, ...]:
    if not message.incoming or message.kind != "sms":
        return ()
    ran = tuple(
        ActivityRunView(
            run.name,
            None if run.activity_id == FALLBACK else run.activity_id,
            tuple(map(_step, run.steps)),
        )
        for run in runs.set_off(message.id)
    )
    return ran + tuple(ActivityRunView(w.name, None, (_wait(w),)) for w in waits.of(message.id))


def _wait(wait: WaitInfo) -> StepView:
    state = STATES[StepState.SKIPPED if wait.words else StepState.WAITING]
    return StepView(0, "Its hours", state, wait.words or NO_TIME, None, 0, None, "")


def _step(step: ActivityStepInfo) -> StepView:
    waits = step.state is StepState.CALLING and step.tries > 0
    again = "Try again" if step.state is StepState.FAILED else "Try now" if waits else ""
    return StepView(
        id=step.id,
        action=ACTIONS[step.kind],
        state=NOT_YET if waits else STATES[step.state],
        words=step.words,
        made_id=step.made_id,
        tries=step.tries if waits else 0,
        next_at=step.due_at if waits else None,
        again=again,
    )
