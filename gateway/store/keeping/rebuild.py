"""A store written anew from a file that anybody may have made: our schema, their rows, no more.

The foreign file is never opened as a store. It is read without its log, without its triggers, views
and functions, within limits of time and size; each row of a table that we know goes, value by
value, into a fresh file that our own migrations made, at the version that the file says it has.
What follows from the rest (the index of words, the counts) is worked out again, not believed.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from gateway.decisions.dispatch_states import DispatchState
from gateway.decisions.recurrence import Unit
from gateway.store.file import foreign, schema_versions, sqlite
from gateway.store.file.database import StoreBroken, StoreError, StoreTooNew, translated
from gateway.text.tokenizer import MARK, entry, spelled

HISTORY = "schema_migration"
# Made from other rows: by triggers while those come in, or below.
DERIVED = frozenset({"found", "word", "spelling", "party", "span", "tally", HISTORY})
AT_ONCE = 500  # rows
_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
# What calendars can still reckon with: ms UTC from the year 1653 to 8307, minutes east of UTC.
INSTANTS = range(-(10**13), 2 * 10**14)
BOUNDS = {"at": INSTANTS, "valid_until": INSTANTS, "sent_offset": range(-24 * 60 + 1, 24 * 60)}
# Conditions that no row of ours ever fulfils, and that work would stumble over.
IMPOSSIBLE = (
    (
        "dispatch",
        "state NOT IN (" + ", ".join(f"'{one}'" for one in (*DispatchState, "scheduled")) + ")",
    ),
    ("message", "direction NOT IN ('in', 'out')"),
    ("schedule", "state = 'active' AND (next_at IS NULL OR next_wall IS NULL)"),
    ("schedule", "state NOT IN ('active', 'paused', 'done', 'cancelled')"),
    ("schedule", "unit NOT IN (" + ", ".join(f"'{one}'" for one in Unit) + ") OR every < 1"),
    ("schedule", "NOT json_valid(recipients) OR json_type(recipients) <> 'array'"),
    ("schedule", f"start NOT GLOB '{_DAY}T*' OR datetime(start) IS NULL"),
    ("schedule", f"coalesce(next_wall, start) NOT GLOB '{_DAY}T*'"),
    ("schedule", "datetime(coalesce(next_wall, start)) IS NULL"),
    ("schedule", "until <> '' AND date(until) IS NULL OR weekdays GLOB '*[^0-9 ]*'"),
    ("setting", "NOT json_valid(value)"),
)

_KINDS = {"INTEGER": int, "BLOB": bytes}  # every other column holds text


def check(source: sqlite.Connection, name: str) -> frozenset[str]:
    """Its pages fit together and its tables are those of its version, which is returned."""
    (damage,) = source.execute("PRAGMA quick_check(1)").fetchone()
    if damage != "ok":
        words = " ".join(str(damage).split())
        raise StoreBroken(f"{name} is damaged ({words}); take another backup.")
    versions = _versions(source, name)
    with sqlite.in_memory() as ours:
        build(ours, versions)
        for table in tables(ours):
            _compare(source, table, _columns(ours, table), name)
    return versions


def _versions(source: sqlite.Connection, name: str) -> frozenset[str]:
    _compare(source, HISTORY, {"name": ("TEXT", True)}, name)
    found = frozenset(str(row[0]) for row in source.execute(f"SELECT name FROM {HISTORY}"))  # noqa: S608
    if newer := sorted(found - schema_versions.known_versions()):
        raise StoreTooNew(
            f"{name} comes from a newer version of Pigeonbox ({newer[-1][:60]});"
            " install that version first."
        )
    if "0001_initial" not in found:
        raise StoreBroken(f"{name} is no backup of a Pigeonbox (its tables are not ours).")
    return found


def _compare(
    source: sqlite.Connection, table: str, ours: dict[str, tuple[str, bool]], name: str
) -> None:
    """A plain table with plain columns of our names; what it has besides is left behind."""
    row = source.execute(
        "SELECT type, sql FROM sqlite_master WHERE name = ? AND type IN ('table', 'view')", (table,)
    ).fetchone()
    if row is None:
        raise StoreBroken(f"{name} is no whole backup: it lacks the table “{table}”.")
    kind, sql = row
    if kind != "table" or not str(sql).lstrip().upper().startswith("CREATE TABLE"):
        raise StoreBroken(f"{name} is no backup of a Pigeonbox: “{table}” is no plain table in it.")
    theirs = {str(c[1]): c[6] for c in source.execute(f'PRAGMA table_xinfo("{table}")')}
    for column in ours:
        if column not in theirs:
            words = f"it lacks the column “{column}” of the table “{table}”."
            raise StoreBroken(f"{name} is no whole backup: {words}")
        if theirs[column]:  # generated: an expression of theirs
            words = f"the column “{column}” of “{table}” is no plain one."
            raise StoreBroken(f"{name} is no backup of a Pigeonbox: {words}")


# our own schema ---------------------------------------------------------------------------------


def build(target: sqlite.Connection, versions: Iterable[str]) -> None:
    """An empty store of just these versions."""
    made = datetime.now().isoformat(" ")  # noqa: DTZ005 - as the runner of migrations writes it
    target.execute(
        f'CREATE TABLE "{HISTORY}" ("id" INTEGER NOT NULL PRIMARY KEY,'
        ' "name" VARCHAR(255) NOT NULL, "applied" DATETIME NOT NULL)'
    )
    target.execute(f'CREATE UNIQUE INDEX "{HISTORY}_name" ON "{HISTORY}" ("name")')
    for version in sorted(versions):
        _up(version)(None, _Database(target))
        target.execute(f"INSERT INTO {HISTORY} (name, applied) VALUES (?, ?)", (version, made))  # noqa: S608
    for table in tables(target):  # rules that every new box has
        target.execute(f'DELETE FROM "{table}"')  # noqa: S608


def _up(version: str) -> Callable[[object, object], None]:
    file = schema_versions.MIGRATIONS / f"{version}.py"
    spec = importlib.util.spec_from_file_location(version, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    up: Callable[[object, object], None] = module.up
    return up


class _Database:
    """What migrations are given."""

    def __init__(self, connection: sqlite.Connection) -> None:
        self._connection = connection

    def execute_sql(self, sql: str, params: Sequence[object] = ()) -> sqlite.Cursor:
        return self._connection.execute(sql, params)


def tables(ours: sqlite.Connection) -> list[str]:
    """Those whose rows are copied, each after those that it refers to."""
    found = ours.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        " AND name NOT LIKE 'found!_%' ESCAPE '!' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        " ORDER BY rowid"
    )
    return [name for (name,) in found if name not in DERIVED]


def _columns(ours: sqlite.Connection, table: str) -> dict[str, tuple[str, bool]]:
    """Name -> its type, and whether something has to be in it."""
    rows = ours.execute(f'PRAGMA table_info("{table}")')
    return {name: (kind, bool(needed)) for _, name, kind, needed, *_ in rows}


# rows -------------------------------------------------------------------------------------------


def rebuild(path: Path, target: Path, name: str) -> frozenset[str]:
    """Write what `path` holds into the new file `target`; its versions. Raises StoreError.

    `target` is whole when this returns, and of no use when it raises.
    """
    with foreign.reading(path, name) as source:
        versions = check(source, name)
        os.close(os.open(target, os.O_CREAT | os.O_TRUNC | os.O_RDWR | os.O_CLOEXEC, 0o600))
        try:
            with sqlite.opened(target) as copy:
                copy.execute("PRAGMA journal_mode = off")  # a half-written file is thrown away
                copy.execute("PRAGMA synchronous = off")  # whoever takes it sees that it is on disk
                copy.execute("BEGIN")
                build(copy, versions)
                for table in tables(copy):
                    _fill(source, copy, table, name)
                _index(copy)
                _settle(copy, name)
                copy.execute("COMMIT")
        except sqlite.IntegrityError as e:
            raise StoreBroken(f"{name} cannot be put back: its rows contradict ({e}).") from e
        except sqlite.Error as e:
            raise _trouble(e, name) from e
    return versions


def _trouble(error: sqlite.Error, name: str) -> StoreError:
    if sqlite.is_of_the_disk(error):
        return StoreError(f"{name} cannot be put back: the disk fails. Try again.")
    known = translated(error)
    if known is not None and not isinstance(known, StoreBroken):
        return known  # a full disk says nothing about the file
    return StoreBroken(f"{name} cannot be put back ({error}).")


def _fill(source: sqlite.Connection, copy: sqlite.Connection, table: str, name: str) -> None:
    columns = _columns(copy, table)
    names = ", ".join(f'"{column}"' for column in columns)
    kinds = [
        (column, _KINDS.get(kind, str), needed, _bounds(column, kind))
        for column, (kind, needed) in columns.items()
    ]
    marks = ", ".join("?" * len(columns))
    order = ' ORDER BY "id"' if "id" in columns else ""
    insert = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608
    found = source.execute(f'SELECT {names} FROM "{table}"{order}')  # noqa: S608
    while rows := found.fetchmany(AT_ONCE):
        for row in rows:
            _check_row(row, kinds, table, name)
        copy.executemany(insert, rows)


def _bounds(column: str, kind: str) -> range | None:
    if kind != "INTEGER":
        return None
    return BOUNDS.get("at" if column.endswith("_at") else column)


def _check_row(
    row: Sequence[object],
    kinds: list[tuple[str, type, bool, range | None]],
    table: str,
    name: str,
) -> None:
    for value, (column, kind, needed, bounds) in zip(row, kinds, strict=True):
        if value is None and not needed:
            continue
        if type(value) is not kind or (bounds is not None and value not in bounds):
            words = f"the column “{column}” of the table “{table}” holds what it cannot hold"
            raise StoreBroken(f"{name} cannot be put back: {words}.")


def _index(copy: sqlite.Connection) -> None:
    """The index of words, where this version has one (gateway.store.search.word_index)."""
    there = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "found" not in there:
        return
    said = "SELECT number, text FROM dispatch WHERE message_id = ? ORDER BY id"
    for message_id, text, peer in copy.execute("SELECT id, text, peer FROM message ORDER BY id"):
        known = entry(text, peer, copy.execute(said, (message_id,)).fetchall())
        if not known:
            continue
        words = known.split(" ")
        copy.execute("INSERT INTO found (rowid, words) VALUES (?, ?)", (message_id, known))
        plain = [(word,) for word in words if not word.startswith(MARK)]
        copy.executemany("INSERT OR IGNORE INTO word (word) VALUES (?)", plain)
        if "spelling" in there:
            sql = "INSERT OR IGNORE INTO spelling (folded, word) VALUES (?, ?)"
            copy.executemany(sql, spelled(words))


def _settle(copy: sqlite.Connection, name: str) -> None:
    """What refers to nothing goes; what cannot be is refused."""
    while orphans := copy.execute("PRAGMA foreign_key_check").fetchall():
        for table, row_id, *_ in orphans:
            copy.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (row_id,))  # noqa: S608
    there = set(tables(copy))
    for table, condition in IMPOSSIBLE:
        if table in there:
            sql = f'SELECT 1 FROM "{table}" WHERE {condition} LIMIT 1'  # noqa: S608
            if copy.execute(sql).fetchone():
                words = f"the table “{table}” holds a state that cannot be"
                raise StoreBroken(f"{name} cannot be put back: {words}.")
