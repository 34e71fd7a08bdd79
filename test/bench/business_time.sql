-- Business time: what a deadline costs against a trivial function of C, against
-- SQL, plpgsql and numpy, and against itself with other terms.  1M random starts
-- over ten years, 30 holidays a year.  Ratios are of processor time, which other
-- work on the machine disturbs least; each is the best of several runs in turn.
-- (The kernel counts it by the tick of some milliseconds, hence the repeats.)
SET search_path = public, aftersale;
SET timezone = 'UTC';
CREATE FUNCTION cpu_ms() RETURNS float8 LANGUAGE sql VOLATILE AS
	$$SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1e6$$;
CREATE FUNCTION cpu_ratio(what text, statement text, against text, baseline_statement text, its_bar text, rows bigint DEFAULT 1000000, baseline_rows bigint DEFAULT 1000000, rounds int DEFAULT 9,
	repeats int DEFAULT 5, 
	OUT measured text, OUT "ns a row" numeric, OUT baseline text, OUT "its ns a row" numeric, OUT ratio numeric, OUT bar text)
LANGUAGE plpgsql AS $$
DECLARE
	started float8;
	mine float8 := 'Infinity';
	theirs float8 := 'Infinity';
BEGIN
	FOR round IN 1..cpu_ratio.rounds LOOP
		started := cpu_ms();
		FOR n IN 1..repeats LOOP
			EXECUTE statement;
		END LOOP;
		mine := least(mine, (cpu_ms() - started) / repeats);
		started := cpu_ms();
		FOR n IN 1..repeats LOOP
			EXECUTE baseline_statement;
		END LOOP;
		theirs := least(theirs, (cpu_ms() - started) / repeats);
	END LOOP;
	measured := what;
	"ns a row" := (mine * 1e6 / rows)::numeric(12, 1);
	baseline := against;
	"its ns a row" := (theirs * 1e6 / baseline_rows)::numeric(12, 1);
	ratio := ((mine / rows) / nullif(theirs / baseline_rows, 0))::numeric(12, 2);
	bar := its_bar;
END $$;
CREATE FUNCTION calendar_of(zone text, week text) RETURNS business_calendar LANGUAGE sql AS $$
	SELECT format('zone %s; %s; off %s', zone, week, string_agg((date '2020-01-01' + n * 12)::text, ','))::business_calendar FROM generate_series(0, 303) AS n
$$;
SELECT setseed(0.5) \g /dev/null
CREATE UNLOGGED TABLE start AS SELECT timestamptz '2020-01-01' + random() * interval '10 years' AS at FROM generate_series(1, 1000000);
VACUUM ANALYZE start;
CREATE UNLOGGED TABLE few AS SELECT at FROM start LIMIT 20000;
VACUUM ANALYZE few;
CREATE TABLE made AS SELECT name, calendar_of(zone, week) AS calendar FROM (VALUES ('Berlin', 'Europe/Berlin', 'mon-fri 00:00-24:00'), ('Shanghai', 'Asia/Shanghai', 'mon-fri 00:00-24:00'),
	('Berlin office', 'Europe/Berlin', 'mon-fri 09:00-18:00'), ('Shanghai office', 'Asia/Shanghai', 'mon-fri 09:00-18:00'), ('Berlin break', 'Europe/Berlin', 'mon-fri 09:00-12:00,13:00-18:00')) AS v(name, zone, week);
CREATE ROLE bench_business_time;
SELECT install(owner => 'bench_business_time') \g /dev/null
INSERT INTO calendar (name, calendar) SELECT name, made.calendar FROM made;
CREATE FUNCTION by_value(term text, name text) RETURNS text LANGUAGE sql AS
	$$SELECT format('SELECT count(deadline(at, %L, %L::business_calendar)) FROM start', term, (SELECT calendar FROM made WHERE made.name = by_value.name))$$;
CREATE FUNCTION by_name(term text, name text) RETURNS text LANGUAGE sql AS
	$$SELECT format('SELECT count(deadline(at, %L, %L)) FROM start', term, name)$$;

\echo against a trivial function of C
SELECT r.* FROM (VALUES (1, '5 business days', 'Berlin', '1.25'), (2, '5 business days', 'Shanghai', '1.25'), (3, '5 business days', 'Berlin office', '1.25'), (4, '5 business days', 'Berlin break', ''),
	(5, '8 business hours', 'Berlin office', '1.80'), (6, '8 business hours', 'Shanghai office', '1.80'), (7, '8 business hours', 'Berlin break', '1.80')) AS v(n, term, name, bar),
	LATERAL cpu_ratio(term || ', ' || name || ', constant', by_value(term, name), 'timestamptz_larger(at, at)', 'SELECT count(timestamptz_larger(at, at)) FROM start', bar) AS r ORDER BY n;
SELECT r.* FROM (VALUES (1, '5 business days', 'Berlin', '1.40'), (2, '5 business days', 'Shanghai', '1.40'), (3, '8 business hours', 'Berlin office', '')) AS v(n, term, name, bar),
	LATERAL cpu_ratio(term || ', ' || name || ', by name', by_name(term, name), 'timestamptz_larger(at, at)', 'SELECT count(timestamptz_larger(at, at)) FROM start', bar) AS r ORDER BY n;

\echo whatever the length
SELECT r.* FROM (VALUES (1, '250 business days', '1 business day', 'Berlin', '1.10'), (2, '2000 business hours', '8 business hours', 'Berlin office', '1.15'), (3, '2000 business hours', '8 business hours', 'Berlin break', '1.15'))
	AS v(n, long, short, name, bar), LATERAL cpu_ratio(long || ', ' || name, by_value(long, name), short, by_value(short, name), bar) AS r ORDER BY n;

-- the best pure SQL that we know: every date with its place among the working days, joined twice by hash
CREATE TABLE every_day (day date PRIMARY KEY, works boolean NOT NULL, rank int NOT NULL);
INSERT INTO every_day SELECT day, works, count(*) FILTER (WHERE works) OVER (ORDER BY day) + CASE WHEN works THEN 0 ELSE 1 END
FROM (SELECT day, extract(isodow FROM day) < 6 AND day NOT IN (SELECT date '2020-01-01' + n * 12 FROM generate_series(0, 303) AS n) AS works
	FROM (SELECT date '2019-12-01' + n AS day FROM generate_series(0, 4500) AS n) AS d) AS w;
CREATE TABLE working_day AS SELECT rank, day FROM every_day WHERE works;
VACUUM ANALYZE every_day;
VACUUM ANALYZE working_day;
CREATE VIEW deadline_in_sql AS
	SELECT at, (later.day + CASE WHEN f.works THEN wall::time ELSE time '00:00' END) AT TIME ZONE 'Europe/Berlin' AS due
	FROM (SELECT at, at AT TIME ZONE 'Europe/Berlin' AS wall FROM start) AS s JOIN every_day AS f ON f.day = wall::date JOIN working_day AS later ON later.rank = f.rank + 5;
CREATE TABLE holiday_of_berlin AS SELECT date '2020-01-01' + n * 12 AS day FROM generate_series(0, 303) AS n;
CREATE UNIQUE INDEX ON holiday_of_berlin (day);
ANALYZE holiday_of_berlin;
CREATE FUNCTION deadline_in_plpgsql(at timestamptz, days int) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
	wall timestamp := at AT TIME ZONE 'Europe/Berlin';
	tried date := wall;
	counted int := -1;
BEGIN
	LOOP
		IF extract(isodow FROM tried) < 6 AND NOT EXISTS (SELECT FROM holiday_of_berlin AS h WHERE h.day = tried) THEN
			counted := counted + 1;
			EXIT WHEN counted = days;
		ELSIF counted < 0 THEN
			wall := (tried + 1)::timestamp;
		END IF;
		tried := tried + 1;
	END LOOP;
	RETURN (tried + wall::time) AT TIME ZONE 'Europe/Berlin';
END $$;
\echo the baselines compute the same (differing rows)
SELECT (SELECT count(*) FROM deadline_in_sql WHERE due IS DISTINCT FROM deadline(at, '5 business days', 'Berlin')) AS sql,
	(SELECT count(*) FROM few WHERE deadline_in_plpgsql(at, 5) IS DISTINCT FROM deadline(at, '5 business days', 'Berlin')) AS plpgsql, (SELECT count(*) FROM deadline_in_sql) AS of;
\echo slower than the function, times
SELECT r.* FROM (VALUES (1, 'pure SQL, 5 business days', 'SELECT count(due) FROM deadline_in_sql', '>= 15'), (2, 'plpgsql loop, 5 business days', 'SELECT count(deadline_in_plpgsql(at, 5)) FROM few', '>= 150'),
	(3, 'plpgsql loop, 250 business days', 'SELECT count(deadline_in_plpgsql(at, 250)) FROM (SELECT at FROM few LIMIT 2000) AS f', '>= 150')) AS v(n, what, statement, bar),
	LATERAL cpu_ratio(what, statement, 'deadline(), Berlin', by_value('5 business days', 'Berlin'), bar, CASE n WHEN 1 THEN 1000000 WHEN 2 THEN 20000 ELSE 2000 END, rounds => 2, repeats => 1) AS r ORDER BY n;

\echo against numpy (nanoseconds a row; NULL where python3-numpy is missing)
\set numpy_5 `/usr/bin/python3 test/bench/business_time_numpy.py 5 2>/dev/null || echo NULL`
\set numpy_60 `/usr/bin/python3 test/bench/business_time_numpy.py 60 2>/dev/null || echo NULL`
SELECT days AS "business days", numpy AS "numpy busday_offset", (deadline.ns - scan.ns)::numeric(12, 1) AS "deadline(), without the scan", deadline.ns AS "with the scan"
FROM (VALUES (5, :numpy_5::numeric), (60, :numpy_60::numeric)) AS v(days, numpy),
	LATERAL (SELECT "ns a row" AS ns FROM cpu_ratio('', by_value(days || ' business days', 'Shanghai'), '', 'SELECT 1', '')) AS deadline,
	LATERAL (SELECT "ns a row" AS ns FROM cpu_ratio('', 'SELECT count(at) FROM start', '', 'SELECT 1', '')) AS scan;

\echo the first call of a new connection (milliseconds, wall clock), and its memory (bytes; at most 262144)
SELECT format('SELECT deadline(now(), ''5 business days'', %L::business_calendar)', calendar) AS by_value FROM made WHERE name = 'Berlin office' \gset
\c
SET search_path = public, aftersale;
CREATE FUNCTION pg_temp.ms(statement text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
	started timestamptz := clock_timestamp();
BEGIN
	EXECUTE statement;
	RETURN (1000 * extract(epoch FROM clock_timestamp() - started))::numeric(12, 2);
END $$;
SELECT pg_temp.ms('SELECT 1') AS "SELECT 1", pg_temp.ms(:'by_value') AS "by value, first", pg_temp.ms(:'by_value') AS "by value, second";
\c
SET search_path = public, aftersale;
CREATE FUNCTION pg_temp.ms(statement text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
	started timestamptz := clock_timestamp();
BEGIN
	EXECUTE statement;
	RETURN (1000 * extract(epoch FROM clock_timestamp() - started))::numeric(12, 2);
END $$;
SELECT pg_temp.ms('SELECT 1') AS "SELECT 1", pg_temp.ms('SELECT deadline(now(), ''5 business days'', ''Berlin'')') AS "by name, first",
	pg_temp.ms('SELECT deadline(now(), ''5 business days'', ''Shanghai'')') AS "the next name", pg_temp.ms('SELECT deadline(now(), ''5 business days'', ''Berlin'')') AS "again";
SELECT sum(total_bytes) / 2 AS "bytes a calendar" FROM pg_backend_memory_contexts WHERE name = 'aftersale calendars';
SET client_min_messages = warning;
DROP SCHEMA aftersale CASCADE;
DROP ROLE bench_business_time;
