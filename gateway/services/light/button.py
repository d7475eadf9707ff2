"""What the button on the box does: tell the state in blinks, a new code, a safe shutdown."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.decisions import lights
from gateway.services.accounts.accounts import Accounts
from gateway.services.light.display import LightDisplay
from gateway.store.file import database
from hw import patterns
from hw.patterns import Colour
from hw.presses import Press

log = logging.getLogger(__name__)

ROUNDS = 3  # the code is blinked so often: nobody writes down six numbers at once
BETWEEN: Sequence[tuple[Colour | None, float]] = ((None, 1.5), (Colour.BLUE, 1.5), (None, 0.5))


class CodeDisplay(Protocol):
    def tell(self, told: Sequence[tuple[Colour | None, float]]) -> None: ...


@dataclass(frozen=True, slots=True)
class ButtonPresses:
    """Called in the button's thread; opens a database connection for each press."""

    accounts: Accounts
    lighting: LightDisplay
    leds: CodeDisplay
    shut_down: Callable[[], None]  # raises with plain words where it may not

    def pressed(self, press: Press) -> None:
        with database.connected():
            match press:
                case Press.SHORT:
                    self._tell_state()
                case Press.HOLD:
                    self._new_code()
                case Press.DOUBLE:
                    log.warning("the button asks for a shutdown")
                    self.shut_down()

    def _tell_state(self) -> None:
        shown = self.lighting.light()
        self.leds.tell(patterns.number(shown.pattern.colour, lights.number(shown)))

    def _new_code(self) -> None:
        """Only the lamp tells it: who stands before the box may have it, who reads the log not."""
        code = self.accounts.new_code(digits=True, how="button on the box")
        digits = [step for d in code for step in patterns.number(Colour.BLUE, int(d))]
        self.leds.tell([*BETWEEN, *digits] * ROUNDS)
        log.warning("the button asked for a new code; the light blinks it")
