"""Which message answers which received one, and half-written ones, each for its writer alone."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE "answer" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "message_id" INTEGER NOT NULL REFERENCES "message" ("id") ON DELETE CASCADE,
        "reply_id" INTEGER REFERENCES "message" ("id") ON DELETE SET NULL,
        "number" TEXT NOT NULL,
        "who" TEXT NOT NULL DEFAULT '',
        "at" INTEGER NOT NULL
    )""",
    'CREATE INDEX "answer_message_id" ON "answer" ("message_id")',
    'CREATE INDEX "answer_reply" ON "answer" ("reply_id") WHERE reply_id IS NOT NULL',
    'ALTER TABLE "schedule" ADD COLUMN "answers" TEXT NOT NULL DEFAULT \'\'',
    """CREATE TABLE "draft" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "user_id" INTEGER NOT NULL REFERENCES "user" ("id") ON DELETE CASCADE,
        "token" TEXT NOT NULL,
        "fields" TEXT NOT NULL,
        "changed_at" INTEGER NOT NULL
    )""",
    'CREATE UNIQUE INDEX "draft_user_id_token" ON "draft" ("user_id", "token")',
)


def up(migrator: object, db: object) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)  # type: ignore[attr-defined]
