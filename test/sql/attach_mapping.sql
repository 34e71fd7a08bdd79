-- What attach_*() refuse, and what becomes of an attachment when the ERP changes
-- its table: it says so, by name, and attachments() says what to do.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA erp_map AUTHORIZATION regress_erp;
GRANT USAGE ON SCHEMA erp_map TO regress_clerk;
SET ROLE regress_erp;
SET search_path = erp_map;
CREATE TABLE t (id int PRIMARY KEY, amount numeric, paid numeric, doubled numeric GENERATED ALWAYS AS (amount * 2) STORED, at timestamp, day date, ms bigint, o text, js jsonb, b boolean, f float8);
CREATE FUNCTION check_columns(columns jsonb, options jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM aftersale.attach_refund_check('t', columns, options);
	RAISE 'attached';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION due_columns(columns jsonb, calendar text DEFAULT 'c', term text DEFAULT '1 day', options jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SELECT aftersale.attach_deadline(''t'', %L, %L, %L, %L)', columns, term, calendar, options);
	RAISE 'attached';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
\a\t
SELECT c, check_columns(c) FROM (VALUES (1, '{}'::jsonb), (2, '{"paid": "paid"}'), (3, '{"amount": "amount", "order": "o"}'), (4, '{"amount": "none"}'), (5, '{"amount": "doubled"}'),
	(6, '{"amount": "js"}'), (7, '{"ratio": "b"}'), (8, '{"ratio": "amount", "colour": "b"}'), (9, '{"amount": 5}'), (10, '{"amount": {"column": "amount", "value": 5}}'),
	(11, '{"amount": {"column": "amount", "unit": "percent"}}'), (12, '{"amount": {"column": "amount", "zone": "UTC", "Zone": "UTC"}}'), (13, '{"amount": {"column": "f", "unit": "minor"}}'),
	(14, '{"amount": "amount", "paid": {"column": "ms", "unit": "minor"}}'), (15, '{"amount": {"sql": "amount +"}}'), (16, '{"amount": {"sql": "(SELECT 1)"}}'), (17, '{"amount": {"sql": "sum(amount)"}}'),
	(18, '{"amount": {"sql": "1, 2"}}'), (19, '{"amount": {"sql": "amount FROM t"}}'), (20, '{"amount": {"sql": "check_columns(''{}'')"}}'), (21, '{"amount": {"sql": "missing"}}'),
	(22, '{"amount": "amount", "paid": "paid", "order": "f"}'), (23, '{"amount": {"value": true}}'), (24, '[]'), (25, 'null')) v(n, c) ORDER BY n;
SELECT o, check_columns('{"amount": "amount"}', o) FROM (VALUES (1, '{"when": "amount"}'::jsonb), (2, '{"when": "amount > 0; DROP TABLE t"}'), (3, '{"counts": "true"}'), (4, '{"wenn": "true"}'), (5, '[]'),
	(6, '{"name": ""}'), (7, '{"name": "a name that is much longer than forty bytes are"}'),
	-- a text is not cut within a character
	(8, jsonb_build_object('name', 'a' || repeat('名', 30)))) v(n, o) ORDER BY n;
SELECT due_columns('{}'), due_columns('{"start": "at"}'), due_columns('{"start": "day", "due": "at"}');
SELECT due_columns('{"start": {"column": "at", "zone": "Nowhere/Town"}}'), due_columns('{"start": "ms"}'), due_columns('{"start": {"column": "at", "zone": "UTC", "unit": "epoch_s"}}');
SELECT due_columns('{"start": {"column": "at", "zone": "UTC"}, "due": {"value": 1}}'), due_columns('{"start": {"column": "at", "zone": "UTC"}}', NULL), due_columns('{"start": {"column": "at", "zone": "UTC"}}', 'c', 'soon');
CREATE TABLE no_key (at timestamptz);
SELECT aftersale.attach_deadline('no_key', '{"start": "at"}', '1 day', 'c');
CREATE VIEW view AS SELECT * FROM t;
SELECT aftersale.attach_refund_check('view', '{"amount": "amount"}');
DROP VIEW view;
SELECT aftersale.attach_refund_check(NULL, '{"amount": "amount"}');
SELECT aftersale.attach_return_warehouse('t', '{"shop": {"value": 1}, "country": "o", "products": "o", "warehouse": "o"}');
SELECT aftersale.pause('nothing');
SELECT count(*) FROM pg_trigger WHERE tgrelid = 't'::regclass;
\a\t

-- names that need quotes, and constants of every kind
CREATE TABLE "Order-Lines" ("left" numeric, "right" numeric, "a ""b""" numeric);
SELECT aftersale.attach_refund_check('"Order-Lines"', '{"amount": "left", "paid": "right", "ratio": "a \"b\"", "order": {"value": "x''y"}}', '{"name": "quo''ted \"name\"", "when": "\"left\" > 0"}');
INSERT INTO "Order-Lines" VALUES (1, 1, 0.5);
INSERT INTO "Order-Lines" VALUES (1, 1, 0.5);
SELECT name, intact FROM aftersale.attachments() WHERE relation LIKE 'erp_map.%';
SELECT aftersale.detach('"Order-Lines"');

-- the owner of the table, and nobody else
SELECT aftersale.attach_refund_check('t', '{"amount": "amount", "paid": "paid", "order": "o"}', '{"name": "map"}');
SELECT aftersale.attach_refund_check('t', '{"amount": "amount"}', '{"name": "map"}');
GRANT ALL ON t TO regress_clerk;
SET ROLE regress_clerk;
SELECT aftersale.attach_refund_check('t', '{"amount": "amount"}');
SELECT aftersale.attach_deadline('t', '{"start": {"column": "ms", "unit": "epoch_ms"}}', '1 day', 'c');
SELECT aftersale.detach('t');
SELECT aftersale.pause('map');
SELECT aftersale.resume('map');
SELECT aftersale.repair('map');
SELECT aftersale.fill_totals('map');
SELECT aftersale.attachment_register('erp_map.t', 'other', '{"kind": "refund_check"}', false);
SELECT aftersale.attachment_forget(0, 'map');
-- ... but he writes rows, and is checked
INSERT INTO erp_map.t (id, amount, paid, o) VALUES (1, 5, 10, 'O');
INSERT INTO erp_map.t (id, amount, paid, o) VALUES (2, 6, 10, 'O');
SET ROLE regress_erp;

-- dropped, renamed, retyped: an error that names the attachment, and a way on
ALTER TABLE t RENAME amount TO sum;
\set VERBOSITY default
INSERT INTO t (id, sum, paid, o) VALUES (3, 1, 10, 'O');
\set VERBOSITY terse
SELECT intact, problem, remedy FROM aftersale.attachments() WHERE name = 'map';
SELECT aftersale.pause('map');
INSERT INTO t (id, sum, paid, o) VALUES (3, 1, 10, 'O');
ALTER TABLE t RENAME sum TO amount;
SELECT aftersale.resume('map');
INSERT INTO t (id, amount, paid, o) VALUES (4, 5, 10, 'O');
ALTER TABLE t ALTER o TYPE varchar(10), ALTER paid TYPE int;
INSERT INTO t (id, amount, paid, o) VALUES (4, 5, 10, 'O');
INSERT INTO t (id, amount, paid, o) VALUES (4, 3, 10, 'O');
ALTER TABLE t ALTER paid TYPE text;
INSERT INTO t (id, amount, paid, o) VALUES (5, 1, '10', 'O');
ALTER TABLE t ALTER paid TYPE jsonb USING to_jsonb(paid);
INSERT INTO t (id, amount, paid, o) VALUES (6, 1, '10', 'O');
SELECT intact, problem FROM aftersale.attachments() WHERE name = 'map';
ALTER TABLE t ALTER paid TYPE numeric USING (paid #>> '{}')::numeric;
ALTER TABLE t DISABLE TRIGGER zz_aftersale_map_update;
SELECT intact, problem, remedy FROM aftersale.attachments() WHERE name = 'map';
ALTER TABLE t ENABLE TRIGGER zz_aftersale_map_update;
DROP TRIGGER zz_aftersale_map_delete ON t;
SELECT intact, problem, remedy FROM aftersale.attachments() WHERE name = 'map';
SELECT aftersale.repair('map');
SELECT intact FROM aftersale.attachments() WHERE name = 'map';
ALTER TABLE t DROP COLUMN o;
UPDATE t SET amount = 1;
SELECT problem FROM aftersale.attachments() WHERE name = 'map';
SELECT aftersale.detach('t');
-- a function that is replaced counts at once
CREATE FUNCTION paid(int) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT 1.0';
SELECT aftersale.attach_refund_check('t', '{"amount": "amount", "paid": {"sql": "erp_map.paid(id)"}}', '{"name": "map"}');
INSERT INTO t (id, amount) VALUES (10, 2);
CREATE OR REPLACE FUNCTION paid(int) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT 2.0';
INSERT INTO t (id, amount) VALUES (10, 2);
DROP FUNCTION paid(int);
INSERT INTO t (id, amount) VALUES (11, 2);
SELECT problem FROM aftersale.attachments() WHERE name = 'map';
CREATE FUNCTION paid(int) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT 3.0';
INSERT INTO t (id, amount) VALUES (11, 3);
-- on_fault: what no longer fits lets rows pass, with a warning, where the totals cannot miss them
SELECT aftersale.detach('t');
SELECT aftersale.attach_refund_check('t', '{"amount": "amount"}', '{"name": "map", "on_fault": "ignore"}');
SELECT aftersale.attach_refund_check('t', '{"amount": "amount", "paid": {"value": 9}, "order": {"value": "O"}}', '{"name": "map", "on_fault": "pass"}');
SELECT aftersale.attach_refund_check('t', '{"amount": "amount", "paid": "paid"}', '{"name": "map", "on_fault": "pass"}');
SELECT aftersale.attach_deadline('t', '{"start": {"column": "ms", "unit": "epoch_ms"}}', '1 day', 'c', '{"name": "late", "on_fault": "pass"}');
INSERT INTO t (id, amount, paid) VALUES (14, 3, 2);
ALTER TABLE t RENAME paid TO "Paid";
ALTER TABLE t RENAME ms TO millis;
\set VERBOSITY default
INSERT INTO t (id, amount, "Paid") VALUES (14, 3, 2), (15, 3, 2);
\set VERBOSITY terse
UPDATE t SET amount = 4 WHERE id = 15;
SELECT name, paused, intact, problem FROM aftersale.attachments() WHERE name IN ('map', 'late') ORDER BY name;
ALTER TABLE t RENAME "Paid" TO paid;
UPDATE t SET amount = 5 WHERE id = 15;
UPDATE t SET amount = 2 WHERE id = 15;
DELETE FROM t WHERE id IN (14, 15);
SELECT aftersale.detach('t');
ALTER TABLE t RENAME millis TO ms;
-- an expression whose literal the column's type of now does not take is a fault as well
ALTER TABLE t ADD COLUMN weight numeric;
SELECT aftersale.attach_refund_check('t', '{"amount": "amount"}', '{"name": "map", "when": "weight >= ''1.5''", "on_fault": "pass"}');
BEGIN;
ALTER TABLE t ALTER weight TYPE int;
INSERT INTO t (id, amount, weight) VALUES (16, -1, 2);
SELECT intact, problem FROM aftersale.attachments() WHERE name = 'map';
ROLLBACK;
INSERT INTO t (id, amount, weight) VALUES (16, -1, 2);
SELECT aftersale.detach('t');
SELECT aftersale.attach_refund_check('t', '{"amount": "amount", "paid": {"sql": "erp_map.paid(id)"}}', '{"name": "map"}');
-- a later BEFORE trigger can change what was checked
CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.amount := 99; RETURN NEW; END';
CREATE TRIGGER "zzz late" BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION late();
INSERT INTO t (id, amount) VALUES (12, 3) RETURNING amount;
SELECT intact, problem, remedy FROM aftersale.attachments() WHERE name = 'map';
ALTER TRIGGER "zzz late" ON t RENAME TO "early";
INSERT INTO t (id, amount) VALUES (13, 3) RETURNING amount;
SELECT intact FROM aftersale.attachments() WHERE name = 'map';
-- another owner: what needs none of our tables goes on, what keeps totals asks for repair
SELECT aftersale.detach('t');
DROP TRIGGER early ON t;
RESET ROLE;
GRANT CREATE ON SCHEMA erp_map TO regress_clerk;
SET ROLE regress_clerk;
CREATE TABLE erp_map.own (o text, amount numeric);
SELECT aftersale.attach_refund_check('erp_map.own', '{"amount": "amount", "paid": {"value": 9}, "order": "o"}', '{"name": "own"}');
INSERT INTO erp_map.own VALUES ('a', 9);
INSERT INTO erp_map.own VALUES ('a', 1);
RESET ROLE;
CREATE ROLE regress_attach_heir;
GRANT USAGE ON SCHEMA erp_map, aftersale TO regress_attach_heir;
GRANT CREATE ON SCHEMA erp_map TO regress_attach_heir;
ALTER TABLE erp_map.own OWNER TO regress_attach_heir;
SET ROLE regress_attach_heir;
INSERT INTO erp_map.own VALUES ('b', 1);
SELECT intact, problem, remedy FROM aftersale.attachments() WHERE name = 'own';
SELECT aftersale.repair('own');
SET ROLE regress_erp;
SELECT aftersale.pause('own');
RESET ROLE;
SELECT aftersale.detach('erp_map.own');
DROP SCHEMA erp_map CASCADE;
DROP OWNED BY regress_attach_heir;
DROP ROLE regress_attach_heir;
SELECT name FROM aftersale.attachment;
