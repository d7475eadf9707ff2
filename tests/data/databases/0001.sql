-- Written by the program when 0001 was its newest migration. Not to be changed.
BEGIN TRANSACTION;
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
INSERT INTO "attempt" VALUES(1,2,1800000000000,1,1,'failed','CMS 1','The network refused the number.');
CREATE TABLE "audit" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "at" INTEGER NOT NULL,
    "who" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "detail" TEXT NOT NULL DEFAULT ''
);
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
INSERT INTO "connection" VALUES(1,'8925402000000000001','8925402000000000001','','Office','+254700000001','','',1,1,1,1800000000000,1800000000000);
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
INSERT INTO "dispatch" VALUES(1,1,'+254711000001','sent',1800000000000,1800000000000,1800086400000,0,0,0,0,1,'',0,'','',1,NULL,1800000000000,NULL);
INSERT INTO "dispatch" VALUES(2,2,'+254711000002','failed',1800000000000,1800000000000,1800086400000,0,0,0,0,1,'',1,'The network refused the number.','CMS 1',1,NULL,NULL,NULL);
INSERT INTO "dispatch" VALUES(3,3,'+254711000003','pending',1800000000000,1800000000000,1800086400000,0,0,0,0,NULL,'',0,'','',1,NULL,NULL,NULL);
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
INSERT INTO "incoming" VALUES(1,1,'26a405c0826e0cdd2182d2e7611402bddadcde8c134db238ca301473663d98ad','00040C915274110000100008721051800000000E00630061006D006500200069006E','SM',1,30,1800000000000,NULL,'deliver','1.1:254711000001',1800000000000,0,0,1,1,NULL,NULL,NULL,4,NULL,'');
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
INSERT INTO "message" VALUES(1,'out','sms','went out','',1800000000000,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL);
INSERT INTO "message" VALUES(2,'out','sms','was refused','',1800000000000,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL);
INSERT INTO "message" VALUES(3,'out','sms','waits','',1800000000000,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL);
INSERT INTO "message" VALUES(4,'in','sms','came in','+254711000001',1800000000000,1800000000000,0,1,NULL,'','radio',1,'hold','',1,NULL,NULL);
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
INSERT INTO "modem" VALUES(1,'356938035643809','1-1.2','huawei','E3531','21.318','/dev/ttyUSB0',1800000000000,1800000000000);
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
INSERT INTO "part" VALUES(1,1,1,'0001','accepted',5,1,1800000000000,1800000000000,NULL,NULL);
INSERT INTO "part" VALUES(2,2,1,'0001','new',NULL,1,1800000000000,NULL,NULL,NULL);
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
INSERT INTO "routing_rule" VALUES(1,1,'last_received','',NULL,1);
INSERT INTO "routing_rule" VALUES(2,2,'any','',NULL,1);
CREATE TABLE "schema_migration" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(255) NOT NULL, "applied" DATETIME NOT NULL);
INSERT INTO "schema_migration" VALUES(1,'0001_initial','2026-11-24 00:12:00.880675');
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
CREATE TABLE "setting" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL
);
CREATE TABLE "tally" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "value" INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "tally" VALUES('all',4);
INSERT INTO "tally" VALUES('received',1);
INSERT INTO "tally" VALUES('unread',1);
INSERT INTO "tally" VALUES('sent',1);
INSERT INTO "tally" VALUES('failed',1);
INSERT INTO "tally" VALUES('pending',1);
CREATE TABLE "token" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL,
    "used_at" INTEGER
);
CREATE TABLE "user" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "password" TEXT NOT NULL DEFAULT '',
    "role" TEXT NOT NULL DEFAULT 'administrator',
    "created_at" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "schema_migration_name" ON "schema_migration" ("name");
CREATE UNIQUE INDEX "connection_sim_key" ON "connection" ("sim_key");
CREATE UNIQUE INDEX "modem_imei_usb_path" ON "modem" ("imei", "usb_path");
CREATE UNIQUE INDEX "message_client_id" ON "message" ("client_id");
CREATE INDEX "message_deleted_at_id" ON "message" ("deleted_at", "id");
CREATE INDEX "message_direction_deleted_at_id" ON "message" ("direction", "deleted_at", "id");
CREATE INDEX "message_peer_id" ON "message" ("peer", "id");
CREATE INDEX "message_unread"
    ON "message" ("id") WHERE direction = 'in' AND read_at IS NULL AND deleted_at IS NULL;
CREATE INDEX "dispatch_message_id" ON "dispatch" ("message_id");
CREATE INDEX "dispatch_held_state_message_id" ON "dispatch" ("held", "state", "message_id");
CREATE INDEX "dispatch_queue"
    ON "dispatch" ("held", "wanted", "priority", "due_at", "id", "number", "waiting", "state")
    WHERE state = 'pending';
CREATE INDEX "dispatch_expiry"
    ON "dispatch" ("valid_until")
    WHERE state = 'pending' AND held = 0 AND valid_until IS NOT NULL;
CREATE INDEX "dispatch_sending" ON "dispatch" ("number", "state") WHERE state = 'sending';
CREATE UNIQUE INDEX "part_dispatch_id_seq" ON "part" ("dispatch_id", "seq");
CREATE INDEX "part_reference"
    ON "part" ("connection_id", "mr", "accepted_at") WHERE mr IS NOT NULL;
CREATE INDEX "part_in_doubt"
    ON "part" ("connection_id", "submitted_at") WHERE state = 'unknown';
CREATE INDEX "attempt_dispatch_id" ON "attempt" ("dispatch_id");
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
CREATE INDEX "routing_rule_connection_id" ON "routing_rule" ("connection_id");
CREATE UNIQUE INDEX "user_name" ON "user" ("name");
CREATE UNIQUE INDEX "session_digest" ON "session" ("digest");
CREATE INDEX "session_user_id" ON "session" ("user_id");
CREATE UNIQUE INDEX "token_name" ON "token" ("name");
CREATE UNIQUE INDEX "token_digest" ON "token" ("digest");
CREATE TRIGGER tally_all_1 AFTER INSERT ON message WHEN NEW.deleted_at IS NULL BEGIN UPDATE tally SET value = value + 1 WHERE name = 'all'; END;
CREATE TRIGGER tally_all_2 AFTER UPDATE OF deleted_at, read_at ON message WHEN (NEW.deleted_at IS NULL) AND NOT (OLD.deleted_at IS NULL) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'all'; END;
CREATE TRIGGER tally_all_3 AFTER UPDATE OF deleted_at, read_at ON message WHEN (OLD.deleted_at IS NULL) AND NOT (NEW.deleted_at IS NULL) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'all'; END;
CREATE TRIGGER tally_all_4 AFTER DELETE ON message WHEN OLD.deleted_at IS NULL BEGIN UPDATE tally SET value = value - 1 WHERE name = 'all'; END;
CREATE TRIGGER tally_received_1 AFTER INSERT ON message WHEN NEW.deleted_at IS NULL AND NEW.direction = 'in' BEGIN UPDATE tally SET value = value + 1 WHERE name = 'received'; END;
CREATE TRIGGER tally_received_2 AFTER UPDATE OF deleted_at, read_at ON message WHEN (NEW.deleted_at IS NULL AND NEW.direction = 'in') AND NOT (OLD.deleted_at IS NULL AND OLD.direction = 'in') BEGIN UPDATE tally SET value = value + 1 WHERE name = 'received'; END;
CREATE TRIGGER tally_received_3 AFTER UPDATE OF deleted_at, read_at ON message WHEN (OLD.deleted_at IS NULL AND OLD.direction = 'in') AND NOT (NEW.deleted_at IS NULL AND NEW.direction = 'in') BEGIN UPDATE tally SET value = value - 1 WHERE name = 'received'; END;
CREATE TRIGGER tally_received_4 AFTER DELETE ON message WHEN OLD.deleted_at IS NULL AND OLD.direction = 'in' BEGIN UPDATE tally SET value = value - 1 WHERE name = 'received'; END;
CREATE TRIGGER tally_unread_1 AFTER INSERT ON message WHEN NEW.deleted_at IS NULL AND NEW.direction = 'in' AND NEW.read_at IS NULL BEGIN UPDATE tally SET value = value + 1 WHERE name = 'unread'; END;
CREATE TRIGGER tally_unread_2 AFTER UPDATE OF deleted_at, read_at ON message WHEN (NEW.deleted_at IS NULL AND NEW.direction = 'in' AND NEW.read_at IS NULL) AND NOT (OLD.deleted_at IS NULL AND OLD.direction = 'in' AND OLD.read_at IS NULL) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'unread'; END;
CREATE TRIGGER tally_unread_3 AFTER UPDATE OF deleted_at, read_at ON message WHEN (OLD.deleted_at IS NULL AND OLD.direction = 'in' AND OLD.read_at IS NULL) AND NOT (NEW.deleted_at IS NULL AND NEW.direction = 'in' AND NEW.read_at IS NULL) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'unread'; END;
CREATE TRIGGER tally_unread_4 AFTER DELETE ON message WHEN OLD.deleted_at IS NULL AND OLD.direction = 'in' AND OLD.read_at IS NULL BEGIN UPDATE tally SET value = value - 1 WHERE name = 'unread'; END;
CREATE TRIGGER tally_sent_1 AFTER INSERT ON dispatch WHEN NEW.held = 0 AND NEW.state IN ('sent', 'delivered') BEGIN UPDATE tally SET value = value + 1 WHERE name = 'sent' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('sent', 'delivered') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_sent_2 AFTER UPDATE OF state, held ON dispatch WHEN (NEW.held = 0 AND NEW.state IN ('sent', 'delivered')) AND NOT (OLD.held = 0 AND OLD.state IN ('sent', 'delivered')) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'sent' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('sent', 'delivered') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_sent_3 AFTER UPDATE OF state, held ON dispatch WHEN (OLD.held = 0 AND OLD.state IN ('sent', 'delivered')) AND NOT (NEW.held = 0 AND NEW.state IN ('sent', 'delivered')) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'sent' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('sent', 'delivered') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_sent_4 AFTER DELETE ON dispatch WHEN OLD.held = 0 AND OLD.state IN ('sent', 'delivered') BEGIN UPDATE tally SET value = value - 1 WHERE name = 'sent' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('sent', 'delivered') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_failed_1 AFTER INSERT ON dispatch WHEN NEW.held = 0 AND NEW.state IN ('failed', 'uncertain') BEGIN UPDATE tally SET value = value + 1 WHERE name = 'failed' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('failed', 'uncertain') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_failed_2 AFTER UPDATE OF state, held ON dispatch WHEN (NEW.held = 0 AND NEW.state IN ('failed', 'uncertain')) AND NOT (OLD.held = 0 AND OLD.state IN ('failed', 'uncertain')) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'failed' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('failed', 'uncertain') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_failed_3 AFTER UPDATE OF state, held ON dispatch WHEN (OLD.held = 0 AND OLD.state IN ('failed', 'uncertain')) AND NOT (NEW.held = 0 AND NEW.state IN ('failed', 'uncertain')) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'failed' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('failed', 'uncertain') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_failed_4 AFTER DELETE ON dispatch WHEN OLD.held = 0 AND OLD.state IN ('failed', 'uncertain') BEGIN UPDATE tally SET value = value - 1 WHERE name = 'failed' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('failed', 'uncertain') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_pending_1 AFTER INSERT ON dispatch WHEN NEW.held = 0 AND NEW.state IN ('pending', 'sending', 'scheduled') BEGIN UPDATE tally SET value = value + 1 WHERE name = 'pending' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('pending', 'sending', 'scheduled') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_pending_2 AFTER UPDATE OF state, held ON dispatch WHEN (NEW.held = 0 AND NEW.state IN ('pending', 'sending', 'scheduled')) AND NOT (OLD.held = 0 AND OLD.state IN ('pending', 'sending', 'scheduled')) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'pending' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('pending', 'sending', 'scheduled') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_pending_3 AFTER UPDATE OF state, held ON dispatch WHEN (OLD.held = 0 AND OLD.state IN ('pending', 'sending', 'scheduled')) AND NOT (NEW.held = 0 AND NEW.state IN ('pending', 'sending', 'scheduled')) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'pending' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('pending', 'sending', 'scheduled') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_pending_4 AFTER DELETE ON dispatch WHEN OLD.held = 0 AND OLD.state IN ('pending', 'sending', 'scheduled') BEGIN UPDATE tally SET value = value - 1 WHERE name = 'pending' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('pending', 'sending', 'scheduled') AND message_id = OLD.message_id AND id <> OLD.id); END;
COMMIT;
