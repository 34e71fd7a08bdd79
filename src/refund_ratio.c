/*
 * refund_ratio.c
 *		Type refund_ratio: text and binary form.  Comparison and hashing are
 *		those of int4, taken over in sql/refund_ratio.sql.
 */
#include "postgres.h"

#include "compat.h"
#include "errors.h"
#include "libpq/pqformat.h"
#include "refund_ratio.h"

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

/* The binary form is an int4 of hundredths of a percent, as int4send writes it. */
PG_FUNCTION_INFO_V1(aftersale_refund_ratio_recv);

Datum
aftersale_refund_ratio_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			length = message->len - message->cursor;
	AsRatio		ratio;
	AsError		error;

	if (length != sizeof(int32))
	{
		as_fail(&error, AS_INVALID_BINARY, "TEMU-28",
				"invalid binary form of type refund_ratio: %d bytes", length);
		as_detail(&error, "The binary form is an integer of 4 bytes that counts hundredths of a percent.");
		as_report(&error);
	}
	if (!as_ratio_check((int32) pq_getmsgint(message, sizeof(int32)), &ratio, &error))
		as_report(&error);
	PG_RETURN_RATIO(ratio);
}
