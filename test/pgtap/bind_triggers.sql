-- needs the tables of this version
-- bind() beside what the ERP's own triggers, cascades and statements do to bound
-- rows: whatever order they come in, a request is where its row is in the end.
BEGIN;
\ir bind.psql

\set map '{"w": "waiting", "a": "approved", "d": "received", "r": {"state": "rejected", "action": "reject"}, "c": "cancelled"}'
\set words '{"shop": "shop", "state": "s", "outcome": "o"}'
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE claim (id int PRIMARY KEY, s text, n int NOT NULL DEFAULT 0, o text, shop int DEFAULT 1, parent int REFERENCES parent ON DELETE CASCADE ON UPDATE CASCADE);
SELECT lives_ok(format('SELECT aftersale.bind(''claim'', ''own/complaint'', %L, %L, ''{"name": "c"}'')', :'words', :'map'), 'bound');

-- ---- triggers that change the row again ----

CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	CASE NEW.n
		WHEN 1 THEN UPDATE erp.claim SET s = 'a' WHERE id = NEW.id AND s = 'w';
		WHEN 2 THEN UPDATE erp.claim SET s = 'c' WHERE id = NEW.id AND s = 'w';
		WHEN 3 THEN DELETE FROM erp.claim WHERE id = NEW.id;
		WHEN 4 THEN UPDATE erp.claim SET o = 'seen' WHERE id = NEW.id AND o IS NULL;
		ELSE NULL;
	END CASE;
	RETURN NULL;
END $$;
CREATE TRIGGER again AFTER INSERT OR UPDATE ON claim FOR EACH ROW EXECUTE FUNCTION again();
INSERT INTO claim (id, s, n) VALUES (1, 'w', 1), (2, 'w', 2), (3, 'w', 3), (4, 'w', 4);
SELECT results_eq($$SELECT id, s, pg_temp.request_of('c', id::text) FROM claim ORDER BY id$$,
	$$VALUES (1, 'a', 'approved (reported by the platform)'), (2, 'c', NULL), (4, 'w', 'waiting')$$,
	'what a row trigger made of a row that is inserted is what counts');
SELECT is(pg_temp.request_of('c', '3'), NULL, '... also where it is gone');
DROP TRIGGER again ON claim;
INSERT INTO claim (id, s) VALUES (5, 'w'), (6, 'w');
CREATE TRIGGER again AFTER INSERT OR UPDATE ON claim FOR EACH ROW EXECUTE FUNCTION again();
UPDATE claim SET n = 1, o = 'x' WHERE id = 5;
SELECT is(pg_temp.request_of('c', '5'), 'approved', 'a row trigger acts on a row that is updated');
UPDATE claim SET s = 'a', n = 3 WHERE id = 6;
SELECT results_eq($$SELECT state, fault FROM aftersale.request WHERE request_id = pg_temp.id_of('c', '6')$$, $$VALUES ('waiting', 'its row of the ERP is gone')$$,
	'... or deletes it, in place of what the statement wanted');
DROP TRIGGER again ON claim;
CREATE FUNCTION statement() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN UPDATE erp.claim SET s = 'a' WHERE s = 'w' AND n = 9; RETURN NULL; END $$;
CREATE TRIGGER aaa AFTER INSERT ON claim FOR EACH STATEMENT EXECUTE FUNCTION statement();
INSERT INTO claim (id, s, n) VALUES (11, 'w', 9);
ALTER TRIGGER aaa ON claim RENAME TO zzz_last;
INSERT INTO claim (id, s, n) VALUES (12, 'w', 9);
DROP TRIGGER zzz_last ON claim;
SELECT results_eq($$SELECT pg_temp.request_of('c', '11'), pg_temp.request_of('c', '12')$$, $$VALUES ('approved (reported by the platform)', 'approved')$$,
	'a statement trigger before or after ours');

-- ---- BEFORE triggers and what we write ----

CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.s = 'r' THEN NEW.s := 'c'; END IF; RETURN NEW; END $$;
CREATE TRIGGER other BEFORE UPDATE ON claim FOR EACH ROW EXECUTE FUNCTION other();
INSERT INTO claim (id, s) VALUES (21, 'w');
SELECT matches(pg_temp.error_of($$SELECT aftersale.act(1, pg_temp.id_of('c', '21'), 'reject')$$), '^RA105 row "21" .* has come to "c", and request', 'an ERP that makes something else of what we write is a conflict');
SELECT is(pg_temp.request_of('c', '21'), 'waiting', '... and nothing is done');
DROP TRIGGER other ON claim;

-- ---- cascades, statements of every kind ----

INSERT INTO parent VALUES (1), (2);
INSERT INTO claim (id, s, parent) VALUES (31, 'w', 1), (32, 'w', 2);
DELETE FROM parent WHERE id = 1;
UPDATE parent SET id = 3 WHERE id = 2;
SELECT results_eq($$SELECT row_ref COLLATE "default", fault FROM aftersale.bound_row JOIN aftersale.request USING (shop_id, request_id) WHERE row_ref IN ('31', '32') ORDER BY 1$$,
	$$VALUES ('31', 'its row of the ERP is gone'), ('32', NULL)$$, 'a parent''s DELETE is a deletion, its UPDATE nothing');
COPY claim (id, s) FROM stdin;
41	w
42	w
43	w
\.
INSERT INTO claim (id, s) VALUES (41, 'a'), (44, 'w') ON CONFLICT (id) DO UPDATE SET s = excluded.s;
MERGE INTO claim USING (VALUES (42, 'c'), (43, NULL), (45, 'w')) AS n(id, s) ON claim.id = n.id
	WHEN MATCHED AND n.s IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET s = n.s WHEN NOT MATCHED THEN INSERT (id, s) VALUES (n.id, n.s);
CREATE VIEW few AS SELECT id, s FROM claim WHERE id > 40 WITH CHECK OPTION;
UPDATE few SET s = 'c' WHERE id = 41;
WITH u AS (UPDATE claim SET s = 'c' WHERE id = 44 RETURNING id) INSERT INTO claim (id, s) SELECT 46, 'w' FROM u;
SELECT results_eq($$SELECT row_ref COLLATE "default", state, fault IS NOT NULL FROM aftersale.bound_row JOIN aftersale.request USING (shop_id, request_id) WHERE row_ref ~ '^4\d' ORDER BY 1$$,
	$$VALUES ('41', 'cancelled', false), ('42', 'cancelled', false), ('43', 'waiting', true), ('44', 'cancelled', false), ('45', 'waiting', false), ('46', 'waiting', false)$$,
	'COPY, upsert, MERGE, an updatable view, a statement within a statement');
SAVEPOINT a;
UPDATE claim SET s = 'a' WHERE id = 45;
ROLLBACK TO a;
UPDATE claim SET s = 'c' WHERE id = 45;
SELECT is(pg_temp.request_of('c', '45'), 'cancelled', 'what was rolled back is not');

-- ---- another shop, another key ----

INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (2, 'own', 'Cups');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (2, 'US', 'USD', 'c', 'UTC');
UPDATE claim SET shop = 2 WHERE id = 46;
SELECT results_eq($$SELECT shop_id, state, fault IS NOT NULL FROM aftersale.bound_row JOIN aftersale.request USING (shop_id, request_id) WHERE row_ref = '46' ORDER BY 1$$,
	$$VALUES (1::bigint, 'waiting', true), (2::bigint, 'waiting', false)$$, 'a row that moves to another shop leaves its request to a person, and opens one there');
SELECT pg_temp.swept('2026-11-26 10:00:00+00') \g /dev/null
SELECT is((SELECT s FROM claim WHERE id = 46), 'w', '... of which the clock is none of the row''s any more');
SELECT aftersale.fire_due(2, 'infinity', 1000) \g /dev/null
SELECT is((SELECT s FROM claim WHERE id = 46), 'r', '... but that of its own');
SELECT is_empty($$SELECT * FROM aftersale.verify_history(1)$$, 'every history holds');
SELECT * FROM finish();
ROLLBACK;
