"""Messages that are sent later, and what became of their runs."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE "schedule" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "text" TEXT NOT NULL,
        "recipients" TEXT NOT NULL,
        "connection" INTEGER,
        "with_report" INTEGER NOT NULL DEFAULT 1,
        "when_uncertain" TEXT NOT NULL DEFAULT 'hold',
        "flash" INTEGER NOT NULL DEFAULT 0,
        "fill" INTEGER NOT NULL DEFAULT 0,
        "priority" INTEGER NOT NULL DEFAULT 0,
        "ttl_seconds" INTEGER,
        "client_id" TEXT,
        "author" TEXT NOT NULL DEFAULT '',
        "origin" TEXT NOT NULL DEFAULT 'page',
        "created_at" INTEGER NOT NULL,
        "changed_at" INTEGER NOT NULL,
        "start" TEXT NOT NULL,
        "unit" TEXT NOT NULL,
        "every" INTEGER NOT NULL DEFAULT 1,
        "weekdays" TEXT NOT NULL DEFAULT '',
        "until" TEXT NOT NULL DEFAULT '',
        "zone" TEXT NOT NULL DEFAULT '',
        "state" TEXT NOT NULL DEFAULT 'active',
        "next_wall" TEXT,
        "next_at" INTEGER,
        "zone_used" TEXT NOT NULL DEFAULT '',
        "version" INTEGER NOT NULL DEFAULT 0
    )""",
    'CREATE UNIQUE INDEX "schedule_client_id" ON "schedule" ("client_id")',
    'CREATE INDEX "schedule_state_next_at_id" ON "schedule" ("state", "next_at", "id")',
    """CREATE TABLE "schedule_run" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "schedule_id" INTEGER NOT NULL REFERENCES "schedule" ("id") ON DELETE CASCADE,
        "at" INTEGER NOT NULL,
        "planned_at" INTEGER NOT NULL,
        "last_at" INTEGER NOT NULL,
        "turns" INTEGER NOT NULL DEFAULT 1,
        "outcome" TEXT NOT NULL,
        "words" TEXT NOT NULL DEFAULT '',
        "message" INTEGER,
        "unseen" INTEGER NOT NULL DEFAULT 0
    )""",
    'CREATE INDEX "schedule_run_schedule_id_id" ON "schedule_run" ("schedule_id", "id")',
    'CREATE INDEX "schedule_run_unseen" ON "schedule_run" ("id") WHERE unseen = 1',
    'CREATE INDEX "schedule_run_message" ON "schedule_run" ("message") WHERE message IS NOT NULL',
)


def up(migrator: object, db: object) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)  # type: ignore[attr-defined]
