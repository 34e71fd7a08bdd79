-- Routing of 1,000,000 returns of three lines, as a set, against the same join
-- and GROUP BY with count(*), against relational division in SQL; and one call
-- of return_warehouse() against prepared index look-ups.  Seeded by arithmetic:
-- 300,000 products, 20 warehouses, a million links.
CREATE TABLE product_link AS
SELECT p AS product, ARRAY[1 + p % 20, 1 + (p * 7 + 3) % 20, 1 + (p / 20) % 20]::bigint[] AS warehouses
FROM generate_series(1, 300000) AS p;
CREATE TABLE link AS SELECT DISTINCT product, w AS warehouse FROM product_link, unnest(warehouses) AS w;
CREATE TABLE line AS
SELECT r AS request, 1 + (r * 20 + 6000 * i * (r % 3)) % 300000 AS product
FROM generate_series(1, 1000000) AS r, generate_series(0, 2) AS i;
VACUUM ANALYZE product_link;
VACUUM ANALYZE link;
VACUUM ANALYZE line;
SET work_mem = '512MB';

SELECT * FROM ratio('common_warehouse(), 1M returns x 3 lines', 'the same join and GROUP BY, count(*)',
	'SELECT request, aftersale.common_warehouse(warehouses) FROM line JOIN product_link USING (product) GROUP BY request OFFSET 10000000',
	'SELECT request, count(*) FROM line JOIN product_link USING (product) GROUP BY request OFFSET 10000000');
SELECT * FROM ratio('common_warehouse(), 1M returns x 3 lines', 'relational division in SQL',
	'SELECT request, aftersale.common_warehouse(warehouses) FROM line JOIN product_link USING (product) GROUP BY request OFFSET 10000000',
	'SELECT request, array_agg(warehouse) FROM (
		SELECT l.request, k.warehouse FROM line l JOIN link k USING (product) GROUP BY l.request, k.warehouse HAVING count(*) = 3) AS d
	 GROUP BY request OFFSET 10000000');

-- one call, three products, a million links: as a client sees it
CREATE ROLE bench_routing;
SELECT aftersale.install(owner => 'bench_routing') \g /dev/null
INSERT INTO aftersale.calendar (name, calendar) VALUES ('bench', 'zone Etc/UTC; mon-sun 00:00-24:00');
INSERT INTO aftersale.shop (shop_id, platform, name) VALUES (1, 'temu', 'bench');
INSERT INTO aftersale.shop_country (shop_id, country, currency, calendar, time_zone) VALUES (1, 'US', 'USD', 'bench', 'Etc/UTC');
INSERT INTO aftersale.warehouse (shop_id, warehouse_id, external_ref) SELECT 1, w, w FROM generate_series(1, 20) AS w;
SELECT count(aftersale.set_warehouse(1, w::text, 'US', 'warehouse ' || w)) FROM generate_series(1, 20) AS w \g /dev/null
INSERT INTO aftersale.warehouse_product (shop_id, country, product, warehouse_id) SELECT 1, 'US', product, warehouse FROM link;
VACUUM ANALYZE aftersale.warehouse_product;
\! printf '%s\n' '\set p random(1, 299990)' "SELECT warehouse_id, basis, detail FROM aftersale.return_warehouse(1, 'US', ARRAY[(:p::int)::text, (:p::int + 1)::text, (:p::int + 2)::text]);" > call.pgbench
\! printf '%s\n' '\set p random(1, 299990)' '\set q random(1, 299990)' "SELECT warehouse_id FROM aftersale.warehouse_product WHERE shop_id = 1 AND country = 'US' AND product = (:p::int)::text;" "SELECT warehouse_id FROM aftersale.warehouse_product WHERE shop_id = 1 AND country = 'US' AND product = (:q::int)::text;" > lookups.pgbench
\setenv PGDATABASE :DBNAME
\! for round in 1 2 3 4 5; do for f in call lookups; do pgbench -n -M prepared -T 2 -f $f.pgbench 2>/dev/null | sed -n "s/^latency average = \(.*\) ms/$f \1/p"; done; done | awk '{ if (!($1 in best) || $2 < best[$1]) best[$1] = $2 } END { printf "return_warehouse(), one call: %.3f ms; two prepared index look-ups: %.3f ms; ratio %.2f\n", best["call"], best["lookups"], best["call"] / best["lookups"] }'
\! rm -f call.pgbench lookups.pgbench
DROP OWNED BY bench_routing CASCADE;
DROP ROLE bench_routing;
