-- A business calendar is a value with one canonical text: the same rules, the
-- same text and the same bytes; what cannot be is refused, with its place.
SET ROLE regress_clerk;
SET search_path = pg_catalog;
-- What a statement is refused with: SQLSTATE, message and detail; or "accepted".
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text;
	message text;
	detail text;
BEGIN
	EXECUTE statement;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	RETURN state || ': ' || CASE WHEN message LIKE 'invalid input syntax%' THEN detail ELSE message || ' | ' || detail END;
END
$$;

-- canonical text
\pset format unaligned
\pset tuples_only on
SELECT text::aftersale.business_calendar
FROM unnest(ARRAY[
	'zone Asia/Shanghai; mon-fri 09:00-12:00,13:00-18:00; off 2026-10-01..2026-10-08; on 2026-10-10 09:00-18:00; known until 2026-12-31',
	'zone asia/shanghai; mon-fri 00:00-24:00',
	'known until 2026-12-31 ;ON 2026-10-10 09:00 - 18:00;off 2026-10-01 .. 2026-10-04, 2026-10-05..2026-10-08; FRI,mon-thu 13:00-18:00,09:00-12:00;zone Asia/Shanghai;',
	'zone UTC; sat-mon 09:00-10:00; wed 09:00-10:00; tue 08:00-10:00',
	'zone UTC; mon 09:00-12:00,12:00-18:00; tue 13:00-14:00,12:00-13:00,14:00-15:00',
	'zone UTC; fri-sat 22:00-06:00; sun 22:00-24:00',
	'zone UTC; mon-sun 00:00-24:00; off 2026-01-01,2026-01-02,2026-01-02..2026-01-05,2026-02-01; on 2026-03-01,2026-03-02 09:00-10:00; on 2026-03-03 09:00-10:00; on 2026-02-03 10:00-11:00',
	'zone America/Argentina/Buenos_Aires; mon 00:00-00:30,23:30-24:00',
	'zone UTC; on 2026-02-03 10:00-11:00',
	'zone Etc/GMT-8; mon 09:00-10:00; off 1900-01-01,2399-12-31',
	'zone EST5EDT; mon 09:00-10:00']) AS text;
\pset format aligned
\pset tuples_only off

-- refused
SELECT text, pg_temp.refusal(format('SELECT %L::aftersale.business_calendar', text)) FROM unnest(ARRAY[
	'', ' ', ';', 'zone', 'mon 09:00-10:00', 'zone UTC', 'zone UTC; off 2026-01-01', 'zone UTC mon 09:00-10:00', 'zone UTC; mon',
	'zone UTC; mon 9:00-10:00', 'zone UTC; mon 09:00', 'zone UTC; mon 09:00-25:00', 'zone UTC; mon 09:00-24:01', 'zone UTC; mon 24:00-10:00',
	'zone UTC; mon 09:00-09:00', 'zone UTC; mon 09:60-10:00', 'zone UTC; mon 09:00-10:00:00', 'zone UTC; mon 09:00-10:00,09:30-11:00',
	'zone UTC; mon 09:00-10:00,', 'zone UTC; mon 09:00-10:00; mon 11:00-12:00', 'zone UTC; mon-wed,tue 09:00-10:00', 'zone UTC; day 09:00-10:00',
	'zone UTC; mon 22:00-06:00; tue 05:00-09:00', 'zone UTC; mon 20:00-21:00,09:00-08:00', 'zone UTC; mon 18:00-13:00,13:00-18:00', 'zone UTC; mon-sun 09:00-10:00; on 2026-01-01 22:00-10:00',
	'zone UTC; zone UTC; mon 09:00-10:00', 'zone Mars/Base; mon 09:00-10:00', 'zone UTC+8; mon 09:00-10:00', 'zone +08:00; mon 09:00-10:00',
	'zone Asia/Shanghai8; mon 09:00-10:00', 'zone UTC; mon 09:00-10:00; off 2026-02-29', 'zone UTC; mon 09:00-10:00; off 2026-2-1',
	'zone UTC; mon 09:00-10:00; off 1899-12-31', 'zone UTC; mon 09:00-10:00; off 2400-01-01', 'zone UTC; mon 09:00-10:00; off 2026-01-02..2026-01-01',
	'zone UTC; mon 09:00-10:00; off 2026-01-02; on 2026-01-02 09:00-10:00', 'zone UTC; mon 09:00-10:00; on 2026-01-02',
	'zone UTC; mon 09:00-10:00; known 2026-01-02', 'zone UTC; mon 09:00-10:00; known until never',
	'zone UTC; mon 09:00-10:00; known until 2026-01-01; known until 2026-01-02', 'zone UTC; mon 09:00-10:00 x', E'zone UTC; m\u00F6n 09:00-10:00',
	'zone UTC; mon ' || repeat('09:00-10:00,', 3), 'zone ' || repeat('x', 64) || '; mon 09:00-10:00']) AS text;
-- the whole text, as psql shows it: the place is counted in characters
SELECT E'zone UTC; mon 09:00-10:00; \u4E2D\u56FD 09:00-10:00'::aftersale.business_calendar;
SELECT 'zone UTC+8; mon 09:00-10:00'::aftersale.business_calendar;
SELECT 'zone UTC; off 2026-01-01'::aftersale.business_calendar;
DO $$
BEGIN
	IF current_setting('server_version_num')::int >= 160000 THEN
		ASSERT (SELECT NOT pg_input_is_valid('zone UTC', 'aftersale.business_calendar')
			AND pg_input_is_valid('zone UTC; mon 09:00-10:00', 'aftersale.business_calendar'));
	END IF;
END
$$;

-- the same rules are the same value: equal, same hash, same bytes
CREATE TEMP TABLE pair AS SELECT a::aftersale.business_calendar AS a, b::aftersale.business_calendar AS b FROM (VALUES
	('zone UTC; mon-fri 09:00-18:00; off 2026-01-01..2026-01-03', 'ZONE utc; off 2026-01-02,2026-01-01,2026-01-03; tue-fri 09:00-12:00,12:00-18:00; mon 09:00-18:00'),
	('zone UTC; mon 09:00-18:00; on 2026-01-01 10:00-11:00', 'zone UTC; on 2026-01-01 10:00-11:00; mon 09:00-18:00')) AS v(a, b);
SELECT a OPERATOR(aftersale.=) b AS equal, a::text = b::text AS same_text,
	aftersale.business_calendar_send(a) = aftersale.business_calendar_send(b) AS same_bytes,
	aftersale.business_calendar_hash(a) = aftersale.business_calendar_hash(b) AS same_hash,
	aftersale.business_calendar_hash_extended(a, 3) = aftersale.business_calendar_hash_extended(b, 3) AS same_seeded,
	aftersale.business_calendar_cmp(a, b) AS cmp FROM pair;
-- order, unique index, grouping
CREATE TEMP TABLE shelf (calendar aftersale.business_calendar PRIMARY KEY);
INSERT INTO shelf SELECT format('zone UTC; mon-fri 09:00-%s:00', h)::aftersale.business_calendar FROM generate_series(10, 19) AS h;
SELECT pg_temp.refusal($$INSERT INTO pg_temp.shelf VALUES ('zone utc; mon-thu,fri 09:00-10:00')$$);
SELECT count(*) AS pairs, count(*) FILTER (WHERE a.calendar OPERATOR(aftersale.<) b.calendar) AS smaller,
	bool_and((a.calendar OPERATOR(aftersale.<=) b.calendar) = NOT (a.calendar OPERATOR(aftersale.>) b.calendar)) AS le_agrees,
	bool_and((a.calendar OPERATOR(aftersale.>=) b.calendar) = NOT (a.calendar OPERATOR(aftersale.<) b.calendar)) AS ge_agrees,
	bool_and((a.calendar OPERATOR(aftersale.<>) b.calendar) = NOT (a.calendar OPERATOR(aftersale.=) b.calendar)) AS ne_agrees
FROM shelf AS a, shelf AS b;

-- ten years of holidays, thirty a year, none adjacent: below 2 kB
SELECT pg_column_size(c) < 2048 AS below_2_kB, length(c::text) AS characters, c::text::aftersale.business_calendar OPERATOR(aftersale.=) c AS round_trip
FROM (SELECT ('zone Asia/Shanghai; mon-fri 09:00-12:00,13:00-18:00; off ' || string_agg(to_char(date '2020-01-01' + n * 12, 'YYYY-MM-DD'), ','))
	::aftersale.business_calendar AS c FROM generate_series(0, 299) AS n) AS big;

-- JSON, both ways
SELECT jsonb_pretty(c::aftersale.business_calendar::jsonb) FROM (VALUES
	('zone Asia/Shanghai; mon-tue 09:00-12:00,13:00-18:00; sat 22:00-06:00; off 2026-10-01..2026-10-08; on 2026-10-10,2026-10-12..2026-10-13 09:00-18:00; known until 2026-12-31')) AS v(c);
SELECT c::aftersale.business_calendar::jsonb::aftersale.business_calendar OPERATOR(aftersale.=) c::aftersale.business_calendar AS round_trip FROM (VALUES
	('zone Asia/Shanghai; mon-tue 09:00-12:00,13:00-18:00; sat 22:00-06:00; off 2026-10-01..2026-10-08; on 2026-10-10,2026-10-12..2026-10-13 09:00-18:00; known until 2026-12-31'),
	('zone UTC; mon 09:00-10:00'), ('zone UTC; on 2026-01-01 09:00-10:00')) AS v(c);
SELECT jsonb '"zone UTC; mon 09:00-10:00"'::aftersale.business_calendar AS from_string,
	jsonb '{"zone": "UTC", "week": {"mon": ["09:00-10:00"], "tue": []}, "off": [], "on": {"2026-01-01": []}}'::aftersale.business_calendar AS from_object;
SELECT json, pg_temp.refusal(format('SELECT %L::jsonb::aftersale.business_calendar', json)) FROM unnest(ARRAY[
	'{}', '[]', '7', '{"zone": "UTC"}', '{"zone": 1}', '{"zone": "UTC", "weeks": {}}', '{"zone": "UTC", "week": []}', '{"zone": "UTC", "week": {"mon": "09:00-10:00"}}',
	'{"zone": "UTC", "week": {"monday": ["09:00-10:00"]}}', '{"zone": "UTC", "week": {"mon": ["9-10"]}}', '{"zone": "UTC", "week": {"mon": ["09:00-10:00"]}, "off": "2026-01-01"}',
	'{"zone": "UTC", "on": {"2026-01-01": {}}}', '{"zone": "UTC", "week": {"mon": ["09:00-10:00"]}, "known_until": 2026}']) AS json;
SELECT aftersale.business_calendar_zone('zone asia/kathmandu; mon 09:00-10:00');
