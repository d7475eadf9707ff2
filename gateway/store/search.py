"""Finding messages by words, numbers and what is known of them, newest first.

The index `found` holds the words of each message and the numbers it came from or went to, each
number as a word of its own; names of people become numbers when somebody searches. It is written in
the transaction that stores the message.

No search may take long, whatever is asked: candidates are taken from the narrowest index, a few
hundred at a time, looked at, and after a while the search stops and says how far it came.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gateway.clock import DAY
from gateway.states import State
from gateway.store import views
from gateway.store.db import errors, execute
from gateway.store.terms import MARK, entry
from gateway.store.views import CONDITIONS, NEWEST, STATES, View

PATIENCE = 0.05  # seconds that one search may look
MOST_NUMBERS = 200  # as words of one question to the index; more are looked up one by one
COUNTED = 3000  # candidates that are looked at to say exactly how many there are
FIRST_CHUNK, LARGEST_CHUNK = 64, 1024

LAST = "\U0010ffff"  # sorts after whatever continues a word
SAID = "SELECT number, text FROM dispatch WHERE message_id = ? ORDER BY id"


# writing ---------------------------------------------------------------------------------------


def add(message_id: int) -> None:
    """Index a message; inside the transaction that stores it, and after its dispatches."""
    if known := _entry(message_id):
        execute("INSERT INTO found (rowid, words) VALUES (?, ?)", (message_id, known))
        execute(
            "INSERT OR IGNORE INTO word (word) SELECT value FROM json_each(?)"
            " WHERE substr(value, 1, 1) <> ?",
            (json.dumps(known.split(" ")), MARK),
        )


def remove(message_ids: Iterable[int]) -> None:
    """Before messages change their words, or go for good; in the same transaction."""
    entries = [(i, known) for i in message_ids if (known := _entry(i)) and _is_indexed(i, known)]
    for message_id, known in entries:
        sql = "INSERT INTO found (found, rowid, words) VALUES ('delete', ?, ?)"
        execute(sql, (message_id, known))
    for word in {word for _, known in entries for word in known.split(" ")}:
        execute(
            "DELETE FROM word WHERE word = ? AND NOT EXISTS"
            " (SELECT 1 FROM found WHERE found MATCH ?)",
            (word, f'"{word}"'),
        )


def _entry(message_id: int) -> str:
    row = execute("SELECT text, peer FROM message WHERE id = ?", (message_id,)).fetchone()
    return entry(*row, execute(SAID, (message_id,)).fetchall()) if row else ""


def _is_indexed(message_id: int, known: str) -> bool:
    """Taking out what is not in it, SQLite calls a damaged index."""
    match = f'"{known.partition(" ")[0]}"'
    sql = "SELECT 1 FROM found WHERE found MATCH ? AND rowid = ?"
    return execute(sql, (match, message_id)).fetchone() is not None


# asking ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that has to be there: in the text, or as the number of whom it came from or went to."""

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


@dataclass(frozen=True, slots=True)
class Found:
    ids: list[int]
    reached: int | None  # where to go on, when the search stopped before its end; None: all seen


def page(wanted: Wanted, before: int | None, limit: int, patience: float = PATIENCE) -> Found:
    """At most `limit` ids below `before`."""
    with errors(), _Walk(wanted) as walk:
        return walk.page(NEWEST if before is None else before, limit, patience)


def number(wanted: Wanted) -> int | None:
    """How many there are; None: too many to say quickly."""
    with errors(), _Walk(wanted) as walk:
        return walk.number()


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
        self._source, self._few = self._narrowest()
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

    def _narrowest(self) -> tuple[Callable[[int, int], list[int]], bool]:
        """Where to take candidates from, and whether these are so few that all can be seen."""
        if "0" in self._where or self._first > self._last:
            return (lambda before, limit: []), True
        if self._match and self._few_matches():
            return self._matching, True
        if self._states and self._few_in_states():
            if self._match:
                self._is_found(self._match)
            return self._in_states, True
        if self._match:
            return self._matching, False
        return (self._in_states if self._states else self._all), False

    def _few_matches(self) -> bool:
        row = execute(
            "SELECT count(*) FROM (SELECT 1 FROM found WHERE found MATCH ?"
            " AND rowid BETWEEN ? AND ? LIMIT ?)",
            (self._match, self._first, self._last, COUNTED + 1),
        ).fetchone()
        return bool(row[0] <= COUNTED)

    def _few_in_states(self) -> bool:
        marks = ", ".join("?" * len(self._states))
        row = execute(
            f"SELECT count(*) FROM (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ({marks})"  # noqa: S608
            " LIMIT ?)",
            (*self._states, COUNTED + 1),
        ).fetchone()
        return bool(row[0] <= COUNTED)

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

    def _is_found(self, match: str) -> None:
        self._ask("EXISTS (SELECT 1 FROM found WHERE found MATCH ? AND rowid = m.id)", match)

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

    def number(self) -> int | None:
        if not self._few:
            return None
        return sum(len(self._good(c)) for c in self._chunks(self._last + 1, LARGEST_CHUNK))

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


# from what is typed to words and numbers ---------------------------------------------------------


def words_beginning(start: str, limit: int) -> list[str]:
    """Words of messages that begin so."""
    with errors():
        rows = execute(
            "SELECT word FROM word WHERE word >= ? AND word < ? LIMIT ?",
            (start, start + LAST, limit),
        )
        return [w for (w,) in rows]


def numbers_like(digits: str, prefixes: Sequence[str], limit: int) -> list[str]:
    """Numbers that messages came from or went to and that have these digits in them.

    With three digits or fewer: that end with them. `prefixes`: other beginnings that are meant.
    """
    clauses = ["instr(number, ?)" if len(digits) > 3 else "substr(number, ?) = ?"]
    params: list[object] = [digits] if len(digits) > 3 else [-len(digits), digits]
    for prefix in prefixes:
        clauses.append("(number >= ? AND number < ?)")
        params += [prefix, prefix + ":"]
    with errors():
        sql = f"SELECT number FROM party WHERE {' OR '.join(clauses)} LIMIT ?"  # noqa: S608
        return [n for (n,) in execute(sql, (*params, limit))]


def numbers_of(contact_ids: Sequence[int]) -> list[str]:
    """The numbers of these contacts."""
    with errors():
        rows = execute(
            "SELECT number FROM contact WHERE number <> ''"
            " AND id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(contact_ids)),),
        )
        return [n for (n,) in rows]


def numbers_named(word: str, *, whole: bool) -> list[str]:
    """Of contacts who have this word in their name, or one that begins with it. Word is folded."""
    with errors():
        rows = execute(
            "SELECT number FROM contact WHERE instr(search || ' ', ?) AND number <> ''",
            (f" {word} " if whole else f" {word}",),
        )
        return [n for (n,) in rows]


def known_parties(numbers: Sequence[str]) -> list[str]:
    """Those that a message came from or went to."""
    with errors():
        rows = execute(
            "SELECT number FROM party WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(list(numbers)),),
        )
        return [n for (n,) in rows]
