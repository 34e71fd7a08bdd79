/*
 * calendar.h
 *		Business time over a compiled calendar.
 *
 * Instants are microseconds since 2000-01-01 00:00 UTC (PostgreSQL's
 * timestamptz).  Infinities and instants outside the years 1800 to 2400 are
 * refused (22008).
 */
#ifndef AFTERSALE_KERNEL_CALENDAR_H
#define AFTERSALE_KERNEL_CALENDAR_H

#include "kernel/rules.h"
#include "kernel/term.h"

typedef struct AsCalendar AsCalendar;

/*
 * The instant at which a term that begins at start ends.  provisional (may be
 * NULL) says whether the answer rests on dates after the calendar's "known
 * until".  Refuses with RA060 where there is not enough working time, 22008
 * where start or the answer is out of range.
 */
extern bool as_deadline(int64_t start, AsTerm term, const AsCalendar *calendar,
						int64_t *due, bool *provisional, AsError *error);

#endif
