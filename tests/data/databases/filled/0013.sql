-- Written by the program when 0013 was its newest migration. Not to be changed.
BEGIN TRANSACTION;
CREATE TABLE "activity" ( "id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "position" INTEGER NOT NULL, "enabled" INTEGER NOT NULL DEFAULT 1, "match" TEXT NOT NULL DEFAULT 'word', "words" TEXT NOT NULL DEFAULT '[]', "sender" TEXT NOT NULL DEFAULT 'anybody', "group_id" INTEGER, "connection_id" INTEGER, "starts" INTEGER NOT NULL DEFAULT 0, "ends" INTEGER NOT NULL DEFAULT 0, "weekdays" INTEGER NOT NULL DEFAULT 127, "fired" INTEGER NOT NULL DEFAULT 0, "last_fired_at" INTEGER, "created_at" INTEGER NOT NULL );
INSERT INTO "activity" VALUES
(1,'Help',1,1,'word','["help", "hilfe"]','group',1,NULL,0,0,127,2,1800086400000,1800000000000),
(2,'Straße',2,0,'word','["straße"]','anybody',NULL,1,0,0,127,0,NULL,1800000000000);
CREATE TABLE "activity_action" ( "id" INTEGER NOT NULL PRIMARY KEY, "activity_id" INTEGER NOT NULL REFERENCES "activity" ("id") ON DELETE CASCADE, "position" INTEGER NOT NULL, "kind" TEXT NOT NULL, "text" TEXT NOT NULL DEFAULT '', "recipients" TEXT NOT NULL DEFAULT '[]', "group_id" INTEGER, "url" TEXT NOT NULL DEFAULT '', "secret" TEXT NOT NULL DEFAULT '' );
INSERT INTO "activity_action" VALUES
(1,1,1,'reply','We come, {name}','[]',NULL,'',''),
(2,1,2,'forward','','[{"group": 1}, {"person": 2}, {"number": "+254711000003"}]',NULL,'',''),
(3,1,3,'join','','[]',2,'',''),
(4,1,4,'webhook','','[]',NULL,'https://example.org/x','s3cret'),
(5,2,1,'leave','','[]',2,'',''),
(6,2,2,'reply','ok','[]',NULL,'','');
CREATE TABLE "activity_run" ( "id" INTEGER NOT NULL PRIMARY KEY, "message_id" INTEGER NOT NULL REFERENCES "message" ("id") ON DELETE CASCADE, "activity_id" INTEGER NOT NULL, "name" TEXT NOT NULL, "at" INTEGER NOT NULL );
INSERT INTO "activity_run" VALUES
(1,16,1,'Help',1800086400000),
(2,18,1,'Help',1800086400000);
CREATE TABLE "activity_step" ( "id" INTEGER NOT NULL PRIMARY KEY, "run_id" INTEGER NOT NULL REFERENCES "activity_run" ("id") ON DELETE CASCADE, "action_id" INTEGER NOT NULL, "kind" TEXT NOT NULL, "text" TEXT NOT NULL DEFAULT '', "recipients" TEXT NOT NULL DEFAULT '[]', "group_id" INTEGER, "state" TEXT NOT NULL DEFAULT 'waiting', "state_at" INTEGER NOT NULL, "due_at" INTEGER NOT NULL, "tries" INTEGER NOT NULL DEFAULT 0, "words" TEXT NOT NULL DEFAULT '', "made_id" INTEGER REFERENCES "message" ("id") ON DELETE SET NULL );
INSERT INTO "activity_step" VALUES
(1,1,1,'reply','We come, {name}','[]',NULL,'done',1800086400001,1800086400000,0,'Replied.',NULL),
(2,1,2,'forward','','[{"group": 1}, {"person": 2}, {"number": "+254711000003"}]',NULL,'waiting',1800086400000,1800086400000,0,'',NULL),
(3,1,3,'join','','[]',2,'waiting',1800086400000,1800086400000,0,'',NULL),
(4,1,4,'webhook','','[]',NULL,'calling',1800086400001,1800086400000,0,'',NULL),
(5,2,2,'forward','','[{"group": 1}, {"person": 2}, {"number": "+254711000003"}]',NULL,'waiting',1800086400000,1800086400000,0,'',NULL);
CREATE TABLE "attempt" ( "id" INTEGER NOT NULL PRIMARY KEY, "dispatch_id" INTEGER NOT NULL REFERENCES "dispatch" ("id") ON DELETE CASCADE, "at" INTEGER NOT NULL, "connection_id" INTEGER REFERENCES "connection" ("id"), "seq" INTEGER NOT NULL DEFAULT 0, "outcome" TEXT NOT NULL, "code" TEXT NOT NULL DEFAULT '', "reason" TEXT NOT NULL DEFAULT '' );
INSERT INTO "attempt" VALUES
(1,7,1800000060002,1,1,'failed','CMS 1','The network refused the number.'),
(2,8,1800000060002,1,1,'retry','CMS 42','The network is busy.'),
(3,9,1800000060003,1,1,'uncertain','','The modem was unplugged.'),
(4,10,1800000000010,NULL,0,'cancelled','','Withdrawn by root.'),
(5,11,1800000000000,NULL,0,'failed','','Expired: it could not be sent before its validity ended.'),
(6,12,1800000060000,1,1,'failed','CMS 21','No credit.'),
(7,12,1800003600000,NULL,0,'resent','','Sent again by root.'),
(8,6,1800000240000,NULL,2,'failed','TP-ST 70','Not delivered: not delivered in time, the network gave up.'),
(9,15,1800000000001,NULL,0,'failed','','This number is blocked. To write to it again, unblock it under People.');
CREATE TABLE "audit" ( "id" INTEGER NOT NULL PRIMARY KEY, "at" INTEGER NOT NULL, "who" TEXT NOT NULL, "action" TEXT NOT NULL, "detail" TEXT NOT NULL DEFAULT '' );
INSERT INTO "audit" VALUES
(1,1800000000000,'root','first run','administrator''s name and password set'),
(2,1800000000000,'root','user added','ann, user'),
(3,1800000000000,'root','user added','op, operator'),
(4,1800000000000,'root','user added','gone, viewer'),
(5,1800000000001,'root','user disabled','op'),
(6,1800000000000,'root','signed in','from 192.0.2.7'),
(7,1800000000001,'ann','signed in','from 2001:db8::1'),
(8,1800000000000,'root','token added','till: send read'),
(9,1800000000000,'root','token added','old: send read'),
(10,1800000000002,'root','token revoked','old'),
(11,1800000000010,'root','cancel','1 SMS'),
(12,1800003600000,'root','resend','1 SMS'),
(13,1800087000000,'root','delete','3 messages'),
(14,1800087000001,'root','delete','2 messages'),
(15,1800087000002,'root','restore','1 message to +254711000001'),
(16,1800000000000,'root','block','+254711000099'),
(17,1800000000001,'+254711000003','block','+254711000003 wrote STOP'),
(18,1800000000000,'root','block','+254711000098'),
(19,1800000000002,'root','unblock','+254711000098'),
(20,1800000000005,'root','schedule_paused','4'),
(21,1800000000006,'root','schedule_cancelled','1'),
(22,1800000000000,'root','make activity','Help'),
(23,1800000000000,'root','make activity','Straße');
CREATE TABLE "auto_reply" ( "id" INTEGER NOT NULL PRIMARY KEY, "number" TEXT NOT NULL, "at" INTEGER NOT NULL );
INSERT INTO "auto_reply" VALUES
(1,'+254711000001',1800086400000);
CREATE TABLE "blocked" ( "number" TEXT NOT NULL PRIMARY KEY, "at" INTEGER NOT NULL, "who" TEXT NOT NULL DEFAULT '', "word" TEXT NOT NULL DEFAULT '' );
INSERT INTO "blocked" VALUES
('+254711000099',1800000000000,'root',''),
('+254711000003',1800000000001,'','STOP');
CREATE TABLE "connection" ( "id" INTEGER NOT NULL PRIMARY KEY, "sim_key" TEXT NOT NULL, "iccid" TEXT NOT NULL DEFAULT '', "imsi" TEXT NOT NULL DEFAULT '', "name" TEXT NOT NULL, "number" TEXT NOT NULL DEFAULT '', "pin" TEXT NOT NULL DEFAULT '', "pin_tried" TEXT NOT NULL DEFAULT '', "send_enabled" INTEGER NOT NULL DEFAULT 1, "receive_enabled" INTEGER NOT NULL DEFAULT 1, "position" INTEGER NOT NULL DEFAULT 0, "created_at" INTEGER NOT NULL, "last_up_at" INTEGER , "send_roaming" INTEGER NOT NULL DEFAULT 1, "reports" INTEGER NOT NULL DEFAULT 1, "hang_up" INTEGER NOT NULL DEFAULT 0, "per_minute" INTEGER, "per_hour" INTEGER, "per_day" INTEGER, "pin_tries" INTEGER, "pin_confirmed" INTEGER NOT NULL DEFAULT 0, "forgotten_at" INTEGER);
INSERT INTO "connection" VALUES
(1,'8925402000000000001','8925402000000000001','639020000000001','Büro','+254700000001','1234','1234',1,1,1,1800000000000,1800000000000,1,0,1,6,100,500,3,0,NULL),
(2,'8925402000000000002','8925402000000000002','639030000000002','Store','','0042','',0,1,2,1800000000001,1800000000001,0,1,0,NULL,NULL,NULL,2,0,NULL),
(3,'8925402000000000003','8925402000000000003','','SIM 3','','','',1,1,3,1800000000002,1800000000002,1,1,0,NULL,NULL,NULL,NULL,0,1800000000005);
CREATE TABLE "contact" ( "id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "number" TEXT NOT NULL DEFAULT '', "notes" TEXT NOT NULL DEFAULT '', "fields" TEXT NOT NULL DEFAULT '{}', "sort" TEXT NOT NULL, "search" TEXT NOT NULL, "created_at" INTEGER NOT NULL, "changed_at" INTEGER NOT NULL );
INSERT INTO "contact" VALUES
(1,'Ann Ärmel','+254711000001','calls
at night','{"1": "Kisumu"}','ann armel',' ann armel +254711000001 254711000001',1800000000000,1800000000000),
(2,'bob','+254711000002','','{}','bob',' bob +254711000002 254711000002',1800000000001,1800000000001),
(3,'نورة','+254711000009','','{}','نورة',' نورة +254711000009 254711000009',1800000000002,1800000000002),
(4,'Łukasz','','no number','{"2": "XL"}','łukasz',' łukasz',1800000000003,1800000000003),
(5,'','+254711000010','','{}','􏿿254711000010','  +254711000010 254711000010',1800000000004,1800000000004);
CREATE TABLE "credit_check" ( "id" INTEGER NOT NULL PRIMARY KEY, "connection_id" INTEGER NOT NULL REFERENCES "connection" ("id") ON DELETE CASCADE, "at" INTEGER NOT NULL, "kind" TEXT NOT NULL DEFAULT 'check', "answer" TEXT NOT NULL DEFAULT '', "balance" INTEGER, "currency" TEXT NOT NULL DEFAULT '', "trouble" TEXT NOT NULL DEFAULT '', "last_part" INTEGER NOT NULL DEFAULT 0);
INSERT INTO "credit_check" VALUES
(1,1,1800000000000,'check','Bal: KES 120.50',120500,'KES','',0),
(2,1,1800003600000,'check','Try again later',NULL,'','No number was found in the answer.',0);
CREATE TABLE "credit_setting" ( "connection_id" INTEGER NOT NULL PRIMARY KEY REFERENCES "connection" ("id") ON DELETE CASCADE, "code" TEXT NOT NULL DEFAULT '', "pattern" TEXT NOT NULL DEFAULT '', "every_hours" INTEGER NOT NULL DEFAULT 0, "after_sms" INTEGER NOT NULL DEFAULT 0, "warn_below" INTEGER, "hold_below" INTEGER);
INSERT INTO "credit_setting" VALUES
(1,'*144#','KES ([\d.]+)',12,50,50000,5500);
CREATE TABLE "dispatch" ( "id" INTEGER NOT NULL PRIMARY KEY, "message_id" INTEGER NOT NULL REFERENCES "message" ("id") ON DELETE CASCADE, "number" TEXT NOT NULL, "state" TEXT NOT NULL, "state_at" INTEGER NOT NULL, "due_at" INTEGER NOT NULL, "valid_until" INTEGER, "priority" INTEGER NOT NULL DEFAULT 0, "wanted" INTEGER NOT NULL DEFAULT 0, "held" INTEGER NOT NULL DEFAULT 0, "waiting" INTEGER NOT NULL DEFAULT 0, "connection_id" INTEGER REFERENCES "connection" ("id"), "avoid" TEXT NOT NULL DEFAULT '', "attempts" INTEGER NOT NULL DEFAULT 0, "reason" TEXT NOT NULL DEFAULT '', "code" TEXT NOT NULL DEFAULT '', "parts" INTEGER NOT NULL DEFAULT 1, "reference" INTEGER, "sent_at" INTEGER, "delivered_at" INTEGER , "text" TEXT);
INSERT INTO "dispatch" VALUES
(1,1,'+254711000001','pending',1800000000000,1800000000000,1800173400002,0,1,0,0,NULL,'',0,'','',1,NULL,NULL,NULL,NULL),
(2,2,'+254711000002','sending',1800000060000,1800000000001,1800086400001,0,0,1,0,1,'',0,'','',1,NULL,NULL,NULL,NULL),
(3,3,'+254711000001','sent',1800000060000,1800000000002,1800086400002,0,0,0,0,1,'',0,'','',1,NULL,1800000060000,NULL,NULL),
(4,4,'+254711000001','delivered',1800000180000,1800000000003,1800086400003,0,0,1,0,1,'',0,'','',1,NULL,1800000060000,1800000180000,NULL),
(5,5,'+254711000002','sending',1800000060000,1800000000004,1800086400004,0,1,0,0,1,'',0,'','',3,7,NULL,NULL,NULL),
(6,6,'+254711000003','failed',1800000240000,1800000000005,1800086400005,0,2,0,0,2,'',0,'Not delivered: not delivered in time, the network gave up.','TP-ST 70',2,7,1800000060001,NULL,NULL),
(7,7,'+254711000020','failed',1800000060002,1800000000006,1800086400006,0,0,1,0,1,'',1,'The network refused the number.','CMS 1',1,NULL,NULL,NULL,NULL),
(8,8,'+254711000021','pending',1800000060002,1800003600000,1800086400007,0,0,0,0,1,'1',1,'The network is busy.','CMS 42',1,NULL,NULL,NULL,NULL),
(9,9,'+254711000022','uncertain',1800000060003,1800000000008,1800086400008,0,0,0,0,1,'',0,'The modem was unplugged.','',1,NULL,NULL,NULL,NULL),
(10,10,'+254711000023','cancelled',1800000000010,1800000000009,1800086400009,0,0,0,0,NULL,'',0,'Withdrawn by root.','',1,NULL,NULL,NULL,NULL),
(11,11,'+254711000024','failed',1800000000000,1799740800000,1799827200000,0,0,0,0,NULL,'',0,'Expired: it could not be sent before its validity ended.','',1,NULL,NULL,NULL,NULL),
(12,12,'+254711000025','pending',1800003600000,1800003600000,1800090000000,0,0,0,0,1,'',0,'','',1,NULL,NULL,NULL,NULL),
(13,13,'+254711000001','pending',1800000000012,1800000000012,1800086400012,5,0,0,0,NULL,'',0,'','',1,NULL,NULL,NULL,NULL),
(14,13,'+254711000002','pending',1800000000012,1800000000012,1800086400012,5,0,0,0,NULL,'',0,'','',1,NULL,NULL,NULL,NULL),
(15,13,'+254711000003','failed',1800000000001,1800000000012,1800086400012,5,0,0,0,NULL,'',0,'This number is blocked. To write to it again, unblock it under People.','',1,NULL,NULL,NULL,NULL),
(16,13,'+254711000026','pending',1800000000012,1800000000012,1800086400012,5,0,0,0,NULL,'',0,'','',1,NULL,NULL,NULL,NULL),
(17,14,'+254711000001','pending',1800000000013,1800000000013,1800086400013,0,0,0,0,NULL,'',0,'','',1,NULL,NULL,NULL,NULL),
(18,15,'+254711000001','pending',1800000000014,1800000000014,1800086400014,0,0,0,0,NULL,'',0,'','',1,NULL,NULL,NULL,'Hello Ann'),
(19,15,'+254711000002','pending',1800000000014,1800000000014,1800086400014,0,0,0,0,NULL,'',0,'','',1,NULL,NULL,NULL,'Hello Bob'),
(20,32,'+254711000001','pending',1800000000020,1800000000020,1800086400000,0,0,0,0,NULL,'',0,'','',1,NULL,NULL,NULL,NULL);
CREATE VIRTUAL TABLE found USING fts5(words, content='', columnsize=0, detail=none, tokenize="ascii tokenchars '@+*#'");
CREATE TABLE "group" ( "id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "sort" TEXT NOT NULL, "created_at" INTEGER NOT NULL );
INSERT INTO "group" VALUES
(1,'Farmers','farmers',1800000000000),
(2,'Łódź','łodz',1800000000000),
(3,'Vide','vide',1800000000000),
(4,'Lodz','lodz',1800000000000);
CREATE TABLE "import" ( "id" INTEGER NOT NULL PRIMARY KEY, "at" INTEGER NOT NULL, "who" TEXT NOT NULL, "name" TEXT NOT NULL, "content" BLOB NOT NULL, "plan" TEXT NOT NULL DEFAULT '', "state" TEXT NOT NULL DEFAULT 'new', "total" INTEGER NOT NULL DEFAULT 0, "done" INTEGER NOT NULL DEFAULT 0, "added" INTEGER NOT NULL DEFAULT 0, "updated" INTEGER NOT NULL DEFAULT 0, "skipped" INTEGER NOT NULL DEFAULT 0, "bad" TEXT NOT NULL DEFAULT '' );
INSERT INTO "import" VALUES
(1,1800000000000,'root','people.csv',X'','{"name": 0, "number": 1}','done',2,2,1,0,0,'name,number,problem
X,12,too short
'),
(2,1800000000001,'root','later.csv',X'6E616D652C6E756D6265720A416E6E2C2B3235343731313030303030310A582C31320A','','new',0,0,0,0,0,'');
CREATE TABLE "incoming" ( "id" INTEGER NOT NULL PRIMARY KEY, "connection_id" INTEGER REFERENCES "connection" ("id"), "digest" TEXT NOT NULL, "pdu" TEXT NOT NULL, "memory" TEXT NOT NULL DEFAULT '', "slot" INTEGER NOT NULL DEFAULT -1, "length" INTEGER, "arrived_at" INTEGER NOT NULL, "erased_at" INTEGER, "kind" TEXT NOT NULL, "sender" TEXT NOT NULL DEFAULT '', "sent_at" INTEGER, "ref_bits" INTEGER NOT NULL DEFAULT 0, "ref" INTEGER NOT NULL DEFAULT 0, "total" INTEGER NOT NULL DEFAULT 1, "seq" INTEGER NOT NULL DEFAULT 1, "set_id" INTEGER, "mr" INTEGER, "status" INTEGER, "message_id" INTEGER REFERENCES "message" ("id") ON DELETE SET NULL, "part_id" INTEGER REFERENCES "part" ("id") ON DELETE SET NULL, "error" TEXT NOT NULL DEFAULT '' , "pid" INTEGER NOT NULL DEFAULT 0);
INSERT INTO "incoming" VALUES
(1,1,'549e4589410bceaeb8845d03be495c9f85b7d048221b47fa824e565b7761cfca','0006060C91527411000010721051801000007210518020000000','',-1,NULL,1800000180000,NULL,'report','+254711000001',1800000060000,0,0,1,1,NULL,6,0,NULL,3,'',0),
(2,1,'96d7fa7f63506f680ea6882271278822130005aeb127bc9063cf05bcdb4e7afe','00061F0C91527411000030721051801000007210518020000046','SR',3,NULL,1800000180000,NULL,'report','+254711000003',1800000060000,0,0,1,1,NULL,31,70,NULL,NULL,'',0),
(3,1,'8d974d1d43cbf3f576998e74d502afd6e526067647fe638fa1fdab27aa8f7ec4','0006C80C91527499000000721051800000007210518000000000','SR',4,NULL,1800000180000,NULL,'report','+254799000000',1800000000000,0,0,1,1,NULL,200,0,NULL,NULL,'',0),
(4,2,'e74cad692703af0d8c84bd0fcccce3b8fbe04143fc370b0a66ef6dced07b34d6','00061E0C91527411000030721051801000007210518020000000','',-1,NULL,1800000240000,NULL,'report','+254711000003',1800000060000,0,0,1,1,NULL,30,0,NULL,7,'',0),
(5,2,'96d7fa7f63506f680ea6882271278822130005aeb127bc9063cf05bcdb4e7afe','00061F0C91527411000030721051801000007210518020000046','SR',5,NULL,1800000240000,NULL,'report','+254711000003',1800000060000,0,0,1,1,NULL,31,70,NULL,8,'',0),
(6,1,'bc8ce339993294d8009d9d4e6fd902e3ad1f88fa7262961d5bd7dc7a452bb7a0','00040C915274110000100008721051800000002C00680065006C00700020006D0065002C002000620069007400740065003A0020005300740072006100DF0065','SM',1,NULL,1800000600000,1800000600001,'deliver','1.1:254711000001',1800000000000,0,0,1,1,NULL,NULL,NULL,16,NULL,'',0),
(7,1,'10724dc42db752ee4dfe079999df8561b2e174135082918f2962dba77d816ad2','00040C9152741100002000087210518010000018007200650061006400200061006C00720065006100640079','',-1,NULL,1800000600002,NULL,'deliver','1.1:254711000002',1800000060000,0,0,1,1,NULL,NULL,NULL,17,NULL,'',0),
(8,1,'555e102b5875a0752d280d10aeb30fdefc25a21aed473c07fc282a79ec558e41','00440C915274110000100008721051800000001405000309020100660069007200730074002C0020','',-1,NULL,1800000600004,NULL,'deliver','1.1:254711000001',1800000000000,8,9,2,1,8,NULL,NULL,18,NULL,'',0),
(9,1,'e0102703310809d5e474cb893a80e990c9399331c7eae2f3d94c4be2e3eba099','00440C915274110000100008721051800000001A0500030902020061006E00640020007300650063006F006E0064','',-1,NULL,1800000600004,NULL,'deliver','1.1:254711000001',1800000000000,8,9,2,2,8,NULL,NULL,18,NULL,'',0),
(10,1,'28018d0f0423c84669ca7299c6993735f65a0aa3e5e85efba52a1618ad52a40f','00440C915274110000300008721051800000002F060804012C0302006F006E006C007900200074006800650020007300650063006F006E006400200070006100720074','',-1,NULL,1800000600005,NULL,'deliver','1.1:254711000003',1800000000000,16,300,3,2,10,NULL,NULL,NULL,NULL,'',0),
(11,1,'4da1e8b3824957dc2ef1f81497712bb7396b2ef7bb062d0fd57e4df990a070f4','00440C915274110000030008721051800000002E0500030B02010067006900760065006E002000750070003A0020006F006E00650020006F0066002000740077006F','',-1,NULL,1799741400000,NULL,'deliver','1.1:254711000030',1800000000000,8,11,2,1,11,NULL,NULL,19,NULL,'',0),
(12,1,'dc8debde64ef3b213c2677bccf7936d39a045947319993497bee9ddf21b2b12a','0004FFFFFF','',-1,NULL,1800000600006,NULL,'raw','',NULL,0,0,1,1,NULL,NULL,NULL,20,NULL,'sender.value, octet 4: 128 octets expected, 1 left',0),
(13,1,'e85667c677500f513007f090dc33c911c17c8118d8682441dac487efd05fb62a','07not hex','',-1,NULL,1800000600006,NULL,'raw','',NULL,0,0,1,1,NULL,NULL,NULL,21,NULL,'sender.length, octet 1: the message ends here',0),
(14,1,'e9b5b3016c39db1f368fb001cbf89112910e77b2b1c7734d7273c64fb264fdf0','00040C91527411000010000472105180000000030001FF','',-1,NULL,1800000600007,NULL,'deliver','1.1:254711000001',1800000000000,0,0,1,1,NULL,NULL,NULL,22,NULL,'',0),
(15,2,'6487a6dc4141d05d0935728c5b03fef7867403ff0bc92212fb50a87002e2777b','00040C915274110000900008FFFFFFFFFFFFFF1006450631062D062806270020D83DDE00','',-1,NULL,1800000600008,NULL,'deliver','1.1:254711000009',NULL,0,0,1,1,NULL,NULL,NULL,23,NULL,'',0),
(16,1,'5ce127ddc55c2eec78367a0afe1dbbf2896d66c3ee37b065475b57df831a0439','000405812143F50008721051800000001600660072006F006D0020006100200077006F00720064','',-1,NULL,1800000600009,NULL,'deliver','0.1:12345',1800000000000,0,0,1,1,NULL,NULL,NULL,24,NULL,'',0),
(17,1,'9faab64f8d3931ecb75d20db967c0bdcf92fa5573da231cb1d3dde4360ec34ad','00040C9152741100002041087210518000000010007200650070006C0061006300650064','',-1,NULL,1800000600010,NULL,'deliver','1.1:254711000002',1800000000000,0,0,1,1,NULL,NULL,NULL,25,NULL,'',65),
(18,1,'d9e113047279fb2f4b701ad8dc4dba084afef06de4f281ff5fb6ae6d2c113ae3','00040C9152741100002041087210519000000012007200650070006C006100630069006E0067','',-1,NULL,1800000600011,NULL,'deliver','1.1:254711000002',1800003600000,0,0,1,1,NULL,NULL,NULL,26,NULL,'',65),
(19,1,'c0cc2a32126f0160ef867bfe43827af6060e23cdf6a2409fedad5a66bcd17459','00040C915274110000300008721051800000000800530054004F0050','',-1,NULL,1800000600012,NULL,'deliver','1.1:254711000003',1800000000000,0,0,1,1,NULL,NULL,NULL,27,NULL,'',0),
(20,1,'c6f340e68356131020119c4f1f63ece17ed74f0b54ca96b1079f7c252b1b5201','00040C91527411000020000872105190000000280044006F00200141006F0064007A00690020006900200625064406490020062706440628064A062A','',-1,NULL,1800000600013,NULL,'deliver','1.1:254711000002',1800003600000,0,0,1,1,NULL,NULL,NULL,28,NULL,'',0);
CREATE TABLE "job" ( "id" INTEGER NOT NULL PRIMARY KEY, "at" INTEGER NOT NULL, "who" TEXT NOT NULL DEFAULT '', "kind" TEXT NOT NULL, "task" TEXT NOT NULL DEFAULT '', "state" TEXT NOT NULL DEFAULT 'running', "total" INTEGER NOT NULL DEFAULT 0, "done" INTEGER NOT NULL DEFAULT 0, "place" TEXT NOT NULL DEFAULT '', "result" TEXT NOT NULL DEFAULT '', "trouble" TEXT NOT NULL DEFAULT '', "ended_at" INTEGER );
INSERT INTO "job" VALUES
(1,1800000000000,'root','delete','{"ids": [1]}','running',10,4,'{"after": 4}','','',NULL),
(2,1800000000001,'root','export','{}','done',3,3,'','3 messages.','',1800000000009),
(3,1800000000002,'ann','delete','{}','failed',3,0,'','','The disk is full.',1800000000009);
CREATE TABLE "membership" ( "id" INTEGER NOT NULL PRIMARY KEY, "group_id" INTEGER NOT NULL REFERENCES "group" ("id") ON DELETE CASCADE, "contact_id" INTEGER NOT NULL REFERENCES "contact" ("id") ON DELETE CASCADE );
INSERT INTO "membership" VALUES
(1,1,1),
(2,1,2),
(3,2,1),
(4,3,2);
CREATE TABLE "message" ( "id" INTEGER NOT NULL PRIMARY KEY, "direction" TEXT NOT NULL, "kind" TEXT NOT NULL DEFAULT 'sms', "text" TEXT NOT NULL, "peer" TEXT NOT NULL DEFAULT '', "created_at" INTEGER NOT NULL, "sent_at" INTEGER, "sent_offset" INTEGER, "connection_id" INTEGER REFERENCES "connection" ("id"), "client_id" TEXT, "author" TEXT NOT NULL DEFAULT '', "origin" TEXT NOT NULL DEFAULT 'page', "with_report" INTEGER NOT NULL DEFAULT 1, "when_uncertain" TEXT NOT NULL DEFAULT 'hold', "note" TEXT NOT NULL DEFAULT '', "complete" INTEGER NOT NULL DEFAULT 1, "read_at" INTEGER, "deleted_at" INTEGER , "flash" INTEGER NOT NULL DEFAULT 0, "triggered" INTEGER);
INSERT INTO "message" VALUES
(1,'out','sms','waits for its turn','',1800000000000,NULL,NULL,1,'c-1','root','page',1,'hold','',1,NULL,NULL,0,NULL),
(2,'out','sms','handed over, no answer','',1800000000001,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,1800087000001,0,NULL),
(3,'out','sms','sent, no report yet: Grüße','',1800000000002,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL,0,NULL),
(4,'out','sms','delivered','',1800000000003,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,1800087000000,0,NULL),
(5,'out','sms','three parts, one of them sent','',1800000000004,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL,0,NULL),
(6,'out','sms','it is ''quoted'';
	in two lines','',1800000000005,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL,0,NULL),
(7,'out','sms','refused for good','',1800000000006,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,1800087000000,0,NULL),
(8,'out','sms','tried again later','',1800000000007,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL,0,NULL),
(9,'out','sms','nobody knows','',1800000000008,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL,0,NULL),
(10,'out','sms','cancelled','',1800000000009,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL,0,NULL),
(11,'out','sms','expired','',1799740800000,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL,0,NULL),
(12,'out','sms','sent again','',1800000000011,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL,0,NULL),
(13,'out','sms','Meeting at 5, réunion','',1800000000012,NULL,NULL,NULL,NULL,'root','api',0,'resend','',1,NULL,1800087000003,0,NULL),
(14,'out','sms','flash','',1800000000013,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL,1,NULL),
(15,'out','sms','Hello {name}','',1800000000014,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL,0,NULL),
(16,'in','sms','help me, bitte: Straße','+254711000001',1800000600000,1800000000000,0,1,NULL,'','radio',1,'hold','',1,NULL,NULL,0,1),
(17,'in','sms','read already','+254711000002',1800000600002,1800000060000,0,1,NULL,'','radio',1,'hold','',1,1800000600003,NULL,0,0),
(18,'in','sms','first, and second','+254711000001',1800000600004,1800000000000,0,1,NULL,'','radio',1,'hold','',1,NULL,NULL,0,1),
(19,'in','sms','given up: one of two[part 2 of 2 missing]','+254711000030',1800000600000,1800000000000,0,1,NULL,'','radio',1,'hold','Part 2 of 2 is missing. It is added if it still arrives.',0,NULL,NULL,0,NULL),
(20,'in','sms','0004FFFFFF','',1800000600006,NULL,NULL,1,NULL,'','radio',1,'hold','This message could not be decoded and is shown as it came (sender.value, octet 4: 128 octets expected, 1 left).',1,NULL,NULL,0,0),
(21,'in','sms','07not hex','',1800000600006,NULL,NULL,1,NULL,'','radio',1,'hold','This message could not be decoded and is shown as it came (sender.length, octet 1: the message ends here).',1,NULL,1800087000000,0,0),
(22,'in','sms','[Data message, 3 octets]','+254711000001',1800000600007,1800000000000,0,1,NULL,'','radio',1,'hold','Data: 0001FF',1,NULL,NULL,0,0),
(23,'in','sms','مرحبا 😀','+254711000009',1800000600008,NULL,NULL,2,NULL,'','radio',1,'hold','',1,NULL,NULL,0,NULL),
(24,'in','sms','from a word','12345',1800000600009,1800000000000,0,1,NULL,'','radio',1,'hold','',1,NULL,NULL,0,NULL),
(25,'in','sms','replaced','+254711000002',1800000600010,1800000000000,0,1,NULL,'','radio',1,'hold','Replaced by a later message of the same sender.',1,NULL,1800000600011,0,NULL),
(26,'in','sms','replacing','+254711000002',1800000600011,1800003600000,0,1,NULL,'','radio',1,'hold','',1,NULL,NULL,0,NULL),
(27,'in','sms','STOP','+254711000003',1800000600012,1800000000000,0,1,NULL,'','radio',1,'hold','',1,NULL,NULL,0,NULL),
(28,'in','sms','Do Łodzi i إلى البيت','+254711000002',1800000600013,1800003600000,0,1,NULL,'','radio',1,'hold','',1,NULL,NULL,0,NULL),
(29,'in','call','','+254711000001',1800000600013,NULL,NULL,1,NULL,'','radio',1,'hold','Missed call.',1,NULL,NULL,0,NULL),
(30,'in','call','','',1800000600014,NULL,NULL,1,NULL,'','radio',1,'hold','Missed call.',1,NULL,NULL,0,NULL),
(31,'in','call','','+254711000002',1800007800000,NULL,NULL,2,NULL,'','radio',1,'hold','Missed call.',1,NULL,NULL,0,NULL),
(32,'out','sms','every week Ann','',1800000000020,NULL,NULL,NULL,NULL,'','page',1,'hold','',1,NULL,NULL,0,NULL);
CREATE TABLE "modem" ( "id" INTEGER NOT NULL PRIMARY KEY, "imei" TEXT NOT NULL, "usb_path" TEXT NOT NULL DEFAULT '', "manufacturer" TEXT NOT NULL DEFAULT '', "model" TEXT NOT NULL DEFAULT '', "firmware" TEXT NOT NULL DEFAULT '', "port" TEXT NOT NULL DEFAULT '', "created_at" INTEGER NOT NULL, "last_seen_at" INTEGER NOT NULL );
INSERT INTO "modem" VALUES
(1,'860000000000001','1-1.1','HUAWEI','E3372','21.200','/dev/ttyUSB1',1800000000001,1800000000001),
(2,'860000000000002','1-1.2','HUAWEI','E3372','21.200','/dev/ttyUSB2',1800000000002,1800000000002);
CREATE TABLE "own_field" ( "id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "sort" TEXT NOT NULL );
INSERT INTO "own_field" VALUES
(1,'Town','town'),
(2,'Größe','grosse');
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
CREATE TABLE "party" ( "number" TEXT NOT NULL PRIMARY KEY ) WITHOUT ROWID;
INSERT INTO "party" VALUES
('+254711000001'),
('+254711000002'),
('+254711000003'),
('+254711000009'),
('+254711000020'),
('+254711000021'),
('+254711000022'),
('+254711000023'),
('+254711000024'),
('+254711000025'),
('+254711000026'),
('+254711000030'),
('12345');
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
CREATE TABLE "schedule" ( "id" INTEGER NOT NULL PRIMARY KEY, "text" TEXT NOT NULL, "recipients" TEXT NOT NULL, "connection" INTEGER, "with_report" INTEGER NOT NULL DEFAULT 1, "when_uncertain" TEXT NOT NULL DEFAULT 'hold', "flash" INTEGER NOT NULL DEFAULT 0, "fill" INTEGER NOT NULL DEFAULT 0, "priority" INTEGER NOT NULL DEFAULT 0, "ttl_seconds" INTEGER, "client_id" TEXT, "author" TEXT NOT NULL DEFAULT '', "origin" TEXT NOT NULL DEFAULT 'page', "created_at" INTEGER NOT NULL, "changed_at" INTEGER NOT NULL, "start" TEXT NOT NULL, "unit" TEXT NOT NULL, "every" INTEGER NOT NULL DEFAULT 1, "weekdays" TEXT NOT NULL DEFAULT '', "until" TEXT NOT NULL DEFAULT '', "zone" TEXT NOT NULL DEFAULT '', "state" TEXT NOT NULL DEFAULT 'active', "next_wall" TEXT, "next_at" INTEGER, "zone_used" TEXT NOT NULL DEFAULT '', "version" INTEGER NOT NULL DEFAULT 0 );
INSERT INTO "schedule" VALUES
(1,'once','[{"kind": "number", "number": "+254711000001"}]',NULL,1,'hold',0,0,0,NULL,'s-1','root','page',1800000000000,1800000000006,'2027-02-01T09:30:00','once',1,'','','Africa/Nairobi','cancelled',NULL,NULL,'Africa/Nairobi',1),
(2,'every week {name}','[{"kind": "person", "id": 1}, {"kind": "group", "id": 1}]',NULL,1,'hold',0,0,0,NULL,NULL,'root','page',1800000000000,1800086400000,'2027-02-01T09:30:00','week',1,'0 3','2027-12-31','Africa/Nairobi','active','2027-02-04T09:30:00',1801722600000,'Africa/Nairobi',1),
(3,'every 2nd month','[{"kind": "number", "number": "+254711000002"}]',NULL,1,'hold',0,0,0,NULL,NULL,'root','page',1800000000000,1800000000000,'2027-02-01T09:30:00','month',2,'','','Africa/Nairobi','active','2027-02-01T09:30:00',1801463400000,'Africa/Nairobi',0),
(4,'daily','[{"kind": "number", "number": "+254711000003"}]',NULL,1,'hold',0,0,0,NULL,NULL,'root','page',1800000000000,1800000000005,'2027-02-01T09:30:00','day',1,'','','','paused','2027-02-01T09:30:00',1801463400000,'Africa/Nairobi',1);
CREATE TABLE "schedule_run" ( "id" INTEGER NOT NULL PRIMARY KEY, "schedule_id" INTEGER NOT NULL REFERENCES "schedule" ("id") ON DELETE CASCADE, "at" INTEGER NOT NULL, "planned_at" INTEGER NOT NULL, "last_at" INTEGER NOT NULL, "turns" INTEGER NOT NULL DEFAULT 1, "outcome" TEXT NOT NULL, "words" TEXT NOT NULL DEFAULT '', "message" INTEGER, "unseen" INTEGER NOT NULL DEFAULT 0 );
INSERT INTO "schedule_run" VALUES
(1,2,1800086400000,1801463400000,1801463400000,1,'missed','The box was off.',NULL,1),
(2,2,1800086400000,1801463400000,1801463400000,1,'sent','',32,0);
CREATE TABLE "schema_migration" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(255) NOT NULL, "applied" DATETIME NOT NULL);
INSERT INTO "schema_migration" VALUES
(1,'0001_initial','2027-01-15 08:00:00'),
(2,'0002_radio_settings','2027-01-15 08:00:00'),
(3,'0003_credit','2027-01-15 08:00:00'),
(4,'0004_people','2027-01-15 08:00:00'),
(5,'0005_search','2027-01-15 08:00:00'),
(6,'0006_activities','2027-01-15 08:00:00'),
(7,'0007_schedules','2027-01-15 08:00:00'),
(8,'0008_connections','2027-01-15 08:00:00'),
(9,'0009_roles','2027-01-15 08:00:00'),
(10,'0012_inbox','2027-01-15 08:00:00'),
(11,'0013_settling','2027-01-15 08:00:00');
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
CREATE TABLE "settling" ( "message_id" INTEGER NOT NULL PRIMARY KEY REFERENCES "message" ("id") ON DELETE CASCADE, "gone" INTEGER NOT NULL DEFAULT 0 );
INSERT INTO "settling" VALUES
(13,0);
CREATE TABLE "span" ( "first" INTEGER NOT NULL PRIMARY KEY, "day" INTEGER NOT NULL );
INSERT INTO "span" VALUES
(1,20833),
(11,20830),
(12,20833);
CREATE TABLE "tally" ( "name" TEXT NOT NULL PRIMARY KEY, "value" INTEGER NOT NULL DEFAULT 0 );
INSERT INTO "tally" VALUES
('all',26),
('unread',13),
('sent',1),
('failed',4),
('pending',8),
('untriggered',9),
('received',11),
('calls',3),
('unread_calls',3),
('deleted',6);
CREATE TABLE "token" ( "id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "digest" TEXT NOT NULL, "created_at" INTEGER NOT NULL, "used_at" INTEGER , "scopes" TEXT NOT NULL DEFAULT 'send read', "made_by" TEXT NOT NULL DEFAULT '');
INSERT INTO "token" VALUES
(1,'till','digest-3',1800000000000,1800000060000,'send read','root');
CREATE TABLE "user" ( "id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "password" TEXT NOT NULL DEFAULT '', "role" TEXT NOT NULL DEFAULT 'administrator', "created_at" INTEGER NOT NULL , "disabled" INTEGER NOT NULL DEFAULT 0, "signed_in_at" INTEGER);
INSERT INTO "user" VALUES
(1,'root','scrypt$1','administrator',1800000000000,0,1800000000000),
(2,'ann','scrypt$ann','user',1800000000000,0,1800000000001),
(3,'op','scrypt$op','operator',1800000000000,1,NULL),
(4,'gone','scrypt$gone','viewer',1800000000000,0,NULL);
CREATE TABLE "word" ( "word" TEXT NOT NULL PRIMARY KEY ) WITHOUT ROWID;
INSERT INTO "word" VALUES
('0004ffffff'),
('07not'),
('2'),
('3'),
('5'),
('a'),
('again'),
('already'),
('and'),
('ann'),
('answer'),
('at'),
('bitte'),
('bob'),
('cancelled'),
('data'),
('delivered'),
('do'),
('every'),
('expired'),
('first'),
('flash'),
('for'),
('from'),
('given'),
('good'),
('grusse'),
('handed'),
('hello'),
('help'),
('hex'),
('i'),
('in'),
('is'),
('it'),
('its'),
('knows'),
('later'),
('lines'),
('me'),
('meeting'),
('message'),
('missing'),
('name'),
('no'),
('nobody'),
('octets'),
('of'),
('one'),
('over'),
('part'),
('parts'),
('quoted'),
('read'),
('refused'),
('replaced'),
('replacing'),
('report'),
('reunion'),
('second'),
('sent'),
('stop'),
('strasse'),
('them'),
('three'),
('tried'),
('turn'),
('two'),
('up'),
('waits'),
('week'),
('word'),
('yet'),
('łodzi'),
('البيت'),
('الى'),
('مرحبا'),
('😀');
DELETE FROM "found_config";
INSERT INTO "found_config" VALUES
('version',4);
DELETE FROM "found_data";
INSERT INTO "found_data" VALUES
(1,X'1F78'),
(10,X'0000000002011F00000001100101'),
(2199023255553,X'000002740B3030303034666666666666140204376E6F741501013213010133160101350D010E402B32353437313130303030303101020109010101020407030E01320203080202080102030E013306070E0E0139170D023230070E0131080E0132090E01330A0E01340B0E01350C0E01360D0D0233301302053132333435180101611802046761696E080402066C72656164791102026E641203016E0F11030473776572020201740D010562697474651002026F620F010963616E63656C6C65640A010464617461160208656C6976657265640402016F1C010565766572792002067870697265640B010566697273741202046C6173680E02026F7201060203726F6D180105676976656E1302036F6F64070205727573736503010668616E646564020204656C6C6F0F04017010030178150101691C02016E0602017306020174060301730101056B6E6F77730901056C61746572080204696E65730601026D651003056574696E670D03057373616765160206697373696E671301046E616D650F02016F02010304626F64790901066F637465747316020166050E02026E65050E0203766572020104706172741305017305010671756F746564060104726561641103056675736564070306706C61636564190703696E671A04036F7274030305756E696F6E0D01067365636F6E641203026E740302070203746F701B030572617373651001047468656D0503037265650502047269656408020375726E010202776F060D01027570130105776169747301020365656B2002036F7264180103796574030106C5826F647A691C010AD8A7D984D8A8D98AD8AA1C0502D9891C010AD985D8B1D8ADD8A8D8A7170104F09F988017040D070404041B0C06040504040404040405080408090505070408050C070B0408090807060608060809070404040404040408080705080809070507090506060704090708090606080907060807060706060508060606090D050D');
DELETE FROM "found_idx";
INSERT INTO "found_idx" VALUES
(16,X'',2);
CREATE INDEX "activity_action_activity_id" ON "activity_action" ("activity_id");
CREATE UNIQUE INDEX "activity_run_message_id_activity_id" ON "activity_run" ("message_id", "activity_id");
CREATE INDEX "activity_step_calling" ON "activity_step" ("due_at", "action_id") WHERE state = 'calling';
CREATE INDEX "activity_step_made" ON "activity_step" ("made_id") WHERE made_id IS NOT NULL;
CREATE INDEX "activity_step_run_id" ON "activity_step" ("run_id");
CREATE INDEX "activity_step_waiting" ON "activity_step" ("id") WHERE state = 'waiting';
CREATE INDEX "attempt_dispatch_id" ON "attempt" ("dispatch_id");
CREATE INDEX "auto_reply_number_at" ON "auto_reply" ("number", "at");
CREATE INDEX "blocked_at_number" ON "blocked" ("at", "number");
CREATE UNIQUE INDEX "connection_sim_key" ON "connection" ("sim_key");
CREATE UNIQUE INDEX "contact_number" ON "contact" ("number") WHERE number <> '';
CREATE INDEX "contact_sort_id" ON "contact" ("sort", "id");
CREATE INDEX "credit_check_connection_id_at" ON "credit_check" ("connection_id", "at");
CREATE INDEX "dispatch_causes" ON "dispatch" ("reason") WHERE held = 0 AND state IN ('failed', 'uncertain');
CREATE INDEX "dispatch_expiry" ON "dispatch" ("valid_until") WHERE state = 'pending' AND held = 0 AND valid_until IS NOT NULL;
CREATE INDEX "dispatch_failed" ON "dispatch" ("connection_id", "state_at") WHERE state = 'failed';
CREATE INDEX "dispatch_held_state_message_id" ON "dispatch" ("held", "state", "message_id");
CREATE INDEX "dispatch_message_id" ON "dispatch" ("message_id");
CREATE INDEX "dispatch_number_message_id" ON "dispatch" ("number", "message_id");
CREATE INDEX "dispatch_queue" ON "dispatch" ("held", "wanted", "priority", "due_at", "id", "number", "waiting", "state") WHERE state = 'pending';
CREATE INDEX "dispatch_retrying" ON "dispatch" ("number", "due_at", "id") WHERE state = 'pending' AND attempts > 0;
CREATE INDEX "dispatch_sending" ON "dispatch" ("number", "state") WHERE state = 'sending';
CREATE INDEX "dispatch_sent" ON "dispatch" ("connection_id", "sent_at") WHERE sent_at IS NOT NULL;
CREATE UNIQUE INDEX "group_sort" ON "group" ("sort");
CREATE INDEX "incoming_digest_arrived_at" ON "incoming" ("digest", "arrived_at");
CREATE INDEX "incoming_incomplete" ON "incoming" ("arrived_at") WHERE set_id IS NOT NULL AND message_id IS NULL;
CREATE INDEX "incoming_message" ON "incoming" ("message_id") WHERE message_id IS NOT NULL;
CREATE INDEX "incoming_part" ON "incoming" ("part_id") WHERE part_id IS NOT NULL;
CREATE INDEX "incoming_parts" ON "incoming" ("set_id") WHERE set_id IS NOT NULL;
CREATE INDEX "incoming_replacing" ON "incoming" ("sender", "pid", "id") WHERE pid BETWEEN 65 AND 71;
CREATE INDEX "incoming_set" ON "incoming" ("sender", "ref", "total", "arrived_at") WHERE set_id IS NOT NULL;
CREATE INDEX "incoming_unmatched" ON "incoming" ("connection_id", "mr", "arrived_at") WHERE kind = 'report' AND part_id IS NULL;
CREATE INDEX "job_running" ON "job" ("id") WHERE state = 'running';
CREATE INDEX "membership_contact_id" ON "membership" ("contact_id");
CREATE UNIQUE INDEX "membership_group_id_contact_id" ON "membership" ("group_id", "contact_id");
CREATE INDEX "message_calls" ON "message" ("id") WHERE kind = 'call' AND deleted_at IS NULL;
CREATE UNIQUE INDEX "message_client_id" ON "message" ("client_id");
CREATE INDEX "message_deleted_at_id" ON "message" ("deleted_at", "id");
CREATE INDEX "message_direction_deleted_at_id" ON "message" ("direction", "deleted_at", "id");
CREATE INDEX "message_peer_id" ON "message" ("peer", "id");
CREATE INDEX "message_received" ON "message" ("id") WHERE direction = 'in' AND kind = 'sms' AND deleted_at IS NULL;
CREATE INDEX "message_unread" ON "message" ("id") WHERE direction = 'in' AND read_at IS NULL AND deleted_at IS NULL;
CREATE INDEX "message_untriggered" ON "message" ("id") WHERE direction = 'in' AND kind = 'sms' AND deleted_at IS NULL AND triggered IS NOT 1;
CREATE UNIQUE INDEX "modem_imei_usb_path" ON "modem" ("imei", "usb_path");
CREATE UNIQUE INDEX "own_field_sort" ON "own_field" ("sort");
CREATE UNIQUE INDEX "part_dispatch_id_seq" ON "part" ("dispatch_id", "seq");
CREATE INDEX "part_in_doubt" ON "part" ("connection_id", "submitted_at") WHERE state = 'unknown';
CREATE INDEX "part_reference" ON "part" ("connection_id", "mr", "accepted_at") WHERE mr IS NOT NULL;
CREATE INDEX "routing_rule_connection_id" ON "routing_rule" ("connection_id");
CREATE UNIQUE INDEX "schedule_client_id" ON "schedule" ("client_id");
CREATE INDEX "schedule_run_message" ON "schedule_run" ("message") WHERE message IS NOT NULL;
CREATE INDEX "schedule_run_schedule_id_id" ON "schedule_run" ("schedule_id", "id");
CREATE INDEX "schedule_run_unseen" ON "schedule_run" ("id") WHERE unseen = 1;
CREATE INDEX "schedule_state_next_at_id" ON "schedule" ("state", "next_at", "id");
CREATE UNIQUE INDEX "schema_migration_name" ON "schema_migration" ("name");
CREATE UNIQUE INDEX "session_digest" ON "session" ("digest");
CREATE INDEX "session_user_id" ON "session" ("user_id");
CREATE UNIQUE INDEX "token_digest" ON "token" ("digest");
CREATE UNIQUE INDEX "token_name" ON "token" ("name");
CREATE UNIQUE INDEX "user_name" ON "user" ("name");
CREATE TRIGGER party_of_dispatch AFTER INSERT ON dispatch BEGIN INSERT OR IGNORE INTO party (number) VALUES (NEW.number); END;
CREATE TRIGGER party_of_message AFTER INSERT ON message WHEN NEW.peer <> '' BEGIN INSERT OR IGNORE INTO party (number) VALUES (NEW.peer); END;
CREATE TRIGGER span_begins AFTER INSERT ON message WHEN NEW.created_at / 86400000 IS NOT (SELECT day FROM span WHERE first <= NEW.id ORDER BY first DESC LIMIT 1) BEGIN INSERT OR REPLACE INTO span (first, day) VALUES (NEW.id, NEW.created_at / 86400000); END;
CREATE TRIGGER tally_all_1 AFTER INSERT ON message WHEN NEW.deleted_at IS NULL BEGIN UPDATE tally SET value = value + 1 WHERE name = 'all'; END;
CREATE TRIGGER tally_all_2 AFTER UPDATE OF deleted_at, read_at ON message WHEN (NEW.deleted_at IS NULL) AND NOT (OLD.deleted_at IS NULL) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'all'; END;
CREATE TRIGGER tally_all_3 AFTER UPDATE OF deleted_at, read_at ON message WHEN (OLD.deleted_at IS NULL) AND NOT (NEW.deleted_at IS NULL) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'all'; END;
CREATE TRIGGER tally_all_4 AFTER DELETE ON message WHEN OLD.deleted_at IS NULL BEGIN UPDATE tally SET value = value - 1 WHERE name = 'all'; END;
CREATE TRIGGER tally_calls_1 AFTER INSERT ON message WHEN NEW.deleted_at IS NULL AND NEW.kind = 'call' BEGIN UPDATE tally SET value = value + 1 WHERE name = 'calls'; END;
CREATE TRIGGER tally_calls_2 AFTER UPDATE OF deleted_at, read_at ON message WHEN (NEW.deleted_at IS NULL AND NEW.kind = 'call') AND NOT (OLD.deleted_at IS NULL AND OLD.kind = 'call') BEGIN UPDATE tally SET value = value + 1 WHERE name = 'calls'; END;
CREATE TRIGGER tally_calls_3 AFTER UPDATE OF deleted_at, read_at ON message WHEN (OLD.deleted_at IS NULL AND OLD.kind = 'call') AND NOT (NEW.deleted_at IS NULL AND NEW.kind = 'call') BEGIN UPDATE tally SET value = value - 1 WHERE name = 'calls'; END;
CREATE TRIGGER tally_calls_4 AFTER DELETE ON message WHEN OLD.deleted_at IS NULL AND OLD.kind = 'call' BEGIN UPDATE tally SET value = value - 1 WHERE name = 'calls'; END;
CREATE TRIGGER tally_deleted_1 AFTER INSERT ON message WHEN NEW.deleted_at IS NOT NULL BEGIN UPDATE tally SET value = value + 1 WHERE name = 'deleted'; END;
CREATE TRIGGER tally_deleted_2 AFTER UPDATE OF deleted_at, read_at ON message WHEN (NEW.deleted_at IS NOT NULL) AND NOT (OLD.deleted_at IS NOT NULL) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'deleted'; END;
CREATE TRIGGER tally_deleted_3 AFTER UPDATE OF deleted_at, read_at ON message WHEN (OLD.deleted_at IS NOT NULL) AND NOT (NEW.deleted_at IS NOT NULL) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'deleted'; END;
CREATE TRIGGER tally_deleted_4 AFTER DELETE ON message WHEN OLD.deleted_at IS NOT NULL BEGIN UPDATE tally SET value = value - 1 WHERE name = 'deleted'; END;
CREATE TRIGGER tally_failed_1 AFTER INSERT ON dispatch WHEN NEW.held = 0 AND NEW.state IN ('failed', 'uncertain') BEGIN UPDATE tally SET value = value + 1 WHERE name = 'failed' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('failed', 'uncertain') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_failed_2 AFTER UPDATE OF state, held ON dispatch WHEN (NEW.held = 0 AND NEW.state IN ('failed', 'uncertain')) AND NOT (OLD.held = 0 AND OLD.state IN ('failed', 'uncertain')) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'failed' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('failed', 'uncertain') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_failed_3 AFTER UPDATE OF state, held ON dispatch WHEN (OLD.held = 0 AND OLD.state IN ('failed', 'uncertain')) AND NOT (NEW.held = 0 AND NEW.state IN ('failed', 'uncertain')) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'failed' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('failed', 'uncertain') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_failed_4 AFTER DELETE ON dispatch WHEN OLD.held = 0 AND OLD.state IN ('failed', 'uncertain') BEGIN UPDATE tally SET value = value - 1 WHERE name = 'failed' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('failed', 'uncertain') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_pending_1 AFTER INSERT ON dispatch WHEN NEW.held = 0 AND NEW.state IN ('pending', 'sending', 'scheduled') BEGIN UPDATE tally SET value = value + 1 WHERE name = 'pending' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('pending', 'sending', 'scheduled') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_pending_2 AFTER UPDATE OF state, held ON dispatch WHEN (NEW.held = 0 AND NEW.state IN ('pending', 'sending', 'scheduled')) AND NOT (OLD.held = 0 AND OLD.state IN ('pending', 'sending', 'scheduled')) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'pending' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('pending', 'sending', 'scheduled') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_pending_3 AFTER UPDATE OF state, held ON dispatch WHEN (OLD.held = 0 AND OLD.state IN ('pending', 'sending', 'scheduled')) AND NOT (NEW.held = 0 AND NEW.state IN ('pending', 'sending', 'scheduled')) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'pending' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('pending', 'sending', 'scheduled') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_pending_4 AFTER DELETE ON dispatch WHEN OLD.held = 0 AND OLD.state IN ('pending', 'sending', 'scheduled') BEGIN UPDATE tally SET value = value - 1 WHERE name = 'pending' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('pending', 'sending', 'scheduled') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_received_1 AFTER INSERT ON message WHEN NEW.deleted_at IS NULL AND NEW.direction = 'in' AND NEW.kind = 'sms' BEGIN UPDATE tally SET value = value + 1 WHERE name = 'received'; END;
CREATE TRIGGER tally_received_2 AFTER UPDATE OF deleted_at, read_at ON message WHEN (NEW.deleted_at IS NULL AND NEW.direction = 'in' AND NEW.kind = 'sms') AND NOT (OLD.deleted_at IS NULL AND OLD.direction = 'in' AND OLD.kind = 'sms') BEGIN UPDATE tally SET value = value + 1 WHERE name = 'received'; END;
CREATE TRIGGER tally_received_3 AFTER UPDATE OF deleted_at, read_at ON message WHEN (OLD.deleted_at IS NULL AND OLD.direction = 'in' AND OLD.kind = 'sms') AND NOT (NEW.deleted_at IS NULL AND NEW.direction = 'in' AND NEW.kind = 'sms') BEGIN UPDATE tally SET value = value - 1 WHERE name = 'received'; END;
CREATE TRIGGER tally_received_4 AFTER DELETE ON message WHEN OLD.deleted_at IS NULL AND OLD.direction = 'in' AND OLD.kind = 'sms' BEGIN UPDATE tally SET value = value - 1 WHERE name = 'received'; END;
CREATE TRIGGER tally_sent_1 AFTER INSERT ON dispatch WHEN NEW.held = 0 AND NEW.state IN ('sent', 'delivered') BEGIN UPDATE tally SET value = value + 1 WHERE name = 'sent' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('sent', 'delivered') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_sent_2 AFTER UPDATE OF state, held ON dispatch WHEN (NEW.held = 0 AND NEW.state IN ('sent', 'delivered')) AND NOT (OLD.held = 0 AND OLD.state IN ('sent', 'delivered')) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'sent' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('sent', 'delivered') AND message_id = NEW.message_id AND id <> NEW.id); END;
CREATE TRIGGER tally_sent_3 AFTER UPDATE OF state, held ON dispatch WHEN (OLD.held = 0 AND OLD.state IN ('sent', 'delivered')) AND NOT (NEW.held = 0 AND NEW.state IN ('sent', 'delivered')) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'sent' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('sent', 'delivered') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_sent_4 AFTER DELETE ON dispatch WHEN OLD.held = 0 AND OLD.state IN ('sent', 'delivered') BEGIN UPDATE tally SET value = value - 1 WHERE name = 'sent' AND NOT EXISTS (SELECT 1 FROM dispatch WHERE held = 0 AND state IN ('sent', 'delivered') AND message_id = OLD.message_id AND id <> OLD.id); END;
CREATE TRIGGER tally_unread_1 AFTER INSERT ON message WHEN NEW.deleted_at IS NULL AND NEW.direction = 'in' AND NEW.read_at IS NULL BEGIN UPDATE tally SET value = value + 1 WHERE name = 'unread'; END;
CREATE TRIGGER tally_unread_2 AFTER UPDATE OF deleted_at, read_at ON message WHEN (NEW.deleted_at IS NULL AND NEW.direction = 'in' AND NEW.read_at IS NULL) AND NOT (OLD.deleted_at IS NULL AND OLD.direction = 'in' AND OLD.read_at IS NULL) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'unread'; END;
CREATE TRIGGER tally_unread_3 AFTER UPDATE OF deleted_at, read_at ON message WHEN (OLD.deleted_at IS NULL AND OLD.direction = 'in' AND OLD.read_at IS NULL) AND NOT (NEW.deleted_at IS NULL AND NEW.direction = 'in' AND NEW.read_at IS NULL) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'unread'; END;
CREATE TRIGGER tally_unread_4 AFTER DELETE ON message WHEN OLD.deleted_at IS NULL AND OLD.direction = 'in' AND OLD.read_at IS NULL BEGIN UPDATE tally SET value = value - 1 WHERE name = 'unread'; END;
CREATE TRIGGER tally_unread_calls_1 AFTER INSERT ON message WHEN NEW.deleted_at IS NULL AND NEW.kind = 'call' AND NEW.read_at IS NULL BEGIN UPDATE tally SET value = value + 1 WHERE name = 'unread_calls'; END;
CREATE TRIGGER tally_unread_calls_2 AFTER UPDATE OF deleted_at, read_at ON message WHEN (NEW.deleted_at IS NULL AND NEW.kind = 'call' AND NEW.read_at IS NULL) AND NOT (OLD.deleted_at IS NULL AND OLD.kind = 'call' AND OLD.read_at IS NULL) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'unread_calls'; END;
CREATE TRIGGER tally_unread_calls_3 AFTER UPDATE OF deleted_at, read_at ON message WHEN (OLD.deleted_at IS NULL AND OLD.kind = 'call' AND OLD.read_at IS NULL) AND NOT (NEW.deleted_at IS NULL AND NEW.kind = 'call' AND NEW.read_at IS NULL) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'unread_calls'; END;
CREATE TRIGGER tally_unread_calls_4 AFTER DELETE ON message WHEN OLD.deleted_at IS NULL AND OLD.kind = 'call' AND OLD.read_at IS NULL BEGIN UPDATE tally SET value = value - 1 WHERE name = 'unread_calls'; END;
CREATE TRIGGER tally_untriggered_1 AFTER INSERT ON message WHEN NEW.direction = 'in' AND NEW.kind = 'sms' AND NEW.deleted_at IS NULL AND NEW.triggered IS NOT 1 BEGIN UPDATE tally SET value = value + 1 WHERE name = 'untriggered'; END;
CREATE TRIGGER tally_untriggered_2 AFTER UPDATE OF deleted_at, triggered ON message WHEN (NEW.direction = 'in' AND NEW.kind = 'sms' AND NEW.deleted_at IS NULL AND NEW.triggered IS NOT 1) AND NOT (OLD.direction = 'in' AND OLD.kind = 'sms' AND OLD.deleted_at IS NULL AND OLD.triggered IS NOT 1) BEGIN UPDATE tally SET value = value + 1 WHERE name = 'untriggered'; END;
CREATE TRIGGER tally_untriggered_3 AFTER UPDATE OF deleted_at, triggered ON message WHEN (OLD.direction = 'in' AND OLD.kind = 'sms' AND OLD.deleted_at IS NULL AND OLD.triggered IS NOT 1) AND NOT (NEW.direction = 'in' AND NEW.kind = 'sms' AND NEW.deleted_at IS NULL AND NEW.triggered IS NOT 1) BEGIN UPDATE tally SET value = value - 1 WHERE name = 'untriggered'; END;
CREATE TRIGGER tally_untriggered_4 AFTER DELETE ON message WHEN OLD.direction = 'in' AND OLD.kind = 'sms' AND OLD.deleted_at IS NULL AND OLD.triggered IS NOT 1 BEGIN UPDATE tally SET value = value - 1 WHERE name = 'untriggered'; END;
COMMIT;
