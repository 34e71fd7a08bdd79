/*
 * fuzz_deadline.c
 *		Deadlines by any calendar that can be written: the same with a table of
 *		days and without, and exact.  The input is a calendar's text; its last
 *		bytes choose terms and starts.
 */
#include "calendar.h"

#include "kernel/quick.h"

#define TABLE_DAYS	200

/* A zone with a gap, an overlap at midnight, a skipped date and a repeated one. */
static int64_t at[] = {800000000, 815000000, 820000000, 840000000};
static int32_t offset[] = {3600, 7200, 3600, 90000, 3600};
static const AsZone zone = {4, at, offset};

static void
check_hours(int64_t from, int64_t to, AsTerm term, const AsCalendar *calendar)
{
	int64_t		elapsed;
	AsError		error;

	require(as_business_elapsed(from, to, calendar, &elapsed, &error) && elapsed == term.count * INT64_C(60000000));
}

static void
check_term(const AsCalendar *calendar, const AsCalendar *bare, int64_t start, AsTerm term)
{
	int64_t		due = 0;
	int64_t		bare_due = 0;
	int64_t		quick;
	bool		provisional;
	AsError		error;
	bool		done = as_deadline(start, term, calendar, &due, NULL, &error);

	require(done == as_deadline(start, term, bare, &bare_due, &provisional, &error));
	quick = as_quick_deadline(calendar, start, term);
	require(quick == AS_NOT_QUICK || (done && quick == due));
	if (done)
	{
		require(due == bare_due);
		if (term.clock == AS_CLOCK_BUSINESS_HOURS && term.count != 0)
			check_hours(start, due, term, calendar);
	}
	else
		require_error(&error, RA_NO_WORKING_TIME " " AS_DATETIME_OVERFLOW, "", 0);
	done = as_deadline_before(start, term, calendar, &due, &error);
	require(done == as_deadline_before(start, term, bare, &bare_due, &error));
	if (done)
	{
		require(due == bare_due && due <= start);
		if (term.clock == AS_CLOCK_BUSINESS_HOURS)
			check_hours(due, start, term, calendar);
	}
	else
		require_error(&error, RA_NO_WORKING_TIME " " AS_DATETIME_OVERFLOW " " AS_INVALID_PARAMETER, "", 0);
}

static AsCalendar *
compile(const AsRules *rules, int32_t first_day, int days)
{
	void	   *memory = malloc(as_calendar_room(rules, &zone, days));
	AsCalendar *calendar = as_calendar_compile(rules, &zone, first_day, days, memory);

	require(as_calendar_size(calendar) <= as_calendar_room(rules, &zone, days));
	return calendar;
}

/* The last bytes choose starts around the zone's transitions, and terms. */
static void
check_deadlines(const AsRules *rules, const uint8_t *data, size_t size)
{
	AsTerm		term = {0, AS_CLOCK_BUSINESS_DAYS, 0};
	int64_t		start = INT64_C(815000000000000);
	int32_t		first_day = (int32_t) (start / 1000000 / 86400) - 50;
	AsCalendar *calendar = compile(rules, first_day, TABLE_DAYS);
	AsCalendar *bare = compile(rules, first_day, 0);

	for (size_t i = 0; i < size && i < 8; i++)
	{
		uint8_t		byte = data[size - 1 - i];

		start += (int64_t) byte * INT64_C(86400000000) * (i % 3) / 7;
		term.count = (int8_t) byte;
		term.clock = (uint8_t) (AS_CLOCK_BUSINESS_HOURS + byte % 2);
		term.mode = term.clock == AS_CLOCK_BUSINESS_DAYS ? byte / 2 % 3 : 0;
		check_term(calendar, bare, start, term);
	}
	free(calendar);
	free(bare);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = fuzz_string(data, size);
	AsRules		rules;
	AsError		error;

	calendar_room(&rules, strlen(text));
	if (as_rules_parse(text, &rules, &error))
		check_deadlines(&rules, data, size);
	free(rules.dates);
	free(text);
	return 0;
}
