-- Four clocks, three landings: each rule of doc/reference/business_time.md by
-- an example whose result was worked out by hand.
SET ROLE regress_clerk;
SET search_path = pg_catalog;
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO';
CREATE FUNCTION pg_temp.due(start timestamptz, term text, calendar text) RETURNS text LANGUAGE sql AS $$
	SELECT to_char(aftersale.deadline(start, term::aftersale.sla_term, calendar::aftersale.business_calendar), 'Dy YYYY-MM-DD HH24:MI:SS.US')
$$;
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

-- whole working days; 2026-10-09 is a Friday, Monday the 12th is a holiday in the last column
SELECT to_char(start::timestamptz, 'Dy DD HH24:MI') AS start, term,
	pg_temp.due(start::timestamptz, term, 'zone Asia/Shanghai; mon-fri 00:00-24:00') AS due,
	pg_temp.due(start::timestamptz, term, 'zone Asia/Shanghai; mon-fri 00:00-24:00; off 2026-10-12') AS due_with_holiday
FROM (VALUES ('2026-10-09 18:00'), ('2026-10-10 10:00'), ('2026-10-12 00:00')) AS s(start),
	unnest(ARRAY['24 hours', '7 days', '1 business day', '2 business days', '1 business day end of day', '1 business day same time', '0 business days',
		'0 business days end of day', '0 business days same time', '-1 business day', '-1 business day end of day', '-1 business day same time',
		'24 business hours', '0 business hours', '-24 business hours']) AS term;

-- office hours with a break
SELECT to_char(start::timestamptz, 'Dy DD HH24:MI:SS.US') AS start, term,
	pg_temp.due(start::timestamptz, term, 'zone Asia/Shanghai; mon-thu 09:00-12:00,13:00-18:00; fri 10:00-11:00') AS due
FROM (VALUES ('2026-10-08 08:59:59.999999'), ('2026-10-08 09:00'), ('2026-10-08 12:00'), ('2026-10-08 12:30'), ('2026-10-08 17:59:59.999999'), ('2026-10-08 18:00'), ('2026-10-10 10:00')) AS s(start),
	unnest(ARRAY['1 business day', '2 business days', '1 business day end of day', '1 business day same time', '-1 business day', '8 business hours', '-8 business hours', '90 business minutes']) AS term;

-- a night shift belongs to the day on which it begins
SELECT to_char(start::timestamptz, 'Dy DD HH24:MI') AS start, term,
	pg_temp.due(start::timestamptz, term, 'zone Asia/Shanghai; mon-fri 22:00-06:00') AS due
FROM (VALUES ('2026-10-09 23:00'), ('2026-10-10 03:00'), ('2026-10-10 07:00')) AS s(start),
	unnest(ARRAY['1 business day', '1 business day end of day', '1 business day same time', '8 business hours', '-1 business day']) AS term;

-- make-up days, special hours, half days: China's National Day of 2026 as an example
SELECT to_char(start::timestamptz, 'Dy DD HH24:MI') AS start, term,
	pg_temp.due(start::timestamptz, term, 'zone Asia/Shanghai; mon-fri 09:00-18:00; off 2026-10-01..2026-10-08; on 2026-10-10 09:00-12:00') AS due
FROM (VALUES ('2026-09-30 17:00'), ('2026-10-09 17:00'), ('2026-10-10 11:30')) AS s(start),
	unnest(ARRAY['1 business day', '2 business days', '4 business hours']) AS term;

-- changes of the clock follow PostgreSQL's own rule. Berlin: 2026-03-29 02:00 is skipped, 2026-10-25 02:00 comes twice
SET timezone = 'Europe/Berlin';
SELECT start, term, aftersale.deadline(start::timestamptz, term::aftersale.sla_term, 'zone Europe/Berlin; mon-sun 00:00-24:00'::aftersale.business_calendar) AS due
FROM (VALUES ('2026-03-28 02:30+01', '1 day'), ('2026-03-28 02:30+01', '24 hours'), ('2026-03-28 02:30+01', '1 business day'), ('2026-03-28 12:00+01', '24 business hours'),
	('2026-10-24 02:30+02', '1 day'), ('2026-10-24 02:30+02', '24 hours'), ('2026-10-24 02:30+02', '1 business day'), ('2026-10-24 12:00+02', '24 business hours'),
	('2026-10-25 02:30+02', '1 day'), ('2026-10-25 02:30+01', '1 day')) AS v(start, term);
-- Havana: 2025-11-02 has two midnights, the day begins at the first. Sao Paulo: 2018-11-04 began at 01:00.
-- Apia: 2011-12-30 never was
SET timezone = 'UTC';
SELECT zone, start AT TIME ZONE zone AS local_start, term, due, due AT TIME ZONE zone AS local_due
FROM (VALUES ('America/Havana', timestamptz '2025-10-31 16:00+00', '1 business day end of day'), ('America/Havana', '2025-11-01 16:00+00', '1 business day end of day'),
	('America/Havana', '2025-11-02 04:30+00', '0 business hours'), ('America/Sao_Paulo', '2018-11-03 12:00+00', '0 business days end of day'),
	('America/Sao_Paulo', '2018-11-04 02:30+00', '1 business hour'), ('Pacific/Apia', '2011-12-29 22:00+00', '1 business day'), ('Pacific/Apia', '2011-12-29 22:00+00', '1 business day end of day'),
	('Australia/Lord_Howe', '2026-04-04 12:00+00', '24 business hours'), ('Asia/Kathmandu', '2026-04-04 12:00+00', '1 business day')) AS v(zone, start, term),
	LATERAL (SELECT aftersale.deadline(start, term::aftersale.sla_term, format('zone %s; mon-sun 00:00-24:00', zone)::aftersale.business_calendar) AS due) AS d;

-- natural days are PostgreSQL's own wall time arithmetic: some two hundred zones, from 2010 to 2027
SELECT count(*) > 100000 AS many, count(*) FILTER (WHERE due <> ((start AT TIME ZONE name) + make_interval(days => days)) AT TIME ZONE name) AS different
FROM pg_timezone_names AS z,
	LATERAL (SELECT timestamptz '2010-01-01 00:10+00' + n * interval '5 days 7 hours' AS start, n % 9 - 3 AS days FROM generate_series(0, 1200) AS n) AS s,
	LATERAL (SELECT aftersale.deadline(start, format('%s days', days)::aftersale.sla_term, format('zone %s; mon 00:00-24:00', name)::aftersale.business_calendar) AS due) AS d
WHERE name LIKE 'A%/%' AND name NOT LIKE 'America/A%';

-- bounds and refusals
SELECT pg_temp.refusal(format('SELECT aftersale.deadline(%L, %L, %L::aftersale.business_calendar)', start, term, calendar))
FROM (VALUES ('infinity', '1 day', 'zone UTC; mon 00:00-24:00'), ('-infinity', '1 hour', 'zone UTC; mon 00:00-24:00'), ('1799-12-31 00:00+00', '1 hour', 'zone UTC; mon 00:00-24:00'),
	('2400-01-01 00:00+00', '1 hour', 'zone UTC; mon 00:00-24:00'), ('2399-12-31 00:00+00', '2 days', 'zone UTC; mon 00:00-24:00'), ('2399-12-31 00:00+00', '1 business day', 'zone UTC; mon 00:00-24:00'),
	('2390-12-31 00:00+00', '100000 business days', 'zone UTC; mon 00:00-24:00'), ('1800-01-02 00:00+00', '-5 business days', 'zone UTC; mon 00:00-24:00'),
	('2026-01-01 00:00+00', '1 business day', 'zone UTC; on 2026-01-01 09:00-10:00'), ('2026-01-01 00:00+00', '61 business minutes', 'zone UTC; on 2026-01-01 09:00-10:00'),
	('2026-01-01 00:00+00', '60 business minutes', 'zone UTC; on 2026-01-01 09:00-10:00'), ('2026-01-02 00:00+00', '0 business hours', 'zone UTC; on 2026-01-01 09:00-10:00'),
	('2026-01-01 00:00+00', '-1 business hour', 'zone UTC; on 2026-01-01 09:00-10:00')) AS v(start, term, calendar);
SELECT aftersale.deadline(NULL, '1 day', 'zone UTC; mon 00:00-24:00'::aftersale.business_calendar) IS NULL
	AND aftersale.deadline(now(), NULL, 'zone UTC; mon 00:00-24:00'::aftersale.business_calendar) IS NULL
	AND aftersale.deadline(now(), '1 day', NULL::aftersale.business_calendar) IS NULL AS null_in_null_out;
-- far outside of the table of days, and across its edges, by the same rules
SELECT pg_temp.due('1900-01-01 12:00+00', '20000 business days', 'zone UTC; mon-fri 00:00-24:00') AS forwards,
	pg_temp.due('2390-06-07 12:00+00', '-100000 business days', 'zone UTC; mon-fri 00:00-24:00') AS backwards,
	pg_temp.due('1900-01-01 12:00+00', '240000 business hours', 'zone UTC; mon-sun 12:00-18:00') AS hours;

-- immutable by value: in a stored generated column and an index
CREATE TEMP TABLE ticket (opened timestamptz, due timestamptz GENERATED ALWAYS AS
	(aftersale.deadline(opened, '1 business day', 'zone Asia/Shanghai; mon-fri 00:00-24:00'::aftersale.business_calendar)) STORED);
CREATE INDEX ON ticket (aftersale.deadline(opened, '2 business days', 'zone Asia/Shanghai; mon-fri 00:00-24:00'::aftersale.business_calendar));
INSERT INTO ticket VALUES ('2026-10-09 18:00+08');
SELECT due AT TIME ZONE 'Asia/Shanghai' AS due FROM ticket;
-- the calendar as a column: one value after the other through the same call
SELECT string_agg((aftersale.deadline('2026-10-09 18:00+08', '1 business day', calendar) AT TIME ZONE 'Asia/Shanghai')::text, ', ' ORDER BY n)
FROM (SELECT n, format('zone Asia/Shanghai; mon-fri 00:00-24:00; off 2026-10-12..2026-10-%s', 12 + n)::aftersale.business_calendar AS calendar
	FROM generate_series(0, 3) AS n OFFSET 0) AS calendars;

-- measures
SELECT aftersale.business_elapsed('2026-10-09 17:00+08', '2026-10-12 10:00+08', c) AS elapsed, aftersale.business_elapsed('2026-10-12 10:00+08', '2026-10-09 17:00+08', c) AS back,
	aftersale.business_elapsed('2026-10-10 00:00+08', '2026-10-12 09:00+08', c) AS none, aftersale.business_days_between('2026-10-09 17:00+08', '2026-10-13 10:00+08', c) AS days,
	aftersale.business_days_between('2026-10-13 10:00+08', '2026-10-09 17:00+08', c) AS days_back,
	aftersale.is_business_time('2026-10-09 09:00+08', c) AS opening, aftersale.is_business_time('2026-10-09 18:00+08', c) AS closing,
	aftersale.next_business_time('2026-10-09 18:00+08', c) AT TIME ZONE 'Asia/Shanghai' AS next
FROM CAST('zone Asia/Shanghai; mon-fri 09:00-18:00' AS aftersale.business_calendar) AS c;
SELECT pg_temp.refusal($$SELECT aftersale.business_elapsed('-infinity', now(), 'zone UTC; mon 00:00-24:00'::aftersale.business_calendar)$$),
	pg_temp.refusal($$SELECT aftersale.next_business_time('2026-01-02', 'zone UTC; on 2026-01-01 00:00-24:00'::aftersale.business_calendar)$$);

-- when to warn: a term ahead, in working time
SELECT term, aftersale.warning_time('2026-10-12 10:00+08', term::aftersale.sla_term, c) AT TIME ZONE 'Asia/Shanghai' AS warning,
	aftersale.business_elapsed(aftersale.warning_time('2026-10-12 10:00+08', term::aftersale.sla_term, c), '2026-10-12 10:00+08', c) AS left
FROM CAST('zone Asia/Shanghai; mon-fri 09:00-18:00' AS aftersale.business_calendar) AS c,
	unnest(ARRAY['1 hour', '1 day', '1 business hour', '2 business hours', '1 business day', '0 business hours']) WITH ORDINALITY AS t(term, n) ORDER BY n;
SELECT pg_temp.refusal($$SELECT aftersale.warning_time('2026-10-12 10:00+08', '-1 hour', 'zone UTC; mon 00:00-24:00'::aftersale.business_calendar)$$),
	pg_temp.refusal($$SELECT aftersale.warning_time('infinity', '1 hour', 'zone UTC; mon 00:00-24:00'::aftersale.business_calendar)$$),
	pg_temp.refusal($$SELECT aftersale.warning_time('2026-01-02', '2 business days', 'zone UTC; on 2026-01-01 00:00-24:00'::aftersale.business_calendar)$$);

-- provisional: the answer rests on dates after "known until"
SELECT start, term, aftersale.deadline_is_provisional(start::timestamptz, term::aftersale.sla_term,
	'zone UTC; mon-fri 09:00-18:00; known until 2026-12-30'::aftersale.business_calendar) AS provisional
FROM (VALUES ('2026-12-29 12:00+00', '1 business day'), ('2026-12-29 12:00+00', '2 business days'), ('2026-12-30 09:00+00', '9 business hours'), ('2026-12-30 09:00+00', '541 business minutes'),
	('2026-12-30 09:00+00', '30 days'), ('2026-12-30 09:00+00', '800 hours'), ('2026-12-31 09:00+00', '-1 business day'), ('2026-12-30 09:00+00', '-1 business day')) AS v(start, term);
SELECT aftersale.deadline_is_provisional('2026-12-29', '100 business days', 'zone UTC; mon-fri 09:00-18:00'::aftersale.business_calendar) AS without_known_until;
