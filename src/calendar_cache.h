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
extern const AsCalendar *as_calendar_argument(FunctionCallInfo fcinfo, int argument);
extern const AsCalendar *as_named_calendar_argument(FunctionCallInfo fcinfo, int argument);

#endif
