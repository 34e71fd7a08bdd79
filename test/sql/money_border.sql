-- Numbers cross into the kernel and back exactly, whatever form numeric stores
-- them in: an amount of one part comes back as it went in.
SET ROLE regress_clerk;
SET search_path = pg_catalog;

-- "long": with 100 decimals shown, which numeric stores under its long header
SELECT count(*) AS numbers, count(*) FILTER (WHERE part <> number OR part::text <> number::numeric(1000, 4)::text) AS changed,
	count(*) FILTER (WHERE part_of_long::text <> part::text) AS changed_long
FROM (
	SELECT number, (aftersale.allocate(number, ARRAY[1], 'CLF'))[1] AS part,
		(aftersale.allocate(number::numeric(1000, 100), ARRAY[1], 'CLF'))[1] AS part_of_long
	FROM unnest(ARRAY[1, -1]) AS sign, generate_series(0, 30) AS exponent, generate_series(0, 4) AS decimals,
		unnest(ARRAY[0, 1, 9, 10, 12, 99, 100, 1000, 1001, 9999, 10000, 10001, 99999999, 100000000, 120034005, 9223372036854775807]) AS digits,
		LATERAL (SELECT sign * (digits || repeat('0', exponent))::numeric / (10::numeric ^ decimals)::numeric(5) AS quotient) AS exact,
		LATERAL (SELECT trunc(quotient, 4) AS number) AS cut
	WHERE abs(number) < 1e33) AS crossed;

-- read from a table, with arrays compressed and toasted
CREATE TEMPORARY TABLE stored (number numeric, weights numeric[]);
INSERT INTO stored
	SELECT (n * 7919)::numeric / 100, (SELECT array_agg((n * k)::numeric / 100) FROM generate_series(1, 2000) AS k)
	FROM generate_series(1, 20) AS n;
INSERT INTO stored VALUES (12345678901234567890.25, ARRAY[1::numeric(1000, 900)]);
SELECT count(*) AS rows, count(*) FILTER (WHERE (SELECT sum(part) FROM unnest(aftersale.allocate(number, weights, 'USD')) AS part) <> number) AS changed
FROM stored;
