/*
 * business_time.c
 *		SQL functions over terms and calendars.  Each exists twice: with the
 *		calendar as a value (immutable) and by name (stable).
 */
#include "postgres.h"

#include "calendar_cache.h"
#include "errors.h"
#include "fmgr.h"
#include "kernel/quick.h"
#include "sla_term.h"
#include "utils/timestamp.h"

/*
 * Both functions of a pair: NAME by value, NAME_named by name of the
 * calendar, which is the argument of that number.
 */
#define PAIR(name, argument) \
PG_FUNCTION_INFO_V1(aftersale_##name); \
PG_FUNCTION_INFO_V1(aftersale_##name##_named); \
Datum \
aftersale_##name(PG_FUNCTION_ARGS) \
{ \
	return name(fcinfo, as_calendar_argument(fcinfo, argument)); \
} \
Datum \
aftersale_##name##_named(PG_FUNCTION_ARGS) \
{ \
	return name(fcinfo, as_named_calendar_argument(fcinfo, argument)); \
}

PG_FUNCTION_INFO_V1(aftersale_deadline);
PG_FUNCTION_INFO_V1(aftersale_deadline_named);

static pg_noinline Datum
deadline(FunctionCallInfo fcinfo, const AsCalendar *calendar)
{
	int64		due = as_quick_deadline(calendar, PG_GETARG_TIMESTAMPTZ(0), PG_GETARG_TERM(1));
	AsError		error;

	if (likely(due != AS_NOT_QUICK))
		PG_RETURN_TIMESTAMPTZ(due);
	if (!as_deadline(PG_GETARG_TIMESTAMPTZ(0), PG_GETARG_TERM(1), calendar, &due, NULL, &error))
		as_report(&error);
	PG_RETURN_TIMESTAMPTZ(due);
}

static pg_noinline Datum
first_deadline(FunctionCallInfo fcinfo)
{
	return deadline(fcinfo, as_calendar_argument(fcinfo, 2));
}

/*
 * A few business days in a constant calendar are what indexes, generated
 * columns and most queries ask for: without a call, and so without a frame.
 */
Datum
aftersale_deadline(PG_FUNCTION_ARGS)
{
	const AsCalendar *calendar = as_remembered_calendar(fcinfo, 2);
	AsTerm		term = PG_GETARG_TERM(1);
	int64		due;

	if (unlikely(calendar == NULL))
		return first_deadline(fcinfo);
	if (term.clock != AS_CLOCK_BUSINESS_DAYS || term.mode != AS_DAY_ROLL || term.count <= 0)
		return deadline(fcinfo, calendar);
	due = as_quick_days(calendar, PG_GETARG_TIMESTAMPTZ(0), term.count);
	if (unlikely(due == AS_NOT_QUICK))
		return deadline(fcinfo, calendar);
	PG_RETURN_TIMESTAMPTZ(due);
}

Datum
aftersale_deadline_named(PG_FUNCTION_ARGS)
{
	return deadline(fcinfo, as_named_calendar_argument(fcinfo, 2));
}

static Datum
deadline_is_provisional(FunctionCallInfo fcinfo, const AsCalendar *calendar)
{
	int64		due;
	bool		provisional;
	AsError		error;

	if (!as_deadline(PG_GETARG_TIMESTAMPTZ(0), PG_GETARG_TERM(1), calendar, &due, &provisional, &error))
		as_report(&error);
	PG_RETURN_BOOL(provisional);
}

PAIR(deadline_is_provisional, 2)

static Datum
warning_time(FunctionCallInfo fcinfo, const AsCalendar *calendar)
{
	int64		at;
	AsError		error;

	if (!as_deadline_before(PG_GETARG_TIMESTAMPTZ(0), PG_GETARG_TERM(1), calendar, &at, &error))
		as_report(&error);
	PG_RETURN_TIMESTAMPTZ(at);
}

PAIR(warning_time, 2)

static Datum
business_elapsed(FunctionCallInfo fcinfo, const AsCalendar *calendar)
{
	Interval   *elapsed = palloc0(sizeof(Interval));
	int64		microseconds;
	AsError		error;

	if (!as_business_elapsed(PG_GETARG_TIMESTAMPTZ(0), PG_GETARG_TIMESTAMPTZ(1), calendar, &microseconds, &error))
		as_report(&error);
	elapsed->time = microseconds;
	PG_RETURN_INTERVAL_P(elapsed);
}

PAIR(business_elapsed, 2)

static Datum
business_days_between(FunctionCallInfo fcinfo, const AsCalendar *calendar)
{
	int64		days;
	AsError		error;

	if (!as_business_days_between(PG_GETARG_TIMESTAMPTZ(0), PG_GETARG_TIMESTAMPTZ(1), calendar, &days, &error))
		as_report(&error);
	PG_RETURN_INT64(days);
}

PAIR(business_days_between, 2)

static Datum
is_business_time(FunctionCallInfo fcinfo, const AsCalendar *calendar)
{
	bool		working;
	AsError		error;

	if (!as_is_business_time(PG_GETARG_TIMESTAMPTZ(0), calendar, &working, &error))
		as_report(&error);
	PG_RETURN_BOOL(working);
}

PAIR(is_business_time, 1)

static Datum
next_business_time(FunctionCallInfo fcinfo, const AsCalendar *calendar)
{
	int64		next;
	AsError		error;

	if (!as_next_business_time(PG_GETARG_TIMESTAMPTZ(0), calendar, &next, &error))
		as_report(&error);
	PG_RETURN_TIMESTAMPTZ(next);
}

PAIR(next_business_time, 1)
