"""At which hours an activity works: a span of the day, on chosen weekdays. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Hours:
    """From `start` up to but not including `end`, minutes after midnight of the box's clock.

    `end` at or before `start` lies on the next day: 22:00 to 06:00 on Monday lasts until Tuesday
    morning. Equal ones are a whole day from then on.
    """

    start: int = 0
    end: int = 0
    weekdays: frozenset[int] = EVERY_DAY  # 0 = Monday, of the day on which the span begins

    @property
    def always(self) -> bool:
        return self.start == self.end == 0 and self.weekdays == EVERY_DAY

    def hold(self, then: datetime) -> bool:
        """Whether this instant, in the box's zone, is within them."""
        minute, today = then.hour * 60 + then.minute, then.weekday()
        if self.start < self.end:
            return today in self.weekdays and self.start <= minute < self.end
        began_today = minute >= self.start and today in self.weekdays
        began_yesterday = minute < self.end and (today - 1) % 7 in self.weekdays
        return began_today or began_yesterday

    def __str__(self) -> str:
        days = "every day" if self.weekdays == EVERY_DAY else _days(self.weekdays)
        if self.start == self.end == 0:
            return days
        return f"{clock(self.start)} to {clock(self.end)}, {days}"


def clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _days(weekdays: frozenset[int]) -> str:
    """ "Mon to Fri", "Sat, Sun"."""
    days = sorted(weekdays)
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{WEEKDAYS[days[0]]} to {WEEKDAYS[days[-1]]}"
    return ", ".join(WEEKDAYS[d] for d in days)
