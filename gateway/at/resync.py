"""Getting into step again after a time-out, so that a late answer never answers the next command.

```
[ESC, drain] -> query -> its own line, then a result: in step
                  |-> no answer in time: another query (with ESC), and so on
                  '-> two queries got nothing but errors: AT, OK, silence; twice in a row: in step
                        '-> a query is answered after all: that query once more
```

A query is recognisable: results that come before its information line belong to the past. Should
an earlier query have gone unanswered, a silence after the result is asked for as well, because a
modem that wakes up prints all the answers it owes in one go.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from gateway.at.events import Command
from gateway.at.results import Result

DRAIN: Final = 0.5  # seconds after ESC in which everything heard is of the past
QUERY_TIME: Final = 3.0
AFTER_ERROR: Final = 1.0  # an error may have been the query's own answer: wait no longer
SILENCE: Final = 0.5
ERRORS: Final = 2  # so many queries in a row with errors only: it knows none of them
LIMIT: Final = 30.0  # seconds for the whole of it
ESCAPE: Final = b"\x1b\r"  # leaves a prompt; never Ctrl-Z, which would send what stands there

# Enough of them that none has to be asked twice before LIMIT; none changes anything.
QUERIES: Final = tuple(
    Command(f"AT+{name}?", QUERY_TIME, f"+{name}:")
    for name in (
        "CMGF",
        "CMEE",
        "CNMI",
        "CSMS",
        "CSCS",
        "CSDH",
        "CMMS",
        "CRC",
        "CGATT",
        "CSCB",
    )
)
QUERY_PREFIXES: Final = tuple(query.prefix for query in QUERIES)
PING: Final = Command("AT", QUERY_TIME)


class ResyncStep(Enum):
    DRAIN = auto()
    QUERY = auto()
    QUIET = auto()  # the query was answered; nothing more may come
    PING = auto()
    PING_QUIET = auto()
    DONE = auto()
    FAILED = auto()


class Resync:
    """One attempt. The engine tells it what was heard and writes what it returns."""

    def __init__(self, now: float, escape: bool, unanswered: int, avoid: str = "") -> None:
        """`escape`: a prompt may be open. `unanswered`: queries of failed attempts before.

        `avoid` is the prefix of the command that timed out: its own query would prove nothing.
        """
        self.step = ResyncStep.DRAIN
        self.until = now
        self.unanswered = unanswered
        self.command = PING  # whose echo and lines are to be expected
        self._limit = now + LIMIT
        self._queries = [q for q in QUERIES if q.prefix != avoid]
        self._escape = escape
        self._informed = False  # the query's own line has come
        self._errors = 0  # queries in a row that brought errors only
        self._error = False  # this one has
        self._again = False  # a query that had been given up was answered after all
        self._noise = False  # something else was heard in a time of silence
        self._clean = 0  # pings answered by exactly one OK, in a row

    @property
    def deadline(self) -> float:
        return min(self.until, self._limit)

    @property
    def over(self) -> bool:
        return self.step in (ResyncStep.DONE, ResyncStep.FAILED)

    @property
    def past(self) -> bool:
        """Whether a result heard now belongs to a command of the past."""
        return self.step is ResyncStep.DRAIN or (
            self.step is ResyncStep.QUERY and not self._informed
        )

    def begin(self, now: float) -> bytes:
        """The first bytes to write."""
        if self._escape:
            self._wait(ResyncStep.DRAIN, now, DRAIN)
            return ESCAPE
        return self._next_query(now)

    def heard_line(self, line: str) -> None:
        """An information line, whoever's it is."""
        if self.step is ResyncStep.QUERY and line.startswith(self.command.prefix):
            self._informed = True
        elif self.step in (ResyncStep.QUIET, ResyncStep.PING_QUIET):
            self._noise = True
        if self.step in (ResyncStep.PING, ResyncStep.PING_QUIET):
            # A query of before is answered after all, so the modem knows it: ask it once more.
            known = [q for q in QUERIES if line.startswith(q.prefix)]
            self._queries = known + [q for q in self._queries if q not in known]
            self._again = self._again or bool(known)

    def heard_result(self, result: Result, now: float) -> None:
        if self.step is ResyncStep.QUERY:
            self._result_in_query(result, now)
        elif self.step in (ResyncStep.PING, ResyncStep.PING_QUIET) and self._again:
            self._again, self._errors = False, 0
            self._wait(ResyncStep.DRAIN, now, SILENCE)
        elif self.step is ResyncStep.PING:
            if result.ok:
                self._wait(ResyncStep.PING_QUIET, now, SILENCE)
            else:
                self._clean = 0
        elif self.step in (ResyncStep.QUIET, ResyncStep.PING_QUIET):
            self._noise = True
            self.until = now + SILENCE

    def _result_in_query(self, result: Result, now: float) -> None:
        if self._informed:
            if self.unanswered <= 1:
                self.step = ResyncStep.DONE
            else:
                self._wait(ResyncStep.QUIET, now, SILENCE)
        elif not result.ok:
            self._error = True
            self.until = min(self.until, now + AFTER_ERROR)

    def tick(self, now: float) -> bytes:
        """What to write now that `deadline` has come; b"" for nothing."""
        if self.step is ResyncStep.QUIET and not self._noise:
            self.step = ResyncStep.DONE
            return b""
        if now >= self._limit:
            self.step = ResyncStep.FAILED
            return b""
        if self.step is ResyncStep.PING_QUIET:
            return self._judge_ping(now)
        lead = b""
        if self.step is ResyncStep.PING:
            lead, self._clean, self._errors = ESCAPE, 0, 0
        elif self.step is ResyncStep.QUERY:
            self._errors = self._errors + 1 if self._error else 0
            lead = b"" if self._error else ESCAPE
        return lead + (self._ping(now) if self._errors == ERRORS else self._next_query(now))

    def _judge_ping(self, now: float) -> bytes:
        self._clean = 0 if self._noise else self._clean + 1
        if self._clean == 2:
            self.step = ResyncStep.DONE
            return b""
        return self._ping(now)

    def _next_query(self, now: float) -> bytes:
        self.command = self._queries.pop(0)
        self._queries.append(self.command)
        self.unanswered += 1
        self._informed = self._error = False
        self._wait(ResyncStep.QUERY, now, QUERY_TIME)
        return self.command.text.encode() + b"\r"

    def _ping(self, now: float) -> bytes:
        self.command = PING
        self._wait(ResyncStep.PING, now, QUERY_TIME)
        return b"AT\r"

    def _wait(self, step: ResyncStep, now: float, seconds: float) -> None:
        self.step, self.until, self._noise = step, now + seconds, False
