/*
 * rules.c
 *		Rules of a business calendar: order, validity, packed form.  The text
 *		form is rules_text.c.
 */
#include "kernel/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/codes.h"

#define PACKED_VERSION	1

/* Days since 2000-01-01 of a date of the proleptic Gregorian calendar. */
int32_t
as_date_from_civil(int year, int month, int day)
{
	int			y = month <= 2 ? year - 1 : year;
	int			era = (y >= 0 ? y : y - 399) / 400;
	int			year_of_era = y - era * 400;
	int			day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int			day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 730425;
}

void
as_date_to_civil(int32_t date, int *year, int *month, int *day)
{
	int64_t		z = (int64_t) date + 730425;
	int64_t		era = (z >= 0 ? z : z - 146096) / 146097;
	int			day_of_era = (int) (z - era * 146097);
	int			year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int			day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int			shifted = (5 * day_of_year + 2) / 153;

	*day = day_of_year - (153 * shifted + 2) / 5 + 1;
	*month = shifted < 10 ? shifted + 3 : shifted - 9;
	*year = (int) (year_of_era + era * 400) + (*month <= 2);
}

const char *
as_date_format(int32_t date, char buffer[16])
{
	int			year,
				month,
				day;

	as_date_to_civil(date, &year, &month, &day);
	snprintf(buffer, 16, "%04u-%02u-%02u", (unsigned) year % 10000, (unsigned) month % 100, (unsigned) day % 100);
	return buffer;
}

int
as_rules_pattern(const AsRules *rules, int32_t date)
{
	int			low = 0;
	int			high = rules->date_count;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (rules->dates[middle].last < date)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < rules->date_count && rules->dates[low].first <= date)
		return rules->dates[low].pattern;
	return rules->week[as_weekday(date)];
}

static int
compare_dates(const void *a, const void *b)
{
	const AsDates *x = a;
	const AsDates *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->last < y->last ? -1 : x->last > y->last;
}

/* Sorts the dates and runs together what touches and agrees. */
static bool
merge_dates(AsRules *rules, AsError *error)
{
	int			kept = 0;

	if (rules->date_count > 1)
		qsort(rules->dates, (size_t) rules->date_count, sizeof *rules->dates, compare_dates);
	for (int i = 0; i < rules->date_count; i++)
	{
		AsDates    *next = &rules->dates[i];
		AsDates    *last = kept > 0 ? &rules->dates[kept - 1] : NULL;

		if (last != NULL && next->first <= last->last && next->pattern != last->pattern)
		{
			char		date[16];

			as_fail(error, AS_INVALID_TEXT, NULL, "date %s of a business_calendar has two meanings",
					as_date_format(next->first, date));
			return as_detail(error, "A date is given once, as \"off\" or as \"on\" with its hours.");
		}
		if (last != NULL && next->first <= last->last + 1 && next->pattern == last->pattern)
		{
			if (next->last > last->last)
				last->last = next->last;
		}
		else
			rules->dates[kept++] = *next;
	}
	rules->date_count = kept;
	return true;
}

/* Numbers the patterns by first use and drops those that nothing uses. */
static void
number_patterns(AsRules *rules)
{
	AsPattern	pattern[AS_MAX_PATTERNS];
	uint8_t		number[AS_MAX_PATTERNS] = {0};
	int			count = 1;

	pattern[0] = rules->pattern[0];
	for (int i = 0; i < 7 + rules->date_count; i++)
	{
		uint8_t    *use = i < 7 ? &rules->week[i] : &rules->dates[i - 7].pattern;

		if (*use != 0 && number[*use] == 0)
		{
			pattern[count] = rules->pattern[*use];
			number[*use] = (uint8_t) count++;
		}
		*use = number[*use];
	}
	memcpy(rules->pattern, pattern, sizeof *pattern * (size_t) count);
	rules->patterns = count;
}

/* Whether a day of pattern first runs into the next day of pattern second. */
static bool
runs_into(const AsRules *rules, int first, int second)
{
	const AsPattern *a = &rules->pattern[first];
	const AsPattern *b = &rules->pattern[second];

	return a->count > 0 && b->count > 0 &&
		a->span[a->count - 1].to > b->span[0].from + AS_DAY_MINUTES;
}

static bool
refuse_overlap(AsError *error, const char *day)
{
	as_fail(error, AS_INVALID_TEXT, NULL, "working spans of a business_calendar overlap");
	return as_detail(error, "The night span of %s ends after the next day's first span has begun.", day);
}

static bool
check_nights(const AsRules *rules, AsError *error)
{
	static const char *const names[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
	char		date[16];

	for (int i = 0; i < 7; i++)
		if (runs_into(rules, rules->week[i], rules->week[(i + 1) % 7]))
			return refuse_overlap(error, names[i]);
	for (int i = 0; i < rules->date_count; i++)
	{
		const AsDates *run = &rules->dates[i];

		if (runs_into(rules, as_rules_pattern(rules, run->first - 1), run->pattern))
			return refuse_overlap(error, as_date_format(run->first - 1, date));
		if (run->last > run->first && runs_into(rules, run->pattern, run->pattern))
			return refuse_overlap(error, as_date_format(run->first, date));
		if (runs_into(rules, run->pattern, as_rules_pattern(rules, run->last + 1)))
			return refuse_overlap(error, as_date_format(run->last, date));
	}
	return true;
}

bool
as_rules_normalize(AsRules *rules, AsError *error)
{
	if (!merge_dates(rules, error))
		return false;
	number_patterns(rules);
	if (rules->patterns == 1)
	{
		as_fail(error, RA_NO_WORKING_TIME, NULL, "a business_calendar must have working time");
		as_detail(error, "No day of the week and no date has a working span.");
		return as_hint(error, "Add a clause such as \"mon-fri 00:00-24:00\".");
	}
	return check_nights(rules, error);
}

/* The packed form */

typedef struct Writer
{
	unsigned char *buffer;
	size_t		size;
	size_t		length;
} Writer;

static void
put_byte(Writer *writer, unsigned value)
{
	if (writer->length < writer->size)
		writer->buffer[writer->length] = (unsigned char) value;
	writer->length++;
}

/* Seven bits a byte, the low ones first. */
static void
put_number(Writer *writer, uint32_t value)
{
	for (; value >= 0x80; value >>= 7)
		put_byte(writer, (value & 0x7F) | 0x80);
	put_byte(writer, value);
}

size_t
as_rules_pack(const AsRules *rules, unsigned char *buffer, size_t size)
{
	Writer		writer = {buffer, size, 0};
	size_t		zone = strlen(rules->zone);
	int32_t		previous = AS_FIRST_DATE - 1;

	put_byte(&writer, PACKED_VERSION);
	put_byte(&writer, (unsigned) zone);
	for (size_t i = 0; i < zone; i++)
		put_byte(&writer, (unsigned char) rules->zone[i]);
	put_number(&writer, rules->has_known ? (uint32_t) (rules->known_until - AS_FIRST_DATE + 1) : 0);
	put_byte(&writer, (unsigned) rules->patterns);
	for (int i = 1; i < rules->patterns; i++)
	{
		put_byte(&writer, rules->pattern[i].count);
		for (int j = 0; j < rules->pattern[i].count; j++)
		{
			put_number(&writer, rules->pattern[i].span[j].from);
			put_number(&writer, rules->pattern[i].span[j].to);
		}
	}
	for (int i = 0; i < 7; i++)
		put_byte(&writer, rules->week[i]);
	put_number(&writer, (uint32_t) rules->date_count);
	for (int i = 0; i < rules->date_count; i++)
	{
		const AsDates *run = &rules->dates[i];

		put_number(&writer, (uint32_t) (run->first - previous));
		put_number(&writer, (uint32_t) (run->last - run->first));
		put_byte(&writer, run->pattern);
		previous = run->last;
	}
	return writer.length;
}

typedef struct PackedReader
{
	const unsigned char *at;
	const unsigned char *end;
	bool		bad;
} PackedReader;

static uint32_t
get_byte(PackedReader *reader)
{
	if (reader->at >= reader->end)
	{
		reader->bad = true;
		return 0;
	}
	return *reader->at++;
}

static uint32_t
get_number(PackedReader *reader)
{
	uint32_t	value = 0;

	for (int shift = 0; shift < 28; shift += 7)
	{
		uint32_t	byte = get_byte(reader);

		value |= (byte & 0x7F) << shift;
		if (byte < 0x80)
			return value;
	}
	reader->bad = true;
	return 0;
}

/* A pattern as pack writes it: sorted, disjoint, not touching. */
static void
get_pattern(PackedReader *reader, AsPattern *pattern)
{
	uint32_t	end = 0;

	pattern->count = (uint16_t) get_byte(reader);
	if (pattern->count < 1 || pattern->count > AS_MAX_SPANS)
	{
		reader->bad = true;
		pattern->count = 0;
	}
	for (int i = 0; i < pattern->count && !reader->bad; i++)
	{
		uint32_t	from = get_number(reader);
		uint32_t	to = get_number(reader);

		if (from >= AS_DAY_MINUTES || to <= from || to > from + AS_DAY_MINUTES || (from > 0 && to == from + AS_DAY_MINUTES) || (i > 0 && from <= end))
			reader->bad = true;
		pattern->span[i].from = (uint16_t) from;
		pattern->span[i].to = (uint16_t) to;
		end = to;
	}
	if (!reader->bad && end > (uint32_t) pattern->span[0].from + AS_DAY_MINUTES)
		reader->bad = true;
}

static void
get_week_and_dates(PackedReader *reader, AsRules *rules)
{
	int64_t		previous = AS_FIRST_DATE - 1;
	uint32_t	count;

	for (int i = 0; i < 7; i++)
	{
		rules->week[i] = (uint8_t) get_byte(reader);
		if (rules->week[i] >= rules->patterns)
			reader->bad = true;
	}
	count = get_number(reader);
	if (count > (uint32_t) rules->date_room)
		reader->bad = true;
	for (uint32_t i = 0; i < count && !reader->bad; i++)
	{
		AsDates    *run = &rules->dates[i];
		int64_t		first = previous + get_number(reader);
		int64_t		last = first + get_number(reader);

		run->pattern = (uint8_t) get_byte(reader);
		if (first <= previous || last > AS_LAST_DATE || run->pattern >= rules->patterns)
			reader->bad = true;
		run->first = (int32_t) first;
		run->last = (int32_t) last;
		rules->date_count = (int) i + 1;
		previous = last;
	}
}

/* Whether two patterns are the same. */
static bool
same_pattern(const AsPattern *a, const AsPattern *b)
{
	return a->count == b->count && memcmp(a->span, b->span, sizeof *a->span * a->count) == 0;
}

static void
get_rules(PackedReader *reader, AsRules *rules)
{
	uint32_t	zone = get_byte(reader);
	uint32_t	known;

	if (zone < 1 || zone >= AS_ZONE_NAME)
		reader->bad = true;
	for (uint32_t i = 0; i < zone && !reader->bad; i++)
	{
		rules->zone[i] = (char) get_byte(reader);
		if (!as_zone_name_char(rules->zone[i]))
			reader->bad = true;
	}
	known = get_number(reader);
	rules->has_known = known != 0;
	rules->known_until = (int32_t) known + AS_FIRST_DATE - 1;
	if (known != 0 && rules->known_until > AS_LAST_DATE)
		reader->bad = true;
	rules->patterns = (int) get_byte(reader);
	if (rules->patterns < 1 || rules->patterns > AS_MAX_PATTERNS)
		reader->bad = true;
	for (int i = 1; i < rules->patterns && !reader->bad; i++)
	{
		get_pattern(reader, &rules->pattern[i]);
		for (int j = 1; j < i; j++)
			if (same_pattern(&rules->pattern[i], &rules->pattern[j]))
				reader->bad = true;
	}
	if (!reader->bad)
		get_week_and_dates(reader, rules);
	if (reader->at != reader->end)
		reader->bad = true;
}

bool
as_rules_unpack(const unsigned char *bytes, size_t length, AsRules *rules, AsError *error)
{
	PackedReader reader = {bytes, bytes + length, false};
	AsDates    *dates = rules->dates;
	int			room = rules->date_room;

	memset(rules, 0, sizeof *rules);
	rules->dates = dates;
	rules->date_room = room;
	if (get_byte(&reader) != PACKED_VERSION)
		return as_fail(error, AS_INVALID_BINARY, NULL, "unknown version of the binary form of business_calendar");
	get_rules(&reader, rules);
	if (reader.bad)
		return as_fail(error, AS_INVALID_BINARY, NULL, "invalid binary form of business_calendar");
	return as_rules_normalize(rules, error);
}
