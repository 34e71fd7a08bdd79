-- A split gives away the whole total and not a cent more, by largest remainder,
-- ties to the first; what cannot be split is refused.
SET ROLE regress_clerk;
SET search_path = pg_catalog;
-- What a statement is refused with: SQLSTATE and message; or "accepted".
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text;
	message text;
BEGIN
	EXECUTE statement;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
	RETURN state || ': ' || message;
END
$$;

SELECT total, weights, currency, aftersale.allocate(total, weights, currency) AS parts
FROM (VALUES
	(10.00, ARRAY[1, 1, 1]::numeric[], 'USD'),
	(0.02, '{1,1,1}', 'USD'),			-- ties go to the first
	(0.05, '{1,1,1,1,1,1}', 'USD'),
	(10, '{1,1,1}', 'JPY'),
	(10, '{1,1,1}', 'KWD'),
	(100, '{19.99,5.01,75}', 'USD'),	-- weights are amounts
	(50.00, '{19.99,5.01,75}', 'USD'),
	(0.01, '{19.99,5.01,75}', 'USD'),
	(-10.00, '{1,1,1}', 'USD'),			-- the absolute value, then the sign
	(-0.02, '{1,1,1}', 'USD'),
	(0, '{1,2}', 'USD'),
	(0, '{0,0}', 'USD'),				-- nothing to split
	(7, '{0,1,0,2}', 'JPY'),			-- weight 0 gets nothing
	(7, '{5}', 'JPY'),
	(1, '{0.000000000000000001,0.000000000000000002}', 'USD'),
	(1.000, '{1e10,2e10}', 'USD'),
	(99999999999999.99, '{1,1,1}', 'USD'),
	(1234567890123456789012345678.90, '{1,2}', 'USD'),
	(8, '[0:2]={1,1,1}', 'JPY')			-- the weights' own subscripts
) AS split (total, weights, currency);

-- whatever the weights, the parts add up and lie within a unit of their share
SELECT count(*) AS splits, count(*) FILTER (WHERE sum <> total) AS wrong_sum, count(*) FILTER (WHERE farthest >= 0.01) AS too_far,
	count(*) FILTER (WHERE least < 0) AS negative
FROM (
	SELECT total, sum(part) AS sum, min(part) AS least, max(abs(part - total * weight / weight_sum)) AS farthest
	FROM generate_series(1, 5000) AS n,
		LATERAL (SELECT (n * 7919 % 100003)::numeric / 100 AS total,
			(SELECT array_agg((n * k * 104729::bigint % 9973)::numeric / 100 + 0.01) FROM generate_series(1, 1 + n % 9) AS k) AS weights) AS input,
		LATERAL (SELECT sum(weight) AS weight_sum FROM unnest(weights) AS weight) AS whole,
		LATERAL unnest(weights, aftersale.allocate(total, weights, 'USD')) AS line (weight, part)
	GROUP BY n, total) AS checked;

SELECT aftersale.allocate(1000000, array_agg(1::numeric), 'JPY') = array_fill(10::numeric, ARRAY[100000]) AS a_hundred_thousand_parts
FROM generate_series(1, 100000);

-- refused
SELECT call, pg_temp.refusal('SELECT aftersale.allocate(' || call || ')') FROM unnest(ARRAY[
	'10.001, ARRAY[1,1], ''USD''',
	'10.5, ARRAY[1,1], ''JPY''',
	'''NaN'', ARRAY[1,1], ''USD''',
	'''-Infinity'', ARRAY[1,1], ''USD''',
	'1, ARRAY[]::numeric[], ''USD''',
	'0, ARRAY[]::numeric[], ''USD''',
	'1, ARRAY[1,NULL], ''USD''',
	'1, ARRAY[[1,2],[3,4]], ''USD''',
	'1, ARRAY[0,0], ''USD''',
	'1, ARRAY[1,-1], ''USD''',
	'1, ARRAY[1,''NaN''::numeric], ''USD''',
	'1, ARRAY[1,''Infinity''::numeric], ''USD''',
	'1, ARRAY[1,0.0000000000000000001], ''USD''',
	'1e37, ARRAY[1,1], ''USD''',
	'1e30, ARRAY[1e30,1], ''USD''',
	'1, ARRAY[1e38,1e38], ''USD''',
	'1, ARRAY[1,1], ''ZZZ''']) AS call;
-- the whole text of each kind
SELECT aftersale.allocate(10.001, ARRAY[1, 1], 'USD');
SELECT aftersale.allocate(1, ARRAY[1, NULL], 'USD');
SELECT aftersale.allocate(1, ARRAY[]::numeric[], 'USD');
SELECT aftersale.allocate(1, ARRAY[0, 0], 'USD');
SELECT aftersale.allocate(1, ARRAY[1, -1], 'USD');
SELECT aftersale.allocate(1e30, ARRAY[1e30, 1], 'USD');
-- NULL gives NULL
SELECT aftersale.allocate(NULL, ARRAY[1], 'USD') IS NULL AS total, aftersale.allocate(1, NULL, 'USD') IS NULL AS weights,
	aftersale.allocate(1, ARRAY[1], NULL) IS NULL AS currency;
