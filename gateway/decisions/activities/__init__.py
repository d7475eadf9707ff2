"""Activities, the deciding part: does a received message set one off, and what may it do. Pure.

`words` compares what people write, `hours` and `condition` decide, `guard` keeps automatic replies
in bounds, `steps` is the life of one action, `calls` says when a webhook is tried again.
"""

from __future__ import annotations

from gateway.decisions.activities.condition import Condition, ConditionFacts, Match, Sender, why_not
from gateway.decisions.activities.hours import Hours
from gateway.decisions.activities.steps import ActionKind, StepMove, StepState

__all__ = (
    "ActionKind",
    "Condition",
    "ConditionFacts",
    "Hours",
    "Match",
    "Sender",
    "StepMove",
    "StepState",
    "why_not",
)
