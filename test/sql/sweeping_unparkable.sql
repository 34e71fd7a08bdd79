-- A row that can be neither acted on nor parked stops no other; a row that somebody acted on meanwhile is not parked.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
-- the sweep sees every shop, so it has a database of its own
SELECT current_database() AS regress_database \gset
CREATE DATABASE regress_unparkable;
\c regress_unparkable
SET client_min_messages = warning;
CREATE EXTENSION aftersale;
DO $$ BEGIN PERFORM aftersale.install(owner => 'regress_erp'); END $$;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('sweep', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (155, 'temu', 'sweep');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (155, 'US', 'USD', 'sweep', 'UTC');
INSERT INTO aftersale.request (shop_id, request_id, flow)
SELECT 155, 155000 + i, 'temu/ticket' FROM generate_series(1, 5) i;

-- the ERP's own trigger refuses every update of one row
CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.request_id = 155002 THEN
		RAISE EXCEPTION 'no update of %', NEW.request_id;
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER zz_refuse BEFORE UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse();
RESET ROLE; SET aftersale.test_now = '2026-12-01 00:00:00+00'; SET ROLE regress_erp;
CALL aftersale.sweep();
SELECT fired, parked FROM aftersale.heartbeat;
SELECT request_id, state, attempts FROM aftersale.request ORDER BY 1;
-- it heals by itself
DROP TRIGGER zz_refuse ON aftersale.request;
SELECT aftersale.fire_due(155, 'infinity', 10);
SELECT state, fault FROM aftersale.request WHERE request_id = 155002;

-- one row on which a trigger of the ERP goes wrong in its rights or names is that row's fault, where others go well
INSERT INTO aftersale.request (shop_id, request_id, flow)
SELECT 155, 155020 + i, 'temu/ticket' FROM generate_series(1, 5) i;
CREATE FUNCTION pg_temp.broken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.state = 'evidence_waived' AND (NEW.request_id = 155022 OR NEW.request_id > 155029) THEN
		PERFORM no_such_function();
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER zz_broken BEFORE UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.broken();
RESET ROLE; SET aftersale.test_now = '2026-12-03 00:00:00+00'; SET ROLE regress_erp;
CALL aftersale.sweep();
SELECT fired, parked, complete FROM aftersale.heartbeat;
SELECT request_id, state, fault FROM aftersale.request WHERE request_id > 155020 ORDER BY 1;
-- where none goes well, it is the configuration's: no row is parked for it
INSERT INTO aftersale.request (shop_id, request_id, flow)
SELECT 155, 155030 + i, 'temu/ticket' FROM generate_series(1, 3) i;
RESET ROLE; SET aftersale.test_now = '2026-12-05 00:00:00+00'; SET ROLE regress_erp;
CALL aftersale.sweep();
SELECT request_id, state, fault FROM aftersale.request WHERE request_id > 155030 ORDER BY 1;
DROP TRIGGER zz_broken ON aftersale.request;

-- who may act for the shop may let its deadlines take effect; he cannot put them off
RESET ROLE;
GRANT USAGE ON SCHEMA aftersale TO regress_clerk;
SET ROLE regress_erp;
GRANT SELECT, UPDATE ON aftersale.request TO regress_clerk;
GRANT SELECT ON aftersale.login TO regress_clerk;
INSERT INTO aftersale.login (login, shop_id, actor) VALUES ('regress_clerk', 155, 'clara');
SET ROLE regress_clerk;
SELECT aftersale.fire_due(155, 'infinity', 10);
SELECT request_id, state, attempts, act_at <= '2026-12-04 00:00:00+00' AS still_due FROM aftersale.request WHERE request_id > 155030 ORDER BY 1;
SET ROLE regress_erp;

-- limits
CALL aftersale.sweep(max_rows => -1);
CALL aftersale.sweep(max_seconds => -1);
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (155, 155010, 'temu/ticket');
RESET ROLE; SET aftersale.test_now = '2026-12-09 00:00:00+00'; SET ROLE regress_erp;
CALL aftersale.sweep(max_seconds => 2147483647);
SELECT fired FROM aftersale.heartbeat;

\c :regress_database
SET client_min_messages = warning;
DROP DATABASE regress_unparkable;
