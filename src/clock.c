/*
 * clock.c
 *		The one clock.  Tests set it by aftersale.test_now, which only a
 *		superuser may change; everything that asks for the time asks here.
 */
#include "postgres.h"

#include <time.h>

#include "access/xact.h"
#include "clock.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

/* counts what the machine sleeps, too, where there is such a clock */
#ifdef CLOCK_BOOTTIME
#define STEADY_CLOCK	CLOCK_BOOTTIME
#else
#define STEADY_CLOCK	CLOCK_MONOTONIC
#endif

char	   *as_test_now = NULL;
int			as_test_uptime = -1;

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

bool
as_uptime(int64 *uptime)
{
	struct timespec steady;

	*uptime = 0;
	if (is_test_now())
	{
		*uptime = as_test_uptime * USECS_PER_SEC;
		return as_test_uptime >= 0;
	}
	if (clock_gettime(STEADY_CLOCK, &steady) != 0)
		return false;
	*uptime = (int64) steady.tv_sec * USECS_PER_SEC + steady.tv_nsec / 1000;
	return true;
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
