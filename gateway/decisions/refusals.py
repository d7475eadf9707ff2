"""Refusals that speak against a connection rather than against one message. Pure.

A modem that is in no state to send, a SIM that was barred, a network that is out of order: every
message would fare the same, so they wait together, and one after another goes out as a trial until
one gets through. Some refusals say so themselves; networks answer a SIM without credit with codes
that also mean other things (gammu#64, gammu#381): one of these proves nothing, several in a row to
different people do.

```
sending -> held until an instant -> one trial -> accepted: sending
              ^------- refused again ----'
```

However many messages are refused in one outage, it counts once: the pause until the next trial
depends on how long the outage has lasted, not on how many were refused. It is a small share of
that, so that a short outage is over soon after its end and bad numbers in a row are soon passed,
and never more than LONGEST_HOLD.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from gateway.at import About
from gateway.clock import MINUTE, SECOND

IN_A_ROW: Final = 3
FIRST_HOLD: Final = 4 * SECOND // 10
LONGEST_HOLD: Final = 30 * SECOND
SHARE: Final = 32
IDLE: Final = 5 * SECOND  # a trial that is due and not made by then is for want of messages
LASTING: Final = 10 * SECOND  # a hold that is worth somebody's attention
SUSPECT_FOR: Final = 15 * MINUTE
REMEMBERED: Final = 200  # numbers of each kind
WORDS: Final = (
    "The network refused {count} messages in a row: check credit and whether the SIM is barred."
    " It said: {said} One message is tried again every now and then."
)
CERTAIN_WORDS: Final = "{said} One message is tried again every now and then."


@dataclass(slots=True)
class _Streak:
    numbers: dict[str, int] = field(default_factory=dict)  # refused since the last success, when
    began: int = 0  # the first of them, if none was long ago
    said: str = ""
    certain: bool = False  # the refusal itself names modem, SIM or network
    since: int = 0  # when the hold began; 0: there is none
    until: int = 0  # when the next trial may go
    # Numbers that were refused before others got through: what becomes of these is their own fault.
    suspects: dict[str, int] = field(default_factory=dict)


class Streaks:
    """Owns the streak of each connection. Each call is one step; the caller keeps them apart."""

    def __init__(self) -> None:
        self._streaks: dict[int, _Streak] = {}

    def succeeded(self, connection_id: int, number: str, now: int) -> bool:
        """The network took a message: nothing is wrong with the SIM. True if it had been held."""
        streak = self._streaks.get(connection_id)
        if streak is None:
            return False
        suspects = {n: at for n, at in streak.suspects.items() if now - at < SUSPECT_FOR}
        suspects |= dict.fromkeys(streak.numbers, now)
        suspects.pop(number, None)
        if suspects:
            self._streaks[connection_id] = _Streak(suspects=_newest(suspects))
        else:
            del self._streaks[connection_id]
        return streak.since > 0

    def refused(self, connection_id: int, number: str, about: About, said: str, now: int) -> int:
        """A message to `number` was refused. Until when the connection is held; 0: it is not.

        What is about the message alone neither begins nor ends a streak. `said` is a sentence.
        """
        if about is About.MESSAGE:
            return 0
        streak = self._streaks.setdefault(connection_id, _Streak())
        suspect = now - streak.suspects.get(number, now - SUSPECT_FOR) < SUSPECT_FOR
        if suspect and about is About.EITHER:
            self._prolong(streak, now)
            return 0
        if now - max(streak.numbers.values(), default=0) >= SUSPECT_FOR:
            streak.began = now
        streak.numbers.pop(number, None)
        streak.numbers[number] = now
        streak.numbers = _newest(streak.numbers)
        streak.said, streak.certain = said, about is About.CONNECTION
        if not streak.since and len(streak.numbers) < IN_A_ROW and not streak.certain:
            return 0
        if not streak.since:
            streak.since = now
            streak.until = now + FIRST_HOLD
        self._prolong(streak, now)
        return streak.until

    def unproven(self, connection_id: int, number: str, now: int) -> bool:
        """Whether a refusal of `number` may still be an outage: nothing has gone through since the
        refusals began, a short while ago."""
        streak = self._streaks.get(connection_id)
        if streak is None or number not in streak.numbers:
            return False
        return now - streak.began < SUSPECT_FOR

    def doubted(self, connection_id: int, now: int) -> bool:
        """Nobody knows what became of a message: a trial of that kind proves nothing, and the next
        is not to follow at once. True when it was one."""
        streak = self._streaks.get(connection_id)
        return streak is not None and self._prolong(streak, now)

    def _prolong(self, streak: _Streak, now: int) -> bool:
        """After a trial in vain. What was on its way already when the hold began is none."""
        if not streak.since or now < streak.until:
            return False
        pause = min(max(FIRST_HOLD, (now - streak.since) // SHARE), LONGEST_HOLD)
        streak.until = now + pause
        return True

    def why_held(self, connection_id: int) -> str:
        """Why the connection is held or on trial, in words; "" when it sends."""
        streak = self._streaks.get(connection_id)
        if streak is None or not streak.since:
            return ""
        words = CERTAIN_WORDS if streak.certain else WORDS
        return words.format(count=len(streak.numbers), said=streak.said)

    def held(self, connection_id: int, now: int) -> str:
        """The same for people: nothing is held while nothing waits to be tried."""
        return self.why_held(connection_id) if now < self.until(connection_id) + IDLE else ""

    def lasting(self, connection_id: int, now: int) -> bool:
        """Whether a hold has lasted so long, or met so many, that somebody should know."""
        streak = self._streaks.get(connection_id)
        if streak is None or not streak.since:
            return False
        return len(streak.numbers) >= IN_A_ROW or now - streak.since >= LASTING

    def on_trial(self, connection_id: int) -> bool:
        """Whether only one message may go out at a time, until one gets through."""
        streak = self._streaks.get(connection_id)
        return streak is not None and streak.since > 0

    def until(self, connection_id: int) -> int:
        """When the next trial may go; 0 when it need not wait."""
        streak = self._streaks.get(connection_id)
        return streak.until if streak else 0

    def tried(self, now: int) -> frozenset[str]:
        """Numbers that are the last to be tried while a connection is on trial."""
        return frozenset(
            number
            for streak in self._streaks.values()
            if streak.since
            for number in (
                *streak.numbers,
                *(n for n, at in streak.suspects.items() if now - at < SUSPECT_FOR),
            )
        )

    def would_change(self, connection_id: int) -> bool:
        """Whether a success would change anything."""
        return connection_id in self._streaks

    def written(self, connection_id: int) -> dict[str, Any] | None:
        """What has to be known of a connection after a restart, as JSON can hold it."""
        streak = self._streaks.get(connection_id)
        return None if streak is None else asdict(streak)

    def restore(self, connection_id: int, written: Mapping[str, Any], now: int) -> None:
        """What `written` gave before. A clock that was set back makes no hold longer."""
        numbers = written["numbers"]
        if not isinstance(numbers, Mapping):  # as it was written before there were instants
            numbers = dict.fromkeys(numbers, now)
        until = min(written["until"], now + LONGEST_HOLD)
        since = written.get("since", until if written["until"] else 0)
        self._streaks[connection_id] = _Streak(
            {n: min(at, now) for n, at in numbers.items()},
            min(written.get("began", now), now),
            written["said"],
            written.get("certain", False),
            min(since, now),
            until,
            {n: min(at, now) for n, at in written.get("suspects", {}).items()},
        )

    def back(self, connection_id: int, now: int) -> bool:
        """Its modem is in service again: the next trial may go at once. True if one was due."""
        streak = self._streaks.get(connection_id)
        if streak is None or not streak.since:
            return False
        streak.until = min(streak.until, now)
        return True

    def clear(self, connection_id: int) -> bool:
        """Somebody or something says that it is mended. True if it had been held."""
        gone = self._streaks.pop(connection_id, None)
        return gone is not None and gone.since > 0


def _newest(numbers: Mapping[str, int]) -> dict[str, int]:
    """The latest of them, as they were put in."""
    return dict(list(numbers.items())[-REMEMBERED:])
