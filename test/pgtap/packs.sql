-- Packs: loaded again they change nothing; what a shop or a user has made of them survives; a newer version of a flow lies beside the old one.
BEGIN;
SELECT * FROM no_plan();
SET TIME ZONE 'UTC';
SET aftersale.test_now = '2026-11-20 10:00:00+00';
SET ROLE regress_erp;
-- All rows that packs load, as one digest
CREATE FUNCTION pg_temp.loaded() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	name text;
	part text;
	result text := '';
BEGIN
	FOREACH name IN ARRAY '{calendar,holiday,flow,flow_state,flow_transition,flow_timer,flow_advice,flow_choice,role_permission,carrier,reason,status_code,site,rule}'::text[] LOOP
		EXECUTE format('SELECT md5(coalesce(string_agg(t::text, E''\n'' ORDER BY t::text), '''')) FROM aftersale.%I t', name) INTO part;
		result := result || part;
	END LOOP;
	RETURN md5(result);
END $$;
SELECT is(aftersale.load_pack(pack), format('pack "%s" is loaded', pack), 'pack ' || pack) FROM unnest(aftersale.packs()) pack;
INSERT INTO aftersale.shop (shop_id, platform, name, settings) VALUES (1, 'temu', 'Teapots', '{"features": ["negotiated_refund"]}'), (2, 'douyin', 'Kettles', '{}');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone, settings) VALUES
	(1, 'US', 'USD', 'US', 'America/New_York', '{"fallback_label": true}'), (2, 'CN', 'CNY', 'CN', 'Asia/Shanghai', '{}');
SELECT is(aftersale.load_pack('douyin', 2), 'pack "douyin" is loaded', 'a pack with a shop''s part');
SELECT pg_temp.loaded() AS before \gset
SELECT lives_ok(format('SELECT aftersale.load_pack(%L, NULL)', pack), 'again, ' || pack) FROM unnest(aftersale.packs()) pack;
SELECT lives_ok($$SELECT aftersale.load_pack('douyin', 2)$$, 'again, for the shop');
SELECT is(pg_temp.loaded(), :'before', 'loaded again, packs change nothing');

-- what is one's own survives
UPDATE aftersale.flow_state SET term = '3 hours', standing = 'own' WHERE flow = 'temu/ticket' AND state = 'requested';
UPDATE aftersale.rule SET enabled = true, amount_to = 5, currency = 'CNY' WHERE shop_id = 2 AND name LIKE 'douyin B%';
DELETE FROM aftersale.flow_timer WHERE flow = 'temu/reship_ticket' AND name = 'address_needed';
INSERT INTO aftersale.flow_override (shop_id, flow, state, term) VALUES (1, 'temu/missing_item', 'requested', '20 hours');
UPDATE aftersale.site SET settings = settings || '{"auto_label": false}' WHERE platform = 'temu' AND site = 'GB';
SELECT aftersale.load_pack(pack) FROM unnest(aftersale.packs()) pack \g /dev/null
SELECT aftersale.load_pack('douyin', 2) \g /dev/null
SELECT is((SELECT term::text FROM aftersale.flow_state WHERE flow = 'temu/ticket' AND state = 'requested'), '3 hours', 'a term that was changed stays changed');
SELECT results_eq($$SELECT enabled, amount_to FROM aftersale.rule WHERE shop_id = 2 AND name LIKE 'douyin B%'$$, $$VALUES (true, 5::numeric)$$, 'a rule that was switched on stays on');
SELECT is((SELECT term::text FROM aftersale.flow_override WHERE shop_id = 1), '20 hours', 'the shop''s own terms stay');
SELECT results_eq($$SELECT s.settings, c.settings FROM aftersale.shop s JOIN aftersale.shop_country c USING (shop_id) WHERE shop_id = 1$$,
	$$VALUES ('{"features": ["negotiated_refund"]}'::jsonb, '{"fallback_label": true}'::jsonb)$$, 'and its settings');
SELECT is((SELECT settings ->> 'auto_label' FROM aftersale.site WHERE platform = 'temu' AND site = 'GB'), 'false', 'a fact of a site that was corrected stays');
SELECT isnt_empty($$SELECT FROM aftersale.flow_timer WHERE flow = 'temu/reship_ticket' AND name = 'address_needed'$$, 'what was deleted is there again: override it instead');

-- a newer version, as a newer pack brings it: beside the old one, from its date on
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (1, 1, 'temu/not_received');
INSERT INTO aftersale.flow SELECT flow, 2, platform, kind, title, initial_state, judged_at, '2027-01-01 00:00+00', 'infinity', rule, standing, pack FROM aftersale.flow WHERE flow = 'temu/not_received';
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing)
SELECT flow, 2, state, title, final, waits_for, CASE WHEN state = 'requested' THEN '6 hours'::aftersale.sla_term ELSE term END, starts, rule, standing FROM aftersale.flow_state WHERE flow = 'temu/not_received';
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, permission, needs, condition, requires, on_behalf_of, outcome, effect, clock, rule, standing)
SELECT flow, 2, from_state, action, priority, to_state, actors, permission, needs, condition, requires, on_behalf_of, outcome, effect, clock, rule, standing FROM aftersale.flow_transition WHERE flow = 'temu/not_received';
SELECT aftersale.load_pack('temu') \g /dev/null
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (1, 2, 'temu/not_received');
RESET ROLE; SET aftersale.test_now = '2027-01-04 15:00:00+00'; SET ROLE regress_erp;
INSERT INTO aftersale.request (shop_id, request_id, flow) VALUES (1, 3, 'temu/not_received');
SELECT results_eq('SELECT flow_version, due_at FROM aftersale.request WHERE shop_id = 1 ORDER BY request_id', $$VALUES
	(1, '2026-11-23 10:00+00'::timestamptz), (1, '2026-11-23 10:00+00'), (2, '2027-01-04 21:00+00')$$, 'old requests keep the old version, until its date so do new ones');
SELECT results_eq($$SELECT version FROM aftersale.flow WHERE flow = 'temu/not_received' ORDER BY 1$$, 'VALUES (1), (2)', 'both are there, however often the pack is loaded');
SELECT throws_like($$SELECT aftersale.load_pack('nosuch')$$, '%pack "nosuch" does not exist (RA017)', 'a pack that does not exist');
SELECT * FROM finish();
ROLLBACK;
