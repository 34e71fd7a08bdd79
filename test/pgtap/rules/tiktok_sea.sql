-- TikTok Shop, Southeast Asia: parcels that are refused or not delivered, rule by rule.
BEGIN;
SELECT * FROM no_plan();
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
-- A parcel whose delivery failed at an instant: "state deadline"
CREATE FUNCTION pg_temp.failed(request bigint, ordered timestamptz, instant timestamptz, order_ref text DEFAULT NULL, attributes jsonb DEFAULT '{}', country text DEFAULT 'TH', reason text DEFAULT 'not_delivered') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.at(instant, format('WITH opened AS (INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, ordered_at, country, attributes, reason) VALUES (1, %s, ''tiktok_sea/failed_delivery'', %L, %L, %L, %L, %L) RETURNING state || coalesce('' '' || due_at, '''') AS s) SELECT s FROM opened',
		request, coalesce(order_ref, 'O-' || request), ordered, country, attributes, reason))
$$;
CREATE FUNCTION pg_temp.act(instant timestamptz, request bigint, action text, actor text, payload jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.at(instant, format('SELECT state || coalesce('' '' || due_at, '''') FROM aftersale.act(1, %s, %L, %L, %L)', request, action, payload, actor))
$$;
CREATE FUNCTION pg_temp.swept(instant timestamptz, id bigint) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('aftersale.test_now', instant::text, false);
	PERFORM set_config('role', 'regress_erp', true);
	PERFORM aftersale.fire_due(1, 'infinity', 1000);
	PERFORM set_config('role', 'none', true);
	RETURN state || coalesce(' (' || outcome || ')', '') FROM aftersale.request WHERE shop_id = 1 AND request_id = id;
END $$;
SET TIME ZONE 'UTC';
SET DateStyle = ISO;
SET aftersale.test_now = '2026-10-01 00:00+00';
SELECT aftersale.grant_access('regress_clerk', 'service') \g /dev/null
SET ROLE regress_erp;
SELECT aftersale.load_pack('tiktok_sea') \g /dev/null
INSERT INTO aftersale.calendar (name, calendar) VALUES ('bangkok', 'zone Asia/Bangkok; mon-fri 09:00-18:00'), ('manila', 'zone Asia/Manila; mon-fri 09:00-18:00');
INSERT INTO aftersale.shop (shop_id, platform, name, refunds_held) VALUES (1, 'tiktok_sea', 'Teapots', false);
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'TH', 'THB', 'bangkok', 'Asia/Bangkok'), (1, 'PH', 'PHP', 'manila', 'Asia/Manila'), (1, 'MY', 'MYR', 'manila', 'Asia/Kuala_Lumpur');
INSERT INTO aftersale.login (login, shop_id, actor, may_speak) VALUES ('regress_clerk', 1, 'erp service', true);
RESET ROLE;
-- TH: recorded on 2 October, in force at once; PH: recorded then, in force from 10 October; MY has none
SELECT pg_temp.at('2026-10-02 00:00+00', $$SELECT aftersale.set_warehouse(1, 'W-TH', 'TH', 'Bangkok', address => '{"city": "Bangkok"}', effective_from => '2026-10-01')$$) \g /dev/null
SELECT pg_temp.at('2026-10-02 00:00+00', $$SELECT aftersale.set_warehouse(1, 'W-PH', 'PH', 'Manila', effective_from => '2026-10-10')$$) \g /dev/null

SELECT results_eq($$SELECT external_ref, address ->> 'city', effective_from, recorded_at FROM aftersale.return_address_before(1, 'TH', '2026-10-03')$$, $$VALUES ('W-TH', 'Bangkok', '2026-10-01 00:00+00'::timestamptz, '2026-10-02 00:00+00'::timestamptz)$$,
	'TTSEA-16: an address is kept with its country and the start of its effect, and with when it was recorded');

-- ---- TTSEA-03, TTSEA-04, TTSEA-18: recorded and in force before the order was created ----
SELECT is(pg_temp.failed(1, '2026-10-02 00:00:00.000001+00', '2026-10-20 10:00+00'), 'returning', 'TTSEA-03: an order of a microsecond after the address was recorded returns by itself');
SELECT is(pg_temp.failed(2, '2026-10-02 00:00+00', '2026-10-20 10:00+00'), 'held_at_carrier 2026-11-03 10:00:00+00', 'TTSEA-03: at the same instant is not earlier');
SELECT is(pg_temp.failed(3, '2026-10-01 23:59:59+00', '2026-10-20 10:00+00'), 'held_at_carrier 2026-11-03 10:00:00+00', 'TTSEA-04: an order of a second before goes to the carrier, though the address was there when delivery failed, A6.6');
SELECT is(pg_temp.failed(4, '2026-10-02 07:00:01+07', '2026-10-20 10:00+00'), 'returning', 'TTSEA-03: orders are compared as instants, whatever their time zone');
SELECT is(pg_temp.failed(5, '2026-10-01 12:00+00', '2026-10-20 10:00+00'), 'held_at_carrier 2026-11-03 10:00:00+00', 'TTSEA-03: in force since 1 October, but recorded later: both must be before the order');
SELECT is(pg_temp.failed(6, '2026-10-09 12:00+00', '2026-10-20 10:00+00', country => 'PH'), 'held_at_carrier 2026-11-03 10:00:00+00', 'TTSEA-18: recorded, but not yet in force when the order was created: the hold');
SELECT is(pg_temp.failed(7, '2026-10-10 00:00+00', '2026-10-20 10:00+00', country => 'PH'), 'held_at_carrier 2026-11-03 10:00:00+00', 'TTSEA-18: in force from the order''s very instant is not earlier');
SELECT is(pg_temp.failed(8, '2026-10-10 00:00:00.000001+00', '2026-10-20 10:00+00', country => 'PH'), 'returning', 'TTSEA-18: in force before it: the return');
SELECT is(pg_temp.failed(9, '2026-10-15 00:00+00', '2026-10-20 10:00+00', country => 'MY'), 'held_at_carrier 2026-11-03 10:00:00+00', 'TTSEA-02: no address in the parcel''s country');
SELECT is(pg_temp.failed(10, NULL, '2026-10-20 10:00+00'), 'held_at_carrier 2026-11-03 10:00:00+00', 'TTSEA-03: an order whose creation is not known is not known to be newer');
SELECT is(pg_temp.failed(11, '2026-10-15 00:00+00', '2026-10-20 10:00+00', reason => 'refused'), 'returning', 'TTSEA-01: refused is as not delivered, and the merchant''s address goes first');
-- an address that was changed later: what was known at the order decides
SELECT pg_temp.at('2026-10-21 00:00+00', $$SELECT aftersale.set_warehouse(1, 'W-TH', 'TH', 'Bangkok 2', effective_from => '2026-10-01')$$) \g /dev/null
SELECT is(pg_temp.failed(12, '2026-10-15 00:00+00', '2026-10-22 10:00+00'), 'returning', 'TTSEA-03: an address changed after the order was there before it, too');
SELECT results_eq($$SELECT rule, to_state, facts -> 'meets' IS NOT NULL FROM aftersale.event WHERE request_id IN (1, 2) AND event_seq = 1 ORDER BY request_id$$,
	$$VALUES ('TTSEA-03', 'returning', true), ('TTSEA-04', 'held_at_carrier', false)$$, 'TTSEA-04: history has the rule, and what was met for it');
SELECT results_eq($$SELECT count(*)::int FROM aftersale.verify_history(1)$$, $$VALUES (0)$$, 'TTSEA-03: the histories hold');

-- ---- TTSEA-05, TTSEA-07: the hold, in natural days ----
SELECT is(pg_temp.failed(20, '2026-09-01', '2026-10-22 10:00+00'), 'held_at_carrier 2026-11-05 10:00:00+00', 'TTSEA-05: 14 natural days from the failed delivery, weekends among them');
SELECT is(pg_temp.act('2026-10-25 08:00+00', 20, 'arrive', 'carrier'), 'held_at_carrier 2026-11-08 08:00:00+00', 'TTSEA-05: from the arrival scan once there is one');
SELECT is(pg_temp.act('2026-10-26 08:00+00', 20, 'arrive', 'carrier'), 'held_at_carrier 2026-11-08 08:00:00+00', 'TTSEA-05: another scan does not start them anew');
SELECT is(pg_temp.act('2026-10-26 08:00+00', 20, 'attempt_failed', 'carrier'), 'held_at_carrier 2026-11-08 08:00:00+00', 'TTSEA-05: nor does a report of an attempt');
SELECT is(pg_temp.failed(21, '2026-09-01', '2026-10-22 10:00+00'), 'held_at_carrier 2026-11-05 10:00:00+00', 'TTSEA-05: of a parcel that');
SELECT is(pg_temp.act('2026-10-23 12:00+00', 21, 'attempt_failed', 'carrier'), 'held_at_carrier 2026-11-06 12:00:00+00', 'TTSEA-05: was tried once more before it arrived, the last failure counts');
SELECT matches(pg_temp.act('2026-10-26 08:00+00', 20, 'arrive', 'alice'), '^RA022 ', 'TTSEA-05: the merchant does not scan');
SELECT is(pg_temp.swept('2026-11-08 08:00+00', 20), 'held_at_carrier', 'TTSEA-07: exactly the end is still in time');
SELECT is(pg_temp.swept('2026-11-08 08:00:00.000001+00', 20), 'destroyed (hold expired)', 'TTSEA-07: a microsecond later it is destroyed, A6.1: the timeout destroys here');
SELECT is((SELECT rule FROM aftersale.event WHERE request_id = 20 AND action = 'timeout'), 'TTSEA-07', 'TTSEA-07: by this rule');
SELECT is((SELECT at FROM aftersale.event WHERE request_id = 20 AND action = 'hold_ends_soon'), '2026-11-05 08:00+00', 'TTSEA-06: three days before there was a warning');
SELECT is(pg_temp.failed(22, '2026-09-01', '2026-10-22 10:00+00'), 'held_at_carrier 2026-11-05 10:00:00+00', 'TTSEA-02: a parcel that');
SELECT is(pg_temp.act('2026-10-30 10:00+00', 22, 'destroy', 'carrier'), 'destroyed', 'TTSEA-02: the carrier destroys');
SELECT matches(pg_temp.act('2026-11-09 10:00+00', 20, 'open_ticket', 'alice', '{"remark": "where is it"}'), '^RA033 .*TTSEA-14\)$', 'TTSEA-14: help is for returns that failed, not for holds that expired');

-- ---- TTSEA-06: redelivery, by the buyer, once ----
SELECT is(pg_temp.failed(30, '2026-09-01', '2026-10-22 10:00+00'), 'held_at_carrier 2026-11-05 10:00:00+00', 'TTSEA-06: a parcel is held');
SELECT is(pg_temp.at('2026-10-23 10:00+00', $$SELECT string_agg(rule, ',') FROM aftersale.advice(1, '{30}')$$), 'TTSEA-06', 'TTSEA-06: the merchant is advised to ask the buyer');
SELECT matches(pg_temp.act('2026-10-23 10:00+00', 30, 'request_redelivery', 'alice'), '^RA022 .*TTSEA-06\)$', 'TTSEA-06: the merchant cannot start it');
SELECT is(pg_temp.at('2026-10-23 10:00+00', $$SELECT count(*) FROM aftersale.allowed_actions(1, 30, 'alice')$$), '0', 'TTSEA-06: he has nothing to do but to wait');
SELECT is(pg_temp.act('2026-10-25 10:00+00', 30, 'request_redelivery', 'platform', '{"fee": 35.00}'), 'redelivering', 'TTSEA-06: the buyer does, through the platform');
SELECT results_eq($$SELECT actor, on_behalf_of FROM aftersale.event WHERE request_id = 30 AND action = 'request_redelivery'$$, $$VALUES ('platform', 'buyer')$$, 'TTSEA-06: on his behalf, which history says');
SELECT results_eq($$SELECT kind, amount, bearer FROM aftersale.charge WHERE request_id = 30$$, $$VALUES ('redelivery_freight', 35.00, 'platform')$$, 'TTSEA-06: the platform pays the freight');
SELECT is(pg_temp.swept('2026-11-06 00:00+00', 30), 'redelivering (redelivery)', 'TTSEA-06: meanwhile it is not destroyed');
SELECT is(pg_temp.act('2026-11-07 10:00+00', 30, 'attempt_failed', 'carrier'), 'redelivering', 'TTSEA-06: the carrier tries,');
SELECT is(pg_temp.act('2026-11-08 10:00+00', 30, 'redelivery_failed', 'carrier'), 'held_at_carrier 2026-11-19 10:00:00+00', 'TTSEA-06: in vain: what was left of the 14 days goes on');
SELECT results_eq($$SELECT kind, state, attempts FROM aftersale.parcel WHERE request_id = 30$$, $$VALUES ('redelivery', 'failed', 1)$$, 'TTSEA-06: the parcel says so');
SELECT is(pg_temp.act('2026-11-09 10:00+00', 30, 'arrive', 'carrier'), 'held_at_carrier 2026-11-19 10:00:00+00', 'TTSEA-05: that it is back starts no second hold');
SELECT matches(pg_temp.act('2026-11-09 10:00+00', 30, 'request_redelivery', 'buyer'), '^RA034 .*once already \(RA034, TTSEA-06\)$', 'TTSEA-06: once, a reading');
SELECT is(pg_temp.swept('2026-11-19 10:00:00.000001+00', 30), 'destroyed (hold expired)', 'TTSEA-07: at last it is destroyed');
SELECT is(pg_temp.failed(31, '2026-09-01', '2026-10-22 10:00+00'), 'held_at_carrier 2026-11-05 10:00:00+00', 'TTSEA-06: another');
SELECT is(pg_temp.act('2026-11-05 10:00+00', 31, 'request_redelivery', 'buyer'), 'redelivering', 'TTSEA-06: exactly at the end of the hold the buyer still can');
SELECT is(pg_temp.act('2026-11-06 10:00+00', 31, 'deliver', 'carrier'), 'completed', 'TTSEA-06: and it is delivered');
SELECT is((SELECT count(*)::int FROM aftersale.charge WHERE request_id = 31), 0, 'TTSEA-06: a freight that is not told is not invented');
SELECT is(pg_temp.failed(32, '2026-09-01', '2026-10-22 10:00+00'), 'held_at_carrier 2026-11-05 10:00:00+00', 'TTSEA-06: a third');
SELECT matches(pg_temp.act('2026-11-05 10:00:00.000001+00', 32, 'request_redelivery', 'buyer'), '^RA021 .*TTSEA-07\)$', 'TTSEA-06: a microsecond later he cannot: it is destroyed');

-- ---- TTSEA-08 to TTSEA-11: the automatic return ----
SELECT results_eq($$SELECT order_ref, attributes ->> 'tracking_no', due_at, count FROM aftersale.request, LATERAL (SELECT count(*)::int FROM aftersale.parcel p WHERE p.shop_id = 1 AND p.request_id = request.request_id) c WHERE request_id = 1$$,
	$$VALUES ('O-1', NULL, NULL::timestamptz, 0)$$, 'TTSEA-08: under the order that it has, no new number, no deadline');
SELECT is(pg_temp.at('2026-10-23 10:00+00', $$SELECT count(*) FROM aftersale.allowed_actions(1, 1, 'alice')$$), '0', 'TTSEA-09: the merchant only waits');
SELECT matches(pg_temp.act('2026-10-23 10:00+00', 1, 'open_ticket', 'alice', '{"remark": "send it to me"}'), '^RA020 ', 'TTSEA-09: there is no ticket to open for it');
SELECT is(pg_temp.at('2026-10-23 10:00+00', $$SELECT string_agg(rule, ',') FROM aftersale.advice(1, '{1}')$$), 'TTSEA-09', 'TTSEA-09: and he is told so');
SELECT matches(pg_temp.act('2026-10-23 10:00+00', 1, 'request_redelivery', actor), '^RA034 .*cannot be delivered again \(RA034, TTSEA-11\)$', 'TTSEA-11: no redelivery of what returns by itself, by the ' || actor)
FROM unnest('{buyer,platform}'::text[]) AS actor;
SELECT matches(pg_temp.act('2026-10-23 10:00+00', 1, 'request_redelivery', 'alice'), '^RA022 ', 'TTSEA-11: nor by the merchant');
SELECT is(pg_temp.at('2026-10-23 10:00+00', $$SELECT count(*) FROM aftersale.allowed_actions(1, 1, 'buyer')$$), '0', 'TTSEA-11: nor is it offered');
SELECT is(pg_temp.act('2026-10-28 10:00+00', 1, 'receive', 'carrier', '{"fee": 80.00, "tracking_no": "TH1"}'), 'returned', 'TTSEA-10: it has arrived');
SELECT results_eq($$SELECT kind, amount, bearer, rule FROM aftersale.charge WHERE request_id = 1$$, $$VALUES ('return_freight', 80.00, 'platform', 'TTSEA-10')$$, 'TTSEA-10: the platform pays, the merchant nothing');

-- ---- TTSEA-13: once ----
SELECT is(pg_temp.failed(40, '2026-10-15', '2026-10-22 10:00+00', 'O-once', '{"tracking_no": "TH40"}'), 'returning', 'TTSEA-13: the first return');
SELECT is(pg_temp.failed(41, '2026-10-15', '2026-10-29 10:00+00', 'O-once', '{"tracking_no": "TH40"}'), 'held_at_carrier 2026-11-12 10:00:00+00', 'TTSEA-13: the same parcel is held the second time, though its order is newer than the address');
SELECT is(pg_temp.failed(42, '2026-10-15', '2026-10-29 10:00+00', 'O-once'), 'held_at_carrier 2026-11-12 10:00:00+00', 'TTSEA-13: so is one of the order whose number is not known');
SELECT is(pg_temp.failed(43, '2026-10-15', '2026-10-29 10:00+00', 'O-once', '{"tracking_no": "TH43"}'), 'returning', 'TTSEA-13: another parcel of the order has its own');
SELECT is(pg_temp.act('2026-10-30 10:00+00', 40, 'receive', 'carrier'), 'returned', 'TTSEA-13: when it has returned');
SELECT is(pg_temp.failed(44, '2026-10-15', '2026-11-02 10:00+00', 'O-once', '{"tracking_no": "TH40"}'), 'held_at_carrier 2026-11-16 10:00:00+00', 'TTSEA-13: it is still once');
SELECT is(pg_temp.at('2026-11-02 10:00+00', $$WITH opened AS (INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, ordered_at, country) VALUES
	(1, 45, 'tiktok_sea/failed_delivery', 'O-both', '2026-10-15', 'TH'), (1, 46, 'tiktok_sea/failed_delivery', 'O-both', '2026-10-15', 'TH') RETURNING state) SELECT string_agg(state, ',') FROM opened$$),
	'returning,held_at_carrier', 'TTSEA-13: also of two that one statement opens');

-- ---- TTSEA-12, TTSEA-14, TTSEA-15: what can go wrong ----
SELECT is(pg_temp.failed(n, '2026-10-15', '2026-10-29 10:00+00'), 'returning', 'TTSEA-12: parcel ' || n || ' returns') FROM generate_series(50, 56) n;
SELECT matches(pg_temp.act('2026-11-02 10:00+00', 50, 'return_failed', 'carrier'), '^RA023 .*"cause"', 'TTSEA-14: the cause has to be said');
SELECT is(pg_temp.act('2026-11-02 10:00+00', n, 'return_failed', 'carrier', jsonb_build_object('cause', cause, 'fee', 120)), 'destroyed', 'TTSEA-12: it fails (' || cause || '): no second hold')
FROM (VALUES (50, 'merchant_not_contacted'), (51, 'merchant_not_reached'), (52, 'wrong_address'), (53, 'lost by the carrier')) AS c(n, cause);
SELECT results_eq($$SELECT request_id, bearer, amount, rule FROM aftersale.charge WHERE request_id BETWEEN 50 AND 53 ORDER BY 1$$, $$VALUES (50::bigint, 'merchant', 120::numeric, 'TTSEA-14'), (51, 'merchant', 120, 'TTSEA-14'), (52, 'merchant', 120, 'TTSEA-14')$$,
	'TTSEA-14: of the merchant''s own causes he bears the loss');
SELECT matches(pg_temp.act('2026-11-03 10:00+00', n, 'open_ticket', 'alice', '{"remark": "help"}'), '^RA034 .*bears the loss \(RA034, TTSEA-14\)$', 'TTSEA-14: and has no ticket') FROM generate_series(50, 52) n;
SELECT is(pg_temp.act('2026-11-03 10:00+00', 53, 'open_ticket', 'alice', '{"remark": "help"}'), 'platform_review', 'TTSEA-14: of any other cause he may open one');
SELECT is(pg_temp.act('2026-11-04 10:00+00', 53, 'compensate', 'platform', '{"fee": 100}'), 'closed', 'TTSEA-14: which the platform settles');
SELECT results_eq($$SELECT kind, bearer FROM aftersale.charge WHERE request_id = 53$$, $$VALUES ('compensation', 'platform')$$, 'TTSEA-14: at its expense');
SELECT is(pg_temp.act('2026-11-02 10:00+00', 54, 'receive', 'carrier'), 'returned', 'TTSEA-15: a parcel is said to be returned');
SELECT matches(pg_temp.act('2026-11-03 10:00+00', 54, 'open_ticket', 'alice'), '^RA023 .*"remark"', 'TTSEA-15: what is wrong has to be said');
SELECT matches(pg_temp.act('2026-11-03 10:00+00', 54, 'open_ticket', 'buyer', '{"remark": "x"}'), '^RA022 ', 'TTSEA-15: by the merchant');
SELECT is(pg_temp.act('2026-11-03 10:00+00', 54, 'open_ticket', 'alice', '{"remark": "nothing came"}'), 'platform_review', 'TTSEA-15: the platform has the carrier investigate');
SELECT is(pg_temp.act('2026-11-08 10:00+00', 54, 'receive', 'carrier'), 'returned', 'TTSEA-15: and it is found');
SELECT is(pg_temp.act('2026-11-09 10:00+00', 54, 'open_ticket', 'alice', '{"remark": "still nothing"}'), 'platform_review', 'TTSEA-15: or is not,');
SELECT is(pg_temp.act('2026-11-10 10:00+00', 54, 'close', 'platform'), 'closed', 'TTSEA-15: and the platform ends it');

-- ---- TTSEA-17: 15 days from the last failed attempt ----
SELECT is(pg_temp.act('2026-10-31 09:00+00', 56, 'attempt_failed', 'carrier'), 'returning', 'TTSEA-17: one parcel is tried once more');
SELECT pg_temp.swept('2026-11-13 10:00+00', 55) \g /dev/null
SELECT is_empty($$SELECT 1 FROM aftersale.alert WHERE request_id IN (55, 56)$$, 'TTSEA-17: until the end of the 15th day there is nothing to tell');
SELECT pg_temp.swept('2026-11-13 10:00:00.000001+00', 55) \g /dev/null
SELECT results_eq($$SELECT request_id, name, kind, at, rule FROM aftersale.alert WHERE request_id IN (55, 56)$$, $$VALUES (55::bigint, 'return_overdue', 'alert', '2026-11-13 10:00+00'::timestamptz, 'TTSEA-17')$$, 'TTSEA-17: then there is, and nothing else moves');
SELECT pg_temp.swept('2026-11-15 09:00:00.000001+00', 56) \g /dev/null
SELECT results_eq($$SELECT at FROM aftersale.alert WHERE request_id = 56$$, $$VALUES ('2026-11-15 09:00+00'::timestamptz)$$, 'TTSEA-17: counted from the last attempt');
SELECT is((SELECT attempts FROM aftersale.parcel WHERE request_id = 56), 1, 'TTSEA-17: attempts that were told are counted');
SELECT is(pg_temp.act('2026-11-16 10:00+00', 55, 'receive', 'carrier'), 'returned', 'TTSEA-17: it comes late');
SELECT is_empty($$SELECT 1 FROM aftersale.alert WHERE request_id = 55$$, 'TTSEA-17: and there is nothing to tell any more');
SELECT results_eq($$SELECT count(*)::int FROM aftersale.verify_history(1)$$, $$VALUES (0)$$, 'TTSEA-03: the histories hold');

SELECT * FROM finish();
ROLLBACK;
