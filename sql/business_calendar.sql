
-- business_calendar: working time as an immutable value

CREATE TYPE aftersale.business_calendar;

CREATE FUNCTION aftersale.business_calendar_in(cstring) RETURNS aftersale.business_calendar
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_calendar_in';
COMMENT ON FUNCTION aftersale.business_calendar_in(cstring) IS 'Text input of business_calendar. Stable: which time zones exist is the server''s tz database''s. Errors: 22P02 with the place, 22023 unknown time zone, RA060 no working time.';

CREATE FUNCTION aftersale.business_calendar_out(aftersale.business_calendar) RETURNS cstring
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_calendar_out';
COMMENT ON FUNCTION aftersale.business_calendar_out(aftersale.business_calendar) IS 'Text output of business_calendar: canonical, the same rules give the same text.';

CREATE FUNCTION aftersale.business_calendar_recv(internal) RETURNS aftersale.business_calendar
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_calendar_recv';
COMMENT ON FUNCTION aftersale.business_calendar_recv(internal) IS 'Binary input of business_calendar: the packed rules, checked. Errors: 22P03 not packed rules, 22023 unknown time zone, RA060 no working time.';

CREATE FUNCTION aftersale.business_calendar_send(aftersale.business_calendar) RETURNS bytea
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_calendar_send';
COMMENT ON FUNCTION aftersale.business_calendar_send(aftersale.business_calendar) IS 'Binary output of business_calendar: the packed rules.';

CREATE TYPE aftersale.business_calendar (
    INPUT = aftersale.business_calendar_in,
    OUTPUT = aftersale.business_calendar_out,
    RECEIVE = aftersale.business_calendar_recv,
    SEND = aftersale.business_calendar_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);
COMMENT ON TYPE aftersale.business_calendar IS
'Working time: a zone, weekly spans, days off, dates with hours of their own, and how far the holidays are known. Example: SELECT ''zone Asia/Shanghai; mon-fri 09:00-12:00,13:00-18:00; off 2026-10-01..2026-10-08; on 2026-10-10 09:00-18:00; known until 2026-12-31''::aftersale.business_calendar;';

CREATE FUNCTION aftersale.business_calendar_eq(aftersale.business_calendar, aftersale.business_calendar) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_calendar_eq';
COMMENT ON FUNCTION aftersale.business_calendar_eq(aftersale.business_calendar, aftersale.business_calendar) IS 'Whether the rules of the first calendar are equal, in the order of business_calendar_cmp.';
CREATE OPERATOR aftersale.= (
    FUNCTION = aftersale.business_calendar_eq, LEFTARG = aftersale.business_calendar, RIGHTARG = aftersale.business_calendar,
    COMMUTATOR = OPERATOR(aftersale.=), NEGATOR = OPERATOR(aftersale.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR aftersale.= (aftersale.business_calendar, aftersale.business_calendar) IS 'equal';

CREATE FUNCTION aftersale.business_calendar_ne(aftersale.business_calendar, aftersale.business_calendar) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_calendar_ne';
COMMENT ON FUNCTION aftersale.business_calendar_ne(aftersale.business_calendar, aftersale.business_calendar) IS 'Whether the rules of the first calendar are different, in the order of business_calendar_cmp.';
CREATE OPERATOR aftersale.<> (
    FUNCTION = aftersale.business_calendar_ne, LEFTARG = aftersale.business_calendar, RIGHTARG = aftersale.business_calendar,
    COMMUTATOR = OPERATOR(aftersale.<>), NEGATOR = OPERATOR(aftersale.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR aftersale.<> (aftersale.business_calendar, aftersale.business_calendar) IS 'different';

CREATE FUNCTION aftersale.business_calendar_lt(aftersale.business_calendar, aftersale.business_calendar) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_calendar_lt';
COMMENT ON FUNCTION aftersale.business_calendar_lt(aftersale.business_calendar, aftersale.business_calendar) IS 'Whether the rules of the first calendar are smaller, in the order of business_calendar_cmp.';
CREATE OPERATOR aftersale.< (
    FUNCTION = aftersale.business_calendar_lt, LEFTARG = aftersale.business_calendar, RIGHTARG = aftersale.business_calendar,
    COMMUTATOR = OPERATOR(aftersale.>), NEGATOR = OPERATOR(aftersale.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR aftersale.< (aftersale.business_calendar, aftersale.business_calendar) IS 'smaller';

CREATE FUNCTION aftersale.business_calendar_le(aftersale.business_calendar, aftersale.business_calendar) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_calendar_le';
COMMENT ON FUNCTION aftersale.business_calendar_le(aftersale.business_calendar, aftersale.business_calendar) IS 'Whether the rules of the first calendar are smaller or equal, in the order of business_calendar_cmp.';
CREATE OPERATOR aftersale.<= (
    FUNCTION = aftersale.business_calendar_le, LEFTARG = aftersale.business_calendar, RIGHTARG = aftersale.business_calendar,
    COMMUTATOR = OPERATOR(aftersale.>=), NEGATOR = OPERATOR(aftersale.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR aftersale.<= (aftersale.business_calendar, aftersale.business_calendar) IS 'smaller or equal';

CREATE FUNCTION aftersale.business_calendar_gt(aftersale.business_calendar, aftersale.business_calendar) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_calendar_gt';
COMMENT ON FUNCTION aftersale.business_calendar_gt(aftersale.business_calendar, aftersale.business_calendar) IS 'Whether the rules of the first calendar are greater, in the order of business_calendar_cmp.';
CREATE OPERATOR aftersale.> (
    FUNCTION = aftersale.business_calendar_gt, LEFTARG = aftersale.business_calendar, RIGHTARG = aftersale.business_calendar,
    COMMUTATOR = OPERATOR(aftersale.<), NEGATOR = OPERATOR(aftersale.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR aftersale.> (aftersale.business_calendar, aftersale.business_calendar) IS 'greater';

CREATE FUNCTION aftersale.business_calendar_ge(aftersale.business_calendar, aftersale.business_calendar) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_calendar_ge';
COMMENT ON FUNCTION aftersale.business_calendar_ge(aftersale.business_calendar, aftersale.business_calendar) IS 'Whether the rules of the first calendar are greater or equal, in the order of business_calendar_cmp.';
CREATE OPERATOR aftersale.>= (
    FUNCTION = aftersale.business_calendar_ge, LEFTARG = aftersale.business_calendar, RIGHTARG = aftersale.business_calendar,
    COMMUTATOR = OPERATOR(aftersale.<=), NEGATOR = OPERATOR(aftersale.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR aftersale.>= (aftersale.business_calendar, aftersale.business_calendar) IS 'greater or equal';

CREATE FUNCTION aftersale.business_calendar_cmp(aftersale.business_calendar, aftersale.business_calendar) RETURNS int
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_calendar_cmp';
COMMENT ON FUNCTION aftersale.business_calendar_cmp(aftersale.business_calendar, aftersale.business_calendar) IS 'An order of calendars for sorting and indexes: by their packed rules; -1, 0 or 1. It has no meaning in time.';

CREATE FUNCTION aftersale.business_calendar_hash(aftersale.business_calendar) RETURNS int
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_calendar_hash';
COMMENT ON FUNCTION aftersale.business_calendar_hash(aftersale.business_calendar) IS 'Hash of a calendar, for hash joins and indexes.';

CREATE FUNCTION aftersale.business_calendar_hash_extended(aftersale.business_calendar, bigint) RETURNS bigint
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_calendar_hash_extended';
COMMENT ON FUNCTION aftersale.business_calendar_hash_extended(aftersale.business_calendar, bigint) IS 'Seeded hash of a calendar, for hash partitioning.';

CREATE OPERATOR CLASS aftersale.business_calendar_ops DEFAULT FOR TYPE aftersale.business_calendar USING btree AS
    OPERATOR 1 aftersale.<, OPERATOR 2 aftersale.<=, OPERATOR 3 aftersale.=, OPERATOR 4 aftersale.>=, OPERATOR 5 aftersale.>,
    FUNCTION 1 aftersale.business_calendar_cmp(aftersale.business_calendar, aftersale.business_calendar);
CREATE OPERATOR CLASS aftersale.business_calendar_ops DEFAULT FOR TYPE aftersale.business_calendar USING hash AS
    OPERATOR 1 aftersale.=,
    FUNCTION 1 aftersale.business_calendar_hash(aftersale.business_calendar),
    FUNCTION 2 aftersale.business_calendar_hash_extended(aftersale.business_calendar, bigint);
COMMENT ON OPERATOR CLASS aftersale.business_calendar_ops USING btree IS 'Order of calendars.';
COMMENT ON OPERATOR CLASS aftersale.business_calendar_ops USING hash IS 'Equality of calendars.';

CREATE FUNCTION aftersale.business_calendar_json(calendar aftersale.business_calendar) RETURNS jsonb
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_calendar_json';
COMMENT ON FUNCTION aftersale.business_calendar_json(aftersale.business_calendar) IS
'The rules as JSON: zone, week (days mon to sun with arrays of spans), off (array of dates and ranges), on (dates and ranges with arrays of spans), known_until. Example: SELECT aftersale.business_calendar_json(''zone UTC; mon-fri 09:00-18:00'');';
CREATE CAST (aftersale.business_calendar AS jsonb) WITH FUNCTION aftersale.business_calendar_json(aftersale.business_calendar);
COMMENT ON CAST (aftersale.business_calendar AS jsonb) IS 'The rules as JSON.';

CREATE FUNCTION aftersale.business_calendar(rules jsonb) RETURNS aftersale.business_calendar
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    clauses text[] := ARRAY['zone ' || (rules ->> 'zone')];
    faulty text;
BEGIN
    IF jsonb_typeof(rules) = 'string' THEN
        RETURN (rules #>> '{}')::aftersale.business_calendar;
    END IF;
    IF jsonb_typeof(rules) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = '22P02',
            MESSAGE = format('invalid JSON for type business_calendar: %s "%s" (22P02)', jsonb_typeof(rules), left(rules::text, 60)),
            DETAIL = 'An object is expected: {"zone": "Asia/Shanghai", "week": {"mon": ["09:00-18:00"]}}.';
    END IF;
    SELECT key INTO faulty FROM jsonb_each(rules)
    WHERE CASE key WHEN 'zone' THEN 'string' WHEN 'week' THEN 'object' WHEN 'off' THEN 'array' WHEN 'on' THEN 'object'
                   WHEN 'known_until' THEN 'string' ELSE '' END <> jsonb_typeof(value)
    ORDER BY key LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = '22P02',
            MESSAGE = format('invalid JSON for type business_calendar: key "%s" (22P02)', left(faulty, 60)),
            DETAIL = 'The keys are "zone" (string), "week" (object), "off" (array), "on" (object) and "known_until" (string).';
    END IF;
    SELECT format('%s/%s', outer_key, key) INTO faulty
    FROM (SELECT 'week' AS outer_key, key, value FROM jsonb_each(rules -> 'week')
          UNION ALL SELECT 'on', key, value FROM jsonb_each(rules -> 'on')) AS days
    WHERE jsonb_typeof(value) <> 'array' ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = '22P02',
            MESSAGE = format('invalid JSON for type business_calendar: key "%s" (22P02)', left(faulty, 60)),
            DETAIL = 'An array of spans is expected, such as ["09:00-12:00", "13:00-18:00"].';
    END IF;
    clauses := clauses || ARRAY(SELECT key || ' ' || (SELECT string_agg(span, ',') FROM jsonb_array_elements_text(value) AS span)
                                FROM jsonb_each(rules -> 'week') WHERE jsonb_array_length(value) > 0);
    IF jsonb_array_length(rules -> 'off') > 0 THEN
        clauses := clauses || ('off ' || (SELECT string_agg(dates, ',') FROM jsonb_array_elements_text(rules -> 'off') AS dates));
    END IF;
    clauses := clauses || ARRAY(SELECT CASE jsonb_array_length(value) WHEN 0 THEN 'off ' || key
                                       ELSE 'on ' || key || ' ' || (SELECT string_agg(span, ',') FROM jsonb_array_elements_text(value) AS span) END
                                FROM jsonb_each(rules -> 'on'));
    clauses := clauses || ('known until ' || (rules ->> 'known_until'));
    RETURN array_to_string(clauses, '; ')::aftersale.business_calendar;
END
$$;
COMMENT ON FUNCTION aftersale.business_calendar(jsonb) IS
'The calendar of a JSON object as business_calendar_json() writes it, or of a JSON string that holds the text form. Errors: 22P02 with the key, or with the place in the text form made of it; 22023 unknown time zone; RA060 no working time. Example: SELECT aftersale.business_calendar(jsonb ''{"zone": "UTC", "week": {"mon": ["09:00-18:00"]}}'');';
CREATE CAST (jsonb AS aftersale.business_calendar) WITH FUNCTION aftersale.business_calendar(jsonb);
COMMENT ON CAST (jsonb AS aftersale.business_calendar) IS 'The calendar of a JSON object.';

CREATE FUNCTION aftersale.business_calendar_zone(calendar aftersale.business_calendar) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_calendar_zone';
COMMENT ON FUNCTION aftersale.business_calendar_zone(aftersale.business_calendar) IS
'The name of the calendar''s time zone. Example: SELECT aftersale.business_calendar_zone(''zone UTC; mon-fri 09:00-18:00'');';
