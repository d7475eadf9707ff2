-- Written by the program when 0001 was its newest migration. Not to be changed.
BEGIN TRANSACTION;
CREATE TABLE "attempt" ( "id" INTEGER NOT NULL PRIMARY KEY, "dispatch_id" INTEGER NOT NULL REFERENCES "dispatch" ("id") ON DELETE CASCADE, "at" INTEGER NOT NULL, "connection_id" INTEGER REFERENCES "connection" ("id"), "seq" INTEGER NOT NULL DEFAULT 0, "outcome" TEXT NOT NULL, "code" TEXT NOT NULL DEFAULT '', "reason" TEXT NOT NULL DEFAULT '' );
INSERT INTO "attempt" VALUES
(1,7,1800000060002,1,1,'failed','CMS 1','The network refused the number.'),
(2,8,1800000060002,1,1,'retry','CMS 42','The network is busy.'),
(3,9,1800000060003,1,1,'uncertain','','The modem was unplugged.'),
(4,10,1800000000010,NULL,0,'cancelled','','Withdrawn by root.'),
(5,11,1800000000000,NULL,0,'failed','','Expired: it could not be sent before its validity ended.'),
(6,12,1800000060000,1,1,'failed','CMS 21','No credit.'),
(7,12,1800003600000,NULL,0,'resent','','Sent again by root.'),
(8,6,1800000240000,NULL,2,'failed','TP-ST 70','Not delivered: not delivered in time, the network gave up.');
CREATE TABLE "audit" ( "id" INTEGER NOT NULL PRIMARY KEY, "at" INTEGER NOT NULL, "who" TEXT NOT NULL, "action" TEXT NOT NULL, "detail" TEXT NOT NULL DEFAULT '' );
INSERT INTO "audit" VALUES
(1,1800000000000,'console','password set','root'),
(2,1800000000001,'root','password set','ann'),
(3,1800000000000,'root','token added','till'),
(4,1800000000000,'root','token added','old'),
(5,1800000000002,'root','token revoked','old'),
(6,1800000000010,'root','cancel','1 SMS'),
(7,1800003600000,'root','resend','1 SMS'),
(8,1800087000000,'root','delete','3 messages'),
(9,1800087000001,'root','delete','2 messages'),
(10,1800087000002,'root','restore','1 messages');
CREATE TABLE "connection" ( "id" INTEGER NOT NULL PRIMARY KEY, "sim_key" TEXT NOT NULL, "iccid" TEXT NOT NULL DEFAULT '', "imsi" TEXT NOT NULL DEFAULT '', "name" TEXT NOT NULL, "number" TEXT NOT NULL DEFAULT '', "pin" TEXT NOT NULL DEFAULT '', "pin_tried" TEXT NOT NULL DEFAULT '', "send_enabled" INTEGER NOT NULL DEFAULT 1, "receive_enabled" INTEGER NOT NULL DEFAULT 1, "position" INTEGER NOT NULL DEFAULT 0, "created_at" INTEGER NOT NULL, "last_up_at" INTEGER );
INSERT INTO "connection" VALUES
(1,'8925402000000000001','8925402000000000001','639020000000001','Büro','+254700000001','1234','1234',1,1,1,1800000000000,1800000000000),
(2,'8925402000000000002','8925402000000000002','639030000000002','Store','','0042','0042',1,1,2,1800000000001,1800000000001),
(3,'8925402000000000003','8925402000000000003','','SIM 3','','','',1,1,3,1800000000002,1800000000002);
CREATE TABLE "dispatch" ( "id" INTEGER NOT NULL PRIMARY KEY, "message_id" INTEGER NOT NULL REFERENCES "message" ("id") ON DELETE CASCADE, "number" TEXT NOT NULL, "state" TEXT NOT NULL, "state_at" INTEGER NOT NULL, "due_at" INTEGER NOT NULL, "valid_until" INTEGER, "priority" INTEGER NOT NULL DEFAULT 0, "wanted" INTEGER NOT NULL DEFAULT 0, "held" INTEGER NOT NULL DEFAULT 0, "waiting" INTEGER NOT NULL DEFAULT 0, "connection_id" INTEGER REFERENCES "connection" ("id"), "avoid" TEXT NOT NULL DEFAULT '', "attempts" INTEGER NOT NULL DEFAULT 0, "reason" TEXT NOT NULL DEFAULT '', "code" TEXT NOT NULL DEFAULT '', "parts" INTEGER NOT NULL DEFAULT 1, "reference" INTEGER, "sent_at" INTEGER, "delivered_at" INTEGER );
INSERT INTO "dispatch" VALUES
(1,1,'+254711000001','pending',1800000000000,1800000000000,1800086400000,0,1,0,0,NULL,'',0,'','',1,NULL,NULL,NULL),
(2,2,'+254711000002','sending',1800000060000,1800000000001,1800086400001,0,0,1,0,1,'',0,'','',1,NULL,NULL,NULL),
(3,3,'+254711000001','sent',1800000060000,1800000000002,1800086400002,0,0,0,0,1,'',0,'','',1,NULL,1800000060000,NULL),
(4,4,'+254711000001','delivered',1800000180000,1800000000003,1800086400003,0,0,1,0,1,'',0,'','',1,NULL,1800000060000,1800000180000),
(5,5,'+254711000002','sending',1800000060000,1800000000004,1800086400004,0,0,0,0,1,'',0,'','',3,7,NULL,NULL),
(6,6,'+254711000003','failed',1800000240000,1800000000005,1800086400005,0,0,0,0,2,'',0,'Not delivered: not delivered in time, the network gave up.','TP-ST 70',2,7,1800000060001,NULL),
(7,7,'+254711000020','failed',1800000060002,1800000000006,1800086400006,0,0,1,0,1,'',1,'The network refused the number.','CMS 1',1,NULL,NULL,NULL),
(8,8,'+254711000021','pending',1800000060002,1800003600000,1800086400007,0,0,0,0,1,'1',1,'The network is busy.','CMS 42',1,NULL,NULL,NULL),
(9,9,'+254711000022','uncertain',1800000060003,1800000000008,1800086400008,0,0,0,0,1,'',0,'The modem was unplugged.','',1,NULL,NULL,NULL),
(10,10,'+254711000023','cancelled',1800000000010,1800000000009,1800086400009,0,0,0,0,NULL,'',0,'Withdrawn by root.','',1,NULL,NULL,NULL),
(11,11,'+254711000024','failed',1800000000000,1799740800000,1799827200000,0,0,0,0,NULL,'',0,'Expired: it could not be sent before its validity ended.','',1,NULL,NULL,NULL),
(12,12,'+254711000025','pending',1800003600000,1800003600000,1800090000000,0,0,0,0,1,'',0,'','',1,NULL,NULL,NULL),
(13,13,'+254711000001','pending',1800000000012,1800000000012,1800086400012,5,0,0,0,NULL,'',0,'','',1,NULL,NULL,NULL),
(14,13,'+254711000002','pending',1800000000012,1800000000012,1800086400012,5,0,0,0,NULL,'',0,'','',1,NULL,NULL,NULL),
(15,13,'+254711000003','pending',1800000000012,1800000000012,1800086400012,5,0,0,0,NULL,'',0,'','',1,NULL,NULL,NULL),
(16,13,'+254711000026','pending',1800000000012,1800000000012,1800086400012,5,0,0,0,NULL,'',0,'','',1,NULL,NULL,NULL);
CREATE TABLE "incoming" ( "id" INTEGER NOT NULL PRIMARY KEY, "connection_id" INTEGER REFERENCES "connection" ("id"), "digest" TEXT NOT NULL, "pdu" TEXT NOT NULL, "memory" TEXT NOT NULL DEFAULT '', "slot" INTEGER NOT NULL DEFAULT -1, "length" INTEGER, "arrived_at" INTEGER NOT NULL, "erased_at" INTEGER, "kind" TEXT NOT NULL, "sender" TEXT NOT NULL DEFAULT '', "sent_at" INTEGER, "ref_bits" INTEGER NOT NULL DEFAULT 0, "ref" INTEGER NOT NULL DEFAULT 0, "total" INTEGER NOT NULL DEFAULT 1, "seq" INTEGER NOT NULL DEFAULT 1, "set_id" INTEGER, "mr" INTEGER, "status" INTEGER, "message_id" INTEGER REFERENCES "message" ("id") ON DELETE SET NULL, "part_id" INTEGER REFERENCES "part" ("id") ON DELETE SET NULL, "error" TEXT NOT NULL DEFAULT '' );
INSERT INTO "incoming" VALUES
(1,1,'549e4589410bceaeb8845d03be495c9f85b7d048221b47fa824e565b7761cfca','0006060C91527411000010721051801000007210518020000000','',-1,NULL,1800000180000,NULL,'report','+254711000001',1800000060000,0,0,1,1,NULL,6,0,NULL,3,''),
(2,1,'96d7fa7f63506f680ea6882271278822130005aeb127bc9063cf05bcdb4e7afe','00061F0C91527411000030721051801000007210518020000046','SR',3,NULL,1800000180000,NULL,'report','+254711000003',1800000060000,0,0,1,1,NULL,31,70,NULL,NULL,''),
(3,1,'8d974d1d43cbf3f576998e74d502afd6e526067647fe638fa1fdab27aa8f7ec4','0006C80C91527499000000721051800000007210518000000000','SR',4,NULL,1800000180000,NULL,'report','+254799000000',1800000000000,0,0,1,1,NULL,200,0,NULL,NULL,''),
(4,2,'e74cad692703af0d8c84bd0fcccce3b8fbe04143fc370b0a66ef6dced07b34d6','00061E0C91527411000030721051801000007210518020000000','',-1,NULL,1800000240000,NULL,'report','+254711000003',1800000060000,0,0,1,1,NULL,30,0,NULL,7,''),
(5,2,'96d7fa7f63506f680ea6882271278822130005aeb127bc9063cf05bcdb4e7afe','00061F0C91527411000030721051801000007210518020000046','SR',5,NULL,1800000240000,NULL,'report','+254711000003',1800000060000,0,0,1,1,NULL,31,70,NULL,8,''),
(6,1,'bc8ce339993294d8009d9d4e6fd902e3ad1f88fa7262961d5bd7dc7a452bb7a0','00040C915274110000100008721051800000002C00680065006C00700020006D0065002C002000620069007400740065003A0020005300740072006100DF0065','SM',1,NULL,1800000600000,1800000600001,'deliver','1.1:254711000001',1800000000000,0,0,1,1,NULL,NULL,NULL,14,NULL,''),
(7,1,'10724dc42db752ee4dfe079999df8561b2e174135082918f2962dba77d816ad2','00040C9152741100002000087210518010000018007200650061006400200061006C00720065006100640079','',-1,NULL,1800000600002,NULL,'deliver','1.1:254711000002',1800000060000,0,0,1,1,NULL,NULL,NULL,15,NULL,''),
(8,1,'555e102b5875a0752d280d10aeb30fdefc25a21aed473c07fc282a79ec558e41','00440C915274110000100008721051800000001405000309020100660069007200730074002C0020','',-1,NULL,1800000600004,NULL,'deliver','1.1:254711000001',1800000000000,8,9,2,1,8,NULL,NULL,16,NULL,''),
(9,1,'e0102703310809d5e474cb893a80e990c9399331c7eae2f3d94c4be2e3eba099','00440C915274110000100008721051800000001A0500030902020061006E00640020007300650063006F006E0064','',-1,NULL,1800000600004,NULL,'deliver','1.1:254711000001',1800000000000,8,9,2,2,8,NULL,NULL,16,NULL,''),
(10,1,'28018d0f0423c84669ca7299c6993735f65a0aa3e5e85efba52a1618ad52a40f','00440C915274110000300008721051800000002F060804012C0302006F006E006C007900200074006800650020007300650063006F006E006400200070006100720074','',-1,NULL,1800000600005,NULL,'deliver','1.1:254711000003',1800000000000,16,300,3,2,10,NULL,NULL,NULL,NULL,''),
(11,1,'4da1e8b3824957dc2ef1f81497712bb7396b2ef7bb062d0fd57e4df990a070f4','00440C915274110000030008721051800000002E0500030B02010067006900760065006E002000750070003A0020006F006E00650020006F0066002000740077006F','',-1,NULL,1799741400000,NULL,'deliver','1.1:254711000030',1800000000000,8,11,2,1,11,NULL,NULL,17,NULL,''),
(12,1,'dc8debde64ef3b213c2677bccf7936d39a045947319993497bee9ddf21b2b12a','0004FFFFFF','',-1,NULL,1800000600006,NULL,'raw','',NULL,0,0,1,1,NULL,NULL,NULL,18,NULL,'sender.value, octet 4: 128 octets expected, 1 left'),
(13,1,'e85667c677500f513007f090dc33c911c17c8118d8682441dac487efd05fb62a','07not hex','',-1,NULL,1800000600006,NULL,'raw','',NULL,0,0,1,1,NULL,NULL,NULL,19,NULL,'sender.length, octet 1: the message ends here'),
(14,1,'e9b5b3016c39db1f368fb001cbf89112910e77b2b1c7734d7273c64fb264fdf0','00040C91527411000010000472105180000000030001FF','',-1,NULL,1800000600007,NULL,'deliver','1.1:254711000001',1800000000000,0,0,1,1,NULL,NULL,NULL,20,NULL,''),
(15,2,'6487a6dc4141d05d0935728c5b03fef7867403ff0bc92212fb50a87002e2777b','00040C915274110000900008FFFFFFFFFFFFFF1006450631062D062806270020D83DDE00','',-1,NULL,1800000600008,NULL,'deliver','1.1:254711000009',NULL,0,0,1,1,NULL,NULL,NULL,21,NULL,''),
(16,1,'5ce127ddc55c2eec78367a0afe1dbbf2896d66c3ee37b065475b57df831a0439','000405812143F50008721051800000001600660072006F006D0020006100200077006F00720064','',-1,NULL,1800000600009,NULL,'deliver','0.1:12345',1800000000000,0,0,1,1,NULL,NULL,NULL,22,NULL,''),
(17,1,'9faab64f8d3931ecb75d20db967c0bdcf92fa5573da231cb1d3dde4360ec34ad','00040C9152741100002041087210518000000010007200650070006C0061006300650064','',-1,NULL,1800000600010,NULL,'deliver','1.1:254711000002',1800000000000,0,0,1,1,NULL,NULL,NULL,23,NULL,''),
(18,1,'d9e113047279fb2f4b701ad8dc4dba084afef06de4f281ff5fb6ae6d2c113ae3','00040C9152741100002041087210519000000012007200650070006C006100630069006E0067','',-1,NULL,1800000600011,NULL,'deliver','1.1:254711000002',1800003600000,0,0,1,1,NULL,NULL,NULL,24,NULL,''),
(19,1,'c0cc2a32126f0160ef867bfe43827af6060e23cdf6a2409fedad5a66bcd17459','00040C915274110000300008721051800000000800530054004F0050','',-1,NULL,1800000600012,NULL,'deliver','1.1:254711000003',1800000000000,0,0,1,1,NULL,NULL,NULL,25,NULL,''),
(20,1,'c6f340e68356131020119c4f1f63ece17ed74f0b54ca96b1079f7c252b1b5201','00040C91527411000020000872105190000000280044006F00200141006F0064007A00690020006900200625064406490020062706440628064A062A','',-1,NULL,1800000600013,NULL,'deliver','1.1:254711000002',1800003600000,0,0,1,1,NULL,NULL,NULL,26,NULL,'');
CREATE TABLE "message" ( "id" INTEGER NOT NULL PRIMARY KEY, "direction" TEXT NOT NULL, "kind" TEXT NOT NULL DEFAULT 'sms', "text" TEXT NOT NULL, "peer" TEXT NOT NULL DEFAULT '', "created_at" INTEGER NOT NULL, "sent_at" INTEGER, "sent_offset" INTEGER, "connection_id" INTEGER REFERENCES "connection" ("id"), "client_id" TEXT, "author" TEXT NOT NULL DEFAULT '', "origin" TEXT NOT NULL DEFAULT 'page', "with_report" INTEGER NOT NULL DEFAULT 1, "when_uncertain" TEXT NOT NULL DEFAULT 'hold', "note" TEXT NOT NULL DEFAULT '', "complete" INTEGER NOT NULL DEFAULT 1, "read_at" INTEGER, "deleted_at" INTEGER );
INSERT INTO "message" VALUES
(1,'out','sms','waits for its turn','',1800000000000,NULL,NULL,1,'c-1','root','page',1,'hold','',1,NULL,NULL),
(2,'out','sms','handed over, no answer','',1800000000001,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,1800087000001),
(3,'out','sms','sent, no report yet: Grüße','',1800000000002,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL),
(4,'out','sms','delivered','',1800000000003,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,1800087000000),
(5,'out','sms','three parts, one of them sent','',1800000000004,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL),
(6,'out','sms','it is ''quoted'';
	in two lines','',1800000000005,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL),
(7,'out','sms','refused for good','',1800000000006,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,1800087000000),
(8,'out','sms','tried again later','',1800000000007,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL),
(9,'out','sms','nobody knows','',1800000000008,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL),
(10,'out','sms','cancelled','',1800000000009,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL),
(11,'out','sms','expired','',1799740800000,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL),
(12,'out','sms','sent again','',1800000000011,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL),
(13,'out','sms','Meeting at 5, réunion','',1800000000012,NULL,NULL,NULL,NULL,'root','api',0,'resend','',1,NULL,NULL),
(14,'in','sms','help me, bitte: Straße','+254711000001',1800000600000,1800000000000,0,1,NULL,'','radio',1,'hold','',1,NULL,NULL),
(15,'in','sms','read already','+254711000002',1800000600002,1800000060000,0,1,NULL,'','radio',1,'hold','',1,1800000600003,NULL),
(16,'in','sms','first, and second','+254711000001',1800000600004,1800000000000,0,1,NULL,'','radio',1,'hold','',1,NULL,NULL),
(17,'in','sms','given up: one of two[part 2 of 2 missing]','+254711000030',1800000600000,1800000000000,0,1,NULL,'','radio',1,'hold','Part 2 of 2 is missing. It is added if it still arrives.',0,NULL,NULL),
(18,'in','sms','0004FFFFFF','',1800000600006,NULL,NULL,1,NULL,'','radio',1,'hold','This message could not be decoded and is shown as it came (sender.value, octet 4: 128 octets expected, 1 left).',1,NULL,NULL),
(19,'in','sms','07not hex','',1800000600006,NULL,NULL,1,NULL,'','radio',1,'hold','This message could not be decoded and is shown as it came (sender.length, octet 1: the message ends here).',1,NULL,1800087000000),
(20,'in','sms','[Binary message, 3 octets]','+254711000001',1800000600007,1800000000000,0,1,NULL,'','radio',1,'hold','Data: 0001FF',1,NULL,NULL),
(21,'in','sms','مرحبا 😀','+254711000009',1800000600008,NULL,NULL,2,NULL,'','radio',1,'hold','',1,NULL,NULL),
(22,'in','sms','from a word','12345',1800000600009,1800000000000,0,1,NULL,'','radio',1,'hold','',1,NULL,NULL),
(23,'in','sms','replaced','+254711000002',1800000600010,1800000000000,0,1,NULL,'','radio',1,'hold','',1,NULL,NULL),
(24,'in','sms','replacing','+254711000002',1800000600011,1800003600000,0,1,NULL,'','radio',1,'hold','',1,NULL,NULL),
(25,'in','sms','STOP','+254711000003',1800000600012,1800000000000,0,1,NULL,'','radio',1,'hold','',1,NULL,NULL),
(26,'in','sms','Do Łodzi i إلى البيت','+254711000002',1800000600013,1800003600000,0,1,NULL,'','radio',1,'hold','',1,NULL,NULL);
CREATE TABLE "modem" ( "id" INTEGER NOT NULL PRIMARY KEY, "imei" TEXT NOT NULL, "usb_path" TEXT NOT NULL DEFAULT '', "manufacturer" TEXT NOT NULL DEFAULT '', "model" TEXT NOT NULL DEFAULT '', "firmware" TEXT NOT NULL DEFAULT '', "port" TEXT NOT NULL DEFAULT '', "created_at" INTEGER NOT NULL, "last_seen_at" INTEGER NOT NULL );
INSERT INTO "modem" VALUES
(1,'860000000000001','1-1.1','HUAWEI','E3372','21.200','/dev/ttyUSB1',1800000000001,1800000000001),
(2,'860000000000002','1-1.2','HUAWEI','E3372','21.200','/dev/ttyUSB2',1800000000002,1800000000002);
CREATE TABLE "part" ( "id" INTEGER NOT NULL PRIMARY KEY, "dispatch_id" INTEGER NOT NULL REFERENCES "dispatch" ("id") ON DELETE CASCADE, "seq" INTEGER NOT NULL, "tpdu" TEXT NOT NULL, "state" TEXT NOT NULL DEFAULT 'new', "mr" INTEGER, "connection_id" INTEGER REFERENCES "connection" ("id"), "submitted_at" INTEGER, "accepted_at" INTEGER, "done_at" INTEGER, "status" INTEGER );
INSERT INTO "part" VALUES
(1,2,1,'0001','submitted',NULL,1,1800000060000,NULL,NULL,NULL),
(2,3,1,'0001','accepted',5,1,1800000060000,1800000060000,NULL,NULL),
(3,4,1,'0001','delivered',6,1,1800000060000,1800000060000,1800000120000,0),
(4,5,1,'0001','accepted',20,1,1800000060000,1800000060001,NULL,NULL),
(5,5,2,'0002','new',NULL,NULL,NULL,NULL,NULL,NULL),
(6,5,3,'0003','new',NULL,NULL,NULL,NULL,NULL,NULL),
(7,6,1,'0001','delivered',30,2,1800000060000,1800000060001,1800000120000,0),
(8,6,2,'0002','failed',31,2,1800000060000,1800000060001,1800000120000,70),
(9,7,1,'0001','new',NULL,1,1800000060000,NULL,NULL,NULL),
(10,8,1,'0001','new',NULL,1,1800000060000,NULL,NULL,NULL),
(11,9,1,'0001','unknown',NULL,1,1800000060000,NULL,NULL,NULL),
(12,12,1,'0001','new',NULL,1,1800000060000,NULL,NULL,NULL);
CREATE TABLE "reference" ( "number" TEXT NOT NULL PRIMARY KEY, "value" INTEGER NOT NULL );
INSERT INTO "reference" VALUES
('+254711000002',77),
('+254711000003',77);
CREATE TABLE "routing_rule" ( "id" INTEGER NOT NULL PRIMARY KEY, "position" INTEGER NOT NULL, "kind" TEXT NOT NULL, "value" TEXT NOT NULL DEFAULT '', "connection_id" INTEGER REFERENCES "connection" ("id") ON DELETE CASCADE, "enabled" INTEGER NOT NULL DEFAULT 1 );
INSERT INTO "routing_rule" VALUES
(1,1,'last_received','',NULL,1),
(2,2,'any','',NULL,1),
(3,3,'prefix','+2547',2,1),
(4,4,'prefix','+49',1,0);
CREATE TABLE "schema_migration" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(255) NOT NULL, "applied" DATETIME NOT NULL);
INSERT INTO "schema_migration" VALUES
(1,'0001_initial','2027-01-15 08:00:00');
CREATE TABLE "session" ( "id" INTEGER NOT NULL PRIMARY KEY, "digest" TEXT NOT NULL, "user_id" INTEGER NOT NULL REFERENCES "user" ("id") ON DELETE CASCADE, "created_at" INTEGER NOT NULL, "seen_at" INTEGER NOT NULL, "expires_at" INTEGER NOT NULL, "agent" TEXT NOT NULL DEFAULT '', "address" TEXT NOT NULL DEFAULT '' );
INSERT INTO "session" VALUES
(1,'digest-1',1,1800000000000,1800003600000,1802678400000,'Firefox','192.0.2.7'),
(2,'digest-2',2,1800000000001,1800000000001,1800086400000,'','2001:db8::1');
CREATE TABLE "setting" ( "key" TEXT NOT NULL PRIMARY KEY, "value" TEXT NOT NULL );
INSERT INTO "setting" VALUES
('first_run','[{"digest": "unused", "expires_at": 1800086400000}]'),
('signing_key','"a-key-of-this-box"'),
('language','"en"'),
('time_zone','"Africa/Nairobi"'),
('own_prefix','{"country": "254", "ask": [1, 2.5, null]}');
CREATE TABLE "tally" ( "name" TEXT NOT NULL PRIMARY KEY, "value" INTEGER NOT NULL DEFAULT 0 );
INSERT INTO "tally" VALUES
('all',22),
('received',12),
('unread',11),
('sent',1),
('failed',3),
('pending',5);
CREATE TABLE "token" ( "id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "digest" TEXT NOT NULL, "created_at" INTEGER NOT NULL, "used_at" INTEGER );
INSERT INTO "token" VALUES
(1,'till','digest-3',1800000000000,1800000060000);
CREATE TABLE "user" ( "id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "password" TEXT NOT NULL DEFAULT '', "role" TEXT NOT NULL DEFAULT 'administrator', "created_at" INTEGER NOT NULL );
INSERT INTO "user" VALUES
(1,'root','scrypt$1','administrator',1800000000000),
(2,'ann','scrypt$2','administrator',1800000000001);
CREATE INDEX "attempt_dispatch_id" ON "attempt" ("dispatch_id");
CREATE UNIQUE INDEX "connection_sim_key" ON "connection" ("sim_key");
CREATE INDEX "dispatch_expiry" ON "dispatch" ("valid_until") WHERE state = 'pending' AND held = 0 AND valid_until IS NOT NULL;
CREATE INDEX "dispatch_held_state_message_id" ON "dispatch" ("held", "state", "message_id");
CREATE INDEX "dispatch_message_id" ON "dispatch" ("message_id");
CREATE INDEX "dispatch_queue" ON "dispatch" ("held", "wanted", "priority", "due_at", "id", "number", "waiting", "state") WHERE state = 'pending';
CREATE INDEX "dispatch_sending" ON "dispatch" ("number", "state") WHERE state = 'sending';
CREATE INDEX "incoming_digest_arrived_at" ON "incoming" ("digest", "arrived_at");
CREATE INDEX "incoming_incomplete" ON "incoming" ("arrived_at") WHERE set_id IS NOT NULL AND message_id IS NULL;
CREATE INDEX "incoming_message" ON "incoming" ("message_id") WHERE message_id IS NOT NULL;
CREATE INDEX "incoming_part" ON "incoming" ("part_id") WHERE part_id IS NOT NULL;
CREATE INDEX "incoming_parts" ON "incoming" ("set_id") WHERE set_id IS NOT NULL;
CREATE INDEX "incoming_set" ON "incoming" ("sender", "ref", "total", "arrived_at") WHERE set_id IS NOT NULL;
CREATE INDEX "incoming_unmatched" ON "incoming" ("connection_id", "mr", "arrived_at") WHERE kind = 'report' AND part_id IS NULL;
CREATE UNIQUE INDEX "message_client_id" ON "message" ("client_id");
CREATE INDEX "message_deleted_at_id" ON "message" ("deleted_at", "id");
CREATE INDEX "message_direction_deleted_at_id" ON "message" ("direction", "deleted_at", "id");
CREATE INDEX "message_peer_id" ON "message" ("peer", "id");
CREATE INDEX "message_unread" ON "message" ("id") WHERE direction = 'in' AND read_at IS NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX "modem_imei_usb_path" ON "modem" ("imei", "usb_path");
CREATE UNIQUE INDEX "part_dispatch_id_seq" ON "part" ("dispatch_id", "seq");
CREATE INDEX "part_in_doubt" ON "part" ("connection_id", "submitted_at") WHERE state = 'unknown';
CREATE INDEX "part_reference" ON "part" ("connection_id", "mr", "accepted_at") WHERE mr IS NOT NULL;
CREATE INDEX "routing_rule_connection_id" ON "routing_rule" ("connection_id");
CREATE UNIQUE INDEX "schema_migration_name" ON "schema_migration" ("name");
CREATE UNIQUE INDEX "session_digest" ON "session" ("digest");
CREATE INDEX "session_user_id" ON "session" ("user_id");
CREATE UNIQUE INDEX "token_digest" ON "token" ("digest");
CREATE UNIQUE INDEX "token_name" ON "token" ("name");
CREATE UNIQUE INDEX "user_name" ON "user" ("name");
CREATE TRIGGER tally_all_1 AFTER INSERT ON message WHEN NEW.deleted_at IS NULL BEGIN UPDATE tally SET value = value + 1 WHERE name = 'all'; END;
CREATE TRIGGER tally_all_2 AFTER UPDATE OF deleted_at, read_at ON message WHEN (NEW.deleted_at IS NULL) AND NOT (OLD.deleted_at IS NULL) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'all'; END;
CREATE TRIGGER tally_all_3 AFTER UPDATE OF deleted_at, read_at ON message WHEN (OLD.deleted_at IS NULL) AND NOT (NEW.deleted_at IS NULL) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'all'; END;
CREATE TRIGGER tally_all_4 AFTER DELETE ON message WHEN OLD.deleted_at IS NULL BEGIN UPDATE tally SET value = value - 1 WHERE name = 'all'; END;
CREATE TRIGGER tally_failed_1 AFTER INSERT ON dispatch WHEN NEW.held = 0 AND NEW.state IN ('failed', 'uncertain') BEGIN UPDATE tally SET value = value + 1 WHERE name = 'failed' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('failed', 'uncertain') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_failed_2 AFTER UPDATE OF state, held ON dispatch WHEN (NEW.held = 0 AND NEW.state IN ('failed', 'uncertain')) AND NOT (OLD.held = 0 AND OLD.state IN ('failed', 'uncertain')) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'failed' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('failed', 'uncertain') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_failed_3 AFTER UPDATE OF state, held ON dispatch WHEN (OLD.held = 0 AND OLD.state IN ('failed', 'uncertain')) AND NOT (NEW.held = 0 AND NEW.state IN ('failed', 'uncertain')) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'failed' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('failed', 'uncertain') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_failed_4 AFTER DELETE ON dispatch WHEN OLD.held = 0 AND OLD.state IN ('failed', 'uncertain') BEGIN UPDATE tally SET value = value - 1 WHERE name = 'failed' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('failed', 'uncertain') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_pending_1 AFTER INSERT ON dispatch WHEN NEW.held = 0 AND NEW.state IN ('pending', 'sending', 'scheduled') BEGIN UPDATE tally SET value = value + 1 WHERE name = 'pending' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('pending', 'sending', 'scheduled') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_pending_2 AFTER UPDATE OF state, held ON dispatch WHEN (NEW.held = 0 AND NEW.state IN ('pending', 'sending', 'scheduled')) AND NOT (OLD.held = 0 AND OLD.state IN ('pending', 'sending', 'scheduled')) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'pending' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('pending', 'sending', 'scheduled') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_pending_3 AFTER UPDATE OF state, held ON dispatch WHEN (OLD.held = 0 AND OLD.state IN ('pending', 'sending', 'scheduled')) AND NOT (NEW.held = 0 AND NEW.state IN ('pending', 'sending', 'scheduled')) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'pending' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('pending', 'sending', 'scheduled') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_pending_4 AFTER DELETE ON dispatch WHEN OLD.held = 0 AND OLD.state IN ('pending', 'sending', 'scheduled') BEGIN UPDATE tally SET value = value - 1 WHERE name = 'pending' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('pending', 'sending', 'scheduled') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_received_1 AFTER INSERT ON message WHEN NEW.deleted_at IS NULL AND NEW.direction = 'in' BEGIN UPDATE tally SET value = value + 1 WHERE name = 'received'; END;
CREATE TRIGGER tally_received_2 AFTER UPDATE OF deleted_at, read_at ON message WHEN (NEW.deleted_at IS NULL AND NEW.direction = 'in') AND NOT (OLD.deleted_at IS NULL AND OLD.direction = 'in') BEGIN UPDATE tally SET value = value + 1 WHERE name = 'received'; END;
CREATE TRIGGER tally_received_3 AFTER UPDATE OF deleted_at, read_at ON message WHEN (OLD.deleted_at IS NULL AND OLD.direction = 'in') AND NOT (NEW.deleted_at IS NULL AND NEW.direction = 'in') BEGIN UPDATE tally SET value = value - 1 WHERE name = 'received'; END;
CREATE TRIGGER tally_received_4 AFTER DELETE ON message WHEN OLD.deleted_at IS NULL AND OLD.direction = 'in' BEGIN UPDATE tally SET value = value - 1 WHERE name = 'received'; END;
CREATE TRIGGER tally_sent_1 AFTER INSERT ON dispatch WHEN NEW.held = 0 AND NEW.state IN ('sent', 'delivered') BEGIN UPDATE tally SET value = value + 1 WHERE name = 'sent' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('sent', 'delivered') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_sent_2 AFTER UPDATE OF state, held ON dispatch WHEN (NEW.held = 0 AND NEW.state IN ('sent', 'delivered')) AND NOT (OLD.held = 0 AND OLD.state IN ('sent', 'delivered')) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'sent' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('sent', 'delivered') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_sent_3 AFTER UPDATE OF state, held ON dispatch WHEN (OLD.held = 0 AND OLD.state IN ('sent', 'delivered')) AND NOT (NEW.held = 0 AND NEW.state IN ('sent', 'delivered')) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'sent' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('sent', 'delivered') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_sent_4 AFTER DELETE ON dispatch WHEN OLD.held = 0 AND OLD.state IN ('sent', 'delivered') BEGIN UPDATE tally SET value = value - 1 WHERE name = 'sent' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('sent', 'delivered') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_unread_1 AFTER INSERT ON message WHEN NEW.deleted_at IS NULL AND NEW.direction = 'in' AND NEW.read_at IS NULL BEGIN UPDATE tally SET value = value + 1 WHERE name = 'unread'; END;
CREATE TRIGGER tally_unread_2 AFTER UPDATE OF deleted_at, read_at ON message WHEN (NEW.deleted_at IS NULL AND NEW.direction = 'in' AND NEW.read_at IS NULL) AND NOT (OLD.deleted_at IS NULL AND OLD.direction = 'in' AND OLD.read_at IS NULL) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'unread'; END;
CREATE TRIGGER tally_unread_3 AFTER UPDATE OF deleted_at, read_at ON message WHEN (OLD.deleted_at IS NULL AND OLD.direction = 'in' AND OLD.read_at IS NULL) AND NOT (NEW.deleted_at IS NULL AND NEW.direction = 'in' AND NEW.read_at IS NULL) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'unread'; END;
CREATE TRIGGER tally_unread_4 AFTER DELETE ON message WHEN OLD.deleted_at IS NULL AND OLD.direction = 'in' AND OLD.read_at IS NULL BEGIN UPDATE tally SET value = value - 1 WHERE name = 'unread'; END;
COMMIT;
