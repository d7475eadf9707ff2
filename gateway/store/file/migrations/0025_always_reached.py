"""Who is always reached; what STOP and START did; more of what the guard of replies looks at."""

from __future__ import annotations

STATEMENTS = (
    'ALTER TABLE "contact" ADD COLUMN "always" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "group" ADD COLUMN "always" INTEGER NOT NULL DEFAULT 0',
    """CREATE TABLE "stop_effect" (
        "message_id" INTEGER NOT NULL PRIMARY KEY,
        "number" TEXT NOT NULL,
        "word" TEXT NOT NULL,
        "effect" TEXT NOT NULL,
        FOREIGN KEY ("message_id") REFERENCES "message" ("id") ON DELETE CASCADE
    )""",
    'CREATE INDEX "stop_effect_kept" ON "stop_effect" ("message_id") WHERE effect = \'kept\'',
    # Who was answered before says nothing about which message or what it said.
    'ALTER TABLE "auto_reply" ADD COLUMN "message_id" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "auto_reply" ADD COLUMN "said" TEXT NOT NULL DEFAULT \'\'',
    """CREATE TABLE "silenced" (
        "number" TEXT NOT NULL PRIMARY KEY,
        "at" INTEGER NOT NULL,
        "words" TEXT NOT NULL
    )""",
)


def up(migrator: object, db: object) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)  # type: ignore[attr-defined]
