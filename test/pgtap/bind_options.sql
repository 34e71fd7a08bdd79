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
CREATE FUNCTION pg_temp.bind(relation regclass, name text, open_at text, write_back text DEFAULT 'direct') RETURNS text LANGUAGE sql AS $$
	SELECT aftersale.bind(relation, 'own/complaint', '{"shop": "shop", "state": "state", "amount": "amount", "items": {"sql": "erp.lines(id)"}, "due": "due"}',
		'{"draft": null, "waiting": "waiting", "approved": "approved", "done": "received", "rejected": {"state": "rejected", "action": "reject"}, "cancelled": "cancelled"}',
		jsonb_build_object('name', name, 'open_at', open_at, 'write_back', write_back))$$;
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
INSERT INTO claim SELECT n, 1, 'waiting', 1 FROM generate_series(1001, 3200) n;
INSERT INTO whole SELECT n, 1, 'waiting', 1 FROM generate_series(18901, 21000) n;
INSERT INTO part VALUES (14000, 1, 'waiting', 1);
INSERT INTO claim_line SELECT n, 'A', 1 FROM generate_series(1001, 3200) n;
SELECT is(pg_temp.commit(), 'accepted', 'the transaction ends');
SELECT is((SELECT count(*) FROM aftersale.item i JOIN aftersale.bound_row b USING (shop_id, request_id) WHERE b.binding = 'c' AND b.row_ref::int > 1000), 2200::bigint, '2,200 rows with a line each');
SELECT is((SELECT count(*) FROM aftersale.request r JOIN aftersale.bound_row b USING (shop_id, request_id) WHERE b.binding = 'w'), 2101::bigint, '2,101 rows of a partitioned table');
SELECT is((SELECT state FROM aftersale.act(1, pg_temp.id_of('w', '18901'), 'approve')), 'approved', 'an act');
SELECT is((SELECT state FROM whole WHERE id = 18901), 'approved', '... is written back');

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
SELECT lives_ok('ALTER TABLE claim ALTER COLUMN amount TYPE numeric(12,2)', 'the condition of its constraint trigger blocks no migration of the ERP''s');
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


-- ---- a fault is the table's, and only while it is there ----

SET client_min_messages = error;
RESET ROLE;
CREATE SCHEMA tools AUTHORIZATION regress_erp;
GRANT CREATE ON DATABASE :"DBNAME" TO regress_erp;
SET ROLE regress_erp;
CREATE FUNCTION tools.reason(id int) RETURNS text LANGUAGE sql STABLE AS $$SELECT 'r' || id$$;
SELECT aftersale.unbind('claim');
DELETE FROM claim;
SELECT aftersale.bind('claim', 'own/complaint', '{"shop": "shop", "state": "state", "reason": {"sql": "tools.reason(id)"}}', '{"waiting": "waiting", "approved": "approved"}', '{"name": "g", "on_fault": "pass"}');
ALTER SCHEMA tools RENAME TO tools_of_old;
INSERT INTO claim VALUES (60, 1, 'waiting', 10);
ALTER SCHEMA tools_of_old RENAME TO tools;
INSERT INTO claim VALUES (61, 1, 'waiting', 10);
SELECT is(pg_temp.request_of('g', '60'), NULL, 'a function is not found: rows pass');
SELECT is(pg_temp.request_of('g', '61'), 'waiting', '... found again, though nothing of the table''s changed, they are requests');
RESET ROLE;
GRANT USAGE ON SCHEMA erp TO regress_clerk;
GRANT INSERT ON claim, claim_line TO regress_clerk;
SET ROLE regress_clerk;
SELECT is(pg_temp.error_of($$INSERT INTO erp.claim VALUES (62, 1, 'waiting', 10)$$), '42501 permission denied for schema tools', 'that a writer lacks a right is no fault that lets rows pass');
SET ROLE regress_erp;
RESET client_min_messages;

-- ---- triggers that somebody made who was granted TRIGGER ----

SELECT aftersale.unbind('claim');
DELETE FROM claim;
SELECT pg_temp.bind('claim', 'h', 'commit');
INSERT INTO claim VALUES (70, 1, 'waiting', 10), (71, 1, 'waiting', 10);
SELECT is(pg_temp.commit(), 'accepted', 'the transaction ends');
CREATE TABLE ran (who name);
GRANT INSERT ON ran TO PUBLIC;
GRANT TRIGGER ON claim TO regress_clerk;
RESET ROLE;
CREATE SCHEMA theirs AUTHORIZATION regress_clerk;
GRANT USAGE ON SCHEMA theirs TO PUBLIC;
SET ROLE regress_clerk;
CREATE FUNCTION theirs.evil() RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$BEGIN INSERT INTO erp.ran VALUES (current_user); RETURN 'own/complaint'; END$$;
CREATE TRIGGER a AFTER DELETE ON erp.claim REFERENCING OLD TABLE AS o FOR EACH STATEMENT EXECUTE FUNCTION
	aftersale.attached_binding('h', '{"kind": "binding", "columns": {"shop": "shop", "state": "state", "key": "id", "flow": {"sql": "theirs.evil()"}}, "states": {"waiting": "waiting"}}');
SET ROLE regress_erp;
SELECT is((SELECT state FROM aftersale.act(1, pg_temp.id_of('h', '70'), 'approve')), 'approved', 'a trigger with another definition stands in nobody''s way');
SELECT is((SELECT state FROM claim WHERE id = 70), 'approved', '... the row is written');
SELECT is((SELECT count(*) FROM ran), 0::bigint, '... and nothing of it is computed as the owner of the table');
DROP TRIGGER a ON claim;
SET ROLE regress_clerk;
CREATE TRIGGER a AFTER DELETE ON erp.claim REFERENCING OLD TABLE AS o FOR EACH STATEMENT EXECUTE FUNCTION aftersale.attached_binding('h', '{"kind": "binding", "on_fault": "pass"}');
SET ROLE regress_erp;
SELECT is((SELECT state FROM aftersale.act(1, pg_temp.id_of('h', '71'), 'approve')), 'approved', 'one that lets rows pass');
SELECT is((SELECT state FROM claim WHERE id = 71), 'approved', '... does not keep what is decided from the rows');
DROP TRIGGER a ON claim;
SET ROLE regress_clerk;
CREATE TRIGGER a AFTER INSERT ON erp.claim FOR EACH ROW EXECUTE FUNCTION
	aftersale.attached_binding_commit('h', '{"kind": "binding", "columns": {"shop": "shop", "state": "state", "key": "id", "flow": {"sql": "theirs.evil()"}}, "states": {"waiting": "waiting"}}');
SET ROLE regress_erp;
SELECT matches(pg_temp.error_of($$INSERT INTO claim VALUES (72, 1, 'waiting', 10)$$), '^RA103 a trigger of table "erp.claim" carries another definition', 'the same for that of the commit');
SELECT is((SELECT count(*) FROM ran), 0::bigint, '... and nothing of it is computed');
DROP TRIGGER a ON claim;

-- ---- whose keys change, or are used again ----

SET CONSTRAINTS ALL DEFERRED;
INSERT INTO claim VALUES (80, 1, 'waiting', 10);
UPDATE claim SET id = 81 WHERE id = 80;
INSERT INTO claim_line VALUES (81, 'A', 1);
INSERT INTO claim VALUES (82, 1, 'unheard of', 10);
UPDATE claim SET state = 'waiting' WHERE id = 82;
SELECT is(pg_temp.commit(), 'accepted', 'the transaction ends');
SELECT is(pg_temp.lines_of('h', '81'), 1::bigint, 'a row that has another key by then has waited');
SELECT is((SELECT count(*) FROM aftersale.binding_conflict WHERE binding = 'h' AND row_ref = '82'), 0::bigint, 'a code that it had on the way is no conflict');
INSERT INTO claim VALUES (83, 1, 'draft', 10);
DELETE FROM claim WHERE id = 83;
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO claim VALUES (83, 1, 'waiting', 10), (84, 1, 'draft', 10);
INSERT INTO claim_line VALUES (83, 'A', 1);
SELECT is(pg_temp.commit(), 'accepted', 'the transaction ends');
SELECT is(pg_temp.lines_of('h', '83'), 1::bigint, 'inserted at once, deleted, inserted again and deferred: it waits');
DELETE FROM claim WHERE id = 84;
INSERT INTO claim VALUES (84, 1, 'waiting', 10);
SELECT is(pg_temp.request_of('h', '84'), 'waiting', 'deferred, deleted, inserted again at once: it does not wait for what does not come');

-- ---- several tables, and savepoints ----

CREATE TABLE other (LIKE claim INCLUDING ALL);
SELECT pg_temp.bind('other', 'o', 'commit');
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO claim VALUES (90, 1, 'waiting', 10);
SET CONSTRAINTS zz_aftersale_o_commit IMMEDIATE;
INSERT INTO other VALUES (90, 1, 'waiting', 10);
SELECT is(pg_temp.request_of('o', '90') || coalesce(pg_temp.request_of('h', '90'), ', none'), 'waiting, none', 'constraints of one binding: rows of the others go on waiting');
INSERT INTO claim_line VALUES (90, 'A', 1);
SELECT is(pg_temp.commit(), 'accepted', 'the transaction ends');
SELECT is(pg_temp.lines_of('h', '90'), 1::bigint, '... with their lines');
SELECT aftersale.unbind('other');
SELECT pg_temp.bind('other', 'o', 'commit', 'none');
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO other VALUES (91, 1, 'waiting', 10);
SELECT is(pg_temp.commit(), 'accepted', 'opened early');
SELECT is((SELECT state FROM aftersale.act(1, pg_temp.id_of('o', '91'), 'approve')), 'approved', '... acted on, which the row is not told');
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO other VALUES (92, 1, 'waiting', 10);
SAVEPOINT s;
SELECT is(pg_temp.commit(), 'accepted', 'another one is opened');
ROLLBACK TO s;
SELECT is(pg_temp.commit(), 'accepted', '... and undone: only that one is opened again');
SELECT is(pg_temp.request_of('o', '91') || ' ' || pg_temp.request_of('o', '92'), 'approved waiting', '... the other is where it was');

-- ---- rows that the ERP's triggers insert ----

ALTER TABLE claim_line DROP CONSTRAINT claim_line_claim_fkey;
CREATE FUNCTION erp.goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.state <> OLD.state AND NEW.id < 1000 THEN
		INSERT INTO erp.claim VALUES (NEW.id + 1000, CASE WHEN NEW.amount = 66 THEN 9 ELSE 1 END, 'waiting', 1);
		INSERT INTO erp.claim_line VALUES (NEW.id + 1000, 'A', 1);
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER goes_on AFTER UPDATE ON claim FOR EACH ROW EXECUTE FUNCTION erp.goes_on();
INSERT INTO claim VALUES (100, 1, 'waiting', 10), (101, 1, 'waiting', 66), (102, 1, 'waiting', 10), (103, 1, 'waiting', 10), (104, 1, 'waiting', 66), (105, 1, 'waiting', 10);
SET CONSTRAINTS ALL DEFERRED;
SELECT results_eq($$SELECT state, sqlstate FROM aftersale.act_many('{1,1,1}', ARRAY[pg_temp.id_of('h', '100'), pg_temp.id_of('h', '101'), pg_temp.id_of('h', '102')], 'approve', on_error => 'skip')$$,
	$$VALUES ('approved', NULL), (NULL, 'RA010'), ('approved', NULL)$$, 'act_many() skips the one whose follow-up is refused');
SELECT is(pg_temp.lines_of('h', '1100'), 1::bigint, '... the others'' are opened, with their lines');
SELECT is(pg_temp.commit(), 'accepted', '... and the transaction ends');
SET CONSTRAINTS ALL DEFERRED;
SELECT pg_temp.clock('2026-11-25 10:00:01+00');
SELECT cmp_ok(aftersale.fire_due(1, 'infinity', 100000), '>', 3000::bigint, 'the sweep');
SELECT is(pg_temp.commit(), 'accepted', '... is not stopped at its commit');
SELECT matches((SELECT fault FROM aftersale.request WHERE request_id = pg_temp.id_of('h', '104')), '^RA010', '... by that one, which is left to a person');
SELECT is(pg_temp.request_of('h', '103') || ' ' || pg_temp.lines_of('h', '1103'), 'rejected (late) 1', '... and acts on the others');
SELECT pg_temp.clock('2026-11-23 10:00+00');
SELECT aftersale.grant_access('regress_clerk', 'employee') \g /dev/null
INSERT INTO aftersale.login (login, shop_id, actor) VALUES ('regress_clerk', 1, 'merchant');
CREATE TABLE by_state (id int, shop int, state varchar) PARTITION BY LIST (state);
CREATE TABLE by_state_1 PARTITION OF by_state FOR VALUES IN ('waiting');
CREATE TABLE by_state_2 PARTITION OF by_state DEFAULT;
SELECT aftersale.bind('by_state', 'own/complaint', '{"key": "id", "shop": "shop", "state": "state"}', '{"waiting": "waiting", "approved": "approved"}', '{"name": "p", "open_at": "commit"}');
INSERT INTO by_state VALUES (1, 1, 'waiting');
INSERT INTO claim VALUES (110, 1, 'waiting', 10);
SELECT is(pg_temp.commit(), 'accepted', 'the transaction ends');
SET CONSTRAINTS ALL DEFERRED;
SELECT pg_temp.id_of('p', '1') AS p1, pg_temp.id_of('h', '110') AS h110 \gset
SET ROLE regress_clerk;
SELECT is((SELECT state FROM aftersale.act(1, :p1, 'approve')), 'approved', 'somebody acts who has no rights of the owner''s: the row goes to another partition');
SELECT is((SELECT state FROM aftersale.act(1, :h110, 'approve')), 'approved', '... and a trigger inserts a row');
SET ROLE regress_erp;
SELECT is((SELECT tableoid::regclass || ' ' || state FROM by_state), 'by_state_2 approved', '... it is there');
SELECT is(pg_temp.request_of('h', '1110'), 'waiting', '... which opens at its statement, since nothing may wait then');

-- ---- what is seen, and by whom, at the end ----

DROP TRIGGER goes_on ON claim;
CREATE FUNCTION erp.adds_line() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO erp.claim_line VALUES (NEW.id, 'A', 1); RETURN NULL; END$$;
CREATE CONSTRAINT TRIGGER adds_line AFTER INSERT ON claim DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION erp.adds_line();
INSERT INTO claim VALUES (120, 1, 'waiting', 10);
SELECT is(pg_temp.commit(), 'accepted', 'the transaction ends');
SELECT is(pg_temp.lines_of('h', '120'), 1::bigint, 'what a deferred trigger of the ERP''s did before is seen');
DROP TRIGGER adds_line ON claim;
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO claim VALUES (121, 1, 'waiting', 10);
RESET ROLE;
REVOKE ALL ON SCHEMA erp FROM regress_clerk, PUBLIC;
REVOKE ALL ON FUNCTION erp.lines FROM PUBLIC;
SET ROLE regress_clerk;
SELECT is(pg_temp.commit(), 'accepted', 'who commits needs no rights of his');
SET ROLE regress_erp;
SELECT is(pg_temp.request_of('h', '121'), 'waiting', '... the row opens with the owner''s');

SELECT * FROM finish();
ROLLBACK;
