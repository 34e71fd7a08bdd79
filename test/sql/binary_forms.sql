-- What is sent is received as it was, and bytes that are no value are refused with
-- 22P03 (a zone that is not known: 22023): sla_term and business_calendar through
-- COPY (FORMAT binary).  refund_ratio_type has the third.
\set VERBOSITY terse
SET ROLE regress_erp;
CREATE TEMP TABLE sent (n int, term aftersale.sla_term, calendar aftersale.business_calendar);
INSERT INTO sent VALUES
	(1, '24 hours', 'zone UTC; mon-fri 09:00-18:00'),
	(2, '-100000 business days same time', 'zone Asia/Shanghai; mon-fri 09:00-12:00,13:00-18:00; off 2026-10-01..2026-10-08; on 2026-10-10 09:00-18:00; known until 2026-12-31'),
	(3, '1000000 business hours', 'zone Pacific/Apia; sat,sun 22:00-06:00; off 1900-01-01; on 2399-12-31 00:00-24:00'),
	(4, NULL, NULL),
	-- stored out of line
	(5, '0 days', (SELECT ('zone UTC; mon-sun 00:00-24:00; off ' || string_agg(to_char(date '1950-01-01' + 3 * i + i % 2, 'YYYY-MM-DD'), ','))::aftersale.business_calendar FROM generate_series(1, 20000) AS i));
CREATE TEMP TABLE received (LIKE sent);
\copy sent TO 'results/binary_forms.bin' (FORMAT binary)
\copy received FROM 'results/binary_forms.bin' (FORMAT binary)
SELECT count(*), bool_and(row(s.term, s.calendar)::text = row(r.term, r.calendar)::text) AS same,
	bool_and(aftersale.business_calendar_send(s.calendar) = aftersale.business_calendar_send(r.calendar)) AS same_bytes,
	max(length(r.calendar::text)) AS longest
FROM sent s JOIN received r USING (n);

-- bytes in place of a value: each refused, nothing received
CREATE TEMP TABLE no_term (term aftersale.sla_term);
CREATE TEMP TABLE no_calendar (calendar aftersale.business_calendar);
\copy (SELECT ''::bytea) TO 'results/binary_forms.bin' (FORMAT binary)
\copy no_term FROM 'results/binary_forms.bin' (FORMAT binary)
\copy no_calendar FROM 'results/binary_forms.bin' (FORMAT binary)
\copy (SELECT '\x0100000000'::bytea) TO 'results/binary_forms.bin' (FORMAT binary)
\copy no_term FROM 'results/binary_forms.bin' (FORMAT binary)
\copy no_calendar FROM 'results/binary_forms.bin' (FORMAT binary)
\copy (SELECT '\x02000000000001'::bytea) TO 'results/binary_forms.bin' (FORMAT binary)
\copy no_term FROM 'results/binary_forms.bin' (FORMAT binary)
\copy no_calendar FROM 'results/binary_forms.bin' (FORMAT binary)
\copy (SELECT '\x0100000000000100'::bytea) TO 'results/binary_forms.bin' (FORMAT binary)
\copy no_term FROM 'results/binary_forms.bin' (FORMAT binary)
-- days with a landing, an unknown clock, a count out of range
\copy (SELECT '\x01010100000001'::bytea) TO 'results/binary_forms.bin' (FORMAT binary)
\copy no_term FROM 'results/binary_forms.bin' (FORMAT binary)
\copy (SELECT '\x01040000000001'::bytea) TO 'results/binary_forms.bin' (FORMAT binary)
\copy no_term FROM 'results/binary_forms.bin' (FORMAT binary)
\copy (SELECT '\x0100007fffffff'::bytea) TO 'results/binary_forms.bin' (FORMAT binary)
\copy no_term FROM 'results/binary_forms.bin' (FORMAT binary)
-- a calendar whose zone is not known here, and one that is cut off
SELECT encode(aftersale.business_calendar_send('zone UTC; mon-fri 09:00-18:00'), 'hex') AS calendar;
\copy (SELECT overlay(aftersale.business_calendar_send('zone UTC; mon-fri 09:00-18:00') PLACING 'XYZ'::bytea FROM 3)) TO 'results/binary_forms.bin' (FORMAT binary)
\copy no_calendar FROM 'results/binary_forms.bin' (FORMAT binary)
\copy (SELECT substr(aftersale.business_calendar_send('zone UTC; mon-fri 09:00-18:00'), 1, 12)) TO 'results/binary_forms.bin' (FORMAT binary)
\copy no_calendar FROM 'results/binary_forms.bin' (FORMAT binary)
SELECT (SELECT count(*) FROM no_term) + (SELECT count(*) FROM no_calendar) AS received;
