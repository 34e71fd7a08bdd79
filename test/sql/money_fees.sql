-- The parts of a refund, what a shop keeps back, and who bears a cost.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('fees', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (270, 'market', 'fees');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES
	(270, 'GB', 'GBP', 'fees', 'UTC'), (270, 'JP', 'JPY', 'fees', 'UTC');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('market/inspection', 1, 'market', 'inspection', 'open');
INSERT INTO aftersale.flow_state (flow, version, state, final) VALUES ('market/inspection', 1, 'open', false), ('market/inspection', 1, 'refunded', true);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, clock, effect, rule) VALUES
	('market/inspection', 1, 'open', 'approve', 'refunded', '{merchant}', 'restart', '{"refund": {"of": "asked", "executed_by": "instruct", "fees": true}}', 'TTRET-05'),
	('market/inspection', 1, 'open', 'partly', 'open', '{merchant}', 'keep', '{"refund": {"of": "given", "executed_by": "instruct", "fees": true}}', NULL),
	('market/inspection', 1, 'open', 'intercept', 'open', '{carrier,platform}', 'keep', '{"charge": {"kind": "interception_fee", "bearer": "merchant"}}', 'DOUYIN-07'),
	('market/inspection', 1, 'open', 'platform_pays', 'refunded', '{platform}', 'restart', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}', NULL);
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) SELECT 270, 'F' || i, CASE WHEN i = 9 THEN 'JPY' ELSE 'GBP' END, 1000 FROM generate_series(1, 9) i;

-- goods and their tax follow the ratio, shipping does not (TEMU-28)
INSERT INTO aftersale.request (shop_id, request_id, flow, country, order_ref, amount, tax, shipping, ratio) VALUES
	(270, 27001, 'market/inspection', 'GB', 'F1', 99.99, 20.01, 4.99, '30%');
SELECT state, refund_amount FROM aftersale.act(270, 27001, 'approve');
SELECT amount, goods, tax, shipping, fees FROM aftersale.refund WHERE shop_id = 270 AND request_id = 27001;

-- TTRET-05: a restocking fee of 10 %, at most 5.00, waived where the fault is the seller's; return freight of 3.50
INSERT INTO aftersale.return_fee (shop_id, kind, percent, cap, waived_reasons) VALUES (270, 'restocking', 10, 5, '{damaged,wrong_item}');
INSERT INTO aftersale.return_fee (shop_id, kind, fixed, country) VALUES (270, 'return_freight', 3.5, 'GB');
INSERT INTO aftersale.request (shop_id, request_id, flow, country, order_ref, amount, reason) VALUES
	(270, 27002, 'market/inspection', 'GB', 'F2', 20.05, 'unwanted'), (270, 27003, 'market/inspection', 'GB', 'F2', 100, 'unwanted'),
	(270, 27004, 'market/inspection', 'GB', 'F2', 100, 'damaged'), (270, 27005, 'market/inspection', 'GB', 'F3', 3.51, 'unwanted'),
	(270, 27006, 'market/inspection', 'GB', 'F3', 0.30, 'unwanted'), (270, 27007, 'market/inspection', 'GB', 'F4', 40, 'unwanted'),
	(270, 27008, 'market/inspection', 'GB', 'F5', 40, 'unwanted'), (270, 27009, 'market/inspection', 'JP', 'F9', 155, 'unwanted');
SELECT refund_amount FROM aftersale.act(270, 27002, 'approve');
SELECT refund_amount FROM aftersale.act(270, 27003, 'approve');
SELECT refund_amount FROM aftersale.act(270, 27004, 'approve');
-- never more than the refund; where they take all of it, nothing is refunded
SELECT aftersale.act(270, 27005, 'approve');
SELECT aftersale.act(270, 27006, 'approve');
-- once a request: the next part pays none; yen have no decimals
SELECT refund_amount FROM aftersale.act(270, 27007, 'partly', '{"amount": 20}');
SELECT refund_amount FROM aftersale.act(270, 27007, 'partly', '{"amount": 20}');
SELECT refund_amount FROM aftersale.act(270, 27009, 'approve');
SELECT request_id, event_seq, amount, goods, fees FROM aftersale.refund WHERE shop_id = 270 AND fees + goods > 0 ORDER BY 1, 2;
SELECT request_id, event_seq, charge_no, kind, amount, currency, bearer, rule FROM aftersale.charge WHERE shop_id = 270 ORDER BY 1, 2, 3;
-- what was kept back may still be given: it is asked for, and the shop decides
SELECT refund_amount FROM aftersale.act(270, 27007, 'approve');
SELECT order_ref, refunded FROM aftersale.order_balance WHERE shop_id = 270 AND refunded > 0 ORDER BY 1;
-- the platform keeps no fees of the shop's
SELECT refund_amount FROM aftersale.act(270, 27008, 'platform_pays', '{}', 'platform');
-- a cost that a rule puts on somebody; unknown, it is not invented
SELECT state FROM aftersale.act(270, 27005, 'intercept', '{"fee": 2.20}', 'carrier');
SELECT state FROM aftersale.act(270, 27006, 'intercept', '{}', 'carrier');
SELECT aftersale.act(270, 27006, 'intercept', '{"fee": -1}', 'carrier');
SELECT aftersale.act(270, 27006, 'intercept', '{"fee": 0.001}', 'carrier');
SELECT request_id, kind, amount, bearer, rule FROM aftersale.charge WHERE shop_id = 270 AND kind = 'interception_fee';
-- refunds in parts take goods, then tax, then shipping, and add up
INSERT INTO aftersale.request (shop_id, request_id, flow, country, order_ref, amount, tax, shipping, reason) VALUES
	(270, 27010, 'market/inspection', 'GB', 'F6', 10, 2, 3, 'wrong_item');
UPDATE aftersale.return_fee SET effective_to = '2026-01-01' WHERE shop_id = 270 AND kind = 'return_freight';
SELECT count(*) FROM aftersale.act(270, 27010, 'partly', '{"amount": 9}');
SELECT count(*) FROM aftersale.act(270, 27010, 'partly', '{"amount": 4}');
SELECT aftersale.act(270, 27010, 'partly', '{"amount": 2.01}');
SELECT refund_amount FROM aftersale.act(270, 27010, 'approve');
SELECT event_seq, amount, goods, tax, shipping FROM aftersale.refund WHERE shop_id = 270 AND request_id = 27010 ORDER BY 1;
-- amounts that are none
INSERT INTO aftersale.request (shop_id, flow, country, tax) VALUES (270, 'market/inspection', 'GB', -0.01);
INSERT INTO aftersale.request (shop_id, flow, country, shipping) VALUES (270, 'market/inspection', 'GB', 'NaN');
INSERT INTO aftersale.request (shop_id, flow, country, tax) VALUES (270, 'market/inspection', 'JP', 0.5);
INSERT INTO aftersale.return_fee (shop_id, kind, percent) VALUES (270, 'restocking', 100.01);
INSERT INTO aftersale.return_fee (shop_id, kind, flow, fixed) VALUES (270, 'return_freight', 'x', 'NaN');
INSERT INTO aftersale.return_fee (shop_id, kind) VALUES (270, 'gift');
SELECT * FROM aftersale.verify_history(270);
