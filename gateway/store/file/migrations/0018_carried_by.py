"""Which modem carried a SIM last: a locked one that does not say who it is, is taken for that."""

from __future__ import annotations


def up(migrator: object, db: object) -> None:
    db.execute_sql(  # type: ignore[attr-defined]
        'ALTER TABLE "connection" ADD COLUMN "carried_by" TEXT NOT NULL DEFAULT \'\''
    )
