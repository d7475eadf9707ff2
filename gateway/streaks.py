"""Refusals that speak against a SIM rather than against one message. Pure.

Networks answer a SIM without credit, or one that was barred, with codes that also mean other
things (gammu#64, gammu#381): one of them proves nothing, several in a row to different people do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.clock import MINUTE

SUSPICIOUS: Final = frozenset({21, 28, 30, 38, 50, 69, 500})  # of +CMS ERROR
IN_A_ROW: Final = 3
FIRST_HOLD: Final = MINUTE // 2  # then one message goes out as a trial
LONGEST_HOLD: Final = 60 * MINUTE
WORDS: Final = (
    "The network refused {count} messages in a row: check credit and whether the SIM is barred."
    " It said: {said} One message is tried again every now and then."
)


@dataclass(slots=True)
class _Streak:
    numbers: set[str] = field(default_factory=set)
    said: str = ""
    holds: int = 0
    until: int = 0


class Streaks:
    """Owns the streak of each connection. Each call is one step; the caller keeps them apart."""

    def __init__(self) -> None:
        self._streaks: dict[int, _Streak] = {}

    def succeeded(self, connection_id: int) -> bool:
        """The network took a message: nothing is wrong with the SIM. True if it had been held."""
        gone = self._streaks.pop(connection_id, None)
        return gone is not None and gone.until > 0

    def refused(
        self,
        connection_id: int,
        number: str,
        code: int | None,
        said: str,
        now: int,
        *,
        account: bool = False,
    ) -> bool:
        """A message to `number` was refused with a CMS code. True when the SIM is held now.

        `account`: the refusal names the SIM or its account. Other codes than these and the
        SUSPICIOUS ones neither begin nor end a streak. `said` is a sentence.
        """
        if code not in SUSPICIOUS and not account:
            return False
        streak = self._streaks.setdefault(connection_id, _Streak())
        streak.numbers.add(number)
        streak.said = said
        if len(streak.numbers) < IN_A_ROW and not streak.holds:
            return False
        streak.until = now + min(FIRST_HOLD << streak.holds, LONGEST_HOLD)
        streak.holds += 1
        return True

    def held(self, connection_id: int, now: int) -> str:
        """Why the connection is held, in words; "" when it may send."""
        streak = self._streaks.get(connection_id)
        if streak is None or now >= streak.until:
            return ""
        return WORDS.format(count=len(streak.numbers), said=streak.said)

    def on_trial(self, connection_id: int) -> bool:
        """Whether only one message may go out at a time, until one gets through."""
        streak = self._streaks.get(connection_id)
        return streak is not None and streak.holds > 0

    def until(self, connection_id: int) -> int:
        """When the hold ends; 0 when there is none."""
        streak = self._streaks.get(connection_id)
        return streak.until if streak else 0

    def written(self, connection_id: int) -> dict[str, Any] | None:
        """What has to be known of a connection after a restart, as JSON can hold it."""
        streak = self._streaks.get(connection_id)
        if streak is None:
            return None
        return {
            "numbers": sorted(streak.numbers),
            "said": streak.said,
            "holds": streak.holds,
            "until": streak.until,
        }

    def restore(self, connection_id: int, written: Mapping[str, Any], now: int) -> None:
        """What `written` gave before. A clock that was set back makes no hold longer."""
        self._streaks[connection_id] = _Streak(
            set(written["numbers"]),
            written["said"],
            written["holds"],
            min(written["until"], now + LONGEST_HOLD),
        )

    def clear(self, connection_id: int) -> None:
        """A person says that it is mended."""
        self._streaks.pop(connection_id, None)
