-- Douyin's four strategies as the pack brings them, who may set them up, and what survives loading it again.
BEGIN;
SELECT plan(36);
-- What a statement gives when a role runs it at an instant
CREATE FUNCTION pg_temp.as(role name, instant timestamptz, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	PERFORM set_config('aftersale.test_now', instant::text, false);
	BEGIN
		PERFORM set_config('role', role, true);
		EXECUTE statement INTO answer;
	EXCEPTION WHEN OTHERS THEN
		answer := SQLSTATE || ' ' || SQLERRM;
	END;
	PERFORM set_config('role', 'none', true);
	RETURN answer;
END $$;
CREATE FUNCTION pg_temp.clerk(instant timestamptz, statement text) RETURNS text LANGUAGE sql AS 'SELECT pg_temp.as(''regress_clerk'', instant, statement)';
-- Opens a request of shop 1 of the amount, with the attributes: its state
CREATE FUNCTION pg_temp.opened(request bigint, amount numeric, attributes jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.clerk('2026-11-20 10:00+00', format('WITH o AS (INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, amount, attributes)
		VALUES (1, %s, ''douyin/shipped_refund_only'', ''O-%s'', %s, %L) RETURNING state) SELECT state FROM o', request, request, amount, attributes))
$$;
CREATE FUNCTION pg_temp.act(request bigint, action text, actor text, payload jsonb DEFAULT '{}', instant timestamptz DEFAULT '2026-11-20 12:00+00') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.clerk(instant, format('SELECT state || coalesce('' '' || due_at, '''') FROM aftersale.act(1, %s, %L, %L, %L)', request, action, payload, actor))
$$;
CREATE FUNCTION pg_temp.switch(rules text, enabled boolean) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.as('regress_erp', '2026-11-20 10:00+00', format('WITH u AS (UPDATE aftersale.rule SET enabled = %L WHERE shop_id = 1 AND name ~ %L RETURNING 1) SELECT count(*) FROM u', enabled, rules))
$$;
SET TIME ZONE 'UTC';
SET DateStyle = ISO;
SET aftersale.test_now = '2026-11-20 10:00+00';
SELECT aftersale.grant_access('regress_clerk', 'service') \g /dev/null
SET ROLE regress_erp;
SELECT aftersale.load_pack('douyin') \g /dev/null
INSERT INTO aftersale.calendar (name, calendar) VALUES ('office', 'zone Asia/Shanghai; mon-fri 09:00-18:00');
INSERT INTO aftersale.shop (shop_id, platform, name, refunds_held) VALUES (1, 'douyin', 'Teapots', false), (2, 'temu', 'another platform', false), (3, 'douyin', 'no rules', false);
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone)
SELECT s, 'CN', 'CNY', 'office', 'Asia/Shanghai' FROM generate_series(1, 3) s;
INSERT INTO aftersale.login (login, shop_id, actor, may_speak) VALUES ('regress_clerk', 1, 'erp service', true);
INSERT INTO aftersale.member (shop_id, actor, role) VALUES (1, 'olga', 'main_account'), (1, 'sub', 'sub_account');
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) SELECT 1, 'O-' || n, 'CNY', 100 FROM generate_series(1, 60) n;

-- DOUYIN-09: four, of the shop alone, switched off
SELECT is((SELECT count(*)::int FROM aftersale.rule), 0, 'DOUYIN-09: a pack without a shop brings no rules');
SELECT aftersale.load_pack('douyin', 1) \g /dev/null
SELECT results_eq($$SELECT shop_id, name, coalesce(signal, 'opening'), action, enabled FROM aftersale.rule ORDER BY name$$, $$VALUES
	(1::bigint, 'douyin A: shipment cancelled', 'shipment_cancelled', 'approve', false), (1, 'douyin B: small amount', 'opening', 'approve', false),
	(1, 'douyin C: intercepted', 'interception_succeeded', 'approve', false), (1, 'douyin D: after refusal', 'opening', 'agree_after_refusal', false)$$,
	'DOUYIN-02, DOUYIN-09: strategies A, B, C and D, exactly, for that shop, switched off');
SELECT throws_ok($$SELECT aftersale.load_pack('douyin', 2)$$, 'RA080', NULL, 'DOUYIN-09: not for a shop of another platform');
SELECT throws_ok($$SELECT aftersale.load_pack('douyin', 9)$$, 'RA010', NULL, 'DOUYIN-09: nor for one that does not exist');
RESET ROLE;
SELECT is(pg_temp.opened(1, 0.01), 'requested', 'DOUYIN-09: switched off, none acts');
SELECT is(pg_temp.act(1, 'shipment_cancelled', 'erp'), 'requested 2026-11-22 10:00:00+00', 'DOUYIN-05: a signal alone refunds nothing');

-- DOUYIN-05
SELECT pg_temp.switch('A:', true) \g /dev/null
SELECT pg_temp.opened(n, 50) FROM generate_series(2, 5) n \g /dev/null
SELECT is(pg_temp.act(2, 'shipment_cancelled', 'erp'), 'refunded', 'DOUYIN-05: the ERP has cancelled the shipment: refunded');
SELECT results_eq($$SELECT actor, on_behalf_of, payload ->> 'rule' FROM aftersale.event WHERE request_id = 2 AND action = 'approve'$$,
	$$VALUES ('system', 'merchant', 'douyin A: shipment cancelled')$$, 'DOUYIN-05: by the strategy, for the merchant');
SELECT is(pg_temp.act(3, 'shipment_partly_cancelled', 'erp'), 'requested 2026-11-22 10:00:00+00', 'DOUYIN-05: cancelled in part is not cancelled');
SELECT matches(pg_temp.act(3, 'shipment_cancelled', 'olga'), '^RA022 ', 'DOUYIN-05: it is the ERP that says so');
SELECT pg_temp.act(4, 'reject', 'olga', '{"reason": "1", "evidence": ["e"]}') \g /dev/null
SELECT matches(pg_temp.act(4, 'shipment_cancelled', 'erp'), '^RA020 ', 'DOUYIN-05: before the decision, not after it');
SELECT pg_temp.switch('.', false) \g /dev/null

-- DOUYIN-06: inclusive, the threshold is the merchant's
SELECT pg_temp.switch('B:', true) \g /dev/null
SELECT is(pg_temp.opened(11, 0.01), 'requested', 'DOUYIN-06: until the merchant gives a threshold nothing is small');
SET ROLE regress_erp;
UPDATE aftersale.rule SET amount_to = 5.00, currency = 'CNY' WHERE shop_id = 1 AND name LIKE '% B:%';
RESET ROLE;
SELECT is(pg_temp.opened(12, 5.00), 'refunded', 'DOUYIN-06: at the threshold: refunded');
SELECT is(pg_temp.opened(13, 5.01), 'requested', 'DOUYIN-06: a fen above: not');
SELECT is((SELECT executed_by FROM aftersale.refund WHERE request_id = 12), 'instruct', 'DOUYIN-06: the ERP tells the platform');
SELECT pg_temp.switch('.', false) \g /dev/null

-- DOUYIN-07: verified, one parcel, all its goods; A6.7
SELECT pg_temp.switch('C:', true) \g /dev/null
SELECT pg_temp.opened(n, 50, a) FROM (VALUES (21, '{"verified": true, "parcels": 1, "whole_parcel": true}'::jsonb), (22, '{"verified": true, "parcels": 2, "whole_parcel": true}'),
	(23, '{"verified": true, "parcels": 1, "whole_parcel": false}'), (24, '{"parcels": 1, "whole_parcel": true}'), (25, '{"verified": true, "parcels": 1, "whole_parcel": true}')) AS r(n, a) \g /dev/null
SELECT is(pg_temp.act(21, 'interception_succeeded', 'carrier', '{"fee": 3.5}'), 'refunded', 'DOUYIN-07: one parcel, all of it refunded, intercepted: refunded');
SELECT results_eq($$SELECT kind, amount, bearer FROM aftersale.charge WHERE request_id = 21$$, $$VALUES ('interception_fee', 3.5, 'merchant')$$, 'DOUYIN-07: the merchant bears the fee');
SELECT is(pg_temp.act(22, 'interception_succeeded', 'carrier'), 'requested 2026-11-22 10:00:00+00', 'DOUYIN-07: not with two parcels');
SELECT is(pg_temp.act(23, 'interception_succeeded', 'carrier'), 'requested 2026-11-22 10:00:00+00', 'DOUYIN-07: not where goods remain in the parcel');
SELECT is(pg_temp.act(24, 'interception_succeeded', 'carrier'), 'requested 2026-11-22 10:00:00+00', 'DOUYIN-07: not where the buyer was not verified');
SELECT is(pg_temp.act(25, 'interception_failed', 'carrier'), 'requested 2026-11-22 10:00:00+00', 'DOUYIN-07: a failure decides nothing, the 48 hours go on');
SELECT is(pg_temp.act(25, 'approve', 'olga'), 'refunded', 'DOUYIN-07: it is for a person then');
SELECT pg_temp.switch('.', false) \g /dev/null

-- DOUYIN-08, DOUYIN-09: D at the opening, A and C stay armed behind it; B before D
SELECT pg_temp.switch('.', true) \g /dev/null
SELECT is((SELECT count(*)::int FROM aftersale.rule_overlap), 0, 'DOUYIN-09: none overlaps another of its priority');
SELECT is(pg_temp.opened(31, 5.00), 'refunded', 'DOUYIN-09: B and D match: B goes first');
SELECT is(pg_temp.opened(32, 50, '{"verified": true, "parcels": 1, "whole_parcel": true}'), 'awaiting_refusal', 'DOUYIN-08: at the opening it is agreed to refund after the refusal');
SELECT is((SELECT due_at FROM aftersale.request WHERE request_id = 32), '2026-11-22 10:00+00', 'DOUYIN-08: with the deadline that it had');
SELECT is(pg_temp.act(32, 'interception_succeeded', 'carrier'), 'refunded', 'DOUYIN-09: C stays armed while it waits for the refusal');
SELECT pg_temp.opened(33, 50) \g /dev/null
SELECT is(pg_temp.act(33, 'shipment_cancelled', 'erp'), 'refunded', 'DOUYIN-09: so does A');
SELECT pg_temp.opened(34, 50) \g /dev/null
SELECT is(pg_temp.act(34, 'modify', 'buyer', '{"changed": ["amount"]}'), 'awaiting_refusal 2026-11-22 12:00:00+00', 'DOUYIN-17: an amended application is looked at again');

-- DOUYIN-03: who sets them up; A6.10
SET ROLE regress_erp;
UPDATE aftersale.login SET may_speak = false, actor = 'sub' WHERE login = 'regress_clerk';
RESET ROLE;
SELECT matches(pg_temp.clerk('2026-11-20 10:00+00', $$WITH u AS (UPDATE aftersale.rule SET amount_to = 1000 WHERE shop_id = 1 RETURNING 1) SELECT count(*) FROM u$$),
	'^RA070 .*"use_assistant"', 'DOUYIN-03: a sub-account may not set up strategies');
SELECT is(pg_temp.as('regress_erp', '2026-11-20 10:00+00', $$SELECT aftersale.grant_permission(1, 'sub_account', 'use_assistant', actor => 'olga') ~ 'sub_account'$$), 'true',
	'DOUYIN-03: the main account grants it');
SELECT is(pg_temp.clerk('2026-11-20 10:00+00', $$WITH u AS (UPDATE aftersale.rule SET amount_to = 8 WHERE shop_id = 1 AND name LIKE '% B:%' RETURNING 1) SELECT count(*) FROM u$$),
	'1', 'DOUYIN-03: then it may');
SELECT ok(aftersale.has_permission(1, 'use_assistant', 'olga'), 'DOUYIN-03: the main account has it by default');

-- loading it again, and a newer version: what is the shop's own survives
SET ROLE regress_erp;
UPDATE aftersale.rule SET priority = 77 WHERE shop_id = 1 AND name LIKE '% B:%';
DELETE FROM aftersale.rule WHERE shop_id = 1 AND name LIKE '% C:%';
INSERT INTO aftersale.flow_override (shop_id, flow, state, term) VALUES (1, 'douyin/shipped_refund_only', 'requested', '24 hours');
UPDATE aftersale.flow SET effective_to = '2026-12-01 00:00+00' WHERE flow = 'douyin/shipped_refund_only';
DO $$ BEGIN EXECUTE replace(replace(split_part(aftersale.pack_definition('douyin'), E'\n--@shop\n', 1), '_only'', 1,', '_only'', 2,'), '48 hours', '72 hours'); END $$;
UPDATE aftersale.flow SET effective_from = '2026-12-01 00:00+00' WHERE flow = 'douyin/shipped_refund_only' AND version = 2;
SELECT aftersale.load_pack('douyin', 1) \g /dev/null
SELECT results_eq($$SELECT version, count(*)::int FROM aftersale.flow_transition WHERE flow = 'douyin/shipped_refund_only' GROUP BY 1 ORDER BY 1$$,
	$$SELECT v, (SELECT count(*)::int FROM aftersale.flow_transition WHERE flow = 'douyin/shipped_refund_only' AND version = 1) FROM generate_series(1, 2) v$$,
	'DOUYIN-11: a newer version of a pack lands beside the old one');
SELECT results_eq($$SELECT name, priority, amount_to, enabled FROM aftersale.rule WHERE shop_id = 1 ORDER BY name$$, $$VALUES
	('douyin A: shipment cancelled', 10, NULL, true), ('douyin B: small amount', 77, 8::numeric, true),
	('douyin C: intercepted', 10, NULL, false), ('douyin D: after refusal', 10, NULL, true)$$, 'DOUYIN-09: the shop''s rules stay as they were; what it lacks is brought, switched off');
RESET ROLE;
SET aftersale.test_now = '2026-12-01 10:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow, opened_at) VALUES (1, 41, 'douyin/shipped_refund_only', '2026-11-20 10:00+00'),
	(1, 42, 'douyin/shipped_refund_only', '2026-12-01 10:00+00'), (3, 42, 'douyin/shipped_refund_only', '2026-12-01 10:00+00');
SELECT results_eq($$SELECT shop_id, request_id, flow_version, due_at - opened_at FROM aftersale.request WHERE request_id >= 41 ORDER BY 1, 2$$, $$VALUES
	(1::bigint, 41::bigint, 1, '24:00'::interval), (1, 42, 2, '24:00'), (3, 42, 2, '72:00')$$, 'DOUYIN-11: each is judged by the version of its day, and by the shop''s own term');

SELECT * FROM finish();
ROLLBACK;
