/*
 * calendar_cache.h
 *		Compiled calendars, cached in this session.
 */
#ifndef AFTERSALE_CALENDAR_CACHE_H
#define AFTERSALE_CALENDAR_CACHE_H

#include "fmgr.h"
#include "kernel/calendar.h"

/*
 * The compiled calendar of that name in table aftersale.calendar.  Raises
 * RA013, naming the value and the names that exist, where there is none.  It
 * follows changes of the table, of this session and of others.  The pointer is
 * valid until the next call of a function of this header, or of anything that
 * accepts invalidations and may call one: use it at once, keep it never.
 */
extern const AsCalendar *as_calendar_by_name(const char *name);

/*
 * The same for an argument of an SQL function: as_calendar_argument() for one
 * of type business_calendar, as_named_calendar_argument() for a name of type
 * text.  Both keep what they found in fn_extra, so that the function must not
 * use it otherwise.
 */
static inline const AsCalendar *as_calendar_argument(FunctionCallInfo fcinfo, int argument);
extern const AsCalendar *as_named_calendar_argument(FunctionCallInfo fcinfo, int argument);

/* Of calendar_cache.c, here only so that a constant costs no call. */
typedef struct AsCalendarMemo
{
	Datum		datum;			/* of a Const, whose pointer tells enough;
								 * else 0 */
	uint64		evictions;		/* when it was found */
	const AsCalendar *calendar;
} AsCalendarMemo;

extern uint64 as_calendar_evictions __attribute__((visibility("hidden")));
extern const AsCalendar *as_find_calendar_argument(FunctionCallInfo fcinfo, int argument);

/* What was found for the argument in an earlier call and holds; else NULL. */
static inline const AsCalendar *
as_remembered_calendar(FunctionCallInfo fcinfo, int argument)
{
	const AsCalendarMemo *memo = fcinfo->flinfo->fn_extra;

	if (likely(memo != NULL && memo->datum == PG_GETARG_DATUM(argument) &&
			   memo->evictions == as_calendar_evictions))
		return memo->calendar;
	return NULL;
}

static inline const AsCalendar *
as_calendar_argument(FunctionCallInfo fcinfo, int argument)
{
	const AsCalendar *calendar = as_remembered_calendar(fcinfo, argument);

	return likely(calendar != NULL) ? calendar : as_find_calendar_argument(fcinfo, argument);
}

#endif
