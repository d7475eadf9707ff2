"""Numbered steps of sending and receiving at which tests have the service killed.

`PIGEONBOX_DIE_AT="submitted on disk"` in the environment of the service kills it, as `kill -9`
would, the first time it comes to that step; `"submitted on disk:3"` the third time. Without the
variable a step is one comparison.
"""

from __future__ import annotations

import os
import signal
from itertools import count
from typing import Final

# In the order in which a message meets them: one that goes out, then one that comes in.
STEPS: Final = (
    "claimed",
    "prompt seen",
    "submitted on disk",
    "payload written",
    "answer read",
    "accepted on disk",
    "received read",
    "received kept",
    "report kept",
    "deleted",
    "deletion on disk",
)
# And those of what a received message sets off.
ACTIVITY_STEPS: Final = (
    "activities decided",
    "action begun",
    "action under way",
    "action done",
    "webhook begun",
    "webhook answered",
    "webhook recorded",
)

# Of what is sent later, when its time has come.
SCHEDULE_STEPS: Final = (
    "scheduled turn due",
    "scheduled message written",
    "scheduled turn on disk",
)

_name, _, _nth = os.environ.get("PIGEONBOX_DIE_AT", "").partition(":")
_left = count(int(_nth or 1) - 1, -1)


def step(name: str) -> None:
    """The service has come to this step."""
    if name == _name and next(_left) == 0:
        os.kill(os.getpid(), signal.SIGKILL)
