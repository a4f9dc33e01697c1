PRAGMA application_id = 1819242349;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'loom session','1 journal','2026-01-01 00:00:00+00:00');
CREATE TABLE content (
    seq         INTEGER PRIMARY KEY REFERENCES event (seq), -- the event that it belongs to
    node_id     TEXT NOT NULL,
    text        BLOB NOT NULL, -- verbatim bytes, not always valid UTF-8
    token_ids   BLOB,          -- int32, little-endian, one a token; NULL: no model has read it
    piece_sizes BLOB,          -- int32, little-endian: the bytes of text that each token stands for
    elapsed_s   BLOB           -- float32, little-endian, after the request; NULL: not generated
);
INSERT INTO "content" VALUES(2,'p',X'4F6E63652000201B5B316D20C3A9FF',NULL,NULL,NULL);
INSERT INTO "content" VALUES(3,'p',X'4F6E63652000201B5B316D20C3A9FF',X'0700000008000000',X'0D00000002000000',NULL);
INSERT INTO "content" VALUES(8,'a',X'6F6E652074776F',X'6B5C0000F76300007E930000',X'030000000000000004000000',X'9651733F80C10E3D909E133E');
CREATE TABLE draft (
    id          INTEGER PRIMARY KEY,
    node_id     TEXT NOT NULL,
    start       INTEGER NOT NULL, -- how many tokens the node had before these
    at          REAL NOT NULL,
    text        BLOB NOT NULL,    -- these four as in content
    token_ids   BLOB NOT NULL,
    piece_sizes BLOB NOT NULL,
    elapsed_s   BLOB NOT NULL,
    n_top       INTEGER,          -- these two as in token_statistics; NULL: there are none
    packed      BLOB
);
INSERT INTO "draft" VALUES(2,'b',0,5.0,X'65696E',X'96A30000',X'03000000',X'06F2853E',3,X'7801013000CFFF3697413EEAC10000B3240000EBAB0000D8FA8F3E55C70DBFDC417A3FD8D205BF117DD3BE00411CC0D05CE63F0774923FF4D11509');
CREATE TABLE event (
    seq     INTEGER PRIMARY KEY, -- the order in which things happened; the tree is their fold
    at      REAL NOT NULL,       -- seconds since the Unix epoch
    kind    TEXT NOT NULL,       -- what happened
    node_id TEXT,                -- the node to which it happened, if to one
    payload TEXT NOT NULL        -- the rest, as a JSON object
);
INSERT INTO "event" VALUES(1,1.5,'session_started',NULL,'{"title":"t","mode":"plain","model":"m","loom_version":"0.1.0"}');
INSERT INTO "event" VALUES(2,2.0,'node_added','p','{"parent_id":null,"role":"text","author":"human"}');
INSERT INTO "event" VALUES(3,2.5,'node_tokenised','p','{"model":"tiny"}');
INSERT INTO "event" VALUES(4,3.0,'growth_requested',NULL,'{"request_id":"r","parent_id":"p","n_branches":2,"max_tokens":64,"sampling":{"top_k":null,"top_p":null,"min_p":0.05,"temperature":1.0},"seed":9223372036854775808}');
INSERT INTO "event" VALUES(5,3.5,'growth_accepted',NULL,'{"request_id":"r","provenance":{"model":{"name":"tiny","path":"/models/tiny.gguf","fingerprint":"12-ab","architecture":"llama","quantisation":"Q8_0","n_parameters":2000000,"n_vocab":4096,"n_ctx_train":512,"n_ctx":512,"n_cells":2048,"device":"CPU","build":"b1","n_threads":2,"n_batch":512,"gpu_layers":0,"chat_template":null,"gpu_unused":null},"sampling":{"top_k":40,"top_p":null,"min_p":null,"temperature":1.0},"seed":1,"n_branches":2,"max_tokens":8,"n_prompt_tokens":3,"prompt_sha256":"0000000000000000000000000000000000000000000000000000000000000000","mode":"fast"}}');
INSERT INTO "event" VALUES(6,4.0,'branch_opened','a','{"parent_id":"p","request_id":"r","index":0,"role":"text","author":"tiny"}');
INSERT INTO "event" VALUES(7,4.0,'branch_opened','b','{"parent_id":"p","request_id":"r","index":1,"role":"text","author":"tiny"}');
INSERT INTO "event" VALUES(8,6.0,'branch_closed','a','{"finish":"length","message":""}');
INSERT INTO "event" VALUES(9,8.0,'model_chosen',NULL,'{"model":"other","mode":"chat"}');
CREATE TABLE pointer (
    name    TEXT PRIMARY KEY, -- 'selected': where the person stands
    node_id TEXT NOT NULL,
    at      REAL NOT NULL
);
INSERT INTO "pointer" VALUES('selected','a',7.0);
CREATE TABLE token_statistics (
    seq    INTEGER PRIMARY KEY REFERENCES content (seq),
    n_top  INTEGER NOT NULL, -- K: how many of the likeliest tokens are kept at each position
    -- zlib over one column after the other, each little-endian, n tokens: logprob float32[n],
    -- top_ids int32[n][K], top_logprobs float32[n][K], residual_mass float32[n],
    -- entropy_bits float32[n], collision float32[n], varentropy_bits2 float32[n], p_max float32[n]
    packed BLOB NOT NULL
);
INSERT INTO "token_statistics" VALUES(8,3,X'78010190006FFF69F0B03E9155523F0C2FA93E89B00000BC270000186200003B330000DF0300008E9200001D0C0000C43600005061000058DC803FB0832DC030CBF1BF75F732BE5729D8BE3BC55A3EA4895E3EAC8A0740B2568EBFDBCDA6BF67C5673F358BE43EC47509BF28C4143F3CA9BA3E8998963EC3D5E83C62F50B3F41883CBFDED126BE58D8F6BEFC4D193FA6B3223DE4BC95BE31EF3DD5');
CREATE TABLE writer (
    pid   INTEGER NOT NULL, -- the process that has the file open for writing; no row at rest
    since REAL NOT NULL
);
INSERT INTO "writer" VALUES(4242,1.0);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX event_by_node ON event (node_id);
CREATE INDEX content_by_node ON content (node_id);
CREATE INDEX draft_by_node ON draft (node_id);
CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'rows of event never change'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'rows of event never change'); END;
CREATE TRIGGER event_no_replace BEFORE INSERT ON event WHEN EXISTS (SELECT 1 FROM event WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'rows of event never change'); END;
CREATE TRIGGER content_no_update BEFORE UPDATE ON content BEGIN SELECT RAISE(ABORT, 'rows of content never change'); END;
CREATE TRIGGER content_no_delete BEFORE DELETE ON content BEGIN SELECT RAISE(ABORT, 'rows of content never change'); END;
CREATE TRIGGER content_no_replace BEFORE INSERT ON content WHEN EXISTS (SELECT 1 FROM content WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'rows of content never change'); END;
CREATE TRIGGER token_statistics_no_update BEFORE UPDATE ON token_statistics BEGIN SELECT RAISE(ABORT, 'rows of token_statistics never change'); END;
CREATE TRIGGER token_statistics_no_delete BEFORE DELETE ON token_statistics BEGIN SELECT RAISE(ABORT, 'rows of token_statistics never change'); END;
CREATE TRIGGER token_statistics_no_replace BEFORE INSERT ON token_statistics WHEN EXISTS (SELECT 1 FROM token_statistics WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'rows of token_statistics never change'); END;
COMMIT;
