-- Routing of 1,000,000 returns of three lines, as a set, against the same join
-- and GROUP BY with count(*), and against relational division in SQL.  Seeded by
-- arithmetic: 300,000 products, 20 warehouses, a million links.
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
