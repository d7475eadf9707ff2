"""Finding messages by words, numbers and what is known of them, newest first.

No search may take long, whatever is asked: candidates are taken from the narrowest index, a few
hundred at a time, looked at, and after a while the search stops and says how far it came.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from heapq import heapify, heappop, heapreplace, merge
from itertools import islice, takewhile
from typing import Any

from gateway.clock import DAY
from gateway.decisions.dispatch_states import DispatchState
from gateway.store.file.database import errors, execute
from gateway.store.search import views
from gateway.store.search.views import CONDITIONS, NEWEST, STATES, View
from gateway.text.tokenizer import MARK, entry

PATIENCE = 0.035  # seconds that one search may look
COUNTING = 0.01  # seconds that may be spent on saying how many there are
MOST_NUMBERS = 200  # as words of one question to the index; more are looked up one by one
FEW_MATCHES = 3000  # in the index of words: then there is nothing narrower
FEW_IN_STATES = 30_000  # recipients
MOST_HEADS = 2000  # numbers whose messages are merged
RECEIVED_FROM = "SELECT max(id) FROM message WHERE peer = ?1 AND id < ?2"
SENT_TO = "SELECT max(message_id) FROM dispatch WHERE number = ?1 AND message_id < ?2"
WITH_WORDS = "SELECT rowid FROM found WHERE found MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
FIRST_CHUNK, LARGEST_CHUNK, SLOW_CHUNK = 80, 512, 160


@dataclass(frozen=True, slots=True)
class Term:
    """What has to be there: in the text, or as a number that it came from or went to."""

    words: tuple[tuple[str, ...], ...] = ()  # any of these, each one all of its words
    numbers: tuple[str, ...] = ()

    @property
    def match(self) -> str:
        """As the index of words wants it; "" when nothing can fit."""
        said = [" AND ".join(f'"{word}"' for word in together) for together in self.words]
        said += [f'"{MARK}{number}"' for number in self.numbers]
        return " OR ".join(f"({one})" for one in said)


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Which messages; everything has to be true of them. Deleted ones are never meant."""

    terms: tuple[Term, ...] = ()
    view: View = View.ALL
    direction: str = ""  # "in" | "out"
    states: tuple[DispatchState, ...] = ()  # of any of its dispatches
    unread: bool = False
    connection_id: int | None = None
    people: tuple[str, ...] | None = None  # from or to any of these numbers
    since: int | None = None  # instants; `until` is no longer meant
    until: int | None = None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> SearchFilter:
        """What `dataclasses.asdict` made of it, also after it was JSON."""
        found = dict(kept)
        found["terms"] = tuple(
            Term(tuple(tuple(one) for one in t["words"]), tuple(t["numbers"]))
            for t in found["terms"]
        )
        found["states"] = tuple(DispatchState(s) for s in found["states"])
        found["people"] = None if found["people"] is None else tuple(found["people"])
        return cls(**found | {"view": View(found["view"])})


@dataclass(frozen=True, slots=True)
class SearchHits:
    ids: list[int]
    reached: int | None  # where to go on, when the search stopped before its end; None: all seen


@dataclass(frozen=True, slots=True)
class SearchCount:
    value: int
    exact: bool  # False: at least so many


def page(
    wanted: SearchFilter, before: int | None, limit: int, patience: float = PATIENCE
) -> SearchHits:
    """At most `limit` ids below `before`."""
    with errors(), _Walk(wanted) as walk:
        return walk.page(NEWEST if before is None else before, limit, patience)


def counted_page(
    wanted: SearchFilter, before: int | None, limit: int
) -> tuple[SearchHits, SearchCount]:
    """A page, and how many there are in all; what is narrow is found out once for both."""
    with errors(), _Walk(wanted) as walk:
        found = walk.page(NEWEST if before is None else before, limit, PATIENCE)
        if before is None and found.reached is None and len(found.ids) < limit:
            return found, SearchCount(len(found.ids), True)  # all of them are here
        counted = walk.number(COUNTING)
        if counted.value < len(found.ids):  # counting had less time than finding
            counted = SearchCount(len(found.ids), False)
        return found, counted


def number(wanted: SearchFilter, patience: float = COUNTING) -> SearchCount:
    """How many there are, as far as that can be seen quickly."""
    with errors(), _Walk(wanted) as walk:
        return walk.number(patience)


def ids(wanted: SearchFilter, before: int | None, limit: int) -> list[int]:
    """As `page`, however long it takes: for work that nobody waits for."""
    return page(wanted, before, limit, patience=float("inf")).ids


@dataclass
class _Walk:
    """One question: where candidates come from, and what is asked of each."""

    wanted: SearchFilter
    _where: list[str] = field(default_factory=list)
    _params: list[object] = field(default_factory=list)
    _slow: list[_Slow] = field(default_factory=list)
    _at_end: bool = False  # no candidates are left

    def __enter__(self) -> _Walk:
        w = self.wanted
        self._states = w.states or STATES.get(w.view, ())
        self._first, self._last = _ids_of_days(w.since, w.until)
        terms = list(w.terms) + ([] if w.people is None else [Term((), w.people)])
        self._nothing = self._first > self._last or not all(t.words or t.numbers for t in terms)
        self._quick = [t for t in terms if len(t.numbers) <= MOST_NUMBERS]
        self._match = " AND ".join(f"({term.match})" for term in self._quick)
        self._conditions()
        self._source, seen_to = self._narrowest(terms)
        left = [t for t in terms if t not in seen_to] if not self._nothing else []
        self._slow = [_Slow(n, term) for n, term in enumerate(left)]
        return self

    def __exit__(self, *error: object) -> None:
        for slow in self._slow:
            slow.forget()

    # where candidates come from

    def _narrowest(self, terms: list[Term]) -> tuple[Callable[[int], Iterator[int]], list[Term]]:
        """Messages below an id, newest first, and the terms that this sees to already."""
        if self._nothing:
            return (lambda before: iter(())), []
        if self._match and self._few_matches():
            return self._matching, self._quick
        if self._states and self._few_in_states():
            return self._in_states, []
        many = [t for t in terms if MOST_NUMBERS < len(t.numbers) <= MOST_HEADS]
        if many:
            fewest = min(many, key=lambda t: len(t.numbers))
            return partial(_of_term, fewest), [fewest]
        if self._match:
            return self._matching, self._quick
        return (self._in_states if self._states else self._all), []

    def _few_matches(self) -> bool:
        row = execute(
            "SELECT count(*) FROM (SELECT 1 FROM found WHERE found MATCH ?"
            " AND rowid BETWEEN ? AND ? LIMIT ?)",
            (self._match, self._first, self._last, FEW_MATCHES + 1),
        ).fetchone()
        return bool(row[0] <= FEW_MATCHES)

    def _few_in_states(self) -> bool:
        marks = ", ".join("?" * len(self._states))
        row = execute(
            f"SELECT count(*) FROM (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ({marks})"  # noqa: S608
            " LIMIT ?)",
            (*self._states, FEW_IN_STATES + 1),
        ).fetchone()
        return bool(row[0] <= FEW_IN_STATES)

    def _matching(self, before: int) -> Iterator[int]:
        sql = (
            "SELECT rowid FROM found WHERE found MATCH ? AND rowid >= ? AND rowid < ?"
            " ORDER BY rowid DESC LIMIT ?"
        )
        return _stepwise(lambda b, n: _column(sql, self._match, self._first, b, n), before)

    def _in_states(self, before: int) -> Iterator[int]:
        return _stepwise(lambda b, n: views.with_states(self._states, b, n), before)

    def _all(self, before: int) -> Iterator[int]:
        sql = "SELECT id FROM message WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?"
        return _stepwise(lambda b, n: _column(sql, self._first, b, n), before)

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
                "EXISTS (SELECT 1 FROM dispatch INDEXED BY dispatch_held_state_message_id"  # noqa: S608
                f" WHERE held = 0 AND state IN ({marks}) AND message_id = m.id)",
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

    # looking

    def page(self, before: int, limit: int, patience: float) -> SearchHits:
        end = time.monotonic() + patience
        before = min(before, self._last + 1)
        found: list[int] = []
        for chunk in self._chunks(before, max(FIRST_CHUNK, limit + 14)):
            for candidate in self._good(chunk):
                found.append(candidate)
                if len(found) == limit:
                    return SearchHits(found, None)
            if time.monotonic() > end and not self._at_end:
                return SearchHits(found, chunk[-1])
        return SearchHits(found, None)

    def number(self, patience: float) -> SearchCount:
        end = time.monotonic() + patience
        count = 0
        for chunk in self._chunks(self._last + 1, FIRST_CHUNK):
            count += len(self._good(chunk))
            if time.monotonic() > end and not self._at_end:
                return SearchCount(count, False)
        return SearchCount(count, True)

    def _chunks(self, before: int, size: int) -> Iterator[list[int]]:
        self._at_end = False
        largest = SLOW_CHUNK if self._slow else LARGEST_CHUNK
        candidates = takewhile(lambda i: i >= self._first, self._source(before))
        while chunk := list(islice(candidates, size := min(size, largest))):
            self._at_end = len(chunk) < size
            yield chunk
            size *= 2

    def _good(self, candidates: Sequence[int]) -> list[int]:
        where = " AND ".join(self._where)
        sql = (
            f"SELECT m.id FROM json_each(?) c CROSS JOIN message m ON m.id = c.value WHERE {where}"  # noqa: S608
        )
        found = _column(sql, json.dumps(candidates), *self._params)
        for slow in self._slow:
            found = slow.narrow(found)
        return sorted(found, reverse=True)


def _stepwise(step: Callable[[int, int], list[int]], before: int) -> Iterator[int]:
    """All of what is read in steps, each larger than the one before."""
    size = FIRST_CHUNK
    while found := step(before, size):
        yield from found
        before, size = found[-1], min(LARGEST_CHUNK, size * 2)


def _of_term(term: Term, before: int) -> Iterator[int]:
    """Messages of hundreds of numbers, or with the term's words, newest first."""
    match = Term(term.words).match
    with_words = _stepwise(lambda b, n: _column(WITH_WORDS, match, b, n), before) if match else ()
    last = before
    for found in merge(_of_numbers(term.numbers, before), with_words, reverse=True):
        if found != last:
            yield found
        last = found


def _of_numbers(numbers: Sequence[str], before: int) -> Iterator[int]:
    """The newest of each number waits in a heap; the one taken is followed by that number's next.

    A message of several of them comes several times, one right after the other.
    """
    heads = []
    for sql in (RECEIVED_FROM, SENT_TO):
        of_each = sql.replace("?1", "n.value")
        for newest, number in execute(
            f"SELECT ({of_each}), n.value FROM json_each(?1) n",  # noqa: S608
            (json.dumps(numbers), before),
        ):
            if newest:
                heads.append((-newest, number, sql))
    heapify(heads)
    while heads:
        newest, number, sql = heads[0]
        yield -newest
        (following,) = execute(sql, (number, -newest)).fetchone()
        if following:
            heapreplace(heads, (-following, number, sql))
        else:
            heappop(heads)


class _Slow:
    """A term that the index is not asked for: too many numbers, or another index is narrower."""

    def __init__(self, place: int, term: Term) -> None:
        self._term = term
        self._table = f"wanted_{place}"
        execute(f"CREATE TEMP TABLE {self._table} (number TEXT PRIMARY KEY) WITHOUT ROWID")
        execute(
            f"INSERT OR IGNORE INTO {self._table} SELECT value FROM json_each(?)",  # noqa: S608
            (json.dumps(term.numbers),),
        )

    def forget(self) -> None:
        execute(f"DROP TABLE temp.{self._table}")

    def narrow(self, ids: Sequence[int]) -> list[int]:
        """Those of the messages that have it."""
        among = f"(SELECT number FROM temp.{self._table})"  # noqa: S608
        # The plus keeps SQLite from trying each number instead of each recipient.
        sql = (
            "SELECT m.id FROM json_each(?) c CROSS JOIN message m ON m.id = c.value"  # noqa: S608
            f" WHERE m.peer IN {among} OR EXISTS (SELECT 1 FROM dispatch d"
            f" WHERE d.message_id = m.id AND +d.number IN {among})"
        )
        found = _column(sql, json.dumps(ids)) if self._term.numbers else []
        if not self._term.words:
            return found
        rest = json.dumps(list(set(ids).difference(found)))
        return found + [i for i, known in _words_of(rest) if self._fits(known)]

    def _fits(self, known: set[str]) -> bool:
        return any(known.issuperset(together) for together in self._term.words)


def _words_of(ids: str) -> Iterator[tuple[int, set[str]]]:
    """Of messages (ids as JSON), what the index has of their texts."""
    own: dict[int, list[tuple[str, str | None]]] = {}
    for message_id, text in execute(
        "SELECT d.message_id, d.text FROM json_each(?) c CROSS JOIN dispatch d"
        " ON d.message_id = c.value WHERE d.text IS NOT NULL",
        (ids,),
    ):
        own.setdefault(message_id, []).append(("", text))
    for message_id, text, peer in execute(
        "SELECT m.id, m.text, m.peer FROM json_each(?) c CROSS JOIN message m ON m.id = c.value",
        (ids,),
    ):
        yield message_id, set(entry(text, peer, own.get(message_id, ())).split(" "))


def _column(sql: str, *params: object) -> list[int]:
    return [row[0] for row in execute(sql, params)]


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
