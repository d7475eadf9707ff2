"""Webhooks that programs register, webhooks in trouble, activities that wait for the right time."""

from __future__ import annotations

STATEMENTS = (
    'ALTER TABLE "activity" ADD COLUMN "webhook_id" TEXT NOT NULL DEFAULT \'\'',
    'CREATE UNIQUE INDEX "activity_webhook" ON "activity" ("webhook_id") WHERE webhook_id <> \'\'',
    """CREATE TABLE "webhook_trouble" (
        "action_id" INTEGER NOT NULL PRIMARY KEY
            REFERENCES "activity_action" ("id") ON DELETE CASCADE,
        "since" INTEGER NOT NULL,
        "words" TEXT NOT NULL,
        "given_up" INTEGER NOT NULL DEFAULT 0
    )""",
    """CREATE TABLE "activity_wait" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "message_id" INTEGER NOT NULL REFERENCES "message" ("id") ON DELETE CASCADE,
        "activity_id" INTEGER NOT NULL,
        "name" TEXT NOT NULL,
        "words" TEXT NOT NULL DEFAULT ''
    )""",
    'CREATE INDEX "activity_wait_message_id" ON "activity_wait" ("message_id")',
)


def up(migrator: object, db: object) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)  # type: ignore[attr-defined]
