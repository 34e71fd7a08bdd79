-- Holidays come from packages and files: the pack of calendars, growing a
-- calendar, and iCalendar texts.
SET ROLE regress_erp;
SET search_path = pg_catalog;
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO';
BEGIN;
DELETE FROM aftersale.calendar AS c WHERE name ~ '^[A-Z][A-Z]( office)?$' AND NOT EXISTS (SELECT FROM aftersale.shop_country AS s WHERE s.calendar = c.name);
SELECT aftersale.load_pack('calendars');
SELECT aftersale.load_pack('calendars') AS twice;
SELECT name, title, source, calendar::text ~ 'mon-fri 00:00-24:00;' AS whole_days, calendar::text ~ 'mon-fri 09:00-18:00;' AS office_hours,
	substring(calendar::text FROM 'known until (.*)') AS known_until, pg_column_size(calendar) < 2048 AS small
FROM aftersale.calendar WHERE source LIKE 'chinese-days%' OR source LIKE 'date-holidays%' ORDER BY name;
-- China's make-up workdays of 2024 to 2026, as the State Council announced them
SELECT string_agg(to_char(day, 'YYYY-MM-DD Dy'), ', ' ORDER BY day) AS make_up_days FROM aftersale.holiday
WHERE calendar = 'CN' AND works AND day BETWEEN '2024-01-01' AND '2026-12-31';
-- the names agree with the values: no day off works, every make-up day does
SELECT count(*) > 2000 AS many, bool_and(aftersale.is_business_time((day + time '10:00') AT TIME ZONE aftersale.business_calendar_zone(c.calendar), c.calendar) = works) AS agree
FROM aftersale.holiday AS h JOIN aftersale.calendar AS c ON c.name = h.calendar WHERE c.source LIKE 'chinese-days%' OR c.source LIKE 'date-holidays%';
-- known facts: the Wednesday before National Day, Christmas, Independence Day observed on Friday, Tet, the summer bank holiday
SELECT name, aftersale.deadline(start::timestamptz, '1 business day', name) AT TIME ZONE aftersale.business_calendar_zone(calendar) AS due
FROM (VALUES ('CN', '2026-09-30 18:00+08'), ('DE', '2026-12-24 18:00+01'), ('US', '2026-07-02 18:00-04'), ('VN', '2026-02-13 18:00+07'), ('GB', '2026-08-28 18:00+01'),
	('JP', '2026-09-18 18:00+09'), ('CN office', '2026-10-09 17:00+08')) AS v(name, start) JOIN aftersale.calendar USING (name) ORDER BY name COLLATE "C";
-- an explanation by name names the holidays
SELECT * FROM aftersale.explain_deadline('2026-09-30 17:00+08', '1 business day', 'CN');
SET ROLE regress_clerk;
SELECT why FROM aftersale.explain_deadline('2026-10-09 17:00+08', '2 business hours', 'CN office') WHERE counted > '0';
SET ROLE regress_erp;

-- growing a value
SELECT aftersale.business_calendar_with('zone UTC; mon-fri 09:00-12:00,13:00-18:00; off 2026-01-01..2026-01-05; on 2026-02-01..2026-02-03 10:00-11:00; known until 2026-06-30',
	off => '{2026-02-02,2026-12-25,NULL}', works => '{2026-01-03,2026-12-26}', known_until => '2026-12-31') AS grown;
SELECT aftersale.business_calendar_with('zone UTC; mon-fri 09:00-18:00; known until 2026-06-30', known_until => '2026-01-01') AS not_back,
	aftersale.business_calendar_with('zone UTC; mon-fri 09:00-18:00', works => '{2026-01-03}', hours => '10:00-12:00') AS own_hours,
	aftersale.business_calendar_with('zone UTC; mon-fri 09:00-18:00') AS same, aftersale.business_calendar_with(NULL) IS NULL AS null_without_calendar;
SAVEPOINT s;
SELECT aftersale.business_calendar_with('zone UTC; on 2026-01-01 09:00-18:00', works => '{2026-01-03}');
ROLLBACK TO s;

-- iCalendar: folded lines, quoted parameters, durations, cancelled events, make-up days
INSERT INTO aftersale.calendar (name, calendar) VALUES ('ics', 'zone Asia/Shanghai; mon-fri 09:00-18:00; known until 2025-12-31');
SELECT aftersale.import_ics('ics', E'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n'
	'BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261001\r\nDTEND;VALUE=DATE:20261008\r\nSUMMARY;X-NOTE="a:b;c":National Day\\, \r\n the first\r\nBEGIN:VALARM\r\nDURATION:PT5M\r\nEND:VALARM\r\nEND:VEVENT\r\n'
	'BEGIN:VEVENT\nDTSTART;TZID=Asia/Shanghai:20261225T000000\nDURATION:P2D\nSUMMARY:Two days\nEND:VEVENT\n'
	'BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261224\nSTATUS:CANCELLED\nEND:VEVENT\n'
	'BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261010\nX-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY\nSUMMARY:make-up day\nEND:VEVENT\nEND:VCALENDAR\n', '2026-12-31') AS days;
SELECT calendar FROM aftersale.calendar WHERE name = 'ics';
SELECT day, works, name FROM aftersale.holiday WHERE calendar = 'ics' ORDER BY day;
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
	RETURN state || ': ' || message || ' | ' || detail;
END
$$;
SELECT pg_temp.refusal(format('SELECT aftersale.import_ics(''ics'', %L)', ics)) FROM unnest(ARRAY['', 'x', 'BEGIN:VEVENT', E'BEGIN:VCALENDAR\nEND:VCALENDAR',
	E'BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT', E'BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VEVENT', E'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101',
	E'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T100000\nEND:VEVENT', E'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260230\nEND:VEVENT',
	E'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260102\nDTEND:20260101\nEND:VEVENT', E'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260102\nDTEND:20290101\nEND:VEVENT',
	E'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260102\nDURATION:PT5H\nEND:VEVENT', E'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260102\nRRULE:FREQ=YEARLY\nEND:VEVENT',
	E'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:18000102\nEND:VEVENT\nEND:VCALENDAR']) AS ics;
SELECT pg_temp.refusal($$SELECT aftersale.import_ics('no such', 'x')$$) LIKE 'RA013%' AS unknown, pg_temp.refusal($$SELECT aftersale.import_ics('ics', NULL)$$) AS null_text;
SELECT aftersale.business_days_between('2026-10-01', '2026-10-12', 'ics') AS still_the_same;
SET ROLE regress_clerk;
SAVEPOINT s;
SELECT aftersale.import_ics('ics', E'BEGIN:VCALENDAR\nEND:VCALENDAR');
ROLLBACK;
