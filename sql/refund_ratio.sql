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
