/*
 * clock.c
 *		The one clock.  Tests set it by aftersale.test_now, which only a
 *		superuser may change; everything that asks for the time asks here.
 */
#include "postgres.h"

#include "clock.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

char	   *as_test_now = NULL;

TimestampTz
as_now(void)
{
	if (as_test_now == NULL || as_test_now[0] == '\0')
		return GetCurrentTimestamp();
	return DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in, CStringGetDatum(as_test_now),
												   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
}

PG_FUNCTION_INFO_V1(aftersale_clock);

Datum
aftersale_clock(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(as_now());
}
