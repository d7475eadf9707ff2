"""What a person may set for a connection, flash messages, messages that replace earlier ones."""

from __future__ import annotations

STATEMENTS = (
    'ALTER TABLE "connection" ADD COLUMN "send_roaming" INTEGER NOT NULL DEFAULT 1',
    'ALTER TABLE "connection" ADD COLUMN "reports" INTEGER NOT NULL DEFAULT 1',
    'ALTER TABLE "connection" ADD COLUMN "hang_up" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "connection" ADD COLUMN "per_minute" INTEGER',
    'ALTER TABLE "connection" ADD COLUMN "per_hour" INTEGER',
    'ALTER TABLE "connection" ADD COLUMN "per_day" INTEGER',
    'ALTER TABLE "connection" ADD COLUMN "pin_tries" INTEGER',
    'ALTER TABLE "connection" ADD COLUMN "pin_confirmed" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "message" ADD COLUMN "flash" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "incoming" ADD COLUMN "pid" INTEGER NOT NULL DEFAULT 0',
    'CREATE INDEX "incoming_replacing" ON "incoming" ("sender", "pid", "id")'
    " WHERE pid BETWEEN 65 AND 71",
    'CREATE INDEX "dispatch_retrying" ON "dispatch" ("number", "due_at", "id")'
    " WHERE state = 'pending' AND attempts > 0",
)


def up(migrator: object, db: object) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)  # type: ignore[attr-defined]
