/*
 * test_instant.c
 *		Instants as text, and back: what facts are kept in.
 */
#include <string.h>

#include "kernel/instant.h"
#include "tap.h"

#define SECOND	INT64_C(1000000)
#define DAY		(86400 * SECOND)

static bool
reads(const char *text, AsInstant expected)
{
	AsInstant	instant = 0;

	return as_instant_parse(text, strlen(text), &instant) && instant == expected;
}

static bool
writes(AsInstant instant, const char *expected)
{
	char		buffer[AS_INSTANT_TEXT];

	return as_instant_text(instant, buffer) == buffer && strcmp(buffer, expected) == 0;
}

static bool
both(AsInstant instant, const char *text)
{
	return writes(instant, text) && reads(text, instant);
}

static bool
no_instant(const char *text)
{
	AsInstant	instant;

	return !as_instant_parse(text, strlen(text), &instant);
}

int
main(void)
{
	uint64_t	random = 20261125;
	char		text[AS_INSTANT_TEXT];
	AsInstant	back;
	long		wrong = 0;

	ok(both(0, "2000-01-01 00:00:00+00"), "the origin");
	ok(both(9825 * DAY + 36000 * SECOND, "2026-11-25 10:00:00+00"), "a day in our time");
	ok(both(-1, "1999-12-31 23:59:59.999999+00"), "a microsecond before the origin");
	ok(both(1, "2000-01-01 00:00:00.000001+00"), "a microsecond after it");
	ok(both(500000, "2000-01-01 00:00:00.5+00"), "fractions end where they end");
	ok(both(59 * DAY, "2000-02-29 00:00:00+00"), "a leap day");
	ok(both(-DAY * 73048, "1800-01-01 00:00:00+00") && both(DAY * 146097 - 1, "2399-12-31 23:59:59.999999+00"),
	   "the ends of what calendars know");
	ok(writes(AS_INSTANT_END, "infinity") && writes(AS_INSTANT_BEGIN, "-infinity"), "infinities are written");
	ok(no_instant("infinity") && no_instant("-infinity"), "and not read: whoever keeps them asks for them");
	ok(no_instant("") && no_instant("2026-11-25") && no_instant("2026-11-25 10:00:00") && no_instant("now"),
	   "nothing else is read: parts, zones left out, words");
	ok(no_instant("2026-11-25 10:00:00+01") && no_instant("2026-11-25 10:00:00.50+00") &&
	   no_instant("2026-11-25 10:00:00.0000001+00") && no_instant("2026-11-25T10:00:00+00") &&
	   no_instant(" 2026-11-25 10:00:00+00") && no_instant("2026-11-25 10:00:00+00 "), "other zones, noughts, letters, blanks");
	ok(no_instant("2026-13-01 00:00:00+00") && no_instant("2026-02-30 00:00:00+00") &&
	   no_instant("2026-11-25 24:00:00+00") && no_instant("2026-11-25 10:60:00+00"), "dates and times that do not exist");
	ok(no_instant("99999999999-01-01 00:00:00+00") &&
	   no_instant("2026-11-25 10:00:00.000000000000000000000000000000000000+00"), "texts that are too long");
	ok(as_instant_parse("2026-11-25 10:00:00+00 and more", 22, &back) && back == 9825 * DAY + 36000 * SECOND,
	   "the length counts, not a terminating zero");
	for (int i = 0; i < 100000; i++)
	{
		AsInstant	instant;

		random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		instant = (AsInstant) (random >> 8) % (DAY * 146097) - (i % 2 == 0 ? DAY * 73048 : 0);
		if (i % 3 == 0)
			instant -= instant % SECOND;
		(void) as_instant_text(instant, text);
		wrong += !as_instant_parse(text, strlen(text), &back) || back != instant;
	}
	ok(wrong == 0, "100000 random instants are read back as they were written");
	return tap_end();
}
