-- What is refunded is the exact share, rounded half up to the currency's minor
-- unit (TEMU-28, ISO 4217); what is no amount is refused.
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

SELECT paid, ratio, currency, aftersale.refund_amount(paid, ratio, currency)
FROM (VALUES
	(19.99, '30%'::aftersale.refund_ratio, 'USD'),
	(19.99, '30%', 'EUR'),
	(1999, '30%', 'JPY'),
	(1999, '12.5%', 'JPY'),		-- 249.875
	(19.999, '30%', 'KWD'),
	(100, '33.33%', 'CLF'),
	(19.99, '100%', 'USD'),
	(0.10, '5%', 'USD'),		-- half a cent
	(0.09, '5%', 'USD'),
	(0.30, '5%', 'USD'),		-- one cent and a half: to 2, as 2 is not "even"
	(0.50, '5%', 'USD'),		-- two and a half: to 3
	(1, '50%', 'JPY'),
	(0, '30%', 'USD'),			-- nothing of nothing
	(0.000, '30%', 'JPY'),
	(10.0049, '100%', 'USD'),	-- finer than a cent: rounded once, at the end
	(33.333333333333333333, '30%', 'USD'),
	(10000000000000000, '100%', 'USD'),
	(123456789012345678901234567890, '50%', 'USD'),
	(19.990000000000000000000000000000000000, '30%', 'USD')
) AS sale (paid, ratio, currency);

-- the same as numeric's own arithmetic says, for every ratio and several scales
SELECT currency, count(*), count(*) FILTER (WHERE refund IS DISTINCT FROM expected) AS different,
	count(DISTINCT scale(refund)) AS scales, min(scale(refund)) AS scale
FROM (
	SELECT currency, aftersale.refund_amount(paid, ratio, currency) AS refund,
		round(paid * ratio::numeric, aftersale.minor_units(currency)) AS expected
	FROM unnest(ARRAY['JPY', 'USD', 'KWD', 'CLF']) AS currency,
		LATERAL (SELECT (n / 10000.0)::aftersale.refund_ratio AS ratio,
			(n::numeric * 7919 % 1000003) / (10 ^ (n % 7))::numeric AS paid
			FROM generate_series(500, 10000) AS n) AS sale) AS result
GROUP BY currency ORDER BY currency;

-- no amount
SELECT paid, pg_temp.refusal(format('SELECT aftersale.refund_amount(%L, ''30%%'', ''USD'')', paid))
FROM unnest(ARRAY['-0.01', '-1', 'NaN', 'Infinity', '-Infinity', '0.0000000000000000001', '1e35', '1e200', '1e-1000',
	'170141183460469231731687303715884105727', '1.234567890123456789', '123456789012345678901234567890.123456789']) AS paid;
-- no currency
SELECT currency, pg_temp.refusal(format('SELECT aftersale.refund_amount(1, ''30%%'', %L)', currency))
FROM unnest(ARRAY['usd', 'US', 'USDX', '', 'DOLLAR', 'HRK', 'XAU', 'XXX', 'XTS', E'\uFF35\uFF33\uFF24']) AS currency;
-- the whole text of each kind
SELECT aftersale.refund_amount(-5, '30%', 'USD');
SELECT aftersale.refund_amount('NaN', '30%', 'USD');
SELECT aftersale.refund_amount(0.0000000000000000001, '30%', 'USD');
SELECT aftersale.refund_amount(1e35, '30%', 'USD');
SELECT aftersale.refund_amount(1, '30%', 'usd');
SELECT aftersale.refund_amount(1, '30%', 'ZZZ');
SELECT aftersale.refund_amount(1, '30%', 'XAU');
-- NULL gives NULL
SELECT aftersale.refund_amount(NULL, '30%', 'USD') IS NULL AS paid, aftersale.refund_amount(1, NULL, 'USD') IS NULL AS ratio,
	aftersale.refund_amount(1, '30%', NULL) IS NULL AS currency;

SELECT currency, aftersale.minor_units(currency)
FROM unnest(ARRAY['JPY', 'KRW', 'VND', 'USD', 'EUR', 'CNY', 'IDR', 'HUF', 'KWD', 'TND', 'CLF']) AS currency;
SELECT aftersale.minor_units('ZZZ');
SELECT aftersale.minor_units(NULL) IS NULL AS null_gives_null;
