-- TEMU-26: every open request of the order blocks a refund by agreement, or those that return and refund alone.
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
SELECT aftersale.load_pack('temu');
INSERT INTO aftersale.calendar (name, calendar) VALUES ('blocked', 'zone UTC; mon-fri 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (262, 'temu', 'blocked by all'), (263, 'temu', 'another shop');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (262, 'US', 'USD', 'blocked', 'UTC');
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) VALUES (262, 'B1', 'USD', 50), (263, 'B2', 'USD', 50);
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('blocked/return', 1, 'temu', 'return_refund', 'asked');
INSERT INTO aftersale.flow_state (flow, version, state, final) VALUES ('blocked/return', 1, 'asked', false), ('blocked/return', 1, 'cancelled', true);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors) VALUES ('blocked/return', 1, 'asked', 'cancel', 'cancelled', '{buyer}');

-- the hint names the shop, so that it is run for no other
SELECT aftersale.propose_refund(262, 'B1', 5, NULL, ARRAY['chat.png'], 'agreed');
UPDATE aftersale.shop SET settings = settings || '{"features": ["negotiated_refund"]}' WHERE shop_id = 262;
-- TEMU-22: the order of another shop is as unknown as one that does not exist
SELECT aftersale.propose_refund(262, 'B2', 5, NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(NULL, 'B2', 5, NULL, ARRAY['chat.png'], 'agreed');

-- any open request blocks the proposal, and the confirmation
SELECT state FROM aftersale.propose_refund(262, 'B1', 5, NULL, ARRAY['chat.png'], 'first');
INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref) VALUES (262, 26201, 'temu/ticket', 'B1');
SELECT aftersale.propose_refund(262, 'B1', 5, NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.act(262, r.request_id, 'confirm') FROM aftersale.request r WHERE r.shop_id = 262 AND r.state = 'proposed';
-- where the shop says so, a ticket does not
UPDATE aftersale.shop SET settings = settings || '{"negotiated_blocked_by": "return_refund"}' WHERE shop_id = 262;
SELECT state FROM aftersale.propose_refund(262, 'B1', 4, NULL, ARRAY['chat.png'], 'second');
SELECT d.state, d.refund_amount FROM aftersale.request r, aftersale.act(262, r.request_id, 'confirm') d WHERE r.shop_id = 262 AND r.amount = 5;
-- a return does, until it is cancelled
INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref) VALUES (262, 26202, 'blocked/return', 'B1');
SELECT aftersale.propose_refund(262, 'B1', 5, NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.act(262, r.request_id, 'confirm') FROM aftersale.request r WHERE r.shop_id = 262 AND r.state = 'proposed';
SELECT state FROM aftersale.act(262, 26202, 'cancel', '{}', 'buyer');
SELECT d.state, d.refund_amount FROM aftersale.request r, aftersale.act(262, r.request_id, 'confirm') d WHERE r.shop_id = 262 AND r.state = 'proposed';
-- what the INSERT refuses, it refuses: a line twice
SELECT aftersale.propose_refund(262, 'B1', NULL, '[{"line_no": 1, "product": "P1", "quantity": 1, "ordered": 9, "paid": 9}, {"line_no": 1, "product": "P1", "quantity": 1, "ordered": 9, "paid": 9}]', ARRAY['chat.png'], 'agreed');
-- numbers that no price can be
SELECT aftersale.propose_refund(262, 'B1', NULL, '[{"product": "P1", "quantity": 1, "ordered": 9, "paid": 1e30}]', ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(262, 'B1', 1e40, NULL, ARRAY['chat.png'], 'agreed');
SELECT aftersale.propose_refund(262, 'B1', '-Infinity', NULL, ARRAY['chat.png'], 'agreed');
