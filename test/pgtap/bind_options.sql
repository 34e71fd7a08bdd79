-- bind() with open_at: rows whose items, payments and the like come after them, in
-- the same transaction, open their requests at its end.  And with on_fault: a table
-- that no longer fits goes on without its binding.
-- needs the tables of this version
BEGIN;
\ir bind.psql

CREATE TABLE claim (id int PRIMARY KEY, shop int, state varchar NOT NULL DEFAULT 'draft', amount numeric(10,2), due timestamptz);
CREATE TABLE claim_line (claim int REFERENCES claim DEFERRABLE INITIALLY DEFERRED, sku text, quantity float8);
CREATE FUNCTION erp.lines(claim int) RETURNS jsonb LANGUAGE sql STABLE AS
	$$SELECT jsonb_agg(jsonb_build_object('product', l.sku, 'quantity', l.quantity) ORDER BY l.sku) FROM erp.claim_line l WHERE l.claim = lines.claim$$;
CREATE FUNCTION pg_temp.bind(relation regclass, name text, open_at text) RETURNS text LANGUAGE sql AS $$
	SELECT aftersale.bind(relation, 'own/complaint', '{"shop": "shop", "state": "state", "amount": "amount", "items": {"sql": "erp.lines(id)"}, "due": "due"}',
		'{"draft": null, "waiting": "waiting", "approved": "approved", "done": "received", "rejected": {"state": "rejected", "action": "reject"}, "cancelled": "cancelled"}',
		jsonb_build_object('name', name, 'open_at', open_at))$$;
-- How many lines the request of a row has; NULL: there is no request
CREATE FUNCTION pg_temp.lines_of(bound text, key text) RETURNS bigint LANGUAGE sql AS
	$$SELECT (SELECT count(*) FROM aftersale.item i WHERE i.shop_id = 1 AND i.request_id = r.request_id)
	  FROM aftersale.request r WHERE r.request_id = pg_temp.id_of(bound, key)$$;
-- The end of the transaction, as far as triggers see it
CREATE FUNCTION pg_temp.commit() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN pg_temp.error_of('SET CONSTRAINTS ALL IMMEDIATE');
END $$;

-- ---- what it is for ----

SELECT pg_temp.bind('claim', 'c', 'statement');
INSERT INTO claim VALUES (1, 1, 'waiting', 10);
INSERT INTO claim_line VALUES (1, 'A', 1), (1, 'B', 2);
SELECT is(pg_temp.lines_of('c', '1'), 0::bigint, 'opened by its INSERT, a row has no lines yet');
SELECT aftersale.unbind('claim');
SELECT is(pg_temp.error_of($$SELECT pg_temp.bind('claim', 'c', 'whenever')$$),
	'RA100 attachment "c" does not fit table "erp.claim": "open_at" cannot be "whenever" (RA100)', 'there are two moments');
SELECT pg_temp.bind('claim', 'c', 'commit');
INSERT INTO claim VALUES (2, 1, 'waiting', 10), (3, 1, 'draft', 10), (4, 1, 'done', 10), (9, 1, 'draft', 10);
INSERT INTO claim_line VALUES (2, 'A', 1), (2, 'B', 2), (3, 'A', 1);
UPDATE claim SET amount = 11 WHERE id = 2;
SELECT is(pg_temp.request_of('c', '2'), NULL, 'opened at the end, it is no request before');
SELECT is(pg_temp.commit(), 'accepted', 'the transaction ends');
SELECT is(pg_temp.lines_of('c', '2'), 2::bigint, 'now it is one, with its lines');
SELECT is((SELECT (r.amount, r.due_at = c.due)::text FROM aftersale.request r, claim c WHERE r.request_id = pg_temp.id_of('c', '2') AND c.id = 2), '(11,t)',
	'... as the row is by then, and the row has its deadline');
SELECT is((SELECT count(*) FROM aftersale.request WHERE request_id = pg_temp.id_of('c', '3') OR request_id = pg_temp.id_of('c', '4')), 0::bigint, 'drafts, and what is over, open none');

SET CONSTRAINTS ALL DEFERRED;
INSERT INTO claim VALUES (5, 1, 'draft', 10), (6, 1, 'waiting', 10), (7, 1, 'waiting', 10), (8, NULL, 'waiting', 10);
UPDATE claim SET state = 'waiting' WHERE id IN (3, 5);
SELECT is(pg_temp.lines_of('c', '3'), 1::bigint, 'a row that was there before opens its request at once');
SELECT is(pg_temp.request_of('c', '5'), NULL, 'a placeholder that is filled waits for the end');
INSERT INTO claim_line VALUES (5, 'A', 1);
UPDATE claim SET state = 'approved' WHERE id = 6;
UPDATE claim SET shop = 1 WHERE id = 8;
DELETE FROM claim WHERE id = 7;
INSERT INTO claim VALUES (7, 1, 'waiting', 70);
SELECT is(pg_temp.commit(), 'accepted', 'the transaction ends');
SELECT is(pg_temp.lines_of('c', '5'), 1::bigint, 'the placeholder has its line');
SELECT is(pg_temp.request_of('c', '6'), 'approved (reported by the platform)', 'several states in one transaction: the last');
SELECT is(pg_temp.request_of('c', '8'), 'waiting', 'a shop that came later');
SELECT results_eq($$SELECT r.amount FROM aftersale.request r WHERE r.shop_id = 1 AND r.external_ref LIKE '7%'$$, 'VALUES (70.00)', 'deleted and inserted again: one request');

-- ---- constraints that are immediate ----

INSERT INTO claim VALUES (30, 1, 'waiting', 10), (31, 1, 'draft', 10), (32, 1, 'waiting', 10);
SELECT is(pg_temp.request_of('c', '30') || ' ' || pg_temp.request_of('c', '32'), 'waiting waiting', 'rows open at their statement');
UPDATE claim SET state = 'waiting' WHERE id IN (9, 31);
SELECT is(pg_temp.request_of('c', '31'), 'waiting', '... also those that are filled later');
SELECT is(pg_temp.request_of('c', '9'), 'waiting', '... and those that waited before');

-- ---- what is undone ----

SET CONSTRAINTS ALL DEFERRED;
INSERT INTO claim VALUES (10, 1, 'waiting', 10);
SAVEPOINT s;
INSERT INTO claim VALUES (11, 1, 'waiting', 10);
ROLLBACK TO s;
SELECT is(pg_temp.commit(), 'accepted', 'the transaction ends');
SELECT is(pg_temp.request_of('c', '10') || coalesce(pg_temp.request_of('c', '11'), ', none'), 'waiting, none', 'a row that was undone opens nothing, the others do');
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO claim VALUES (12, 1, 'waiting', 10);
SAVEPOINT s;
SELECT is(pg_temp.commit(), 'accepted', 'opened early, within a savepoint');
SELECT is(pg_temp.request_of('c', '12'), 'waiting', '... it is there');
ROLLBACK TO s;
SELECT is(pg_temp.request_of('c', '12'), NULL, '... undone, it is not');
SELECT is(pg_temp.commit(), 'accepted', 'the transaction ends');
SELECT is(pg_temp.request_of('c', '12'), 'waiting', '... and it was not forgotten');

-- ---- what is refused ----

SET CONSTRAINTS ALL DEFERRED;
INSERT INTO claim VALUES (20, 9, 'waiting', 10), (21, 1, 'waiting', 10);
SELECT is(pg_temp.commit(), 'RA010 shop "9" does not exist (RA010)', 'what the engine refuses, it refuses at the end');
DELETE FROM claim WHERE id = 20;
SELECT is(pg_temp.commit(), 'accepted', 'without that row');
SELECT is(pg_temp.request_of('c', '21'), 'waiting', '... the others are opened');
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO claim VALUES (22, 1, 'waiting', 10);
SELECT aftersale.pause('c');
SELECT is(pg_temp.commit(), 'accepted', 'paused by then');
SELECT aftersale.resume('c');
SELECT is(pg_temp.request_of('c', '22'), NULL, '... it opens nothing');

-- ---- many rows, several bindings, partitions ----

SELECT aftersale.unbind('claim');
CREATE TABLE whole (LIKE claim INCLUDING ALL) PARTITION BY RANGE (id);
CREATE TABLE part PARTITION OF whole FOR VALUES FROM (0) TO (20000);
SELECT pg_temp.bind('claim', 'c', 'commit');
SELECT pg_temp.bind('whole', 'w', 'commit');
CREATE TABLE part_later PARTITION OF whole FOR VALUES FROM (20000) TO (40000);
SELECT is((SELECT string_agg(name || ' ' || coalesce(problem, 'intact'), ', ') FROM aftersale.attachments()), 'c intact, w table "erp.part_later" lacks trigger "zz_aftersale_w_delete"',
	'triggers are where they should be');
SELECT aftersale.repair('w');
SELECT is((SELECT string_agg(name || ' ' || coalesce(problem, 'intact'), ', ') FROM aftersale.attachments()), 'c intact, w intact', 'also on a partition that came later');
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO claim SELECT n, 1, 'waiting', 1 FROM generate_series(1001, 12000) n;
INSERT INTO whole SELECT n, 1, 'waiting', 1 FROM generate_series(15001, 25000) n;
INSERT INTO part VALUES (14000, 1, 'waiting', 1);
INSERT INTO claim_line SELECT n, 'A', 1 FROM generate_series(1001, 12000) n;
SELECT is(pg_temp.commit(), 'accepted', 'the transaction ends');
SELECT is((SELECT count(*) FROM aftersale.item i JOIN aftersale.bound_row b USING (shop_id, request_id) WHERE b.binding = 'c' AND b.row_ref::int > 1000), 11000::bigint, '11,000 rows with a line each');
SELECT is((SELECT count(*) FROM aftersale.request r JOIN aftersale.bound_row b USING (shop_id, request_id) WHERE b.binding = 'w'), 10001::bigint, '10,001 rows of a partitioned table');
SELECT is((SELECT state FROM aftersale.act(1, pg_temp.id_of('w', '15001'), 'approve')), 'approved', 'an act');
SELECT is((SELECT state FROM whole WHERE id = 15001), 'approved', '... is written back');

-- ---- a row that may not stop the others ----

SELECT aftersale.unbind('claim');
SELECT aftersale.bind('claim', 'own/complaint', '{"shop": "shop", "state": "state", "amount": "amount", "items": {"sql": "erp.lines(id)"}}', '{"waiting": "waiting"}',
	'{"name": "r", "open_at": "commit", "on_conflict": "record"}');
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO claim SELECT 13000 + n, 1, 'waiting', CASE WHEN n % 50 = 0 THEN 1.005 ELSE 1 END FROM generate_series(1, 500) n;
INSERT INTO claim SELECT 14000 + n, CASE WHEN n % 50 = 0 THEN 9 ELSE 1 END, 'waiting', 1 FROM generate_series(1, 500) n;
SELECT is(pg_temp.commit(), 'accepted', 'with conflicts recorded, the transaction ends');
SELECT is((SELECT count(*) FROM aftersale.request r JOIN aftersale.bound_row b USING (shop_id, request_id) WHERE b.binding = 'r' AND b.row_ref::int > 14000), 490::bigint, 'what can be opened is');
SELECT is((SELECT count(*) FROM aftersale.binding_conflict WHERE binding = 'r'), 10::bigint, '... the others are noted, once');

-- ---- a table that no longer fits ----

SELECT aftersale.unbind('claim');
DELETE FROM claim_line;
DELETE FROM claim;
SET CONSTRAINTS ALL DEFERRED;
SELECT aftersale.bind('claim', 'own/complaint', '{"shop": "shop", "state": "state", "amount": "amount", "due": "due"}', '{"waiting": "waiting", "approved": "approved"}',
	'{"name": "f", "open_at": "commit", "on_fault": "pass"}');
INSERT INTO claim VALUES (50, 1, 'waiting', 10), (51, 1, 'waiting', 10);
SELECT is(pg_temp.commit(), 'accepted', 'while it fits');
SELECT is(pg_temp.request_of('f', '50'), 'waiting', '... rows are requests');
SET client_min_messages = error;
ALTER TABLE claim RENAME COLUMN due TO deadline;
INSERT INTO claim VALUES (52, 1, 'waiting', 10);
UPDATE claim SET state = 'approved' WHERE id = 50;
SELECT is(pg_temp.request_of('f', '50') || coalesce(pg_temp.request_of('f', '52'), ', none'), 'waiting, none', 'when it does not, rows pass');
SELECT is((SELECT state FROM aftersale.act(1, pg_temp.id_of('f', '51'), 'approve')), 'approved', '... and so do acts');
SELECT is((SELECT state FROM claim WHERE id = 51), 'waiting', '... which the row is not told');
SELECT is((SELECT ok FROM aftersale.health() WHERE name = 'attachments'), false, 'health() tells');
ALTER TABLE claim RENAME COLUMN deadline TO due;
RESET client_min_messages;
INSERT INTO claim VALUES (53, 1, 'waiting', 10);
SELECT is(pg_temp.request_of('f', '53'), 'waiting', 'when it fits again, all is as before');
SELECT is(aftersale.backfill('f'), NULL, 'what was missed is taken in');
SELECT is(pg_temp.request_of('f', '52'), 'waiting', '... the row is a request');
SELECT results_eq($$SELECT row_ref, kind, code, state FROM aftersale.binding_conflict WHERE binding = 'f' ORDER BY 1$$,
	$$VALUES ('50', 'differs', 'approved', 'waiting'), ('51', 'differs', 'waiting', 'approved')$$, '... and what differs is told');

SELECT * FROM finish();
ROLLBACK;
