/*
 * compiled.h
 *		Inside of a compiled calendar: for calendar.c, deadline.c and explain.c.
 *
 * Local time is cut into days at the first instant of each date.  The table
 * says of each day when it begins, how much working time and how many working
 * days lie before it, and which shape it has: its working segments, in seconds
 * since its first instant.  Ordinary days of one pattern share a shape; days
 * around a change of the clock have their own.
 */
#ifndef AFTERSALE_KERNEL_COMPILED_H
#define AFTERSALE_KERNEL_COMPILED_H

#include "kernel/calendar.h"

#define AS_MICROSECONDS	INT64_C(1000000)

/* A working segment of a day. */
typedef struct AsSegment
{
	int32_t		from;			/* seconds since the first instant of the day */
	int32_t		to;
	uint32_t	before;			/* working seconds of the day before it */
	int32_t		wall_from;		/* opening and closing as the rules write
								 * them: */
	int32_t		wall_to;		/* seconds since the owner's midnight */
	int32_t		owner;			/* days back to the date whose span it is */
} AsSegment;

typedef struct AsShape
{
	uint16_t	segment;		/* index of its first segment */
	uint8_t		count;
	uint8_t		pattern;		/* of the date's own spans */
	uint8_t		regular;		/* wall times are seconds since the first
								 * instant */
	uint8_t		whole;			/* regular, and working from midnight to
								 * midnight */
} AsShape;

typedef struct AsDay
{
	int32_t		first;			/* first instant, seconds since origin */
	uint32_t	before;			/* working seconds before it, in the table */
	uint16_t	rank;			/* working days before it, in the table */
	uint16_t	shape;
} AsDay;

/* Kinds of days, for quick.h. */
typedef enum AsDayKind
{
	AS_DAY_ODD,					/* none of the others */
	AS_DAY_REST,				/* no working time, and no span of its own */
	AS_DAY_USUAL				/* plain wall time and the usual hours */
} AsDayKind;

/*
 * What quick.h needs of a day, in four bytes so that years of it stay in the
 * fastest cache: by how many minutes its first instant differs from one 86,400
 * seconds a day after the table's start, and its rank with its kind.
 */
typedef struct AsQuickDay
{
	int16_t		shift;
	uint16_t	rank_and_kind;
} AsQuickDay;

#define AS_KIND_SHIFT	14
#define AS_MAX_RANK		((1 << AS_KIND_SHIFT) - 1)

struct AsCalendar
{
	/* what quick.h needs comes first */
	int64_t		start;			/* first instant of the table, microseconds */
	uint64_t	quick_length;	/* of what quick.h may use, microseconds */
	AsQuickDay *quick;			/* days + 1 */
	uint16_t   *working;		/* rank -> day: dates with spans of their own */
	int64_t		usual_from;		/* usual hours, microseconds since midnight */
	int64_t		break_from;		/* the break in them; the same twice: none */
	int64_t		break_to;
	int64_t		usual_to;
	int32_t		working_count;
	uint32_t	usual_minutes;	/* their length, if no day is odd; else 0 */

	uint64_t	length;			/* of the table, microseconds */
	AsDay	   *day;			/* days + 1: the last one has the totals */
	int64_t		origin;			/* the same as start, seconds */
	int32_t		first_day;
	int32_t		days;
	AsShape    *shape;
	AsSegment  *segment;
	uint16_t   *loaded;			/* days with segments; often the same array */
	uint16_t   *hint;			/* work >> hint_shift -> index in loaded */
	int32_t		loaded_count;
	int32_t		hint_count;
	int32_t		hint_shift;
	AsZone		zone;
	size_t		size;			/* bytes of the block */
	AsRules		rules;
};

static inline const AsShape *
as_day_shape(const AsCalendar *calendar, const AsDay *day)
{
	return &calendar->shape[day->shape];
}

/* A span or a day that was computed, not looked up. */
typedef struct AsInterval
{
	int64_t		from;			/* seconds since 2000 */
	int64_t		to;
	int32_t		wall_from;		/* seconds since the date's midnight */
	int32_t		wall_to;
} AsInterval;

typedef struct AsComputedDay
{
	int64_t		first;			/* seconds since 2000 */
	int64_t		next;
	int			count;
	AsSegment	segment[3 * AS_MAX_SPANS];
	uint32_t	worked;			/* seconds */
} AsComputedDay;

/* A date's own spans as instants, disjoint from those of the dates before;
 * returns their number.  A date that the zone skipped has none. */
extern int	as_own_spans(const AsRules *rules, const AsZone *zone, int32_t date, AsInterval span[AS_MAX_SPANS]);

/* Any day, from the rules alone. */
extern void as_compute_day(const AsRules *rules, const AsZone *zone, int32_t date, AsComputedDay *day);

/* Any day, from the table where that has it. */
extern void as_load_day(const AsCalendar *calendar, int32_t date, AsComputedDay *day);

/* The instant of a wall time of a date, seconds since its midnight (may be on
 * the next date); midnights are first instants. */
extern int64_t as_wall_instant(const AsZone *zone, int32_t date, int64_t wall);

static inline int64_t
as_seconds_of(int64_t at)
{
	int64_t		seconds = at / AS_MICROSECONDS;

	return at % AS_MICROSECONDS < 0 ? seconds - 1 : seconds;
}

/* The date whose day the instant (seconds) lies in. */
extern int32_t as_date_of(const AsCalendar *calendar, int64_t instant);

/*
 * Working microseconds from the table's start to the instant; negative before.
 */
extern int64_t as_work_until(const AsCalendar *calendar, int64_t at);

/*
 * The instant by which so much work is done: the earliest one, or with latest
 * the last one before more is.  date tells the day it was found in.  False:
 * there is not that much.
 */
extern bool as_instant_of_work(const AsCalendar *calendar, int64_t work, bool latest, int64_t *at, int32_t *date);

/* Whether a date has spans of its own: a business day. */
extern bool as_is_working_date(const AsCalendar *calendar, int32_t date);

/*
 * How a term in business days counts: from the instant and business day that
 * start rolls to (or its own date, same time) to the date landed on.
 */
extern bool as_business_day_count(const AsCalendar *calendar, int64_t start, AsTerm term,
								  int64_t *anchor, int32_t *from_date, int32_t *to_date, AsError *error);

/* Fills the error with RA060 and returns false. */
extern bool as_refuse_no_working_time(const AsCalendar *calendar, AsError *error);

/* Sorts and merges pauses, cut at start; returns how many remain. */
extern int	as_pauses_merge(AsPause *pauses, int count, int64_t start);

/*
 * The deadline after merged pauses, from the one without any; what they gave
 * back, in microseconds; and the day that the answer rests on, or INT32_MIN.
 */
extern bool as_pause_shift(const AsCalendar *calendar, int64_t unpaused, const AsPause *pauses, int count,
						   AsPauseMode mode, int64_t *given_back, int64_t *due, int32_t *date, AsError *error);

#endif
