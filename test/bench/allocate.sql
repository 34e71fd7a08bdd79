-- What a split costs in C against the same split, largest remainder with ties
-- to the first, written in SQL.
CREATE TABLE orders AS
	SELECT n AS order_id, (n % 99999 + 1)::numeric / 100 AS total,
		(SELECT array_agg((n * k * 104729::bigint % 9973)::numeric / 100 + 0.01) FROM generate_series(1, 5) AS k) AS prices
	FROM generate_series(1, 20000) n;
CREATE FUNCTION allocate_in_sql(total numeric, weights numeric[]) RETURNS numeric[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT array_agg((given + (place <= total * 100 - sum_given)::int) / 100 ORDER BY line)
	FROM (
		SELECT line, given, sum(given) OVER () AS sum_given, row_number() OVER (ORDER BY share - given DESC, line) AS place
		FROM (
			SELECT line, share, trunc(share) AS given
			FROM (SELECT line, total * 100 * weight / sum(weight) OVER () AS share
				FROM unnest(weights) WITH ORDINALITY AS w (weight, line)) AS exact
		) AS rounded
	) AS placed
$$;
VACUUM ANALYZE orders;

SELECT count(*) AS orders, count(*) FILTER (WHERE aftersale.allocate(total, prices, 'USD') <> allocate_in_sql(total, prices)) AS different
FROM orders;
SELECT * FROM ratio('allocate() over 5 lines, 20,000 orders', 'the same in SQL',
	'SELECT count(aftersale.allocate(total, prices, ''USD'')) FROM orders',
	'SELECT count(allocate_in_sql(total, prices)) FROM orders');
