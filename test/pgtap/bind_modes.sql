-- needs the tables of this version
-- bind(): what the ERP does itself is told to it, conflicts are accepted or noted,
-- rows that were there are taken in, and every kind of key, time and state is read.
BEGIN;
\ir bind.psql

-- ---- outbox and procedures ----

CREATE TABLE told (at serial, message jsonb);
CREATE FUNCTION approve(m jsonb) RETURNS void LANGUAGE sql AS 'INSERT INTO told (message) VALUES (m)';
CREATE PROCEDURE cancel(m jsonb) LANGUAGE sql AS 'INSERT INTO told (message) VALUES (m)';
CREATE TABLE claim (id uuid PRIMARY KEY, state text NOT NULL, due date, touched int NOT NULL DEFAULT 0);
SELECT throws_ok($$SELECT aftersale.bind('claim', 'own/complaint', '{"shop": {"value": 1}, "state": "state"}', '{"a": {"state": "approved", "write_back": "procedure", "procedure": "erp.nothing"}}')$$,
	'RA100', 'attachment "binding_claim" does not fit table "erp.claim": procedure "erp.nothing" does not exist (RA100)', 'a procedure has to be there');
SELECT throws_ok($$SELECT aftersale.bind('claim', 'own/complaint', '{"shop": {"value": 1}, "state": "state"}', '{"a": "approved", "b": ["approved", "rejected"]}')$$,
	'RA100', 'attachment "binding_claim" does not fit table "erp.claim": status codes "a" and "b" both stand for state "approved" (RA100)', 'one code is written for a state');
SELECT throws_ok($$SELECT aftersale.bind('claim', 'own/complaint', '{"shop": {"value": 1}, "state": "state"}', '{"a": "aproved"}')$$,
	'RA100', 'flow "own/complaint" has no state "aproved" (RA100)', 'a state that the flow has not');
SELECT throws_ok($$SELECT aftersale.bind('claim', 'own/complain', '{"shop": {"value": 1}, "state": "state"}', '{"a": "approved"}')$$,
	'RA014', 'flow "own/complain" does not exist (RA014)', 'a flow that there is not');
SELECT throws_ok($$SELECT aftersale.bind('claim', 'own/complaint', '{"shop": {"value": 1}, "state": "state"}', '{"a": "approved"}', '{"touch": ["touched"]}')$$,
	'RA100', 'attachment "binding_claim" does not fit table "erp.claim": column "touched" cannot be touched (RA100)', 'a column that is no time');
SELECT throws_ok($$SELECT aftersale.bind('claim', 'own/complaint', '{"shop": {"value": 1}, "state": "state"}', '{"a": {"state": "approved", "set": {"touched": "x"}}}')$$,
	'22P02', NULL, 'what could not be written back is found at once');
SELECT lives_ok($$SELECT aftersale.bind('claim', 'own/complaint', '{"shop": {"value": 1}, "state": "state", "due": {"column": "due", "zone": "UTC"}}',
	'{"new": "waiting", "ok": {"state": "approved", "write_back": "procedure", "procedure": "erp.approve"}, "no": {"state": "rejected", "write_back": "outbox", "action": "reject"},
	  "off": {"state": "cancelled", "write_back": "procedure", "procedure": "erp.cancel"}, "in": {"state": "received", "write_back": "none"}}', '{"name": "m"}')$$, 'bound');
INSERT INTO claim SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'new' FROM generate_series(1, 6) n;
SELECT is((SELECT DISTINCT due FROM claim), date '2026-11-25', 'a deadline as a date');
SELECT is((SELECT state FROM aftersale.act(1, pg_temp.id_of('m', '00000000-0000-0000-0000-000000000001'), 'approve', '{}', 'alice')), 'approved', 'approved by the engine');
SELECT results_eq($$SELECT message ->> 'key', message ->> 'code', message ->> 'action', message ->> 'actor', (SELECT state FROM claim WHERE id::text LIKE '%1') FROM told$$,
	$$VALUES ('00000000-0000-0000-0000-000000000001', 'ok', 'approve', 'alice', 'new')$$, 'the ERP''s function is called, and the row is left to it');
SELECT is((SELECT due FROM claim WHERE id::text LIKE '%1'), date '2026-12-03', '... but for the deadline');
UPDATE claim SET state = 'ok' WHERE id::text LIKE '%1';
SELECT results_eq($$SELECT state, event_seq FROM aftersale.request WHERE request_id = pg_temp.id_of('m', '00000000-0000-0000-0000-000000000001')$$, $$VALUES ('approved', 2::bigint)$$,
	'when the ERP''s own code has done it, that is no act');
SELECT aftersale.act(1, pg_temp.id_of('m', '00000000-0000-0000-0000-000000000002'), 'approve') \g /dev/null
UPDATE aftersale.request SET platform_due_at = '2026-12-01 00:00+00' WHERE request_id = pg_temp.id_of('m', '00000000-0000-0000-0000-000000000002');
SELECT is((SELECT count(*) FROM told), 2::bigint, 'it is told once, however often the request changes meanwhile');
SELECT aftersale.act(1, pg_temp.id_of('m', '00000000-0000-0000-0000-000000000002'), 'cancel') \g /dev/null
SELECT results_eq($$SELECT message ->> 'code' FROM told ORDER BY at$$, $$VALUES ('ok'), ('ok'), ('off')$$, 'and a procedure is called, too');
LISTEN aftersale_outbox;
SELECT is(pg_temp.swept('2026-11-25 10:00:01+00'), 4::bigint, 'the clock rejects what is left');
SELECT results_eq($$SELECT row_ref, code, state, action, outcome, handled_at FROM aftersale.binding_outbox ORDER BY outbox_id LIMIT 1$$,
	$$VALUES ('00000000-0000-0000-0000-000000000003', 'no', 'rejected', 'timeout', 'late', NULL::timestamptz)$$, 'the outbox has it');
SELECT is((SELECT count(*) FROM aftersale.binding_outbox), 4::bigint, '... each once');
SELECT is((SELECT count(*) FROM claim WHERE state = 'new'), 5::bigint, '... and rows are the ERP''s');
SELECT is((SELECT ok FROM aftersale.health() WHERE name = 'bindings'), true, 'that is well for an hour');
SELECT pg_temp.clock('2026-11-25 11:30+00');
SELECT matches((SELECT detail FROM aftersale.health() WHERE name = 'bindings' AND NOT ok), '; 4 decisions wait in the outbox', '... then health() says so');
UPDATE aftersale.binding_outbox SET handled_at = aftersale.clock();
SELECT is((SELECT ok FROM aftersale.health() WHERE name = 'bindings'), true, '... until the ERP has done them');
SELECT pg_temp.clock('2026-11-25 10:00:01+00');
SELECT aftersale.unbind('claim') \g /dev/null
SELECT is((SELECT count(*) FROM aftersale.binding_outbox), 4::bigint, 'what is in the outbox stays when the table is unbound');

-- ---- conflicts: accepted, noted ----

CREATE TYPE stage AS ENUM ('open', 'ok', 'gone', 'back');
CREATE TABLE "case" (id text PRIMARY KEY, "stage" stage NOT NULL, due bigint);
SELECT throws_ok($$SELECT aftersale.bind('"case"', 'own/complaint', '{"shop": {"value": 1}, "state": "stage"}', '{"open": "waiting", "ok": "approved", "gone": "cancelled"}')$$,
	'RA100', 'status code "back" of column "stage" is not in the map (RA100)', 'every value of an enum is mapped, to nothing if to nothing');
SELECT throws_ok($$SELECT aftersale.bind('"case"', 'own/complaint', '{"shop": {"value": 1}, "state": "stage"}', '{"open": "waiting", "ok": "approved", "gone": "cancelled", "back": "received", "x": null}')$$,
	'RA100', 'column "stage" has no value "x" (RA100)', '... and nothing else');
SELECT lives_ok($$SELECT aftersale.bind('"case"', 'own/complaint', '{"shop": {"value": 1}, "state": "stage", "due": {"column": "due", "unit": "epoch_ms"}}',
	'{"open": "waiting", "ok": "approved", "gone": "cancelled", "back": "received"}', '{"name": "accept", "on_conflict": "accept", "on_delete": "cancel"}')$$, 'an enum');
INSERT INTO "case" VALUES ('A', 'open'), ('B', 'open'), ('C', 'open');
SELECT is((SELECT due FROM "case" WHERE id = 'A'), (extract(epoch FROM timestamptz '2026-11-27 10:00:01+00') * 1000)::bigint, 'a deadline in milliseconds');
UPDATE "case" SET stage = 'gone' WHERE id = 'A';
UPDATE "case" SET stage = 'back' WHERE id = 'A';
SELECT is(pg_temp.request_of('accept', 'A'), 'received (reported by the platform)', 'cancelled, and received: the row is right');
SELECT results_eq($$SELECT array_agg(action ORDER BY event_seq) FROM aftersale.event WHERE request_id = pg_temp.id_of('accept', 'A')$$,
	$$VALUES ('{open,cancel,report_status}'::text[])$$, '... and the history says how');
DELETE FROM "case" WHERE id IN ('A', 'B');
SELECT is(pg_temp.request_of('accept', 'B'), 'cancelled', 'a deletion is the act that the option names');
SELECT pg_temp.clock('2026-11-28 10:00:01+00');
UPDATE "case" SET stage = 'ok' WHERE id = 'C';
SELECT is(pg_temp.request_of('accept', 'C'), 'approved (reported by the platform)', 'what comes after the deadline is accepted as well');
SELECT aftersale.unbind('"case"') \g /dev/null
TRUNCATE "case";
SELECT lives_ok($$SELECT aftersale.bind('"case"', 'own/complaint', '{"shop": {"value": 1}, "state": "stage", "attributes": {"sql": "jsonb_build_object(''id'', id)"}}',
	'{"open": "waiting", "ok": "approved", "gone": "cancelled", "back": "received"}', '{"name": "note", "on_conflict": "record"}')$$, 'the same, noted');
INSERT INTO "case" SELECT n::text, 'open' FROM generate_series(1, 20) n;
SELECT is((SELECT count(*) FROM aftersale.request WHERE attributes ? 'id'), 20::bigint, 'attributes by an expression');
UPDATE "case" SET stage = 'gone' WHERE id = '7';
UPDATE "case" SET stage = CASE WHEN id = '7' THEN 'back' ELSE 'ok' END::stage;
SELECT is((SELECT count(*) FROM aftersale.request WHERE attributes ? 'id' AND state = 'approved'), 19::bigint, 'of twenty rows nineteen go through');
SELECT results_eq($$SELECT row_ref, kind, code, state, sqlstate FROM aftersale.binding_conflict WHERE binding = 'note'$$, $$VALUES ('7', 'refused', 'back', 'cancelled', 'RA105')$$, '... and one is noted');
SELECT aftersale.act_many(array_agg(1::bigint), array_agg(request_id), 'cancel') FROM aftersale.request WHERE attributes ? 'id' AND state = 'approved' \g /dev/null
SELECT is((SELECT count(*) FROM "case" WHERE stage = 'gone'), 19::bigint, 'act_many() is written back');
TRUNCATE "case";
INSERT INTO "case" VALUES ('X', 'open');
TRUNCATE "case";
SELECT is((SELECT fault FROM aftersale.request WHERE attributes ->> 'id' = 'X'), 'its row of the ERP is gone', 'TRUNCATE leaves requests to a person');

-- ---- several on a table, partitions, a state that is an expression ----

CREATE TABLE matter (shop int, id bigint, platform int, kind int, status int NOT NULL, is_closed boolean NOT NULL DEFAULT false, closed_by text, due timestamptz, PRIMARY KEY (id))
	PARTITION BY RANGE (id);
CREATE TABLE matter_1 PARTITION OF matter FOR VALUES FROM (0) TO (100);
CREATE TABLE matter_2 PARTITION OF matter FOR VALUES FROM (100) TO (200);
SELECT lives_ok($$SELECT aftersale.bind('matter', '{"sql": "CASE kind WHEN 1 THEN ''own/complaint'' END"}', '{"shop": "shop", "state": {"sql": "CASE WHEN is_closed THEN ''closed'' WHEN status > 10 THEN ''up'' ELSE ''new'' END"}, "due": "due"}',
	'{"new": "waiting", "up": {"state": "approved", "set": {"status": 20}}, "closed": {"state": ["rejected", "cancelled", "received"], "action": "cancel", "set": {"is_closed": true, "closed_by": "engine"}}}', '{"name": "one", "when": "platform = 1"}')$$, 'bound');
SELECT lives_ok($$SELECT aftersale.bind('matter', 'own/complaint', '{"shop": "shop", "state": "status"}', '{"1": "waiting", "2": "approved"}', '{"name": "two", "when": "platform = 2"}')$$, 'twice');
INSERT INTO matter VALUES (1, 1, 1, 1, 10), (1, 2, 1, 2, 10), (1, 3, 2, 1, 1), (1, 103, 1, 1, 11);
SELECT results_eq($$SELECT binding COLLATE "default", row_ref COLLATE "default" FROM aftersale.bound_row WHERE binding IN ('one', 'two') ORDER BY 1, 2$$, $$VALUES ('one', '1'), ('one', '103'), ('two', '3')$$, 'conditions and flows by expressions');
SELECT is(pg_temp.request_of('one', '103'), 'approved (reported by the platform)', 'a row that comes in another open state opens there');
INSERT INTO matter_2 VALUES (1, 104, 1, 1, 10);
SELECT is(pg_temp.request_of('one', '104'), 'waiting', 'a statement on a partition');
SELECT pg_temp.swept('2026-11-30 10:00:02+00') \g /dev/null
SELECT results_eq($$SELECT is_closed, closed_by FROM matter WHERE id IN (1, 104)$$, $$VALUES (true, 'engine'), (true, 'engine')$$, 'what a state writes where it is no column');
SELECT is((SELECT external_ref FROM aftersale.request WHERE request_id = pg_temp.id_of('one', '1')), '1#2', 'a key that another table has had in the flow');
SELECT is((SELECT status FROM matter WHERE id = 3), 1, 'a state that the map has not is written nowhere');

ALTER TABLE matter DETACH PARTITION matter_2;
SELECT lives_ok($$SELECT aftersale.unbind('matter_2', 'one')$$, 'a partition that was detached is unbound');
SELECT isnt_empty($$SELECT * FROM aftersale.bound_row WHERE binding = 'one'$$, '... and the table it was of stays bound');
SELECT ok((SELECT intact FROM aftersale.attachments() WHERE name = 'one'), '... intact');

-- ---- rows that were there ----

CREATE TABLE old (id int PRIMARY KEY, state text, opened timestamp, shop int, due timestamptz);
INSERT INTO old SELECT 1000 + n, (ARRAY['new', 'ok', 'in', 'odd', NULL])[1 + n % 5], timestamp '2026-11-29 10:00' - n * interval '1 hour', CASE n WHEN 24 THEN 77 ELSE 1 END FROM generate_series(1, 50) n;
INSERT INTO aftersale.rule (shop_id, rule_id, name, flow, state, action) VALUES (1, 1, 'all', 'own/complaint', 'approved', 'cancel');
SELECT is(aftersale.bind('old', 'own/complaint', '{"shop": "shop", "state": "state", "opened": {"column": "opened", "zone": "UTC"}, "due": "due"}', '{"new": "waiting", "ok": "approved", "in": "received"}', '{"name": "o", "dry_run": true}'),
E'binding "o" of table "erp.old" would find
10 rows with "in" (received): no request, since the matter is over
10 rows with "new" (waiting): a request each
10 rows with "odd": not in the map, left alone
10 rows with "ok" (approved): a request each
10 rows without a status code: no request', 'dry_run says what would be');
UPDATE old SET shop = 88 WHERE id = 1025;
SELECT matches(aftersale.bind('old', 'own/complaint', '{"shop": "shop", "state": "state"}', '{"new": "waiting"}', '{"name": "o", "dry_run": true}'), 'with "new": refused, since shop 88 is not in aftersale.shop', '... what would go wrong');
SELECT is_empty($$SELECT * FROM aftersale.attachment WHERE name = 'o'$$, '... and does nothing');
SELECT lives_ok($$SELECT aftersale.bind('old', 'own/complaint', '{"shop": "shop", "state": "state", "opened": {"column": "opened", "zone": "UTC"}, "due": "due"}', '{"new": "waiting", "ok": "approved", "in": "received"}', '{"name": "o", "backfill": true}')$$, 'bound with what was there');
SELECT results_eq($$SELECT state, count(*), count(fault) > 0 FROM aftersale.request JOIN aftersale.bound_row USING (shop_id, request_id) WHERE binding = 'o' GROUP BY 1 ORDER BY 1$$,
	$$VALUES ('approved', 10::bigint, false), ('waiting', 9, true)$$, 'open rows have requests where they stand; nothing fires, no rule acts, what is overdue waits for a person');
SELECT results_eq($$SELECT row_ref, kind, sqlstate FROM aftersale.binding_conflict WHERE binding = 'o' AND kind = 'refused'$$, $$VALUES ('1025', 'refused', 'RA010')$$, 'what cannot be taken in is noted');
SELECT is_empty($$SELECT * FROM aftersale.refund$$, '... no money moved');
SELECT is((SELECT count(*) FROM old WHERE due IS NOT NULL), 19::bigint, '... deadlines are written');
SELECT is(pg_temp.swept('2026-11-30 10:00:02+00'), 0::bigint, '... and the clock does not act on them');
SELECT aftersale.unbind('old') \g /dev/null
SELECT aftersale.bind('old', 'own/complaint', '{"shop": "shop", "state": "state"}', '{"new": "waiting", "ok": "approved", "in": "received"}', '{"name": "anew", "backfill": true}') \g /dev/null
SELECT is((SELECT count(*) FROM aftersale.bound_row WHERE binding = 'anew'), 19::bigint, 'bound again, rows find their requests by their keys');
SELECT is((SELECT count(*) FROM aftersale.request WHERE external_ref LIKE '1___#%'), 0::bigint, '... none is opened twice');

-- ---- rights ----

UPDATE aftersale.rule SET enabled = false;
RESET ROLE;
CREATE SCHEMA other AUTHORIZATION regress_clerk;
GRANT USAGE ON SCHEMA erp TO regress_clerk;
GRANT SELECT, INSERT, UPDATE, DELETE ON erp.matter TO regress_clerk;
SET ROLE regress_clerk;
SELECT is(pg_temp.error_of('SELECT count(*) FROM aftersale.request'), '42501 permission denied for table request', 'a user of the ERP who has no rights in aftersale');
INSERT INTO erp.matter VALUES (1, 5, 1, 1, 10);
UPDATE erp.matter SET status = 11 WHERE id = 5;
RESET ROLE;
SELECT results_eq($$SELECT action, actor, role FROM aftersale.event WHERE request_id = pg_temp.id_of('one', '5') ORDER BY event_seq$$,
	$$VALUES ('open', 'regress_erp', 'regress_erp'), ('approve', 'regress_erp', 'regress_erp')$$, '... works on the bound table, with its owner''s rights');
SET ROLE regress_clerk;
SELECT matches(pg_temp.error_of($$SELECT aftersale.bind('erp.matter', 'own/complaint', '{"shop": "shop", "state": "status"}', '{"1": "waiting"}')$$), '^(RA103|42501) ', 'but binds no table of another');
CREATE TABLE other.mine (id int PRIMARY KEY, state text);
SELECT matches(pg_temp.error_of($$SELECT aftersale.bind('other.mine', 'own/complaint', '{"shop": {"value": 1}, "state": "state"}', '{"1": "waiting"}')$$), '^(RA103|42501) ', 'nor his own, without rights in aftersale');
RESET ROLE;
SET ROLE regress_erp;
SELECT is_empty($$SELECT * FROM aftersale.verify_history(1)$$, 'every history holds');
SELECT * FROM finish();
ROLLBACK;
