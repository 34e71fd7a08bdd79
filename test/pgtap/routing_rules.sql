-- Routing, rule by rule: TEMU-16, TEMU-18, TEMU-37 to TEMU-42, TTSEA-03.
BEGIN;
SELECT plan(56);
CREATE FUNCTION pg_temp.sqlstate_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
-- The route of products as "external_ref basis"
CREATE FUNCTION pg_temp.route(country text, products text[], as_of timestamptz DEFAULT now()) RETURNS text LANGUAGE sql AS $$
	SELECT w.external_ref || ' ' || r.basis
	FROM aftersale.return_warehouse(1, country, products, as_of) AS r
	JOIN aftersale.warehouse AS w ON w.shop_id = 1 AND w.warehouse_id = r.warehouse_id
$$;
CREATE FUNCTION pg_temp.id(external_ref text) RETURNS bigint LANGUAGE sql AS
	'SELECT warehouse_id FROM aftersale.warehouse AS w WHERE w.shop_id = 1 AND w.external_ref = id.external_ref';
GRANT ALL ON ALL TABLES IN SCHEMA aftersale TO regress_erp;
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('whole days', 'zone Etc/UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'temu', 'one'), (2, 'temu', 'two');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone)
SELECT s, c, 'EUR', 'whole days', 'Etc/UTC' FROM generate_series(1, 2) AS s, unnest('{US,DE,FR,TH}'::text[]) AS c;

-- TEMU-40: the first becomes the default
SELECT throws_ok($$SELECT aftersale.return_warehouse(1, 'US', '{A}')$$, 'RA050',
	'country "US" of shop "1" has no return warehouse (RA050, TEMU-42)', 'a country without a warehouse says so');
SELECT lives_ok($$SELECT aftersale.set_warehouse(1, 'W1', 'US', 'East')$$, 'TEMU-39: a local warehouse');
SELECT results_eq($$SELECT external_ref, is_default FROM aftersale.warehouse_now WHERE shop_id = 1 AND country = 'US'$$,
	$$VALUES ('W1', true)$$, 'TEMU-40: the first warehouse of a country becomes its default');
SELECT is((SELECT effective_from FROM aftersale.default_warehouse WHERE shop_id = 1), '-infinity', 'TEMU-40: from -infinity');
SELECT lives_ok($$SELECT aftersale.set_warehouse(1, r, 'US', 'name ' || r, priority => p)
	FROM (VALUES ('W2', 5), ('W3', 5), ('W4', 0)) AS w (r, p)$$, 'TEMU-39: several local warehouses for a country');
SELECT results_eq($$SELECT external_ref FROM aftersale.warehouse_now WHERE shop_id = 1 AND country = 'US' AND is_default$$,
	$$VALUES ('W1')$$, 'TEMU-40: later ones do not become it');
SELECT is((SELECT count(*)::int FROM aftersale.warehouse_now WHERE shop_id = 1 AND country = 'US'), 4, 'TEMU-37: several warehouses and the default');

-- TEMU-18
SELECT throws_ok($$SELECT aftersale.set_warehouse(1, 'W9', 'US', '  eAST ')$$, 'RA051',
	'warehouse name "eAST" is taken in shop "1" (RA051, TEMU-18)', 'TEMU-18: names are trimmed and case-insensitive');
SELECT is(pg_temp.sqlstate_of($$SELECT aftersale.set_warehouse(1, 'W1', 'DE', 'East')$$), 'RA051',
	'TEMU-18: one warehouse under two countries needs two names');
SELECT is(pg_temp.sqlstate_of($$SELECT aftersale.set_warehouse(1, 'W1', 'DE', 'East DE')$$), 'accepted', 'TEMU-18: with another name it is accepted');
SELECT is(pg_temp.sqlstate_of($$SELECT aftersale.set_warehouse(2, 'W1', 'US', 'East')$$), 'accepted', 'TEMU-18: other shops do not matter');
SELECT is(pg_temp.sqlstate_of($$INSERT INTO aftersale.warehouse_version (shop_id, warehouse_id, country, name) SELECT 1, pg_temp.id('W2'), 'DE', 'EAST'$$),
	'RA051', 'TEMU-18: also by plain SQL');
SELECT is(pg_temp.sqlstate_of($$UPDATE aftersale.warehouse_version SET name = 'east de' WHERE shop_id = 1 AND name = 'name W2'$$), 'RA051', 'TEMU-18: also by a rename');
SELECT lives_ok($$SELECT aftersale.set_warehouse(1, 'W4', 'US', 'name four', effective_from => now() + '1 day')$$, 'TEMU-18: a rename from tomorrow on');
SELECT is(pg_temp.sqlstate_of($$SELECT aftersale.set_warehouse(1, 'W5', 'US', 'NAME W4')$$), 'RA051', 'TEMU-18: the old name is taken until then');
SELECT is(pg_temp.sqlstate_of($$SELECT aftersale.set_warehouse(1, 'W5', 'FR', 'NAME W4', effective_from => now() + '1 day')$$), 'accepted', 'TEMU-18: and free from then on');

-- TEMU-38
SELECT is(aftersale.link_products(1, 'US', pg_temp.id('W2'), '{A,B,A}'), 2, 'TEMU-38: repetitions count once');
SELECT is(aftersale.link_products(1, 'US', pg_temp.id('W2'), '{A,C}'), 1, 'TEMU-38: what is linked stays linked');
SELECT is(aftersale.link_products(1, 'US', pg_temp.id('W4'), (SELECT array_agg('X' || n % 500) FROM generate_series(1, 1000) AS n)), 500, 'TEMU-38: 500 are allowed');
SELECT throws_ok($$SELECT aftersale.link_products(1, 'US', pg_temp.id('W4'), (SELECT array_agg('Y' || n) FROM generate_series(1, 501) AS n))$$, 'RA053',
	'"501" products are too many for one call (RA053, TEMU-38)', 'TEMU-38: 501 are not');
SELECT is((SELECT count(*)::int FROM aftersale.warehouse_product WHERE product ~ '^Y'), 0, 'TEMU-38: none of them is linked');
SELECT is(pg_temp.sqlstate_of(format('SELECT aftersale.link_products(1, ''US'', pg_temp.id(''W2''), %L)', p)), 'RA055', 'no products: ' || coalesce(p, 'NULL'))
FROM (VALUES (NULL), ('{}'), ('{A,NULL}'), ('{A,""}')) AS list (p);
SELECT is(pg_temp.sqlstate_of($$SELECT aftersale.link_products(1, 'US', 123456, '{A}')$$), 'RA054', 'an unknown warehouse');
SELECT is(pg_temp.sqlstate_of($$SELECT aftersale.link_products(1, 'FR', pg_temp.id('W2'), '{A}')$$), 'RA054', 'a warehouse that is not set up for the country');

-- TEMU-41, TEMU-42
SELECT is(pg_temp.route('US', '{A,B}'), 'W2 common', 'TEMU-42: all products linked to one same warehouse: that one');
SELECT aftersale.link_products(1, 'US', pg_temp.id('W3'), '{B,D}') \g /dev/null
SELECT is(pg_temp.route('US', '{A,D}'), 'W1 default:different', 'TEMU-42: different warehouses: the default, for everything');
SELECT is(pg_temp.route('US', '{A,Z}'), 'W1 default:unlinked', 'TEMU-42: a product without a link: the default');
SELECT is(pg_temp.route('US', '{A,NULL}'), 'W1 default:unlinked', 'TEMU-42: so does a product that is not known');
SELECT is(pg_temp.route('US', '{Z}'), 'W1 default:unlinked', 'TEMU-41: the default accepts everything');
SELECT is(pg_temp.route('US', '{B}'), 'W2 common', 'TEMU-42: several in common, of equal priority the oldest');
SELECT aftersale.set_warehouse(1, 'W3', 'US', 'name W3', priority => 6) \g /dev/null
SELECT is(pg_temp.route('US', '{B}'), 'W3 common', 'TEMU-42: several in common, the highest priority');
SELECT aftersale.link_products(1, 'US', pg_temp.id('W1'), '{B}') \g /dev/null
SELECT is(pg_temp.route('US', '{B}'), 'W1 common', 'TEMU-42: several in common, the default among them');
SELECT is(pg_temp.route('DE', '{A,B}'), 'W1 default:unlinked', 'TEMU-42: links of another country do not count');
SELECT aftersale.set_warehouse(1, 'W2', 'US', 'name W2', priority => 5, enabled => false) \g /dev/null
SELECT is(pg_temp.route('US', '{A}'), 'W1 default:unlinked', 'TEMU-42: a disabled warehouse counts as unlinked');
SELECT is((SELECT detail -> 'ignored' -> 0 ->> 'because' FROM aftersale.return_warehouse(1, 'US', '{A}')), 'disabled', 'and the detail says so');

-- TEMU-40: replaced, not deleted, disabled or end-dated; also by plain SQL
SELECT is(pg_temp.sqlstate_of(statement), 'RA052', 'TEMU-40: ' || statement)
FROM unnest(ARRAY[
	$$SELECT aftersale.set_warehouse(1, 'W1', 'US', 'East', enabled => false)$$,
	$$DELETE FROM aftersale.warehouse WHERE shop_id = 1 AND external_ref = 'W1'$$,
	$$DELETE FROM aftersale.default_warehouse WHERE shop_id = 1$$,
	$$UPDATE aftersale.warehouse_version SET effective_to = now() + '1 day' WHERE shop_id = 1 AND name = 'East'$$,
	$$UPDATE aftersale.default_warehouse SET superseded_at = now() + '1 day' WHERE shop_id = 1$$,
	$$TRUNCATE aftersale.default_warehouse$$]) AS statement;
SELECT lives_ok($$SELECT aftersale.set_default_warehouse(1, 'US', pg_temp.id('W3'))$$, 'TEMU-40: it can be replaced');
SELECT is(pg_temp.route('US', '{Z}'), 'W3 default:unlinked', 'TEMU-40: then the new one accepts everything');
SELECT is(pg_temp.route('US', '{Z}', now() - interval '1 second'), 'W1 default:unlinked', 'TEMU-40: and before, the old one did');
SELECT lives_ok($$SELECT aftersale.set_warehouse(1, 'W1', 'US', 'East', enabled => false)$$, 'TEMU-40: the old one can then be disabled');

-- TEMU-16
SELECT is(pg_temp.sqlstate_of($$SELECT aftersale.set_warehouse(1, 'PL', 'DE', 'Poland', located_in => 'PL')$$), 'RA057', 'TEMU-16: not across the border unless the settings say so');
UPDATE aftersale.shop_country SET settings = '{"cross_border": true}' WHERE shop_id = 1 AND country = 'DE';
SELECT aftersale.link_products(1, 'DE', aftersale.set_warehouse(1, 'PL', 'DE', 'Poland', located_in => 'PL'), '{A}') \g /dev/null
SELECT is(pg_temp.route('DE', '{A}'), 'PL common', 'TEMU-16: across the border where they do');
UPDATE aftersale.shop_country SET settings = '{}' WHERE shop_id = 1 AND country = 'DE';
SELECT is(pg_temp.route('DE', '{A}'), 'W1 default:unlinked', 'TEMU-16: judged again when it routes');

-- TTSEA-03: maintained, and effective, before the order
RESET ROLE;
SET aftersale.test_now = '2026-11-01 00:00+00';
SET ROLE regress_erp;
SELECT aftersale.set_warehouse(1, 'TH', 'TH', 'Bangkok', address => '"old"') \g /dev/null
RESET ROLE;
SET aftersale.test_now = '2026-11-10 00:00+00';
SET ROLE regress_erp;
SELECT aftersale.set_warehouse(1, 'TH', 'TH', 'Bangkok', address => '"new"', effective_from => '2026-11-12 00:00+00') \g /dev/null
SELECT is((aftersale.return_address_before(1, 'TH', at)).address #>> '{}', address, 'TTSEA-03: ' || why)
FROM (VALUES
	('2026-10-31 00:00+00'::timestamptz, NULL, 'recorded after the order, though effective before: none'),
	('2026-11-01 00:00+00', NULL, 'recorded at the very instant: none'),
	('2026-11-01 00:00:01+00', 'old', 'recorded and effective before: that'),
	('2026-11-12 00:00+00', 'old', 'a change that takes effect at the very instant does not count'),
	('2026-11-12 00:00:01+00', 'new', 'a change in force counts')) AS orders (at, address, why);

SELECT * FROM finish();
ROLLBACK;
