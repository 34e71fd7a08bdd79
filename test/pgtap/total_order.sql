-- The operators of each type are a total order, equal values hash equal, and
-- indexes say what scans of the table say: over triples of random values, equal ones
-- among them.
--	TRIPLES=n	how many for each type (20000)
--	SEED=n		what they are drawn from (1)
\getenv triples TRIPLES
\if :{?triples} \else \set triples 20000 \endif
\getenv seed SEED
\if :{?seed} \else \set seed 1 \endif
BEGIN;
CREATE EXTENSION amcheck;
SELECT plan(27);
SELECT diag('the seed is ' || :seed || ', triples: ' || :triples);

-- A number from 0 to below - 1, drawn by what it is for and the seed alone.
CREATE FUNCTION pg_temp.draw(purpose text, below int) RETURNS int LANGUAGE sql IMMUTABLE
RETURN ((hashtextextended(purpose, current_setting('test.seed')::bigint) % below + below) % below)::int;
SELECT set_config('test.seed', :'seed', true) \gset ignored_

CREATE FUNCTION pg_temp.refund_ratio(n text) RETURNS aftersale.refund_ratio LANGUAGE sql
RETURN ((500 + CASE pg_temp.draw(n || 'near', 2) WHEN 0 THEN pg_temp.draw(n, 20) ELSE pg_temp.draw(n, 9501) END) / 10000.0)::aftersale.refund_ratio;

-- the same term in different spellings among them
CREATE FUNCTION pg_temp.sla_term(n text) RETURNS aftersale.sla_term LANGUAGE sql
RETURN (CASE pg_temp.draw(n || 'far', 4) WHEN 0 THEN pg_temp.draw(n, 200001) - 100000 ELSE pg_temp.draw(n, 7) - 3 END
	* CASE pg_temp.draw(n || 'sixty', 3) WHEN 0 THEN 60 ELSE 1 END % 100001
	|| (ARRAY[' hours', ' MINUTES', ' days', ' business hours', ' business minutes', ' business days', ' business day end of day', ' business days  same time'])
		[1 + pg_temp.draw(n || 'unit', 8)])::aftersale.sla_term;

-- calendars that share beginnings, of one span and many, with and without dates
CREATE FUNCTION pg_temp.business_calendar(n text) RETURNS aftersale.business_calendar LANGUAGE sql
RETURN (format('zone %s; %s %s:00-%s:30', (ARRAY['UTC', 'Asia/Shanghai', 'Asia/Shanghai', 'Europe/Berlin', 'Pacific/Apia'])[1 + pg_temp.draw(n || 'zone', 5)],
		(ARRAY['mon-fri', 'MON-FRI', 'mon,wed', 'sat-sun', 'mon-sun'])[1 + pg_temp.draw(n || 'days', 5)],
		lpad((6 + pg_temp.draw(n || 'from', 3))::text, 2, '0'), 17 + pg_temp.draw(n || 'to', 3))
	|| (ARRAY['', ',20:00-21:00', ',12:00-12:01'])[CASE WHEN pg_temp.draw(n || 'spans', 6) = 1 THEN 2 ELSE 1 END]
	|| CASE pg_temp.draw(n || 'dates', 3) WHEN 0 THEN '' ELSE '; off ' || (SELECT string_agg((date '2026-01-01' + pg_temp.draw(n || i, 4) + 5 * i)::text, ',')
		FROM generate_series(0, pg_temp.draw(n || 'off', 12)) AS i) END
	|| (ARRAY['', '; known until 2026-12-31'])[1 + pg_temp.draw(n || 'known', 2)])::aftersale.business_calendar;

-- A draw of each costs, so triples are made of a pool of them.
CREATE FUNCTION pg_temp.check_type(type text, triples int) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	pool int := least(triples, 20000);
	compare regproc;
	hash regproc;
	hash_extended regproc;
	counts record;
	name text := 'aftersale.' || type;
BEGIN
	EXECUTE format('CREATE TEMP TABLE %I AS SELECT n, pg_temp.%1$I(''%1$s'' || n) AS v FROM generate_series(1, %s) AS n', type, pool);
	EXECUTE format('CREATE INDEX ON %I USING btree (v); CREATE INDEX ON %1$I USING hash (v); ANALYZE %1$I', type);
	SELECT p.amproc INTO STRICT compare FROM pg_opclass c JOIN pg_amproc p ON amprocfamily = opcfamily AND amproclefttype = opcintype AND amprocrighttype = opcintype
	WHERE opcintype = name::regtype AND opcdefault AND opcmethod = (SELECT oid FROM pg_am WHERE amname = 'btree') AND amprocnum = 1;
	SELECT min(p.amproc::oid) FILTER (WHERE amprocnum = 1)::regproc, min(p.amproc::oid) FILTER (WHERE amprocnum = 2)::regproc INTO STRICT hash, hash_extended
	FROM pg_opclass c JOIN pg_amproc p ON amprocfamily = opcfamily AND amproclefttype = opcintype
	WHERE opcintype = name::regtype AND opcdefault AND opcmethod = (SELECT oid FROM pg_am WHERE amname = 'hash');
	EXECUTE format($q$
		WITH drawn AS MATERIALIZED (
			SELECT 1 + (hashint8extended(i, seed) %% %2$s + %2$s) %% %2$s AS x, 1 + (hashint8extended(i, seed + 1) %% %2$s + %2$s) %% %2$s AS y, 1 + (hashint8extended(i, seed + 2) %% %2$s + %2$s) %% %2$s AS z
			FROM generate_series(1, %3$s) AS i, CAST(current_setting('test.seed') AS bigint) AS seed),
		triple AS (SELECT x.v AS a, y.v AS b, z.v AS c FROM drawn JOIN %1$I x ON x.n = drawn.x JOIN %1$I y ON y.n = drawn.y JOIN %1$I z ON z.n = drawn.z),
		told AS (SELECT *, sign(%4$s(a, b)) AS ab, sign(%4$s(b, c)) AS bc, sign(%4$s(a, c)) AS ac FROM triple)
		SELECT count(*) AS n, count(*) FILTER (WHERE ab = 0 OR bc = 0 OR ac = 0) AS equal,
			count(*) FILTER (WHERE (a < b) <> (ab < 0) OR (a <= b) <> (ab <= 0) OR (a = b) <> (ab = 0) OR (a <> b) <> (ab <> 0) OR (a >= b) <> (ab >= 0) OR (a > b) <> (ab > 0)) AS operators,
			count(*) FILTER (WHERE sign(%4$s(b, a)) <> -ab OR %4$s(a, a) <> 0) AS antisymmetric,
			count(*) FILTER (WHERE (ab <= 0 AND bc <= 0 AND ac > 0) OR (ab >= 0 AND bc >= 0 AND ac < 0) OR (ab = 0 AND ac <> bc)) AS transitive,
			count(*) FILTER (WHERE ab = 0 AND (%5$s(a) <> %5$s(b) OR %6$s(a, 0) <> %6$s(b, 0) OR %6$s(a, -77) <> %6$s(b, -77) OR a::text <> b::text)
				OR ab <> 0 AND a::text = b::text) AS hashes,
			count(*) FILTER (WHERE (%6$s(a, 0) & 4294967295) <> (%5$s(a)::bigint & 4294967295)) AS low_bits
		FROM told$q$, type, pool, triples, compare, hash, hash_extended) INTO counts;
	RETURN NEXT ok(counts.n = triples AND counts.equal > 0, format('%s: %s triples, %s with equal values', type, counts.n, counts.equal));
	RETURN NEXT is(counts.operators, 0::bigint, type || ': the operators say what the order of the index says');
	RETURN NEXT is(counts.antisymmetric, 0::bigint, type || ': the order is reflexive and antisymmetric');
	RETURN NEXT is(counts.transitive, 0::bigint, type || ': the order is transitive');
	RETURN NEXT is(counts.hashes, 0::bigint, type || ': what is equal hashes equal, with and without a seed, and reads the same, and nothing else does');
	RETURN NEXT is(counts.low_bits, 0::bigint, type || ': the hash with seed 0 has the bits of the hash without');
END
$$;

-- What an index answers and what a scan of the table answers.
CREATE FUNCTION pg_temp.answers(type text, index boolean, hashed boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	plan json;
	result text;
BEGIN
	PERFORM set_config('enable_seqscan', (NOT index)::text, true), set_config('enable_indexscan', index::text, true),
		set_config('enable_indexonlyscan', index::text, true), set_config('enable_bitmapscan', 'off', true),
		set_config('enable_sort', (NOT index)::text, true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('enable_material', 'off', true);
	EXECUTE format('EXPLAIN (FORMAT JSON) SELECT (SELECT count(*) FROM %I AS x WHERE x.v %s p.v) FROM %1$I AS p', type, CASE WHEN hashed THEN '=' ELSE '>' END) INTO plan;
	IF (plan::text LIKE '%Index%') <> index THEN
		RETURN format('the plan of %s with index %s is %s', type, index, plan);
	END IF;
	IF hashed THEN
		EXECUTE format('SELECT string_agg(p.n || '':'' || (SELECT count(*) || ''/'' || coalesce(sum(x.n), 0) FROM %I AS x WHERE x.v = p.v), '','' ORDER BY p.n) FROM %1$I AS p WHERE p.n %% 97 = 0', type) INTO result;
	ELSE
		EXECUTE format('SELECT string_agg(p.n || '':'' || (SELECT count(*) FROM %I AS x WHERE x.v > p.v) || ''/'' || (SELECT count(*) FROM %1$I AS x WHERE x.v <= p.v AND x.v >= ''%2$s''), '','' ORDER BY p.n)
			|| (SELECT md5(string_agg(v::text, '','')) FROM (SELECT v FROM %1$I ORDER BY v) AS o) FROM %1$I AS p WHERE p.n %% 997 = 0', type,
			CASE type WHEN 'refund_ratio' THEN '10%' WHEN 'sla_term' THEN '1 day' ELSE 'zone UTC; mon-fri 09:00-18:00' END) INTO result;
	END IF;
	RETURN result;
END
$$;

SET LOCAL search_path = pg_temp, aftersale, public, pg_catalog;
SELECT pg_temp.check_type(type, :triples) FROM unnest(ARRAY['refund_ratio', 'sla_term', 'business_calendar']) AS type;
SELECT lives_ok(format('SELECT bt_index_parent_check(%L, true, true)', type || '_v_idx'), type || ': amcheck finds nothing in a btree index')
FROM unnest(ARRAY['refund_ratio', 'sla_term', 'business_calendar']) AS type;
SELECT is(pg_temp.answers(type, true, false), pg_temp.answers(type, false, false), type || ': a btree index answers as a scan of the table does')
FROM unnest(ARRAY['refund_ratio', 'sla_term', 'business_calendar']) AS type;
DROP INDEX refund_ratio_v_idx, sla_term_v_idx, business_calendar_v_idx;
SELECT is(pg_temp.answers(type, true, true), pg_temp.answers(type, false, true), type || ': a hash index answers as a scan of the table does')
FROM unnest(ARRAY['refund_ratio', 'sla_term', 'business_calendar']) AS type;
SELECT * FROM finish();
ROLLBACK;
