"""Whether engine and modem are in step; while they are not, this decides whose a line is."""

from __future__ import annotations

from gateway.at.events import (
    Command,
    Event,
    LateResponse,
    ResyncFailed,
    Resynchronised,
    Stray,
    WriteBytes,
)
from gateway.at.late import LateAnswers
from gateway.at.results import Result
from gateway.at.resync import QUERY_PREFIXES, Resync, ResyncStep


class StepRecovery:
    """Owns what is known of the past: late answers, and the way back into step."""

    def __init__(self) -> None:
        self.late = LateAnswers()
        self.out_of_step = False
        self.prompt_may_be_open = True  # as another process may have left it
        self._resync: Resync | None = None
        self._unanswered = 0  # queries of failed attempts

    @property
    def command(self) -> Command | None:
        """The query under way, whose echo and answer are to be expected."""
        return self._resync.command if self._resync is not None else None

    @property
    def deadline(self) -> float | None:
        return self._resync.deadline if self._resync is not None else None

    def lose_step(self, unanswered: int = 0) -> None:
        """The next result may be one of the past; so many questions were not answered yet."""
        self.out_of_step = True
        self._unanswered += unanswered
        self._resync = None

    def begin(self, now: float) -> bytes:
        """Start to get into step: what to write."""
        self.out_of_step = True
        stale = self.late.stale
        avoid = stale.prefix if stale is not None else ""
        self._resync = Resync(now, self.prompt_may_be_open, self._unanswered, avoid)
        return self._resync.begin(now)

    def restarted(self) -> list[Event]:
        """Nothing of before a restart can come any more."""
        under_way = self._resync is not None
        self._in_step()
        self.late.forget()
        return [Resynchronised()] if under_way else []

    def tick(self, now: float) -> list[Event]:
        self.late.expire(now)
        if self._resync is None or now < self._resync.deadline:
            return []
        data = self._resync.tick(now)
        return [*([WriteBytes(data)] if data else []), *self._end()]

    def owns(self, line: str) -> bool:
        """Whether a line of an unknown name answers a query of ours or the stale command."""
        stale = self.late.stale
        own = (stale.prefix,) if stale is not None and stale.prefix else ()
        return self.out_of_step and line.startswith(own + QUERY_PREFIXES)

    def line(self, line: str) -> list[Event]:
        """An information line while out of step."""
        if self._resync is not None:
            self._resync.heard_line(line)
        late = self.late.line(line)
        if late is not None:
            return [late]
        return [] if line.startswith(QUERY_PREFIXES) else [Stray(line)]

    def result(self, line: str, result: Result, now: float) -> list[Event]:
        """A result while out of step: of the past, or of our query."""
        resync = self._resync
        past = resync is None or resync.past
        if resync is not None:
            resync.heard_result(result, now)
        events: list[Event] = []
        if past:
            late: LateResponse | None = self.late.result(result)
            events.append(late if late is not None else Stray(line))
        return events + self._end()

    def _end(self) -> list[Event]:
        resync = self._resync
        if resync is None or not resync.over:
            return []
        self._resync = None
        if resync.step is ResyncStep.DONE:
            self._in_step()
            self.prompt_may_be_open = False
            return [Resynchronised()]
        self._unanswered = max(resync.unanswered, 1)
        self.prompt_may_be_open = True
        return [ResyncFailed()]

    def _in_step(self) -> None:
        self.out_of_step = False
        self._resync = self.late.stale = None
        self._unanswered = 0
