-- Douyin, shipped refund-only, rule by rule: deadline, decisions, reports, the buyer's acts.
BEGIN;
SELECT plan(62);
-- What a statement gives when the clerk, who is nobody in the database but a service account of shop 1, runs it at an instant
CREATE FUNCTION pg_temp.at(instant timestamptz, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	PERFORM set_config('aftersale.test_now', instant::text, false);
	BEGIN
		PERFORM set_config('role', 'regress_clerk', true);
		EXECUTE statement INTO answer;
	EXCEPTION WHEN OTHERS THEN
		answer := SQLSTATE || ' ' || SQLERRM;
	END;
	PERFORM set_config('role', 'none', true);
	RETURN answer;
END $$;
CREATE FUNCTION pg_temp.act(instant timestamptz, request bigint, action text, actor text, payload jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.at(instant, format('SELECT state || coalesce('' '' || due_at, '''') FROM aftersale.act(1, %s, %L, %L, %L)', request, action, payload, actor))
$$;
CREATE FUNCTION pg_temp.sweep(instant timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('aftersale.test_now', instant::text, false);
	PERFORM set_config('role', 'regress_erp', true);
	PERFORM aftersale.fire_due(1, 'infinity', 1000);
	PERFORM set_config('role', 'none', true);
END $$;
SET TIME ZONE 'UTC';
SET DateStyle = ISO;
SET aftersale.test_now = '2026-11-20 10:00+00';	-- a Friday
SELECT aftersale.grant_access('regress_clerk', 'service') \g /dev/null
SET ROLE regress_erp;
SELECT aftersale.load_pack('douyin') \g /dev/null
INSERT INTO aftersale.calendar (name, calendar) VALUES ('office', 'zone Asia/Shanghai; mon-fri 09:00-18:00');
INSERT INTO aftersale.shop (shop_id, platform, name, refunds_held) VALUES (1, 'douyin', 'Teapots', false), (2, 'temu', 'another', false);
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone)
SELECT s, 'CN', 'CNY', 'office', 'Asia/Shanghai' FROM generate_series(1, 2) s;
INSERT INTO aftersale.login (login, shop_id, actor, may_speak) VALUES ('regress_clerk', 1, 'erp service', true), ('regress_clerk', 2, 'erp service', true);
INSERT INTO aftersale.member (shop_id, actor, role) VALUES (1, 'olga', 'main_account'), (1, 'sub', 'sub_account');
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) SELECT 1, 'O-' || n, 'CNY', 100 FROM generate_series(1, 60) n;
RESET ROLE;
SELECT pg_temp.at('2026-11-20 10:00+00', 'WITH opened AS (INSERT INTO aftersale.request (shop_id, request_id, flow, external_ref, order_ref, amount, reason)
	SELECT 1, n, ''douyin/shipped_refund_only'', ''A-'' || n, ''O-'' || n, 88.80, ''late'' FROM generate_series(1, 40) n RETURNING 1) SELECT count(*) FROM opened') \g /dev/null

-- DOUYIN-01, DOUYIN-04
SELECT results_eq($$SELECT state, waits_for, due_at FROM aftersale.worklist WHERE shop_id = 1 AND request_id = 1$$,
	$$VALUES ('requested', 'merchant', '2026-11-22 10:00+00'::timestamptz)$$, 'DOUYIN-01: an application waits for the merchant');
SELECT matches(pg_temp.at('2026-11-20 10:00+00', $$WITH o AS (INSERT INTO aftersale.request (shop_id, flow) VALUES (2, 'douyin/shipped_refund_only') RETURNING 1) SELECT * FROM o$$),
	'^RA032 ', 'DOUYIN-01: of a Douyin shop');

-- DOUYIN-11: hours, also on a Saturday and a Sunday of an office; late strictly after
SELECT is((SELECT due_at FROM aftersale.request WHERE request_id = 1), '2026-11-22 10:00+00', 'DOUYIN-11: 48 hours elapse day and night, across a weekend');
SELECT is(pg_temp.act('2026-11-22 09:59:59.999999+00', 1, 'approve', 'olga'), 'refunded', 'DOUYIN-11: a microsecond before, the merchant decides');
SELECT is(pg_temp.act('2026-11-22 10:00+00', 2, 'approve', 'olga'), 'refunded', 'DOUYIN-11: at exactly 48 h 00 he does');
SELECT matches(pg_temp.act('2026-11-22 10:00:00.000001+00', 3, 'reject', 'olga', '{"reason": "1", "evidence": ["e"]}'), '^RA021 .*DOUYIN-11\)$',
	'DOUYIN-11: a microsecond after, it is too late');
SELECT pg_temp.sweep('2026-11-22 10:00+00') \g /dev/null
SELECT is((SELECT state FROM aftersale.request WHERE request_id = 3), 'requested', 'DOUYIN-11: the clock does nothing at exactly 48 h 00');
SELECT pg_temp.sweep('2026-11-22 10:00:00.000001+00') \g /dev/null
SELECT results_eq($$SELECT state, outcome, refund_amount, closed_at FROM aftersale.request WHERE request_id = 3$$,
	$$VALUES ('refunded', 'refunded by timeout', 88.80, '2026-11-22 10:00+00'::timestamptz)$$, 'DOUYIN-11: after it the platform refunds by default');
SELECT results_eq($$SELECT executed_by, amount FROM aftersale.refund WHERE request_id = 3$$, $$VALUES ('platform', 88.80)$$,
	'DOUYIN-11: by itself, A6.1: the timeout is a refund here');
SELECT is((SELECT count(*)::int FROM aftersale.refund WHERE request_id = 3 AND status IN ('pending', 'held')), 0, 'DOUYIN-11: so that nobody is told to pay it again');
SELECT results_eq($$SELECT executed_by, status FROM aftersale.refund WHERE request_id = 1$$, $$VALUES ('instruct', 'pending')$$,
	'DOUYIN-13: what the merchant agrees to, the ERP tells the platform');

-- DOUYIN-04: a number that was uploaded makes it shipped, not a scan
SELECT matches(pg_temp.at('2026-11-23 09:00+00', $$INSERT INTO aftersale.request (shop_id, request_id, flow, attributes) VALUES (1, 90, 'douyin/shipped_refund_only', '{"tracking_uploaded": false, "scanned": true}')$$),
	'^RA034 .*\(RA034, DOUYIN-04\)$', 'DOUYIN-04: without a valid number that was uploaded the order is not shipped, whatever was scanned');
SELECT is(pg_temp.at('2026-11-23 09:00+00', $$WITH opened AS (INSERT INTO aftersale.request (shop_id, request_id, flow, attributes) VALUES (1, 90, 'douyin/shipped_refund_only', '{"tracking_uploaded": true, "scanned": false}'),
	(1, 91, 'douyin/shipped_refund_only', '{}') RETURNING state) SELECT string_agg(state, ' ') FROM opened$$), 'requested requested', 'DOUYIN-04: with one it is, scanned or not; where nothing is said the platform''s word holds');

-- the warning
SELECT pg_temp.at('2026-11-23 10:00+00', 'WITH opened AS (INSERT INTO aftersale.request (shop_id, request_id, flow, external_ref, order_ref, amount)
	SELECT 1, n, ''douyin/shipped_refund_only'', ''A-'' || n, ''O-'' || n, 20 FROM generate_series(41, 60) n RETURNING 1) SELECT count(*) FROM opened') \g /dev/null
SELECT is((SELECT act_at FROM aftersale.request WHERE request_id = 41), '2026-11-24 22:00+00', 'DOUYIN-11: a warning 12 hours before');
SELECT pg_temp.sweep('2026-11-24 22:00:00.000001+00') \g /dev/null
SELECT is((SELECT count(*)::int FROM aftersale.event WHERE request_id BETWEEN 41 AND 60 AND action = 'refund_in_12_hours'), 20, 'DOUYIN-11: which is written, and moves nothing');
SELECT is((SELECT count(*)::int FROM aftersale.request WHERE request_id BETWEEN 41 AND 60 AND state = 'requested'), 20, 'DOUYIN-11: they wait as before');

-- DOUYIN-13: single, batch
SELECT is(pg_temp.at('2026-11-24 23:00+00', $$SELECT count(*) FROM aftersale.act_many(array_fill(1::bigint, '{3}'), '{41,42,43}', 'approve', '{}', 'olga') WHERE state = 'refunded'$$),
	'3', 'DOUYIN-13: many at once');

-- DOUYIN-15
SELECT matches(pg_temp.act('2026-11-24 23:00+00', 44, 'reject', 'olga', '{"evidence": ["e"]}'), '^RA023 .*"reason" \(RA023, DOUYIN-15\)$', 'DOUYIN-15: a rejection needs its reason');
SELECT matches(pg_temp.act('2026-11-24 23:00+00', 44, 'reject', 'olga', '{"reason": "17"}'), '^RA023 .*"evidence" \(RA023, DOUYIN-15\)$', 'DOUYIN-15: and evidence, unless the reason is known to need none');
SELECT matches(pg_temp.act('2026-11-24 23:00+00', 44, 'reject', 'olga', '{"reason": "17", "evidence": []}'), '^RA023 ', 'DOUYIN-15: no evidence is none');
SELECT is(pg_temp.act('2026-11-24 23:00+00', 44, 'reject', 'olga', '{"reason": "17", "evidence": ["https://img/1"]}'), 'rejected', 'DOUYIN-15: with both it is rejected, without a deadline');
SET ROLE regress_erp;
INSERT INTO aftersale.reason (platform, kind, code, title, evidence_needed) VALUES
	('douyin', 'reject', '17', 'fresh goods', true), ('douyin', 'reject', '18', 'agreed with the buyer', false), ('temu', 'reject', '17', 'another platform''s', false),
	('douyin', 'apply', '19', 'the buyer''s reason', false);
RESET ROLE;
SELECT matches(pg_temp.act('2026-11-24 23:00+00', 45, 'reject', 'olga', '{"reason": "19", "evidence": ["e"]}'), '^RA034 .*DOUYIN-15', 'DOUYIN-15: where there is a list, the reason is one of it');
SELECT matches(pg_temp.act('2026-11-24 23:00+00', 45, 'reject', 'olga', '{"reason": "17"}'), '^RA023 .*"evidence"', 'DOUYIN-15: a reason whose row demands evidence');
SELECT is(pg_temp.act('2026-11-24 23:00+00', 45, 'reject', 'olga', '{"reason": "18"}'), 'rejected', 'DOUYIN-15: one whose row does not');
SET ROLE regress_erp;
UPDATE aftersale.reason SET evidence_needed = true WHERE platform = 'douyin' AND code = '18';
RESET ROLE;
SELECT matches(pg_temp.act('2026-11-24 23:00+00', 46, 'reject', 'olga', '{"reason": "18"}'), '^RA023 .*"evidence"', 'DOUYIN-15: and when its row has changed');
SELECT is(pg_temp.act('2026-11-24 23:30+00', 45, 'approve', 'olga'), 'refunded', 'DOUYIN-13: what was rejected can be agreed to later');

-- DOUYIN-14: advice on the order of acts, beside what is allowed
SELECT is(pg_temp.at('2026-11-24 23:00+00', $$SELECT string_agg(action || ': ' || coalesce(rtrim(left(advice[1], 20)), 'none'), '; ' ORDER BY action) FROM aftersale.allowed_actions(1, 46, 'olga')$$),
	'agree_after_refusal: none; approve: Intercept the parcel; reject: A rejection without', 'DOUYIN-14: allowed_actions() tells what is advised first');
SELECT is(pg_temp.at('2026-11-24 23:00+00', $$SELECT advice[2] FROM aftersale.allowed_actions(1, 46, 'olga') WHERE action = 'reject'$$),
	'Intercept the parcel and agree to refund after the refusal, or agree with the buyer that he withdraws or amends, before you reject. (DOUYIN-14)', 'DOUYIN-14: with the rule');

-- DOUYIN-03, DOUYIN-13: who decides
SELECT matches(pg_temp.act('2026-11-24 23:00+00', 46, a, 'sub', '{"reason": "1", "evidence": ["e"]}'), '^RA070 ', 'DOUYIN-03: a sub-account has nothing that was not granted: ' || a)
FROM unnest(ARRAY['approve', 'agree_after_refusal', 'reject']) a;
SELECT matches(pg_temp.at('2026-11-24 23:00+00', $$SELECT aftersale.grant_permission(1, 'sub_account', 'agree_refund', actor => 'sub')$$), '^RA070 ', 'DOUYIN-03: nor does it grant itself');
SELECT pg_temp.at('2026-11-24 23:00+00', $$SELECT aftersale.grant_permission(1, 'sub_account', 'agree_refund', actor => 'olga')$$) \g /dev/null
SELECT is(pg_temp.act('2026-11-24 23:00+00', 46, 'approve', 'sub'), 'refunded', 'DOUYIN-03: what the main account grants, it has');
SELECT matches(pg_temp.act('2026-11-24 23:00+00', 47, 'approve', 'buyer'), '^RA022 ', 'DOUYIN-13: the buyer does not agree for the merchant');

-- DOUYIN-08: the deadline stays until the platform gives one
SELECT is(pg_temp.act('2026-11-24 23:00+00', 48, 'agree_after_refusal', 'olga'), 'awaiting_refusal 2026-11-25 10:00:00+00', 'DOUYIN-08: agreed after refusal, and the 48 hours go on');
SELECT is(pg_temp.act('2026-11-24 23:00+00', 49, 'agree_after_refusal', 'olga'), 'awaiting_refusal 2026-11-25 10:00:00+00', 'DOUYIN-08: for each');
SELECT is(pg_temp.at('2026-11-24 23:00+00', $$WITH u AS (UPDATE aftersale.request SET platform_due_at = '2026-11-30 00:00+00' WHERE shop_id = 1 AND request_id = 49 RETURNING due_at) SELECT due_at FROM u$$),
	'2026-11-30 00:00:00+00', 'DOUYIN-08: the platform''s deadline goes before it');
SELECT is(pg_temp.at('2026-11-24 23:00+00', $$WITH u AS (UPDATE aftersale.request SET platform_due_at = NULL WHERE shop_id = 1 AND request_id = 49 RETURNING due_at) SELECT due_at FROM u$$),
	'2026-11-25 10:00:00+00', 'DOUYIN-08: taken back, the request has one again: never none');
SELECT is(pg_temp.act('2026-11-25 09:00+00', 49, 'parcel_refused', 'carrier'), 'awaiting_refusal 2026-11-25 10:00:00+00', 'DOUYIN-08: the refusal is reported');
SELECT is(pg_temp.act('2026-11-25 09:00+00', 49, 'approve', 'olga'), 'refunded', 'DOUYIN-08: then the merchant refunds');
SELECT is(pg_temp.act('2026-11-25 09:00+00', 50, 'agree_after_refusal', 'olga'), 'awaiting_refusal 2026-11-25 10:00:00+00', 'DOUYIN-08: or');
SELECT is(pg_temp.act('2026-11-25 09:00+00', 50, 'parcel_signed', 'carrier'), 'awaiting_refusal 2026-11-25 10:00:00+00', 'DOUYIN-08: the buyer signs for it after all');
SELECT is(pg_temp.act('2026-11-25 09:00+00', 50, 'reject', 'olga', '{"reason": "17", "evidence": ["proof of delivery"]}'), 'rejected', 'DOUYIN-08: then he may refuse');
SELECT pg_temp.sweep('2026-11-25 10:00:00.000001+00') \g /dev/null
SELECT results_eq($$SELECT state, closed_at FROM aftersale.request WHERE request_id = 48$$, $$VALUES ('refunded', '2026-11-25 10:00+00'::timestamptz)$$,
	'DOUYIN-08: nobody decides: the platform refunds at the same 48 hours');

-- DOUYIN-17: the buyer's acts
SELECT pg_temp.at('2026-11-26 10:00+00', 'WITH opened AS (INSERT INTO aftersale.request (shop_id, request_id, flow, external_ref, order_ref, amount)
	SELECT 1, n, ''douyin/shipped_refund_only'', ''A-'' || n, ''O-'' || n - 60, 20 FROM generate_series(61, 80) n RETURNING 1) SELECT count(*) FROM opened') \g /dev/null
SELECT is(pg_temp.act('2026-11-27 10:00+00', 61, 'withdraw', 'buyer'), 'cancelled', 'DOUYIN-17: the buyer withdraws');
SELECT matches(pg_temp.act('2026-11-27 10:00+00', 62, 'withdraw', 'olga'), '^RA022 ', 'DOUYIN-17: the merchant does not for him');
SELECT is(pg_temp.at('2026-11-27 10:00+00', $$WITH u AS (UPDATE aftersale.request SET action = 'modify', actor = 'buyer', payload = '{"changed": ["amount"]}', amount = 15
	WHERE shop_id = 1 AND request_id = 62 RETURNING state || ' ' || due_at AS s) SELECT s FROM u$$), 'requested 2026-11-29 10:00:00+00', 'DOUYIN-17: another amount starts the 48 hours anew');
SELECT is(pg_temp.act('2026-11-27 10:00+00', 63, 'modify', 'buyer', '{"changed": ["evidence"]}'), 'requested 2026-11-28 10:00:00+00', 'DOUYIN-17: more evidence does not');
SELECT is(pg_temp.act('2026-11-27 10:00+00', 63, 'modify', 'buyer', '{"changed": ["evidence", "type"]}'), 'closed', 'DOUYIN-17: another type is another flow''s request');
SELECT is(pg_temp.act('2026-11-27 10:00+00', 69, 'modify', 'buyer', '{"changed": ["amount", "type"]}'), 'closed', 'DOUYIN-17: also where he changes the amount with it');
SELECT matches(pg_temp.act('2026-11-27 10:00+00', 64, 'modify', 'buyer'), '^RA023 .*"changed"', 'DOUYIN-17: what he changed has to be said');
SELECT pg_temp.act('2026-11-27 10:00+00', 64, 'reject', 'olga', '{"reason": "17", "evidence": ["e"]}') \g /dev/null
SELECT is(pg_temp.act('2026-11-27 11:00+00', 64, 'modify', 'buyer', '{"changed": ["amount"]}'), 'requested 2026-11-29 11:00:00+00', 'DOUYIN-17: after a rejection it is for the merchant again');
SELECT is(pg_temp.act('2026-11-27 11:00+00', 64, 'close', 'platform'), 'closed', 'DOUYIN-11: the platform''s word ends it');

-- DOUYIN-10, DOUYIN-12: the queue, by its keys
SELECT results_eq($$SELECT request_id FROM aftersale.worklist WHERE shop_id = 1 AND flow = 'douyin/shipped_refund_only' AND waits_for = 'merchant' AND order_ref = 'O-5'$$,
	$$VALUES (65::bigint)$$, 'DOUYIN-10, DOUYIN-12: the queue holds what waits for the merchant, and is searched by order number');

SELECT results_eq($$SELECT request_id FROM aftersale.worklist WHERE shop_id = 1 AND opened_at >= '2026-11-26' AND waits_for = 'merchant' AND order_ref IN ('O-5', 'O-6')$$,
	$$VALUES (65::bigint), (66)$$, 'DOUYIN-12: by the day of the application');
SELECT is(pg_temp.at('2026-11-27 11:00+00', $$INSERT INTO aftersale.personal (shop_id, request_id, buyer_name, phone) VALUES (1, 66, 'Wang', '13800000001') RETURNING 1$$), '1', 'DOUYIN-12: who the buyer is');
SELECT is(pg_temp.at('2026-11-27 11:00+00', $$SELECT request_id FROM aftersale.buyer WHERE shop_id = 1 AND buyer_name = 'Wang' AND phone = '13800000001'$$), '66', 'DOUYIN-12: by name and phone');

-- DOUYIN-08: the deadline that it has, whichever that is
SELECT pg_temp.act('2026-11-27 10:00+00', 67, 'modify', 'buyer', '{"changed": ["amount"]}') \g /dev/null
SELECT is(pg_temp.act('2026-11-27 11:00+00', 67, 'agree_after_refusal', 'olga'), 'awaiting_refusal 2026-11-29 10:00:00+00', 'DOUYIN-08: that of an amended application');
SELECT pg_temp.at('2026-11-27 10:00+00', $$WITH u AS (UPDATE aftersale.request SET platform_due_at = '2026-12-01 00:00+00' WHERE shop_id = 1 AND request_id = 68 RETURNING 1) SELECT * FROM u$$) \g /dev/null
SELECT is(pg_temp.act('2026-11-27 11:00+00', 68, 'agree_after_refusal', 'olga'), 'awaiting_refusal 2026-12-01 00:00:00+00', 'DOUYIN-08: the platform''s own');

-- DOUYIN-14, DOUYIN-16: advice, which blocks nothing
SELECT is(pg_temp.at('2026-11-27 11:00+00', $$SELECT string_agg(rule, ',' ORDER BY rule) FROM aftersale.advice(1, '{66}', 'reject')$$), 'DOUYIN-14,DOUYIN-16', 'DOUYIN-14, DOUYIN-16: what is advised before a rejection');
SELECT is(pg_temp.at('2026-11-27 11:00+00', $$SELECT string_agg(rule, ',') FROM aftersale.advice(1, '{66}', 'approve')$$), 'DOUYIN-14', 'DOUYIN-14: and before agreeing');
SELECT pg_temp.act('2026-11-27 11:00+00', 66, 'agree_after_refusal', 'olga') \g /dev/null
SELECT is(pg_temp.at('2026-11-27 11:00+00', $$SELECT string_agg(rule, ',') FROM aftersale.advice(1, '{66}')$$), 'DOUYIN-16', 'DOUYIN-14: not once it was followed');

SELECT * FROM finish();
ROLLBACK;
