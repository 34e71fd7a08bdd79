-- Shops take turns: none starves because another has a huge backlog; within a shop the oldest come first.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
-- the sweep sees every shop, so it has a database of its own
SELECT current_database() AS regress_database \gset
CREATE DATABASE regress_turns;
\c regress_turns
SET client_min_messages = warning;
CREATE EXTENSION aftersale;
DO $$ BEGIN PERFORM aftersale.install(owner => 'regress_erp'); END $$;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('sweep', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) SELECT s, 'temu', 'shop' FROM generate_series(1, 5) s;
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) SELECT s, 'US', 'USD', 'sweep', 'UTC' FROM generate_series(1, 5) s;
-- shop 1 has a huge backlog, older than all else; shops 2 and 3 have some; 4 has little; what shop 5 has is not due
INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at)
SELECT s, s * 10000 + i, 'temu/ticket', timestamptz '2026-11-25 00:00:00+00' + s * interval '1 hour' + i * interval '1 second'
FROM (VALUES (1, 3000), (2, 500), (3, 300), (4, 2)) AS v(s, number), generate_series(1, number) i;
INSERT INTO aftersale.request (shop_id, request_id, flow) SELECT 5, 50000 + i, 'temu/ticket' FROM generate_series(1, 100) i;
CREATE VIEW pg_temp.done AS
SELECT shop_id, count(*) FILTER (WHERE state <> 'requested') AS done, count(*) FILTER (WHERE state = 'requested') AS left,
	max(r.due_at) FILTER (WHERE state = 'requested') IS NULL OR
		max(e.at) FILTER (WHERE state <> 'requested') < min(r.due_at) FILTER (WHERE state = 'requested') AS oldest_first
FROM aftersale.request r LEFT JOIN aftersale.event e USING (shop_id, request_id, event_seq) GROUP BY shop_id ORDER BY shop_id;

RESET ROLE; SET aftersale.test_now = '2026-11-26 08:00:00+00'; SET ROLE regress_erp;
SELECT flow, due, oldest_at, lag, parked, last_run_at, last_run_complete FROM aftersale.status WHERE flow = 'temu/ticket';
-- four shops, 400 rows: 100 each; what shop 4 leaves of its share is the others'
CALL aftersale.sweep(max_rows => 400);
TABLE pg_temp.done;
SELECT fired, parked, complete FROM aftersale.heartbeat;
CALL aftersale.sweep(max_rows => 2);
TABLE pg_temp.done;
-- a run that has room for all of them, but not for shop 1
CALL aftersale.sweep(max_rows => 1500);
TABLE pg_temp.done;
SELECT fired, parked, complete FROM aftersale.heartbeat;
SELECT flow, due, oldest_at, lag, parked, last_run_at IS NOT NULL AS ran, last_run_complete FROM aftersale.status WHERE flow = 'temu/ticket';
CALL aftersale.sweep();
TABLE pg_temp.done;
SELECT fired, parked, complete FROM aftersale.heartbeat;
SELECT flow, due, oldest_at, lag, parked, last_run_complete FROM aftersale.status WHERE flow = 'temu/ticket';

-- where time is short, too, every shop has its turn: the first batch of a run is not the oldest shop's alone
INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at)
SELECT s, s * 10000 + 5000 + i, 'temu/ticket', timestamptz '2026-11-26 00:00:00+00' + s * interval '1 hour' + i * interval '1 second'
FROM (VALUES (1, 1500), (2, 100)) AS v(s, number), generate_series(1, number) i;
CREATE TEMP TABLE batches (batch bigint, shop_id bigint);
CREATE FUNCTION pg_temp.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO pg_temp.batches SELECT pg_current_xact_id()::text::bigint, n.shop_id FROM n;
	RETURN NULL;
END $$;
CREATE TRIGGER zz_note AFTER UPDATE ON aftersale.request REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.note();
RESET ROLE; SET aftersale.test_now = '2026-11-27 08:00:00+00'; SET ROLE regress_erp;
CALL aftersale.sweep();
SELECT dense_rank() OVER (ORDER BY batch) AS batch, shop_id, count(*) FROM pg_temp.batches GROUP BY batch, shop_id ORDER BY 1, 2;
DROP TRIGGER zz_note ON aftersale.request;

\c :regress_database
SET client_min_messages = warning;
DROP DATABASE regress_turns;
