"""A store as after years: a million messages and ten thousand contacts, made in a minute or two.

Sizes and shares are as on a busy box: most messages are received or sent to one person, some go to
many, a few failed, wait, or were deleted. Words are spread as words are (Zipf). Everything is drawn
from one seed, so two runs measure the same store.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path

from gateway.clock import DAY, HOUR
from gateway.store import opening
from gateway.store.connections import connections
from gateway.store.file import database
from gateway.store.people.people import fold
from gateway.text.tokenizer import entry

MESSAGES = 1_000_000
CONTACTS = 10_000
BEGIN = 1_600_000_000_000
LENGTH = 3 * 365 * DAY
VOCABULARY = 40_000
RARE = "zanzibarite"  # in ten messages
GROUPS = {"Everybody": 5000, "Volunteers": 300, "Nurses": 40, "Nobody": 0}
SYLLABLES = [
    "ka",
    "wa",
    "ni",
    "mu",
    "ba",
    "to",
    "la",
    "si",
    "ne",
    "ro",
    "pa",
    "gu",
    "fe",
    "da",
    "mi",
    "ho",
    "ti",
    "ya",
    "ze",
    "lu",
    "cho",
    "sha",
    "ngo",
    "mbe",
]
NAMES = [
    "Ann",
    "Bob",
    "Cate",
    "Juma",
    "Otieno",
    "Wanjiru",
    "Amina",
    "Kamau",
    "Njeri",
    "Achieng",
    "Mutua",
    "Hassan",
    "Grace",
    "Peter",
]
BATCH = 10_000


def build(folder: Path, messages: int = MESSAGES, contacts: int = CONTACTS) -> None:
    """Make the store in `folder`."""
    opening.open_store(folder)
    with database.connected():
        _Maker(messages, contacts).make()
    opening.close_store()


class _Maker:
    def __init__(self, messages: int, contacts: int) -> None:
        self._random = random.Random(7)
        self._messages = messages
        self._contacts = contacts
        self._words = _vocabulary(self._random)
        self._weights = list(accumulate(1 / (n + 3) for n in range(len(self._words))))
        self._numbers = [f"+2547{10_000_000 + n * 7919 % 90_000_000}" for n in range(contacts * 2)]
        self._dispatch = 0
        self._lengths = [4, 8, 12, 16, 20, 25, 40]

    def make(self) -> None:
        database.execute("PRAGMA synchronous = OFF")
        for iccid in ("8925401", "8925402", "8925403"):
            connections.upsert_connection(iccid, "", BEGIN)
        with database.transaction():
            self._people()
        with _without_triggers_and_indexes() as count:
            for start in range(1, self._messages + 1, BATCH):
                with database.transaction():
                    self._batch(start, min(start + BATCH, self._messages + 1))
            count()
        database.execute("ANALYZE")
        database.execute(
            "DELETE FROM sqlite_stat1"
        )  # a box does not analyse: the same plans are measured
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("PRAGMA synchronous = FULL")

    def _people(self) -> None:
        rows = []
        for n in range(1, self._contacts + 1):
            name = f"{NAMES[n % len(NAMES)]} {self._words[n * 31 % 9000].title()} {n}"
            number = self._numbers[n - 1]
            search = f" {fold(name)} {number} {number[1:]}"
            rows.append((n, name, number, fold(name), search, BEGIN, BEGIN))
        _many(
            "INSERT INTO contact (id, name, number, sort, search, created_at, changed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        for g, (name, size) in enumerate(GROUPS.items(), 1):
            sql = 'INSERT INTO "group" (id, name, sort, created_at) VALUES (?, ?, ?, ?)'
            database.execute(sql, (g, name, fold(name), BEGIN))
            members = [(g, n) for n in range(1, min(size, self._contacts) + 1)]
            _many("INSERT INTO membership (group_id, contact_id) VALUES (?, ?)", members)

    def _text(self) -> str:
        many = self._random.choice(self._lengths)
        return " ".join(
            self._random.choices(self._words, cum_weights=self._weights, k=many)
        ).capitalize()

    def _who(self) -> str:
        """A few write often."""
        return self._numbers[int(len(self._numbers) * self._random.random() ** 3)]

    def _batch(self, start: int, end: int) -> None:
        messages, dispatches, parts, incoming, index = [], [], [], [], []
        for i in range(start, end):
            at = BEGIN + LENGTH * i // self._messages
            text = self._text()
            if i * 10 % self._messages < 10:
                text += f" {RARE}"
            gone = at + HOUR if self._random.random() < 0.02 else None
            via = self._random.choice((1, 1, 1, 2, 3))
            if self._random.random() < 0.5:
                who = self._who()
                read = at + HOUR if i < self._messages - 200 else None
                messages.append((i, "in", text, who, at, via, "radio", read, gone, None))
                incoming.append((via, f"{i:064x}", "0791" + "00" * 60, at, "deliver", who, i))
                index.append((i, entry(text, who, ())))
                continue
            numbers = self._recipients(i)
            messages.append((i, "out", text, "", at, None, "page", None, gone, f"id{i}"))
            for number in numbers:
                self._dispatch += 1
                state, reason = self._state(i)
                sent = at + 5000 if state in ("sent", "delivered") else None
                via_sent = (via, reason, sent)
                dispatches.append(
                    (self._dispatch, i, number, state, at, at, at + DAY, bool(gone), *via_sent)
                )
                if sent and len(numbers) < 100:
                    parts.append((self._dispatch, 1, "01" * 60, "accepted", 7, via, at, at))
            index.append((i, entry(text, "", [(n, None) for n in numbers])))
        _many(
            "INSERT INTO message (id, direction, text, peer, created_at, connection_id, origin,"
            " read_at, deleted_at, client_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            messages,
        )
        _many(
            "INSERT INTO dispatch (id, message_id, number, state, state_at, due_at, valid_until,"
            " held, connection_id, reason, sent_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            dispatches,
        )
        _many(
            "INSERT INTO part (dispatch_id, seq, tpdu, state, mr, connection_id, submitted_at,"
            " accepted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            parts,
        )
        _many(
            "INSERT INTO incoming (connection_id, digest, pdu, arrived_at, kind, sender,"
            " message_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
            incoming,
        )
        _many("INSERT INTO found (rowid, words) VALUES (?, ?)", index)

    def _recipients(self, i: int) -> list[str]:
        if i % 100_000 == 50_000:
            return self._numbers[:5000]
        if self._random.random() < 0.01:
            return list({self._who() for _ in range(self._random.choice((3, 10, 40)))})
        return [self._who()]

    def _state(self, i: int) -> tuple[str, str]:
        if i > self._messages - 100:
            return "pending", ""
        chance = self._random.random()
        if chance < 0.01:
            return "failed", self._random.choice(
                ("No routing rule applies.", "No credit.", "The network refused the number.")
            )
        return ("uncertain", "No answer.") if chance < 0.0101 else ("delivered", "")


def _vocabulary(dice: random.Random) -> list[str]:
    """The commoner, the shorter."""
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        syllables = 1 + len(found) // 6000 + dice.choice((0, 1, 1, 2))
        found["".join(dice.choices(SYLLABLES, k=syllables))] = None
    return list(found)


def _many(sql: str, rows: list[tuple[object, ...]]) -> None:
    database.database.connection().executemany(sql, rows)


@contextmanager
def _without_triggers_and_indexes() -> Iterator[Callable[[], None]]:
    """Both are made again at the end, in a fraction of the time; what triggers keep is counted."""
    tables = ("message", "dispatch", "part", "incoming")
    sql = (
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index')"
        f" AND sql IS NOT NULL AND tbl_name IN {tables} AND name NOT LIKE 'dispatch_message_id'"
    )
    made = database.execute(sql).fetchall()
    for kind, name, _ in made:
        database.execute(f'DROP {kind} "{name}"')

    def count() -> None:
        for kind, _, again in made:
            if kind == "index":
                database.execute(again)
        triggers = [again for kind, _, again in made if kind == "trigger"]
        _keep_counts()
        for again in triggers:
            database.execute(again)

    yield count


def _keep_counts() -> None:
    """What the triggers would have kept."""
    live = "deleted_at IS NULL"
    of_messages = {
        "all": live,
        "received": f"{live} AND direction = 'in' AND kind = 'sms'",
        "unread": f"{live} AND direction = 'in' AND read_at IS NULL",
        "calls": f"{live} AND kind = 'call'",
        "unread_calls": f"{live} AND kind = 'call' AND read_at IS NULL",
        "deleted": "deleted_at IS NOT NULL",
        "untriggered": f"{live} AND direction = 'in' AND kind = 'sms' AND triggered IS NOT 1",
    }
    of_dispatches = {
        "sent": "'sent', 'delivered'",
        "failed": "'failed', 'uncertain'",
        "pending": "'pending', 'sending', 'scheduled'",
    }
    known = {name for (name,) in database.execute("SELECT name FROM tally").fetchall()}
    values = {n: f"SELECT count(*) FROM message WHERE {c}" for n, c in of_messages.items()}
    for name, states in of_dispatches.items():
        values[name] = (
            "SELECT count(DISTINCT message_id) FROM dispatch"
            f" WHERE held = 0 AND state IN ({states})"
        )
    for name in known & set(values):
        database.execute(f"UPDATE tally SET value = ({values[name]}) WHERE name = ?", (name,))
    for sql in (
        "INSERT OR IGNORE INTO party SELECT peer FROM message WHERE peer <> ''",
        "INSERT OR IGNORE INTO party SELECT number FROM dispatch",
        "INSERT OR REPLACE INTO span (first, day) SELECT min(id), created_at / 86400000"
        " FROM message GROUP BY 2",
        "CREATE VIRTUAL TABLE temp.found_words USING fts5vocab('main', 'found', 'row')",
        "INSERT INTO word (word) SELECT term FROM found_words WHERE substr(term, 1, 1) <> '@'",
        "DROP TABLE temp.found_words",
    ):
        database.execute(sql)
