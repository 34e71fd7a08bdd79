-- TikTok Shop, Southeast Asia, from March 2026 on: where failed deliveries go by the shop's choice, where the pack is loaded.
BEGIN;
SELECT plan(14);
SET TIME ZONE 'UTC';
SET DateStyle = ISO;
SET aftersale.test_now = '2026-01-01 00:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('bangkok', 'zone Asia/Bangkok; mon-fri 09:00-18:00');
INSERT INTO aftersale.shop (shop_id, platform, name, settings) VALUES (1, 'tiktok_sea', 'has not chosen', '{}'), (2, 'tiktok_sea', 'own', '{"return_solution": "own_warehouse"}'), (3, 'tiktok_sea', 'certified', '{"return_solution": "certified_warehouse"}'),
	(4, 'tiktok_sea', 'own, not recorded', '{"return_solution": "own_warehouse"}');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone, settings)
SELECT s, c.country, c.currency, 'bangkok', 'Asia/Bangkok', '{}' FROM generate_series(1, 4) s, (VALUES ('TH', 'THB'), ('PH', 'PHP')) c(country, currency);
UPDATE aftersale.shop_country SET settings = '{"return_solution": "own_warehouse"}' WHERE shop_id = 1 AND country = 'PH';
SELECT aftersale.set_warehouse(s, 'W', c, format('%s %s', s, c)) FROM generate_series(1, 2) s, unnest('{TH,PH}'::text[]) c \g /dev/null
RESET ROLE;
SET aftersale.test_now = '2026-03-20 10:00+00';
SET ROLE regress_erp;
CREATE FUNCTION pg_temp.failed(shop bigint, request bigint, ordered timestamptz, order_ref text DEFAULT NULL, country text DEFAULT 'TH') RETURNS text LANGUAGE sql AS $$
	WITH o AS (SELECT aftersale.open_many(jsonb_build_array(jsonb_build_object('shop_id', shop, 'flow', 'tiktok_sea/failed_delivery', 'external_ref', request, 'order_ref', coalesce(order_ref, request::text), 'ordered_at', ordered, 'country', country))) d)
	SELECT (d).state || coalesce(' (' || (d).outcome || ')', '') FROM o
$$;

SELECT lives_ok($$SELECT aftersale.load_pack('tiktok_sea_2026')$$, 'TTSEA-02: loaded without pack tiktok_sea');
SELECT is_empty($$SELECT 1 FROM aftersale.flow WHERE flow = 'tiktok_sea/failed_delivery'$$, 'TTSEA-02: it does nothing');
SELECT aftersale.load_pack('tiktok_sea') \g /dev/null
SELECT is(pg_temp.failed(1, 1, '2026-03-10'), 'returning', 'TTSEA-02: not loaded, it is as the source says');
SELECT aftersale.load_pack('tiktok_sea_2026'), aftersale.load_pack('tiktok_sea_2026') \g /dev/null
SELECT is(pg_temp.failed(1, 2, '2026-02-28 15:59:59.999999+00'), 'returning', 'TTSEA-02: an order of before March stays under the version of then');
SELECT is(pg_temp.failed(1, 3, '2026-02-28 16:00+00'), 'surrendered (surrendered to the platform)', 'TTSEA-02: from March on, for want of a choice, to the platform''s warehouse');
SELECT is(pg_temp.failed(1, 4, '2026-03-10', country => 'PH'), 'returning', 'TTSEA-02: the choice may be a country''s own');
SELECT is(pg_temp.failed(2, 5, '2026-03-10'), 'returning', 'TTSEA-03: the own warehouse, recorded before the order');
SELECT is(pg_temp.failed(4, 9, '2026-03-10'), 'held_at_carrier', 'TTSEA-04: one that nobody recorded is none');
SELECT is(pg_temp.failed(2, 6, '2026-03-10', '5'), 'held_at_carrier', 'TTSEA-13: once');
SELECT is(pg_temp.failed(3, 7, '2026-03-10'), 'returning', 'TTSEA-02: the certified one needs no address of one''s own');
SELECT is(pg_temp.failed(3, 8, '2026-03-10', '7'), 'held_at_carrier', 'TTSEA-13: once, too');
SELECT results_eq($$SELECT DISTINCT flow_version FROM aftersale.request WHERE external_ref IN ('1', '2') UNION ALL SELECT DISTINCT flow_version FROM aftersale.request WHERE external_ref NOT IN ('1', '2')$$, $$VALUES (1), (2)$$, 'TTSEA-02: each is judged by its version');
SELECT is((SELECT d.state FROM aftersale.request r CROSS JOIN LATERAL aftersale.act(r.shop_id, r.request_id, 'request_redelivery', '{}', 'buyer') d WHERE r.external_ref = '6'), 'redelivering', 'TTSEA-06: and goes on as ever');
SELECT is((SELECT count(*)::int FROM aftersale.verify_history(2)), 0, 'TTSEA-02: the histories hold');

SELECT * FROM finish();
ROLLBACK;
