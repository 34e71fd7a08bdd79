-- TikTok Shop SEA: a redelivery that is asked for at the very end of the days, which is in time (TTSEA-05, TTSEA-06).
BEGIN;
SELECT plan(5);
SET TIME ZONE 'UTC';
CREATE FUNCTION pg_temp.clock(at timestamptz) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$SELECT set_config('aftersale.test_now', at::text, false)$$;
CREATE FUNCTION pg_temp.act(at timestamptz, action text, actor text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.clock(at);
	RETURN concat_ws(' ', state, due_at) FROM aftersale.act(1, 1, act.action, '{}', act.actor);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
SELECT pg_temp.clock('2026-11-01 10:00+00') \g /dev/null
SET ROLE regress_erp;
SELECT aftersale.load_pack('tiktok_sea') \g /dev/null
INSERT INTO aftersale.calendar (name, calendar) VALUES ('every day', 'zone Asia/Bangkok; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'tiktok_sea', 'Teapots');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'TH', 'THB', 'every day', 'Asia/Bangkok');
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (1, 1, 'tiktok_sea/failed_delivery');
SELECT is(pg_temp.act('2026-11-15 10:00+00', 'request_redelivery', 'buyer'), 'redelivering', 'TTSEA-06: at exactly the end of the 14 days the buyer may still ask');
SELECT is(pg_temp.act('2026-11-18 10:00+00', 'redelivery_failed', 'carrier'), 'held_at_carrier 2026-11-18 10:00:00+00', 'TTSEA-05: when it fails nothing of the days is left, and no less');
SELECT is(pg_temp.act('2026-11-18 10:00+00', 'attempt_failed', 'carrier'), 'held_at_carrier 2026-11-18 10:00:00+00', 'TTSEA-05: that instant is in time');
SELECT is(pg_temp.act('2026-11-18 10:00:00.000001+00', 'attempt_failed', 'carrier'), 'RA021', 'TTSEA-07: a microsecond later they are over');
SELECT pg_temp.clock('2026-11-18 10:00:00.000001+00'), aftersale.fire_due(1, 'infinity', 10) \g /dev/null
SELECT results_eq($$SELECT at FROM aftersale.event WHERE request_id = 1 AND action = 'timeout'$$, $$VALUES ('2026-11-18 10:00+00'::timestamptz)$$, 'TTSEA-07: and the parcel is destroyed as of then');
SELECT * FROM finish();
ROLLBACK;
