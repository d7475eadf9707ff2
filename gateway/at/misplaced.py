"""Results of a submission that may be those of a command of before, or were never meant for it."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from gateway.at.codes import MISPLACED
from gateway.at.results import Result

REFUSAL_PAUSE: Final = 0.3  # seconds: an error is the answer unless the prompt follows on its heels
SECOND_THOUGHT: Final = 3.0  # seconds: what hardly answers a message may be followed by what does


class Phase(Enum):
    IDLE = auto()
    PROMPT_WANTED = auto()
    PROMPT_SEEN = auto()
    FINAL_WANTED = auto()


class MisplacedResult:
    """Owns the odd result of the pending submission: it counts if nothing better follows."""

    def __init__(self) -> None:
        self.result: Result | None = None

    def takes(self, result: Result, phase: Phase, answered: bool) -> float | None:
        """For how many seconds something better may follow; None: it is the answer.

        0: it is none at all. No OK answers AT+CMGS before it has its text. `answered`: the
        reference has come; without it an OK, or an error that speaks of something else, is odd.
        """
        if phase is not Phase.FINAL_WANTED and result.ok:
            return 0.0
        if phase is Phase.PROMPT_WANTED:
            pause = REFUSAL_PAUSE
        elif phase is Phase.FINAL_WANTED and not answered and _hardly_meant(result):
            pause = SECOND_THOUGHT
        else:
            return None
        self.result = result
        return pause


def _hardly_meant(result: Result) -> bool:
    bare = result.kind == "ERROR" and not result.text  # who says why says so of a message
    return result.ok or bare or (result.kind, result.code) in MISPLACED
