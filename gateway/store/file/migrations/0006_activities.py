"""Activities, what messages have set off, and the view of those that set off none."""

# ruff: noqa: S608 - names and conditions below are constants of this file

from __future__ import annotations

UNTRIGGERED = (
    "{row}direction = 'in' AND {row}kind = 'sms' AND {row}deleted_at IS NULL"
    " AND {row}triggered IS NOT 1"
)

STATEMENTS = (
    'ALTER TABLE "message" ADD COLUMN "triggered" INTEGER',
    'CREATE INDEX "message_untriggered" ON "message" ("id") WHERE ' + UNTRIGGERED.format(row=""),
    """CREATE TABLE "activity" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "name" TEXT NOT NULL,
        "position" INTEGER NOT NULL,
        "enabled" INTEGER NOT NULL DEFAULT 1,
        "match" TEXT NOT NULL DEFAULT 'word',
        "words" TEXT NOT NULL DEFAULT '[]',
        "sender" TEXT NOT NULL DEFAULT 'anybody',
        "group_id" INTEGER,
        "connection_id" INTEGER,
        "starts" INTEGER NOT NULL DEFAULT 0,
        "ends" INTEGER NOT NULL DEFAULT 0,
        "weekdays" INTEGER NOT NULL DEFAULT 127,
        "fired" INTEGER NOT NULL DEFAULT 0,
        "last_fired_at" INTEGER,
        "created_at" INTEGER NOT NULL
    )""",
    """CREATE TABLE "activity_action" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "activity_id" INTEGER NOT NULL REFERENCES "activity" ("id") ON DELETE CASCADE,
        "position" INTEGER NOT NULL,
        "kind" TEXT NOT NULL,
        "text" TEXT NOT NULL DEFAULT '',
        "recipients" TEXT NOT NULL DEFAULT '[]',
        "group_id" INTEGER,
        "url" TEXT NOT NULL DEFAULT '',
        "secret" TEXT NOT NULL DEFAULT ''
    )""",
    'CREATE INDEX "activity_action_activity_id" ON "activity_action" ("activity_id")',
    """CREATE TABLE "activity_run" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "message_id" INTEGER NOT NULL REFERENCES "message" ("id") ON DELETE CASCADE,
        "activity_id" INTEGER NOT NULL,
        "name" TEXT NOT NULL,
        "at" INTEGER NOT NULL
    )""",
    'CREATE UNIQUE INDEX "activity_run_message_id_activity_id"'
    ' ON "activity_run" ("message_id", "activity_id")',
    """CREATE TABLE "activity_step" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "run_id" INTEGER NOT NULL REFERENCES "activity_run" ("id") ON DELETE CASCADE,
        "action_id" INTEGER NOT NULL,
        "kind" TEXT NOT NULL,
        "text" TEXT NOT NULL DEFAULT '',
        "recipients" TEXT NOT NULL DEFAULT '[]',
        "group_id" INTEGER,
        "state" TEXT NOT NULL DEFAULT 'waiting',
        "state_at" INTEGER NOT NULL,
        "due_at" INTEGER NOT NULL,
        "tries" INTEGER NOT NULL DEFAULT 0,
        "words" TEXT NOT NULL DEFAULT '',
        "made_id" INTEGER REFERENCES "message" ("id") ON DELETE SET NULL
    )""",
    'CREATE INDEX "activity_step_run_id" ON "activity_step" ("run_id")',
    """CREATE INDEX "activity_step_waiting" ON "activity_step" ("id") WHERE state = 'waiting'""",
    """CREATE INDEX "activity_step_calling" ON "activity_step" ("due_at", "action_id")"""
    """ WHERE state = 'calling'""",
    'CREATE INDEX "activity_step_made" ON "activity_step" ("made_id") WHERE made_id IS NOT NULL',
    """CREATE TABLE "auto_reply" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "number" TEXT NOT NULL,
        "at" INTEGER NOT NULL
    )""",
    'CREATE INDEX "auto_reply_number_at" ON "auto_reply" ("number", "at")',
    "INSERT INTO tally (name, value) SELECT 'untriggered', count(*) FROM message WHERE "
    + UNTRIGGERED.format(row=""),
)


def triggers() -> list[str]:
    """As those of migration 0001: the count of the view is kept by the database itself."""
    new, old = (UNTRIGGERED.format(row=f"{row}.") for row in ("NEW", "OLD"))
    more, less = (
        f"UPDATE tally SET value = value {change} WHERE name = 'untriggered';"
        for change in ("+ 1", "- 1")
    )
    made = "CREATE TRIGGER tally_untriggered"
    update = "AFTER UPDATE OF deleted_at, triggered ON message"
    return [
        f"{made}_1 AFTER INSERT ON message WHEN {new} BEGIN {more} END",
        f"{made}_2 {update} WHEN ({new}) AND NOT ({old}) BEGIN {more} END",
        f"{made}_3 {update} WHEN ({old}) AND NOT ({new}) BEGIN {less} END",
        f"{made}_4 AFTER DELETE ON message WHEN {old} BEGIN {less} END",
    ]


def up(migrator: object, db: object) -> None:
    for statement in (*STATEMENTS, *triggers()):
        db.execute_sql(statement)  # type: ignore[attr-defined]
