-- TEMU-20 to TEMU-26: a negotiated partial refund is proposed, confirmed a second time, and paid once.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('negotiated', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (260, 'temu', 'negotiates'), (261, 'temu', 'does not');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES
	(260, 'US', 'USD', 'negotiated', 'UTC'), (260, 'JP', 'JPY', 'negotiated', 'UTC'), (261, 'US', 'USD', 'negotiated', 'UTC');
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid, refunded) VALUES
	(260, 'N1', 'USD', 50, 0), (260, 'N2', 'USD', 20, 20), (260, 'N3', 'JPY', 1000, 0), (260, 'N4', 'EUR', 9, 0),
	(260, 'N5', 'USD', 9, 0), (260, 'N5', 'JPY', 900, 0), (260, 'N6', 'USD', 30, 0), (261, 'N1', 'USD', 50, 0);

-- TEMU-20: must be applied for
SELECT aftersale.propose_refund(261, 'N1', 5, NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'N1', 5, NULL, ARRAY['chat.png'], 'agreed');
UPDATE aftersale.shop SET settings = settings || '{"features": ["negotiated_refund"]}' WHERE shop_id = 260;
-- TEMU-22: the order is checked
SELECT aftersale.propose_refund(999, 'N1', 5, NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'none', 5, NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, NULL, 5, NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'N2', 5, NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'N4', 5, NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'N5', 5, NULL, ARRAY['chat.png'], 'agreed');
-- TEMU-23: exactly one of amount and quantities, within what is refundable, evidence and remark
SELECT aftersale.propose_refund(260, 'N1', NULL, NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'N1', 5, '[{"product": "P1", "quantity": 1, "ordered": 3, "paid": 30}]', ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'N1', 5, NULL, '{}', 'agreed');
SELECT aftersale.propose_refund(260, 'N1', 5, NULL, NULL, 'agreed');
SELECT aftersale.propose_refund(260, 'N1', 5, NULL, ARRAY['chat.png', ' '], 'agreed');
SELECT aftersale.propose_refund(260, 'N1', 5, NULL, ARRAY['chat.png'], ' ');
SELECT aftersale.propose_refund(260, 'N1', 5, NULL, ARRAY['chat.png'], NULL);
SELECT aftersale.propose_refund(260, 'N1', 0, NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'N1', -1, NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'N1', 'NaN', NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'N1', 50.01, NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'N1', 0.001, NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'N1', NULL, '[{"product": "P1", "quantity": 0, "ordered": 3, "paid": 30}]', ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'N1', NULL, '[{"product": "P1", "quantity": 4, "ordered": 3, "paid": 30}]', ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'N1', NULL, '[{"product": "P1", "quantity": 1.5, "ordered": 3, "paid": 30}]', ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'N1', NULL, '[{"product": "P1", "quantity": 1, "paid": 30}]', ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'N1', NULL, '[{"product": "P1", "quantity": 1, "ordered": "x", "paid": 30}]', ARRAY['chat.png'], 'agreed');
-- TEMU-23: not both full, configurable
\set VERBOSITY default
SELECT aftersale.propose_refund(260, 'N1', 50, NULL, ARRAY['chat.png'], 'agreed');
\set VERBOSITY terse
UPDATE aftersale.shop SET settings = settings || '{"negotiated_full_refund": true}' WHERE shop_id = 260;
BEGIN;
SELECT state, refund_amount FROM aftersale.propose_refund(260, 'N1', 50, NULL, ARRAY['chat.png'], 'agreed');
ROLLBACK;

-- by quantity: two of three pieces of 10.00, rounded half up
SELECT state, refund_amount, currency FROM aftersale.propose_refund(260, 'N1', NULL,
	'[{"line_no": 3, "product": "P1", "quantity": 2, "ordered": 3, "paid": 10.00}]', ARRAY['chat.png'], 'agreed', 'alice');
SELECT i.line_no, i.quantity, i.amount, i.refunded FROM aftersale.item i JOIN aftersale.request r USING (shop_id, request_id)
WHERE r.shop_id = 260 AND r.order_ref = 'N1';
-- yen have no decimals
SELECT state, refund_amount, currency FROM aftersale.propose_refund(260, 'N3', NULL,
	'[{"product": "P1", "quantity": 1, "ordered": 3, "paid": 1000}]', ARRAY['chat.png'], 'agreed');
SELECT state, reason, country, last_payload, last_actor FROM aftersale.request WHERE shop_id = 260 ORDER BY request_id;

-- TEMU-24: until it is confirmed it is a proposal: nothing is paid, nothing is blocked
SELECT count(*) FROM aftersale.refund WHERE shop_id = 260;
SELECT refunded FROM aftersale.order_balance WHERE shop_id = 260 AND order_ref = 'N1';
SELECT state FROM aftersale.propose_refund(260, 'N1', 1, NULL, ARRAY['chat.png'], 'another');
SELECT action, to_state FROM aftersale.allowed_actions(260, (SELECT min(request_id) FROM aftersale.request WHERE shop_id = 260));
-- TEMU-26: an open request of the order has to be closed first, also one that came after the proposal
INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, country) VALUES (260, 26001, 'temu/ticket', 'N1', 'US');
\set VERBOSITY sqlstate
SELECT aftersale.propose_refund(260, 'N1', 1, NULL, ARRAY['chat.png'], 'agreed');
\set VERBOSITY terse
SELECT aftersale.act(260, r.request_id, 'confirm') FROM aftersale.request r WHERE r.shop_id = 260 AND r.order_ref = 'N1' AND r.amount = 6.67;
SELECT state FROM aftersale.act(260, 26001, 'close', '{}', 'platform');
-- TEMU-25: on confirmation the refund runs, and the ERP tells the platform
SELECT d.state, d.outcome, d.refund_amount FROM aftersale.request r, aftersale.act(260, r.request_id, 'confirm', '{}', 'alice') d
WHERE r.shop_id = 260 AND r.order_ref = 'N1' AND r.amount = 6.67;
SELECT order_ref, amount, currency, reason, executed_by, status FROM aftersale.refund WHERE shop_id = 260;
SELECT refunded FROM aftersale.order_balance WHERE shop_id = 260 AND order_ref = 'N1';
-- a completed refund reduces what is refundable: pieces and money
SELECT aftersale.propose_refund(260, 'N1', NULL, '[{"line_no": 3, "product": "P1", "quantity": 2, "ordered": 3, "paid": 10.00}]', ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(260, 'N1', 43.34, NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.act(260, r.request_id, 'confirm') FROM aftersale.request r WHERE r.shop_id = 260 AND r.order_ref = 'N1' AND r.amount = 6.67;
-- or it is withdrawn
SELECT d.state FROM aftersale.request r, aftersale.act(260, r.request_id, 'withdraw') d WHERE r.shop_id = 260 AND r.order_ref = 'N3';
SELECT * FROM aftersale.verify_history(260);
