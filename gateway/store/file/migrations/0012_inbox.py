"""Missed calls and deleted messages counted; causes of failures at hand; long work that is kept."""

# ruff: noqa: S608 - names and conditions below are constants of this file

from __future__ import annotations

from collections.abc import Iterator

STATEMENTS = (
    """CREATE TABLE "job" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "at" INTEGER NOT NULL,
        "who" TEXT NOT NULL DEFAULT '',
        "kind" TEXT NOT NULL,
        "task" TEXT NOT NULL DEFAULT '',
        "state" TEXT NOT NULL DEFAULT 'running',
        "total" INTEGER NOT NULL DEFAULT 0,
        "done" INTEGER NOT NULL DEFAULT 0,
        "place" TEXT NOT NULL DEFAULT '',
        "result" TEXT NOT NULL DEFAULT '',
        "trouble" TEXT NOT NULL DEFAULT '',
        "ended_at" INTEGER
    )""",
    'CREATE INDEX "job_running" ON "job" ("id") WHERE state = \'running\'',
    'CREATE INDEX "message_received" ON "message" ("id")'
    " WHERE direction = 'in' AND kind = 'sms' AND deleted_at IS NULL",
    'CREATE INDEX "message_calls" ON "message" ("id") WHERE kind = \'call\' AND deleted_at IS NULL',
    'CREATE INDEX "dispatch_causes" ON "dispatch" ("reason")'
    " WHERE held = 0 AND state IN ('failed', 'uncertain')",
)
# A missed call is no SMS: it has a view of its own.
OF_MESSAGES = {
    "received": "{row}.deleted_at IS NULL AND {row}.direction = 'in' AND {row}.kind = 'sms'",
    "calls": "{row}.deleted_at IS NULL AND {row}.kind = 'call'",
    "unread_calls": ("{row}.deleted_at IS NULL AND {row}.kind = 'call' AND {row}.read_at IS NULL"),
    "deleted": "{row}.deleted_at IS NOT NULL",
}


def tallies() -> Iterator[str]:
    yield from (f"DROP TRIGGER tally_received_{n}" for n in (1, 2, 3, 4))
    for name, condition in OF_MESSAGES.items():
        yield (
            "INSERT OR REPLACE INTO tally (name, value)"
            f" SELECT '{name}', count(*) FROM message WHERE {condition.format(row='message')}"
        )
        new, old = condition.format(row="NEW"), condition.format(row="OLD")
        more, less = (
            f"UPDATE tally SET value = value {change} WHERE name = '{name}';"
            for change in ("+ 1", "- 1")
        )
        on = "deleted_at, read_at ON message"
        trigger = f"CREATE TRIGGER tally_{name}"
        yield f"{trigger}_1 AFTER INSERT ON message WHEN {new} BEGIN {more} END"
        yield f"{trigger}_2 AFTER UPDATE OF {on} WHEN ({new}) AND NOT ({old}) BEGIN {more} END"
        yield f"{trigger}_3 AFTER UPDATE OF {on} WHEN ({old}) AND NOT ({new}) BEGIN {less} END"
        yield f"{trigger}_4 AFTER DELETE ON message WHEN {old} BEGIN {less} END"


def up(migrator: object, db: object) -> None:
    for statement in (*STATEMENTS, *tallies()):
        db.execute_sql(statement)  # type: ignore[attr-defined]
