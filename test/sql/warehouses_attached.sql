-- attach_return_warehouse(): the return warehouse of a row of the ERP's (TEMU-42),
-- under the ERP's own key of it.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = ISO;
SET aftersale.test_now = '2026-11-25 10:00:00+00';
CREATE SCHEMA erp_route AUTHORIZATION regress_erp;
GRANT USAGE, CREATE ON SCHEMA erp_route TO regress_clerk;
SET ROLE regress_erp;
SET search_path = erp_route;
INSERT INTO aftersale.calendar (name, calendar) VALUES ('attach routes', 'zone UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (735, 'temu', 'routes');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (735, 'US', 'USD', 'attach routes', 'UTC'), (735, 'DE', 'EUR', 'attach routes', 'UTC');
SELECT count(aftersale.set_warehouse(735, ref, 'US', 'warehouse ' || ref)) FROM (VALUES ('41'), ('42'), ('43')) v(ref);
SELECT aftersale.link_products(735, 'US', w.warehouse_id, '{A,B}') FROM aftersale.warehouse w WHERE w.shop_id = 735 AND w.external_ref = '42';
SELECT aftersale.link_products(735, 'US', w.warehouse_id, '{B,C}') FROM aftersale.warehouse w WHERE w.shop_id = 735 AND w.external_ref = '43';

CREATE TABLE returns (id int PRIMARY KEY, country char(2) DEFAULT 'US', state text DEFAULT 'new', spu text[], warehouse_id int, basis varchar(30), created timestamp);
SELECT aftersale.attach_return_warehouse('returns', '{"shop": {"value": 735}, "country": "country", "products": "spu", "warehouse": "warehouse_id", "basis": "basis", "as_of": {"column": "created", "zone": "UTC"}}',
	'{"when": "state <> ''draft''"}');
INSERT INTO returns (id, spu) VALUES (1, '{A}'), (2, '{A,B}'), (3, '{B,C}'), (4, '{A,C}'), (5, '{unlinked}'), (6, NULL), (7, '{}'), (8, '{A,NULL}');
SELECT id, warehouse_id, basis FROM returns ORDER BY id;
-- a placeholder is filled later; a person's choice stands until the products change
UPDATE returns SET spu = '{C}' WHERE id = 6 RETURNING warehouse_id, basis;
UPDATE returns SET warehouse_id = 99 WHERE id = 6 RETURNING warehouse_id;
UPDATE returns SET state = 'old' WHERE id = 6 RETURNING warehouse_id;
UPDATE returns SET spu = '{A}' WHERE id = 6 RETURNING warehouse_id;
INSERT INTO returns (id, spu, state) VALUES (9, '{A}', 'draft');
UPDATE returns SET state = 'new' WHERE id = 9 RETURNING warehouse_id;
-- no warehouse, no such country
\set VERBOSITY default
INSERT INTO returns (id, spu, country) VALUES (10, '{A}', 'DE');
\set VERBOSITY terse
INSERT INTO returns (id, spu, country) VALUES (10, '{A}', 'FR');
SELECT aftersale.detach('returns');

-- the key as text; products by a function
CREATE TABLE lines (return_id int, spu text);
CREATE FUNCTION products_of(return_id int) RETURNS text[] LANGUAGE sql STABLE AS 'SELECT array_agg(l.spu) FROM erp_route.lines l WHERE l.return_id = products_of.return_id';
CREATE TABLE headers (id int PRIMARY KEY, shop text DEFAULT '735', ready boolean DEFAULT false, warehouse text);
SELECT aftersale.attach_return_warehouse('headers', '{"shop": "shop", "country": {"value": "US"}, "products": {"sql": "erp_route.products_of(id)"}, "warehouse": "warehouse"}', '{"when": "ready"}');
INSERT INTO headers (id) VALUES (1);
INSERT INTO lines VALUES (1, 'A'), (1, 'B');
UPDATE headers SET ready = true WHERE id = 1 RETURNING warehouse;
INSERT INTO lines VALUES (2, 'A');
INSERT INTO headers VALUES (2, 'x', true);

-- somebody else's table learns nothing of shops that he may not see
SET ROLE regress_clerk;
CREATE TABLE erp_route.spy (spu text[], warehouse text);
SELECT aftersale.attach_return_warehouse('erp_route.spy', '{"shop": {"value": 735}, "country": {"value": "US"}, "products": "spu", "warehouse": "warehouse"}');
INSERT INTO erp_route.spy VALUES ('{A}');
SELECT aftersale.detach('erp_route.spy');
-- ... and a writer without rights of his own is routed as the owner of the table is
SET ROLE regress_erp;
GRANT INSERT, SELECT ON headers TO regress_clerk;
GRANT EXECUTE ON FUNCTION products_of(int) TO regress_clerk;
GRANT SELECT ON lines TO regress_clerk;
INSERT INTO lines VALUES (3, 'C');
SET ROLE regress_clerk;
INSERT INTO erp_route.headers (id, ready) VALUES (3, true) RETURNING warehouse;
RESET ROLE;
SELECT aftersale.detach('erp_route.headers');
DROP SCHEMA erp_route CASCADE;
