"""People who may be kept out for a while, and what a program's token is good for."""

from __future__ import annotations

STATEMENTS = (
    'ALTER TABLE "user" ADD COLUMN "disabled" INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "user" ADD COLUMN "signed_in_at" INTEGER',
    # What tokens could do until now.
    'ALTER TABLE "token" ADD COLUMN "scopes" TEXT NOT NULL DEFAULT \'send read\'',
    'ALTER TABLE "token" ADD COLUMN "made_by" TEXT NOT NULL DEFAULT \'\'',
)


def up(migrator: object, db: object) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)  # type: ignore[attr-defined]
