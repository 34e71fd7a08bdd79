-- attach_refund_check() on a row alone: the ratio (TEMU-28) and the amount
-- (TEMU-07), in every type and unit that ERPs use.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA erp_refund AUTHORIZATION regress_erp;
SET ROLE regress_erp;
SET search_path = erp_refund;

-- a ratio in each type: the bounds pass, what is beyond does not
CREATE FUNCTION try(type text, unit text, value text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE t (r %s)', type);
	PERFORM aftersale.attach_refund_check('t', jsonb_build_object('ratio', jsonb_build_object('column', 'r', 'unit', unit)), '{"name": "t"}');
	BEGIN
		EXECUTE format('INSERT INTO t VALUES (%L)', value);
		value := 'passes';
	EXCEPTION WHEN OTHERS THEN
		value := SQLSTATE || ' ' || SQLERRM;
	END;
	PERFORM aftersale.detach('t');
	DROP TABLE t;
	RETURN value;
END $$;
SELECT type, unit, value, try(type, unit, value) FROM (VALUES
	('numeric', 'fraction', '0.05'), ('numeric', 'fraction', '0.0499'), ('numeric', 'fraction', '1'), ('numeric', 'fraction', '1.0001'), ('numeric', 'fraction', '0.30000'),
	('numeric', 'fraction', '0.12345'), ('numeric', 'fraction', 'NaN'), ('numeric', 'fraction', '-1e30'), ('numeric', 'percent', '12.5'), ('numeric', 'percent', '4.99'), ('numeric', 'percent', '12.345'),
	('numeric(5,2)', 'percent', '100'), ('smallint', 'percent', '5'), ('int', 'percent', '4'), ('bigint', 'percent', '9000000000000000000'), ('int', 'fraction', '1'), ('int', 'fraction', '0'),
	('float8', 'fraction', '0.3'), ('float8', 'fraction', '0.05'), ('float8', 'fraction', '0.0499'), ('float8', 'fraction', 'infinity'), ('real', 'fraction', '0.3'), ('real', 'percent', '4.9'),
	('text', 'fraction', '30%'), ('text', 'fraction', '0.3'), ('text', 'percent', '30'), ('varchar(9)', 'percent', '4%'), ('char(9)', 'percent', '30'), ('text', 'fraction', 'much'),
	('aftersale.refund_ratio', 'fraction', '5%'), ('numeric', 'fraction', NULL)) v(type, unit, value);

-- amounts against what was paid
CREATE TABLE amounts (n numeric, f float8, r real, minor bigint, small smallint, t text, v varchar(20), paid numeric, paid_minor int, currency char(3));
CREATE FUNCTION amount(columns jsonb, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM aftersale.attach_refund_check('amounts', columns, '{"name": "amounts"}');
	BEGIN
		EXECUTE 'INSERT INTO amounts ' || statement;
		statement := 'passes';
	EXCEPTION WHEN OTHERS THEN
		statement := SQLSTATE || ' ' || SQLERRM;
	END;
	PERFORM aftersale.detach('amounts');
	RETURN statement;
END $$;
SELECT amount('{"amount": "n", "paid": "paid"}', '(n, paid) VALUES (10, 10.00)'), amount('{"amount": "n", "paid": "paid"}', '(n, paid) VALUES (10.01, 10)');
SELECT amount('{"amount": "n", "paid": "paid"}', '(n, paid) VALUES (-0.01, 10)'), amount('{"amount": "n", "paid": "paid"}', '(n, paid) VALUES (10, NULL)'), amount('{"amount": "n", "paid": "paid"}', '(n, paid) VALUES (NULL, 1)');
SELECT amount('{"amount": "n", "paid": "paid"}', '(n, paid) VALUES (''NaN'', 10)'), amount('{"amount": "n", "paid": "paid"}', '(n, paid) VALUES (0.1234567, 10)'), amount('{"amount": "n", "paid": "paid"}', '(n, paid) VALUES (1e40, 10)');
SELECT amount('{"amount": "f", "paid": "paid"}', '(f, paid) VALUES (0.1::float8 + 0.2, 0.3)'), amount('{"amount": "f", "paid": "paid"}', '(f, paid) VALUES (0.31, 0.3)'), amount('{"amount": "r", "paid": "paid"}', '(r, paid) VALUES (19.99, 19.99)');
SELECT amount('{"amount": "t", "paid": "paid"}', '(t, paid) VALUES ('' 9.90 '', 9.9)'), amount('{"amount": "v", "paid": "paid"}', '(v, paid) VALUES (''9.91'', 9.9)'), amount('{"amount": "t", "paid": "paid"}', '(t, paid) VALUES (''9,90'', 9.9)');
SELECT amount('{"amount": {"column": "minor", "unit": "minor"}, "paid": {"column": "paid_minor", "unit": "minor"}}', '(minor, paid_minor) VALUES (1001, 1000)'),
	amount('{"amount": {"column": "small", "unit": "minor"}, "paid": {"value": 1000, "unit": "minor"}}', '(small) VALUES (1000)');
-- of different units, by the currency; yen have no decimals, dinars three
SELECT amount('{"amount": {"column": "minor", "unit": "minor"}, "paid": "paid", "currency": "currency"}', '(minor, paid, currency) VALUES (1000, 10, ''USD'')'),
	amount('{"amount": {"column": "minor", "unit": "minor"}, "paid": "paid", "currency": "currency"}', '(minor, paid, currency) VALUES (1001, 10, ''USD'')'),
	amount('{"amount": {"column": "minor", "unit": "minor"}, "paid": "paid", "currency": "currency"}', '(minor, paid, currency) VALUES (11, 10, ''JPY'')');
SELECT amount('{"amount": {"column": "minor", "unit": "minor"}, "paid": "paid", "currency": "currency"}', '(minor, paid, currency) VALUES (10000, 10, ''KWD'')'),
	amount('{"amount": "n", "paid": "paid", "currency": {"value": "USD"}}', '(n, paid) VALUES (1.001, 10)'),
	amount('{"amount": "n", "paid": "paid", "currency": "currency"}', '(n, paid, currency) VALUES (1, 10, ''XXX'')'),
	amount('{"amount": "n", "paid": "paid", "currency": "currency"}', '(n, paid, currency) VALUES (1, 10, NULL)');
-- by expressions over the row; an expression is evaluated as whoever writes
SELECT amount('{"amount": {"sql": "n * 2"}, "paid": {"sql": "coalesce(paid, 0) + 1"}}', '(n, paid) VALUES (5, 9)'), amount('{"amount": {"sql": "n * 2"}, "paid": {"sql": "coalesce(paid, 0) + 1"}}', '(n, paid) VALUES (5.5, 9)');

-- the message alone says it all, and the rest says where
CREATE TABLE refunds (id int PRIMARY KEY, ratio numeric, amount numeric, paid numeric, state text DEFAULT 'open', remark text);
INSERT INTO refunds VALUES (1, 0.01, 99, 10);
SELECT aftersale.attach_refund_check('refunds', '{"ratio": "ratio", "amount": "amount", "paid": "paid"}', '{"when": "state <> ''draft''"}');
\set VERBOSITY default
INSERT INTO refunds VALUES (2, 0.049, 1, 10);
INSERT INTO refunds VALUES (2, 0.05, 11, 10);
\set VERBOSITY terse
-- an old bad row does not block a remark, nor an ORM that writes every column back; a change is looked at
UPDATE refunds SET remark = 'x';
UPDATE refunds SET ratio = ratio, amount = 99, paid = paid, remark = 'y';
UPDATE refunds SET amount = 98;
UPDATE refunds SET amount = 9, ratio = 0.5;
-- a draft may be anything, until it is none
INSERT INTO refunds VALUES (3, 0, -1, 0, 'draft');
UPDATE refunds SET state = 'open' WHERE id = 3;
-- many rows are all or nothing; upsert, MERGE, COPY
INSERT INTO refunds SELECT n, 0.5, n, 12 FROM generate_series(10, 13) n;
INSERT INTO refunds VALUES (1, 0.5, 1, 1) ON CONFLICT (id) DO UPDATE SET amount = 11;
MERGE INTO refunds r USING (VALUES (1)) v(id) ON r.id = v.id WHEN MATCHED THEN UPDATE SET ratio = 2;
COPY refunds (id, ratio) FROM stdin;
20	0.5
21	0.04
\.
SELECT * FROM refunds ORDER BY id;
RESET ROLE;
DROP SCHEMA erp_refund CASCADE;
SELECT name, relation, intact, problem, remedy FROM aftersale.attachments() WHERE name = 'refund_check_refunds';
SELECT aftersale.detach(NULL, 'refund_check_refunds');
SELECT aftersale.detach(NULL, 'refund_check_refunds');
