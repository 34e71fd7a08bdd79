/*
 * test_calendar.c
 *		Business time against a naive model that walks minute by minute, for
 *		random calendars and starts around changes of the clock in real zones,
 *		each with a full table, a table too short, and none.
 *
 * usage: test_calendar [rounds [seed]]; a round is one calendar in one zone.
 */
#include "zonefile.h"

#include "kernel/calendar.h"
#include "kernel/codes.h"

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *name)
{
	tests++;
	if (!passed)
		failures++;
	printf("%s %d - %s\n", passed ? "ok" : "not ok", tests, name);
}

/* A generator of its own, so that a seed means the same everywhere. */
static uint64_t state;

static uint32_t
below(uint32_t bound)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) ((state >> 33) % bound);
}

/* The model: a stretch of minutes, each with what the wall shows and whose span it is in. */

#define DAYS	96
#define MINUTES	(DAYS * 1440)
#define MARGIN	44				/* days at both ends where nothing starts */
#define NOBODY	INT32_MIN

typedef struct Model
{
	int64_t		start;			/* seconds; a whole minute */
	int32_t		first_date;
	const AsZone *zone;
	const AsRules *rules;
	int64_t		wall[MINUTES];	/* seconds */
	int32_t		day[MINUTES];	/* date by first instants */
	int32_t		owner[MINUTES]; /* date whose span the minute is in, or NOBODY */
	int32_t		opens[MINUTES]; /* wall minutes of the opening, where a span
								 * begins */
	int32_t		closes[MINUTES];	/* those of the closing, in its last
									 * minute */
	int			first_minute[DAYS + 4]; /* by date - first_date: first minute
										 * of the date or later */
	int			owned_from[DAYS + 4];	/* first minute of its spans, -1: none */
	int			owned_to[DAYS + 4];
} Model;

static Model model;

static int64_t
seconds_of_minute(int minute)
{
	return model.start + (int64_t) minute * 60;
}

/* The first minute at which the wall shows the date or a later one. */
static int
first_minute(int32_t date)
{
	int			place = date - model.first_date;

	return place < 0 ? 0 : place >= DAYS + 4 ? MINUTES : model.first_minute[place];
}

/*
 * PostgreSQL's rule, naively: the last instant that shows the wall time; where
 * none does, as if the clock had not yet been set forward.
 */
static int
minute_of_wall(int32_t date, int minutes)
{
	int64_t		wall;
	int			found = -1;
	int			low,
				high;

	if (minutes >= 1440)
	{
		date++;
		minutes -= 1440;
	}
	if (minutes == 0)
		return first_minute(date);
	wall = (int64_t) date * 86400 + minutes * 60;
	low = first_minute(date - 2);
	high = first_minute(date + 3);
	for (int i = low; i < high; i++)
		if (model.wall[i] == wall)
			found = i;
	if (found >= 0)
		return found;
	for (int i = low + 1; i < high; i++)
		if (model.wall[i - 1] < wall && model.wall[i] > wall)
			return i + (int) ((wall - model.wall[i - 1]) / 60) - 1;
	return wall < model.wall[0] ? 0 : MINUTES;
}

static const AsPattern *
pattern_on(int32_t date)
{
	return &model.rules->pattern[as_rules_pattern(model.rules, date)];
}

static bool
date_exists(int32_t date)
{
	return first_minute(date) < first_minute(date + 1);
}

static void
make_model(const AsZone *zone, const AsRules *rules, int64_t start)
{
	model.start = start;
	model.zone = zone;
	model.rules = rules;
	for (int i = 0; i < MINUTES; i++)
	{
		int64_t		seconds = seconds_of_minute(i);
		int			j = 0;

		while (j < zone->count && zone->at[j] <= seconds)
			j++;
		model.wall[i] = seconds + zone->offset[j];
		model.owner[i] = NOBODY;
		model.opens[i] = -1;
		model.closes[i] = -1;
	}
	model.first_date = (int32_t) (model.wall[0] / 86400) + (model.wall[0] >= 0);
	for (int i = 0, date = model.first_date - 1; i < MINUTES; i++)
	{
		while (model.wall[i] >= (int64_t) (date + 1) * 86400)
			date++;
		model.day[i] = date;
	}
	for (int place = 0, i = 0; place < DAYS + 4; place++)
	{
		while (i < MINUTES && model.wall[i] < (int64_t) (model.first_date + place) * 86400)
			i++;
		model.first_minute[place] = i;
		model.owned_from[place] = -1;
	}
	for (int32_t date = model.first_date + 1; date < model.first_date + DAYS - 3; date++)
	{
		const AsPattern *pattern = pattern_on(date);

		if (!date_exists(date))
			continue;
		for (int k = 0; k < pattern->count; k++)
		{
			int			from = minute_of_wall(date, pattern->span[k].from);
			int			to = minute_of_wall(date, pattern->span[k].to);
			int			last = -1;

			for (int i = from; i < to && i < MINUTES; i++)
			{
				if (model.owner[i] != NOBODY)
					continue;
				model.owner[i] = date;
				if (model.owned_from[date - model.first_date] < 0)
					model.owned_from[date - model.first_date] = i;
				model.owned_to[date - model.first_date] = i + 1;
				if (last < 0)
					model.opens[i] = pattern->span[k].from;
				last = i;
			}
			if (last >= 0)
				model.closes[last] = pattern->span[k].to;
		}
	}
}

static bool
owns_minutes(int32_t date, int *first, int *end)
{
	int			place = date - model.first_date;

	if (place < 0 || place >= DAYS + 4)
		abort();
	*first = model.owned_from[place];
	*end = model.owned_to[place];
	return *first >= 0;
}

static bool
is_business_day(int32_t date)
{
	int			first,
				end;

	return owns_minutes(date, &first, &end);
}

static int
model_hours(int minute, int count)
{
	if (count == 0)
		while (minute < MINUTES && model.owner[minute] == NOBODY)
			minute++;
	for (; count > 0 && minute < MINUTES; minute++)
		if (model.owner[minute] != NOBODY)
			count--;
	for (; count < 0 && minute > 0; minute--)
		if (model.owner[minute - 1] != NOBODY)
			count++;
	return minute;
}

static int32_t
nth_business_day(int32_t date, int count)
{
	while (count > 0)
		if (is_business_day(++date))
			count--;
	while (count < 0)
		if (is_business_day(--date))
			count++;
	return date;
}

static int
wall_minutes(int minute, int32_t date)
{
	int64_t		wall = (model.wall[minute] - (int64_t) date * 86400) / 60;

	return wall < 0 ? 0 : (int) wall;
}

static int
model_same_time(int minute, int count)
{
	int32_t		date = model.day[minute];

	if (count == 0)
		return minute;
	return minute_of_wall(nth_business_day(date, count), wall_minutes(minute, date));
}

/* n >= 0 only */
static int
model_days(int minute, int count, bool end_of_day)
{
	int			wall;
	int			at,
				first = 0,
				end = 0;
	int32_t		date;

	if (model.owner[minute] == NOBODY)
	{
		while (model.owner[minute] == NOBODY)
			minute++;
		wall = model.opens[minute];
	}
	else
		wall = wall_minutes(minute, model.owner[minute]);
	if (count == 0 && !end_of_day)
		return minute;
	date = nth_business_day(model.owner[minute], count);
	owns_minutes(date, &first, &end);
	at = end_of_day ? end : minute_of_wall(date, wall);
	if (at >= end)
		return end;
	while (model.owner[at] != date)
		at++;
	return at < first ? first : at;
}

/* When to warn: minutes of work before, or business days (not "same time"). */
static int
model_warning_hours(int minute, int count)
{
	if (count == 0 && model.owner[minute] == NOBODY)
		while (minute > 0 && model.owner[minute - 1] == NOBODY)
			minute--;
	for (; count > 0 && minute > 0; minute--)
		if (model.owner[minute - 1] != NOBODY)
			count--;
	return minute;
}

static int
model_warning_days(int minute, int count, bool end_of_day)
{
	int32_t		owner = model.owner[minute];
	int			wall;
	int			at,
				first = 0,
				end = 0;
	int32_t		date;

	if (count == 0)
		return model_warning_hours(minute, 0);
	if (owner != NOBODY)
		wall = wall_minutes(minute, owner);
	else
	{
		minute = model_warning_hours(minute, 0);
		owner = model.owner[minute - 1];
		wall = model.closes[minute - 1];
	}
	date = nth_business_day(owner, -count);
	owns_minutes(date, &first, &end);
	at = end_of_day ? end : minute_of_wall(date, wall);
	if (at < end)
		while (model.owner[at] != date)
			at++;
	else
		for (at = end; model.owner[at] == NOBODY;)
			at++;
	return at;
}

/* Random calendars */

static void
add_span(AsPattern *pattern, uint32_t from, uint32_t to)
{
	pattern->span[pattern->count].from = (uint16_t) from;
	pattern->span[pattern->count++].to = (uint16_t) to;
}

static void
random_pattern(AsPattern *pattern)
{
	static const int starts[] = {0, 0, 30, 60, 120, 150, 180, 480, 540, 1320, 1380, 1410};
	uint32_t	kind = below(6);

	pattern->count = 0;
	if (kind == 0)
		add_span(pattern, 0, 1440);
	else if (kind == 1)			/* a night */
		add_span(pattern, 1200 + below(8) * 30, 1440 + 30 + below(8) * 30);
	else
	{
		int			at = starts[below(12)];

		while (at < 1440 && pattern->count < 3)
		{
			int			to = at + 30 + (int) below(12) * 45;

			if (to > 1440)
				to = 1440;
			if (to > at)
				add_span(pattern, (uint32_t) at, (uint32_t) to);
			at = to + 15 + (int) below(10) * 30;
		}
	}
}

static bool
random_rules(AsRules *rules, int32_t date, AsError *error)
{
	rules->patterns = 1 + 3;
	rules->pattern[0].count = 0;
	for (int i = 1; i < rules->patterns; i++)
		random_pattern(&rules->pattern[i]);
	for (int i = 0; i < 7; i++)
		rules->week[i] = (uint8_t) (below(4) == 0 ? 0 : below(5) == 0 ? 2 : 1);
	rules->date_count = 0;
	for (int i = below(8); i > 0; i--)
	{
		AsDates    *run = &rules->dates[rules->date_count++];

		run->first = date + (int32_t) below(DAYS);
		run->last = run->first + (below(4) == 0 ? (int32_t) below(4) : 0);
		run->pattern = (uint8_t) (below(2) * 3);
	}
	return as_rules_normalize(rules, error);
}

static const char *const zone_names[] = {
	"Europe/Berlin", "Asia/Shanghai", "America/Havana", "Africa/Cairo", "Asia/Tehran", "Pacific/Apia",
	"Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Kathmandu", "America/St_Johns",
	"America/New_York", "Asia/Gaza", "Pacific/Kwajalein", "America/Santiago", "UTC"
};

#define ZONES	((int) (sizeof zone_names / sizeof *zone_names))

static char complaint[512];

static bool
check(const AsCalendar *calendar, const char *what, int minute, AsTerm term, bool warning, int expected)
{
	int64_t		start = seconds_of_minute(minute) * 1000000;
	int64_t		due = 0;
	AsError		error = {0};
	char		text[AS_TERM_TEXT];
	char		rules[2048];
	bool		done = warning ? as_deadline_before(start, term, calendar, &due, &error) :
	as_deadline(start, term, calendar, &due, NULL, &error);

	if (done && due == seconds_of_minute(expected) * 1000000)
		return true;
	as_rules_format(model.rules, rules, sizeof rules);
	if (complaint[0] == '\0')
		fprintf(stderr, "# %s: %s\n# %s %lld (unix), term %s: %lld, expected %lld %s\n", what, rules,
				warning ? "warning before" : "start",
				(long long) (seconds_of_minute(minute) + UNIX_TO_2000), as_term_format(term, text),
				(long long) (due / 1000000 + UNIX_TO_2000),
				(long long) (seconds_of_minute(expected) + UNIX_TO_2000), error.message);
	snprintf(complaint, sizeof complaint, "%s", what);
	return false;
}

/* How many of each kind were compared. */
static long compared[9];
static bool good[9] = {true, true, true, true, true, true, true, true, true};

static bool
inside(int minute)
{
	return minute > 4 * 1440 && minute < MINUTES - 5 * 1440;
}

/* Laws that hold whatever the calendar, at any microsecond. */
static long laws;
static bool monotone_start = true;
static bool monotone_term = true;
static bool additive = true;

static bool
ends(const AsCalendar *calendar, int64_t start, AsTerm term, int64_t *due)
{
	AsError		error;

	return as_deadline(start, term, calendar, due, NULL, &error);
}

static void
check_laws(const AsCalendar *calendar, int minute)
{
	int64_t		early = seconds_of_minute(minute) * 1000000 + below(60000000);
	int64_t		late = early + (int64_t) below(4 * 1440) * 60000000 + below(60000000);
	AsTerm		terms[2] = {
		{(int32_t) below(2000), AS_CLOCK_BUSINESS_HOURS, 0},
		{(int32_t) below(8), AS_CLOCK_BUSINESS_DAYS, (uint8_t) below(3)}
	};

	for (int i = 0; i < 2; i++)
	{
		AsTerm		term = terms[i];
		AsTerm		longer = term;
		int64_t		first;
		int64_t		second;

		/*
		 * Wall times that a clock change skips are moved behind it, as
		 * PostgreSQL does, so days may trade places by as much as the clock
		 * changes; hours never do.
		 */
		int64_t		tolerance = i == 0 ? 0 : INT64_C(7200000000);

		longer.count += 1 + (int32_t) below(i == 0 ? 2000 : 8);

		/*
		 * "same time" is not: Friday 18:00 ends on Monday at 18:00, Saturday
		 * 10:00 on Monday at 10:00
		 */
		if ((i == 0 || term.mode != AS_DAY_SAME_TIME) &&
			ends(calendar, early, term, &first) && ends(calendar, late, term, &second))
		{
			monotone_start &= first <= second + tolerance;
			laws++;
		}
		if (ends(calendar, early, term, &first) && ends(calendar, early, longer, &second))
		{
			monotone_term &= first <= second + tolerance;
			laws++;
		}
		if (i == 0 && ends(calendar, early, term, &first))
		{
			AsTerm		rest = longer;
			int64_t		in_parts;

			rest.count = longer.count - term.count;
			if (ends(calendar, first, rest, &in_parts) && ends(calendar, early, longer, &second))
			{
				additive &= in_parts == second;
				laws++;
			}
		}
	}
}

static void
check_start(const AsCalendar *calendar, const char *what, int minute)
{
	for (int i = 0; i < 4; i++)
	{
		AsTerm		hours = {(int32_t) below(1500) - 500, AS_CLOCK_BUSINESS_HOURS, 0};
		AsTerm		days = {(int32_t) below(5), AS_CLOCK_BUSINESS_DAYS, (uint8_t) below(3)};
		AsError		error;
		int64_t		result;
		bool		working;
		int			expected;

		if (i == 0)
			hours.count = 0;
		expected = model_hours(minute, hours.count);
		if (inside(expected))
		{
			good[0] &= check(calendar, what, minute, hours, false, expected);
			compared[0]++;
			if (hours.count != 0)
			{
				good[1] &= as_business_elapsed(seconds_of_minute(minute) * 1000000,
											   seconds_of_minute(expected) * 1000000, calendar, &result, &error) &&
					result == hours.count * INT64_C(60000000);
				compared[1]++;
			}
		}
		if (days.mode == AS_DAY_SAME_TIME)
		{
			days.count -= 2;
			expected = model_same_time(minute, days.count);
			if (inside(expected))
			{
				good[2] &= check(calendar, what, minute, days, false, expected);
				compared[2]++;
			}
		}
		else
		{
			expected = model_days(minute, days.count, days.mode == AS_DAY_END);
			if (inside(expected))
			{
				good[3] &= check(calendar, what, minute, days, false, expected);
				compared[3]++;
			}
		}
		good[4] &= as_is_business_time(seconds_of_minute(minute) * 1000000, calendar, &working, &error) &&
			working == (model.owner[minute] != NOBODY);
		compared[4]++;
		if (i == 0)
		{
			int			other = minute + (int) below(8 * 1440);
			int			count = 0;

			for (int32_t date = model.day[minute]; date < model.day[other]; date++)
				count += is_business_day(date);
			good[5] &= as_business_days_between(seconds_of_minute(minute) * 1000000,
												seconds_of_minute(other) * 1000000, calendar, &result, &error) &&
				result == count;
			compared[5]++;
		}
	}
}

static void
check_warning(const AsCalendar *calendar, const char *what, int minute)
{
	AsTerm		hours = {(int32_t) below(1200), AS_CLOCK_BUSINESS_HOURS, 0};
	AsTerm		days = {(int32_t) below(5), AS_CLOCK_BUSINESS_DAYS, (uint8_t) below(2)};
	int64_t		due = seconds_of_minute(minute) * 1000000;
	int64_t		at;
	int64_t		elapsed;
	bool		working;
	AsError		error;
	int			expected;

	if (below(8) == 0)
		hours.count = 0;
	expected = model_warning_hours(minute, hours.count);
	if (inside(expected))
	{
		good[6] &= check(calendar, what, minute, hours, true, expected);
		compared[6]++;
	}
	expected = model_warning_days(minute, days.count, days.mode == AS_DAY_END);
	if (inside(expected))
	{
		good[7] &= check(calendar, what, minute, days, true, expected);
		compared[7]++;
	}
	due += below(60000000);
	for (int i = 0; i < 2; i++)
	{
		AsTerm		term = i == 0 ? hours : days;

		if (!as_deadline_before(due, term, calendar, &at, &error))
			continue;
		good[8] &= at <= due &&
			as_business_elapsed(at, due, calendar, &elapsed, &error) &&
			(i == 1 || elapsed == term.count * INT64_C(60000000)) &&
			as_is_business_time(at, calendar, &working, &error) && (working || term.count == 0);
		compared[8]++;
	}
}

static bool
can_be_modelled(void)
{
	int			idle = 0;

	/* enough work at both ends that no search runs off the model */
	for (int32_t date = model.first_date + 1; date < model.first_date + DAYS - 3; date++)
	{
		idle = is_business_day(date) ? 0 : idle + 1;
		if (idle > 6)
			return false;
	}
	return true;
}

static void
one_round(const AsZone *zone, const char *name)
{
	static AsDates dates[64];
	static AsRules rules;
	AsError		error;
	int64_t		middle = INT64_C(-630720000) + (int64_t) below(55 * 365) * 86400;
	AsCalendar *calendars[3];
	static const char *const kinds[] = {"table", "short table", "no table"};
	int32_t		date;

	/* most of the time around a transition after 1980 */
	if (zone->count > 0 && below(8) != 0)
	{
		int			i = (int) below((uint32_t) zone->count);

		if (zone->at[i] > INT64_C(-630720000))
			middle = zone->at[i];
	}
	middle -= middle % 60;
	date = (int32_t) (middle / 86400) - DAYS / 2;
	memset(&rules, 0, sizeof rules);
	snprintf(rules.zone, sizeof rules.zone, "%s", name);
	rules.dates = dates;
	rules.date_room = 64;
	if (!random_rules(&rules, date, &error))
		return;
	make_model(zone, &rules, middle - DAYS / 2 * INT64_C(86400));
	if (!can_be_modelled())
		return;
	for (int i = 0; i < 3; i++)
	{
		int32_t		first_day = i == 0 ? date - 40 : date + MARGIN - 2;
		int			days = i == 0 ? DAYS + 80 : i == 1 ? 7 : 0;
		void	   *memory = malloc(as_calendar_room(&rules, zone, days));
		AsCalendar *built = as_calendar_compile(&rules, zone, first_day, days, memory);

		if (as_calendar_size(built) > as_calendar_room(&rules, zone, days))
			ok(false, "room is enough");
		calendars[i] = as_calendar_move(built, malloc(as_calendar_size(built)));
		free(memory);
	}
	for (int i = 0; i < 24; i++)
	{
		int			minute = MARGIN * 1440 + (int) below((DAYS - 2 * MARGIN) * 1440);

		check_start(calendars[i % 3], kinds[i % 3], minute);
		check_warning(calendars[i % 3], kinds[i % 3], minute);
		for (int law = 0; law < 20; law++)
			check_laws(calendars[i % 3], minute);
	}
	for (int i = 0; i < 3; i++)
		free(calendars[i]);
}

/* Zone arithmetic against brute force, for every transition of a zone. */
static bool
first_instants_are_first(const AsZone *zone)
{
	for (int i = 0; i < zone->count; i++)
	{
		for (int32_t date = (int32_t) (zone->at[i] / 86400) - 2; date < (int32_t) (zone->at[i] / 86400) + 3; date++)
		{
			int64_t		first = as_zone_first_instant(zone, date);
			int64_t		midnight = (int64_t) date * 86400;

			if (first + as_zone_offset(zone, first) < midnight)
				return false;
			for (int64_t earlier = first - 2 * 86400; earlier < first; earlier += 60)
				if (earlier + as_zone_offset(zone, earlier) >= midnight)
					return false;
			if (first - 1 + as_zone_offset(zone, first - 1) >= midnight)
				return false;
		}
	}
	return true;
}

int
main(int argc, char **argv)
{
	long		rounds = argc > 1 ? atol(argv[1]) : 150;
	AsZone		zones[ZONES];
	bool		there[ZONES];
	int			found = 0;
	bool		first = true;

	state = argc > 2 ? (uint64_t) atoll(argv[2]) : 20261125;
	for (int i = 0; i < ZONES; i++)
	{
		there[i] = read_zone(zone_names[i], &zones[i]);
		found += there[i];
		if (there[i])
			first &= first_instants_are_first(&zones[i]);
	}
	ok(found >= 12, "at least 12 zones of the tz database are there");
	ok(first, "a day begins at the first instant of its date or a later one");
	for (long i = 0; i < rounds; i++)
		if (there[i % ZONES])
			one_round(&zones[i % ZONES], zone_names[i % ZONES]);
	ok(good[0] && compared[0] > rounds, "business hours, forwards, backwards and none, as minute by minute");
	ok(good[1] && compared[1] > rounds, "elapsed(start, deadline(start, term)) is the term");
	ok(good[2] && compared[2] > rounds, "business days same time, as minute by minute");
	ok(good[3] && compared[3] > rounds, "business days and end of day, as minute by minute");
	ok(good[4] && compared[4] > rounds, "working instants, as minute by minute");
	ok(good[5] && compared[5] > rounds / 2, "business days between, as day by day");
	ok(good[6] && compared[6] > rounds, "warnings business hours ahead, as minute by minute");
	ok(good[7] && compared[7] > rounds, "warnings business days ahead, as minute by minute");
	ok(good[8] && compared[8] > rounds, "a warning is working time, never after what is due, and elapsed(warning, due) is the term");
	ok(monotone_start && laws > rounds, "a later start never ends earlier (hours, days, end of day), but for what a clock change skips");
	ok(monotone_term && laws > rounds, "a longer term never ends earlier");
	ok(additive && laws > rounds, "hours in two parts end where they end at once");
	printf("# laws: %ld\n", laws);
	printf("# compared: hours %ld, elapsed %ld, same time %ld, days %ld, working %ld, between %ld, warnings %ld and %ld\n",
		   compared[0], compared[1], compared[2], compared[3], compared[4], compared[5], compared[6], compared[7]);
	for (int i = 0; i < ZONES; i++)
		if (there[i])
			free_zone(&zones[i]);
	printf("1..%d\n", tests);
	return failures > 0;
}
