"""Search: an index of words and numbers, the numbers there are, and which messages are of a day."""

from __future__ import annotations

from gateway.text.tokenizer import entry

# Without a copy of the texts (they are in `message`), and without the places of words in them:
# about 33 octets a message. What is taken out has to be named word for word (store.indexing).
FOUND = (
    "CREATE VIRTUAL TABLE found USING fts5(words, content='', columnsize=0, detail=none,"
    " tokenize=\"ascii tokenchars '@+*#'\")"
)
STATEMENTS = (
    FOUND,
    """CREATE TABLE "word" (
        "word" TEXT NOT NULL PRIMARY KEY
    ) WITHOUT ROWID""",
    """CREATE TABLE "party" (
        "number" TEXT NOT NULL PRIMARY KEY
    ) WITHOUT ROWID""",
    "CREATE TRIGGER party_of_message AFTER INSERT ON message WHEN NEW.peer <> ''"
    " BEGIN INSERT OR IGNORE INTO party (number) VALUES (NEW.peer); END",
    "CREATE TRIGGER party_of_dispatch AFTER INSERT ON dispatch"
    " BEGIN INSERT OR IGNORE INTO party (number) VALUES (NEW.number); END",
    "INSERT OR IGNORE INTO party (number) SELECT DISTINCT peer FROM message WHERE peer <> ''",
    "INSERT OR IGNORE INTO party (number) SELECT DISTINCT number FROM dispatch",
    # A line is written when a message is of another day than the one before, so clocks that jump do
    # no harm, and finding the messages of some days needs no index of instants.
    """CREATE TABLE "span" (
        "first" INTEGER NOT NULL PRIMARY KEY,
        "day" INTEGER NOT NULL
    )""",
    "CREATE TRIGGER span_begins AFTER INSERT ON message WHEN NEW.created_at / 86400000 IS NOT"
    " (SELECT day FROM span WHERE first <= NEW.id ORDER BY first DESC LIMIT 1)"
    " BEGIN INSERT OR REPLACE INTO span (first, day) VALUES (NEW.id, NEW.created_at / 86400000);"
    " END",
    "INSERT INTO span (first, day) SELECT id, day FROM (SELECT id, created_at / 86400000 AS day,"
    " lag(created_at / 86400000) OVER (ORDER BY id) AS before FROM message)"
    " WHERE day IS NOT before",
)
TEXTS = "SELECT id, text, peer FROM message WHERE id > ? ORDER BY id LIMIT 2000"
WORDS = (
    "CREATE VIRTUAL TABLE temp.found_words USING fts5vocab('main', 'found', 'row')",
    "INSERT INTO word (word) SELECT term FROM found_words WHERE substr(term, 1, 1) <> '@'",
    "DROP TABLE temp.found_words",
)
SAID = "SELECT number, text FROM dispatch WHERE message_id = ? ORDER BY id"


def up(migrator: object, db: object) -> None:
    execute = db.execute_sql  # type: ignore[attr-defined]
    for statement in STATEMENTS:
        execute(statement)
    last = 0
    while some := execute(TEXTS, (last,)).fetchall():
        for message_id, text, peer in some:
            known = entry(text, peer, execute(SAID, (message_id,)).fetchall())
            if known:
                execute("INSERT INTO found (rowid, words) VALUES (?, ?)", (message_id, known))
        last = some[-1][0]
    for statement in WORDS:
        execute(statement)
