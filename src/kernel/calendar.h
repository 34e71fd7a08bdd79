/*
 * calendar.h
 *		Business time over a compiled calendar.
 *
 * Instants are microseconds since 2000-01-01 00:00 UTC (PostgreSQL's
 * timestamptz).  Infinities and instants outside the years 1800 to 2399 are
 * refused (22008).  doc/reference/business_time.md states the rules with
 * worked examples.
 */
#ifndef AFTERSALE_KERNEL_CALENDAR_H
#define AFTERSALE_KERNEL_CALENDAR_H

#include "kernel/rules.h"
#include "kernel/term.h"
#include "kernel/zone.h"

typedef struct AsCalendar AsCalendar;

/* Instants that calendars know, in microseconds: 1800-01-01 to 2400-01-01 UTC */
#define AS_FIRST_INSTANT	(INT64_C(-6311347200) * 1000000)
#define AS_LAST_INSTANT		(INT64_C(12622780800) * 1000000)

/* Days that one table may hold: every answer is the same with any table, or
 * none; inside the table it comes in constant time, outside by walking days. */
#define AS_CALENDAR_MAX_DAYS	20000

/*
 * Compiling: rules and zone become one block of memory with a table of the
 * days first_day .. first_day + days - 1.  room says how many bytes are enough
 * for any such calendar; compile uses memory (8-byte aligned) and returns the
 * calendar at its start; size says how many bytes of it are used, and move
 * copies those to their final place.  The zone must hold all transitions from
 * 1799 to 2401.  Nothing of rules and zone is referred to afterwards.
 */
extern size_t as_calendar_room(const AsRules *rules, const AsZone *zone, int days);
extern AsCalendar *as_calendar_compile(const AsRules *rules, const AsZone *zone, int32_t first_day, int days,
									   void *memory);
extern size_t as_calendar_size(const AsCalendar *calendar);
extern AsCalendar *as_calendar_move(const AsCalendar *calendar, void *memory);

/*
 * The instant at which a term that begins at start ends.  provisional (may be
 * NULL) says whether the answer rests on dates after the calendar's "known
 * until".  Refuses with RA060 where there is not enough working time, 22008
 * where start or the answer is out of range.
 */
extern bool as_deadline(int64_t start, AsTerm term, const AsCalendar *calendar,
						int64_t *due, bool *provisional, AsError *error);

/*
 * The instant at which to warn of what is due, a term ahead of it: never after
 * due, and working time where the term counts working time, so that somebody
 * is there to read it (but for "same time", and where there is none between
 * the last closing and due).  Working time from the warning to due is the
 * term's, for business hours.  Refuses a negative term (22023), and with RA060
 * and 22008 as as_deadline does.
 */
extern bool as_deadline_before(int64_t due, AsTerm term, const AsCalendar *calendar, int64_t *at, AsError *error);

/* Working time between two instants in microseconds; negative when to is earlier. */
extern bool as_business_elapsed(int64_t from, int64_t to, const AsCalendar *calendar,
								int64_t *elapsed, AsError *error);

/* Working days from the local date of from (included) to that of to (excluded). */
extern bool as_business_days_between(int64_t from, int64_t to, const AsCalendar *calendar,
									 int64_t *days, AsError *error);

extern bool as_is_business_time(int64_t at, const AsCalendar *calendar, bool *working, AsError *error);

/* The first working instant at or after at. */
extern bool as_next_business_time(int64_t at, const AsCalendar *calendar, int64_t *next, AsError *error);

/*
 * Pauses: stretches [from, to) during which the clock stood.  In mode
 * AS_PAUSE_WORKING the working time inside them is given back in working time,
 * in AS_PAUSE_WALL their whole length in elapsed time.  The deadline is
 * computed anew from start, term and all pauses; pauses that begin at or after
 * the deadline do not count.  A pause without an end (to = INT64_MAX) before
 * the deadline is refused (RA061): while the clock stands there is no deadline.
 * pauses is sorted and merged in place.
 */
typedef enum AsPauseMode
{
	AS_PAUSE_WORKING,
	AS_PAUSE_WALL
} AsPauseMode;

typedef struct AsPause
{
	int64_t		from;
	int64_t		to;
} AsPause;

extern bool as_deadline_paused(int64_t start, AsTerm term, const AsCalendar *calendar,
							   AsPause *pauses, int count, AsPauseMode mode,
							   int64_t *due, bool *provisional, AsError *error);

/* Why a stretch of time counted or did not. */
typedef enum AsWhy
{
	AS_WHY_ELAPSED,				/* counts as it passes */
	AS_WHY_NATURAL_DAYS,
	AS_WHY_WORKING,				/* working hours of the week */
	AS_WHY_SPECIAL,				/* working hours of a date "on" */
	AS_WHY_CLOSED,				/* outside the hours of a working day */
	AS_WHY_WEEKDAY_OFF,			/* a day of the week without hours */
	AS_WHY_DATE_OFF,			/* a date "off" */
	AS_WHY_START_DAY,			/* the day on which the count begins */
	AS_WHY_WORKING_DAY,			/* the nth business day */
	AS_WHY_SPECIAL_DAY,			/* the nth business day, a date "on" */
	AS_WHY_PAUSED,
	AS_WHY_MADE_UP				/* time given back for pauses */
} AsWhy;

typedef struct AsStep
{
	int64_t		from;
	int64_t		to;
	int64_t		counted;		/* microseconds; 0 where days are counted */
	int32_t		counted_days;
	AsWhy		why;
	int32_t		first_date;		/* the local dates concerned */
	int32_t		last_date;
	int32_t		number;			/* of the business day counted, from 1; or of
								 * the pause */
} AsStep;

typedef void (*AsEmitStep) (void *context, const AsStep *step);

/*
 * Explains a deadline: steps from the earlier of start and due to the later,
 * without gaps; what they count adds up to the term.  Same refusals as
 * as_deadline_paused.
 */
extern bool as_explain(int64_t start, AsTerm term, const AsCalendar *calendar,
					   AsPause *pauses, int count, AsPauseMode mode,
					   AsEmitStep emit, void *context, AsError *error);

#endif
