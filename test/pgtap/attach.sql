-- Attachments leave no trace when they go, stand nowhere in the way of an ERP's
-- migrations, and are reported by health().
BEGIN;
SELECT plan(17);

CREATE SCHEMA erp AUTHORIZATION regress_erp;
SET ROLE regress_erp;
SET search_path = erp, public;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('c', 'zone UTC; mon-sun 00:00-24:00');
CREATE TABLE refunds (id int PRIMARY KEY, order_no varchar(20), ratio numeric, amount numeric, paid numeric, created timestamptz, due timestamptz, state text) PARTITION BY RANGE (id);
CREATE TABLE refunds_1 PARTITION OF refunds FOR VALUES FROM (0) TO (100);
INSERT INTO refunds VALUES (1, 'O', 0.5, 5, 10, now(), NULL, 'open');

-- everything in the catalog that could tell of it
CREATE FUNCTION traces() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT 'trigger ' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'erp'::regnamespace
	UNION ALL SELECT 'column ' || a.attname FROM pg_attribute a WHERE a.attrelid = 'erp.refunds'::regclass
	UNION ALL SELECT 'constraint ' || conname FROM pg_constraint WHERE connamespace = 'erp'::regnamespace
	UNION ALL SELECT 'relation ' || relname FROM pg_class WHERE relnamespace = 'erp'::regnamespace
	UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'erp'::regnamespace
	UNION ALL SELECT 'depends ' || count(*) FROM pg_depend d JOIN pg_class c ON d.classid = 'pg_class'::regclass AND d.objid = c.oid WHERE c.relnamespace = 'erp'::regnamespace
	UNION ALL SELECT 'attachment ' || name FROM aftersale.attachment
	UNION ALL SELECT 'total ' || attachment FROM aftersale.attachment_total
	UNION ALL SELECT 'due ' || attachment FROM aftersale.attachment_due
$$;
CREATE TEMP TABLE before AS SELECT * FROM traces() AS trace;

SELECT aftersale.attach_deadline('refunds', '{"start": "created", "due": "due"}', '1 day', 'c', '{"name": "due"}');
SELECT aftersale.attach_deadline('refunds', '{"start": "created"}', '1 day', 'c', '{"name": "beside"}');
SELECT aftersale.attach_refund_check('refunds', '{"ratio": "ratio", "amount": "amount", "paid": "paid", "order": "order_no"}', '{"name": "money"}');
INSERT INTO refunds VALUES (2, 'O', 0.5, 5, 10, now(), NULL, 'open');
SELECT isnt_empty('SELECT * FROM traces() EXCEPT SELECT * FROM before', 'attached, there is something');

SELECT is_empty($$SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
	WHERE c.relnamespace = 'erp'::regnamespace AND (t.tgqual IS NOT NULL OR t.tgattr <> '')$$, 'no trigger has a column list or a WHEN');
SELECT lives_ok($$ALTER TABLE refunds ALTER amount TYPE float8, ALTER paid TYPE text, ALTER order_no TYPE text, ALTER created TYPE timestamptz(0)$$,
	'an ERP''s migration retypes what is mapped');
SELECT lives_ok($$ALTER TABLE refunds ADD COLUMN extra int; ALTER TABLE refunds DROP COLUMN state$$, '... adds and drops what is not');
SELECT throws_ok($$INSERT INTO refunds (id, order_no, amount, paid) VALUES (3, 'O', 0.01, '10')$$, 'RA045',
	'the refunds of order "O" would come to "10.01", and "10" was paid (RA045, TEMU-07)', 'TEMU-07: and the guard goes on');
SELECT throws_ok($$INSERT INTO refunds (id, ratio) VALUES (3, 0.0499)$$, 'RA043', 'refund ratio "4.99%" is out of range (RA043, TEMU-28)', 'TEMU-28: so does the ratio');
SELECT lives_ok($$INSERT INTO refunds (id, ratio) VALUES (3, 0.05), (4, 1)$$, 'TEMU-28: both ends pass');
SELECT is((SELECT detail FROM aftersale.health() WHERE name = 'attachments'), '3 attachments, 0 not intact, 0 paused', 'health() counts them');

-- triggers of the same name on another table of the owner's, by whoever was granted TRIGGER there
CREATE TABLE decoy (LIKE refunds);
CREATE TABLE definitions AS SELECT DISTINCT attachment, convert_from(substring(g.tgargs FROM length(attachment) + 2 FOR length(g.tgargs) - length(attachment) - 2), 'UTF8') AS definition
	FROM aftersale.attachment_triggers() a JOIN pg_trigger g ON g.tgrelid = a.relation AND g.tgname = a.trigger;
INSERT INTO decoy (id, order_no, amount, paid, created) VALUES (2, 'O', 9, '10', now());
RESET ROLE;
GRANT USAGE ON SCHEMA erp TO regress_clerk;
GRANT SELECT ON erp.definitions TO regress_clerk;
GRANT TRIGGER, SELECT, INSERT, DELETE, TRUNCATE ON erp.decoy TO regress_clerk;
SET ROLE regress_clerk;
SELECT format('CREATE TRIGGER %I AFTER DELETE ON erp.decoy REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION aftersale.%I(%L, %L)',
	'x_' || attachment, CASE attachment WHEN 'money' THEN 'attached_sum' ELSE 'attached_due' END, attachment, definition) FROM definitions WHERE attachment <> 'due' \gexec
SELECT lives_ok($$CREATE TRIGGER t AFTER TRUNCATE ON erp.decoy FOR EACH STATEMENT EXECUTE FUNCTION aftersale.attached_truncated('beside', '{}')$$, 'he makes them');
DELETE FROM erp.decoy;
TRUNCATE erp.decoy;
SET ROLE regress_erp;
SELECT throws_ok($$INSERT INTO refunds (id, order_no, amount, paid) VALUES (9, 'O', 1, '10')$$, 'RA045', NULL, '... and no row of that table lowers a total');
SELECT is((SELECT count(*) FROM aftersale.attachment_due), 1::bigint, '... or takes a deadline away');
DROP TABLE decoy, definitions;

ALTER TABLE refunds RENAME amount TO sum;
SELECT is((SELECT ok FROM aftersale.health() WHERE name = 'attachments'), false, 'a column that is gone is a fault');
SELECT throws_ok('UPDATE refunds SET ratio = 0.5', 'RA101', 'attachment "money" does not fit table "erp.refunds": column "amount", which is its "amount", does not exist (RA101)',
	'... and an error that names the attachment');
SELECT lives_ok($$SELECT aftersale.pause('money'); UPDATE refunds SET ratio = 0.5$$, 'paused, it is in nobody''s way');
ALTER TABLE refunds RENAME sum TO amount;
-- the ERP's own migration is no trace of ours
DELETE FROM before WHERE trace LIKE 'column %' OR trace LIKE 'depends %';
INSERT INTO before SELECT t FROM traces() t WHERE t LIKE 'column %';
SELECT lives_ok($$SELECT aftersale.detach('refunds')$$, 'detached');
SELECT is_empty($$SELECT * FROM traces() WHERE traces NOT LIKE 'depends %' EXCEPT ALL SELECT * FROM before$$, '... nothing is left of it');
SELECT lives_ok($$INSERT INTO refunds (id, ratio, amount) VALUES (5, 0, 1000)$$, '... and nothing is checked');

SELECT * FROM finish();
ROLLBACK;
