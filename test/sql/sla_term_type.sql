-- A term is one of four clocks and a length, in one canonical text: in text, in
-- binary, in JSON, from an interval, in an index.
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

-- text: singular and plural, any case and spacing, whole hours as hours
SELECT text, text::aftersale.sla_term AS term
FROM unnest(ARRAY['24 hours', '1 hour', '1 hours', '2 day', '7 days', '0 days', '-0 days', '+3 days', '90 minutes', '1 minute', '1440 minutes',
	'8 business hours', '30 business minutes', '1 business day', '-2 business days', '1 BUSINESS  Day	End of DAY', '3 business days same time',
	' 1 business day end of day ', '007 days', '24hours', '1000000 hours', '-100000 business days']) AS text;
SELECT count(*) AS terms, bool_and(term::text::aftersale.sla_term OPERATOR(aftersale.=) term) AS round_trip
FROM (SELECT (n || unit)::aftersale.sla_term AS term FROM generate_series(-1500, 1500) AS n,
	unnest(ARRAY[' minutes', ' hours', ' days', ' business minutes', ' business hours', ' business days', ' business days end of day',
		' business days same time']) AS unit) AS every;

-- refused: another form is 22P02, too long is 22003
SELECT quote_literal(text) AS text, pg_temp.refusal(format('SELECT %L::aftersale.sla_term', text))
FROM unnest(ARRAY['', ' ', '1', 'day', 'one day', '1.5 hours', '1 week', '1 day end of day', '1 business', '1 business day end',
	'1 business day end of', '1 business day same', '8 business hours end of day', '1 business day x', '1 business day end of day x', '- 1 day',
	'--1 day', '1 days ago', E'\uFF11 day', E'1\u00A0day', '1000001 hours', '60000001 minutes', '100001 days', '-100001 business days',
	'99999999999999999999999 days', '4294967297 days', 'infinity']) AS text;
-- the whole text, as psql shows it
SELECT '1 week'::aftersale.sla_term;
SELECT '2000000 hours'::aftersale.sla_term;
DO $$
BEGIN
	IF current_setting('server_version_num')::int >= 160000 THEN
		ASSERT (SELECT NOT pg_input_is_valid('1 week', 'aftersale.sla_term') AND pg_input_is_valid('1 day', 'aftersale.sla_term'));
	END IF;
END
$$;

-- binary: version, clock, landing, count
SELECT term, aftersale.sla_term_send(term::aftersale.sla_term)
FROM unnest(ARRAY['24 hours', '7 days', '8 business hours', '1 business day', '-1 business day end of day', '1 business day same time']) AS term;
CREATE TEMP TABLE term (term aftersale.sla_term);

-- order and equality: by clock, landing, length; indexes and hashing
INSERT INTO term SELECT (n || unit)::aftersale.sla_term FROM generate_series(-1, 1) AS n,
	unnest(ARRAY[' hours', ' days', ' business hours', ' business days', ' business days end of day', ' business days same time']) AS unit;
SELECT string_agg(term::text, ', ' ORDER BY term USING OPERATOR(aftersale.<)) FROM term;
CREATE UNIQUE INDEX ON term (term);
CREATE INDEX ON term USING hash (term);
SELECT count(*) AS pairs, count(*) FILTER (WHERE a.term OPERATOR(aftersale.<) b.term) AS smaller,
	bool_and((aftersale.sla_term_cmp(a.term, b.term) = 0) = (a.term OPERATOR(aftersale.=) b.term)) AS equal_agrees,
	bool_and((a.term OPERATOR(aftersale.<=) b.term) = NOT (a.term OPERATOR(aftersale.>) b.term)) AS le_agrees,
	bool_and((a.term OPERATOR(aftersale.>=) b.term) = NOT (a.term OPERATOR(aftersale.<) b.term)) AS ge_agrees,
	bool_and((a.term OPERATOR(aftersale.<>) b.term) = NOT (a.term OPERATOR(aftersale.=) b.term)) AS ne_agrees
FROM term AS a, term AS b;
SELECT count(DISTINCT term) AS kinds, count(DISTINCT aftersale.sla_term_hash(term)) AS hashes,
	count(DISTINCT aftersale.sla_term_hash_extended(term, 7)) AS seeded FROM term;

-- from and to intervals
SELECT i, pg_temp.refusal(format('SELECT %L::interval::aftersale.sla_term', i)) AS refusal,
	CASE WHEN pg_temp.refusal(format('SELECT %L::interval::aftersale.sla_term', i)) = 'accepted' THEN i::aftersale.sla_term END AS term
FROM unnest(ARRAY[interval '24 hours', '7 days', '0', '-90 minutes', '1 day 1 hour', '1 month', '30 seconds', '200000 days']) AS i;
SELECT t, pg_temp.refusal(format('SELECT %L::aftersale.sla_term::interval', t)) AS refusal
FROM unnest(ARRAY['24 hours', '7 days', '8 business hours', '1 business day']) AS t;
SELECT '90 minutes'::aftersale.sla_term::interval AS hours, '-7 days'::aftersale.sla_term::interval AS days;

-- JSON: a string
SELECT to_jsonb('1 business day'::aftersale.sla_term), '1 business day'::aftersale.sla_term::jsonb, jsonb '"7 days"'::aftersale.sla_term AS term;
SELECT pg_temp.refusal($$SELECT jsonb '7'::aftersale.sla_term$$), pg_temp.refusal($$SELECT jsonb '{}'::aftersale.sla_term$$);
SELECT jsonb 'null'::aftersale.sla_term IS NULL AS null_is_null;
