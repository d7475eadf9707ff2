"""SIMs that are gone for good, and what each connection sent and failed to send on a day."""

from __future__ import annotations

STATEMENTS = (
    'ALTER TABLE "connection" ADD COLUMN "forgotten_at" INTEGER',
    'CREATE INDEX "dispatch_sent" ON "dispatch" ("connection_id", "sent_at")'
    " WHERE sent_at IS NOT NULL",
    'CREATE INDEX "dispatch_failed" ON "dispatch" ("connection_id", "state_at")'
    " WHERE state = 'failed'",
)


def up(migrator: object, db: object) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)  # type: ignore[attr-defined]
