-- TikTok Shop, returns: what a part has to say, what the platform's word does at the review, and when limits that a shop has loaded begin and what follows from them.
BEGIN;
SELECT * FROM no_plan();
SET TIME ZONE 'UTC';
CREATE FUNCTION pg_temp.clock(at timestamptz) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$SELECT set_config('aftersale.test_now', at::text, false)$$;
-- Opens a request of shop 1, as the platform tells of it: its deadline
CREATE FUNCTION pg_temp.open(id bigint, country text, at timestamptz) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
	due timestamptz;
BEGIN
	PERFORM pg_temp.clock(at);
	INSERT INTO aftersale.order_balance (shop_id, order_ref, currency, paid) VALUES (1, 'O-' || id, CASE country WHEN 'US' THEN 'USD' ELSE 'IDR' END, 100);
	INSERT INTO aftersale.request (shop_id, request_id, flow, actor, order_ref, country, amount) VALUES (1, id, 'tiktok/return_refund', 'platform', 'O-' || id, open.country, 40) RETURNING due_at INTO due;
	RETURN due;
END $$;
-- Acts at an instant: the state that it leads to, or the SQLSTATE of the refusal
CREATE FUNCTION pg_temp.act(id bigint, at timestamptz, action text, payload jsonb DEFAULT '{}', actor text DEFAULT 'alice') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.clock(at);
	RETURN state FROM aftersale.act(1, id, act.action, act.payload, act.actor);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
CREATE FUNCTION pg_temp.swept(id bigint, at timestamptz) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.clock(at);
	PERFORM aftersale.fire_due(1, 'infinity', 1000);
	RETURN concat_ws(' ', state, '(' || outcome || ')') FROM aftersale.request WHERE shop_id = 1 AND request_id = id;
END $$;
CREATE FUNCTION pg_temp.money(id bigint) RETURNS text LANGUAGE sql AS
	$$SELECT coalesce(string_agg(amount || ' ' || executed_by, ', '), 'none') FROM aftersale.refund WHERE shop_id = 1 AND request_id = id$$;
SELECT pg_temp.clock('2025-12-01 00:00+00') \g /dev/null
SET ROLE regress_erp;
SELECT aftersale.load_pack('tiktok') \g /dev/null
INSERT INTO aftersale.calendar (name, calendar) VALUES ('every day', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name, refunds_held) VALUES (1, 'tiktok', 'Teapots', false);
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'ID', 'IDR', 'every day', 'UTC'), (1, 'US', 'USD', 'every day', 'UTC');

-- TTRET-11: a part is what the inspection found, and says why
SELECT pg_temp.open(1, 'ID', '2025-12-01 10:00+00') \g /dev/null
SELECT pg_temp.act(1, '2025-12-02 10:00+00', 'approve', '{"return_address": "Jalan 1"}'), pg_temp.act(1, '2025-12-03 10:00+00', 'ship', '{"carrier": "J&T", "tracking_no": "ID1"}', 'buyer'),
	pg_temp.act(1, '2025-12-05 10:00+00', 'receive') \g /dev/null
SELECT is(pg_temp.act(1, '2025-12-05 11:00+00', 'approve_partly', '{"amount": 10}'), 'RA023', 'TTRET-11: a refund in part says why');
SELECT is(pg_temp.act(1, '2025-12-05 11:00+00', 'approve_partly', '{"remark": "chipped"}'), 'RA023', 'TTRET-11: and how much');
SELECT is(pg_temp.act(1, '2025-12-05 11:00+00', 'approve_partly', '{"amount": 10, "remark": "chipped"}'), 'refunded', 'TTRET-11: with both it runs');
SELECT is(pg_temp.money(1), '10.00 instruct', 'TTRET-11: and the platform is told');
-- TTRET-11: the platform's refund while the seller has yet to review is its own
SELECT pg_temp.open(2, 'ID', '2025-12-01 10:00+00') \g /dev/null
SELECT is(pg_temp.act(2, '2025-12-06 10:00+00', 'refund', '{}', 'platform'), 'refunded', 'TTRET-11: the platform refunds');
SELECT is(pg_temp.money(2), '40.00 platform', 'TTRET-11: by itself, and nobody is told to pay it again');

-- TTRET-08: limits of pack tiktok_limits, off until the shop loads them
SELECT is(pg_temp.open(3, 'ID', '2025-12-07 10:00+00'), NULL, 'TTRET-08: no limit is in the source');
SELECT aftersale.load_pack('tiktok_limits', 1) \g /dev/null
SELECT is(pg_temp.open(4, 'US', '2026-01-31 10:00+00'), NULL, 'TTRET-08: the US has one from February 2026 on, not before');
SELECT is(pg_temp.open(5, 'US', '2026-02-02 10:00+00'), '2026-02-04 10:00+00', 'TTRET-08: then two business days');
SELECT is(pg_temp.open(6, 'ID', '2026-02-02 10:00+00'), '2026-02-04 10:00+00', 'TTRET-08: 48 hours in Indonesia');
SELECT is(pg_temp.act(6, '2026-02-03 10:00+00', 'approve', '{"return_address": "Jalan 1"}'), 'awaiting_buyer_ship', 'TTRET-09: approved');
SELECT is(pg_temp.act(6, '2026-02-04 10:00+00', 'ship', '{"carrier": "J&T", "tracking_no": "ID6"}', 'buyer'), 'return_in_transit', 'TTRET-09: on its way');
SELECT is(pg_temp.swept(6, '2026-02-12 10:00+00'), 'return_in_transit (return approved)', 'TTRET-10: eight days from the number, the last instant included');
SELECT is(pg_temp.swept(6, '2026-02-12 10:00:00.000001+00'), 'refunded (approved by silence)', 'TTRET-10: then silence approves, though nothing was received');
SELECT is(pg_temp.money(6), '40.00 platform', 'TTRET-10: and the platform refunds');
SELECT * FROM finish();
ROLLBACK;
