-- A late act comes after the timeout, and what it brings along is not the timeout's.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('late', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (490, 'late', 'late');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (490, 'GB', 'GBP', 'late', 'UTC');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('late/return', 1, 'late', 'return', 'open');
INSERT INTO aftersale.flow_state (flow, version, state, final, term) VALUES
	('late/return', 1, 'open', false, '24 hours'), ('late/return', 1, 'paid', false, NULL), ('late/return', 1, 'over', true, NULL);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, clock, effect) VALUES
	('late/return', 1, 'open', 'timeout', 'paid', '{system}', 'restart', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'),
	('late/return', 1, 'paid', 'close', 'over', '{merchant}', 'restart', '{}');
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) VALUES (490, 'O1', 'GBP', 100);
INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, amount)
VALUES (490, 49001, 'late/return', 'O1', 40), (490, 49002, 'late/return', 'O1', 40);
RESET ROLE; SET aftersale.test_now = '2026-11-27 10:00:00+00'; SET ROLE regress_erp;
-- the sweep has run for one of them, for the other the act itself meets the timeout: the same comes out
UPDATE aftersale.request SET action = 'timeout', actor = 'system' WHERE shop_id = 490 AND request_id = 49001;
SELECT state, refund_amount FROM aftersale.act(490, 49001, 'close', '{"amount": 1}');
SELECT state, refund_amount FROM aftersale.act(490, 49002, 'close', '{"amount": 1}');
SELECT request_id, event_seq, amount, executed_by FROM aftersale.refund WHERE shop_id = 490 ORDER BY 1, 2;
