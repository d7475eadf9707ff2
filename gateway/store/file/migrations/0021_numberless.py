"""How many of those that an import added have no number."""

from __future__ import annotations

STATEMENT = 'ALTER TABLE "import" ADD COLUMN "numberless" INTEGER NOT NULL DEFAULT 0'


def up(migrator: object, db: object) -> None:
    db.execute_sql(STATEMENT)  # type: ignore[attr-defined]
