-- Whatever the owner adds to the table of events sees every event, of one act and of many.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('events', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (196, 'temu', 'events');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (196, 'US', 'USD', 'events', 'UTC');
CREATE FUNCTION pg_temp.open_some(first int) RETURNS bigint LANGUAGE sql AS $$
	WITH opened AS (INSERT INTO aftersale.request (shop_id, request_id, flow, payload)
		SELECT 196, first + i, 'temu/ticket', jsonb_build_object('remark', repeat('long ', i * 40)) FROM generate_series(1, 600) i RETURNING 1)
	SELECT count(*) FROM opened $$;

-- the table as install() made it
SELECT pg_temp.open_some(10000);
SELECT count(*), count(DISTINCT digest), sum(length(payload ->> 'remark')) FROM aftersale.event WHERE shop_id = 196;
-- an index of the owner's own: one that cannot hold a value refuses the statement, and nothing is left of it
BEGIN;
CREATE UNIQUE INDEX event_actor ON aftersale.event (shop_id, request_id, actor) WHERE shop_id = 196;
CREATE INDEX event_remark ON aftersale.event (shop_id, lower(payload ->> 'remark'));
SELECT state FROM aftersale.act(196, 10001, 'reply', '{"remark": "Indexed"}', 'alice');
SET LOCAL enable_seqscan = off;
SELECT request_id, event_seq FROM aftersale.event WHERE shop_id = 196 AND lower(payload ->> 'remark') = 'indexed';
SAVEPOINT s;
SELECT state FROM aftersale.act(196, 10001, 'declare_ineffective', '{}', 'platform');
SELECT state FROM aftersale.act(196, 10001, 'refund', '{}', 'platform');
ROLLBACK TO s;
SELECT event_seq, state FROM aftersale.request WHERE shop_id = 196 AND request_id = 10001;
ROLLBACK;
-- a trigger of the owner's own
BEGIN;
CREATE FUNCTION pg_temp.see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.payload := NEW.payload || '{"seen": true}'; RETURN NEW; END $$;
CREATE TRIGGER see BEFORE INSERT ON aftersale.event FOR EACH ROW EXECUTE FUNCTION pg_temp.see();
SELECT pg_temp.open_some(20000);
SELECT count(*) FROM aftersale.event WHERE shop_id = 196 AND payload ? 'seen';
ROLLBACK;
-- a column of the owner's own, with a default; a check
BEGIN;
ALTER TABLE aftersale.event ADD COLUMN archived boolean NOT NULL DEFAULT true;
SELECT pg_temp.open_some(20000);
SELECT count(*) FROM aftersale.event WHERE shop_id = 196 AND request_id > 20000 AND archived;
ROLLBACK;
BEGIN;
ALTER TABLE aftersale.event ADD CONSTRAINT remarked CHECK (shop_id <> 196 OR payload IS NOT NULL);
INSERT INTO aftersale.request (shop_id, flow) VALUES (196, 'temu/ticket');
ROLLBACK;
BEGIN;
DELETE FROM aftersale.event;
ALTER TABLE aftersale.event ALTER COLUMN payload SET NOT NULL;
INSERT INTO aftersale.request (shop_id, flow) VALUES (196, 'temu/ticket');
ROLLBACK;
SELECT count(*) FROM aftersale.request WHERE shop_id = 196;
SELECT * FROM aftersale.verify_history(196);
