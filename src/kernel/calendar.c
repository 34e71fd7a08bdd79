/*
 * calendar.c
 *		Compiling a calendar: its days, and the table of them.
 */
#include "kernel/compiled.h"

#include <string.h>

int64_t
as_wall_instant(const AsZone *zone, int32_t date, int64_t wall)
{
	if (wall >= AS_DAY_SECONDS)
	{
		date++;
		wall -= AS_DAY_SECONDS;
	}
	if (wall == 0)
		return as_zone_first_instant(zone, date);
	return as_zone_instant(zone, (int64_t) date * AS_DAY_SECONDS + wall);
}

/* The latest instant at which a span of the dates before this one may end. */
static int64_t
end_of_earlier_spans(const AsRules *rules, const AsZone *zone, int32_t date)
{
	int64_t		end = INT64_MIN;

	for (int32_t earlier = date - 2; earlier < date; earlier++)
	{
		const AsPattern *pattern = &rules->pattern[as_rules_pattern(rules, earlier)];

		if (pattern->count == 0 ||
			as_zone_first_instant(zone, earlier) == as_zone_first_instant(zone, earlier + 1))
			continue;
		for (int i = 0; i < pattern->count; i++)
		{
			int64_t		to = as_wall_instant(zone, earlier, pattern->span[i].to * 60);

			if (to > end)
				end = to;
		}
	}
	return end;
}

int
as_own_spans(const AsRules *rules, const AsZone *zone, int32_t date, AsInterval span[AS_MAX_SPANS])
{
	const AsPattern *pattern = &rules->pattern[as_rules_pattern(rules, date)];
	int64_t		floor;
	int			count = 0;

	if (pattern->count == 0 ||
		as_zone_first_instant(zone, date) == as_zone_first_instant(zone, date + 1))
		return 0;
	floor = end_of_earlier_spans(rules, zone, date);
	for (int i = 0; i < pattern->count; i++)
	{
		AsInterval *next = &span[count];

		next->wall_from = pattern->span[i].from * 60;
		next->wall_to = pattern->span[i].to * 60;
		next->from = as_wall_instant(zone, date, next->wall_from);
		next->to = as_wall_instant(zone, date, next->wall_to);
		if (next->from < floor)
			next->from = floor;
		if (next->from >= next->to)
			continue;
		floor = next->to;
		count++;
	}
	return count;
}

void
as_compute_day(const AsRules *rules, const AsZone *zone, int32_t date, AsComputedDay *day)
{
	day->first = as_zone_first_instant(zone, date);
	day->next = as_zone_first_instant(zone, date + 1);
	day->count = 0;
	day->worked = 0;
	if (day->first == day->next)
		return;
	for (int owner = 2; owner >= 0; owner--)
	{
		AsInterval	span[AS_MAX_SPANS];
		int			spans = as_own_spans(rules, zone, date - owner, span);

		for (int i = 0; i < spans; i++)
		{
			AsSegment  *segment = &day->segment[day->count];
			int64_t		from = span[i].from > day->first ? span[i].from : day->first;
			int64_t		to = span[i].to < day->next ? span[i].to : day->next;

			if (from >= to)
				continue;
			segment->from = (int32_t) (from - day->first);
			segment->to = (int32_t) (to - day->first);
			segment->before = day->worked;
			segment->wall_from = span[i].wall_from;
			segment->wall_to = span[i].wall_to;
			segment->owner = owner;
			day->worked += (uint32_t) (to - from);
			day->count++;
		}
	}
}

void
as_load_day(const AsCalendar *calendar, int32_t date, AsComputedDay *day)
{
	const AsDay *entry;
	const AsShape *shape;

	if (date < calendar->first_day || date - calendar->first_day >= calendar->days)
	{
		as_compute_day(&calendar->rules, &calendar->zone, date, day);
		return;
	}
	entry = &calendar->day[date - calendar->first_day];
	shape = as_day_shape(calendar, entry);
	day->first = calendar->origin + entry[0].first;
	day->next = calendar->origin + entry[1].first;
	day->count = shape->count;
	day->worked = entry[1].before - entry[0].before;
	memcpy(day->segment, &calendar->segment[shape->segment], sizeof(AsSegment) * shape->count);
}

/* Compiling */

/* What is needed while a table is built. */
typedef struct Builder
{
	AsCalendar *calendar;
	int			shapes;
	int			segments;
	uint16_t	shared[AS_MAX_PATTERNS][AS_MAX_PATTERNS];	/* by own pattern and
															 * night before; 0: none
															 * yet */
	int			empty;			/* shape of an irregular day without work, or
								 * -1 */
} Builder;

static size_t
aligned(size_t size)
{
	return (size + 7) & ~(size_t) 7;
}

static int
transitions_between(const AsZone *zone, int64_t from, int64_t to)
{
	return as_zone_find(zone, to) - as_zone_find(zone, from);
}

static int
longest_pattern(const AsRules *rules)
{
	int			longest = 0;

	for (int i = 0; i < rules->patterns; i++)
		if (rules->pattern[i].count > longest)
			longest = rules->pattern[i].count;
	return longest;
}

/* Shapes: one for each pair of patterns that meet, and some around each transition. */
static size_t
max_shapes(const AsRules *rules, const AsZone *zone, int32_t first_day, int days)
{
	int64_t		from = (int64_t) (first_day - 4) * AS_DAY_SECONDS;
	size_t		pairs = 8 + 3 * (size_t) rules->date_count;
	size_t		most = (size_t) rules->patterns * (size_t) rules->patterns;

	if (days == 0)
		return 1;
	if (pairs > most)
		pairs = most;
	return 2 + pairs + 6 * (size_t) transitions_between(zone, from, from + (int64_t) (days + 8) * AS_DAY_SECONDS);
}

#define MAX_HINTS	8192

static size_t
fixed_room(const AsRules *rules, const AsZone *zone, int days)
{
	return aligned(sizeof(AsCalendar)) +
		aligned(sizeof(AsDates) * (size_t) rules->date_count) +
		aligned(sizeof(int64_t) * (size_t) zone->count) +
		aligned(sizeof(int32_t) * (size_t) (zone->count + 1)) +
		aligned(sizeof(AsDay) * (size_t) (days + 1)) +
		aligned(sizeof(AsQuickDay) * (size_t) (days + 1)) +
		2 * aligned(sizeof(uint16_t) * (size_t) (days + 1)) +
		aligned(sizeof(uint16_t) * (MAX_HINTS + 1));
}

size_t
as_calendar_room(const AsRules *rules, const AsZone *zone, int days)
{
	/* whatever the first day: all transitions count */
	size_t		shapes = days == 0 ? 1 : 10 + 3 * (size_t) rules->date_count + 6 * (size_t) zone->count;

	return fixed_room(rules, zone, days) + aligned(sizeof(AsShape) * shapes) +
		sizeof(AsSegment) * shapes * (size_t) (2 * longest_pattern(rules) + 2);
}

/* Takes the next piece of the block. */
static void *
take(AsCalendar *calendar, size_t size)
{
	void	   *piece = (char *) calendar + calendar->size;

	calendar->size += aligned(size);
	return piece;
}

static bool
has_night(const AsPattern *pattern)
{
	return pattern->count > 0 && pattern->span[pattern->count - 1].to > AS_DAY_MINUTES;
}

/*
 * Whether wall times of a date are seconds since its first instant, for every
 * wall time of it: 86,400 seconds, no transition inside, and none just after
 * that turns the clock back into it.  before, first and next are the first
 * instants of the date before, of this one and of the next.
 */
static bool
is_plain(const AsZone *zone, int32_t date, int64_t before, int64_t first, int64_t next)
{
	int			i = as_zone_find(zone, first);

	if (next - first != AS_DAY_SECONDS || first + zone->offset[i] != (int64_t) date * AS_DAY_SECONDS)
		return false;
	if (before == first)
		return false;			/* after a skipped date: nights reach over it */
	if (i > 0 && zone->at[i - 1] + (zone->offset[i] - zone->offset[i - 1]) > first)
		return false;			/* wall times of a gap before it fall into it */
	for (; i < zone->count && zone->at[i] <= next + AS_DAY_SECONDS; i++)
	{
		int32_t		back = zone->offset[i] - zone->offset[i + 1];

		if (zone->at[i] < next || zone->at[i] - back < next)
			return false;
	}
	return true;
}

static int
add_shape(Builder *builder, const AsComputedDay *day, int pattern, bool regular)
{
	AsShape    *shape = &builder->calendar->shape[builder->shapes];

	shape->segment = (uint16_t) builder->segments;
	shape->count = (uint8_t) day->count;
	shape->pattern = (uint8_t) pattern;
	shape->regular = regular;
	shape->whole = regular && day->count == 1 && day->segment[0].owner == 0 &&
		day->segment[0].from == 0 && day->segment[0].to == AS_DAY_SECONDS &&
		day->segment[0].wall_to == AS_DAY_SECONDS;
	memcpy(&builder->calendar->segment[builder->segments], day->segment, sizeof(AsSegment) * (size_t) day->count);
	builder->segments += day->count;
	return builder->shapes++;
}

/* The shape of a date, shared where wall time is plain all around it. */
static int
shape_of(Builder *builder, int32_t date, bool plain_before, bool plain, bool plain_after)
{
	AsCalendar *calendar = builder->calendar;
	const AsRules *rules = &calendar->rules;
	int			pattern = as_rules_pattern(rules, date);
	int			before = as_rules_pattern(rules, date - 1);
	bool		regular;
	AsComputedDay day;

	if (!has_night(&rules->pattern[before]))
		before = 0;
	regular = plain && (before == 0 || plain_before) &&
		(!has_night(&rules->pattern[pattern]) || plain_after);
	if (regular && builder->shared[pattern][before] != 0)
		return builder->shared[pattern][before] - 1;
	as_compute_day(rules, &calendar->zone, date, &day);
	if (regular)
	{
		builder->shared[pattern][before] = (uint16_t) (add_shape(builder, &day, pattern, true) + 1);
		return builder->shared[pattern][before] - 1;
	}
	if (day.count == 0 && rules->pattern[pattern].count == 0)
	{
		if (builder->empty < 0)
			builder->empty = add_shape(builder, &day, 0, false);
		return builder->empty;
	}
	return add_shape(builder, &day, pattern, false);
}

/* Whether a date has spans of its own: the ones in its day, or, around a
 * change of the clock, in the next. */
static bool
works(const Builder *builder, int32_t date, int shape)
{
	const AsCalendar *calendar = builder->calendar;
	AsInterval	span[AS_MAX_SPANS];

	if (calendar->shape[shape].regular)
		return calendar->rules.pattern[calendar->shape[shape].pattern].count > 0;
	return as_own_spans(&calendar->rules, &calendar->zone, date, span) > 0;
}

static void
fill_days(Builder *builder)
{
	AsCalendar *calendar = builder->calendar;
	const AsZone *zone = &calendar->zone;
	int32_t		date = calendar->first_day;
	int64_t		before = as_zone_first_instant(zone, date - 1);
	int64_t		first = as_zone_first_instant(zone, date);
	int64_t		next = as_zone_first_instant(zone, date + 1);
	bool		plain_before = is_plain(zone, date - 1, as_zone_first_instant(zone, date - 2), before, first);
	bool		plain = is_plain(zone, date, before, first, next);
	uint32_t	worked = 0;

	for (int i = 0; i <= calendar->days; i++, date++)
	{
		AsDay	   *day = &calendar->day[i];
		int64_t		after = as_zone_first_instant(zone, date + 2);
		bool		plain_after = is_plain(zone, date + 1, first, next, after);
		const AsShape *shape;

		day->first = (int32_t) (first - calendar->origin);
		day->before = worked;
		day->rank = (uint16_t) calendar->working_count;
		day->shape = 0;
		if (i == calendar->days)
			break;
		day->shape = (uint16_t) shape_of(builder, date, plain_before, plain, plain_after);
		shape = &calendar->shape[day->shape];
		if (works(builder, date, day->shape))
			calendar->working[calendar->working_count++] = (uint16_t) i;
		if (shape->count > 0)
		{
			const AsSegment *last = &calendar->segment[shape->segment + shape->count - 1];

			calendar->loaded[calendar->loaded_count++] = (uint16_t) i;
			worked += last->before + (uint32_t) (last->to - last->from);
		}
		first = next;
		next = after;
		plain_before = plain;
		plain = plain_after;
	}
}

/* The pattern of most working days of the week; 0 where it has more than two spans or a night. */
static int
usual_pattern(const AsRules *rules)
{
	int			uses[AS_MAX_PATTERNS] = {0};
	int			usual = 0;

	for (int i = 0; i < 7; i++)
		uses[rules->week[i]]++;
	for (int i = 1; i < rules->patterns; i++)
		if (uses[i] > uses[usual] || usual == 0)
			usual = i;
	if (rules->pattern[usual].count > 2 || has_night(&rules->pattern[usual]))
		return 0;
	return usual;
}

/*
 * The table of quick.h.  Where a day's first instant or rank does not fit, or
 * one is shifted by more than a day (a date skipped or repeated), the table
 * ends before it.
 */
static void
fill_quick(AsCalendar *calendar)
{
	int			usual = usual_pattern(&calendar->rules);
	const AsPattern *pattern = &calendar->rules.pattern[usual];
	int			minutes = 0;
	bool		odd = usual == 0;
	int			i;

	if (usual != 0)
	{
		const AsSpan *last = &pattern->span[pattern->count - 1];

		calendar->usual_from = pattern->span[0].from * 60 * AS_MICROSECONDS;
		calendar->usual_to = last->to * 60 * AS_MICROSECONDS;
		/* without a break it lies at the opening, and is empty */
		calendar->break_from = (pattern->count > 1 ? pattern->span[0].to : last->from) * 60 * AS_MICROSECONDS;
		calendar->break_to = last->from * 60 * AS_MICROSECONDS;
		for (i = 0; i < pattern->count; i++)
			minutes += pattern->span[i].to - pattern->span[i].from;
	}
	for (i = 0; i <= calendar->days; i++)
	{
		const AsDay *day = &calendar->day[i];
		int32_t		shift = day->first - i * AS_DAY_SECONDS;
		AsDayKind	kind = AS_DAY_ODD;

		if (shift % 60 != 0 || shift < -AS_DAY_SECONDS / 2 || shift > AS_DAY_SECONDS / 2 || day->rank > AS_MAX_RANK)
			break;
		if (i < calendar->days)
		{
			const AsShape *shape = as_day_shape(calendar, day);

			if (shape->pattern == 0 && shape->count == 0)
				kind = AS_DAY_REST;
			else if (usual != 0 && shape->regular && shape->pattern == usual && shape->count == pattern->count)
				kind = AS_DAY_USUAL;
			odd = odd || kind == AS_DAY_ODD;
		}
		calendar->quick[i].shift = (int16_t) (shift / 60);
		calendar->quick[i].rank_and_kind = (uint16_t) (day->rank | kind << AS_KIND_SHIFT);
	}
	if (i <= calendar->days)
		odd = true;
	for (int rest = i; rest <= calendar->days; rest++)
		calendar->quick[rest].rank_and_kind = AS_DAY_ODD << AS_KIND_SHIFT;
	/* both neighbours of a guessed day are looked at */
	if (usual != 0 && i > 2)
		calendar->quick_length = (uint64_t) (i - 2) * (uint64_t) (AS_DAY_SECONDS * AS_MICROSECONDS);
	calendar->usual_minutes = odd ? 0 : (uint32_t) minutes;
}

/* hint[b]: the last loaded day before which at most b << shift seconds are worked */
static void
fill_hints(AsCalendar *calendar)
{
	uint32_t	total = calendar->day[calendar->days].before;
	int			k = 0;

	while ((total >> calendar->hint_shift) >= MAX_HINTS)
		calendar->hint_shift++;
	calendar->hint_count = (int32_t) (total >> calendar->hint_shift) + 1;
	for (int b = 0; b < calendar->hint_count; b++)
	{
		while (k + 1 < calendar->loaded_count &&
			   calendar->day[calendar->loaded[k + 1]].before <= (uint32_t) b << calendar->hint_shift)
			k++;
		calendar->hint[b] = (uint16_t) k;
	}
}

static void
copy_rules_and_zone(AsCalendar *calendar, const AsRules *rules, const AsZone *zone)
{
	calendar->rules = *rules;
	calendar->rules.dates = take(calendar, sizeof(AsDates) * (size_t) rules->date_count);
	calendar->rules.date_room = rules->date_count;
	if (rules->date_count > 0)
		memcpy(calendar->rules.dates, rules->dates, sizeof(AsDates) * (size_t) rules->date_count);
	calendar->zone.count = zone->count;
	calendar->zone.at = take(calendar, sizeof(int64_t) * (size_t) zone->count);
	calendar->zone.offset = take(calendar, sizeof(int32_t) * (size_t) (zone->count + 1));
	if (zone->count > 0)
		memcpy(calendar->zone.at, zone->at, sizeof(int64_t) * (size_t) zone->count);
	memcpy(calendar->zone.offset, zone->offset, sizeof(int32_t) * (size_t) (zone->count + 1));
}

AsCalendar *
as_calendar_compile(const AsRules *rules, const AsZone *zone, int32_t first_day, int days, void *memory)
{
	AsCalendar *calendar = memory;
	Builder		builder = {.calendar = calendar,.empty = -1};
	size_t		shapes = max_shapes(rules, zone, first_day, days);

	memset(calendar, 0, sizeof *calendar);
	calendar->size = aligned(sizeof *calendar);
	copy_rules_and_zone(calendar, rules, zone);
	calendar->first_day = first_day;
	calendar->days = days;
	calendar->origin = as_zone_first_instant(zone, first_day);
	calendar->start = calendar->origin * AS_MICROSECONDS;
	calendar->length = (uint64_t) (as_zone_first_instant(zone, first_day + days) - calendar->origin) *
		(uint64_t) AS_MICROSECONDS;
	calendar->day = take(calendar, sizeof(AsDay) * (size_t) (days + 1));
	calendar->quick = take(calendar, sizeof(AsQuickDay) * (size_t) (days + 1));
	calendar->working = take(calendar, sizeof(uint16_t) * (size_t) (days + 1));
	calendar->loaded = take(calendar, sizeof(uint16_t) * (size_t) (days + 1));
	calendar->hint = take(calendar, 0);

	/*
	 * shapes and segments are built where hints and they themselves cannot
	 * meet
	 */
	calendar->shape = (AsShape *) ((char *) calendar->hint + aligned(sizeof(uint16_t) * (MAX_HINTS + 1)));
	calendar->segment = (AsSegment *) ((char *) calendar->shape + aligned(sizeof(AsShape) * shapes));
	fill_days(&builder);
	if (calendar->loaded_count == calendar->working_count &&
		memcmp(calendar->loaded, calendar->working, sizeof(uint16_t) * (size_t) calendar->loaded_count) == 0)
	{
		/* one array serves both; the hints move down onto the other */
		calendar->hint = calendar->loaded;
		calendar->size = (size_t) ((char *) calendar->loaded - (char *) calendar);
		calendar->loaded = calendar->working;
	}
	fill_quick(calendar);
	fill_hints(calendar);
	take(calendar, sizeof(uint16_t) * (size_t) calendar->hint_count);
	{
		AsShape    *shape = take(calendar, sizeof(AsShape) * (size_t) builder.shapes);
		AsSegment  *segment = take(calendar, sizeof(AsSegment) * (size_t) builder.segments);

		memmove(shape, calendar->shape, sizeof(AsShape) * (size_t) builder.shapes);
		memmove(segment, calendar->segment, sizeof(AsSegment) * (size_t) builder.segments);
		calendar->shape = shape;
		calendar->segment = segment;
	}
	return calendar;
}

size_t
as_calendar_size(const AsCalendar *calendar)
{
	return calendar->size;
}

AsCalendar *
as_calendar_move(const AsCalendar *calendar, void *memory)
{
	AsCalendar *moved = memory;

	memcpy(moved, calendar, calendar->size);
#define MOVE(field) moved->field = (void *) ((char *) moved + ((char *) calendar->field - (char *) calendar))
	MOVE(day);
	MOVE(quick);
	MOVE(shape);
	MOVE(segment);
	MOVE(working);
	MOVE(loaded);
	MOVE(hint);
	MOVE(zone.at);
	MOVE(zone.offset);
	MOVE(rules.dates);
#undef MOVE
	return moved;
}
