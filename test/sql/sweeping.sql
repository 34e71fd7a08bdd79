-- The sweep: what is due fires once, a row that fails harms no other, what cannot run says so.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
-- the sweep sees every shop, so it has a database of its own
SELECT current_database() AS regress_database \gset
CREATE DATABASE regress_sweeping;
\c regress_sweeping
SET client_min_messages = warning;
CREATE EXTENSION aftersale;
DO $$ BEGIN PERFORM aftersale.install(owner => 'regress_erp'); END $$;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('sweep', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (150, 'temu', 'sweep'), (151, 'temu', 'sweep too');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone)
VALUES (150, 'US', 'USD', 'sweep', 'UTC'), (151, 'US', 'USD', 'sweep', 'UTC');
INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at)
SELECT 150 + i % 2, 150000 + i, 'temu/ticket', timestamptz '2026-11-25 00:00:00+00' + i * interval '1 second' FROM generate_series(1, 3000) i;

-- nothing is due: nothing happens, exactly at the deadline as well
SELECT aftersale.fire_due(150, 'infinity', 10);
RESET ROLE; SET aftersale.test_now = '2026-11-26 00:00:02+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(150, 'infinity', 10);
-- oldest first, at most so many, never later than the clock
RESET ROLE; SET aftersale.test_now = '2026-11-26 00:00:08.5+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(150, 'infinity', 3);
SELECT request_id, state FROM aftersale.request WHERE shop_id = 150 AND state <> 'requested' ORDER BY 1;
SELECT aftersale.fire_due(150, '2026-11-26 00:00:07+00', 100);
SELECT aftersale.fire_due(150, 'infinity', 100);
SELECT count(*) FROM aftersale.request WHERE shop_id = 150 AND state <> 'requested';
-- a shop at a time
SELECT count(*) FROM aftersale.request WHERE shop_id = 151 AND state <> 'requested';
SELECT aftersale.fire_due(150, 'infinity', 0);
SELECT aftersale.fire_due(150, 'infinity', -1);
SELECT aftersale.fire_due(NULL, 'infinity', 1);
SELECT aftersale.fire_due(150, NULL, 1);

-- rows that fail are parked, all others go on
CREATE FUNCTION pg_temp.poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.state = 'evidence_waived' AND NEW.request_id % 1000 = 500 AND current_setting('trap.poison', true) = 'on' THEN
		RAISE EXCEPTION 'the ERP''s own trigger fails on %', NEW.request_id USING ERRCODE = 'P0042';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER zz_poison BEFORE UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.poison();
SET trap.poison = 'on';
RESET ROLE; SET aftersale.test_now = '2026-11-26 02:00:00+00'; SET ROLE regress_erp;
CALL aftersale.sweep();
SELECT fired, parked, complete, cutoff FROM aftersale.heartbeat;
SELECT shop_id, state, count(*), count(fault) FROM aftersale.request WHERE shop_id IN (150, 151) GROUP BY 1, 2 ORDER BY 1, 2;
SELECT request_id, state, attempts, due_at, act_at, fault FROM aftersale.request WHERE shop_id IN (150, 151) AND fault IS NOT NULL ORDER BY 1;
-- not again before its time; then again, with a longer delay
CALL aftersale.sweep();
SELECT fired, parked FROM aftersale.heartbeat;
RESET ROLE; SET aftersale.test_now = '2026-11-26 02:01:01+00'; SET ROLE regress_erp;
CALL aftersale.sweep();
SELECT fired, parked FROM aftersale.heartbeat;
SELECT request_id, attempts, act_at FROM aftersale.request WHERE shop_id IN (150, 151) AND fault IS NOT NULL ORDER BY 1;
-- healed, it fires, dated by its deadline, once
SET trap.poison = 'off';
RESET ROLE; SET aftersale.test_now = '2026-11-26 02:04:00+00'; SET ROLE regress_erp;
CALL aftersale.sweep();
SELECT fired, parked FROM aftersale.heartbeat;
DROP TRIGGER zz_poison ON aftersale.request;
SELECT count(*), count(DISTINCT (shop_id, request_id)) FROM aftersale.event WHERE shop_id IN (150, 151) AND action = 'timeout';
SELECT count(*) FROM aftersale.event e JOIN aftersale.event o USING (shop_id, request_id)
WHERE e.shop_id IN (150, 151) AND e.action = 'timeout' AND o.event_seq = 1 AND e.at <> o.due_at;
SELECT count(*) FROM aftersale.request WHERE shop_id IN (150, 151) AND (fault IS NOT NULL OR attempts <> 0 OR act_at IS NOT NULL);

-- an error that is no row's own parks nothing
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (150, 159001, 'temu/ticket');
CREATE FUNCTION pg_temp.broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM no_such_function(); RETURN NEW; END $$;
CREATE TRIGGER zz_broken BEFORE UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.broken();
RESET ROLE; SET aftersale.test_now = '2026-11-30 00:00:00+00'; SET ROLE regress_erp;
CALL aftersale.sweep();
SELECT state, attempts, fault FROM aftersale.request WHERE shop_id = 150 AND request_id = 159001;
DROP TRIGGER zz_broken ON aftersale.request;
-- a bounded run
CALL aftersale.sweep(max_rows => 0);
SELECT fired, complete FROM aftersale.heartbeat;
CALL aftersale.sweep();
SELECT fired, complete FROM aftersale.heartbeat;

-- it commits by itself
BEGIN;
CALL aftersale.sweep();
ROLLBACK;
CREATE FUNCTION pg_temp.wrapped() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CALL aftersale.sweep(); END $$;
SELECT pg_temp.wrapped();
-- in a block that may commit it may
DO $$ BEGIN CALL aftersale.sweep(); END $$;

-- nobody fakes the sweep's own columns
UPDATE aftersale.request SET attempts = 3 WHERE shop_id = 150 AND request_id = 150002;
UPDATE aftersale.request SET fault = 'x' WHERE shop_id = 150 AND request_id = 150002;

-- scheduling: not as a superuser; without pg_cron the statement for whoever has it
RESET ROLE;
SELECT aftersale.start();
SET ROLE regress_erp;
SELECT scheduled, statement FROM aftersale.start();
SELECT scheduled, statement FROM aftersale.stop();
SELECT name, ok FROM aftersale.health();

\c :regress_database
SET client_min_messages = warning;
DROP DATABASE regress_sweeping;
