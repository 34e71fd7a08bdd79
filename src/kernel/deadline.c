/*
 * deadline.c
 *		Deadlines and measures of business time.
 *
 * The common cases take a few table look-ups, whatever the term's length: the
 * day of an instant, its rank (in working days or working seconds), and the
 * day of the resulting rank.  Everything outside the table, and wall times
 * around a change of the clock, goes by computed days (as_load_day).
 */
#include "kernel/compiled.h"

#include "kernel/codes.h"
#include "kernel/quick.h"

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Dates between which days are walked: a year beyond the instants allowed. */
#define FIRST_WALKED_DATE	(AS_FIRST_INSTANT / AS_MICROSECONDS / AS_DAY_SECONDS - 366)
#define LAST_WALKED_DATE	(AS_LAST_INSTANT / AS_MICROSECONDS / AS_DAY_SECONDS + 366)

static int64_t
floor_divide(int64_t value, int64_t by)
{
	int64_t		quotient = value / by;

	return value % by < 0 ? quotient - 1 : quotient;
}

static bool
refuse_range(AsError *error, const char *what)
{
	as_fail(error, AS_DATETIME_OVERFLOW, NULL, "%s out of range for business time", what);
	return as_detail(error, "Business time covers the years 1800 to 2399; infinity has no deadline.");
}

static bool
check_instant(int64_t at, const char *what, AsError *error)
{
	if (likely(at >= AS_FIRST_INSTANT && at < AS_LAST_INSTANT))
		return true;
	return refuse_range(error, what);
}

bool
as_refuse_no_working_time(const AsCalendar *calendar, AsError *error)
{
	as_fail(error, RA_NO_WORKING_TIME, NULL, "the calendar has not enough working time for this term");
	as_detail(error, "Zone %s: the working time between the years 1800 and 2399 ends before the term does.",
			  calendar->rules.zone);
	return as_hint(error, "Give the calendar weekly working spans, or choose a shorter term.");
}

/* Positions in the table */

/* An instant in the table: its day, and seconds and microseconds into it. */
typedef struct Position
{
	int32_t		index;
	int32_t		seconds;
	int32_t		microseconds;
} Position;

/* False where the instant is outside the table. */
static inline bool
locate(const AsCalendar *calendar, int64_t at, Position *position)
{
	uint64_t	relative = (uint64_t) at - (uint64_t) calendar->start;
	uint32_t	seconds;
	int32_t		index;

	if (unlikely(relative >= calendar->length))
		return false;
	seconds = (uint32_t) (relative / 1000000);
	position->microseconds = (int32_t) (relative - (uint64_t) seconds * 1000000);
	index = (int32_t) (seconds / AS_DAY_SECONDS);
	if (unlikely(index >= calendar->days))
		index = calendar->days - 1;
	/* changes of the offset move days by some hours against the guess */
	while ((int32_t) seconds < calendar->day[index].first)
		index--;
	while ((int32_t) seconds >= calendar->day[index + 1].first)
		index++;
	position->index = index;
	position->seconds = (int32_t) seconds - calendar->day[index].first;
	return true;
}

int32_t
as_date_of(const AsCalendar *calendar, int64_t instant)
{
	Position	position;
	int32_t		date;

	if (locate(calendar, instant * AS_MICROSECONDS, &position))
		return calendar->first_day + position.index;
	date = (int32_t) floor_divide(instant + as_zone_offset(&calendar->zone, instant), AS_DAY_SECONDS);
	while (as_zone_first_instant(&calendar->zone, date + 1) <= instant)
		date++;
	while (as_zone_first_instant(&calendar->zone, date) > instant)
		date--;
	return date;
}

/* Working time */

static int64_t
work_within(const AsSegment *segment, int count, int64_t microseconds)
{
	int64_t		worked = 0;

	for (int i = 0; i < count; i++)
	{
		int64_t		from = segment[i].from * AS_MICROSECONDS;
		int64_t		to = segment[i].to * AS_MICROSECONDS;

		if (microseconds <= from)
			break;
		worked = segment[i].before * AS_MICROSECONDS + (microseconds < to ? microseconds : to) - from;
	}
	return worked;
}

static int64_t
table_work(const AsCalendar *calendar)
{
	return calendar->day[calendar->days].before * AS_MICROSECONDS;
}

int64_t
as_work_until(const AsCalendar *calendar, int64_t at)
{
	Position	position;
	AsComputedDay day;
	int64_t		work;
	int32_t		date;
	int32_t		end = calendar->first_day + calendar->days;

	if (likely(locate(calendar, at, &position)))
	{
		const AsDay *entry = &calendar->day[position.index];
		const AsShape *shape = as_day_shape(calendar, entry);

		return entry->before * AS_MICROSECONDS +
			work_within(&calendar->segment[shape->segment], shape->count,
						position.seconds * AS_MICROSECONDS + position.microseconds);
	}
	date = as_date_of(calendar, as_seconds_of(at));
	as_load_day(calendar, date, &day);
	work = work_within(day.segment, day.count, at - day.first * AS_MICROSECONDS);
	if (date >= end)
	{
		work += table_work(calendar);
		for (int32_t earlier = end; earlier < date; earlier++)
		{
			as_load_day(calendar, earlier, &day);
			work += day.worked * AS_MICROSECONDS;
		}
	}
	else
	{
		for (int32_t later = date; later < calendar->first_day; later++)
		{
			as_load_day(calendar, later, &day);
			work -= day.worked * AS_MICROSECONDS;
		}
	}
	return work;
}

/*
 * The instant within a day's segments at which work (less than or, unless
 * latest, equal to all of it) is done.
 */
static int64_t
instant_within(const AsSegment *segment, int64_t first, int64_t work, bool latest)
{
	/*
	 * the second in which it happens; an exact closing belongs to the second
	 * before
	 */
	int64_t		second = (latest ? work : work - 1) / AS_MICROSECONDS;

	while (second >= (int64_t) segment->before + (segment->to - segment->from))
		segment++;
	return (first + segment->from) * AS_MICROSECONDS + work - segment->before * AS_MICROSECONDS;
}

/* Whether a day that begins after "before" work and does "worked" has the instant. */
static inline bool
reaches(int64_t before, int64_t worked, int64_t work, bool latest)
{
	return latest ? work >= before && work < before + worked : work > before && work <= before + worked;
}

static bool
walk_to_work(const AsCalendar *calendar, int64_t work, bool latest, int64_t *at, int32_t *date)
{
	AsComputedDay day;
	int64_t		before;
	int32_t		end = calendar->first_day + calendar->days;

	if (latest ? work >= table_work(calendar) : work > table_work(calendar))
	{
		before = table_work(calendar);
		for (*date = end; *date <= LAST_WALKED_DATE; (*date)++)
		{
			as_load_day(calendar, *date, &day);
			if (reaches(before, day.worked * AS_MICROSECONDS, work, latest))
			{
				*at = instant_within(day.segment, day.first, work - before, latest);
				return true;
			}
			before += day.worked * AS_MICROSECONDS;
		}
		return false;
	}
	before = 0;
	for (*date = calendar->first_day - 1; *date >= FIRST_WALKED_DATE; (*date)--)
	{
		as_load_day(calendar, *date, &day);
		before -= day.worked * AS_MICROSECONDS;
		if (reaches(before, day.worked * AS_MICROSECONDS, work, latest))
		{
			*at = instant_within(day.segment, day.first, work - before, latest);
			return true;
		}
	}
	return false;
}

bool
as_instant_of_work(const AsCalendar *calendar, int64_t work, bool latest, int64_t *at, int32_t *date)
{
	int64_t		least = latest ? work : work - 1;
	const AsDay *day;
	uint32_t	second;
	int32_t		k;

	if (unlikely(least < 0 || least >= table_work(calendar)))
		return walk_to_work(calendar, work, latest, at, date);
	second = (uint32_t) ((uint64_t) least / 1000000);
	k = calendar->hint[second >> calendar->hint_shift];
	while (k + 1 < calendar->loaded_count && calendar->day[calendar->loaded[k + 1]].before <= second)
		k++;
	day = &calendar->day[calendar->loaded[k]];
	*at = instant_within(&calendar->segment[as_day_shape(calendar, day)->segment],
						 calendar->origin + day->first, work - day->before * AS_MICROSECONDS, latest);
	*date = calendar->first_day + calendar->loaded[k];
	return true;
}

/* Working days */

bool
as_is_working_date(const AsCalendar *calendar, int32_t date)
{
	AsInterval	span[AS_MAX_SPANS];

	return as_own_spans(&calendar->rules, &calendar->zone, date, span) > 0;
}

/* Working days before a date, counted from the table's start; negative before it. */
static int64_t
rank_of_date(const AsCalendar *calendar, int32_t date)
{
	int64_t		rank;
	int32_t		end = calendar->first_day + calendar->days;

	if (date >= calendar->first_day && date <= end)
		return calendar->day[date - calendar->first_day].rank;
	if (date > end)
	{
		rank = calendar->working_count;
		for (int32_t earlier = end; earlier < date; earlier++)
			rank += as_is_working_date(calendar, earlier);
		return rank;
	}
	rank = 0;
	for (int32_t later = date; later < calendar->first_day; later++)
		rank -= as_is_working_date(calendar, later);
	return rank;
}

static bool
date_of_rank(const AsCalendar *calendar, int64_t rank, int32_t *date)
{
	if (rank >= 0 && rank < calendar->working_count)
	{
		*date = calendar->first_day + calendar->working[rank];
		return true;
	}
	if (rank >= 0)
	{
		rank -= calendar->working_count;
		for (*date = calendar->first_day + calendar->days; *date <= LAST_WALKED_DATE; (*date)++)
			if (as_is_working_date(calendar, *date) && rank-- == 0)
				return true;
		return false;
	}
	for (*date = calendar->first_day - 1; *date >= FIRST_WALKED_DATE; (*date)--)
		if (as_is_working_date(calendar, *date) && ++rank == 0)
			return true;
	return false;
}

/* Rolling */

/* A working instant: the business day it belongs to, and the wall time there. */
typedef struct Anchor
{
	int64_t		at;
	int32_t		date;
	int64_t		wall;			/* microseconds since the date's midnight */
	bool		rolled;
} Anchor;

/* What the wall shows at an instant, counted from a date's midnight, never before it. */
static int64_t
wall_on(const AsCalendar *calendar, int64_t at, int32_t date)
{
	int64_t		wall = at + as_zone_offset(&calendar->zone, as_seconds_of(at)) * AS_MICROSECONDS -
	(int64_t) date * AS_DAY_SECONDS * AS_MICROSECONDS;

	return wall < 0 ? 0 : wall;
}

static void
anchor_opening(Anchor *anchor, const AsComputedDay *day, int i, int32_t date)
{
	anchor->at = (day->first + day->segment[i].from) * AS_MICROSECONDS;
	anchor->date = date - day->segment[i].owner;
	anchor->wall = day->segment[i].wall_from * AS_MICROSECONDS;
	anchor->rolled = true;
}

static void
anchor_closing(Anchor *anchor, const AsComputedDay *day, int i, int32_t date)
{
	anchor->at = (day->first + day->segment[i].to) * AS_MICROSECONDS;
	anchor->date = date - day->segment[i].owner;
	anchor->wall = day->segment[i].wall_to * AS_MICROSECONDS;
	anchor->rolled = true;
}

/*
 * The instant itself where it is working time, else the next opening or, with
 * back, the last closing before it.  False: there is none.
 */
static bool
roll(const AsCalendar *calendar, int64_t at, bool back, Anchor *anchor)
{
	AsComputedDay day;
	int32_t		date = as_date_of(calendar, as_seconds_of(at));
	int64_t		within;
	int			i = 0;

	as_load_day(calendar, date, &day);
	within = at - day.first * AS_MICROSECONDS;
	while (i < day.count && within >= day.segment[i].to * AS_MICROSECONDS)
		i++;
	if (i < day.count && within >= day.segment[i].from * AS_MICROSECONDS)
	{
		anchor->at = at;
		anchor->date = date - day.segment[i].owner;
		anchor->wall = wall_on(calendar, at, anchor->date);
		anchor->rolled = false;
		return true;
	}
	if (back)
	{
		for (i--; i < 0; i = day.count - 1)
		{
			if (--date < FIRST_WALKED_DATE)
				return false;
			as_load_day(calendar, date, &day);
		}
		anchor_closing(anchor, &day, i, date);
		return true;
	}
	for (; i >= day.count; i = 0)
	{
		if (++date > LAST_WALKED_DATE)
			return false;
		as_load_day(calendar, date, &day);
	}
	anchor_opening(anchor, &day, i, date);
	return true;
}

/* Landing on the working day that was counted to. */
static int64_t
land(const AsCalendar *calendar, int32_t date, int64_t wall, int mode, bool back)
{
	AsInterval	span[AS_MAX_SPANS];
	int			count;
	int64_t		seconds = floor_divide(wall, AS_MICROSECONDS);
	int64_t		at = as_wall_instant(&calendar->zone, date, seconds) * AS_MICROSECONDS +
	(wall - seconds * AS_MICROSECONDS);

	if (mode == AS_DAY_SAME_TIME)
		return at;
	count = as_own_spans(&calendar->rules, &calendar->zone, date, span);
	if (mode == AS_DAY_END)
		return span[count - 1].to * AS_MICROSECONDS;
	if (back)
	{
		for (int i = count - 1; i >= 0; i--)
		{
			if (at > span[i].to * AS_MICROSECONDS)
				return span[i].to * AS_MICROSECONDS;
			if (at >= span[i].from * AS_MICROSECONDS)
				return at;
		}
		return span[0].from * AS_MICROSECONDS;
	}
	for (int i = 0; i < count; i++)
	{
		if (at < span[i].from * AS_MICROSECONDS)
			return span[i].from * AS_MICROSECONDS;
		if (at < span[i].to * AS_MICROSECONDS)
			return at;
	}
	return span[count - 1].to * AS_MICROSECONDS;
}

/*
 * Business days by the table alone, forwards: false where a wall time near a
 * change of the clock, or the edge of the table, needs the long way.
 */
static inline bool
business_days_by_table(const AsCalendar *calendar, int64_t start, int32_t count, bool end_of_day,
					   int64_t *due, int32_t *date)
{
	Position	position;
	const AsShape *shape;
	const AsSegment *segment;
	int			i = 0;
	int32_t		owner;
	int32_t		wall;
	int32_t		target;

	if (unlikely(!locate(calendar, start, &position)))
		return false;
	owner = position.index;
	shape = as_day_shape(calendar, &calendar->day[owner]);
	if (shape->whole)
		wall = position.seconds;
	else
	{
		segment = &calendar->segment[shape->segment];
		while (i < shape->count && position.seconds >= segment[i].to)
			i++;
		if (i == shape->count)
		{
			/* the next working day's first opening */
			int32_t		rank = calendar->day[owner + 1].rank;

			if (unlikely((!shape->regular && shape->pattern != 0) || rank >= calendar->working_count))
				return false;
			owner = calendar->working[rank];
			shape = as_day_shape(calendar, &calendar->day[owner]);
			if (unlikely(!shape->regular))
				return false;
			wall = calendar->rules.pattern[shape->pattern].span[0].from * 60;
			position.microseconds = 0;
		}
		else
		{
			if (unlikely(!shape->regular))
				return false;
			owner -= segment[i].owner;
			if (unlikely(owner < 0))
				return false;
			if (position.seconds >= segment[i].from)
				wall = position.seconds + segment[i].owner * AS_DAY_SECONDS;
			else
			{
				wall = segment[i].wall_from;
				position.microseconds = 0;
			}
		}
	}
	target = calendar->day[owner].rank + count;
	if (unlikely(target >= calendar->working_count))
		return false;
	target = calendar->working[target];
	shape = as_day_shape(calendar, &calendar->day[target]);
	if (unlikely(!shape->regular))
		return false;
	if (end_of_day || !(shape->whole && wall < AS_DAY_SECONDS))
	{
		const AsPattern *pattern = &calendar->rules.pattern[shape->pattern];
		const AsSpan *span = pattern->span;
		const AsSpan *last = span + pattern->count - 1;

		if (end_of_day || wall >= last->to * 60)
		{
			wall = last->to * 60;
			position.microseconds = 0;
		}
		else
		{
			while (wall >= span->to * 60)
				span++;
			if (wall < span->from * 60)
			{
				wall = span->from * 60;
				position.microseconds = 0;
			}
		}
	}
	*due = (calendar->origin + calendar->day[target].first + wall) * AS_MICROSECONDS + position.microseconds;
	*date = calendar->first_day + target;
	return true;
}

/* Where the count of business days begins, and the date it comes to. */
static bool
count_business_days(const AsCalendar *calendar, int64_t start, AsTerm term, Anchor *anchor, int32_t *date,
					AsError *error)
{
	int64_t		rank;

	if (term.mode == AS_DAY_SAME_TIME)
	{
		anchor->at = start;
		anchor->date = as_date_of(calendar, as_seconds_of(start));
		anchor->wall = wall_on(calendar, start, anchor->date);
	}
	else if (!roll(calendar, start, term.count < 0, anchor))
		return as_refuse_no_working_time(calendar, error);
	*date = anchor->date;
	if (term.count == 0)
		return true;
	rank = rank_of_date(calendar, anchor->date) + term.count;
	/* the first business day after a date that is none */
	if (term.mode == AS_DAY_SAME_TIME && term.count > 0 && !as_is_working_date(calendar, anchor->date))
		rank--;
	return date_of_rank(calendar, rank, date) || as_refuse_no_working_time(calendar, error);
}

bool
as_business_day_count(const AsCalendar *calendar, int64_t start, AsTerm term,
					  int64_t *anchor, int32_t *from_date, int32_t *to_date, AsError *error)
{
	Anchor		found;

	if (!count_business_days(calendar, start, term, &found, to_date, error))
		return false;
	*anchor = found.at;
	*from_date = found.date;
	return true;
}

static bool
business_days(const AsCalendar *calendar, int64_t start, AsTerm term, int64_t *due, int32_t *date, AsError *error)
{
	Anchor		anchor;
	bool		back = term.count < 0;

	if (likely(!back && term.mode != AS_DAY_SAME_TIME) &&
		likely(business_days_by_table(calendar, start, term.count, term.mode == AS_DAY_END, due, date)))
		return true;
	if (!count_business_days(calendar, start, term, &anchor, date, error))
		return false;
	if (term.count == 0 && term.mode != AS_DAY_END)
		*due = anchor.at;
	else
		*due = land(calendar, *date, anchor.wall, term.mode, back);
	return true;
}

static bool
business_hours(const AsCalendar *calendar, int64_t start, AsTerm term, int64_t *due, int32_t *date, AsError *error)
{
	Anchor		anchor;

	if (likely(term.count != 0))
	{
		int64_t		work = as_work_until(calendar, start) + term.count * INT64_C(60000000);

		if (as_instant_of_work(calendar, work, term.count < 0, due, date))
			return true;
		return as_refuse_no_working_time(calendar, error);
	}
	if (!roll(calendar, start, false, &anchor))
		return as_refuse_no_working_time(calendar, error);
	*due = anchor.at;
	*date = anchor.date;
	return true;
}

static int64_t
natural_days(const AsCalendar *calendar, int64_t start, int32_t count)
{
	int64_t		seconds = as_seconds_of(start);
	int64_t		wall = seconds + as_zone_offset(&calendar->zone, seconds) + (int64_t) count * AS_DAY_SECONDS;

	return as_zone_instant(&calendar->zone, wall) * AS_MICROSECONDS + (start - seconds * AS_MICROSECONDS);
}

bool
as_deadline(int64_t start, AsTerm term, const AsCalendar *calendar,
			int64_t *due, bool *provisional, AsError *error)
{
	int32_t		date = INT32_MIN;	/* the last date on which the answer rests */

	if (provisional == NULL)
	{
		*due = as_quick_deadline(calendar, start, term);
		if (*due != AS_NOT_QUICK)
			return true;
	}
	if (!check_instant(start, "start", error))
		return false;
	switch (term.clock)
	{
		case AS_CLOCK_BUSINESS_DAYS:
			if (!business_days(calendar, start, term, due, &date, error))
				return false;
			break;
		case AS_CLOCK_BUSINESS_HOURS:
			if (!business_hours(calendar, start, term, due, &date, error))
				return false;
			break;
		case AS_CLOCK_DAYS:
			*due = natural_days(calendar, start, term.count);
			break;
		default:
			*due = start + term.count * INT64_C(60000000);
			break;
	}
	if (!check_instant(*due, "deadline", error))
		return false;
	if (provisional != NULL)
	{
		if (term.count < 0 && date != INT32_MIN)
			date = as_date_of(calendar, as_seconds_of(start));
		*provisional = date != INT32_MIN && calendar->rules.has_known && date > calendar->rules.known_until;
	}
	return true;
}

/* Warnings */

bool
as_deadline_before(int64_t due, AsTerm term, const AsCalendar *calendar, int64_t *at, AsError *error)
{
	bool		rolls = term.clock >= AS_CLOCK_BUSINESS_HOURS && term.mode != AS_DAY_SAME_TIME;
	Anchor		anchor;

	if (term.count < 0)
	{
		as_fail(error, AS_INVALID_PARAMETER, NULL, "a warning's term cannot be negative");
		return as_detail(error, "The term says how long before the deadline the warning comes.");
	}
	if (!check_instant(due, "deadline", error))
		return false;
	if (term.count == 0)
	{
		*at = due;
		if (!rolls)
			return true;
		if (!roll(calendar, due, true, &anchor))
			return as_refuse_no_working_time(calendar, error);
		*at = anchor.at;
		return check_instant(*at, "warning", error);
	}
	term.count = -term.count;
	if (!as_deadline(due, term, calendar, at, NULL, error))
		return false;

	/*
	 * Hours end at the last working instant that has them.  A closing and the
	 * opening after it are the same working time; only at the latter there is
	 * somebody.  It is not after due, since a whole day's work follows it.
	 */
	if (term.clock == AS_CLOCK_BUSINESS_DAYS && rolls)
		return as_next_business_time(*at, calendar, at, error);
	return true;
}

/* Measures */

bool
as_business_elapsed(int64_t from, int64_t to, const AsCalendar *calendar, int64_t *elapsed, AsError *error)
{
	if (!check_instant(from, "instant", error) || !check_instant(to, "instant", error))
		return false;
	*elapsed = as_work_until(calendar, to) - as_work_until(calendar, from);
	return true;
}

bool
as_business_days_between(int64_t from, int64_t to, const AsCalendar *calendar, int64_t *days, AsError *error)
{
	if (!check_instant(from, "instant", error) || !check_instant(to, "instant", error))
		return false;
	*days = rank_of_date(calendar, as_date_of(calendar, as_seconds_of(to))) -
		rank_of_date(calendar, as_date_of(calendar, as_seconds_of(from)));
	return true;
}

bool
as_is_business_time(int64_t at, const AsCalendar *calendar, bool *working, AsError *error)
{
	AsComputedDay day;
	int64_t		within;

	if (!check_instant(at, "instant", error))
		return false;
	as_load_day(calendar, as_date_of(calendar, as_seconds_of(at)), &day);
	within = at - day.first * AS_MICROSECONDS;
	*working = false;
	for (int i = 0; i < day.count && !*working; i++)
		*working = within >= day.segment[i].from * AS_MICROSECONDS && within < day.segment[i].to * AS_MICROSECONDS;
	return true;
}

bool
as_next_business_time(int64_t at, const AsCalendar *calendar, int64_t *next, AsError *error)
{
	Anchor		anchor;

	if (!check_instant(at, "instant", error))
		return false;
	if (!roll(calendar, at, false, &anchor))
		return as_refuse_no_working_time(calendar, error);
	*next = anchor.at;
	return check_instant(*next, "result", error);
}
