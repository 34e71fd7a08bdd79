-- common_warehouse(): what every item of a return is linked to; a product
-- without a link is not skipped (TEMU-42); the same in parallel.
SET search_path = pg_catalog;
CREATE TABLE public.routing_items (g int NOT NULL, w bigint[]);
GRANT SELECT ON public.routing_items TO regress_clerk;

-- seeded by arithmetic: NULL, empty, with repetitions, unsorted, 1 to 20 elements
INSERT INTO public.routing_items
SELECT g, CASE
	WHEN (g * 7 + i * 13) % 37 = 0 THEN NULL
	WHEN (g * 5 + i * 11) % 41 = 0 THEN '{}'
	ELSE (SELECT array_agg(1 + (g * 31 + i * 17 + k * k * 7) % 23)
		FROM generate_series(1, CASE WHEN g % 3 = 0 THEN 20 ELSE 1 + g % 5 + i * (g % 4) END) AS k)
	END
FROM generate_series(1, 20000) AS g, generate_series(1, 3) AS i;
ANALYZE public.routing_items;

SET ROLE regress_clerk;
SELECT item, aftersale.common_warehouse(w)
FROM (VALUES
	('one item', '{3,1,2}'::bigint[]),
	('in common', '{1,2,3}'), ('in common', '{3,2}'), ('in common', '{2,9,3}'),
	('nothing in common', '{1,2}'), ('nothing in common', '{3}'),
	('pairwise only', '{1,2}'), ('pairwise only', '{2,3}'), ('pairwise only', '{1,3}'),
	('NULL first', NULL), ('NULL first', '{1}'),
	('NULL last', '{1}'), ('NULL last', NULL),
	('empty array', '{1}'), ('empty array', '{}'),
	('NULL alone', NULL),
	('as a LEFT JOIN makes it', '{NULL}'), ('as a LEFT JOIN makes it', '{1}'),
	('NULL elements ignored', '{NULL,1,2}'), ('NULL elements ignored', '{2,NULL}'),
	('repeated', '{4,4,4}'), ('repeated', '{4,5,4}'),
	('two dimensions', '{{1,2},{3,4}}'), ('two dimensions', '{4,2}'),
	('other bounds', '[5:6]={7,8}'), ('other bounds', '{8}'),
	('far ends', '{9223372036854775807,-9223372036854775808}'), ('far ends', '{-9223372036854775808,0}'),
	('three of twenty bits', '{1048575,0,7}'), ('three of twenty bits', '{7,1048575,1048576}'),
	('of more bits', '{1048576,7,-1}'), ('of more bits', '{-1,1048576}'),
	('four', '{4,3,2,1}'), ('four', '{4,2}'),
	('of four two', '{1,2,2,1}'), ('of four two', '{2,1}'))
	AS items (item, w)
GROUP BY item ORDER BY item;
-- no rows are no return at all
SELECT aftersale.common_warehouse(w) IS NULL AS no_rows FROM public.routing_items WHERE g < 0;
SELECT aftersale.common_warehouse(w) FILTER (WHERE g < 0) IS NULL AS filtered FROM public.routing_items WHERE g = 1;
-- as a window, the result does not disturb the state
SELECT g, aftersale.common_warehouse(w) OVER (ORDER BY g) AS running
FROM (VALUES (1, '{1,2,3}'::bigint[]), (2, '{2,3}'), (3, '{3}'), (4, '{1}')) AS item (g, w);
-- an array that is stored compressed
SELECT aftersale.common_warehouse(w) FROM (
	SELECT array_agg(n) AS w FROM generate_series(1, 5000) AS n UNION ALL SELECT array_agg(n) FROM generate_series(4998, 9000) AS n) AS item;

-- against relational division
CREATE TEMP TABLE sample AS
SELECT g, row_number() OVER (PARTITION BY g) AS i, w FROM public.routing_items WHERE g <= 500;
CREATE TEMP TABLE expected AS
SELECT g, coalesce(array_agg(x ORDER BY x) FILTER (WHERE items = 3), '{}') AS common
FROM (SELECT g, x, count(DISTINCT i) AS items FROM sample LEFT JOIN LATERAL unnest(w) AS x ON true GROUP BY g, x) AS each
GROUP BY g;
SELECT count(*) AS returns, count(*) FILTER (WHERE expected.common = '{}') AS nothing_in_common,
	count(*) FILTER (WHERE cardinality(expected.common) > 1) AS several,
	count(*) FILTER (WHERE expected.common IS DISTINCT FROM ours.common) AS different
FROM expected FULL JOIN (SELECT g, aftersale.common_warehouse(w) AS common FROM sample GROUP BY g) AS ours USING (g);

-- workers hand over serialized states, which are combined; what the products
-- of a part have in common is known
RESET ROLE;
CREATE TABLE public.routing_parts AS
SELECT g % 40 AS part, array_append(w, 1000 + g % 40) AS w FROM public.routing_items WHERE w IS NOT NULL;
INSERT INTO public.routing_parts VALUES (7, NULL);
ANALYZE public.routing_parts;
GRANT SELECT ON public.routing_parts TO regress_clerk;
SET ROLE regress_clerk;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET min_parallel_table_scan_size = 0;
CREATE FUNCTION pg_temp.plan_has(statement text, pattern text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
		IF line ~ pattern THEN RETURN true; END IF;
	END LOOP;
	RETURN false;
END $$;
SELECT pg_temp.plan_has('SELECT part, aftersale.common_warehouse(w) FROM public.routing_parts GROUP BY part', 'Partial') AS in_parts;
SELECT common, count(*), min(part), max(part)
FROM (SELECT part, aftersale.common_warehouse(w) AS common FROM public.routing_parts GROUP BY part) AS parallel
WHERE common IS DISTINCT FROM ARRAY[1000 + part]::bigint[]
GROUP BY common;
RESET ROLE;
DROP TABLE public.routing_items, public.routing_parts;
