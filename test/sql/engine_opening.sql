-- Opening: one INSERT opens a complete request, or is refused with a reason.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';	-- a Wednesday
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('open US', 'zone America/New_York; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (100, 'temu', 'opening'), (101, 'temu', 'two countries');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES
	(100, 'US', 'USD', 'open US', 'America/New_York'),
	(101, 'US', 'USD', 'open US', 'America/New_York'),
	(101, 'JP', 'JPY', 'open US', 'Asia/Tokyo');

-- everything that can be known is filled in
INSERT INTO aftersale.request (shop_id, flow, external_ref, order_ref, opened_at, items)
VALUES (100, 'temu/ticket', 'T1', 'O-1', '2026-11-25 09:00:00+00',
	'[{"product": "P1", "sku": "P1-red", "quantity": 2, "paid": 20.00, "amount": 10.00}, {"line_no": 7, "product": "P2"}]')
RETURNING state, outcome, country, currency, due_at, act_at, event_seq, action, items;
SELECT line_no, product, sku, quantity, paid, amount FROM aftersale.item WHERE shop_id = 100 ORDER BY line_no;
SELECT event_seq, at, recorded_at, action, actor, login = session_user AS login, role = current_user AS role, from_state, to_state, rule, facts
FROM aftersale.event WHERE shop_id = 100;
-- opened_at defaults to now; the platform's own deadline overrides
INSERT INTO aftersale.request (shop_id, flow, external_ref, platform_due_at)
VALUES (100, 'temu/ticket', 'T2', '2026-11-25 18:00:00+00') RETURNING opened_at, due_at, act_at;
-- without a flow the type chooses it, as the platform writes it or as we call it
INSERT INTO aftersale.request (shop_id, external_ref, attributes) VALUES (100, 'F1', '{"type": 2}'), (100, 'F2', '{"type": "1"}'), (100, 'F3', '{"type": "ticket"}') RETURNING external_ref, flow, state;
INSERT INTO aftersale.request (shop_id, attributes) VALUES (100, '{"type": 3}');
INSERT INTO aftersale.request (shop_id, attributes) VALUES (100, '{"type": [2]}');
-- a NULL order is a product question (TEMU-01)
SELECT external_ref, order_ref FROM aftersale.request WHERE shop_id = 100 ORDER BY external_ref;

-- nothing fires at opening: overdue when it came, it is left to a person
INSERT INTO aftersale.request (shop_id, flow, external_ref, opened_at)
VALUES (100, 'temu/ticket', 'T3', '2026-11-20 09:00:00+00') RETURNING state, due_at, act_at, fault;
-- who may still act on it as if it were in time, or let the deadline take effect
SELECT d.state, d.outcome FROM aftersale.request r, aftersale.act(100, r.request_id, 'timeout') d
WHERE r.shop_id = 100 AND r.external_ref = 'T3';
-- unless the shop's setting says to fire: then the sweep takes it up
UPDATE aftersale.shop SET settings = '{"fire_overdue_at_opening": true}' WHERE shop_id = 100;
INSERT INTO aftersale.request (shop_id, flow, external_ref, opened_at)
VALUES (100, 'temu/ticket', 'T4', '2026-11-20 09:00:00+00') RETURNING state, due_at, act_at, fault;
SELECT aftersale.fire_due(100, '2026-11-25 10:00:00+00', 10);
SELECT external_ref, state, outcome FROM aftersale.request WHERE shop_id = 100 ORDER BY external_ref;
-- either way the timeout is dated by the deadline
SELECT r.external_ref, e.at, e.at = o.due_at AS at_deadline, e.recorded_at
FROM aftersale.request r JOIN aftersale.event o USING (shop_id, request_id) JOIN aftersale.event e USING (shop_id, request_id)
WHERE r.shop_id = 100 AND o.event_seq = 1 AND e.action = 'timeout' ORDER BY 1;

-- names that do not exist
INSERT INTO aftersale.request (shop_id, flow) VALUES (999, 'temu/ticket');
INSERT INTO aftersale.request (shop_id, flow) VALUES (100, 'temu/nothing');
INSERT INTO aftersale.request (shop_id, flow, country) VALUES (100, 'temu/ticket', 'FR');
INSERT INTO aftersale.request (shop_id, flow) VALUES (101, 'temu/ticket');
INSERT INTO aftersale.request (shop_id, flow, country, currency) VALUES (101, 'temu/ticket', 'JP', 'JPX');
INSERT INTO aftersale.request (shop_id) VALUES (100);
INSERT INTO aftersale.request (flow) VALUES ('temu/ticket');
-- an INSERT takes no action and writes nothing that is decided
INSERT INTO aftersale.request (shop_id, flow, action) VALUES (100, 'temu/ticket', 'reply');
INSERT INTO aftersale.request (shop_id, flow, state) VALUES (100, 'temu/ticket', 'replied');
INSERT INTO aftersale.request (shop_id, flow, due_at) VALUES (100, 'temu/ticket', now());
INSERT INTO aftersale.request (shop_id, flow, act_at) VALUES (100, 'temu/ticket', now());
INSERT INTO aftersale.request (shop_id, flow, attempts) VALUES (100, 'temu/ticket', 1);
-- instants and amounts
INSERT INTO aftersale.request (shop_id, flow, opened_at) VALUES (100, 'temu/ticket', 'infinity');
INSERT INTO aftersale.request (shop_id, flow, platform_due_at) VALUES (100, 'temu/ticket', '-infinity');
INSERT INTO aftersale.request (shop_id, flow, amount) VALUES (100, 'temu/ticket', -1);
INSERT INTO aftersale.request (shop_id, flow, amount) VALUES (100, 'temu/ticket', 'NaN');
INSERT INTO aftersale.request (shop_id, flow, amount) VALUES (100, 'temu/ticket', 'Infinity');
-- items
INSERT INTO aftersale.request (shop_id, flow, items) VALUES (100, 'temu/ticket', '{}');
INSERT INTO aftersale.request (shop_id, flow, items) VALUES (100, 'temu/ticket', '"P1"');
INSERT INTO aftersale.request (shop_id, flow, items) VALUES (100, 'temu/ticket', '[1]');
INSERT INTO aftersale.request (shop_id, flow, items) VALUES (100, 'temu/ticket', '[{"sku": "x"}]');
INSERT INTO aftersale.request (shop_id, flow, items) VALUES (100, 'temu/ticket', '[{"product": "P1", "quantity": 0}]');
INSERT INTO aftersale.request (shop_id, flow, items) VALUES (100, 'temu/ticket', '[{"product": "P1", "quantity": "two"}]');
INSERT INTO aftersale.request (shop_id, flow, items) VALUES (100, 'temu/ticket', '[{"product": "P1", "amount": -0.01}]');
INSERT INTO aftersale.request (shop_id, flow, items) VALUES (100, 'temu/ticket', '[{"product": "P1", "amount": 0.001}]');
INSERT INTO aftersale.request (shop_id, flow, items) VALUES (100, 'temu/ticket', '[{"product": "P1", "paid": 1e40}]');
INSERT INTO aftersale.request (shop_id, flow, items) VALUES (100, 'temu/ticket', '[{"product": "P1", "sku": 1}]');
INSERT INTO aftersale.request (shop_id, flow, items) SELECT 100, 'temu/ticket', jsonb_agg('{"product": "P1"}'::jsonb) FROM generate_series(1, 10001);
INSERT INTO aftersale.request (shop_id, flow, items) VALUES (100, 'temu/ticket', '[{"product": "P1", "line_no": 1.5}]');
INSERT INTO aftersale.request (shop_id, flow, items) VALUES (100, 'temu/ticket', '[{"product": "P1", "line_no": 2}, {"product": "P2"}]');
-- an empty list of items is no items
INSERT INTO aftersale.request (shop_id, flow, external_ref, items) VALUES (100, 'temu/ticket', 'T5', '[]') RETURNING state;
-- the same matter twice
INSERT INTO aftersale.request (shop_id, flow, external_ref) VALUES (100, 'temu/ticket', 'T1');
-- the full text, once
\set VERBOSITY default
INSERT INTO aftersale.request (shop_id, flow, country) VALUES (100, 'temu/ticket', 'FR');
INSERT INTO aftersale.request (shop_id, flow, state) VALUES (100, 'temu/ticket', 'replied');
\set VERBOSITY sqlstate
INSERT INTO aftersale.request (shop_id, flow, state) VALUES (100, 'temu/ticket', 'replied');

-- a matter that was opened ahead of the clock: a little is the clocks' difference, a day is a mistake
\set VERBOSITY terse
INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at) VALUES (100, 1001, 'temu/ticket', '2026-11-26 10:00:00+00') RETURNING state;
INSERT INTO aftersale.request (shop_id, flow, opened_at) VALUES (100, 'temu/ticket', '2026-11-26 10:00:01+00');
-- what follows is never dated before it
SELECT state FROM aftersale.act(100, 1001, 'reply', '{"remark": "x"}');
SELECT event_seq, at FROM aftersale.event WHERE shop_id = 100 AND request_id = 1001 ORDER BY 1;

-- what was overdue when it came stays a person's, whatever leaves its deadline as it is
UPDATE aftersale.shop SET settings = '{}' WHERE shop_id = 100;
INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at) VALUES (100, 1002, 'temu/ticket', '2026-11-20 09:00:00+00');
SELECT state, due_at FROM aftersale.act(100, 1002, 'reply', '{"remark": "?", "is_effective": false}');
SELECT act_at, fault FROM aftersale.request WHERE shop_id = 100 AND request_id = 1002;
SELECT aftersale.fire_due(100, 'infinity', 10);
-- and who lets the deadline take effect is named
SELECT state FROM aftersale.act(100, 1002, 'timeout', '{"remark": "given up"}', 'alice', 'bob');
SELECT event_seq, action, actor, on_behalf_of, payload, to_state FROM aftersale.event WHERE shop_id = 100 AND request_id = 1002 ORDER BY 1;

-- nor is it the buyer's to let a deadline take effect
INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at) VALUES (100, 1003, 'temu/ticket', '2026-11-20 09:00:00+00');
SELECT aftersale.act(100, 1003, 'timeout', '{}', 'buyer');
SELECT aftersale.act(100, 1003, 'timeout', '{}', 'system');

-- what has requests stays
DELETE FROM aftersale.shop WHERE shop_id = 100;
DELETE FROM aftersale.flow WHERE flow = 'temu/ticket';
BEGIN;
DELETE FROM aftersale.flow WHERE flow = 'temu/negotiated_refund' AND NOT EXISTS (SELECT FROM aftersale.request WHERE flow = 'temu/negotiated_refund');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (109, 'temu', 'empty');
DELETE FROM aftersale.shop WHERE shop_id = 109;
ROLLBACK;
