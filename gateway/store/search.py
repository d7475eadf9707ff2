"""Finding messages by words, numbers and what is known of them, newest first.

No search may take long, whatever is asked: candidates are taken from the narrowest index, a few
hundred at a time, looked at, and after a while the search stops and says how far it came.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.clock import DAY
from gateway.states import State
from gateway.store import views
from gateway.store.db import errors, execute
from gateway.store.terms import MARK
from gateway.store.views import CONDITIONS, NEWEST, STATES, View

PATIENCE = 0.04  # seconds that one search may look
COUNTING = 0.02  # seconds that may be spent on saying how many there are
MOST_NUMBERS = 200  # as words of one question to the index; more are looked up one by one
FEW = 3000  # candidates that an index has at most, when it is called narrow
FIRST_CHUNK, LARGEST_CHUNK = 64, 1024


@dataclass(frozen=True, slots=True)
class Term:
    """What has to be there: in the text, or as a number that it came from or went to."""

    words: str = ""  # as FTS5 wants it
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages; everything has to be true of them. Deleted ones are never meant."""

    terms: tuple[Term, ...] = ()
    view: View = View.ALL
    direction: str = ""  # "in" | "out"
    states: tuple[State, ...] = ()  # of any of its dispatches
    unread: bool = False
    connection_id: int | None = None
    people: tuple[str, ...] | None = None  # from or to any of these numbers
    since: int | None = None  # instants; `until` is no longer meant
    until: int | None = None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Wanted:
        """What `dataclasses.asdict` made of it, also after it was JSON."""
        found = dict(kept)
        found["terms"] = tuple(Term(t["words"], tuple(t["numbers"])) for t in found["terms"])
        found["states"] = tuple(State(s) for s in found["states"])
        found["people"] = None if found["people"] is None else tuple(found["people"])
        return cls(**found | {"view": View(found["view"])})


@dataclass(frozen=True, slots=True)
class Found:
    ids: list[int]
    reached: int | None  # where to go on, when the search stopped before its end; None: all seen


@dataclass(frozen=True, slots=True)
class Number:
    value: int
    exact: bool  # False: at least so many


def page(wanted: Wanted, before: int | None, limit: int, patience: float = PATIENCE) -> Found:
    """At most `limit` ids below `before`."""
    with errors(), _Walk(wanted) as walk:
        return walk.page(NEWEST if before is None else before, limit, patience)


def number(wanted: Wanted, patience: float = COUNTING) -> Number:
    """How many there are, as far as that can be seen quickly."""
    with errors(), _Walk(wanted) as walk:
        return walk.number(patience)


def ids(wanted: Wanted, before: int | None, limit: int) -> list[int]:
    """As `page`, however long it takes: for work that nobody waits for."""
    return page(wanted, before, limit, patience=float("inf")).ids


@dataclass
class _Walk:
    """One question: where candidates come from, and what is asked of each."""

    wanted: Wanted
    _where: list[str] = field(default_factory=list)
    _params: list[object] = field(default_factory=list)
    _lists: int = 0

    def __enter__(self) -> _Walk:
        w = self.wanted
        self._states = w.states or STATES.get(w.view, ())
        self._first, self._last = _ids_of_days(w.since, w.until)
        self._match = self._words()
        self._conditions()
        self._source = self._narrowest()
        return self

    def __exit__(self, *error: object) -> None:
        for n in range(self._lists):
            execute(f"DROP TABLE temp.wanted_{n}")

    # where candidates come from

    def _words(self) -> str:
        """One question to the index of words; what is too long for it becomes a condition."""
        parts = []
        for term in self.wanted.terms:
            if len(term.numbers) > MOST_NUMBERS:
                self._either(term.words, term.numbers)
            elif said := _any(term.words, term.numbers):
                parts.append(said)
            else:
                self._where.append("0")
        people = self.wanted.people
        if people is not None:
            if len(people) > MOST_NUMBERS:
                self._either("", people)
            elif people:
                parts.append(_any("", people))
            else:
                self._where.append("0")
        return " AND ".join(parts)

    def _narrowest(self) -> Callable[[int, int], list[int]]:
        """Where to take candidates from: messages below an id, newest first."""
        if "0" in self._where or self._first > self._last:
            return lambda before, limit: []
        if self._match and (not self._states or self._few_matches() or not self._few_in_states()):
            return self._matching
        if self._match:
            self._ask(
                "EXISTS (SELECT 1 FROM found WHERE found MATCH ? AND rowid = m.id)", self._match
            )
        return self._in_states if self._states else self._all

    def _few_matches(self) -> bool:
        row = execute(
            "SELECT count(*) FROM (SELECT 1 FROM found WHERE found MATCH ?"
            " AND rowid BETWEEN ? AND ? LIMIT ?)",
            (self._match, self._first, self._last, FEW + 1),
        ).fetchone()
        return bool(row[0] <= FEW)

    def _few_in_states(self) -> bool:
        marks = ", ".join("?" * len(self._states))
        row = execute(
            f"SELECT count(*) FROM (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ({marks})"  # noqa: S608
            " LIMIT ?)",
            (*self._states, FEW + 1),
        ).fetchone()
        return bool(row[0] <= FEW)

    def _matching(self, before: int, limit: int) -> list[int]:
        sql = (
            "SELECT rowid FROM found WHERE found MATCH ? AND rowid >= ? AND rowid < ?"
            " ORDER BY rowid DESC LIMIT ?"
        )
        return _column(sql, self._match, self._first, before, limit)

    def _in_states(self, before: int, limit: int) -> list[int]:
        return [i for i in views.with_states(self._states, before, limit) if i >= self._first]

    def _all(self, before: int, limit: int) -> list[int]:
        sql = "SELECT id FROM message WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?"
        return _column(sql, self._first, before, limit)

    # what is asked of each

    def _conditions(self) -> None:
        w = self.wanted
        self._ask(CONDITIONS[View.ALL])
        if w.view in CONDITIONS and w.view is not View.DELETED:
            self._ask(CONDITIONS[w.view])
        if w.direction:
            self._ask("m.direction = ?", w.direction)
        if w.unread:
            self._ask("m.direction = 'in' AND m.read_at IS NULL")
        if w.since is not None:
            self._ask("m.created_at >= ?", w.since)
        if w.until is not None:
            self._ask("m.created_at < ?", w.until)
        for states in filter(None, (w.states, STATES.get(w.view))):
            marks = ", ".join("?" * len(states))
            self._ask(
                f"EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ({marks})"  # noqa: S608
                " AND message_id = m.id)",
                *states,
            )
        if w.connection_id is not None:
            self._ask(
                "(m.connection_id = ? OR EXISTS (SELECT 1 FROM dispatch d"
                " WHERE d.message_id = m.id AND d.connection_id = ?))",
                w.connection_id,
                w.connection_id,
            )

    def _ask(self, sql: str, *params: object) -> None:
        self._where.append(sql)
        self._params += params

    def _either(self, match: str, numbers: Sequence[str]) -> None:
        """Thousands of numbers: kept beside, and asked for each candidate."""
        name = f"temp.wanted_{self._lists}"
        self._lists += 1
        execute(f"CREATE TEMP TABLE {name[5:]} (number TEXT PRIMARY KEY) WITHOUT ROWID")
        execute(
            f"INSERT OR IGNORE INTO {name} SELECT value FROM json_each(?)",  # noqa: S608
            (json.dumps(numbers),),
        )
        sql = (
            f"m.peer IN (SELECT number FROM {name}) OR EXISTS (SELECT 1 FROM dispatch d"  # noqa: S608
            f" WHERE d.message_id = m.id AND +d.number IN (SELECT number FROM {name}))"
        )
        if match:
            sql += " OR EXISTS (SELECT 1 FROM found WHERE found MATCH ? AND rowid = m.id)"
        self._ask(f"({sql})", *((match,) if match else ()))

    # looking

    def page(self, before: int, limit: int, patience: float) -> Found:
        end = time.monotonic() + patience
        before = min(before, self._last + 1)
        found: list[int] = []
        for chunk in self._chunks(before, max(FIRST_CHUNK, limit + 14)):
            for candidate in self._good(chunk):
                found.append(candidate)
                if len(found) == limit:
                    return Found(found, None)
            if time.monotonic() > end:
                return Found(found, chunk[-1])
        return Found(found, None)

    def number(self, patience: float) -> Number:
        end = time.monotonic() + patience
        count = 0
        for chunk in self._chunks(self._last + 1, LARGEST_CHUNK):
            count += len(self._good(chunk))
            if time.monotonic() > end:
                return Number(count, False)
        return Number(count, True)

    def _chunks(self, before: int, size: int) -> Iterator[list[int]]:
        while chunk := self._source(before, size):
            yield chunk
            before, size = chunk[-1], min(LARGEST_CHUNK, size * 2)

    def _good(self, candidates: Sequence[int]) -> list[int]:
        where = " AND ".join(self._where)
        sql = (
            f"SELECT m.id FROM json_each(?) c CROSS JOIN message m ON m.id = c.value WHERE {where}"  # noqa: S608
        )
        return sorted(_column(sql, json.dumps(candidates), *self._params), reverse=True)


def _column(sql: str, *params: object) -> list[int]:
    return [row[0] for row in execute(sql, params)]


def _any(words: str, numbers: Sequence[str]) -> str:
    said = [words] if words else []
    said += [f'"{MARK}{number}"' for number in numbers]
    return f"({' OR '.join(said)})" if said else ""


def _ids_of_days(since: int | None, until: int | None) -> tuple[int, int]:
    """The first and the last id that a message between two instants may have."""
    if since is None and until is None:
        return 1, NEWEST - 1
    low = -1 if since is None else since // DAY
    high = NEWEST if until is None else (until - 1) // DAY
    first, last = execute(
        "SELECT min(s.first), max(coalesce((SELECT min(n.first) FROM span n"
        " WHERE n.first > s.first), ?) - 1) FROM span s WHERE s.day BETWEEN ? AND ?",
        (NEWEST, low, high),
    ).fetchone()
    return (1, 0) if first is None else (first, last)
