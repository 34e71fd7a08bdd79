-- act_many(): one action on many requests, all or nothing, or each for itself.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('many', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (480, 'many', 'many'), (481, 'many', 'other');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone)
VALUES (480, 'GB', 'GBP', 'many', 'UTC'), (481, 'GB', 'GBP', 'many', 'UTC');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('many/return', 1, 'many', 'return', 'open');
INSERT INTO aftersale.flow_state (flow, version, state, final, term) VALUES
	('many/return', 1, 'open', false, '24 hours'), ('many/return', 1, 'refunded', true, NULL);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, needs, clock, effect) VALUES
	('many/return', 1, 'open', 'timeout', 'refunded', '{system}', '{}', 'restart', '{}'),
	('many/return', 1, 'open', 'note', 'open', '{merchant}', '{remark}', 'keep', '{}'),
	('many/return', 1, 'open', 'approve', 'refunded', '{merchant}', '{}', 'restart', '{"refund": {"of": "asked", "executed_by": "shop"}}');
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) SELECT 480, 'O' || i, 'GBP', 10 FROM generate_series(0, 9) i;
-- sixty requests of 3.00 on ten orders of 10.00: of each order's six, three can be refunded
INSERT INTO aftersale.request (shop_id, request_id, flow, external_ref, order_ref, amount)
SELECT 480, 48000 + i, 'many/return', 'R' || i, 'O' || i % 10, 3 FROM generate_series(1, 60) i;
INSERT INTO aftersale.request (shop_id, request_id, flow, external_ref) VALUES (481, 48001, 'many/return', 'R1');

-- in the order of the keys, over shops; actor and payload as given
SELECT * FROM aftersale.act_many('{480,481,480}', '{48002,48001,48001}', 'note', '{"remark": "x"}', 'alice');
SELECT shop_id, request_id, event_seq, action, actor, payload FROM aftersale.event
WHERE shop_id IN (480, 481) AND event_seq = 2 ORDER BY 1, 2;
SELECT * FROM aftersale.act_many('{}', '{}', 'note');
-- fail: one refused request refuses the whole, an unknown one before anything is written
SELECT * FROM aftersale.act_many('{480,480}', '{48001,48002}', 'note');
SELECT count(*) FROM aftersale.act_many('{480,480}', '{48001,7}', 'note', '{"remark": "x"}');
SELECT count(*) FROM aftersale.act_many(array_fill(480::bigint, '{4}'), '{48010,48020,48030,48040}', 'approve');
SELECT max(event_seq) FROM aftersale.request WHERE shop_id = 480;
SELECT sum(refunded) FROM aftersale.order_balance WHERE shop_id = 480;
-- skip: each for itself, in key order, the refused ones with their reasons
CREATE TEMP TABLE done AS
SELECT d.* FROM (SELECT array_agg(48000 + i ORDER BY i % 7, i)::bigint[] AS ids FROM generate_series(1, 61) i) s,
	ROWS FROM (unnest(s.ids), aftersale.act_many(array_fill(480::bigint, '{61}'), s.ids, 'approve', on_error => 'skip')) WITH ORDINALITY
	AS d(given, shop_id, request_id, external_ref, action, from_state, state, outcome, due_at, refund_amount, currency, event_seq, sqlstate, message, place);
SELECT count(*), count(*) FILTER (WHERE given <> request_id) AS out_of_order FROM done;
SELECT action, from_state, state, refund_amount, currency, sqlstate, count(*), min(request_id), max(request_id) FROM done GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 6 NULLS FIRST;
SELECT DISTINCT message FROM done WHERE request_id IN (48031, 48061) ORDER BY 1;
SELECT count(*), min(refunded), max(refunded) FROM aftersale.order_balance WHERE shop_id = 480;
SELECT state, count(*), sum(refund_amount) FROM aftersale.request WHERE shop_id = 480 GROUP BY 1 ORDER BY 1;
SELECT count(*), sum(amount) FROM aftersale.refund WHERE shop_id = 480;
-- what was refused left no event
SELECT count(*) FROM aftersale.event e JOIN done d USING (shop_id, request_id) WHERE d.sqlstate IS NOT NULL AND e.action = 'approve';
-- all refused
SELECT request_id, sqlstate, message FROM aftersale.act_many('{480,480,480}', '{48001,48002,48003}', 'sing', on_error => 'skip');
-- the whole is undone with its transaction
BEGIN;
SELECT count(*) FROM aftersale.act_many('{480,480}', '{48051,48052}', 'note', '{"remark": "x"}', on_error => 'skip');
ROLLBACK;
SELECT request_id, event_seq FROM aftersale.request WHERE shop_id = 480 AND request_id IN (48051, 48052) ORDER BY 1;

-- arguments
SELECT aftersale.act_many(NULL, '{1}', 'note');
SELECT aftersale.act_many('{1}', NULL, 'note');
SELECT aftersale.act_many('{1}', '{1}', NULL);
SELECT aftersale.act_many('{1,NULL}', '{1,2}', 'note');
SELECT aftersale.act_many('{1,2}', '{1,NULL}', 'note');
SELECT aftersale.act_many('{1,2}', '{1}', 'note');
SELECT aftersale.act_many('{{1,2}}', '{{1,2}}', 'note');
SELECT aftersale.act_many('{480,480}', '{48001,48001}', 'note');
SELECT aftersale.act_many('{480}', '{48001}', 'note', on_error => 'ignore');
SELECT aftersale.act_many('{480}', '{48001}', 'note', on_error => NULL);
-- a missing privilege is not one request's fault
RESET ROLE; SET ROLE regress_clerk;
SELECT aftersale.act_many('{480}', '{48051}', 'note', '{"remark": "x"}', on_error => 'skip');
