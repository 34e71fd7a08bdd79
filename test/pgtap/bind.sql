-- needs the tables of this version
-- bind(): rows of a table of the ERP's are requests.  What opens them, what acts
-- on them, what goes back into the rows, and what happens where the two disagree.
BEGIN;
\ir bind.psql

CREATE TABLE complaint (
	id int PRIMARY KEY, shop int, "order" varchar(20), state varchar NOT NULL DEFAULT 'draft', amount numeric(10,2), reason text, who text,
	due timestamp, refunded bigint, result text, write_date timestamp(6), version int NOT NULL DEFAULT 1, note text, deleted_at timestamptz);
SELECT lives_ok($$SELECT aftersale.bind('complaint', 'own/complaint',
	'{"shop": "shop", "state": "state", "order": "order", "amount": "amount", "paid": {"sql": "100::numeric"}, "currency": {"value": "USD"}, "reason": "reason", "actor": "who",
	  "due": {"column": "due", "zone": "America/New_York"}, "refund": {"column": "refunded", "unit": "minor"}, "outcome": "result"}',
	'{"draft": null, "waiting": "waiting", "approved": "approved", "done": "received", "rejected": {"state": "rejected", "action": "reject"}, "cancelled": "cancelled"}',
	'{"name": "c", "when": "deleted_at IS NULL", "touch": [{"column": "write_date", "zone": "UTC"}, {"column": "version", "sql": "version + 1"}]}')$$, 'bound');

-- ---- opening ----

INSERT INTO complaint (id, shop, "order", state, amount) VALUES (1, 1, 'O-1', 'draft', 10), (2, 1, 'O-2', 'waiting', 20), (3, NULL, 'O-3', 'waiting', 30), (4, 1, 'O-4', 'done', 40);
SELECT is(pg_temp.request_of('c', '1'), NULL, 'a draft is no request yet');
SELECT is(pg_temp.request_of('c', '2'), 'waiting', 'a row in a mapped state is');
SELECT is(pg_temp.request_of('c', '3'), NULL, 'a placeholder whose shop is not known yet is none');
SELECT is(pg_temp.request_of('c', '4'), NULL, 'nor is a matter that is over');
SELECT results_eq($$SELECT external_ref, order_ref, amount, last_actor FROM aftersale.request WHERE shop_id = 1$$,
	$$VALUES ('2', 'O-2', 20.00, 'regress_erp')$$, 'it has what the row has');
SELECT is((SELECT due FROM complaint WHERE id = 2), timestamp '2026-11-25 05:00', 'its deadline is in the row, in the zone that the column has');
SELECT is((SELECT (write_date, version)::text FROM complaint WHERE id = 2), '("2026-11-23 10:00:00",2)', 'and the row is touched');
UPDATE complaint SET shop = 1 WHERE id = 3;
SELECT is(pg_temp.request_of('c', '3'), 'waiting', 'the placeholder is filled: a request');
UPDATE complaint SET state = 'waiting', who = 'buyer' WHERE id = 1;
SELECT results_eq($$SELECT r.state, r.last_actor FROM aftersale.request r WHERE request_id = pg_temp.id_of('c', '1')$$,
	$$VALUES ('waiting', 'buyer')$$, 'a draft is handed in, by whom the row says');
UPDATE complaint SET note = 'x', version = 7;
SELECT is((SELECT max(event_seq) FROM aftersale.request), 1::bigint, 'what is not mapped is not looked at');

-- ---- acts ----

UPDATE complaint SET who = NULL;
UPDATE complaint SET state = CASE id WHEN 2 THEN 'approved' WHEN 3 THEN 'cancelled' ELSE state END, amount = amount + 1;
SELECT is(pg_temp.request_of('c', '2'), 'approved', 'one statement, several states: approved');
SELECT is(pg_temp.request_of('c', '3'), 'cancelled', '... and cancelled');
SELECT is((SELECT amount FROM aftersale.request WHERE request_id = pg_temp.id_of('c', '1')), 11.00, 'a mapped value goes along');
UPDATE complaint SET state = 'done' WHERE id = 2;
SELECT is(pg_temp.request_of('c', '2'), 'received', 'received');
SELECT is((SELECT refunded FROM complaint WHERE id = 2), 2100::bigint, 'what was decided to be refunded is in the row, in minor units');
INSERT INTO complaint (id, shop, state, amount) VALUES (5, 1, 'waiting', 1);
UPDATE complaint SET state = 'approved' WHERE id = 5;
UPDATE complaint SET state = 'cancelled' WHERE id = 5;
SELECT results_eq($$SELECT array_agg(action ORDER BY event_seq) FROM aftersale.event WHERE request_id = pg_temp.id_of('c', '5')$$,
	$$VALUES ('{open,approve,cancel}'::text[])$$, 'several states in one transaction');
INSERT INTO complaint (id, shop, state) SELECT n, 1, 'waiting' FROM generate_series(100, 1199) n;
UPDATE complaint SET state = 'rejected' WHERE id BETWEEN 100 AND 1199 AND id % 2 = 0;
SELECT is((SELECT count(*) FROM aftersale.request WHERE state = 'rejected' AND last_action = 'reject'), 550::bigint, 'many rows, by the action that the map names');

-- ---- what the engine decides ----

SELECT is(pg_temp.swept('2026-11-25 10:00:01+00'), 551::bigint, 'the clock takes what is overdue');
SELECT results_eq($$SELECT state, result, due, write_date, version FROM complaint WHERE id = 1$$,
	$$VALUES ('rejected'::varchar, 'late', NULL::timestamp, timestamp '2026-11-25 10:00:01', 8)$$, 'and the row says so, touched once');
SELECT is((SELECT count(*) FROM complaint WHERE state = 'rejected'), 1101::bigint, '... all of them');
INSERT INTO complaint (id, shop, state, amount) VALUES (6, 1, 'waiting', 1);
SELECT is((SELECT state FROM aftersale.act(1, pg_temp.id_of('c', '6'), 'approve')), 'approved', 'act()');
SELECT is((SELECT state || ' ' || due FROM complaint WHERE id = 6), 'approved 2026-12-05 05:00:01', '... is in the row at once');
UPDATE aftersale.request SET action = 'cancel' WHERE request_id = pg_temp.id_of('c', '6');
SELECT is((SELECT state FROM complaint WHERE id = 6), 'cancelled', 'so is an UPDATE of the request');
SELECT is((SELECT max(event_seq) FROM aftersale.request WHERE request_id = pg_temp.id_of('c', '6')), 3::bigint, 'and what was written back is no act');

-- ---- a row that comes too late ----

SELECT is(pg_temp.error_of('UPDATE complaint SET state = ''approved'' WHERE id = 1'),
	format('RA105 row "1" of table "erp.complaint" has come to "approved", and request %s of shop 1 is in state "rejected", from which nothing leads there (RA105)', pg_temp.id_of('c', '1')),
	'whoever approves what the clock has rejected is told');
SELECT is((SELECT state FROM complaint WHERE id = 1), 'rejected', '... and the row stays');
INSERT INTO complaint (id, shop, state) VALUES (7, 1, 'waiting');
SELECT pg_temp.clock('2026-11-28 10:00:01+00');
SELECT is(pg_temp.error_of('UPDATE complaint SET state = ''approved'' WHERE id = 7') ~ '^RA02\d action "approve".*\(RA02\d', true, 'also before the sweep has come: the timeout goes first');
UPDATE complaint SET state = 'draft' WHERE id = 1;
UPDATE complaint SET state = 'waiting' WHERE id = 1;
SELECT results_eq($$SELECT external_ref, state FROM aftersale.request WHERE request_id = pg_temp.id_of('c', '1')$$, $$VALUES ('1#2', 'waiting')$$,
	'opened again from the beginning, it is a new request');
UPDATE complaint SET state = 'cancelled' WHERE id = 1;
UPDATE complaint SET state = 'waiting' WHERE id = 1;
SELECT is((SELECT external_ref FROM aftersale.request WHERE request_id = pg_temp.id_of('c', '1')), '1#3', '... and again');

-- ---- rows that go ----

DELETE FROM complaint WHERE id = 1;
SELECT results_eq($$SELECT state, act_at, fault FROM aftersale.request WHERE external_ref = '1#3'$$, $$VALUES ('waiting', NULL::timestamptz, 'its row of the ERP is gone')$$,
	'a deleted row leaves its request to a person');
SELECT results_eq($$SELECT row_ref, kind FROM aftersale.binding_conflict WHERE settled_at IS NULL$$, $$VALUES ('1', 'gone')$$, '... and a conflict');
INSERT INTO complaint (id, shop, state) VALUES (8, 1, 'waiting');
UPDATE complaint SET deleted_at = now() WHERE id = 8;
SELECT is((SELECT fault FROM aftersale.request WHERE request_id = pg_temp.id_of('c', '8')), 'its row of the ERP is gone', 'so does a soft deletion');
UPDATE complaint SET deleted_at = NULL WHERE id = 8;
SELECT results_eq($$SELECT fault, act_at FROM aftersale.request WHERE request_id = pg_temp.id_of('c', '8')$$, $$VALUES (NULL, timestamptz '2026-11-30 10:00:01+00')$$,
	'back again, its clock goes on');
UPDATE complaint SET state = 'weird' WHERE id = 8;
SELECT results_eq($$SELECT row_ref, kind, code FROM aftersale.binding_conflict WHERE settled_at IS NULL AND row_ref = '8' AND kind <> 'gone'$$, $$VALUES ('8', 'unmapped', 'weird')$$,
	'a status code that is not in the map is noted');
SELECT is(pg_temp.request_of('c', '8'), 'waiting', '... and nothing else');
UPDATE complaint SET state = 'cancelled' WHERE id = 8;
SELECT is_empty($$SELECT * FROM aftersale.binding_conflict WHERE settled_at IS NULL AND row_ref = '8'$$, 'and settled when the row is right again');

-- ---- a table that changes, pauses, is unbound ----

ALTER TABLE complaint RENAME COLUMN due TO deadline;
SELECT is(pg_temp.error_of('INSERT INTO complaint (id, shop, state) VALUES (10, 1, ''waiting'')'),
	'RA101 attachment "c" does not fit table "erp.complaint": column "due", which is its "due", does not exist (RA101)', 'a column that is gone is an error that names the binding');
SELECT is((SELECT ok FROM aftersale.health() WHERE name = 'attachments'), false, 'and health() tells');
SELECT results_eq($$SELECT ok, detail FROM aftersale.health() WHERE name = 'bindings'$$,
	$$VALUES (false, '1 bindings, 1 open conflicts; row "1" of binding "c": the row was deleted, or is none of the binding''s any more, and its request is open')$$, '... also of what nobody has settled');
SELECT lives_ok($$SELECT aftersale.pause('c')$$, 'paused');
INSERT INTO complaint (id, shop, state) VALUES (10, 1, 'waiting'), (11, 1, 'done'), (12, 1, 'draft');
UPDATE complaint SET state = 'approved' WHERE id = 7;
SELECT is(pg_temp.request_of('c', '10'), NULL, '... rows pass');
ALTER TABLE complaint RENAME COLUMN deadline TO due;
SELECT aftersale.resume('c') \g /dev/null
SELECT is(aftersale.backfill('c'), NULL, 'backfill() takes in what was missed');
SELECT is(pg_temp.request_of('c', '10'), 'waiting', '... opened');
SELECT results_eq($$SELECT row_ref, kind, code, state FROM aftersale.binding_conflict WHERE settled_at IS NULL AND kind = 'differs'$$,
	$$VALUES ('7', 'differs', 'approved', 'waiting')$$, '... and what differs is told');
SELECT is(aftersale.backfill('c', 5), '6', 'in batches: after so many rows, the last key');
SELECT is(aftersale.backfill('c', 5, '11'), '103', '... from there on');
SELECT lives_ok($$SELECT aftersale.unbind('complaint')$$, 'unbound');
SELECT is_empty($$SELECT tgname::text FROM pg_trigger WHERE tgrelid = 'complaint'::regclass UNION ALL SELECT row_ref FROM aftersale.bound_row$$, '... nothing is left of it');
SELECT is((SELECT count(*) FROM aftersale.request WHERE external_ref = '10'), 1::bigint, '... but requests and their history');
UPDATE complaint SET state = 'cancelled' WHERE id = 10;
SELECT is((SELECT state FROM aftersale.request WHERE external_ref = '10'), 'waiting', '... which no longer follow');
SELECT is_empty($$SELECT * FROM aftersale.verify_history(1)$$, 'every history holds');
SELECT * FROM finish();
ROLLBACK;
