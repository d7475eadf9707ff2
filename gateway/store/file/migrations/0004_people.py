"""Contacts with groups and own fields, blocked numbers, imports; texts that differ by recipient."""

from __future__ import annotations

STATEMENTS = (
    """CREATE TABLE "contact" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "name" TEXT NOT NULL,
        "number" TEXT NOT NULL DEFAULT '',
        "notes" TEXT NOT NULL DEFAULT '',
        "fields" TEXT NOT NULL DEFAULT '{}',
        "sort" TEXT NOT NULL,
        "search" TEXT NOT NULL,
        "created_at" INTEGER NOT NULL,
        "changed_at" INTEGER NOT NULL
    )""",
    'CREATE UNIQUE INDEX "contact_number" ON "contact" ("number") WHERE number <> \'\'',
    'CREATE INDEX "contact_sort_id" ON "contact" ("sort", "id")',
    """CREATE TABLE "group" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "name" TEXT NOT NULL,
        "sort" TEXT NOT NULL,
        "created_at" INTEGER NOT NULL
    )""",
    'CREATE UNIQUE INDEX "group_sort" ON "group" ("sort")',
    """CREATE TABLE "membership" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "group_id" INTEGER NOT NULL REFERENCES "group" ("id") ON DELETE CASCADE,
        "contact_id" INTEGER NOT NULL REFERENCES "contact" ("id") ON DELETE CASCADE
    )""",
    'CREATE UNIQUE INDEX "membership_group_id_contact_id"'
    ' ON "membership" ("group_id", "contact_id")',
    'CREATE INDEX "membership_contact_id" ON "membership" ("contact_id")',
    """CREATE TABLE "own_field" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "name" TEXT NOT NULL,
        "sort" TEXT NOT NULL
    )""",
    'CREATE UNIQUE INDEX "own_field_sort" ON "own_field" ("sort")',
    """CREATE TABLE "blocked" (
        "number" TEXT NOT NULL PRIMARY KEY,
        "at" INTEGER NOT NULL,
        "who" TEXT NOT NULL DEFAULT '',
        "word" TEXT NOT NULL DEFAULT ''
    )""",
    'CREATE INDEX "blocked_at_number" ON "blocked" ("at", "number")',
    """CREATE TABLE "import" (
        "id" INTEGER NOT NULL PRIMARY KEY,
        "at" INTEGER NOT NULL,
        "who" TEXT NOT NULL,
        "name" TEXT NOT NULL,
        "content" BLOB NOT NULL,
        "plan" TEXT NOT NULL DEFAULT '',
        "state" TEXT NOT NULL DEFAULT 'new',
        "total" INTEGER NOT NULL DEFAULT 0,
        "done" INTEGER NOT NULL DEFAULT 0,
        "added" INTEGER NOT NULL DEFAULT 0,
        "updated" INTEGER NOT NULL DEFAULT 0,
        "skipped" INTEGER NOT NULL DEFAULT 0,
        "bad" TEXT NOT NULL DEFAULT ''
    )""",
    'ALTER TABLE "dispatch" ADD COLUMN "text" TEXT',
    'CREATE INDEX "dispatch_number_message_id" ON "dispatch" ("number", "message_id")',
)


def up(migrator: object, db: object) -> None:
    for statement in STATEMENTS:
        db.execute_sql(statement)  # type: ignore[attr-defined]
