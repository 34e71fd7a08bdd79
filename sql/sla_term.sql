
-- sla_term: how long somebody has, and by which clock

CREATE TYPE aftersale.sla_term;

CREATE FUNCTION aftersale.sla_term_in(cstring) RETURNS aftersale.sla_term
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_sla_term_in';
COMMENT ON FUNCTION aftersale.sla_term_in(cstring) IS 'Text input of sla_term. Errors: 22P02 not a term, 22003 more than 1000000 hours or 100000 days.';

CREATE FUNCTION aftersale.sla_term_out(aftersale.sla_term) RETURNS cstring
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_sla_term_out';
COMMENT ON FUNCTION aftersale.sla_term_out(aftersale.sla_term) IS 'Text output of sla_term: canonical, whole hours as hours.';

CREATE FUNCTION aftersale.sla_term_recv(internal) RETURNS aftersale.sla_term
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_sla_term_recv';
COMMENT ON FUNCTION aftersale.sla_term_recv(internal) IS 'Binary input of sla_term: version 1, clock (0 hours, 1 days, 2 business hours, 3 business days), landing (0 default, 1 end of day, 2 same time), int32 count of minutes or days. Errors: 22P03.';

CREATE FUNCTION aftersale.sla_term_send(aftersale.sla_term) RETURNS bytea
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_sla_term_send';
COMMENT ON FUNCTION aftersale.sla_term_send(aftersale.sla_term) IS 'Binary output of sla_term, as sla_term_recv reads it.';

CREATE TYPE aftersale.sla_term (
    INPUT = aftersale.sla_term_in,
    OUTPUT = aftersale.sla_term_out,
    RECEIVE = aftersale.sla_term_recv,
    SEND = aftersale.sla_term_send,
    LIKE = pg_catalog.int8
);
COMMENT ON TYPE aftersale.sla_term IS
'A term by one of four clocks: ''24 hours'' or ''30 minutes'' (elapsed), ''7 days'' (same wall time, 7 local days later), ''8 business hours'', ''1 business day'' (also ''1 business day end of day'', ''1 business day same time''). May be negative. Example: SELECT ''1 business day''::aftersale.sla_term;';

CREATE FUNCTION aftersale.sla_term_eq(aftersale.sla_term, aftersale.sla_term) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_sla_term_eq';
COMMENT ON FUNCTION aftersale.sla_term_eq(aftersale.sla_term, aftersale.sla_term) IS 'Whether the first term is equal, in the order of sla_term_cmp.';
CREATE OPERATOR aftersale.= (
    FUNCTION = aftersale.sla_term_eq, LEFTARG = aftersale.sla_term, RIGHTARG = aftersale.sla_term,
    COMMUTATOR = OPERATOR(aftersale.=), NEGATOR = OPERATOR(aftersale.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR aftersale.= (aftersale.sla_term, aftersale.sla_term) IS 'equal';

CREATE FUNCTION aftersale.sla_term_ne(aftersale.sla_term, aftersale.sla_term) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_sla_term_ne';
COMMENT ON FUNCTION aftersale.sla_term_ne(aftersale.sla_term, aftersale.sla_term) IS 'Whether the first term is different, in the order of sla_term_cmp.';
CREATE OPERATOR aftersale.<> (
    FUNCTION = aftersale.sla_term_ne, LEFTARG = aftersale.sla_term, RIGHTARG = aftersale.sla_term,
    COMMUTATOR = OPERATOR(aftersale.<>), NEGATOR = OPERATOR(aftersale.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR aftersale.<> (aftersale.sla_term, aftersale.sla_term) IS 'different';

CREATE FUNCTION aftersale.sla_term_lt(aftersale.sla_term, aftersale.sla_term) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_sla_term_lt';
COMMENT ON FUNCTION aftersale.sla_term_lt(aftersale.sla_term, aftersale.sla_term) IS 'Whether the first term is smaller, in the order of sla_term_cmp.';
CREATE OPERATOR aftersale.< (
    FUNCTION = aftersale.sla_term_lt, LEFTARG = aftersale.sla_term, RIGHTARG = aftersale.sla_term,
    COMMUTATOR = OPERATOR(aftersale.>), NEGATOR = OPERATOR(aftersale.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR aftersale.< (aftersale.sla_term, aftersale.sla_term) IS 'smaller';

CREATE FUNCTION aftersale.sla_term_le(aftersale.sla_term, aftersale.sla_term) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_sla_term_le';
COMMENT ON FUNCTION aftersale.sla_term_le(aftersale.sla_term, aftersale.sla_term) IS 'Whether the first term is smaller or equal, in the order of sla_term_cmp.';
CREATE OPERATOR aftersale.<= (
    FUNCTION = aftersale.sla_term_le, LEFTARG = aftersale.sla_term, RIGHTARG = aftersale.sla_term,
    COMMUTATOR = OPERATOR(aftersale.>=), NEGATOR = OPERATOR(aftersale.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR aftersale.<= (aftersale.sla_term, aftersale.sla_term) IS 'smaller or equal';

CREATE FUNCTION aftersale.sla_term_gt(aftersale.sla_term, aftersale.sla_term) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_sla_term_gt';
COMMENT ON FUNCTION aftersale.sla_term_gt(aftersale.sla_term, aftersale.sla_term) IS 'Whether the first term is greater, in the order of sla_term_cmp.';
CREATE OPERATOR aftersale.> (
    FUNCTION = aftersale.sla_term_gt, LEFTARG = aftersale.sla_term, RIGHTARG = aftersale.sla_term,
    COMMUTATOR = OPERATOR(aftersale.<), NEGATOR = OPERATOR(aftersale.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR aftersale.> (aftersale.sla_term, aftersale.sla_term) IS 'greater';

CREATE FUNCTION aftersale.sla_term_ge(aftersale.sla_term, aftersale.sla_term) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_sla_term_ge';
COMMENT ON FUNCTION aftersale.sla_term_ge(aftersale.sla_term, aftersale.sla_term) IS 'Whether the first term is greater or equal, in the order of sla_term_cmp.';
CREATE OPERATOR aftersale.>= (
    FUNCTION = aftersale.sla_term_ge, LEFTARG = aftersale.sla_term, RIGHTARG = aftersale.sla_term,
    COMMUTATOR = OPERATOR(aftersale.<=), NEGATOR = OPERATOR(aftersale.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR aftersale.>= (aftersale.sla_term, aftersale.sla_term) IS 'greater or equal';

CREATE FUNCTION aftersale.sla_term_cmp(aftersale.sla_term, aftersale.sla_term) RETURNS int
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_sla_term_cmp';
COMMENT ON FUNCTION aftersale.sla_term_cmp(aftersale.sla_term, aftersale.sla_term) IS 'Order of terms: by clock (hours, days, business hours, business days), then landing, then length; -1, 0 or 1. Terms of different clocks have no longer and shorter without a calendar.';

CREATE FUNCTION aftersale.sla_term_hash(aftersale.sla_term) RETURNS int
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_sla_term_hash';
COMMENT ON FUNCTION aftersale.sla_term_hash(aftersale.sla_term) IS 'Hash of a term, for hash joins and indexes.';

CREATE FUNCTION aftersale.sla_term_hash_extended(aftersale.sla_term, bigint) RETURNS bigint
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_sla_term_hash_extended';
COMMENT ON FUNCTION aftersale.sla_term_hash_extended(aftersale.sla_term, bigint) IS 'Seeded hash of a term, for hash partitioning.';

CREATE OPERATOR CLASS aftersale.sla_term_ops DEFAULT FOR TYPE aftersale.sla_term USING btree AS
    OPERATOR 1 aftersale.<, OPERATOR 2 aftersale.<=, OPERATOR 3 aftersale.=, OPERATOR 4 aftersale.>=, OPERATOR 5 aftersale.>,
    FUNCTION 1 aftersale.sla_term_cmp(aftersale.sla_term, aftersale.sla_term);
CREATE OPERATOR CLASS aftersale.sla_term_ops DEFAULT FOR TYPE aftersale.sla_term USING hash AS
    OPERATOR 1 aftersale.=,
    FUNCTION 1 aftersale.sla_term_hash(aftersale.sla_term),
    FUNCTION 2 aftersale.sla_term_hash_extended(aftersale.sla_term, bigint);
COMMENT ON OPERATOR CLASS aftersale.sla_term_ops USING btree IS 'Order of terms.';
COMMENT ON OPERATOR CLASS aftersale.sla_term_ops USING hash IS 'Equality of terms.';

CREATE FUNCTION aftersale.sla_term(length interval) RETURNS aftersale.sla_term
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_sla_term_from_interval';
COMMENT ON FUNCTION aftersale.sla_term(interval) IS 'The term of an interval: whole days alone are natural days, whole minutes alone are hours. Errors: 22023 both, months or seconds; 22003 too long. Example: SELECT aftersale.sla_term(interval ''24 hours'');';
CREATE CAST (interval AS aftersale.sla_term) WITH FUNCTION aftersale.sla_term(interval);
COMMENT ON CAST (interval AS aftersale.sla_term) IS 'Whole days alone are natural days, whole minutes alone are hours.';

CREATE FUNCTION aftersale.sla_term_interval(term aftersale.sla_term) RETURNS interval
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_sla_term_to_interval';
COMMENT ON FUNCTION aftersale.sla_term_interval(aftersale.sla_term) IS 'The interval of a term in hours or natural days. Errors: 22023 business time has no length without a calendar. Example: SELECT aftersale.sla_term_interval(''24 hours'');';
CREATE CAST (aftersale.sla_term AS interval) WITH FUNCTION aftersale.sla_term_interval(aftersale.sla_term);
COMMENT ON CAST (aftersale.sla_term AS interval) IS 'The interval of a term in hours or natural days.';

CREATE FUNCTION aftersale.sla_term(term jsonb) RETURNS aftersale.sla_term
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$SELECT (term OPERATOR(pg_catalog.#>>) '{}')::aftersale.sla_term$$;
COMMENT ON FUNCTION aftersale.sla_term(jsonb) IS 'The term that a JSON string holds. Errors: 22P02, 22003 as text input. Example: SELECT aftersale.sla_term(jsonb ''"1 business day"'');';
CREATE CAST (jsonb AS aftersale.sla_term) WITH FUNCTION aftersale.sla_term(jsonb);
COMMENT ON CAST (jsonb AS aftersale.sla_term) IS 'The term that a JSON string holds.';

CREATE FUNCTION aftersale.sla_term_json(term aftersale.sla_term) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$SELECT pg_catalog.to_jsonb(term::text)$$;
COMMENT ON FUNCTION aftersale.sla_term_json(aftersale.sla_term) IS 'The term''s text as a JSON string, as to_jsonb() has it. Example: SELECT aftersale.sla_term_json(''1 business day'');';
CREATE CAST (aftersale.sla_term AS jsonb) WITH FUNCTION aftersale.sla_term_json(aftersale.sla_term);
COMMENT ON CAST (aftersale.sla_term AS jsonb) IS 'The term''s text as a JSON string.';
