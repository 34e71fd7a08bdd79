/*
 * refund_ratio.c
 *		Type refund_ratio: text and binary form, casts from and to numeric.
 *		Comparison and hashing are those of int4, taken over in
 *		sql/refund_ratio.sql.
 */
#include "postgres.h"

#include "compat.h"
#include "errors.h"
#include "libpq/pqformat.h"
#include "money.h"
#include "refund_ratio.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(aftersale_refund_ratio_in);

Datum
aftersale_refund_ratio_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	AsRatio		ratio;
	AsError		error;

	if (!as_ratio_parse(text, strlen(text), &ratio, &error))
		return as_report_soft(AS_ESCONTEXT(fcinfo), &error);
	PG_RETURN_RATIO(ratio);
}

PG_FUNCTION_INFO_V1(aftersale_refund_ratio_out);

Datum
aftersale_refund_ratio_out(PG_FUNCTION_ARGS)
{
	char	   *text = palloc(AS_RATIO_TEXT_SIZE);

	as_ratio_format(PG_GETARG_RATIO(0), text);
	PG_RETURN_CSTRING(text);
}

/* The binary form is what int4send writes. */
PG_FUNCTION_INFO_V1(aftersale_refund_ratio_recv);

Datum
aftersale_refund_ratio_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			length = message->len - message->cursor;
	const char *bytes = pq_getmsgbytes(message, length);
	AsRatio		ratio;
	AsError		error;

	if (!as_ratio_decode((const unsigned char *) bytes, length, &ratio, &error))
		as_report(&error);
	PG_RETURN_RATIO(ratio);
}

/* A number is a fraction: 0.30 is 30%. */
PG_FUNCTION_INFO_V1(aftersale_refund_ratio_from_numeric);

Datum
aftersale_refund_ratio_from_numeric(PG_FUNCTION_ARGS)
{
	Numeric		number = PG_GETARG_NUMERIC(0);
	AsAmount	hundredths;
	AsRatio		ratio;
	AsError		error;

	if (as_numeric_to_scaled(number, AS_RATIO_DECIMALS, &hundredths) == AS_NUMERIC_FITS &&
		hundredths >= PG_INT64_MIN && hundredths <= PG_INT64_MAX)
	{
		if (as_ratio_check((int64) hundredths, &ratio, &error))
			PG_RETURN_RATIO(ratio);
	}
	else
	{
		char	   *text = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number)));
		char		quoted[64];

		as_quote(quoted, sizeof quoted, text, strlen(text));
		as_fail(&error, AS_OUT_OF_RANGE, "TEMU-28", "number \"%s\" is no refund ratio", quoted);
		as_detail(&error, "A refund ratio is a fraction from 0.05 to 1 with at most four decimals.");
	}
	as_hint(&error, "A number is taken for a fraction: 0.30 is 30%%.");
	as_report(&error);
}

PG_FUNCTION_INFO_V1(aftersale_fraction);

Datum
aftersale_fraction(PG_FUNCTION_ARGS)
{
	AsRatio		ratio = PG_GETARG_RATIO(0);
	int			decimals = as_ratio_fraction_decimals(ratio);

	PG_RETURN_NUMERIC(as_scaled_to_numeric(ratio / as_power_of_ten(AS_RATIO_DECIMALS - decimals),
										   decimals));
}
