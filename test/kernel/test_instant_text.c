/*
 * An instant's text is what printf would make of it, gives the instant back,
 * and nothing but that text does.
 */
#include "kernel/instant.h"
#include "kernel/rules.h"

#include <string.h>

#include "tap.h"

#define DAY	INT64_C(86400000000)

static const char *
printed(AsInstant instant, char *text)
{
	int64_t		day = instant / DAY;
	int64_t		rest = instant % DAY;
	int			year;
	int			month;
	int			day_of_month;
	int			seconds;
	int			length;

	if (rest < 0)
	{
		rest += DAY;
		day--;
	}
	seconds = (int) (rest / 1000000);
	as_date_to_civil((int32_t) day, &year, &month, &day_of_month);
	length = sprintf(text, "%04d-%02d-%02d %02d:%02d:%02d", year, month, day_of_month,
					 seconds / 3600, seconds / 60 % 60, seconds % 60);
	if (rest % 1000000 != 0)
	{
		length += sprintf(text + length, ".%06d", (int) (rest % 1000000));
		while (text[length - 1] == '0')
			length--;
	}
	strcpy(text + length, "+00");
	return text;
}

int
main(void)
{
	static const char *const wrong[] = {
		"", "-", "2026", "2026-1-01 00:00:00+00", "2026-01-01 00:00:00", "2026-01-01 00:00:00.10+00",
		"2026-02-30 00:00:00+00", "2026-01-01 24:00:00+00", "2026-13-01 00:00:00+00", "99999999-01-01 00:00:00+00",
		"2026-01-01 00:00:00+01", "2026-01-01 00:00:00.+00", "02026-01-01 00:00:00+00",
		"294276-12-91 23:59:59.999999+00", "2026-01-01 23:61:00+00"
	};
	uint64_t	random = 1;
	int			as_printed = 0;
	int			given_back = 0;
	int			tried = 0;
	int			accepted = 0;

	for (int i = 0; i < 300000; i++)
	{
		AsInstant	instant;
		AsInstant	back;
		char		text[AS_INSTANT_TEXT];
		char		expected[100];

		random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);

		/*
		 * years -4713 to 9999, or up to 294276; whole seconds, milliseconds,
		 * microseconds
		 */
		instant = (AsInstant) (random >> 1) % (i % 4 == 0 ? INT64_C(9223371331200000000) : INT64_C(252455616000000000));
		if (i % 2 == 1)
			instant = -(instant % INT64_C(211813488000000000));
		if (i % 3 > 0)
			instant = instant / (i % 3 == 1 ? 1000000 : 1000) * (i % 3 == 1 ? 1000000 : 1000);
		tried++;
		as_printed += strcmp(as_instant_text(instant, text), printed(instant, expected)) == 0;
		given_back += as_instant_parse(text, strlen(text), &back) && back == instant;
	}
	ok(as_printed == tried, "300000 instants are written as printf writes them");
	ok(given_back == tried, "and read back as they were");
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
	{
		AsInstant	instant;

		accepted += as_instant_parse(wrong[i], strlen(wrong[i]), &instant);
	}
	ok(accepted == 0, "no other text is read");
	return tap_end();
}
