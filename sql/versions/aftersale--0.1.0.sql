-- aftersale: install script, assembled from sql/ by the build; do not edit.
\echo Use "CREATE EXTENSION aftersale" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;

-- In a schema that somebody else owns, or where he left functions, ours could
-- be replaced or overloaded.
DO $do$
DECLARE
    tables_owner oid := (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass('aftersale.installation'));
    stranger oid := (
        SELECT o.owner
        FROM (SELECT n.nspowner FROM pg_catalog.pg_namespace n WHERE n.nspname = 'aftersale'
              UNION ALL SELECT p.proowner FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'aftersale'::regnamespace
              UNION ALL SELECT p.oprowner FROM pg_catalog.pg_operator p WHERE p.oprnamespace = 'aftersale'::regnamespace) AS o(owner)
        JOIN pg_catalog.pg_roles r ON r.oid = o.owner
        WHERE NOT r.rolsuper AND r.rolname <> current_user AND r.oid IS DISTINCT FROM tables_owner
        LIMIT 1);
BEGIN
    IF stranger IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA003',
            MESSAGE = format('schema "aftersale" is there already, and is, or holds functions, of role "%s" (RA003)', pg_catalog.pg_get_userbyid(stranger)),
            HINT = 'Look at what is in it; then drop it: CREATE EXTENSION aftersale makes its own.';
    END IF;
END
$do$;

CREATE FUNCTION aftersale.clock() RETURNS timestamptz
LANGUAGE C VOLATILE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_clock';
COMMENT ON FUNCTION aftersale.clock() IS
'The instant that aftersale takes for now: the wall clock, or the setting aftersale.test_now (only a superuser may set it; for tests). Example: SELECT aftersale.clock();';

CREATE FUNCTION aftersale.transaction_clock() RETURNS timestamptz
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_transaction_clock';
COMMENT ON FUNCTION aftersale.transaction_clock() IS
'The same instant all through a transaction: that of now(), or the setting aftersale.test_now. Example: SELECT aftersale.transaction_clock();';

CREATE FUNCTION aftersale.statement_clock() RETURNS timestamptz
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_statement_clock';
COMMENT ON FUNCTION aftersale.statement_clock() IS
'The same instant all through a statement: that of statement_timestamp(), or the setting aftersale.test_now. The views ask for it. Example: SELECT aftersale.statement_clock();';
-- refund_ratio: the share of an amount that is refunded (TEMU-28).  An int4 of
-- hundredths of a percent; comparison and hashing are those of int4.

CREATE TYPE aftersale.refund_ratio;

CREATE FUNCTION aftersale.refund_ratio_in(cstring) RETURNS aftersale.refund_ratio
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_refund_ratio_in';
COMMENT ON FUNCTION aftersale.refund_ratio_in(cstring) IS
'Text input of refund_ratio: a percentage from 5% to 100% with at most two decimals. Errors: 22P02 another form, 22003 out of range (TEMU-28). Example: SELECT ''12.5%''::aftersale.refund_ratio;';

CREATE FUNCTION aftersale.refund_ratio_out(aftersale.refund_ratio) RETURNS cstring
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_refund_ratio_out';
COMMENT ON FUNCTION aftersale.refund_ratio_out(aftersale.refund_ratio) IS
'Text output of refund_ratio, without needless zeros: 30%, 12.5%. Example: SELECT ''30.00%''::aftersale.refund_ratio; gives 30%.';

CREATE FUNCTION aftersale.refund_ratio_recv(internal) RETURNS aftersale.refund_ratio
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_refund_ratio_recv';
COMMENT ON FUNCTION aftersale.refund_ratio_recv(internal) IS
'Binary input of refund_ratio: an integer of 4 bytes, network order, of hundredths of a percent. Errors: 22P03 another length, 22003 out of range (TEMU-28). Example: COPY ... FROM ... (FORMAT binary).';

CREATE FUNCTION aftersale.refund_ratio_send(aftersale.refund_ratio) RETURNS bytea
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int4send';
COMMENT ON FUNCTION aftersale.refund_ratio_send(aftersale.refund_ratio) IS
'Binary output of refund_ratio: an integer of 4 bytes, network order, of hundredths of a percent. Example: SELECT aftersale.refund_ratio_send(''30%''); gives \x00000bb8.';

CREATE TYPE aftersale.refund_ratio (
    INPUT = aftersale.refund_ratio_in,
    OUTPUT = aftersale.refund_ratio_out,
    RECEIVE = aftersale.refund_ratio_recv,
    SEND = aftersale.refund_ratio_send,
    LIKE = pg_catalog.int4,
    CATEGORY = 'U'
);
COMMENT ON TYPE aftersale.refund_ratio IS
'The share of an amount that is refunded: a percentage from 5% to 100%, both allowed, with at most two decimals, written 30% or 12.5% (TEMU-28). Four bytes. Anything else is an error: 22P02 for another form, 22003 for a percentage out of range. Example: SELECT ''30%''::aftersale.refund_ratio;';

-- Comparison and hashing: those of int4, which the value is.

CREATE FUNCTION aftersale.refund_ratio_eq(left_ratio aftersale.refund_ratio, right_ratio aftersale.refund_ratio) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int4eq';
COMMENT ON FUNCTION aftersale.refund_ratio_eq(aftersale.refund_ratio, aftersale.refund_ratio) IS
'Whether left_ratio is equal to right_ratio; operator =. Example: SELECT ''30%''::aftersale.refund_ratio OPERATOR(aftersale.=) ''50%'';';

CREATE FUNCTION aftersale.refund_ratio_ne(left_ratio aftersale.refund_ratio, right_ratio aftersale.refund_ratio) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int4ne';
COMMENT ON FUNCTION aftersale.refund_ratio_ne(aftersale.refund_ratio, aftersale.refund_ratio) IS
'Whether left_ratio is not equal to right_ratio; operator <>. Example: SELECT ''30%''::aftersale.refund_ratio OPERATOR(aftersale.<>) ''50%'';';

CREATE FUNCTION aftersale.refund_ratio_lt(left_ratio aftersale.refund_ratio, right_ratio aftersale.refund_ratio) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int4lt';
COMMENT ON FUNCTION aftersale.refund_ratio_lt(aftersale.refund_ratio, aftersale.refund_ratio) IS
'Whether left_ratio is less than right_ratio; operator <. Example: SELECT ''30%''::aftersale.refund_ratio OPERATOR(aftersale.<) ''50%'';';

CREATE FUNCTION aftersale.refund_ratio_le(left_ratio aftersale.refund_ratio, right_ratio aftersale.refund_ratio) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int4le';
COMMENT ON FUNCTION aftersale.refund_ratio_le(aftersale.refund_ratio, aftersale.refund_ratio) IS
'Whether left_ratio is less than or equal to right_ratio; operator <=. Example: SELECT ''30%''::aftersale.refund_ratio OPERATOR(aftersale.<=) ''50%'';';

CREATE FUNCTION aftersale.refund_ratio_gt(left_ratio aftersale.refund_ratio, right_ratio aftersale.refund_ratio) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int4gt';
COMMENT ON FUNCTION aftersale.refund_ratio_gt(aftersale.refund_ratio, aftersale.refund_ratio) IS
'Whether left_ratio is greater than right_ratio; operator >. Example: SELECT ''30%''::aftersale.refund_ratio OPERATOR(aftersale.>) ''50%'';';

CREATE FUNCTION aftersale.refund_ratio_ge(left_ratio aftersale.refund_ratio, right_ratio aftersale.refund_ratio) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'int4ge';
COMMENT ON FUNCTION aftersale.refund_ratio_ge(aftersale.refund_ratio, aftersale.refund_ratio) IS
'Whether left_ratio is greater than or equal to right_ratio; operator >=. Example: SELECT ''30%''::aftersale.refund_ratio OPERATOR(aftersale.>=) ''50%'';';

CREATE OPERATOR aftersale.= (
    FUNCTION = aftersale.refund_ratio_eq, LEFTARG = aftersale.refund_ratio, RIGHTARG = aftersale.refund_ratio,
    COMMUTATOR = OPERATOR(aftersale.=), NEGATOR = OPERATOR(aftersale.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR aftersale.= (aftersale.refund_ratio, aftersale.refund_ratio) IS 'equal';

CREATE OPERATOR aftersale.<> (
    FUNCTION = aftersale.refund_ratio_ne, LEFTARG = aftersale.refund_ratio, RIGHTARG = aftersale.refund_ratio,
    COMMUTATOR = OPERATOR(aftersale.<>), NEGATOR = OPERATOR(aftersale.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR aftersale.<> (aftersale.refund_ratio, aftersale.refund_ratio) IS 'not equal';

CREATE OPERATOR aftersale.< (
    FUNCTION = aftersale.refund_ratio_lt, LEFTARG = aftersale.refund_ratio, RIGHTARG = aftersale.refund_ratio,
    COMMUTATOR = OPERATOR(aftersale.>), NEGATOR = OPERATOR(aftersale.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR aftersale.< (aftersale.refund_ratio, aftersale.refund_ratio) IS 'less than';

CREATE OPERATOR aftersale.<= (
    FUNCTION = aftersale.refund_ratio_le, LEFTARG = aftersale.refund_ratio, RIGHTARG = aftersale.refund_ratio,
    COMMUTATOR = OPERATOR(aftersale.>=), NEGATOR = OPERATOR(aftersale.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR aftersale.<= (aftersale.refund_ratio, aftersale.refund_ratio) IS 'less than or equal';

CREATE OPERATOR aftersale.> (
    FUNCTION = aftersale.refund_ratio_gt, LEFTARG = aftersale.refund_ratio, RIGHTARG = aftersale.refund_ratio,
    COMMUTATOR = OPERATOR(aftersale.<), NEGATOR = OPERATOR(aftersale.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR aftersale.> (aftersale.refund_ratio, aftersale.refund_ratio) IS 'greater than';

CREATE OPERATOR aftersale.>= (
    FUNCTION = aftersale.refund_ratio_ge, LEFTARG = aftersale.refund_ratio, RIGHTARG = aftersale.refund_ratio,
    COMMUTATOR = OPERATOR(aftersale.<=), NEGATOR = OPERATOR(aftersale.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR aftersale.>= (aftersale.refund_ratio, aftersale.refund_ratio) IS 'greater than or equal';

CREATE FUNCTION aftersale.refund_ratio_cmp(left_ratio aftersale.refund_ratio, right_ratio aftersale.refund_ratio) RETURNS int
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
AS 'btint4cmp';
COMMENT ON FUNCTION aftersale.refund_ratio_cmp(aftersale.refund_ratio, aftersale.refund_ratio) IS
'Three-way comparison for indexes: negative, 0 or positive. Example: SELECT aftersale.refund_ratio_cmp(''30%'', ''50%''); gives -1.';

CREATE FUNCTION aftersale.refund_ratio_sortsupport(internal) RETURNS void
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'btint4sortsupport';
COMMENT ON FUNCTION aftersale.refund_ratio_sortsupport(internal) IS
'Fast sorting for indexes; not for calling. Example: ORDER BY ratio uses it.';

CREATE FUNCTION aftersale.refund_ratio_hash(ratio aftersale.refund_ratio) RETURNS int
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'hashint4';
COMMENT ON FUNCTION aftersale.refund_ratio_hash(aftersale.refund_ratio) IS
'Hash for hash indexes and joins. Example: SELECT aftersale.refund_ratio_hash(''30%'');';

CREATE FUNCTION aftersale.refund_ratio_hash_extended(ratio aftersale.refund_ratio, seed bigint) RETURNS bigint
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'hashint4extended';
COMMENT ON FUNCTION aftersale.refund_ratio_hash_extended(aftersale.refund_ratio, bigint) IS
'Hash with a seed, for hash partitions. Example: SELECT aftersale.refund_ratio_hash_extended(''30%'', 0);';

CREATE OPERATOR CLASS aftersale.refund_ratio_ops DEFAULT FOR TYPE aftersale.refund_ratio USING btree AS
    OPERATOR 1 aftersale.<, OPERATOR 2 aftersale.<=, OPERATOR 3 aftersale.=, OPERATOR 4 aftersale.>=, OPERATOR 5 aftersale.>,
    FUNCTION 1 aftersale.refund_ratio_cmp(aftersale.refund_ratio, aftersale.refund_ratio),
    FUNCTION 2 aftersale.refund_ratio_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS aftersale.refund_ratio_ops USING btree IS 'Order of refund ratios, by size; with deduplication.';

CREATE OPERATOR CLASS aftersale.refund_ratio_ops DEFAULT FOR TYPE aftersale.refund_ratio USING hash AS
    OPERATOR 1 aftersale.=,
    FUNCTION 1 aftersale.refund_ratio_hash(aftersale.refund_ratio),
    FUNCTION 2 aftersale.refund_ratio_hash_extended(aftersale.refund_ratio, bigint);
COMMENT ON OPERATOR CLASS aftersale.refund_ratio_ops USING hash IS 'Equality of refund ratios.';

CREATE FUNCTION aftersale.refund_ratio_larger(left_ratio aftersale.refund_ratio, right_ratio aftersale.refund_ratio) RETURNS aftersale.refund_ratio
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int4larger';
COMMENT ON FUNCTION aftersale.refund_ratio_larger(aftersale.refund_ratio, aftersale.refund_ratio) IS
'The larger ratio; transition of max(). Example: SELECT aftersale.refund_ratio_larger(''30%'', ''50%''); gives 50%.';

CREATE FUNCTION aftersale.refund_ratio_smaller(left_ratio aftersale.refund_ratio, right_ratio aftersale.refund_ratio) RETURNS aftersale.refund_ratio
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int4smaller';
COMMENT ON FUNCTION aftersale.refund_ratio_smaller(aftersale.refund_ratio, aftersale.refund_ratio) IS
'The smaller ratio; transition of min(). Example: SELECT aftersale.refund_ratio_smaller(''30%'', ''50%''); gives 30%.';

CREATE AGGREGATE aftersale.max(aftersale.refund_ratio) (
    SFUNC = aftersale.refund_ratio_larger, STYPE = aftersale.refund_ratio, COMBINEFUNC = aftersale.refund_ratio_larger, SORTOP = OPERATOR(aftersale.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE aftersale.max(aftersale.refund_ratio) IS
'The largest of the ratios, NULLs left out; NULL without any. Example: SELECT aftersale.max(ratio) FROM aftersale.request;';

CREATE AGGREGATE aftersale.min(aftersale.refund_ratio) (
    SFUNC = aftersale.refund_ratio_smaller, STYPE = aftersale.refund_ratio, COMBINEFUNC = aftersale.refund_ratio_smaller, SORTOP = OPERATOR(aftersale.<), PARALLEL = SAFE
);
COMMENT ON AGGREGATE aftersale.min(aftersale.refund_ratio) IS
'The smallest of the ratios, NULLs left out; NULL without any. Example: SELECT aftersale.min(ratio) FROM aftersale.request;';

-- A number does not say whether it is a fraction or a percentage, so that a
-- cast has to be asked for: 0.30 is 30%.

CREATE FUNCTION aftersale.refund_ratio(fraction numeric) RETURNS aftersale.refund_ratio
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_refund_ratio_from_numeric';
COMMENT ON FUNCTION aftersale.refund_ratio(numeric) IS
'The ratio that a fraction is: 0.30 is 30%; also the cast from numeric. From 0.05 to 1, at most four decimals; nothing is rounded. Errors: 22003 out of range, too many decimals, NaN, infinity (TEMU-28). Example: SELECT 0.125::aftersale.refund_ratio; gives 12.5%.';

CREATE FUNCTION aftersale.fraction(ratio aftersale.refund_ratio) RETURNS numeric
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_fraction';
COMMENT ON FUNCTION aftersale.fraction(aftersale.refund_ratio) IS
'The ratio as a fraction, with two to four decimals; also the cast to numeric. Example: SELECT aftersale.fraction(''30%''); gives 0.30.';

CREATE CAST (numeric AS aftersale.refund_ratio) WITH FUNCTION aftersale.refund_ratio(numeric);
COMMENT ON CAST (numeric AS aftersale.refund_ratio) IS 'A fraction: 0.30 is 30%. Explicit only: a number does not say whether it is a fraction or a percentage.';
CREATE CAST (aftersale.refund_ratio AS numeric) WITH FUNCTION aftersale.fraction(aftersale.refund_ratio);
COMMENT ON CAST (aftersale.refund_ratio AS numeric) IS 'As a fraction: 30% is 0.30. Explicit only: a column of numbers may hold percentages.';
-- Money: minor units, the share that is refunded, splits.

CREATE FUNCTION aftersale.minor_units(currency text) RETURNS int
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_minor_units';
COMMENT ON FUNCTION aftersale.minor_units(text) IS
'The decimals of the smallest unit of a currency, given by its ISO 4217 code in capitals. Errors: RA012 no such currency, or one without a minor unit, such as XAU. Example: SELECT aftersale.minor_units(''JPY''); gives 0.';

CREATE FUNCTION aftersale.refund_amount(paid numeric, ratio aftersale.refund_ratio, currency text) RETURNS numeric
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_refund_amount';
COMMENT ON FUNCTION aftersale.refund_amount(numeric, aftersale.refund_ratio, text) IS
'What is refunded of the goods amount paid at that ratio: computed exactly, then rounded half up to the minor unit of the currency (ISO 4217 code), with as many decimals as that has (TEMU-28). paid is in the currency''s main unit and may have up to 18 decimals; 0 gives 0; NULL gives NULL. Errors: RA040 paid is negative, NaN or infinite; RA041 more than 18 decimals; RA012 unknown currency; 22003 too large. Example: SELECT aftersale.refund_amount(19.99, ''30%'', ''USD''); gives 6.00.';

CREATE FUNCTION aftersale.allocate(total numeric, weights numeric[], currency text) RETURNS numeric[]
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_allocate';
COMMENT ON FUNCTION aftersale.allocate(numeric, numeric[], text) IS
'Splits total over parts in proportion to weights, in minor units of the currency (ISO 4217 code), by largest remainder, ties to the first; the absolute value is split, then the sign given. The parts add up to total always, each is within one minor unit of its exact share; weight 0 gets 0. The result has the subscripts of weights. NULL total, weights or currency gives NULL. Errors: RA040 total or a weight is NaN or infinite; RA041 total is finer than the minor unit, or a weight has more than 18 decimals; RA042 no weights, one NULL or negative, all 0 (unless total is 0), more than one dimension; RA012 unknown currency; 22003 too large to split exactly. Example: SELECT aftersale.allocate(10.00, ARRAY[1, 1, 1], ''USD''); gives {3.34,3.33,3.33}.';

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

-- business time: deadlines and measures, with the calendar as a value or by name
CREATE FUNCTION aftersale.deadline(start timestamptz, term aftersale.sla_term, calendar aftersale.business_calendar) RETURNS timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_deadline';
COMMENT ON FUNCTION aftersale.deadline(timestamptz, aftersale.sla_term, aftersale.business_calendar) IS
'The instant at which a term that begins at start ends; an act at this very instant is in time. The calendar is a value. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time. Example: SELECT aftersale.deadline(''2026-10-09 18:00+08'', ''1 business day'', ''zone Asia/Shanghai; mon-fri 00:00-24:00''::aftersale.business_calendar);';

CREATE FUNCTION aftersale.deadline(start timestamptz, term aftersale.sla_term, calendar text) RETURNS timestamptz
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_deadline_named';
COMMENT ON FUNCTION aftersale.deadline(timestamptz, aftersale.sla_term, text) IS
'The instant at which a term that begins at start ends; an act at this very instant is in time. The calendar is a name in table aftersale.calendar. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time, RA013 unknown calendar, RA001 not installed. Example: SELECT aftersale.deadline(now(), ''1 business day'', ''CN'');';

CREATE FUNCTION aftersale.deadline_is_provisional(start timestamptz, term aftersale.sla_term, calendar aftersale.business_calendar) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_deadline_is_provisional';
COMMENT ON FUNCTION aftersale.deadline_is_provisional(timestamptz, aftersale.sla_term, aftersale.business_calendar) IS
'Whether the deadline of that start and term rests on dates after the calendars "known until", so that it may change when the calendar grows. Always false for elapsed hours and natural days, and for calendars that do not say how far they are known. The calendar is a value. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time. Example: SELECT aftersale.deadline_is_provisional(''2026-12-31 18:00+08'', ''1 business day'', ''zone Asia/Shanghai; mon-fri 00:00-24:00; known until 2026-12-31''::aftersale.business_calendar);';

CREATE FUNCTION aftersale.deadline_is_provisional(start timestamptz, term aftersale.sla_term, calendar text) RETURNS boolean
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_deadline_is_provisional_named';
COMMENT ON FUNCTION aftersale.deadline_is_provisional(timestamptz, aftersale.sla_term, text) IS
'Whether the deadline of that start and term rests on dates after the calendars "known until", so that it may change when the calendar grows. Always false for elapsed hours and natural days, and for calendars that do not say how far they are known. The calendar is a name in table aftersale.calendar. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time, RA013 unknown calendar, RA001 not installed. Example: SELECT aftersale.deadline_is_provisional(now(), ''1 business day'', ''CN'');';

CREATE FUNCTION aftersale.warning_time(due timestamptz, term aftersale.sla_term, calendar aftersale.business_calendar) RETURNS timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_warning_time';
COMMENT ON FUNCTION aftersale.warning_time(timestamptz, aftersale.sla_term, aftersale.business_calendar) IS
'The instant at which to warn of a deadline, a term ahead of it: elapsed hours back; natural days back at the same wall time; business hours: the last working instant from which so much working time is left until due; business days: so many business days earlier at the same wall time, or the next working instant after that. Never after due; a term of zero is due itself, or the last closing before it. The calendar is a value. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time, 22023 a negative term. Example: SELECT aftersale.warning_time(''2026-10-12 10:00+08'', ''2 business hours'', ''zone Asia/Shanghai; mon-fri 09:00-18:00''::aftersale.business_calendar);';

CREATE FUNCTION aftersale.warning_time(due timestamptz, term aftersale.sla_term, calendar text) RETURNS timestamptz
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_warning_time_named';
COMMENT ON FUNCTION aftersale.warning_time(timestamptz, aftersale.sla_term, text) IS
'The instant at which to warn of a deadline, a term ahead of it: elapsed hours back; natural days back at the same wall time; business hours: the last working instant from which so much working time is left until due; business days: so many business days earlier at the same wall time, or the next working instant after that. Never after due; a term of zero is due itself, or the last closing before it. The calendar is a name in table aftersale.calendar. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time, 22023 a negative term, RA013 unknown calendar, RA001 not installed. Example: SELECT aftersale.warning_time(''2026-10-12 10:00+08'', ''2 business hours'', ''CN'');';

CREATE FUNCTION aftersale.business_elapsed(from_at timestamptz, to_at timestamptz, calendar aftersale.business_calendar) RETURNS interval
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_elapsed';
COMMENT ON FUNCTION aftersale.business_elapsed(timestamptz, timestamptz, aftersale.business_calendar) IS
'The working time between two instants, in hours, minutes and seconds only; negative where to_at is the earlier. The calendar is a value. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399. Example: SELECT aftersale.business_elapsed(''2026-10-09 17:00+08'', ''2026-10-12 10:00+08'', ''zone Asia/Shanghai; mon-fri 09:00-18:00''::aftersale.business_calendar);';

CREATE FUNCTION aftersale.business_elapsed(from_at timestamptz, to_at timestamptz, calendar text) RETURNS interval
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_elapsed_named';
COMMENT ON FUNCTION aftersale.business_elapsed(timestamptz, timestamptz, text) IS
'The working time between two instants, in hours, minutes and seconds only; negative where to_at is the earlier. The calendar is a name in table aftersale.calendar. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA013 unknown calendar, RA001 not installed. Example: SELECT aftersale.business_elapsed(now() - interval ''7 days'', now(), ''CN office'');';

CREATE FUNCTION aftersale.business_days_between(from_at timestamptz, to_at timestamptz, calendar aftersale.business_calendar) RETURNS bigint
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_days_between';
COMMENT ON FUNCTION aftersale.business_days_between(timestamptz, timestamptz, aftersale.business_calendar) IS
'The number of working days from the local date of from_at, included, to that of to_at, excluded; negative where to_at is the earlier. The calendar is a value. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399. Example: SELECT aftersale.business_days_between(''2026-10-09 17:00+08'', ''2026-10-12 10:00+08'', ''zone Asia/Shanghai; mon-fri 00:00-24:00''::aftersale.business_calendar);';

CREATE FUNCTION aftersale.business_days_between(from_at timestamptz, to_at timestamptz, calendar text) RETURNS bigint
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_business_days_between_named';
COMMENT ON FUNCTION aftersale.business_days_between(timestamptz, timestamptz, text) IS
'The number of working days from the local date of from_at, included, to that of to_at, excluded; negative where to_at is the earlier. The calendar is a name in table aftersale.calendar. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA013 unknown calendar, RA001 not installed. Example: SELECT aftersale.business_days_between(now() - interval ''7 days'', now(), ''CN'');';

CREATE FUNCTION aftersale.is_business_time(at timestamptz, calendar aftersale.business_calendar) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_is_business_time';
COMMENT ON FUNCTION aftersale.is_business_time(timestamptz, aftersale.business_calendar) IS
'Whether the instant is working time; an opening is, a closing is not. The calendar is a value. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399. Example: SELECT aftersale.is_business_time(''2026-10-09 17:00+08'', ''zone Asia/Shanghai; mon-fri 00:00-24:00''::aftersale.business_calendar);';

CREATE FUNCTION aftersale.is_business_time(at timestamptz, calendar text) RETURNS boolean
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_is_business_time_named';
COMMENT ON FUNCTION aftersale.is_business_time(timestamptz, text) IS
'Whether the instant is working time; an opening is, a closing is not. The calendar is a name in table aftersale.calendar. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA013 unknown calendar, RA001 not installed. Example: SELECT aftersale.is_business_time(now(), ''CN office'');';

CREATE FUNCTION aftersale.next_business_time(at timestamptz, calendar aftersale.business_calendar) RETURNS timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_next_business_time';
COMMENT ON FUNCTION aftersale.next_business_time(timestamptz, aftersale.business_calendar) IS
'The first working instant at or after the given one. The calendar is a value. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 no working time follows. Example: SELECT aftersale.next_business_time(''2026-10-10 12:00+08'', ''zone Asia/Shanghai; mon-fri 09:00-18:00''::aftersale.business_calendar);';

CREATE FUNCTION aftersale.next_business_time(at timestamptz, calendar text) RETURNS timestamptz
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_next_business_time_named';
COMMENT ON FUNCTION aftersale.next_business_time(timestamptz, text) IS
'The first working instant at or after the given one. The calendar is a name in table aftersale.calendar. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 no working time follows, RA013 unknown calendar, RA001 not installed. Example: SELECT aftersale.next_business_time(now(), ''CN office'');';

CREATE TYPE aftersale.deadline_step AS (step int, from_at timestamptz, to_at timestamptz, counted interval, why text);
COMMENT ON TYPE aftersale.deadline_step IS 'A stretch of time in the explanation of a deadline.';
COMMENT ON COLUMN aftersale.deadline_step.step IS 'Number of the step, from 1, in the order of time.';
COMMENT ON COLUMN aftersale.deadline_step.from_at IS 'Where the stretch begins.';
COMMENT ON COLUMN aftersale.deadline_step.to_at IS 'Where it ends: where the next one begins.';
COMMENT ON COLUMN aftersale.deadline_step.counted IS 'What it counts towards the term: days for clocks in days, else hours, minutes and seconds; negative for negative terms.';
COMMENT ON COLUMN aftersale.deadline_step.why IS 'Why it counts or does not.';
CREATE FUNCTION aftersale.deadline(start timestamptz, term aftersale.sla_term, calendar aftersale.business_calendar, pauses tstzrange[], mode text DEFAULT 'working') RETURNS timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_deadline_paused';
COMMENT ON FUNCTION aftersale.deadline(timestamptz, aftersale.sla_term, aftersale.business_calendar, tstzrange[], text) IS
'The deadline of a clock that stood during the pauses, computed anew from start, term and all pauses. mode working: the working time inside the pauses is given back in working time; wall: their whole length in elapsed time. Pauses may touch and overlap; what lies before start or begins at or after the deadline does not count. The calendar is a value. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time, RA061 a pause without an end lies before the deadline, 22023 unknown mode or a negative term with pauses, 22004 a NULL pause. Example: SELECT aftersale.deadline(''2026-10-09 18:00+08'', ''1 business day'', ''zone Asia/Shanghai; mon-fri 00:00-24:00''::aftersale.business_calendar, ARRAY[tstzrange(''2026-10-12 08:00+08'', ''2026-10-12 10:00+08'')]);';

CREATE FUNCTION aftersale.explain_deadline(start timestamptz, term aftersale.sla_term, calendar aftersale.business_calendar, pauses tstzrange[] DEFAULT '{}', mode text DEFAULT 'working') RETURNS SETOF aftersale.deadline_step
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10 AS 'MODULE_PATHNAME', 'aftersale_explain_deadline';
COMMENT ON FUNCTION aftersale.explain_deadline(timestamptz, aftersale.sla_term, aftersale.business_calendar, tstzrange[], text) IS
'Explains a deadline: the stretches of time between start and deadline without gaps, what each counts and why; what they count adds up to the term. Arguments as of deadline(). The calendar is a value. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time, RA061 a pause without an end lies before the deadline, 22023 unknown mode or a negative term with pauses, 22004 a NULL pause. Example: SELECT * FROM aftersale.explain_deadline(''2026-10-09 18:00+08'', ''1 business day'', ''zone Asia/Shanghai; mon-fri 00:00-24:00''::aftersale.business_calendar);';

CREATE FUNCTION aftersale.deadline(start timestamptz, term aftersale.sla_term, calendar text, pauses tstzrange[], mode text DEFAULT 'working') RETURNS timestamptz
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'aftersale_deadline_paused_named';
COMMENT ON FUNCTION aftersale.deadline(timestamptz, aftersale.sla_term, text, tstzrange[], text) IS
'The deadline of a clock that stood during the pauses, computed anew from start, term and all pauses. mode working: the working time inside the pauses is given back in working time; wall: their whole length in elapsed time. Pauses may touch and overlap; what lies before start or begins at or after the deadline does not count. The calendar is a name in table aftersale.calendar. NULL where an argument is. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time, RA061 a pause without an end lies before the deadline, 22023 unknown mode or a negative term with pauses, 22004 a NULL pause, RA013 unknown calendar, RA001 not installed. Example: SELECT aftersale.deadline(''2026-10-09 18:00+08'', ''1 business day'', ''CN'', ARRAY[tstzrange(''2026-10-12 08:00+08'', ''2026-10-12 10:00+08'')]);';

CREATE FUNCTION aftersale.explain_deadline(start timestamptz, term aftersale.sla_term, calendar text, pauses tstzrange[] DEFAULT '{}', mode text DEFAULT 'working') RETURNS SETOF aftersale.deadline_step
LANGUAGE C STABLE STRICT PARALLEL SAFE ROWS 10 AS 'MODULE_PATHNAME', 'aftersale_explain_deadline_named';
COMMENT ON FUNCTION aftersale.explain_deadline(timestamptz, aftersale.sla_term, text, tstzrange[], text) IS
'Explains a deadline: the stretches of time between start and deadline without gaps, what each counts and why; what they count adds up to the term. Arguments as of deadline(). The calendar is a name in table aftersale.calendar. Holidays are named where table aftersale.holiday names them. Errors: 22008 infinite or outside the years 1800 to 2399, RA060 not enough working time, RA061 a pause without an end lies before the deadline, 22023 unknown mode or a negative term with pauses, 22004 a NULL pause, RA013 unknown calendar, RA001 not installed. Example: SELECT * FROM aftersale.explain_deadline(''2026-10-09 18:00+08'', ''1 business day'', ''CN'');';

-- holidays: growing a calendar, and importing iCalendar files

CREATE FUNCTION aftersale.business_calendar_with(calendar aftersale.business_calendar, off date[] DEFAULT '{}', works date[] DEFAULT '{}',
    hours text DEFAULT NULL, known_until date DEFAULT NULL) RETURNS aftersale.business_calendar
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
AS $function$
DECLARE
    rules jsonb := aftersale.business_calendar_json(calendar);
    working_hours jsonb := coalesce(
        to_jsonb(string_to_array(hours, ',')),
        (SELECT rules -> 'week' -> weekday
         FROM unnest(ARRAY['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']) WITH ORDINALITY AS w(weekday, n)
         WHERE rules -> 'week' ? weekday ORDER BY n LIMIT 1));
    new_off date[] := coalesce(off, '{}');
    new_works date[] := coalesce(works, '{}');
BEGIN
    IF calendar IS NULL THEN
        RETURN NULL;
    END IF;
    IF cardinality(new_works) > 0 AND working_hours IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '22023',
            MESSAGE = 'working dates need hours (22023)',
            DETAIL = 'The calendar has no weekly hours that they could have.',
            HINT = 'Give them: hours => ''09:00-18:00''.';
    END IF;
    RETURN aftersale.business_calendar(rules
        || jsonb_build_object('off', ARRAY(
            SELECT d::text FROM (
                SELECT first_day + n AS d
                FROM (SELECT split_part(r, '..', 1)::date AS first_day, split_part(r || '..' || r, '..', CASE WHEN r LIKE '%..%' THEN 2 ELSE 1 END)::date AS last_day
                      FROM jsonb_array_elements_text(coalesce(rules -> 'off', '[]')) AS r) AS runs,
                    generate_series(0, last_day - first_day) AS n
                UNION SELECT unnest(new_off)) AS dates
            WHERE d IS NOT NULL AND d <> ALL (new_works) ORDER BY dates.d))
        || jsonb_build_object('on', (
            SELECT coalesce(jsonb_object_agg(d::text, spans), '{}') FROM (
                SELECT first_day + n AS d, spans
                FROM (SELECT split_part(r, '..', 1)::date AS first_day, split_part(r || '..' || r, '..', CASE WHEN r LIKE '%..%' THEN 2 ELSE 1 END)::date AS last_day, spans
                      FROM jsonb_each(coalesce(rules -> 'on', '{}')) AS e(r, spans)) AS runs,
                    generate_series(0, last_day - first_day) AS n
                WHERE first_day + n <> ALL (new_off || new_works)
                UNION ALL SELECT d, working_hours FROM (SELECT DISTINCT unnest(new_works) AS d) AS w WHERE d IS NOT NULL) AS dates))
        || CASE WHEN greatest(known_until, (rules ->> 'known_until')::date) IS NULL THEN '{}'
           ELSE jsonb_build_object('known_until', greatest(known_until, (rules ->> 'known_until')::date)::text) END);
END
$function$;
COMMENT ON FUNCTION aftersale.business_calendar_with(aftersale.business_calendar, date[], date[], text, date) IS
'The calendar with more dates: off become days off, works become working days (a date in both works), whatever they were before. hours: spans of the working dates, such as ''09:00-18:00''; NULL: those of the first working day of the week. known_until: how far holidays are known; never moved back; NULL leaves it. NULL without a calendar. Errors: 22023 working dates without hours, 22P02 dates or hours that a calendar cannot have. Example: SELECT aftersale.business_calendar_with(''zone UTC; mon-fri 09:00-18:00'', off => ''{2026-12-25}'');';

-- The all-day events of an iCalendar text (RFC 5545).
CREATE FUNCTION aftersale.ics_days(ics text) RETURNS TABLE (day date, works boolean, name text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
AS $function$
DECLARE
    -- a line that begins with a blank continues the one before
    lines text[] := regexp_split_to_array(regexp_replace(ics, E'\r?\n[ \t]', '', 'g'), E'\r?\n|\r');
    line text;
    property text;
    value text;
    in_event boolean := false;
    seen_calendar boolean := false;
    nested int := 0;
    number int := 0;
    first_day date;
    last_day date;
    event_works boolean;
    cancelled boolean;
    event_name text;
    fault text;
BEGIN
    FOREACH line IN ARRAY lines LOOP
        number := number + 1;
        CONTINUE WHEN line ~ '^\s*$';
        IF position(':' in line) = 0 THEN
            fault := 'a property and a colon are expected';
            EXIT;
        END IF;
        property := upper(substring(line FROM '^([^:;]*)'));
        -- parameters may hold quoted colons
        value := trim(substring(line FROM '^[^:;]*(?:;[^:;=]*=(?:"[^"]*"|[^:;"]*))*:(.*)$'));
        IF value IS NULL THEN
            fault := 'the parameters of the property cannot be read';
            EXIT;
        END IF;
        IF property = 'BEGIN' AND upper(value) = 'VCALENDAR' THEN
            seen_calendar := true;
        ELSIF NOT seen_calendar THEN
            fault := 'BEGIN:VCALENDAR is expected first';
            EXIT;
        ELSIF property = 'BEGIN' AND upper(value) = 'VEVENT' THEN
            IF in_event THEN
                fault := 'an event within an event';
                EXIT;
            END IF;
            in_event := true;
            first_day := NULL;
            last_day := NULL;
            event_works := false;
            cancelled := false;
            event_name := NULL;
        ELSIF NOT in_event THEN
            CONTINUE;
        ELSIF property = 'END' AND upper(value) = 'VEVENT' THEN
            in_event := false;
            IF first_day IS NULL THEN
                fault := 'the event that ends here has no DTSTART';
                EXIT;
            END IF;
            last_day := coalesce(last_day, first_day);
            IF last_day < first_day OR last_day - first_day > 366 THEN
                fault := 'the event that ends here does not end after its start, or lasts longer than a year';
                EXIT;
            END IF;
            IF NOT cancelled THEN
                FOR n IN 0 .. last_day - first_day LOOP
                    day := first_day + n;
                    works := event_works;
                    name := event_name;
                    RETURN NEXT;
                END LOOP;
            END IF;
        ELSIF property = 'BEGIN' THEN
            nested := nested + 1;
        ELSIF property = 'END' THEN
            nested := nested - 1;
        ELSIF nested > 0 THEN
            CONTINUE;
        ELSIF property IN ('DTSTART', 'DTEND') THEN
            -- all day: a date, or local midnights
            IF value !~ '^[0-9]{8}(T000000)?$' THEN
                fault := 'a date such as 20261001 is expected; only events of whole days can be imported';
                EXIT;
            END IF;
            BEGIN
                IF property = 'DTSTART' THEN
                    first_day := to_date(left(value, 8), 'YYYYMMDD');
                ELSE
                    last_day := to_date(left(value, 8), 'YYYYMMDD') - 1;
                END IF;
            EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format THEN
                fault := 'there is no such date';
                EXIT;
            END;
        ELSIF property = 'DURATION' THEN
            IF first_day IS NULL OR value !~ '^\+?P[0-9]{1,3}[DW]$' OR value ~ 'P0+[DW]$' THEN
                fault := 'a duration of whole days such as P1D, after DTSTART, is expected';
                EXIT;
            END IF;
            last_day := first_day - 1 + substring(value FROM '[0-9]+')::int * CASE right(value, 1) WHEN 'W' THEN 7 ELSE 1 END;
        ELSIF property IN ('RRULE', 'RDATE', 'EXDATE') THEN
            fault := 'repeating events cannot be imported; use a file that lists each date';
            EXIT;
        ELSIF property = 'SUMMARY' THEN
            event_name := regexp_replace(regexp_replace(value, '\\[nN]', ' ', 'g'), '\\([\\,;])', '\1', 'g');
        ELSIF property = 'STATUS' THEN
            cancelled := upper(value) = 'CANCELLED';
        ELSIF property = 'X-APPLE-SPECIAL-DAY' THEN
            event_works := upper(value) = 'ALTERNATE-WORKDAY';
        END IF;
    END LOOP;
    IF fault IS NULL AND (in_event OR NOT seen_calendar) THEN
        fault := CASE WHEN in_event THEN 'the last event has no end' ELSE 'the text is empty' END;
    END IF;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA062',
            MESSAGE = format('invalid iCalendar data at line %s: "%s" (RA062)', number, left(line, 60)),
            DETAIL = format('Line %s (continuation lines joined): %s.', number, fault);
    END IF;
END
$function$;
COMMENT ON FUNCTION aftersale.ics_days(text) IS
'The days of the all-day events of an iCalendar text (RFC 5545): works is true for make-up workdays (X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY), name is the summary; cancelled events are left out. Errors: RA062 with the line. Example: SELECT * FROM aftersale.ics_days(E''BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas\nEND:VEVENT\nEND:VCALENDAR'');';

CREATE FUNCTION aftersale.import_ics(calendar text, ics text, known_until date DEFAULT NULL) RETURNS int
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    value aftersale.business_calendar;
    imported int;
BEGIN
    IF calendar IS NULL OR ics IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '22004',
            MESSAGE = 'the calendar''s name and the iCalendar text must not be NULL (22004)';
    END IF;
    PERFORM aftersale.next_business_time('2000-01-01 00:00+00', import_ics.calendar);  -- RA001 and RA013
    SELECT c.calendar INTO STRICT value FROM aftersale.calendar AS c WHERE c.name = import_ics.calendar FOR UPDATE;
    INSERT INTO aftersale.holiday AS h (calendar, day, works, name)
    SELECT import_ics.calendar, d.day, pg_catalog.bool_or(d.works), pg_catalog.string_agg(DISTINCT d.name, ', ')
    FROM aftersale.ics_days(import_ics.ics) AS d GROUP BY d.day
    ON CONFLICT ON CONSTRAINT holiday_pkey DO UPDATE SET works = excluded.works, name = excluded.name;
    GET DIAGNOSTICS imported = ROW_COUNT;
    UPDATE aftersale.calendar AS c
    SET calendar = aftersale.business_calendar_with(value,
        ARRAY(SELECT d.day FROM aftersale.ics_days(import_ics.ics) AS d),
        ARRAY(SELECT d.day FROM aftersale.ics_days(import_ics.ics) AS d WHERE d.works),
        known_until => import_ics.known_until)
    WHERE c.name = import_ics.calendar;
    RETURN imported;
END
$function$;
COMMENT ON FUNCTION aftersale.import_ics(text, text, date) IS
'Puts the all-day events of an iCalendar text into a calendar of table aftersale.calendar: days off, and make-up workdays with the hours of the first working day of the week; their names go into table aftersale.holiday. known_until: how far the file goes; NULL leaves what the calendar says. Returns the number of days. Errors: RA013 unknown calendar, RA062 invalid text, with the line, 22004 NULL, 42501 the caller may not write the table. Example: SELECT aftersale.import_ics(''CN'', pg_read_file(''/tmp/holidays.ics''), ''2026-12-31'');';

-- The tables belong to the user: install() creates them, they are no members
-- of the extension, and DROP EXTENSION cannot take them along.

CREATE FUNCTION aftersale.table_definitions() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT
$tables$-- Reference data: the same for every shop, loaded by packs, named by text keys.

CREATE TABLE aftersale.installation (
    schema_version int NOT NULL,
    installed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row)
);
COMMENT ON TABLE aftersale.installation IS 'One row: the version of these tables.';
COMMENT ON COLUMN aftersale.installation.schema_version IS 'Version of the tables; migrate() raises it. The library works with its own and the one before.';
COMMENT ON COLUMN aftersale.installation.installed_at IS 'When install() ran.';
COMMENT ON COLUMN aftersale.installation.one_row IS 'Always true: keeps the table at one row.';
INSERT INTO aftersale.installation (schema_version) VALUES (1);

CREATE TABLE aftersale.calendar (
    name text PRIMARY KEY,
    calendar aftersale.business_calendar NOT NULL,
    title text,
    source text
);
COMMENT ON TABLE aftersale.calendar IS 'Named business calendars.';
COMMENT ON COLUMN aftersale.calendar.name IS 'The name by which shops and functions refer to the calendar.';
COMMENT ON COLUMN aftersale.calendar.calendar IS 'Working time: zone, weekly spans, days off, working weekends, special hours.';
COMMENT ON COLUMN aftersale.calendar.title IS 'For people.';
COMMENT ON COLUMN aftersale.calendar.source IS 'Where its holidays come from, with licence.';

CREATE TABLE aftersale.holiday (
    calendar text NOT NULL REFERENCES aftersale.calendar ON UPDATE CASCADE ON DELETE CASCADE,
    day date NOT NULL,
    works boolean NOT NULL DEFAULT false,
    name text,
    PRIMARY KEY (calendar, day)
);
COMMENT ON TABLE aftersale.holiday IS 'Names of the dates that a calendar''s value has as off or on, for people and explain_deadline(). The value alone decides.';
COMMENT ON COLUMN aftersale.holiday.calendar IS 'Calendar.';
COMMENT ON COLUMN aftersale.holiday.day IS 'Date.';
COMMENT ON COLUMN aftersale.holiday.works IS 'True: a make-up day, which works; false: a day off.';
COMMENT ON COLUMN aftersale.holiday.name IS 'Name of the holiday.';

CREATE TABLE aftersale.flow (
    flow text NOT NULL,
    version int NOT NULL,
    platform text NOT NULL,
    kind text NOT NULL,
    title text,
    initial_state text NOT NULL,
    judged_at text NOT NULL DEFAULT 'opened' CHECK (judged_at IN ('opened', 'ordered')),
    effective_from timestamptz NOT NULL DEFAULT '-infinity',
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    rule text,
    standing text NOT NULL DEFAULT 'own' CHECK (standing IN ('stated', 'reading', 'external', 'informational', 'own')),
    pack text,
    PRIMARY KEY (flow, version),
    CHECK (version > 0),
    CHECK (effective_from < effective_to)
);
COMMENT ON TABLE aftersale.flow IS 'State machines: one kind of request on one platform, versioned and effective-dated.';
COMMENT ON COLUMN aftersale.flow.flow IS 'Name, platform/kind, such as temu/ticket.';
COMMENT ON COLUMN aftersale.flow.version IS 'Version; a request keeps the version that it was opened under.';
COMMENT ON COLUMN aftersale.flow.platform IS 'Platform code: temu, tiktok, tiktok_sea, douyin, kuaishou, or your own.';
COMMENT ON COLUMN aftersale.flow.kind IS 'Kind of request: ticket, refund_only, return_refund, reship, ...';
COMMENT ON COLUMN aftersale.flow.title IS 'For people.';
COMMENT ON COLUMN aftersale.flow.initial_state IS 'The state in which a request opens.';
COMMENT ON COLUMN aftersale.flow.judged_at IS 'Which instant chooses the version in force: opened (the request) or ordered (the order).';
COMMENT ON COLUMN aftersale.flow.effective_from IS 'In force from this instant on.';
COMMENT ON COLUMN aftersale.flow.effective_to IS 'No longer in force at this instant.';
COMMENT ON COLUMN aftersale.flow.rule IS 'The rule''s number, such as TEMU-01.';
COMMENT ON COLUMN aftersale.flow.standing IS 'stated by the source, a reading (assumption), external, informational, or own.';
COMMENT ON COLUMN aftersale.flow.pack IS 'The pack that loaded it; NULL: your own.';

CREATE TABLE aftersale.flow_state (
    flow text NOT NULL,
    version int NOT NULL,
    state text NOT NULL,
    title text,
    final boolean NOT NULL DEFAULT false,
    waits_for text,
    term aftersale.sla_term,
    starts text NOT NULL DEFAULT 'entered' CHECK (starts IN ('entered', 'opened', 'ordered')),
    pause text NOT NULL DEFAULT 'wall' CHECK (pause IN ('wall', 'working')),
    rule text,
    standing text NOT NULL DEFAULT 'own' CHECK (standing IN ('stated', 'reading', 'external', 'informational', 'own')),
    PRIMARY KEY (flow, version, state),
    FOREIGN KEY (flow, version) REFERENCES aftersale.flow ON UPDATE CASCADE ON DELETE CASCADE
);
COMMENT ON TABLE aftersale.flow_state IS 'The states of a flow, each with the term of its deadline.';
COMMENT ON COLUMN aftersale.flow_state.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.flow_state.version IS 'Version of the flow.';
COMMENT ON COLUMN aftersale.flow_state.state IS 'State, such as requested.';
COMMENT ON COLUMN aftersale.flow_state.title IS 'For people.';
COMMENT ON COLUMN aftersale.flow_state.final IS 'Nothing more is expected in this state; it has no deadline.';
COMMENT ON COLUMN aftersale.flow_state.waits_for IS 'Who has to act in this state: merchant, buyer, platform, carrier. NULL: nobody.';
COMMENT ON COLUMN aftersale.flow_state.term IS 'How long the state may last; NULL: no deadline of its own.';
COMMENT ON COLUMN aftersale.flow_state.starts IS 'From when the term counts: entered (the state), opened (the request) or ordered (the order).';
COMMENT ON COLUMN aftersale.flow_state.pause IS 'How a pause of its deadline is given back: wall, as long as it lasted; working, the working time in it, in working time.';
COMMENT ON COLUMN aftersale.flow_state.rule IS 'The rule''s number.';
COMMENT ON COLUMN aftersale.flow_state.standing IS 'stated, reading, external, informational or own.';

CREATE TABLE aftersale.flow_timer (
    flow text NOT NULL,
    version int NOT NULL,
    name text NOT NULL,
    state text,
    kind text NOT NULL DEFAULT 'warning' CHECK (kind IN ('warning', 'mask', 'alert')),
    term aftersale.sla_term NOT NULL,
    starts text NOT NULL DEFAULT 'before_due' CHECK (starts IN ('before_due', 'entered', 'opened', 'ordered')),
    pause text NOT NULL DEFAULT 'none' CHECK (pause IN ('none', 'wall', 'working')),
    notify text,
    rule text,
    standing text NOT NULL DEFAULT 'own' CHECK (standing IN ('stated', 'reading', 'external', 'informational', 'own')),
    PRIMARY KEY (flow, version, name),
    FOREIGN KEY (flow, version) REFERENCES aftersale.flow ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (flow, version, state) REFERENCES aftersale.flow_state ON UPDATE CASCADE,
    CONSTRAINT flow_timer_mask CHECK (kind <> 'mask' OR (state IS NULL AND starts IN ('opened', 'ordered') AND pause = 'none'))
);
COMMENT ON TABLE aftersale.flow_timer IS 'Secondary promises of a flow beside its deadlines: warnings, the moment an address must be masked, lead times. When one runs out, an event of its name is written and nothing else moves.';
COMMENT ON COLUMN aftersale.flow_timer.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.flow_timer.version IS 'Version of the flow.';
COMMENT ON COLUMN aftersale.flow_timer.name IS 'Name: the action of its event, and a signal that a rule may watch.';
COMMENT ON COLUMN aftersale.flow_timer.state IS 'The state that arms it when it is entered, and ends it when it is left; NULL: the request, from its opening on.';
COMMENT ON COLUMN aftersale.flow_timer.kind IS 'warning (somebody has to act), mask (the buyer''s personal data are hidden from then on, TEMU-31) or alert (something took too long, TTSEA-17). A final state ends warnings and alerts, not masks.';
COMMENT ON COLUMN aftersale.flow_timer.term IS 'How long after its start, or before the deadline.';
COMMENT ON COLUMN aftersale.flow_timer.starts IS 'From when it counts: before_due (the deadline of its state, backwards, in working time where the term is), entered (its state), opened (the request) or ordered (the order).';
COMMENT ON COLUMN aftersale.flow_timer.pause IS 'While the deadline is paused: none, it goes on; wall or working, it stands and is given that time back. One before_due follows its deadline anyhow.';
COMMENT ON COLUMN aftersale.flow_timer.notify IS 'Whom to tell, for the worklist: a role of the shop, such as supervisor; NULL: whoever works on it.';
COMMENT ON COLUMN aftersale.flow_timer.rule IS 'The rule''s number.';
COMMENT ON COLUMN aftersale.flow_timer.standing IS 'stated, reading, external, informational or own.';

CREATE TABLE aftersale.flow_transition (
    flow text NOT NULL,
    version int NOT NULL,
    from_state text NOT NULL,
    action text NOT NULL,
    priority int NOT NULL DEFAULT 0,
    to_state text NOT NULL,
    actors text[] NOT NULL DEFAULT '{merchant}',
    permission text,
    needs text[] NOT NULL DEFAULT '{}',
    condition jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(condition) = 'object'),
    requires jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(requires) = 'object'),
    on_behalf_of text,
    outcome text,
    effect jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(effect) = 'object'),
    clock text NOT NULL DEFAULT 'restart' CHECK (clock IN ('restart', 'keep', 'pause', 'resume', 'extend')),
    rule text,
    standing text NOT NULL DEFAULT 'own' CHECK (standing IN ('stated', 'reading', 'external', 'informational', 'own')),
    PRIMARY KEY (flow, version, from_state, action, priority),
    FOREIGN KEY (flow, version) REFERENCES aftersale.flow ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (flow, version, from_state) REFERENCES aftersale.flow_state ON UPDATE CASCADE,
    FOREIGN KEY (flow, version, to_state) REFERENCES aftersale.flow_state ON UPDATE CASCADE
);
COMMENT ON TABLE aftersale.flow_transition IS 'What each action does in each state; the action timeout is what the clock does when the deadline has passed, the action open, from the initial state, in which state a request opens, or that it is refused.';
COMMENT ON COLUMN aftersale.flow_transition.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.flow_transition.version IS 'Version of the flow.';
COMMENT ON COLUMN aftersale.flow_transition.from_state IS 'The state in which the action is allowed.';
COMMENT ON COLUMN aftersale.flow_transition.action IS 'The action, such as reply; timeout is the clock''s.';
COMMENT ON COLUMN aftersale.flow_transition.priority IS 'Among transitions of one action in one state, the highest priority whose condition holds is taken.';
COMMENT ON COLUMN aftersale.flow_transition.to_state IS 'The state afterwards; the same state is allowed.';
COMMENT ON COLUMN aftersale.flow_transition.actors IS 'Who may act: merchant, buyer, platform, carrier, erp, system.';
COMMENT ON COLUMN aftersale.flow_transition.permission IS 'The permission that a member of the shop needs; NULL: none.';
COMMENT ON COLUMN aftersale.flow_transition.needs IS 'Payload keys that must be given and not be empty, such as {remark,evidence}.';
COMMENT ON COLUMN aftersale.flow_transition.condition IS 'The transition is considered only where the payload contains this object, such as {"is_effective": false}.';
COMMENT ON COLUMN aftersale.flow_transition.requires IS 'The transition is considered only where the request meets all members of this object: {"attributes": {...}} (its attributes contain them), {"settings": {...}} (the settings of the shop in its country do, over those of the platform''s site), {"carrier": "listed"} or {"reject_reason": "no_evidence"} (the payload''s, in the platform''s lists), {"policy": "eligible"}, {"return_address": "before_order"}, {"never": {"action": "arrive"}}, ... See the reference of flows.';
COMMENT ON COLUMN aftersale.flow_transition.on_behalf_of IS 'For whom the act is, where it names nobody (KS-11); NULL: nobody.';
COMMENT ON COLUMN aftersale.flow_transition.outcome IS 'What is recorded as the request''s outcome; NULL leaves it.';
COMMENT ON COLUMN aftersale.flow_transition.effect IS 'What else happens, such as {"refund": {"of": "given_or_asked", "executed_by": "platform"}}; {}: nothing. See the reference of flows.';
COMMENT ON COLUMN aftersale.flow_transition.clock IS 'restart: the deadline is computed for the new state; keep: it stays as it is; pause: it stands; resume: it goes on, later by the time it stood; extend: it moves, once, by the term of the effect.';
COMMENT ON COLUMN aftersale.flow_transition.rule IS 'The rule''s number.';
COMMENT ON COLUMN aftersale.flow_transition.standing IS 'stated, reading, external, informational or own.';

CREATE TABLE aftersale.flow_advice (
    flow text NOT NULL,
    version int NOT NULL,
    name text NOT NULL,
    state text,
    action text NOT NULL,
    condition jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(condition) = 'object'),
    advice text NOT NULL,
    rule text,
    standing text NOT NULL DEFAULT 'own' CHECK (standing IN ('stated', 'reading', 'external', 'informational', 'own')),
    PRIMARY KEY (flow, version, name),
    FOREIGN KEY (flow, version) REFERENCES aftersale.flow ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (flow, version, state) REFERENCES aftersale.flow_state ON UPDATE CASCADE
);
COMMENT ON TABLE aftersale.flow_advice IS 'What a platform advises before an action is taken. It blocks nothing: advice() tells it.';
COMMENT ON COLUMN aftersale.flow_advice.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.flow_advice.version IS 'Version of the flow.';
COMMENT ON COLUMN aftersale.flow_advice.name IS 'Name.';
COMMENT ON COLUMN aftersale.flow_advice.state IS 'The state in which it holds; NULL: any.';
COMMENT ON COLUMN aftersale.flow_advice.action IS 'The action before which it is told.';
COMMENT ON COLUMN aftersale.flow_advice.condition IS 'What the request''s attributes must contain, such as {"freight_insurance": true}; {}: nothing.';
COMMENT ON COLUMN aftersale.flow_advice.advice IS 'The advice, for people.';
COMMENT ON COLUMN aftersale.flow_advice.rule IS 'The rule''s number.';
COMMENT ON COLUMN aftersale.flow_advice.standing IS 'stated, reading, external, informational or own.';

CREATE TABLE aftersale.role_permission (
    platform text NOT NULL,
    role text NOT NULL,
    permission text NOT NULL,
    rule text,
    PRIMARY KEY (platform, role, permission)
);
COMMENT ON TABLE aftersale.role_permission IS 'The permissions of a platform''s roles.';
COMMENT ON COLUMN aftersale.role_permission.platform IS 'Platform code.';
COMMENT ON COLUMN aftersale.role_permission.role IS 'Role of a shop''s member, such as administrator.';
COMMENT ON COLUMN aftersale.role_permission.permission IS 'Permission, such as agree_refund; * is every permission (the main account).';
COMMENT ON COLUMN aftersale.role_permission.rule IS 'The rule''s number.';

CREATE TABLE aftersale.site (
    platform text NOT NULL,
    site text NOT NULL,
    settings jsonb NOT NULL CHECK (pg_catalog.jsonb_typeof(settings) = 'object'),
    effective_from timestamptz NOT NULL DEFAULT '-infinity',
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    rule text,
    standing text NOT NULL DEFAULT 'own' CHECK (standing IN ('stated', 'reading', 'external', 'informational', 'own')),
    PRIMARY KEY (platform, site, effective_from),
    CHECK (effective_from < effective_to)
);
COMMENT ON TABLE aftersale.site IS 'What a platform offers on each of its sites. A shop''s own settings go over it, but for what it forbids.';
COMMENT ON COLUMN aftersale.site.platform IS 'Platform code.';
COMMENT ON COLUMN aftersale.site.site IS 'The site: shop_country.site, or the country where that is NULL.';
COMMENT ON COLUMN aftersale.site.settings IS 'auto_label (the platform books return labels), region (returns cross borders within it, TEMU-16), cross_border (false: never, whatever the shop sets), cross_border_needs (the setting that must be true for it).';
COMMENT ON COLUMN aftersale.site.effective_from IS 'In force from this instant on.';
COMMENT ON COLUMN aftersale.site.effective_to IS 'No longer in force at this instant.';
COMMENT ON COLUMN aftersale.site.rule IS 'The rule''s number.';
COMMENT ON COLUMN aftersale.site.standing IS 'stated, reading, external, informational or own.';

CREATE TABLE aftersale.carrier (
    platform text NOT NULL,
    code text NOT NULL,
    carrier text NOT NULL,
    name text,
    region text NOT NULL DEFAULT '*',
    aliases text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (platform, code, region)
);
COMMENT ON TABLE aftersale.carrier IS 'Carriers with the platform''s codes.';
COMMENT ON COLUMN aftersale.carrier.platform IS 'Platform code.';
COMMENT ON COLUMN aftersale.carrier.code IS 'The platform''s code of the carrier.';
COMMENT ON COLUMN aftersale.carrier.carrier IS 'Our name of the carrier, the same on every platform.';
COMMENT ON COLUMN aftersale.carrier.name IS 'For people.';
COMMENT ON COLUMN aftersale.carrier.region IS 'Region of the list; * is everywhere.';
COMMENT ON COLUMN aftersale.carrier.aliases IS 'Other codes met for the same carrier.';

CREATE TABLE aftersale.reason (
    platform text NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    title text,
    evidence_needed boolean NOT NULL DEFAULT false,
    rule text,
    PRIMARY KEY (platform, kind, code)
);
COMMENT ON TABLE aftersale.reason IS 'Reasons that buyers and merchants give, by the platform''s codes.';
COMMENT ON COLUMN aftersale.reason.platform IS 'Platform code.';
COMMENT ON COLUMN aftersale.reason.kind IS 'Kind of request, or of act: reject.';
COMMENT ON COLUMN aftersale.reason.code IS 'The platform''s code.';
COMMENT ON COLUMN aftersale.reason.title IS 'For people.';
COMMENT ON COLUMN aftersale.reason.evidence_needed IS 'Whether the platform demands evidence with this reason.';
COMMENT ON COLUMN aftersale.reason.rule IS 'The rule''s number.';

CREATE TABLE aftersale.status_code (
    platform text NOT NULL,
    field text NOT NULL DEFAULT 'status',
    code text NOT NULL,
    flow text NOT NULL DEFAULT '*',
    state text,
    title text,
    aliases text[] NOT NULL DEFAULT '{}',
    covers text[] NOT NULL DEFAULT '{}',
    action text,
    standing text NOT NULL DEFAULT 'own' CHECK (standing IN ('stated', 'reading', 'external', 'informational', 'own')),
    PRIMARY KEY (platform, field, code, flow)
);
COMMENT ON TABLE aftersale.status_code IS 'What the platforms'' status codes mean in our states.';
COMMENT ON COLUMN aftersale.status_code.platform IS 'Platform code.';
COMMENT ON COLUMN aftersale.status_code.field IS 'The platform''s field.';
COMMENT ON COLUMN aftersale.status_code.code IS 'The platform''s code, as text.';
COMMENT ON COLUMN aftersale.status_code.flow IS 'The flow for which it holds; * is every flow of the platform that has no row of its own.';
COMMENT ON COLUMN aftersale.status_code.state IS 'Our state; NULL: the code says nothing of the state.';
COMMENT ON COLUMN aftersale.status_code.title IS 'For people.';
COMMENT ON COLUMN aftersale.status_code.aliases IS 'Other spellings met for the same code; they are read, never written.';
COMMENT ON COLUMN aftersale.status_code.covers IS 'Finer states of ours that the platform does not tell apart from state: a request in one of them stays there.';
COMMENT ON COLUMN aftersale.status_code.action IS 'The platform''s action that the code reports, where several of a flow lead to the state; NULL: the first of them by name.';
COMMENT ON COLUMN aftersale.status_code.standing IS 'stated, reading, external, informational or own.';

CREATE TABLE aftersale.flow_choice (
    platform text NOT NULL,
    type text NOT NULL DEFAULT '*',
    reason text NOT NULL DEFAULT '*',
    flow text NOT NULL,
    priority int NOT NULL DEFAULT 0,
    rule text,
    standing text NOT NULL DEFAULT 'own' CHECK (standing IN ('stated', 'reading', 'external', 'informational', 'own')),
    PRIMARY KEY (platform, type, reason)
);
COMMENT ON TABLE aftersale.flow_choice IS 'Which flow a request takes that is opened without naming one.';
COMMENT ON COLUMN aftersale.flow_choice.platform IS 'Platform code, as of the shop.';
COMMENT ON COLUMN aftersale.flow_choice.type IS 'The platform''s code of the type of request, or our kind: request.attributes, member type; * is every type.';
COMMENT ON COLUMN aftersale.flow_choice.reason IS 'The buyer''s reason: request.reason; * is every reason.';
COMMENT ON COLUMN aftersale.flow_choice.flow IS 'The flow.';
COMMENT ON COLUMN aftersale.flow_choice.priority IS 'The highest of the rows that fit is taken; among equals one that names the type, then one that names the reason.';
COMMENT ON COLUMN aftersale.flow_choice.rule IS 'The rule''s number.';
COMMENT ON COLUMN aftersale.flow_choice.standing IS 'stated, reading, external, informational or own.';
-- Shops and what is the shop's own: countries, overrides, members, logins.

CREATE TABLE aftersale.shop (
    shop_id bigint PRIMARY KEY,
    platform text NOT NULL,
    name text NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(settings) = 'object'),
    refunds_held boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE aftersale.shop IS 'A seller''s account on one platform: the tenant.';
COMMENT ON COLUMN aftersale.shop.shop_id IS 'Your number of the shop; it leads every key.';
COMMENT ON COLUMN aftersale.shop.platform IS 'Platform code: temu, tiktok, tiktok_sea, douyin, kuaishou, or your own.';
COMMENT ON COLUMN aftersale.shop.name IS 'For people.';
COMMENT ON COLUMN aftersale.shop.refunds_held IS 'Whether decided refunds wait for release_refunds(), so that loading the past pays nobody.';
COMMENT ON COLUMN aftersale.shop.settings IS 'Settings of the shop: {"fire_overdue_at_opening": true} lets the sweep act on requests that were overdue when opened; {"features": ["negotiated_refund"]}, negotiated_full_refund and negotiated_blocked_by: see propose_refund().';

CREATE TABLE aftersale.shop_country (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    site text,
    currency text NOT NULL,
    calendar text NOT NULL REFERENCES aftersale.calendar ON UPDATE CASCADE,
    time_zone text NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(settings) = 'object'),
    PRIMARY KEY (shop_id, country)
);
COMMENT ON TABLE aftersale.shop_country IS 'A country that a shop sells in: its money, its working time, its return modes.';
COMMENT ON COLUMN aftersale.shop_country.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.shop_country.country IS 'Country of the buyers, ISO 3166-1 alpha-2.';
COMMENT ON COLUMN aftersale.shop_country.site IS 'The platform''s site, where it has one; NULL: the country.';
COMMENT ON COLUMN aftersale.shop_country.currency IS 'Currency, ISO 4217.';
COMMENT ON COLUMN aftersale.shop_country.calendar IS 'The business calendar by which business days and hours count.';
COMMENT ON COLUMN aftersale.shop_country.time_zone IS 'IANA time zone of the site.';
COMMENT ON COLUMN aftersale.shop_country.settings IS 'What the shop has there, over the platform''s table site: cross_border, cross_border_anywhere, auto_label, fallback_label, merchant_label, features, and what your own flows require.';

CREATE TABLE aftersale.flow_override (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    flow text NOT NULL,
    state text NOT NULL,
    country text NOT NULL DEFAULT '*',
    term aftersale.sla_term,
    timeout_to text,
    timeout_outcome text,
    effective_from timestamptz NOT NULL DEFAULT '-infinity',
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (shop_id, flow, state, country, effective_from),
    CHECK (effective_from < effective_to)
);
COMMENT ON TABLE aftersale.flow_override IS 'A shop''s own terms, and outcomes where the source states none.';
COMMENT ON COLUMN aftersale.flow_override.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.flow_override.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.flow_override.state IS 'State whose deadline is the shop''s own.';
COMMENT ON COLUMN aftersale.flow_override.country IS 'Country; * is every country.';
COMMENT ON COLUMN aftersale.flow_override.term IS 'The term instead of the flow''s; NULL: the flow''s.';
COMMENT ON COLUMN aftersale.flow_override.timeout_to IS 'The state after the timeout instead of the flow''s; NULL: the flow''s.';
COMMENT ON COLUMN aftersale.flow_override.timeout_outcome IS 'The outcome after the timeout instead of the flow''s; NULL: the flow''s.';
COMMENT ON COLUMN aftersale.flow_override.effective_from IS 'In force from this instant on, judged when the state is entered.';
COMMENT ON COLUMN aftersale.flow_override.effective_to IS 'No longer in force at this instant.';

CREATE TABLE aftersale.return_fee (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('restocking', 'return_freight')),
    flow text NOT NULL DEFAULT '*',
    country text NOT NULL DEFAULT '*',
    percent numeric(5,2) NOT NULL DEFAULT 0 CHECK (percent >= 0 AND percent <= 100),
    fixed numeric NOT NULL DEFAULT 0 CHECK (fixed >= 0 AND fixed < 'Infinity'),
    cap numeric CHECK (cap >= 0 AND cap < 'Infinity'),
    waived_reasons text[] NOT NULL DEFAULT '{}' CHECK (array_position(waived_reasons, NULL) IS NULL),
    effective_from timestamptz NOT NULL DEFAULT '-infinity',
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (shop_id, kind, flow, country, effective_from),
    CHECK (effective_from < effective_to)
);
COMMENT ON TABLE aftersale.return_fee IS 'What a shop keeps back of a refund (TTRET-05), where a flow''s transition says so: once a request, never more than the refund.';
COMMENT ON COLUMN aftersale.return_fee.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.return_fee.kind IS 'restocking (the handling of the return) or return_freight (its transport).';
COMMENT ON COLUMN aftersale.return_fee.flow IS 'Flow; * is every flow.';
COMMENT ON COLUMN aftersale.return_fee.country IS 'Country; * is every country. Of several rows of a kind the most particular holds.';
COMMENT ON COLUMN aftersale.return_fee.percent IS 'Percent of the goods that are refunded, 0 to 100, rounded half up to the minor unit.';
COMMENT ON COLUMN aftersale.return_fee.fixed IS 'A fixed amount, in the request''s currency, on top of the share.';
COMMENT ON COLUMN aftersale.return_fee.cap IS 'The most that is kept back, in the request''s currency; NULL: no cap.';
COMMENT ON COLUMN aftersale.return_fee.waived_reasons IS 'Reasons of the buyer for which the fee is waived.';
COMMENT ON COLUMN aftersale.return_fee.effective_from IS 'In force for requests opened from this instant on.';
COMMENT ON COLUMN aftersale.return_fee.effective_to IS 'No longer in force for requests opened at this instant.';

CREATE TABLE aftersale.shop_role_permission (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    role text NOT NULL,
    permission text NOT NULL,
    granted boolean NOT NULL DEFAULT true,
    granted_by text,
    granted_at timestamptz,
    PRIMARY KEY (shop_id, role, permission)
);
COMMENT ON TABLE aftersale.shop_role_permission IS 'A shop''s own roles and permissions, over the platform''s.';
COMMENT ON COLUMN aftersale.shop_role_permission.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.shop_role_permission.role IS 'Role, the platform''s or the shop''s own.';
COMMENT ON COLUMN aftersale.shop_role_permission.permission IS 'Permission, such as agree_refund; * is every permission that no other row of the shop names.';
COMMENT ON COLUMN aftersale.shop_role_permission.granted IS 'true adds the permission to the role, false takes it away.';
COMMENT ON COLUMN aftersale.shop_role_permission.granted_by IS 'The actor who called grant_permission(); NULL: written by hand.';
COMMENT ON COLUMN aftersale.shop_role_permission.granted_at IS 'When; NULL: written by hand.';

CREATE TABLE aftersale.member (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    actor text NOT NULL CHECK (actor NOT IN ('merchant', 'buyer', 'platform', 'carrier', 'erp', 'system')),
    role text NOT NULL,
    PRIMARY KEY (shop_id, actor)
);
COMMENT ON TABLE aftersale.member IS 'The people of a shop and the role of each.';
COMMENT ON COLUMN aftersale.member.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.member.actor IS 'Name of the person, as events record it.';
COMMENT ON COLUMN aftersale.member.role IS 'Role.';

CREATE TABLE aftersale.login (
    login name NOT NULL,
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    actor text NOT NULL,
    may_speak boolean NOT NULL DEFAULT false,
    PRIMARY KEY (login, shop_id)
);
COMMENT ON TABLE aftersale.login IS 'Which shops a database role works for, and as whom.';
COMMENT ON COLUMN aftersale.login.login IS 'Database role.';
COMMENT ON COLUMN aftersale.login.shop_id IS 'A shop that the role sees and works for.';
COMMENT ON COLUMN aftersale.login.actor IS 'The actor that the role acts as.';
COMMENT ON COLUMN aftersale.login.may_speak IS 'Whether it may name another actor (the ERP''s service account).';

CREATE TABLE aftersale.access (
    login name NOT NULL,
    capability text NOT NULL CHECK (capability IN ('service', 'employee', 'reporter', 'sweeper', 'outbox')),
    PRIMARY KEY (login, capability)
);
COMMENT ON TABLE aftersale.access IS 'What grant_access() granted, so that it can be taken back and granted anew.';
COMMENT ON COLUMN aftersale.access.login IS 'Database role.';
COMMENT ON COLUMN aftersale.access.capability IS 'Capability: service, employee, reporter, sweeper or outbox.';
-- Return warehouses: versions, defaults and links, each with the time in which
-- it is in force (effective_from to effective_to, half-open).  Versions and
-- defaults are never rewritten: a row that no longer holds is superseded, so
-- that what was known at any instant can be asked, too.

CREATE SEQUENCE aftersale.warehouse_id;
CREATE TABLE aftersale.warehouse (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    warehouse_id bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.warehouse_id'),
    external_ref text NOT NULL CHECK (external_ref <> ''),
    recorded_at timestamptz NOT NULL DEFAULT aftersale.clock(),
    PRIMARY KEY (shop_id, warehouse_id),
    UNIQUE (shop_id, external_ref)
);
ALTER SEQUENCE aftersale.warehouse_id OWNED BY aftersale.warehouse.warehouse_id;
COMMENT ON TABLE aftersale.warehouse IS 'Return warehouses (TEMU-37): what a warehouse is in each country that it serves stands in warehouse_version.';
COMMENT ON COLUMN aftersale.warehouse.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.warehouse.warehouse_id IS 'Number of the warehouse.';
COMMENT ON COLUMN aftersale.warehouse.external_ref IS 'The ERP''s or platform''s own key, unique within the shop.';
COMMENT ON COLUMN aftersale.warehouse.recorded_at IS 'When it was first recorded: of several that serve a return equally, the oldest is taken.';

CREATE SEQUENCE aftersale.warehouse_version_no;
CREATE TABLE aftersale.warehouse_version (
    shop_id bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    country text NOT NULL,
    version_no bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.warehouse_version_no'),
    located_in text CHECK (located_in ~ '^[A-Z]{2}$'),
    name text NOT NULL,
    name_key text NOT NULL GENERATED ALWAYS AS (pg_catalog.lower(pg_catalog.regexp_replace(name, '^\s+|\s+$', '', 'g'))) STORED,
    priority int NOT NULL DEFAULT 0,
    enabled boolean NOT NULL DEFAULT true,
    address jsonb,
    effective_from timestamptz NOT NULL DEFAULT '-infinity' CHECK (effective_from < 'infinity'),
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    recorded_at timestamptz NOT NULL DEFAULT aftersale.clock(),
    superseded_at timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (shop_id, warehouse_id, country, version_no),
    FOREIGN KEY (shop_id, warehouse_id) REFERENCES aftersale.warehouse ON DELETE CASCADE,
    FOREIGN KEY (shop_id, country) REFERENCES aftersale.shop_country ON DELETE CASCADE,
    CONSTRAINT warehouse_version_named CHECK (name_key <> ''),
    CONSTRAINT warehouse_version_period CHECK (effective_from < effective_to),
    CONSTRAINT warehouse_version_known CHECK (recorded_at <= superseded_at)
);
ALTER SEQUENCE aftersale.warehouse_version_no OWNED BY aftersale.warehouse_version.version_no;
CREATE UNIQUE INDEX warehouse_version_from ON aftersale.warehouse_version (shop_id, warehouse_id, country, effective_from)
    WHERE superseded_at = 'infinity';
CREATE UNIQUE INDEX warehouse_version_to ON aftersale.warehouse_version (shop_id, warehouse_id, country, effective_to)
    WHERE superseded_at = 'infinity';
CREATE INDEX warehouse_version_country ON aftersale.warehouse_version (shop_id, country)
    WHERE superseded_at = 'infinity';
CREATE INDEX warehouse_version_name ON aftersale.warehouse_version (shop_id, name_key)
    WHERE superseded_at = 'infinity';
COMMENT ON TABLE aftersale.warehouse_version IS 'What a return warehouse is in a country that it serves, version by version; set_warehouse() adds them, warehouse_now shows what holds. A row whose superseded_at is infinity holds; of one warehouse and country such rows do not overlap in time.';
COMMENT ON COLUMN aftersale.warehouse_version.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.warehouse_version.warehouse_id IS 'Warehouse.';
COMMENT ON COLUMN aftersale.warehouse_version.country IS 'The country that it serves: the buyer''s.';
COMMENT ON COLUMN aftersale.warehouse_version.version_no IS 'Number of the version.';
COMMENT ON COLUMN aftersale.warehouse_version.located_in IS 'The country where it stands, ISO 3166-1 alpha-2; NULL: the country that it serves. Abroad only where the country''s settings say cross_border (TEMU-16).';
COMMENT ON COLUMN aftersale.warehouse_version.name IS 'Name. No two warehouses of a shop, nor one warehouse in two countries, have the same name at the same time (TEMU-18).';
COMMENT ON COLUMN aftersale.warehouse_version.name_key IS 'The name as it is compared: without blanks around it, in lower case.';
COMMENT ON COLUMN aftersale.warehouse_version.priority IS 'Of several in common the highest is taken, after the default (TEMU-42).';
COMMENT ON COLUMN aftersale.warehouse_version.enabled IS 'false: it takes no returns, its links count for nothing.';
COMMENT ON COLUMN aftersale.warehouse_version.address IS 'Where the buyer sends the return, in the ERP''s own form.';
COMMENT ON COLUMN aftersale.warehouse_version.effective_from IS 'In force from this instant on.';
COMMENT ON COLUMN aftersale.warehouse_version.effective_to IS 'No longer in force at this instant.';
COMMENT ON COLUMN aftersale.warehouse_version.recorded_at IS 'When the row was written: known from then on (TTSEA-03).';
COMMENT ON COLUMN aftersale.warehouse_version.superseded_at IS 'When other rows took its place; infinity: it holds.';

CREATE SEQUENCE aftersale.default_warehouse_version_no;
CREATE TABLE aftersale.default_warehouse (
    shop_id bigint NOT NULL,
    country text NOT NULL,
    version_no bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.default_warehouse_version_no'),
    warehouse_id bigint NOT NULL,
    effective_from timestamptz NOT NULL DEFAULT '-infinity' CHECK (effective_from < 'infinity'),
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    recorded_at timestamptz NOT NULL DEFAULT aftersale.clock(),
    superseded_at timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (shop_id, country, version_no),
    FOREIGN KEY (shop_id, warehouse_id) REFERENCES aftersale.warehouse ON DELETE CASCADE,
    FOREIGN KEY (shop_id, country) REFERENCES aftersale.shop_country ON DELETE CASCADE,
    CONSTRAINT default_warehouse_period CHECK (effective_from < effective_to),
    CONSTRAINT default_warehouse_known CHECK (recorded_at <= superseded_at)
);
ALTER SEQUENCE aftersale.default_warehouse_version_no OWNED BY aftersale.default_warehouse.version_no;
CREATE UNIQUE INDEX default_warehouse_from ON aftersale.default_warehouse (shop_id, country, effective_from)
    WHERE superseded_at = 'infinity';
CREATE UNIQUE INDEX default_warehouse_to ON aftersale.default_warehouse (shop_id, country, effective_to)
    WHERE superseded_at = 'infinity';
CREATE INDEX default_warehouse_warehouse ON aftersale.default_warehouse (shop_id, warehouse_id);
COMMENT ON TABLE aftersale.default_warehouse IS 'The default warehouse of each country, which accepts everything (TEMU-41). The first warehouse of a country becomes it by itself; set_default_warehouse() replaces it; it cannot be deleted, disabled or end-dated (TEMU-40).';
COMMENT ON COLUMN aftersale.default_warehouse.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.default_warehouse.country IS 'The buyer''s country.';
COMMENT ON COLUMN aftersale.default_warehouse.version_no IS 'Number of the row.';
COMMENT ON COLUMN aftersale.default_warehouse.warehouse_id IS 'The default warehouse.';
COMMENT ON COLUMN aftersale.default_warehouse.effective_from IS 'In force from this instant on.';
COMMENT ON COLUMN aftersale.default_warehouse.effective_to IS 'No longer in force at this instant: the next one is.';
COMMENT ON COLUMN aftersale.default_warehouse.recorded_at IS 'When the row was written: known from then on.';
COMMENT ON COLUMN aftersale.default_warehouse.superseded_at IS 'When other rows took its place; infinity: it holds.';

CREATE TABLE aftersale.warehouse_product (
    shop_id bigint NOT NULL,
    country text NOT NULL,
    product text NOT NULL CHECK (product <> ''),
    warehouse_id bigint NOT NULL,
    effective_from timestamptz NOT NULL DEFAULT '-infinity' CHECK (effective_from < 'infinity'),
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    recorded_at timestamptz NOT NULL DEFAULT aftersale.clock(),
    PRIMARY KEY (shop_id, country, product, warehouse_id, effective_to) INCLUDE (effective_from),
    FOREIGN KEY (shop_id, warehouse_id) REFERENCES aftersale.warehouse ON DELETE CASCADE,
    FOREIGN KEY (shop_id, country) REFERENCES aftersale.shop_country ON DELETE CASCADE,
    CONSTRAINT warehouse_product_period CHECK (effective_from < effective_to)
);
CREATE INDEX warehouse_product_warehouse ON aftersale.warehouse_product (shop_id, warehouse_id);
COMMENT ON TABLE aftersale.warehouse_product IS 'Links: which products may return to which warehouse (TEMU-38). link_products() and unlink_products() write them; so may your own INSERT. The links of one product and warehouse do not overlap in time.';
COMMENT ON COLUMN aftersale.warehouse_product.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.warehouse_product.country IS 'The buyer''s country.';
COMMENT ON COLUMN aftersale.warehouse_product.product IS 'Product (SPU, not SKU).';
COMMENT ON COLUMN aftersale.warehouse_product.warehouse_id IS 'A warehouse that takes the product''s returns.';
COMMENT ON COLUMN aftersale.warehouse_product.effective_from IS 'In force from this instant on.';
COMMENT ON COLUMN aftersale.warehouse_product.effective_to IS 'No longer in force at this instant.';
COMMENT ON COLUMN aftersale.warehouse_product.recorded_at IS 'When the row was written: known from then on.';

CREATE VIEW aftersale.warehouse_now WITH (security_invoker = true) AS
SELECT version.shop_id, version.country, version.warehouse_id, warehouse.external_ref, version.name,
       coalesce(version.located_in, version.country) AS located_in, version.priority, version.enabled,
       chosen.warehouse_id IS NOT NULL AS is_default, version.address,
       version.effective_from, version.effective_to, version.recorded_at
FROM aftersale.warehouse_version AS version
JOIN aftersale.warehouse AS warehouse
  ON warehouse.shop_id = version.shop_id AND warehouse.warehouse_id = version.warehouse_id
LEFT JOIN aftersale.default_warehouse AS chosen
  ON chosen.shop_id = version.shop_id AND chosen.country = version.country
 AND chosen.warehouse_id = version.warehouse_id AND chosen.superseded_at = 'infinity'
 AND chosen.effective_from <= aftersale.transaction_clock() AND chosen.effective_to > aftersale.transaction_clock()
WHERE version.superseded_at = 'infinity'
  AND version.effective_from <= aftersale.transaction_clock() AND version.effective_to > aftersale.transaction_clock();
COMMENT ON VIEW aftersale.warehouse_now IS 'The warehouses in force now, one row a warehouse and country that it serves.';
COMMENT ON COLUMN aftersale.warehouse_now.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.warehouse_now.country IS 'The country that it serves: the buyer''s.';
COMMENT ON COLUMN aftersale.warehouse_now.warehouse_id IS 'Number of the warehouse.';
COMMENT ON COLUMN aftersale.warehouse_now.external_ref IS 'The ERP''s or platform''s own key.';
COMMENT ON COLUMN aftersale.warehouse_now.name IS 'Name.';
COMMENT ON COLUMN aftersale.warehouse_now.located_in IS 'The country where it stands.';
COMMENT ON COLUMN aftersale.warehouse_now.priority IS 'Priority, the highest first.';
COMMENT ON COLUMN aftersale.warehouse_now.enabled IS 'Whether it takes returns.';
COMMENT ON COLUMN aftersale.warehouse_now.is_default IS 'Whether it is the country''s default.';
COMMENT ON COLUMN aftersale.warehouse_now.address IS 'Where the buyer sends the return.';
COMMENT ON COLUMN aftersale.warehouse_now.effective_from IS 'Since when it has been so.';
COMMENT ON COLUMN aftersale.warehouse_now.effective_to IS 'Until when it will be so.';
COMMENT ON COLUMN aftersale.warehouse_now.recorded_at IS 'When that was recorded.';
-- Returns: what a shop takes back, until when, and on which conditions.

CREATE SEQUENCE aftersale.return_policy_id;
CREATE TABLE aftersale.return_policy (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    policy_id bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.return_policy_id'),
    name text NOT NULL CHECK (name <> ''),
    country text NOT NULL DEFAULT '*' CHECK (country ~ '^([A-Z]{2}|\*)$'),
    product text NOT NULL DEFAULT '*' CHECK (product <> ''),
    category text NOT NULL DEFAULT '*' CHECK (category <> ''),
    returnable boolean NOT NULL DEFAULT true,
    term aftersale.sla_term CONSTRAINT return_policy_term_above_zero CHECK (term::text ~ '^[1-9]'),
    starts text NOT NULL DEFAULT 'delivered' CHECK (starts IN ('delivered', 'ordered')),
    conditions text[] NOT NULL DEFAULT '{}' CHECK (array_position(conditions, NULL) IS NULL AND '' <> ALL (conditions)),
    refund_methods text[] NOT NULL DEFAULT '{original}'
        CHECK (refund_methods <> '{}' AND array_position(refund_methods, NULL) IS NULL AND '' <> ALL (refund_methods)),
    reason_required boolean NOT NULL DEFAULT false,
    evidence_required boolean NOT NULL DEFAULT false,
    effective_from timestamptz NOT NULL DEFAULT '-infinity' CHECK (effective_from < 'infinity'),
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (shop_id, policy_id),
    CONSTRAINT return_policy_version UNIQUE (shop_id, country, product, category, effective_from),
    CONSTRAINT return_policy_one_scope CHECK (product = '*' OR category = '*'),
    CONSTRAINT return_policy_period CHECK (effective_from < effective_to),
    CONSTRAINT return_policy_final_sale CHECK (returnable OR (term IS NULL AND NOT reason_required AND NOT evidence_required))
);
ALTER SEQUENCE aftersale.return_policy_id OWNED BY aftersale.return_policy.policy_id;
COMMENT ON TABLE aftersale.return_policy IS 'A shop''s own return policy (TTRET-02 to TTRET-07), for a product, a category or everything, version by version. The version in force when the order was created decides; of several in force the most particular, then the one with the latest effective_from. return_eligibility() tells what it says.';
COMMENT ON COLUMN aftersale.return_policy.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.return_policy.policy_id IS 'Number of the version.';
COMMENT ON COLUMN aftersale.return_policy.name IS 'For people, and in refusals; versions may share it.';
COMMENT ON COLUMN aftersale.return_policy.country IS 'The buyer''s country; * is every country. A row of a country goes before one of the same scope for every country.';
COMMENT ON COLUMN aftersale.return_policy.product IS 'The one product (SPU) that it is for; *: not for one product. It goes before category and everything.';
COMMENT ON COLUMN aftersale.return_policy.category IS 'The one category that it is for, as the lines of a request have it; *: not for one category. It goes before everything.';
COMMENT ON COLUMN aftersale.return_policy.returnable IS 'false: final sale, nothing is taken back.';
COMMENT ON COLUMN aftersale.return_policy.term IS 'How long the buyer can apply (TTRET-02): days are natural days in the country''s time zone; exactly the end is in time. NULL: without end.';
COMMENT ON COLUMN aftersale.return_policy.starts IS 'From when term counts: delivered or ordered.';
COMMENT ON COLUMN aftersale.return_policy.conditions IS 'What the goods must be (TTRET-03), such as {unused,undamaged}: by these the seller approves and inspects.';
COMMENT ON COLUMN aftersale.return_policy.refund_methods IS 'By which ways money is refunded (TTRET-04), the first by default: original is the way that it was paid; others are your words.';
COMMENT ON COLUMN aftersale.return_policy.reason_required IS 'Whether an application without a reason is refused (TTRET-06).';
COMMENT ON COLUMN aftersale.return_policy.evidence_required IS 'Whether an application without evidence is refused (TTRET-07).';
COMMENT ON COLUMN aftersale.return_policy.effective_from IS 'In force for orders created from this instant on.';
COMMENT ON COLUMN aftersale.return_policy.effective_to IS 'No longer in force for orders created at this instant.';
-- Requests and what belongs to them.

CREATE SEQUENCE aftersale.request_id;
CREATE TABLE aftersale.request (
    shop_id bigint NOT NULL,
    request_id bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.request_id'),
    external_ref text,
    flow text NOT NULL,
    flow_version int NOT NULL,
    state text NOT NULL,
    outcome text,
    reason text,
    order_ref text,
    ordered_at timestamptz,
    country text NOT NULL,
    currency text NOT NULL,
    amount numeric CHECK (amount >= 0 AND amount < 'Infinity'),
    tax numeric CHECK (tax >= 0 AND tax < 'Infinity'),
    shipping numeric CHECK (shipping >= 0 AND shipping < 'Infinity'),
    ratio aftersale.refund_ratio,
    refund_amount numeric,
    warehouse_id bigint,
    opened_at timestamptz NOT NULL,
    entered_at timestamptz NOT NULL,
    closed_at timestamptz,
    platform_due_at timestamptz,
    due_at timestamptz,
    provisional boolean NOT NULL,
    act_at timestamptz,
    paused_at timestamptz,
    paused_due_at timestamptz,
    extensions int NOT NULL DEFAULT 0,
    event_seq bigint NOT NULL,
    attributes jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(attributes) = 'object'),
    attempts int NOT NULL DEFAULT 0,
    fault text,
    action text,
    actor text,
    on_behalf_of text,
    payload jsonb,
    items jsonb,
    last_action text NOT NULL,
    last_actor text NOT NULL,
    last_on_behalf_of text,
    last_payload jsonb,
    last_items jsonb,
    last_facts jsonb,
    last_at timestamptz NOT NULL,
    last_digest bytea NOT NULL,
    seal bigint NOT NULL,
    PRIMARY KEY (shop_id, request_id),
    UNIQUE (shop_id, flow, external_ref),
    CONSTRAINT request_command_at_rest CHECK (action IS NULL AND actor IS NULL AND on_behalf_of IS NULL AND payload IS NULL AND items IS NULL)
);
ALTER SEQUENCE aftersale.request_id OWNED BY aftersale.request.request_id;
CREATE INDEX request_act_at ON aftersale.request (act_at) WHERE act_at IS NOT NULL;
CREATE INDEX request_shop_act_at ON aftersale.request (shop_id, act_at) WHERE act_at IS NOT NULL;
CREATE INDEX request_open ON aftersale.request (shop_id, due_at) WHERE closed_at IS NULL;
CREATE INDEX request_provisional ON aftersale.request (shop_id, request_id) WHERE provisional;
CREATE INDEX request_order_ref ON aftersale.request (shop_id, order_ref);
COMMENT ON TABLE aftersale.request IS 'One after-sales matter. INSERT opens it; UPDATE ... SET action acts on it; the database decides state, outcome and deadline.';
COMMENT ON COLUMN aftersale.request.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.request.request_id IS 'Number of the request.';
COMMENT ON COLUMN aftersale.request.external_ref IS 'The ERP''s or platform''s own key, unique within shop and flow.';
COMMENT ON COLUMN aftersale.request.flow IS 'Flow, such as temu/ticket.';
COMMENT ON COLUMN aftersale.request.flow_version IS 'The version of the flow that judges it, for ever. Decided.';
COMMENT ON COLUMN aftersale.request.state IS 'State. Decided.';
COMMENT ON COLUMN aftersale.request.outcome IS 'How it ended or what was forfeited, such as evidence_waived. Decided.';
COMMENT ON COLUMN aftersale.request.reason IS 'The buyer''s reason, by the platform''s code.';
COMMENT ON COLUMN aftersale.request.order_ref IS 'The order; NULL for a pure product question (TEMU-01).';
COMMENT ON COLUMN aftersale.request.ordered_at IS 'When the order was created.';
COMMENT ON COLUMN aftersale.request.country IS 'The buyer''s country; NULL at INSERT takes the shop''s only one.';
COMMENT ON COLUMN aftersale.request.currency IS 'Currency; NULL at INSERT takes that of shop_country.';
COMMENT ON COLUMN aftersale.request.amount IS 'What the buyer asks back for the goods, in currency.';
COMMENT ON COLUMN aftersale.request.tax IS 'What he asks back of their tax, where it is not in amount.';
COMMENT ON COLUMN aftersale.request.shipping IS 'What he asks back of the shipping; no ratio applies to it (TEMU-28).';
COMMENT ON COLUMN aftersale.request.ratio IS 'The refund ratio in force for it; NULL: none.';
COMMENT ON COLUMN aftersale.request.refund_amount IS 'What was decided to be refunded, in currency. Decided.';
COMMENT ON COLUMN aftersale.request.warehouse_id IS 'The return warehouse.';
COMMENT ON COLUMN aftersale.request.opened_at IS 'When the matter was opened on the platform; NULL at INSERT takes now.';
COMMENT ON COLUMN aftersale.request.entered_at IS 'When it entered its state. Decided.';
COMMENT ON COLUMN aftersale.request.closed_at IS 'When it entered a final state; NULL: it is open. Decided.';
COMMENT ON COLUMN aftersale.request.platform_due_at IS 'The deadline that the platform gave for the present state; it overrides the computed one.';
COMMENT ON COLUMN aftersale.request.due_at IS 'Deadline: the instant after which the flow''s timeout applies; an act at this very instant is in time. Decided.';
COMMENT ON COLUMN aftersale.request.provisional IS 'due_at lies beyond what the calendar knows, and may move. Decided.';
COMMENT ON COLUMN aftersale.request.act_at IS 'When the sweep takes it up: the earliest of its deadline and its timers; NULL: never by itself. The sweep''s own.';
COMMENT ON COLUMN aftersale.request.paused_at IS 'Since when its deadline stands; NULL: it does not. Decided.';
COMMENT ON COLUMN aftersale.request.paused_due_at IS 'The deadline that it had then; due_at is NULL meanwhile. Decided.';
COMMENT ON COLUMN aftersale.request.extensions IS 'How often this deadline was extended. Decided.';
COMMENT ON COLUMN aftersale.request.event_seq IS 'Number of its last event. Decided.';
COMMENT ON COLUMN aftersale.request.attributes IS 'Whatever else the ERP wants to keep with it.';
COMMENT ON COLUMN aftersale.request.attempts IS 'How often the sweep failed on it in a row. The sweep''s own.';
COMMENT ON COLUMN aftersale.request.fault IS 'Why the sweep leaves it to a person, or the error of its last attempt; NULL: none. The sweep''s own.';
COMMENT ON COLUMN aftersale.request.action IS 'The command: the action to take. Always NULL at rest.';
COMMENT ON COLUMN aftersale.request.actor IS 'The command: who acts; NULL: whom aftersale.login says the database role acts as, else the role. Always NULL at rest.';
COMMENT ON COLUMN aftersale.request.on_behalf_of IS 'The command: for whom the actor acts. Always NULL at rest.';
COMMENT ON COLUMN aftersale.request.payload IS 'The command: what the action brings along: remark, evidence, is_effective, ... Always NULL at rest.';
COMMENT ON COLUMN aftersale.request.items IS 'The command: at INSERT the lines, an array of {line_no, product, sku, quantity, paid, amount}. Always NULL at rest.';
COMMENT ON COLUMN aftersale.request.last_action IS 'The last action. Decided.';
COMMENT ON COLUMN aftersale.request.last_actor IS 'Who took it. Decided.';
COMMENT ON COLUMN aftersale.request.last_on_behalf_of IS 'For whom. Decided.';
COMMENT ON COLUMN aftersale.request.last_payload IS 'What it brought along. Decided.';
COMMENT ON COLUMN aftersale.request.last_items IS 'The lines that it brought along. Decided.';
COMMENT ON COLUMN aftersale.request.last_facts IS 'What the decision saw. Decided.';
COMMENT ON COLUMN aftersale.request.last_at IS 'When the last act was decided. Decided.';
COMMENT ON COLUMN aftersale.request.last_digest IS 'Digest of its last event, which covers all before it. Decided.';
COMMENT ON COLUMN aftersale.request.seal IS 'Checksum by which a trigger that alters a decision is noticed within the statement. Decided.';

CREATE TABLE aftersale.item (
    shop_id bigint NOT NULL,
    request_id bigint NOT NULL,
    line_no int NOT NULL,
    product text NOT NULL,
    sku text,
    category text,
    quantity numeric CHECK (quantity > 0 AND quantity < 'Infinity'),
    paid numeric CHECK (paid >= 0 AND paid < 'Infinity'),
    amount numeric CHECK (amount >= 0 AND amount < 'Infinity'),
    refunded numeric NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= coalesce(amount, 0)),
    PRIMARY KEY (shop_id, request_id, line_no)
);
COMMENT ON TABLE aftersale.item IS 'The lines of a request, written by the engine from request.items.';
COMMENT ON COLUMN aftersale.item.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.item.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.item.line_no IS 'Number of the line; where none is given, its place in the array.';
COMMENT ON COLUMN aftersale.item.product IS 'Product (SPU), the unit of routing.';
COMMENT ON COLUMN aftersale.item.sku IS 'SKU.';
COMMENT ON COLUMN aftersale.item.category IS 'Category of the product, for automatic rules; NULL: not given.';
COMMENT ON COLUMN aftersale.item.quantity IS 'How many pieces.';
COMMENT ON COLUMN aftersale.item.paid IS 'What was paid for them, in the request''s currency.';
COMMENT ON COLUMN aftersale.item.amount IS 'What the buyer asks back for them, in the request''s currency.';
COMMENT ON COLUMN aftersale.item.refunded IS 'What was decided to be refunded of it: a refund is spread over what remains of the lines.';

CREATE TABLE aftersale.event (
    shop_id bigint NOT NULL,
    request_id bigint NOT NULL,
    event_seq bigint NOT NULL,
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    action text NOT NULL,
    actor text NOT NULL,
    on_behalf_of text,
    login name NOT NULL,
    role text,
    from_state text,
    to_state text NOT NULL,
    due_at timestamptz,
    rule text,
    payload jsonb,
    facts jsonb,
    digest bytea NOT NULL,
    PRIMARY KEY (shop_id, request_id, event_seq)
);
COMMENT ON TABLE aftersale.event IS 'History, append-only: one line an event.';
COMMENT ON COLUMN aftersale.event.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.event.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.event.event_seq IS 'Number of the event within the request: 1 is the opening.';
COMMENT ON COLUMN aftersale.event.at IS 'When it took effect: a timeout at its deadline, whenever the sweep ran.';
COMMENT ON COLUMN aftersale.event.recorded_at IS 'When it was written.';
COMMENT ON COLUMN aftersale.event.action IS 'Action: open, reply, timeout, ...';
COMMENT ON COLUMN aftersale.event.actor IS 'Who acted; the clock is system.';
COMMENT ON COLUMN aftersale.event.on_behalf_of IS 'For whom (KS-11).';
COMMENT ON COLUMN aftersale.event.login IS 'The database role that was connected (session_user).';
COMMENT ON COLUMN aftersale.event.role IS 'The role that it worked as (current_user), where that is another than login.';
COMMENT ON COLUMN aftersale.event.from_state IS 'State before; NULL at the opening.';
COMMENT ON COLUMN aftersale.event.to_state IS 'State after.';
COMMENT ON COLUMN aftersale.event.due_at IS 'The deadline from then on; NULL: none.';
COMMENT ON COLUMN aftersale.event.rule IS 'The number of the rule that was applied.';
COMMENT ON COLUMN aftersale.event.payload IS 'What the action brought along.';
COMMENT ON COLUMN aftersale.event.facts IS 'What the decision saw; see the reference of the engine. NULL: the event is not the last of its decision.';
COMMENT ON COLUMN aftersale.event.digest IS 'SHA-256 over the line and the digest of its predecessor: verify_history() tells where a history was altered.';

CREATE TABLE aftersale.timer (
    shop_id bigint NOT NULL,
    request_id bigint NOT NULL,
    name text NOT NULL,
    event_seq bigint NOT NULL,
    act_at timestamptz NOT NULL,
    stands boolean NOT NULL DEFAULT false,
    attempts int NOT NULL DEFAULT 0,
    PRIMARY KEY (shop_id, request_id, name, event_seq)
);
CREATE INDEX timer_shop_act_at ON aftersale.timer (shop_id, act_at);
COMMENT ON TABLE aftersale.timer IS 'The timers of requests that are armed: warnings, masks, lead times. One that has run out is an event.';
COMMENT ON COLUMN aftersale.timer.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.timer.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.timer.name IS 'Name, as of flow_timer.';
COMMENT ON COLUMN aftersale.timer.event_seq IS 'The event that armed it.';
COMMENT ON COLUMN aftersale.timer.act_at IS 'When it runs out; request.act_at is the earliest of them and the deadline.';
COMMENT ON COLUMN aftersale.timer.stands IS 'Its clock stands with the deadline that is paused; act_at is what it was.';
COMMENT ON COLUMN aftersale.timer.attempts IS 'Unused: the sweep counts its attempts in request.attempts.';

CREATE TABLE aftersale.parcel (
    shop_id bigint NOT NULL,
    request_id bigint NOT NULL,
    parcel_no int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('outbound', 'return', 'redelivery', 'reship')),
    carrier text,
    tracking_no text,
    label text,
    state text,
    attempts int NOT NULL DEFAULT 0,
    told_by bigint[] NOT NULL DEFAULT '{0,0,0,0}' CHECK (pg_catalog.cardinality(told_by) = 4),
    PRIMARY KEY (shop_id, request_id, parcel_no)
);
COMMENT ON TABLE aftersale.parcel IS 'Shipments of a request, one of each kind, as the acts told that have a parcel among their effects.';
COMMENT ON COLUMN aftersale.parcel.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.parcel.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.parcel.parcel_no IS 'Number of the parcel within the request: 1 outbound, 2 return, 3 redelivery, 4 reship.';
COMMENT ON COLUMN aftersale.parcel.kind IS 'outbound, return, redelivery or reship.';
COMMENT ON COLUMN aftersale.parcel.carrier IS 'Carrier, as the act named it.';
COMMENT ON COLUMN aftersale.parcel.tracking_no IS 'Tracking number.';
COMMENT ON COLUMN aftersale.parcel.label IS 'Where the label is.';
COMMENT ON COLUMN aftersale.parcel.state IS 'What was told of it last, such as shipped, delivered, refused; NULL: nothing.';
COMMENT ON COLUMN aftersale.parcel.attempts IS 'Deliveries that were tried so far.';
COMMENT ON COLUMN aftersale.parcel.told_by IS 'The numbers (event_seq) of the events that told carrier, tracking_no, label and state last, in this order; 0: none.';

CREATE TABLE aftersale.personal (
    shop_id bigint NOT NULL,
    request_id bigint NOT NULL,
    buyer_name text,
    phone text,
    address jsonb,
    visible_until timestamptz,
    salt bytea,
    digest bytea,
    erased_at timestamptz,
    PRIMARY KEY (shop_id, request_id)
);
COMMENT ON TABLE aftersale.personal IS 'Personal data of a request, apart so that erasing it leaves history whole.';
COMMENT ON COLUMN aftersale.personal.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.personal.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.personal.buyer_name IS 'Name of the buyer.';
COMMENT ON COLUMN aftersale.personal.phone IS 'Phone of the buyer.';
COMMENT ON COLUMN aftersale.personal.address IS 'Address of the buyer.';
COMMENT ON COLUMN aftersale.personal.visible_until IS 'From this instant on it must not be shown (TEMU-31); NULL: no end.';
COMMENT ON COLUMN aftersale.personal.salt IS 'Random; erased with the data.';
COMMENT ON COLUMN aftersale.personal.digest IS 'SHA-256 over the salt and the data; stays when they are erased.';
COMMENT ON COLUMN aftersale.personal.erased_at IS 'When they were erased; NULL: they are there.';
-- What platforms report, as messages in their own codes.

CREATE SEQUENCE aftersale.message_id;
CREATE TABLE aftersale.platform_message (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    message_id bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.message_id'),
    external_ref text NOT NULL,
    flow text,
    field text NOT NULL DEFAULT 'status',
    code text NOT NULL,
    reported_at timestamptz NOT NULL CHECK (pg_catalog.isfinite(reported_at)),
    due_at timestamptz CHECK (pg_catalog.isfinite(due_at)),
    payload jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(payload) = 'object'),
    received_at timestamptz NOT NULL DEFAULT aftersale.clock(),
    status text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'applied', 'repeated', 'stale', 'unknown_code', 'failed')),
    request_id bigint,
    state text,
    covers text[],
    closes boolean,
    event_seq bigint,
    handled_at timestamptz,
    sqlstate text,
    message text,
    PRIMARY KEY (shop_id, message_id),
    UNIQUE NULLS NOT DISTINCT (shop_id, external_ref, flow, field, code, reported_at, due_at)
);
ALTER SEQUENCE aftersale.message_id OWNED BY aftersale.platform_message.message_id;
CREATE INDEX platform_message_new ON aftersale.platform_message (shop_id, external_ref, reported_at) WHERE status = 'new';
CREATE INDEX platform_message_handled ON aftersale.platform_message (shop_id, request_id, reported_at) WHERE status IN ('applied', 'stale');
CREATE INDEX platform_message_fault ON aftersale.platform_message (shop_id, message_id) WHERE status IN ('unknown_code', 'failed');
COMMENT ON TABLE aftersale.platform_message IS 'What platforms report of requests: insert rows, then apply_messages(). import_status() does both for one. Whoever inserts speaks for the platform.';
COMMENT ON COLUMN aftersale.platform_message.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.platform_message.message_id IS 'Number of the message.';
COMMENT ON COLUMN aftersale.platform_message.external_ref IS 'The platform''s key of the request: request.external_ref.';
COMMENT ON COLUMN aftersale.platform_message.flow IS 'The request''s flow; NULL: the one that has the key, else the one that the type in the payload chooses.';
COMMENT ON COLUMN aftersale.platform_message.field IS 'The platform''s field, as of status_code.';
COMMENT ON COLUMN aftersale.platform_message.code IS 'The platform''s code, as text.';
COMMENT ON COLUMN aftersale.platform_message.reported_at IS 'The platform''s own time of the change, such as its update_time; messages of a request are ordered by it.';
COMMENT ON COLUMN aftersale.platform_message.due_at IS 'The deadline that the platform gives for the state; NULL: none given. It overrides ours.';
COMMENT ON COLUMN aftersale.platform_message.payload IS 'refunded: what the platform has refunded of the request in all, in its currency; what an opening needs: type, order_ref, ordered_at, opened_at, country, currency, amount, tax, shipping, ratio, reason, items, attributes; anything else stays with the event. Never the buyer''s name, phone or address.';
COMMENT ON COLUMN aftersale.platform_message.received_at IS 'When the row was inserted.';
COMMENT ON COLUMN aftersale.platform_message.status IS 'new: to be applied; applied; repeated: it says what one before it said; stale: a later one holds; unknown_code: the map has no such code, or the flow no such state; failed: refused, see sqlstate and message. replay_messages() tries the last two again.';
COMMENT ON COLUMN aftersale.platform_message.request_id IS 'The request; NULL: not found out.';
COMMENT ON COLUMN aftersale.platform_message.state IS 'Our state that the code means; NULL: none.';
COMMENT ON COLUMN aftersale.platform_message.covers IS 'Finer states of ours that the code leaves as they are.';
COMMENT ON COLUMN aftersale.platform_message.closes IS 'Whether that state is final: of two messages of one instant it is the later one.';
COMMENT ON COLUMN aftersale.platform_message.event_seq IS 'The event that it made; NULL: nothing had to move.';
COMMENT ON COLUMN aftersale.platform_message.handled_at IS 'When it was last tried.';
COMMENT ON COLUMN aftersale.platform_message.sqlstate IS 'Why it is unknown_code or failed.';
COMMENT ON COLUMN aftersale.platform_message.message IS 'The same, for people.';

CREATE VIEW aftersale.message_fault WITH (security_invoker = true) AS
SELECT m.shop_id,
    s.platform,
    m.field,
    m.code,
    m.status,
    m.sqlstate,
    count(*) AS messages,
    min(m.external_ref) AS example,
    min(m.reported_at) AS first_at,
    max(m.reported_at) AS last_at,
    min(m.message) AS message
FROM aftersale.platform_message m
JOIN aftersale.shop s ON s.shop_id = m.shop_id
WHERE m.status IN ('unknown_code', 'failed')
GROUP BY m.shop_id, s.platform, m.field, m.code, m.status, m.sqlstate
ORDER BY m.shop_id, m.field, m.code, m.sqlstate;
COMMENT ON VIEW aftersale.message_fault IS 'Messages that were not understood or were refused, by code. A row in status_code, or whatever the message asks for, and replay_messages() takes them up. Each sees those of his shops.';
COMMENT ON COLUMN aftersale.message_fault.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.message_fault.platform IS 'Platform code of the shop.';
COMMENT ON COLUMN aftersale.message_fault.field IS 'The platform''s field.';
COMMENT ON COLUMN aftersale.message_fault.code IS 'The platform''s code.';
COMMENT ON COLUMN aftersale.message_fault.status IS 'unknown_code or failed.';
COMMENT ON COLUMN aftersale.message_fault.sqlstate IS 'Why: RA035 is an unknown code.';
COMMENT ON COLUMN aftersale.message_fault.messages IS 'How many there are.';
COMMENT ON COLUMN aftersale.message_fault.example IS 'external_ref of one of them.';
COMMENT ON COLUMN aftersale.message_fault.first_at IS 'The first of them was reported then.';
COMMENT ON COLUMN aftersale.message_fault.last_at IS 'The last of them was reported then.';
COMMENT ON COLUMN aftersale.message_fault.message IS 'What one of them says, for people.';
-- The sweep: its heartbeat, and how it stands with what is due.

CREATE TABLE aftersale.heartbeat (
    one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    started_at timestamptz,
    finished_at timestamptz,
    cutoff timestamptz,
    fired bigint,
    parked bigint,
    complete boolean,
    login name,
    uptime bigint,
    server_started_at timestamptz,
    clock_jump interval
);
COMMENT ON TABLE aftersale.heartbeat IS 'One row: the last run of the sweep.';
COMMENT ON COLUMN aftersale.heartbeat.one_row IS 'Always true: keeps the table at one row.';
COMMENT ON COLUMN aftersale.heartbeat.started_at IS 'When the run began.';
COMMENT ON COLUMN aftersale.heartbeat.finished_at IS 'When it ended.';
COMMENT ON COLUMN aftersale.heartbeat.cutoff IS 'The clock of the last run that trusted it: deadlines before this instant were due.';
COMMENT ON COLUMN aftersale.heartbeat.fired IS 'How many requests it acted on.';
COMMENT ON COLUMN aftersale.heartbeat.parked IS 'How many requests failed and were left to a later run.';
COMMENT ON COLUMN aftersale.heartbeat.complete IS 'Whether it took up all that was due: false where rows were left to the next run, or another session held them.';
COMMENT ON COLUMN aftersale.heartbeat.login IS 'The database role that ran it.';
COMMENT ON COLUMN aftersale.heartbeat.uptime IS 'For how long the machine had been up at cutoff, asleep or awake, in microseconds; NULL: it cannot tell.';
COMMENT ON COLUMN aftersale.heartbeat.server_started_at IS 'The start of the server that ran it: uptime is compared within one run of a server.';
COMMENT ON COLUMN aftersale.heartbeat.clock_jump IS 'How far the clock has run ahead of what can have passed since cutoff, where the last run fired nothing for it; NULL: the clock is trusted.';
INSERT INTO aftersale.heartbeat DEFAULT VALUES;

CREATE INDEX request_fault ON aftersale.request (flow, shop_id) WHERE fault IS NOT NULL;

CREATE VIEW aftersale.status WITH (security_invoker = true) AS
SELECT f.flow,
    COALESCE(d.due, 0) AS due,
    d.oldest_at,
    c.now OPERATOR(pg_catalog.-) d.oldest_at AS lag,
    COALESCE(p.parked, 0) AS parked,
    h.finished_at AS last_run_at,
    h.complete AS last_run_complete
FROM (SELECT DISTINCT w.flow FROM aftersale.flow w) f
CROSS JOIN (SELECT aftersale.clock() AS now) c
CROSS JOIN aftersale.heartbeat h
LEFT JOIN (SELECT r.flow, pg_catalog.count(*) AS due, pg_catalog.min(r.act_at) AS oldest_at
           FROM aftersale.request r WHERE r.act_at < (SELECT aftersale.clock()) GROUP BY r.flow) d ON d.flow = f.flow
LEFT JOIN (SELECT r.flow, pg_catalog.count(*) AS parked
           FROM aftersale.request r WHERE r.fault IS NOT NULL GROUP BY r.flow) p ON p.flow = f.flow;
COMMENT ON VIEW aftersale.status IS 'How the sweep stands, one row a flow: what is due and not yet done, of the shops that the session sees.';
COMMENT ON COLUMN aftersale.status.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.status.due IS 'Requests that the next run will take up.';
COMMENT ON COLUMN aftersale.status.oldest_at IS 'Since when the oldest of them waits; NULL: none does.';
COMMENT ON COLUMN aftersale.status.lag IS 'For how long it has waited.';
COMMENT ON COLUMN aftersale.status.parked IS 'Requests with a fault: those that the sweep tries again later, and those that are left to a person.';
COMMENT ON COLUMN aftersale.status.last_run_at IS 'When the last run of the sweep ended, over all shops; NULL: none has.';
COMMENT ON COLUMN aftersale.status.last_run_complete IS 'Whether it took up all that was due.';
-- Money: what was paid and refunded, decided refunds, and who bears a cost.

CREATE TABLE aftersale.order_balance (
    shop_id bigint NOT NULL,
    order_ref text NOT NULL,
    currency text NOT NULL,
    paid numeric NOT NULL,
    refunded numeric NOT NULL DEFAULT 0,
    platform_extra numeric NOT NULL DEFAULT 0,
    PRIMARY KEY (shop_id, order_ref, currency),
    CONSTRAINT order_balance_paid CHECK (paid >= 0 AND paid < 'Infinity'),
    CONSTRAINT order_balance_not_over_refunded CHECK (refunded >= 0 AND refunded <= paid),
    CONSTRAINT order_balance_platform_extra CHECK (platform_extra >= 0 AND platform_extra < 'Infinity')
);
COMMENT ON TABLE aftersale.order_balance IS 'What was paid for an order and what was refunded of it: refunded can never exceed paid.';
COMMENT ON COLUMN aftersale.order_balance.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.order_balance.order_ref IS 'Order.';
COMMENT ON COLUMN aftersale.order_balance.currency IS 'Currency, ISO 4217.';
COMMENT ON COLUMN aftersale.order_balance.paid IS 'What the buyer paid; written by the ERP.';
COMMENT ON COLUMN aftersale.order_balance.refunded IS 'What was decided to be refunded; written by the engine.';
COMMENT ON COLUMN aftersale.order_balance.platform_extra IS 'What the platform refunded beyond paid: reported, never hidden.';

CREATE SEQUENCE aftersale.refund_id;
CREATE TABLE aftersale.refund (
    shop_id bigint NOT NULL,
    refund_id bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.refund_id'),
    request_id bigint NOT NULL,
    event_seq bigint NOT NULL,
    order_ref text,
    amount numeric NOT NULL CHECK (amount > 0 AND amount < 'Infinity'),
    goods numeric NOT NULL,
    tax numeric NOT NULL DEFAULT 0,
    shipping numeric NOT NULL DEFAULT 0,
    fees numeric NOT NULL DEFAULT 0,
    currency text NOT NULL,
    reason text,
    executed_by text NOT NULL CHECK (executed_by IN ('platform', 'instruct', 'shop')),
    status text NOT NULL CHECK (status IN ('held', 'pending', 'claimed', 'done', 'failed', 'void')),
    idempotency_key text NOT NULL,
    claimed_until timestamptz,
    attempts int NOT NULL DEFAULT 0,
    platform_ref text,
    error text,
    PRIMARY KEY (shop_id, refund_id),
    CONSTRAINT refund_parts CHECK (amount = goods + tax + shipping - fees),
    UNIQUE (shop_id, idempotency_key)
);
ALTER SEQUENCE aftersale.refund_id OWNED BY aftersale.refund.refund_id;
CREATE INDEX refund_request ON aftersale.refund (shop_id, request_id);
CREATE INDEX refund_outbox ON aftersale.refund (shop_id, refund_id) WHERE status IN ('pending', 'claimed', 'failed');
COMMENT ON TABLE aftersale.refund IS 'Decided refunds; those not executed by the platform are the ERP''s outbox.';
COMMENT ON COLUMN aftersale.refund.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.refund.refund_id IS 'Number of the refund.';
COMMENT ON COLUMN aftersale.refund.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.refund.event_seq IS 'The event that decided it.';
COMMENT ON COLUMN aftersale.refund.order_ref IS 'Order.';
COMMENT ON COLUMN aftersale.refund.amount IS 'Amount, in currency.';
COMMENT ON COLUMN aftersale.refund.goods IS 'Of it for the goods, before fees.';
COMMENT ON COLUMN aftersale.refund.tax IS 'Of it tax of the goods.';
COMMENT ON COLUMN aftersale.refund.shipping IS 'Of it shipping.';
COMMENT ON COLUMN aftersale.refund.fees IS 'What the shop kept back: each fee is a row of aftersale.charge.';
COMMENT ON COLUMN aftersale.refund.currency IS 'Currency, ISO 4217.';
COMMENT ON COLUMN aftersale.refund.reason IS 'Reason shown to the buyer.';
COMMENT ON COLUMN aftersale.refund.executed_by IS 'platform: it pays by itself; instruct: the ERP must tell the platform; shop: the seller pays.';
COMMENT ON COLUMN aftersale.refund.status IS 'held (until release_refunds()), pending, claimed by a worker, done, failed (offered again later), or void: the platform''s word on the request has undone it.';
COMMENT ON COLUMN aftersale.refund.idempotency_key IS 'Key under which the platform is told, unique in the shop.';
COMMENT ON COLUMN aftersale.refund.claimed_until IS 'Claimed: until when the worker has it; failed: not before this instant is it offered again.';
COMMENT ON COLUMN aftersale.refund.attempts IS 'How often it was claimed.';
COMMENT ON COLUMN aftersale.refund.platform_ref IS 'The platform''s own key of the refund.';
COMMENT ON COLUMN aftersale.refund.error IS 'Why it failed, or by which event it became void.';

CREATE TABLE aftersale.refund_notice (
    shop_id bigint PRIMARY KEY REFERENCES aftersale.shop ON DELETE CASCADE,
    refund_id bigint NOT NULL,
    told_at timestamptz NOT NULL,
    times int NOT NULL
);
COMMENT ON TABLE aftersale.refund_notice IS 'Shops that have refunds to claim and were told so by notify_refunds(): keeps it from repeating itself.';
COMMENT ON COLUMN aftersale.refund_notice.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.refund_notice.refund_id IS 'The latest refund that there was to claim.';
COMMENT ON COLUMN aftersale.refund_notice.told_at IS 'When the shop was told last.';
COMMENT ON COLUMN aftersale.refund_notice.times IS 'How often it was told since the latest refund came: the next time is 2^times minutes later, at most an hour.';

CREATE TABLE aftersale.charge (
    shop_id bigint NOT NULL,
    request_id bigint NOT NULL,
    event_seq bigint NOT NULL,
    charge_no int NOT NULL,
    kind text NOT NULL,
    amount numeric NOT NULL CHECK (amount >= 0 AND amount < 'Infinity'),
    currency text NOT NULL,
    bearer text NOT NULL CHECK (bearer IN ('merchant', 'platform', 'buyer', 'carrier')),
    rule text,
    PRIMARY KEY (shop_id, request_id, event_seq, charge_no)
);
COMMENT ON TABLE aftersale.charge IS 'Costs that a rule gives to somebody.';
COMMENT ON COLUMN aftersale.charge.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.charge.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.charge.event_seq IS 'The event that gave it.';
COMMENT ON COLUMN aftersale.charge.charge_no IS 'Number of the charge within the event.';
COMMENT ON COLUMN aftersale.charge.kind IS 'interception_fee, return_freight, double_leg, ...';
COMMENT ON COLUMN aftersale.charge.amount IS 'Amount, in currency.';
COMMENT ON COLUMN aftersale.charge.currency IS 'Currency, ISO 4217.';
COMMENT ON COLUMN aftersale.charge.bearer IS 'Who bears it: merchant, platform, buyer or carrier.';
COMMENT ON COLUMN aftersale.charge.rule IS 'The rule''s number.';
-- Strategies: a shop's automatic rules, and how often they were used.

CREATE SEQUENCE aftersale.rule_id;
CREATE TABLE aftersale.rule (
    shop_id bigint NOT NULL REFERENCES aftersale.shop ON DELETE CASCADE,
    rule_id bigint NOT NULL DEFAULT pg_catalog.nextval('aftersale.rule_id'),
    name text NOT NULL,
    flow text NOT NULL,
    state text,
    signal text,
    priority int NOT NULL DEFAULT 0,
    reasons text[] CHECK (reasons <> '{}'),
    amount_from numeric,
    amount_to numeric,
    currency text,
    products text[] CHECK (products <> '{}'),
    categories text[] CHECK (categories <> '{}'),
    single_parcel boolean NOT NULL DEFAULT false,
    whole_parcel boolean NOT NULL DEFAULT false,
    condition jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(condition) = 'object'),
    action text NOT NULL,
    ratio aftersale.refund_ratio,
    max_per_day int,
    max_amount_per_day numeric,
    max_per_buyer int,
    effective_from timestamptz NOT NULL DEFAULT '-infinity',
    effective_to timestamptz NOT NULL DEFAULT 'infinity',
    enabled boolean NOT NULL DEFAULT true,
    PRIMARY KEY (shop_id, rule_id),
    UNIQUE (shop_id, name),
    CHECK (effective_from < effective_to),
    CHECK (max_amount_per_day IS NULL OR currency IS NOT NULL)
);
ALTER SEQUENCE aftersale.rule_id OWNED BY aftersale.rule.rule_id;
COMMENT ON TABLE aftersale.rule IS 'A shop''s automatic strategies (TEMU-27, TEMU-28, DOUYIN-05 to DOUYIN-09): when, on which conditions, which action. All conditions that are set must hold.';
COMMENT ON COLUMN aftersale.rule.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.rule.rule_id IS 'Number of the rule.';
COMMENT ON COLUMN aftersale.rule.name IS 'Name, unique in the shop.';
COMMENT ON COLUMN aftersale.rule.flow IS 'Flow that it watches.';
COMMENT ON COLUMN aftersale.rule.state IS 'Without a signal: the state whose entry it watches, NULL: the flow''s initial state, that is the opening. With a signal: the state in which the signal must arrive, NULL: any.';
COMMENT ON COLUMN aftersale.rule.signal IS 'Action whose arrival it watches, such as interception_succeeded; NULL: it watches the entry of a state.';
COMMENT ON COLUMN aftersale.rule.priority IS 'The highest of those that match acts; of equal ones the one with the smallest rule_id.';
COMMENT ON COLUMN aftersale.rule.reasons IS 'Reason codes that match; NULL: any.';
COMMENT ON COLUMN aftersale.rule.amount_from IS 'Least amount asked for the goods, inclusive; NULL: no bound.';
COMMENT ON COLUMN aftersale.rule.amount_to IS 'Greatest amount asked for the goods, inclusive; NULL: no bound.';
COMMENT ON COLUMN aftersale.rule.currency IS 'Only requests in this currency match, ISO 4217; NULL: any, and the bounds are in the request''s.';
COMMENT ON COLUMN aftersale.rule.products IS 'Every product of the request must be among these; NULL: any.';
COMMENT ON COLUMN aftersale.rule.categories IS 'Every item''s category must be among these; NULL: any.';
COMMENT ON COLUMN aftersale.rule.single_parcel IS 'true: the request''s attributes must say "parcels": 1 (DOUYIN-07).';
COMMENT ON COLUMN aftersale.rule.whole_parcel IS 'true: the request''s attributes must say "whole_parcel": true, all goods of the parcel are refunded (DOUYIN-07).';
COMMENT ON COLUMN aftersale.rule.condition IS 'What the request''s attributes must contain; {}: nothing.';
COMMENT ON COLUMN aftersale.rule.action IS 'The action that it takes: one of the flow''s that the merchant or the system may take and that needs no payload.';
COMMENT ON COLUMN aftersale.rule.ratio IS 'The ratio of the refund (TEMU-28); NULL: the request''s own, else all of it.';
COMMENT ON COLUMN aftersale.rule.max_per_day IS 'Most uses a day, by the date in the time zone of the request''s country; NULL: no cap.';
COMMENT ON COLUMN aftersale.rule.max_amount_per_day IS 'Most money that its refunds add up to on such a day, in currency, which must be set then; NULL: no cap.';
COMMENT ON COLUMN aftersale.rule.max_per_buyer IS 'Most uses a buyer, ever; the buyer is "buyer" of the request''s attributes, and a request without one does not match. NULL: no cap.';
COMMENT ON COLUMN aftersale.rule.effective_from IS 'In force from this instant on.';
COMMENT ON COLUMN aftersale.rule.effective_to IS 'No longer in force at this instant.';
COMMENT ON COLUMN aftersale.rule.enabled IS 'The switch.';

-- The caps stand beside what was used, as of the last use, so that no row can say more than its cap allowed.
CREATE TABLE aftersale.rule_use (
    shop_id bigint NOT NULL,
    rule_id bigint NOT NULL,
    day date NOT NULL,
    uses int NOT NULL,
    amount numeric NOT NULL,
    max_uses int,
    max_amount numeric,
    PRIMARY KEY (shop_id, rule_id, day),
    CONSTRAINT rule_use_cap CHECK (uses <= max_uses),
    CONSTRAINT rule_amount_cap CHECK (amount <= max_amount)
);
COMMENT ON TABLE aftersale.rule_use IS 'What rules with a cap per day were used on each day; written by the engine. A rule without such a cap is not counted.';
COMMENT ON COLUMN aftersale.rule_use.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.rule_use.rule_id IS 'Rule.';
COMMENT ON COLUMN aftersale.rule_use.day IS 'Date in the time zone of the request''s country.';
COMMENT ON COLUMN aftersale.rule_use.uses IS 'How often it acted.';
COMMENT ON COLUMN aftersale.rule_use.amount IS 'What its refunds add up to, in the rule''s currency; 0 where the rule has no cap in money.';
COMMENT ON COLUMN aftersale.rule_use.max_uses IS 'rule.max_per_day at its last use.';
COMMENT ON COLUMN aftersale.rule_use.max_amount IS 'rule.max_amount_per_day at its last use.';

CREATE TABLE aftersale.rule_buyer_use (
    shop_id bigint NOT NULL,
    rule_id bigint NOT NULL,
    buyer text NOT NULL,
    uses int NOT NULL,
    max_uses int NOT NULL,
    PRIMARY KEY (shop_id, rule_id, buyer),
    CONSTRAINT rule_buyer_cap CHECK (uses <= max_uses)
);
COMMENT ON TABLE aftersale.rule_buyer_use IS 'How often rules with a cap per buyer were used for each; written by the engine.';
COMMENT ON COLUMN aftersale.rule_buyer_use.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.rule_buyer_use.rule_id IS 'Rule.';
COMMENT ON COLUMN aftersale.rule_buyer_use.buyer IS 'The buyer, as the request''s attributes name him: the platform''s number of him, not his name.';
COMMENT ON COLUMN aftersale.rule_buyer_use.uses IS 'How often it acted.';
COMMENT ON COLUMN aftersale.rule_buyer_use.max_uses IS 'rule.max_per_buyer at its last use.';

CREATE VIEW aftersale.rule_overlap WITH (security_invoker = true) AS
WITH watched AS (
    SELECT r.*, coalesce(r.state, CASE WHEN r.signal IS NULL THEN
        (SELECT f.initial_state FROM aftersale.flow f WHERE f.flow = r.flow ORDER BY f.version DESC LIMIT 1) END) AS moment
    FROM aftersale.rule r WHERE r.enabled)
SELECT a.shop_id, a.flow, a.priority, a.rule_id, a.name, b.rule_id AS other_rule_id, b.name AS other_name
FROM watched a
JOIN watched b ON b.shop_id = a.shop_id AND b.flow = a.flow AND b.priority = a.priority AND b.rule_id > a.rule_id
WHERE (a.action IS DISTINCT FROM b.action OR a.ratio::text IS DISTINCT FROM b.ratio::text)
  AND a.effective_from < b.effective_to AND b.effective_from < a.effective_to
  AND CASE
      WHEN a.signal IS NULL AND b.signal IS NULL THEN a.moment = b.moment
      WHEN a.signal IS NOT NULL AND b.signal IS NOT NULL THEN a.signal = b.signal AND coalesce(a.state = b.state, true)
      -- a signal that leads into the state whose entry the other one watches
      ELSE EXISTS (SELECT FROM aftersale.flow_transition t
                   WHERE t.flow = a.flow AND t.action = coalesce(a.signal, b.signal)
                     AND t.to_state = CASE WHEN a.signal IS NULL THEN a.moment ELSE b.moment END
                     AND coalesce(t.from_state = CASE WHEN a.signal IS NULL THEN b.state ELSE a.state END, true)
                     AND (t.from_state <> t.to_state OR t.clock = 'restart'))
      END
  AND coalesce(a.reasons && b.reasons, true)
  AND coalesce(a.amount_from <= b.amount_to, true) AND coalesce(b.amount_from <= a.amount_to, true)
  AND coalesce(a.currency = b.currency, true)
  AND coalesce(a.products && b.products, true) AND coalesce(a.categories && b.categories, true)
  -- what asks for different values of one attribute cannot hold twice
  AND NOT EXISTS (SELECT FROM pg_catalog.jsonb_each(a.condition) x JOIN pg_catalog.jsonb_each(b.condition) y ON y.key = x.key
                  WHERE x.value <> y.value AND pg_catalog.jsonb_typeof(x.value) NOT IN ('object', 'array')
                    AND pg_catalog.jsonb_typeof(y.value) NOT IN ('object', 'array'));
COMMENT ON VIEW aftersale.rule_overlap IS 'Pairs of rules that are switched on and could match the same request at the same moment, with the same priority, but do different things: of those the smaller rule_id acts.';
COMMENT ON COLUMN aftersale.rule_overlap.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.rule_overlap.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.rule_overlap.priority IS 'Priority of both.';
COMMENT ON COLUMN aftersale.rule_overlap.rule_id IS 'The rule that acts where both match.';
COMMENT ON COLUMN aftersale.rule_overlap.name IS 'Its name.';
COMMENT ON COLUMN aftersale.rule_overlap.other_rule_id IS 'The rule that does not.';
COMMENT ON COLUMN aftersale.rule_overlap.other_name IS 'Its name.';
-- Attachments to the ERP's own tables.  What they map stands in the arguments of
-- their triggers; here is what changes without DDL, and what is kept for them.

CREATE TABLE aftersale.attachment (
    name text COLLATE "C" PRIMARY KEY,
    kind text NOT NULL,
    table_schema name NOT NULL,
    table_name name NOT NULL,
    owner name NOT NULL,
    definition jsonb NOT NULL,
    paused boolean NOT NULL DEFAULT false,
    generation int NOT NULL DEFAULT 1 CHECK (generation > 0),
    filled boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE aftersale.attachment IS 'Attachments to the ERP''s own tables, by name; see attachments().';
COMMENT ON COLUMN aftersale.attachment.name IS 'Name, unique in the database; the triggers carry it.';
COMMENT ON COLUMN aftersale.attachment.kind IS 'deadline, refund_check or return_warehouse.';
COMMENT ON COLUMN aftersale.attachment.table_schema IS 'Schema of the table when it was attached; for people.';
COMMENT ON COLUMN aftersale.attachment.table_name IS 'The table when it was attached; for people.';
COMMENT ON COLUMN aftersale.attachment.owner IS 'The table''s owner: triggers of tables of others may not write under this name.';
COMMENT ON COLUMN aftersale.attachment.definition IS 'What the triggers have to carry, as the table''s owner attached it; another definition is not executed with his rights.';
COMMENT ON COLUMN aftersale.attachment.paused IS 'Whether it lets every row pass; see pause().';
COMMENT ON COLUMN aftersale.attachment.generation IS 'Totals of another generation are added up anew before they count.';
COMMENT ON COLUMN aftersale.attachment.filled IS 'Whether every order that has refunds has a total of this generation.';

-- Who owns a table may attach to it and ask how that is; the triggers tell as much.
GRANT SELECT ON aftersale.attachment TO PUBLIC;

CREATE TABLE aftersale.attachment_total (
    shop_id bigint NOT NULL,
    attachment text COLLATE "C" NOT NULL,
    order_ref text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    paid numeric,
    refunded numeric NOT NULL,
    generation int NOT NULL,
    PRIMARY KEY (shop_id, attachment, order_ref, currency)
) WITH (fillfactor = 85);
COMMENT ON TABLE aftersale.attachment_total IS 'What the refunds in an ERP''s table come to, by order; kept by the triggers of attach_refund_check().';
COMMENT ON COLUMN aftersale.attachment_total.shop_id IS 'Shop, 0 where the attachment maps none.';
COMMENT ON COLUMN aftersale.attachment_total.attachment IS 'Attachment.';
COMMENT ON COLUMN aftersale.attachment_total.order_ref IS 'The ERP''s key of the order, or of the payment, as text.';
COMMENT ON COLUMN aftersale.attachment_total.currency IS 'Currency, empty where the attachment maps none.';
COMMENT ON COLUMN aftersale.attachment_total.paid IS 'What was paid, as the attachment last saw it; NULL: it has not been asked for yet.';
COMMENT ON COLUMN aftersale.attachment_total.refunded IS 'What the rows that count come to; in minor units where the attachment maps no currency and its amounts are.';
COMMENT ON COLUMN aftersale.attachment_total.generation IS 'Of the attachment when the total was known.';

CREATE TABLE aftersale.attachment_due (
    shop_id bigint NOT NULL,
    attachment text COLLATE "C" NOT NULL,
    row_ref text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    PRIMARY KEY (shop_id, attachment, row_ref)
);
CREATE INDEX attachment_due_at ON aftersale.attachment_due (attachment, due_at);
COMMENT ON TABLE aftersale.attachment_due IS 'Deadlines of rows of the ERP''s tables that have no column for them; kept by the triggers of attach_deadline().';
COMMENT ON COLUMN aftersale.attachment_due.shop_id IS 'Shop, 0 where the attachment maps none.';
COMMENT ON COLUMN aftersale.attachment_due.attachment IS 'Attachment.';
COMMENT ON COLUMN aftersale.attachment_due.row_ref IS 'The ERP''s key of the row, as text.';
COMMENT ON COLUMN aftersale.attachment_due.due_at IS 'The instant after which it is late.';
-- Views: what is to be done, and what was.

-- Actions are those of the party that the request waits for.  Where a deadline
-- has passed and the sweep has yet to apply it, the state allows none any more.
-- Of several transitions of an action the first one decides, by priority: none that
-- the request does not qualify for, and nothing from a refusal on.  What the act has to
-- say (carrier, reject_reason, told_by) is not known here, as in allowed_actions().
CREATE VIEW aftersale.worklist WITH (security_invoker = true) AS
SELECT r.shop_id,
    r.request_id,
    r.external_ref,
    r.flow,
    r.state,
    s.title,
    s.waits_for,
    CASE
        WHEN r.fault IS NOT NULL THEN 'parked'
        WHEN r.paused_at IS NOT NULL THEN 'paused'
        WHEN r.due_at < aftersale.statement_clock() THEN 'overdue'
        WHEN r.due_at < aftersale.statement_clock() + interval '1 day' THEN 'due soon'
        ELSE 'open'
    END AS urgency,
    r.due_at,
    r.due_at - aftersale.statement_clock() AS time_left,
    CASE
        WHEN s.waits_for IS DISTINCT FROM 'merchant' OR r.entered_at >= aftersale.statement_clock() - interval '1 day' THEN false
        WHEN r.last_at < aftersale.statement_clock() - interval '1 day' THEN true
        -- a count, since NOT EXISTS may be planned as a hash of the whole history
        ELSE (SELECT count(*) FROM aftersale.event e
            WHERE e.shop_id = r.shop_id AND e.request_id = r.request_id AND e.at >= aftersale.statement_clock() - interval '1 day'
                AND e.action <> 'timeout' AND e.actor NOT IN ('buyer', 'platform', 'carrier', 'erp', 'system')) = 0
    END AS unhandled,
    CASE WHEN r.due_at < aftersale.statement_clock() AND r.act_at IS NOT NULL AND n.times_out THEN '{}' ELSE coalesce(n.actions, '{}') END AS actions,
    CASE WHEN r.due_at < aftersale.statement_clock() AND r.act_at IS NOT NULL AND n.times_out THEN '{}' ELSE coalesce(n.lacks, '{}') END AS lacks,
    r.country,
    r.order_ref,
    r.amount,
    r.currency,
    r.opened_at,
    r.entered_at,
    r.fault
FROM aftersale.request r
JOIN aftersale.flow_state s ON s.flow = r.flow AND s.version = r.flow_version AND s.state = r.state
CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT a.action ORDER BY a.action) FILTER (WHERE a.is_theirs AND a.permitted AND NOT a.refused) AS actions,
        array_agg(DISTINCT a.permission ORDER BY a.permission) FILTER (WHERE a.is_theirs AND NOT a.permitted AND NOT a.refused) AS lacks,
        bool_or(a.action = 'timeout') AS times_out
    FROM (
        SELECT t.action, t.permission,
            s.waits_for = ANY (t.actors) AND t.action NOT IN ('timeout', 'open') AS is_theirs,
            t.permission IS NULL OR s.waits_for <> 'merchant' OR aftersale.has_permission(r.shop_id, t.permission) AS permitted,
            t.effect ? 'refuse' OR bool_or(t.effect ? 'refuse' AND t.condition = '{}')
                OVER (PARTITION BY t.action, s.waits_for = ANY (t.actors) ORDER BY t.priority DESC) AS refused
        FROM aftersale.flow_transition t
        WHERE t.flow = r.flow AND t.version = r.flow_version AND t.from_state = r.state
            AND (t.requires = '{}' OR coalesce(r.attributes @> (t.requires -> 'attributes'), true)
                AND NOT t.requires ?| ARRAY['carrier', 'reject_reason', 'told_by', 'policy', 'never_for_order']
                AND (NOT t.requires ? 'return_address' OR t.requires ->> 'return_address' = 'routed' AND (r.warehouse_id IS NOT NULL OR EXISTS (
                    SELECT FROM aftersale.default_warehouse d WHERE d.shop_id = r.shop_id AND d.country = r.country AND d.superseded_at = 'infinity'
                        AND d.effective_from <= aftersale.statement_clock() AND d.effective_to > aftersale.statement_clock())))
                AND (NOT t.requires ?| ARRAY['ever', 'never'] OR (
                    SELECT coalesce(bool_or(v.event @> (t.requires -> 'ever')), NOT t.requires ? 'ever') AND NOT coalesce(bool_or(v.event @> (t.requires -> 'never')), false)
                    FROM (SELECT jsonb_build_object('action', e.action, 'actor', e.actor, 'from_state', e.from_state, 'to_state', e.to_state,
                            'rule', e.rule, 'payload', e.payload) AS event
                        FROM aftersale.event e WHERE e.shop_id = r.shop_id AND e.request_id = r.request_id) v))
                AND (NOT t.requires ? 'settings' OR (
                    SELECT (coalesce((SELECT x.settings FROM aftersale.site x
                            WHERE x.platform = p.platform AND x.site = coalesce(c.site, c.country)
                                AND x.effective_from <= aftersale.statement_clock() AND x.effective_to > aftersale.statement_clock()
                            ORDER BY x.effective_from DESC LIMIT 1), '{}') || p.settings || c.settings) @> (t.requires -> 'settings')
                    FROM aftersale.shop p JOIN aftersale.shop_country c ON c.shop_id = p.shop_id AND c.country = r.country
                    WHERE p.shop_id = r.shop_id)))
    ) a
) n
WHERE r.closed_at IS NULL
ORDER BY r.due_at NULLS LAST, r.shop_id, r.request_id;
COMMENT ON VIEW aftersale.worklist IS 'Every request that is not closed, by deadline: whom it waits for, what is to be done next, and how urgent it is (TEMU-05, TEMU-12, TEMU-29). Each sees the requests of his shops. The fast list, by an index: SELECT * FROM aftersale.worklist WHERE shop_id = 1 LIMIT 50.';
COMMENT ON COLUMN aftersale.worklist.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.worklist.request_id IS 'Number of the request.';
COMMENT ON COLUMN aftersale.worklist.external_ref IS 'The ERP''s or platform''s own key.';
COMMENT ON COLUMN aftersale.worklist.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.worklist.state IS 'State.';
COMMENT ON COLUMN aftersale.worklist.title IS 'What the state means, for people.';
COMMENT ON COLUMN aftersale.worklist.waits_for IS 'Who has to act: merchant, buyer, platform, carrier; NULL: nobody.';
COMMENT ON COLUMN aftersale.worklist.urgency IS 'parked (left to a person), paused (its deadline stands), overdue (the sweep has yet to run, or the deadline has no timeout), due soon (within 24 hours), or open.';
COMMENT ON COLUMN aftersale.worklist.due_at IS 'Deadline; NULL: none.';
COMMENT ON COLUMN aftersale.worklist.time_left IS 'Until the deadline, in elapsed time; negative: since.';
COMMENT ON COLUMN aftersale.worklist.unhandled IS 'It waits for the merchant, and for more than 24 hours nobody of the shop has acted on it: since it entered its state, or since the last act of the shop''s people there (TEMU-05, TEMU-12, TEMU-29).';
COMMENT ON COLUMN aftersale.worklist.actions IS 'What whoever it waits for may do next, by name; of the merchant''s only what the session has the permission for; nothing that the request does not qualify for or the flow refuses. Empty where it waits for nobody, and where a deadline has passed that the sweep has yet to apply: allowed_actions() looks beyond it.';
COMMENT ON COLUMN aftersale.worklist.lacks IS 'Permissions for the merchant''s other actions, which the session does not have: a colleague has to take them. Empty: none.';
COMMENT ON COLUMN aftersale.worklist.country IS 'The buyer''s country.';
COMMENT ON COLUMN aftersale.worklist.order_ref IS 'The order.';
COMMENT ON COLUMN aftersale.worklist.amount IS 'What the buyer asks for, in currency.';
COMMENT ON COLUMN aftersale.worklist.currency IS 'Currency.';
COMMENT ON COLUMN aftersale.worklist.opened_at IS 'When it was opened.';
COMMENT ON COLUMN aftersale.worklist.entered_at IS 'When it entered its state.';
COMMENT ON COLUMN aftersale.worklist.fault IS 'Why it is left to a person.';

-- Both with the columns of worklist.
CREATE VIEW aftersale.overdue WITH (security_invoker = true) AS
SELECT * FROM aftersale.worklist w WHERE w.due_at < aftersale.statement_clock();
COMMENT ON VIEW aftersale.overdue IS 'The rows of worklist whose deadline has passed: the sweep has yet to run, a person has to look (parked), or the deadline has no timeout.';

CREATE VIEW aftersale.due_soon WITH (security_invoker = true) AS
SELECT * FROM aftersale.worklist w
WHERE w.due_at >= aftersale.statement_clock() AND w.due_at < aftersale.statement_clock() + interval '1 day';
COMMENT ON VIEW aftersale.due_soon IS 'The rows of worklist whose deadline comes within 24 hours.';

DO $do$
BEGIN
    EXECUTE (
        SELECT string_agg(format('COMMENT ON COLUMN aftersale.%I.%I IS %L', v.name, a.attname,
                   col_description(a.attrelid, a.attnum)), ';')
        FROM pg_attribute a, (VALUES ('overdue'), ('due_soon')) AS v(name)
        WHERE a.attrelid = 'aftersale.worklist'::regclass AND a.attnum > 0);
END
$do$;

-- What has run out: asked of the open requests, so that it costs what they are
-- and not what the history is.
CREATE VIEW aftersale.alert WITH (security_invoker = true) AS
SELECT r.shop_id,
    r.request_id,
    r.external_ref,
    r.flow,
    r.state,
    s.title,
    s.waits_for,
    e.name,
    e.kind,
    e.notify,
    e.at,
    r.due_at,
    r.due_at - aftersale.statement_clock() AS time_left,
    e.rule
FROM aftersale.request r
JOIN aftersale.flow_state s ON s.flow = r.flow AND s.version = r.flow_version AND s.state = r.state
CROSS JOIN LATERAL (
    SELECT v.action AS name, t.kind, t.notify, v.at, v.rule
    FROM aftersale.event v
    JOIN aftersale.flow_timer t ON t.flow = r.flow AND t.version = r.flow_version AND t.name = v.action
    WHERE v.shop_id = r.shop_id AND v.request_id = r.request_id AND v.actor = 'system' AND v.from_state = v.to_state
        AND CASE
            WHEN t.state IS NULL THEN t.kind = 'alert' OR v.at > aftersale.statement_clock() - interval '7 days'
            -- of the present stay in the state, and of the deadline that it has now
            ELSE t.state = r.state AND v.at >= r.entered_at AND (t.starts <> 'before_due' OR v.due_at = r.due_at)
        END
    OFFSET 0) e
WHERE r.closed_at IS NULL AND r.event_seq > 1
ORDER BY e.at DESC, r.shop_id, r.request_id, e.name;
COMMENT ON VIEW aftersale.alert IS 'What has run out on open requests and still matters, the newest first: warnings of the deadline that a request has now, what its present state has let run out, alerts of the request itself, and of the last 7 days its own warnings and addresses that were hidden. Each sees the requests of his shops. It knows what the sweep, or an act, has written. Example: SELECT * FROM aftersale.alert WHERE shop_id = 1 AND notify = ''supervisor''.';
COMMENT ON COLUMN aftersale.alert.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.alert.request_id IS 'Number of the request.';
COMMENT ON COLUMN aftersale.alert.external_ref IS 'The ERP''s or platform''s own key.';
COMMENT ON COLUMN aftersale.alert.flow IS 'Flow.';
COMMENT ON COLUMN aftersale.alert.state IS 'State.';
COMMENT ON COLUMN aftersale.alert.title IS 'What the state means, for people.';
COMMENT ON COLUMN aftersale.alert.waits_for IS 'Who has to act: merchant, buyer, platform, carrier; NULL: nobody.';
COMMENT ON COLUMN aftersale.alert.name IS 'Name of the timer that ran out, as of flow_timer.';
COMMENT ON COLUMN aftersale.alert.kind IS 'warning (somebody has to act), alert (something took too long) or mask (the buyer''s personal data are hidden since then).';
COMMENT ON COLUMN aftersale.alert.notify IS 'Whom to tell: a role of the shop; NULL: whoever works on it.';
COMMENT ON COLUMN aftersale.alert.at IS 'When it ran out, whenever the sweep came by.';
COMMENT ON COLUMN aftersale.alert.due_at IS 'The deadline of the request; NULL: none.';
COMMENT ON COLUMN aftersale.alert.time_left IS 'Until the deadline, in elapsed time; negative: since.';
COMMENT ON COLUMN aftersale.alert.rule IS 'The number of the rule that the timer comes from.';

CREATE VIEW aftersale.upcoming WITH (security_invoker = true) AS
SELECT a.shop_id,
    a.request_id,
    r.external_ref,
    r.flow,
    r.state,
    s.title,
    s.waits_for,
    a.name,
    t.kind,
    t.notify,
    a.act_at,
    r.due_at,
    t.rule
FROM aftersale.timer a
JOIN aftersale.request r ON r.shop_id = a.shop_id AND r.request_id = a.request_id
JOIN aftersale.flow_state s ON s.flow = r.flow AND s.version = r.flow_version AND s.state = r.state
JOIN aftersale.flow_timer t ON t.flow = r.flow AND t.version = r.flow_version AND t.name = a.name
WHERE NOT a.stands
ORDER BY a.act_at, a.shop_id, a.request_id, a.name;
COMMENT ON VIEW aftersale.upcoming IS 'What will run out next beside the deadlines: the armed timers, the first one first, without those that stand with a paused deadline. Each sees the requests of his shops. Example: SELECT * FROM aftersale.upcoming WHERE shop_id = 1 LIMIT 50.';
COMMENT ON COLUMN aftersale.upcoming.act_at IS 'When it will run out; before now: the sweep has yet to write it.';
DO $do$
BEGIN
    EXECUTE (
        SELECT string_agg(format('COMMENT ON COLUMN aftersale.upcoming.%I IS %L', a.attname, col_description(a.attrelid, a.attnum)), ';')
        FROM pg_attribute a
        WHERE a.attrelid = 'aftersale.alert'::regclass AND a.attnum > 0 AND a.attname NOT IN ('at', 'time_left'));
    COMMENT ON COLUMN aftersale.upcoming.name IS 'Name of the timer, as of flow_timer.';
    COMMENT ON COLUMN aftersale.upcoming.kind IS 'warning (somebody will have to act), alert (something takes too long) or mask (the buyer''s personal data are hidden from then on).';
END
$do$;

-- One pass over the history: each event with what came before it in its request.
-- Only what leaves a state counts, on the day of the shop's country on which it did.
CREATE VIEW aftersale.sla_report WITH (security_invoker = true) AS
SELECT d.shop_id,
    d.flow,
    d.day,
    count(*) FILTER (WHERE d.met) AS met,
    count(*) FILTER (WHERE NOT d.met) AS missed,
    round(avg(d.met::int), 4) AS met_share,
    count(d.response) AS responses,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY d.response) AS response_median,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY d.response) AS response_p95,
    count(*) FILTER (WHERE d.completed) AS completed,
    count(*) FILTER (WHERE d.completed AND d.by_shop_alone) AS self_completed,
    round(avg(d.by_shop_alone::int) FILTER (WHERE d.completed), 4) AS self_completed_share,
    avg(d.at - d.opened_at) FILTER (WHERE d.completed AND d.by_shop_alone) AS self_completed_time
FROM (
    SELECT h.shop_id,
        r.flow,
        (h.at AT TIME ZONE c.time_zone)::date AS day,
        CASE WHEN f.waits_for = 'merchant' AND h.due_at IS NOT NULL THEN h.action <> 'timeout' AND h.at <= h.due_at END AS met,
        CASE WHEN f.waits_for = 'merchant' AND h.by_shop THEN aftersale.business_elapsed(h.entered_at, h.at, k.calendar) END AS response,
        t.final AND NOT f.final AS completed,
        h.shop_acted AND NOT h.others_acted AS by_shop_alone,
        h.at,
        h.opened_at
    FROM (
        SELECT e.shop_id, e.request_id, e.action, e.at, e.from_state, e.to_state, e.by_shop,
            lag(e.due_at) OVER before AS due_at,
            max(CASE WHEN e.from_state IS DISTINCT FROM e.to_state THEN e.at END)
                OVER (before ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS entered_at,
            first_value(e.at) OVER before AS opened_at,
            bool_or(e.by_shop) OVER before AS shop_acted,
            bool_or(e.action = 'timeout' OR e.by_platform) OVER before AS others_acted
        FROM (
            SELECT v.shop_id, v.request_id, v.event_seq, v.action, v.at, v.from_state, v.to_state, v.due_at,
                -- a rule of the shop acts for the merchant
                (v.action NOT IN ('open', 'timeout') AND v.actor NOT IN ('buyer', 'platform', 'carrier', 'erp', 'system'))
                    OR (v.actor = 'system' AND v.on_behalf_of IS NOT DISTINCT FROM 'merchant') AS by_shop,
                v.actor = 'platform' AND v.action NOT IN ('open', 'set_deadline') AS by_platform
            FROM aftersale.event v
        ) e
        WINDOW before AS (PARTITION BY e.shop_id, e.request_id ORDER BY e.event_seq)
    ) h
    JOIN aftersale.request r ON r.shop_id = h.shop_id AND r.request_id = h.request_id
    JOIN aftersale.flow_state f ON f.flow = r.flow AND f.version = r.flow_version AND f.state = h.from_state
    JOIN aftersale.flow_state t ON t.flow = r.flow AND t.version = r.flow_version AND t.state = h.to_state
    JOIN aftersale.shop_country c ON c.shop_id = h.shop_id AND c.country = r.country
    JOIN aftersale.calendar k ON k.name = c.calendar
    WHERE h.from_state <> h.to_state
) d
WHERE d.met IS NOT NULL OR d.response IS NOT NULL OR d.completed
GROUP BY d.shop_id, d.flow, d.day
ORDER BY d.shop_id, d.flow, d.day;
COMMENT ON VIEW aftersale.sla_report IS 'How a shop kept its deadlines, by shop, flow and day: what left a state on that day. Computed from the history; each sees his shops. Reads the whole history of the shops that it is asked for. Example: SELECT * FROM aftersale.sla_report WHERE shop_id = 1 AND day >= ''2026-11-01''.';
COMMENT ON COLUMN aftersale.sla_report.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.sla_report.flow IS 'Flow, all versions.';
COMMENT ON COLUMN aftersale.sla_report.day IS 'The date, in the time zone of the shop''s country, on which the event took effect (a timeout: its deadline).';
COMMENT ON COLUMN aftersale.sla_report.met IS 'Deadlines of states that wait for the merchant that were met: an act led to another state at the deadline or before it.';
COMMENT ON COLUMN aftersale.sla_report.missed IS 'Those that were missed: the timeout, or an act after the deadline, led to another state.';
COMMENT ON COLUMN aftersale.sla_report.met_share IS 'met / (met + missed), 0 to 1, four decimals; NULL: there were none.';
COMMENT ON COLUMN aftersale.sla_report.responses IS 'Acts of the shop''s people that led out of a state that waits for the merchant, with a deadline or without.';
COMMENT ON COLUMN aftersale.sla_report.response_median IS 'Median of their times from entering the state to the act, in working time of the calendar of the shop''s country; between the two in the middle where they are even.';
COMMENT ON COLUMN aftersale.sla_report.response_p95 IS 'The 95th percentile of these times, interpolated.';
COMMENT ON COLUMN aftersale.sla_report.completed IS 'Requests that entered a final state.';
COMMENT ON COLUMN aftersale.sla_report.self_completed IS 'Those of them that the shop completed itself: its people, or its automatic rules, acted on the request at least once after its opening, and until then there was neither a timeout nor an act of the platform (a deadline that it sets is none).';
COMMENT ON COLUMN aftersale.sla_report.self_completed_share IS 'self_completed / completed, 0 to 1, four decimals; NULL: none was completed.';
COMMENT ON COLUMN aftersale.sla_report.self_completed_time IS 'Mean time from the opening to the final state of self_completed, in elapsed time, as Douyin counts (DOUYIN-08, DOUYIN-11).';

-- The only way to personal data but for the owner: an owner's view, whose
-- predicate on login takes the place of row-level security.
CREATE VIEW aftersale.buyer WITH (security_barrier = true) AS
SELECT p.shop_id,
    p.request_id,
    CASE v.shown WHEN 'full' THEN p.buyer_name WHEN 'masked' THEN aftersale.mask(p.buyer_name, 1) END AS buyer_name,
    CASE v.shown WHEN 'full' THEN p.phone WHEN 'masked' THEN aftersale.mask(p.phone, -3) END AS phone,
    CASE v.shown WHEN 'full' THEN p.address
                 WHEN 'masked' THEN pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('country', p.address OPERATOR(pg_catalog.->) 'country')) END AS address,
    p.visible_until,
    v.shown
FROM aftersale.personal p
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN p.erased_at IS NOT NULL THEN 'erased'
        WHEN p.visible_until <= aftersale.clock() THEN 'expired'
        WHEN aftersale.has_permission(p.shop_id, 'view_personal') THEN 'full'
        ELSE 'masked' END AS shown
    OFFSET 0) v
WHERE p.shop_id = ANY (ARRAY(
    SELECT l.shop_id FROM aftersale.login l WHERE l.login = current_user
    UNION ALL
    SELECT s.shop_id FROM aftersale.shop s WHERE (SELECT aftersale.is_tables_owner())));
COMMENT ON VIEW aftersale.buyer IS 'Personal data of requests as the session may see them: in full with permission view_personal, else masked; not at all once visible_until has passed (TEMU-31) or they were erased.';
COMMENT ON COLUMN aftersale.buyer.shop_id IS 'Shop.';
COMMENT ON COLUMN aftersale.buyer.request_id IS 'Request.';
COMMENT ON COLUMN aftersale.buyer.buyer_name IS 'Name of the buyer; masked: its first character.';
COMMENT ON COLUMN aftersale.buyer.phone IS 'Phone of the buyer; masked: its last three digits.';
COMMENT ON COLUMN aftersale.buyer.address IS 'Address of the buyer; masked: its member country.';
COMMENT ON COLUMN aftersale.buyer.visible_until IS 'From this instant on nothing is shown; NULL: no end.';
COMMENT ON COLUMN aftersale.buyer.shown IS 'full, masked, expired or erased.';
-- Row-level security: who connects sees the shops that login gives him.  Not
-- forced, so that the owner can dump; the triggers work as the owner.

DO $do$
DECLARE
    tenant name;
BEGIN
    FOR tenant IN
        SELECT c.relname
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'shop_id'
        WHERE c.relnamespace = 'aftersale'::pg_catalog.regnamespace AND c.relkind = 'r' AND c.relname <> 'login'
    LOOP
        EXECUTE pg_catalog.format('ALTER TABLE aftersale.%I ENABLE ROW LEVEL SECURITY', tenant);
        EXECUTE pg_catalog.format('CREATE POLICY shops_of_login ON aftersale.%I USING (shop_id = ANY (ARRAY(
            SELECT l.shop_id FROM aftersale.login l WHERE l.login = current_user)))', tenant);
    END LOOP;
END
$do$;

ALTER TABLE aftersale.login ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON aftersale.login USING (login = current_user);
ALTER TABLE aftersale.access ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON aftersale.access USING (login = current_user);
-- Triggers, last: a restore loads data before they exist.

DO $do$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['installation', 'calendar', 'flow', 'flow_state', 'flow_transition', 'flow_timer', 'flow_override', 'return_fee',
        'shop', 'shop_country', 'role_permission', 'shop_role_permission', 'member', 'login', 'rule', 'access', 'site', 'attachment']
    LOOP
        EXECUTE pg_catalog.format('CREATE TRIGGER config_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON aftersale.%I
            FOR EACH STATEMENT EXECUTE FUNCTION aftersale.config_changed()', table_name);
    END LOOP;
END
$do$;

-- Routing: what routing_guard.c watches over.
DO $do$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['warehouse', 'warehouse_version', 'default_warehouse']
    LOOP
        EXECUTE pg_catalog.format('CREATE TRIGGER routing_lock BEFORE INSERT OR UPDATE OR DELETE ON aftersale.%I
            FOR EACH ROW EXECUTE FUNCTION aftersale.routing_lock()', table_name);
        EXECUTE pg_catalog.format('CREATE TRIGGER routing_truncate BEFORE TRUNCATE ON aftersale.%I
            FOR EACH STATEMENT EXECUTE FUNCTION aftersale.routing_truncate()', table_name);
    END LOOP;
END
$do$;
CREATE TRIGGER warehouse_version_check AFTER INSERT OR UPDATE OR DELETE ON aftersale.warehouse_version
    FOR EACH ROW EXECUTE FUNCTION aftersale.warehouse_version_check();
CREATE TRIGGER default_warehouse_check AFTER INSERT OR UPDATE OR DELETE ON aftersale.default_warehouse
    FOR EACH ROW EXECUTE FUNCTION aftersale.default_warehouse_check();
CREATE TRIGGER warehouse_product_inserted AFTER INSERT ON aftersale.warehouse_product
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION aftersale.warehouse_product_check();
CREATE TRIGGER warehouse_product_updated AFTER UPDATE ON aftersale.warehouse_product
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION aftersale.warehouse_product_check();

-- One path: every act, of a person, a batch or the clock, passes these.
CREATE TRIGGER aftersale_decide BEFORE INSERT OR UPDATE ON aftersale.request
    FOR EACH ROW EXECUTE FUNCTION aftersale.request_decide();
CREATE TRIGGER aftersale_record_insert AFTER INSERT ON aftersale.request
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION aftersale.request_record();
CREATE TRIGGER aftersale_record_update AFTER UPDATE ON aftersale.request
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION aftersale.request_record();
CREATE TRIGGER aftersale_keep BEFORE DELETE ON aftersale.request
    FOR EACH ROW EXECUTE FUNCTION aftersale.request_keep();
CREATE TRIGGER aftersale_keep_truncate BEFORE TRUNCATE ON aftersale.request
    FOR EACH STATEMENT EXECUTE FUNCTION aftersale.request_keep();

CREATE TRIGGER personal_changed BEFORE INSERT OR UPDATE ON aftersale.personal
    FOR EACH ROW EXECUTE FUNCTION aftersale.personal_changed();
CREATE TRIGGER aftersale_keep BEFORE DELETE ON aftersale.shop
    FOR EACH ROW EXECUTE FUNCTION aftersale.in_use_keep();
CREATE TRIGGER aftersale_keep BEFORE DELETE ON aftersale.flow
    FOR EACH ROW EXECUTE FUNCTION aftersale.in_use_keep();
CREATE TRIGGER aftersale_keep BEFORE DELETE OR UPDATE OF flow, version, name ON aftersale.flow_timer
    FOR EACH ROW EXECUTE FUNCTION aftersale.in_use_keep();
-- After config_changed, by name: the caches must have forgotten the calendars first.
CREATE TRIGGER zz_calendar_grew AFTER UPDATE ON aftersale.calendar
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION aftersale.calendar_grew();

-- Rules are checked when they are saved, and overlaps reported.
CREATE TRIGGER rule_check BEFORE INSERT OR UPDATE ON aftersale.rule
    FOR EACH ROW EXECUTE FUNCTION aftersale.rule_check();
CREATE TRIGGER rule_overlaps_insert AFTER INSERT ON aftersale.rule
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION aftersale.rule_overlaps();
CREATE TRIGGER rule_overlaps_update AFTER UPDATE ON aftersale.rule
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION aftersale.rule_overlaps();

-- Who reports speaks for the platform.
CREATE TRIGGER message_check BEFORE INSERT OR UPDATE OF shop_id, external_ref, flow, field, code, reported_at, due_at, payload ON aftersale.platform_message
    FOR EACH ROW EXECUTE FUNCTION aftersale.message_check();
$tables$
$function$;
COMMENT ON FUNCTION aftersale.table_definitions() IS
'The statements that install() executes as the owner, for reading before running. Example: SELECT aftersale.table_definitions();';

CREATE FUNCTION aftersale.config_changed() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_config_changed';
COMMENT ON FUNCTION aftersale.config_changed() IS
'Trigger function of the configuration tables: makes every session forget what it has cached of the table, at commit. For install() only.';

CREATE FUNCTION aftersale.install(owner name DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    caller_is_superuser boolean := (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user);
    target name := coalesce(install.owner, current_user);
    role_before text := current_setting('role');
BEGIN
    IF pg_catalog.to_regclass('aftersale.installation') IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA002',
            MESSAGE = 'the tables of aftersale are already installed (RA002)',
            HINT = 'To bring them to the installed version, run: SELECT aftersale.migrate();';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = target) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA003',
            MESSAGE = format('role "%s" does not exist (RA003)', target),
            HINT = 'Name the role that your ERP connects as: SELECT aftersale.install(owner => ''erp'');';
    END IF;
    IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = target) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA003',
            MESSAGE = format('superuser "%s" must not own the tables (RA003)', target),
            DETAIL = 'The triggers of these tables act as their owner.',
            HINT = 'Name an ordinary role: SELECT aftersale.install(owner => ''erp'');';
    END IF;
    IF caller_is_superuser THEN
        EXECUTE format('GRANT USAGE ON SCHEMA aftersale TO %I WITH GRANT OPTION', target);	-- for grant_access()
        EXECUTE format('GRANT CREATE ON SCHEMA aftersale TO %I', target);
    ELSIF NOT pg_catalog.has_schema_privilege(target, 'aftersale', 'CREATE') THEN
        RAISE EXCEPTION USING ERRCODE = 'RA003',
            MESSAGE = format('role "%s" may not create tables in schema "aftersale" (RA003)', target),
            HINT = format('An administrator runs: GRANT USAGE, CREATE ON SCHEMA aftersale TO %I WITH GRANT OPTION;', target);
    END IF;
    IF target <> current_user THEN
        PERFORM pg_catalog.set_config('role', target, true);
    END IF;
    EXECUTE aftersale.table_definitions();
    PERFORM pg_catalog.set_config('role', role_before, true);
    RETURN format('the tables of aftersale are installed, owned by %I', target);
END
$function$;
COMMENT ON FUNCTION aftersale.install(name) IS
'Creates the tables, views and triggers of aftersale in schema aftersale, owned by role owner (default: the caller, who needs CREATE on the schema; a superuser must name an ordinary role, because triggers act as the owner). They are ordinary tables, not members of the extension. Returns a sentence. Errors: RA002 already installed, RA003 the role does not exist, is a superuser or may not create. Example: SELECT aftersale.install(owner => ''erp'');';

CREATE FUNCTION aftersale.migrate() RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    current_version int;
    library_version int := aftersale.tables_version();
BEGIN
    IF pg_catalog.to_regclass('aftersale.installation') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA001',
            MESSAGE = 'the tables of aftersale are not installed in this database (RA001)',
            HINT = 'Run: SELECT aftersale.install(owner => ''the role that is to own the tables'');';
    END IF;
    SELECT schema_version INTO STRICT current_version FROM aftersale.installation;
    IF current_version > library_version THEN
        RAISE EXCEPTION USING ERRCODE = 'RA004',
            MESSAGE = format('the tables of aftersale have version %s, this library works with %s (RA004)', current_version, library_version),
            HINT = 'Install the newer package of aftersale on this server, then: ALTER EXTENSION aftersale UPDATE;';
    END IF;
    RETURN format('the tables of aftersale have version %s, nothing to do', current_version);
END
$function$;
COMMENT ON FUNCTION aftersale.migrate() IS
'Brings the tables to the version of the installed library; returns a sentence that says what was done. Errors: RA001 not installed, RA004 the tables are newer than the library. Example: SELECT aftersale.migrate();';

CREATE FUNCTION aftersale.tables_version() RETURNS int
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_tables_version';
COMMENT ON FUNCTION aftersale.tables_version() IS
'The schema version of the tables that this library writes; it also works with the one before. Example: SELECT aftersale.tables_version();';

CREATE FUNCTION aftersale.require_installed() RETURNS void
LANGUAGE C VOLATILE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_require_installed';
COMMENT ON FUNCTION aftersale.require_installed() IS
'Raises RA001, naming the statement to run, where install() has not run in this database, and RA004 where the tables are of a version that this library does not work with. Example: SELECT aftersale.require_installed();';

-- Routing: which warehouse a return goes to.

CREATE FUNCTION aftersale.common_warehouse_transfn(internal, bigint[]) RETURNS internal
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_common_warehouse_transfn';
COMMENT ON FUNCTION aftersale.common_warehouse_transfn(internal, bigint[]) IS
'Takes one item into common_warehouse(). Not to be called by itself.';

CREATE FUNCTION aftersale.common_warehouse_combinefn(internal, internal) RETURNS internal
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_common_warehouse_combinefn';
COMMENT ON FUNCTION aftersale.common_warehouse_combinefn(internal, internal) IS
'Joins the states of common_warehouse() of two workers. Not to be called by itself.';

CREATE FUNCTION aftersale.common_warehouse_serialfn(internal) RETURNS bytea
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_common_warehouse_serialfn';
COMMENT ON FUNCTION aftersale.common_warehouse_serialfn(internal) IS
'Packs the state of common_warehouse() for another worker. Not to be called by itself.';

CREATE FUNCTION aftersale.common_warehouse_deserialfn(bytea, internal) RETURNS internal
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_common_warehouse_deserialfn';
COMMENT ON FUNCTION aftersale.common_warehouse_deserialfn(bytea, internal) IS
'Unpacks the state of common_warehouse() from another worker. Not to be called by itself.';

CREATE FUNCTION aftersale.common_warehouse_finalfn(internal) RETURNS bigint[]
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_common_warehouse_finalfn';
COMMENT ON FUNCTION aftersale.common_warehouse_finalfn(internal) IS
'The result of common_warehouse(). Not to be called by itself.';

CREATE AGGREGATE aftersale.common_warehouse(bigint[]) (
    SFUNC = aftersale.common_warehouse_transfn,
    STYPE = internal,
    SSPACE = 64,
    FINALFUNC = aftersale.common_warehouse_finalfn,
    COMBINEFUNC = aftersale.common_warehouse_combinefn,
    SERIALFUNC = aftersale.common_warehouse_serialfn,
    DESERIALFUNC = aftersale.common_warehouse_deserialfn,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE aftersale.common_warehouse(bigint[]) IS
'The warehouses that every item of a return is linked to (TEMU-42), in ascending order. Each row is one item, given as the array of the warehouses that its product is linked to, in any order; NULL elements are ignored. A NULL or empty array is a product without a link: it is not skipped, nothing is in common then and the result is {}. No rows: NULL. Example: SELECT aftersale.common_warehouse(w) FROM (VALUES (ARRAY[1, 2, 3]::bigint[]), (ARRAY[3, 2])) AS item(w); gives {2,3}.';

CREATE TYPE aftersale.return_route AS (
    warehouse_id bigint,
    basis text,
    detail jsonb
);
COMMENT ON TYPE aftersale.return_route IS
'Where a return goes: warehouse_id; basis: common (every product is linked to it), default:different (no warehouse is linked to them all) or default:unlinked (a product has no link); detail: what each product is linked to, and why this warehouse. See return_warehouse().';

CREATE FUNCTION aftersale.return_warehouse(shop_id bigint, country text, products text[], as_of timestamptz DEFAULT now())
RETURNS aftersale.return_route
LANGUAGE C STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_return_warehouse';
COMMENT ON FUNCTION aftersale.return_warehouse(bigint, text, text[], timestamptz) IS
'The one warehouse to which all products of a return go (TEMU-42, TEMU-41). shop_id: shop; country: the buyer''s; products: the products (SPU) of the return, repetitions count once, a NULL among them is a product without a link; as_of: the instant whose versions, defaults and links decide, as they are known now. All linked to one same warehouse: that one; several in common: the default if it is among them, else the highest priority, else the oldest; different ones, or a product without a link: the default, for everything. Warehouses that are disabled, or stand abroad where the country''s settings do not say cross_border (TEMU-16), count as unlinked. Errors: RA055 no products, RA010 unknown shop, RA011 unknown country, RA050 the country has no warehouse that could take the return, RA056 as_of is infinite, 22004 another argument is NULL. Example: SELECT warehouse_id, basis FROM aftersale.return_warehouse(1, ''US'', ARRAY[''SPU-1'', ''SPU-2'']);';

CREATE FUNCTION aftersale.require_country(shop_id bigint, country text) RETURNS void
LANGUAGE C STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_require_country';
COMMENT ON FUNCTION aftersale.require_country(bigint, text) IS
'Does nothing where the shop sells in the country; else an error: RA010 unknown shop, RA011 unknown country, 22004 NULL, RA001 before install(). Example: SELECT aftersale.require_country(1, ''US'');';

CREATE FUNCTION aftersale.distinct_products(products text[]) RETURNS text[]
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_distinct_products';
COMMENT ON FUNCTION aftersale.distinct_products(text[]) IS
'The products of one call of link_products(), each once, in byte order. Errors: RA055 no products, or one that is NULL or empty; RA053 more than 500 (TEMU-38). Example: SELECT aftersale.distinct_products(ARRAY[''B'', ''A'', ''B'']); gives {A,B}.';

CREATE FUNCTION aftersale.lock_routing(shop_id bigint) RETURNS void
LANGUAGE C VOLATILE STRICT
AS 'MODULE_PATHNAME', 'aftersale_lock_routing';
COMMENT ON FUNCTION aftersale.lock_routing(bigint) IS
'Makes other changes of the shop''s warehouses and defaults wait until this transaction ends; routing does not wait. Needs INSERT on warehouse_version or default_warehouse. Example: SELECT aftersale.lock_routing(1);';

CREATE FUNCTION aftersale.require_warehouse(shop_id bigint, country text, warehouse_id bigint) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    known text;
BEGIN
    PERFORM aftersale.require_country(shop_id, country);
    IF warehouse_id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '22004', MESSAGE = 'the warehouse must not be NULL (22004)';
    END IF;
    IF EXISTS (SELECT FROM aftersale.warehouse_version AS v
               WHERE v.shop_id = require_warehouse.shop_id AND v.country = require_warehouse.country
                 AND v.warehouse_id = require_warehouse.warehouse_id AND v.superseded_at = 'infinity') THEN
        RETURN;
    END IF;
    SELECT string_agg(DISTINCT v.warehouse_id::text, ', ') INTO known
    FROM aftersale.warehouse_version AS v
    WHERE v.shop_id = require_warehouse.shop_id AND v.country = require_warehouse.country AND v.superseded_at = 'infinity';
    RAISE EXCEPTION USING ERRCODE = 'RA054',
        MESSAGE = format('shop "%s" has no warehouse "%s" that serves country "%s" (RA054)', shop_id, warehouse_id, country),
        HINT = CASE WHEN known IS NULL THEN 'None serves it yet; aftersale.set_warehouse() adds one.'
                    ELSE format('Those that serve it: %s; aftersale.set_warehouse() adds one.', known) END;
END
$function$;
COMMENT ON FUNCTION aftersale.require_warehouse(bigint, text, bigint) IS
'Does nothing where the warehouse is set up for the country, in force or not; else an error: RA054, and those of require_country(). Example: SELECT aftersale.require_warehouse(1, ''US'', 7);';

CREATE FUNCTION aftersale.set_warehouse(
    shop_id bigint, external_ref text, country text, name text,
    located_in text DEFAULT NULL, address jsonb DEFAULT NULL, priority int DEFAULT 0, enabled boolean DEFAULT true,
    effective_from timestamptz DEFAULT '-infinity') RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    new_name text := regexp_replace(set_warehouse.name, '^\s+|\s+$', '', 'g');
    id bigint;
    known_at timestamptz := aftersale.clock();
BEGIN
    PERFORM aftersale.require_country(set_warehouse.shop_id, set_warehouse.country);
    IF coalesce(set_warehouse.external_ref, '') = '' OR coalesce(new_name, '') = '' THEN
        RAISE EXCEPTION USING ERRCODE = '22004',
            MESSAGE = format('the %s of a warehouse must not be NULL or empty (22004)',
                             CASE WHEN coalesce(new_name, '') = '' THEN 'name' ELSE 'external_ref' END);
    END IF;
    IF set_warehouse.priority IS NULL OR set_warehouse.enabled IS NULL OR set_warehouse.effective_from IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '22004',
            MESSAGE = 'priority, enabled and effective_from of a warehouse must not be NULL (22004)',
            HINT = 'Leave an argument out to have its default.';
    END IF;
    IF set_warehouse.effective_from = 'infinity' THEN
        RAISE EXCEPTION USING ERRCODE = 'RA056',
            MESSAGE = 'a version that begins at "infinity" is never in force (RA056)';
    END IF;
    IF set_warehouse.located_in !~ '^[A-Z]{2}$' THEN
        RAISE EXCEPTION USING ERRCODE = '22023',
            MESSAGE = format('"%s" is not a country code (22023)', set_warehouse.located_in),
            DETAIL = 'located_in is an ISO 3166-1 alpha-2 code in capitals, such as "DE".';
    END IF;

    PERFORM aftersale.lock_routing(set_warehouse.shop_id);
    SELECT warehouse_id INTO id FROM aftersale.warehouse AS w
    WHERE w.shop_id = set_warehouse.shop_id AND w.external_ref = set_warehouse.external_ref;
    IF NOT FOUND THEN
        INSERT INTO aftersale.warehouse (shop_id, external_ref)
        VALUES (set_warehouse.shop_id, set_warehouse.external_ref) RETURNING warehouse_id INTO id;
    END IF;
    IF EXISTS (SELECT FROM aftersale.warehouse_version AS v
               WHERE v.shop_id = set_warehouse.shop_id AND v.warehouse_id = id AND v.country = set_warehouse.country
                 AND v.superseded_at = 'infinity' AND v.effective_to = 'infinity'
                 AND v.effective_from <= set_warehouse.effective_from
                 AND (v.name, v.located_in, v.address, v.priority, v.enabled) IS NOT DISTINCT FROM
                     (new_name, set_warehouse.located_in, set_warehouse.address, set_warehouse.priority, set_warehouse.enabled)) THEN
        RETURN id;
    END IF;

    -- One statement: the guards judge its result, not what lies in between.
    WITH superseded AS (
        UPDATE aftersale.warehouse_version AS v SET superseded_at = greatest(known_at, v.recorded_at)
        WHERE v.shop_id = set_warehouse.shop_id AND v.warehouse_id = id AND v.country = set_warehouse.country
          AND v.superseded_at = 'infinity' AND v.effective_to > set_warehouse.effective_from
        RETURNING v.name, v.located_in, v.address, v.priority, v.enabled, v.effective_from
    ), held AS (
        SELECT s.name, s.located_in, s.address, s.priority, s.enabled, s.effective_from,
               set_warehouse.effective_from AS effective_to
        FROM superseded AS s WHERE s.effective_from < set_warehouse.effective_from
        UNION ALL
        SELECT new_name, set_warehouse.located_in, set_warehouse.address, set_warehouse.priority, set_warehouse.enabled,
               set_warehouse.effective_from, 'infinity'
        FROM (SELECT count(*) FROM superseded) AS all_of_them
    )
    INSERT INTO aftersale.warehouse_version (shop_id, warehouse_id, country, name, located_in, address, priority, enabled,
                                             effective_from, effective_to, recorded_at)
    SELECT set_warehouse.shop_id, id, set_warehouse.country, h.name, h.located_in, h.address, h.priority, h.enabled,
           h.effective_from, h.effective_to, known_at
    FROM held AS h;
    RETURN id;
END
$function$;
COMMENT ON FUNCTION aftersale.set_warehouse(bigint, text, text, text, text, jsonb, int, boolean, timestamptz) IS
'Says what a return warehouse is, for a country that it serves, from effective_from on (TEMU-37, TEMU-39); returns its warehouse_id. shop_id: shop; external_ref: your own key of the warehouse, which identifies it within the shop; country: the buyers'' country; name: unique in the shop, compared without blanks around it and in lower case (TEMU-18); located_in: where it stands, NULL: in that country (TEMU-16); address: in your own form; priority: the highest first; enabled: false takes no returns; effective_from: from which instant on. Every call states everything: what is left out takes its default, not its former value. Versions that would hold at or after effective_from are superseded; a call that changes nothing writes nothing. The first warehouse of a country becomes its default (TEMU-40). Errors: RA010, RA011, RA051 the name is taken, RA052 it is the default and would be disabled, RA056 effective_from is infinity, RA057 abroad where that is not allowed, 22004 NULL, 22023 located_in is no country code. Example: SELECT aftersale.set_warehouse(1, ''W-1'', ''US'', ''New Jersey'');';

CREATE FUNCTION aftersale.set_default_warehouse(shop_id bigint, country text, warehouse_id bigint, effective_from timestamptz DEFAULT now())
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    known_at timestamptz := aftersale.clock();
BEGIN
    PERFORM aftersale.require_warehouse(set_default_warehouse.shop_id, set_default_warehouse.country, set_default_warehouse.warehouse_id);
    IF set_default_warehouse.effective_from IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '22004', MESSAGE = 'effective_from must not be NULL (22004)';
    END IF;
    IF set_default_warehouse.effective_from = 'infinity' THEN
        RAISE EXCEPTION USING ERRCODE = 'RA056',
            MESSAGE = 'a default that begins at "infinity" is never in force (RA056)';
    END IF;

    PERFORM aftersale.lock_routing(set_default_warehouse.shop_id);
    IF EXISTS (SELECT FROM aftersale.default_warehouse AS d
               WHERE d.shop_id = set_default_warehouse.shop_id AND d.country = set_default_warehouse.country
                 AND d.superseded_at = 'infinity' AND d.effective_to = 'infinity'
                 AND d.effective_from <= set_default_warehouse.effective_from
                 AND d.warehouse_id = set_default_warehouse.warehouse_id) THEN
        RETURN;
    END IF;
    WITH superseded AS (
        UPDATE aftersale.default_warehouse AS d SET superseded_at = greatest(known_at, d.recorded_at)
        WHERE d.shop_id = set_default_warehouse.shop_id AND d.country = set_default_warehouse.country
          AND d.superseded_at = 'infinity' AND d.effective_to > set_default_warehouse.effective_from
        RETURNING d.warehouse_id, d.effective_from
    ), held AS (
        SELECT s.warehouse_id, s.effective_from, set_default_warehouse.effective_from AS effective_to
        FROM superseded AS s WHERE s.effective_from < set_default_warehouse.effective_from
        UNION ALL
        SELECT set_default_warehouse.warehouse_id, set_default_warehouse.effective_from, 'infinity'
        FROM (SELECT count(*) FROM superseded) AS all_of_them
    )
    INSERT INTO aftersale.default_warehouse (shop_id, country, warehouse_id, effective_from, effective_to, recorded_at)
    SELECT set_default_warehouse.shop_id, set_default_warehouse.country, h.warehouse_id, h.effective_from, h.effective_to, known_at
    FROM held AS h;
END
$function$;
COMMENT ON FUNCTION aftersale.set_default_warehouse(bigint, text, bigint, timestamptz) IS
'Makes a warehouse the default of a country from effective_from on, in place of the one before (TEMU-40). It must serve the country, enabled, from then on. Defaults that would begin later are superseded; a call that changes nothing writes nothing. Errors: RA010, RA011, RA054 the warehouse is not set up for the country, RA052 it is not in force and enabled from then on, RA056 effective_from is infinity, 22004 NULL. Example: SELECT aftersale.set_default_warehouse(1, ''US'', 8);';

CREATE FUNCTION aftersale.link_products(shop_id bigint, country text, warehouse_id bigint, products text[]) RETURNS int
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    wanted text[];
    linked int;
BEGIN
    PERFORM aftersale.require_warehouse(link_products.shop_id, link_products.country, link_products.warehouse_id);
    wanted := aftersale.distinct_products(link_products.products);
    -- in one order in every session, so that two of them cannot deadlock
    INSERT INTO aftersale.warehouse_product AS p (shop_id, country, product, warehouse_id, effective_from)
    SELECT link_products.shop_id, link_products.country, w.product, link_products.warehouse_id,
           CASE WHEN ended.effective_to IS NULL THEN '-infinity'
                ELSE greatest(ended.effective_to, aftersale.transaction_clock()) END
    FROM unnest(wanted) WITH ORDINALITY AS w (product, place)
    CROSS JOIN LATERAL (
        SELECT max(p.effective_to) AS effective_to FROM aftersale.warehouse_product AS p
        WHERE p.shop_id = link_products.shop_id AND p.country = link_products.country
          AND p.product = w.product AND p.warehouse_id = link_products.warehouse_id) AS before
    CROSS JOIN LATERAL (SELECT before.effective_to WHERE before.effective_to IS DISTINCT FROM 'infinity') AS ended
    ORDER BY w.place
    ON CONFLICT (shop_id, country, product, warehouse_id, effective_to) DO NOTHING;
    GET DIAGNOSTICS linked = ROW_COUNT;
    RETURN linked;
END
$function$;
COMMENT ON FUNCTION aftersale.link_products(bigint, text, bigint, text[]) IS
'Links products (SPU, not SKU) to a warehouse of the country: they may return to it (TEMU-38). At most 500 products a call, repetitions count once. Returns how many are newly linked; those that were linked already stay as they are. A first link holds from -infinity, one that was ended before begins anew at the transaction''s instant. Errors: RA010, RA011, RA054 the warehouse is not set up for the country, RA055 no products, or one that is NULL or empty, RA053 more than 500. Example: SELECT aftersale.link_products(1, ''US'', 7, ARRAY[''SPU-1'', ''SPU-2'']);';

CREATE FUNCTION aftersale.unlink_products(shop_id bigint, country text, warehouse_id bigint, products text[]) RETURNS int
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    unwanted text[];
    ended_at timestamptz := aftersale.transaction_clock();
    unlinked int;
    never_held int;
BEGIN
    PERFORM aftersale.require_warehouse(unlink_products.shop_id, unlink_products.country, unlink_products.warehouse_id);
    unwanted := aftersale.distinct_products(unlink_products.products);
    PERFORM FROM aftersale.warehouse_product AS p
    WHERE p.shop_id = unlink_products.shop_id AND p.country = unlink_products.country
      AND p.product = ANY (unwanted) AND p.warehouse_id = unlink_products.warehouse_id AND p.effective_to > ended_at
    ORDER BY p.product COLLATE "C", p.effective_to FOR UPDATE;
    DELETE FROM aftersale.warehouse_product AS p
    WHERE p.shop_id = unlink_products.shop_id AND p.country = unlink_products.country
      AND p.product = ANY (unwanted) AND p.warehouse_id = unlink_products.warehouse_id
      AND p.effective_to > ended_at AND p.effective_from >= ended_at;
    GET DIAGNOSTICS never_held = ROW_COUNT;
    UPDATE aftersale.warehouse_product AS p SET effective_to = ended_at
    WHERE p.shop_id = unlink_products.shop_id AND p.country = unlink_products.country
      AND p.product = ANY (unwanted) AND p.warehouse_id = unlink_products.warehouse_id AND p.effective_to > ended_at;
    GET DIAGNOSTICS unlinked = ROW_COUNT;
    RETURN unlinked + never_held;
END
$function$;
COMMENT ON FUNCTION aftersale.unlink_products(bigint, text, bigint, text[]) IS
'Ends the links of products to a warehouse at the transaction''s instant; what held before can still be asked with as_of. At most 500 products a call, repetitions count once. Returns how many links were ended. Errors: as of link_products(). Example: SELECT aftersale.unlink_products(1, ''US'', 7, ARRAY[''SPU-1'']);';

CREATE TYPE aftersale.return_address AS (
    warehouse_id bigint,
    external_ref text,
    name text,
    located_in text,
    address jsonb,
    effective_from timestamptz,
    recorded_at timestamptz
);
COMMENT ON TYPE aftersale.return_address IS
'The version of a return warehouse that was in force and known before an order. See return_address_before().';

CREATE FUNCTION aftersale.return_address_before(shop_id bigint, country text, ordered_at timestamptz) RETURNS aftersale.return_address
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    result aftersale.return_address;
BEGIN
    PERFORM aftersale.require_country(return_address_before.shop_id, return_address_before.country);
    IF return_address_before.ordered_at IS NULL OR NOT isfinite(return_address_before.ordered_at) THEN
        RAISE EXCEPTION USING ERRCODE = CASE WHEN return_address_before.ordered_at IS NULL THEN '22004' ELSE 'RA056' END,
            MESSAGE = format('the instant of the order must be known and finite, not "%s" (%s, TTSEA-03)',
                             coalesce(return_address_before.ordered_at::text, 'NULL'),
                             CASE WHEN return_address_before.ordered_at IS NULL THEN '22004' ELSE 'RA056' END);
    END IF;
    -- all bounds strict: neither "at the same instant" nor "recorded at the same instant" is earlier
    SELECT v.warehouse_id, w.external_ref, v.name, coalesce(v.located_in, v.country), v.address, v.effective_from, v.recorded_at
    INTO result
    FROM aftersale.default_warehouse AS d
    JOIN aftersale.warehouse_version AS v
      ON v.shop_id = d.shop_id AND v.country = d.country AND v.warehouse_id = d.warehouse_id
    JOIN aftersale.warehouse AS w ON w.shop_id = v.shop_id AND w.warehouse_id = v.warehouse_id
    WHERE d.shop_id = return_address_before.shop_id AND d.country = return_address_before.country
      AND d.effective_from < return_address_before.ordered_at AND d.effective_to >= return_address_before.ordered_at
      AND d.recorded_at < return_address_before.ordered_at AND d.superseded_at >= return_address_before.ordered_at
      AND v.effective_from < return_address_before.ordered_at AND v.effective_to >= return_address_before.ordered_at
      AND v.recorded_at < return_address_before.ordered_at AND v.superseded_at >= return_address_before.ordered_at
      AND v.enabled;
    RETURN result;
END
$function$;
COMMENT ON FUNCTION aftersale.return_address_before(bigint, text, timestamptz) IS
'The default warehouse''s version that was in force, and had been recorded, before the order was created (TTSEA-03): country is the parcel''s, ordered_at the creation of the order. At the same instant is not before. NULL: there was none, so there is no automatic return (TTSEA-04). Errors: RA010, RA011, RA056 ordered_at is infinite, 22004 NULL. Example: SELECT address FROM aftersale.return_address_before(1, ''TH'', ''2026-11-01 10:00+07'');';

CREATE FUNCTION aftersale.routing_lock() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_routing_lock';
COMMENT ON FUNCTION aftersale.routing_lock() IS
'Trigger function of warehouse, warehouse_version and default_warehouse: one change of a shop''s warehouses at a time. For install() only. Error: RA005 on another table.';

CREATE FUNCTION aftersale.warehouse_version_check() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_warehouse_version_check';
COMMENT ON FUNCTION aftersale.warehouse_version_check() IS
'Trigger function of warehouse_version: names (TEMU-18), cross-border (TEMU-16), the default stays served and the first warehouse becomes it (TEMU-40), versions do not overlap. For install() only. Errors: RA051, RA052, RA056, RA057, RA005 on another table.';

CREATE FUNCTION aftersale.default_warehouse_check() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_default_warehouse_check';
COMMENT ON FUNCTION aftersale.default_warehouse_check() IS
'Trigger function of default_warehouse: always one default, served by enabled versions (TEMU-40). For install() only. Errors: RA052, RA056, RA005 on another table.';

CREATE FUNCTION aftersale.routing_truncate() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_routing_truncate';
COMMENT ON FUNCTION aftersale.routing_truncate() IS
'Trigger function of warehouse, warehouse_version and default_warehouse: TRUNCATE would delete defaults (TEMU-40). For install() only. Errors: RA052, RA005 on another table.';

CREATE FUNCTION aftersale.warehouse_product_check() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    clash record;
BEGIN
    SELECT n.product, n.warehouse_id, n.country INTO clash
    FROM changed AS n
    JOIN aftersale.warehouse_product AS p
      ON p.shop_id = n.shop_id AND p.country = n.country AND p.product = n.product AND p.warehouse_id = n.warehouse_id
    WHERE p.effective_to <> n.effective_to AND p.effective_from < n.effective_to AND p.effective_to > n.effective_from
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'RA056',
            MESSAGE = format('links of product "%s" to warehouse "%s" in country "%s" overlap in time (RA056)',
                             clash.product, clash.warehouse_id, clash.country),
            HINT = 'Use aftersale.link_products() and aftersale.unlink_products().';
    END IF;
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION aftersale.warehouse_product_check() IS
'Trigger function of warehouse_product: the links of a product and a warehouse do not overlap in time. For install() only. Error: RA056.';

-- Returns: what a shop's own policy says of an application.

CREATE TYPE aftersale.return_verdict AS (
    line_no int,
    product text,
    eligible boolean,
    code text,
    why text,
    rule text,
    policy_id bigint,
    window_ends_at timestamptz,
    conditions text[],
    refund_methods text[]
);
COMMENT ON TYPE aftersale.return_verdict IS
'Whether a line may be returned: line_no and product as given (NULL: no lines were given); eligible; code: eligible, no_policy, not_delivered (all three may be returned), final_sale, window_ended, reason_missing, evidence_missing; why, in words; rule; policy_id of the row of return_policy that says so (NULL: none); window_ends_at: the last instant that is in time (NULL: no end, or not known yet); conditions and refund_methods of the policy. See return_eligibility().';

CREATE FUNCTION aftersale.return_eligibility(shop_id bigint, country text, items jsonb, ordered_at timestamptz,
    delivered_at timestamptz, reason text DEFAULT NULL, evidence text[] DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS SETOF aftersale.return_verdict
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    asked_at timestamptz := coalesce(return_eligibility.at, aftersale.clock());
    judged_at timestamptz := coalesce(return_eligibility.ordered_at, asked_at);
    has_reason boolean := coalesce(return_eligibility.reason ~ '\S', false);
    has_evidence boolean := EXISTS (SELECT FROM unnest(return_eligibility.evidence) AS e WHERE e ~ '\S');
    lines jsonb := return_eligibility.items;
    here record;
    every_day aftersale.business_calendar;
BEGIN
    PERFORM aftersale.require_country(return_eligibility.shop_id, return_eligibility.country);
    IF NOT (isfinite(judged_at) AND isfinite(asked_at) AND isfinite(coalesce(return_eligibility.delivered_at, asked_at))) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA056',
            MESSAGE = 'the instants of order, delivery and application must be finite (RA056, TTRET-02)';
    END IF;
    IF jsonb_typeof(lines) <> 'array' OR jsonb_path_exists(lines, 'strict $[*] ? (@.type() != "object")') THEN
        RAISE EXCEPTION USING ERRCODE = 'RA028', MESSAGE = 'items must be a JSON array of objects (RA028)',
            HINT = 'Such as: [{"line_no": 1, "product": "P1", "category": "shoes"}].';
    END IF;
    IF lines IS NULL OR lines = '[]' THEN
        lines := '[{"line_no": null}]';     -- judged by what is for everything
    END IF;
    SELECT c.time_zone, c.calendar INTO here FROM aftersale.shop_country AS c
    WHERE c.shop_id = return_eligibility.shop_id AND c.country = return_eligibility.country;
    every_day := format('zone %s; mon-sun 00:00-24:00', here.time_zone);

    RETURN QUERY
    SELECT line.line_no, line.product, verdict.code IN ('eligible', 'no_policy', 'not_delivered'), verdict.code,
        CASE verdict.code
            WHEN 'no_policy' THEN 'no policy of the shop is in force for it, so it is not restricted'
            WHEN 'final_sale' THEN format('policy "%s" takes nothing back', policy.name)
            WHEN 'not_delivered' THEN format('the %s from delivery of policy "%s" have not begun: it is not known to be delivered', policy.term, policy.name)
            WHEN 'reason_missing' THEN format('policy "%s" requires a reason', policy.name)
            WHEN 'evidence_missing' THEN format('policy "%s" requires evidence', policy.name)
            WHEN 'window_ended' THEN format('the %s from %s of policy "%s" ended at %s', policy.term,
                CASE policy.starts WHEN 'ordered' THEN 'the order' ELSE 'delivery' END, policy.name, to_char(ends.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS+00'))
            ELSE CASE WHEN policy.term IS NULL THEN format('policy "%s" has no end', policy.name)
                ELSE format('within the %s from %s of policy "%s"', policy.term, CASE policy.starts WHEN 'ordered' THEN 'the order' ELSE 'delivery' END, policy.name) END
        END,
        CASE verdict.code WHEN 'window_ended' THEN 'TTRET-07' WHEN 'evidence_missing' THEN 'TTRET-07'
            WHEN 'reason_missing' THEN 'TTRET-06' WHEN 'no_policy' THEN NULL ELSE 'TTRET-02' END,
        policy.policy_id, ends.at, policy.conditions, policy.refund_methods
    FROM (SELECT CASE WHEN i.item -> 'line_no' <> 'null' THEN (i.item ->> 'line_no')::int WHEN NOT i.item ? 'line_no' THEN i.place::int END AS line_no,
                 i.item ->> 'product' AS product, i.item ->> 'category' AS category, i.place
          FROM jsonb_array_elements(lines) WITH ORDINALITY AS i(item, place)) AS line
    LEFT JOIN LATERAL (
        SELECT p.* FROM aftersale.return_policy AS p
        WHERE p.shop_id = return_eligibility.shop_id AND p.country IN ('*', return_eligibility.country)
          AND p.product IN ('*', line.product) AND p.category IN ('*', line.category)
          AND p.effective_from <= judged_at AND judged_at < p.effective_to
        ORDER BY p.product = '*', p.category = '*', p.country = '*', p.effective_from DESC
        LIMIT 1) AS policy ON true
    CROSS JOIN LATERAL (
        SELECT CASE policy.starts WHEN 'ordered' THEN judged_at ELSE return_eligibility.delivered_at END AS start) AS counted
    CROSS JOIN LATERAL (
        SELECT CASE WHEN policy.term::text ~ 'business' THEN aftersale.deadline(counted.start, policy.term, here.calendar)
            ELSE aftersale.deadline(counted.start, policy.term, every_day) END AS at) AS ends
    -- first what the buyer cannot mend, then what he can
    CROSS JOIN LATERAL (
        SELECT CASE WHEN policy.policy_id IS NULL THEN 'no_policy'
            WHEN NOT policy.returnable THEN 'final_sale'
            WHEN asked_at > ends.at THEN 'window_ended'
            WHEN policy.reason_required AND NOT has_reason THEN 'reason_missing'
            WHEN policy.evidence_required AND NOT has_evidence THEN 'evidence_missing'
            WHEN policy.term IS NOT NULL AND ends.at IS NULL THEN 'not_delivered'
            ELSE 'eligible' END AS code) AS verdict
    ORDER BY line.place;
END
$function$;
COMMENT ON FUNCTION aftersale.return_eligibility(bigint, text, jsonb, timestamptz, timestamptz, text, text[], timestamptz) IS
'Whether each line of an application may be returned by the shop''s own policy, and if not, why (TTRET-02 to TTRET-07); one row a line, in their order. shop_id: shop; country: the buyer''s; items: an array of {line_no, product, category}, NULL or empty: one row, by what is for everything; ordered_at: creation of the order, whose instant chooses the version of return_policy (NULL: at does); delivered_at: delivery, NULL: not known, so that a window that counts from it has not begun; reason and evidence: what the buyer gave, blank is nothing; at: when he applied, NULL is now. Exactly the end of the window is in time. Of several faults of a line the first is told: final sale, window, reason, evidence. A line for which no policy is in force may be returned. Errors: RA010, RA011, RA028 items, RA056 an instant is infinite, 22004 NULL. Example: SELECT line_no, eligible, why FROM aftersale.return_eligibility(1, ''TH'', ''[{"product": "P1"}]'', ''2026-11-01 10:00+07'', ''2026-11-05 10:00+07'', reason => ''too small'');';

-- The engine: requests that the database decides.

CREATE TYPE aftersale.decision AS (
    shop_id bigint,
    request_id bigint,
    external_ref text,
    action text,
    from_state text,
    state text,
    outcome text,
    due_at timestamptz,
    refund_amount numeric,
    currency text,
    event_seq bigint,
    sqlstate text,
    message text
);
COMMENT ON TYPE aftersale.decision IS
'What became of a request: its keys, the action, the state before and after, outcome, deadline, amount in currency, number of the last event; sqlstate and message where the action was refused and the caller asked to go on.';

CREATE TYPE aftersale.allowed_action AS (
    action text,
    to_state text,
    needs text[],
    due_at timestamptz,
    advice text[]
);
COMMENT ON TYPE aftersale.allowed_action IS
'An action that is allowed now: the state that it leads to, the payload keys that it needs, the deadline, what the platform advises before it (NULL: nothing).';

CREATE TYPE aftersale.explanation AS (
    at timestamptz,
    what text,
    why text
);
COMMENT ON TYPE aftersale.explanation IS
'One line of what happened to a request: when, what, and why.';

CREATE FUNCTION aftersale.request_decide() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_request_decide';
COMMENT ON FUNCTION aftersale.request_decide() IS
'BEFORE ROW trigger of aftersale.request: opens, acts, refuses. For install() only. Errors: class RA, see the reference of errors.';

CREATE FUNCTION aftersale.request_record() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_request_record';
COMMENT ON FUNCTION aftersale.request_record() IS
'AFTER STATEMENT trigger of aftersale.request: decides again, compares, writes events and items as the owner of the tables. For install() only. Error RA026: a later trigger altered a decision.';

CREATE FUNCTION aftersale.request_keep() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_request_keep';
COMMENT ON FUNCTION aftersale.request_keep() IS
'Trigger function that refuses to delete requests or history (RA027). For install() only.';

CREATE FUNCTION aftersale.in_use_keep() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    used boolean;
BEGIN
    -- what a request is judged by, for ever, and whose it is
    CASE TG_TABLE_NAME
        WHEN 'shop' THEN
            used := EXISTS (SELECT FROM aftersale.request r WHERE r.shop_id = OLD.shop_id);
        WHEN 'flow' THEN
            used := EXISTS (SELECT FROM aftersale.request r WHERE r.flow = OLD.flow AND r.flow_version = OLD.version);
        WHEN 'flow_timer' THEN
            used := EXISTS (SELECT FROM aftersale.timer t
                            JOIN aftersale.request r ON r.shop_id = t.shop_id AND r.request_id = t.request_id
                            WHERE t.name = OLD.name AND r.flow = OLD.flow AND r.flow_version = OLD.version);
    END CASE;
    IF used THEN
        RAISE EXCEPTION USING ERRCODE = 'RA027',
            MESSAGE = format('%s %s cannot be deleted%s: it has requests (RA027)', TG_TABLE_NAME,
                CASE TG_TABLE_NAME WHEN 'shop' THEN (to_jsonb(OLD) ->> 'shop_id')
                    WHEN 'flow_timer' THEN format('"%s" of "%s" version %s', to_jsonb(OLD) ->> 'name', to_jsonb(OLD) ->> 'flow', to_jsonb(OLD) ->> 'version')
                    ELSE format('"%s" version %s', to_jsonb(OLD) ->> 'flow', to_jsonb(OLD) ->> 'version') END,
                CASE TG_OP WHEN 'UPDATE' THEN ' or renamed' ELSE '' END),
            HINT = CASE TG_TABLE_NAME WHEN 'shop' THEN 'Requests have a history, which stays.'
                WHEN 'flow_timer' THEN 'It is armed for requests that are open. Add a version of the flow without it for new ones.'
                ELSE 'Set effective_to instead: requests that are open keep the version that they were opened under.' END;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        RETURN NEW;
    END IF;
    RETURN OLD;
END
$function$;
COMMENT ON FUNCTION aftersale.in_use_keep() IS
'Trigger function of aftersale.shop, flow and flow_timer: refuses to delete what requests belong to, are judged by or wait for (RA027). For install() only.';

CREATE FUNCTION aftersale.calendar_grew() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- requests by key, as everybody locks them
    WITH provisional AS MATERIALIZED (
        SELECT r.shop_id, r.request_id
        FROM aftersale.request r
        JOIN aftersale.shop_country c ON c.shop_id = r.shop_id AND c.country = r.country
        WHERE r.provisional AND c.calendar IN (SELECT n.name FROM changed n)
        ORDER BY r.shop_id, r.request_id
        FOR NO KEY UPDATE OF r)
    UPDATE aftersale.request r SET action = 'recompute_deadline', actor = 'system'
    FROM provisional p
    WHERE r.shop_id = p.shop_id AND r.request_id = p.request_id;
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION aftersale.calendar_grew() IS
'Trigger function of aftersale.calendar: deadlines that lay beyond what the calendar knew (request.provisional) are computed anew by the calendar as it is now, each with an event. For install() only.';

CREATE FUNCTION aftersale.act(shop_id bigint, request_id bigint, action text, payload jsonb DEFAULT '{}',
    actor text DEFAULT NULL, on_behalf_of text DEFAULT NULL) RETURNS aftersale.decision
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'aftersale_act';
COMMENT ON FUNCTION aftersale.act(bigint, bigint, text, jsonb, text, text) IS
'Takes an action on a request: the same as UPDATE aftersale.request SET action = ..., with the caller''s rights. payload: what the action brings along (remark, evidence, is_effective, ...); actor: who acts (NULL: whom aftersale.login says the database role acts as, else the role; buyer, platform, carrier, erp and system are kinds of actor, every other name is a person of the shop); on_behalf_of: for whom. Returns the decision. Errors: RA015 unknown action, RA016 unknown request, RA020 not allowed in this state, RA021 too late, RA022 not this actor''s, RA023 payload incomplete, RA029 a timeout that is not due, RA030 a value of the wrong kind, RA032 an argument is NULL, RA044 and RA045 refunds, RA070 to RA072 who may. Example: SELECT state, due_at FROM aftersale.act(1, 42, ''reply'', ''{"remark": "sent on Monday"}'');';

CREATE FUNCTION aftersale.act_many(shop_ids bigint[], request_ids bigint[], action text, payload jsonb DEFAULT '{}',
    actor text DEFAULT NULL, on_error text DEFAULT 'fail') RETURNS SETOF aftersale.decision
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'aftersale_act_many';
COMMENT ON FUNCTION aftersale.act_many(bigint[], bigint[], text, jsonb, text, text) IS
'Takes one action on many requests, with the caller''s rights: shop_ids and request_ids are the keys, place by place. All are locked first, by key, so that batches on overlapping sets wait instead of deadlocking; then it is one UPDATE. payload and actor as in act(). on_error fail: one refused request refuses the whole; skip: a refused request comes back with its sqlstate and message, the others are acted on. Returns a decision a request, in the order of the keys given. Errors: RA032 an argument is null, holds nulls, has more than one dimension, the arrays differ in length, a request is given twice, on_error is neither; with fail those of act(), RA016 for an unknown request first. Deadlock, serialization failure, cancellation and missing privileges are always errors of the whole. Example: SELECT request_id, state, sqlstate FROM aftersale.act_many(''{1,1}'', ''{42,43}'', ''reply'', ''{"remark": "sent"}'', on_error => ''skip'');';

CREATE FUNCTION aftersale.allowed_actions(shop_id bigint, request_id bigint, actor text DEFAULT NULL)
RETURNS SETOF aftersale.allowed_action
LANGUAGE C STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'aftersale_allowed_actions';
COMMENT ON FUNCTION aftersale.allowed_actions(bigint, bigint, text) IS
'The actions that are allowed on a request now, deadlines that have passed taken into account whether or not the sweep has run. What the actor lacks the permission for, what the request does not qualify for and what the flow refuses are left out. advice: what the platform advises before the action (DOUYIN-14, KS-10), as advice() tells for many requests; it blocks nothing. actor: as in act(). Errors: RA016 no such request, RA071 not of the shop. Example: SELECT action, to_state, needs FROM aftersale.allowed_actions(1, 42);';

CREATE FUNCTION aftersale.explain(shop_id bigint, request_id bigint) RETURNS SETOF aftersale.explanation
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM aftersale.require_installed();
    IF NOT EXISTS (SELECT FROM aftersale.request r
                   WHERE r.shop_id = explain.shop_id AND r.request_id = explain.request_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA016',
            MESSAGE = format('request %s of shop %s does not exist (RA016)', explain.request_id, explain.shop_id);
    END IF;
    RETURN QUERY
    SELECT e.at,
        CASE WHEN e.from_state IS NULL THEN format('%s opened it in state "%s"', e.actor, e.to_state)
             WHEN e.from_state = e.to_state THEN format('%s: %s, state "%s" stays', e.actor, e.action, e.to_state)
             ELSE format('%s: %s, from state "%s" to "%s"', e.actor, e.action, e.from_state, e.to_state) END
        || CASE WHEN e.on_behalf_of IS NULL THEN '' ELSE format(', on behalf of %s', e.on_behalf_of) END,
        concat_ws('; ',
            CASE WHEN e.rule IS NOT NULL THEN 'rule ' || e.rule END,
            CASE WHEN e.from_state IS NULL
                 THEN format('flow %s version %s, in force when %s', r.flow, r.flow_version,
                     CASE WHEN f.judged_at = 'ordered' AND r.ordered_at IS NOT NULL THEN 'the order was placed' ELSE 'it was opened' END) END,
            CASE WHEN e.action = 'timeout' THEN format('the deadline passed, recorded %s', e.recorded_at) END,
            CASE WHEN e.due_at IS NULL AND e.facts ? 'platform_due' THEN 'the platform''s deadline was taken back'
                 WHEN e.due_at IS NOT NULL THEN 'due ' || e.due_at || CASE
                     WHEN e.facts ->> 'platform_due' IS NOT NULL THEN ', set by the platform'
                     WHEN e.facts ? 'calendar' THEN format(': %s from %s, by calendar %s%s',
                         CASE WHEN own.term THEN 'the shop''s own term' ELSE s.term::text END,
                         CASE s.starts WHEN 'opened' THEN 'the opening' WHEN 'ordered' THEN 'the order' ELSE 'entering the state' END,
                         e.facts ->> 'calendar',
                         CASE WHEN e.facts ? 'platform_due' THEN ', since the platform''s deadline was taken back' ELSE '' END)
                     ELSE '' END END,
            CASE WHEN e.action = 'timeout' THEN 'the shop''s own ' || nullif(concat_ws(' and ',
                 'state "' || own.leads_to || '"', 'outcome "' || own.outcome || '"'), '') END,
            CASE WHEN e.facts ? 'fire' THEN 'the shop lets the sweep act on what was overdue when opened' END,
            CASE WHEN e.facts ? 'remaining' THEN format('%s %s of the order were left to refund', e.facts ->> 'remaining', r.currency) END,
            CASE WHEN e.facts ? 'taken_back' THEN format('%s %s of refunds were taken back', e.facts ->> 'taken_back', r.currency) END,
            CASE WHEN e.facts ? 'fees' THEN 'fees: ' || (
                SELECT string_agg(format('%s %s%s', x.fee ->> 0,
                    concat_ws(' and ', nullif((x.fee ->> 1) || ' %', '0.00 %'), CASE WHEN (x.fee ->> 2)::numeric > 0 THEN x.fee ->> 2 END),
                    ' up to ' || (x.fee ->> 3)), ', ' ORDER BY x.place)
                FROM jsonb_array_elements(e.facts -> 'fees') WITH ORDINALITY AS x(fee, place)) END)
    FROM aftersale.event e
    JOIN aftersale.request r ON r.shop_id = e.shop_id AND r.request_id = e.request_id
    LEFT JOIN aftersale.flow f ON f.flow = r.flow AND f.version = r.flow_version
    LEFT JOIN aftersale.flow_state s ON s.flow = r.flow AND s.version = r.flow_version AND s.state = e.to_state
    -- the first override in force when the state was entered: the one that the decision took
    LEFT JOIN LATERAL (
        SELECT (x.own ->> 1)::boolean AS term, x.own ->> 2 AS leads_to, x.own ->> 3 AS outcome
        FROM jsonb_array_elements(e.facts -> 'overrides') WITH ORDINALITY AS x(own, place)
        CROSS JOIN LATERAL (
            SELECT coalesce(max(p.at) FILTER (WHERE e.action = 'timeout'), e.at) AS at
            FROM aftersale.event p
            WHERE p.shop_id = e.shop_id AND p.request_id = e.request_id AND p.event_seq < e.event_seq
              AND p.from_state IS DISTINCT FROM p.to_state) entered
        WHERE x.own ->> 0 = CASE e.action WHEN 'timeout' THEN e.from_state ELSE e.to_state END
          AND (x.own ->> 4)::timestamptz <= entered.at AND entered.at < (x.own ->> 5)::timestamptz
        ORDER BY x.place LIMIT 1) own ON true
    WHERE e.shop_id = explain.shop_id AND e.request_id = explain.request_id
    ORDER BY e.event_seq;
END
$function$;
COMMENT ON FUNCTION aftersale.explain(bigint, bigint) IS
'What happened to a request, one line an event: when it took effect, what, and why: the rule, the version of the flow that judges the request for ever, the deadline with its calendar and term, and what else the decision saw: the platform''s deadline, the shop''s own terms and outcomes, what was left of the order, fees. Error RA016: no such request. Example: SELECT * FROM aftersale.explain(1, 42);';

CREATE FUNCTION aftersale.event_digest(previous bytea, shop_id bigint, request_id bigint, event_seq bigint, at timestamptz,
    recorded_at timestamptz, action text, actor text, on_behalf_of text, login text, role text, from_state text, to_state text,
    due_at timestamptz, rule text, payload jsonb, facts jsonb) RETURNS bytea
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'aftersale_event_digest';
COMMENT ON FUNCTION aftersale.event_digest(bytea, bigint, bigint, bigint, timestamptz, timestamptz, text, text, text, text, text, text, text, timestamptz, text, jsonb, jsonb) IS
'The digest of a line of the history: SHA-256 over previous (the digest of the line before, NULL for the first) and the columns of aftersale.event in their order. NULL where a key or an instant is NULL. Example: SELECT aftersale.event_digest(NULL, 1, 42, 1, now(), now(), ''open'', ''erp'', NULL, ''erp'', NULL, NULL, ''requested'', NULL, ''TEMU-01'', NULL, NULL);';

CREATE TYPE aftersale.history_fault AS (
    shop_id bigint,
    request_id bigint,
    event_seq bigint,
    fault text
);
COMMENT ON TYPE aftersale.history_fault IS
'A place where a history does not hold: request, number of the event (NULL: the request as a whole), and what is wrong.';

CREATE FUNCTION aftersale.verify_history(shop_id bigint, request_id bigint DEFAULT NULL) RETURNS SETOF aftersale.history_fault
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- tables that were never analyzed look small, and joining them row by row would take hours
SET enable_nestloop = off
AS $function$
BEGIN
    PERFORM aftersale.require_installed();
    RETURN QUERY
    WITH line AS (
        SELECT e.*,
            lag(e.digest) OVER w AS previous,
            lag(e.to_state) OVER w AS state_before,
            lag(e.at) OVER w AS at_before,
            row_number() OVER w AS place,
            count(*) OVER (PARTITION BY e.request_id) AS places
        FROM aftersale.event e
        WHERE e.shop_id = verify_history.shop_id
          AND (verify_history.request_id IS NULL OR e.request_id = verify_history.request_id)
        WINDOW w AS (PARTITION BY e.request_id ORDER BY e.event_seq)
    ), fault AS (
        SELECT l.request_id, l.event_seq, f.fault
        FROM line l
        CROSS JOIN LATERAL (VALUES
            (CASE WHEN l.event_seq <> l.place THEN format('event %s is missing', l.place) END),
            (CASE WHEN l.digest <> aftersale.event_digest(l.previous, l.shop_id, l.request_id, l.event_seq, l.at, l.recorded_at,
                l.action, l.actor, l.on_behalf_of, l.login::text, l.role, l.from_state, l.to_state, l.due_at, l.rule, l.payload, l.facts)
                THEN 'the line or its predecessor was altered' END),
            (CASE WHEN l.from_state IS DISTINCT FROM l.state_before THEN format('it leads from state "%s", the one before to "%s"', l.from_state, l.state_before) END),
            (CASE WHEN l.at < l.at_before THEN 'it took effect before its predecessor' END)) f(fault)
        WHERE f.fault IS NOT NULL
        UNION ALL
        SELECT r.request_id, NULL, f.fault
        FROM aftersale.request r
        LEFT JOIN line l ON l.request_id = r.request_id AND l.place = l.places
        LEFT JOIN (SELECT y.request_id, sum(CASE y.status WHEN 'void' THEN 0 ELSE y.amount END) AS refunded FROM aftersale.refund y
            WHERE y.shop_id = verify_history.shop_id GROUP BY y.request_id) x ON x.request_id = r.request_id
        CROSS JOIN LATERAL (VALUES
            (CASE WHEN l.event_seq IS DISTINCT FROM r.event_seq THEN format('the request says %s events, its history has %s', r.event_seq, coalesce(l.event_seq, 0)) END),
            (CASE WHEN l.digest IS DISTINCT FROM r.last_digest THEN 'the last line is not the one that the request knows' END),
            (CASE WHEN l.to_state IS DISTINCT FROM r.state THEN format('the request is in state "%s", its history ends in "%s"', r.state, l.to_state) END),
            (CASE WHEN l.due_at IS DISTINCT FROM r.due_at THEN 'the deadline is not the one of the history' END),
            (CASE WHEN x.refunded IS DISTINCT FROM r.refund_amount THEN format('the request says %s refunded, its refunds add up to %s', coalesce(r.refund_amount, 0), coalesce(x.refunded, 0)) END)) f(fault)
        WHERE r.shop_id = verify_history.shop_id
          AND (verify_history.request_id IS NULL OR r.request_id = verify_history.request_id)
          AND f.fault IS NOT NULL
    )
    SELECT verify_history.shop_id, x.request_id, x.event_seq, x.fault
    FROM fault x
    ORDER BY x.request_id, x.event_seq NULLS LAST;
END
$function$;
COMMENT ON FUNCTION aftersale.verify_history(bigint, bigint) IS
'Replays the history of a shop''s requests (or of one): numbering, chain of digests, states, deadline and refunds; no row where all of it holds and ends in what the request says. It shows who reads the tables what was altered, not by whom. Example: SELECT * FROM aftersale.verify_history(1);';

CREATE FUNCTION aftersale.open_many(requests jsonb) RETURNS SETOF aftersale.decision
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    columns CONSTANT text[] := '{shop_id,flow,external_ref,reason,order_ref,ordered_at,country,currency,amount,ratio,warehouse_id,opened_at,platform_due_at,attributes,actor,on_behalf_of,payload,items}';
    wrong record;
    opened_shops bigint[];
    opened_ids bigint[];
BEGIN
    PERFORM aftersale.require_installed();
    IF requests IS NULL OR jsonb_typeof(requests) <> 'array' THEN
        RAISE EXCEPTION USING ERRCODE = 'RA032',
            MESSAGE = 'open_many() needs a JSON array of requests (RA032)',
            HINT = 'Such as: [{"shop_id": 1, "flow": "temu/ticket", "external_ref": "T1"}].';
    END IF;
    FOR wrong IN
        SELECT e.place,
            CASE WHEN jsonb_typeof(e.request) <> 'object' THEN 'is no JSON object'
                 WHEN (SELECT count(*) FROM jsonb_object_keys(e.request) k WHERE k <> ALL (columns)) > 0
                 THEN format('has key "%s"', (SELECT min(k) FROM jsonb_object_keys(e.request) k WHERE k <> ALL (columns)))
                 ELSE format('lacks "%s"', (SELECT n FROM unnest('{shop_id,external_ref}'::text[]) n WHERE e.request ->> n IS NULL LIMIT 1)) END AS fault
        FROM jsonb_array_elements(requests) WITH ORDINALITY AS e(request, place)
        WHERE jsonb_typeof(e.request) <> 'object' OR NOT e.request ?& '{shop_id,external_ref}'
           OR 'null' IN (e.request -> 'shop_id', e.request -> 'external_ref')
           OR CASE WHEN jsonb_typeof(e.request) = 'object' THEN (e.request - columns) <> '{}' END
        ORDER BY e.place
        LIMIT 1
    LOOP
        RAISE EXCEPTION USING ERRCODE = 'RA032',
            MESSAGE = format('request number %s of the array %s (RA032)', wrong.place, wrong.fault),
            DETAIL = format('Keys of a request: %s.', array_to_string(columns, ', ')),
            HINT = 'shop_id and external_ref say which matter it is, and are needed.';
    END LOOP;
    -- the flow belongs to the key: chosen as an INSERT chooses it
    requests := (SELECT coalesce(jsonb_agg(CASE WHEN e.request ->> 'flow' IS NULL
            THEN e.request || jsonb_build_object('flow', aftersale.choose_flow((e.request ->> 'shop_id')::bigint, e.request -> 'attributes' ->> 'type', e.request ->> 'reason'))
            ELSE e.request END ORDER BY e.place), '[]')
        FROM jsonb_array_elements(requests) WITH ORDINALITY AS e(request, place));

    WITH given AS MATERIALIZED (
        SELECT DISTINCT ON (v.shop_id, v.flow, v.external_ref) v.*
        FROM jsonb_array_elements(requests) WITH ORDINALITY AS e(request, place),
            jsonb_to_record(e.request) AS v(shop_id bigint, flow text, external_ref text, reason text, order_ref text,
                ordered_at timestamptz, country text, currency text, amount numeric, ratio aftersale.refund_ratio,
                warehouse_id bigint, opened_at timestamptz, platform_due_at timestamptz, attributes jsonb, actor text,
                on_behalf_of text, payload jsonb, items jsonb)
        ORDER BY v.shop_id, v.flow, v.external_ref, e.place),
    opened AS (
        -- by key, so that two calls with the same matters wait for each other
        INSERT INTO aftersale.request (shop_id, flow, external_ref, reason, order_ref, ordered_at, country, currency, amount,
            ratio, warehouse_id, opened_at, platform_due_at, attributes, actor, on_behalf_of, payload, items)
        SELECT g.shop_id, g.flow, g.external_ref, g.reason, g.order_ref, g.ordered_at, g.country, g.currency, g.amount,
            g.ratio, g.warehouse_id, g.opened_at, g.platform_due_at, coalesce(g.attributes, '{}'), g.actor, g.on_behalf_of,
            g.payload, g.items
        FROM given g
        WHERE NOT EXISTS (SELECT FROM aftersale.request r
            WHERE r.shop_id = g.shop_id AND r.flow = g.flow AND r.external_ref = g.external_ref)
        ORDER BY g.shop_id, g.flow, g.external_ref
        ON CONFLICT (shop_id, flow, external_ref) DO NOTHING
        RETURNING shop_id, request_id)
    SELECT array_agg(o.shop_id), array_agg(o.request_id) INTO opened_shops, opened_ids FROM opened o;

    RETURN QUERY
    SELECT r.shop_id, r.request_id, r.external_ref, CASE WHEN o.request_id IS NOT NULL THEN 'open' END, NULL::text,
        r.state, r.outcome, r.due_at, r.refund_amount, r.currency, r.event_seq, NULL::text, NULL::text
    FROM jsonb_array_elements(requests) WITH ORDINALITY AS e(request, place)
    JOIN aftersale.request r ON r.shop_id = (e.request ->> 'shop_id')::bigint AND r.flow = e.request ->> 'flow'
        AND r.external_ref = e.request ->> 'external_ref'
    LEFT JOIN unnest(opened_shops, opened_ids) AS o(shop_id, request_id) ON o.shop_id = r.shop_id AND o.request_id = r.request_id
    ORDER BY e.place;
END
$function$;
COMMENT ON FUNCTION aftersale.open_many(jsonb) IS
'Opens requests, once each, however often it is called: an array of objects with the columns of aftersale.request that an INSERT may give, items, payload and actor among them; shop_id, flow and external_ref say which matter it is; the flow is chosen as by choose_flow() where it is left out. A matter that is there already stays as it is. One refused request refuses the whole. Returns a decision an object, in their order: action is open where this call opened it, NULL where it was there. Errors: RA032 no array, no object, a key that is missing or that an INSERT may not give; those of INSERT INTO aftersale.request. Example: SELECT request_id, action, state FROM aftersale.open_many(''[{"shop_id": 1, "flow": "temu/ticket", "external_ref": "T1", "items": [{"product": "P1"}]}]'');';

-- The platform's word: what its codes mean, which flow a matter takes, and the
-- messages by which an ERP passes on what the platform reports.

CREATE TYPE aftersale.status_meaning AS (
    code text,
    state text,
    covers text[],
    action text,
    title text
);
COMMENT ON TYPE aftersale.status_meaning IS
'What a status code of a platform means: the code as the platform spells it, our state (NULL: it says nothing of the state), finer states of ours that it does not tell apart from it, the platform''s action that it reports (NULL: any), a title for people.';

CREATE FUNCTION aftersale.status_of(flow text, code text, field text DEFAULT 'status') RETURNS aftersale.status_meaning
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    result aftersale.status_meaning;
BEGIN
    PERFORM aftersale.require_installed();
    SELECT c.code, c.state, c.covers, c.action, c.title INTO result
    FROM aftersale.status_code c
    WHERE c.platform = (SELECT f.platform FROM aftersale.flow f WHERE f.flow = status_of.flow ORDER BY f.version DESC LIMIT 1)
      AND c.field = status_of.field
      AND (c.code = status_of.code OR status_of.code = ANY (c.aliases))
      AND c.flow IN (status_of.flow, '*')
    -- what the platform writes goes before what is only met, and then what holds for this flow before what holds for all
    ORDER BY c.code = status_of.code DESC, c.flow = status_of.flow DESC, c.code
    LIMIT 1;
    RETURN result;
END
$function$;
COMMENT ON FUNCTION aftersale.status_of(text, text, text) IS
'From the platform''s code to our state: the row of aftersale.status_code that holds for a flow. code: the platform''s, or another spelling that is an alias of it; field: the platform''s field, such as return_status. All NULL: no row has the code. Error RA001. Example: SELECT state FROM aftersale.status_of(''kuaishou/return_refund'', ''40'');';

CREATE TYPE aftersale.platform_code AS (
    field text,
    code text,
    covered boolean,
    title text
);
COMMENT ON TYPE aftersale.platform_code IS
'A platform''s code for a state of ours: field, code, whether it stands for another state that covers this one, and a title for people.';

CREATE FUNCTION aftersale.status_codes_of(flow text, state text, field text DEFAULT NULL) RETURNS SETOF aftersale.platform_code
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM aftersale.require_installed();
    RETURN QUERY
    SELECT m.field, m.code, m.state <> status_codes_of.state, m.title
    FROM (
        SELECT DISTINCT ON (c.field, c.code) c.field, c.code, c.state, c.covers, c.title
        FROM aftersale.status_code c
        WHERE c.platform = (SELECT f.platform FROM aftersale.flow f WHERE f.flow = status_codes_of.flow ORDER BY f.version DESC LIMIT 1)
          AND c.flow IN (status_codes_of.flow, '*')
          AND (status_codes_of.field IS NULL OR c.field = status_codes_of.field)
        ORDER BY c.field, c.code, c.flow = status_codes_of.flow DESC) m
    WHERE m.state = status_codes_of.state OR status_codes_of.state = ANY (m.covers)
    ORDER BY m.field, m.state <> status_codes_of.state, length(m.code), m.code COLLATE "C";
END
$function$;
COMMENT ON FUNCTION aftersale.status_codes_of(text, text, text) IS
'From our state to the platform''s codes: the codes that status_of() turns into that state in that flow, and after them those that cover it. field: one field; NULL: every field. No row: the platform has no code for it. Error RA001. Example: SELECT field, code FROM aftersale.status_codes_of(''kuaishou/return_refund'', ''requested'');';

CREATE FUNCTION aftersale.choose_flow(shop_id bigint, type text, reason text DEFAULT NULL) RETURNS text
LANGUAGE C STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'aftersale_choose_flow';
COMMENT ON FUNCTION aftersale.choose_flow(bigint, text, text) IS
'The flow that a request takes which is opened without one, by rows of aftersale.flow_choice for the shop''s platform. type: request.attributes, member type; reason: request.reason; NULL: not given. NULL where shop_id is. Errors: RA014 no row fits, RA071 the session is not of the shop, RA010. Example: SELECT aftersale.choose_flow(1, ''1'');';

-- ---- messages ----

CREATE FUNCTION aftersale.require_platforms_word(shop_id bigint) RETURNS void
LANGUAGE C VOLATILE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'aftersale_require_platforms_word';
COMMENT ON FUNCTION aftersale.require_platforms_word(bigint) IS
'Raises unless the session may speak for the platform in a shop: the owner of the tables, and logins with may_speak or whose actor is platform. Errors: RA071 not of the shop, RA072 may not speak for it, RA010 no such shop, RA032 NULL. Example: SELECT aftersale.require_platforms_word(1);';

CREATE FUNCTION aftersale.shops_spoken_for() RETURNS bigint[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM aftersale.require_installed();
    IF aftersale.is_tables_owner() THEN
        RETURN ARRAY(SELECT s.shop_id FROM aftersale.shop s);
    END IF;
    RETURN ARRAY(SELECT l.shop_id FROM aftersale.login l
                 WHERE l.login = current_user AND (l.may_speak OR l.actor = 'platform'));
END
$function$;
COMMENT ON FUNCTION aftersale.shops_spoken_for() IS
'The shops in which the session may speak for the platform: all for the owner of the tables, else those of its logins with may_speak, or whose actor is platform. Example: SELECT aftersale.shops_spoken_for();';

CREATE FUNCTION aftersale.message_check() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM aftersale.require_platforms_word(NEW.shop_id);
    IF NEW.payload ?| '{buyer_name,phone,address}' OR NEW.payload -> 'attributes' ?| '{buyer_name,phone,address}' THEN
        RAISE EXCEPTION USING ERRCODE = 'RA075',
            MESSAGE = format('the buyer''s name, phone and address must not be in the payload of message "%s" (RA075, TEMU-31)', NEW.external_ref),
            HINT = 'Write them to aftersale.personal, where they can be masked and erased.';
    END IF;
    RETURN NEW;
END
$function$;
COMMENT ON FUNCTION aftersale.message_check() IS
'Trigger function of aftersale.platform_message: whoever inserts speaks for the platform, and must be allowed to (RA071, RA072); personal data stay out (RA075, TEMU-31). For install() only.';

CREATE FUNCTION aftersale.message_lock(shop_id bigint, external_ref text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT hashtextextended('aftersale.platform_message/' || shop_id || '/' || external_ref, 0)
$function$;
COMMENT ON FUNCTION aftersale.message_lock(bigint, text) IS
'The key of the advisory lock under which messages of one request are applied, one session at a time. Example: SELECT aftersale.message_lock(1, ''R1'');';

CREATE FUNCTION aftersale.flow_of_message(shop_id bigint, external_ref text, flow text, payload jsonb) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    found text[];
    chosen text;
BEGIN
    IF flow_of_message.flow IS NOT NULL THEN
        RETURN flow_of_message.flow;
    END IF;
    -- by the flows of the platform, so that the key's own index serves
    SELECT array_agg(r.flow ORDER BY r.flow) INTO found
    FROM aftersale.request r
    WHERE r.shop_id = flow_of_message.shop_id AND r.external_ref = flow_of_message.external_ref
      AND r.flow = ANY (ARRAY(SELECT DISTINCT f.flow FROM aftersale.flow f
          JOIN aftersale.shop s ON s.platform = f.platform WHERE s.shop_id = flow_of_message.shop_id));
    IF cardinality(found) = 1 THEN
        RETURN found[1];
    END IF;
    IF found IS NULL OR payload ->> 'type' IS NOT NULL THEN
        chosen := aftersale.choose_flow(flow_of_message.shop_id, payload ->> 'type', payload ->> 'reason');
    END IF;
    IF found IS NULL OR chosen = ANY (found) THEN
        RETURN chosen;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'RA032',
        MESSAGE = format('several requests of shop %s are "%s": of flows %s (RA032)', flow_of_message.shop_id, flow_of_message.external_ref, array_to_string(found, ', ')),
        HINT = 'Name the flow in the message.';
END
$function$;
COMMENT ON FUNCTION aftersale.flow_of_message(bigint, text, text, jsonb) IS
'The flow of the request that a message speaks of: the one that it names, else the one that has a request of that external_ref, else by choose_flow() with type and reason of the payload. Errors: RA014 none is chosen, RA032 several requests have the key. Example: SELECT aftersale.flow_of_message(1, ''R1'', NULL, ''{"type": "2"}'');';

CREATE FUNCTION aftersale.open_from_message(shop_id bigint, external_ref text, flow text, reported_at timestamptz, due_at timestamptz,
    closes boolean, payload jsonb, word jsonb) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    opened bigint;
BEGIN
    INSERT INTO aftersale.request (shop_id, external_ref, flow, order_ref, ordered_at, opened_at, country, currency, amount, tax, shipping,
        ratio, reason, attributes, items, platform_due_at, actor, payload)
    SELECT open_from_message.shop_id, open_from_message.external_ref, open_from_message.flow, v.order_ref, v.ordered_at,
        coalesce(v.opened_at, open_from_message.reported_at), v.country, v.currency, v.amount, v.tax, v.shipping, v.ratio, v.reason,
        coalesce(v.attributes, '{}') || jsonb_strip_nulls(jsonb_build_object('type', open_from_message.payload -> 'type'))
            || CASE WHEN closes THEN '{"history": true}' ELSE '{}' END::jsonb,
        v.items, CASE WHEN NOT closes THEN open_from_message.due_at END, 'platform', word
    FROM jsonb_to_record(open_from_message.payload) AS v(order_ref text, ordered_at timestamptz, opened_at timestamptz, country text, currency text,
        amount numeric, tax numeric, shipping numeric, ratio aftersale.refund_ratio, reason text, attributes jsonb, items jsonb)
    RETURNING request_id INTO opened;
    RETURN opened;
END
$function$;
COMMENT ON FUNCTION aftersale.open_from_message(bigint, text, text, timestamptz, timestamptz, boolean, jsonb, jsonb) IS
'Opens the request that a message speaks of, in the state that it reports: columns from payload, opened_at from it or reported_at; a request that is over when it comes to be known (closes) is marked by attributes {"history": true}. word: the payload of the opening. Returns request_id. Errors: as of INSERT INTO aftersale.request. Example: SELECT aftersale.open_from_message(1, ''R1'', ''temu/return_refund'', now(), NULL, false, ''{"order_ref": "PO-1"}'', ''{"state": "requested"}'');';

CREATE FUNCTION aftersale.state_of_messages(shop_id bigint, request_id bigint) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    m record;
    result text := (SELECT e.to_state FROM aftersale.event e
                    WHERE e.shop_id = state_of_messages.shop_id AND e.request_id = state_of_messages.request_id AND e.event_seq = 1);
BEGIN
    FOR m IN
        SELECT x.state, x.covers FROM aftersale.platform_message x
        WHERE x.shop_id = state_of_messages.shop_id AND x.request_id = state_of_messages.request_id
          AND x.status IN ('applied', 'stale') AND x.state IS NOT NULL
        ORDER BY x.reported_at, x.closes, length(x.code), x.code COLLATE "C", x.field COLLATE "C", coalesce(x.due_at, '-infinity')
    LOOP
        IF result IS NULL OR NOT result = ANY (m.covers) THEN
            result := m.state;
        END IF;
    END LOOP;
    RETURN result;
END
$function$;
COMMENT ON FUNCTION aftersale.state_of_messages(bigint, bigint) IS
'The state that the messages of a request lead to, one after the other by reported_at (of one instant: those of final states last, then by the length of the code, the code, the field, the deadline): each to the state that it means, unless it covers the one before. Example: SELECT aftersale.state_of_messages(1, 42);';

CREATE FUNCTION aftersale.apply_message(shop_id bigint, message_id bigint) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    m record;
    r record;
    its_flow text;
    meaning aftersale.status_meaning;
    target record;
    said text;
    says text;
    word jsonb;
    seq_before bigint;
    result text := 'applied';
BEGIN
    SELECT x.* INTO STRICT m FROM aftersale.platform_message x
    WHERE x.shop_id = apply_message.shop_id AND x.message_id = apply_message.message_id;
    its_flow := aftersale.flow_of_message(m.shop_id, m.external_ref, m.flow, m.payload);
    SELECT q.request_id, q.flow_version, q.event_seq, q.state INTO r FROM aftersale.request q
    WHERE q.shop_id = m.shop_id AND q.flow = its_flow AND q.external_ref = m.external_ref
    FOR NO KEY UPDATE;
    seq_before := coalesce(r.event_seq, 0);
    meaning := aftersale.status_of(its_flow, m.code, m.field);
    SELECT s.state, s.final INTO target FROM aftersale.flow_state s
    WHERE s.flow = its_flow AND s.state = meaning.state
      AND s.version = coalesce(r.flow_version, (SELECT max(f.version) FROM aftersale.flow f WHERE f.flow = its_flow));
    IF meaning.code IS NULL OR (meaning.state IS NOT NULL AND target.state IS NULL) THEN
        UPDATE aftersale.platform_message x
        SET status = 'unknown_code', request_id = r.request_id, handled_at = aftersale.clock(), sqlstate = 'RA035',
            message = CASE WHEN meaning.code IS NULL
                THEN format('code "%s" of field "%s" is not known for flow "%s" (RA035)', m.code, m.field, its_flow)
                ELSE format('code "%s" of field "%s" means state "%s", which flow "%s" does not have (RA035)', m.code, m.field, meaning.state, its_flow) END
        WHERE x.shop_id = m.shop_id AND x.message_id = m.message_id;
        RETURN 'unknown_code';
    END IF;
    IF EXISTS (SELECT FROM aftersale.platform_message l
               WHERE l.shop_id = m.shop_id AND l.request_id = r.request_id AND l.status IN ('applied', 'stale')
                 AND l.reported_at = m.reported_at AND l.field = m.field AND l.code = m.code AND l.due_at IS NOT DISTINCT FROM m.due_at) THEN
        result := 'repeated';
    ELSIF EXISTS (SELECT FROM aftersale.platform_message l
                  WHERE l.shop_id = m.shop_id AND l.request_id = r.request_id AND l.status IN ('applied', 'stale') AND l.state IS NOT NULL
                    AND (l.reported_at, l.closes, length(l.code), l.code COLLATE "C", l.field COLLATE "C", coalesce(l.due_at, '-infinity'))
                      > (m.reported_at, coalesce(target.final, false), length(m.code), m.code COLLATE "C", m.field COLLATE "C", coalesce(m.due_at, '-infinity'))) THEN
        -- later ones have the word, unless they cover what this one says; then it tells them apart
        result := 'stale';
        said := aftersale.state_of_messages(m.shop_id, r.request_id);
        UPDATE aftersale.platform_message x
        SET status = result, request_id = r.request_id, state = meaning.state, covers = meaning.covers, closes = coalesce(target.final, false)
        WHERE x.shop_id = m.shop_id AND x.message_id = m.message_id;
        says := aftersale.state_of_messages(m.shop_id, r.request_id);
        IF says <> said AND r.state = said THEN
            result := 'applied';
            UPDATE aftersale.request q SET action = 'report_status', actor = 'platform',
                payload = jsonb_build_object('code', m.code, 'field', m.field, 'reported_at', m.reported_at, 'state', says)
            WHERE q.shop_id = m.shop_id AND q.request_id = r.request_id;
        END IF;
    ELSIF meaning.state IS NOT NULL THEN
        word := (m.payload - '{type,order_ref,ordered_at,opened_at,country,currency,amount,tax,shipping,ratio,items,attributes,refunded}'::text[])
            || jsonb_strip_nulls(jsonb_build_object('code', m.code, 'field', m.field, 'reported_at', m.reported_at, 'state', meaning.state,
                'covers', CASE WHEN meaning.covers <> '{}' THEN to_jsonb(meaning.covers) END, 'act', meaning.action,
                'due_at', m.due_at, 'amount', m.payload -> 'refunded'));
        IF r.request_id IS NULL THEN
            r.request_id := aftersale.open_from_message(m.shop_id, m.external_ref, its_flow, m.reported_at, m.due_at, target.final, m.payload, word);
        ELSE
            UPDATE aftersale.request q SET action = 'report_status', actor = 'platform', payload = word
            WHERE q.shop_id = m.shop_id AND q.request_id = r.request_id;
        END IF;
    ELSIF m.due_at IS NOT NULL THEN
        UPDATE aftersale.request q SET platform_due_at = m.due_at
        WHERE q.shop_id = m.shop_id AND q.request_id = r.request_id AND q.closed_at IS NULL AND q.platform_due_at IS DISTINCT FROM m.due_at;
    END IF;
    UPDATE aftersale.platform_message x
    SET status = result, request_id = r.request_id, state = meaning.state, covers = meaning.covers, closes = coalesce(target.final, false),
        event_seq = CASE WHEN result = 'applied' THEN (SELECT nullif(q.event_seq, seq_before) FROM aftersale.request q
            WHERE q.shop_id = m.shop_id AND q.request_id = r.request_id) END,
        handled_at = aftersale.clock(), sqlstate = NULL, message = NULL
    WHERE x.shop_id = m.shop_id AND x.message_id = m.message_id;
    RETURN result;
END
$function$;
COMMENT ON FUNCTION aftersale.apply_message(bigint, bigint) IS
'Applies one row of aftersale.platform_message under the lock of message_lock(), which the caller holds, and returns its status then: applied, repeated, stale or unknown_code. Errors: whatever keeps the request from being opened or moved; import_status() and apply_messages() keep them with the row. Example: SELECT aftersale.apply_message(1, 7);';

CREATE FUNCTION aftersale.try_message(shop_id bigint, message_id bigint) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    raised text;
    what text;
BEGIN
    RETURN aftersale.apply_message(try_message.shop_id, try_message.message_id);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS raised = RETURNED_SQLSTATE, what = MESSAGE_TEXT;
    -- not the message's own: rights, locks, the server, the installation
    IF raised ~ '^(08|25|40|53|54|55|57|58|XX)' OR raised IN ('42501', 'RA001', 'RA004', 'RA071', 'RA072') THEN
        RAISE;
    END IF;
    UPDATE aftersale.platform_message x
    SET status = 'failed', handled_at = aftersale.clock(), sqlstate = raised, message = what
    WHERE x.shop_id = try_message.shop_id AND x.message_id = try_message.message_id;
    RETURN 'failed';
END
$function$;
COMMENT ON FUNCTION aftersale.try_message(bigint, bigint) IS
'apply_message(), except that a message which is refused stays as status failed with its sqlstate and message. Missing rights, deadlock, serialization failure, cancellation and what is wrong with the server are errors still. Returns the status. Example: SELECT aftersale.try_message(1, 7);';

CREATE FUNCTION aftersale.import_status(shop_id bigint, external_ref text, code text, reported_at timestamptz, flow text DEFAULT NULL,
    field text DEFAULT 'status', due_at timestamptz DEFAULT NULL, payload jsonb DEFAULT '{}') RETURNS aftersale.decision
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    m record;
    was text := 'new';
    result aftersale.decision;
BEGIN
    PERFORM aftersale.require_installed();
    IF import_status.shop_id IS NULL OR import_status.external_ref IS NULL OR import_status.code IS NULL
        OR import_status.reported_at IS NULL OR import_status.field IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA032',
            MESSAGE = 'import_status() needs a shop, an external_ref, a code, a field and reported_at (RA032)';
    END IF;
    PERFORM aftersale.require_platforms_word(import_status.shop_id);
    PERFORM pg_advisory_xact_lock(aftersale.message_lock(import_status.shop_id, import_status.external_ref));
    INSERT INTO aftersale.platform_message AS x (shop_id, external_ref, flow, field, code, reported_at, due_at, payload)
    VALUES (import_status.shop_id, import_status.external_ref, import_status.flow, import_status.field, import_status.code,
        import_status.reported_at, import_status.due_at, coalesce(import_status.payload, '{}'))
    ON CONFLICT DO NOTHING
    RETURNING x.message_id INTO m;
    IF NOT FOUND THEN
        SELECT x.message_id, x.status INTO STRICT m FROM aftersale.platform_message x
        WHERE x.shop_id = import_status.shop_id AND x.external_ref = import_status.external_ref AND x.flow IS NOT DISTINCT FROM import_status.flow
          AND x.field = import_status.field AND x.code = import_status.code AND x.reported_at = import_status.reported_at
          AND x.due_at IS NOT DISTINCT FROM import_status.due_at;
        was := m.status;
    END IF;
    IF was IN ('new', 'unknown_code', 'failed') THEN
        -- what is said now is better known than what was said before and could not be used
        UPDATE aftersale.platform_message x SET payload = import_status.payload
        WHERE x.shop_id = import_status.shop_id AND x.message_id = m.message_id AND x.payload <> import_status.payload;
        PERFORM aftersale.try_message(import_status.shop_id, m.message_id);
    END IF;
    SELECT x.shop_id, x.request_id, x.external_ref, e.action, e.from_state, r.state, r.outcome, r.due_at, r.refund_amount, r.currency, r.event_seq,
        x.sqlstate,
        CASE WHEN was NOT IN ('new', 'unknown_code', 'failed') THEN 'repeated' ELSE coalesce(x.message, nullif(x.status, 'applied')) END
    INTO result
    FROM aftersale.platform_message x
    LEFT JOIN aftersale.request r ON r.shop_id = x.shop_id AND r.request_id = x.request_id
    LEFT JOIN aftersale.event e ON e.shop_id = x.shop_id AND e.request_id = x.request_id AND e.event_seq = x.event_seq
        AND was IN ('new', 'unknown_code', 'failed')
    WHERE x.shop_id = import_status.shop_id AND x.message_id = m.message_id;
    RETURN result;
END
$function$;
COMMENT ON FUNCTION aftersale.import_status(bigint, text, text, timestamptz, text, text, timestamptz, jsonb) IS
'Passes on what the platform reports of one request: a row of aftersale.platform_message, applied at once. external_ref: the platform''s key of the request; code: its status, in its field (return_status, parentAfterSalesStatus, ...), as aftersale.status_code has it; reported_at: the platform''s own time of the change; flow: the request''s, NULL where the key or the type in the payload says it; due_at: the platform''s deadline, which overrides ours; payload: refunded (what the platform has refunded in all), and what an opening needs, see the table. A request that is not known is opened, in the state reported. The state holds from any state, also over a timeout that the engine applied. Returns the decision: action and from_state of the event that it made (NULL: nothing had to move), the request as it is now; message repeated or stale, or sqlstate and message where the code is unknown (RA035) or the request could not be opened or moved: the message is kept, nothing is raised. For sessions that may speak for the platform. Errors: RA032 an argument is NULL, RA071, RA072, RA075 personal data. Example: SELECT state, message FROM aftersale.import_status(1, ''R1'', ''40'', ''2026-11-25 10:00+00'');';

CREATE FUNCTION aftersale.apply_messages(max_rows int DEFAULT 1000, shop_id bigint DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    m record;
    handled bigint := 0;
    spoken_for constant bigint[] := aftersale.shops_spoken_for();
BEGIN
    PERFORM aftersale.require_installed();
    IF max_rows IS NULL OR max_rows < 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'RA032', MESSAGE = 'apply_messages() needs a number of rows from 0 on (RA032)';
    END IF;
    FOR m IN
        SELECT x.shop_id, x.message_id, x.external_ref FROM aftersale.platform_message x
        WHERE x.status = 'new' AND (apply_messages.shop_id IS NULL OR x.shop_id = apply_messages.shop_id)
          AND (apply_messages.shop_id IS NOT NULL OR x.shop_id = ANY (spoken_for))
        ORDER BY x.shop_id, x.external_ref, x.reported_at, x.message_id
        LIMIT max_rows
        FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        -- a request that another session is at is left to a later call
        CONTINUE WHEN NOT pg_try_advisory_xact_lock(aftersale.message_lock(m.shop_id, m.external_ref));
        PERFORM aftersale.try_message(m.shop_id, m.message_id);
        handled := handled + 1;
    END LOOP;
    RETURN handled;
END
$function$;
COMMENT ON FUNCTION aftersale.apply_messages(int, bigint) IS
'Applies at most max_rows new rows of aftersale.platform_message, of one shop or of all for which the session may speak, request by request, each in the order of reported_at. One that is refused stays as failed, one whose code nobody knows as unknown_code, and the others go on; what another session is at is left to a later call. Returns how many were handled: call it until that is 0. Errors: RA032 max_rows is NULL or negative; RA071, RA072 the session may not speak for the platform in shop_id; deadlock, serialization failure, cancellation. Example: SELECT aftersale.apply_messages(1000);';

CREATE FUNCTION aftersale.replay_messages(shop_id bigint DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    m record;
    handled bigint := 0;
    spoken_for constant bigint[] := aftersale.shops_spoken_for();
BEGIN
    PERFORM aftersale.require_installed();
    FOR m IN
        SELECT x.shop_id, x.message_id, x.external_ref FROM aftersale.platform_message x
        WHERE x.status IN ('unknown_code', 'failed') AND (replay_messages.shop_id IS NULL OR x.shop_id = replay_messages.shop_id)
          AND (replay_messages.shop_id IS NOT NULL OR x.shop_id = ANY (spoken_for))
        ORDER BY x.shop_id, x.external_ref, x.reported_at, x.message_id
        FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        CONTINUE WHEN NOT pg_try_advisory_xact_lock(aftersale.message_lock(m.shop_id, m.external_ref));
        handled := handled + (aftersale.try_message(m.shop_id, m.message_id) NOT IN ('unknown_code', 'failed'))::int;
    END LOOP;
    RETURN handled;
END
$function$;
COMMENT ON FUNCTION aftersale.replay_messages(bigint) IS
'Tries again the messages that were not understood or were refused (view message_fault), of one shop or of all for which the session may speak: after a row was added to status_code or flow_choice, or whatever else was wrong was mended. What later messages contradict becomes stale. Returns how many are neither unknown_code nor failed any more. Errors: as of apply_messages(). Example: SELECT aftersale.replay_messages(1);';

-- The outbox of refunds: what the ERP pays, or orders the platform to pay.
-- Polling is the contract; what the platform does by itself is never offered.

CREATE TYPE aftersale.refund_claim AS (
    shop_id bigint,
    refund_id bigint,
    request_id bigint,
    order_ref text,
    amount numeric,
    currency text,
    reason text,
    executed_by text,
    idempotency_key text,
    attempts int,
    claimed_until timestamptz
);
COMMENT ON TYPE aftersale.refund_claim IS
'A refund that a worker has claimed: its keys, amount in currency, who executes it (instruct: the platform is to be told, shop: the seller pays), the key under which it is to be sent, how often it was claimed, until when the worker has it.';

CREATE FUNCTION aftersale.claim_refunds(shop_id bigint, max_rows int, lease interval DEFAULT '5 minutes')
RETURNS SETOF aftersale.refund_claim
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    now timestamptz := aftersale.clock();
BEGIN
    PERFORM aftersale.require_installed();
    IF claim_refunds.shop_id IS NULL OR max_rows IS NULL OR lease IS NULL OR max_rows < 0 OR lease <= interval '0' THEN
        RAISE EXCEPTION USING ERRCODE = 'RA032',
            MESSAGE = 'claim_refunds() needs a shop, a number of rows from 0 on and a lease above 0 (RA032)';
    END IF;
    RETURN QUERY
    -- materialized: as a plain subquery it may be scanned again for each row, with its LIMIT
    WITH due AS MATERIALIZED (
        SELECT q.refund_id
        FROM aftersale.refund q
        WHERE q.shop_id = claim_refunds.shop_id
          AND (q.status = 'pending' OR (q.status IN ('claimed', 'failed') AND q.claimed_until < now))
          AND q.executed_by <> 'platform'
        ORDER BY q.refund_id
        LIMIT max_rows
        FOR NO KEY UPDATE SKIP LOCKED)
    UPDATE aftersale.refund r
    SET status = 'claimed', claimed_until = now + lease, attempts = r.attempts + 1
    FROM due
    WHERE r.shop_id = claim_refunds.shop_id AND r.refund_id = due.refund_id
    RETURNING r.shop_id, r.refund_id, r.request_id, r.order_ref, r.amount, r.currency, r.reason, r.executed_by,
        r.idempotency_key, r.attempts, r.claimed_until;
END
$function$;
COMMENT ON FUNCTION aftersale.claim_refunds(bigint, int, interval) IS
'Hands a worker at most max_rows refunds of a shop, oldest first, for the time of the lease: those that are pending, those that failed and are due again, and those whose lease ran out. Refunds that another worker is claiming are left out, and what the platform executes by itself is never offered. Send each under its idempotency_key, then call confirm_refund(). Error RA032: an argument is missing or out of range. Example: SELECT refund_id, amount, currency, idempotency_key FROM aftersale.claim_refunds(1, 100, ''5 minutes'');';

CREATE FUNCTION aftersale.confirm_refund(shop_id bigint, refund_id bigint, status text, platform_ref text DEFAULT NULL, error text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    known aftersale.refund;
BEGIN
    PERFORM aftersale.require_installed();
    IF confirm_refund.status IS NULL OR confirm_refund.status NOT IN ('done', 'failed') THEN
        RAISE EXCEPTION USING ERRCODE = 'RA032',
            MESSAGE = format('status "%s" of a refund is neither done nor failed (RA032)', confirm_refund.status);
    END IF;
    SELECT * INTO known FROM aftersale.refund r
    WHERE r.shop_id = confirm_refund.shop_id AND r.refund_id = confirm_refund.refund_id
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'RA046',
            MESSAGE = format('refund "%s" of shop "%s" does not exist (RA046)', confirm_refund.refund_id, confirm_refund.shop_id),
            HINT = 'Refunds are rows of table aftersale.refund.';
    END IF;
    IF known.status = 'done' THEN
        IF confirm_refund.status = 'done' AND known.platform_ref IS NOT DISTINCT FROM confirm_refund.platform_ref THEN
            RETURN 'done';
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'RA047',
            MESSAGE = format('refund "%s" of shop "%s" is done already (RA047)', known.refund_id, known.shop_id),
            DETAIL = format('It was confirmed with reference %s, now "%s" with reference %s is reported.',
                coalesce('"' || known.platform_ref || '"', 'none'), confirm_refund.status, coalesce('"' || confirm_refund.platform_ref || '"', 'none')),
            HINT = 'Compare with the platform: the same refund may have been sent under two keys.';
    END IF;
    IF known.status = 'void' THEN
        RAISE EXCEPTION USING ERRCODE = 'RA047',
            MESSAGE = format('refund "%s" of shop "%s" is void (RA047)', known.refund_id, known.shop_id),
            DETAIL = 'The platform''s word on its request has undone it.',
            HINT = 'Where it was paid all the same, have the platform''s present state imported.';
    END IF;
    IF known.status IN ('held', 'pending') AND known.attempts = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'RA047',
            MESSAGE = format('refund "%s" of shop "%s" was never claimed (RA047)', known.refund_id, known.shop_id),
            HINT = 'Claim it first: SELECT * FROM aftersale.claim_refunds(shop_id, max_rows, lease).';
    END IF;
    UPDATE aftersale.refund r
    SET status = confirm_refund.status,
        platform_ref = confirm_refund.platform_ref,
        error = confirm_refund.error,
        -- a failed one is offered again, each time twice as late, at most after a day
        claimed_until = CASE WHEN confirm_refund.status = 'failed' THEN
            aftersale.clock() + least(interval '1 day', interval '1 minute' * power(2, least(r.attempts - 1, 20))) END
    WHERE r.shop_id = confirm_refund.shop_id AND r.refund_id = confirm_refund.refund_id
      AND (r.status <> confirm_refund.status OR r.error IS DISTINCT FROM confirm_refund.error);
    RETURN confirm_refund.status;
END
$function$;
COMMENT ON FUNCTION aftersale.confirm_refund(bigint, bigint, text, text, text) IS
'Reports what became of a claimed refund: status done or failed, the platform''s own key platform_ref, the error where it failed. The same report again changes nothing and gives the same answer; another one for a refund that is done is an error. A failed refund is offered again after a minute, then after two, at most after a day. Returns the status. Errors: RA032 another status, RA046 no such refund, RA047 done with other content, void, or never claimed. Example: SELECT aftersale.confirm_refund(1, 7, ''done'', ''R-4711'');';

CREATE FUNCTION aftersale.release_refunds(shop_id bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    released bigint;
BEGIN
    PERFORM aftersale.require_installed();
    UPDATE aftersale.shop s SET refunds_held = false WHERE s.shop_id = release_refunds.shop_id AND s.refunds_held;
    IF NOT FOUND AND NOT EXISTS (SELECT FROM aftersale.shop s WHERE s.shop_id = release_refunds.shop_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA010',
            MESSAGE = format('shop "%s" does not exist (RA010)', release_refunds.shop_id),
            HINT = 'Shops are rows of table aftersale.shop.';
    END IF;
    UPDATE aftersale.refund r SET status = 'pending' WHERE r.shop_id = release_refunds.shop_id AND r.status = 'held';
    GET DIAGNOSTICS released = ROW_COUNT;
    RETURN released;
END
$function$;
COMMENT ON FUNCTION aftersale.release_refunds(bigint) IS
'Refunds of a new shop are held, so that loading the past pays nobody. Releases those held so far and lets later ones go straight to the outbox. Look at them first: refunds that were paid long ago are to be set to done by the owner. Returns how many were released. Error RA010: no such shop. Example: SELECT aftersale.release_refunds(1);';

CREATE FUNCTION aftersale.notify_refunds() RETURNS bigint
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'aftersale_notify_refunds';
COMMENT ON FUNCTION aftersale.notify_refunds() IS
'Sends NOTIFY aftersale_refunds, with shop_id as payload, for every shop that has refunds to claim: at once when a refund is new, or the first after all were claimed, of the same ones again after two minutes, then after four, at most an hour apart. CALL aftersale.sweep() does it by itself at its end. A convenience: polling claim_refunds() is the contract. Not in a transaction that is to be prepared, which refuses NOTIFY. Returns how many shops were told. Error RA074: the session is neither the owner of the tables nor a sweeper. Example: SELECT aftersale.notify_refunds();';

-- A partial refund that the merchant negotiated with the buyer (TEMU-20 to TEMU-26).

CREATE FUNCTION aftersale.propose_refund(shop_id bigint, order_ref text, amount numeric, items jsonb, evidence text[], remark text,
    actor text DEFAULT NULL) RETURNS aftersale.decision
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'aftersale_propose_refund';
COMMENT ON FUNCTION aftersale.propose_refund(bigint, text, numeric, jsonb, text[], text, text) IS
'Proposes a partial refund that the merchant negotiated with the buyer (TEMU-20 to TEMU-26): a request in state proposed, which refunds when it is confirmed: act(shop_id, request_id, ''confirm''). order_ref: an order with a row in aftersale.order_balance; amount in its currency, or NULL and items with quantity, ordered and paid a line; evidence and remark: of the agreement; actor: who proposes. refund_amount of the result is what is proposed. Errors: RA010 unknown shop, RA011 no country with the order''s currency, RA012 a currency without minor units, RA041 an amount finer than the currency, RA048 the shop lacks the feature, the order does not allow it, another request of the order is open (shop.settings negotiated_blocked_by ''return_refund'': one of that kind), or the content is not exactly one of amount and quantities within what remains. Example: SELECT request_id, state FROM aftersale.propose_refund(1, ''PO-1'', 5.00, NULL, ARRAY[''chat.png''], ''agreed by chat'');';

-- Strategies: rules are checked when saved, and can be tried on a request that does not exist.

CREATE FUNCTION aftersale.refuse_rule(name text, what text, detail text, hint text, code text DEFAULT 'RA080') RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RAISE EXCEPTION USING ERRCODE = code,
        MESSAGE = format('rule "%s" %s (%s)', left(refuse_rule.name, 60), what, code),
        DETAIL = refuse_rule.detail, HINT = refuse_rule.hint;
END
$function$;
COMMENT ON FUNCTION aftersale.refuse_rule(text, text, text, text, text) IS
'Refuses a rule of aftersale.rule: raises code, by default RA080. For rule_check() only. Example: SELECT aftersale.refuse_rule(''small'', ''has no reasons'', ''It would never match.'', ''Name some.'');';

CREATE FUNCTION aftersale.check_rule_moment(name text, flow text, state text, signal text, action text) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_variable
DECLARE
    known text;
    title text := check_rule_moment.name;
BEGIN
    IF NOT EXISTS (SELECT FROM aftersale.flow AS f WHERE f.flow = check_rule_moment.flow) THEN
        SELECT string_agg(DISTINCT f.flow, ', ' ORDER BY f.flow) INTO known FROM aftersale.flow AS f;
        PERFORM aftersale.refuse_rule(title, format('names flow "%s", which does not exist', left(flow, 60)),
            'A rule watches the requests of one flow.', format('Flows: %s.', coalesce(known, 'none; aftersale.load_pack() loads those of a platform')), 'RA014');
    END IF;
    IF state IS NOT NULL AND NOT EXISTS (SELECT FROM aftersale.flow_state AS s
                                         WHERE s.flow = check_rule_moment.flow AND s.state = check_rule_moment.state) THEN
        SELECT string_agg(DISTINCT s.state, ', ' ORDER BY s.state) INTO known FROM aftersale.flow_state AS s
        WHERE s.flow = check_rule_moment.flow;
        PERFORM aftersale.refuse_rule(title, format('names state "%s", which flow "%s" does not have', left(state, 60), flow),
            'A rule without a signal watches the entry of its state, one with a signal wants it to arrive there.', format('Its states: %s.', known));
    END IF;
    IF signal IS NOT NULL AND NOT EXISTS (SELECT FROM aftersale.flow_transition AS t
                                          WHERE t.flow = check_rule_moment.flow AND t.action = signal AND signal NOT IN ('timeout', 'open')
                                            AND (state IS NULL OR t.from_state = state))
        AND NOT EXISTS (SELECT FROM aftersale.flow_timer AS t
                        WHERE t.flow = check_rule_moment.flow AND t.name = signal
                          AND (state IS NULL OR t.state IS NULL OR t.state = check_rule_moment.state)) THEN
        SELECT string_agg(DISTINCT t.action, ', ' ORDER BY t.action) INTO known FROM aftersale.flow_transition AS t
        WHERE t.flow = check_rule_moment.flow AND t.action NOT IN ('timeout', 'open') AND (state IS NULL OR t.from_state = state);
        PERFORM aftersale.refuse_rule(title, format('waits for signal "%s", which flow "%s" does not have%s', left(signal, 60), flow,
                                                    CASE WHEN state IS NULL THEN '' ELSE format(' in state "%s"', state) END),
            'A signal is an action of the flow, whoever takes it, except the timeout, or one of its timers.', format('Its actions%s: %s.', CASE WHEN state IS NULL THEN '' ELSE ' there' END, coalesce(known, 'none')), 'RA015');
    END IF;
    IF action IN ('timeout', 'open') OR NOT EXISTS (SELECT FROM aftersale.flow_transition AS t
                                         WHERE t.flow = check_rule_moment.flow AND t.action = check_rule_moment.action) THEN
        PERFORM aftersale.refuse_rule(title, format('takes action "%s", which flow "%s" does not have', left(action, 60), flow),
            'A rule takes an action of its flow; the timeout is the clock''s.',
            format('Its actions: SELECT DISTINCT action FROM aftersale.flow_transition WHERE flow = %L;', flow), 'RA015');
    END IF;
    -- the states in which it can come to act, in one version of the flow
    IF NOT EXISTS (
        SELECT FROM aftersale.flow AS f
        JOIN aftersale.flow_transition AS t ON t.flow = f.flow AND t.version = f.version
        WHERE f.flow = check_rule_moment.flow AND t.action = check_rule_moment.action
          AND t.actors && ARRAY['merchant', 'system'] AND t.needs = '{}' AND t.condition = '{}' AND NOT t.effect ? 'refuse'
          AND CASE WHEN signal IS NULL THEN t.from_state = coalesce(state, f.initial_state)
              ELSE EXISTS (SELECT FROM aftersale.flow_transition AS s
                           WHERE s.flow = f.flow AND s.version = f.version AND s.action = signal
                             AND (state IS NULL OR s.from_state = state) AND s.to_state = t.from_state)
                  OR EXISTS (SELECT FROM aftersale.flow_timer AS s
                             WHERE s.flow = f.flow AND s.version = f.version AND s.name = signal
                               AND (state IS NULL OR t.from_state = state) AND (s.state IS NULL OR s.state = t.from_state)) END)
    THEN
        SELECT string_agg(DISTINCT format('from "%s" by %s%s', t.from_state, array_to_string(t.actors, ' or '),
                   CASE WHEN t.needs <> '{}' THEN format(', with %s in the payload', array_to_string(t.needs, ' and ')) ELSE '' END), '; ')
        INTO known
        FROM aftersale.flow_transition AS t WHERE t.flow = check_rule_moment.flow AND t.action = check_rule_moment.action;
        PERFORM aftersale.refuse_rule(title, format('could not take action "%s" at the moment that it watches', action),
            format('The action is taken %s.', left(known, 300)),
            'A rule acts in the state that it watches, or that its signal leads to; the action must be the merchant''s or the system''s and need no payload.');
    END IF;
END
$function$;
COMMENT ON FUNCTION aftersale.check_rule_moment(text, text, text, text, text) IS
'Does nothing where a rule of that name could act: its flow has the state and the signal, and the merchant or the system may take the action there without a payload. Errors: RA014 unknown flow; RA015 the flow has not that signal or action; RA080 not that state, or the action cannot be taken there. Example: SELECT aftersale.check_rule_moment(''small'', ''temu/negotiated_refund'', ''proposed'', NULL, ''withdraw'');';

CREATE FUNCTION aftersale.check_rule_numbers(name text, currency text, amounts numeric[], max_amount numeric, counts int[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    amount numeric;
BEGIN
    IF check_rule_numbers.currency IS NOT NULL THEN
        PERFORM aftersale.minor_units(check_rule_numbers.currency);
    END IF;
    FOREACH amount IN ARRAY check_rule_numbers.amounts || max_amount LOOP
        IF amount < 0 OR amount >= 'Infinity' THEN
            PERFORM aftersale.refuse_rule(check_rule_numbers.name, format('has an amount of "%s"', amount), 'Amounts are 0 or more, and finite.',
                'Leave a bound or a cap NULL where there is none.');
        ELSIF scale(trim_scale(amount)) > 4 THEN
            PERFORM aftersale.refuse_rule(check_rule_numbers.name, format('has an amount of "%s"', amount), 'Amounts have at most four decimals.',
                'No currency is finer.');
        END IF;
    END LOOP;
    IF amounts[1] > amounts[2] THEN
        PERFORM aftersale.refuse_rule(check_rule_numbers.name, format('has amount_from "%s" above amount_to "%s"', amounts[1], amounts[2]),
            'No amount is within these bounds.', 'Bounds are inclusive; leave one NULL where there is none.');
    END IF;
    IF max_amount IS NOT NULL AND check_rule_numbers.currency IS NULL THEN
        PERFORM aftersale.refuse_rule(check_rule_numbers.name, 'has a cap in money and no currency',
            'Amounts in several currencies do not add up.', 'Set currency: the rule is for requests in that currency then.');
    ELSIF scale(trim_scale(max_amount)) > aftersale.minor_units(check_rule_numbers.currency) THEN
        PERFORM aftersale.refuse_rule(check_rule_numbers.name, format('has max_amount_per_day "%s"', max_amount),
            format('It is finer than the minor unit of %s.', check_rule_numbers.currency), 'Round it.');
    END IF;
    IF 0 > ANY (counts) THEN
        PERFORM aftersale.refuse_rule(check_rule_numbers.name, 'has a cap below 0', 'With a cap of 0 it never acts.', 'Leave a cap NULL where there is none.');
    END IF;
END
$function$;
COMMENT ON FUNCTION aftersale.check_rule_numbers(text, text, numeric[], numeric, int[]) IS
'Does nothing where a rule of that name has sensible numbers: amounts are amount_from and amount_to, max_amount is max_amount_per_day in currency, counts are the other caps. Errors: RA080, RA012 unknown currency. Example: SELECT aftersale.check_rule_numbers(''small'', ''USD'', ARRAY[NULL, 5.00], NULL, ARRAY[10]);';

CREATE FUNCTION aftersale.rule_check() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    platforms text[];
    lists constant jsonb := jsonb_build_object('reasons', NEW.reasons, 'products', NEW.products, 'categories', NEW.categories);
    list text;
BEGIN
    PERFORM aftersale.check_rule_moment(NEW.name, NEW.flow, NEW.state, NEW.signal, NEW.action);
    PERFORM aftersale.check_rule_numbers(NEW.name, NEW.currency, ARRAY[NEW.amount_from, NEW.amount_to], NEW.max_amount_per_day,
                                         ARRAY[NEW.max_per_day, NEW.max_per_buyer]);
    SELECT array_agg(DISTINCT f.platform) || array_agg(DISTINCT s.platform) INTO platforms
    FROM aftersale.flow f CROSS JOIN aftersale.shop s WHERE f.flow = NEW.flow AND s.shop_id = NEW.shop_id;
    IF platforms[1] <> platforms[2] THEN
        PERFORM aftersale.refuse_rule(NEW.name, format('is for flow "%s" of platform "%s"', NEW.flow, platforms[1]),
            format('Shop "%s" is on platform "%s".', NEW.shop_id, platforms[2]),
            format('Flows of its platform: SELECT DISTINCT flow FROM aftersale.flow WHERE platform = %L;', platforms[2]));
    END IF;
    -- DOUYIN-03: where the platform lists the permission, whoever saves a rule needs it
    IF EXISTS (SELECT FROM aftersale.role_permission p WHERE p.platform = platforms[2] AND p.permission = 'use_assistant')
       AND NOT coalesce(aftersale.has_permission(NEW.shop_id, 'use_assistant'), false) THEN
        PERFORM aftersale.refuse_rule(NEW.name, 'needs permission "use_assistant", which the session does not have',
            format('On platform "%s" automatic rules are for those who have it.', platforms[2]),
            'Who has "grant_permission", as the main account, grants it: SELECT aftersale.grant_permission(shop_id, ''role'', ''use_assistant'');', 'RA070');
    END IF;
    FOR list IN SELECT l.key FROM jsonb_each(lists) AS l
                WHERE l.value = '[]' OR (jsonb_typeof(l.value) = 'array' AND l.value @> '[null]') LOOP
        PERFORM aftersale.refuse_rule(NEW.name, format('has %s that are empty or hold NULL', list),
            'Such a rule would never match.', format('Leave %s NULL where any will do.', list));
    END LOOP;
    RETURN NEW;
END
$function$;
COMMENT ON FUNCTION aftersale.rule_check() IS
'Trigger function of aftersale.rule: refuses a rule that could never act as it says (TEMU-27, TEMU-28, DOUYIN-09). For install() only. Errors: RA014 unknown flow; RA015 the flow has not the signal or the action; RA012 unknown currency; RA070 the session lacks use_assistant, where the platform has it (DOUYIN-03); RA080 anything else.';

CREATE FUNCTION aftersale.rule_overlaps() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    overlap record;
BEGIN
    FOR overlap IN
        SELECT c.name, c.priority, string_agg(format('"%s"', left(o.name, 60)), ', ' ORDER BY o.rule_id) FILTER (WHERE o.place <= 5) AS others,
            count(*) AS total
        FROM changed c CROSS JOIN LATERAL (
            SELECT p.rule_id, p.name, row_number() OVER (ORDER BY p.rule_id) AS place
            FROM (SELECT v.other_rule_id AS rule_id, v.other_name AS name FROM aftersale.rule_overlap v
                  WHERE v.shop_id = c.shop_id AND v.rule_id = c.rule_id
                  UNION ALL
                  SELECT v.rule_id, v.name FROM aftersale.rule_overlap v
                  WHERE v.shop_id = c.shop_id AND v.other_rule_id = c.rule_id) AS p) AS o
        GROUP BY c.shop_id, c.rule_id, c.name, c.priority
        ORDER BY c.rule_id
    LOOP
        RAISE WARNING USING
            MESSAGE = format('rule "%s" overlaps %s%s of the same priority %s, which do otherwise', left(overlap.name, 60), overlap.others,
                             CASE WHEN overlap.total > 5 THEN format(' and %s more', overlap.total - 5) ELSE '' END, overlap.priority),
            DETAIL = 'Where several match the same request at the same moment, the one with the smallest rule_id acts.',
            HINT = 'Give them different priorities. View aftersale.rule_overlap lists all overlaps.';
    END LOOP;
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION aftersale.rule_overlaps() IS
'Trigger function of aftersale.rule: warns of each saved rule that could match together with another one of the same priority that does otherwise (DOUYIN-09). For install() only.';

CREATE TYPE aftersale.rule_verdict AS (
    rule_id bigint,
    name text,
    wins boolean,
    action text,
    ratio aftersale.refund_ratio,
    refund_amount numeric,
    why text
);
COMMENT ON TYPE aftersale.rule_verdict IS
'What would become of a rule: whether it wins, the action that it takes, at which ratio, what it would refund (NULL: nothing, or it did not come to that), and why it wins or not. See decide_rules().';

CREATE FUNCTION aftersale.decide_rules(shop_id bigint, flow text, state text DEFAULT NULL, signal text DEFAULT NULL,
    reason text DEFAULT NULL, amount numeric DEFAULT NULL, currency text DEFAULT NULL, country text DEFAULT NULL,
    items jsonb DEFAULT NULL, attributes jsonb DEFAULT '{}', at timestamptz DEFAULT NULL) RETURNS SETOF aftersale.rule_verdict
LANGUAGE C STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'aftersale_decide_rules';
COMMENT ON FUNCTION aftersale.decide_rules(bigint, text, text, text, text, numeric, text, text, jsonb, jsonb, timestamptz) IS
'Which automatic rule of a shop would act on a request that does not exist, and why each other rule of the flow would not (TEMU-27, TEMU-28, DOUYIN-05 to DOUYIN-09): one row a rule, in the order in which they are looked at. state: without a signal the state that is entered, with one the state in which it arrives; NULL: the flow''s initial state. signal: the action that arrives; NULL: none. reason, amount (asked for the goods, in currency), items, attributes (among them parcels, whole_parcel, buyer) as of a request; currency: NULL is the country''s; country: NULL is the shop''s only one; at: the moment, NULL is now. Use so far is counted against caps; the order is taken to have enough left, to have no other open request, and no fee is kept back; of what transitions require, attributes and settings are asked, and it has no past, no payload and nobody who tells of it. Nothing is written. Errors: RA010 unknown shop, RA011 unknown country, RA012 unknown currency, RA014 unknown flow, RA015 unknown action, RA018 unknown state, RA020 the signal cannot arrive in that state, RA028 items, RA040 and RA041 amount, RA032 the arguments, RA071 not of the shop. Example: SELECT name, wins, refund_amount, why FROM aftersale.decide_rules(1, ''temu/ticket'', reason => ''damaged'', amount => 4.50);';

CREATE FUNCTION aftersale.fire_due(shop_id bigint, cutoff timestamptz, max_rows int) RETURNS bigint
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'aftersale_fire_due';
COMMENT ON FUNCTION aftersale.fire_due(bigint, timestamptz, int) IS
'Lets the deadlines of one shop that passed before cutoff (never later than the clock) take effect, oldest first, at most max_rows requests, in the caller''s transaction. Rows that another session holds are left to a later call; a row that fails is parked with its error. Returns how many requests were acted on. Error RA032: an argument is NULL, or max_rows negative. Example: SELECT aftersale.fire_due(1, now(), 1000);';

CREATE FUNCTION aftersale.unpark(shop_id bigint, request_id bigint) RETURNS boolean
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'aftersale_unpark';
COMMENT ON FUNCTION aftersale.unpark(bigint, bigint) IS
'Returns a parked request to the sweep: its fault and attempts are forgotten, and the next run takes it up; also one that was overdue when it was opened, whose deadline then takes effect. For whoever may act for the shop, as the owner of the tables or by UPDATE of request.action. Returns whether it was parked. Errors: RA016 no such request, RA071 the session may not act for the shop, RA032 NULL, 42501 no right to act. Example: SELECT aftersale.unpark(1, 42);';

CREATE PROCEDURE aftersale.sweep(max_rows int DEFAULT 100000, max_seconds int DEFAULT 45, confirm_clock_jump boolean DEFAULT false)
LANGUAGE C
AS 'MODULE_PATHNAME', 'aftersale_sweep';
COMMENT ON PROCEDURE aftersale.sweep(int, int, boolean) IS
'Lets every deadline that has passed take effect, the oldest of a shop first, shops in turns, in batches of 1000, each committed: at most max_rows requests and about max_seconds seconds a run; the rest is the next run''s, and of that every shop has its share. Runs as the caller, as the only statement. A run that meets another returns at once. Rows that fail are parked with their error. confirm_clock_jump: fire although the clock ran far ahead of what can have passed since the last run. Errors: 2D000 inside a transaction block, RA032 an argument is negative, RA036 the clock jumped. Example: CALL aftersale.sweep();';
-- Attachments: policy on the ERP's own tables, without the engine.

CREATE FUNCTION aftersale.attached_deadline() RETURNS trigger
LANGUAGE C AS 'MODULE_PATHNAME', 'aftersale_attached_deadline';
COMMENT ON FUNCTION aftersale.attached_deadline() IS
'Trigger function of attach_deadline(): stamps the deadline of a row. Error RA101: the table no longer fits the attachment.';

CREATE FUNCTION aftersale.attached_due() RETURNS trigger
LANGUAGE C AS 'MODULE_PATHNAME', 'aftersale_attached_due';
COMMENT ON FUNCTION aftersale.attached_due() IS
'Trigger function of attach_deadline() where the table has no column for it: keeps aftersale.attachment_due. Errors: RA101, RA102, RA103.';

CREATE FUNCTION aftersale.attached_refund_check() RETURNS trigger
LANGUAGE C AS 'MODULE_PATHNAME', 'aftersale_attached_refund_check';
COMMENT ON FUNCTION aftersale.attached_refund_check() IS
'Trigger function of attach_refund_check(): checks a row''s ratio (TEMU-28) and amount (TEMU-07). Errors: RA040, RA041, RA043, RA045, RA101.';

CREATE FUNCTION aftersale.attached_sum() RETURNS trigger
LANGUAGE C AS 'MODULE_PATHNAME', 'aftersale_attached_sum';
COMMENT ON FUNCTION aftersale.attached_sum() IS
'Trigger function of attach_refund_check() with an order: after a statement, checks its rows and that the refunds of no order exceed what was paid (TEMU-07). Errors: RA040, RA041, RA043, RA044, RA045, RA101, RA102, RA103.';

CREATE FUNCTION aftersale.attached_return_warehouse() RETURNS trigger
LANGUAGE C AS 'MODULE_PATHNAME', 'aftersale_attached_return_warehouse';
COMMENT ON FUNCTION aftersale.attached_return_warehouse() IS
'Trigger function of attach_return_warehouse(): fills in the return warehouse of a row (TEMU-42). Errors: RA010, RA011, RA050, RA101.';

CREATE FUNCTION aftersale.attached_truncated() RETURNS trigger
LANGUAGE C AS 'MODULE_PATHNAME', 'aftersale_attached_truncated';
COMMENT ON FUNCTION aftersale.attached_truncated() IS
'Trigger function of attachments that keep something: forgets it with the rows. Errors: RA102, RA103.';

CREATE FUNCTION aftersale.attachment_check(relation regclass, name text, definition jsonb) RETURNS void
LANGUAGE C VOLATILE STRICT AS 'MODULE_PATHNAME', 'aftersale_attachment_check';
COMMENT ON FUNCTION aftersale.attachment_check(regclass, text, jsonb) IS
'Raises RA100 where a definition, as the triggers of an attachment carry it, does not fit a table. Example: SELECT aftersale.attachment_check(''returns'', ''x'', ''{"kind": "refund_check", "columns": {"ratio": "ratio"}}'');';

CREATE FUNCTION aftersale.attachment_register(relation regclass, name text, definition jsonb, again boolean) RETURNS void
LANGUAGE C VOLATILE STRICT AS 'MODULE_PATHNAME', 'aftersale_attachment_register';
COMMENT ON FUNCTION aftersale.attachment_register(regclass, text, jsonb, boolean) IS
'For attach_*() and repair(): notes an attachment of a table of the caller''s in aftersale.attachment. Errors: RA103 not the owner, RA104 the name is taken.';

CREATE FUNCTION aftersale.attachment_begin(relation regclass, name text) RETURNS void
LANGUAGE C VOLATILE STRICT AS 'MODULE_PATHNAME', 'aftersale_attachment_begin';
COMMENT ON FUNCTION aftersale.attachment_begin(regclass, text) IS
'For attach_*(), after its triggers are made: notes that an empty table has no totals to learn. Error RA103.';

CREATE FUNCTION aftersale.attachment_pause(relation regclass, name text, paused boolean) RETURNS bigint
LANGUAGE C VOLATILE STRICT AS 'MODULE_PATHNAME', 'aftersale_attachment_pause';
COMMENT ON FUNCTION aftersale.attachment_pause(regclass, text, boolean) IS
'For pause() and resume(). Returns 1 where something changed, else 0. Error RA103.';

CREATE FUNCTION aftersale.attachment_forget(relation oid, name text) RETURNS bigint
LANGUAGE C VOLATILE STRICT AS 'MODULE_PATHNAME', 'aftersale_attachment_forget';
COMMENT ON FUNCTION aftersale.attachment_forget(oid, text) IS
'For detach(): deletes what is kept under the name; relation 0 where its table is gone. Returns 1 where it was known. Error RA103.';

CREATE FUNCTION aftersale.attachment_fill(relation regclass, name text, max_orders int, last text) RETURNS text
LANGUAGE C VOLATILE AS 'MODULE_PATHNAME', 'aftersale_attachment_fill';
COMMENT ON FUNCTION aftersale.attachment_fill(regclass, text, int, text) IS
'For fill_totals(): adds up the next max_orders orders after the last one, and returns the last of them; NULL: all are done. Error RA103.';

CREATE TYPE aftersale.attachment_trigger AS (
    attachment text,
    definition jsonb,
    relation oid,
    trigger name,
    function name,
    enabled boolean,
    is_clone boolean
);
COMMENT ON TYPE aftersale.attachment_trigger IS
'A trigger of an attachment: the attachment''s name and definition, its table, its own name, its function, whether it fires, whether it is a partition''s copy of a row trigger.';

CREATE FUNCTION aftersale.attachment_triggers() RETURNS SETOF aftersale.attachment_trigger
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT convert_from(substring(t.tgargs FROM 1 FOR z.at - 1), getdatabaseencoding()),
    convert_from(substring(t.tgargs FROM z.at + 1 FOR length(t.tgargs) - z.at - 1), getdatabaseencoding())::jsonb,
    t.tgrelid, t.tgname, p.proname, t.tgenabled IN ('O', 'A'), t.tgparentid <> 0
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
CROSS JOIN LATERAL (SELECT position('\x00'::bytea IN t.tgargs)) AS z(at)
WHERE p.pronamespace = 'aftersale'::regnamespace AND NOT t.tgisinternal AND t.tgnargs = 2
  AND p.proname IN ('attached_deadline', 'attached_due', 'attached_refund_check', 'attached_sum', 'attached_return_warehouse', 'attached_truncated')
$function$;
COMMENT ON FUNCTION aftersale.attachment_triggers() IS
'The triggers of all attachments in the database. Example: SELECT attachment, relation::regclass, trigger FROM aftersale.attachment_triggers();';

CREATE FUNCTION aftersale.attachment_table(name text) RETURNS regclass
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    found regclass := (
        SELECT t.relation::regclass
        FROM aftersale.attachment_triggers() t
        WHERE t.attachment = attachment_table.name AND NOT t.is_clone
        -- the topmost of a partitioned table's
        ORDER BY (SELECT count(*) FROM pg_catalog.pg_partition_ancestors(t.relation)), t.relation LIMIT 1);
BEGIN
    PERFORM aftersale.require_installed();
    IF found IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA102',
            MESSAGE = format('there is no attachment "%s" (RA102)', attachment_table.name),
            HINT = 'SELECT name, relation FROM aftersale.attachments(); lists those that there are.';
    END IF;
    RETURN found;
END
$function$;
COMMENT ON FUNCTION aftersale.attachment_table(text) IS
'The table that an attachment is on. Error RA102: no trigger carries the name. Example: SELECT aftersale.attachment_table(''refund_check_returns'');';

CREATE TYPE aftersale.attachment_statement AS (
    trigger name,
    relation oid,
    statement text
);
COMMENT ON TYPE aftersale.attachment_statement IS
'A trigger that an attachment needs: its name, its table, and the statement that makes it.';

-- Trigger names: rows are looked at when all other BEFORE triggers are through.
CREATE FUNCTION aftersale.attachment_statements(relation regclass, name text, definition jsonb) RETURNS SETOF aftersale.attachment_statement
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    columns jsonb := attachment_statements.definition -> 'columns';
    kind text := attachment_statements.definition ->> 'kind';
    keeper text := CASE WHEN kind = 'deadline' AND NOT columns ? 'due' THEN 'attached_due'
                        WHEN kind = 'refund_check' AND columns ? 'order' THEN 'attached_sum' END;
BEGIN
    RETURN QUERY
        SELECT n.trigger, p.relid::oid,
            format('CREATE TRIGGER %I %s ON %s %s FUNCTION aftersale.%I(%L, %L)', n.trigger, e.moment, p.relid::regclass,
                e.tables || CASE WHEN keeper IS NULL THEN 'FOR EACH ROW EXECUTE' ELSE 'FOR EACH STATEMENT EXECUTE' END,
                e.function, attachment_statements.name, attachment_statements.definition)
        FROM (VALUES
            ('', 'BEFORE INSERT OR UPDATE', '', 'attached_' || kind, false),
            ('_insert', 'AFTER INSERT', 'REFERENCING NEW TABLE AS new_rows ', keeper, true),
            ('_update', 'AFTER UPDATE', 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows ', keeper, true),
            ('_delete', 'AFTER DELETE', 'REFERENCING OLD TABLE AS old_rows ', keeper, true),
            ('_truncate', 'AFTER TRUNCATE', '', 'attached_truncated', true)) AS e(suffix, moment, tables, function, keeps)
        CROSS JOIN LATERAL (SELECT ('zz_aftersale_' || attachment_statements.name || e.suffix)::name) AS n(trigger)
        -- a statement may name a partition: its own triggers see it then
        JOIN (SELECT attachment_statements.relation AS relid, 0 AS level
              UNION
              SELECT t.relid, t.level FROM pg_catalog.pg_partition_tree(attachment_statements.relation) t
              JOIN pg_catalog.pg_class c ON c.oid = t.relid AND c.relkind IN ('r', 'p')) p ON e.keeps OR p.level = 0
        WHERE e.keeps = (keeper IS NOT NULL)
        ORDER BY p.level, p.relid, e.moment;
END
$function$;
COMMENT ON FUNCTION aftersale.attachment_statements(regclass, text, jsonb) IS
'The triggers of an attachment with their CREATE TRIGGER statements, for reading before running: attach_*() executes them. Example: SELECT statement FROM aftersale.attachment_statements(''returns'', ''x'', ''{"kind": "refund_check", "columns": {"ratio": "ratio"}}'');';

CREATE FUNCTION aftersale.attach(relation regclass, definition jsonb, options jsonb) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    kind text := attach.definition ->> 'kind';
    new_name text := coalesce(attach.options ->> 'name',
        left(kind || '_' || (SELECT c.relname FROM pg_catalog.pg_class c WHERE c.oid = attach.relation), 40));
    accepted text[] := CASE kind WHEN 'refund_check' THEN '{name,when,counts}' ELSE '{name,when}' END;
    unknown text;
    whole jsonb;
    statement text;
BEGIN
    PERFORM aftersale.require_installed();
    IF attach.relation IS NULL OR attach.options IS NULL OR jsonb_typeof(attach.options) <> 'object'
        OR attach.definition -> 'columns' IS NULL OR jsonb_typeof(attach.definition -> 'columns') <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'RA100', MESSAGE = 'a table, columns and options are needed, the latter two as JSON objects (RA100)';
    END IF;
    SELECT k INTO unknown FROM jsonb_object_keys(attach.options) k WHERE k <> ALL (accepted) ORDER BY k LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'RA100', MESSAGE = format('there is no option "%s" (RA100)', unknown),
            HINT = format('There are: %s.', array_to_string(accepted, ', '));
    END IF;
    whole := jsonb_strip_nulls(attach.definition || jsonb_build_object('when', attach.options -> 'when', 'counts', attach.options -> 'counts'));
    IF kind = 'deadline' AND NOT whole -> 'columns' ?| '{due,key}' THEN
        -- a row is called by its primary key
        whole := jsonb_set(whole, '{columns,key}', coalesce((
            SELECT to_jsonb(a.attname)
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = attach.relation AND i.indisprimary AND i.indnkeyatts = 1), 'null'));
        IF whole #>> '{columns,key}' IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'RA100',
                MESSAGE = format('attachment "%s" does not fit table "%s": neither "due" nor "key" is mapped, and there is no primary key of one column (RA100)', new_name, attach.relation);
        END IF;
    END IF;
    PERFORM aftersale.attachment_register(attach.relation, new_name, whole, false);
    PERFORM aftersale.attachment_check(attach.relation, new_name, whole);
    FOR statement IN SELECT s.statement FROM aftersale.attachment_statements(attach.relation, new_name, whole) s LOOP
        EXECUTE statement;
    END LOOP;
    PERFORM aftersale.attachment_begin(attach.relation, new_name);
    RETURN format('attachment "%s" is on table "%s"', new_name, attach.relation)
        || CASE WHEN whole -> 'columns' ? 'order' AND NOT (SELECT t.filled FROM aftersale.attachment t WHERE t.name = new_name)
                THEN format('; it holds at once; to have totals of what is there already, run: SELECT aftersale.fill_totals(%L);', new_name)
                ELSE '' END;
END
$function$;
COMMENT ON FUNCTION aftersale.attach(regclass, jsonb, jsonb) IS
'What attach_deadline(), attach_refund_check() and attach_return_warehouse() share: notes the attachment and makes its triggers. definition: {"kind", "columns", "term"}. Errors: RA100 to RA104.';

CREATE FUNCTION aftersale.attach_deadline(relation regclass, columns jsonb, term aftersale.sla_term, calendar text, options jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT aftersale.attach(relation, jsonb_build_object('kind', 'deadline', 'term', term::text, 'columns',
    CASE WHEN columns ? 'calendar' OR calendar IS NULL THEN columns ELSE columns || jsonb_build_object('calendar', jsonb_build_object('value', calendar)) END), options)
$function$;
COMMENT ON FUNCTION aftersale.attach_deadline(regclass, jsonb, aftersale.sla_term, text, jsonb) IS
'Stamps a deadline on rows of a table of the ERP''s, on INSERT, and on UPDATE where a mapped value changes. columns: start (when the term begins), due (written; without it aftersale.attachment_due keeps the deadline under key, by default the primary key), platform_due (overrides), calendar (in place of the argument), shop. Times are timestamptz, timestamp or date with {"zone"}, or numbers with {"unit": "epoch_s" or "epoch_ms"}. term: such as 1 business day; calendar: a name in aftersale.calendar. options: name; when (an SQL condition over the row: for which rows). Run by the owner of the table. Returns a sentence. Errors: RA100 does not fit, RA103 not the owner, RA104 the name is taken. Example: SELECT aftersale.attach_deadline(''tickets'', ''{"start": {"column": "created_ms", "unit": "epoch_ms"}}'', ''1 business day'', ''us'');';

CREATE FUNCTION aftersale.attach_refund_check(relation regclass, columns jsonb, options jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT aftersale.attach(relation, jsonb_build_object('kind', 'refund_check', 'columns', columns), options)
$function$;
COMMENT ON FUNCTION aftersale.attach_refund_check(regclass, jsonb, jsonb) IS
'Checks refunds in a table of the ERP''s, on INSERT, and on UPDATE where a mapped value changes: ratio from 5% to 100% (TEMU-28), amount at most paid, and with order the sum of all refunds of an order at most paid, whatever writes them (TEMU-07). columns: ratio ({"unit": "fraction" or "percent"}), amount and paid ({"unit": "major" or "minor"}), order, currency, shop; each a column, {"value"}, or {"sql": "expression over the row"}. options: name; when (for which rows); counts (which of them consume what was paid). Run by the owner of the table. Returns a sentence. Errors: RA100 does not fit, RA103 not the owner, RA104 the name is taken. Example: SELECT aftersale.attach_refund_check(''refunds'', ''{"amount": {"column": "refund_minor", "unit": "minor"}, "paid": {"sql": "public.paid(order_no)", "unit": "minor"}, "order": "order_no"}'');';

CREATE FUNCTION aftersale.attach_return_warehouse(relation regclass, columns jsonb, options jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT aftersale.attach(relation, jsonb_build_object('kind', 'return_warehouse', 'columns', columns), options)
$function$;
COMMENT ON FUNCTION aftersale.attach_return_warehouse(regclass, jsonb, jsonb) IS
'Fills in the return warehouse of rows of a table of the ERP''s (TEMU-42), on INSERT, and on UPDATE where shop, country, products or as_of change. columns: shop, country, products (text[]; NULL or empty: not known yet), warehouse (written: the external_ref, as the column''s type has it), basis (written), as_of (default: now). options: name; when (for which rows). Routing reads as the owner of the table. Run by him. Returns a sentence. Errors: RA100 does not fit, RA103 not the owner, RA104 the name is taken. Example: SELECT aftersale.attach_return_warehouse(''returns'', ''{"shop": {"value": 1}, "country": "country", "products": {"sql": "public.products_of(return_no)"}, "warehouse": "warehouse_id"}'');';

CREATE FUNCTION aftersale.detach(relation regclass, name text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    attached record;
    dropped record;
    names text;
    known bigint;
BEGIN
    PERFORM aftersale.require_installed();
    IF detach.relation IS NULL THEN
        -- the table is gone, and its triggers with it
        IF EXISTS (SELECT FROM aftersale.attachment_triggers() t WHERE t.attachment = detach.name) THEN
            RAISE EXCEPTION USING ERRCODE = 'RA102', MESSAGE = format('attachment "%s" still has a table (RA102)', detach.name),
                HINT = format('SELECT aftersale.detach(%L, %L);', aftersale.attachment_table(detach.name), detach.name);
        END IF;
        known := aftersale.attachment_forget(0, detach.name);
        names := CASE WHEN known > 0 THEN format('"%s"', detach.name) END;
    ELSE
        FOR attached IN
            SELECT DISTINCT t.attachment FROM aftersale.attachment_triggers() t
            WHERE t.relation = detach.relation AND NOT t.is_clone AND t.attachment = coalesce(detach.name, t.attachment)
            ORDER BY 1
        LOOP
            FOR dropped IN
                SELECT t.trigger, t.relation::regclass AS relation FROM aftersale.attachment_triggers() t
                WHERE t.attachment = attached.attachment AND NOT t.is_clone
                  AND (t.relation = detach.relation OR t.relation IN (SELECT p.relid FROM pg_catalog.pg_partition_tree(detach.relation) p))
                ORDER BY 2, 1
            LOOP
                EXECUTE format('DROP TRIGGER %I ON %s', dropped.trigger, dropped.relation);
            END LOOP;
            PERFORM aftersale.attachment_forget(detach.relation, attached.attachment);
            names := concat_ws(', ', names, format('"%s"', attached.attachment));
        END LOOP;
    END IF;
    IF names IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA102',
            MESSAGE = format('there is no attachment%s%s (RA102)', ' "' || detach.name || '"', ' on table "' || detach.relation::text || '"'),
            HINT = 'SELECT name, relation FROM aftersale.attachments(); lists those that there are.';
    END IF;
    RETURN format('detached: %s', names);
END
$function$;
COMMENT ON FUNCTION aftersale.detach(regclass, text) IS
'Takes an attachment off a table (name NULL: all of them), with its totals and deadlines; nothing is left of it. A table that is gone: relation NULL, and the name. Takes ACCESS EXCLUSIVE on the table for a moment. Run by the owner of the table. Returns a sentence. Errors: RA102 no such attachment, RA103 not the owner. Example: SELECT aftersale.detach(''refunds'');';

CREATE FUNCTION aftersale.pause(name text) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN CASE aftersale.attachment_pause(aftersale.attachment_table(pause.name), pause.name, true)
        WHEN 1 THEN format('attachment "%s" is paused: every row passes', pause.name)
        ELSE format('attachment "%s" was paused already', pause.name) END;
END
$function$;
COMMENT ON FUNCTION aftersale.pause(text) IS
'Lets every row pass an attachment, from each session''s next statement on, without DDL: it neither checks, stamps nor counts. Run by the owner of the table, or of the tables of aftersale. Returns a sentence. Errors: RA102 no such attachment, RA103 not the owner. Example: SELECT aftersale.pause(''refund_check_refunds'');';

CREATE FUNCTION aftersale.resume(name text) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    relation regclass := aftersale.attachment_table(resume.name);
BEGIN
    -- whoever wrote while it was paused has to be through: his rows are in no total
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', relation);
    RETURN CASE aftersale.attachment_pause(relation, resume.name, false)
        WHEN 1 THEN format('attachment "%s" is at work again', resume.name)
        ELSE format('attachment "%s" was not paused', resume.name) END;
END
$function$;
COMMENT ON FUNCTION aftersale.resume(text) IS
'Ends pause(). Totals are added up anew, each when its order is next written to, or all by fill_totals(); deadlines that were missed come with the next change of their row. Waits for the table''s writers (SHARE ROW EXCLUSIVE). Returns a sentence. Errors: RA102, RA103. Example: SELECT aftersale.resume(''refund_check_refunds'');';

CREATE FUNCTION aftersale.repair(name text) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    whole regclass := aftersale.attachment_table(repair.name);
    known jsonb;
    same boolean;
    missing text;
    made int := 0;
BEGIN
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', whole);
    known := (SELECT a.definition FROM aftersale.attachment a WHERE a.name = repair.name);
    IF known IS NULL THEN
        -- the row is lost: what all its triggers say
        SELECT min(t.definition::text)::jsonb, min(t.definition::text) = max(t.definition::text) INTO known, same
        FROM aftersale.attachment_triggers() t WHERE t.attachment = repair.name;
        IF NOT same THEN
            RAISE EXCEPTION USING ERRCODE = 'RA102', MESSAGE = format('the triggers of attachment "%s" differ (RA102)', repair.name),
                HINT = format('SELECT aftersale.detach(%L, %L); and attach it anew.', whole, repair.name);
        END IF;
    END IF;
    PERFORM aftersale.attachment_check(whole, repair.name, known);
    PERFORM aftersale.attachment_register(whole, repair.name, known, true);
    FOR missing IN
        SELECT s.statement FROM aftersale.attachment_statements(whole, repair.name, known) s
        WHERE NOT EXISTS (SELECT FROM aftersale.attachment_triggers() t WHERE t.relation = s.relation AND t.trigger = s.trigger)
    LOOP
        EXECUTE missing;
        made := made + 1;
    END LOOP;
    RETURN format('attachment "%s" is repaired: %s triggers made', repair.name, made);
END
$function$;
COMMENT ON FUNCTION aftersale.repair(text) IS
'Puts an attachment in order: notes its table and owner of now, makes triggers that are missing (on partitions added since), and has its totals added up anew. Waits for the table''s writers. Run by the owner of the table. Returns a sentence. Errors: RA100, RA102, RA103. Example: SELECT aftersale.repair(''refund_check_refunds'');';

CREATE FUNCTION aftersale.fill_totals(name text, max_orders int DEFAULT 10000, after text DEFAULT NULL) RETURNS text
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT aftersale.attachment_fill(aftersale.attachment_table(name), name, max_orders, after)
$function$;
COMMENT ON FUNCTION aftersale.fill_totals(text, int, text) IS
'Adds up the totals of the next max_orders orders, in the order of their keys, after the order "after" (NULL: from the first); returns the last of them, for the next call, and NULL when all are known. The guard holds without it: an order''s total is added up when it is first written to; this makes that quick, and an index on the order makes both so. Errors: RA102, RA103. Example: SELECT aftersale.fill_totals(''refund_check_refunds'');';

CREATE TYPE aftersale.attachment_report AS (
    name text,
    kind text,
    relation text,
    paused boolean,
    intact boolean,
    problem text,
    remedy text
);
COMMENT ON TYPE aftersale.attachment_report IS
'An attachment: its name and kind; its table; whether it is paused; whether it does all that it should; if not, what is wrong and what to do.';

CREATE FUNCTION aftersale.attachment_problem(attachment text, relation regclass, definition jsonb, OUT problem text, OUT remedy text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    state record;
    seen record;
BEGIN
    SELECT s.* INTO state FROM aftersale.attachment s WHERE s.name = attachment_problem.attachment;
    IF NOT FOUND THEN
        problem := 'it is not noted in aftersale.attachment';
        remedy := format('SELECT aftersale.repair(%L);', attachment);
        RETURN;
    END IF;
    BEGIN
        PERFORM aftersale.attachment_check(relation, attachment, definition);
    EXCEPTION WHEN SQLSTATE 'RA100' THEN
        problem := regexp_replace(SQLERRM, '^attachment .* does not fit table .*?: (.*) \(RA100\)$', '\1');
        remedy := format('SELECT aftersale.detach(%L, %L); then attach it anew, with the names and types of now: columns %L, options %L',
            relation, attachment, definition -> 'columns', jsonb_strip_nulls(jsonb_build_object('name', attachment, 'when', definition -> 'when', 'counts', definition -> 'counts')));
        RETURN;
    END;
    SELECT t.trigger, t.relation::regclass AS relation INTO seen FROM aftersale.attachment_triggers() t
    WHERE t.attachment = attachment_problem.attachment AND t.definition <> state.definition ORDER BY 2, 1 LIMIT 1;
    IF FOUND THEN
        problem := format('trigger "%s" of table "%s" carries another definition', seen.trigger, seen.relation);
        remedy := format('DROP TRIGGER %I ON %s; then SELECT aftersale.repair(%L);', seen.trigger, seen.relation, attachment);
        RETURN;
    END IF;
    SELECT t.trigger, t.relation::regclass AS relation INTO seen FROM aftersale.attachment_triggers() t
    WHERE t.attachment = attachment_problem.attachment AND NOT t.enabled ORDER BY 2, 1 LIMIT 1;
    IF FOUND THEN
        problem := format('trigger "%s" of table "%s" is disabled', seen.trigger, seen.relation);
        remedy := format('ALTER TABLE %s ENABLE TRIGGER %I;', seen.relation, seen.trigger);
        RETURN;
    END IF;
    SELECT s.trigger, s.relation::regclass AS relation INTO seen FROM aftersale.attachment_statements(relation, attachment, definition) s
    WHERE NOT EXISTS (SELECT FROM aftersale.attachment_triggers() t WHERE t.relation = s.relation AND t.trigger = s.trigger) LIMIT 1;
    IF FOUND THEN
        problem := format('table "%s" lacks trigger "%s"', seen.relation, seen.trigger);
        remedy := format('SELECT aftersale.repair(%L);', attachment);
        RETURN;
    END IF;
    SELECT o.tgname, o.tgrelid::regclass AS relation INTO seen
    FROM aftersale.attachment_triggers() t
    JOIN pg_catalog.pg_trigger o ON o.tgrelid = t.relation AND NOT o.tgisinternal AND o.tgenabled <> 'D' AND o.tgname > t.trigger
        AND o.tgtype & 3 = 3 AND o.tgtype & 20 <> 0       -- BEFORE ROW of INSERT or UPDATE
        AND o.tgfoid NOT IN (SELECT p.oid FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'aftersale'::regnamespace)
    WHERE t.attachment = attachment_problem.attachment AND t.function IN ('attached_deadline', 'attached_refund_check', 'attached_return_warehouse')
    ORDER BY 2, 1 LIMIT 1;
    IF FOUND THEN
        problem := format('trigger "%s" comes after it and can change what it looked at', seen.tgname);
        remedy := format('ALTER TRIGGER %I ON %s RENAME TO ...; to a name before "zz_aftersale"%s', seen.tgname, seen.relation,
            CASE definition ->> 'kind' WHEN 'refund_check' THEN '; or map "order", then the check runs after the statement' ELSE '' END);
        RETURN;
    END IF;
    IF state.owner <> (SELECT pg_catalog.pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c WHERE c.oid = relation)
        AND NOT pg_catalog.pg_has_role((SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = relation),
            (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = 'aftersale.attachment'::regclass), 'USAGE') THEN
        problem := 'the table has another owner';
        remedy := format('SELECT aftersale.repair(%L);', attachment);
    END IF;
END
$function$;
COMMENT ON FUNCTION aftersale.attachment_problem(text, regclass, jsonb) IS
'What is wrong with an attachment, and what to do; NULL: nothing. For attachments().';

CREATE FUNCTION aftersale.attachments() RETURNS SETOF aftersale.attachment_report
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM aftersale.require_installed();
    RETURN QUERY
        SELECT a.attachment, coalesce(s.kind, a.definition ->> 'kind'), a.relation::regclass::text, coalesce(s.paused, false), p.problem IS NULL, p.problem, p.remedy
        FROM (SELECT DISTINCT ON (t.attachment COLLATE "C") t.* FROM aftersale.attachment_triggers() t WHERE NOT t.is_clone
              ORDER BY t.attachment COLLATE "C", (SELECT count(*) FROM pg_catalog.pg_partition_ancestors(t.relation)), t.relation) a
        LEFT JOIN aftersale.attachment s ON s.name = a.attachment
        CROSS JOIN LATERAL aftersale.attachment_problem(a.attachment, a.relation, coalesce(s.definition, a.definition)) p;
    RETURN QUERY
        SELECT o.name, o.kind, format('%I.%I', o.table_schema, o.table_name), o.paused, false, 'its triggers are gone'::text,
            format('SELECT aftersale.detach(NULL, %L);', o.name)
        FROM aftersale.attachment o
        WHERE NOT EXISTS (SELECT FROM aftersale.attachment_triggers() t WHERE t.attachment = o.name)
        ORDER BY o.name COLLATE "C";
END
$function$;
COMMENT ON FUNCTION aftersale.attachments() IS
'All attachments: what is attached where, whether it is paused, whether it is intact, and what to do if it is not. Error RA001: not installed. Example: SELECT * FROM aftersale.attachments();';

-- pg_cron is detected, never required.

CREATE TYPE aftersale.schedule AS (
    scheduled boolean,
    statement text
);
COMMENT ON TYPE aftersale.schedule IS
'Whether the sweep is scheduled in this database, and the statement that schedules it: done, or to be run by an administrator in the database that has pg_cron.';

CREATE FUNCTION aftersale.sweeper_statements() RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT 'CREATE ROLE aftersale_sweeper LOGIN; SELECT aftersale.grant_access(''aftersale_sweeper'', ''sweeper''); '
    || CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_cron')
            THEN 'GRANT USAGE ON SCHEMA cron TO aftersale_sweeper; ' ELSE '' END
    || 'SET ROLE aftersale_sweeper; SELECT * FROM aftersale.start();'
$function$;
COMMENT ON FUNCTION aftersale.sweeper_statements() IS
'The statements by which an administrator has the sweep run by a role that may do nothing else, as the hints of start() give them. Example: SELECT aftersale.sweeper_statements();';

CREATE FUNCTION aftersale.start(schedule text DEFAULT '* * * * *') RETURNS aftersale.schedule
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    job text := 'aftersale:' || current_database();
    command constant text := 'CALL aftersale.sweep()';
    result aftersale.schedule;
BEGIN
    PERFORM aftersale.require_installed();
    IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA031',
            MESSAGE = format('superuser "%s" must not schedule the sweep (RA031)', current_user),
            DETAIL = 'The sweep runs the triggers of the ERP''s tables with the rights of whoever scheduled it.',
            HINT = 'Run it as a role that does nothing else: ' || aftersale.sweeper_statements();
    END IF;
    IF aftersale.is_tables_owner() THEN
        RAISE NOTICE 'the sweep is scheduled with all rights of "%"', current_user
            USING HINT = 'It needs fewer. An administrator makes a role for it: ' || aftersale.sweeper_statements();
    ELSIF NOT EXISTS (SELECT FROM aftersale.access a WHERE a.login = current_user AND a.capability = 'sweeper') THEN
        RAISE EXCEPTION USING ERRCODE = 'RA031',
            MESSAGE = format('role "%s" may not sweep (RA031)', current_user),
            HINT = format('The owner of the tables runs: SELECT aftersale.grant_access(%L, ''sweeper'');', current_user);
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_cron') THEN
        IF NOT pg_catalog.has_schema_privilege('cron', 'USAGE') THEN
            RAISE EXCEPTION USING ERRCODE = 'RA031',
                MESSAGE = format('role "%s" may not use pg_cron (RA031)', current_user),
                HINT = format('An administrator runs: GRANT USAGE ON SCHEMA cron TO %I;', current_user);
        END IF;
        result.statement := format('SELECT cron.schedule(%L, %L, %L)', job, start.schedule, command);
        EXECUTE result.statement;
        result.scheduled := true;
    ELSE
        result.scheduled := false;
        result.statement := format('SELECT cron.schedule_in_database(%L, %L, %L, %L, %L)',
            job, start.schedule, command, current_database(), current_user);
        RAISE NOTICE 'pg_cron is not in this database: nothing is scheduled yet'
            USING HINT = 'An administrator runs the returned statement in the database that has pg_cron (SHOW cron.database_name). Without pg_cron, any scheduler may run CALL aftersale.sweep() every minute.';
    END IF;
    RETURN result;
END
$function$;
COMMENT ON FUNCTION aftersale.start(text) IS
'Schedules CALL aftersale.sweep() with pg_cron, as the caller, under the job name aftersale:<database>. schedule: a cron expression, every minute by default. Where pg_cron is not in this database, returns scheduled = false and the statement that an administrator runs in the database that has it. Says in a notice how to have it run with fewer rights than the owner''s. Error RA031: a superuser, a role that may not sweep, or one that may not use pg_cron. Example: SELECT * FROM aftersale.start();';

CREATE FUNCTION aftersale.stop() RETURNS aftersale.schedule
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    job text := 'aftersale:' || current_database();
    result aftersale.schedule;
    was_scheduled boolean;
BEGIN
    result.scheduled := false;
    result.statement := format('SELECT cron.unschedule(%L)', job);
    IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_cron')
        AND pg_catalog.has_schema_privilege('cron', 'USAGE') THEN
        EXECUTE 'SELECT EXISTS (SELECT FROM cron.job WHERE jobname = $1 AND username = current_user)'
            INTO was_scheduled USING job;
        IF was_scheduled THEN
            EXECUTE result.statement;
        END IF;
    ELSE
        RAISE NOTICE 'pg_cron is not in this database: an administrator runs the returned statement where it is';
    END IF;
    RETURN result;
END
$function$;
COMMENT ON FUNCTION aftersale.stop() IS
'Takes the job of start() away again; nothing is lost: what becomes due waits for the next sweep. Where pg_cron is not in this database, returns the statement that an administrator runs. Example: SELECT * FROM aftersale.stop();';

CREATE TYPE aftersale.health_check AS (
    name text,
    ok boolean,
    detail text,
    remedy text
);
COMMENT ON TYPE aftersale.health_check IS
'One thing that health() looked at: its name, whether it is well, what was seen, and what to do where it is not.';

-- Each of these looks at some things for health(), as the caller.

CREATE FUNCTION aftersale.health_of_tables() RETURNS SETOF aftersale.health_check
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    version int := (SELECT i.schema_version FROM aftersale.installation i);
    ours int := aftersale.tables_version();
    -- what sql/tables/triggers.sql creates; test/sql/health.sql finds what is missing here
    expected constant text[] := ARRAY[
        'request.aftersale_decide', 'request.aftersale_record_insert', 'request.aftersale_record_update', 'request.aftersale_keep',
        'request.aftersale_keep_truncate', 'personal.personal_changed', 'shop.aftersale_keep', 'flow.aftersale_keep', 'flow_timer.aftersale_keep', 'calendar.zz_calendar_grew', 'platform_message.message_check',
        'warehouse_version.warehouse_version_check', 'default_warehouse.default_warehouse_check',
        'warehouse_product.warehouse_product_inserted', 'warehouse_product.warehouse_product_updated',
        'rule.rule_check', 'rule.rule_overlaps_insert', 'rule.rule_overlaps_update']
        || (SELECT array_agg(t || '.config_changed') FROM unnest(ARRAY['installation', 'calendar', 'flow', 'flow_state', 'flow_transition', 'flow_timer',
            'flow_override', 'return_fee', 'shop', 'shop_country', 'role_permission', 'shop_role_permission', 'member', 'login', 'rule', 'access', 'site', 'attachment']) t)
        || (SELECT array_agg(t || g) FROM unnest(ARRAY['warehouse', 'warehouse_version', 'default_warehouse']) t, unnest(ARRAY['.routing_lock', '.routing_truncate']) g);
    missing text;
    disabled text;
    remedy text;
BEGIN
    RETURN NEXT ROW('tables', version IS NOT DISTINCT FROM ours, format('version %s, the library writes %s', coalesce(version::text, 'unknown'), ours),
        CASE WHEN version < ours THEN 'SELECT aftersale.migrate();'
             WHEN version > ours THEN 'Install the newer package of aftersale on this server, then: ALTER EXTENSION aftersale UPDATE;'
             WHEN version IS NULL THEN 'The row of aftersale.installation is missing: restore it from a dump' END)::aftersale.health_check;

    SELECT string_agg(e, ', ' ORDER BY e) FILTER (WHERE t.oid IS NULL),
        string_agg(e, ', ' ORDER BY e) FILTER (WHERE t.tgenabled NOT IN ('O', 'A')),
        string_agg(format('ALTER TABLE aftersale.%I ENABLE TRIGGER %I;', split_part(e, '.', 1), t.tgname), ' ' ORDER BY e)
            FILTER (WHERE t.tgenabled NOT IN ('O', 'A'))
    INTO missing, disabled, remedy
    FROM unnest(expected) e
    LEFT JOIN pg_catalog.pg_trigger t
        ON t.tgrelid = pg_catalog.to_regclass('aftersale.' || split_part(e, '.', 1)) AND t.tgname = split_part(e, '.', 2);
    RETURN NEXT ROW('triggers', missing IS NULL AND disabled IS NULL,
        coalesce(nullif(concat_ws('; ', 'missing: ' || missing, 'disabled: ' || disabled), ''), 'all enabled'),
        nullif(concat_ws(' ', remedy, CASE WHEN missing IS NOT NULL
            THEN 'Run as the owner the CREATE TRIGGER statements of what is missing, from SELECT aftersale.table_definitions();' END), ''))::aftersale.health_check;
END
$function$;
COMMENT ON FUNCTION aftersale.health_of_tables() IS
'The checks tables and triggers of health(). Example: SELECT * FROM aftersale.health_of_tables();';

CREATE FUNCTION aftersale.health_of_job() RETURNS SETOF aftersale.health_check
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    job_name text := 'aftersale:' || current_database();
    has_cron boolean := EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_cron');
    -- what it is called is shown to everybody, what kind it is only to some
    launcher name := (SELECT coalesce(a.datname, '?') FROM pg_catalog.pg_stat_activity a
                      WHERE a.application_name = 'pg_cron scheduler' OR a.backend_type = 'pg_cron launcher' LIMIT 1);
    swept boolean := coalesce((SELECT h.finished_at > pg_catalog.clock_timestamp() - interval '5 minutes' FROM aftersale.heartbeat h), false);
    owner oid := (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = 'aftersale.installation'::regclass);
    job record;
    fault text;
    remedy text;
BEGIN
    IF NOT has_cron THEN
        fault := CASE WHEN launcher IS NULL THEN 'this server has no pg_cron running' ELSE format('pg_cron is in database "%s"', launcher) END;
        remedy := CASE WHEN launcher IS NULL
            THEN 'Have a scheduler of yours run CALL aftersale.sweep() every minute, or install pg_cron: shared_preload_libraries, CREATE EXTENSION pg_cron'
            ELSE 'SELECT * FROM aftersale.start(); and have an administrator run what it returns there' END;
        RETURN NEXT ROW('job', swept, fault || CASE WHEN swept THEN '; the heartbeat shows that the sweep is run' ELSE '' END,
            CASE WHEN NOT swept THEN remedy END)::aftersale.health_check;
        RETURN;
    END IF;
    IF NOT pg_catalog.has_schema_privilege('cron', 'USAGE') THEN
        RETURN NEXT ROW('job', swept, 'this role may not look into pg_cron' || CASE WHEN swept THEN '; the heartbeat shows that the sweep is run' ELSE '' END,
            CASE WHEN NOT swept THEN format('An administrator runs: GRANT USAGE ON SCHEMA cron TO %I; and looks at cron.job', current_user) END)::aftersale.health_check;
    ELSE
        EXECUTE 'SELECT j.jobid, j.username, j.active, r.oid AS role, r.rolsuper FROM cron.job j LEFT JOIN pg_catalog.pg_roles r ON r.rolname = j.username
            WHERE j.jobname = $1 AND j.database = current_database() ORDER BY j.active DESC, r.rolsuper LIMIT 1' INTO job USING job_name;
        IF job.jobid IS NULL THEN
            fault := CASE WHEN NOT swept THEN format('no job "%s" that this role may see', job_name) END;
            remedy := 'SELECT * FROM aftersale.start();';
        ELSIF NOT job.active THEN
            fault := format('job "%s" is inactive', job_name);
            remedy := CASE WHEN job.username = current_user THEN 'SELECT aftersale.stop(); SELECT aftersale.start();'
                ELSE format('SELECT cron.alter_job(%s, active => true);', job.jobid) END;
        ELSIF job.role IS NULL OR job.rolsuper OR NOT (pg_catalog.pg_has_role(job.role, owner, 'USAGE')
                OR EXISTS (SELECT FROM aftersale.access a WHERE a.login = job.username AND a.capability = 'sweeper')) THEN
            fault := format('job "%s" runs as "%s", which %s', job_name, job.username,
                CASE WHEN job.role IS NULL THEN 'does not exist' WHEN job.rolsuper THEN 'is a superuser' ELSE 'may not sweep' END);
            remedy := format('SELECT cron.unschedule(%s); then: %s', job.jobid, aftersale.sweeper_statements());
        END IF;
        RETURN NEXT ROW('job', fault IS NULL, coalesce(fault, CASE WHEN job.jobid IS NULL THEN 'no job that this role may see; the heartbeat shows that the sweep is run'
            ELSE format('job "%s" is active, as "%s"', job_name, job.username) END), CASE WHEN fault IS NOT NULL THEN remedy END)::aftersale.health_check;
    END IF;
    RETURN NEXT ROW('launcher', launcher IS NOT NULL, CASE WHEN launcher IS NULL THEN 'pg_cron''s launcher is not running' ELSE 'pg_cron''s launcher is running' END,
        CASE WHEN launcher IS NULL THEN 'Look into the server''s log; shared_preload_libraries must name pg_cron, cron.database_name this database; then restart the server' END)::aftersale.health_check;
END
$function$;
COMMENT ON FUNCTION aftersale.health_of_job() IS
'The checks job and launcher of health(): how the sweep is scheduled. Example: SELECT * FROM aftersale.health_of_job();';

CREATE FUNCTION aftersale.health_of_sweep() RETURNS SETOF aftersale.health_check
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    beat record;
    fresh boolean;
    back interval;
    parked bigint;
    waiting bigint;
BEGIN
    SELECT h.* INTO beat FROM aftersale.heartbeat h;
    fresh := coalesce(beat.finished_at > pg_catalog.clock_timestamp() - interval '5 minutes', false);
    RETURN NEXT ROW('heartbeat', fresh,
        CASE WHEN NOT FOUND THEN 'the row of aftersale.heartbeat is missing' WHEN beat.finished_at IS NULL THEN 'no sweep has run'
             ELSE format('the last sweep finished %s', beat.finished_at) END,
        CASE WHEN NOT FOUND THEN 'INSERT INTO aftersale.heartbeat DEFAULT VALUES;'
             WHEN NOT fresh THEN 'CALL aftersale.sweep(); then look at the job, and at what the scheduler says of its runs' END)::aftersale.health_check;

    back := beat.cutoff - aftersale.clock();
    RETURN NEXT ROW('clock', beat.clock_jump IS NULL AND coalesce(back < interval '1 minute', true),
        CASE WHEN beat.clock_jump IS NOT NULL THEN format('the clock jumped ahead by %s: the sweep fires nothing', justify_hours(date_trunc('second', beat.clock_jump)))
             WHEN back >= interval '1 minute' THEN format('the clock stands %s before the last sweep', date_trunc('second', back))
             ELSE 'the clock has not jumped' END,
        CASE WHEN beat.clock_jump IS NOT NULL THEN 'Where the clock is right: CALL aftersale.sweep(confirm_clock_jump => true); where it is wrong, set it'
             WHEN back >= interval '1 minute' THEN 'Look at the server''s clock; nothing fires twice, deadlines wait until it has caught up' END)::aftersale.health_check;

    SELECT count(*), count(r.act_at) INTO parked, waiting FROM aftersale.request r WHERE r.fault IS NOT NULL;
    RETURN NEXT ROW('parked', parked = 0, format('%s requests are left to a person', parked - waiting)
            || CASE WHEN waiting > 0 THEN format(', %s failed and are tried again', waiting) ELSE '' END,
        CASE WHEN parked > 0 THEN 'SELECT shop_id, request_id, attempts, fault FROM aftersale.request WHERE fault IS NOT NULL; mend the cause, then aftersale.unpark(shop_id, request_id)' END)::aftersale.health_check;
END
$function$;
COMMENT ON FUNCTION aftersale.health_of_sweep() IS
'The checks heartbeat, clock and parked of health(). Example: SELECT * FROM aftersale.health_of_sweep();';

CREATE FUNCTION aftersale.health_of_books() RETURNS SETOF aftersale.health_check
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    moved bigint;
    wrong bigint;
    example text;
BEGIN
    -- what was computed by another state of the calendar or of the server's zone data
    SELECT count(*) INTO moved
    FROM (SELECT e.due_at, r.entered_at, r.opened_at, r.ordered_at, s.term, s.starts, c.calendar
          FROM aftersale.request r
          CROSS JOIN LATERAL (SELECT x.* FROM aftersale.event x
              WHERE x.shop_id = r.shop_id AND x.request_id = r.request_id AND x.facts ? 'calendar'
              ORDER BY x.event_seq DESC LIMIT 1) e
          JOIN aftersale.flow_state s ON s.flow = r.flow AND s.version = r.flow_version AND s.state = e.to_state
          JOIN aftersale.calendar c ON c.name = e.facts ->> 'calendar'
          WHERE r.act_at IS NOT NULL AND r.platform_due_at IS NULL AND NOT r.provisional
            AND NOT e.facts ? 'overrides' AND s.term IS NOT NULL AND e.to_state = r.state
            -- a deadline that was paused or extended since is another, as is one that was with the state, such as resumed
            AND e.at = r.entered_at AND e.due_at = r.due_at
            AND NOT EXISTS (SELECT FROM aftersale.flow_transition t WHERE t.flow = r.flow AND t.version = r.flow_version
                AND t.from_state = e.from_state AND t.action = e.action AND t.to_state = e.to_state AND t.clock <> 'restart')
          ORDER BY r.act_at
          LIMIT 1000) d
    WHERE aftersale.deadline(CASE d.starts WHEN 'opened' THEN d.opened_at WHEN 'ordered' THEN d.ordered_at ELSE d.entered_at END,
        d.term, d.calendar) <> d.due_at;
    RETURN NEXT ROW('deadlines', moved = 0,
        format('of the next 1000 deadlines %s would be computed otherwise by the calendars and zone data of today', moved),
        CASE WHEN moved > 0 THEN 'Holidays or the server''s zone data changed since: set request.platform_due_at where the platform counts anew' END)::aftersale.health_check;

    SELECT count(*), min(format('order "%s" of shop %s: %s %s booked, %s decided', d.order_ref, d.shop_id, d.booked, d.currency, d.decided))
    INTO wrong, example
    FROM (SELECT b.shop_id, b.order_ref, b.currency, b.refunded + b.platform_extra AS booked, coalesce(r.decided, 0) AS decided
          FROM aftersale.order_balance b
          LEFT JOIN (SELECT f.shop_id, f.order_ref, f.currency, sum(f.amount) AS decided
                     FROM aftersale.refund f WHERE f.order_ref IS NOT NULL AND f.status <> 'void' GROUP BY f.shop_id, f.order_ref, f.currency) r
              ON r.shop_id = b.shop_id AND r.order_ref = b.order_ref AND r.currency = b.currency) d
    WHERE d.booked <> d.decided;
    RETURN NEXT ROW('balances', wrong = 0, format('%s balances do not match the refunds of their order', wrong) || coalesce('; ' || example, ''),
        CASE WHEN wrong > 0 THEN 'Stop claim_refunds(), find out who wrote aftersale.order_balance or aftersale.refund past the engine, and correct the rows as the owner' END)::aftersale.health_check;
END
$function$;
COMMENT ON FUNCTION aftersale.health_of_books() IS
'The checks deadlines and balances of health(). Reads every balance and refund: about a second for a million of them. Example: SELECT * FROM aftersale.health_of_books();';

CREATE FUNCTION aftersale.health_of_messages() RETURNS SETOF aftersale.health_check
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    faults bigint;
    example text;
    waiting bigint;
BEGIN
    SELECT count(*), min(format('shop %s, "%s": %s', m.shop_id, m.external_ref, m.message)) INTO faults, example
    FROM aftersale.platform_message m WHERE m.status IN ('unknown_code', 'failed');
    SELECT count(*) INTO waiting FROM aftersale.platform_message m
    WHERE m.status = 'new' AND m.received_at < aftersale.clock() - interval '5 minutes';
    RETURN NEXT ROW('messages', faults = 0 AND waiting = 0,
        format('%s messages of platforms were not understood or were refused', faults) || coalesce('; ' || example, '')
            || CASE WHEN waiting > 0 THEN format('; %s wait since more than 5 minutes', waiting) ELSE '' END,
        nullif(concat_ws('; ', CASE WHEN faults > 0 THEN 'SELECT * FROM aftersale.message_fault; add the codes to aftersale.status_code or mend what it says, then SELECT aftersale.replay_messages();' END,
            CASE WHEN waiting > 0 THEN 'SELECT aftersale.apply_messages();' END), ''))::aftersale.health_check;
END
$function$;
COMMENT ON FUNCTION aftersale.health_of_messages() IS
'The check messages of health(): codes of platforms that are not known, messages that were refused or that nobody applies. Example: SELECT * FROM aftersale.health_of_messages();';

CREATE FUNCTION aftersale.health_of_attachments() RETURNS SETOF aftersale.health_check
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT 'attachments', count(*) FILTER (WHERE NOT a.intact) = 0,
    format('%s attachments, %s not intact, %s paused', count(*), count(*) FILTER (WHERE NOT a.intact), count(*) FILTER (WHERE a.paused))
        || coalesce('; ' || min(format('"%s" on %s: %s', a.name, a.relation, a.problem)) FILTER (WHERE NOT a.intact), ''),
    CASE WHEN count(*) FILTER (WHERE NOT a.intact) > 0 THEN 'SELECT name, relation, problem, remedy FROM aftersale.attachments() WHERE NOT intact;' END
FROM aftersale.attachments() a
$function$;
COMMENT ON FUNCTION aftersale.health_of_attachments() IS
'The check attachments of health(): whether all that is attached to the ERP''s tables is intact. Example: SELECT * FROM aftersale.health_of_attachments();';

CREATE FUNCTION aftersale.health() RETURNS SETOF aftersale.health_check
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    version int;
BEGIN
    IF pg_catalog.to_regclass('aftersale.installation') IS NULL THEN
        PERFORM aftersale.require_installed();
    END IF;
    RETURN QUERY SELECT * FROM aftersale.health_of_tables();
    SELECT i.schema_version INTO version FROM aftersale.installation i;
    IF version IS NULL OR version < greatest(1, aftersale.tables_version() - 1) OR version > aftersale.tables_version() THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT * FROM aftersale.health_of_job();
    RETURN QUERY SELECT * FROM aftersale.health_of_sweep();
    RETURN QUERY SELECT * FROM aftersale.health_of_books();
    RETURN QUERY SELECT * FROM aftersale.health_of_messages();
    RETURN QUERY SELECT * FROM aftersale.health_of_attachments();
END
$function$;
COMMENT ON FUNCTION aftersale.health() IS
'Looks at the tables'' version, the triggers, the scheduled job and its launcher, the last sweep, the clock, parked requests, deadlines, balances, messages of platforms, and attachments; one row each, with the remedy where something is wrong. Where the tables are of a version that the library does not work with, that is all it says. To be called by the owner of the tables. Error RA001: not installed. Example: SELECT * FROM aftersale.health() WHERE NOT ok;';
-- Access: permissions of members, rights of database roles, personal data.

CREATE FUNCTION aftersale.has_permission(shop_id bigint, permission text, actor text DEFAULT NULL) RETURNS boolean
LANGUAGE C STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'aftersale_has_permission';
COMMENT ON FUNCTION aftersale.has_permission(bigint, text, text) IS
'Whether an actor of a shop has a permission by his role there (KS-02, DOUYIN-03). actor: NULL is the session itself; the ERP itself (the owner of the tables, a login with may_speak) has every permission as long as it names nobody. A role that has nothing to do with the shop: false. NULL where shop_id or permission is NULL. Example: SELECT aftersale.has_permission(1, ''agree_refund'', ''alice'');';

CREATE FUNCTION aftersale.grant_permission(shop_id bigint, role text, permission text, granted boolean DEFAULT true,
    actor text DEFAULT NULL) RETURNS text
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'aftersale_grant_permission';
COMMENT ON FUNCTION aftersale.grant_permission(bigint, text, text, boolean, text) IS
'Gives a permission to a role of one shop, or takes it away (granted => false), over what the platform''s roles have (DOUYIN-03, KS-03). Whoever has permission grant_permission, as the main account has, may grant what he has himself. actor: who grants; NULL: the session itself. Writes aftersale.shop_role_permission as the owner of the tables, with who and when. Returns a sentence. Errors: RA070 the actor has not grant_permission, or not what he grants; RA071, RA072 the session may not act for the shop or the actor; RA010 no such shop; RA032 NULL. Example: SELECT aftersale.grant_permission(1, ''operator'', ''agree_refund'');';

-- ---- rights of database roles ----

CREATE FUNCTION aftersale.access_statements(role name, capability text) RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    reads boolean := access_statements.capability IN ('service', 'employee', 'reporter');
    tables_owner oid := (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass('aftersale.installation'));
    relation record;
BEGIN
    PERFORM aftersale.require_installed();
    RETURN NEXT format('GRANT USAGE ON SCHEMA aftersale TO %I', access_statements.role);
    FOR relation IN
        SELECT c.relname, c.relkind FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'aftersale'::regnamespace AND c.relowner = tables_owner AND c.relkind IN ('r', 'p', 'v', 'S')
        ORDER BY c.relkind = 'S', c.relname COLLATE "C"
    LOOP
        IF relation.relkind = 'S' THEN
            IF access_statements.capability = 'service' THEN
                RETURN NEXT format('GRANT USAGE ON SEQUENCE aftersale.%I TO %I', relation.relname, access_statements.role);
            END IF;
        ELSIF (CASE
            WHEN relation.relname IN ('personal', 'heartbeat') THEN false
            WHEN relation.relname IN ('installation', 'login', 'access') THEN true
            WHEN access_statements.capability = 'outbox' THEN relation.relname IN ('shop', 'refund')
            ELSE reads END)
        THEN
            RETURN NEXT format('GRANT SELECT ON aftersale.%I TO %I', relation.relname, access_statements.role);
        END IF;
    END LOOP;
    FOR relation IN
        SELECT r.privileges, r.name
        FROM (VALUES
            ('service', 1, 'INSERT, UPDATE', 'request'),
            ('service', 2, 'INSERT (shop_id, order_ref, currency, paid), UPDATE (paid)', 'order_balance'),
            ('service', 3, 'SELECT (shop_id, request_id, visible_until, erased_at), INSERT (shop_id, request_id, buyer_name, phone, address, visible_until), UPDATE (buyer_name, phone, address, visible_until)', 'personal'),
            ('service', 4, 'INSERT, UPDATE, DELETE', 'warehouse'),
            ('service', 5, 'INSERT, UPDATE, DELETE', 'warehouse_version'),
            ('service', 6, 'INSERT, UPDATE, DELETE', 'default_warehouse'),
            ('service', 7, 'INSERT, UPDATE, DELETE', 'warehouse_product'),
            ('service', 8, 'INSERT, UPDATE, DELETE', 'rule'),
            ('service', 10, 'INSERT, UPDATE, DELETE', 'return_policy'),
            ('employee', 1, 'UPDATE (action, actor, on_behalf_of, payload)', 'request'),
            ('service', 9, 'SELECT (finished_at, complete)', 'heartbeat'),
            ('service', 10, 'INSERT (shop_id, external_ref, flow, field, code, reported_at, due_at, payload), UPDATE (payload, status, request_id, state, covers, closes, event_seq, handled_at, sqlstate, message)', 'platform_message'),
            ('employee', 2, 'SELECT (finished_at, complete)', 'heartbeat'),
            ('reporter', 1, 'SELECT (finished_at, complete)', 'heartbeat'),
            ('sweeper', 1, 'SELECT (shop_id, request_id, act_at, attempts), UPDATE (action, actor, act_at, attempts, fault)', 'request'),
            ('sweeper', 2, 'SELECT, UPDATE', 'heartbeat'),
            ('outbox', 1, 'UPDATE (status, claimed_until, attempts, platform_ref, error)', 'refund')
        ) AS r(capability, place, privileges, name)
        WHERE r.capability = access_statements.capability
        ORDER BY r.place
    LOOP
        RETURN NEXT format('GRANT %s ON aftersale.%I TO %I', relation.privileges, relation.name, access_statements.role);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION aftersale.access_statements(name, text) IS
'The statements by which grant_access() gives a database role a capability, for reading before running. Error RA001: the tables are not installed. Example: SELECT aftersale.access_statements(''alice'', ''employee'');';

CREATE FUNCTION aftersale.require_access_owner(role name, capability text) RETURNS name
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    capabilities constant text[] := ARRAY['service', 'employee', 'reporter', 'sweeper', 'outbox'];
    tables_owner oid;
BEGIN
    PERFORM aftersale.require_installed();
    SELECT c.relowner INTO tables_owner FROM pg_catalog.pg_class c WHERE c.oid = 'aftersale.installation'::regclass;
    IF require_access_owner.capability IS NULL OR require_access_owner.capability <> ALL (capabilities) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA073',
            MESSAGE = format('capability "%s" does not exist (RA073)', require_access_owner.capability),
            HINT = format('There are: %s.', array_to_string(capabilities, ', '));
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = require_access_owner.role) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA073',
            MESSAGE = format('role "%s" does not exist (RA073)', require_access_owner.role),
            HINT = 'Name a role of the database: CREATE ROLE alice LOGIN;';
    END IF;
    IF NOT pg_catalog.pg_has_role(current_user, tables_owner, 'USAGE') THEN
        RAISE EXCEPTION USING ERRCODE = 'RA074',
            MESSAGE = format('role "%s" does not own the tables of aftersale (RA074)', current_user),
            HINT = format('The owner does it, or a superuser: SET ROLE %I;', pg_catalog.pg_get_userbyid(tables_owner));
    END IF;
    IF pg_catalog.pg_has_role(require_access_owner.role, tables_owner, 'USAGE') THEN
        RAISE EXCEPTION USING ERRCODE = 'RA073',
            MESSAGE = format('role "%s" has the rights of the tables'' owner already (RA073)', require_access_owner.role),
            HINT = 'Capabilities are for roles that do not own the tables.';
    END IF;
    RETURN pg_catalog.pg_get_userbyid(tables_owner);
END
$function$;
COMMENT ON FUNCTION aftersale.require_access_owner(name, text) IS
'The owner of the tables, where the session may grant and revoke the capability for the role; else an error: RA073 no such capability or role, RA074 the session is neither the owner nor a superuser. Example: SELECT aftersale.require_access_owner(''alice'', ''employee'');';

CREATE FUNCTION aftersale.set_sweepers() RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    sweepers text := (SELECT string_agg(format('%I', a.login), ', ' ORDER BY a.login)
                      FROM aftersale.access a JOIN pg_catalog.pg_roles r ON r.rolname = a.login WHERE a.capability = 'sweeper');
    policy record;
BEGIN
    -- roles in place of a row-level test, so that nobody else's queries pay for it
    FOR policy IN
        SELECT * FROM (VALUES ('sweeper_reads', 'FOR SELECT', 'USING (true)'),
                              ('sweeper_acts', 'FOR UPDATE', 'USING (act_at IS NOT NULL) WITH CHECK (true)')) AS p(name, command, expression)
    LOOP
        IF EXISTS (SELECT FROM pg_catalog.pg_policy p
                   WHERE p.polrelid = 'aftersale.request'::regclass AND p.polname = policy.name) THEN
            EXECUTE format('DROP POLICY %I ON aftersale.request', policy.name);
        END IF;
        IF sweepers IS NOT NULL THEN
            EXECUTE format('CREATE POLICY %I ON aftersale.request %s TO %s %s', policy.name, policy.command, sweepers, policy.expression);
        END IF;
    END LOOP;
END
$function$;
COMMENT ON FUNCTION aftersale.set_sweepers() IS
'Lets the policies of aftersale.request that are the sweeper''s own hold for the roles that have the capability, and nobody else. Called by grant_access() and revoke_access(); needs the rights of the tables'' owner. Example: SELECT aftersale.set_sweepers();';

CREATE FUNCTION aftersale.grant_access(role name, capability text) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    tables_owner name := aftersale.require_access_owner(grant_access.role, grant_access.capability);
    role_before text := current_setting('role');
    statement text;
    missing text;
BEGIN
    IF EXISTS (SELECT FROM aftersale.access a WHERE a.login = grant_access.role AND a.capability <> grant_access.capability
               AND 'sweeper' IN (a.capability, grant_access.capability)) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA073',
            MESSAGE = format('role "%s" cannot be a sweeper and something else (RA073)', grant_access.role),
            DETAIL = 'The sweeper sees the keys of every shop''s requests; with another capability it would see the requests.',
            HINT = 'Give the sweeper a role of its own.';
    END IF;
    IF grant_access.capability = 'sweeper' THEN
        -- its policies need this lock: taken before any right is written, or a vacuum of the table could deadlock
        LOCK TABLE aftersale.request IN ACCESS EXCLUSIVE MODE;
    END IF;
    FOR statement IN SELECT s FROM aftersale.access_statements(grant_access.role, grant_access.capability) AS s LOOP
        IF statement LIKE 'GRANT USAGE ON SCHEMA%' AND pg_catalog.has_schema_privilege(grant_access.role, 'aftersale', 'USAGE') THEN
            CONTINUE;
        END IF;
        EXECUTE statement;
    END LOOP;
    -- EXECUTE is PUBLIC's, unless an administrator took it away
    FOR statement IN
        SELECT format('GRANT EXECUTE ON %s %s TO %I', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
                      p.oid::regprocedure, grant_access.role)
        FROM pg_catalog.pg_proc p
        WHERE p.pronamespace = 'aftersale'::regnamespace AND NOT pg_catalog.has_function_privilege(grant_access.role, p.oid, 'EXECUTE')
          AND (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
        ORDER BY p.oid::regprocedure::text COLLATE "C"
    LOOP
        EXECUTE statement;
    END LOOP;
    missing := CASE
        WHEN NOT pg_catalog.has_schema_privilege(grant_access.role, 'aftersale', 'USAGE')
            THEN format('GRANT USAGE ON SCHEMA aftersale TO %I', grant_access.role)
        WHEN EXISTS (SELECT FROM pg_catalog.pg_proc p
                     WHERE p.pronamespace = 'aftersale'::regnamespace AND NOT pg_catalog.has_function_privilege(grant_access.role, p.oid, 'EXECUTE'))
            THEN format('GRANT EXECUTE ON ALL ROUTINES IN SCHEMA aftersale TO %I', grant_access.role)
    END;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA074',
            MESSAGE = format('role "%s" may not hand on what capability "%s" needs (RA074)', current_user, grant_access.capability),
            HINT = format('An administrator runs: %s; or grant_access() itself.', missing);
    END IF;
    IF tables_owner <> current_user THEN
        PERFORM pg_catalog.set_config('role', tables_owner, true);
    END IF;
    INSERT INTO aftersale.access (login, capability) VALUES (grant_access.role, grant_access.capability) ON CONFLICT DO NOTHING;
    IF grant_access.capability = 'sweeper' THEN
        PERFORM aftersale.set_sweepers();
    END IF;
    PERFORM pg_catalog.set_config('role', role_before, true);
    RETURN format('role "%s" has capability "%s"', grant_access.role, grant_access.capability)
        || CASE WHEN grant_access.capability <> 'sweeper'
                 AND NOT EXISTS (SELECT FROM aftersale.login l WHERE l.login = grant_access.role)
                THEN '; for which shops says aftersale.login, where it has no row yet' ELSE '' END;
END
$function$;
COMMENT ON FUNCTION aftersale.grant_access(name, text) IS
'Gives a database role all the rights on schema, tables, sequences and functions that a capability needs, in one call. role: a role that does not own the tables; capability: service (the ERP''s service account: opens requests, acts, keeps balances, warehouses, rules and personal data), employee (a person: reads, acts), reporter (reads), sweeper (runs CALL aftersale.sweep() over all shops and nothing else; never together with another capability), outbox (claims and confirms refunds). For which shops, and as whom, is said by rows of aftersale.login; the sweeper needs none. Run by the owner of the tables or a superuser; repeating it brings the rights up to date. Returns a sentence. Errors: RA073 no such capability or role, RA074 not the owner, or lacking a right that would be handed on; RA001. Example: SELECT aftersale.grant_access(''alice'', ''employee'');';

CREATE FUNCTION aftersale.revoke_access(role name, capability text) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    tables_owner name := aftersale.require_access_owner(revoke_access.role, revoke_access.capability);
    role_before text := current_setting('role');
    statement text;
    kept text;
BEGIN
    -- everything goes, then what the role's other capabilities need comes back;
    -- rights on the schema may have been granted by the owner and by an administrator
    IF EXISTS (SELECT FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) x
               WHERE n.nspname = 'aftersale' AND pg_catalog.pg_get_userbyid(x.grantee) = revoke_access.role) THEN
        EXECUTE format('REVOKE ALL ON SCHEMA aftersale FROM %I', revoke_access.role);
    END IF;
    IF tables_owner <> current_user THEN
        PERFORM pg_catalog.set_config('role', tables_owner, true);
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) x
               WHERE n.nspname = 'aftersale' AND pg_catalog.pg_get_userbyid(x.grantee) = revoke_access.role) THEN
        EXECUTE format('REVOKE ALL ON SCHEMA aftersale FROM %I', revoke_access.role);
    END IF;
    FOR statement IN
        SELECT format('REVOKE ALL ON aftersale.%I FROM %I', c.relname, revoke_access.role)
        FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'aftersale'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S')
          AND pg_catalog.pg_get_userbyid(c.relowner) = tables_owner
    LOOP
        EXECUTE statement;
    END LOOP;
    DELETE FROM aftersale.access a WHERE a.login = revoke_access.role AND a.capability = revoke_access.capability;
    IF revoke_access.capability = 'sweeper' THEN
        PERFORM aftersale.set_sweepers();
    END IF;
    PERFORM pg_catalog.set_config('role', role_before, true);
    FOR kept IN SELECT a.capability FROM aftersale.access a WHERE a.login = revoke_access.role ORDER BY a.capability LOOP
        PERFORM aftersale.grant_access(revoke_access.role, kept);
    END LOOP;
    RETURN format('role "%s" no longer has capability "%s"', revoke_access.role, revoke_access.capability);
END
$function$;
COMMENT ON FUNCTION aftersale.revoke_access(name, text) IS
'Takes a capability from a database role: all its rights on the tables of aftersale go, also those granted by hand, and what its other capabilities need is granted anew. Rows of aftersale.login stay: delete those too, or the role still acts for its shops once it is granted anything again. Returns a sentence. Errors: as of grant_access(). Example: SELECT aftersale.revoke_access(''alice'', ''employee'');';

-- ---- personal data ----

CREATE FUNCTION aftersale.personal_changed() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.visible_until IS NULL THEN
        -- TEMU-31: the flow says how long they may be seen
        SELECT min(aftersale.deadline(CASE t.starts WHEN 'ordered' THEN r.ordered_at ELSE r.opened_at END, t.term, c.calendar))
        INTO NEW.visible_until
        FROM aftersale.request r
        JOIN aftersale.flow_timer t ON t.flow = r.flow AND t.version = r.flow_version AND t.kind = 'mask'
        JOIN aftersale.shop_country c ON c.shop_id = r.shop_id AND c.country = r.country
        WHERE r.shop_id = NEW.shop_id AND r.request_id = NEW.request_id;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.shop_id, NEW.request_id) IS DISTINCT FROM (OLD.shop_id, OLD.request_id) THEN
            RAISE EXCEPTION USING ERRCODE = 'RA027', MESSAGE = 'personal data cannot be moved to another request (RA027)',
                HINT = 'Erase them, and write them anew: SELECT aftersale.erase_personal(shop_id, request_id);';
        END IF;
        NEW.salt := OLD.salt;
        NEW.digest := OLD.digest;
        NEW.erased_at := OLD.erased_at;
        IF (NEW.buyer_name, NEW.phone, NEW.address) IS NOT DISTINCT FROM (OLD.buyer_name, OLD.phone, OLD.address) THEN
            RETURN NEW;
        END IF;
    END IF;
    IF coalesce(NEW.buyer_name, NEW.phone, NEW.address::text) IS NULL THEN
        -- without its salt the digest tells nothing any more
        NEW.salt := NULL;
        NEW.erased_at := CASE WHEN TG_OP = 'UPDATE' THEN aftersale.clock() END;
        IF TG_OP = 'INSERT' THEN
            NEW.digest := NULL;
        END IF;
    ELSE
        NEW.salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
        NEW.digest := sha256(NEW.salt || convert_to(jsonb_build_array(NEW.buyer_name, NEW.phone, NEW.address)::text, 'UTF8'));
        NEW.erased_at := NULL;
    END IF;
    RETURN NEW;
END
$function$;
COMMENT ON FUNCTION aftersale.personal_changed() IS
'Trigger function of aftersale.personal: keeps a salted digest of the data, which stays when the data and the salt are erased; sets visible_until by the flow''s timers of kind mask, where the INSERT leaves it out (TEMU-31). For install() only. Error RA027: the key was changed.';

CREATE FUNCTION aftersale.erase_personal(shop_id bigint, request_id bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM aftersale.require_installed();
    UPDATE aftersale.personal p SET buyer_name = NULL, phone = NULL, address = NULL
    WHERE p.shop_id = erase_personal.shop_id AND p.request_id = erase_personal.request_id AND p.erased_at IS NULL;
    RETURN FOUND;
END
$function$;
COMMENT ON FUNCTION aftersale.erase_personal(bigint, bigint) IS
'Erases the buyer''s name, phone and address of a request for good; a digest whose salt is erased with them stays. History is untouched: it never held them. Needs UPDATE on aftersale.personal (the owner, a service account). Returns whether there was something to erase. Example: SELECT aftersale.erase_personal(1, 42);';

CREATE FUNCTION aftersale.mask(value text, kept int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT CASE
    WHEN value IS NULL THEN NULL
    WHEN length(value) <= 2 * abs(kept) THEN '***'
    WHEN kept >= 0 THEN left(value, kept) || '***'
    ELSE '***' || right(value, -kept) END
$function$;
COMMENT ON FUNCTION aftersale.mask(text, int) IS
'A text of which only the first kept characters are shown, or the last where kept is negative; nothing of it where it is not at least twice as long. NULL: NULL. Example: SELECT aftersale.mask(''Alice'', 1); gives A***.';

CREATE FUNCTION aftersale.is_tables_owner() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT pg_catalog.pg_has_role(current_user, c.relowner, 'USAGE')
FROM pg_catalog.pg_class c
WHERE c.oid = pg_catalog.to_regclass('aftersale.installation')
$function$;
COMMENT ON FUNCTION aftersale.is_tables_owner() IS
'Whether the session has the rights of the role that owns the tables, or is a superuser; NULL before install(). Example: SELECT aftersale.is_tables_owner();';

CREATE FUNCTION aftersale.pack_definition(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT CASE pack_definition.name
WHEN 'calendars' THEN $pack$-- Business calendars of 14 countries: for each a calendar of whole working days, such as CN, and
-- one of office hours (09:00-18:00, local time), such as "CN office".  Rows that are there stay.
-- Generated by generate-calendars.mjs; do not edit.
--
-- China, with make-up workdays: chinese-days 1.5.7 and holiday-calendar 1.3.3, both MIT, which agree.
-- All others: date-holidays 3.37.0, data CC BY-SA 3.0 (https://creativecommons.org/licenses/by-sa/3.0/), drawn from Wikipedia;
-- the calendars of these countries are under the same licence.

INSERT INTO aftersale.calendar (name, calendar, title, source) VALUES
    ('CN', 'zone Asia/Shanghai; mon-fri 00:00-24:00; off 2021-01-01..2021-01-03,2021-02-11..2021-02-17,2021-04-03..2021-04-05,2021-05-01..2021-05-05,2021-06-12..2021-06-14,2021-09-19..2021-09-21,2021-10-01..2021-10-07,2022-01-01..2022-01-03,2022-01-31..2022-02-06,2022-04-03..2022-04-05,2022-04-30..2022-05-04,2022-06-03..2022-06-05,2022-09-10..2022-09-12,2022-10-01..2022-10-07,2022-12-31..2023-01-02,2023-01-21..2023-01-27,2023-04-05,2023-04-29..2023-05-03,2023-06-22..2023-06-24,2023-09-29..2023-10-06,2024-01-01,2024-02-10..2024-02-17,2024-04-04..2024-04-06,2024-05-01..2024-05-05,2024-06-10,2024-09-15..2024-09-17,2024-10-01..2024-10-07,2025-01-01,2025-01-28..2025-02-04,2025-04-04..2025-04-06,2025-05-01..2025-05-05,2025-05-31..2025-06-02,2025-10-01..2025-10-08,2026-01-01..2026-01-03,2026-02-15..2026-02-23,2026-04-04..2026-04-06,2026-05-01..2026-05-05,2026-06-19..2026-06-21,2026-09-25..2026-09-27,2026-10-01..2026-10-07; on 2021-02-07,2021-02-20,2021-04-25,2021-05-08,2021-09-18,2021-09-26,2021-10-09,2022-01-29..2022-01-30,2022-04-02,2022-04-24,2022-05-07,2022-10-08..2022-10-09,2023-01-28..2023-01-29,2023-04-23,2023-05-06,2023-06-25,2023-10-07..2023-10-08,2024-02-04,2024-02-18,2024-04-07,2024-04-28,2024-05-11,2024-09-14,2024-09-29,2024-10-12,2025-01-26,2025-02-08,2025-04-27,2025-09-28,2025-10-11,2026-01-04,2026-02-14,2026-02-28,2026-05-09,2026-09-20,2026-10-10 00:00-24:00; known until 2026-12-31',
     'China, whole working days', 'chinese-days 1.5.7 and holiday-calendar 1.3.3 (MIT)'),
    ('CN office', 'zone Asia/Shanghai; mon-fri 09:00-18:00; off 2021-01-01..2021-01-03,2021-02-11..2021-02-17,2021-04-03..2021-04-05,2021-05-01..2021-05-05,2021-06-12..2021-06-14,2021-09-19..2021-09-21,2021-10-01..2021-10-07,2022-01-01..2022-01-03,2022-01-31..2022-02-06,2022-04-03..2022-04-05,2022-04-30..2022-05-04,2022-06-03..2022-06-05,2022-09-10..2022-09-12,2022-10-01..2022-10-07,2022-12-31..2023-01-02,2023-01-21..2023-01-27,2023-04-05,2023-04-29..2023-05-03,2023-06-22..2023-06-24,2023-09-29..2023-10-06,2024-01-01,2024-02-10..2024-02-17,2024-04-04..2024-04-06,2024-05-01..2024-05-05,2024-06-10,2024-09-15..2024-09-17,2024-10-01..2024-10-07,2025-01-01,2025-01-28..2025-02-04,2025-04-04..2025-04-06,2025-05-01..2025-05-05,2025-05-31..2025-06-02,2025-10-01..2025-10-08,2026-01-01..2026-01-03,2026-02-15..2026-02-23,2026-04-04..2026-04-06,2026-05-01..2026-05-05,2026-06-19..2026-06-21,2026-09-25..2026-09-27,2026-10-01..2026-10-07; on 2021-02-07,2021-02-20,2021-04-25,2021-05-08,2021-09-18,2021-09-26,2021-10-09,2022-01-29..2022-01-30,2022-04-02,2022-04-24,2022-05-07,2022-10-08..2022-10-09,2023-01-28..2023-01-29,2023-04-23,2023-05-06,2023-06-25,2023-10-07..2023-10-08,2024-02-04,2024-02-18,2024-04-07,2024-04-28,2024-05-11,2024-09-14,2024-09-29,2024-10-12,2025-01-26,2025-02-08,2025-04-27,2025-09-28,2025-10-11,2026-01-04,2026-02-14,2026-02-28,2026-05-09,2026-09-20,2026-10-10 09:00-18:00; known until 2026-12-31',
     'China, office hours', 'chinese-days 1.5.7 and holiday-calendar 1.3.3 (MIT)'),
    ('US', 'zone America/New_York; mon-fri 00:00-24:00; off 2021-01-01,2021-01-18,2021-02-15,2021-05-31,2021-06-18..2021-06-19,2021-07-04..2021-07-05,2021-09-06,2021-10-11,2021-11-11,2021-11-25,2021-12-24..2021-12-25,2021-12-31..2022-01-01,2022-01-17,2022-02-21,2022-05-30,2022-06-19..2022-06-20,2022-07-04,2022-09-05,2022-10-10,2022-11-11,2022-11-24,2022-12-25..2022-12-26,2023-01-01..2023-01-02,2023-01-16,2023-02-20,2023-05-29,2023-06-19,2023-07-04,2023-09-04,2023-10-09,2023-11-11,2023-11-23,2023-12-25,2024-01-01,2024-01-15,2024-02-19,2024-05-27,2024-06-19,2024-07-04,2024-09-02,2024-10-14,2024-11-11,2024-11-28,2024-12-25,2025-01-01,2025-01-20,2025-02-17,2025-05-26,2025-06-19,2025-07-04,2025-09-01,2025-10-13,2025-11-11,2025-11-27,2025-12-25,2026-01-01,2026-01-19,2026-02-16,2026-05-25,2026-06-19,2026-07-03..2026-07-04,2026-09-07,2026-10-12,2026-11-11,2026-11-26,2026-12-25,2027-01-01,2027-01-18,2027-02-15,2027-05-31,2027-06-18..2027-06-19,2027-07-04..2027-07-05,2027-09-06,2027-10-11,2027-11-11,2027-11-25,2027-12-24..2027-12-25,2027-12-31; known until 2027-12-31',
     'United States (federal), whole working days', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('US office', 'zone America/New_York; mon-fri 09:00-18:00; off 2021-01-01,2021-01-18,2021-02-15,2021-05-31,2021-06-18..2021-06-19,2021-07-04..2021-07-05,2021-09-06,2021-10-11,2021-11-11,2021-11-25,2021-12-24..2021-12-25,2021-12-31..2022-01-01,2022-01-17,2022-02-21,2022-05-30,2022-06-19..2022-06-20,2022-07-04,2022-09-05,2022-10-10,2022-11-11,2022-11-24,2022-12-25..2022-12-26,2023-01-01..2023-01-02,2023-01-16,2023-02-20,2023-05-29,2023-06-19,2023-07-04,2023-09-04,2023-10-09,2023-11-11,2023-11-23,2023-12-25,2024-01-01,2024-01-15,2024-02-19,2024-05-27,2024-06-19,2024-07-04,2024-09-02,2024-10-14,2024-11-11,2024-11-28,2024-12-25,2025-01-01,2025-01-20,2025-02-17,2025-05-26,2025-06-19,2025-07-04,2025-09-01,2025-10-13,2025-11-11,2025-11-27,2025-12-25,2026-01-01,2026-01-19,2026-02-16,2026-05-25,2026-06-19,2026-07-03..2026-07-04,2026-09-07,2026-10-12,2026-11-11,2026-11-26,2026-12-25,2027-01-01,2027-01-18,2027-02-15,2027-05-31,2027-06-18..2027-06-19,2027-07-04..2027-07-05,2027-09-06,2027-10-11,2027-11-11,2027-11-25,2027-12-24..2027-12-25,2027-12-31; known until 2027-12-31',
     'United States (federal), office hours', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('GB', 'zone Europe/London; mon-fri 00:00-24:00; off 2021-01-01,2021-04-02,2021-04-05,2021-05-03,2021-05-31,2021-08-30,2021-12-25..2021-12-28,2022-01-01,2022-01-03,2022-04-15,2022-04-18,2022-05-02,2022-06-02..2022-06-03,2022-08-29,2022-09-19,2022-12-25..2022-12-27,2023-01-01..2023-01-02,2023-04-07,2023-04-10,2023-05-01,2023-05-08,2023-05-29,2023-08-28,2023-12-25..2023-12-26,2024-01-01,2024-03-29,2024-04-01,2024-05-06,2024-05-27,2024-08-26,2024-12-25..2024-12-26,2025-01-01,2025-04-18,2025-04-21,2025-05-05,2025-05-26,2025-08-25,2025-12-25..2025-12-26,2026-01-01,2026-04-03,2026-04-06,2026-05-04,2026-05-25,2026-08-31,2026-12-25..2026-12-26,2026-12-28,2027-01-01,2027-03-26,2027-03-29,2027-05-03,2027-05-31,2027-08-30,2027-12-25..2027-12-28; known until 2027-12-31',
     'England and Wales, whole working days', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('GB office', 'zone Europe/London; mon-fri 09:00-18:00; off 2021-01-01,2021-04-02,2021-04-05,2021-05-03,2021-05-31,2021-08-30,2021-12-25..2021-12-28,2022-01-01,2022-01-03,2022-04-15,2022-04-18,2022-05-02,2022-06-02..2022-06-03,2022-08-29,2022-09-19,2022-12-25..2022-12-27,2023-01-01..2023-01-02,2023-04-07,2023-04-10,2023-05-01,2023-05-08,2023-05-29,2023-08-28,2023-12-25..2023-12-26,2024-01-01,2024-03-29,2024-04-01,2024-05-06,2024-05-27,2024-08-26,2024-12-25..2024-12-26,2025-01-01,2025-04-18,2025-04-21,2025-05-05,2025-05-26,2025-08-25,2025-12-25..2025-12-26,2026-01-01,2026-04-03,2026-04-06,2026-05-04,2026-05-25,2026-08-31,2026-12-25..2026-12-26,2026-12-28,2027-01-01,2027-03-26,2027-03-29,2027-05-03,2027-05-31,2027-08-30,2027-12-25..2027-12-28; known until 2027-12-31',
     'England and Wales, office hours', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('DE', 'zone Europe/Berlin; mon-fri 00:00-24:00; off 2021-01-01,2021-04-02,2021-04-05,2021-05-01,2021-05-13,2021-05-24,2021-10-03,2021-12-25..2021-12-26,2022-01-01,2022-04-15,2022-04-18,2022-05-01,2022-05-26,2022-06-06,2022-10-03,2022-12-25..2022-12-26,2023-01-01,2023-04-07,2023-04-10,2023-05-01,2023-05-18,2023-05-29,2023-10-03,2023-12-25..2023-12-26,2024-01-01,2024-03-29,2024-04-01,2024-05-01,2024-05-09,2024-05-20,2024-10-03,2024-12-25..2024-12-26,2025-01-01,2025-04-18,2025-04-21,2025-05-01,2025-05-29,2025-06-09,2025-10-03,2025-12-25..2025-12-26,2026-01-01,2026-04-03,2026-04-06,2026-05-01,2026-05-14,2026-05-25,2026-10-03,2026-12-25..2026-12-26,2027-01-01,2027-03-26,2027-03-29,2027-05-01,2027-05-06,2027-05-17,2027-10-03,2027-12-25..2027-12-26; known until 2027-12-31',
     'Germany (nationwide), whole working days', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('DE office', 'zone Europe/Berlin; mon-fri 09:00-18:00; off 2021-01-01,2021-04-02,2021-04-05,2021-05-01,2021-05-13,2021-05-24,2021-10-03,2021-12-25..2021-12-26,2022-01-01,2022-04-15,2022-04-18,2022-05-01,2022-05-26,2022-06-06,2022-10-03,2022-12-25..2022-12-26,2023-01-01,2023-04-07,2023-04-10,2023-05-01,2023-05-18,2023-05-29,2023-10-03,2023-12-25..2023-12-26,2024-01-01,2024-03-29,2024-04-01,2024-05-01,2024-05-09,2024-05-20,2024-10-03,2024-12-25..2024-12-26,2025-01-01,2025-04-18,2025-04-21,2025-05-01,2025-05-29,2025-06-09,2025-10-03,2025-12-25..2025-12-26,2026-01-01,2026-04-03,2026-04-06,2026-05-01,2026-05-14,2026-05-25,2026-10-03,2026-12-25..2026-12-26,2027-01-01,2027-03-26,2027-03-29,2027-05-01,2027-05-06,2027-05-17,2027-10-03,2027-12-25..2027-12-26; known until 2027-12-31',
     'Germany (nationwide), office hours', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('ES', 'zone Europe/Madrid; mon-fri 00:00-24:00; off 2021-01-01,2021-01-06,2021-04-02,2021-05-01,2021-08-15,2021-10-12,2021-11-01,2021-12-06,2021-12-08,2021-12-25,2022-01-01,2022-01-06,2022-04-15,2022-05-01,2022-08-15,2022-10-12,2022-11-01,2022-12-06,2022-12-08,2022-12-25..2022-12-26,2023-01-01,2023-01-06,2023-04-07,2023-05-01,2023-08-15,2023-10-12,2023-11-01,2023-12-06,2023-12-08,2023-12-25,2024-01-01,2024-01-06,2024-03-29,2024-05-01,2024-08-15,2024-10-12,2024-11-01,2024-12-06,2024-12-08,2024-12-25,2025-01-01,2025-01-06,2025-04-18,2025-05-01,2025-08-15,2025-10-12,2025-11-01,2025-12-06,2025-12-08,2025-12-25,2026-01-01,2026-01-06,2026-04-03,2026-05-01,2026-08-15,2026-10-12,2026-11-01,2026-12-06,2026-12-08,2026-12-25,2027-01-01,2027-01-06,2027-03-26,2027-05-01,2027-08-15,2027-10-12,2027-11-01,2027-12-06,2027-12-08,2027-12-25; known until 2027-12-31',
     'Spain (nationwide), whole working days', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('ES office', 'zone Europe/Madrid; mon-fri 09:00-18:00; off 2021-01-01,2021-01-06,2021-04-02,2021-05-01,2021-08-15,2021-10-12,2021-11-01,2021-12-06,2021-12-08,2021-12-25,2022-01-01,2022-01-06,2022-04-15,2022-05-01,2022-08-15,2022-10-12,2022-11-01,2022-12-06,2022-12-08,2022-12-25..2022-12-26,2023-01-01,2023-01-06,2023-04-07,2023-05-01,2023-08-15,2023-10-12,2023-11-01,2023-12-06,2023-12-08,2023-12-25,2024-01-01,2024-01-06,2024-03-29,2024-05-01,2024-08-15,2024-10-12,2024-11-01,2024-12-06,2024-12-08,2024-12-25,2025-01-01,2025-01-06,2025-04-18,2025-05-01,2025-08-15,2025-10-12,2025-11-01,2025-12-06,2025-12-08,2025-12-25,2026-01-01,2026-01-06,2026-04-03,2026-05-01,2026-08-15,2026-10-12,2026-11-01,2026-12-06,2026-12-08,2026-12-25,2027-01-01,2027-01-06,2027-03-26,2027-05-01,2027-08-15,2027-10-12,2027-11-01,2027-12-06,2027-12-08,2027-12-25; known until 2027-12-31',
     'Spain (nationwide), office hours', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('FR', 'zone Europe/Paris; mon-fri 00:00-24:00; off 2021-01-01,2021-04-05,2021-05-01,2021-05-08,2021-05-13,2021-05-24,2021-07-14,2021-08-15,2021-11-01,2021-11-11,2021-12-25,2022-01-01,2022-04-18,2022-05-01,2022-05-08,2022-05-26,2022-06-06,2022-07-14,2022-08-15,2022-11-01,2022-11-11,2022-12-25,2023-01-01,2023-04-10,2023-05-01,2023-05-08,2023-05-18,2023-05-29,2023-07-14,2023-08-15,2023-11-01,2023-11-11,2023-12-25,2024-01-01,2024-04-01,2024-05-01,2024-05-08..2024-05-09,2024-05-20,2024-07-14,2024-08-15,2024-11-01,2024-11-11,2024-12-25,2025-01-01,2025-04-21,2025-05-01,2025-05-08,2025-05-29,2025-06-09,2025-07-14,2025-08-15,2025-11-01,2025-11-11,2025-12-25,2026-01-01,2026-04-06,2026-05-01,2026-05-08,2026-05-14,2026-05-25,2026-07-14,2026-08-15,2026-11-01,2026-11-11,2026-12-25,2027-01-01,2027-03-29,2027-05-01,2027-05-06,2027-05-08,2027-05-17,2027-07-14,2027-08-15,2027-11-01,2027-11-11,2027-12-25; known until 2027-12-31',
     'France, whole working days', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('FR office', 'zone Europe/Paris; mon-fri 09:00-18:00; off 2021-01-01,2021-04-05,2021-05-01,2021-05-08,2021-05-13,2021-05-24,2021-07-14,2021-08-15,2021-11-01,2021-11-11,2021-12-25,2022-01-01,2022-04-18,2022-05-01,2022-05-08,2022-05-26,2022-06-06,2022-07-14,2022-08-15,2022-11-01,2022-11-11,2022-12-25,2023-01-01,2023-04-10,2023-05-01,2023-05-08,2023-05-18,2023-05-29,2023-07-14,2023-08-15,2023-11-01,2023-11-11,2023-12-25,2024-01-01,2024-04-01,2024-05-01,2024-05-08..2024-05-09,2024-05-20,2024-07-14,2024-08-15,2024-11-01,2024-11-11,2024-12-25,2025-01-01,2025-04-21,2025-05-01,2025-05-08,2025-05-29,2025-06-09,2025-07-14,2025-08-15,2025-11-01,2025-11-11,2025-12-25,2026-01-01,2026-04-06,2026-05-01,2026-05-08,2026-05-14,2026-05-25,2026-07-14,2026-08-15,2026-11-01,2026-11-11,2026-12-25,2027-01-01,2027-03-29,2027-05-01,2027-05-06,2027-05-08,2027-05-17,2027-07-14,2027-08-15,2027-11-01,2027-11-11,2027-12-25; known until 2027-12-31',
     'France, office hours', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('IT', 'zone Europe/Rome; mon-fri 00:00-24:00; off 2021-01-01,2021-01-06,2021-04-04..2021-04-05,2021-04-25,2021-05-01,2021-06-02,2021-08-15,2021-11-01,2021-12-08,2021-12-25..2021-12-26,2022-01-01,2022-01-06,2022-04-17..2022-04-18,2022-04-25,2022-05-01,2022-06-02,2022-08-15,2022-11-01,2022-12-08,2022-12-25..2022-12-26,2023-01-01,2023-01-06,2023-04-09..2023-04-10,2023-04-25,2023-05-01,2023-06-02,2023-08-15,2023-11-01,2023-12-08,2023-12-25..2023-12-26,2024-01-01,2024-01-06,2024-03-31..2024-04-01,2024-04-25,2024-05-01,2024-06-02,2024-08-15,2024-11-01,2024-12-08,2024-12-25..2024-12-26,2025-01-01,2025-01-06,2025-04-20..2025-04-21,2025-04-25,2025-05-01,2025-06-02,2025-08-15,2025-11-01,2025-12-08,2025-12-25..2025-12-26,2026-01-01,2026-01-06,2026-04-05..2026-04-06,2026-04-25,2026-05-01,2026-06-02,2026-08-15,2026-10-04,2026-11-01,2026-12-08,2026-12-25..2026-12-26,2027-01-01,2027-01-06,2027-03-28..2027-03-29,2027-04-25,2027-05-01,2027-06-02,2027-08-15,2027-10-04,2027-11-01,2027-12-08,2027-12-25..2027-12-26; known until 2027-12-31',
     'Italy, whole working days', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('IT office', 'zone Europe/Rome; mon-fri 09:00-18:00; off 2021-01-01,2021-01-06,2021-04-04..2021-04-05,2021-04-25,2021-05-01,2021-06-02,2021-08-15,2021-11-01,2021-12-08,2021-12-25..2021-12-26,2022-01-01,2022-01-06,2022-04-17..2022-04-18,2022-04-25,2022-05-01,2022-06-02,2022-08-15,2022-11-01,2022-12-08,2022-12-25..2022-12-26,2023-01-01,2023-01-06,2023-04-09..2023-04-10,2023-04-25,2023-05-01,2023-06-02,2023-08-15,2023-11-01,2023-12-08,2023-12-25..2023-12-26,2024-01-01,2024-01-06,2024-03-31..2024-04-01,2024-04-25,2024-05-01,2024-06-02,2024-08-15,2024-11-01,2024-12-08,2024-12-25..2024-12-26,2025-01-01,2025-01-06,2025-04-20..2025-04-21,2025-04-25,2025-05-01,2025-06-02,2025-08-15,2025-11-01,2025-12-08,2025-12-25..2025-12-26,2026-01-01,2026-01-06,2026-04-05..2026-04-06,2026-04-25,2026-05-01,2026-06-02,2026-08-15,2026-10-04,2026-11-01,2026-12-08,2026-12-25..2026-12-26,2027-01-01,2027-01-06,2027-03-28..2027-03-29,2027-04-25,2027-05-01,2027-06-02,2027-08-15,2027-10-04,2027-11-01,2027-12-08,2027-12-25..2027-12-26; known until 2027-12-31',
     'Italy, office hours', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('ID', 'zone Asia/Jakarta; mon-fri 00:00-24:00; off 2021-01-01,2021-02-12,2021-03-11,2021-03-14,2021-04-02,2021-05-01,2021-05-13..2021-05-14,2021-05-26,2021-06-01,2021-07-20,2021-08-09,2021-08-17,2021-10-18,2021-12-25,2022-01-01,2022-02-01,2022-02-28,2022-03-03,2022-04-15,2022-05-01..2022-05-03,2022-05-16,2022-05-26,2022-06-01,2022-07-09,2022-07-30,2022-08-17,2022-10-08,2022-12-25,2023-01-01,2023-01-22,2023-02-18,2023-03-22,2023-04-07,2023-04-21..2023-04-22,2023-05-01,2023-05-06,2023-05-18,2023-06-01,2023-06-28,2023-07-19,2023-08-17,2023-09-27,2023-12-25,2024-01-01,2024-02-08,2024-02-10,2024-03-11,2024-03-29,2024-04-10..2024-04-11,2024-05-01,2024-05-09,2024-05-23,2024-06-01,2024-06-16,2024-07-07,2024-08-17,2024-09-15,2024-12-25,2025-01-01,2025-01-27,2025-01-29,2025-03-29..2025-03-31,2025-04-18,2025-05-01,2025-05-12,2025-05-29,2025-06-01,2025-06-06,2025-06-26,2025-08-17,2025-09-05,2025-12-25,2026-01-01,2026-01-16,2026-02-17,2026-03-19..2026-03-21,2026-04-03,2026-05-01,2026-05-14,2026-05-27,2026-05-31..2026-06-01,2026-06-16,2026-08-17,2026-08-25,2026-12-25; known until 2026-12-31',
     'Indonesia, whole working days', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('ID office', 'zone Asia/Jakarta; mon-fri 09:00-18:00; off 2021-01-01,2021-02-12,2021-03-11,2021-03-14,2021-04-02,2021-05-01,2021-05-13..2021-05-14,2021-05-26,2021-06-01,2021-07-20,2021-08-09,2021-08-17,2021-10-18,2021-12-25,2022-01-01,2022-02-01,2022-02-28,2022-03-03,2022-04-15,2022-05-01..2022-05-03,2022-05-16,2022-05-26,2022-06-01,2022-07-09,2022-07-30,2022-08-17,2022-10-08,2022-12-25,2023-01-01,2023-01-22,2023-02-18,2023-03-22,2023-04-07,2023-04-21..2023-04-22,2023-05-01,2023-05-06,2023-05-18,2023-06-01,2023-06-28,2023-07-19,2023-08-17,2023-09-27,2023-12-25,2024-01-01,2024-02-08,2024-02-10,2024-03-11,2024-03-29,2024-04-10..2024-04-11,2024-05-01,2024-05-09,2024-05-23,2024-06-01,2024-06-16,2024-07-07,2024-08-17,2024-09-15,2024-12-25,2025-01-01,2025-01-27,2025-01-29,2025-03-29..2025-03-31,2025-04-18,2025-05-01,2025-05-12,2025-05-29,2025-06-01,2025-06-06,2025-06-26,2025-08-17,2025-09-05,2025-12-25,2026-01-01,2026-01-16,2026-02-17,2026-03-19..2026-03-21,2026-04-03,2026-05-01,2026-05-14,2026-05-27,2026-05-31..2026-06-01,2026-06-16,2026-08-17,2026-08-25,2026-12-25; known until 2026-12-31',
     'Indonesia, office hours', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('TH', 'zone Asia/Bangkok; mon-fri 00:00-24:00; off 2021-01-01,2021-02-26,2021-04-06,2021-04-13..2021-04-15,2021-05-04,2021-05-26,2021-06-03,2021-07-24..2021-07-25,2021-07-28,2021-08-12,2021-10-13,2021-10-23,2021-12-05,2021-12-10,2021-12-31..2022-01-01,2022-02-16,2022-04-06,2022-04-13..2022-04-15,2022-05-04,2022-05-15..2022-05-16,2022-06-03,2022-07-13..2022-07-14,2022-07-28,2022-08-12,2022-10-13,2022-10-23,2022-12-05,2022-12-10,2022-12-31..2023-01-01,2023-03-06,2023-04-06,2023-04-13..2023-04-15,2023-05-04,2023-06-03,2023-07-28,2023-07-31..2023-08-01,2023-08-12,2023-10-13,2023-10-23,2023-12-05,2023-12-10,2023-12-31..2024-01-01,2024-02-24,2024-04-06,2024-04-13..2024-04-15,2024-05-04,2024-05-22,2024-06-03,2024-07-19..2024-07-20,2024-07-28,2024-08-12,2024-10-13,2024-10-23,2024-12-05,2024-12-10,2024-12-31..2025-01-01,2025-02-13,2025-04-06,2025-04-13..2025-04-15,2025-05-04,2025-05-12,2025-06-03,2025-07-10..2025-07-11,2025-07-28,2025-08-12,2025-10-13,2025-10-23,2025-12-05,2025-12-10,2025-12-31..2026-01-01,2026-03-03,2026-04-06,2026-04-13..2026-04-15,2026-05-04,2026-05-31,2026-06-03,2026-07-28..2026-07-30,2026-08-12,2026-10-13,2026-10-23,2026-12-05,2026-12-10,2026-12-31; known until 2026-12-31',
     'Thailand, whole working days', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('TH office', 'zone Asia/Bangkok; mon-fri 09:00-18:00; off 2021-01-01,2021-02-26,2021-04-06,2021-04-13..2021-04-15,2021-05-04,2021-05-26,2021-06-03,2021-07-24..2021-07-25,2021-07-28,2021-08-12,2021-10-13,2021-10-23,2021-12-05,2021-12-10,2021-12-31..2022-01-01,2022-02-16,2022-04-06,2022-04-13..2022-04-15,2022-05-04,2022-05-15..2022-05-16,2022-06-03,2022-07-13..2022-07-14,2022-07-28,2022-08-12,2022-10-13,2022-10-23,2022-12-05,2022-12-10,2022-12-31..2023-01-01,2023-03-06,2023-04-06,2023-04-13..2023-04-15,2023-05-04,2023-06-03,2023-07-28,2023-07-31..2023-08-01,2023-08-12,2023-10-13,2023-10-23,2023-12-05,2023-12-10,2023-12-31..2024-01-01,2024-02-24,2024-04-06,2024-04-13..2024-04-15,2024-05-04,2024-05-22,2024-06-03,2024-07-19..2024-07-20,2024-07-28,2024-08-12,2024-10-13,2024-10-23,2024-12-05,2024-12-10,2024-12-31..2025-01-01,2025-02-13,2025-04-06,2025-04-13..2025-04-15,2025-05-04,2025-05-12,2025-06-03,2025-07-10..2025-07-11,2025-07-28,2025-08-12,2025-10-13,2025-10-23,2025-12-05,2025-12-10,2025-12-31..2026-01-01,2026-03-03,2026-04-06,2026-04-13..2026-04-15,2026-05-04,2026-05-31,2026-06-03,2026-07-28..2026-07-30,2026-08-12,2026-10-13,2026-10-23,2026-12-05,2026-12-10,2026-12-31; known until 2026-12-31',
     'Thailand, office hours', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('VN', 'zone Asia/Ho_Chi_Minh; mon-fri 00:00-24:00; off 2021-01-01,2021-02-11..2021-02-15,2021-04-21,2021-04-30..2021-05-01,2021-09-02,2022-01-01,2022-01-31..2022-02-04,2022-04-10,2022-04-30..2022-05-01,2022-09-02,2023-01-01,2023-01-21..2023-01-25,2023-04-29..2023-05-01,2023-09-02,2024-01-01,2024-02-09..2024-02-13,2024-04-18,2024-04-30..2024-05-01,2024-09-02,2025-01-01,2025-01-28..2025-02-01,2025-04-07,2025-04-30..2025-05-01,2025-09-02,2026-01-01,2026-02-16..2026-02-20,2026-04-26,2026-04-30..2026-05-01,2026-09-02; known until 2026-12-31',
     'Viet Nam, whole working days', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('VN office', 'zone Asia/Ho_Chi_Minh; mon-fri 09:00-18:00; off 2021-01-01,2021-02-11..2021-02-15,2021-04-21,2021-04-30..2021-05-01,2021-09-02,2022-01-01,2022-01-31..2022-02-04,2022-04-10,2022-04-30..2022-05-01,2022-09-02,2023-01-01,2023-01-21..2023-01-25,2023-04-29..2023-05-01,2023-09-02,2024-01-01,2024-02-09..2024-02-13,2024-04-18,2024-04-30..2024-05-01,2024-09-02,2025-01-01,2025-01-28..2025-02-01,2025-04-07,2025-04-30..2025-05-01,2025-09-02,2026-01-01,2026-02-16..2026-02-20,2026-04-26,2026-04-30..2026-05-01,2026-09-02; known until 2026-12-31',
     'Viet Nam, office hours', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('MY', 'zone Asia/Kuala_Lumpur; mon-fri 00:00-24:00; off 2021-01-01,2021-02-12..2021-02-13,2021-04-29,2021-05-01,2021-05-13..2021-05-14,2021-05-26,2021-06-07,2021-07-20,2021-08-09,2021-08-31,2021-09-16,2021-10-18,2021-11-04,2021-12-25,2022-01-01,2022-02-01..2022-02-02,2022-04-19,2022-05-01..2022-05-04,2022-05-15..2022-05-16,2022-06-06,2022-07-10,2022-07-30,2022-08-31,2022-09-16,2022-10-09,2022-10-24,2022-12-25..2022-12-26,2023-01-01..2023-01-02,2023-01-22..2023-01-23,2023-04-08,2023-04-21..2023-04-22,2023-05-01,2023-05-04,2023-06-05,2023-06-28,2023-07-19,2023-08-31,2023-09-16,2023-09-27,2023-11-12..2023-11-13,2023-12-25,2024-01-01,2024-02-10..2024-02-12,2024-03-27,2024-04-10..2024-04-11,2024-05-01,2024-05-22,2024-06-03,2024-06-16,2024-07-07,2024-08-31,2024-09-15..2024-09-16,2024-10-31,2024-12-25,2025-01-01,2025-01-29..2025-01-30,2025-03-17,2025-03-30..2025-03-31,2025-05-01,2025-05-12,2025-06-02,2025-06-06,2025-06-26,2025-08-31..2025-09-01,2025-09-04,2025-09-16,2025-10-20,2025-12-25,2026-01-01,2026-02-17..2026-02-18,2026-03-07,2026-03-21..2026-03-22,2026-05-01,2026-05-27,2026-05-31..2026-06-01,2026-06-17,2026-08-25,2026-08-31,2026-09-16,2026-11-08..2026-11-09,2026-12-25; known until 2026-12-31',
     'Malaysia (nationwide), whole working days', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('MY office', 'zone Asia/Kuala_Lumpur; mon-fri 09:00-18:00; off 2021-01-01,2021-02-12..2021-02-13,2021-04-29,2021-05-01,2021-05-13..2021-05-14,2021-05-26,2021-06-07,2021-07-20,2021-08-09,2021-08-31,2021-09-16,2021-10-18,2021-11-04,2021-12-25,2022-01-01,2022-02-01..2022-02-02,2022-04-19,2022-05-01..2022-05-04,2022-05-15..2022-05-16,2022-06-06,2022-07-10,2022-07-30,2022-08-31,2022-09-16,2022-10-09,2022-10-24,2022-12-25..2022-12-26,2023-01-01..2023-01-02,2023-01-22..2023-01-23,2023-04-08,2023-04-21..2023-04-22,2023-05-01,2023-05-04,2023-06-05,2023-06-28,2023-07-19,2023-08-31,2023-09-16,2023-09-27,2023-11-12..2023-11-13,2023-12-25,2024-01-01,2024-02-10..2024-02-12,2024-03-27,2024-04-10..2024-04-11,2024-05-01,2024-05-22,2024-06-03,2024-06-16,2024-07-07,2024-08-31,2024-09-15..2024-09-16,2024-10-31,2024-12-25,2025-01-01,2025-01-29..2025-01-30,2025-03-17,2025-03-30..2025-03-31,2025-05-01,2025-05-12,2025-06-02,2025-06-06,2025-06-26,2025-08-31..2025-09-01,2025-09-04,2025-09-16,2025-10-20,2025-12-25,2026-01-01,2026-02-17..2026-02-18,2026-03-07,2026-03-21..2026-03-22,2026-05-01,2026-05-27,2026-05-31..2026-06-01,2026-06-17,2026-08-25,2026-08-31,2026-09-16,2026-11-08..2026-11-09,2026-12-25; known until 2026-12-31',
     'Malaysia (nationwide), office hours', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('PH', 'zone Asia/Manila; mon-fri 00:00-24:00; off 2021-01-01,2021-04-01..2021-04-02,2021-04-04,2021-04-09,2021-05-01,2021-05-13,2021-06-12,2021-07-20,2021-08-30,2021-11-30,2021-12-25,2021-12-30,2022-01-01,2022-04-09,2022-04-14..2022-04-15,2022-04-17,2022-05-01..2022-05-02,2022-06-12,2022-07-09,2022-08-29,2022-11-30,2022-12-25,2022-12-30,2023-01-01,2023-04-06..2023-04-07,2023-04-09,2023-04-21,2023-05-01,2023-06-12,2023-06-28,2023-08-28,2023-11-30,2023-12-25,2023-12-30,2024-01-01,2024-03-28..2024-03-29,2024-03-31,2024-04-09..2024-04-10,2024-05-01,2024-06-12,2024-06-16,2024-08-26,2024-11-30,2024-12-25,2024-12-30,2025-01-01,2025-03-30,2025-04-09,2025-04-17..2025-04-18,2025-04-20,2025-05-01,2025-06-06,2025-06-12,2025-08-25,2025-11-30,2025-12-25,2025-12-30,2026-01-01,2026-03-20,2026-04-02..2026-04-03,2026-04-05,2026-04-09,2026-05-01,2026-05-27,2026-06-12,2026-08-31,2026-11-30,2026-12-25,2026-12-30; known until 2026-12-31',
     'Philippines, whole working days', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('PH office', 'zone Asia/Manila; mon-fri 09:00-18:00; off 2021-01-01,2021-04-01..2021-04-02,2021-04-04,2021-04-09,2021-05-01,2021-05-13,2021-06-12,2021-07-20,2021-08-30,2021-11-30,2021-12-25,2021-12-30,2022-01-01,2022-04-09,2022-04-14..2022-04-15,2022-04-17,2022-05-01..2022-05-02,2022-06-12,2022-07-09,2022-08-29,2022-11-30,2022-12-25,2022-12-30,2023-01-01,2023-04-06..2023-04-07,2023-04-09,2023-04-21,2023-05-01,2023-06-12,2023-06-28,2023-08-28,2023-11-30,2023-12-25,2023-12-30,2024-01-01,2024-03-28..2024-03-29,2024-03-31,2024-04-09..2024-04-10,2024-05-01,2024-06-12,2024-06-16,2024-08-26,2024-11-30,2024-12-25,2024-12-30,2025-01-01,2025-03-30,2025-04-09,2025-04-17..2025-04-18,2025-04-20,2025-05-01,2025-06-06,2025-06-12,2025-08-25,2025-11-30,2025-12-25,2025-12-30,2026-01-01,2026-03-20,2026-04-02..2026-04-03,2026-04-05,2026-04-09,2026-05-01,2026-05-27,2026-06-12,2026-08-31,2026-11-30,2026-12-25,2026-12-30; known until 2026-12-31',
     'Philippines, office hours', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('SG', 'zone Asia/Singapore; mon-fri 00:00-24:00; off 2021-01-01,2021-02-12..2021-02-13,2021-04-02,2021-05-01,2021-05-13,2021-05-26,2021-07-20,2021-08-09,2021-11-04,2021-12-25,2022-01-01,2022-02-01..2022-02-02,2022-04-15,2022-05-01..2022-05-03,2022-05-15..2022-05-16,2022-07-10,2022-08-09,2022-10-24,2022-12-25..2022-12-26,2023-01-01..2023-01-02,2023-01-22..2023-01-24,2023-04-07,2023-04-22,2023-05-01,2023-06-02,2023-06-29,2023-08-09,2023-09-01,2023-11-13,2023-12-25,2024-01-01,2024-02-10..2024-02-12,2024-03-29,2024-04-10,2024-05-01,2024-05-22,2024-06-16,2024-08-09,2024-10-31,2024-12-25,2025-01-01,2025-01-29..2025-01-30,2025-03-31,2025-04-18,2025-05-01,2025-05-12,2025-06-07,2025-08-09,2025-10-20,2025-12-25,2026-01-01,2026-02-17..2026-02-18,2026-03-21,2026-04-03,2026-05-01,2026-05-27,2026-05-31..2026-06-01,2026-08-09..2026-08-10,2026-11-08..2026-11-09,2026-12-25; known until 2026-12-31',
     'Singapore, whole working days', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('SG office', 'zone Asia/Singapore; mon-fri 09:00-18:00; off 2021-01-01,2021-02-12..2021-02-13,2021-04-02,2021-05-01,2021-05-13,2021-05-26,2021-07-20,2021-08-09,2021-11-04,2021-12-25,2022-01-01,2022-02-01..2022-02-02,2022-04-15,2022-05-01..2022-05-03,2022-05-15..2022-05-16,2022-07-10,2022-08-09,2022-10-24,2022-12-25..2022-12-26,2023-01-01..2023-01-02,2023-01-22..2023-01-24,2023-04-07,2023-04-22,2023-05-01,2023-06-02,2023-06-29,2023-08-09,2023-09-01,2023-11-13,2023-12-25,2024-01-01,2024-02-10..2024-02-12,2024-03-29,2024-04-10,2024-05-01,2024-05-22,2024-06-16,2024-08-09,2024-10-31,2024-12-25,2025-01-01,2025-01-29..2025-01-30,2025-03-31,2025-04-18,2025-05-01,2025-05-12,2025-06-07,2025-08-09,2025-10-20,2025-12-25,2026-01-01,2026-02-17..2026-02-18,2026-03-21,2026-04-03,2026-05-01,2026-05-27,2026-05-31..2026-06-01,2026-08-09..2026-08-10,2026-11-08..2026-11-09,2026-12-25; known until 2026-12-31',
     'Singapore, office hours', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('JP', 'zone Asia/Tokyo; mon-fri 00:00-24:00; off 2021-01-01,2021-01-11,2021-02-11,2021-02-23,2021-03-20,2021-04-29,2021-05-03..2021-05-05,2021-07-22..2021-07-23,2021-08-08..2021-08-09,2021-09-20,2021-09-23,2021-11-03,2021-11-23,2022-01-01,2022-01-10,2022-02-11,2022-02-23,2022-03-21,2022-04-29,2022-05-03..2022-05-05,2022-07-18,2022-08-11,2022-09-19,2022-09-23,2022-10-10,2022-11-03,2022-11-23,2023-01-01..2023-01-02,2023-01-09,2023-02-11,2023-02-23,2023-03-21,2023-04-29,2023-05-03..2023-05-05,2023-07-17,2023-08-11,2023-09-18,2023-09-23,2023-10-09,2023-11-03,2023-11-23,2024-01-01,2024-01-08,2024-02-11..2024-02-12,2024-02-23,2024-03-20,2024-04-29,2024-05-03..2024-05-06,2024-07-15,2024-08-11..2024-08-12,2024-09-16,2024-09-22..2024-09-23,2024-10-14,2024-11-03..2024-11-04,2024-11-23,2025-01-01,2025-01-13,2025-02-11,2025-02-23..2025-02-24,2025-03-20,2025-04-29,2025-05-03..2025-05-06,2025-07-21,2025-08-11,2025-09-15,2025-09-23,2025-10-13,2025-11-03,2025-11-23..2025-11-24,2026-01-01,2026-01-12,2026-02-11,2026-02-23,2026-03-20,2026-04-29,2026-05-03..2026-05-06,2026-07-20,2026-08-11,2026-09-21..2026-09-23,2026-10-12,2026-11-03,2026-11-23; known until 2026-12-31',
     'Japan, whole working days', 'date-holidays 3.37.0 (data CC BY-SA 3.0)'),
    ('JP office', 'zone Asia/Tokyo; mon-fri 09:00-18:00; off 2021-01-01,2021-01-11,2021-02-11,2021-02-23,2021-03-20,2021-04-29,2021-05-03..2021-05-05,2021-07-22..2021-07-23,2021-08-08..2021-08-09,2021-09-20,2021-09-23,2021-11-03,2021-11-23,2022-01-01,2022-01-10,2022-02-11,2022-02-23,2022-03-21,2022-04-29,2022-05-03..2022-05-05,2022-07-18,2022-08-11,2022-09-19,2022-09-23,2022-10-10,2022-11-03,2022-11-23,2023-01-01..2023-01-02,2023-01-09,2023-02-11,2023-02-23,2023-03-21,2023-04-29,2023-05-03..2023-05-05,2023-07-17,2023-08-11,2023-09-18,2023-09-23,2023-10-09,2023-11-03,2023-11-23,2024-01-01,2024-01-08,2024-02-11..2024-02-12,2024-02-23,2024-03-20,2024-04-29,2024-05-03..2024-05-06,2024-07-15,2024-08-11..2024-08-12,2024-09-16,2024-09-22..2024-09-23,2024-10-14,2024-11-03..2024-11-04,2024-11-23,2025-01-01,2025-01-13,2025-02-11,2025-02-23..2025-02-24,2025-03-20,2025-04-29,2025-05-03..2025-05-06,2025-07-21,2025-08-11,2025-09-15,2025-09-23,2025-10-13,2025-11-03,2025-11-23..2025-11-24,2026-01-01,2026-01-12,2026-02-11,2026-02-23,2026-03-20,2026-04-29,2026-05-03..2026-05-06,2026-07-20,2026-08-11,2026-09-21..2026-09-23,2026-10-12,2026-11-03,2026-11-23; known until 2026-12-31',
     'Japan, office hours', 'date-holidays 3.37.0 (data CC BY-SA 3.0)')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.holiday (calendar, day, works, name)
SELECT pg_catalog.concat(v.country, kind), v.first_day::date + n, v.works, v.name
FROM (VALUES
    ('CN', '2021-01-01', '2021-01-03', false, '元旦'),
    ('CN', '2021-02-07', '2021-02-07', true, '春节补班'),
    ('CN', '2021-02-11', '2021-02-17', false, '春节'),
    ('CN', '2021-02-20', '2021-02-20', true, '春节补班'),
    ('CN', '2021-04-03', '2021-04-05', false, '清明'),
    ('CN', '2021-04-25', '2021-04-25', true, '劳动节补班'),
    ('CN', '2021-05-01', '2021-05-05', false, '劳动节'),
    ('CN', '2021-05-08', '2021-05-08', true, '劳动节补班'),
    ('CN', '2021-06-12', '2021-06-14', false, '端午'),
    ('CN', '2021-09-18', '2021-09-18', true, '中秋补班'),
    ('CN', '2021-09-19', '2021-09-21', false, '中秋'),
    ('CN', '2021-09-26', '2021-09-26', true, '国庆节补班'),
    ('CN', '2021-10-01', '2021-10-07', false, '国庆节'),
    ('CN', '2021-10-09', '2021-10-09', true, '国庆节补班'),
    ('CN', '2022-01-01', '2022-01-03', false, '元旦'),
    ('CN', '2022-01-29', '2022-01-30', true, '春节补班'),
    ('CN', '2022-01-31', '2022-02-06', false, '春节'),
    ('CN', '2022-04-02', '2022-04-02', true, '清明补班'),
    ('CN', '2022-04-03', '2022-04-05', false, '清明'),
    ('CN', '2022-04-24', '2022-04-24', true, '劳动节补班'),
    ('CN', '2022-04-30', '2022-05-04', false, '劳动节'),
    ('CN', '2022-05-07', '2022-05-07', true, '劳动节补班'),
    ('CN', '2022-06-03', '2022-06-05', false, '端午'),
    ('CN', '2022-09-10', '2022-09-12', false, '中秋'),
    ('CN', '2022-10-01', '2022-10-07', false, '国庆节'),
    ('CN', '2022-10-08', '2022-10-09', true, '国庆节补班'),
    ('CN', '2022-12-31', '2023-01-02', false, '元旦'),
    ('CN', '2023-01-21', '2023-01-27', false, '春节'),
    ('CN', '2023-01-28', '2023-01-29', true, '春节补班'),
    ('CN', '2023-04-05', '2023-04-05', false, '清明'),
    ('CN', '2023-04-23', '2023-04-23', true, '劳动节补班'),
    ('CN', '2023-04-29', '2023-05-03', false, '劳动节'),
    ('CN', '2023-05-06', '2023-05-06', true, '劳动节补班'),
    ('CN', '2023-06-22', '2023-06-24', false, '端午'),
    ('CN', '2023-06-25', '2023-06-25', true, '端午补班'),
    ('CN', '2023-09-29', '2023-09-29', false, '中秋'),
    ('CN', '2023-09-30', '2023-10-06', false, '国庆节'),
    ('CN', '2023-10-07', '2023-10-08', true, '国庆节补班'),
    ('CN', '2024-01-01', '2024-01-01', false, '元旦'),
    ('CN', '2024-02-04', '2024-02-04', true, '春节补班'),
    ('CN', '2024-02-10', '2024-02-17', false, '春节'),
    ('CN', '2024-02-18', '2024-02-18', true, '春节补班'),
    ('CN', '2024-04-04', '2024-04-06', false, '清明'),
    ('CN', '2024-04-07', '2024-04-07', true, '清明补班'),
    ('CN', '2024-04-28', '2024-04-28', true, '劳动节补班'),
    ('CN', '2024-05-01', '2024-05-05', false, '劳动节'),
    ('CN', '2024-05-11', '2024-05-11', true, '劳动节补班'),
    ('CN', '2024-06-10', '2024-06-10', false, '端午'),
    ('CN', '2024-09-14', '2024-09-14', true, '中秋补班'),
    ('CN', '2024-09-15', '2024-09-17', false, '中秋'),
    ('CN', '2024-09-29', '2024-09-29', true, '国庆节补班'),
    ('CN', '2024-10-01', '2024-10-07', false, '国庆节'),
    ('CN', '2024-10-12', '2024-10-12', true, '国庆节补班'),
    ('CN', '2025-01-01', '2025-01-01', false, '元旦'),
    ('CN', '2025-01-26', '2025-01-26', true, '春节补班'),
    ('CN', '2025-01-28', '2025-02-04', false, '春节'),
    ('CN', '2025-02-08', '2025-02-08', true, '春节补班'),
    ('CN', '2025-04-04', '2025-04-06', false, '清明'),
    ('CN', '2025-04-27', '2025-04-27', true, '劳动节补班'),
    ('CN', '2025-05-01', '2025-05-05', false, '劳动节'),
    ('CN', '2025-05-31', '2025-06-02', false, '端午'),
    ('CN', '2025-09-28', '2025-09-28', true, '国庆节补班'),
    ('CN', '2025-10-01', '2025-10-05', false, '国庆节'),
    ('CN', '2025-10-06', '2025-10-06', false, '中秋'),
    ('CN', '2025-10-07', '2025-10-08', false, '国庆节'),
    ('CN', '2025-10-11', '2025-10-11', true, '国庆节补班'),
    ('CN', '2026-01-01', '2026-01-03', false, '元旦'),
    ('CN', '2026-01-04', '2026-01-04', true, '元旦补班'),
    ('CN', '2026-02-14', '2026-02-14', true, '春节补班'),
    ('CN', '2026-02-15', '2026-02-23', false, '春节'),
    ('CN', '2026-02-28', '2026-02-28', true, '春节补班'),
    ('CN', '2026-04-04', '2026-04-06', false, '清明'),
    ('CN', '2026-05-01', '2026-05-05', false, '劳动节'),
    ('CN', '2026-05-09', '2026-05-09', true, '劳动节补班'),
    ('CN', '2026-06-19', '2026-06-21', false, '端午'),
    ('CN', '2026-09-20', '2026-09-20', true, '国庆节补班'),
    ('CN', '2026-09-25', '2026-09-27', false, '中秋'),
    ('CN', '2026-10-01', '2026-10-07', false, '国庆节'),
    ('CN', '2026-10-10', '2026-10-10', true, '国庆节补班'),
    ('US', '2021-01-01', '2021-01-01', false, 'New Year''s Day'),
    ('US', '2021-01-18', '2021-01-18', false, 'Martin Luther King Jr. Day'),
    ('US', '2021-02-15', '2021-02-15', false, 'Washington''s Birthday'),
    ('US', '2021-05-31', '2021-05-31', false, 'Memorial Day'),
    ('US', '2021-06-18', '2021-06-18', false, 'Juneteenth (substitute day)'),
    ('US', '2021-06-19', '2021-06-19', false, 'Juneteenth'),
    ('US', '2021-07-04', '2021-07-04', false, 'Independence Day'),
    ('US', '2021-07-05', '2021-07-05', false, 'Independence Day (substitute day)'),
    ('US', '2021-09-06', '2021-09-06', false, 'Labor Day'),
    ('US', '2021-10-11', '2021-10-11', false, 'Columbus Day'),
    ('US', '2021-11-11', '2021-11-11', false, 'Veterans Day'),
    ('US', '2021-11-25', '2021-11-25', false, 'Thanksgiving Day'),
    ('US', '2021-12-24', '2021-12-24', false, 'Christmas Day (substitute day)'),
    ('US', '2021-12-25', '2021-12-25', false, 'Christmas Day'),
    ('US', '2021-12-31', '2021-12-31', false, 'New Year''s Day (substitute day)'),
    ('US', '2022-01-01', '2022-01-01', false, 'New Year''s Day'),
    ('US', '2022-01-17', '2022-01-17', false, 'Martin Luther King Jr. Day'),
    ('US', '2022-02-21', '2022-02-21', false, 'Washington''s Birthday'),
    ('US', '2022-05-30', '2022-05-30', false, 'Memorial Day'),
    ('US', '2022-06-19', '2022-06-19', false, 'Juneteenth'),
    ('US', '2022-06-20', '2022-06-20', false, 'Juneteenth (substitute day)'),
    ('US', '2022-07-04', '2022-07-04', false, 'Independence Day'),
    ('US', '2022-09-05', '2022-09-05', false, 'Labor Day'),
    ('US', '2022-10-10', '2022-10-10', false, 'Columbus Day'),
    ('US', '2022-11-11', '2022-11-11', false, 'Veterans Day'),
    ('US', '2022-11-24', '2022-11-24', false, 'Thanksgiving Day'),
    ('US', '2022-12-25', '2022-12-25', false, 'Christmas Day'),
    ('US', '2022-12-26', '2022-12-26', false, 'Christmas Day (substitute day)'),
    ('US', '2023-01-01', '2023-01-01', false, 'New Year''s Day'),
    ('US', '2023-01-02', '2023-01-02', false, 'New Year''s Day (substitute day)'),
    ('US', '2023-01-16', '2023-01-16', false, 'Martin Luther King Jr. Day'),
    ('US', '2023-02-20', '2023-02-20', false, 'Washington''s Birthday'),
    ('US', '2023-05-29', '2023-05-29', false, 'Memorial Day'),
    ('US', '2023-06-19', '2023-06-19', false, 'Juneteenth'),
    ('US', '2023-07-04', '2023-07-04', false, 'Independence Day'),
    ('US', '2023-09-04', '2023-09-04', false, 'Labor Day'),
    ('US', '2023-10-09', '2023-10-09', false, 'Columbus Day'),
    ('US', '2023-11-11', '2023-11-11', false, 'Veterans Day'),
    ('US', '2023-11-23', '2023-11-23', false, 'Thanksgiving Day'),
    ('US', '2023-12-25', '2023-12-25', false, 'Christmas Day'),
    ('US', '2024-01-01', '2024-01-01', false, 'New Year''s Day'),
    ('US', '2024-01-15', '2024-01-15', false, 'Martin Luther King Jr. Day'),
    ('US', '2024-02-19', '2024-02-19', false, 'Washington''s Birthday'),
    ('US', '2024-05-27', '2024-05-27', false, 'Memorial Day'),
    ('US', '2024-06-19', '2024-06-19', false, 'Juneteenth'),
    ('US', '2024-07-04', '2024-07-04', false, 'Independence Day'),
    ('US', '2024-09-02', '2024-09-02', false, 'Labor Day'),
    ('US', '2024-10-14', '2024-10-14', false, 'Columbus Day'),
    ('US', '2024-11-11', '2024-11-11', false, 'Veterans Day'),
    ('US', '2024-11-28', '2024-11-28', false, 'Thanksgiving Day'),
    ('US', '2024-12-25', '2024-12-25', false, 'Christmas Day'),
    ('US', '2025-01-01', '2025-01-01', false, 'New Year''s Day'),
    ('US', '2025-01-20', '2025-01-20', false, 'Martin Luther King Jr. Day'),
    ('US', '2025-02-17', '2025-02-17', false, 'Washington''s Birthday'),
    ('US', '2025-05-26', '2025-05-26', false, 'Memorial Day'),
    ('US', '2025-06-19', '2025-06-19', false, 'Juneteenth'),
    ('US', '2025-07-04', '2025-07-04', false, 'Independence Day'),
    ('US', '2025-09-01', '2025-09-01', false, 'Labor Day'),
    ('US', '2025-10-13', '2025-10-13', false, 'Columbus Day'),
    ('US', '2025-11-11', '2025-11-11', false, 'Veterans Day'),
    ('US', '2025-11-27', '2025-11-27', false, 'Thanksgiving Day'),
    ('US', '2025-12-25', '2025-12-25', false, 'Christmas Day'),
    ('US', '2026-01-01', '2026-01-01', false, 'New Year''s Day'),
    ('US', '2026-01-19', '2026-01-19', false, 'Martin Luther King Jr. Day'),
    ('US', '2026-02-16', '2026-02-16', false, 'Washington''s Birthday'),
    ('US', '2026-05-25', '2026-05-25', false, 'Memorial Day'),
    ('US', '2026-06-19', '2026-06-19', false, 'Juneteenth'),
    ('US', '2026-07-03', '2026-07-03', false, 'Independence Day (substitute day)'),
    ('US', '2026-07-04', '2026-07-04', false, 'Independence Day'),
    ('US', '2026-09-07', '2026-09-07', false, 'Labor Day'),
    ('US', '2026-10-12', '2026-10-12', false, 'Columbus Day'),
    ('US', '2026-11-11', '2026-11-11', false, 'Veterans Day'),
    ('US', '2026-11-26', '2026-11-26', false, 'Thanksgiving Day'),
    ('US', '2026-12-25', '2026-12-25', false, 'Christmas Day'),
    ('US', '2027-01-01', '2027-01-01', false, 'New Year''s Day'),
    ('US', '2027-01-18', '2027-01-18', false, 'Martin Luther King Jr. Day'),
    ('US', '2027-02-15', '2027-02-15', false, 'Washington''s Birthday'),
    ('US', '2027-05-31', '2027-05-31', false, 'Memorial Day'),
    ('US', '2027-06-18', '2027-06-18', false, 'Juneteenth (substitute day)'),
    ('US', '2027-06-19', '2027-06-19', false, 'Juneteenth'),
    ('US', '2027-07-04', '2027-07-04', false, 'Independence Day'),
    ('US', '2027-07-05', '2027-07-05', false, 'Independence Day (substitute day)'),
    ('US', '2027-09-06', '2027-09-06', false, 'Labor Day'),
    ('US', '2027-10-11', '2027-10-11', false, 'Columbus Day'),
    ('US', '2027-11-11', '2027-11-11', false, 'Veterans Day'),
    ('US', '2027-11-25', '2027-11-25', false, 'Thanksgiving Day'),
    ('US', '2027-12-24', '2027-12-24', false, 'Christmas Day (substitute day)'),
    ('US', '2027-12-25', '2027-12-25', false, 'Christmas Day'),
    ('US', '2027-12-31', '2027-12-31', false, 'New Year''s Day (substitute day)'),
    ('GB', '2021-01-01', '2021-01-01', false, 'New Year''s Day'),
    ('GB', '2021-04-02', '2021-04-02', false, 'Good Friday'),
    ('GB', '2021-04-05', '2021-04-05', false, 'Easter Monday'),
    ('GB', '2021-05-03', '2021-05-03', false, 'Early May bank holiday'),
    ('GB', '2021-05-31', '2021-05-31', false, 'Spring bank holiday'),
    ('GB', '2021-08-30', '2021-08-30', false, 'Summer bank holiday'),
    ('GB', '2021-12-25', '2021-12-25', false, 'Christmas Day'),
    ('GB', '2021-12-26', '2021-12-26', false, 'Boxing Day'),
    ('GB', '2021-12-27', '2021-12-27', false, 'Christmas Day (substitute day)'),
    ('GB', '2021-12-28', '2021-12-28', false, 'Boxing Day (substitute day)'),
    ('GB', '2022-01-01', '2022-01-01', false, 'New Year''s Day'),
    ('GB', '2022-01-03', '2022-01-03', false, 'New Year''s Day (substitute day)'),
    ('GB', '2022-04-15', '2022-04-15', false, 'Good Friday'),
    ('GB', '2022-04-18', '2022-04-18', false, 'Easter Monday'),
    ('GB', '2022-05-02', '2022-05-02', false, 'Early May bank holiday'),
    ('GB', '2022-06-02', '2022-06-02', false, 'Spring bank holiday'),
    ('GB', '2022-06-03', '2022-06-03', false, 'Queen’s Platinum Jubilee'),
    ('GB', '2022-08-29', '2022-08-29', false, 'Summer bank holiday'),
    ('GB', '2022-09-19', '2022-09-19', false, 'Queen Elizabeth''s Funeral Day'),
    ('GB', '2022-12-25', '2022-12-25', false, 'Christmas Day'),
    ('GB', '2022-12-26', '2022-12-26', false, 'Boxing Day'),
    ('GB', '2022-12-27', '2022-12-27', false, 'Christmas Day (substitute day)'),
    ('GB', '2023-01-01', '2023-01-01', false, 'New Year''s Day'),
    ('GB', '2023-01-02', '2023-01-02', false, 'New Year''s Day (substitute day)'),
    ('GB', '2023-04-07', '2023-04-07', false, 'Good Friday'),
    ('GB', '2023-04-10', '2023-04-10', false, 'Easter Monday'),
    ('GB', '2023-05-01', '2023-05-01', false, 'Early May bank holiday'),
    ('GB', '2023-05-08', '2023-05-08', false, 'King Charles III''s Coronation'),
    ('GB', '2023-05-29', '2023-05-29', false, 'Spring bank holiday'),
    ('GB', '2023-08-28', '2023-08-28', false, 'Summer bank holiday'),
    ('GB', '2023-12-25', '2023-12-25', false, 'Christmas Day'),
    ('GB', '2023-12-26', '2023-12-26', false, 'Boxing Day'),
    ('GB', '2024-01-01', '2024-01-01', false, 'New Year''s Day'),
    ('GB', '2024-03-29', '2024-03-29', false, 'Good Friday'),
    ('GB', '2024-04-01', '2024-04-01', false, 'Easter Monday'),
    ('GB', '2024-05-06', '2024-05-06', false, 'Early May bank holiday'),
    ('GB', '2024-05-27', '2024-05-27', false, 'Spring bank holiday'),
    ('GB', '2024-08-26', '2024-08-26', false, 'Summer bank holiday'),
    ('GB', '2024-12-25', '2024-12-25', false, 'Christmas Day'),
    ('GB', '2024-12-26', '2024-12-26', false, 'Boxing Day'),
    ('GB', '2025-01-01', '2025-01-01', false, 'New Year''s Day'),
    ('GB', '2025-04-18', '2025-04-18', false, 'Good Friday'),
    ('GB', '2025-04-21', '2025-04-21', false, 'Easter Monday'),
    ('GB', '2025-05-05', '2025-05-05', false, 'Early May bank holiday'),
    ('GB', '2025-05-26', '2025-05-26', false, 'Spring bank holiday'),
    ('GB', '2025-08-25', '2025-08-25', false, 'Summer bank holiday'),
    ('GB', '2025-12-25', '2025-12-25', false, 'Christmas Day'),
    ('GB', '2025-12-26', '2025-12-26', false, 'Boxing Day'),
    ('GB', '2026-01-01', '2026-01-01', false, 'New Year''s Day'),
    ('GB', '2026-04-03', '2026-04-03', false, 'Good Friday'),
    ('GB', '2026-04-06', '2026-04-06', false, 'Easter Monday'),
    ('GB', '2026-05-04', '2026-05-04', false, 'Early May bank holiday'),
    ('GB', '2026-05-25', '2026-05-25', false, 'Spring bank holiday'),
    ('GB', '2026-08-31', '2026-08-31', false, 'Summer bank holiday'),
    ('GB', '2026-12-25', '2026-12-25', false, 'Christmas Day'),
    ('GB', '2026-12-26', '2026-12-26', false, 'Boxing Day'),
    ('GB', '2026-12-28', '2026-12-28', false, 'Boxing Day (substitute day)'),
    ('GB', '2027-01-01', '2027-01-01', false, 'New Year''s Day'),
    ('GB', '2027-03-26', '2027-03-26', false, 'Good Friday'),
    ('GB', '2027-03-29', '2027-03-29', false, 'Easter Monday'),
    ('GB', '2027-05-03', '2027-05-03', false, 'Early May bank holiday'),
    ('GB', '2027-05-31', '2027-05-31', false, 'Spring bank holiday'),
    ('GB', '2027-08-30', '2027-08-30', false, 'Summer bank holiday'),
    ('GB', '2027-12-25', '2027-12-25', false, 'Christmas Day'),
    ('GB', '2027-12-26', '2027-12-26', false, 'Boxing Day'),
    ('GB', '2027-12-27', '2027-12-27', false, 'Christmas Day (substitute day)'),
    ('GB', '2027-12-28', '2027-12-28', false, 'Boxing Day (substitute day)'),
    ('DE', '2021-01-01', '2021-01-01', false, 'Neujahr'),
    ('DE', '2021-04-02', '2021-04-02', false, 'Karfreitag'),
    ('DE', '2021-04-05', '2021-04-05', false, 'Ostermontag'),
    ('DE', '2021-05-01', '2021-05-01', false, 'Maifeiertag'),
    ('DE', '2021-05-13', '2021-05-13', false, 'Christi Himmelfahrt'),
    ('DE', '2021-05-24', '2021-05-24', false, 'Pfingstmontag'),
    ('DE', '2021-10-03', '2021-10-03', false, 'Tag der Deutschen Einheit'),
    ('DE', '2021-12-25', '2021-12-25', false, '1. Weihnachtstag'),
    ('DE', '2021-12-26', '2021-12-26', false, '2. Weihnachtstag'),
    ('DE', '2022-01-01', '2022-01-01', false, 'Neujahr'),
    ('DE', '2022-04-15', '2022-04-15', false, 'Karfreitag'),
    ('DE', '2022-04-18', '2022-04-18', false, 'Ostermontag'),
    ('DE', '2022-05-01', '2022-05-01', false, 'Maifeiertag'),
    ('DE', '2022-05-26', '2022-05-26', false, 'Christi Himmelfahrt'),
    ('DE', '2022-06-06', '2022-06-06', false, 'Pfingstmontag'),
    ('DE', '2022-10-03', '2022-10-03', false, 'Tag der Deutschen Einheit'),
    ('DE', '2022-12-25', '2022-12-25', false, '1. Weihnachtstag'),
    ('DE', '2022-12-26', '2022-12-26', false, '2. Weihnachtstag'),
    ('DE', '2023-01-01', '2023-01-01', false, 'Neujahr'),
    ('DE', '2023-04-07', '2023-04-07', false, 'Karfreitag'),
    ('DE', '2023-04-10', '2023-04-10', false, 'Ostermontag'),
    ('DE', '2023-05-01', '2023-05-01', false, 'Maifeiertag'),
    ('DE', '2023-05-18', '2023-05-18', false, 'Christi Himmelfahrt'),
    ('DE', '2023-05-29', '2023-05-29', false, 'Pfingstmontag'),
    ('DE', '2023-10-03', '2023-10-03', false, 'Tag der Deutschen Einheit'),
    ('DE', '2023-12-25', '2023-12-25', false, '1. Weihnachtstag'),
    ('DE', '2023-12-26', '2023-12-26', false, '2. Weihnachtstag'),
    ('DE', '2024-01-01', '2024-01-01', false, 'Neujahr'),
    ('DE', '2024-03-29', '2024-03-29', false, 'Karfreitag'),
    ('DE', '2024-04-01', '2024-04-01', false, 'Ostermontag'),
    ('DE', '2024-05-01', '2024-05-01', false, 'Maifeiertag'),
    ('DE', '2024-05-09', '2024-05-09', false, 'Christi Himmelfahrt'),
    ('DE', '2024-05-20', '2024-05-20', false, 'Pfingstmontag'),
    ('DE', '2024-10-03', '2024-10-03', false, 'Tag der Deutschen Einheit'),
    ('DE', '2024-12-25', '2024-12-25', false, '1. Weihnachtstag'),
    ('DE', '2024-12-26', '2024-12-26', false, '2. Weihnachtstag'),
    ('DE', '2025-01-01', '2025-01-01', false, 'Neujahr'),
    ('DE', '2025-04-18', '2025-04-18', false, 'Karfreitag'),
    ('DE', '2025-04-21', '2025-04-21', false, 'Ostermontag'),
    ('DE', '2025-05-01', '2025-05-01', false, 'Maifeiertag'),
    ('DE', '2025-05-29', '2025-05-29', false, 'Christi Himmelfahrt'),
    ('DE', '2025-06-09', '2025-06-09', false, 'Pfingstmontag'),
    ('DE', '2025-10-03', '2025-10-03', false, 'Tag der Deutschen Einheit'),
    ('DE', '2025-12-25', '2025-12-25', false, '1. Weihnachtstag'),
    ('DE', '2025-12-26', '2025-12-26', false, '2. Weihnachtstag'),
    ('DE', '2026-01-01', '2026-01-01', false, 'Neujahr'),
    ('DE', '2026-04-03', '2026-04-03', false, 'Karfreitag'),
    ('DE', '2026-04-06', '2026-04-06', false, 'Ostermontag'),
    ('DE', '2026-05-01', '2026-05-01', false, 'Maifeiertag'),
    ('DE', '2026-05-14', '2026-05-14', false, 'Christi Himmelfahrt'),
    ('DE', '2026-05-25', '2026-05-25', false, 'Pfingstmontag'),
    ('DE', '2026-10-03', '2026-10-03', false, 'Tag der Deutschen Einheit'),
    ('DE', '2026-12-25', '2026-12-25', false, '1. Weihnachtstag'),
    ('DE', '2026-12-26', '2026-12-26', false, '2. Weihnachtstag'),
    ('DE', '2027-01-01', '2027-01-01', false, 'Neujahr'),
    ('DE', '2027-03-26', '2027-03-26', false, 'Karfreitag'),
    ('DE', '2027-03-29', '2027-03-29', false, 'Ostermontag'),
    ('DE', '2027-05-01', '2027-05-01', false, 'Maifeiertag'),
    ('DE', '2027-05-06', '2027-05-06', false, 'Christi Himmelfahrt'),
    ('DE', '2027-05-17', '2027-05-17', false, 'Pfingstmontag'),
    ('DE', '2027-10-03', '2027-10-03', false, 'Tag der Deutschen Einheit'),
    ('DE', '2027-12-25', '2027-12-25', false, '1. Weihnachtstag'),
    ('DE', '2027-12-26', '2027-12-26', false, '2. Weihnachtstag'),
    ('ES', '2021-01-01', '2021-01-01', false, 'Año Nuevo'),
    ('ES', '2021-01-06', '2021-01-06', false, 'Día de los Reyes Magos'),
    ('ES', '2021-04-02', '2021-04-02', false, 'Viernes Santo'),
    ('ES', '2021-05-01', '2021-05-01', false, 'Día del Trabajador'),
    ('ES', '2021-08-15', '2021-08-15', false, 'Asunción'),
    ('ES', '2021-10-12', '2021-10-12', false, 'Fiesta Nacional de España'),
    ('ES', '2021-11-01', '2021-11-01', false, 'Todos los Santos'),
    ('ES', '2021-12-06', '2021-12-06', false, 'Día de la Constitución Española'),
    ('ES', '2021-12-08', '2021-12-08', false, 'La inmaculada concepción'),
    ('ES', '2021-12-25', '2021-12-25', false, 'Navidad'),
    ('ES', '2022-01-01', '2022-01-01', false, 'Año Nuevo'),
    ('ES', '2022-01-06', '2022-01-06', false, 'Día de los Reyes Magos'),
    ('ES', '2022-04-15', '2022-04-15', false, 'Viernes Santo'),
    ('ES', '2022-05-01', '2022-05-01', false, 'Día del Trabajador'),
    ('ES', '2022-08-15', '2022-08-15', false, 'Asunción'),
    ('ES', '2022-10-12', '2022-10-12', false, 'Fiesta Nacional de España'),
    ('ES', '2022-11-01', '2022-11-01', false, 'Todos los Santos'),
    ('ES', '2022-12-06', '2022-12-06', false, 'Día de la Constitución Española'),
    ('ES', '2022-12-08', '2022-12-08', false, 'La inmaculada concepción'),
    ('ES', '2022-12-25', '2022-12-25', false, 'Navidad'),
    ('ES', '2022-12-26', '2022-12-26', false, 'Navidad (día sustituto)'),
    ('ES', '2023-01-01', '2023-01-01', false, 'Año Nuevo'),
    ('ES', '2023-01-06', '2023-01-06', false, 'Día de los Reyes Magos'),
    ('ES', '2023-04-07', '2023-04-07', false, 'Viernes Santo'),
    ('ES', '2023-05-01', '2023-05-01', false, 'Día del Trabajador'),
    ('ES', '2023-08-15', '2023-08-15', false, 'Asunción'),
    ('ES', '2023-10-12', '2023-10-12', false, 'Fiesta Nacional de España'),
    ('ES', '2023-11-01', '2023-11-01', false, 'Todos los Santos'),
    ('ES', '2023-12-06', '2023-12-06', false, 'Día de la Constitución Española'),
    ('ES', '2023-12-08', '2023-12-08', false, 'La inmaculada concepción'),
    ('ES', '2023-12-25', '2023-12-25', false, 'Navidad'),
    ('ES', '2024-01-01', '2024-01-01', false, 'Año Nuevo'),
    ('ES', '2024-01-06', '2024-01-06', false, 'Día de los Reyes Magos'),
    ('ES', '2024-03-29', '2024-03-29', false, 'Viernes Santo'),
    ('ES', '2024-05-01', '2024-05-01', false, 'Día del Trabajador'),
    ('ES', '2024-08-15', '2024-08-15', false, 'Asunción'),
    ('ES', '2024-10-12', '2024-10-12', false, 'Fiesta Nacional de España'),
    ('ES', '2024-11-01', '2024-11-01', false, 'Todos los Santos'),
    ('ES', '2024-12-06', '2024-12-06', false, 'Día de la Constitución Española'),
    ('ES', '2024-12-08', '2024-12-08', false, 'La inmaculada concepción'),
    ('ES', '2024-12-25', '2024-12-25', false, 'Navidad'),
    ('ES', '2025-01-01', '2025-01-01', false, 'Año Nuevo'),
    ('ES', '2025-01-06', '2025-01-06', false, 'Día de los Reyes Magos'),
    ('ES', '2025-04-18', '2025-04-18', false, 'Viernes Santo'),
    ('ES', '2025-05-01', '2025-05-01', false, 'Día del Trabajador'),
    ('ES', '2025-08-15', '2025-08-15', false, 'Asunción'),
    ('ES', '2025-10-12', '2025-10-12', false, 'Fiesta Nacional de España'),
    ('ES', '2025-11-01', '2025-11-01', false, 'Todos los Santos'),
    ('ES', '2025-12-06', '2025-12-06', false, 'Día de la Constitución Española'),
    ('ES', '2025-12-08', '2025-12-08', false, 'La inmaculada concepción'),
    ('ES', '2025-12-25', '2025-12-25', false, 'Navidad'),
    ('ES', '2026-01-01', '2026-01-01', false, 'Año Nuevo'),
    ('ES', '2026-01-06', '2026-01-06', false, 'Día de los Reyes Magos'),
    ('ES', '2026-04-03', '2026-04-03', false, 'Viernes Santo'),
    ('ES', '2026-05-01', '2026-05-01', false, 'Día del Trabajador'),
    ('ES', '2026-08-15', '2026-08-15', false, 'Asunción'),
    ('ES', '2026-10-12', '2026-10-12', false, 'Fiesta Nacional de España'),
    ('ES', '2026-11-01', '2026-11-01', false, 'Todos los Santos'),
    ('ES', '2026-12-06', '2026-12-06', false, 'Día de la Constitución Española'),
    ('ES', '2026-12-08', '2026-12-08', false, 'La inmaculada concepción'),
    ('ES', '2026-12-25', '2026-12-25', false, 'Navidad'),
    ('ES', '2027-01-01', '2027-01-01', false, 'Año Nuevo'),
    ('ES', '2027-01-06', '2027-01-06', false, 'Día de los Reyes Magos'),
    ('ES', '2027-03-26', '2027-03-26', false, 'Viernes Santo'),
    ('ES', '2027-05-01', '2027-05-01', false, 'Día del Trabajador'),
    ('ES', '2027-08-15', '2027-08-15', false, 'Asunción'),
    ('ES', '2027-10-12', '2027-10-12', false, 'Fiesta Nacional de España'),
    ('ES', '2027-11-01', '2027-11-01', false, 'Todos los Santos'),
    ('ES', '2027-12-06', '2027-12-06', false, 'Día de la Constitución Española'),
    ('ES', '2027-12-08', '2027-12-08', false, 'La inmaculada concepción'),
    ('ES', '2027-12-25', '2027-12-25', false, 'Navidad'),
    ('FR', '2021-01-01', '2021-01-01', false, 'Nouvel An'),
    ('FR', '2021-04-05', '2021-04-05', false, 'Lundi de Pâques'),
    ('FR', '2021-05-01', '2021-05-01', false, 'Fête du travail'),
    ('FR', '2021-05-08', '2021-05-08', false, 'Fête de la Victoire 1945'),
    ('FR', '2021-05-13', '2021-05-13', false, 'Ascension'),
    ('FR', '2021-05-24', '2021-05-24', false, 'Lundi de Pentecôte'),
    ('FR', '2021-07-14', '2021-07-14', false, 'Fête Nationale de la France'),
    ('FR', '2021-08-15', '2021-08-15', false, 'Assomption'),
    ('FR', '2021-11-01', '2021-11-01', false, 'Toussaint'),
    ('FR', '2021-11-11', '2021-11-11', false, 'Armistice 1918'),
    ('FR', '2021-12-25', '2021-12-25', false, 'Noël'),
    ('FR', '2022-01-01', '2022-01-01', false, 'Nouvel An'),
    ('FR', '2022-04-18', '2022-04-18', false, 'Lundi de Pâques'),
    ('FR', '2022-05-01', '2022-05-01', false, 'Fête du travail'),
    ('FR', '2022-05-08', '2022-05-08', false, 'Fête de la Victoire 1945'),
    ('FR', '2022-05-26', '2022-05-26', false, 'Ascension'),
    ('FR', '2022-06-06', '2022-06-06', false, 'Lundi de Pentecôte'),
    ('FR', '2022-07-14', '2022-07-14', false, 'Fête Nationale de la France'),
    ('FR', '2022-08-15', '2022-08-15', false, 'Assomption'),
    ('FR', '2022-11-01', '2022-11-01', false, 'Toussaint'),
    ('FR', '2022-11-11', '2022-11-11', false, 'Armistice 1918'),
    ('FR', '2022-12-25', '2022-12-25', false, 'Noël'),
    ('FR', '2023-01-01', '2023-01-01', false, 'Nouvel An'),
    ('FR', '2023-04-10', '2023-04-10', false, 'Lundi de Pâques'),
    ('FR', '2023-05-01', '2023-05-01', false, 'Fête du travail'),
    ('FR', '2023-05-08', '2023-05-08', false, 'Fête de la Victoire 1945'),
    ('FR', '2023-05-18', '2023-05-18', false, 'Ascension'),
    ('FR', '2023-05-29', '2023-05-29', false, 'Lundi de Pentecôte'),
    ('FR', '2023-07-14', '2023-07-14', false, 'Fête Nationale de la France'),
    ('FR', '2023-08-15', '2023-08-15', false, 'Assomption'),
    ('FR', '2023-11-01', '2023-11-01', false, 'Toussaint'),
    ('FR', '2023-11-11', '2023-11-11', false, 'Armistice 1918'),
    ('FR', '2023-12-25', '2023-12-25', false, 'Noël'),
    ('FR', '2024-01-01', '2024-01-01', false, 'Nouvel An'),
    ('FR', '2024-04-01', '2024-04-01', false, 'Lundi de Pâques'),
    ('FR', '2024-05-01', '2024-05-01', false, 'Fête du travail'),
    ('FR', '2024-05-08', '2024-05-08', false, 'Fête de la Victoire 1945'),
    ('FR', '2024-05-09', '2024-05-09', false, 'Ascension'),
    ('FR', '2024-05-20', '2024-05-20', false, 'Lundi de Pentecôte'),
    ('FR', '2024-07-14', '2024-07-14', false, 'Fête Nationale de la France'),
    ('FR', '2024-08-15', '2024-08-15', false, 'Assomption'),
    ('FR', '2024-11-01', '2024-11-01', false, 'Toussaint'),
    ('FR', '2024-11-11', '2024-11-11', false, 'Armistice 1918'),
    ('FR', '2024-12-25', '2024-12-25', false, 'Noël'),
    ('FR', '2025-01-01', '2025-01-01', false, 'Nouvel An'),
    ('FR', '2025-04-21', '2025-04-21', false, 'Lundi de Pâques'),
    ('FR', '2025-05-01', '2025-05-01', false, 'Fête du travail'),
    ('FR', '2025-05-08', '2025-05-08', false, 'Fête de la Victoire 1945'),
    ('FR', '2025-05-29', '2025-05-29', false, 'Ascension'),
    ('FR', '2025-06-09', '2025-06-09', false, 'Lundi de Pentecôte'),
    ('FR', '2025-07-14', '2025-07-14', false, 'Fête Nationale de la France'),
    ('FR', '2025-08-15', '2025-08-15', false, 'Assomption'),
    ('FR', '2025-11-01', '2025-11-01', false, 'Toussaint'),
    ('FR', '2025-11-11', '2025-11-11', false, 'Armistice 1918'),
    ('FR', '2025-12-25', '2025-12-25', false, 'Noël'),
    ('FR', '2026-01-01', '2026-01-01', false, 'Nouvel An'),
    ('FR', '2026-04-06', '2026-04-06', false, 'Lundi de Pâques'),
    ('FR', '2026-05-01', '2026-05-01', false, 'Fête du travail'),
    ('FR', '2026-05-08', '2026-05-08', false, 'Fête de la Victoire 1945'),
    ('FR', '2026-05-14', '2026-05-14', false, 'Ascension'),
    ('FR', '2026-05-25', '2026-05-25', false, 'Lundi de Pentecôte'),
    ('FR', '2026-07-14', '2026-07-14', false, 'Fête Nationale de la France'),
    ('FR', '2026-08-15', '2026-08-15', false, 'Assomption'),
    ('FR', '2026-11-01', '2026-11-01', false, 'Toussaint'),
    ('FR', '2026-11-11', '2026-11-11', false, 'Armistice 1918'),
    ('FR', '2026-12-25', '2026-12-25', false, 'Noël'),
    ('FR', '2027-01-01', '2027-01-01', false, 'Nouvel An'),
    ('FR', '2027-03-29', '2027-03-29', false, 'Lundi de Pâques'),
    ('FR', '2027-05-01', '2027-05-01', false, 'Fête du travail'),
    ('FR', '2027-05-06', '2027-05-06', false, 'Ascension'),
    ('FR', '2027-05-08', '2027-05-08', false, 'Fête de la Victoire 1945'),
    ('FR', '2027-05-17', '2027-05-17', false, 'Lundi de Pentecôte'),
    ('FR', '2027-07-14', '2027-07-14', false, 'Fête Nationale de la France'),
    ('FR', '2027-08-15', '2027-08-15', false, 'Assomption'),
    ('FR', '2027-11-01', '2027-11-01', false, 'Toussaint'),
    ('FR', '2027-11-11', '2027-11-11', false, 'Armistice 1918'),
    ('FR', '2027-12-25', '2027-12-25', false, 'Noël'),
    ('IT', '2021-01-01', '2021-01-01', false, 'Capodanno'),
    ('IT', '2021-01-06', '2021-01-06', false, 'Epifania'),
    ('IT', '2021-04-04', '2021-04-04', false, 'Domenica di Pasqua'),
    ('IT', '2021-04-05', '2021-04-05', false, 'Lunedì dell’Angelo'),
    ('IT', '2021-04-25', '2021-04-25', false, 'Liberazione dal nazifascismo (1945)'),
    ('IT', '2021-05-01', '2021-05-01', false, 'Festa del lavoro'),
    ('IT', '2021-06-02', '2021-06-02', false, 'Festa della Repubblica'),
    ('IT', '2021-08-15', '2021-08-15', false, 'Assunzione di Maria'),
    ('IT', '2021-11-01', '2021-11-01', false, 'Ognissanti'),
    ('IT', '2021-12-08', '2021-12-08', false, 'Immacolata Concezione'),
    ('IT', '2021-12-25', '2021-12-25', false, 'Natale di Gesù'),
    ('IT', '2021-12-26', '2021-12-26', false, 'Santo Stefano'),
    ('IT', '2022-01-01', '2022-01-01', false, 'Capodanno'),
    ('IT', '2022-01-06', '2022-01-06', false, 'Epifania'),
    ('IT', '2022-04-17', '2022-04-17', false, 'Domenica di Pasqua'),
    ('IT', '2022-04-18', '2022-04-18', false, 'Lunedì dell’Angelo'),
    ('IT', '2022-04-25', '2022-04-25', false, 'Liberazione dal nazifascismo (1945)'),
    ('IT', '2022-05-01', '2022-05-01', false, 'Festa del lavoro'),
    ('IT', '2022-06-02', '2022-06-02', false, 'Festa della Repubblica'),
    ('IT', '2022-08-15', '2022-08-15', false, 'Assunzione di Maria'),
    ('IT', '2022-11-01', '2022-11-01', false, 'Ognissanti'),
    ('IT', '2022-12-08', '2022-12-08', false, 'Immacolata Concezione'),
    ('IT', '2022-12-25', '2022-12-25', false, 'Natale di Gesù'),
    ('IT', '2022-12-26', '2022-12-26', false, 'Santo Stefano'),
    ('IT', '2023-01-01', '2023-01-01', false, 'Capodanno'),
    ('IT', '2023-01-06', '2023-01-06', false, 'Epifania'),
    ('IT', '2023-04-09', '2023-04-09', false, 'Domenica di Pasqua'),
    ('IT', '2023-04-10', '2023-04-10', false, 'Lunedì dell’Angelo'),
    ('IT', '2023-04-25', '2023-04-25', false, 'Liberazione dal nazifascismo (1945)'),
    ('IT', '2023-05-01', '2023-05-01', false, 'Festa del lavoro'),
    ('IT', '2023-06-02', '2023-06-02', false, 'Festa della Repubblica'),
    ('IT', '2023-08-15', '2023-08-15', false, 'Assunzione di Maria'),
    ('IT', '2023-11-01', '2023-11-01', false, 'Ognissanti'),
    ('IT', '2023-12-08', '2023-12-08', false, 'Immacolata Concezione'),
    ('IT', '2023-12-25', '2023-12-25', false, 'Natale di Gesù'),
    ('IT', '2023-12-26', '2023-12-26', false, 'Santo Stefano'),
    ('IT', '2024-01-01', '2024-01-01', false, 'Capodanno'),
    ('IT', '2024-01-06', '2024-01-06', false, 'Epifania'),
    ('IT', '2024-03-31', '2024-03-31', false, 'Domenica di Pasqua'),
    ('IT', '2024-04-01', '2024-04-01', false, 'Lunedì dell’Angelo'),
    ('IT', '2024-04-25', '2024-04-25', false, 'Liberazione dal nazifascismo (1945)'),
    ('IT', '2024-05-01', '2024-05-01', false, 'Festa del lavoro'),
    ('IT', '2024-06-02', '2024-06-02', false, 'Festa della Repubblica'),
    ('IT', '2024-08-15', '2024-08-15', false, 'Assunzione di Maria'),
    ('IT', '2024-11-01', '2024-11-01', false, 'Ognissanti'),
    ('IT', '2024-12-08', '2024-12-08', false, 'Immacolata Concezione'),
    ('IT', '2024-12-25', '2024-12-25', false, 'Natale di Gesù'),
    ('IT', '2024-12-26', '2024-12-26', false, 'Santo Stefano'),
    ('IT', '2025-01-01', '2025-01-01', false, 'Capodanno'),
    ('IT', '2025-01-06', '2025-01-06', false, 'Epifania'),
    ('IT', '2025-04-20', '2025-04-20', false, 'Domenica di Pasqua'),
    ('IT', '2025-04-21', '2025-04-21', false, 'Lunedì dell’Angelo'),
    ('IT', '2025-04-25', '2025-04-25', false, 'Liberazione dal nazifascismo (1945)'),
    ('IT', '2025-05-01', '2025-05-01', false, 'Festa del lavoro'),
    ('IT', '2025-06-02', '2025-06-02', false, 'Festa della Repubblica'),
    ('IT', '2025-08-15', '2025-08-15', false, 'Assunzione di Maria'),
    ('IT', '2025-11-01', '2025-11-01', false, 'Ognissanti'),
    ('IT', '2025-12-08', '2025-12-08', false, 'Immacolata Concezione'),
    ('IT', '2025-12-25', '2025-12-25', false, 'Natale di Gesù'),
    ('IT', '2025-12-26', '2025-12-26', false, 'Santo Stefano'),
    ('IT', '2026-01-01', '2026-01-01', false, 'Capodanno'),
    ('IT', '2026-01-06', '2026-01-06', false, 'Epifania'),
    ('IT', '2026-04-05', '2026-04-05', false, 'Domenica di Pasqua'),
    ('IT', '2026-04-06', '2026-04-06', false, 'Lunedì dell’Angelo'),
    ('IT', '2026-04-25', '2026-04-25', false, 'Liberazione dal nazifascismo (1945)'),
    ('IT', '2026-05-01', '2026-05-01', false, 'Festa del lavoro'),
    ('IT', '2026-06-02', '2026-06-02', false, 'Festa della Repubblica'),
    ('IT', '2026-08-15', '2026-08-15', false, 'Assunzione di Maria'),
    ('IT', '2026-10-04', '2026-10-04', false, 'Festa nazionale di San Francesco d''Assisi'),
    ('IT', '2026-11-01', '2026-11-01', false, 'Ognissanti'),
    ('IT', '2026-12-08', '2026-12-08', false, 'Immacolata Concezione'),
    ('IT', '2026-12-25', '2026-12-25', false, 'Natale di Gesù'),
    ('IT', '2026-12-26', '2026-12-26', false, 'Santo Stefano'),
    ('IT', '2027-01-01', '2027-01-01', false, 'Capodanno'),
    ('IT', '2027-01-06', '2027-01-06', false, 'Epifania'),
    ('IT', '2027-03-28', '2027-03-28', false, 'Domenica di Pasqua'),
    ('IT', '2027-03-29', '2027-03-29', false, 'Lunedì dell’Angelo'),
    ('IT', '2027-04-25', '2027-04-25', false, 'Liberazione dal nazifascismo (1945)'),
    ('IT', '2027-05-01', '2027-05-01', false, 'Festa del lavoro'),
    ('IT', '2027-06-02', '2027-06-02', false, 'Festa della Repubblica'),
    ('IT', '2027-08-15', '2027-08-15', false, 'Assunzione di Maria'),
    ('IT', '2027-10-04', '2027-10-04', false, 'Festa nazionale di San Francesco d''Assisi'),
    ('IT', '2027-11-01', '2027-11-01', false, 'Ognissanti'),
    ('IT', '2027-12-08', '2027-12-08', false, 'Immacolata Concezione'),
    ('IT', '2027-12-25', '2027-12-25', false, 'Natale di Gesù'),
    ('IT', '2027-12-26', '2027-12-26', false, 'Santo Stefano'),
    ('ID', '2021-01-01', '2021-01-01', false, 'Hari tahun baru'),
    ('ID', '2021-02-12', '2021-02-12', false, 'Tahun Baru Imlek'),
    ('ID', '2021-03-11', '2021-03-11', false, 'Maulid Nabi Muhammad'),
    ('ID', '2021-03-14', '2021-03-14', false, 'Hari Raya Nyepi'),
    ('ID', '2021-04-02', '2021-04-02', false, 'Wafat Yesus Kristus'),
    ('ID', '2021-05-01', '2021-05-01', false, 'Hari Buruh Internasional'),
    ('ID', '2021-05-13', '2021-05-14', false, 'Hari Raya Idul Fitri'),
    ('ID', '2021-05-26', '2021-05-26', false, 'Hari Raya Waisak'),
    ('ID', '2021-06-01', '2021-06-01', false, 'Hari Lahir Pancasila'),
    ('ID', '2021-07-20', '2021-07-20', false, 'Hari Raya Idul Adha'),
    ('ID', '2021-08-09', '2021-08-09', false, 'Tahun Baru Islam'),
    ('ID', '2021-08-17', '2021-08-17', false, 'Hari Ulang Tahun Kemerdekaan Republik Indonesia'),
    ('ID', '2021-10-18', '2021-10-18', false, 'Maulid Nabi Muhammad'),
    ('ID', '2021-12-25', '2021-12-25', false, 'Hari Raya Natal'),
    ('ID', '2022-01-01', '2022-01-01', false, 'Hari tahun baru'),
    ('ID', '2022-02-01', '2022-02-01', false, 'Tahun Baru Imlek'),
    ('ID', '2022-02-28', '2022-02-28', false, 'Maulid Nabi Muhammad'),
    ('ID', '2022-03-03', '2022-03-03', false, 'Hari Raya Nyepi'),
    ('ID', '2022-04-15', '2022-04-15', false, 'Wafat Yesus Kristus'),
    ('ID', '2022-05-01', '2022-05-01', false, 'Hari Buruh Internasional'),
    ('ID', '2022-05-02', '2022-05-03', false, 'Hari Raya Idul Fitri'),
    ('ID', '2022-05-16', '2022-05-16', false, 'Hari Raya Waisak'),
    ('ID', '2022-05-26', '2022-05-26', false, 'Kenaikan Yesus Kristus'),
    ('ID', '2022-06-01', '2022-06-01', false, 'Hari Lahir Pancasila'),
    ('ID', '2022-07-09', '2022-07-09', false, 'Hari Raya Idul Adha'),
    ('ID', '2022-07-30', '2022-07-30', false, 'Tahun Baru Islam'),
    ('ID', '2022-08-17', '2022-08-17', false, 'Hari Ulang Tahun Kemerdekaan Republik Indonesia'),
    ('ID', '2022-10-08', '2022-10-08', false, 'Maulid Nabi Muhammad'),
    ('ID', '2022-12-25', '2022-12-25', false, 'Hari Raya Natal'),
    ('ID', '2023-01-01', '2023-01-01', false, 'Hari tahun baru'),
    ('ID', '2023-01-22', '2023-01-22', false, 'Tahun Baru Imlek'),
    ('ID', '2023-02-18', '2023-02-18', false, 'Maulid Nabi Muhammad'),
    ('ID', '2023-03-22', '2023-03-22', false, 'Hari Raya Nyepi'),
    ('ID', '2023-04-07', '2023-04-07', false, 'Wafat Yesus Kristus'),
    ('ID', '2023-04-21', '2023-04-22', false, 'Hari Raya Idul Fitri'),
    ('ID', '2023-05-01', '2023-05-01', false, 'Hari Buruh Internasional'),
    ('ID', '2023-05-06', '2023-05-06', false, 'Hari Raya Waisak'),
    ('ID', '2023-05-18', '2023-05-18', false, 'Kenaikan Yesus Kristus'),
    ('ID', '2023-06-01', '2023-06-01', false, 'Hari Lahir Pancasila'),
    ('ID', '2023-06-28', '2023-06-28', false, 'Hari Raya Idul Adha'),
    ('ID', '2023-07-19', '2023-07-19', false, 'Tahun Baru Islam'),
    ('ID', '2023-08-17', '2023-08-17', false, 'Hari Ulang Tahun Kemerdekaan Republik Indonesia'),
    ('ID', '2023-09-27', '2023-09-27', false, 'Maulid Nabi Muhammad'),
    ('ID', '2023-12-25', '2023-12-25', false, 'Hari Raya Natal'),
    ('ID', '2024-01-01', '2024-01-01', false, 'Hari tahun baru'),
    ('ID', '2024-02-08', '2024-02-08', false, 'Maulid Nabi Muhammad'),
    ('ID', '2024-02-10', '2024-02-10', false, 'Tahun Baru Imlek'),
    ('ID', '2024-03-11', '2024-03-11', false, 'Hari Raya Nyepi'),
    ('ID', '2024-03-29', '2024-03-29', false, 'Wafat Yesus Kristus'),
    ('ID', '2024-04-10', '2024-04-11', false, 'Hari Raya Idul Fitri'),
    ('ID', '2024-05-01', '2024-05-01', false, 'Hari Buruh Internasional'),
    ('ID', '2024-05-09', '2024-05-09', false, 'Kenaikan Yesus Kristus'),
    ('ID', '2024-05-23', '2024-05-23', false, 'Hari Raya Waisak'),
    ('ID', '2024-06-01', '2024-06-01', false, 'Hari Lahir Pancasila'),
    ('ID', '2024-06-16', '2024-06-16', false, 'Hari Raya Idul Adha'),
    ('ID', '2024-07-07', '2024-07-07', false, 'Tahun Baru Islam'),
    ('ID', '2024-08-17', '2024-08-17', false, 'Hari Ulang Tahun Kemerdekaan Republik Indonesia'),
    ('ID', '2024-09-15', '2024-09-15', false, 'Maulid Nabi Muhammad'),
    ('ID', '2024-12-25', '2024-12-25', false, 'Hari Raya Natal'),
    ('ID', '2025-01-01', '2025-01-01', false, 'Hari tahun baru'),
    ('ID', '2025-01-27', '2025-01-27', false, 'Maulid Nabi Muhammad'),
    ('ID', '2025-01-29', '2025-01-29', false, 'Tahun Baru Imlek'),
    ('ID', '2025-03-29', '2025-03-29', false, 'Hari Raya Nyepi'),
    ('ID', '2025-03-30', '2025-03-31', false, 'Hari Raya Idul Fitri'),
    ('ID', '2025-04-18', '2025-04-18', false, 'Wafat Yesus Kristus'),
    ('ID', '2025-05-01', '2025-05-01', false, 'Hari Buruh Internasional'),
    ('ID', '2025-05-12', '2025-05-12', false, 'Hari Raya Waisak'),
    ('ID', '2025-05-29', '2025-05-29', false, 'Kenaikan Yesus Kristus'),
    ('ID', '2025-06-01', '2025-06-01', false, 'Hari Lahir Pancasila'),
    ('ID', '2025-06-06', '2025-06-06', false, 'Hari Raya Idul Adha'),
    ('ID', '2025-06-26', '2025-06-26', false, 'Tahun Baru Islam'),
    ('ID', '2025-08-17', '2025-08-17', false, 'Hari Ulang Tahun Kemerdekaan Republik Indonesia'),
    ('ID', '2025-09-05', '2025-09-05', false, 'Maulid Nabi Muhammad'),
    ('ID', '2025-12-25', '2025-12-25', false, 'Hari Raya Natal'),
    ('ID', '2026-01-01', '2026-01-01', false, 'Hari tahun baru'),
    ('ID', '2026-01-16', '2026-01-16', false, 'Maulid Nabi Muhammad'),
    ('ID', '2026-02-17', '2026-02-17', false, 'Tahun Baru Imlek'),
    ('ID', '2026-03-19', '2026-03-19', false, 'Hari Raya Nyepi'),
    ('ID', '2026-03-20', '2026-03-21', false, 'Hari Raya Idul Fitri'),
    ('ID', '2026-04-03', '2026-04-03', false, 'Wafat Yesus Kristus'),
    ('ID', '2026-05-01', '2026-05-01', false, 'Hari Buruh Internasional'),
    ('ID', '2026-05-14', '2026-05-14', false, 'Kenaikan Yesus Kristus'),
    ('ID', '2026-05-27', '2026-05-27', false, 'Hari Raya Idul Adha'),
    ('ID', '2026-05-31', '2026-05-31', false, 'Hari Raya Waisak'),
    ('ID', '2026-06-01', '2026-06-01', false, 'Hari Lahir Pancasila'),
    ('ID', '2026-06-16', '2026-06-16', false, 'Tahun Baru Islam'),
    ('ID', '2026-08-17', '2026-08-17', false, 'Hari Ulang Tahun Kemerdekaan Republik Indonesia'),
    ('ID', '2026-08-25', '2026-08-25', false, 'Maulid Nabi Muhammad'),
    ('ID', '2026-12-25', '2026-12-25', false, 'Hari Raya Natal'),
    ('TH', '2021-01-01', '2021-01-01', false, 'New Year''s Day'),
    ('TH', '2021-02-26', '2021-02-26', false, 'Makha Bucha'),
    ('TH', '2021-04-06', '2021-04-06', false, 'Chakri Memorial Day'),
    ('TH', '2021-04-13', '2021-04-15', false, 'Songkran Festival'),
    ('TH', '2021-05-04', '2021-05-04', false, 'Coronation Day'),
    ('TH', '2021-05-26', '2021-05-26', false, 'Vesak Day'),
    ('TH', '2021-06-03', '2021-06-03', false, 'Queen Suthida''s Birthday'),
    ('TH', '2021-07-24', '2021-07-24', false, 'Asalha Puja'),
    ('TH', '2021-07-25', '2021-07-25', false, 'Buddhist Lent'),
    ('TH', '2021-07-28', '2021-07-28', false, 'King''s Birthday'),
    ('TH', '2021-08-12', '2021-08-12', false, 'The Queen Mother''s Birthday'),
    ('TH', '2021-10-13', '2021-10-13', false, 'King Bhumibol Adulyadej Memorial Day'),
    ('TH', '2021-10-23', '2021-10-23', false, 'King Chulalongkorn Day'),
    ('TH', '2021-12-05', '2021-12-05', false, 'King Bhumibol Adulyadej''s Birthday'),
    ('TH', '2021-12-10', '2021-12-10', false, 'Constitution Day'),
    ('TH', '2021-12-31', '2021-12-31', false, 'New Year''s Eve'),
    ('TH', '2022-01-01', '2022-01-01', false, 'New Year''s Day'),
    ('TH', '2022-02-16', '2022-02-16', false, 'Makha Bucha'),
    ('TH', '2022-04-06', '2022-04-06', false, 'Chakri Memorial Day'),
    ('TH', '2022-04-13', '2022-04-15', false, 'Songkran Festival'),
    ('TH', '2022-05-04', '2022-05-04', false, 'Coronation Day'),
    ('TH', '2022-05-15', '2022-05-16', false, 'Vesak Day'),
    ('TH', '2022-06-03', '2022-06-03', false, 'Queen Suthida''s Birthday'),
    ('TH', '2022-07-13', '2022-07-13', false, 'Asalha Puja'),
    ('TH', '2022-07-14', '2022-07-14', false, 'Buddhist Lent'),
    ('TH', '2022-07-28', '2022-07-28', false, 'King''s Birthday'),
    ('TH', '2022-08-12', '2022-08-12', false, 'The Queen Mother''s Birthday'),
    ('TH', '2022-10-13', '2022-10-13', false, 'King Bhumibol Adulyadej Memorial Day'),
    ('TH', '2022-10-23', '2022-10-23', false, 'King Chulalongkorn Day'),
    ('TH', '2022-12-05', '2022-12-05', false, 'King Bhumibol Adulyadej''s Birthday'),
    ('TH', '2022-12-10', '2022-12-10', false, 'Constitution Day'),
    ('TH', '2022-12-31', '2022-12-31', false, 'New Year''s Eve'),
    ('TH', '2023-01-01', '2023-01-01', false, 'New Year''s Day'),
    ('TH', '2023-03-06', '2023-03-06', false, 'Makha Bucha'),
    ('TH', '2023-04-06', '2023-04-06', false, 'Chakri Memorial Day'),
    ('TH', '2023-04-13', '2023-04-15', false, 'Songkran Festival'),
    ('TH', '2023-05-04', '2023-05-04', false, 'Coronation Day'),
    ('TH', '2023-06-03', '2023-06-03', false, 'Queen Suthida''s Birthday'),
    ('TH', '2023-07-28', '2023-07-28', false, 'King''s Birthday'),
    ('TH', '2023-07-31', '2023-07-31', false, 'Asalha Puja'),
    ('TH', '2023-08-01', '2023-08-01', false, 'Buddhist Lent'),
    ('TH', '2023-08-12', '2023-08-12', false, 'The Queen Mother''s Birthday'),
    ('TH', '2023-10-13', '2023-10-13', false, 'King Bhumibol Adulyadej Memorial Day'),
    ('TH', '2023-10-23', '2023-10-23', false, 'King Chulalongkorn Day'),
    ('TH', '2023-12-05', '2023-12-05', false, 'King Bhumibol Adulyadej''s Birthday'),
    ('TH', '2023-12-10', '2023-12-10', false, 'Constitution Day'),
    ('TH', '2023-12-31', '2023-12-31', false, 'New Year''s Eve'),
    ('TH', '2024-01-01', '2024-01-01', false, 'New Year''s Day'),
    ('TH', '2024-02-24', '2024-02-24', false, 'Makha Bucha'),
    ('TH', '2024-04-06', '2024-04-06', false, 'Chakri Memorial Day'),
    ('TH', '2024-04-13', '2024-04-15', false, 'Songkran Festival'),
    ('TH', '2024-05-04', '2024-05-04', false, 'Coronation Day'),
    ('TH', '2024-05-22', '2024-05-22', false, 'Vesak Day'),
    ('TH', '2024-06-03', '2024-06-03', false, 'Queen Suthida''s Birthday'),
    ('TH', '2024-07-19', '2024-07-19', false, 'Asalha Puja'),
    ('TH', '2024-07-20', '2024-07-20', false, 'Buddhist Lent'),
    ('TH', '2024-07-28', '2024-07-28', false, 'King''s Birthday'),
    ('TH', '2024-08-12', '2024-08-12', false, 'The Queen Mother''s Birthday'),
    ('TH', '2024-10-13', '2024-10-13', false, 'King Bhumibol Adulyadej Memorial Day'),
    ('TH', '2024-10-23', '2024-10-23', false, 'King Chulalongkorn Day'),
    ('TH', '2024-12-05', '2024-12-05', false, 'King Bhumibol Adulyadej''s Birthday'),
    ('TH', '2024-12-10', '2024-12-10', false, 'Constitution Day'),
    ('TH', '2024-12-31', '2024-12-31', false, 'New Year''s Eve'),
    ('TH', '2025-01-01', '2025-01-01', false, 'New Year''s Day'),
    ('TH', '2025-02-13', '2025-02-13', false, 'Makha Bucha'),
    ('TH', '2025-04-06', '2025-04-06', false, 'Chakri Memorial Day'),
    ('TH', '2025-04-13', '2025-04-15', false, 'Songkran Festival'),
    ('TH', '2025-05-04', '2025-05-04', false, 'Coronation Day'),
    ('TH', '2025-05-12', '2025-05-12', false, 'Vesak Day'),
    ('TH', '2025-06-03', '2025-06-03', false, 'Queen Suthida''s Birthday'),
    ('TH', '2025-07-10', '2025-07-10', false, 'Asalha Puja'),
    ('TH', '2025-07-11', '2025-07-11', false, 'Buddhist Lent'),
    ('TH', '2025-07-28', '2025-07-28', false, 'King''s Birthday'),
    ('TH', '2025-08-12', '2025-08-12', false, 'The Queen Mother''s Birthday'),
    ('TH', '2025-10-13', '2025-10-13', false, 'King Bhumibol Adulyadej Memorial Day'),
    ('TH', '2025-10-23', '2025-10-23', false, 'King Chulalongkorn Day'),
    ('TH', '2025-12-05', '2025-12-05', false, 'King Bhumibol Adulyadej''s Birthday'),
    ('TH', '2025-12-10', '2025-12-10', false, 'Constitution Day'),
    ('TH', '2025-12-31', '2025-12-31', false, 'New Year''s Eve'),
    ('TH', '2026-01-01', '2026-01-01', false, 'New Year''s Day'),
    ('TH', '2026-03-03', '2026-03-03', false, 'Makha Bucha'),
    ('TH', '2026-04-06', '2026-04-06', false, 'Chakri Memorial Day'),
    ('TH', '2026-04-13', '2026-04-15', false, 'Songkran Festival'),
    ('TH', '2026-05-04', '2026-05-04', false, 'Coronation Day'),
    ('TH', '2026-05-31', '2026-05-31', false, 'Vesak Day'),
    ('TH', '2026-06-03', '2026-06-03', false, 'Queen Suthida''s Birthday'),
    ('TH', '2026-07-28', '2026-07-28', false, 'King''s Birthday'),
    ('TH', '2026-07-29', '2026-07-29', false, 'Asalha Puja'),
    ('TH', '2026-07-30', '2026-07-30', false, 'Buddhist Lent'),
    ('TH', '2026-08-12', '2026-08-12', false, 'The Queen Mother''s Birthday'),
    ('TH', '2026-10-13', '2026-10-13', false, 'King Bhumibol Adulyadej Memorial Day'),
    ('TH', '2026-10-23', '2026-10-23', false, 'King Chulalongkorn Day'),
    ('TH', '2026-12-05', '2026-12-05', false, 'King Bhumibol Adulyadej''s Birthday'),
    ('TH', '2026-12-10', '2026-12-10', false, 'Constitution Day'),
    ('TH', '2026-12-31', '2026-12-31', false, 'New Year''s Eve'),
    ('VN', '2021-01-01', '2021-01-01', false, 'Tết Dương lịch'),
    ('VN', '2021-02-11', '2021-02-15', false, 'Giao thừa Tết Nguyên Đán'),
    ('VN', '2021-04-21', '2021-04-21', false, 'Giỗ tổ Hùng Vương'),
    ('VN', '2021-04-30', '2021-04-30', false, 'Ngày Giải phóng miền Nam'),
    ('VN', '2021-05-01', '2021-05-01', false, 'Quốc tế Lao động'),
    ('VN', '2021-09-02', '2021-09-02', false, 'Quốc khánh'),
    ('VN', '2022-01-01', '2022-01-01', false, 'Tết Dương lịch'),
    ('VN', '2022-01-31', '2022-02-04', false, 'Giao thừa Tết Nguyên Đán'),
    ('VN', '2022-04-10', '2022-04-10', false, 'Giỗ tổ Hùng Vương'),
    ('VN', '2022-04-30', '2022-04-30', false, 'Ngày Giải phóng miền Nam'),
    ('VN', '2022-05-01', '2022-05-01', false, 'Quốc tế Lao động'),
    ('VN', '2022-09-02', '2022-09-02', false, 'Quốc khánh'),
    ('VN', '2023-01-01', '2023-01-01', false, 'Tết Dương lịch'),
    ('VN', '2023-01-21', '2023-01-25', false, 'Giao thừa Tết Nguyên Đán'),
    ('VN', '2023-04-29', '2023-04-29', false, 'Giỗ tổ Hùng Vương'),
    ('VN', '2023-04-30', '2023-04-30', false, 'Ngày Giải phóng miền Nam'),
    ('VN', '2023-05-01', '2023-05-01', false, 'Quốc tế Lao động'),
    ('VN', '2023-09-02', '2023-09-02', false, 'Quốc khánh'),
    ('VN', '2024-01-01', '2024-01-01', false, 'Tết Dương lịch'),
    ('VN', '2024-02-09', '2024-02-13', false, 'Giao thừa Tết Nguyên Đán'),
    ('VN', '2024-04-18', '2024-04-18', false, 'Giỗ tổ Hùng Vương'),
    ('VN', '2024-04-30', '2024-04-30', false, 'Ngày Giải phóng miền Nam'),
    ('VN', '2024-05-01', '2024-05-01', false, 'Quốc tế Lao động'),
    ('VN', '2024-09-02', '2024-09-02', false, 'Quốc khánh'),
    ('VN', '2025-01-01', '2025-01-01', false, 'Tết Dương lịch'),
    ('VN', '2025-01-28', '2025-02-01', false, 'Giao thừa Tết Nguyên Đán'),
    ('VN', '2025-04-07', '2025-04-07', false, 'Giỗ tổ Hùng Vương'),
    ('VN', '2025-04-30', '2025-04-30', false, 'Ngày Giải phóng miền Nam'),
    ('VN', '2025-05-01', '2025-05-01', false, 'Quốc tế Lao động'),
    ('VN', '2025-09-02', '2025-09-02', false, 'Quốc khánh'),
    ('VN', '2026-01-01', '2026-01-01', false, 'Tết Dương lịch'),
    ('VN', '2026-02-16', '2026-02-20', false, 'Giao thừa Tết Nguyên Đán'),
    ('VN', '2026-04-26', '2026-04-26', false, 'Giỗ tổ Hùng Vương'),
    ('VN', '2026-04-30', '2026-04-30', false, 'Ngày Giải phóng miền Nam'),
    ('VN', '2026-05-01', '2026-05-01', false, 'Quốc tế Lao động'),
    ('VN', '2026-09-02', '2026-09-02', false, 'Quốc khánh'),
    ('MY', '2021-01-01', '2021-01-01', false, 'Hari Tahun Baru'),
    ('MY', '2021-02-12', '2021-02-13', false, 'Tahun Baru Cina'),
    ('MY', '2021-04-29', '2021-04-29', false, 'Hari Nuzul Al-Quran'),
    ('MY', '2021-05-01', '2021-05-01', false, 'Hari Pekerja'),
    ('MY', '2021-05-13', '2021-05-14', false, 'Hari Raya Aidil Fitri'),
    ('MY', '2021-05-26', '2021-05-26', false, 'Vesak Day'),
    ('MY', '2021-06-07', '2021-06-07', false, 'Hari Keputeraan Yang di-Pertuan Agong'),
    ('MY', '2021-07-20', '2021-07-20', false, 'Hari Raya Haji'),
    ('MY', '2021-08-09', '2021-08-09', false, 'Awal Muharram'),
    ('MY', '2021-08-31', '2021-08-31', false, 'Hari Kebangsaan'),
    ('MY', '2021-09-16', '2021-09-16', false, 'Hari Malaysia'),
    ('MY', '2021-10-18', '2021-10-18', false, 'Hari Keputeraan Nabi Muhammad S.A.W.'),
    ('MY', '2021-11-04', '2021-11-04', false, 'Deepavali'),
    ('MY', '2021-12-25', '2021-12-25', false, 'Hari Krismas'),
    ('MY', '2022-01-01', '2022-01-01', false, 'Hari Tahun Baru'),
    ('MY', '2022-02-01', '2022-02-02', false, 'Tahun Baru Cina'),
    ('MY', '2022-04-19', '2022-04-19', false, 'Hari Nuzul Al-Quran'),
    ('MY', '2022-05-01', '2022-05-01', false, 'Hari Pekerja'),
    ('MY', '2022-05-02', '2022-05-02', false, 'Hari Pekerja (substitute day)'),
    ('MY', '2022-05-03', '2022-05-04', false, 'Hari Raya Aidil Fitri'),
    ('MY', '2022-05-15', '2022-05-16', false, 'Vesak Day'),
    ('MY', '2022-06-06', '2022-06-06', false, 'Hari Keputeraan Yang di-Pertuan Agong'),
    ('MY', '2022-07-10', '2022-07-10', false, 'Hari Raya Haji'),
    ('MY', '2022-07-30', '2022-07-30', false, 'Awal Muharram'),
    ('MY', '2022-08-31', '2022-08-31', false, 'Hari Kebangsaan'),
    ('MY', '2022-09-16', '2022-09-16', false, 'Hari Malaysia'),
    ('MY', '2022-10-09', '2022-10-09', false, 'Hari Keputeraan Nabi Muhammad S.A.W.'),
    ('MY', '2022-10-24', '2022-10-24', false, 'Deepavali'),
    ('MY', '2022-12-25', '2022-12-25', false, 'Hari Krismas'),
    ('MY', '2022-12-26', '2022-12-26', false, 'Hari Krismas (substitute day)'),
    ('MY', '2023-01-01', '2023-01-01', false, 'Hari Tahun Baru'),
    ('MY', '2023-01-02', '2023-01-02', false, 'Hari Tahun Baru (substitute day)'),
    ('MY', '2023-01-22', '2023-01-23', false, 'Tahun Baru Cina'),
    ('MY', '2023-04-08', '2023-04-08', false, 'Hari Nuzul Al-Quran'),
    ('MY', '2023-04-21', '2023-04-22', false, 'Hari Raya Aidil Fitri'),
    ('MY', '2023-05-01', '2023-05-01', false, 'Hari Pekerja'),
    ('MY', '2023-05-04', '2023-05-04', false, 'Vesak Day'),
    ('MY', '2023-06-05', '2023-06-05', false, 'Hari Keputeraan Yang di-Pertuan Agong'),
    ('MY', '2023-06-28', '2023-06-28', false, 'Hari Raya Haji'),
    ('MY', '2023-07-19', '2023-07-19', false, 'Awal Muharram'),
    ('MY', '2023-08-31', '2023-08-31', false, 'Hari Kebangsaan'),
    ('MY', '2023-09-16', '2023-09-16', false, 'Hari Malaysia'),
    ('MY', '2023-09-27', '2023-09-27', false, 'Hari Keputeraan Nabi Muhammad S.A.W.'),
    ('MY', '2023-11-12', '2023-11-13', false, 'Deepavali'),
    ('MY', '2023-12-25', '2023-12-25', false, 'Hari Krismas'),
    ('MY', '2024-01-01', '2024-01-01', false, 'Hari Tahun Baru'),
    ('MY', '2024-02-10', '2024-02-11', false, 'Tahun Baru Cina'),
    ('MY', '2024-02-12', '2024-02-12', false, 'Tahun Baru Cina (substitute day)'),
    ('MY', '2024-03-27', '2024-03-27', false, 'Hari Nuzul Al-Quran'),
    ('MY', '2024-04-10', '2024-04-11', false, 'Hari Raya Aidil Fitri'),
    ('MY', '2024-05-01', '2024-05-01', false, 'Hari Pekerja'),
    ('MY', '2024-05-22', '2024-05-22', false, 'Vesak Day'),
    ('MY', '2024-06-03', '2024-06-03', false, 'Hari Keputeraan Yang di-Pertuan Agong'),
    ('MY', '2024-06-16', '2024-06-16', false, 'Hari Raya Haji'),
    ('MY', '2024-07-07', '2024-07-07', false, 'Awal Muharram'),
    ('MY', '2024-08-31', '2024-08-31', false, 'Hari Kebangsaan'),
    ('MY', '2024-09-15', '2024-09-15', false, 'Hari Keputeraan Nabi Muhammad S.A.W.'),
    ('MY', '2024-09-16', '2024-09-16', false, 'Hari Malaysia'),
    ('MY', '2024-10-31', '2024-10-31', false, 'Deepavali'),
    ('MY', '2024-12-25', '2024-12-25', false, 'Hari Krismas'),
    ('MY', '2025-01-01', '2025-01-01', false, 'Hari Tahun Baru'),
    ('MY', '2025-01-29', '2025-01-30', false, 'Tahun Baru Cina'),
    ('MY', '2025-03-17', '2025-03-17', false, 'Hari Nuzul Al-Quran'),
    ('MY', '2025-03-30', '2025-03-31', false, 'Hari Raya Aidil Fitri'),
    ('MY', '2025-05-01', '2025-05-01', false, 'Hari Pekerja'),
    ('MY', '2025-05-12', '2025-05-12', false, 'Vesak Day'),
    ('MY', '2025-06-02', '2025-06-02', false, 'Hari Keputeraan Yang di-Pertuan Agong'),
    ('MY', '2025-06-06', '2025-06-06', false, 'Hari Raya Haji'),
    ('MY', '2025-06-26', '2025-06-26', false, 'Awal Muharram'),
    ('MY', '2025-08-31', '2025-08-31', false, 'Hari Kebangsaan'),
    ('MY', '2025-09-01', '2025-09-01', false, 'Hari Kebangsaan (substitute day)'),
    ('MY', '2025-09-04', '2025-09-04', false, 'Hari Keputeraan Nabi Muhammad S.A.W.'),
    ('MY', '2025-09-16', '2025-09-16', false, 'Hari Malaysia'),
    ('MY', '2025-10-20', '2025-10-20', false, 'Deepavali'),
    ('MY', '2025-12-25', '2025-12-25', false, 'Hari Krismas'),
    ('MY', '2026-01-01', '2026-01-01', false, 'Hari Tahun Baru'),
    ('MY', '2026-02-17', '2026-02-18', false, 'Tahun Baru Cina'),
    ('MY', '2026-03-07', '2026-03-07', false, 'Hari Nuzul Al-Quran'),
    ('MY', '2026-03-21', '2026-03-22', false, 'Hari Raya Aidil Fitri'),
    ('MY', '2026-05-01', '2026-05-01', false, 'Hari Pekerja'),
    ('MY', '2026-05-27', '2026-05-27', false, 'Hari Raya Haji'),
    ('MY', '2026-05-31', '2026-05-31', false, 'Vesak Day'),
    ('MY', '2026-06-01', '2026-06-01', false, 'Hari Keputeraan Yang di-Pertuan Agong'),
    ('MY', '2026-06-17', '2026-06-17', false, 'Awal Muharram'),
    ('MY', '2026-08-25', '2026-08-25', false, 'Hari Keputeraan Nabi Muhammad S.A.W.'),
    ('MY', '2026-08-31', '2026-08-31', false, 'Hari Kebangsaan'),
    ('MY', '2026-09-16', '2026-09-16', false, 'Hari Malaysia'),
    ('MY', '2026-11-08', '2026-11-09', false, 'Deepavali'),
    ('MY', '2026-12-25', '2026-12-25', false, 'Hari Krismas'),
    ('PH', '2021-01-01', '2021-01-01', false, 'New Year''s Day'),
    ('PH', '2021-04-01', '2021-04-01', false, 'Maundy Thursday'),
    ('PH', '2021-04-02', '2021-04-02', false, 'Good Friday'),
    ('PH', '2021-04-04', '2021-04-04', false, 'Easter Sunday'),
    ('PH', '2021-04-09', '2021-04-09', false, 'Day of Valor'),
    ('PH', '2021-05-01', '2021-05-01', false, 'Labour Day'),
    ('PH', '2021-05-13', '2021-05-13', false, 'End of Ramadan (Eid al-Fitr)'),
    ('PH', '2021-06-12', '2021-06-12', false, 'Independence Day'),
    ('PH', '2021-07-20', '2021-07-20', false, 'Feast of the Sacrifice (Eid al-Adha)'),
    ('PH', '2021-08-30', '2021-08-30', false, 'National Heroes'' Day'),
    ('PH', '2021-11-30', '2021-11-30', false, 'Bonifacio Day'),
    ('PH', '2021-12-25', '2021-12-25', false, 'Christmas Day'),
    ('PH', '2021-12-30', '2021-12-30', false, 'Rizal Day'),
    ('PH', '2022-01-01', '2022-01-01', false, 'New Year''s Day'),
    ('PH', '2022-04-09', '2022-04-09', false, 'Day of Valor'),
    ('PH', '2022-04-14', '2022-04-14', false, 'Maundy Thursday'),
    ('PH', '2022-04-15', '2022-04-15', false, 'Good Friday'),
    ('PH', '2022-04-17', '2022-04-17', false, 'Easter Sunday'),
    ('PH', '2022-05-01', '2022-05-01', false, 'Labour Day'),
    ('PH', '2022-05-02', '2022-05-02', false, 'End of Ramadan (Eid al-Fitr)'),
    ('PH', '2022-06-12', '2022-06-12', false, 'Independence Day'),
    ('PH', '2022-07-09', '2022-07-09', false, 'Feast of the Sacrifice (Eid al-Adha)'),
    ('PH', '2022-08-29', '2022-08-29', false, 'National Heroes'' Day'),
    ('PH', '2022-11-30', '2022-11-30', false, 'Bonifacio Day'),
    ('PH', '2022-12-25', '2022-12-25', false, 'Christmas Day'),
    ('PH', '2022-12-30', '2022-12-30', false, 'Rizal Day'),
    ('PH', '2023-01-01', '2023-01-01', false, 'New Year''s Day'),
    ('PH', '2023-04-06', '2023-04-06', false, 'Maundy Thursday'),
    ('PH', '2023-04-07', '2023-04-07', false, 'Good Friday'),
    ('PH', '2023-04-09', '2023-04-09', false, 'Day of Valor'),
    ('PH', '2023-04-21', '2023-04-21', false, 'End of Ramadan (Eid al-Fitr)'),
    ('PH', '2023-05-01', '2023-05-01', false, 'Labour Day'),
    ('PH', '2023-06-12', '2023-06-12', false, 'Independence Day'),
    ('PH', '2023-06-28', '2023-06-28', false, 'Feast of the Sacrifice (Eid al-Adha)'),
    ('PH', '2023-08-28', '2023-08-28', false, 'National Heroes'' Day'),
    ('PH', '2023-11-30', '2023-11-30', false, 'Bonifacio Day'),
    ('PH', '2023-12-25', '2023-12-25', false, 'Christmas Day'),
    ('PH', '2023-12-30', '2023-12-30', false, 'Rizal Day'),
    ('PH', '2024-01-01', '2024-01-01', false, 'New Year''s Day'),
    ('PH', '2024-03-28', '2024-03-28', false, 'Maundy Thursday'),
    ('PH', '2024-03-29', '2024-03-29', false, 'Good Friday'),
    ('PH', '2024-03-31', '2024-03-31', false, 'Easter Sunday'),
    ('PH', '2024-04-09', '2024-04-09', false, 'Day of Valor'),
    ('PH', '2024-04-10', '2024-04-10', false, 'End of Ramadan (Eid al-Fitr)'),
    ('PH', '2024-05-01', '2024-05-01', false, 'Labour Day'),
    ('PH', '2024-06-12', '2024-06-12', false, 'Independence Day'),
    ('PH', '2024-06-16', '2024-06-16', false, 'Feast of the Sacrifice (Eid al-Adha)'),
    ('PH', '2024-08-26', '2024-08-26', false, 'National Heroes'' Day'),
    ('PH', '2024-11-30', '2024-11-30', false, 'Bonifacio Day'),
    ('PH', '2024-12-25', '2024-12-25', false, 'Christmas Day'),
    ('PH', '2024-12-30', '2024-12-30', false, 'Rizal Day'),
    ('PH', '2025-01-01', '2025-01-01', false, 'New Year''s Day'),
    ('PH', '2025-03-30', '2025-03-30', false, 'End of Ramadan (Eid al-Fitr)'),
    ('PH', '2025-04-09', '2025-04-09', false, 'Day of Valor'),
    ('PH', '2025-04-17', '2025-04-17', false, 'Maundy Thursday'),
    ('PH', '2025-04-18', '2025-04-18', false, 'Good Friday'),
    ('PH', '2025-04-20', '2025-04-20', false, 'Easter Sunday'),
    ('PH', '2025-05-01', '2025-05-01', false, 'Labour Day'),
    ('PH', '2025-06-06', '2025-06-06', false, 'Feast of the Sacrifice (Eid al-Adha)'),
    ('PH', '2025-06-12', '2025-06-12', false, 'Independence Day'),
    ('PH', '2025-08-25', '2025-08-25', false, 'National Heroes'' Day'),
    ('PH', '2025-11-30', '2025-11-30', false, 'Bonifacio Day'),
    ('PH', '2025-12-25', '2025-12-25', false, 'Christmas Day'),
    ('PH', '2025-12-30', '2025-12-30', false, 'Rizal Day'),
    ('PH', '2026-01-01', '2026-01-01', false, 'New Year''s Day'),
    ('PH', '2026-03-20', '2026-03-20', false, 'End of Ramadan (Eid al-Fitr)'),
    ('PH', '2026-04-02', '2026-04-02', false, 'Maundy Thursday'),
    ('PH', '2026-04-03', '2026-04-03', false, 'Good Friday'),
    ('PH', '2026-04-05', '2026-04-05', false, 'Easter Sunday'),
    ('PH', '2026-04-09', '2026-04-09', false, 'Day of Valor'),
    ('PH', '2026-05-01', '2026-05-01', false, 'Labour Day'),
    ('PH', '2026-05-27', '2026-05-27', false, 'Feast of the Sacrifice (Eid al-Adha)'),
    ('PH', '2026-06-12', '2026-06-12', false, 'Independence Day'),
    ('PH', '2026-08-31', '2026-08-31', false, 'National Heroes'' Day'),
    ('PH', '2026-11-30', '2026-11-30', false, 'Bonifacio Day'),
    ('PH', '2026-12-25', '2026-12-25', false, 'Christmas Day'),
    ('PH', '2026-12-30', '2026-12-30', false, 'Rizal Day'),
    ('SG', '2021-01-01', '2021-01-01', false, 'New Year''s Day'),
    ('SG', '2021-02-12', '2021-02-13', false, 'Chinese New Year'),
    ('SG', '2021-04-02', '2021-04-02', false, 'Good Friday'),
    ('SG', '2021-05-01', '2021-05-01', false, 'Labour Day'),
    ('SG', '2021-05-13', '2021-05-13', false, 'Hari Raya Puasa'),
    ('SG', '2021-05-26', '2021-05-26', false, 'Vesak Day'),
    ('SG', '2021-07-20', '2021-07-20', false, 'Hari Raya Haji'),
    ('SG', '2021-08-09', '2021-08-09', false, 'National Day'),
    ('SG', '2021-11-04', '2021-11-04', false, 'Deepavali'),
    ('SG', '2021-12-25', '2021-12-25', false, 'Christmas Day'),
    ('SG', '2022-01-01', '2022-01-01', false, 'New Year''s Day'),
    ('SG', '2022-02-01', '2022-02-02', false, 'Chinese New Year'),
    ('SG', '2022-04-15', '2022-04-15', false, 'Good Friday'),
    ('SG', '2022-05-01', '2022-05-01', false, 'Labour Day'),
    ('SG', '2022-05-02', '2022-05-02', false, 'Labour Day (substitute day)'),
    ('SG', '2022-05-03', '2022-05-03', false, 'Hari Raya Puasa'),
    ('SG', '2022-05-15', '2022-05-16', false, 'Vesak Day'),
    ('SG', '2022-07-10', '2022-07-10', false, 'Hari Raya Haji'),
    ('SG', '2022-08-09', '2022-08-09', false, 'National Day'),
    ('SG', '2022-10-24', '2022-10-24', false, 'Deepavali'),
    ('SG', '2022-12-25', '2022-12-25', false, 'Christmas Day'),
    ('SG', '2022-12-26', '2022-12-26', false, 'Christmas Day (substitute day)'),
    ('SG', '2023-01-01', '2023-01-01', false, 'New Year''s Day'),
    ('SG', '2023-01-02', '2023-01-02', false, 'New Year''s Day (substitute day)'),
    ('SG', '2023-01-22', '2023-01-23', false, 'Chinese New Year'),
    ('SG', '2023-01-24', '2023-01-24', false, 'Chinese New Year (substitute day)'),
    ('SG', '2023-04-07', '2023-04-07', false, 'Good Friday'),
    ('SG', '2023-04-22', '2023-04-22', false, 'Hari Raya Puasa'),
    ('SG', '2023-05-01', '2023-05-01', false, 'Labour Day'),
    ('SG', '2023-06-02', '2023-06-02', false, 'Vesak Day'),
    ('SG', '2023-06-29', '2023-06-29', false, 'Hari Raya Haji'),
    ('SG', '2023-08-09', '2023-08-09', false, 'National Day'),
    ('SG', '2023-09-01', '2023-09-01', false, 'Presidential Election Day'),
    ('SG', '2023-11-13', '2023-11-13', false, 'Deepavali'),
    ('SG', '2023-12-25', '2023-12-25', false, 'Christmas Day'),
    ('SG', '2024-01-01', '2024-01-01', false, 'New Year''s Day'),
    ('SG', '2024-02-10', '2024-02-11', false, 'Chinese New Year'),
    ('SG', '2024-02-12', '2024-02-12', false, 'Chinese New Year (substitute day)'),
    ('SG', '2024-03-29', '2024-03-29', false, 'Good Friday'),
    ('SG', '2024-04-10', '2024-04-10', false, 'Hari Raya Puasa'),
    ('SG', '2024-05-01', '2024-05-01', false, 'Labour Day'),
    ('SG', '2024-05-22', '2024-05-22', false, 'Vesak Day'),
    ('SG', '2024-06-16', '2024-06-16', false, 'Hari Raya Haji'),
    ('SG', '2024-08-09', '2024-08-09', false, 'National Day'),
    ('SG', '2024-10-31', '2024-10-31', false, 'Deepavali'),
    ('SG', '2024-12-25', '2024-12-25', false, 'Christmas Day'),
    ('SG', '2025-01-01', '2025-01-01', false, 'New Year''s Day'),
    ('SG', '2025-01-29', '2025-01-30', false, 'Chinese New Year'),
    ('SG', '2025-03-31', '2025-03-31', false, 'Hari Raya Puasa'),
    ('SG', '2025-04-18', '2025-04-18', false, 'Good Friday'),
    ('SG', '2025-05-01', '2025-05-01', false, 'Labour Day'),
    ('SG', '2025-05-12', '2025-05-12', false, 'Vesak Day'),
    ('SG', '2025-06-07', '2025-06-07', false, 'Hari Raya Haji'),
    ('SG', '2025-08-09', '2025-08-09', false, 'National Day'),
    ('SG', '2025-10-20', '2025-10-20', false, 'Deepavali'),
    ('SG', '2025-12-25', '2025-12-25', false, 'Christmas Day'),
    ('SG', '2026-01-01', '2026-01-01', false, 'New Year''s Day'),
    ('SG', '2026-02-17', '2026-02-18', false, 'Chinese New Year'),
    ('SG', '2026-03-21', '2026-03-21', false, 'Hari Raya Puasa'),
    ('SG', '2026-04-03', '2026-04-03', false, 'Good Friday'),
    ('SG', '2026-05-01', '2026-05-01', false, 'Labour Day'),
    ('SG', '2026-05-27', '2026-05-27', false, 'Hari Raya Haji'),
    ('SG', '2026-05-31', '2026-06-01', false, 'Vesak Day'),
    ('SG', '2026-08-09', '2026-08-09', false, 'National Day'),
    ('SG', '2026-08-10', '2026-08-10', false, 'National Day (substitute day)'),
    ('SG', '2026-11-08', '2026-11-09', false, 'Deepavali'),
    ('SG', '2026-12-25', '2026-12-25', false, 'Christmas Day'),
    ('JP', '2021-01-01', '2021-01-01', false, '元日'),
    ('JP', '2021-01-11', '2021-01-11', false, '成人の日'),
    ('JP', '2021-02-11', '2021-02-11', false, '建国記念の日'),
    ('JP', '2021-02-23', '2021-02-23', false, '天皇誕生日'),
    ('JP', '2021-03-20', '2021-03-20', false, '春分の日'),
    ('JP', '2021-04-29', '2021-04-29', false, '昭和の日'),
    ('JP', '2021-05-03', '2021-05-03', false, '憲法記念日'),
    ('JP', '2021-05-04', '2021-05-04', false, 'みどりの日'),
    ('JP', '2021-05-05', '2021-05-05', false, 'こどもの日'),
    ('JP', '2021-07-22', '2021-07-22', false, '海の日'),
    ('JP', '2021-07-23', '2021-07-23', false, 'スポーツの日'),
    ('JP', '2021-08-08', '2021-08-08', false, '山の日'),
    ('JP', '2021-08-09', '2021-08-09', false, '山の日 (振替休日)'),
    ('JP', '2021-09-20', '2021-09-20', false, '敬老の日'),
    ('JP', '2021-09-23', '2021-09-23', false, '秋分の日'),
    ('JP', '2021-11-03', '2021-11-03', false, '文化の日'),
    ('JP', '2021-11-23', '2021-11-23', false, '勤労感謝の日'),
    ('JP', '2022-01-01', '2022-01-01', false, '元日'),
    ('JP', '2022-01-10', '2022-01-10', false, '成人の日'),
    ('JP', '2022-02-11', '2022-02-11', false, '建国記念の日'),
    ('JP', '2022-02-23', '2022-02-23', false, '天皇誕生日'),
    ('JP', '2022-03-21', '2022-03-21', false, '春分の日'),
    ('JP', '2022-04-29', '2022-04-29', false, '昭和の日'),
    ('JP', '2022-05-03', '2022-05-03', false, '憲法記念日'),
    ('JP', '2022-05-04', '2022-05-04', false, 'みどりの日'),
    ('JP', '2022-05-05', '2022-05-05', false, 'こどもの日'),
    ('JP', '2022-07-18', '2022-07-18', false, '海の日'),
    ('JP', '2022-08-11', '2022-08-11', false, '山の日'),
    ('JP', '2022-09-19', '2022-09-19', false, '敬老の日'),
    ('JP', '2022-09-23', '2022-09-23', false, '秋分の日'),
    ('JP', '2022-10-10', '2022-10-10', false, 'スポーツの日'),
    ('JP', '2022-11-03', '2022-11-03', false, '文化の日'),
    ('JP', '2022-11-23', '2022-11-23', false, '勤労感謝の日'),
    ('JP', '2023-01-01', '2023-01-01', false, '元日'),
    ('JP', '2023-01-02', '2023-01-02', false, '元日 (振替休日)'),
    ('JP', '2023-01-09', '2023-01-09', false, '成人の日'),
    ('JP', '2023-02-11', '2023-02-11', false, '建国記念の日'),
    ('JP', '2023-02-23', '2023-02-23', false, '天皇誕生日'),
    ('JP', '2023-03-21', '2023-03-21', false, '春分の日'),
    ('JP', '2023-04-29', '2023-04-29', false, '昭和の日'),
    ('JP', '2023-05-03', '2023-05-03', false, '憲法記念日'),
    ('JP', '2023-05-04', '2023-05-04', false, 'みどりの日'),
    ('JP', '2023-05-05', '2023-05-05', false, 'こどもの日'),
    ('JP', '2023-07-17', '2023-07-17', false, '海の日'),
    ('JP', '2023-08-11', '2023-08-11', false, '山の日'),
    ('JP', '2023-09-18', '2023-09-18', false, '敬老の日'),
    ('JP', '2023-09-23', '2023-09-23', false, '秋分の日'),
    ('JP', '2023-10-09', '2023-10-09', false, 'スポーツの日'),
    ('JP', '2023-11-03', '2023-11-03', false, '文化の日'),
    ('JP', '2023-11-23', '2023-11-23', false, '勤労感謝の日'),
    ('JP', '2024-01-01', '2024-01-01', false, '元日'),
    ('JP', '2024-01-08', '2024-01-08', false, '成人の日'),
    ('JP', '2024-02-11', '2024-02-11', false, '建国記念の日'),
    ('JP', '2024-02-12', '2024-02-12', false, '建国記念の日 (振替休日)'),
    ('JP', '2024-02-23', '2024-02-23', false, '天皇誕生日'),
    ('JP', '2024-03-20', '2024-03-20', false, '春分の日'),
    ('JP', '2024-04-29', '2024-04-29', false, '昭和の日'),
    ('JP', '2024-05-03', '2024-05-03', false, '憲法記念日'),
    ('JP', '2024-05-04', '2024-05-04', false, 'みどりの日'),
    ('JP', '2024-05-05', '2024-05-05', false, 'こどもの日'),
    ('JP', '2024-05-06', '2024-05-06', false, 'こどもの日 (振替休日)'),
    ('JP', '2024-07-15', '2024-07-15', false, '海の日'),
    ('JP', '2024-08-11', '2024-08-11', false, '山の日'),
    ('JP', '2024-08-12', '2024-08-12', false, '山の日 (振替休日)'),
    ('JP', '2024-09-16', '2024-09-16', false, '敬老の日'),
    ('JP', '2024-09-22', '2024-09-22', false, '秋分の日'),
    ('JP', '2024-09-23', '2024-09-23', false, '秋分の日 (振替休日)'),
    ('JP', '2024-10-14', '2024-10-14', false, 'スポーツの日'),
    ('JP', '2024-11-03', '2024-11-03', false, '文化の日'),
    ('JP', '2024-11-04', '2024-11-04', false, '文化の日 (振替休日)'),
    ('JP', '2024-11-23', '2024-11-23', false, '勤労感謝の日'),
    ('JP', '2025-01-01', '2025-01-01', false, '元日'),
    ('JP', '2025-01-13', '2025-01-13', false, '成人の日'),
    ('JP', '2025-02-11', '2025-02-11', false, '建国記念の日'),
    ('JP', '2025-02-23', '2025-02-23', false, '天皇誕生日'),
    ('JP', '2025-02-24', '2025-02-24', false, '天皇誕生日 (振替休日)'),
    ('JP', '2025-03-20', '2025-03-20', false, '春分の日'),
    ('JP', '2025-04-29', '2025-04-29', false, '昭和の日'),
    ('JP', '2025-05-03', '2025-05-03', false, '憲法記念日'),
    ('JP', '2025-05-04', '2025-05-04', false, 'みどりの日'),
    ('JP', '2025-05-05', '2025-05-05', false, 'こどもの日'),
    ('JP', '2025-05-06', '2025-05-06', false, 'みどりの日 (振替休日)'),
    ('JP', '2025-07-21', '2025-07-21', false, '海の日'),
    ('JP', '2025-08-11', '2025-08-11', false, '山の日'),
    ('JP', '2025-09-15', '2025-09-15', false, '敬老の日'),
    ('JP', '2025-09-23', '2025-09-23', false, '秋分の日'),
    ('JP', '2025-10-13', '2025-10-13', false, 'スポーツの日'),
    ('JP', '2025-11-03', '2025-11-03', false, '文化の日'),
    ('JP', '2025-11-23', '2025-11-23', false, '勤労感謝の日'),
    ('JP', '2025-11-24', '2025-11-24', false, '勤労感謝の日 (振替休日)'),
    ('JP', '2026-01-01', '2026-01-01', false, '元日'),
    ('JP', '2026-01-12', '2026-01-12', false, '成人の日'),
    ('JP', '2026-02-11', '2026-02-11', false, '建国記念の日'),
    ('JP', '2026-02-23', '2026-02-23', false, '天皇誕生日'),
    ('JP', '2026-03-20', '2026-03-20', false, '春分の日'),
    ('JP', '2026-04-29', '2026-04-29', false, '昭和の日'),
    ('JP', '2026-05-03', '2026-05-03', false, '憲法記念日'),
    ('JP', '2026-05-04', '2026-05-04', false, 'みどりの日'),
    ('JP', '2026-05-05', '2026-05-05', false, 'こどもの日'),
    ('JP', '2026-05-06', '2026-05-06', false, '憲法記念日 (振替休日)'),
    ('JP', '2026-07-20', '2026-07-20', false, '海の日'),
    ('JP', '2026-08-11', '2026-08-11', false, '山の日'),
    ('JP', '2026-09-21', '2026-09-21', false, '敬老の日'),
    ('JP', '2026-09-22', '2026-09-22', false, '国民の休日'),
    ('JP', '2026-09-23', '2026-09-23', false, '秋分の日'),
    ('JP', '2026-10-12', '2026-10-12', false, 'スポーツの日'),
    ('JP', '2026-11-03', '2026-11-03', false, '文化の日'),
    ('JP', '2026-11-23', '2026-11-23', false, '勤労感謝の日')
) AS v(country, first_day, last_day, works, name),
    pg_catalog.generate_series(0, v.last_day::date - v.first_day::date) AS n,
    pg_catalog.unnest(ARRAY['', ' office']) AS kind
ON CONFLICT DO NOTHING;
$pack$
WHEN 'carriers' THEN $pack$-- Carriers by the codes of two tracking services, which ERPs keep beside the marketplaces' own.  A marketplace's own list is the shop's to load
-- under the platform's code, and restricts what carriers its flows take; these rows restrict nothing.

INSERT INTO aftersale.carrier (platform, code, carrier, name, aliases) VALUES
    ('kuaidi100', 'shunfeng', 'sf', 'SF Express', '{}'),
    ('kuaidi100', 'yuantong', 'yto', 'YTO Express', '{}'),
    ('kuaidi100', 'zhongtong', 'zto', 'ZTO Express', '{}'),
    ('kuaidi100', 'shentong', 'sto', 'STO Express', '{}'),
    ('kuaidi100', 'yunda', 'yunda', 'Yunda', '{}'),
    ('kuaidi100', 'jtexpress', 'jt', 'J&T Express', '{}'),
    ('kuaidi100', 'jd', 'jd', 'JD Logistics', '{}'),
    ('kuaidi100', 'debangkuaidi', 'deppon', 'Deppon', '{debangwuliu}'),
    ('kuaidi100', 'ems', 'ems', 'EMS', '{}'),
    ('kuaidi100', 'youzhengguonei', 'china_post', 'China Post', '{}'),
    ('kuaidi100', 'huitongkuaidi', 'best', 'Best', '{}'),
    ('kdniao', 'SF', 'sf', 'SF Express', '{}'),
    ('kdniao', 'YTO', 'yto', 'YTO Express', '{}'),
    ('kdniao', 'ZTO', 'zto', 'ZTO Express', '{}'),
    ('kdniao', 'STO', 'sto', 'STO Express', '{}'),
    ('kdniao', 'YD', 'yunda', 'Yunda', '{}'),
    ('kdniao', 'JTSD', 'jt', 'J&T Express', '{}'),
    ('kdniao', 'JD', 'jd', 'JD Logistics', '{}'),
    ('kdniao', 'DBL', 'deppon', 'Deppon', '{}'),
    ('kdniao', 'EMS', 'ems', 'EMS', '{}'),
    ('kdniao', 'YZPY', 'china_post', 'China Post', '{}'),
    ('kdniao', 'HTKY', 'best', 'Best', '{}')
ON CONFLICT DO NOTHING;
$pack$
WHEN 'temu' THEN $pack$-- Temu, semi-managed shops (source of 2025-05-30).  Rows that are there stay.

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('temu/ticket', 1, 'temu', 'ticket', 'Ticket from platform customer service', 'requested', 'TEMU-01', 'stated', 'temu')
ON CONFLICT DO NOTHING;

-- TEMU-02: one business day from the ticket's creation, whenever it was read.
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing) VALUES
    ('temu/ticket', 1, 'requested', 'Awaiting the merchant''s reply', false, 'merchant', '1 business day', 'opened', 'TEMU-02', 'stated'),
    ('temu/ticket', 1, 'replied', 'Replied, awaiting the platform', false, 'platform', NULL, 'entered', 'TEMU-02', 'stated'),
    ('temu/ticket', 1, 'evidence_waived', 'No reply in time: evidence waived, awaiting the platform', false, 'platform', NULL, 'entered', 'TEMU-03', 'stated'),
    ('temu/ticket', 1, 'refunded', 'The platform refunded the buyer', true, NULL, NULL, 'entered', 'TEMU-03', 'stated'),
    ('temu/ticket', 1, 'closed', 'Closed by the platform', true, NULL, NULL, 'entered', 'TEMU-01', 'reading')
ON CONFLICT DO NOTHING;

-- TEMU-02: an ineffective reply does not stop the clock.
-- TEMU-03: at the timeout evidence is waived; it is not a refund, which only the platform's word can be.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, condition, outcome, clock, rule, standing, effect) VALUES
    ('temu/ticket', 1, 'requested', 'reply', 10, 'requested', '{merchant}', '{remark}', '{"is_effective": false}', NULL, 'keep', 'TEMU-02', 'reading', '{}'),
    ('temu/ticket', 1, 'requested', 'reply', 0, 'replied', '{merchant}', '{remark}', '{}', 'replied', 'restart', 'TEMU-02', 'stated', '{}'),
    ('temu/ticket', 1, 'requested', 'timeout', 0, 'evidence_waived', '{system}', '{}', '{}', 'evidence_waived', 'restart', 'TEMU-03', 'stated', '{}'),
    ('temu/ticket', 1, 'requested', 'refund', 0, 'refunded', '{platform}', '{}', '{}', 'refunded', 'restart', 'TEMU-03', 'reading', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'),
    ('temu/ticket', 1, 'requested', 'close', 0, 'closed', '{platform}', '{}', '{}', NULL, 'restart', 'TEMU-01', 'reading', '{}'),
    ('temu/ticket', 1, 'replied', 'declare_ineffective', 0, 'requested', '{platform,erp}', '{}', '{}', 'reply declared ineffective', 'restart', 'TEMU-02', 'reading', '{}'),
    ('temu/ticket', 1, 'replied', 'refund', 0, 'refunded', '{platform}', '{}', '{}', 'refunded', 'restart', 'TEMU-03', 'reading', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'),
    ('temu/ticket', 1, 'replied', 'close', 0, 'closed', '{platform}', '{}', '{}', NULL, 'restart', 'TEMU-01', 'reading', '{}'),
    ('temu/ticket', 1, 'evidence_waived', 'refund', 0, 'refunded', '{platform}', '{}', '{}', 'refunded', 'restart', 'TEMU-03', 'stated', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'),
    ('temu/ticket', 1, 'evidence_waived', 'close', 0, 'closed', '{platform}', '{}', '{}', NULL, 'restart', 'TEMU-03', 'reading', '{}')
ON CONFLICT DO NOTHING;

-- TEMU-20 to TEMU-26: a partial refund that the merchant negotiated.  propose_refund() opens it; TEMU-24: it runs
-- only when it is confirmed.  TEMU-25: the buyer does not approve; the reason shown is the agreement.
INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('temu/negotiated_refund', 1, 'temu', 'negotiated_refund', 'Negotiated partial refund', 'proposed', 'TEMU-23', 'stated', 'temu')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing) VALUES
    ('temu/negotiated_refund', 1, 'proposed', 'Proposed, to be confirmed by the merchant', false, 'merchant', NULL, 'entered', 'TEMU-24', 'stated'),
    ('temu/negotiated_refund', 1, 'refunded', 'Confirmed: the partial refund runs', true, NULL, NULL, 'entered', 'TEMU-25', 'stated'),
    ('temu/negotiated_refund', 1, 'withdrawn', 'Withdrawn by the merchant', true, NULL, NULL, 'entered', 'TEMU-24', 'reading')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, condition, outcome, clock, rule, standing, effect) VALUES
    ('temu/negotiated_refund', 1, 'proposed', 'confirm', 0, 'refunded', '{merchant}', '{}', '{}', 'refunded by agreement', 'restart', 'TEMU-26', 'stated', '{"refund": {"of": "asked", "executed_by": "instruct"}, "alone": true}'),
    ('temu/negotiated_refund', 1, 'proposed', 'withdraw', 0, 'withdrawn', '{merchant}', '{}', '{}', 'withdrawn', 'restart', 'TEMU-24', 'reading', '{}')
ON CONFLICT DO NOTHING;

-- ---- Return and refund: TEMU-06, TEMU-07, TEMU-14 to TEMU-17, TEMU-28 ----

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('temu/return_refund', 1, 'temu', 'return_refund', 'Return and refund', 'requested', 'TEMU-06', 'stated', 'temu')
ON CONFLICT DO NOTHING;

-- TEMU-17: the length of the label's deadline is not stated; the platform gives it with each request, or the shop in flow_override.
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing) VALUES
    ('temu/return_refund', 1, 'requested', 'Return asked for, awaiting its label', false, 'platform', NULL, 'entered', 'TEMU-14', 'reading'),
    ('temu/return_refund', 1, 'awaiting_merchant_label', 'Awaiting the merchant''s own label', false, 'merchant', NULL, 'entered', 'TEMU-17', 'stated'),
    ('temu/return_refund', 1, 'platform_review', 'Label uploaded, awaiting the platform''s check of it', false, 'platform', NULL, 'entered', 'TEMU-17', 'reading'),
    ('temu/return_refund', 1, 'awaiting_buyer_ship', 'Awaiting the buyer''s parcel', false, 'buyer', NULL, 'entered', 'TEMU-06', 'reading'),
    ('temu/return_refund', 1, 'return_in_transit', 'The return is on its way', false, 'carrier', NULL, 'entered', 'TEMU-06', 'reading'),
    ('temu/return_refund', 1, 'awaiting_inspection', 'Return received, to be inspected', false, 'merchant', NULL, 'entered', 'TEMU-06', 'stated'),
    ('temu/return_refund', 1, 'return_rejected', 'Refused after inspection, awaiting the platform', false, 'platform', NULL, 'entered', 'TEMU-06', 'reading'),
    ('temu/return_refund', 1, 'refunded', 'Refunded', true, NULL, NULL, 'entered', 'TEMU-06', 'stated'),
    ('temu/return_refund', 1, 'cancelled', 'Withdrawn by the buyer', true, NULL, NULL, 'entered', 'TEMU-06', 'reading'),
    ('temu/return_refund', 1, 'closed', 'Closed by the platform', true, NULL, NULL, 'entered', 'TEMU-06', 'reading')
ON CONFLICT DO NOTHING;

-- What the platform says holds.  The merchant supplies a label himself where the site books labels and the goods are bulky or overweight
-- (TEMU-14; either is enough: a reading), or where it books none and the feature is activated (TEMU-15), which is the only channel there.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, requires, rule, standing, effect) VALUES
    ('temu/return_refund', 1, 'requested', 'approve_return', 10, 'requested', '{erp}', '{"settings": {"auto_label": false}}', 'TEMU-15', 'stated', '{"refuse": "the site books no return labels, the only channel is the merchant''s own label"}'),
    ('temu/return_refund', 1, 'requested', 'approve_return', 0, 'awaiting_buyer_ship', '{platform,erp}', '{}', 'TEMU-14', 'reading', '{}'),
    ('temu/return_refund', 1, 'requested', 'require_label', 40, 'awaiting_merchant_label', '{platform}', '{}', 'TEMU-17', 'stated', '{}'),
    ('temu/return_refund', 1, 'requested', 'require_label', 30, 'awaiting_merchant_label', '{merchant,erp}', '{"settings": {"auto_label": true, "fallback_label": true}, "attributes": {"bulky": true}}', 'TEMU-14', 'stated', '{}'),
    ('temu/return_refund', 1, 'requested', 'require_label', 20, 'awaiting_merchant_label', '{merchant,erp}', '{"settings": {"auto_label": true, "fallback_label": true}, "attributes": {"overweight": true}}', 'TEMU-14', 'reading', '{}'),
    ('temu/return_refund', 1, 'requested', 'require_label', 10, 'awaiting_merchant_label', '{merchant,erp}', '{"settings": {"auto_label": true, "fallback_label": true}, "attributes": {"auto_label": false}}', 'TEMU-14', 'reading', '{}'),
    ('temu/return_refund', 1, 'requested', 'require_label', 0, 'awaiting_merchant_label', '{merchant,erp}', '{"settings": {"auto_label": false, "merchant_label": true}}', 'TEMU-15', 'stated', '{}')
ON CONFLICT DO NOTHING;

-- TEMU-19: the list is the shop's to load into aftersale.carrier; without one any carrier is taken.  The clock keeps running (TEMU-17).
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, requires, clock, rule, standing, effect) VALUES
    ('temu/return_refund', 1, 'awaiting_merchant_label', 'upload_label', 30, 'awaiting_merchant_label', '{merchant,erp}', '{"carrier": "unlisted"}', 'keep', 'TEMU-19', 'stated', '{"refuse": "the carrier is none of the published list (aftersale.carrier)"}')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, condition, outcome, clock, rule, standing, effect) VALUES
-- TEMU-28: a return that hits the shop's refund-only strategy; an automatic rule takes it.
    ('temu/return_refund', 1, 'requested', 'refund', 10, 'refunded', '{system}', '{}', '{}', 'refunded without return', 'restart', 'TEMU-28', 'stated', '{"refund": {"of": "asked", "executed_by": "platform"}}'),
    ('temu/return_refund', 1, 'requested', 'refund_without_return', 0, 'refunded', '{merchant}', '{}', '{}', 'refunded without return', 'restart', 'TEMU-06', 'external', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
-- TEMU-17: a bad label is refused and the clock runs on.  A label that the platform has not checked yet keeps the deadline that it had;
-- meanwhile nothing fires.
    ('temu/return_refund', 1, 'awaiting_merchant_label', 'upload_label', 20, 'awaiting_merchant_label', '{merchant,erp}', '{}', '{"accepted": false}', NULL, 'keep', 'TEMU-17', 'reading', '{}'),
    ('temu/return_refund', 1, 'awaiting_merchant_label', 'upload_label', 10, 'awaiting_buyer_ship', '{merchant,erp}', '{label,carrier,tracking_no}', '{"accepted": true}', NULL, 'restart', 'TEMU-17', 'reading', '{"parcel": {"kind": "return", "state": "labelled"}}'),
    ('temu/return_refund', 1, 'awaiting_merchant_label', 'upload_label', 0, 'platform_review', '{merchant,erp}', '{label,carrier,tracking_no}', '{}', NULL, 'keep', 'TEMU-17', 'reading', '{"parcel": {"kind": "return", "state": "labelled"}}'),
    ('temu/return_refund', 1, 'awaiting_merchant_label', 'timeout', 0, 'refunded', '{system}', '{}', '{}', 'refunded without return', 'restart', 'TEMU-17', 'stated', '{"refund": {"of": "full", "executed_by": "platform"}}'),
    ('temu/return_refund', 1, 'awaiting_merchant_label', 'refund_without_return', 0, 'refunded', '{merchant}', '{}', '{}', 'refunded without return', 'restart', 'TEMU-06', 'external', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('temu/return_refund', 1, 'platform_review', 'accept_label', 0, 'awaiting_buyer_ship', '{platform,erp}', '{}', '{}', NULL, 'restart', 'TEMU-17', 'reading', '{}'),
    ('temu/return_refund', 1, 'platform_review', 'refuse_label', 0, 'awaiting_merchant_label', '{platform,erp}', '{}', '{}', NULL, 'keep', 'TEMU-17', 'reading', '{}'),
    ('temu/return_refund', 1, 'platform_review', 'ship', 0, 'return_in_transit', '{buyer,carrier,platform,erp}', '{}', '{}', NULL, 'restart', 'TEMU-06', 'reading', '{"parcel": {"kind": "return", "state": "shipped"}}'),
    ('temu/return_refund', 1, 'awaiting_buyer_ship', 'ship', 0, 'return_in_transit', '{buyer,carrier,platform,erp}', '{}', '{}', NULL, 'restart', 'TEMU-06', 'reading', '{"parcel": {"kind": "return", "state": "shipped"}}'),
    ('temu/return_refund', 1, 'return_in_transit', 'receive', 0, 'awaiting_inspection', '{merchant,carrier,platform,erp}', '{}', '{}', NULL, 'restart', 'TEMU-06', 'stated', '{"parcel": {"kind": "return", "state": "delivered"}}'),
    ('temu/return_refund', 1, 'awaiting_inspection', 'approve', 0, 'refunded', '{merchant}', '{}', '{}', 'refunded', 'restart', 'TEMU-06', 'stated', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('temu/return_refund', 1, 'awaiting_inspection', 'approve_partly', 0, 'refunded', '{merchant}', '{amount}', '{}', 'refunded in part', 'restart', 'TEMU-07', 'stated', '{"refund": {"of": "given", "executed_by": "instruct"}}'),
-- TEMU-06: only where the platform offers it for this return, which the payload has to say.
    ('temu/return_refund', 1, 'awaiting_inspection', 'reject', 0, 'return_rejected', '{merchant}', '{reason}', '{"offered": true}', 'rejected', 'restart', 'TEMU-06', 'reading', '{}')
ON CONFLICT DO NOTHING;

-- TEMU-17: that a label is false is the platform's verdict alone, for as long as the goods have not come.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, outcome, rule, standing, effect)
SELECT 'temu/return_refund', 1, state, 'declare_label_false', 'refunded', '{platform}', 'refunded without return', 'TEMU-17', 'stated', '{"refund": {"of": "full", "executed_by": "platform"}}'::jsonb
FROM pg_catalog.unnest('{awaiting_merchant_label,platform_review,awaiting_buyer_ship,return_in_transit}'::text[]) AS state
ON CONFLICT DO NOTHING;

-- ---- Refund-only: TEMU-27, TEMU-28 ----
-- The strategy is a row of aftersale.rule with action refund: reason and amount match, the platform refunds at the ratio.

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('temu/refund_only', 1, 'temu', 'refund_only', 'Refund without return', 'requested', 'TEMU-27', 'stated', 'temu')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing) VALUES
    ('temu/refund_only', 1, 'requested', 'No strategy matched: awaiting the merchant', false, 'merchant', NULL, 'entered', 'TEMU-27', 'reading'),
    ('temu/refund_only', 1, 'awaiting_buyer_response', 'Part of it offered, awaiting the buyer', false, 'buyer', NULL, 'entered', 'TEMU-28', 'reading'),
    ('temu/refund_only', 1, 'rejected', 'Rejected, awaiting the platform', false, 'platform', NULL, 'entered', 'TEMU-27', 'reading'),
    ('temu/refund_only', 1, 'refunded', 'Refunded', true, NULL, NULL, 'entered', 'TEMU-27', 'stated'),
    ('temu/refund_only', 1, 'cancelled', 'Withdrawn by the buyer', true, NULL, NULL, 'entered', 'TEMU-27', 'reading'),
    ('temu/refund_only', 1, 'closed', 'Closed by the platform', true, NULL, NULL, 'entered', 'TEMU-27', 'reading')
ON CONFLICT DO NOTHING;

-- TEMU-28: the offer to the buyer is not stated: nothing leads to it but the merchant's own act, and how long it stands is the shop's to say.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, condition, outcome, clock, rule, standing, effect) VALUES
    ('temu/refund_only', 1, 'requested', 'refund', 10, 'refunded', '{system}', '{}', '{}', 'refunded by strategy', 'restart', 'TEMU-27', 'stated', '{"refund": {"of": "asked", "executed_by": "platform"}}'),
    ('temu/refund_only', 1, 'requested', 'approve', 0, 'refunded', '{merchant}', '{}', '{}', 'refunded', 'restart', 'TEMU-27', 'reading', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('temu/refund_only', 1, 'requested', 'offer', 0, 'awaiting_buyer_response', '{merchant}', '{amount}', '{}', NULL, 'restart', 'TEMU-28', 'reading', '{}'),
    ('temu/refund_only', 1, 'requested', 'reject', 0, 'rejected', '{merchant}', '{reason}', '{}', 'rejected', 'restart', 'TEMU-27', 'reading', '{}'),
    ('temu/refund_only', 1, 'awaiting_buyer_response', 'accept', 0, 'refunded', '{buyer,platform,erp}', '{amount}', '{}', 'refunded in part', 'restart', 'TEMU-28', 'reading', '{"refund": {"of": "given", "executed_by": "instruct"}}'),
    ('temu/refund_only', 1, 'awaiting_buyer_response', 'decline', 0, 'requested', '{buyer,platform,erp}', '{}', '{}', 'offer declined', 'restart', 'TEMU-28', 'reading', '{}'),
    ('temu/refund_only', 1, 'awaiting_buyer_response', 'timeout', 0, 'requested', '{system}', '{}', '{}', 'offer lapsed', 'restart', 'TEMU-28', 'reading', '{}')
ON CONFLICT DO NOTHING;

-- ---- Missing item or part, signed for but not received: TEMU-08, TEMU-09 ----
-- What follows from silence is not stated: overdue, no money moved.  A shop that knows more names another state in flow_override.timeout_to:
-- approved_by_silence is for those whose platform then refunds by itself.

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('temu/missing_item', 1, 'temu', 'missing_item', 'Missing item or missing part', 'requested', 'TEMU-08', 'stated', 'temu'),
    ('temu/not_received', 1, 'temu', 'not_received', 'Signed for but not received', 'requested', 'TEMU-09', 'stated', 'temu')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing)
SELECT f.flow, 1, s.state, s.title, s.final, s.waits_for, s.term::aftersale.sla_term, s.starts, f.rule, s.standing
FROM (VALUES ('temu/missing_item', 'TEMU-08'), ('temu/not_received', 'TEMU-09')) AS f (flow, rule),
    (VALUES
        ('requested', 'Awaiting the merchant''s review', false, 'merchant', '1 business day', 'opened', 'stated'),
        ('platform_review', 'Materials submitted, awaiting the platform', false, 'platform', NULL, 'entered', 'stated'),
        ('overdue', 'No review in time: awaiting the platform', false, 'platform', NULL, 'entered', 'reading'),
        ('approved_by_silence', 'By the shop''s own terms silence approves, and the platform refunds', false, 'platform', '0 hours', 'entered', 'reading'),
        ('refunded', 'Refunded', true, NULL, NULL, 'entered', 'reading'),
        ('cancelled', 'Withdrawn by the buyer', true, NULL, NULL, 'entered', 'reading'),
        ('closed', 'Closed by the platform', true, NULL, NULL, 'entered', 'reading')
    ) AS s (state, title, final, waits_for, term, starts, standing)
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, needs, outcome, rule, standing, effect)
SELECT f.flow, 1, t.from_state, t.action, t.to_state, t.actors::text[], t.needs::text[], t.outcome, f.rule, t.standing, t.effect::jsonb
FROM (VALUES ('temu/missing_item', 'TEMU-08'), ('temu/not_received', 'TEMU-09')) AS f (flow, rule),
    (VALUES
        ('requested', 'submit_materials', 'platform_review', '{merchant}', '{evidence}', NULL, 'stated', '{}'),
        ('requested', 'approve', 'refunded', '{merchant}', '{}', 'refunded', 'reading', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
        ('requested', 'timeout', 'overdue', '{system}', '{}', 'overdue', 'reading', '{}'),
        ('approved_by_silence', 'timeout', 'refunded', '{system}', '{}', 'approved by silence', 'reading', '{"refund": {"of": "asked", "executed_by": "platform"}}')
    ) AS t (from_state, action, to_state, actors, needs, outcome, standing, effect)
ON CONFLICT DO NOTHING;

-- ---- Cancel before shipment: TEMU-10 ----

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('temu/cancel', 1, 'temu', 'cancel', 'Cancellation before shipment', 'requested', 'TEMU-10', 'stated', 'temu')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing) VALUES
    ('temu/cancel', 1, 'requested', 'Awaiting the merchant''s review', false, 'merchant', '24 hours', 'opened', 'TEMU-10', 'stated'),
    ('temu/cancel', 1, 'partly_shipped', 'Partly shipped meanwhile: the rest awaits the merchant''s review', false, 'merchant', '24 hours', 'opened', 'TEMU-10', 'reading'),
    ('temu/cancel', 1, 'overdue', 'No review in time: awaiting the platform', false, 'platform', NULL, 'entered', 'TEMU-10', 'reading'),
    ('temu/cancel', 1, 'approved_by_silence', 'By the shop''s own terms silence approves, and the platform refunds', false, 'platform', '0 hours', 'entered', 'TEMU-10', 'external'),
    ('temu/cancel', 1, 'cancelled', 'Cancelled and refunded', true, NULL, NULL, 'entered', 'TEMU-10', 'stated'),
    ('temu/cancel', 1, 'rejected', 'Not cancelled', true, NULL, NULL, 'entered', 'TEMU-10', 'reading'),
    ('temu/cancel', 1, 'closed', 'Closed without a cancellation', true, NULL, NULL, 'entered', 'TEMU-10', 'reading')
ON CONFLICT DO NOTHING;

-- The ERP that knows says so when it opens: {"shipped": true} or {"shipped": "partly"}; the platform refuses the former, too (130010002).
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, requires, rule, standing, effect) VALUES
    ('temu/cancel', 1, 'requested', 'open', 20, 'requested', '{"attributes": {"shipped": true}}', 'TEMU-10', 'stated', '{"refuse": "the order has been fully shipped"}'),
    ('temu/cancel', 1, 'requested', 'open', 10, 'partly_shipped', '{"attributes": {"shipped": "partly"}}', 'TEMU-10', 'reading', '{}'),
    ('temu/cancel', 1, 'requested', 'open', 0, 'requested', '{}', 'TEMU-10', 'stated', '{}')
ON CONFLICT DO NOTHING;

-- A partly shipped order is judged line by line: the merchant says what the lines come to that are still cancelled.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, condition, outcome, clock, rule, standing, effect) VALUES
    ('temu/cancel', 1, 'requested', 'approve', 0, 'cancelled', '{merchant}', '{}', '{}', 'cancelled', 'restart', 'TEMU-10', 'stated', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('temu/cancel', 1, 'requested', 'reject', 0, 'rejected', '{merchant}', '{reason}', '{}', 'rejected', 'restart', 'TEMU-10', 'reading', '{}'),
    ('temu/cancel', 1, 'requested', 'report_shipped', 10, 'partly_shipped', '{merchant,carrier,platform,erp}', '{}', '{"partly": true}', NULL, 'keep', 'TEMU-10', 'reading', '{}'),
    ('temu/cancel', 1, 'requested', 'report_shipped', 0, 'rejected', '{merchant,carrier,platform,erp}', '{}', '{}', 'order has been shipped', 'restart', 'TEMU-10', 'stated', '{}'),
    ('temu/cancel', 1, 'requested', 'timeout', 0, 'overdue', '{system}', '{}', '{}', 'overdue', 'restart', 'TEMU-10', 'reading', '{}'),
    ('temu/cancel', 1, 'partly_shipped', 'approve', 0, 'cancelled', '{merchant}', '{amount}', '{}', 'cancelled in part', 'restart', 'TEMU-10', 'reading', '{"refund": {"of": "given", "executed_by": "instruct"}}'),
    ('temu/cancel', 1, 'partly_shipped', 'reject', 0, 'rejected', '{merchant}', '{reason}', '{}', 'rejected', 'restart', 'TEMU-10', 'reading', '{}'),
    ('temu/cancel', 1, 'partly_shipped', 'report_shipped', 0, 'rejected', '{merchant,carrier,platform,erp}', '{}', '{}', 'order has been shipped', 'restart', 'TEMU-10', 'stated', '{}'),
    ('temu/cancel', 1, 'partly_shipped', 'timeout', 0, 'overdue', '{system}', '{}', '{}', 'overdue', 'restart', 'TEMU-10', 'reading', '{}'),
    ('temu/cancel', 1, 'overdue', 'report_shipped', 0, 'rejected', '{merchant,carrier,platform,erp}', '{}', '{}', 'order has been shipped', 'restart', 'TEMU-10', 'stated', '{}'),
    ('temu/cancel', 1, 'approved_by_silence', 'timeout', 0, 'cancelled', '{system}', '{}', '{}', 'approved by silence', 'restart', 'TEMU-10', 'external', '{"refund": {"of": "asked", "executed_by": "platform"}}')
ON CONFLICT DO NOTHING;

-- ---- Reship through customer service: TEMU-30 to TEMU-32 ----

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('temu/reship_ticket', 1, 'temu', 'ticket', 'Reship asked for through customer service', 'requested', 'TEMU-30', 'stated', 'temu')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing) VALUES
    ('temu/reship_ticket', 1, 'requested', 'Awaiting the merchant''s reply', false, 'merchant', '1 business day', 'opened', 'TEMU-32', 'stated'),
    ('temu/reship_ticket', 1, 'awaiting_merchant_ship', 'Reship promised, to be sent', false, 'merchant', NULL, 'entered', 'TEMU-32', 'reading'),
    ('temu/reship_ticket', 1, 'replied', 'Replied, awaiting the platform', false, 'platform', NULL, 'entered', 'TEMU-32', 'stated'),
    ('temu/reship_ticket', 1, 'evidence_waived', 'No reply in time: evidence waived, awaiting the platform', false, 'platform', NULL, 'entered', 'TEMU-03', 'reading'),
    ('temu/reship_ticket', 1, 'refunded', 'The platform refunded the buyer', true, NULL, NULL, 'entered', 'TEMU-03', 'reading'),
    ('temu/reship_ticket', 1, 'closed', 'Closed by the platform', true, NULL, NULL, 'entered', 'TEMU-30', 'reading')
ON CONFLICT DO NOTHING;

-- TEMU-32: the answer is whether the merchant can reship; a tracking number belongs to it where the goods were sent.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, condition, outcome, clock, rule, standing, effect) VALUES
    ('temu/reship_ticket', 1, 'requested', 'reply', 40, 'requested', '{merchant}', '{remark}', '{"is_effective": false}', NULL, 'keep', 'TEMU-02', 'reading', '{}'),
    ('temu/reship_ticket', 1, 'requested', 'reply', 30, 'replied', '{merchant}', '{carrier,tracking_no}', '{"accepted": true, "sent": true}', 'reshipped', 'restart', 'TEMU-32', 'reading', '{"parcel": {"kind": "reship", "state": "shipped"}}'),
    ('temu/reship_ticket', 1, 'requested', 'reply', 20, 'awaiting_merchant_ship', '{merchant}', '{}', '{"accepted": true}', 'reship promised', 'restart', 'TEMU-32', 'stated', '{}'),
    ('temu/reship_ticket', 1, 'requested', 'reply', 10, 'replied', '{merchant}', '{remark}', '{"accepted": false}', 'reship declined', 'restart', 'TEMU-32', 'stated', '{}'),
    ('temu/reship_ticket', 1, 'requested', 'timeout', 0, 'evidence_waived', '{system}', '{}', '{}', 'evidence_waived', 'restart', 'TEMU-03', 'reading', '{}'),
    ('temu/reship_ticket', 1, 'awaiting_merchant_ship', 'ship', 0, 'replied', '{merchant,erp}', '{carrier,tracking_no}', '{}', 'reshipped', 'restart', 'TEMU-32', 'stated', '{"parcel": {"kind": "reship", "state": "shipped"}}'),
    ('temu/reship_ticket', 1, 'replied', 'declare_ineffective', 0, 'requested', '{platform,erp}', '{}', '{}', 'reply declared ineffective', 'restart', 'TEMU-02', 'reading', '{}')
ON CONFLICT DO NOTHING;

-- TEMU-31: the address goes after 48 hours, on a Sunday too, before the reply is due, whatever becomes of the ticket.
INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts, rule, standing) VALUES
    ('temu/reship_ticket', 1, 'address_masked', NULL, 'mask', '48 hours', 'opened', 'TEMU-31', 'stated'),
    ('temu/reship_ticket', 1, 'address_ends_soon', 'requested', 'warning', '24 hours', 'opened', 'TEMU-31', 'reading'),
    ('temu/reship_ticket', 1, 'address_needed', 'awaiting_merchant_ship', 'warning', '36 hours', 'opened', 'TEMU-31', 'reading')
ON CONFLICT DO NOTHING;

-- ---- Reship started by the buyer: TEMU-34 ----
-- Both acts, in either order, within the seven days; else it is rejected.  All three states have the deadline that counts from the opening.

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('temu/reship', 1, 'temu', 'reship', 'Reship asked for by the buyer', 'requested', 'TEMU-34', 'stated', 'temu')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing) VALUES
    ('temu/reship', 1, 'requested', 'To be approved and sent', false, 'merchant', '7 days', 'opened', 'TEMU-34', 'stated'),
    ('temu/reship', 1, 'awaiting_merchant_ship', 'Approved, the waybill is missing', false, 'merchant', '7 days', 'opened', 'TEMU-34', 'stated'),
    ('temu/reship', 1, 'awaiting_approval', 'Waybill uploaded, the approval is missing', false, 'merchant', '7 days', 'opened', 'TEMU-34', 'stated'),
    ('temu/reship', 1, 'awaiting_buyer_receipt', 'Sent to the buyer', false, 'carrier', NULL, 'entered', 'TEMU-34', 'reading'),
    ('temu/reship', 1, 'completed', 'Received by the buyer', true, NULL, NULL, 'entered', 'TEMU-34', 'reading'),
    ('temu/reship', 1, 'rejected', 'Rejected', true, NULL, NULL, 'entered', 'TEMU-34', 'stated'),
    ('temu/reship', 1, 'cancelled', 'Withdrawn by the buyer', true, NULL, NULL, 'entered', 'TEMU-34', 'reading'),
    ('temu/reship', 1, 'closed', 'Closed by the platform', true, NULL, NULL, 'entered', 'TEMU-34', 'reading')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, needs, outcome, clock, rule, standing, effect) VALUES
    ('temu/reship', 1, 'requested', 'approve', 'awaiting_merchant_ship', '{merchant}', '{}', NULL, 'keep', 'TEMU-34', 'stated', '{}'),
    ('temu/reship', 1, 'requested', 'upload_waybill', 'awaiting_approval', '{merchant,erp}', '{carrier,tracking_no}', NULL, 'keep', 'TEMU-34', 'stated', '{"parcel": {"kind": "reship", "state": "shipped"}}'),
    ('temu/reship', 1, 'requested', 'approve_and_ship', 'awaiting_buyer_receipt', '{merchant}', '{carrier,tracking_no}', 'reshipped', 'restart', 'TEMU-34', 'stated', '{"parcel": {"kind": "reship", "state": "shipped"}}'),
    ('temu/reship', 1, 'awaiting_merchant_ship', 'upload_waybill', 'awaiting_buyer_receipt', '{merchant,erp}', '{carrier,tracking_no}', 'reshipped', 'restart', 'TEMU-34', 'stated', '{"parcel": {"kind": "reship", "state": "shipped"}}'),
    ('temu/reship', 1, 'awaiting_approval', 'approve', 'awaiting_buyer_receipt', '{merchant}', '{}', 'reshipped', 'restart', 'TEMU-34', 'stated', '{}'),
    ('temu/reship', 1, 'requested', 'timeout', 'rejected', '{system}', '{}', 'rejected by timeout', 'restart', 'TEMU-34', 'stated', '{}'),
    ('temu/reship', 1, 'awaiting_merchant_ship', 'timeout', 'rejected', '{system}', '{}', 'rejected by timeout', 'restart', 'TEMU-34', 'stated', '{}'),
    ('temu/reship', 1, 'awaiting_approval', 'timeout', 'rejected', '{system}', '{}', 'rejected by timeout', 'restart', 'TEMU-34', 'stated', '{}'),
    ('temu/reship', 1, 'requested', 'reject', 'rejected', '{merchant}', '{reason}', 'rejected', 'restart', 'TEMU-34', 'reading', '{}'),
    ('temu/reship', 1, 'awaiting_buyer_receipt', 'receive', 'completed', '{buyer,carrier,platform,erp}', '{}', NULL, 'restart', 'TEMU-34', 'reading', '{"parcel": {"kind": "reship", "state": "delivered"}}')
ON CONFLICT DO NOTHING;

-- ---- Refused return parcels, charged for both legs: TEMU-43 ----
-- The source has the headline only; the windows come from other public material.  What the carrier's silence means is nowhere stated.

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('temu/refused_parcel', 1, 'temu', 'refused_parcel', 'Charge for both legs of a refused return parcel', 'proposed', 'TEMU-43', 'external', 'temu')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing) VALUES
    ('temu/refused_parcel', 1, 'proposed', 'Charge published, to be accepted or objected to', false, 'merchant', '240 hours', 'opened', 'TEMU-43', 'external'),
    ('temu/refused_parcel', 1, 'dispute', 'Objection raised, the carrier checks it', false, 'carrier', '72 hours', 'entered', 'TEMU-43', 'external'),
    ('temu/refused_parcel', 1, 'overdue', 'The carrier did not answer in time: awaiting the platform', false, 'platform', NULL, 'entered', 'TEMU-43', 'reading'),
    ('temu/refused_parcel', 1, 'awaiting_merchant_response', 'Objection dismissed by the carrier, awaiting the merchant''s answer', false, 'merchant', '72 hours', 'entered', 'TEMU-43', 'external'),
    ('temu/refused_parcel', 1, 'platform_review', 'Answered, awaiting the platform', false, 'platform', NULL, 'entered', 'TEMU-43', 'reading'),
    ('temu/refused_parcel', 1, 'accepted', 'Charge accepted, to be billed', false, 'platform', NULL, 'entered', 'TEMU-43', 'external'),
    ('temu/refused_parcel', 1, 'completed', 'Billed', true, NULL, NULL, 'entered', 'TEMU-43', 'stated'),
    ('temu/refused_parcel', 1, 'closed', 'Charge withdrawn', true, NULL, NULL, 'entered', 'TEMU-43', 'external')
ON CONFLICT DO NOTHING;
-- The parcel itself, where it waits at the carrier's ({"parcel_waits": true}): the merchant collects or abandons it, and silence abandons it.
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing) VALUES
    ('temu/refused_parcel', 1, 'held_at_carrier', 'Parcel held: to be collected or abandoned', false, 'merchant', '168 hours', 'opened', 'TEMU-43', 'external'),
    ('temu/refused_parcel', 1, 'returning', 'To be collected, on its way to the merchant', false, 'carrier', NULL, 'entered', 'TEMU-43', 'external'),
    ('temu/refused_parcel', 1, 'returned', 'Collected', true, NULL, NULL, 'entered', 'TEMU-43', 'external'),
    ('temu/refused_parcel', 1, 'destroyed', 'Abandoned', true, NULL, NULL, 'entered', 'TEMU-43', 'external')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, requires, outcome, rule, standing, effect) VALUES
    ('temu/refused_parcel', 1, 'proposed', 'open', 10, 'held_at_carrier', '{merchant}', '{"attributes": {"parcel_waits": true}}', NULL, 'TEMU-43', 'external', '{}'),
    ('temu/refused_parcel', 1, 'proposed', 'open', 0, 'proposed', '{merchant}', '{}', NULL, 'TEMU-43', 'external', '{}'),
    ('temu/refused_parcel', 1, 'held_at_carrier', 'collect', 0, 'returning', '{merchant}', '{}', 'collected', 'TEMU-43', 'external', '{"parcel": {"kind": "return", "state": "returning"}}'),
    ('temu/refused_parcel', 1, 'held_at_carrier', 'abandon', 0, 'destroyed', '{merchant}', '{}', 'abandoned', 'TEMU-43', 'external', '{"parcel": {"kind": "return", "state": "abandoned"}}'),
    ('temu/refused_parcel', 1, 'held_at_carrier', 'timeout', 0, 'destroyed', '{system}', '{}', 'abandoned by silence', 'TEMU-43', 'external', '{}'),
    ('temu/refused_parcel', 1, 'returning', 'receive', 0, 'returned', '{merchant,carrier,platform,erp}', '{}', NULL, 'TEMU-43', 'external', '{"parcel": {"kind": "return", "state": "delivered"}}')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, needs, outcome, rule, standing, effect) VALUES
    ('temu/refused_parcel', 1, 'proposed', 'accept', 'accepted', '{merchant}', '{}', 'charge accepted', 'TEMU-43', 'external', '{}'),
    ('temu/refused_parcel', 1, 'proposed', 'object', 'dispute', '{merchant}', '{remark,evidence}', NULL, 'TEMU-43', 'external', '{}'),
    ('temu/refused_parcel', 1, 'proposed', 'timeout', 'accepted', '{system}', '{}', 'accepted by silence', 'TEMU-43', 'external', '{}'),
    ('temu/refused_parcel', 1, 'dispute', 'uphold', 'closed', '{carrier,platform}', '{}', 'charge withdrawn', 'TEMU-43', 'external', '{}'),
    ('temu/refused_parcel', 1, 'dispute', 'dismiss', 'awaiting_merchant_response', '{carrier,platform}', '{}', NULL, 'TEMU-43', 'external', '{}'),
    ('temu/refused_parcel', 1, 'dispute', 'timeout', 'overdue', '{system}', '{}', NULL, 'TEMU-43', 'reading', '{}'),
    ('temu/refused_parcel', 1, 'overdue', 'uphold', 'closed', '{carrier,platform}', '{}', 'charge withdrawn', 'TEMU-43', 'external', '{}'),
    ('temu/refused_parcel', 1, 'overdue', 'dismiss', 'awaiting_merchant_response', '{carrier,platform}', '{}', NULL, 'TEMU-43', 'external', '{}'),
    ('temu/refused_parcel', 1, 'awaiting_merchant_response', 'accept', 'accepted', '{merchant}', '{}', 'charge accepted', 'TEMU-43', 'external', '{}'),
    ('temu/refused_parcel', 1, 'awaiting_merchant_response', 'answer', 'platform_review', '{merchant}', '{remark,evidence}', NULL, 'TEMU-43', 'external', '{}'),
    ('temu/refused_parcel', 1, 'awaiting_merchant_response', 'timeout', 'accepted', '{system}', '{}', 'accepted by silence', 'TEMU-43', 'external', '{}'),
    ('temu/refused_parcel', 1, 'platform_review', 'uphold', 'closed', '{platform}', '{}', 'charge withdrawn', 'TEMU-43', 'reading', '{}'),
    ('temu/refused_parcel', 1, 'platform_review', 'confirm_charge', 'accepted', '{platform}', '{}', 'charge confirmed', 'TEMU-43', 'reading', '{}'),
    ('temu/refused_parcel', 1, 'accepted', 'bill', 'completed', '{platform,erp}', '{fee}', NULL, 'TEMU-43', 'stated', '{"charge": {"kind": "double_leg_freight", "bearer": "merchant"}}')
ON CONFLICT DO NOTHING;

-- ---- The platform's word, and the buyer's ----
-- Wherever a request is open the platform may refund by itself, which is booked and never ours to pay, or close it; the buyer may withdraw
-- what has not been decided.  The source says neither of these flows nor how the end is reported.

INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, outcome, rule, standing, effect)
SELECT s.flow, 1, s.state, 'refund', CASE s.flow WHEN 'temu/cancel' THEN 'cancelled' ELSE 'refunded' END, '{platform}', 'refunded',
    CASE s.flow WHEN 'temu/reship_ticket' THEN 'TEMU-03' ELSE f.rule END, 'reading', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'::jsonb
FROM aftersale.flow_state AS s JOIN aftersale.flow AS f USING (flow, version)
WHERE s.version = 1 AND NOT s.final AND s.standing <> 'own' AND s.state <> 'approved_by_silence'
    AND s.flow = ANY ('{temu/return_refund,temu/refund_only,temu/missing_item,temu/not_received,temu/cancel,temu/reship_ticket}')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, rule, standing)
SELECT s.flow, 1, s.state, 'close', 'closed', '{platform}', f.rule, 'reading'
FROM aftersale.flow_state AS s JOIN aftersale.flow AS f USING (flow, version)
WHERE s.version = 1 AND NOT s.final AND s.standing <> 'own' AND s.state <> 'approved_by_silence'
    AND s.flow = ANY ('{temu/return_refund,temu/refund_only,temu/missing_item,temu/not_received,temu/cancel,temu/reship_ticket,temu/reship}')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, outcome, rule, standing)
SELECT s.flow, 1, s.state, 'withdraw', CASE s.flow WHEN 'temu/cancel' THEN 'closed' ELSE 'cancelled' END, '{buyer,platform}', 'withdrawn', f.rule, 'reading'
FROM aftersale.flow_state AS s JOIN aftersale.flow AS f USING (flow, version)
WHERE s.version = 1 AND NOT s.final AND s.standing <> 'own' AND s.state <> 'approved_by_silence' AND s.state <> ALL ('{return_in_transit,awaiting_inspection,return_rejected,awaiting_buyer_receipt}')
    AND s.flow = ANY ('{temu/return_refund,temu/refund_only,temu/missing_item,temu/not_received,temu/cancel,temu/reship}')
ON CONFLICT DO NOTHING;

-- ---- The sites: TEMU-14 to TEMU-16 ----
-- Label booking is stated for the examples alone; for other sites the shop says.  Returns cross borders within the platform's Europe without the UK,
-- for merchants who upload labels, and never in the United States.

INSERT INTO aftersale.site (platform, site, settings, rule, standing) VALUES
    ('temu', 'US', '{"auto_label": true, "cross_border": false}', 'TEMU-16', 'stated'),
    ('temu', 'GB', '{"auto_label": true, "cross_border": false}', 'TEMU-16', 'stated'),
    ('temu', 'ES', '{"auto_label": true, "region": "europe", "cross_border_needs": "merchant_label"}', 'TEMU-14', 'stated'),
    ('temu', 'DE', '{"auto_label": false, "region": "europe", "cross_border_needs": "merchant_label"}', 'TEMU-15', 'stated'),
    ('temu', 'IT', '{"auto_label": false, "region": "europe", "cross_border_needs": "merchant_label"}', 'TEMU-15', 'stated')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.site (platform, site, settings, rule, standing)
SELECT 'temu', site, '{"region": "europe", "cross_border_needs": "merchant_label"}', 'TEMU-16', 'reading'
FROM pg_catalog.unnest('{AT,BE,BG,CY,CZ,DK,EE,FI,FR,GR,HR,HU,IE,LT,LU,LV,MT,NL,PL,PT,RO,SE,SI,SK}'::text[]) AS site
ON CONFLICT DO NOTHING;

-- ---- Status codes, and the flow of a type ----
-- parentAfterSalesStatus.  The platform's refund has begun with 4 and 9: these flows call that refunded.  What a code means in one
-- flow is a reading; states of ours that it does not tell apart are covered.

INSERT INTO aftersale.status_code (platform, field, code, state, title, standing) VALUES
    ('temu', 'parentAfterSalesStatus', '1', 'requested', 'the buyer has applied for a refund, to be processed', 'external'),
    ('temu', 'parentAfterSalesStatus', '2', 'return_in_transit', 'the buyer has shipped the return', 'external'),
    ('temu', 'parentAfterSalesStatus', '3', 'awaiting_inspection', 'return received, to be processed by the merchant', 'external'),
    ('temu', 'parentAfterSalesStatus', '4', 'refunding', 'refund started, being processed', 'external'),
    ('temu', 'parentAfterSalesStatus', '5', 'refunded', 'refund done', 'external'),
    ('temu', 'parentAfterSalesStatus', '6', 'cancelled', 'cancelled by the buyer', 'external'),
    ('temu', 'parentAfterSalesStatus', '7', 'rejected', 'refused', 'external'),
    ('temu', 'parentAfterSalesStatus', '8', 'awaiting_merchant_label', 'the merchant has to review and to upload a label', 'external'),
    ('temu', 'parentAfterSalesStatus', '9', 'refunding', 'refund started, being processed', 'external'),
    ('temu', 'parentAfterSalesStatus', '10', 'return_requested', 'the buyer has applied for a return', 'external'),
    ('temu', 'parentAfterSalesStatus', '11', 'platform_review', 'the platform reviews', 'external')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.status_code (platform, field, code, flow, state, title, covers, action, standing)
SELECT 'temu', m.field, m.code, f.flow, m.state, c.title, m.covers::text[], m.action, 'reading'
FROM (VALUES
    ('{temu/return_refund}', 'parentAfterSalesStatus', '1', 'requested', '{awaiting_buyer_ship}', NULL),
    ('{temu/return_refund}', 'parentAfterSalesStatus', '10', 'requested', '{awaiting_buyer_ship}', NULL),
    ('{temu/return_refund}', 'parentAfterSalesStatus', '7', 'return_rejected', '{}', NULL),
    ('{temu/return_refund}', 'parentAfterSalesStatus', '11', 'platform_review', '{return_rejected}', NULL),
    ('{temu/refund_only}', 'parentAfterSalesStatus', '1', 'requested', '{awaiting_buyer_response}', NULL),
    ('{temu/refund_only}', 'parentAfterSalesStatus', '11', 'rejected', '{}', NULL),
    ('{temu/missing_item,temu/not_received}', 'parentAfterSalesStatus', '1', 'requested', '{overdue,approved_by_silence}', NULL),
    ('{temu/missing_item,temu/not_received}', 'parentAfterSalesStatus', '11', 'platform_review', '{overdue}', NULL),
    ('{temu/missing_item,temu/not_received}', 'parentAfterSalesStatus', '7', 'closed', '{}', 'close'),
    ('{temu/return_refund,temu/refund_only,temu/missing_item,temu/not_received}', 'parentAfterSalesStatus', '4', 'refunded', '{}', 'refund'),
    ('{temu/return_refund,temu/refund_only,temu/missing_item,temu/not_received}', 'parentAfterSalesStatus', '9', 'refunded', '{}', 'refund'),
    ('{temu/return_refund,temu/refund_only,temu/missing_item,temu/not_received}', 'parentAfterSalesStatus', '5', 'refunded', '{}', 'refund'),
    ('{temu/cancel}', 'parentAfterSalesStatus', '5', 'cancelled', '{}', 'refund'),
    ('{temu/cancel}', 'parentAfterSalesStatus', '6', 'closed', '{}', 'withdraw'))
    AS m(flows, field, code, state, covers, action)
CROSS JOIN LATERAL pg_catalog.unnest(m.flows::text[]) AS f(flow)
JOIN aftersale.status_code AS c ON c.platform = 'temu' AND c.field = m.field AND c.code = m.code AND c.flow = '*'
ON CONFLICT DO NOTHING;
-- The list of cancellations has codes of its own (afterSalesStatusGroup).
INSERT INTO aftersale.status_code (platform, field, code, flow, state, title, covers, action, standing) VALUES
    ('temu', 'afterSalesStatusGroup', '8', 'temu/cancel', 'requested', 'cancellation to be processed', '{partly_shipped,overdue,approved_by_silence}', NULL, 'reading'),
    ('temu', 'afterSalesStatusGroup', '9', 'temu/cancel', 'cancelled', 'cancellation agreed', '{}', 'refund', 'reading')
ON CONFLICT DO NOTHING;

-- afterSalesType 1 and 2; everything else goes by our own names.
INSERT INTO aftersale.flow_choice (platform, type, flow, rule, standing) VALUES
    ('temu', '1', 'temu/refund_only', 'TEMU-27', 'external'),
    ('temu', '2', 'temu/return_refund', 'TEMU-06', 'external'),
    ('temu', 'refund_only', 'temu/refund_only', 'TEMU-27', 'reading'),
    ('temu', 'return_refund', 'temu/return_refund', 'TEMU-06', 'reading'),
    ('temu', 'missing_item', 'temu/missing_item', 'TEMU-08', 'reading'),
    ('temu', 'not_received', 'temu/not_received', 'TEMU-09', 'reading'),
    ('temu', 'cancel', 'temu/cancel', 'TEMU-10', 'reading'),
    ('temu', 'ticket', 'temu/ticket', 'TEMU-01', 'reading'),
    ('temu', 'reship_ticket', 'temu/reship_ticket', 'TEMU-30', 'reading'),
    ('temu', 'reship', 'temu/reship', 'TEMU-34', 'reading'),
    ('temu', 'refused_parcel', 'temu/refused_parcel', 'TEMU-43', 'reading')
ON CONFLICT DO NOTHING;
$pack$
WHEN 'temu_warnings' THEN $pack$-- Warnings for a Temu shop's team: not the platform's rules, but ours.  Of pack temu's flows.

-- Four hours of working days before the reply is due somebody still can.
INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts, notify, rule, standing) VALUES
    ('temu/ticket', 1, 'reply_due_soon', 'requested', 'warning', '4 business hours', 'before_due', NULL, 'TEMU-02', 'own')
ON CONFLICT DO NOTHING;

-- Before every other deadline that is the merchant's: the longer the term, the earlier.
INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts, notify, rule, standing) VALUES
    ('temu/return_refund', 1, 'label_due_soon', 'awaiting_merchant_label', 'warning', '12 hours', 'before_due', NULL, 'TEMU-17', 'own'),
    ('temu/missing_item', 1, 'review_due_soon', 'requested', 'warning', '4 business hours', 'before_due', NULL, 'TEMU-08', 'own'),
    ('temu/not_received', 1, 'review_due_soon', 'requested', 'warning', '4 business hours', 'before_due', NULL, 'TEMU-09', 'own'),
    ('temu/cancel', 1, 'review_due_soon', 'requested', 'warning', '4 hours', 'before_due', NULL, 'TEMU-10', 'own'),
    ('temu/reship_ticket', 1, 'reply_due_soon', 'requested', 'warning', '4 business hours', 'before_due', NULL, 'TEMU-32', 'own'),
    ('temu/reship', 1, 'review_due_soon', 'requested', 'warning', '1 day', 'before_due', NULL, 'TEMU-34', 'own'),
    ('temu/reship', 1, 'waybill_due_soon', 'awaiting_merchant_ship', 'warning', '1 day', 'before_due', NULL, 'TEMU-34', 'own'),
    ('temu/reship', 1, 'approval_due_soon', 'awaiting_approval', 'warning', '1 day', 'before_due', NULL, 'TEMU-34', 'own'),
    ('temu/refused_parcel', 1, 'objection_due_soon', 'proposed', 'warning', '24 hours', 'before_due', NULL, 'TEMU-43', 'own'),
    ('temu/refused_parcel', 1, 'answer_due_soon', 'awaiting_merchant_response', 'warning', '12 hours', 'before_due', NULL, 'TEMU-43', 'own')
ON CONFLICT DO NOTHING;
$pack$
WHEN 'douyin' THEN $pack$-- Douyin, shipped refund-only (copy of 2022-05).  Rows that are there stay.

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('douyin/shipped_refund_only', 1, 'douyin', 'refund_only', 'Shipped, refund only', 'requested', 'DOUYIN-01', 'stated', 'douyin')
ON CONFLICT DO NOTHING;

-- DOUYIN-11: 48 hours, day and night, from the application; from its last change of type or amount (DOUYIN-17).
-- DOUYIN-08: who agrees to refund after the refusal keeps that deadline until the platform gives one.  The term of
-- awaiting_refusal is what holds where the platform takes its deadline back.
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing) VALUES
    ('douyin/shipped_refund_only', 1, 'requested', 'Awaiting the merchant''s decision', false, 'merchant', '48 hours', 'entered', 'DOUYIN-11', 'stated'),
    ('douyin/shipped_refund_only', 1, 'awaiting_refusal', 'Agreed to refund once the buyer refuses the parcel', false, 'merchant', '48 hours', 'opened', 'DOUYIN-08', 'reading'),
    ('douyin/shipped_refund_only', 1, 'rejected', 'Rejected, the buyer may amend, withdraw or call the platform', false, 'buyer', NULL, 'entered', 'DOUYIN-15', 'external'),
    ('douyin/shipped_refund_only', 1, 'refunded', 'Refunded', true, NULL, NULL, 'entered', 'DOUYIN-11', 'stated'),
    ('douyin/shipped_refund_only', 1, 'cancelled', 'Withdrawn by the buyer', true, NULL, NULL, 'entered', 'DOUYIN-17', 'stated'),
    ('douyin/shipped_refund_only', 1, 'closed', 'Closed by the platform, or changed to another type', true, NULL, NULL, 'entered', 'DOUYIN-17', 'reading')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts, rule, standing) VALUES
    ('douyin/shipped_refund_only', 1, 'refund_in_12_hours', 'requested', 'warning', '12 hours', 'before_due', 'DOUYIN-11', 'own'),
    ('douyin/shipped_refund_only', 1, 'refund_in_12_hours_unrefused', 'awaiting_refusal', 'warning', '12 hours', 'before_due', 'DOUYIN-08', 'own')
ON CONFLICT DO NOTHING;

-- DOUYIN-04: shipped is what has a valid tracking number that was uploaded in an accepted way, scanned or not.  The ERP
-- that knows of none says so; who says nothing follows the platform, which opened the case as shipped.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, requires, rule, standing, effect) VALUES
    ('douyin/shipped_refund_only', 1, 'requested', 'open', 10, 'requested', '{"attributes": {"tracking_uploaded": false}}', 'DOUYIN-04', 'stated', '{"refuse": "no valid tracking number was uploaded, so the order is not shipped"}'),
    ('douyin/shipped_refund_only', 1, 'requested', 'open', 0, 'requested', '{}', 'DOUYIN-01', 'stated', '{}')
ON CONFLICT DO NOTHING;

-- What the merchant decides.  DOUYIN-15: a rejection needs its reason, and evidence unless the platform's list says
-- that this reason needs none (below).
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, permission, needs, outcome, clock, rule, standing, effect)
SELECT 'douyin/shipped_refund_only', 1, t.from_state, t.action, t.to_state, '{merchant}', 'agree_refund', t.needs, t.outcome, t.clock, t.rule, t.standing, t.effect::jsonb
FROM (VALUES
    ('requested', 'approve', 'refunded', '{}'::text[], 'refunded', 'restart', 'DOUYIN-13', 'stated', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('requested', 'agree_after_refusal', 'awaiting_refusal', '{}', 'agreed after refusal', 'keep', 'DOUYIN-08', 'stated', '{}'),
    ('requested', 'reject', 'rejected', '{reason,evidence}', 'rejected', 'restart', 'DOUYIN-15', 'stated', '{}'),
    ('awaiting_refusal', 'approve', 'refunded', '{}', 'refunded', 'restart', 'DOUYIN-08', 'stated', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('awaiting_refusal', 'reject', 'rejected', '{reason,evidence}', 'rejected', 'restart', 'DOUYIN-08', 'stated', '{}'),
    ('rejected', 'approve', 'refunded', '{}', 'refunded', 'restart', 'DOUYIN-13', 'external', '{"refund": {"of": "asked", "executed_by": "instruct"}}'))
    AS t(from_state, action, to_state, needs, outcome, clock, rule, standing, effect)
ON CONFLICT DO NOTHING;

-- DOUYIN-11: at the timeout the platform refunds by itself.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, outcome, rule, standing, effect) VALUES
    ('douyin/shipped_refund_only', 1, 'requested', 'timeout', 'refunded', '{system}', 'refunded by timeout', 'DOUYIN-11', 'stated', '{"refund": {"of": "asked", "executed_by": "platform"}}'),
    ('douyin/shipped_refund_only', 1, 'awaiting_refusal', 'timeout', 'refunded', '{system}', 'refunded by timeout', 'DOUYIN-08', 'reading', '{"refund": {"of": "asked", "executed_by": "platform"}}')
ON CONFLICT DO NOTHING;

-- What the ERP, carriers and the platform report: signals for the strategies.  DOUYIN-05: a shipment cancelled in
-- part is another signal.  DOUYIN-07: the merchant bears the interception fee (payload "fee"); a failure decides nothing.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, clock, rule, standing, effect)
SELECT 'douyin/shipped_refund_only', 1, s.state, t.action, s.state, t.actors, 'keep', t.rule, t.standing, t.effect::jsonb
FROM unnest(ARRAY['requested', 'awaiting_refusal']) AS s(state), (VALUES
    ('shipment_cancelled', '{erp}'::text[], 'DOUYIN-05', 'stated', '{}'),
    ('shipment_partly_cancelled', '{erp}', 'DOUYIN-05', 'reading', '{}'),
    ('interception_succeeded', '{carrier,platform,erp}', 'DOUYIN-07', 'stated', '{"charge": {"kind": "interception_fee", "bearer": "merchant"}}'),
    ('interception_failed', '{carrier,platform,erp}', 'DOUYIN-07', 'reading', '{}'),
    ('parcel_refused', '{carrier,platform,erp}', 'DOUYIN-08', 'stated', '{}'),
    ('parcel_signed', '{carrier,platform,erp}', 'DOUYIN-08', 'reading', '{}'))
    AS t(action, actors, rule, standing, effect)
ON CONFLICT DO NOTHING;

-- DOUYIN-17: the buyer withdraws or modifies; what he changed stands in the payload, {"changed": ["amount"]}.  The
-- amount restarts the clock; another type is another flow's request; anything else leaves the clock.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, condition, outcome, clock, rule, standing, effect)
SELECT 'douyin/shipped_refund_only', 1, s.state, t.action, t.priority, coalesce(t.to_state, s.state), t.actors, t.needs, t.condition::jsonb, t.outcome, t.clock, t.rule, t.standing, t.effect::jsonb
FROM unnest(ARRAY['requested', 'awaiting_refusal', 'rejected']) AS s(state), (VALUES
    ('withdraw', 0, 'cancelled', '{buyer,platform}'::text[], '{}'::text[], '{}', 'withdrawn', 'restart', 'DOUYIN-17', 'stated', '{}'),
    ('modify', 20, 'closed', '{buyer,platform}', '{changed}', '{"changed": ["type"]}', 'changed to another type', 'restart', 'DOUYIN-17', 'reading', '{}'),
    ('modify', 10, 'requested', '{buyer,platform}', '{changed}', '{"changed": ["amount"]}', 'amended', 'restart', 'DOUYIN-17', 'reading', '{}'),
    ('modify', 0, NULL, '{buyer,platform}', '{changed}', '{}', NULL, 'keep', 'DOUYIN-17', 'reading', '{}'),
    -- the platform's own word
    ('refund', 0, 'refunded', '{platform}', '{}', '{}', 'refunded by the platform', 'restart', 'DOUYIN-11', 'reading', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'),
    ('close', 0, 'closed', '{platform}', '{}', '{}', 'closed by the platform', 'restart', 'DOUYIN-11', 'external', '{}'))
    AS t(action, priority, to_state, actors, needs, condition, outcome, clock, rule, standing, effect)
ON CONFLICT DO NOTHING;

-- DOUYIN-15: where the platform's list of reasons (rejectReasonCodeList, with evidence_need) is loaded into
-- aftersale.reason, kind reject, the reason is one of it, and evidence is asked for where its row says so.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, permission, needs, requires, outcome, rule, standing, effect)
SELECT 'douyin/shipped_refund_only', 1, s.state, 'reject', t.priority, 'rejected', '{merchant}', 'agree_refund', '{reason}', t.requires::jsonb, t.outcome,
    'DOUYIN-15', 'external', t.effect::jsonb
FROM unnest(ARRAY['requested', 'awaiting_refusal']) AS s(state), (VALUES
    (20, '{"reject_reason": "unlisted"}', NULL, '{"refuse": "the reason is none of the platform''s list (aftersale.reason)"}'),
    (10, '{"reject_reason": "no_evidence"}', 'rejected', '{}'))
    AS t(priority, requires, outcome, effect)
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_advice (flow, version, name, state, action, advice, rule, standing) VALUES
    ('douyin/shipped_refund_only', 1, 'intercept_first', 'requested', 'approve', 'Intercept the parcel first, and agree to refund after the refusal: else goods and money may both be lost.', 'DOUYIN-14', 'informational'),
    ('douyin/shipped_refund_only', 1, 'talk_first', 'requested', 'reject', 'Intercept the parcel and agree to refund after the refusal, or agree with the buyer that he withdraws or amends, before you reject.', 'DOUYIN-14', 'informational'),
    ('douyin/shipped_refund_only', 1, 'groundless_rejection', NULL, 'reject', 'A rejection without grounds may be penalised by the platform.', 'DOUYIN-16', 'informational')
ON CONFLICT DO NOTHING;

-- DOUYIN-03: the main account may do everything; a sub-account what the main account grants it (grant_permission()).
-- That use_assistant is listed makes it needed for saving rules in shops of the platform.
INSERT INTO aftersale.role_permission (platform, role, permission, rule) VALUES
    ('douyin', 'main_account', '*', 'DOUYIN-03'),
    ('douyin', 'main_account', 'use_assistant', 'DOUYIN-03')
ON CONFLICT DO NOTHING;

-- aftersale_type 1 is this flow; the other types have none here.
INSERT INTO aftersale.flow_choice (platform, type, flow, rule, standing) VALUES
    ('douyin', '1', 'douyin/shipped_refund_only', 'DOUYIN-01', 'external'),
    ('douyin', 'shipped_refund_only', 'douyin/shipped_refund_only', 'DOUYIN-01', 'reading')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.status_code (platform, field, code, flow, state, title, standing) VALUES
    ('douyin', 'aftersale_status', '0', '*', NULL, 'initial', 'external'),
    ('douyin', 'aftersale_status', '3', '*', 'awaiting_buyer_receipt', 'awaiting the buyer''s receipt (list reply)', 'external'),
    ('douyin', 'aftersale_status', '6', '*', 'requested', 'awaiting the merchant''s consent', 'external'),
    ('douyin', 'aftersale_status', '7', '*', 'awaiting_buyer_ship', 'awaiting the buyer''s return', 'external'),
    ('douyin', 'aftersale_status', '8', '*', 'awaiting_merchant_ship', 'awaiting the merchant''s shipment (reship, repair)', 'external'),
    ('douyin', 'aftersale_status', '11', '*', 'awaiting_inspection', 'returned, awaiting the merchant''s second consent', 'external'),
    ('douyin', 'aftersale_status', '12', '*', 'refunded', 'success', 'external'),
    ('douyin', 'aftersale_status', '13', '*', 'awaiting_buyer_receipt', 'awaiting the buyer''s receipt', 'external'),
    ('douyin', 'aftersale_status', '14', '*', 'completed', 'exchange, reship or repair done', 'external'),
    ('douyin', 'aftersale_status', '27', '*', 'rejected', 'first refusal by the merchant', 'external'),
    ('douyin', 'aftersale_status', '28', '*', 'closed', 'failed or closed; withdrawn where refund_status stays 1', 'external'),
    ('douyin', 'aftersale_status', '29', '*', 'return_rejected', 'second refusal by the merchant', 'external'),
    ('douyin', 'aftersale_status', '51', '*', NULL, 'order cancelled', 'external'),
    ('douyin', 'aftersale_status', '53', '*', NULL, 'reverse trade done', 'external'),
    ('douyin', 'agree_refuse_sign', '0', '*', NULL, 'default', 'external'),
    ('douyin', 'agree_refuse_sign', '1', 'douyin/shipped_refund_only', 'awaiting_refusal', 'agreed to refund after the refusal', 'external'),
    ('douyin', 'agree_refuse_sign', '2', '*', NULL, 'not agreed', 'external')
ON CONFLICT DO NOTHING;
-- 28 also stands for what the buyer has withdrawn, and 6 for what was agreed to after the refusal: agree_refuse_sign tells them apart.
INSERT INTO aftersale.status_code (platform, field, code, flow, state, title, covers, action, standing) VALUES
    ('douyin', 'aftersale_status', '6', 'douyin/shipped_refund_only', 'requested', 'awaiting the merchant''s consent', '{awaiting_refusal}', NULL, 'reading'),
    ('douyin', 'aftersale_status', '12', 'douyin/shipped_refund_only', 'refunded', 'success', '{}', 'refund', 'reading'),
    ('douyin', 'aftersale_status', '28', 'douyin/shipped_refund_only', 'closed', 'failed or closed; withdrawn where refund_status stays 1', '{cancelled}', 'close', 'reading')
ON CONFLICT DO NOTHING;

--@shop
-- The strategies A to D (DOUYIN-05 to DOUYIN-08) as rules of the shop, switched off.  Four exactly (DOUYIN-09); A and C
-- watch signals and stay armed while the request waits for the refusal, B and D watch the opening: B goes before D.
-- The threshold of B is the merchant's own: 0 until he says.
INSERT INTO aftersale.rule (shop_id, name, flow, signal, priority, amount_to, single_parcel, whole_parcel, condition, action, enabled)
SELECT $1, r.name, 'douyin/shipped_refund_only', r.signal, r.priority, r.amount_to, r.parcel, r.parcel, r.condition::jsonb, r.action, false
FROM (VALUES
    ('douyin A: shipment cancelled', 'shipment_cancelled', 10, NULL::numeric, false, '{}', 'approve'),
    ('douyin B: small amount', NULL, 20, 0, false, '{}', 'approve'),
    ('douyin C: intercepted', 'interception_succeeded', 10, NULL, true, '{"verified": true}', 'approve'),
    ('douyin D: after refusal', NULL, 10, NULL, false, '{}', 'agree_after_refusal'))
    AS r(name, signal, priority, amount_to, parcel, condition, action)
ON CONFLICT (shop_id, name) DO NOTHING
$pack$
WHEN 'kuaishou' THEN $pack$-- Kuaishou, return and refund, with the return's tracking number uploaded for the buyer (2023-07-26).  Rows that are
-- there stay.  The source gives no deadline anywhere, so no state has one of its own.

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('kuaishou/return_refund', 1, 'kuaishou', 'return_refund', 'Return and refund', 'requested', 'KS-01', 'stated', 'kuaishou')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, rule, standing) VALUES
    ('kuaishou/return_refund', 1, 'requested', 'Awaiting the merchant''s decision', false, 'merchant', 'KS-09', 'external'),
    ('kuaishou/return_refund', 1, 'awaiting_buyer_ship', 'Awaiting the buyer''s shipment', false, 'buyer', 'KS-09', 'stated'),
    ('kuaishou/return_refund', 1, 'return_in_transit', 'On its way back, awaiting the merchant''s receipt', false, 'merchant', 'KS-01', 'external'),
    ('kuaishou/return_refund', 1, 'rejected', 'Rejected, the buyer may amend, withdraw or call the platform', false, 'buyer', 'KS-09', 'external'),
    ('kuaishou/return_refund', 1, 'dispute', 'The platform decides', false, 'platform', 'KS-09', 'external'),
    ('kuaishou/return_refund', 1, 'refunded', 'Refunded', true, NULL, 'KS-01', 'external'),
    ('kuaishou/return_refund', 1, 'cancelled', 'Withdrawn by the buyer', true, NULL, 'KS-09', 'external'),
    ('kuaishou/return_refund', 1, 'closed', 'Closed by the platform', true, NULL, 'KS-09', 'external')
ON CONFLICT DO NOTHING;

-- KS-07: carrier and number, both.  KS-09, KS-11: only while the buyer's shipment is awaited, that is while there is no
-- number: the first one holds, and amend_tracking corrects it.  KS-02: by permission, not by the name of a role.
-- KS-11: history shows the merchant's upload as done for the buyer, also where the act does not say so.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, permission, needs, on_behalf_of, clock, rule, standing, effect) VALUES
    ('kuaishou/return_refund', 1, 'awaiting_buyer_ship', 'ship_back', 0, 'return_in_transit', '{buyer,platform}', NULL, '{carrier,tracking_no}', NULL, 'restart', 'KS-07', 'reading', '{"parcel": {"kind": "return", "state": "shipped"}}'),
    ('kuaishou/return_refund', 1, 'awaiting_buyer_ship', 'upload_tracking', 0, 'return_in_transit', '{merchant}', 'agree_refund', '{carrier,tracking_no}', 'buyer', 'restart', 'KS-07', 'stated', '{"parcel": {"kind": "return", "state": "shipped"}}'),
    ('kuaishou/return_refund', 1, 'return_in_transit', 'amend_tracking', 10, 'return_in_transit', '{merchant}', 'agree_refund', '{carrier,tracking_no}', 'buyer', 'keep', 'KS-11', 'reading', '{"parcel": {"kind": "return"}}'),
    ('kuaishou/return_refund', 1, 'return_in_transit', 'amend_tracking', 0, 'return_in_transit', '{buyer,platform}', NULL, '{carrier,tracking_no}', NULL, 'keep', 'KS-11', 'reading', '{"parcel": {"kind": "return"}}')
ON CONFLICT DO NOTHING;

-- KS-07: where the platform's list of carriers (expressCode) is loaded into aftersale.carrier, the carrier is one of it, also of a correction.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, permission, needs, requires, clock, rule, standing, effect)
SELECT 'kuaishou/return_refund', 1, t.state, t.action, 20, t.state, t.actors::text[], t.permission, '{carrier,tracking_no}', '{"carrier": "unlisted"}', 'keep', 'KS-07', 'reading',
    '{"refuse": "the carrier is none of the platform''s list (aftersale.carrier)"}'
FROM (VALUES
    ('awaiting_buyer_ship', 'ship_back', '{buyer,platform}', NULL),
    ('awaiting_buyer_ship', 'upload_tracking', '{merchant}', 'agree_refund'),
    ('return_in_transit', 'amend_tracking', '{merchant,buyer,platform}', 'agree_refund'))
    AS t(state, action, actors, permission)
ON CONFLICT DO NOTHING;

-- What the merchant decides.  confirm_receipt is possible before the buyer's shipment is known (KS-10).
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, permission, needs, outcome, rule, standing, effect) VALUES
    ('kuaishou/return_refund', 1, 'requested', 'approve_return', 'awaiting_buyer_ship', '{merchant}', 'agree_refund', '{}', 'return agreed', 'KS-09', 'external', '{}'),
    ('kuaishou/return_refund', 1, 'requested', 'refund_without_return', 'refunded', '{merchant}', 'agree_refund', '{}', 'refunded without return', 'KS-09', 'external', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('kuaishou/return_refund', 1, 'requested', 'reject', 'rejected', '{merchant}', 'agree_refund', '{reason}', 'rejected', 'KS-09', 'external', '{}'),
    ('kuaishou/return_refund', 1, 'return_in_transit', 'reject', 'rejected', '{merchant}', 'agree_refund', '{reason}', 'rejected', 'KS-09', 'external', '{}'),
    ('kuaishou/return_refund', 1, 'awaiting_buyer_ship', 'confirm_receipt', 'refunded', '{merchant}', 'agree_refund', '{}', 'refunded', 'KS-10', 'stated', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('kuaishou/return_refund', 1, 'return_in_transit', 'confirm_receipt', 'refunded', '{merchant}', 'agree_refund', '{}', 'refunded', 'KS-10', 'stated', '{"refund": {"of": "asked", "executed_by": "instruct"}}')
ON CONFLICT DO NOTHING;

-- The buyer and the platform.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, outcome, rule, standing, effect)
SELECT 'kuaishou/return_refund', 1, s.state, t.action, t.to_state, t.actors, t.outcome, 'KS-09', 'external', t.effect::jsonb
FROM unnest(ARRAY['requested', 'awaiting_buyer_ship', 'return_in_transit', 'rejected', 'dispute']) AS s(state), (VALUES
    ('withdraw', 'cancelled', '{buyer,platform}'::text[], 'withdrawn', '{}'),
    ('modify', 'requested', '{buyer,platform}', 'amended', '{}'),
    ('intervene', 'dispute', '{platform}', NULL, '{}'),
    ('order_return', 'awaiting_buyer_ship', '{platform}', 'return ordered by the platform', '{}'),
    ('refund', 'refunded', '{platform}', 'refunded by the platform', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'),
    ('close', 'closed', '{platform}', 'closed by the platform', '{}'))
    AS t(action, to_state, actors, outcome, effect)
WHERE (t.action <> 'modify' OR s.state IN ('requested', 'rejected'))
  AND (t.action <> 'intervene' OR s.state <> 'dispute')
  AND (t.action <> 'order_return' OR s.state = 'dispute')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_advice (flow, version, name, state, action, condition, advice, rule, standing) VALUES
    ('kuaishou/return_refund', 1, 'insured_return', 'awaiting_buyer_ship', 'confirm_receipt', '{"freight_insurance": true}',
     'The return is insured and has no tracking number yet: upload it first.', 'KS-10', 'stated')
ON CONFLICT DO NOTHING;

-- KS-02, KS-03: other roles have what the shop grants them.
INSERT INTO aftersale.role_permission (platform, role, permission, rule) VALUES
    ('kuaishou', 'main_account', '*', 'KS-02'),
    ('kuaishou', 'administrator', 'agree_refund', 'KS-02'),
    ('kuaishou', 'cs_administrator', 'agree_refund', 'KS-02')
ON CONFLICT DO NOTHING;

-- handlingWay 1 is this flow; 10 (refund only) and 3 (exchange) have none here.
INSERT INTO aftersale.flow_choice (platform, type, flow, rule, standing) VALUES
    ('kuaishou', '1', 'kuaishou/return_refund', 'KS-01', 'external'),
    ('kuaishou', 'return_refund', 'kuaishou/return_refund', 'KS-01', 'reading')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.status_code (platform, field, code, flow, state, title, covers, standing) VALUES
    ('kuaishou', 'status', '10', '*', 'requested', 'refund-only applied for', '{}', 'external'),
    ('kuaishou', 'status', '11', '*', 'requested', 'return and refund applied for', '{}', 'external'),
    ('kuaishou', 'status', '12', '*', 'rejected', 'refused by the merchant, awaiting the buyer', '{}', 'external'),
    ('kuaishou', 'status', '20', '*', 'dispute', 'the platform is involved (refund-only)', '{}', 'external'),
    ('kuaishou', 'status', '21', '*', 'dispute', 'the platform is involved (return)', '{}', 'external'),
    ('kuaishou', 'status', '22', '*', 'awaiting_buyer_ship', 'return confirmed by the platform', '{}', 'external'),
    ('kuaishou', 'status', '30', '*', 'awaiting_buyer_ship', 'return information awaited from the buyer', '{}', 'external'),
    ('kuaishou', 'status', '40', '*', 'return_in_transit', 'return information awaiting the seller''s confirmation', '{}', 'external'),
    ('kuaishou', 'status', '45', '*', 'awaiting_buyer_receipt', 'awaiting the buyer''s receipt (exchange)', '{}', 'external'),
    ('kuaishou', 'status', '50', '*', 'refunding', 'the refund is being executed', '{}', 'external'),
    ('kuaishou', 'status', '50', 'kuaishou/return_refund', 'refunded', 'the refund is being executed: decided', '{}', 'reading'),
    ('kuaishou', 'status', '60', '*', 'refunded', 'success', '{}', 'external'),
    ('kuaishou', 'status', '70', '*', 'closed', 'failed or closed', '{}', 'external'),
    ('kuaishou', 'status', '70', 'kuaishou/return_refund', 'closed', 'failed or closed, or withdrawn', '{cancelled}', 'reading')
ON CONFLICT DO NOTHING;
$pack$
WHEN 'tiktok' THEN $pack$-- TikTok Shop, returns (2025-03), with the names of the platform's interface (Return & Refund 202309).  Rows that are there stay.  The source gives
-- no deadline anywhere, so no state has one of its own; what a market is known to give is in pack tiktok_limits, and what the platform gives
-- with a request (platform_due_at) holds.  Where such a deadline passes and nobody has said what then, the request is overdue.

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('tiktok/return_refund', 1, 'tiktok', 'return_refund', 'Return and refund', 'requested', 'TTRET-07', 'stated', 'tiktok')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, rule, standing)
SELECT 'tiktok/return_refund', 1, s.state, s.title, s.final, s.waits_for, s.term::aftersale.sla_term, s.rule, s.standing
FROM (VALUES
    ('requested', 'Return applied for, awaiting the seller''s review', false, 'merchant', NULL, 'TTRET-08', 'stated'),
    ('refund_requested', 'Refund without a return applied for, awaiting the seller''s review', false, 'merchant', NULL, 'TTRET-08', 'external'),
    ('awaiting_buyer_response', 'A part was offered, awaiting the buyer', false, 'buyer', NULL, 'TTRET-08', 'external'),
    ('awaiting_buyer_ship', 'Approved, awaiting the buyer''s parcel', false, 'buyer', NULL, 'TTRET-09', 'stated'),
    ('return_in_transit', 'The return is on its way', false, 'merchant', NULL, 'TTRET-10', 'stated'),
    ('awaiting_inspection', 'Received, to be inspected', false, 'merchant', NULL, 'TTRET-10', 'stated'),
    ('overdue', 'No answer in time: awaiting the platform', false, 'platform', NULL, 'TTRET-08', 'reading'),
    ('approved_by_silence', 'By the limits that the shop has loaded silence approves, and the platform refunds', false, 'platform', '0 hours', 'TTRET-08', 'external'),
    ('rejected', 'Refused at the review, the buyer may open a dispute', false, 'buyer', NULL, 'TTRET-08', 'stated'),
    ('return_rejected', 'Refused after inspection, the buyer may open a dispute', false, 'buyer', NULL, 'TTRET-11', 'reading'),
    ('dispute', 'In dispute, being negotiated', false, 'merchant', NULL, 'TTRET-13', 'stated'),
    ('platform_review', 'In dispute, the platform decides', false, 'platform', NULL, 'TTRET-14', 'stated'),
    ('refunded', 'Refunded', true, NULL, NULL, 'TTRET-11', 'stated'),
    ('cancelled', 'Withdrawn by the buyer', true, NULL, NULL, 'TTRET-07', 'external'),
    ('closed', 'Closed', true, NULL, NULL, 'TTRET-09', 'external'))
    AS s(state, title, final, waits_for, term, rule, standing)
ON CONFLICT DO NOTHING;

-- TTRET-02, TTRET-06, TTRET-07: an application outside the shop's own policy is refused, with the reason of each line.  One that the platform
-- itself tells of has been accepted there.  Type REFUND (return_type) is a refund without a return.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, requires, rule, standing)
SELECT 'tiktok/return_refund', 1, 'requested', 'open', o.priority, o.to_state, o.requires::jsonb, 'TTRET-07', o.standing
FROM (VALUES
    (30, 'refund_requested', '{"told_by": "platform", "attributes": {"type": "REFUND"}}', 'reading'),
    (20, 'requested', '{"told_by": "platform"}', 'reading'),
    (10, 'refund_requested', '{"policy": "eligible", "attributes": {"type": "REFUND"}}', 'external'),
    (0, 'requested', '{"policy": "eligible"}', 'stated'))
    AS o(priority, to_state, requires, standing)
ON CONFLICT DO NOTHING;

-- The seller.  TTRET-09: approving gives the buyer an address: the payload's, or the return warehouse where the shop has one.  TTRET-10: receipt first,
-- then inspection by the policy's conditions.  TTRET-11: what is in order is refunded, less the handling fee (TTRET-05); a part is what the
-- seller says.  The offer of a part is made once.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, requires, outcome, rule, standing, effect)
SELECT 'tiktok/return_refund', 1, t.from_state, t.action, t.priority, t.to_state, '{merchant}', t.needs::text[], t.requires::jsonb, t.outcome, t.rule, t.standing, t.effect::jsonb
FROM (VALUES
    ('requested', 'approve', 10, 'awaiting_buyer_ship', '{}', '{"return_address": "routed"}', 'return approved', 'TTRET-09', 'stated', '{}'),
    ('requested', 'approve', 0, 'awaiting_buyer_ship', '{return_address}', '{}', 'return approved', 'TTRET-09', 'stated', '{}'),
    ('requested', 'refund_without_return', 0, 'refunded', '{}', '{}', 'refunded without return', 'TTRET-08', 'external', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('requested', 'reject', 0, 'rejected', '{reason}', '{}', 'rejected', 'TTRET-08', 'stated', '{}'),
    ('refund_requested', 'approve', 0, 'refunded', '{}', '{}', 'refunded without return', 'TTRET-08', 'external', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('refund_requested', 'reject', 0, 'rejected', '{reason}', '{}', 'rejected', 'TTRET-08', 'external', '{}'),
    ('requested', 'offer_partial', 10, 'awaiting_buyer_response', '{amount}', '{"never": {"action": "offer_partial"}}', NULL, 'TTRET-08', 'external', '{}'),
    ('requested', 'offer_partial', 0, 'requested', '{}', '{}', NULL, 'TTRET-08', 'external', '{"refuse": "a part was offered once already"}'),
    ('refund_requested', 'offer_partial', 0, 'awaiting_buyer_response', '{amount}', '{}', NULL, 'TTRET-08', 'external', '{}'),
    ('awaiting_inspection', 'approve', 0, 'refunded', '{}', '{}', 'refunded', 'TTRET-11', 'stated', '{"refund": {"of": "asked", "executed_by": "instruct", "fees": true}}'),
    ('awaiting_inspection', 'approve_partly', 0, 'refunded', '{amount,remark}', '{}', 'refunded in part', 'TTRET-11', 'reading', '{"refund": {"of": "given", "executed_by": "instruct"}}'),
    ('awaiting_inspection', 'reject', 0, 'return_rejected', '{reason,evidence}', '{}', 'return rejected', 'TTRET-11', 'reading', '{}'),
    ('rejected', 'approve', 10, 'awaiting_buyer_ship', '{}', '{"return_address": "routed"}', 'return approved', 'TTRET-13', 'reading', '{}'),
    ('rejected', 'approve', 0, 'awaiting_buyer_ship', '{return_address}', '{}', 'return approved', 'TTRET-13', 'reading', '{}'),
    ('rejected', 'refund_without_return', 0, 'refunded', '{}', '{}', 'refunded without return', 'TTRET-13', 'reading', '{"refund": {"of": "asked", "executed_by": "instruct"}}'),
    ('return_rejected', 'approve', 0, 'refunded', '{}', '{}', 'refunded', 'TTRET-13', 'reading', '{"refund": {"of": "asked", "executed_by": "instruct", "fees": true}}'),
    ('dispute', 'settle', 0, 'refunded', '{amount}', '{}', 'settled by negotiation', 'TTRET-13', 'stated', '{"refund": {"of": "given", "executed_by": "instruct"}}'))
    AS t(from_state, action, priority, to_state, needs, requires, outcome, rule, standing, effect)
ON CONFLICT DO NOTHING;

-- The buyer and the carrier.  TTRET-13: a dispute is negotiated first; its kind and what happened have to be said, with evidence (TTRET-15).
-- TTRET-14: either side may then ask the platform.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, outcome, clock, rule, standing, effect)
SELECT 'tiktok/return_refund', 1, t.from_state, t.action, 0, t.to_state, t.actors::text[], t.needs::text[], t.outcome, t.clock, t.rule, t.standing, t.effect::jsonb
FROM (VALUES
    ('awaiting_buyer_response', 'accept', 'refunded', '{buyer}', '{amount}', 'refunded in part', 'restart', 'TTRET-08', 'external', '{"refund": {"of": "given", "executed_by": "instruct"}}'),
    ('awaiting_buyer_response', 'decline', 'requested', '{buyer,platform,erp}', '{}', 'offer declined', 'restart', 'TTRET-08', 'external', '{}'),
    ('awaiting_buyer_ship', 'ship', 'return_in_transit', '{buyer}', '{carrier,tracking_no}', NULL, 'restart', 'TTRET-09', 'stated', '{"parcel": {"kind": "return", "state": "shipped"}}'),
    ('return_in_transit', 'receive', 'awaiting_inspection', '{merchant,carrier,platform,erp}', '{}', NULL, 'keep', 'TTRET-10', 'stated', '{"parcel": {"kind": "return", "state": "received"}}'),
    ('rejected', 'open_dispute', 'dispute', '{buyer}', '{kind,remark,evidence}', NULL, 'restart', 'TTRET-13', 'stated', '{}'),
    ('return_rejected', 'open_dispute', 'dispute', '{buyer}', '{kind,remark,evidence}', NULL, 'restart', 'TTRET-13', 'stated', '{}'),
    ('dispute', 'submit_evidence', 'dispute', '{merchant,buyer}', '{evidence}', NULL, 'keep', 'TTRET-15', 'stated', '{}'),
    ('platform_review', 'submit_evidence', 'platform_review', '{merchant,buyer}', '{evidence}', NULL, 'keep', 'TTRET-15', 'stated', '{}'),
    ('dispute', 'escalate', 'platform_review', '{merchant,buyer}', '{evidence}', NULL, 'restart', 'TTRET-14', 'stated', '{}'))
    AS t(from_state, action, to_state, actors, needs, outcome, clock, rule, standing, effect)
ON CONFLICT DO NOTHING;

-- TTRET-14: the platform decides from rules and evidence.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, condition, outcome, rule, standing, effect) VALUES
    ('tiktok/return_refund', 1, 'platform_review', 'decide', 20, 'refunded', '{platform}', '{favours}', '{"favours": "buyer"}', 'decided for the buyer', 'TTRET-14', 'stated', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'),
    ('tiktok/return_refund', 1, 'platform_review', 'decide', 10, 'closed', '{platform}', '{favours}', '{"favours": "merchant"}', 'decided for the merchant', 'TTRET-14', 'stated', '{}')
ON CONFLICT DO NOTHING;

-- Silence.  None of it is in the source: these hold where a shop has terms for the states, or the platform gave a deadline.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, outcome, rule, standing, effect)
SELECT 'tiktok/return_refund', 1, t.from_state, 'timeout', t.to_state, '{system}', t.outcome, t.rule, t.standing, t.effect::jsonb
FROM (VALUES
    ('requested', 'overdue', 'overdue', 'TTRET-08', 'reading', '{}'),
    ('refund_requested', 'overdue', 'overdue', 'TTRET-08', 'reading', '{}'),
    ('awaiting_buyer_response', 'requested', 'offer lapsed', 'TTRET-08', 'external', '{}'),
    ('awaiting_buyer_ship', 'closed', 'not shipped in time', 'TTRET-09', 'external', '{}'),
    ('return_in_transit', 'overdue', 'overdue', 'TTRET-10', 'reading', '{}'),
    ('awaiting_inspection', 'overdue', 'overdue', 'TTRET-10', 'reading', '{}'),
    ('rejected', 'closed', 'not disputed in time', 'TTRET-13', 'external', '{}'),
    ('return_rejected', 'closed', 'not disputed in time', 'TTRET-13', 'external', '{}'),
    ('approved_by_silence', 'refunded', 'approved by silence', 'TTRET-08', 'external', '{"refund": {"of": "asked", "executed_by": "platform"}}'))
    AS t(from_state, to_state, outcome, rule, standing, effect)
ON CONFLICT DO NOTHING;

-- TTRET-12: both, and the platform, may write throughout: an event, and nothing moves.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, needs, clock, rule, standing)
SELECT s.flow, s.version, s.state, 'message', s.state, '{merchant,buyer,platform}', '{remark}', 'keep', 'TTRET-12', 'informational'
FROM aftersale.flow_state AS s WHERE s.flow = 'tiktok/return_refund' AND s.version = 1 AND s.state <> 'approved_by_silence'
ON CONFLICT DO NOTHING;

-- The platform's word, wherever a request is open: what it reports of itself, of the seller and of the buyer.  The buyer withdraws what is open: no
-- rule says until when.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, outcome, rule, standing, effect)
SELECT s.flow, s.version, s.state, t.action, -10, t.to_state, '{platform}', t.outcome, t.rule, 'external', t.effect::jsonb
FROM aftersale.flow_state AS s, (VALUES
    ('approve_return', 'awaiting_buyer_ship', 'return approved', 'TTRET-09', '{}'),
    ('reject', 'rejected', 'rejected', 'TTRET-08', '{}'),
    ('report_offer', 'awaiting_buyer_response', NULL, 'TTRET-08', '{}'),
    ('ship', 'return_in_transit', NULL, 'TTRET-09', '{"parcel": {"kind": "return", "state": "shipped"}}'),
    ('refuse_parcel', 'return_rejected', 'return rejected', 'TTRET-11', '{}'),
    ('open_dispute', 'dispute', NULL, 'TTRET-13', '{}'),
    ('intervene', 'platform_review', NULL, 'TTRET-14', '{}'),
    ('refund', 'refunded', 'refunded by the platform', 'TTRET-11', '{"refund": {"of": "given_or_asked", "executed_by": "platform"}}'),
    ('close', 'closed', 'closed by the platform', 'TTRET-14', '{}'))
    AS t(action, to_state, outcome, rule, effect)
WHERE s.flow = 'tiktok/return_refund' AND s.version = 1 AND NOT s.final AND s.state NOT IN ('approved_by_silence', t.to_state)
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, outcome, rule, standing)
SELECT s.flow, s.version, s.state, 'withdraw', 'cancelled', '{buyer,platform}', 'withdrawn', 'TTRET-07', 'external'
FROM aftersale.flow_state AS s WHERE s.flow = 'tiktok/return_refund' AND s.version = 1 AND NOT s.final AND s.state <> 'approved_by_silence'
ON CONFLICT DO NOTHING;
-- an offer that the platform says was accepted
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, outcome, rule, standing, effect) VALUES
    ('tiktok/return_refund', 1, 'awaiting_buyer_response', 'accept', -10, 'refunded', '{platform}', 'refunded in part', 'TTRET-08', 'external', '{"refund": {"of": "given", "executed_by": "platform"}}')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_advice (flow, version, name, state, action, advice, rule, standing) VALUES
    ('tiktok/return_refund', 1, 'instruct_clearly', 'requested', 'approve', 'Give the buyer clear instructions along with the address: what to pack, how to send it, until when.', 'TTRET-16', 'informational'),
    ('tiktok/return_refund', 1, 'keep_answering', NULL, 'message', 'Answer quickly, and go on answering until the matter is settled.', 'TTRET-16', 'informational'),
    ('tiktok/return_refund', 1, 'negotiate_first', 'dispute', 'escalate', 'Negotiate first; the platform decides by its rules from what both sides have submitted, so submit all evidence.', 'TTRET-15', 'stated')
ON CONFLICT DO NOTHING;

-- The platform's reasons for a refusal; they differ by market, which a suffix or the name says.  What evidence each of them asks for is not known.
INSERT INTO aftersale.reason (platform, kind, code, title, rule) VALUES
    ('tiktok', 'reject', 'reverse_reject_request_reason_1', 'the buyer''s reason is not valid', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_2', 'a change of mind does not qualify', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_3', 'not eligible: used or broken', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_4', 'delivery is on schedule', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_5', 'agreement reached with the buyer', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_1_uk', 'UK: the buyer''s reason is not valid', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_2_uk', 'UK: a change of mind does not qualify', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_3_uk', 'UK: not eligible: used or broken', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_4_uk', 'UK: delivery is on schedule', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_request_reason_5_uk', 'UK: agreement reached with the buyer', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_refund_request_correct_item', 'US: the item is the right one', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_refund_request_package_delivery_multiple_boxes', 'US: delivered in several boxes', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_refund_request_unclear_evidence', 'US: the evidence is not clear', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_refund_request_product_function_well', 'US: the product works', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_refund_request_package_delivery_timing', 'US: delivery is on time', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_refund_request_no_reason_shipped_replacement', 'US: a replacement was shipped', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_refund_request_no_reason_failed_delivery_attempt', 'US: a delivery was tried and failed', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_refund_request_incorrect_address', 'US: the address was wrong', 'TTRET-08'),
    ('tiktok', 'reject', 'reverse_reject_return_parcel_reason_1', 'the parcel that was returned is refused, reason 1', 'TTRET-11'),
    ('tiktok', 'reject', 'reverse_reject_return_parcel_reason_2', 'the parcel that was returned is refused, reason 2', 'TTRET-11'),
    ('tiktok', 'reject', 'reverse_reject_return_parcel_reason_3', 'the parcel that was returned is refused, reason 3', 'TTRET-11'),
    ('tiktok', 'reject', 'reverse_reject_return_parcel_reason_4', 'the parcel that was returned is refused, reason 4', 'TTRET-11'),
    ('tiktok', 'reject', 'reverse_reject_return_parcel_reason_5', 'the parcel that was returned is refused, reason 5', 'TTRET-11')
ON CONFLICT DO NOTHING;

-- Status codes (Return & Refund 202309).  Replacements and cancellations have no flow here.  What a code means in this flow is a reading; states of
-- ours that it does not tell apart are covered: a dispute has a field of its own.

INSERT INTO aftersale.status_code (platform, field, code, state, title, aliases, standing) VALUES
    ('tiktok', 'return_status', 'RETURN_OR_REFUND_REQUEST_PENDING', 'requested', 'the buyer has asked, to be reviewed', '{}', 'external'),
    ('tiktok', 'return_status', 'REFUND_OR_RETURN_REQUEST_REJECT', 'rejected', 'refused', '{RETURN_OR_REFUND_REQUEST_REJECT,RETURN_OR_REFUND_REQUEST_REJECTED,REFUND_OR_RETURN_REQUEST_REJECTED}', 'external'),
    ('tiktok', 'return_status', 'AWAITING_BUYER_SHIP', 'awaiting_buyer_ship', 'approved, the buyer has to ship', '{}', 'external'),
    ('tiktok', 'return_status', 'BUYER_SHIPPED_ITEM', 'return_in_transit', 'on its way back, or with the seller', '{}', 'external'),
    ('tiktok', 'return_status', 'REJECT_RECEIVE_PACKAGE', 'return_rejected', 'inspected, the package is refused', '{}', 'external'),
    ('tiktok', 'return_status', 'RETURN_OR_REFUND_REQUEST_SUCCESS', 'refunding', 'approved, the money will go', '{}', 'external'),
    ('tiktok', 'return_status', 'RETURN_OR_REFUND_REQUEST_CANCEL', 'cancelled', 'cancelled by the buyer or the system', '{RETURN_OR_REFUND_REQUEST_CANCELLED}', 'external'),
    ('tiktok', 'return_status', 'RETURN_OR_REFUND_REQUEST_COMPLETE', 'refunded', 'the buyer is refunded', '{}', 'external'),
    ('tiktok', 'return_status', 'REPLACEMENT_REQUEST_PENDING', 'exchange_requested', 'replacement asked for', '{REPLACMENT_REQUEST_PENDING}', 'external'),
    ('tiktok', 'return_status', 'REPLACEMENT_REQUEST_REJECT', 'exchange_rejected', 'replacement refused', '{REPLACMENT_REQUEST_REJECT,REPLACEMENT_REQUEST_REJECTED}', 'external'),
    ('tiktok', 'return_status', 'REPLACEMENT_REQUEST_REFUND_SUCCESS', 'exchange_refunded', 'no stock, refunded instead', '{REPLACMENT_REQUEST_REFUND_SUCCESS}', 'external'),
    ('tiktok', 'return_status', 'REPLACEMENT_REQUEST_CANCEL', 'exchange_cancelled', 'replacement cancelled', '{REPLACMENT_REQUEST_CANCEL,REPLACEMENT_REQUEST_CANCELLED}', 'external'),
    ('tiktok', 'return_status', 'REPLACEMENT_REQUEST_COMPLETE', 'exchange_completed', 'a new order is made', '{REPLACMENT_REQUEST_COMPLETE}', 'external'),
    ('tiktok', 'return_status', 'AWAITING_BUYER_RESPONSE', 'awaiting_buyer_response', 'the buyer has to answer an offer of a partial refund', '{}', 'external'),
    ('tiktok', 'cancel_status', 'CANCELLATION_REQUEST_PENDING', 'requested', 'cancellation asked for', '{}', 'external'),
    ('tiktok', 'cancel_status', 'CANCELLATION_REQUEST_SUCCESS', 'refunding', 'cancellation approved', '{}', 'reading'),
    ('tiktok', 'cancel_status', 'CANCELLATION_REQUEST_CANCEL', 'closed', 'the request to cancel was cancelled', '{CANCELLATION_REQUEST_CANCELLED}', 'reading'),
    ('tiktok', 'cancel_status', 'CANCELLATION_REQUEST_COMPLETE', 'cancelled', 'the order is cancelled', '{}', 'reading')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.status_code (platform, field, code, flow, state, title, aliases, covers, action, standing)
SELECT 'tiktok', m.field, m.code, 'tiktok/return_refund', m.state, c.title, c.aliases, m.covers::text[], m.action, 'reading'
FROM (VALUES
    ('return_status', 'RETURN_OR_REFUND_REQUEST_PENDING', 'requested', '{refund_requested,overdue,approved_by_silence}', NULL),
    ('return_status', 'REFUND_OR_RETURN_REQUEST_REJECT', 'rejected', '{dispute,platform_review}', NULL),
    ('return_status', 'BUYER_SHIPPED_ITEM', 'return_in_transit', '{awaiting_inspection,overdue}', NULL),
    ('return_status', 'REJECT_RECEIVE_PACKAGE', 'return_rejected', '{dispute,platform_review}', NULL),
    ('return_status', 'RETURN_OR_REFUND_REQUEST_SUCCESS', 'refunded', '{}', 'refund'),
    ('return_status', 'RETURN_OR_REFUND_REQUEST_COMPLETE', 'refunded', '{}', 'refund'),
    ('return_status', 'RETURN_OR_REFUND_REQUEST_CANCEL', 'cancelled', '{closed}', 'withdraw'))
    AS m(field, code, state, covers, action)
JOIN aftersale.status_code AS c ON c.platform = 'tiktok' AND c.field = m.field AND c.code = m.code AND c.flow = '*'
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.status_code (platform, field, code, flow, state, title, covers, standing) VALUES
    ('tiktok', 'arbitration_status', 'IN_PROGRESS', 'tiktok/return_refund', 'dispute', 'in dispute', '{platform_review}', 'reading'),
    ('tiktok', 'arbitration_status', 'SUPPORT_BUYER', '*', NULL, 'decided for the buyer', '{}', 'external'),
    ('tiktok', 'arbitration_status', 'SUPPORT_SELLER', '*', NULL, 'decided for the seller', '{}', 'external'),
    ('tiktok', 'arbitration_status', 'CLOSED', '*', NULL, 'closed', '{}', 'external')
ON CONFLICT DO NOTHING;

-- return_type; a replacement has no flow here.
INSERT INTO aftersale.flow_choice (platform, type, flow, rule, standing) VALUES
    ('tiktok', 'RETURN_AND_REFUND', 'tiktok/return_refund', 'TTRET-01', 'external'),
    ('tiktok', 'REFUND', 'tiktok/return_refund', 'TTRET-08', 'external'),
    ('tiktok', 'return_refund', 'tiktok/return_refund', 'TTRET-01', 'reading')
ON CONFLICT DO NOTHING;
$pack$
WHEN 'tiktok_limits' THEN $pack$-- Limits that markets of TikTok Shop are known to give sellers and buyers.  Not in the source of our rules: from sellers' academies of the markets and
-- other public material, and they change; so they are a shop's to load, after pack tiktok, as its own terms, which it may alter and end.

--@shop
-- A shop's countries alone.  Silence at the review approves: a return goes on to the buyer, a refund is made by the platform.  US: two business days, four
-- above 100 USD, which a term cannot say.  The receipt's review counts from the buyer's tracking number, and goes on while the parcel is inspected.
INSERT INTO aftersale.flow_override (shop_id, flow, state, country, term, timeout_to, timeout_outcome, effective_from)
SELECT c.shop_id, 'tiktok/return_refund', l.state, l.country, l.term::aftersale.sla_term, l.timeout_to, l.outcome, l.effective_from::timestamptz
FROM (VALUES
    ('US', 'requested', '2 business days', 'awaiting_buyer_ship', 'approved by silence', '2026-02-01 00:00-05'),
    ('US', 'refund_requested', '2 business days', 'approved_by_silence', 'approved by silence', '2026-02-01 00:00-05'),
    ('ID', 'requested', '48 hours', 'awaiting_buyer_ship', 'approved by silence', '-infinity'),
    ('ID', 'refund_requested', '48 hours', 'approved_by_silence', 'approved by silence', '-infinity'),
    ('ID', 'awaiting_buyer_ship', '5 days', NULL, NULL, '-infinity'),
    ('ID', 'return_in_transit', '8 days', 'approved_by_silence', 'approved by silence', '-infinity'),
    ('ID', 'awaiting_inspection', NULL, 'approved_by_silence', 'approved by silence', '-infinity'),
    ('TH', 'requested', '1 business day', 'awaiting_buyer_ship', 'approved by silence', '-infinity'),
    ('TH', 'refund_requested', '1 business day', 'approved_by_silence', 'approved by silence', '-infinity'),
    ('TH', 'return_in_transit', '10 days', 'approved_by_silence', 'approved by silence', '-infinity'),
    ('TH', 'awaiting_inspection', NULL, 'approved_by_silence', 'approved by silence', '-infinity'),
    ('VN', 'requested', '1 business day', 'awaiting_buyer_ship', 'approved by silence', '-infinity'),
    ('VN', 'refund_requested', '1 business day', 'approved_by_silence', 'approved by silence', '-infinity'),
    -- the buyer has 48 hours to answer an offer of a part, wherever it is made
    ('*', 'awaiting_buyer_response', '48 hours', NULL, NULL, '-infinity'))
    AS l(country, state, term, timeout_to, outcome, effective_from)
JOIN aftersale.shop AS c ON c.shop_id = $1 AND c.platform = 'tiktok'
WHERE l.country = '*' OR EXISTS (SELECT FROM aftersale.shop_country AS k WHERE k.shop_id = c.shop_id AND k.country = l.country)
ON CONFLICT DO NOTHING
$pack$
WHEN 'tiktok_sea' THEN $pack$-- TikTok Shop, Southeast Asia, cross-border: parcels that are refused or not delivered.  Rows that are there stay.

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, rule, standing, pack) VALUES
    ('tiktok_sea/failed_delivery', 1, 'tiktok_sea', 'failed_delivery', 'Parcel refused or not delivered', 'held_at_carrier', 'TTSEA-01', 'stated', 'tiktok_sea')
ON CONFLICT DO NOTHING;

-- TTSEA-05: the 14 days count from the arrival scan, else from the failed delivery, which is the opening.
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, rule, standing) VALUES
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'Held in the carrier''s warehouse, or on its way there', false, 'buyer', '14 days', 'entered', 'TTSEA-05', 'stated'),
    ('tiktok_sea/failed_delivery', 1, 'redelivering', 'Being delivered again', false, 'carrier', NULL, 'entered', 'TTSEA-06', 'stated'),
    ('tiktok_sea/failed_delivery', 1, 'returning', 'Returns to the merchant by itself', false, 'carrier', NULL, 'entered', 'TTSEA-08', 'stated'),
    ('tiktok_sea/failed_delivery', 1, 'platform_review', 'Ticket opened, the platform has the carrier investigate', false, 'platform', NULL, 'entered', 'TTSEA-15', 'stated'),
    ('tiktok_sea/failed_delivery', 1, 'returned', 'Returned to the merchant', true, NULL, NULL, 'entered', 'TTSEA-10', 'stated'),
    ('tiktok_sea/failed_delivery', 1, 'completed', 'Delivered to the buyer after all', true, NULL, NULL, 'entered', 'TTSEA-06', 'reading'),
    ('tiktok_sea/failed_delivery', 1, 'destroyed', 'Destroyed or abandoned', true, NULL, NULL, 'entered', 'TTSEA-02', 'stated'),
    ('tiktok_sea/failed_delivery', 1, 'closed', 'Closed by the platform', true, NULL, NULL, 'entered', 'TTSEA-15', 'reading')
ON CONFLICT DO NOTHING;

-- TTSEA-03, TTSEA-18: recorded and in force before the order was created, whenever the delivery failed; an order whose creation is not
-- known is not known to be newer.  TTSEA-13: once for a parcel.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, requires, outcome, rule, standing) VALUES
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'open', 10, 'returning', '{"return_address": "before_order", "never_for_order": {"action": "open", "to_state": "returning"}}', NULL, 'TTSEA-03', 'stated'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'open', 0, 'held_at_carrier', '{}', NULL, 'TTSEA-04', 'stated')
ON CONFLICT DO NOTHING;

-- The hold.  TTSEA-05: the first arrival scan starts its days anew; one after a redelivery, and any other, does not.
-- TTSEA-06: the buyer asks, through the platform; once (a reading); the platform pays.  Meanwhile the days stand, and go on where it fails.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, requires, on_behalf_of, outcome, clock, rule, standing, effect) VALUES
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'arrive', 20, 'held_at_carrier', '{carrier,platform,erp}', '{"ever": {"action": "redelivery_failed"}}', NULL, NULL, 'keep', 'TTSEA-05', 'reading', '{}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'arrive', 10, 'held_at_carrier', '{carrier,platform,erp}', '{"never": {"action": "arrive"}}', NULL, NULL, 'restart', 'TTSEA-05', 'reading', '{}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'arrive', 0, 'held_at_carrier', '{carrier,platform,erp}', '{}', NULL, NULL, 'keep', 'TTSEA-05', 'reading', '{}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'request_redelivery', 10, 'redelivering', '{buyer,platform}', '{"never": {"action": "request_redelivery"}}', 'buyer', 'redelivery', 'pause', 'TTSEA-06', 'stated', '{"charge": {"kind": "redelivery_freight", "bearer": "platform"}}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'request_redelivery', 0, 'held_at_carrier', '{buyer,platform}', '{}', NULL, NULL, 'keep', 'TTSEA-06', 'reading', '{"refuse": "the parcel was delivered again once already"}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'timeout', 0, 'destroyed', '{system}', '{}', NULL, 'hold expired', 'restart', 'TTSEA-07', 'reading', '{}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'destroy', 0, 'destroyed', '{carrier,platform,erp}', '{}', NULL, 'destroyed', 'restart', 'TTSEA-02', 'stated', '{}'),
    ('tiktok_sea/failed_delivery', 1, 'redelivering', 'deliver', 0, 'completed', '{carrier,platform,erp}', '{}', NULL, 'delivered', 'restart', 'TTSEA-06', 'stated', '{"parcel": {"kind": "redelivery", "state": "delivered"}}'),
    ('tiktok_sea/failed_delivery', 1, 'redelivering', 'redelivery_failed', 0, 'held_at_carrier', '{carrier,platform,erp}', '{}', NULL, 'redelivery failed', 'resume', 'TTSEA-06', 'reading', '{"parcel": {"kind": "redelivery", "state": "failed"}}'),
    ('tiktok_sea/failed_delivery', 1, 'redelivering', 'attempt_failed', 0, 'redelivering', '{carrier,platform,erp}', '{}', NULL, NULL, 'keep', 'TTSEA-17', 'reading', '{"parcel": {"kind": "redelivery", "attempt": true}}')
ON CONFLICT DO NOTHING;

-- The return.  TTSEA-11: no redelivery.  TTSEA-12: where it fails there is no second hold.  TTSEA-14: whose loss that is, the cause says.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, condition, outcome, clock, rule, standing, effect) VALUES
    ('tiktok_sea/failed_delivery', 1, 'returning', 'receive', 0, 'returned', '{carrier,platform,erp}', '{}', '{}', 'returned', 'restart', 'TTSEA-10', 'stated', '{"charge": {"kind": "return_freight", "bearer": "platform"}, "parcel": {"kind": "return", "state": "received"}}'),
    ('tiktok_sea/failed_delivery', 1, 'returning', 'request_redelivery', 0, 'returning', '{buyer,platform}', '{}', '{}', NULL, 'keep', 'TTSEA-11', 'stated', '{"refuse": "a parcel that returns by itself cannot be delivered again"}'),
    ('tiktok_sea/failed_delivery', 1, 'returning', 'return_failed', 30, 'destroyed', '{carrier,platform,erp}', '{cause}', '{"cause": "merchant_not_contacted"}', 'return failed, the merchant bears the loss', 'restart', 'TTSEA-14', 'reading', '{"charge": {"kind": "loss", "bearer": "merchant"}, "parcel": {"kind": "return", "state": "failed"}}'),
    ('tiktok_sea/failed_delivery', 1, 'returning', 'return_failed', 20, 'destroyed', '{carrier,platform,erp}', '{cause}', '{"cause": "merchant_not_reached"}', 'return failed, the merchant bears the loss', 'restart', 'TTSEA-14', 'reading', '{"charge": {"kind": "loss", "bearer": "merchant"}, "parcel": {"kind": "return", "state": "failed"}}'),
    ('tiktok_sea/failed_delivery', 1, 'returning', 'return_failed', 10, 'destroyed', '{carrier,platform,erp}', '{cause}', '{"cause": "wrong_address"}', 'return failed, the merchant bears the loss', 'restart', 'TTSEA-14', 'reading', '{"charge": {"kind": "loss", "bearer": "merchant"}, "parcel": {"kind": "return", "state": "failed"}}'),
    ('tiktok_sea/failed_delivery', 1, 'returning', 'return_failed', 0, 'destroyed', '{carrier,platform,erp}', '{cause}', '{}', 'return failed', 'restart', 'TTSEA-12', 'stated', '{"parcel": {"kind": "return", "state": "failed"}}')
ON CONFLICT DO NOTHING;

-- TTSEA-14, TTSEA-15: tickets.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, needs, requires, outcome, clock, rule, standing, effect) VALUES
    ('tiktok_sea/failed_delivery', 1, 'returned', 'open_ticket', 0, 'platform_review', '{merchant}', '{remark}', '{}', 'said to be returned, not received', 'restart', 'TTSEA-15', 'stated', '{}'),
    ('tiktok_sea/failed_delivery', 1, 'destroyed', 'open_ticket', 10, 'destroyed', '{merchant}', '{}', '{"ever": {"action": "return_failed", "rule": "TTSEA-14"}}', NULL, 'keep', 'TTSEA-14', 'reading', '{"refuse": "the return failed for the merchant''s reasons, who bears the loss"}'),
    ('tiktok_sea/failed_delivery', 1, 'destroyed', 'open_ticket', 0, 'platform_review', '{merchant}', '{remark}', '{"ever": {"action": "return_failed"}}', 'return failed, help asked for', 'restart', 'TTSEA-14', 'reading', '{}'),
    ('tiktok_sea/failed_delivery', 1, 'platform_review', 'receive', 0, 'returned', '{carrier,platform}', '{}', '{}', 'returned', 'restart', 'TTSEA-15', 'reading', '{}'),
    ('tiktok_sea/failed_delivery', 1, 'platform_review', 'compensate', 0, 'closed', '{platform}', '{}', '{}', 'compensated', 'restart', 'TTSEA-15', 'reading', '{"charge": {"kind": "compensation", "bearer": "platform"}}')
ON CONFLICT DO NOTHING;

-- TTSEA-17: the lead time counts from the last failed attempt; so does the hold, as long as no arrival was scanned.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, requires, clock, rule, standing, effect) VALUES
    ('tiktok_sea/failed_delivery', 1, 'returning', 'attempt_failed', 0, 'returning', '{carrier,platform,erp}', '{}', 'restart', 'TTSEA-17', 'reading', '{"parcel": {"kind": "outbound", "attempt": true}}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'attempt_failed', 10, 'held_at_carrier', '{carrier,platform,erp}', '{"ever": {"action": "redelivery_failed"}}', 'keep', 'TTSEA-17', 'reading', '{"parcel": {"kind": "outbound", "attempt": true}}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'attempt_failed', 5, 'held_at_carrier', '{carrier,platform,erp}', '{"never": {"action": "arrive"}}', 'restart', 'TTSEA-05', 'reading', '{"parcel": {"kind": "outbound", "attempt": true}}'),
    ('tiktok_sea/failed_delivery', 1, 'held_at_carrier', 'attempt_failed', 0, 'held_at_carrier', '{carrier,platform,erp}', '{}', 'keep', 'TTSEA-17', 'reading', '{"parcel": {"kind": "outbound", "attempt": true}}')
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts, rule, standing) VALUES
    ('tiktok_sea/failed_delivery', 1, 'return_overdue', 'returning', 'alert', '15 days', 'entered', 'TTSEA-17', 'informational'),
    ('tiktok_sea/failed_delivery', 1, 'hold_ends_soon', 'held_at_carrier', 'warning', '3 days', 'before_due', 'TTSEA-06', 'own')
ON CONFLICT DO NOTHING;

-- The platform's word wherever a parcel is not settled.
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, to_state, actors, outcome, rule, standing)
SELECT s.flow, s.version, s.state, 'close', 'closed', '{platform}', 'closed by the platform', 'TTSEA-15', 'reading'
FROM aftersale.flow_state AS s WHERE s.flow = 'tiktok_sea/failed_delivery' AND s.version = 1 AND NOT s.final
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_advice (flow, version, name, state, action, advice, rule, standing) VALUES
    ('tiktok_sea/failed_delivery', 1, 'ask_the_buyer', 'held_at_carrier', 'request_redelivery', 'Ask the buyer whether he still wants the parcel: he, and not you, has the platform deliver it again, before the hold ends.', 'TTSEA-06', 'stated'),
    ('tiktok_sea/failed_delivery', 1, 'no_ticket_needed', 'returning', 'open_ticket', 'The parcel returns by itself, under the number that it has: wait; a ticket is needed neither for that nor before 15 days from the last failed attempt.', 'TTSEA-09', 'stated')
ON CONFLICT DO NOTHING;

INSERT INTO aftersale.flow_choice (platform, type, flow, rule, standing) VALUES
    ('tiktok_sea', 'failed_delivery', 'tiktok_sea/failed_delivery', 'TTSEA-01', 'reading')
ON CONFLICT DO NOTHING;
$pack$
WHEN 'tiktok_sea_2026' THEN $pack$-- TikTok Shop, Southeast Asia, orders from March 2026 on, as the trade press has it: a cross-border seller chooses where failed deliveries go, a local
-- warehouse of his own, a certified third party's, or the platform's, whose the goods are then; who has not chosen has the platform's.  Not in the source of our
-- rules, so nothing of it holds unless it is loaded, after pack tiktok_sea: as version 2 of its flow.  The choice is a setting of the shop or
-- the country, {"return_solution": "own_warehouse"} or "certified_warehouse".

INSERT INTO aftersale.flow (flow, version, platform, kind, title, initial_state, judged_at, effective_from, rule, standing, pack)
SELECT f.flow, 2, f.platform, f.kind, f.title, f.initial_state, 'ordered', '2026-03-01 00:00+08', f.rule, 'external', 'tiktok_sea_2026'
FROM aftersale.flow AS f WHERE f.flow = 'tiktok_sea/failed_delivery' AND f.version = 1
ON CONFLICT DO NOTHING;

-- What becomes of a parcel once it goes somewhere is as it was.
INSERT INTO aftersale.flow_state (flow, version, state, title, final, waits_for, term, starts, pause, rule, standing)
SELECT s.flow, 2, s.state, s.title, s.final, s.waits_for, s.term, s.starts, s.pause, s.rule, s.standing
FROM aftersale.flow_state AS s WHERE s.flow = 'tiktok_sea/failed_delivery' AND s.version = 1
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, actors, permission, needs, condition, requires, on_behalf_of, outcome, effect, clock, rule, standing)
SELECT t.flow, 2, t.from_state, t.action, t.priority, t.to_state, t.actors, t.permission, t.needs, t.condition, t.requires, t.on_behalf_of, t.outcome, t.effect, t.clock, t.rule, t.standing
FROM aftersale.flow_transition AS t WHERE t.flow = 'tiktok_sea/failed_delivery' AND t.version = 1 AND t.action <> 'open'
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_timer (flow, version, name, state, kind, term, starts, pause, notify, rule, standing)
SELECT t.flow, 2, t.name, t.state, t.kind, t.term, t.starts, t.pause, t.notify, t.rule, t.standing
FROM aftersale.flow_timer AS t WHERE t.flow = 'tiktok_sea/failed_delivery' AND t.version = 1
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_advice (flow, version, name, state, action, condition, advice, rule, standing)
SELECT a.flow, 2, a.name, a.state, a.action, a.condition, a.advice, a.rule, a.standing
FROM aftersale.flow_advice AS a WHERE a.flow = 'tiktok_sea/failed_delivery' AND a.version = 1
ON CONFLICT DO NOTHING;

-- Where it goes.
INSERT INTO aftersale.flow_state (flow, version, state, title, final, rule, standing)
SELECT f.flow, 2, 'surrendered', 'Goes to the platform''s warehouse, whose the goods are', true, 'TTSEA-02', 'external'
FROM aftersale.flow AS f WHERE f.flow = 'tiktok_sea/failed_delivery' AND f.version = 2
ON CONFLICT DO NOTHING;
INSERT INTO aftersale.flow_transition (flow, version, from_state, action, priority, to_state, requires, outcome, rule, standing)
SELECT f.flow, 2, f.initial_state, 'open', o.priority, o.to_state, o.requires::jsonb, o.outcome, o.rule, 'external'
FROM aftersale.flow AS f, (VALUES
    (40, 'returning', '{"settings": {"return_solution": "own_warehouse"}, "return_address": "before_order", "never_for_order": {"action": "open", "to_state": "returning"}}', NULL, 'TTSEA-03'),
    (30, 'returning', '{"settings": {"return_solution": "certified_warehouse"}, "never_for_order": {"action": "open", "to_state": "returning"}}', NULL, 'TTSEA-02'),
    (20, 'held_at_carrier', '{"settings": {"return_solution": "own_warehouse"}}', NULL, 'TTSEA-04'),
    (10, 'held_at_carrier', '{"settings": {"return_solution": "certified_warehouse"}}', NULL, 'TTSEA-04'),
    (0, 'surrendered', '{}', 'surrendered to the platform', 'TTSEA-02'))
    AS o(priority, to_state, requires, outcome, rule)
WHERE f.flow = 'tiktok_sea/failed_delivery' AND f.version = 2
ON CONFLICT DO NOTHING;
$pack$
WHEN 'status_maps' THEN $pack$-- Status codes of platforms that have no flow here: what they mean in the usual names of states, for flows of one's own
-- (vocabulary of the platforms' interfaces as third parties have published it).  Rows that are there stay.

INSERT INTO aftersale.status_code (platform, field, code, state, title, standing) VALUES
    ('pdd', 'status', '0', NULL, 'none', 'external'),
    ('pdd', 'status', '2', 'requested', 'refund only, to be processed by the merchant', 'external'),
    ('pdd', 'status', '3', 'requested', 'return and refund, to be processed by the merchant', 'external'),
    ('pdd', 'status', '4', 'refunding', 'agreed by the merchant, being refunded', 'external'),
    ('pdd', 'status', '5', 'refunding', 'agreed by the platform', 'reading'),
    ('pdd', 'status', '6', 'rejected', 'refused, the buyer has to act', 'external'),
    ('pdd', 'status', '7', 'awaiting_buyer_ship', 'return agreed, awaiting the buyer''s shipment', 'external'),
    ('pdd', 'status', '8', 'dispute', 'the platform is involved', 'external'),
    ('pdd', 'status', '9', 'closed', 'refused by the platform, closed', 'external'),
    ('pdd', 'status', '10', 'refunded', 'refunded', 'external'),
    ('pdd', 'status', '11', 'cancelled', 'withdrawn by the buyer', 'external'),
    ('pdd', 'status', '12', 'closed', 'the buyer did not act in time, failed', 'external'),
    ('pdd', 'status', '13', 'closed', 'the buyer did not act in time, expired', 'external'),
    ('pdd', 'status', '14', 'requested', 'exchange or reship, to be processed', 'reading'),
    ('pdd', 'status', '15', 'awaiting_buyer_ship', 'exchange or reship, the buyer has to act', 'reading'),
    ('pdd', 'status', '16', 'completed', 'exchange or reship done', 'external'),
    ('pdd', 'status', '17', 'closed', 'exchange or reship failed', 'external'),
    ('pdd', 'status', '18', 'awaiting_buyer_receipt', 'exchange or reship, the buyer has to confirm', 'reading'),
    ('pdd', 'status', '21', 'requested', 'repair, awaiting consent', 'external'),
    ('pdd', 'status', '22', 'awaiting_buyer_ship', 'repair, the buyer has to ship', 'external'),
    ('pdd', 'status', '24', 'closed', 'repair closed', 'external'),
    ('pdd', 'status', '25', 'completed', 'repair done', 'external'),
    ('pdd', 'status', '27', 'awaiting_buyer_receipt', 'awaiting the buyer''s receipt', 'external'),
    ('pdd', 'status', '31', 'awaiting_refusal', 'agreed to refund after the refusal, awaiting it', 'external'),
    ('pdd', 'status', '32', 'awaiting_merchant_ship', 'reship, to be sent', 'external'),
    ('pdd', 'status', '33', NULL, 'the merchant is to recall the parcel', 'external'),
    ('taobao', 'status', 'WAIT_SELLER_AGREE', 'requested', 'awaiting the seller''s consent', 'external'),
    ('taobao', 'status', 'WAIT_BUYER_RETURN_GOODS', 'awaiting_buyer_ship', 'awaiting the buyer''s return', 'external'),
    ('taobao', 'status', 'WAIT_SELLER_CONFIRM_GOODS', 'return_in_transit', 'returned by the buyer, awaiting the seller''s receipt', 'external'),
    ('taobao', 'status', 'SELLER_REFUSE_BUYER', 'rejected', 'refused by the seller', 'external'),
    ('taobao', 'status', 'CLOSED', 'closed', 'closed', 'external'),
    ('taobao', 'status', 'SUCCESS', 'refunded', 'refunded', 'external'),
    ('xiaohongshu', 'status', '1', 'requested', 'to be reviewed', 'external'),
    ('xiaohongshu', 'status', '2', 'awaiting_buyer_ship', 'awaiting the buyer''s shipment', 'external'),
    ('xiaohongshu', 'status', '3', 'return_in_transit', 'awaiting the merchant''s receipt', 'external'),
    ('xiaohongshu', 'status', '4', 'refunded', 'done', 'reading'),
    ('xiaohongshu', 'status', '5', 'cancelled', 'cancelled', 'external'),
    ('xiaohongshu', 'status', '6', 'closed', 'closed', 'external'),
    ('xiaohongshu', 'status', '9', 'rejected', 'refused at the review', 'external'),
    ('xiaohongshu', 'status', '9001', 'return_rejected', 'refused at the receipt', 'external'),
    ('xiaohongshu', 'status', '12', 'awaiting_merchant_ship', 'exchange, to be shipped', 'external'),
    ('xiaohongshu', 'status', '13', 'awaiting_buyer_receipt', 'awaiting the buyer''s receipt', 'external'),
    ('xiaohongshu', 'status', '14', 'dispute', 'the platform is involved', 'external')
ON CONFLICT DO NOTHING;
$pack$
END
$function$;
COMMENT ON FUNCTION aftersale.pack_definition(text) IS
'The statements by which load_pack() loads the policy pack of that name; what follows the line --@shop is for a shop, $1, alone. NULL: there is no such pack. Example: SELECT aftersale.pack_definition(''temu'');';

CREATE FUNCTION aftersale.packs() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT ARRAY[
'calendars', 'carriers', 'temu', 'temu_warnings', 'douyin', 'kuaishou', 'tiktok', 'tiktok_limits', 'tiktok_sea', 'tiktok_sea_2026', 'status_maps'
]
$function$;
COMMENT ON FUNCTION aftersale.packs() IS
'The names of the policy packs that this version brings along. Example: SELECT aftersale.packs();';

CREATE FUNCTION aftersale.load_pack(name text, shop_id bigint DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    definition text := aftersale.pack_definition(load_pack.name);
    -- what follows it is one statement, whose $1 is the shop
    shop_part constant text := E'\n--@shop\n';
BEGIN
    PERFORM aftersale.require_installed();
    IF definition IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA017',
            MESSAGE = format('pack "%s" does not exist (RA017)', load_pack.name),
            HINT = format('Packs of this version: %s.', array_to_string(aftersale.packs(), ', '));
    END IF;
    IF load_pack.shop_id IS NOT NULL AND NOT EXISTS (SELECT FROM aftersale.shop s WHERE s.shop_id = load_pack.shop_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'RA010',
            MESSAGE = format('shop "%s" does not exist (RA010)', load_pack.shop_id),
            HINT = 'Shops are rows of table aftersale.shop.';
    END IF;
    EXECUTE split_part(definition, shop_part, 1);
    IF load_pack.shop_id IS NOT NULL AND position(shop_part IN definition) > 0 THEN
        EXECUTE split_part(definition, shop_part, 2) USING load_pack.shop_id;
    END IF;
    RETURN format('pack "%s" is loaded', load_pack.name);
END
$function$;
COMMENT ON FUNCTION aftersale.load_pack(text, bigint) IS
'Loads the policy data of a platform as rows. Rows that are there already stay as they are, so it may be repeated, and a newer version of a flow lands beside the old one. name: one of packs(); shop_id: a shop of the platform that gets the rules which the pack brings along, switched off (douyin: the strategies DOUYIN-05 to DOUYIN-08); those it has by name stay as they are; tiktok_limits brings terms for its countries, in flow_override; NULL: no shop. Returns a sentence. Errors: RA010 unknown shop, RA017 unknown pack, RA080 the shop is on another platform. Example: SELECT aftersale.load_pack(''temu'');';

-- ---- the marketplaces' rules: what they are, where they live, what they advise ----

CREATE TYPE aftersale.rule_entry AS (
    platform text,
    rule text,
    says text,
    place text,
    standing text
);
COMMENT ON TYPE aftersale.rule_entry IS
'A rule of a marketplace: platform code; number; what it says, in a sentence; where it lives here (NULL: not built in this version); its standing: stated by the source, a reading (assumption) where it is silent, external, or informational. See rules().';

CREATE FUNCTION aftersale.rules() RETURNS SETOF aftersale.rule_entry
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $function$
SELECT * FROM (VALUES
    ('temu', 'TEMU-01', 'Platform customer service may send the merchant a ticket, before or after the sale; a ticket about a product has no order.', 'pack temu, flow temu/ticket', 'stated'),
    ('temu', 'TEMU-02', 'A ticket is answered effectively within one business day of its creation.', 'pack temu, flow temu/ticket', 'stated'),
    ('temu', 'TEMU-03', 'Without an answer in time evidence is waived and the platform decides; that is no refund yet.', 'pack temu, flow temu/ticket', 'stated'),
    ('temu', 'TEMU-04', 'Where tickets stand in the seller centre.', NULL, 'informational'),
    ('temu', 'TEMU-05', 'Tickets are looked at once a day at least.', 'view worklist, unhandled', 'informational'),
    ('temu', 'TEMU-06', 'Returned goods are inspected first, then the refund is approved.', 'pack temu, flow temu/return_refund', 'stated'),
    ('temu', 'TEMU-07', 'After inspection a part may be refunded: above zero, at most what is refundable.', 'pack temu, flow temu/return_refund', 'stated'),
    ('temu', 'TEMU-08', 'A missing item or part is reviewed within one business day; what happens after that is not said.', 'pack temu, flow temu/missing_item', 'stated'),
    ('temu', 'TEMU-09', 'A parcel that is signed for but was not received is reviewed within one business day; what happens after that is not said.', 'pack temu, flow temu/not_received', 'stated'),
    ('temu', 'TEMU-10', 'A buyer''s cancellation before shipment is reviewed within 24 hours, and refused once the order is shipped.', 'pack temu, flow temu/cancel', 'stated'),
    ('temu', 'TEMU-11', 'Where returns and refunds stand in the seller centre.', NULL, 'informational'),
    ('temu', 'TEMU-12', 'Returns and refunds are looked at once a day at least.', 'view worklist, unhandled', 'informational'),
    ('temu', 'TEMU-13', 'Where return modes are set up.', NULL, 'informational'),
    ('temu', 'TEMU-14', 'On sites that book labels a fallback channel may be set up for goods that are bulky or overweight.', 'pack temu, flow temu/return_refund, table site', 'stated'),
    ('temu', 'TEMU-15', 'On sites that book none the feature is activated first, and the only channel is the merchant''s own label.', 'pack temu, flow temu/return_refund, table site', 'stated'),
    ('temu', 'TEMU-16', 'Returns cross borders between the European sites but for the UK, and never in the US.', 'pack temu, table site; set_warehouse(), return_warehouse()', 'stated'),
    ('temu', 'TEMU-17', 'A label that comes too late, or that the platform finds false, means a full refund without a return.', 'pack temu, flow temu/return_refund', 'stated'),
    ('temu', 'TEMU-18', 'Names of return warehouses differ within a shop.', 'set_warehouse(), warehouse_version', 'stated'),
    ('temu', 'TEMU-19', 'The carrier of a merchant''s label is one of the published list.', 'pack temu, flow temu/return_refund, table carrier', 'stated'),
    ('temu', 'TEMU-20', 'Negotiated refunds have to be activated for the shop.', 'propose_refund(), shop.settings', 'stated'),
    ('temu', 'TEMU-21', 'Where negotiated refunds stand in the seller centre.', NULL, 'informational'),
    ('temu', 'TEMU-22', 'An order that does not qualify is refused with a reason.', 'propose_refund()', 'stated'),
    ('temu', 'TEMU-23', 'A negotiated refund is of a quantity or an amount, with evidence and a remark, and not of all.', 'propose_refund(), src/kernel/negotiate.c', 'stated'),
    ('temu', 'TEMU-24', 'A negotiated refund is confirmed a second time before it runs.', 'pack temu, flow temu/negotiated_refund', 'stated'),
    ('temu', 'TEMU-25', 'Confirmed, it runs at once as a refund by agreement, without the buyer''s approval.', 'pack temu, flow temu/negotiated_refund', 'stated'),
    ('temu', 'TEMU-26', 'Another open case of the order has to be cancelled first.', 'pack temu, flow temu/negotiated_refund', 'stated'),
    ('temu', 'TEMU-27', 'A refund-only strategy matches by reason and amount together, and refunds without a step of the merchant.', 'pack temu, flow temu/refund_only; table rule', 'stated'),
    ('temu', 'TEMU-28', 'The ratio of a partial refund is 5% to 100%, both included.', 'type refund_ratio, refund_amount()', 'stated'),
    ('temu', 'TEMU-29', 'Reships are looked at once a day at least.', 'view worklist, unhandled', 'informational'),
    ('temu', 'TEMU-30', 'A reship through customer service comes as a ticket with the buyer''s address.', 'pack temu, flow temu/reship_ticket', 'stated'),
    ('temu', 'TEMU-31', 'That address is visible for 48 hours.', 'view buyer, flow_timer of kind mask', 'stated'),
    ('temu', 'TEMU-32', 'Within one business day the merchant says whether he can reship, with the tracking number where goods were sent.', 'pack temu, flow temu/reship_ticket', 'stated'),
    ('temu', 'TEMU-33', 'Where reship tickets stand in the seller centre.', NULL, 'informational'),
    ('temu', 'TEMU-34', 'A reship that the buyer asks for is approved and its waybill uploaded within seven days, else it is rejected.', 'pack temu, flow temu/reship', 'stated'),
    ('temu', 'TEMU-35', 'Where the reship list stands in the seller centre.', NULL, 'informational'),
    ('temu', 'TEMU-36', 'Which features are regular, and which have to be applied for or activated.', 'propose_refund(); pack temu, flow temu/return_refund; shop_country.settings', 'stated'),
    ('temu', 'TEMU-37', 'There may be several return warehouses beside the default one.', 'set_warehouse()', 'stated'),
    ('temu', 'TEMU-38', 'At most 500 products are linked at a time; a product twice counts once.', 'link_products()', 'stated'),
    ('temu', 'TEMU-39', 'A country may have several local warehouses.', 'set_warehouse()', 'stated'),
    ('temu', 'TEMU-40', 'The first warehouse of a country becomes its default, which can be replaced and not deleted.', 'set_warehouse(), set_default_warehouse()', 'stated'),
    ('temu', 'TEMU-41', 'The default accepts every product.', 'return_warehouse()', 'stated'),
    ('temu', 'TEMU-42', 'Products that are all linked to one same warehouse go there, any others all to the default; never split.', 'return_warehouse(), src/kernel/routing.c', 'stated'),
    ('temu', 'TEMU-43', 'Refused return parcels are charged for both legs; charges are published, and objected to within their window.', 'pack temu, flow temu/refused_parcel', 'external'),
    ('tiktok_sea', 'TTSEA-01', 'Parcels that are refused or not delivered go to the merchant''s local return address first.', 'pack tiktok_sea, flow tiktok_sea/failed_delivery', 'stated'),
    ('tiktok_sea', 'TTSEA-02', 'Else they go to the carrier''s warehouse and are destroyed or abandoned later.', 'pack tiktok_sea, flow tiktok_sea/failed_delivery', 'stated'),
    ('tiktok_sea', 'TTSEA-03', 'They return by themselves where delivery failed and the address was recorded, and in force, before the order was created.', 'return_address_before(); pack tiktok_sea, openings', 'stated'),
    ('tiktok_sea', 'TTSEA-04', 'Orders older than the address go to the carrier''s warehouse, whenever delivery failed.', 'pack tiktok_sea, openings', 'stated'),
    ('tiktok_sea', 'TTSEA-05', 'There they are held for 14 days.', 'pack tiktok_sea, state held_at_carrier', 'stated'),
    ('tiktok_sea', 'TTSEA-06', 'Within these days the buyer, and nobody else, may have the parcel delivered again, at the platform''s expense.', 'pack tiktok_sea, action request_redelivery', 'stated'),
    ('tiktok_sea', 'TTSEA-07', 'After them the parcel is destroyed or abandoned.', 'pack tiktok_sea, state held_at_carrier', 'reading'),
    ('tiktok_sea', 'TTSEA-08', 'Orders newer than the address return under the number that they have.', 'pack tiktok_sea, state returning', 'stated'),
    ('tiktok_sea', 'TTSEA-09', 'The merchant needs no ticket for that.', 'pack tiktok_sea, state returning; advice()', 'stated'),
    ('tiktok_sea', 'TTSEA-10', 'A return that has arrived costs the merchant nothing.', 'pack tiktok_sea, action receive; table charge', 'stated'),
    ('tiktok_sea', 'TTSEA-11', 'A parcel that returns by itself cannot be delivered again.', 'pack tiktok_sea, action request_redelivery', 'stated'),
    ('tiktok_sea', 'TTSEA-12', 'Where that return fails, the parcel is destroyed or abandoned, without another hold.', 'pack tiktok_sea, action return_failed', 'stated'),
    ('tiktok_sea', 'TTSEA-13', 'A parcel is returned free of charge once.', 'pack tiktok_sea, openings', 'stated'),
    ('tiktok_sea', 'TTSEA-14', 'A return that failed for the merchant''s reasons is his loss; for others he may open a ticket.', 'pack tiktok_sea, actions return_failed, open_ticket; table charge', 'reading'),
    ('tiktok_sea', 'TTSEA-15', 'A parcel that is said to be returned and was not received may be investigated by a ticket.', 'pack tiktok_sea, action open_ticket', 'stated'),
    ('tiktok_sea', 'TTSEA-16', 'Where the return address is kept.', 'set_warehouse(), set_default_warehouse()', 'informational'),
    ('tiktok_sea', 'TTSEA-17', 'A return takes 7 to 15 days from the last failed attempt.', 'pack tiktok_sea, flow_timer return_overdue; view alert', 'informational'),
    ('tiktok_sea', 'TTSEA-18', 'Before the address takes effect the hold applies, after it the return.', 'return_address_before(); pack tiktok_sea, openings', 'reading'),
    ('douyin', 'DOUYIN-01', 'Goods are shipped and the buyer asks for a refund only: strategies decide, or people.', 'pack douyin, flow douyin/shipped_refund_only', 'stated'),
    ('douyin', 'DOUYIN-02', 'Where strategies are set up.', 'load_pack(douyin, shop_id), table rule', 'informational'),
    ('douyin', 'DOUYIN-03', 'The main account may set up strategies; a sub-account may where it was granted that.', 'pack douyin, role_permission; rule_check(), grant_permission()', 'stated'),
    ('douyin', 'DOUYIN-04', 'Shipped means that a valid tracking number was uploaded in an accepted way, not that a carrier scanned it.', 'pack douyin, flow douyin/shipped_refund_only, openings', 'stated'),
    ('douyin', 'DOUYIN-05', 'Once the ERP has cancelled the shipment, the refund is agreed to.', 'pack douyin, rule A', 'stated'),
    ('douyin', 'DOUYIN-06', 'A small amount is agreed to at once, up to the merchant''s threshold.', 'pack douyin, rule B', 'stated'),
    ('douyin', 'DOUYIN-07', 'One parcel whose goods are all refunded is intercepted; a success is agreed to, and the merchant bears the fee.', 'pack douyin, rule C', 'stated'),
    ('douyin', 'DOUYIN-08', 'It may be agreed to refund once the buyer refuses the parcel; the deadline stays until the platform gives another.', 'pack douyin, rule D, state awaiting_refusal', 'stated'),
    ('douyin', 'DOUYIN-09', 'There are these four strategies; which goes first is the shop''s to say, and two of them stay armed.', 'pack douyin, rules A to D', 'stated'),
    ('douyin', 'DOUYIN-10', 'A queue lists what waits for the merchant.', 'view worklist', 'informational'),
    ('douyin', 'DOUYIN-11', 'The merchant decides within 48 hours, or the platform refunds.', 'pack douyin, flow douyin/shipped_refund_only', 'stated'),
    ('douyin', 'DOUYIN-12', 'Cases are found by order, buyer, phone and day of application.', 'view worklist, view buyer', 'stated'),
    ('douyin', 'DOUYIN-13', 'Cases are decided singly or many at once.', 'act(), act_many()', 'stated'),
    ('douyin', 'DOUYIN-14', 'Intercept and agree to refund after the refusal first, or have the buyer withdraw or amend.', 'pack douyin, flow_advice; allowed_actions(), advice()', 'informational'),
    ('douyin', 'DOUYIN-15', 'A rejection has a reason, and evidence where the reason demands it.', 'pack douyin, table reason', 'stated'),
    ('douyin', 'DOUYIN-16', 'A groundless rejection may be penalised.', 'pack douyin, flow_advice; advice()', 'informational'),
    ('douyin', 'DOUYIN-17', 'The buyer may withdraw an application or modify it; another amount or type starts the clock anew.', 'pack douyin, flow douyin/shipped_refund_only', 'reading'),
    ('tiktok', 'TTRET-01', 'Where return settings stand.', NULL, 'informational'),
    ('tiktok', 'TTRET-02', 'The merchant sets how long the buyer can apply for a return.', 'table return_policy, return_eligibility(); pack tiktok, openings', 'stated'),
    ('tiktok', 'TTRET-03', 'He sets the conditions of a return.', 'table return_policy, return_eligibility()', 'stated'),
    ('tiktok', 'TTRET-04', 'He sets by which way money is refunded.', 'table return_policy, return_eligibility()', 'stated'),
    ('tiktok', 'TTRET-05', 'He sets whether a fee for the handling is kept back.', 'table return_fee; pack tiktok, flow tiktok/return_refund', 'stated'),
    ('tiktok', 'TTRET-06', 'He sets whether a reason is required.', 'table return_policy, return_eligibility(); pack tiktok, openings', 'stated'),
    ('tiktok', 'TTRET-07', 'The buyer applies within the window, with reason and evidence.', 'table return_policy, return_eligibility(); pack tiktok, openings', 'stated'),
    ('tiktok', 'TTRET-08', 'The seller approves or refuses by the conditions.', 'pack tiktok, flow tiktok/return_refund; pack tiktok_limits', 'stated'),
    ('tiktok', 'TTRET-09', 'Approved, the buyer ships to the address that he was given.', 'pack tiktok, action approve; return_warehouse()', 'stated'),
    ('tiktok', 'TTRET-10', 'The seller confirms receipt and inspects.', 'pack tiktok, state awaiting_inspection', 'stated'),
    ('tiktok', 'TTRET-11', 'What is in order is refunded.', 'pack tiktok, state awaiting_inspection', 'stated'),
    ('tiktok', 'TTRET-12', 'Both may write to each other throughout.', 'pack tiktok, action message', 'informational'),
    ('tiktok', 'TTRET-13', 'A dispute is negotiated first.', 'pack tiktok, state dispute', 'stated'),
    ('tiktok', 'TTRET-14', 'Where that fails the platform decides.', 'pack tiktok, state platform_review', 'stated'),
    ('tiktok', 'TTRET-15', 'Both sides give evidence.', 'pack tiktok, actions submit_evidence, escalate', 'stated'),
    ('tiktok', 'TTRET-16', 'Good practice: answer quickly, instruct clearly, learn from feedback.', 'pack tiktok, flow_advice; advice()', 'informational'),
    ('kuaishou', 'KS-01', 'The merchant may enter the return''s tracking number for the buyer.', 'pack kuaishou, flow kuaishou/return_refund', 'stated'),
    ('kuaishou', 'KS-02', 'Main account, administrator and customer-service administrator may, and a sub-account with permission agree_refund.', 'pack kuaishou, role_permission', 'stated'),
    ('kuaishou', 'KS-03', 'Other roles may once they are granted that permission.', 'pack kuaishou, role_permission; grant_permission()', 'stated'),
    ('kuaishou', 'KS-04', 'The platform has an interface for it.', NULL, 'external'),
    ('kuaishou', 'KS-05', 'It can be done in three places.', NULL, 'informational'),
    ('kuaishou', 'KS-06', 'Where the button stands in the list.', NULL, 'informational'),
    ('kuaishou', 'KS-07', 'Carrier and tracking number are both given.', 'pack kuaishou, flow kuaishou/return_refund', 'stated'),
    ('kuaishou', 'KS-08', 'Where the button stands in the case.', NULL, 'informational'),
    ('kuaishou', 'KS-09', 'It can be done while the buyer''s shipment is awaited.', 'pack kuaishou, flow kuaishou/return_refund', 'stated'),
    ('kuaishou', 'KS-10', 'Before receipt of an insured return without a number is confirmed, singly or among many, it is advised to upload one; that does not block.', 'pack kuaishou, flow_advice; advice()', 'stated'),
    ('kuaishou', 'KS-11', 'History shows the upload as the merchant''s, for the buyer; a number that is there is not overwritten.', 'pack kuaishou, flow kuaishou/return_refund; event.on_behalf_of', 'reading'))
    AS r(platform, rule, says, place, standing)
$function$;
COMMENT ON FUNCTION aftersale.rules() IS
'Every rule of every marketplace that this extension is about: platform, rule (its number, as in events and refusals), says (a sentence), place (where it lives: pack rows, a function, a table, a file of the kernel; NULL: not built in this version), standing (stated, reading, external, informational). Example: SELECT rule, says, place FROM aftersale.rules() WHERE platform = ''douyin'';';

CREATE TYPE aftersale.advice_line AS (
    request_id bigint,
    action text,
    advice text,
    rule text
);
COMMENT ON TYPE aftersale.advice_line IS
'What the platform advises before an action on a request: see advice().';

CREATE FUNCTION aftersale.advice(shop_id bigint, request_ids bigint[], action text DEFAULT NULL) RETURNS SETOF aftersale.advice_line
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM aftersale.require_installed();
    RETURN QUERY
        SELECT r.request_id, a.action, a.advice, a.rule
        FROM aftersale.request r
        JOIN aftersale.flow_advice a ON a.flow = r.flow AND a.version = r.flow_version
        WHERE r.shop_id = advice.shop_id AND r.request_id = ANY (advice.request_ids) AND r.closed_at IS NULL
          AND (a.state IS NULL OR a.state = r.state)
          AND (advice.action IS NULL OR a.action = advice.action)
          AND r.attributes @> a.condition
        ORDER BY r.request_id, a.action, a.name;
END
$function$;
COMMENT ON FUNCTION aftersale.advice(bigint, bigint[], text) IS
'What the platform advises before an action: rows of flow_advice that hold for these requests of a shop as they are now. request_ids: one, or all that are to be acted on together (KS-10: whoever confirms many is told of each that it concerns); action: NULL is every action. Nothing is blocked or changed; requests that are closed, unknown or not the session''s have none. Error RA001. Example: SELECT * FROM aftersale.advice(1, ARRAY[42], ''confirm_receipt'');';

-- ---- a flow, drawn from its rows ----

CREATE TYPE aftersale.flow_part AS (
    part text,
    id text,
    to_id text,
    lines text[]
);
COMMENT ON TYPE aftersale.flow_part IS
'A part of the picture of a flow. part: flow (its heading), start (an arrow from nowhere: the opening, to to_id), state, final (a state that is one), move (an arrow: id to to_id), timeout (the clock''s arrow), refusal (what state id refuses), timer (of state id). id: of letters, digits and underscores, whatever the state is called. lines: what is written on it. See flow_parts().';

CREATE FUNCTION aftersale.drawn_version(flow text, version int) RETURNS int
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    now_at CONSTANT timestamptz := aftersale.statement_clock();
    versions text;
    drawn int;
BEGIN
    PERFORM aftersale.require_installed();
    SELECT string_agg(f.version::text, ', ' ORDER BY f.version),
        max(f.version) FILTER (WHERE CASE WHEN drawn_version.version IS NULL
            THEN f.effective_from <= now_at AND now_at < f.effective_to ELSE f.version = drawn_version.version END)
    INTO versions, drawn
    FROM aftersale.flow f
    WHERE f.flow = drawn_version.flow;
    IF versions IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA014',
            MESSAGE = format('flow "%s" does not exist (RA014)', left(drawn_version.flow, 60)),
            HINT = coalesce((SELECT format('Flows here: %s.', string_agg(DISTINCT f.flow, ', ' ORDER BY f.flow)) FROM aftersale.flow f HAVING count(*) > 0),
                'No flow is loaded. Run: SELECT aftersale.load_pack(''temu'');');
    ELSIF drawn IS NULL AND drawn_version.version IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA014',
            MESSAGE = format('no version of flow "%s" is in force now (RA014)', left(drawn_version.flow, 60)),
            HINT = format('Name one of its versions: %s.', versions);
    ELSIF drawn IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RA014',
            MESSAGE = format('flow "%s" has no version %s (RA014)', left(drawn_version.flow, 60), drawn_version.version),
            HINT = format('Its versions: %s.', versions);
    END IF;
    RETURN drawn;
END
$function$;
COMMENT ON FUNCTION aftersale.drawn_version(text, int) IS
'The version of a flow that a picture shows: the one that is asked for, or, where version is NULL, the highest that is in force at statement_clock(). Errors: RA001; RA014 no such flow or version, or none is in force. Example: SELECT aftersale.drawn_version(''temu/ticket'', NULL);';

CREATE FUNCTION aftersale.condition_text(condition jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT CASE WHEN length(t.text) > 60 THEN left(t.text, 59) || '…' ELSE t.text END
FROM (SELECT string_agg(e.key || ' = ' || (e.value #>> '{}'), ', ' ORDER BY e.key COLLATE "C")
      FROM jsonb_each(condition) e) t(text)
$function$;
COMMENT ON FUNCTION aftersale.condition_text(jsonb) IS
'An object that a payload or the attributes must contain, for people: its keys and values, at most 60 characters; NULL where it asks for nothing. Example: SELECT aftersale.condition_text(''{"accepted": true, "sent": true}'');';

CREATE FUNCTION aftersale.provided_text(requires jsonb, condition jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT nullif(concat_ws('; ',
    aftersale.condition_text(condition),
    'request: ' || aftersale.condition_text(requires -> 'attributes'),
    'shop: ' || aftersale.condition_text(requires -> 'settings'),
    aftersale.condition_text(requires - '{attributes,settings}'::text[])), '')
$function$;
COMMENT ON FUNCTION aftersale.provided_text(jsonb, jsonb) IS
'When a transition is considered, for people: what the payload, the request''s attributes, the shop''s settings and the platform''s lists must say; NULL: always. requires, condition: as in flow_transition. Example: SELECT aftersale.provided_text(''{"settings": {"label": "own"}}'', ''{"accepted": true}'');';

CREATE FUNCTION aftersale.effect_text(effect jsonb, clock text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT nullif(concat_ws(', ',
    '¤ ' || CASE effect #>> '{refund,executed_by}' WHEN 'platform' THEN 'platform pays' WHEN 'instruct' THEN 'ERP tells platform to pay' WHEN 'shop' THEN 'shop pays' END
        || CASE effect #>> '{refund,of}' WHEN 'given' THEN ' a part' WHEN 'remainder' THEN ' what is left' ELSE '' END,
    (effect #>> '{parcel,kind}') || ' parcel' || coalesce(' ' || (effect #>> '{parcel,state}'), ''),
    (effect #>> '{charge,bearer}') || ' bears ' || (effect #>> '{charge,kind}'),
    CASE clock WHEN 'pause' THEN 'deadline stands' WHEN 'resume' THEN 'deadline goes on' WHEN 'extend' THEN 'deadline + ' || (effect ->> 'extend') END), '')
$function$;
COMMENT ON FUNCTION aftersale.effect_text(jsonb, text) IS
'What a transition does besides leading to its state, for people: who pays a refund, who bears a charge, which parcel it is about, what becomes of the deadline where it neither starts anew nor stays as it is; NULL: nothing. effect, clock: as in flow_transition. Example: SELECT aftersale.effect_text(''{"refund": {"of": "asked", "executed_by": "platform"}}'', ''restart'');';

CREATE FUNCTION aftersale.flow_parts(flow text, version int DEFAULT NULL) RETURNS SETOF aftersale.flow_part
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    drawn CONSTANT int := aftersale.drawn_version(flow_parts.flow, flow_parts.version);
BEGIN
    RETURN QUERY
    WITH state AS (
        SELECT s.*, s.state = f.initial_state AS initial, coalesce(nullif(btrim(s.title), ''), s.state) AS name,
            CASE WHEN s.state COLLATE "C" ~ '^[A-Za-z0-9_]+$' THEN 's_' || s.state
                 ELSE 'x' || row_number() OVER (ORDER BY s.state COLLATE "C") END AS id
        FROM aftersale.flow f
        JOIN aftersale.flow_state s ON s.flow = f.flow AND s.version = f.version
        WHERE f.flow = flow_parts.flow AND f.version = drawn
    ), act AS (
        SELECT t.*, t.effect ->> 'refuse' AS refuses,
            concat_ws(' ', t.action, '[' || aftersale.provided_text(t.requires, t.condition) || ']',
                CASE WHEN t.action NOT IN ('timeout', 'open') THEN 'by ' || array_to_string(t.actors, '/') || coalesce(' for ' || t.on_behalf_of, '') END) AS line
        FROM aftersale.flow_transition t
        WHERE t.flow = flow_parts.flow AND t.version = drawn
    ), part AS (
        SELECT 1 AS kind, '' AS place, 'flow' AS part, NULL::text AS id, NULL::text AS to_id,
            ARRAY[concat_ws(': ', format('%s, version %s', f.flow, f.version), f.title)] AS lines
        FROM aftersale.flow f
        WHERE f.flow = flow_parts.flow AND f.version = drawn
        UNION ALL
        SELECT 2, s.state, 'start', NULL, s.id, coalesce(array_agg(o.line ORDER BY o.priority DESC) FILTER (WHERE o.line IS NOT NULL), '{}')
        FROM state s
        LEFT JOIN act o ON o.action = 'open' AND o.to_state = s.state AND o.refuses IS NULL
        WHERE o.line IS NOT NULL OR s.initial AND NOT EXISTS (SELECT FROM act x WHERE x.action = 'open')
        GROUP BY s.state, s.id
        UNION ALL
        SELECT CASE WHEN s.initial THEN 3 WHEN s.final THEN 5 ELSE 4 END, s.state, CASE WHEN s.final THEN 'final' ELSE 'state' END, s.id, NULL,
            ARRAY[s.name, nullif(s.state, s.name),
                nullif(concat_ws(', ', 'waits for ' || s.waits_for,
                    'within ' || s.term || CASE s.starts WHEN 'opened' THEN ' of the opening' WHEN 'ordered' THEN ' of the order' ELSE '' END), '')]
        FROM state s
        UNION ALL
        SELECT 6, a.state || E'\n' || b.state, CASE WHEN t.action = 'timeout' THEN 'timeout' ELSE 'move' END, a.id, b.id,
            array_agg(concat_ws(', ', t.line, aftersale.effect_text(t.effect, t.clock)) ORDER BY t.action COLLATE "C", t.priority DESC)
        FROM act t
        JOIN state a ON a.state = t.from_state
        JOIN state b ON b.state = t.to_state
        WHERE t.action <> 'open' AND t.refuses IS NULL
        GROUP BY a.state, a.id, b.state, b.id, t.action = 'timeout'
        UNION ALL
        SELECT 7, t.line, 'refusal', s.id, NULL, ARRAY[t.line || ' is refused', t.refuses]
        FROM act t
        JOIN state s ON s.state = t.from_state
        WHERE t.refuses IS NOT NULL
        UNION ALL
        SELECT 8, t.name, 'timer', s.id, NULL,
            ARRAY[format('%s %s', t.kind, t.name),
                t.term || CASE t.starts WHEN 'before_due' THEN ' before the deadline' WHEN 'entered' THEN ' after it is entered'
                    WHEN 'ordered' THEN ' after the order' ELSE ' after the opening' END || CASE WHEN t.state IS NULL THEN ', in every state' ELSE '' END,
                'tells ' || t.notify]
        FROM aftersale.flow_timer t
        JOIN state s ON s.state = t.state OR t.state IS NULL AND s.initial
        WHERE t.flow = flow_parts.flow AND t.version = drawn
    )
    SELECT p.part, p.id, p.to_id, array_remove(p.lines, NULL)
    FROM part p
    ORDER BY p.kind, p.place COLLATE "C", p.part, p.id, p.to_id;
END
$function$;
COMMENT ON FUNCTION aftersale.flow_parts(text, int) IS
'A flow as what flow_mermaid() and flow_dot() draw, for pictures of another kind: heading, opening, states, arrows, timers, in an order that depends on the rows alone. Transitions from one state to another share an arrow, one line each; timeouts have their own. version: NULL is the one in force now. Errors: RA001, RA014. Example: SELECT part, id, to_id, lines FROM aftersale.flow_parts(''temu/ticket'');';

CREATE FUNCTION aftersale.mermaid_text(lines text[]) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
-- everything of ASCII that means something to Mermaid or Markdown goes in as its number; at the start of a line that is "-", too
SELECT coalesce(string_agg(l.escaped, '<br/>' ORDER BY l.place), ' ')
FROM (
    SELECT line.place, string_agg(CASE
        WHEN c.c COLLATE "C" ~ '[[:cntrl:]]' THEN ' '
        WHEN c.c COLLATE "C" !~ '[\x21-\x7e]' OR c.c COLLATE "C" ~ '[A-Za-z0-9_,=/''[\]]' OR c.c = '-' AND c.place > 1 THEN c.c
        ELSE format('#%s;', ascii(c.c)) END, '' ORDER BY c.place) AS escaped
    FROM unnest(lines) WITH ORDINALITY AS line(line, place),
        regexp_split_to_table(btrim(line.line, E' \t\r\n'), '') WITH ORDINALITY AS c(c, place)
    GROUP BY line.place) l
$function$;
COMMENT ON FUNCTION aftersale.mermaid_text(text[]) IS
'Lines as text of a Mermaid diagram, each character that could mean something there as its number (#58; for a colon). Example: SELECT aftersale.mermaid_text(ARRAY[''a: b'', ''"c"'']);';

CREATE FUNCTION aftersale.dot_text(lines text[]) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
SELECT '"' || coalesce(string_agg(replace(replace(replace(regexp_replace(l.line COLLATE "C", '[[:cntrl:]]', ' ', 'g'),
    '&', '&amp;'), '\', '\\'), '"', '\"'), '\n' ORDER BY l.place), '') || '"'
FROM unnest(lines) WITH ORDINALITY AS l(line, place)
$function$;
COMMENT ON FUNCTION aftersale.dot_text(text[]) IS
'Lines as a quoted string of Graphviz'' DOT. Example: SELECT aftersale.dot_text(ARRAY[''a: b'', ''"c"'']);';

CREATE FUNCTION aftersale.flow_mermaid(flow text, version int DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN (
        SELECT string_agg(CASE p.part
            WHEN 'flow' THEN E'stateDiagram-v2\n    %% ' || p.text
            WHEN 'start' THEN format('    [*] --> %s', p.to_id) || CASE WHEN p.lines = '{}' THEN '' ELSE ' : ' || p.text END
            WHEN 'state' THEN format('    state "%s" as %s', p.text, p.id)
            WHEN 'final' THEN format(E'    state "%s" as %s\n    %s --> [*]', p.text, p.id, p.id)
            WHEN 'timeout' THEN format('    %s --> %s : ⏱ %s', p.id, p.to_id, p.text)
            WHEN 'refusal' THEN format('    note left of %s : %s', p.id, p.text)
            WHEN 'timer' THEN format('    note right of %s : %s', p.id, p.text)
            ELSE format('    %s --> %s : %s', p.id, p.to_id, p.text) END, E'\n' ORDER BY p.place) || E'\n'
        FROM (SELECT x.*, aftersale.mermaid_text(x.lines) AS text
              FROM aftersale.flow_parts(flow_mermaid.flow, flow_mermaid.version) WITH ORDINALITY AS x(part, id, to_id, lines, place)) p);
END
$function$;
COMMENT ON FUNCTION aftersale.flow_mermaid(text, int) IS
'A flow as a Mermaid stateDiagram-v2, for wherever Markdown is shown: its states with title, who is waited for and how long; its transitions with action, what they require, and actors; timeouts marked with ⏱, refunds with ¤ and who pays; its timers and what it refuses as notes. version: NULL is the one in force now. Names and titles may hold anything. Errors: RA001; RA014 no such flow or version, or none is in force. Example: SELECT aftersale.flow_mermaid(''temu/ticket'');';

CREATE FUNCTION aftersale.flow_dot(flow text, version int DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN (
        SELECT string_agg(CASE p.part
            WHEN 'flow' THEN format(E'digraph flow {\n    graph [label=%s, labelloc=t, fontname="sans-serif"];\n'
                '    node [shape=box, style=rounded, fontname="sans-serif"];\n    edge [fontname="sans-serif", fontsize=10];\n'
                '    start [shape=point, width=0.2];', p.text)
            WHEN 'start' THEN format('    start -> %s', p.to_id) || CASE WHEN p.lines = '{}' THEN ';' ELSE format(' [label=%s];', p.text) END
            WHEN 'state' THEN format('    %s [label=%s];', p.id, p.text)
            WHEN 'final' THEN format('    %s [label=%s, peripheries=2];', p.id, p.text)
            WHEN 'timer' THEN format(E'    n%s [shape=note, style=solid, fontsize=10, label=%s];\n    n%s -> %s [style=dotted, arrowhead=none];', p.place, p.text, p.place, p.id)
            WHEN 'refusal' THEN format(E'    n%s [shape=note, style=dashed, fontsize=10, label=%s];\n    n%s -> %s [style=dotted, arrowhead=none];', p.place, p.text, p.place, p.id)
            WHEN 'timeout' THEN format('    %s -> %s [label=%s, style=dashed, color=red, fontcolor=red];', p.id, p.to_id, p.text)
            ELSE format('    %s -> %s [label=%s];', p.id, p.to_id, p.text) END, E'\n' ORDER BY p.place) || E'\n}\n'
        FROM (SELECT x.*, aftersale.dot_text(x.lines) AS text
              FROM aftersale.flow_parts(flow_dot.flow, flow_dot.version) WITH ORDINALITY AS x(part, id, to_id, lines, place)) p);
END
$function$;
COMMENT ON FUNCTION aftersale.flow_dot(text, int) IS
'A flow as a graph in Graphviz'' DOT: as flow_mermaid(), with the timeouts'' arrows dashed and red, final states in a double frame. version: NULL is the one in force now. Names and titles may hold anything. Errors: RA001; RA014 no such flow or version, or none is in force. Example: psql -XqAt -c "SELECT aftersale.flow_dot(''temu/ticket'')" | dot -Tsvg > ticket.svg';
