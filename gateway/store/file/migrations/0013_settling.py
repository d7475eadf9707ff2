"""Messages to so many people that deleting, restoring or removing them takes several bites."""

from __future__ import annotations

STATEMENT = """CREATE TABLE "settling" (
    "message_id" INTEGER NOT NULL PRIMARY KEY REFERENCES "message" ("id") ON DELETE CASCADE,
    "gone" INTEGER NOT NULL DEFAULT 0
)"""


def up(migrator: object, db: object) -> None:
    db.execute_sql(STATEMENT)  # type: ignore[attr-defined]
