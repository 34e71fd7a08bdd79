/*
 * instant.c
 *		Instants as people read them, in UTC.
 */
#include "kernel/instant.h"

#include "kernel/rules.h"

#include <stdio.h>
#include <string.h>

#define MICROS_PER_DAY	INT64_C(86400000000)

const char *
as_instant_text(AsInstant instant, char buffer[AS_INSTANT_TEXT])
{
	int64_t		day = instant / MICROS_PER_DAY;
	int64_t		rest = instant % MICROS_PER_DAY;
	int			year;
	int			month;
	int			day_of_month;
	int			seconds;
	int			length;

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
	length = snprintf(buffer, AS_INSTANT_TEXT, "%04d-%02d-%02d %02d:%02d:%02d", year, month,
					  day_of_month, seconds / 3600, seconds / 60 % 60, seconds % 60);
	if (rest % 1000000 != 0)
	{
		length += snprintf(buffer + length, AS_INSTANT_TEXT - (size_t) length, ".%06d", (int) (rest % 1000000));
		while (buffer[length - 1] == '0')
			length--;
	}
	snprintf(buffer + length, AS_INSTANT_TEXT - (size_t) length, "+00");
	return buffer;
}

bool
as_instant_parse(const char *text, size_t length, AsInstant *instant)
{
	char		copy[AS_INSTANT_TEXT];
	char		again[AS_INSTANT_TEXT];
	int			year;
	int			month;
	int			day;
	int			hours;
	int			minutes;
	int			seconds;
	int			micros = 0;
	int			read = 0;
	int			scale = 100000;

	if (length >= sizeof copy)
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (sscanf(copy, "%d-%2d-%2d %2d:%2d:%2d%n", &year, &month, &day, &hours, &minutes, &seconds, &read) != 6)
		return false;
	if (copy[read] == '.')
		for (read++; copy[read] >= '0' && copy[read] <= '9'; read++, scale /= 10)
			micros += (copy[read] - '0') * scale;
	if (year < -4713 || year > 294276 || month < 1 || month > 12)
		return false;
	*instant = ((int64_t) as_date_from_civil(year, month, day) * INT64_C(86400) +
				hours * 3600 + minutes * 60 + seconds) * INT64_C(1000000) + micros;
	/* canonical or not at all */
	return strcmp(as_instant_text(*instant, again), copy) == 0;
}
