-- What a timeout is judged by may change once its deadline has passed: whether the sweep came before makes no difference.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('late changes', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (853, 'late_changes', 'late changes');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (853, 'CN', 'CNY', 'late changes', 'Asia/Shanghai');
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('late_changes/refund', 1, 'late_changes', 'refund_only', 'open');
INSERT INTO aftersale.flow_state (flow, version, state, final, term, starts) VALUES
	('late_changes/refund', 1, 'open', false, '24 hours', 'entered'), ('late_changes/refund', 1, 'paid', false, '10 days', 'ordered'), ('late_changes/refund', 1, 'over', true, NULL, 'entered');
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, clock, effect) VALUES
	('late_changes/refund', 1, 'open', 'timeout', 'paid', '{system}', 'restart', '{"refund": {"of": "asked", "executed_by": "platform"}}'),
	('late_changes/refund', 1, 'paid', 'timeout', 'over', '{system}', 'restart', '{}'),
	('late_changes/refund', 1, 'paid', 'close', 'over', '{merchant}', 'restart', '{}');
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) VALUES (853, 'O1', 'CNY', 1000), (853, 'O2', 'CNY', 1000);
INSERT INTO aftersale.rule (shop_id, name, flow, state, reasons, action) VALUES (853, 'by reason', 'late_changes/refund', 'paid', '{late}', 'close');
INSERT INTO aftersale.rule (shop_id, name, flow, state, condition, action) VALUES (853, 'by attribute', 'late_changes/refund', 'paid', '{"vip": true}', 'close');
INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, ordered_at, amount, reason)
SELECT 853, 85300 + n, 'late_changes/refund', 'O1', '2026-11-20 00:00+00', 4, 'early' FROM generate_series(1, 10) n;
RESET ROLE; SET aftersale.test_now = '2026-11-27 10:00:00+00'; SET ROLE regress_erp;
-- the first five after the sweep, the others before it
UPDATE aftersale.request SET action = 'timeout', actor = 'system' WHERE shop_id = 853 AND request_id <= 85305;
UPDATE aftersale.request SET reason = 'late' WHERE shop_id = 853 AND request_id IN (85301, 85306);
UPDATE aftersale.request SET order_ref = 'O2' WHERE shop_id = 853 AND request_id IN (85302, 85307);
UPDATE aftersale.request SET ordered_at = '2026-11-21 00:00+00' WHERE shop_id = 853 AND request_id IN (85303, 85308);
UPDATE aftersale.request SET attributes = '{"vip": true}' WHERE shop_id = 853 AND request_id IN (85304, 85309);
-- with an act: the timeout refunds the order that the request had
UPDATE aftersale.request SET order_ref = 'O2', action = 'close' WHERE shop_id = 853 AND request_id IN (85305, 85310);
SELECT aftersale.fire_due(853, 'infinity', 100);
SELECT state, due_at, outcome, refund_amount, event_seq, array_agg(request_id ORDER BY request_id) FROM aftersale.request WHERE shop_id = 853 GROUP BY 1, 2, 3, 4, 5 ORDER BY 6;
SELECT f.order_ref, f.reason, f.amount, array_agg(f.request_id ORDER BY f.request_id) FROM aftersale.refund f WHERE shop_id = 853 GROUP BY 1, 2, 3 ORDER BY 4;
SELECT order_ref, refunded, platform_extra FROM aftersale.order_balance WHERE shop_id = 853 ORDER BY 1;
SELECT * FROM aftersale.verify_history(853);
