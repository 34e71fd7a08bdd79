/*
 * instant.c
 *		Instants as people read them, in UTC.
 */
#include "kernel/instant.h"

#include "kernel/rules.h"

#include <stdio.h>
#include <string.h>

#define MICROS_PER_DAY	INT64_C(86400000000)

/* Two digits and what follows them. */
static char *
put_two(char *at, int number, char after)
{
	*at++ = (char) ('0' + number / 10);
	*at++ = (char) ('0' + number % 10);
	*at++ = after;
	return at;
}

/* At least four digits, with a sign where it is negative: %04d. */
static char *
put_year(char *at, int year)
{
	char		digits[12];
	int			count = 0;

	if (year < 0 || year > 9999)
		return at + snprintf(at, 12, "%04d", year);
	for (; count < 4; year /= 10)
		digits[count++] = (char) ('0' + year % 10);
	while (count > 0)
		*at++ = digits[--count];
	return at;
}

static char *
put_micros(char *at, int micros)
{
	int			scale = 100000;

	*at++ = '.';
	for (; micros > 0; scale /= 10)
	{
		*at++ = (char) ('0' + micros / scale);
		micros %= scale;
	}
	return at;
}

const char *
as_instant_text(AsInstant instant, char buffer[AS_INSTANT_TEXT])
{
	int64_t		day = instant / MICROS_PER_DAY;
	int64_t		rest = instant % MICROS_PER_DAY;
	int			year;
	int			month;
	int			day_of_month;
	int			seconds;
	char	   *at = buffer;

	if (!as_instant_is_finite(instant))
	{
		snprintf(buffer, AS_INSTANT_TEXT, "%s", instant == AS_INSTANT_END ? "infinity" : "-infinity");
		return buffer;
	}
	if (rest < 0)
	{
		rest += MICROS_PER_DAY;
		day--;
	}
	as_date_to_civil((int32_t) day, &year, &month, &day_of_month);
	seconds = (int) (rest / 1000000);
	at = put_year(at, year);
	*at++ = '-';
	at = put_two(at, month, '-');
	at = put_two(at, day_of_month, ' ');
	at = put_two(at, seconds / 3600, ':');
	at = put_two(at, seconds / 60 % 60, ':');
	at = put_two(at, seconds % 60, '+');
	if (rest % 1000000 != 0)
	{
		at = put_micros(at - 1, (int) (rest % 1000000));
		*at++ = '+';
	}
	memcpy(at, "00", 3);
	return buffer;
}

/* Reads exactly two digits and the character that follows them; -1: something else is there. */
static int
take_two(const char **at, char after)
{
	const char *p = *at;

	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9' || (after != '\0' && p[2] != after))
		return -1;
	*at = p + (after == '\0' ? 2 : 3);
	return (p[0] - '0') * 10 + p[1] - '0';
}

bool
as_instant_parse(const char *text, size_t length, AsInstant *instant)
{
	char		copy[AS_INSTANT_TEXT];
	char		again[AS_INSTANT_TEXT];
	const char *at = copy;
	bool		negative;
	int			year = 0;
	int			month;
	int			day;
	int			hours;
	int			minutes;
	int			seconds;
	int			micros = 0;
	int			scale = 100000;

	if (length >= sizeof copy)
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	negative = *at == '-';
	if (negative)
		at++;
	for (int digits = 0; *at >= '0' && *at <= '9' && digits < 6; digits++)
		year = year * 10 + *at++ - '0';
	if (negative)
		year = -year;
	if (*at++ != '-' || (month = take_two(&at, '-')) < 0 || (day = take_two(&at, ' ')) < 0 ||
		(hours = take_two(&at, ':')) < 0 || (minutes = take_two(&at, ':')) < 0 || (seconds = take_two(&at, '\0')) < 0)
		return false;
	if (*at == '.')
		for (at++; *at >= '0' && *at <= '9'; at++, scale /= 10)
			micros += (*at - '0') * scale;
	if (year < -4713 || year > 294276 || month < 1 || month > 12 || day < 1 || day > 31 ||
		hours > 23 || minutes > 59 || seconds > 59)
		return false;
	*instant = ((int64_t) as_date_from_civil(year, month, day) * INT64_C(86400) +
				hours * 3600 + minutes * 60 + seconds) * INT64_C(1000000) + micros;
	/* canonical or not at all */
	return strlen(as_instant_text(*instant, again)) == length && memcmp(again, text, length) == 0;
}
