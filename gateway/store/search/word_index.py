"""The index of words: what each message is found by, and what is known of words and numbers.

`found` holds the words of each message and the numbers it came from or went to, each number as a
word of its own (gateway.text.tokenizer); names of people become numbers when
somebody searches. It is written in the transaction that stores the message.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from gateway.store.file.database import errors, execute
from gateway.text.comparison import fold
from gateway.text.tokenizer import MARK, entry, spelled

MANY = 500  # numbers: below that, looking each up is quick anyhow
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
        for pair in spelled(known.split(" ")):
            execute("INSERT OR IGNORE INTO spelling (folded, word) VALUES (?, ?)", pair)


def remove(message_ids: Iterable[int]) -> None:
    """Before messages change their words, or go for good; in the same transaction."""
    entries = [(i, known) for i in message_ids if (known := _entry(i)) and _is_indexed(i, known)]
    for message_id, known in entries:
        sql = "INSERT INTO found (found, rowid, words) VALUES ('delete', ?, ?)"
        execute(sql, (message_id, known))
    words = {word for _, known in entries for word in known.split(" ")}
    for word in {word for word in words if not word.startswith(MARK)}:  # numbers are not kept there
        execute(
            "DELETE FROM word WHERE word = ? AND NOT EXISTS"
            " (SELECT 1 FROM found WHERE found MATCH ?)",
            (word, f'"{word}"'),
        )
        execute(
            "DELETE FROM spelling WHERE folded = ? AND word = ?"
            " AND NOT EXISTS (SELECT 1 FROM word WHERE word = ?)",
            (fold(word), word, word),
        )


def _entry(message_id: int) -> str:
    row = execute("SELECT text, peer FROM message WHERE id = ?", (message_id,)).fetchone()
    if row is None:
        return ""
    text, peer = row
    return entry(text, peer, execute(SAID, (message_id,)).fetchall())


def _is_indexed(message_id: int, known: str) -> bool:
    """Taking out what is not in it, SQLite calls a damaged index."""
    match = f'"{known.partition(" ")[0]}"'
    sql = "SELECT 1 FROM found WHERE found MATCH ? AND rowid = ?"
    return execute(sql, (match, message_id)).fetchone() is not None


# from what is typed to words and numbers ---------------------------------------------------------


def spellings(word: str) -> list[str]:
    """Words of messages that are compared as this one (gateway.text.comparison)."""
    folded = fold(word) or word
    with errors():
        rows = execute("SELECT word FROM spelling WHERE folded = ?", (folded,))
        return list(dict.fromkeys([word, folded, *(w for (w,) in rows)]))


def words_beginning(start: str, limit: int) -> list[str]:
    """Words of messages that begin so, however they are spelled."""
    start = fold(start) or start
    with errors():
        rows = execute(
            "SELECT word FROM word WHERE word >= ?1 AND word < ?2"
            " UNION ALL SELECT word FROM spelling WHERE folded >= ?1 AND folded < ?2 LIMIT ?3",
            (start, start + LAST, limit),
        )
        return list(dict.fromkeys(w for (w,) in rows))


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
    """Of contacts who have this word in their name, or one that begins with it."""
    word = fold(word) or word
    with errors():
        rows = execute(
            "SELECT number FROM contact WHERE instr(search || ' ', ?) AND number <> ''",
            (f" {word} " if whole else f" {word}",),
        )
        return [n for (n,) in rows]


def known_parties(numbers: Sequence[str]) -> list[str]:
    """Those that a message came from or went to."""
    most = 4 * len(numbers)  # reading four is quicker than looking for one
    with errors():
        if len(numbers) > MANY and _parties_at_most(most):
            wanted = set(numbers)
            return [n for (n,) in execute("SELECT number FROM party") if n in wanted]
        rows = execute(
            "SELECT number FROM party WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(list(numbers)),),
        )
        return [n for (n,) in rows]


def _parties_at_most(most: int) -> bool:
    sql = "SELECT count(*) FROM (SELECT 1 FROM party LIMIT ?)"
    return bool(execute(sql, (most + 1,)).fetchone()[0] <= most)
