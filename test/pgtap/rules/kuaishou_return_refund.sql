-- Kuaishou: the return's tracking number, uploaded for the buyer; receipt, and what is advised before it; rule by rule.
BEGIN;
SELECT plan(61);
-- What a statement gives when the clerk, who is nobody in the database but a service account of shop 1, runs it
CREATE FUNCTION pg_temp.clerk(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	BEGIN
		PERFORM set_config('role', 'regress_clerk', true);
		EXECUTE statement INTO answer;
	EXCEPTION WHEN OTHERS THEN
		answer := SQLSTATE || ' ' || SQLERRM;
	END;
	PERFORM set_config('role', 'none', true);
	RETURN answer;
END $$;
CREATE FUNCTION pg_temp.act(request bigint, action text, actor text, payload jsonb DEFAULT '{}', on_behalf_of text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.clerk(format('SELECT state FROM aftersale.act(1, %s, %L, %L, %L, %L)', request, action, payload, actor, on_behalf_of))
$$;
CREATE FUNCTION pg_temp.advised(requests text, action text DEFAULT 'confirm_receipt') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.clerk(format('SELECT string_agg(request_id || '' '' || rule, '','') FROM aftersale.advice(1, %L, %L)', requests, action))
$$;
\set given '{"carrier": "SF", "tracking_no": "SF1000000001"}'
SET TIME ZONE 'UTC';
SET aftersale.test_now = '2026-11-20 10:00+00';
SELECT aftersale.grant_access('regress_clerk', 'service') \g /dev/null
SET ROLE regress_erp;
SELECT aftersale.load_pack('kuaishou') \g /dev/null
INSERT INTO aftersale.calendar (name, calendar) VALUES ('office', 'zone Asia/Shanghai; mon-fri 09:00-18:00');
INSERT INTO aftersale.shop (shop_id, platform, name, refunds_held) VALUES (1, 'kuaishou', 'Teapots', false);
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'CN', 'CNY', 'office', 'Asia/Shanghai');
INSERT INTO aftersale.login (login, shop_id, actor, may_speak) VALUES ('regress_clerk', 1, 'erp service', true);
INSERT INTO aftersale.member (shop_id, actor, role) VALUES (1, 'main', 'main_account'), (1, 'admin', 'administrator'), (1, 'cs', 'cs_administrator'),
	(1, 'sub', 'night_shift'), (1, 'op', 'operator'), (1, 'service', 'customer_service');
INSERT INTO aftersale.shop_role_permission (shop_id, role, permission) VALUES (1, 'night_shift', 'agree_refund');
INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) SELECT 1, 'O-' || n, 'CNY', 100 FROM generate_series(1, 40) n;
INSERT INTO aftersale.request (shop_id, request_id, flow, order_ref, amount, attributes)
SELECT 1, n, 'kuaishou/return_refund', 'O-' || n, 66.60, CASE WHEN n % 2 = 0 THEN '{"freight_insurance": true}' ELSE '{"freight_insurance": false}' END::jsonb FROM generate_series(1, 40) n;
SELECT results_eq($$SELECT DISTINCT state, due_at FROM aftersale.request$$, $$VALUES ('requested', NULL::timestamptz)$$, 'KS-09: no rule gives a deadline, so none is invented');
RESET ROLE;

-- KS-09: the merchant agrees first, then the buyer's shipment is awaited
SELECT matches(pg_temp.act(1, 'upload_tracking', 'main', :'given'), '^RA020 ', 'KS-09: not before the return is agreed to');
SELECT is(pg_temp.clerk($$SELECT count(*) FROM aftersale.act_many(array_fill(1::bigint, '{39}'), ARRAY(SELECT generate_series(1, 39)), 'approve_return', '{}', 'main') WHERE state = 'awaiting_buyer_ship'$$), '39',
	'KS-09: it is awaited once it is agreed to');

-- KS-01, KS-02, KS-03: who may; by permission, A6.10
SELECT is(pg_temp.act(n, 'upload_tracking', actor, :'given', 'buyer'), 'return_in_transit', 'KS-02: ' || actor || ' may')
FROM (VALUES (1, 'main'), (2, 'admin'), (3, 'cs'), (4, 'sub')) AS a(n, actor);
SELECT matches(pg_temp.act(5, 'upload_tracking', actor, :'given', 'buyer'), '^RA070 .*"agree_refund"', 'KS-03: ' || actor || ' may not')
FROM unnest(ARRAY['op', 'service', 'nobody']) actor;
SELECT matches(pg_temp.clerk($$SELECT aftersale.grant_permission(1, 'operator', 'agree_refund', actor => 'admin')$$), '^RA070 ', 'KS-03: an administrator does not grant it');
SELECT pg_temp.clerk($$SELECT aftersale.grant_permission(1, 'operator', 'agree_refund', actor => 'main')$$) \g /dev/null
SELECT is(pg_temp.act(5, 'upload_tracking', 'op', :'given'), 'return_in_transit', 'KS-03: an operator may, once the role has the permission');
SELECT is((SELECT on_behalf_of FROM aftersale.event WHERE request_id = 5 AND action = 'upload_tracking'), 'buyer', 'KS-11: it is for the buyer, also where he does not say so');
SELECT pg_temp.clerk($$SELECT aftersale.grant_permission(1, 'administrator', 'agree_refund', false, actor => 'main')$$) \g /dev/null
SELECT matches(pg_temp.act(6, 'upload_tracking', 'admin', :'given', 'buyer'), '^RA070 ', 'KS-02: the name of the role does not help where the permission was taken away');
SELECT pg_temp.clerk($$SELECT aftersale.grant_permission(1, 'administrator', 'agree_refund', true, actor => 'main')$$) \g /dev/null
SELECT is(pg_temp.act(6, 'upload_tracking', 'admin', :'given', 'buyer'), 'return_in_transit', 'KS-01: the merchant has uploaded it for the buyer');

-- KS-07: both
SELECT matches(pg_temp.act(7, 'upload_tracking', 'main', payload), '^RA023 .*"' || lacks || '" \(RA023, KS-07\)$', 'KS-07: ' || payload::text || ' lacks ' || lacks)
FROM (VALUES ('{"tracking_no": "SF1"}'::jsonb, 'carrier'), ('{"carrier": "SF"}', 'tracking_no'), ('{"carrier": " ", "tracking_no": "SF1"}', 'carrier'), ('{"carrier": "SF", "tracking_no": ""}', 'tracking_no'), ('{"carrier": "SF", "tracking_no": null}', 'tracking_no')) AS p(payload, lacks);
SELECT matches(pg_temp.act(7, 'ship_back', 'buyer', '{"carrier": "SF"}'), '^RA023 .*"tracking_no"', 'KS-07: of the buyer, too');
SELECT is((SELECT state FROM aftersale.request WHERE request_id = 7), 'awaiting_buyer_ship', 'KS-07: and it waits as before');

-- KS-11: the first number holds; actor and on whose behalf are two things, A6.11
SELECT is(pg_temp.act(7, 'ship_back', 'buyer', '{"carrier": "YTO", "tracking_no": "YT1"}'), 'return_in_transit', 'KS-11: the buyer gives a number');
SELECT matches(pg_temp.act(7, 'upload_tracking', 'main', :'given', 'buyer'), '^RA020 .*"upload_tracking" is not allowed in state "return_in_transit"', 'KS-11: the merchant cannot overwrite it');
SELECT matches(pg_temp.act(1, 'upload_tracking', 'main', :'given', 'buyer'), '^RA020 ', 'KS-11: nor his own');
SELECT matches(pg_temp.act(1, 'ship_back', 'buyer', :'given'), '^RA020 ', 'KS-11: nor does the buyer overwrite his');
SELECT is(pg_temp.act(1, 'amend_tracking', 'main', '{"carrier": "SF", "tracking_no": "SF2"}', 'buyer'), 'return_in_transit', 'KS-11: a correction is an act of its own');
SELECT matches(pg_temp.act(1, 'amend_tracking', 'service', '{"carrier": "SF", "tracking_no": "SF2"}'), '^RA070 ', 'KS-11: for which one needs the permission');
SELECT results_eq($$SELECT action, actor, on_behalf_of, facts ->> 'by', payload ->> 'tracking_no' FROM aftersale.event WHERE request_id = 1 AND event_seq > 2 ORDER BY event_seq$$, $$VALUES
	('upload_tracking', 'main', 'buyer', 'merchant', 'SF1000000001'), ('amend_tracking', 'main', 'buyer', 'merchant', 'SF2')$$,
	'KS-11: history has both numbers, the merchant as who did it, and for whom');
SELECT results_eq($$SELECT actor, on_behalf_of FROM aftersale.event WHERE request_id = 7 AND action = 'ship_back'$$, $$VALUES ('buyer', NULL)$$, 'KS-11: and the buyer, where it was he');
SELECT is(pg_temp.act(7, 'amend_tracking', 'buyer', '{"carrier": "YTO", "tracking_no": "YT2"}'), 'return_in_transit', 'KS-11: the buyer corrects his own');
SELECT results_eq($$SELECT actor, on_behalf_of FROM aftersale.event WHERE request_id = 7 AND action = 'amend_tracking'$$, $$VALUES ('buyer', NULL)$$, 'KS-11: for nobody but himself');
SELECT results_eq($$SELECT request_id, kind, carrier, tracking_no, state FROM aftersale.parcel WHERE request_id IN (1, 7) ORDER BY 1$$, $$VALUES
	(1::bigint, 'return', 'SF', 'SF2', 'shipped'), (7, 'return', 'YTO', 'YT2', 'shipped')$$, 'KS-01: the return''s parcel has the number that holds');

-- KS-07: the platform's list of carriers, where there is one
SET ROLE regress_erp;
INSERT INTO aftersale.carrier (platform, code, carrier, aliases) VALUES ('kuaishou', '4', 'sf', '{SF}'), ('kuaishou', '6', 'yto', '{YTO}');
RESET ROLE;
SELECT matches(pg_temp.act(16, 'upload_tracking', 'main', '{"carrier": "Pigeon", "tracking_no": "1"}'), '^RA034 .*KS-07', 'KS-07: a carrier that is not on the list is refused');
SELECT matches(pg_temp.act(16, 'ship_back', 'buyer', '{"carrier": "Pigeon", "tracking_no": "1"}'), '^RA034 .*KS-07', 'KS-07: of the buyer, too');
SELECT is(pg_temp.act(16, 'upload_tracking', 'main', '{"carrier": "4", "tracking_no": "1"}'), 'return_in_transit', 'KS-07: its code is on it');
SELECT is(pg_temp.act(17, 'upload_tracking', 'main', '{"carrier": "YTO", "tracking_no": "1"}'), 'return_in_transit', 'KS-07: an alias is, too');
SELECT matches(pg_temp.act(17, 'amend_tracking', actor, '{"carrier": "Pigeon", "tracking_no": "2"}'), '^RA034 .*KS-07', 'KS-07: nor corrected to one that is not, by ' || actor) FROM unnest('{main,buyer}'::text[]) AS actor;
SELECT is(pg_temp.act(17, 'amend_tracking', 'main', '{"carrier": "sf", "tracking_no": "2"}'), 'return_in_transit', 'KS-07: but to one that is');
SELECT matches(pg_temp.act(8, 'upload_tracking', 'buyer', :'given'), '^RA022 ', 'KS-11: upload_tracking is never the buyer''s');

-- KS-10: advised, singly and among many; never blocked
SELECT is(pg_temp.advised('{8}'), '8 KS-10', 'KS-10: insured and without a number: advised');
SELECT is(pg_temp.advised('{9}'), NULL, 'KS-10: not insured: not');
SELECT is(pg_temp.advised('{6}'), NULL, 'KS-10: with a number: not');
SELECT is(pg_temp.advised('{40}'), NULL, 'KS-10: nor while the return is not agreed to');
SELECT is(pg_temp.advised('{9,11,12,13}'), '12 KS-10', 'KS-10: among many, if one is concerned, of that one');
SELECT is(pg_temp.advised('{8}', 'upload_tracking'), NULL, 'KS-10: not before what is advised');
SELECT is(pg_temp.advised('{8}', NULL), '8 KS-10', 'KS-10: every advice there is');
SELECT is(pg_temp.clerk($$SELECT count(*) FROM aftersale.advice(2, '{8}')$$), '0', 'KS-10: none about a shop that is not one''s own');
SELECT is(pg_temp.act(8, 'confirm_receipt', 'main'), 'refunded', 'KS-10: it does not block: receipt is confirmed');
SELECT is(pg_temp.advised('{8}'), NULL, 'KS-10: nothing to advise any more');
SELECT is(pg_temp.clerk($$SELECT count(*) FROM aftersale.act_many(array_fill(1::bigint, '{4}'), '{9,11,12,13}', 'confirm_receipt', '{}', 'cs') WHERE state = 'refunded'$$), '4', 'KS-10: nor does it block many');
SELECT is(pg_temp.act(6, 'confirm_receipt', 'admin'), 'refunded', 'KS-10: nor where the number is there');
SELECT results_eq($$SELECT DISTINCT executed_by, status, amount FROM aftersale.refund$$, $$VALUES ('instruct', 'pending', 66.60)$$, 'KS-10: what is confirmed, the ERP tells the platform to pay');
SELECT matches(pg_temp.act(14, 'confirm_receipt', 'service'), '^RA070 ', 'KS-10: confirming pays, and needs the permission');

-- the rest of the flow
SELECT is(pg_temp.act(40, 'refund_without_return', 'main'), 'refunded', 'KS-09: a refund without a return');
SELECT is(pg_temp.act(15, 'withdraw', 'buyer'), 'cancelled', 'KS-09: the buyer withdraws');
SELECT is(pg_temp.act(7, 'intervene', 'platform'), 'dispute', 'KS-09: the platform steps in');
SELECT is(pg_temp.act(7, 'refund', 'platform'), 'refunded', 'KS-09: and refunds');
SELECT is((SELECT executed_by FROM aftersale.refund WHERE request_id = 7), 'platform', 'KS-09: by itself');
SELECT results_eq($$SELECT DISTINCT s.flow, s.state FROM aftersale.status_code s WHERE s.platform = 'kuaishou' AND s.flow <> '*'
	AND NOT EXISTS (SELECT FROM aftersale.flow_state f WHERE f.flow = s.flow AND f.state = s.state)$$, $$SELECT '', '' WHERE false$$, 'KS-09: codes for the flow lead to states of it');

SELECT * FROM finish();
ROLLBACK;
