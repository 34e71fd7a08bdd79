/*
 * calendar_cache.h
 *		Compiled calendars, cached in this session.
 */
#ifndef AFTERSALE_CALENDAR_CACHE_H
#define AFTERSALE_CALENDAR_CACHE_H

#include "kernel/calendar.h"

/*
 * The compiled calendar of that name in table aftersale.calendar.  Raises
 * RA013, naming the value and the names that exist, where there is none.  It
 * follows changes of the table, of this session and of others.  The pointer is
 * valid until the next call of this function, or of anything that accepts
 * invalidations and may call it: use it at once, keep it never.
 */
extern const AsCalendar *as_calendar_by_name(const char *name);

#endif
