/*
 * clock.c
 *		The one clock.  Tests set it by aftersale.test_now, which only a
 *		superuser may change; everything that asks for the time asks here.
 */
#include "postgres.h"

#include "access/xact.h"
#include "clock.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

char	   *as_test_now = NULL;

static bool
is_test_now(void)
{
	return as_test_now != NULL && as_test_now[0] != '\0';
}

static TimestampTz
test_now(void)
{
	return DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in, CStringGetDatum(as_test_now),
												   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
}

TimestampTz
as_now(void)
{
	return is_test_now() ? test_now() : GetCurrentTimestamp();
}

TimestampTz
as_transaction_now(void)
{
	return is_test_now() ? test_now() : GetCurrentTransactionStartTimestamp();
}

PG_FUNCTION_INFO_V1(aftersale_clock);

Datum
aftersale_clock(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(as_now());
}

PG_FUNCTION_INFO_V1(aftersale_transaction_clock);

Datum
aftersale_transaction_clock(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(as_transaction_now());
}

PG_FUNCTION_INFO_V1(aftersale_statement_clock);

Datum
aftersale_statement_clock(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(is_test_now() ? test_now() : GetCurrentStatementStartTimestamp());
}
