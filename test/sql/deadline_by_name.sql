-- By name: the calendar's row of aftersale.calendar, as it is now: after changes
-- of this session, after their rollback, in parallel plans, for anybody.
SET ROLE regress_erp;
SET search_path = pg_catalog;
SET timezone = 'UTC';
INSERT INTO aftersale.calendar (name, calendar) VALUES ('by name', 'zone UTC; mon-fri 00:00-24:00'), ('by name too', 'zone UTC; mon-sun 00:00-24:00');
SET ROLE regress_clerk;
-- 2026-10-09 is a Friday
SELECT aftersale.deadline('2026-10-09 18:00', '1 business day', 'by name') AS weekdays, aftersale.deadline('2026-10-09 18:00', '1 business day', 'by name too') AS every_day;
\set VERBOSITY default
SELECT aftersale.deadline('2026-10-09 18:00', '1 business day', 'BY NAME');
\set VERBOSITY sqlstate
SELECT aftersale.deadline('2026-10-09 18:00', '1 business day', '');
SELECT aftersale.deadline('2026-10-09 18:00', '1 business day', repeat(E'\u4E2D', 500));
\set VERBOSITY default
SELECT aftersale.deadline('2026-10-09 18:00', '1 business day', NULL::text) IS NULL AS null_in_null_out;

-- with pauses
SELECT aftersale.deadline('2026-10-09 18:00', '1 business day', 'by name', '{"[2026-10-12 00:00,2026-10-12 12:00)"}') AS paused;
SELECT aftersale.deadline('2026-10-09 18:00', '1 business day', 'by name', '{}', 'wall') AS never;
SELECT aftersale.deadline('2026-10-09 18:00', '1 business day', 'BY NAME', '{}');

-- a prepared statement and a function's cached expression follow changes and rollbacks
SET ROLE regress_erp;
PREPARE due AS SELECT aftersale.deadline('2026-10-09 18:00', '1 business day', 'by name');
CREATE FUNCTION pg_temp.due() RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
	RETURN aftersale.deadline('2026-10-09 18:00', '1 business day', 'by name');
END
$$;
EXECUTE due;
BEGIN;
UPDATE aftersale.calendar SET calendar = 'zone UTC; mon-fri 00:00-24:00; off 2026-10-12' WHERE name = 'by name';
EXECUTE due;
SELECT pg_temp.due();
SAVEPOINT s;
UPDATE aftersale.calendar SET calendar = 'zone UTC; mon-sun 00:00-24:00' WHERE name = 'by name';
EXECUTE due;
SELECT pg_temp.due();
ROLLBACK TO s;
EXECUTE due;
SELECT pg_temp.due();
DELETE FROM aftersale.calendar WHERE name = 'by name';
SAVEPOINT s;
\set VERBOSITY sqlstate
EXECUTE due;
\set VERBOSITY default
ROLLBACK;
EXECUTE due;
SELECT pg_temp.due();

-- within one statement the names may alternate
SELECT count(*) FILTER (WHERE due = '2026-10-12 18:00') AS weekdays, count(*) FILTER (WHERE due = '2026-10-10 18:00') AS every_day
FROM (SELECT aftersale.deadline('2026-10-09 18:00', '1 business day', CASE n % 2 WHEN 0 THEN 'by name' ELSE 'by name too' END) AS due
	FROM generate_series(1, 1000) AS n OFFSET 0) AS alternating;

-- parallel plans, leader and workers, for a caller who may not read the table
SET ROLE regress_clerk;
SELECT sum(extract(epoch FROM aftersale.deadline('2026-01-01'::timestamptz + oid::int % 10000 * interval '7 minutes', '5 business days', 'by name'))) AS alone FROM pg_proc \gset
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = on;
EXPLAIN (COSTS OFF) SELECT sum(extract(epoch FROM aftersale.deadline('2026-01-01'::timestamptz + oid::int % 10000 * interval '7 minutes', '5 business days', 'by name'))) FROM pg_proc;
SELECT sum(extract(epoch FROM aftersale.deadline('2026-01-01'::timestamptz + oid::int % 10000 * interval '7 minutes', '5 business days', 'by name'))) = :alone AS same FROM pg_proc;
-- and where this session has not loaded the calendar before it goes parallel
SET ROLE regress_erp;
UPDATE aftersale.calendar SET title = 'changed' WHERE name = 'by name';
SET ROLE regress_clerk;
SELECT sum(extract(epoch FROM aftersale.deadline('2026-01-01'::timestamptz + oid::int % 10000 * interval '7 minutes', '5 business days', 'by name'))) = :alone AS same FROM pg_proc;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- two thousand changes leave nothing behind
RESET ROLE;
DO $$
DECLARE
	before bigint;
	after bigint;
BEGIN
	FOR i IN 1..2000 LOOP
		UPDATE aftersale.calendar SET calendar = format('zone UTC; mon-fri 00:00-24:00; off 2026-10-%s', 12 + i % 5)::aftersale.business_calendar WHERE name = 'by name';
		PERFORM aftersale.deadline('2026-10-09 18:00', '1 business day', 'by name');
		IF i = 100 THEN
			SELECT sum(total_bytes) INTO before FROM pg_backend_memory_contexts WHERE name = 'aftersale calendars';
		END IF;
	END LOOP;
	SELECT sum(total_bytes) INTO after FROM pg_backend_memory_contexts WHERE name = 'aftersale calendars';
	RAISE NOTICE 'grown: %', after > before;
END
$$;
SELECT sum(total_bytes) / count(*) <= 3 * 256 * 1024 AS at_most_three_calendars FROM pg_backend_memory_contexts WHERE name = 'aftersale calendars';

DEALLOCATE due;
DELETE FROM aftersale.calendar WHERE name IN ('by name', 'by name too');
