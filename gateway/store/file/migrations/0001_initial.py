"""The tables of the first version. A frozen copy: the models go on without it."""

# ruff: noqa: S608 - names and states below are constants of this file

from __future__ import annotations

from collections.abc import Iterator

TABLES = """
CREATE TABLE "connection" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "sim_key" TEXT NOT NULL,
    "iccid" TEXT NOT NULL DEFAULT '',
    "imsi" TEXT NOT NULL DEFAULT '',
    "name" TEXT NOT NULL,
    "number" TEXT NOT NULL DEFAULT '',
    "pin" TEXT NOT NULL DEFAULT '',
    "pin_tried" TEXT NOT NULL DEFAULT '',
    "send_enabled" INTEGER NOT NULL DEFAULT 1,
    "receive_enabled" INTEGER NOT NULL DEFAULT 1,
    "position" INTEGER NOT NULL DEFAULT 0,
    "created_at" INTEGER NOT NULL,
    "last_up_at" INTEGER
);

CREATE UNIQUE INDEX "connection_sim_key" ON "connection" ("sim_key");

CREATE TABLE "modem" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "imei" TEXT NOT NULL,
    "usb_path" TEXT NOT NULL DEFAULT '',
    "manufacturer" TEXT NOT NULL DEFAULT '',
    "model" TEXT NOT NULL DEFAULT '',
    "firmware" TEXT NOT NULL DEFAULT '',
    "port" TEXT NOT NULL DEFAULT '',
    "created_at" INTEGER NOT NULL,
    "last_seen_at" INTEGER NOT NULL
);

CREATE UNIQUE INDEX "modem_imei_usb_path" ON "modem" ("imei", "usb_path");

CREATE TABLE "message" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "direction" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'sms',
    "text" TEXT NOT NULL,
    "peer" TEXT NOT NULL DEFAULT '',
    "created_at" INTEGER NOT NULL,
    "sent_at" INTEGER,
    "sent_offset" INTEGER,
    "connection_id" INTEGER REFERENCES "connection" ("id"),
    "client_id" TEXT,
    "author" TEXT NOT NULL DEFAULT '',
    "origin" TEXT NOT NULL DEFAULT 'page',
    "with_report" INTEGER NOT NULL DEFAULT 1,
    "when_uncertain" TEXT NOT NULL DEFAULT 'hold',
    "note" TEXT NOT NULL DEFAULT '',
    "complete" INTEGER NOT NULL DEFAULT 1,
    "read_at" INTEGER,
    "deleted_at" INTEGER
);

CREATE UNIQUE INDEX "message_client_id" ON "message" ("client_id");
CREATE INDEX "message_deleted_at_id" ON "message" ("deleted_at", "id");
CREATE INDEX "message_direction_deleted_at_id" ON "message" ("direction", "deleted_at", "id");
CREATE INDEX "message_peer_id" ON "message" ("peer", "id");
CREATE INDEX "message_unread"
    ON "message" ("id") WHERE direction = 'in' AND read_at IS NULL AND deleted_at IS NULL;

CREATE TABLE "dispatch" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "message_id" INTEGER NOT NULL REFERENCES "message" ("id") ON DELETE CASCADE,
    "number" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "state_at" INTEGER NOT NULL,
    "due_at" INTEGER NOT NULL,
    "valid_until" INTEGER,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "wanted" INTEGER NOT NULL DEFAULT 0,
    "held" INTEGER NOT NULL DEFAULT 0,
    "waiting" INTEGER NOT NULL DEFAULT 0,
    "connection_id" INTEGER REFERENCES "connection" ("id"),
    "avoid" TEXT NOT NULL DEFAULT '',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "reason" TEXT NOT NULL DEFAULT '',
    "code" TEXT NOT NULL DEFAULT '',
    "parts" INTEGER NOT NULL DEFAULT 1,
    "reference" INTEGER,
    "sent_at" INTEGER,
    "delivered_at" INTEGER
);

CREATE INDEX "dispatch_message_id" ON "dispatch" ("message_id");
CREATE INDEX "dispatch_held_state_message_id" ON "dispatch" ("held", "state", "message_id");
CREATE INDEX "dispatch_queue"
    ON "dispatch" ("held", "wanted", "priority", "due_at", "id", "number", "waiting", "state")
    WHERE state = 'pending';
CREATE INDEX "dispatch_expiry"
    ON "dispatch" ("valid_until")
    WHERE state = 'pending' AND held = 0 AND valid_until IS NOT NULL;
CREATE INDEX "dispatch_sending" ON "dispatch" ("number", "state") WHERE state = 'sending';

CREATE TABLE "part" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "dispatch_id" INTEGER NOT NULL REFERENCES "dispatch" ("id") ON DELETE CASCADE,
    "seq" INTEGER NOT NULL,
    "tpdu" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'new',
    "mr" INTEGER,
    "connection_id" INTEGER REFERENCES "connection" ("id"),
    "submitted_at" INTEGER,
    "accepted_at" INTEGER,
    "done_at" INTEGER,
    "status" INTEGER
);

CREATE UNIQUE INDEX "part_dispatch_id_seq" ON "part" ("dispatch_id", "seq");
CREATE INDEX "part_reference"
    ON "part" ("connection_id", "mr", "accepted_at") WHERE mr IS NOT NULL;
CREATE INDEX "part_in_doubt"
    ON "part" ("connection_id", "submitted_at") WHERE state = 'unknown';

CREATE TABLE "attempt" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "dispatch_id" INTEGER NOT NULL REFERENCES "dispatch" ("id") ON DELETE CASCADE,
    "at" INTEGER NOT NULL,
    "connection_id" INTEGER REFERENCES "connection" ("id"),
    "seq" INTEGER NOT NULL DEFAULT 0,
    "outcome" TEXT NOT NULL,
    "code" TEXT NOT NULL DEFAULT '',
    "reason" TEXT NOT NULL DEFAULT ''
);

CREATE INDEX "attempt_dispatch_id" ON "attempt" ("dispatch_id");

CREATE TABLE "incoming" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "connection_id" INTEGER REFERENCES "connection" ("id"),
    "digest" TEXT NOT NULL,
    "pdu" TEXT NOT NULL,
    "memory" TEXT NOT NULL DEFAULT '',
    "slot" INTEGER NOT NULL DEFAULT -1,
    "length" INTEGER,
    "arrived_at" INTEGER NOT NULL,
    "erased_at" INTEGER,
    "kind" TEXT NOT NULL,
    "sender" TEXT NOT NULL DEFAULT '',
    "sent_at" INTEGER,
    "ref_bits" INTEGER NOT NULL DEFAULT 0,
    "ref" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER NOT NULL DEFAULT 1,
    "seq" INTEGER NOT NULL DEFAULT 1,
    "set_id" INTEGER,
    "mr" INTEGER,
    "status" INTEGER,
    "message_id" INTEGER REFERENCES "message" ("id") ON DELETE SET NULL,
    "part_id" INTEGER REFERENCES "part" ("id") ON DELETE SET NULL,
    "error" TEXT NOT NULL DEFAULT ''
);

CREATE INDEX "incoming_message" ON "incoming" ("message_id") WHERE message_id IS NOT NULL;
CREATE INDEX "incoming_part" ON "incoming" ("part_id") WHERE part_id IS NOT NULL;
CREATE INDEX "incoming_digest_arrived_at" ON "incoming" ("digest", "arrived_at");
CREATE INDEX "incoming_set"
    ON "incoming" ("sender", "ref", "total", "arrived_at") WHERE set_id IS NOT NULL;
CREATE INDEX "incoming_parts" ON "incoming" ("set_id") WHERE set_id IS NOT NULL;
CREATE INDEX "incoming_incomplete"
    ON "incoming" ("arrived_at") WHERE set_id IS NOT NULL AND message_id IS NULL;
CREATE INDEX "incoming_unmatched"
    ON "incoming" ("connection_id", "mr", "arrived_at")
    WHERE kind = 'report' AND part_id IS NULL;

CREATE TABLE "reference" (
    "number" TEXT NOT NULL PRIMARY KEY,
    "value" INTEGER NOT NULL
);


CREATE TABLE "routing_rule" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "position" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "value" TEXT NOT NULL DEFAULT '',
    "connection_id" INTEGER REFERENCES "connection" ("id") ON DELETE CASCADE,
    "enabled" INTEGER NOT NULL DEFAULT 1
);

CREATE INDEX "routing_rule_connection_id" ON "routing_rule" ("connection_id");

CREATE TABLE "setting" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL
);


CREATE TABLE "user" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "password" TEXT NOT NULL DEFAULT '',
    "role" TEXT NOT NULL DEFAULT 'administrator',
    "created_at" INTEGER NOT NULL
);

CREATE UNIQUE INDEX "user_name" ON "user" ("name");

CREATE TABLE "session" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "digest" TEXT NOT NULL,
    "user_id" INTEGER NOT NULL REFERENCES "user" ("id") ON DELETE CASCADE,
    "created_at" INTEGER NOT NULL,
    "seen_at" INTEGER NOT NULL,
    "expires_at" INTEGER NOT NULL,
    "agent" TEXT NOT NULL DEFAULT '',
    "address" TEXT NOT NULL DEFAULT ''
);

CREATE UNIQUE INDEX "session_digest" ON "session" ("digest");
CREATE INDEX "session_user_id" ON "session" ("user_id");

CREATE TABLE "token" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL,
    "used_at" INTEGER
);

CREATE UNIQUE INDEX "token_name" ON "token" ("name");
CREATE UNIQUE INDEX "token_digest" ON "token" ("digest");

CREATE TABLE "audit" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "at" INTEGER NOT NULL,
    "who" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "detail" TEXT NOT NULL DEFAULT ''
);


"""

# Messages in each view, kept up by the database itself: counting a million takes half a second.
# Beware: SQLite drops the triggers of a table that is rebuilt; a migration that alters columns of
# `message` or `dispatch` has to make them again.
TALLY = """
CREATE TABLE "tally" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "value" INTEGER NOT NULL DEFAULT 0
);
"""

OF_DISPATCHES = {
    "sent": "('sent', 'delivered')",
    "failed": "('failed', 'uncertain')",
    "pending": "('pending', 'sending', 'scheduled')",
}
OF_MESSAGES = {
    "all": "{row}.deleted_at IS NULL",
    "received": "{row}.deleted_at IS NULL AND {row}.direction = 'in'",
    "unread": "{row}.deleted_at IS NULL AND {row}.direction = 'in' AND {row}.read_at IS NULL",
}


def tallies() -> Iterator[str]:
    """A message is counted where it has a dispatch, once, however many it has there."""
    for name in (*OF_MESSAGES, *OF_DISPATCHES):
        yield f"INSERT INTO tally (name, value) VALUES ('{name}', 0)"
    for name, condition in OF_MESSAGES.items():
        new, old = condition.format(row="NEW"), condition.format(row="OLD")
        more, less = (f"UPDATE tally SET value = value {n} WHERE name = '{name}';" for n in CHANGES)
        on = "deleted_at, read_at ON message"
        yield from _triggers(name, "message", on, new, old, more, less)
    for name, states in OF_DISPATCHES.items():
        new, old = (f"{row}.held = 0 AND {row}.state IN {states}" for row in ("NEW", "OLD"))
        more, less = (
            f"UPDATE tally SET value = value {change} WHERE name = '{name}' AND NOT EXISTS"
            f" (SELECT 1 FROM dispatch WHERE held = 0 AND state IN {states}"
            f" AND message_id = {row}.message_id AND id <> {row}.id);"
            for change, row in zip(CHANGES, ("NEW", "OLD"), strict=True)
        )
        yield from _triggers(name, "dispatch", "state, held ON dispatch", new, old, more, less)


CHANGES = ("+ 1", "- 1")


def _triggers(
    name: str, table: str, on: str, new: str, old: str, more: str, less: str
) -> Iterator[str]:
    yield f"CREATE TRIGGER tally_{name}_1 AFTER INSERT ON {table} WHEN {new} BEGIN {more} END"
    yield (
        f"CREATE TRIGGER tally_{name}_2 AFTER UPDATE OF {on}"
        f" WHEN ({new}) AND NOT ({old}) BEGIN {more} END"
    )
    yield (
        f"CREATE TRIGGER tally_{name}_3 AFTER UPDATE OF {on}"
        f" WHEN ({old}) AND NOT ({new}) BEGIN {less} END"
    )
    yield f"CREATE TRIGGER tally_{name}_4 AFTER DELETE ON {table} WHEN {old} BEGIN {less} END"


# What routing does until somebody orders otherwise: answer through the connection that the person
# wrote to last, and share everything else among those that are free.
RULES = """
INSERT INTO "routing_rule" ("position", "kind") VALUES (1, 'last_received'), (2, 'any');
"""


def up(migrator: object, db: object) -> None:
    statements = [one for one in (TABLES + TALLY + RULES).split(";\n") if one.strip()]
    for statement in (*statements, *tallies()):
        db.execute_sql(statement)  # type: ignore[attr-defined]
