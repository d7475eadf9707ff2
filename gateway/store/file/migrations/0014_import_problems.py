"""Rows of an imported file that did not go in, kept one by one as they are met."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE "import_problem" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "import_id" INTEGER NOT NULL REFERENCES "import" ("id") ON DELETE CASCADE,
        "line" INTEGER NOT NULL,
        "cells" TEXT NOT NULL,
        "words" TEXT NOT NULL
    )""",
    'CREATE INDEX "import_problem_import_id" ON "import_problem" ("import_id")',
)


def up(migrator: object, db: object) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)  # type: ignore[attr-defined]
