-- One path: a person, a batch and an upsert decide the same way, and a statement is all or nothing.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('batch', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (120, 'temu', 'batches'), (121, 'temu', 'more');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone)
VALUES (120, 'US', 'USD', 'batch', 'UTC'), (121, 'US', 'USD', 'batch', 'UTC');

-- many at once, more than one chunk, each with items and its own event
INSERT INTO aftersale.request (shop_id, request_id, flow, external_ref, items)
SELECT 120, 120000 + i, 'temu/ticket', 'B' || i,
	(SELECT jsonb_agg(jsonb_build_object('product', 'P' || k, 'quantity', k)) FROM generate_series(1, i % 3 + 1) k)
FROM generate_series(1, 3000) i;
SELECT count(*), min(event_seq), max(event_seq) FROM aftersale.event WHERE shop_id = 120;
SELECT count(*), sum(quantity) FROM aftersale.item WHERE shop_id = 120;
-- the right items at the right request
SELECT count(*) FROM aftersale.request r
WHERE r.shop_id = 120 AND (SELECT array_agg(i.product ORDER BY i.line_no) FROM aftersale.item i
	WHERE i.shop_id = 120 AND i.request_id = r.request_id)
	<> (SELECT array_agg('P' || k) FROM generate_series(1, (r.request_id - 120000)::int % 3 + 1) k);
UPDATE aftersale.request SET action = 'reply', actor = 'batch', payload = jsonb_build_object('remark', 'to ' || external_ref)
WHERE shop_id = 120 AND request_id % 2 = 0;
SELECT state, count(*) FROM aftersale.request WHERE shop_id = 120 GROUP BY state ORDER BY state;
-- the right event at the right request
SELECT count(*) FROM aftersale.event e JOIN aftersale.request r USING (shop_id, request_id)
WHERE e.shop_id = 120 AND e.action = 'reply' AND e.payload ->> 'remark' = 'to ' || r.external_ref;

-- a mixed statement: some rows act, some do not
UPDATE aftersale.request SET reason = 'mixed', action = CASE WHEN request_id % 2 = 1 THEN 'reply' END,
	payload = CASE WHEN request_id % 2 = 1 THEN '{"remark": "x"}'::jsonb END
WHERE shop_id = 120 AND request_id <= 120010;
SELECT count(*) FROM aftersale.event WHERE shop_id = 120 AND request_id <= 120010;

-- one refused row refuses the statement
UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "x"}' WHERE shop_id = 120 AND request_id BETWEEN 120010 AND 120013;
SELECT request_id, state, event_seq FROM aftersale.request WHERE shop_id = 120 AND request_id BETWEEN 120010 AND 120013 ORDER BY request_id;
SELECT count(*) FROM aftersale.event WHERE shop_id = 120 AND request_id BETWEEN 120010 AND 120013;

-- the same request twice in one UPDATE ... FROM is one act, as PostgreSQL has it
UPDATE aftersale.request r SET action = 'reply', payload = '{"remark": "x"}', actor = v.actor
FROM (VALUES ('alice'), ('bob')) v(actor) WHERE r.shop_id = 120 AND r.request_id = 120011;
SELECT count(*) FROM aftersale.event WHERE shop_id = 120 AND request_id = 120011;

-- upsert: a second insert of the same matter acts instead; nothing of the insert is recorded
INSERT INTO aftersale.request AS r (shop_id, flow, external_ref, reason, items) VALUES (120, 'temu/ticket', 'B13', 'again', '[{"product": "PX"}]')
ON CONFLICT (shop_id, flow, external_ref) DO UPDATE SET reason = EXCLUDED.reason, action = 'reply', payload = '{"remark": "upsert"}'
RETURNING request_id, state, reason;
INSERT INTO aftersale.request AS r (shop_id, flow, external_ref, reason, items) VALUES (120, 'temu/ticket', 'B13', 'again', '[{"product": "PX"}]')
ON CONFLICT (shop_id, flow, external_ref) DO UPDATE SET reason = EXCLUDED.reason, action = 'reply', payload = '{"remark": "upsert"}'
RETURNING request_id, state, reason;
SELECT count(*), max(payload ->> 'remark') FROM aftersale.event WHERE shop_id = 120 AND request_id = 120013;
SELECT count(*) FROM aftersale.item WHERE shop_id = 120 AND request_id = 120013 AND product = 'PX';
-- EXCLUDED.items is consumed already: it cannot be given on
INSERT INTO aftersale.request AS r (shop_id, flow, external_ref, items) VALUES (120, 'temu/ticket', 'B15', '[{"product": "PX"}]')
ON CONFLICT (shop_id, flow, external_ref) DO UPDATE SET attributes = jsonb_build_object('items', EXCLUDED.items) RETURNING attributes;
-- DO NOTHING leaves no trace
INSERT INTO aftersale.request (shop_id, flow, external_ref) VALUES (120, 'temu/ticket', 'B15') ON CONFLICT DO NOTHING;
SELECT count(*) FROM aftersale.event WHERE shop_id = 120 AND request_id = 120015;

-- MERGE opens and acts in one statement
MERGE INTO aftersale.request r
USING (VALUES ('B17', 'known'), ('M1', 'new')) AS v(ref, what) ON r.shop_id = 120 AND r.flow = 'temu/ticket' AND r.external_ref = v.ref
WHEN MATCHED THEN UPDATE SET action = 'reply', payload = '{"remark": "merged"}'
WHEN NOT MATCHED THEN INSERT (shop_id, flow, external_ref) VALUES (120, 'temu/ticket', v.ref);
SELECT r.external_ref, r.state, count(*) FROM aftersale.request r JOIN aftersale.event e USING (shop_id, request_id)
WHERE r.shop_id = 120 AND r.external_ref IN ('B17', 'M1') GROUP BY r.external_ref, r.state ORDER BY 1;

-- COPY opens, too
COPY aftersale.request (shop_id, flow, external_ref, items) FROM stdin;
121	temu/ticket	C1	[{"product": "P1"}]
121	temu/ticket	C2	\N
\.
SELECT r.external_ref, r.state, count(e.*) FROM aftersale.request r JOIN aftersale.event e USING (shop_id, request_id)
WHERE r.shop_id = 121 GROUP BY 1, 2 ORDER BY 1;

-- a statement in a subtransaction that is rolled back leaves nothing
BEGIN;
SAVEPOINT s;
UPDATE aftersale.request SET action = 'reply', payload = '{"remark": "x"}' WHERE shop_id = 121;
ROLLBACK TO s;
COMMIT;
SELECT state, event_seq FROM aftersale.request WHERE shop_id = 121 ORDER BY external_ref;
