-- Refunds: never more than was paid, booked once, worked off by the ERP.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('refunds', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (160, 'market', 'refunds');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (160, 'GB', 'GBP', 'refunds', 'UTC');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('market/return', 1, 'market', 'return', 'open');
INSERT INTO aftersale.flow_state (flow, version, state, final, term) VALUES
	('market/return', 1, 'open', false, '24 hours'), ('market/return', 1, 'refunded', true, NULL);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, clock, effect, rule) VALUES
	('market/return', 1, 'open', 'timeout', 'refunded', '{system}', 'restart', '{"refund": {"of": "asked", "executed_by": "platform"}}', 'OWN-1'),
	('market/return', 1, 'open', 'approve', 'refunded', '{merchant}', 'restart', '{"refund": {"of": "asked", "executed_by": "instruct"}}', NULL),
	('market/return', 1, 'open', 'partly', 'open', '{merchant}', 'keep', '{"refund": {"of": "given", "executed_by": "shop"}}', 'TEMU-07'),
	('market/return', 1, 'open', 'rest', 'refunded', '{merchant}', 'restart', '{"refund": {"of": "remainder", "executed_by": "shop"}}', NULL),
	('market/return', 1, 'open', 'paid_by_platform', 'refunded', '{platform}', 'restart', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}', NULL);
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) SELECT 160, 'O' || i, 'GBP', 100 FROM generate_series(1, 9) i;
INSERT INTO aftersale.request (shop_id, request_id, flow, external_ref, order_ref, amount, ratio, items) VALUES
	(160, 1601, 'market/return', 'R1', 'O1', 33.33, NULL, '[{"product": "A", "amount": 11.11}, {"product": "B", "amount": 22.22}]'),
	(160, 1602, 'market/return', 'R2', 'O1', 80, NULL, NULL),
	(160, 1603, 'market/return', 'R3', 'O2', 10.01, '30%', NULL),
	(160, 1604, 'market/return', 'R4', 'O3', NULL, NULL, NULL),
	(160, 1605, 'market/return', 'R5', 'none', 5, NULL, NULL),
	(160, 1606, 'market/return', 'R6', NULL, 5, NULL, NULL),
	(160, 1607, 'market/return', 'R7', 'O4', 250, NULL, NULL),
	(160, 1608, 'market/return', 'R8', 'O5', 100, NULL, '[{"product": "A", "amount": 33.33}, {"product": "B", "amount": 33.33}, {"product": "C", "amount": 33.34}]'),
	(160, 1609, 'market/return', 'R9', 'O6', 40, NULL, NULL);

-- what the buyer asks for, at the request's ratio, rounded half up (TEMU-28)
SELECT state, refund_amount, currency FROM aftersale.act(160, 1601, 'approve');
SELECT state, refund_amount FROM aftersale.act(160, 1603, 'approve');
SELECT order_ref, paid, refunded, platform_extra FROM aftersale.order_balance WHERE shop_id = 160 AND order_ref IN ('O1', 'O2') ORDER BY 1;
SELECT line_no, amount, refunded FROM aftersale.item WHERE shop_id = 160 AND request_id = 1601 ORDER BY 1;
-- never more than what remains of the order, nor than what is asked for
SELECT aftersale.act(160, 1602, 'approve');
SELECT aftersale.act(160, 1602, 'partly', '{"amount": 66.68}');
SELECT aftersale.act(160, 1602, 'partly', '{"amount": 0}');
SELECT aftersale.act(160, 1602, 'partly', '{"amount": -1}');
SELECT aftersale.act(160, 1602, 'partly', '{"amount": 0.001}');
SELECT aftersale.act(160, 1602, 'partly');
SELECT state, refund_amount FROM aftersale.act(160, 1602, 'partly', '{"amount": 60}');
SELECT aftersale.act(160, 1602, 'partly', '{"amount": 20.01}');
SELECT aftersale.act(160, 1602, 'partly', '{"amount": 6.68}');
SELECT state, refund_amount FROM aftersale.act(160, 1602, 'rest');
SELECT order_ref, paid, refunded FROM aftersale.order_balance WHERE shop_id = 160 AND order_ref = 'O1';
-- what is not known is not invented
SELECT aftersale.act(160, 1604, 'approve');
SELECT aftersale.act(160, 1605, 'approve');
SELECT aftersale.act(160, 1606, 'approve');
SELECT aftersale.act(160, 1607, 'approve');
-- lines close to zero with the last refund, none above its remainder
SELECT refund_amount FROM aftersale.act(160, 1608, 'partly', '{"amount": 0.02}');
SELECT line_no, refunded FROM aftersale.item WHERE shop_id = 160 AND request_id = 1608 ORDER BY 1;
SELECT refund_amount FROM aftersale.act(160, 1608, 'partly', '{"amount": 50}');
SELECT line_no, refunded FROM aftersale.item WHERE shop_id = 160 AND request_id = 1608 ORDER BY 1;
SELECT state, refund_amount FROM aftersale.act(160, 1608, 'approve');
SELECT line_no, amount, refunded FROM aftersale.item WHERE shop_id = 160 AND request_id = 1608 ORDER BY 1;
-- one statement that refunds an order twice beyond what was paid is refused whole
INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, amount) VALUES (160, 1610, 'market/return', 'O7', 60), (160, 1611, 'market/return', 'O7', 60);
UPDATE aftersale.request SET action = 'approve' WHERE shop_id = 160 AND request_id IN (1610, 1611);
SELECT refunded FROM aftersale.order_balance WHERE shop_id = 160 AND order_ref = 'O7';
SELECT count(*) FROM aftersale.event WHERE shop_id = 160 AND request_id IN (1610, 1611);
-- the platform pays what it pays: beyond what was paid it is kept apart, not hidden
SELECT state, refund_amount FROM aftersale.act(160, 1607, 'paid_by_platform', '{"amount": 120}', 'platform');
SELECT paid, refunded, platform_extra FROM aftersale.order_balance WHERE shop_id = 160 AND order_ref = 'O4';
SELECT state, refund_amount FROM aftersale.act(160, 1604, 'paid_by_platform', '{}', 'platform');
-- a timeout that refunds is the platform's
RESET ROLE; SET aftersale.test_now = '2026-11-27 10:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(160, 'infinity', 100);
SELECT request_id, event_seq, order_ref, amount, currency, executed_by, status, idempotency_key FROM aftersale.refund WHERE shop_id = 160 ORDER BY request_id, event_seq;
-- replaying the refunds gives the balances
SELECT order_ref FROM aftersale.order_balance b WHERE shop_id = 160 AND refunded + platform_extra <>
	(SELECT coalesce(sum(amount), 0) FROM aftersale.refund r WHERE r.shop_id = 160 AND r.order_ref = b.order_ref);

-- nobody lowers paid below what was refunded, and NaN is no amount
UPDATE aftersale.order_balance SET paid = 99.99 WHERE shop_id = 160 AND order_ref = 'O1';
UPDATE aftersale.order_balance SET paid = 'NaN' WHERE shop_id = 160 AND order_ref = 'O9';
UPDATE aftersale.order_balance SET refunded = 'NaN' WHERE shop_id = 160 AND order_ref = 'O9';
UPDATE aftersale.order_balance SET paid = 'Infinity' WHERE shop_id = 160 AND order_ref = 'O9';
UPDATE aftersale.order_balance SET paid = paid - 1 WHERE shop_id = 160 AND order_ref = 'O9' RETURNING paid;

-- the outbox: held until released; what the platform executes is never offered
SELECT count(*) FROM aftersale.claim_refunds(160, 100);
SELECT aftersale.release_refunds(160);
SELECT aftersale.release_refunds(160);
SELECT aftersale.release_refunds(999);
CREATE TEMP TABLE claimed AS SELECT * FROM aftersale.claim_refunds(160, 2, '5 minutes');
SELECT request_id, order_ref, amount, executed_by, attempts, claimed_until FROM claimed ORDER BY refund_id;
SELECT count(*), min(executed_by), max(executed_by) FROM aftersale.claim_refunds(160, 100, '5 minutes');
SELECT count(*) FROM aftersale.claim_refunds(160, 100);
-- a report, the same again, another one
SELECT aftersale.confirm_refund(160, min(refund_id), 'done', 'P-1') FROM claimed;
SELECT aftersale.confirm_refund(160, min(refund_id), 'done', 'P-1') FROM claimed;
\set VERBOSITY sqlstate
SELECT aftersale.confirm_refund(160, (SELECT min(refund_id) FROM claimed), 'done', 'P-2') IS NULL;
SELECT aftersale.confirm_refund(160, (SELECT min(refund_id) FROM claimed), 'failed') IS NULL;
\set VERBOSITY terse
-- a failed one is offered again, later
SELECT aftersale.confirm_refund(160, max(refund_id), 'failed', NULL, 'timeout at the platform') FROM claimed;
SELECT aftersale.confirm_refund(160, max(refund_id), 'failed', NULL, 'timeout at the platform') FROM claimed;
SELECT count(*) FROM aftersale.claim_refunds(160, 100);
RESET ROLE; SET aftersale.test_now = '2026-11-27 10:01:01+00'; SET ROLE regress_erp;
SELECT request_id, attempts FROM aftersale.claim_refunds(160, 100, '1 minute');
SELECT aftersale.confirm_refund(160, max(refund_id), 'done', 'P-3') FROM claimed;
-- a lease that ran out is claimed anew
RESET ROLE; SET aftersale.test_now = '2026-11-27 10:06:00+00'; SET ROLE regress_erp;
SELECT count(*), min(attempts), max(attempts) FROM aftersale.claim_refunds(160, 100);
SELECT aftersale.confirm_refund(160, 0, 'done');
SELECT aftersale.confirm_refund(160, (SELECT min(refund_id) FROM claimed), 'paid') IS NULL;
SELECT aftersale.claim_refunds(160, -1);
SELECT aftersale.claim_refunds(160, 1, '0');
SELECT aftersale.claim_refunds(NULL, 1);

-- what an effect may say
BEGIN;
UPDATE aftersale.flow_transition SET effect = '{"refund": {"of": "all", "executed_by": "shop"}}' WHERE flow = 'market/return' AND action = 'rest';
INSERT INTO aftersale.request (shop_id, flow) VALUES (160, 'market/return');
ROLLBACK;
BEGIN;
UPDATE aftersale.flow_transition SET effect = '{"refund": {"of": "asked", "executed_by": "bank"}}' WHERE flow = 'market/return' AND action = 'rest';
INSERT INTO aftersale.request (shop_id, flow) VALUES (160, 'market/return');
ROLLBACK;
BEGIN;
UPDATE aftersale.flow_transition SET effect = '{"reship": true}' WHERE flow = 'market/return' AND action = 'rest';
INSERT INTO aftersale.request (shop_id, flow) VALUES (160, 'market/return');
ROLLBACK;
BEGIN;
UPDATE aftersale.flow_transition SET effect = '{"refund": {"of": "asked", "executed_by": "shop"}}' WHERE flow = 'market/return' AND action = 'timeout';
INSERT INTO aftersale.request (shop_id, flow) VALUES (160, 'market/return');
ROLLBACK;
