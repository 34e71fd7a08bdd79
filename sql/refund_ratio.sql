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
