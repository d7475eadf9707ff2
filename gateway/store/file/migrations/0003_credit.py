"""How credit is watched, and what the operators answered."""

from __future__ import annotations

STATEMENTS = (
    'CREATE TABLE "credit_setting" ('
    ' "connection_id" INTEGER NOT NULL PRIMARY KEY'
    ' REFERENCES "connection" ("id") ON DELETE CASCADE,'
    " \"code\" TEXT NOT NULL DEFAULT '',"
    " \"pattern\" TEXT NOT NULL DEFAULT '',"
    ' "every_hours" INTEGER NOT NULL DEFAULT 0,'
    ' "after_sms" INTEGER NOT NULL DEFAULT 0,'
    ' "warn_below" INTEGER,'
    ' "hold_below" INTEGER)',
    'CREATE TABLE "credit_check" ('
    ' "id" INTEGER NOT NULL PRIMARY KEY,'
    ' "connection_id" INTEGER NOT NULL REFERENCES "connection" ("id") ON DELETE CASCADE,'
    ' "at" INTEGER NOT NULL,'
    " \"kind\" TEXT NOT NULL DEFAULT 'check',"
    " \"answer\" TEXT NOT NULL DEFAULT '',"
    ' "balance" INTEGER,'
    " \"currency\" TEXT NOT NULL DEFAULT '',"
    " \"trouble\" TEXT NOT NULL DEFAULT '',"
    ' "last_part" INTEGER NOT NULL DEFAULT 0)',
    'CREATE INDEX "credit_check_connection_id_at" ON "credit_check" ("connection_id", "at")',
)


def up(migrator: object, db: object) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)  # type: ignore[attr-defined]
