-- Routing refuses what it cannot understand, names it and says what is allowed;
-- nothing is half done; a person needs no more rights than the tables'.
\set SHOW_CONTEXT never
SET aftersale.test_now = '2026-11-25 10:00+00';
SET ROLE regress_erp;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('routing', 'zone Etc/UTC; mon-sun 00:00-24:00') ON CONFLICT DO NOTHING;
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (801, 'temu', 'one');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone)
SELECT 801, c, 'USD', 'routing', 'Etc/UTC' FROM unnest(ARRAY['US', 'DE']) AS c;
INSERT INTO aftersale.warehouse (shop_id, warehouse_id, external_ref) VALUES (801, 1, 'W1'), (801, 2, 'W2'), (801, 3, 'W3');

-- a country without a warehouse, and one whose only warehouse is not yet in force
SELECT aftersale.return_warehouse(801, 'US', ARRAY['A'], '2026-11-01 12:00+00');
SELECT aftersale.set_warehouse(801, 'W1', 'US', 'Main', effective_from => '2026-12-01 00:00+00');
SELECT aftersale.return_warehouse(801, 'US', ARRAY['A'], '2026-11-01 12:00+00');
SELECT warehouse_id, basis FROM aftersale.return_warehouse(801, 'US', ARRAY['A'], '2026-12-01 00:00+00');

-- no products
SELECT aftersale.return_warehouse(801, 'US', NULL);
SELECT aftersale.return_warehouse(801, 'US', '{}');
-- NULL
SELECT aftersale.return_warehouse(NULL, 'US', ARRAY['A']);
SELECT aftersale.return_warehouse(801, NULL, ARRAY['A']);
SELECT aftersale.return_warehouse(801, 'US', ARRAY['A'], NULL);
-- instants that are none
SELECT aftersale.return_warehouse(801, 'US', ARRAY['A'], 'infinity');
SELECT aftersale.set_warehouse(801, 'W2', 'US', 'Second', effective_from => 'infinity');
SELECT aftersale.set_default_warehouse(801, 'US', 1, 'infinity');
SELECT aftersale.return_address_before(801, 'US', '-infinity');
-- unknown names (the list of shops depends on other tests)
\set VERBOSITY terse
SELECT aftersale.return_warehouse(-1, 'US', ARRAY['A']);
SELECT aftersale.set_warehouse(-1, 'W1', 'US', 'Main');
\set VERBOSITY default
SELECT aftersale.return_warehouse(801, 'us', ARRAY['A']);
SELECT aftersale.set_default_warehouse(801, 'US', 2);
SELECT aftersale.set_default_warehouse(801, 'DE', 2);
SELECT aftersale.unlink_products(801, 'US', 99, ARRAY['A']);
-- names and references
SELECT aftersale.set_warehouse(801, 'W2', 'US', E' \t ');
SELECT aftersale.set_warehouse(801, NULL, 'US', 'Second');
SELECT aftersale.set_warehouse(801, 'W2', 'US', 'Second', priority => NULL);
SELECT aftersale.set_warehouse(801, 'W2', 'US', 'Second', located_in => 'Poland');
SELECT aftersale.set_warehouse(801, 'W2', 'US', 'Second', located_in => 'CA');
SELECT aftersale.set_warehouse(801, 'W2', 'US', ' MAIN');
SELECT count(*) AS versions FROM aftersale.warehouse_version WHERE shop_id = 801;

-- the same call again changes nothing; another one supersedes
SELECT aftersale.set_warehouse(801, 'W2', 'US', ' Second ');
SELECT aftersale.set_warehouse(801, 'W2', 'US', 'Second');
SELECT aftersale.set_warehouse(801, 'W2', 'US', 'Second', effective_from => '2027-01-01 00:00+00');
SELECT aftersale.set_warehouse(801, 'W2', 'US', 'Two', effective_from => '2027-01-01 00:00+00');
SELECT name, effective_from AT TIME ZONE 'UTC' AS effective_from, effective_to AT TIME ZONE 'UTC' AS effective_to, isfinite(superseded_at) AS superseded
FROM aftersale.warehouse_version WHERE shop_id = 801 AND warehouse_id = 2 ORDER BY version_no;

-- a new default must serve the country, enabled, from then on
SELECT aftersale.set_warehouse(801, 'W3', 'US', 'Third', enabled => false);
SELECT aftersale.set_default_warehouse(801, 'US', 3, '2027-01-01 00:00+00');
SELECT aftersale.set_warehouse(801, 'W3', 'US', 'Third', effective_from => '2027-02-01 00:00+00');
SELECT aftersale.set_default_warehouse(801, 'US', 3, '2027-01-01 00:00+00');
SELECT aftersale.set_default_warehouse(801, 'US', 3, '2027-02-01 00:00+00');
-- the planned default is one, too; the present one may end when it is replaced
SELECT aftersale.set_warehouse(801, 'W3', 'US', 'Third', enabled => false);
SELECT aftersale.set_warehouse(801, 'W1', 'US', 'Main', enabled => false, effective_from => '2027-01-31 00:00+00');
SELECT aftersale.set_warehouse(801, 'W1', 'US', 'Main', enabled => false, effective_from => '2027-02-01 00:00+00');
SELECT to_char(as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS as_of, (aftersale.return_warehouse(801, 'US', ARRAY['A'], as_of)).warehouse_id
FROM unnest(ARRAY['2027-01-31 23:59:59+00', '2027-02-01 00:00:00+00']::timestamptz[]) AS as_of;

-- plain SQL meets the same refusals
\set VERBOSITY terse
INSERT INTO aftersale.warehouse_version (shop_id, warehouse_id, country, name, effective_from) VALUES (801, 2, 'US', 'Second', '2026-01-01 00:00+00');
INSERT INTO aftersale.warehouse_version (shop_id, warehouse_id, country, name, enabled) VALUES (801, 2, 'DE', 'First', false);
INSERT INTO aftersale.warehouse_version (shop_id, warehouse_id, country, name, effective_to) VALUES (801, 2, 'DE', 'First', '2030-01-01 00:00+00');
INSERT INTO aftersale.warehouse_version (shop_id, warehouse_id, country, name, located_in) VALUES (801, 2, 'DE', 'First', 'PL');
INSERT INTO aftersale.warehouse_version (shop_id, warehouse_id, country, name, effective_from, effective_to) VALUES (801, 2, 'US', 'Second', '2026-01-01 00:00+00', '2026-02-01 00:00+00');
INSERT INTO aftersale.default_warehouse (shop_id, country, warehouse_id, effective_from, effective_to) VALUES (801, 'US', 2, '2026-01-01 00:00+00', '2026-02-01 00:00+00');
INSERT INTO aftersale.default_warehouse (shop_id, country, warehouse_id) VALUES (801, 'DE', 2);
UPDATE aftersale.warehouse_version SET country = 'DE' WHERE shop_id = 801 AND warehouse_id = 1;
UPDATE aftersale.warehouse_version SET effective_from = '2026-12-02 00:00+00' WHERE shop_id = 801 AND warehouse_id = 1 AND superseded_at = 'infinity' AND enabled;
UPDATE aftersale.default_warehouse SET effective_to = '2027-01-15 00:00+00' WHERE shop_id = 801 AND isfinite(effective_to);
TRUNCATE aftersale.warehouse CASCADE;
INSERT INTO aftersale.warehouse_product (shop_id, country, product, warehouse_id) VALUES (801, 'US', 'A', 1);
INSERT INTO aftersale.warehouse_product (shop_id, country, product, warehouse_id, effective_to) VALUES (801, 'US', 'A', 1, '2027-01-01 00:00+00');
\set VERBOSITY default

-- a link that was ended begins anew; before, it held
RESET ROLE;
SET aftersale.test_now = '2027-03-01 00:00+00';
SET ROLE regress_erp;
SELECT aftersale.unlink_products(801, 'US', 1, ARRAY['A', 'B', 'A']);
RESET ROLE;
SET aftersale.test_now = '2027-03-05 00:00+00';
SET ROLE regress_erp;
SELECT aftersale.link_products(801, 'US', 1, ARRAY['A']);
SELECT aftersale.unlink_products(801, 'US', 1, ARRAY['A']), aftersale.link_products(801, 'US', 1, ARRAY['A']);
SELECT product, effective_from AT TIME ZONE 'UTC' AS effective_from, effective_to AT TIME ZONE 'UTC' AS effective_to
FROM aftersale.warehouse_product WHERE shop_id = 801 ORDER BY effective_from;
RESET ROLE;
SET aftersale.test_now = '2026-11-25 10:00+00';

-- a person needs the tables' rights and no others; the owner does the rest
SET ROLE regress_clerk;
SELECT aftersale.return_warehouse(801, 'US', ARRAY['A'], '2027-01-01 00:00+00');
SELECT aftersale.lock_routing(801);
RESET ROLE;
GRANT SELECT ON aftersale.login, aftersale.shop, aftersale.shop_country, aftersale.default_warehouse, aftersale.warehouse_product TO regress_clerk;
GRANT SELECT, INSERT, UPDATE ON aftersale.warehouse, aftersale.warehouse_version TO regress_clerk;
GRANT USAGE ON SEQUENCE aftersale.warehouse_id, aftersale.warehouse_version_no TO regress_clerk;
SET ROLE regress_clerk;
\set VERBOSITY terse
SELECT warehouse_id, basis FROM aftersale.return_warehouse(801, 'US', ARRAY['A'], '2027-01-01 00:00+00');
\set VERBOSITY default
RESET ROLE;
INSERT INTO aftersale.login (login, shop_id, actor) VALUES ('regress_clerk', 801, 'clerk');
SET ROLE regress_clerk;
SELECT warehouse_id, basis FROM aftersale.return_warehouse(801, 'US', ARRAY['A'], '2027-01-01 00:00+00');
SELECT aftersale.set_warehouse(801, 'W2', 'DE', 'Berlin');
SELECT warehouse_id, basis FROM aftersale.return_warehouse(801, 'DE', ARRAY['A']);
SELECT aftersale.set_default_warehouse(801, 'DE', 2, '2026-01-01 00:00+00');
RESET ROLE;
REVOKE ALL ON aftersale.login, aftersale.shop, aftersale.shop_country, aftersale.default_warehouse, aftersale.warehouse_product, aftersale.warehouse, aftersale.warehouse_version FROM regress_clerk;
REVOKE ALL ON SEQUENCE aftersale.warehouse_id, aftersale.warehouse_version_no FROM regress_clerk;

-- a trigger function on a table of somebody else does not work as the owner
SET ROLE regress_clerk;
CREATE TEMP TABLE mine (shop_id bigint);
CREATE TRIGGER routing_lock BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION aftersale.routing_lock();
INSERT INTO mine VALUES (801);
RESET ROLE;

-- the shop goes with all that it has
DELETE FROM aftersale.shop WHERE shop_id = 801;
SELECT count(*) FROM aftersale.warehouse_version WHERE shop_id = 801;

-- before install()
SELECT current_database() AS regress_database \gset
CREATE DATABASE regress_routing_bare;
\c regress_routing_bare
\set SHOW_CONTEXT never
CREATE EXTENSION aftersale;
SELECT aftersale.return_warehouse(1, 'US', ARRAY['A']);
\set VERBOSITY terse
SELECT aftersale.set_warehouse(1, 'W1', 'US', 'Main');
SELECT aftersale.set_default_warehouse(1, 'US', 1);
SELECT aftersale.link_products(1, 'US', 1, ARRAY['A']);
SELECT aftersale.unlink_products(1, 'US', 1, ARRAY['A']);
SELECT aftersale.return_address_before(1, 'US', now());
\c :regress_database
DROP DATABASE regress_routing_bare;
