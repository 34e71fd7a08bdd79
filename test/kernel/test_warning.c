/*
 * test_warning.c
 *		When to warn of a deadline: cases worked out by hand, each with a table,
 *		a table that ends between warning and deadline, and none.
 *		(test_calendar.c compares with a model.)
 */
#include "zonefile.h"

#include "kernel/calendar.h"
#include "kernel/codes.h"
#include "kernel/instant.h"

#include "tap.h"

#define OFFICE		"zone Asia/Shanghai; mon-fri 09:00-12:00,13:00-18:00"
#define NATIONAL	OFFICE "; off 2025-10-01..2025-10-08; on 2025-09-28,2025-10-11 09:00-12:00,13:00-18:00"
#define WHOLE_DAYS	"zone Asia/Shanghai; mon-fri 00:00-24:00; off 2025-10-01..2025-10-08"
#define NIGHTS		"zone UTC; mon-thu 22:00-06:00"
#define SHORT_FRIDAY "zone UTC; mon-thu 09:00-18:00; fri 10:00-11:00"
#define BERLIN		"zone Europe/Berlin; mon-sun 00:00-24:00"
#define ONE_DAY		"zone UTC; on 2025-01-01 00:00-24:00"

typedef struct Case
{
	const char *what;
	const char *calendar;
	const char *due;			/* UTC */
	const char *term;
	const char *warning;		/* UTC, or the SQLSTATE */
} Case;

/* 2025-09-26 is a Friday; 09:00 in Shanghai is 01:00 in UTC. */
static const Case cases[] = {
	{"elapsed hours", OFFICE, "2025-09-29 02:00:00+00", "24 hours", "2025-09-28 02:00:00+00"},
	{"business hours over a weekend", OFFICE, "2025-09-29 02:00:00+00", "2 business hours", "2025-09-26 09:00:00+00"},
	{"to the microsecond", OFFICE, "2025-09-29 02:00:00.000001+00", "1 business hour", "2025-09-29 01:00:00.000001+00"},
	{"all of the morning's work: its opening, not the evening before", OFFICE, "2025-09-29 02:00:00+00", "1 business hour", "2025-09-29 01:00:00+00"},
	{"the end of the break, not its beginning", OFFICE, "2025-09-29 06:00:00+00", "1 business hour", "2025-09-29 05:00:00+00"},
	{"due in the night: what was worked before it", OFFICE, "2025-09-29 20:00:00+00", "1 business hour", "2025-09-29 09:00:00+00"},
	{"zero at work", OFFICE, "2025-09-29 02:00:00+00", "0 business hours", "2025-09-29 02:00:00+00"},
	{"zero on a Sunday: Friday's closing", OFFICE, "2025-09-28 04:00:00+00", "0 business hours", "2025-09-26 10:00:00+00"},
	{"zero at a closing", OFFICE, "2025-09-26 10:00:00+00", "0 business days", "2025-09-26 10:00:00+00"},
	{"zero to the end of the day is not after it", OFFICE, "2025-09-26 03:00:00+00", "0 business days end of day", "2025-09-26 03:00:00+00"},
	{"zero same time", OFFICE, "2025-09-28 04:00:00+00", "0 business days same time", "2025-09-28 04:00:00+00"},
	{"a Sunday that is worked", NATIONAL, "2025-09-29 02:00:00+00", "2 business hours", "2025-09-28 09:00:00+00"},
	{"over the National Day week", NATIONAL, "2025-10-09 02:00:00+00", "9 business hours", "2025-09-30 01:00:00+00"},
	{"a business day over that week", NATIONAL, "2025-10-09 02:00:00+00", "1 business day", "2025-09-30 02:00:00+00"},
	{"two business days back to a worked Saturday", NATIONAL, "2025-10-14 02:00:00+00", "2 business days", "2025-10-11 02:00:00+00"},
	{"due in the holidays: counted from the last closing", NATIONAL, "2025-10-05 02:00:00+00", "1 business day", "2025-09-30 01:00:00+00"},
	{"the end of a whole day: its beginning", WHOLE_DAYS, "2025-09-30 16:00:00+00", "1 business day", "2025-09-29 16:00:00+00"},
	{"a closing before holidays: the opening after them", WHOLE_DAYS, "2025-10-09 16:00:00+00", "1 business day", "2025-10-08 16:00:00+00"},
	{"at a closing nobody reads: the next opening", OFFICE, "2025-09-29 10:00:00+00", "1 business day", "2025-09-29 01:00:00+00"},
	{"end of day, likewise", OFFICE, "2025-09-29 03:00:00+00", "1 business day end of day", "2025-09-29 01:00:00+00"},
	{"same time stays where it falls", OFFICE, "2025-09-29 12:30:00+00", "1 business day same time", "2025-09-26 12:30:00+00"},
	{"before the opening of that day: its opening", SHORT_FRIDAY, "2025-09-29 09:30:00+00", "1 business day", "2025-09-26 10:00:00+00"},
	{"past its closing: the next opening", SHORT_FRIDAY, "2025-09-29 15:00:00+00", "1 business day", "2025-09-29 09:00:00+00"},
	{"a night belongs to the day on which it starts", NIGHTS, "2025-09-26 03:00:00+00", "1 business day", "2025-09-25 03:00:00+00"},
	{"over days between nights", NIGHTS, "2025-09-29 23:00:00+00", "3 business hours", "2025-09-26 04:00:00+00"},
	{"natural days: the same wall time in a longer day", BERLIN, "2024-10-27 11:00:00+00", "1 day", "2024-10-26 10:00:00+00"},
	{"natural days: a wall time that was skipped", BERLIN, "2024-04-01 00:30:00+00", "1 day", "2024-03-31 01:30:00+00"},
	{"natural days: a wall time that came twice is the second", BERLIN, "2024-10-28 01:30:00+00", "1 day", "2024-10-27 01:30:00+00"},
	{"business hours of a day of 23", BERLIN, "2024-03-31 22:00:00+00", "23 business hours", "2024-03-30 23:00:00+00"},
	{"business days over a change of the clock", BERLIN, "2024-04-01 10:00:00+00", "2 business days", "2024-03-30 11:00:00+00"},
	{"a date that the zone skipped is none", "zone Pacific/Apia; mon-sun 09:00-18:00", "2011-12-30 20:00:00+00", "1 business day", "2011-12-29 20:00:00+00"},
	{"all there is", ONE_DAY, "2025-02-01 00:00:00+00", "24 business hours", "2025-01-01 00:00:00+00"},
	{"more than there is", ONE_DAY, "2025-02-01 00:00:00+00", "1441 business minutes", RA_NO_WORKING_TIME},
	{"days before the first", ONE_DAY, "2025-01-01 12:00:00+00", "1 business day", RA_NO_WORKING_TIME},
	{"zero before the first", ONE_DAY, "2024-12-31 12:00:00+00", "0 business hours", RA_NO_WORKING_TIME},
	{"a term below zero", OFFICE, "2025-09-29 02:00:00+00", "-1 hour", AS_INVALID_PARAMETER},
	{"before the years that are covered", OFFICE, "1800-01-02 00:00:00+00", "48 hours", AS_DATETIME_OVERFLOW},
};

static bool
warns(const Case *test, const AsRules *rules, const AsZone *zone, int32_t first_day, int days)
{
	void	   *memory = malloc(as_calendar_room(rules, zone, days));
	AsCalendar *calendar = as_calendar_compile(rules, zone, first_day, days, memory);
	AsTerm		term;
	AsInstant	due;
	AsInstant	at = 0;
	AsError		error = {0};
	char		text[AS_INSTANT_TEXT];
	const char *answer = error.sqlstate;

	if (as_term_parse(test->term, &term, &error) && as_instant_parse(test->due, strlen(test->due), &due) &&
		as_deadline_before(due, term, calendar, &at, &error))
		answer = as_instant_text(at, text);
	free(memory);
	if (strcmp(answer, test->warning) == 0)
		return true;
	printf("# table of %d days: %s\n", days, answer);
	return false;
}

int
main(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
	{
		AsDates		dates[16];
		AsRules		rules = {.dates = dates,.date_room = 16};
		AsZone		zone;
		AsInstant	due;
		AsError		error;
		int32_t		date;

		if (!as_rules_parse(cases[i].calendar, &rules, &error) || !read_zone(rules.zone, &zone) ||
			!as_instant_parse(cases[i].due, strlen(cases[i].due), &due))
		{
			ok(false, cases[i].what);
			continue;
		}
		date = (int32_t) (due / 1000000 / 86400);
		ok(warns(&cases[i], &rules, &zone, date - 300, 600) &&
		   warns(&cases[i], &rules, &zone, date, 5) &&
		   warns(&cases[i], &rules, &zone, date, 0), cases[i].what);
		free_zone(&zone);
	}
	return tap_end();
}
