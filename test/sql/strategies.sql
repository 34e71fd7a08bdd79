-- Automatic rules act: at the opening, on a signal, when a timeout enters a state; within their caps; once.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('strategies', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (730, 'bazaar', 'strategies'), (731, 'bazaar', 'other');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone)
SELECT s, 'CN', 'CNY', 'strategies', 'Asia/Shanghai' FROM unnest(ARRAY[730, 731]) s;
SELECT aftersale.release_refunds(730);
-- shipped, refund only: 48 hours, else the system refunds (DOUYIN-11); the kinds of strategies are DOUYIN-05 to 08
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state, rule) VALUES ('bazaar/shipped', 1, 'bazaar', 'refund_only', 'requested', 'DOUYIN-01');
INSERT INTO aftersale.flow_state (flow, version, state, final, waits_for, term) VALUES
	('bazaar/shipped', 1, 'requested', false, 'merchant', '48 hours'), ('bazaar/shipped', 1, 'awaiting_refusal', false, 'carrier', NULL),
	('bazaar/shipped', 1, 'escalated', false, 'platform', NULL), ('bazaar/shipped', 1, 'refunded', true, NULL, NULL), ('bazaar/shipped', 1, 'rejected', true, NULL, NULL);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, needs, clock, outcome, effect, rule)
SELECT 'bazaar/shipped', 1, x.from_state, x.action, x.to_state, x.actors::text[], x.needs::text[], x.clock, x.outcome, x.effect::jsonb, x.rule FROM (VALUES
	('requested', 'timeout', 'refunded', '{system}', '{}', 'restart', 'refunded by default', '{"refund": {"of": "asked", "executed_by": "platform"}}', 'DOUYIN-11'),
	('requested', 'approve', 'refunded', '{merchant}', '{}', 'restart', 'refunded', '{"refund": {"of": "asked", "executed_by": "instruct"}}', 'DOUYIN-06'),
	('requested', 'agree_after_refusal', 'awaiting_refusal', '{merchant}', '{}', 'keep', NULL, '{}', 'DOUYIN-08'),
	('requested', 'reject', 'rejected', '{merchant}', '{reason}', 'restart', 'rejected', '{}', 'DOUYIN-15'),
	('requested', 'interception_succeeded', 'requested', '{carrier}', '{}', 'keep', NULL, '{"charge": {"kind": "interception_fee", "bearer": "merchant"}}', 'DOUYIN-07'),
	('awaiting_refusal', 'interception_succeeded', 'awaiting_refusal', '{carrier}', '{}', 'keep', NULL, '{"charge": {"kind": "interception_fee", "bearer": "merchant"}}', 'DOUYIN-07'),
	('awaiting_refusal', 'approve', 'refunded', '{merchant}', '{}', 'restart', 'refunded', '{"refund": {"of": "asked", "executed_by": "instruct"}}', 'DOUYIN-08'),
	('awaiting_refusal', 'timeout', 'refunded', '{system}', '{}', 'restart', 'refunded by default', '{"refund": {"of": "asked", "executed_by": "platform"}}', 'DOUYIN-11'),
	('escalated', 'approve', 'refunded', '{merchant}', '{}', 'restart', 'refunded', '{"refund": {"of": "asked", "executed_by": "instruct"}}', NULL)
) AS x (from_state, action, to_state, actors, needs, clock, outcome, effect, rule);
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) SELECT 730, 'O' || n, 'CNY', 100 FROM generate_series(1, 60) n;
INSERT INTO aftersale.rule (shop_id, name, flow, signal, priority, reasons, amount_to, currency, single_parcel, whole_parcel, action, ratio) VALUES
	(730, 'B small', 'bazaar/shipped', NULL, 20, '{damaged,missing}', 10.00, 'CNY', false, false, 'approve', '30%'),
	(730, 'C interception', 'bazaar/shipped', 'interception_succeeded', 0, NULL, NULL, NULL, true, true, 'approve', NULL),
	(730, 'D refusal', 'bazaar/shipped', NULL, 10, '{unwanted}', NULL, NULL, false, false, 'agree_after_refusal', NULL);

-- TEMU-27, 28, DOUYIN-06: reason and amount, both; 30 %, at the opening, no step of the merchant's
INSERT INTO aftersale.request (shop_id, request_id, flow, reason, order_ref, amount) VALUES
	(730, 1, 'bazaar/shipped', 'damaged', 'O1', 10.00), (730, 2, 'bazaar/shipped', 'damaged', 'O2', 10.01), (730, 3, 'bazaar/shipped', 'late', 'O3', 1), (730, 4, 'bazaar/shipped', 'missing', NULL, 1)
RETURNING request_id, state, outcome, due_at, refund_amount, ratio, event_seq;
SELECT event_seq, at, action, actor, on_behalf_of, from_state, to_state, payload - 'rule_id' AS payload, rule FROM aftersale.event WHERE shop_id = 730 AND request_id = 1 ORDER BY 1;
SELECT request_id, event_seq, amount, executed_by, status FROM aftersale.refund WHERE shop_id = 730 ORDER BY 1;
SELECT order_ref, refunded FROM aftersale.order_balance WHERE shop_id = 730 AND refunded > 0;
-- DOUYIN-08, 09: D keeps the clock; C stays armed behind it, needs one parcel that is refunded as a whole (DOUYIN-07)
INSERT INTO aftersale.request (shop_id, request_id, flow, reason, order_ref, amount, attributes) VALUES
	(730, 11, 'bazaar/shipped', 'unwanted', 'O11', 50, '{"parcels": 1, "whole_parcel": true}'), (730, 12, 'bazaar/shipped', 'unwanted', 'O12', 50, '{"parcels": 2, "whole_parcel": true}'), (730, 13, 'bazaar/shipped', 'unwanted', 'O13', 50, '{}')
RETURNING request_id, state, due_at, event_seq;
SELECT request_id, state, refund_amount, event_seq, sqlstate FROM aftersale.act_many('{730,730,730}', '{11,12,13}', 'interception_succeeded', '{"fee": 3.50}', 'carrier');
SELECT request_id, event_seq, kind, amount, bearer FROM aftersale.charge WHERE shop_id = 730 ORDER BY 1;
-- the attributes that come with the signal count
UPDATE aftersale.request SET action = 'interception_succeeded', actor = 'carrier', attributes = '{"parcels": 1, "whole_parcel": true}' WHERE shop_id = 730 AND request_id = 13
RETURNING state, refund_amount, event_seq;
-- nothing of this depends on the merchant's silence: at 48 hours the rest is refunded by default
RESET ROLE; SET aftersale.test_now = '2026-11-27 10:00:00.000001+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(730, 'infinity', 100);
SELECT request_id, state, outcome, refund_amount FROM aftersale.request WHERE shop_id = 730 ORDER BY 1;
SELECT what FROM aftersale.explain(730, 11);

-- a state that a timeout enters, at its instant however late the sweep; the signal of a timer
INSERT INTO aftersale.flow (flow, version, platform, kind, initial_state) VALUES ('bazaar/steps', 1, 'bazaar', 'steps', 'one');
INSERT INTO aftersale.flow_state (flow, version, state, final, term) VALUES ('bazaar/steps', 1, 'one', false, '10 hours'), ('bazaar/steps', 1, 'two', false, '10 hours'),
	('bazaar/steps', 1, 'three', false, '10 hours'), ('bazaar/steps', 1, 'end', true, NULL);
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors) VALUES ('bazaar/steps', 1, 'one', 'timeout', 'two', '{system}'), ('bazaar/steps', 1, 'two', 'timeout', 'end', '{system}'),
	('bazaar/steps', 1, 'three', 'timeout', 'end', '{system}'), ('bazaar/steps', 1, 'two', 'go', 'three', '{merchant}'), ('bazaar/steps', 1, 'three', 'go', 'two', '{merchant}'), ('bazaar/steps', 1, 'three', 'finish', 'end', '{merchant}');
INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts) VALUES ('bazaar/steps', 1, 'half_time', 'three', 'alert', '5 hours', 'entered');
INSERT INTO aftersale.rule (shop_id, name, flow, state, signal, action) VALUES (731, 'onwards', 'bazaar/steps', 'two', NULL, 'go'), (731, 'back', 'bazaar/steps', 'three', 'half_time', 'finish');
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (731, 1, 'bazaar/steps'), (731, 2, 'bazaar/steps');
RESET ROLE; SET aftersale.test_now = '2026-11-30 10:00:00+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(731, 'infinity', 100);
SELECT event_seq, at, action, actor, on_behalf_of, from_state, to_state FROM aftersale.event WHERE shop_id = 731 AND request_id = 1 ORDER BY 1;
-- two rules that call each other act once each
INSERT INTO aftersale.rule (shop_id, name, flow, state, action) VALUES (731, 'for ever', 'bazaar/steps', 'three', 'go');
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (731, 3, 'bazaar/steps');
RESET ROLE; SET aftersale.test_now = '2026-11-30 20:00:00.000001+00'; SET ROLE regress_erp;
SELECT aftersale.fire_due(731, 'infinity', 100);
SELECT event_seq, at, action, from_state, to_state FROM aftersale.event WHERE shop_id = 731 AND request_id = 3 ORDER BY 1;

-- caps, in one statement: a day's count, a day's money, a buyer's uses; the local day (16:00 UTC is midnight in Shanghai)
UPDATE aftersale.rule SET enabled = false WHERE shop_id = 730;
INSERT INTO aftersale.rule (shop_id, name, flow, reasons, action, max_per_day) VALUES (730, 'three a day', 'bazaar/shipped', '{count}', 'approve', 3);
INSERT INTO aftersale.rule (shop_id, name, flow, reasons, action, currency, max_amount_per_day, ratio) VALUES (730, 'ten a day', 'bazaar/shipped', '{money}', 'approve', 'CNY', 10, '50%');
INSERT INTO aftersale.rule (shop_id, name, flow, reasons, action, max_per_buyer) VALUES (730, 'once a buyer', 'bazaar/shipped', '{buyer}', 'approve', 1);
INSERT INTO aftersale.request (shop_id, request_id, flow, reason, order_ref, amount, attributes)
SELECT 730, 100 + n, 'bazaar/shipped', (ARRAY['count', 'money', 'buyer'])[n % 3 + 1], 'O' || n + 20, 6, jsonb_build_object('buyer', 'buyer ' || n % 2) FROM generate_series(1, 18) n;
SELECT reason, attributes ->> 'buyer' AS buyer, count(*) FILTER (WHERE state = 'refunded') AS refunded, count(*) FROM aftersale.request WHERE shop_id = 730 AND request_id > 100 GROUP BY 1, 2 ORDER BY 1, 2;
SELECT r.name, u.day, u.uses, u.amount FROM aftersale.rule_use u JOIN aftersale.rule r USING (shop_id, rule_id) WHERE u.shop_id = 730 ORDER BY 1;
SELECT r.name, u.buyer, u.uses FROM aftersale.rule_buyer_use u JOIN aftersale.rule r USING (shop_id, rule_id) WHERE u.shop_id = 730 ORDER BY 1, 2;
INSERT INTO aftersale.request (shop_id, request_id, flow, reason, order_ref, amount) VALUES (730, 130, 'bazaar/shipped', 'count', 'O45', 6) RETURNING state;
RESET ROLE; SET aftersale.test_now = '2026-12-01 16:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow, reason, order_ref, amount) VALUES (730, 131, 'bazaar/shipped', 'count', 'O46', 6) RETURNING state;
-- a rule that was changed or deleted since does not change what was decided; one that cannot pay does not stop an opening
DELETE FROM aftersale.rule WHERE shop_id = 730 AND name = 'three a day';
SELECT signal, wins, why FROM aftersale.rule r JOIN aftersale.decide_rules(731, 'bazaar/steps', 'three', 'half_time') d USING (rule_id) WHERE r.shop_id = 731 ORDER BY 1;
INSERT INTO aftersale.request (shop_id, request_id, flow, reason, order_ref, amount) VALUES (730, 132, 'bazaar/shipped', 'money', 'unknown order', 6) RETURNING state;
-- what is overdue when it comes is left to a person, rules included
INSERT INTO aftersale.request (shop_id, request_id, flow, reason, order_ref, amount, opened_at) VALUES (730, 133, 'bazaar/shipped', 'money', 'O47', 6, '2026-11-01') RETURNING state, fault;
SELECT * FROM aftersale.verify_history(730);
SELECT * FROM aftersale.verify_history(731);
