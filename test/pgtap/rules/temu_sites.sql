-- What a site offers: labels, fallback labels, activation, borders, carriers, features (TEMU-14 to TEMU-16, TEMU-19, TEMU-36).
BEGIN;
\ir temu.psql

INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES
	(1, 'GB', 'GBP', 'DE', 'Europe/London'), (1, 'ES', 'EUR', 'DE', 'Europe/Madrid'), (1, 'FR', 'EUR', 'DE', 'Europe/Paris');
CREATE FUNCTION pg_temp.say(place text, what jsonb) RETURNS void LANGUAGE sql AS
	$$UPDATE aftersale.shop_country SET settings = what WHERE shop_id = 1 AND country = place$$;
-- Opens a return in a country with these attributes and asks for the merchant's label: state or SQLSTATE
CREATE FUNCTION pg_temp.label(id bigint, place text, what jsonb DEFAULT '{}', actor text DEFAULT 'alice') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.clock('2026-11-20 10:00+00');
	INSERT INTO aftersale.request (shop_id, request_id, flow, country, attributes) VALUES (1, id, 'temu/return_refund', place, what);
	RETURN pg_temp.act(id, '2026-11-20 11:00+00', 'require_label', '{}', actor);
END $$;

-- TEMU-14
SELECT is(pg_temp.label(1, 'US', '{"bulky": true}'), 'RA033', 'TEMU-14: no fallback channel is configured: no label of the merchant''s');
SELECT pg_temp.say(place, '{"fallback_label": true}') FROM unnest('{US,GB,ES}'::text[]) place \g /dev/null
SELECT is(pg_temp.label(2, 'US', '{"bulky": true}'), 'awaiting_merchant_label', 'TEMU-14: bulky, with a fallback channel');
SELECT is(pg_temp.label(3, 'GB', '{"overweight": true}'), 'awaiting_merchant_label', 'TEMU-14: overweight alone is enough (a reading)');
SELECT is(pg_temp.label(4, 'ES', '{"auto_label": false}'), 'awaiting_merchant_label', 'TEMU-14: or the case itself says that no label could be booked');
SELECT is(pg_temp.label(5, 'US', '{"bulky": false}'), 'RA033', 'TEMU-14: other goods get the automatic label');
SELECT is(pg_temp.label(6, 'US'), 'RA033', 'TEMU-14: so do goods of which nothing is said');
SELECT is(pg_temp.label(7, 'US', '{}', 'erp'), 'RA033', 'TEMU-14: the ERP is held to it as well');
SELECT is(pg_temp.act(7, '2026-11-20 12:00+00', 'approve_return', '{}', 'erp'), 'awaiting_buyer_ship', 'TEMU-14: the automatic label');
SELECT is(pg_temp.label(8, 'US', '{}', 'platform'), 'awaiting_merchant_label', 'TEMU-14: what the platform says holds');
SELECT results_eq($$SELECT action FROM aftersale.allowed_actions(1, 6, 'alice') ORDER BY 1$$, $$VALUES ('refund_without_return')$$, 'TEMU-14: what is not open is not offered');

-- TEMU-15
SELECT is(pg_temp.label(10, 'DE', '{"bulky": true}'), 'RA033', 'TEMU-15: not activated: not available');
SELECT pg_temp.say('DE', '{"fallback_label": true}') \g /dev/null
SELECT is(pg_temp.label(11, 'DE', '{"bulky": true}'), 'RA033', 'TEMU-15: the fallback of other sites does not help');
SELECT is(pg_temp.act(11, '2026-11-20 12:00+00', 'approve_return', '{}', 'erp'), 'RA034', 'TEMU-15: there are no automatic labels: the merchant''s is the only channel');
SELECT is(pg_temp.act(11, '2026-11-20 12:00+00', 'approve_return', '{}', 'platform'), 'awaiting_buyer_ship', 'TEMU-15: unless the platform says so');
SELECT pg_temp.say('DE', '{"merchant_label": true}') \g /dev/null
SELECT is(pg_temp.label(12, 'DE'), 'awaiting_merchant_label', 'TEMU-15: activated: any goods');
SELECT is(pg_temp.label(13, 'US', '{}'), 'RA033', 'TEMU-15: elsewhere nothing has changed');
SELECT matches((SELECT facts ->> 'meets' FROM aftersale.event WHERE request_id = 12 AND action = 'require_label'), 'merchant_label', 'TEMU-15: what was found met is on record');
UPDATE aftersale.site SET effective_to = '2026-11-21 00:00+00' WHERE platform = 'temu' AND site = 'DE';
INSERT INTO aftersale.site (platform, site, settings, effective_from) VALUES ('temu', 'DE', '{"auto_label": true}', '2026-11-21 00:00+00');
SELECT is(pg_temp.label(14, 'DE'), 'awaiting_merchant_label', 'TEMU-15: facts of a site have dates: before');
SELECT pg_temp.clock('2026-11-22 10:00+00') \g /dev/null
INSERT INTO aftersale.request (shop_id, request_id, flow, country) VALUES (1, 15, 'temu/return_refund', 'DE');
SELECT is(pg_temp.act(15, '2026-11-22 10:00+00', 'require_label'), 'RA033', 'TEMU-15: and after, when the site books labels');
DELETE FROM aftersale.site WHERE platform = 'temu' AND site = 'DE' AND effective_from > '-infinity';
UPDATE aftersale.site SET effective_to = 'infinity' WHERE platform = 'temu' AND site = 'DE';

-- TEMU-16, trap 8: Europe without the UK, the US never; a merchant who uploads labels
CREATE FUNCTION pg_temp.border(home text, abroad text, what jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.say(home, what);
	RETURN pg_temp.sqlstate_of(format('SELECT aftersale.set_warehouse(1, %L, %L, %L, %L)', home || abroad || md5(what::text), home, home || abroad || md5(what::text), abroad));
END $$;
SELECT pg_temp.clock(now()) \g /dev/null
SELECT is(pg_temp.border(home, home, '{}'), 'accepted', 'TEMU-16: at home ' || home) FROM unnest('{US,GB,ES,DE,FR}'::text[]) home;
SELECT is(pg_temp.border('DE', 'FR', '{}'), 'RA057', 'TEMU-16: across a border only where the shop says so');
SELECT is(pg_temp.border('DE', 'FR', '{"cross_border": true}'), 'RA057', 'TEMU-16: and uploads labels');
SELECT is(pg_temp.border('FR', 'DE', '{"cross_border": true}'), 'RA057', 'TEMU-16: also where the source names no labels');
SELECT is(pg_temp.border(home, abroad, '{"cross_border": true, "merchant_label": true}'), 'accepted', format('TEMU-16: from %s to %s', home, abroad))
FROM (VALUES ('DE', 'FR'), ('DE', 'PL'), ('FR', 'DE'), ('ES', 'IT')) v(home, abroad);
SELECT is(pg_temp.border(home, abroad, '{"cross_border": true, "merchant_label": true}'), 'RA057', format('TEMU-16: never from %s to %s', home, abroad))
FROM (VALUES ('US', 'CA'), ('US', 'DE'), ('GB', 'IE'), ('GB', 'DE')) v(home, abroad);
SELECT is(pg_temp.border('DE', abroad, '{"cross_border": true, "merchant_label": true}'), 'RA057', 'TEMU-16: the destination is another European site, not ' || abroad) FROM unnest('{GB,US,CH}'::text[]) abroad;
SELECT is(pg_temp.border('DE', 'CH', '{"cross_border": true, "merchant_label": true, "cross_border_anywhere": true}'), 'accepted', 'TEMU-16: unless that is configured (a reading)');
SELECT is(pg_temp.border('US', 'CA', '{"cross_border": true, "merchant_label": true, "cross_border_anywhere": true}'), 'RA057', 'TEMU-16: which does not help in the US');
-- routing judges by what holds then
SELECT pg_temp.say('FR', '{"cross_border": true, "merchant_label": true}') \g /dev/null
SELECT aftersale.set_default_warehouse(1, 'FR', (SELECT warehouse_id FROM aftersale.warehouse_version WHERE shop_id = 1 AND country = 'FR' AND located_in = 'DE')) \g /dev/null
SELECT is((SELECT basis FROM aftersale.return_warehouse(1, 'FR', '{p}', clock_timestamp())), 'default:unlinked', 'TEMU-16: a return goes to the warehouse abroad');
UPDATE aftersale.site SET settings = settings || '{"cross_border": false}' WHERE platform = 'temu' AND site = 'FR';
SELECT is(pg_temp.sqlstate_of($$SELECT aftersale.return_warehouse(1, 'FR', '{p}', clock_timestamp())$$), 'RA050', 'TEMU-16: and no longer when the site forbids it');

-- TEMU-19
SELECT pg_temp.say('DE', '{"merchant_label": true}'), pg_temp.say('US', '{"fallback_label": true}') \g /dev/null
SELECT is(pg_temp.label(n, 'DE', '{}'), 'awaiting_merchant_label', 'TEMU-19: a label is to be uploaded') FROM generate_series(40, 44) n;
SELECT is(pg_temp.act(40, '2026-11-20 12:00+00', 'upload_label', '{"carrier": "Pigeon", "label": "l", "tracking_no": "1"}'), 'platform_review', 'TEMU-19: without a list any carrier is taken');
INSERT INTO aftersale.carrier (platform, code, carrier, region, aliases) VALUES ('temu', '1001', 'dhl', 'DE', '{DHL Paket}'), ('temu', '2002', 'ups', 'US', '{}'), ('douyin', '3', 'sf', '*', '{}');
SELECT is(pg_temp.act(41, '2026-11-20 12:00+00', 'upload_label', '{"carrier": "Pigeon", "label": "l", "tracking_no": "1"}'), 'RA034', 'TEMU-19: with one, none but its own');
SELECT is(pg_temp.act(41, '2026-11-20 12:00+00', 'upload_label', '{"carrier": "ups", "label": "l", "tracking_no": "1"}'), 'RA034', 'TEMU-19: nor one of another region''s list');
SELECT is(pg_temp.act(41, '2026-11-20 12:00+00', 'upload_label', '{"carrier": "sf", "label": "l", "tracking_no": "1", "accepted": true}'), 'RA034', 'TEMU-19: nor one of another platform''s');
SELECT is((SELECT state FROM aftersale.request WHERE request_id = 41), 'awaiting_merchant_label', 'TEMU-19: refused at the upload, the label is still to come');
SELECT is(pg_temp.act(n, '2026-11-20 12:00+00', 'upload_label', jsonb_build_object('carrier', carrier, 'label', 'l', 'tracking_no', '1')), 'platform_review', 'TEMU-19: ' || carrier)
FROM (VALUES (41, '1001'), (42, 'dhl'), (43, 'DHL Paket')) v(n, carrier);

-- TEMU-36: regular functions need no application
SELECT pg_temp.say(country, '{}') FROM aftersale.shop_country \g /dev/null
SELECT lives_ok(format('INSERT INTO aftersale.request (shop_id, request_id, flow, country) VALUES (1, %s, %L, ''US'')', 1000 + row_number() OVER (), flow), 'TEMU-36: no application for ' || flow)
FROM aftersale.flow WHERE platform = 'temu' AND flow <> 'temu/negotiated_refund';
SELECT is(pg_temp.sqlstate_of($$SELECT aftersale.propose_refund(1, 'PO-1', 1, NULL, '{chat.png}', 'agreed')$$), 'RA048', 'TEMU-36: but for the negotiated refund');
SELECT is(pg_temp.label(60, 'DE'), 'RA033', 'TEMU-36: and the sites that are activated (TEMU-15)');
SELECT * FROM finish();
ROLLBACK;
