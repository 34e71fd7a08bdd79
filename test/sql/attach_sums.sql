-- attach_refund_check() with an order: the refunds of an order never come to more
-- than what was paid (TEMU-07), whatever writes them.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA erp_sum AUTHORIZATION regress_erp;
SET ROLE regress_erp;
SET search_path = erp_sum;
CREATE TABLE "order" (order_no text PRIMARY KEY, paid_minor bigint);
INSERT INTO "order" SELECT 'O' || n, 10000 FROM generate_series(1, 9) n;
CREATE FUNCTION paid(order_no text) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT o.paid_minor FROM erp_sum."order" o WHERE o.order_no = paid.order_no';
CREATE TABLE refunds (id int PRIMARY KEY, "order" text, shop int DEFAULT 730, refund_minor int, status smallint DEFAULT 10, remark text);
CREATE VIEW totals AS SELECT shop_id, order_ref, paid, refunded FROM aftersale.attachment_total WHERE attachment = 'sums' ORDER BY order_ref COLLATE "C";
SELECT aftersale.attach_refund_check('refunds', '{"order": "order", "shop": "shop", "amount": {"column": "refund_minor", "unit": "minor"}, "paid": {"sql": "erp_sum.paid(\"order\")", "unit": "minor"}}',
	'{"name": "sums", "counts": "status <> 90"}');

INSERT INTO refunds (id, "order", refund_minor) VALUES (1, 'O1', 6000), (2, 'O1', 4000), (3, 'O2', 1), (4, NULL, 5), (5, 'O3', NULL);
SELECT * FROM totals;
\set VERBOSITY default
INSERT INTO refunds (id, "order", refund_minor) VALUES (10, 'O1', 1);
INSERT INTO refunds (id, "order", refund_minor) VALUES (10, 'nowhere', 1);
\set VERBOSITY terse
-- several of one statement count together
INSERT INTO refunds (id, "order", refund_minor) VALUES (10, 'O2', 5000), (11, 'O2', 5000);
-- what does not count consumes nothing, until it does
INSERT INTO refunds (id, "order", refund_minor, status) VALUES (10, 'O1', 9000, 90);
UPDATE refunds SET status = 20 WHERE id = 10;
UPDATE refunds SET status = 90 WHERE id = 1;
UPDATE refunds SET status = 20 WHERE id = 1;
UPDATE refunds SET refund_minor = 1000, status = 20 WHERE id = 10;
SELECT * FROM totals;
-- one goes as another comes: the statement as a whole decides
UPDATE refunds SET status = CASE id WHEN 1 THEN 20 ELSE 90 END WHERE id IN (1, 2, 10);
SELECT * FROM totals;
-- to another order, and another shop
UPDATE refunds SET "order" = 'O4' WHERE id = 1;
UPDATE refunds SET shop = 731 WHERE id = 1;
SELECT * FROM totals;
-- a remark changes nothing; a refund may always become smaller, and go
UPDATE "order" SET paid_minor = 10 WHERE order_no = 'O4';
UPDATE refunds SET remark = 'x', refund_minor = refund_minor;
UPDATE refunds SET refund_minor = 5000 WHERE id = 1;
UPDATE refunds SET refund_minor = 5001 WHERE id = 1;
DELETE FROM refunds WHERE id = 1;
SELECT * FROM totals;
-- upsert and MERGE
INSERT INTO refunds (id, "order", refund_minor) VALUES (3, 'O2', 7000), (20, 'O2', 4000) ON CONFLICT (id) DO UPDATE SET refund_minor = excluded.refund_minor;
INSERT INTO refunds (id, "order", refund_minor) VALUES (3, 'O2', 7000), (20, 'O2', 3000) ON CONFLICT (id) DO UPDATE SET refund_minor = excluded.refund_minor;
INSERT INTO refunds (id, "order", refund_minor) VALUES (3, 'O5', 7000), (21, 'O5', 3000) ON CONFLICT (id) DO NOTHING;
MERGE INTO refunds r USING (VALUES (3, 6000), (20, 0), (22, 4001)) v(id, minor) ON r.id = v.id
	WHEN MATCHED AND v.minor = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET refund_minor = v.minor WHEN NOT MATCHED THEN INSERT (id, "order", refund_minor) VALUES (v.id, 'O2', v.minor);
MERGE INTO refunds r USING (VALUES (3, 6000), (20, 0), (22, 4000)) v(id, minor) ON r.id = v.id
	WHEN MATCHED AND v.minor = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET refund_minor = v.minor WHEN NOT MATCHED THEN INSERT (id, "order", refund_minor) VALUES (v.id, 'O2', v.minor);
COPY refunds (id, "order", refund_minor) FROM stdin;
30	O6	9999
31	O6	2
\.
COPY refunds (id, "order", refund_minor) FROM stdin;
30	O6	9999
31	O6	1
\.
WITH gone AS (DELETE FROM refunds WHERE id = 31 RETURNING refund_minor) INSERT INTO refunds (id, "order", refund_minor) SELECT 32, 'O6', refund_minor FROM gone;
SELECT * FROM totals;
-- a savepoint takes its totals along
BEGIN;
SAVEPOINT s;
INSERT INTO refunds (id, "order", refund_minor) VALUES (40, 'O7', 10000);
ROLLBACK TO s;
INSERT INTO refunds (id, "order", refund_minor) VALUES (41, 'O7', 10000);
COMMIT;
-- what a trigger of the ERP's changes late is seen: the check comes after
CREATE FUNCTION grow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.refund_minor := NEW.refund_minor * 100; RETURN NEW; END';
CREATE TRIGGER zzz_last BEFORE INSERT ON refunds FOR EACH ROW EXECUTE FUNCTION grow();
INSERT INTO refunds (id, "order", refund_minor) VALUES (50, 'O8', 101);
SELECT intact, problem FROM aftersale.attachments() WHERE name = 'sums';
DROP TRIGGER zzz_last ON refunds;
-- paused, everything passes; resumed, nobody has forgotten it
SELECT aftersale.pause('sums');
INSERT INTO refunds (id, "order", refund_minor) VALUES (60, 'O8', 20000), (61, 'O9', 9000);
SELECT aftersale.resume('sums');
INSERT INTO refunds (id, "order", refund_minor) VALUES (62, 'O8', 1);
INSERT INTO refunds (id, "order", refund_minor) VALUES (62, 'O9', 1001);
INSERT INTO refunds (id, "order", refund_minor) VALUES (62, 'O9', 1000);
UPDATE refunds SET refund_minor = 15000 WHERE id = 60;
SELECT * FROM totals WHERE order_ref IN ('O8', 'O9');
TRUNCATE refunds;
UPDATE "order" SET paid_minor = 10000;
INSERT INTO refunds (id, "order", refund_minor) SELECT n, 'O' || n, 10000 FROM generate_series(1, 9) n;
SELECT * FROM totals WHERE shop_id = 730;

-- attached to a table that has refunds: it holds at once
SELECT aftersale.detach('refunds');
SELECT count(*) FROM aftersale.attachment_total WHERE attachment = 'sums';
UPDATE refunds SET refund_minor = refund_minor - id;
INSERT INTO refunds (id, "order", refund_minor, status) VALUES (10, 'O1', 5, 90);
CREATE INDEX ON refunds ("order");
\a\t
SELECT aftersale.attach_refund_check('refunds', '{"order": "order", "shop": "shop", "amount": {"column": "refund_minor", "unit": "minor"}, "paid": {"value": 10000, "unit": "minor"}}',
	'{"name": "sums", "counts": "status <> 90"}');
INSERT INTO refunds (id, "order", refund_minor) VALUES (21, 'O1', 1), (22, 'O3', 4);
INSERT INTO refunds (id, "order", refund_minor) VALUES (21, 'O1', 1), (22, 'O3', 3);
DELETE FROM refunds WHERE id = 5;
UPDATE refunds SET "order" = 'O2', refund_minor = 2 WHERE id = 6;
SELECT * FROM totals;
-- ... and its totals are filled in batches
SELECT aftersale.fill_totals('sums', 3);
SELECT aftersale.fill_totals('sums', 3, 'O3');
SELECT filled FROM aftersale.attachment WHERE name = 'sums';
SELECT aftersale.fill_totals('sums', 3, 'O8');
SELECT filled FROM aftersale.attachment WHERE name = 'sums';
SELECT * FROM totals;
INSERT INTO refunds (id, "order", refund_minor) VALUES (30, 'O9', 10);
INSERT INTO refunds (id, "order", refund_minor) VALUES (30, 'O9', 9), (31, 'O10', 10000);
SELECT aftersale.detach('refunds');

-- keys and amounts of every type; currencies apart; a prefix that is shared
CREATE FUNCTION try(columns text, mapped jsonb, first text, second text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text := 'passes';
	kept text;
BEGIN
	EXECUTE format('CREATE TABLE t (%s)', columns);
	EXECUTE 'INSERT INTO t VALUES ' || first;
	PERFORM aftersale.attach_refund_check('t', mapped, '{"name": "t"}');
	BEGIN
		EXECUTE 'INSERT INTO t VALUES ' || second;
	EXCEPTION WHEN OTHERS THEN
		result := SQLERRM;
	END;
	SELECT string_agg(concat_ws('/', shop_id, order_ref, currency, paid, refunded), ' ' ORDER BY shop_id, order_ref, currency) INTO kept FROM aftersale.attachment_total WHERE attachment = 't';
	PERFORM aftersale.detach('t');
	DROP TABLE t;
	RETURN result || coalesce(': ' || kept, '');
END $$;
SELECT try('o int, a numeric', '{"order": "o", "amount": "a", "paid": {"value": 10}}', '(7, 6.5)', '(7, 3.5), (77, 10)');
SELECT try('o bigint, a float8', '{"order": "o", "amount": "a", "paid": {"value": 10}}', '(-7, 0.1), (-7, 0.2)', '(-7, 9.7)');
SELECT try('o bigint, a float8', '{"order": "o", "amount": "a", "paid": {"value": 10}}', '(-7, 0.1), (-7, 0.2)', '(-7, 9.71)');
SELECT try('o uuid, a text', '{"order": "o", "amount": "a", "paid": {"value": 10}}', '(''00000000-0000-0000-0000-000000000001'', ''9'')', '(''00000000-0000-0000-0000-000000000001'', ''1.01'')');
SELECT try('o char(9), a real', '{"order": "o", "amount": "a", "paid": {"value": 10}}', '(''a'', 9.9)', '(''a  '', 0.2)');
SELECT try('o varchar, a numeric, c text', '{"order": "o", "amount": "a", "paid": {"value": 10}, "currency": "c"}', '(''a'', 9.9, ''USD'')', '(''a'', 10, ''EUR''), (''a'', 0.1, ''USD'')');
SELECT try('o varchar, a int, c text', '{"order": "o", "amount": {"column": "a", "unit": "minor"}, "paid": {"value": 10}, "currency": "c"}', '(''a'', 990, ''USD''), (''b'', 10, ''JPY'')', '(''a'', 11, ''USD'')');
SELECT try('o varchar, a int, c text', '{"order": "o", "amount": {"column": "a", "unit": "minor"}, "paid": {"value": 10}, "currency": "c"}', '(''a'', 990, ''USD''), (''b'', 10, ''JPY'')', '(''b'', 1, ''JPY'')');
SELECT try('o numeric(9,0), a numeric, p numeric', '{"order": "o", "amount": "a", "paid": "p"}', '(1, 5, 10)', '(1, 1, NULL)');
SELECT try('o text, a numeric, p numeric', '{"order": {"sql": "upper(o)"}, "amount": "a", "paid": "p"}', '(''x'', 5, 10)', '(''X'', 6, 11)');
SELECT try('o uuid, a numeric', '{"order": {"sql": "o"}, "amount": "a", "paid": {"value": 10}, "shop": {"value": "732"}}', '(''00000000-0000-0000-0000-000000000001'', 9)', '(''00000000-0000-0000-0000-000000000001'', 1)');
SELECT try('o text, a numeric', '{"order": "o", "amount": "a", "paid": {"value": 10}}', '(''12345678'', 9), (''123456789'', 5)', '(''123456789'', 5), (''12345678'', 2)');
\a\t

-- partitions: the whole table counts, whichever of them is named
CREATE TABLE parts (id int, "order" int, amount numeric, region int) PARTITION BY LIST (region);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2) PARTITION BY RANGE (id);
CREATE TABLE parts_2a (amount numeric, region int, "order" int, id int);
ALTER TABLE parts_2 ATTACH PARTITION parts_2a FOR VALUES FROM (0) TO (100);
INSERT INTO parts VALUES (0, 5, 3, 1), (1, 5, 3, 2);
SELECT aftersale.attach_refund_check('parts', '{"order": "order", "amount": "amount", "paid": {"value": 10}}', '{"name": "parts"}');
INSERT INTO parts VALUES (2, 5, 3, 1), (3, 5, 2, 2);
INSERT INTO parts VALUES (2, 5, 2, 1), (3, 5, 2, 2);
INSERT INTO parts_1 VALUES (4, 5, 1, 1);
UPDATE parts_2 SET amount = 5 WHERE id = 3;
DELETE FROM parts_2a WHERE id = 3;
UPDATE parts SET region = 2, amount = 4 WHERE id = 2;
SELECT order_ref, paid, refunded FROM aftersale.attachment_total WHERE attachment = 'parts';
CREATE TABLE parts_3 PARTITION OF parts FOR VALUES IN (3);
INSERT INTO parts VALUES (5, 5, 1, 3);
SELECT intact, problem, remedy FROM aftersale.attachments() WHERE name = 'parts';
SELECT aftersale.repair('parts');
INSERT INTO parts_3 VALUES (5, 5, 1, 3);
SELECT intact, problem, remedy FROM aftersale.attachments() WHERE name = 'parts';
TRUNCATE parts_1;
INSERT INTO parts_3 VALUES (5, 5, 4, 3);
INSERT INTO parts_3 VALUES (5, 5, 3, 3);
SELECT order_ref, paid, refunded FROM aftersale.attachment_total WHERE attachment = 'parts';
SELECT aftersale.detach('parts');
SELECT count(*) FROM aftersale.attachment_triggers() t JOIN pg_class c ON c.oid = t.relation WHERE c.relnamespace = 'erp_sum'::regnamespace;

-- a statement that spills, over orders of several chunks
CREATE TABLE many (id int, "order" int, amount numeric, note text);
SELECT aftersale.attach_refund_check('many', '{"order": "order", "amount": "amount", "paid": {"value": 4}}', '{"name": "many"}');
INSERT INTO many SELECT n, n % 12000, 2, repeat('x', 50) FROM generate_series(0, 23999) n;
UPDATE many SET amount = amount / 2, note = note || 'y';
UPDATE many SET amount = CASE id WHEN 23999 THEN 3.01 ELSE 2 END;
SELECT count(*), min(refunded), max(refunded) FROM aftersale.attachment_total WHERE attachment = 'many';
RESET ROLE;
DROP SCHEMA erp_sum CASCADE;
SELECT aftersale.detach(NULL, 'many');
