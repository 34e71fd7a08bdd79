/*
 * quick.h
 *		Deadlines of the most usual calendars without a single search: those
 *		whose days have one span or two, the same on every ordinary working day.
 *
 * Inline, because a call would be a sizable part of the cost.  Everything else
 * (more spans, half days, days around a change of the clock, the edges of
 * the table, negative terms) is left to as_deadline(), with the same answers.
 */
#ifndef AFTERSALE_KERNEL_QUICK_H
#define AFTERSALE_KERNEL_QUICK_H

#include "kernel/compiled.h"

#define AS_INLINE static inline __attribute__((always_inline))

/* "not here": as_deadline() knows */
#define AS_NOT_QUICK	INT64_MIN

/*
 * Where an instant stands in working days: before which rank's working day it
 * counts, and how far into that day's wall time, rolled to its opening.
 */
typedef struct AsStanding
{
	int64_t		wall;			/* microseconds since the first instant of its
								 * day */
	int32_t		rank;
	bool		known;
} AsStanding;

#define AS_DAY_MICROSECONDS	(AS_DAY_SECONDS * AS_MICROSECONDS)

AS_INLINE AsDayKind
as_quick_kind(AsQuickDay day)
{
	return (AsDayKind) (day.rank_and_kind >> AS_KIND_SHIFT);
}

AS_INLINE int64_t
as_quick_shift(AsQuickDay day)
{
	return day.shift * INT64_C(60000000);
}

/* The instant of a wall time on the working day of that rank. */
AS_INLINE int64_t
as_quick_landing(const AsCalendar *calendar, uint32_t rank, int64_t wall)
{
	uint32_t	index;
	AsQuickDay	day;

	if (__builtin_expect(rank >= (uint32_t) calendar->working_count, 0))
		return AS_NOT_QUICK;
	index = calendar->working[rank];
	day = calendar->quick[index];
	if (__builtin_expect(as_quick_kind(day) != AS_DAY_USUAL, 0))
		return AS_NOT_QUICK;
	return calendar->start + index * AS_DAY_MICROSECONDS + as_quick_shift(day) + wall;
}

/* Either value, certainly without a branch. */
AS_INLINE int64_t
as_choose(bool condition, int64_t yes, int64_t no)
{
	return no ^ ((no ^ yes) & -(int64_t) condition);
}

AS_INLINE AsStanding
as_quick_standing(const AsCalendar *calendar, int64_t start)
{
	uint64_t	relative = (uint64_t) start - (uint64_t) calendar->start;
	const AsQuickDay *day;
	int64_t		within;
	int64_t		rest;
	int64_t		resumed;
	bool		usual;
	bool		inside;
	AsStanding	standing = {0, 0, false};

	if (__builtin_expect(relative >= calendar->quick_length, 0))
		return standing;
	day = calendar->quick + relative / (uint64_t) AS_DAY_MICROSECONDS;
	rest = (int64_t) (relative % (uint64_t) AS_DAY_MICROSECONDS);
	within = rest - as_quick_shift(*day);
	if (__builtin_expect(within < 0, 0))
	{
		/* the offset has changed since the table began */
		day--;
		rest += AS_DAY_MICROSECONDS;
		within = rest - as_quick_shift(*day);
	}
	else if (__builtin_expect(rest >= AS_DAY_MICROSECONDS + as_quick_shift(day[1]), 0))
	{
		day++;
		rest -= AS_DAY_MICROSECONDS;
		within = rest - as_quick_shift(*day);
	}
	if (__builtin_expect(as_quick_kind(*day) == AS_DAY_ODD, 0))
		return standing;
	/* without branches: starts are as good as random */
	usual = as_quick_kind(*day) == AS_DAY_USUAL;
	inside = usual & (within < calendar->usual_to);
	standing.rank = (day->rank_and_kind & AS_MAX_RANK) + (usual & !inside);
	standing.wall = within > calendar->usual_from ? within : calendar->usual_from;
	resumed = within > calendar->break_to ? within : calendar->break_to;
	standing.wall = as_choose(within < calendar->break_from, standing.wall, resumed);
	standing.wall = as_choose(inside, standing.wall, calendar->usual_from);
	/* where some day is odd, the one rolled to may be: its opening is another */
	standing.known = calendar->usual_minutes != 0 || inside ||
		as_quick_landing(calendar, (uint32_t) standing.rank, 0) != AS_NOT_QUICK;
	return standing;
}

/* Business hours: whole working days, and what is left over. */
AS_INLINE int64_t
as_quick_hours(const AsCalendar *calendar, AsStanding standing, uint32_t minutes)
{
	int64_t		pause = calendar->break_to - calendar->break_from;
	int64_t		length = calendar->usual_to - calendar->usual_from - pause;
	int64_t		worked = standing.wall - calendar->usual_from -
	(standing.wall >= calendar->break_to ? pause : 0) +
	minutes % calendar->usual_minutes * INT64_C(60000000);
	uint32_t	rank = (uint32_t) standing.rank + minutes / calendar->usual_minutes;
	bool		over = worked > length;
	bool		none;

	worked -= over ? length : 0;
	rank += over;
	/* an exact day ends at a closing, not at the next opening */
	none = worked == 0;
	worked += none ? length : 0;
	rank -= none;
	worked += calendar->usual_from;
	worked += worked > calendar->break_from ? pause : 0;
	return as_quick_landing(calendar, rank, worked);
}

/* Business days with the default landing; count above 0. */
AS_INLINE int64_t
as_quick_days(const AsCalendar *calendar, int64_t start, int32_t count)
{
	AsStanding	standing = as_quick_standing(calendar, start);

	if (__builtin_expect(!standing.known, 0))
		return AS_NOT_QUICK;
	return as_quick_landing(calendar, (uint32_t) (standing.rank + count), standing.wall);
}

AS_INLINE int64_t
as_quick_deadline(const AsCalendar *calendar, int64_t start, AsTerm term)
{
	AsStanding	standing;

	if (term.clock < AS_CLOCK_BUSINESS_HOURS || term.count <= 0)
		return AS_NOT_QUICK;
	standing = as_quick_standing(calendar, start);
	if (__builtin_expect(!standing.known, 0))
		return AS_NOT_QUICK;
	if (term.clock == AS_CLOCK_BUSINESS_DAYS)
	{
		if (__builtin_expect(term.mode == AS_DAY_SAME_TIME, 0))
			return AS_NOT_QUICK;
		if (term.mode == AS_DAY_END)
			standing.wall = calendar->usual_to;
		return as_quick_landing(calendar, (uint32_t) (standing.rank + term.count), standing.wall);
	}
	if (__builtin_expect(calendar->usual_minutes == 0, 0))
		return AS_NOT_QUICK;
	return as_quick_hours(calendar, standing, (uint32_t) term.count);
}

#endif
