"""SIMs that are gone for good, and what each connection sent and failed to send on a day."""

from __future__ import annotations

STATEMENTS = (
    'ALTER TABLE "connection" ADD COLUMN "forgotten_at" INTEGER',
    'CREATE INDEX "dispatch_sent" ON "dispatch" ("connection_id", "sent_at")'
    " WHERE sent_at IS NOT NULL",
    'CREATE INDEX "dispatch_failed" ON "dispatch" ("connection_id", "state_at")'
    " WHERE state = 'failed'",
)
# What 0003 made for some minutes, before it was changed: such stores have what credit asks for too.
COLUMN_THEN = "SELECT 1 FROM pragma_table_info('credit_check') WHERE name = 'raw'"
COLUMN_NOW = 'ALTER TABLE "credit_check" RENAME COLUMN "raw" TO "answer"'


def up(migrator: object, db: object) -> None:
    execute = db.execute_sql  # type: ignore[attr-defined]
    for statement in STATEMENTS:
        execute(statement)
    if execute(COLUMN_THEN).fetchone():
        execute(COLUMN_NOW)
