-- unpark() returns a request to the sweep: for whoever may act for its shop, and nobody else.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
-- the sweep sees every shop, so it has a database of its own
SELECT current_database() AS regress_database \gset
CREATE DATABASE regress_unpark;
\c regress_unpark
SET client_min_messages = warning;
CREATE EXTENSION aftersale;
DO $$ BEGIN PERFORM aftersale.install(owner => 'regress_erp'); END $$;
CREATE ROLE regress_u_employee;
CREATE ROLE regress_u_reporter;
CREATE ROLE regress_u_sweeper;
CREATE ROLE regress_u_other;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('sweep', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'temu', 'shop'), (2, 'temu', 'another');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) SELECT s, 'US', 'USD', 'sweep', 'UTC' FROM generate_series(1, 2) s;
DO $$
BEGIN
	PERFORM aftersale.grant_access(role, capability) FROM (VALUES ('regress_u_employee', 'employee'), ('regress_u_other', 'employee'),
		('regress_u_reporter', 'reporter'), ('regress_u_sweeper', 'sweeper')) AS v(role, capability);
END $$;
INSERT INTO aftersale.login (login, shop_id, actor) VALUES ('regress_u_employee', 1, 'alice'), ('regress_u_reporter', 1, 'rita'), ('regress_u_other', 2, 'olga');
CREATE FUNCTION pg_temp.poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.state = 'evidence_waived' AND NEW.request_id = 1 THEN
		RAISE EXCEPTION 'no stock row';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER zz_poison BEFORE UPDATE ON aftersale.request FOR EACH ROW EXECUTE FUNCTION pg_temp.poison();
-- one that will fail, one that is overdue when it is opened, one that is well
INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at) VALUES (1, 1, 'temu/ticket', NULL), (1, 2, 'temu/ticket', '2026-11-20'), (1, 3, 'temu/ticket', '2026-11-25 09:00:00');
RESET ROLE; SET aftersale.test_now = '2026-11-26 10:00:01+00'; SET ROLE regress_erp;
CALL aftersale.sweep();
CALL aftersale.sweep();
SELECT request_id, state, attempts, due_at, act_at, fault FROM aftersale.request ORDER BY 1;
SELECT flow, due, oldest_at, lag, parked FROM aftersale.status WHERE parked > 0;

-- who may: who may act for the shop, whatever his rights on the columns
SET ROLE regress_u_reporter;
SELECT aftersale.unpark(1, 1);
SELECT flow, due, parked FROM aftersale.status WHERE parked > 0;
SET ROLE regress_u_other;
SELECT aftersale.unpark(1, 1);
SELECT aftersale.unpark(3, 1);
SELECT flow, due, parked FROM aftersale.status WHERE parked > 0;
SET ROLE regress_u_sweeper;
SELECT aftersale.unpark(1, 1);
SET ROLE regress_u_employee;
SELECT aftersale.unpark(1, 1);
SELECT aftersale.unpark(1, 1);
SELECT aftersale.unpark(1, 3);
SELECT aftersale.unpark(1, 4);
SELECT aftersale.unpark(NULL, 1);
SELECT aftersale.unpark(1, NULL);
SELECT request_id, state, attempts, due_at, act_at, fault FROM aftersale.request ORDER BY 1;
-- at once, not mended: it is parked again, as the first time
SET ROLE regress_erp;
CALL aftersale.sweep();
SELECT fired, parked FROM aftersale.heartbeat;
SELECT request_id, attempts, act_at FROM aftersale.request WHERE request_id = 1;
-- mended: it fires at once, not when its delay is over; and so does what was overdue at its opening
DROP TRIGGER zz_poison ON aftersale.request;
SELECT aftersale.unpark(shop_id, request_id) FROM aftersale.request WHERE fault IS NOT NULL ORDER BY request_id;
CALL aftersale.sweep();
SELECT fired, parked FROM aftersale.heartbeat;
SELECT request_id, state, attempts, due_at, act_at, fault FROM aftersale.request ORDER BY 1;
SELECT request_id, event_seq, at, actor, action FROM aftersale.event WHERE event_seq = 2 ORDER BY 1;
SELECT count(*) FROM aftersale.verify_history(1);

\c :regress_database
SET client_min_messages = warning;
DROP DATABASE regress_unpark;
DROP ROLE regress_u_employee, regress_u_reporter, regress_u_sweeper, regress_u_other;
