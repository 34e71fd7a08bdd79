/*
 * test_ratio.c
 *		The refund ratio: what its text form accepts, refuses and prints.
 */
#include <string.h>

#include "kernel/ratio.h"
#include "tap.h"

static bool
reads(const char *text, AsRatio expected)
{
	AsRatio		ratio = -1;
	AsError		error;

	return as_ratio_parse(text, strlen(text), &ratio, &error) && ratio == expected;
}

/* Refused with that SQLSTATE, the accepted form in the detail, ratio untouched. */
static bool
refuses(const char *text, size_t length, const char *sqlstate)
{
	AsRatio		ratio = -1;
	AsError		error;

	return !as_ratio_parse(text, length, &ratio, &error) && ratio == -1 &&
		strcmp(error.sqlstate, sqlstate) == 0 &&
		strstr(error.message, "TEMU-28)") != NULL &&
		strstr(error.detail, "from 5% to 100% with at most two decimals") != NULL;
}

static bool
hints(const char *text, const char *hint)
{
	AsRatio		ratio;
	AsError		error;

	return !as_ratio_parse(text, strlen(text), &ratio, &error) && strcmp(error.hint, hint) == 0;
}

static void
test_text(void)
{
	static const char *const malformed[] = {
		"", " ", "%", "30", "abc%", "NaN", "NaN%", "Infinity%", "5.001%", "30.%", ".5%", "30,5%",
		"30 %", "30%%", "+30%", "--30%", "-", "-%", "1e1%", "0x1E%", "30%x", "3 0%",
		"\xEF\xBC\x93\xEF\xBC\x90\xEF\xBC\x85", /* full-width 30% */
		"\xEF\xBC\x93\xEF\xBC\x90%", "30\xEF\xBC\x85", "\xC2\xA0 30%", "\xD9\xA3\xD9\xA0%"
	};
	static const char *const outside[] = {
		"4.99%", "0%", "0.00%", "100.01%", "101%", "-30%", "-0%", "5000%",
		"18446744073709551616%", "42949703%", "429496760%", "99999999999999999999999999999999999999.99%"
	};
	bool		good = true;

	ok(reads("5%", 500) && reads("100%", 10000), "both ends of the range are allowed");
	ok(reads("5.00%", 500) && reads("99.99%", 9999) && reads("12.5%", 1250) && reads("5.01%", 501),
	   "up to two decimals are read");
	ok(reads(" \t\n30%\r ", 3000) && reads("030%", 3000) && reads("0000000000000000000030.50%", 3050),
	   "white space around and zeros in front do not matter");
	for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++)
		good &= refuses(malformed[i], strlen(malformed[i]), AS_INVALID_TEXT);
	ok(good, "another form is refused with 22P02");
	good = true;
	for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
		good &= refuses(outside[i], strlen(outside[i]), AS_OUT_OF_RANGE);
	ok(good, "a percentage outside the range is refused with 22003, however long");
	ok(refuses("30%garbage", 2, AS_INVALID_TEXT) && refuses("30\0%", 4, AS_INVALID_TEXT),
	   "the length counts, not a zero byte");
	ok(hints("30", "Write \"30%\".") && hints(" 12.5 ", "Write \"12.5%\".") && hints("3", "") &&
	   hints("\xEF\xBC\x93\xEF\xBC\x90\xEF\xBC\x85", "Use the ASCII characters 0 to 9, \".\" and \"%\"."),
	   "a missing percent sign and full-width digits are hinted at");
}

static void
test_every_value(void)
{
	bool		round_trip = true;
	bool		check = true;
	bool		fraction = true;
	char		text[AS_RATIO_TEXT_SIZE];
	AsError		error;
	AsRatio		ratio;

	for (int value = -20000; value <= 20000; value++)
	{
		bool		valid = value >= 500 && value <= 10000;

		check &= as_ratio_check(value, &ratio, &error) == valid && (!valid || ratio == value);
		if (!valid)
			continue;
		round_trip &= as_ratio_format(value, text) == strlen(text) && reads(text, value) &&
			text[strlen(text) - 1] == '%';
		/* no needless zero: a decimal point is never followed by zeros only */
		round_trip &= strchr(text, '.') == NULL || text[strlen(text) - 2] != '0';
		fraction &= as_ratio_fraction_decimals(value) ==
			(value % 100 == 0 ? 2 : value % 10 == 0 ? 3 : 4);
	}
	ok(check, "500 to 10000 hundredths, and nothing else, are a ratio");
	ok(round_trip, "every ratio is printed without needless zeros and read back the same");
	ok(fraction, "a fraction shows two to four decimals");
	ok(!as_ratio_check(INT64_MIN, &ratio, &error) &&
	   strstr(error.message, "\"-92233720368547758.08%\"") != NULL &&
	   !as_ratio_check(INT64_MAX, &ratio, &error) &&
	   strstr(error.message, "\"92233720368547758.07%\"") != NULL,
	   "the ends of the integers are shown right");
}

static void
test_long_text(void)
{
	char		text[2000];
	AsRatio		ratio;
	AsError		error;

	memset(text, '9', sizeof text);
	ok(!as_ratio_parse(text, sizeof text, &ratio, &error) && strlen(error.message) < 200,
	   "a long text is cut in the message");
	for (size_t i = 0; i + 1 < sizeof text; i += 2)
		memcpy(text + i, "\xC3\xA9", 2);
	ok(!as_ratio_parse(text, sizeof text, &ratio, &error) && strstr(error.message, "\xC3\xA9\"") != NULL,
	   "and between two characters");
}

int
main(void)
{
	test_text();
	test_every_value();
	test_long_text();
	return tap_end();
}
