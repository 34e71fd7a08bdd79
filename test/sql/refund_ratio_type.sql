-- A refund ratio is a percentage from 5% to 100% and can be nothing else
-- (TEMU-28): in text, in binary, from a number, in an index.
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

-- text: canonical without needless zeros, and read back the same
SELECT text, text::aftersale.refund_ratio AS ratio
FROM unnest(ARRAY['5%', '100%', '30%', '30.0%', '30.00%', '12.5%', '99.99%', '5.01%', ' 30% ', '030%']) AS text;
SELECT count(*) AS ratios, bool_and(ratio::text::aftersale.refund_ratio OPERATOR(aftersale.=) ratio) AS round_trip,
	bool_and(ratio::text !~ '\.\d*0%$') AS canonical
FROM (SELECT (n / 10000.0)::aftersale.refund_ratio AS ratio FROM generate_series(500, 10000) AS n) AS every;

-- refused: another form is 22P02, out of range is 22003
SELECT quote_literal(text) AS text, pg_temp.refusal(format('SELECT %L::aftersale.refund_ratio', text))
FROM unnest(ARRAY['4.99%', '100.01%', '0%', '-30%', '99999999999999999999%',
	'5.001%', '30', '0.3', 'abc%', '', ' ', '%', 'NaN', 'NaN%', 'Infinity', '+30%', '30 %', '30%%', '30,5%', '.5%', '30.%', '1e1%',
	E'\uFF13\uFF10\uFF05', E'\uFF13\uFF10%', E'30\uFF05', E'\u00A030%']) AS text;
-- the whole text of each kind, as psql shows it
SELECT '3%'::aftersale.refund_ratio;
SELECT '30'::aftersale.refund_ratio;
SELECT E'\uFF13\uFF10\uFF05'::aftersale.refund_ratio;
SELECT NULL::aftersale.refund_ratio IS NULL AS null_stays_null;

-- PostgreSQL 16 and newer can ask without an error
DO $$
BEGIN
	IF current_setting('server_version_num')::int >= 160000 THEN
		ASSERT pg_input_is_valid('30%', 'aftersale.refund_ratio');
		ASSERT NOT pg_input_is_valid('3%', 'aftersale.refund_ratio');
		ASSERT NOT pg_input_is_valid('30', 'aftersale.refund_ratio');
	END IF;
END
$$;

-- numbers: a fraction, by an explicit cast only, never rounded
SELECT fraction, fraction::aftersale.refund_ratio AS ratio, fraction::aftersale.refund_ratio::numeric AS back
FROM unnest(ARRAY[0.05, 0.3, 0.30, 0.125, 0.9999, 1, 1.0000000]) AS fraction;
SELECT fraction, pg_temp.refusal(format('SELECT %L::numeric::aftersale.refund_ratio', fraction))
FROM unnest(ARRAY[0.0499, 1.0001, 0, -0.3, 5, 30, 0.05001, 0.333333333333333333333333, 1e30, 1e40, 'NaN', 'Infinity', '-Infinity']::numeric[]) AS fraction;
SELECT 30::numeric::aftersale.refund_ratio;
SELECT 0.12345::aftersale.refund_ratio;
SELECT aftersale.refund_ratio(0.3), aftersale.fraction('30%'), aftersale.fraction('12.55%'), aftersale.fraction('100%');
CREATE TEMPORARY TABLE offer (id int, ratio aftersale.refund_ratio);
SELECT statement, pg_temp.refusal(statement) FROM unnest(ARRAY[
	'INSERT INTO pg_temp.offer VALUES (1, 0.3)',
	'INSERT INTO pg_temp.offer VALUES (1, 30)',
	'INSERT INTO pg_temp.offer VALUES (1, ''30%'')']) AS statement;
TRUNCATE offer;

-- binary: four bytes of hundredths of a percent, as an int4 has; judged like text
SELECT ratio, aftersale.refund_ratio_send(ratio) FROM unnest(ARRAY['5%', '30%', '100%']::aftersale.refund_ratio[]) AS ratio;
CREATE TEMPORARY TABLE wire (id int, hundredths int);
INSERT INTO wire VALUES (1, 500), (2, 1250), (3, 10000);
\copy wire TO 'results/refund_ratio.bin' (FORMAT binary)
\copy offer FROM 'results/refund_ratio.bin' (FORMAT binary)
SELECT * FROM offer ORDER BY id;
\copy offer TO 'results/refund_ratio.bin' (FORMAT binary)
TRUNCATE wire;
\copy wire FROM 'results/refund_ratio.bin' (FORMAT binary)
SELECT * FROM wire ORDER BY id;
TRUNCATE offer;
-- an integer out of range, then one of eight and one of two bytes
\set VERBOSITY sqlstate
UPDATE wire SET hundredths = 499;
\copy wire TO 'results/refund_ratio.bin' (FORMAT binary)
\copy offer FROM 'results/refund_ratio.bin' (FORMAT binary)
UPDATE wire SET hundredths = -2147483648;
\copy wire TO 'results/refund_ratio.bin' (FORMAT binary)
\copy offer FROM 'results/refund_ratio.bin' (FORMAT binary)
\copy (SELECT 1, 3000::bigint) TO 'results/refund_ratio.bin' (FORMAT binary)
\copy offer FROM 'results/refund_ratio.bin' (FORMAT binary)
\copy (SELECT 1, 3000::smallint) TO 'results/refund_ratio.bin' (FORMAT binary)
\copy offer FROM 'results/refund_ratio.bin' (FORMAT binary)
\copy (SELECT 1, ''::bytea) TO 'results/refund_ratio.bin' (FORMAT binary)
\copy offer FROM 'results/refund_ratio.bin' (FORMAT binary)
\set VERBOSITY default
SELECT count(*) AS none_came_in FROM offer;

-- order: by size, not by text; comparisons say what they say of the fractions
SELECT string_agg(ratio::text, ' ' ORDER BY ratio) AS ascending, aftersale.min(ratio), aftersale.max(ratio)
FROM unnest(ARRAY['100%', '9%', '30%', '12.5%', NULL, '5%']::aftersale.refund_ratio[]) AS ratio;
SELECT aftersale.min(ratio) IS NULL AS min_of_none, aftersale.max(ratio) IS NULL AS max_of_none FROM offer;
WITH few AS (SELECT (n / 10000.0)::aftersale.refund_ratio AS ratio FROM generate_series(500, 10000, 475) AS n)
SELECT count(*) AS pairs,
	bool_and((a.ratio OPERATOR(aftersale.=) b.ratio) = (a.ratio::numeric = b.ratio::numeric)) AS eq,
	bool_and((a.ratio OPERATOR(aftersale.<>) b.ratio) = (a.ratio::numeric <> b.ratio::numeric)) AS ne,
	bool_and((a.ratio OPERATOR(aftersale.<) b.ratio) = (a.ratio::numeric < b.ratio::numeric)) AS lt,
	bool_and((a.ratio OPERATOR(aftersale.<=) b.ratio) = (a.ratio::numeric <= b.ratio::numeric)) AS le,
	bool_and((a.ratio OPERATOR(aftersale.>) b.ratio) = (a.ratio::numeric > b.ratio::numeric)) AS gt,
	bool_and((a.ratio OPERATOR(aftersale.>=) b.ratio) = (a.ratio::numeric >= b.ratio::numeric)) AS ge,
	bool_and(sign(aftersale.refund_ratio_cmp(a.ratio, b.ratio)) = sign(a.ratio::numeric - b.ratio::numeric)) AS cmp
FROM few AS a, few AS b;

-- indexes, hash and merge joins, hash partitions
INSERT INTO offer SELECT n, (n / 10000.0)::aftersale.refund_ratio FROM generate_series(500, 10000) AS n;
CREATE INDEX ON offer (ratio);
CREATE INDEX ON offer USING hash (ratio);
ANALYZE offer;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM offer WHERE ratio OPERATOR(aftersale.>=) '99.98%' ORDER BY ratio;
SELECT id FROM offer WHERE ratio OPERATOR(aftersale.>=) '99.98%' ORDER BY ratio;
DROP INDEX offer_ratio_idx;
EXPLAIN (COSTS OFF) SELECT id FROM offer WHERE ratio OPERATOR(aftersale.=) '30%';
SELECT id FROM offer WHERE ratio OPERATOR(aftersale.=) '30%';
SELECT count(*) AS hash_index_finds_all FROM offer AS a, LATERAL (SELECT FROM offer AS b WHERE b.ratio OPERATOR(aftersale.=) a.ratio) AS same;
RESET enable_seqscan;
RESET enable_bitmapscan;
SET enable_nestloop = off;
SET enable_mergejoin = off;
EXPLAIN (COSTS OFF) SELECT FROM offer AS a JOIN offer AS b ON a.ratio OPERATOR(aftersale.=) b.ratio;
SELECT count(*) AS hash_join FROM offer AS a JOIN offer AS b ON a.ratio OPERATOR(aftersale.=) b.ratio;
RESET enable_mergejoin;
SET enable_hashjoin = off;
SET work_mem = '4MB';
EXPLAIN (COSTS OFF) SELECT FROM offer AS a JOIN offer AS b ON a.ratio OPERATOR(aftersale.=) b.ratio;
SELECT count(*) AS merge_join FROM offer AS a JOIN offer AS b ON a.ratio OPERATOR(aftersale.=) b.ratio;
SELECT count(DISTINCT ratio) AS distinct_ratios FROM offer;
CREATE TEMPORARY TABLE parted (ratio aftersale.refund_ratio PRIMARY KEY) PARTITION BY HASH (ratio);
CREATE TEMPORARY TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMPORARY TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT ratio FROM offer;
SELECT tableoid::regclass::text AS partition, count(*) > 4000 AS about_half FROM parted GROUP BY 1 ORDER BY 1;
SELECT pg_temp.refusal('INSERT INTO pg_temp.parted VALUES (''30.00%'')') AS unique_is_by_value;

-- the operator classes are whole
SELECT opcname, amname, amvalidate(pg_opclass.oid) AS valid
FROM pg_opclass JOIN pg_am ON pg_am.oid = opcmethod
WHERE opcname = 'refund_ratio_ops' ORDER BY amname;
-- four bytes by value
SELECT typlen, typbyval, typalign FROM pg_type WHERE oid = 'aftersale.refund_ratio'::regtype;
