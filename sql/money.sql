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
