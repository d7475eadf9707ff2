"""The life of one action that a message has set off, as one table. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class ActionKind(StrEnum):
    REPLY = "reply"
    FORWARD = "forward"
    JOIN = "join"  # the sender joins a group
    LEAVE = "leave"
    WEBHOOK = "webhook"


class StepState(StrEnum):
    WAITING = "waiting"  # its turn has not come
    CALLING = "calling"  # a webhook that has not answered yet
    DONE = "done"
    SKIPPED = "skipped"  # the guard said no
    FAILED = "failed"


class StepMove(StrEnum):
    CALL = "call"  # hand it to whoever calls webhooks
    LATER = "later"  # it did not work and is tried again
    FINISH = "finish"
    SKIP = "skip"
    FAIL = "fail"
    AGAIN = "again"  # a person wants it tried again


TABLE: Final = {
    (StepState.WAITING, StepMove.CALL): StepState.CALLING,
    (StepState.WAITING, StepMove.FINISH): StepState.DONE,
    (StepState.WAITING, StepMove.SKIP): StepState.SKIPPED,
    (StepState.WAITING, StepMove.FAIL): StepState.FAILED,
    (StepState.CALLING, StepMove.LATER): StepState.CALLING,
    (StepState.CALLING, StepMove.FINISH): StepState.DONE,
    (StepState.CALLING, StepMove.FAIL): StepState.FAILED,
    (StepState.CALLING, StepMove.AGAIN): StepState.CALLING,
    (StepState.FAILED, StepMove.AGAIN): StepState.WAITING,
}


class UndefinedStep(Exception):
    """The table has no such pair."""


def apply(state: StepState, move: StepMove) -> StepState:
    try:
        return TABLE[state, move]
    except KeyError:
        raise UndefinedStep(f"an action that is {state} cannot {move}") from None
