-- health() names each fault, with its remedy; what pg_cron's are is in test/tap/scheduler.pl.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
-- what is well here, others would disturb
SELECT current_database() AS regress_database \gset
CREATE DATABASE regress_health;
\c regress_health
SET client_min_messages = warning;
CREATE EXTENSION aftersale;
DO $$ BEGIN PERFORM aftersale.install(owner => 'regress_erp'); END $$;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('sweep', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'temu', 'shop');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'US', 'USD', 'sweep', 'UTC');
CREATE VIEW pg_temp.faults AS SELECT name, detail, remedy FROM aftersale.health() WHERE NOT ok;

-- nobody sweeps, and there is no pg_cron in this database
SELECT name, regexp_replace(detail, 'this server.*|pg_cron is in.*', '...') AS detail, remedy IS NOT NULL AS remedy FROM pg_temp.faults;
CALL aftersale.sweep();
SELECT name, ok FROM aftersale.health();
SELECT name, detail, remedy FROM aftersale.health() WHERE remedy IS NOT NULL;

-- the last sweep is long ago
UPDATE aftersale.heartbeat SET finished_at = now() - interval '6 minutes';
SELECT name, detail ~ '^the last sweep finished 2' AS detail, remedy FROM pg_temp.faults WHERE name = 'heartbeat';
SELECT name FROM pg_temp.faults;
DELETE FROM aftersale.heartbeat;
SELECT * FROM pg_temp.faults WHERE name = 'heartbeat';
CALL aftersale.sweep();
INSERT INTO aftersale.heartbeat DEFAULT VALUES;
CALL aftersale.sweep();

-- requests that wait for a person
INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at) VALUES (1, 1, 'temu/ticket', '2026-11-01');
SELECT * FROM pg_temp.faults;
SELECT aftersale.unpark(1, 1);
SELECT * FROM pg_temp.faults;

-- balances that were written past the engine, or refunds
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) VALUES (1, 'O1', 'USD', 10), (1, 'O2', 'USD', 10);
SELECT * FROM pg_temp.faults;
UPDATE aftersale.order_balance SET refunded = 4 WHERE order_ref = 'O1';
SELECT * FROM pg_temp.faults;
INSERT INTO aftersale.refund (shop_id, request_id, event_seq, order_ref, amount, goods, currency, executed_by, status, idempotency_key)
VALUES (1, 1, 1, 'O1', 4, 4, 'USD', 'shop', 'done', 'a'), (1, 1, 1, 'O2', 1, 1, 'USD', 'shop', 'done', 'b'), (1, 1, 1, NULL, 1, 1, 'USD', 'shop', 'done', 'c');
SELECT * FROM pg_temp.faults;
UPDATE aftersale.order_balance SET platform_extra = 1 WHERE order_ref = 'O2';
SELECT * FROM pg_temp.faults;

-- triggers: each that install() makes, disabled or missing
CREATE FUNCTION pg_temp.named(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE statement;
	SELECT detail || ' | ' || remedy INTO answer FROM aftersale.health() WHERE name = 'triggers' AND NOT ok;
	RAISE EXCEPTION USING ERRCODE = 'ZZ000';
EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
	RETURN coalesce(answer, 'not named');
END $$;
CREATE VIEW pg_temp.ours AS
SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'aftersale'::regnamespace AND NOT t.tgisinternal;
SELECT count(*) > 30 AS many FROM pg_temp.ours;
SELECT relname, tgname, answer FROM pg_temp.ours, pg_temp.named(format('ALTER TABLE aftersale.%I DISABLE TRIGGER %I', relname, tgname)) AS answer
WHERE answer <> format('disabled: %s.%s | ALTER TABLE aftersale.%I ENABLE TRIGGER %I;', relname, tgname, relname, tgname);
SELECT relname, tgname, answer FROM pg_temp.ours, pg_temp.named(format('DROP TRIGGER %I ON aftersale.%I', tgname, relname)) AS answer
WHERE answer NOT LIKE format('missing: %s.%s | Run as the owner the CREATE TRIGGER statements%%', relname, tgname);
SELECT pg_temp.named('ALTER TABLE aftersale.request DISABLE TRIGGER aftersale_decide');
SELECT pg_temp.named('DROP TRIGGER aftersale_decide ON aftersale.request; ALTER TABLE aftersale.request ENABLE REPLICA TRIGGER aftersale_keep');

-- tables of another version, also where nothing else would work
RESET ROLE;
ALTER TABLE aftersale.installation DISABLE TRIGGER USER;
UPDATE aftersale.installation SET schema_version = schema_version + 1;
ALTER TABLE aftersale.installation ENABLE TRIGGER USER;
\c regress_health
SET client_min_messages = warning;
SET ROLE regress_erp;
SELECT aftersale.require_installed();
SELECT name, ok, detail, remedy FROM aftersale.health();
RESET ROLE;
UPDATE aftersale.installation SET schema_version = aftersale.tables_version();
-- as in a session that holds the library of the version before: the extension knows of a step that it does not
CREATE OR REPLACE FUNCTION aftersale.migration_definition(version int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$SELECT 'a step'$$;
SET ROLE regress_erp;
SELECT aftersale.migrate();
SELECT aftersale.migrate(dry_run => true);
SELECT name, ok, detail, remedy FROM aftersale.health() WHERE name = 'tables';
RESET ROLE;
CREATE OR REPLACE FUNCTION aftersale.migration_definition(version int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$SELECT NULL::text$$;
SET ROLE regress_erp;
UPDATE aftersale.installation SET schema_version = 0;
SELECT name, ok, detail, remedy FROM aftersale.health();
DELETE FROM aftersale.installation;
SELECT name, ok, detail, remedy FROM aftersale.health();

\c :regress_database
SET client_min_messages = warning;
DROP DATABASE regress_health;
