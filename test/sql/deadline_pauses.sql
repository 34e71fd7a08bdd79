-- While the clock stands no time is lost: deadlines with pauses, computed anew
-- from all of them; and explanations whose steps add up.
SET ROLE regress_clerk;
SET search_path = pg_catalog;
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
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
CREATE FUNCTION pg_temp.office() RETURNS aftersale.business_calendar LANGUAGE sql IMMUTABLE AS
	$$SELECT 'zone Asia/Shanghai; mon-fri 09:00-12:00,13:00-18:00; off 2026-10-01..2026-10-08; on 2026-10-10 09:00-12:00'::aftersale.business_calendar$$;

-- Friday 2026-10-09, 10:00, office hours; the pauses are of that day unless a date is given
SELECT term, mode, pauses, to_char(aftersale.deadline('2026-10-09 10:00', term::aftersale.sla_term, pg_temp.office(), pauses::tstzrange[], mode), 'Dy DD HH24:MI') AS due
FROM (VALUES
	('4 business hours', 'working', '{}'),
	('4 business hours', 'working', '{"[2026-10-09 11:00,2026-10-09 12:00)"}'),
	('4 business hours', 'working', '{"[2026-10-09 11:30,2026-10-09 13:30)"}'),
	('4 business hours', 'working', '{"[2026-10-09 11:45,2026-10-09 12:00)","[2026-10-09 11:00,2026-10-09 11:50)"}'),
	('4 business hours', 'working', '{"[2026-10-09 15:00,2026-10-09 16:00)"}'),
	('4 business hours', 'working', '{"[2026-10-09 14:59,2026-10-09 15:59)","[2026-10-09 15:59,2026-10-09 16:59)"}'),
	('4 business hours', 'working', '{"[2026-10-09 18:00,2026-10-10 09:00)"}'),
	('4 business hours', 'working', '{"(,2026-10-09 11:00)"}'),
	('4 business hours', 'working', '{"[2026-10-09 15:00,)"}'),
	('4 business hours', 'working', '{empty,"[2026-10-09 14:00,2026-10-12 09:00)"}'),
	('4 business hours', 'wall', '{"[2026-10-09 12:00,2026-10-09 13:00)"}'),
	('1 business day', 'working', '{"[2026-10-09 11:00,2026-10-09 14:00)"}'),
	('1 business day', 'working', '{"[2026-10-09 17:00,2026-10-10 09:00)"}'),
	('1 business day', 'wall', '{"[2026-10-09 11:00,2026-10-09 14:00)"}'),
	('24 hours', 'wall', '{"[2026-10-09 11:00,2026-10-09 14:00)"}'),
	('24 hours', 'working', '{"[2026-10-09 11:00,2026-10-09 14:00)"}'),
	('2 days', 'wall', '{"[2026-10-09 11:00,2026-10-09 14:00)"}')) AS v(term, mode, pauses);
SELECT pg_temp.refusal(format('SELECT aftersale.deadline(''2026-10-09 10:00'', %L, pg_temp.office(), %L, %L)', term, pauses, mode))
FROM (VALUES ('4 business hours', '{"[2026-10-09 11:00,)"}', 'working'), ('4 business hours', '{"[2026-10-09 11:00,2026-10-09 12:00)","[2026-10-09 15:30,)"}', 'working'),
	('-4 business hours', '{"[2026-10-09 11:00,2026-10-09 12:00)"}', 'working'), ('-4 business hours', '{}', 'working'),
	('4 business hours', '{NULL}', 'working'), ('4 business hours', '{}', 'Working'), ('4 business hours', '{"[2026-10-09 11:00,3000-01-01)"}', 'wall'),
	('4 business hours', '{"[2026-10-09 11:00,2399-12-31)"}', 'wall')) AS v(term, pauses, mode);
-- recomputed, so the order and the cutting of pauses cannot matter: 3,000 random sets, in one piece, shuffled and cut in two
SELECT setseed(0.5);
WITH cases AS MATERIALIZED (
	SELECT n, timestamptz '2026-09-21 00:00' + random() * interval '20 days' AS start, n % 40 + 1 AS hours,
		ARRAY(SELECT tstzrange(p, p + random() * interval '30 hours') FROM (SELECT timestamptz '2026-09-21 00:00' + random() * interval '25 days' + n * interval '0' AS p FROM generate_series(1, 3)) AS q ORDER BY p) AS pauses
	FROM generate_series(1, 3000) AS n),
dues AS (
	SELECT cases.*, aftersale.deadline(start, term, c, pauses) AS due, aftersale.deadline(start, term, c, ARRAY[pauses[3], pauses[1], pauses[2]]) AS shuffled,
		aftersale.deadline(start, term, c, pauses || tstzrange(lower(pauses[2]), lower(pauses[2]) + (upper(pauses[2]) - lower(pauses[2])) / 2)) AS overlapping,
		aftersale.deadline(start, term, c) AS unpaused, c
	FROM cases, LATERAL (SELECT format('%s business hours', hours)::aftersale.sla_term AS term, pg_temp.office() AS c) AS t)
SELECT count(*) AS cases, count(*) FILTER (WHERE due > unpaused) > 500 AS many_postponed, bool_and(due = shuffled AND due = overlapping AND due >= unpaused) AS agree,
	bool_and(aftersale.business_elapsed(start, due, c) - coalesce((SELECT sum(aftersale.business_elapsed(lower(r), upper(r), c))
		FROM unnest((SELECT range_agg(p) FROM unnest(pauses) AS p) * tstzmultirange(tstzrange(start, due))) AS r), '0') = make_interval(hours => hours)) AS exact
FROM dues;

-- explained: in business hours, in business days, backwards, with pauses cut out, with pauses given back
SELECT * FROM aftersale.explain_deadline('2026-09-30 17:00', '6 business hours', pg_temp.office());
SELECT * FROM aftersale.explain_deadline('2026-09-30 17:00', '2 business days', pg_temp.office());
SELECT * FROM aftersale.explain_deadline('2026-10-10 13:00', '1 business day', 'zone Asia/Shanghai; mon-fri 00:00-24:00'::aftersale.business_calendar);
SELECT * FROM aftersale.explain_deadline('2026-10-10 13:00', '1 business day same time', 'zone Asia/Shanghai; mon-fri 00:00-24:00'::aftersale.business_calendar);
SELECT * FROM aftersale.explain_deadline('2026-10-11 19:00', '-2 business days', pg_temp.office());
SELECT * FROM aftersale.explain_deadline('2026-09-30 17:00', '6 business hours', pg_temp.office(), ARRAY[tstzrange('2026-09-30 17:30', '2026-10-09 10:00')]);
SELECT * FROM aftersale.explain_deadline('2026-09-30 17:00', '1 business day', pg_temp.office(), ARRAY[tstzrange('2026-09-30 17:30', '2026-10-09 10:00')]);
SELECT * FROM aftersale.explain_deadline('2026-09-30 17:00', '24 hours', pg_temp.office(), ARRAY[tstzrange('2026-09-30 17:30', '2026-10-01 10:00')], 'wall');
SELECT * FROM aftersale.explain_deadline('2026-09-30 17:00', '7 days', pg_temp.office());
SELECT count(*) AS none FROM aftersale.explain_deadline(NULL, '7 days', pg_temp.office());
-- steps have no gaps, begin and end where they must, and add up to the term
WITH cases AS MATERIALIZED (
	SELECT n, timestamptz '2026-09-01 00:00' + random() * interval '60 days' AS start, units.count, unit, calendar
	FROM generate_series(1, 400) AS n, LATERAL (SELECT (n * 7) % 31 - 10 AS count) AS units,
		unnest(ARRAY['business hours', 'business days', 'business days end of day', 'business days same time', 'hours', 'days']) AS unit,
		(VALUES (pg_temp.office()), ('zone Europe/Berlin; mon-fri 22:00-06:00; off 2026-10-05'::aftersale.business_calendar)) AS v(calendar)),
steps AS (
	SELECT c.*, s.*, aftersale.deadline(start, format('%s %s', count, unit)::aftersale.sla_term, calendar) AS due,
		lag(to_at) OVER w AS previous, row_number() OVER w AS place, count(*) OVER (PARTITION BY n, unit, calendar) AS places
	FROM cases AS c, aftersale.explain_deadline(start, format('%s %s', count, unit)::aftersale.sla_term, calendar) AS s
	WINDOW w AS (PARTITION BY n, unit, calendar ORDER BY step)),
sums AS (
	SELECT n, unit, calendar, min(count) AS count, min(least(start, due)) AS low, max(greatest(start, due)) AS high, min(from_at) AS first, max(to_at) AS last,
		bool_and(previous IS NULL OR previous = from_at) AS gapless, sum(counted) AS counted
	FROM steps GROUP BY n, unit, calendar)
SELECT count(*) AS explained, bool_and(gapless) AS gapless, bool_and(first = low AND last = high) AS from_start_to_due,
	bool_and(counted = CASE WHEN unit LIKE '%hours' THEN make_interval(hours => count) ELSE make_interval(days => count) END) AS adds_up
FROM sums;
