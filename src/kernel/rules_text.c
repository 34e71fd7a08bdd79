/*
 * rules_text.c
 *		Text form of a business calendar:
 *
 *		zone Asia/Shanghai; mon-fri 09:00-12:00,13:00-18:00;
 *		off 2026-10-01..2026-10-08; on 2026-10-10 09:00-18:00;
 *		known until 2026-12-31
 */
#include "kernel/rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const day_names[7] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/* The cursor; every refusal says where it stands. */
typedef struct Reader
{
	const char *text;
	const char *at;
	AsRules    *rules;
	AsError    *error;
	bool		week_given[7];
} Reader;

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

static bool
is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void
skip_space(Reader *reader)
{
	while (is_space(*reader->at))
		reader->at++;
}

/* Refuses what stands at the cursor: 22P02 with the place and what would do. */
static bool
expected(Reader *reader, const char *at, const char *what)
{
	char		found[40];
	char		quoted[128];
	size_t		length = 0;
	int			place = 1;

	for (const char *c = reader->text; c < at; c++)
		if (((unsigned char) *c & 0xC0) != 0x80)
			place++;
	while (at[length] != '\0' && !is_space(at[length]) && at[length] != ';' && at[length] != ',')
		length++;
	if (length == 0 && *at != '\0')
		length = 1;
	as_fail(reader->error, AS_INVALID_TEXT, NULL, "invalid input syntax for type business_calendar: \"%s\"",
			as_quote(quoted, sizeof quoted, reader->text, strlen(reader->text)));
	if (*at == '\0')
		return as_detail(reader->error, "At the end, character %d: expected %s.", place, what);
	return as_detail(reader->error, "At character %d, \"%s\": expected %s.", place,
					 as_quote(found, sizeof found, at, length), what);
}

static bool
take_word(Reader *reader, const char *word)
{
	const char *at = reader->at;

	for (; *word; word++, at++)
		if (lower(*at) != *word)
			return false;
	if (is_letter(*at) || is_digit(*at))
		return false;
	reader->at = at;
	skip_space(reader);
	return true;
}

static bool
starts_with(const char *at, const char *word)
{
	while (*word && lower(*at) == *word)
		at++, word++;
	return *word == '\0';
}

static bool
take_char(Reader *reader, char c)
{
	if (*reader->at != c)
		return false;
	reader->at++;
	skip_space(reader);
	return true;
}

/* Exactly so many digits. */
static bool
take_digits(const char **at, int digits, int *value)
{
	*value = 0;
	for (int i = 0; i < digits; i++)
	{
		if (!is_digit((*at)[i]))
			return false;
		*value = *value * 10 + ((*at)[i] - '0');
	}
	*at += digits;
	return true;
}

static bool
take_date(Reader *reader, int32_t *date)
{
	static const char what[] = "a date such as 2026-10-01, from 1900-01-01 to 2399-12-31";
	const char *at = reader->at;
	int			year,
				month,
				day;
	int			check_year,
				check_month,
				check_day;

	if (!take_digits(&at, 4, &year) || *at++ != '-' || !take_digits(&at, 2, &month) || *at++ != '-' ||
		!take_digits(&at, 2, &day) || is_digit(*at) || month < 1 || month > 12)
		return expected(reader, reader->at, what);
	*date = as_date_from_civil(year, month, day);
	as_date_to_civil(*date, &check_year, &check_month, &check_day);
	if (check_month != month || check_day != day || *date < AS_FIRST_DATE || *date > AS_LAST_DATE)
		return expected(reader, reader->at, what);
	reader->at = at;
	skip_space(reader);
	return true;
}

static bool
take_time(Reader *reader, int *minutes)
{
	const char *at = reader->at;
	int			hour,
				minute;

	if (!take_digits(&at, 2, &hour) || *at++ != ':' || !take_digits(&at, 2, &minute) || is_digit(*at) ||
		*at == ':' || minute > 59 || hour > 24 || (hour == 24 && minute > 0))
		return expected(reader, reader->at, "a time from 00:00 to 24:00, hours and minutes");
	*minutes = hour * 60 + minute;
	reader->at = at;
	skip_space(reader);
	return true;
}

/* One span; one that ends at or before its start runs past midnight. */
static bool
take_span(Reader *reader, AsSpan *span)
{
	const char *start = reader->at;
	int			from,
				to;

	if (!take_time(reader, &from))
		return false;
	if (from == AS_DAY_MINUTES)
		return expected(reader, start, "a start before 24:00");
	if (!take_char(reader, '-'))
		return expected(reader, reader->at, "\"-\" and the end of the span");
	if (!take_time(reader, &to))
		return false;
	if (to == from)
		return expected(reader, start, "a span that is not empty; a whole day is 00:00-24:00");
	span->from = (uint16_t) from;
	span->to = (uint16_t) (to < from ? to + AS_DAY_MINUTES : to);
	return true;
}

/* Puts a span into its place; joins it with what it touches. */
static bool
add_span(Reader *reader, const char *start, AsPattern *pattern, AsSpan span)
{
	int			place = 0;

	while (place < pattern->count && pattern->span[place].from < span.from)
		place++;
	if ((place > 0 && pattern->span[place - 1].to > span.from) ||
		(place < pattern->count && span.to > pattern->span[place].from))
		return expected(reader, start, "spans of a day that do not overlap");
	if (place > 0 && pattern->span[place - 1].to == span.from)
	{
		pattern->span[place - 1].to = span.to;
		place--;
	}
	else
	{
		if (pattern->count == AS_MAX_SPANS)
			return expected(reader, start, "at most 12 spans a day");
		memmove(&pattern->span[place + 1], &pattern->span[place], sizeof span * (size_t) (pattern->count - place));
		pattern->span[place] = span;
		pattern->count++;
	}
	if (place + 1 < pattern->count && pattern->span[place].to == pattern->span[place + 1].from)
	{
		pattern->span[place].to = pattern->span[place + 1].to;
		pattern->count--;
		memmove(&pattern->span[place + 1], &pattern->span[place + 2],
				sizeof span * (size_t) (pattern->count - place - 1));
	}
	if (pattern->span[pattern->count - 1].to > pattern->span[0].from + AS_DAY_MINUTES)
		return expected(reader, start, "at most 24 hours from a day's first start to its last end");
	/* it could not be told from an empty span */
	if (pattern->span[0].from > 0 && pattern->span[0].to == pattern->span[0].from + AS_DAY_MINUTES)
		return expected(reader, start, "less than 24 hours in one span, unless from 00:00 to 24:00");
	return true;
}

/* Spans separated by commas, as the number of their pattern. */
static bool
take_pattern(Reader *reader, uint8_t *number)
{
	AsRules    *rules = reader->rules;
	const char *start = reader->at;
	AsPattern	pattern = {0};

	do
	{
		const char *at = reader->at;
		AsSpan		span = {0, 0};

		if (!take_span(reader, &span) || !add_span(reader, at, &pattern, span))
			return false;
	} while (take_char(reader, ','));
	for (int i = 1; i < rules->patterns; i++)
	{
		if (rules->pattern[i].count == pattern.count &&
			memcmp(rules->pattern[i].span, pattern.span, sizeof *pattern.span * pattern.count) == 0)
		{
			*number = (uint8_t) i;
			return true;
		}
	}
	if (rules->patterns == AS_MAX_PATTERNS)
		return expected(reader, start, "at most 63 different working days");
	*number = (uint8_t) rules->patterns;
	rules->pattern[rules->patterns++] = pattern;
	return true;
}

/* Dates and ranges of dates, separated by commas; their pattern comes later. */
static bool
take_dates(Reader *reader)
{
	AsRules    *rules = reader->rules;

	do
	{
		const char *start = reader->at;
		AsDates    *run = &rules->dates[rules->date_count];

		if (rules->date_count >= rules->date_room)
			return expected(reader, start, "fewer dates");
		if (!take_date(reader, &run->first))
			return false;
		run->last = run->first;
		if (reader->at[0] == '.' && reader->at[1] == '.')
		{
			reader->at += 2;
			skip_space(reader);
			if (!take_date(reader, &run->last))
				return false;
			if (run->last < run->first)
				return expected(reader, start, "a range whose last date is not before its first");
		}
		run->pattern = 0;
		rules->date_count++;
	} while (take_char(reader, ','));
	return true;
}

static bool
take_day(Reader *reader, int *day)
{
	for (*day = 0; *day < 7; (*day)++)
		if (take_word(reader, day_names[*day]))
			return true;
	return expected(reader, reader->at, "a day of the week: mon, tue, wed, thu, fri, sat or sun");
}

/* "mon-fri,sun 09:00-18:00" */
static bool
take_week(Reader *reader)
{
	bool		chosen[7] = {false};
	uint8_t		pattern;

	do
	{
		const char *start = reader->at;
		int			day,
					last;

		if (!take_day(reader, &day))
			return false;
		last = day;
		if (take_char(reader, '-') && !take_day(reader, &last))
			return false;
		for (;; day = (day + 1) % 7)
		{
			if (reader->week_given[day])
				return expected(reader, start, "each day of the week once");
			reader->week_given[day] = chosen[day] = true;
			if (day == last)
				break;
		}
	} while (take_char(reader, ','));
	if (!take_pattern(reader, &pattern))
		return false;
	for (int i = 0; i < 7; i++)
		if (chosen[i])
			reader->rules->week[i] = pattern;
	return true;
}

static bool
take_zone(Reader *reader, const char *clause)
{
	const char *start = reader->at;
	size_t		length = 0;

	if (reader->rules->zone[0] != '\0')
		return expected(reader, clause, "one zone");
	while (start[length] != '\0' && start[length] != ';' && !is_space(start[length]))
		length++;
	if (length == 0 || length >= AS_ZONE_NAME)
		return expected(reader, start, "the name of a time zone, such as Asia/Shanghai");
	for (size_t i = 0; i < length; i++)
		if (!as_zone_name_char(start[i]))
			return expected(reader, start, "the name of a time zone, such as Asia/Shanghai");
	memcpy(reader->rules->zone, start, length);
	reader->rules->zone[length] = '\0';
	reader->at += length;
	skip_space(reader);
	return true;
}

static bool
take_on(Reader *reader)
{
	int			first = reader->rules->date_count;
	uint8_t		pattern;

	if (!take_dates(reader) || !take_pattern(reader, &pattern))
		return false;
	for (int i = first; i < reader->rules->date_count; i++)
		reader->rules->dates[i].pattern = pattern;
	return true;
}

static bool
take_clause(Reader *reader)
{
	AsRules    *rules = reader->rules;
	const char *clause = reader->at;

	if (take_word(reader, "zone"))
		return take_zone(reader, clause);
	if (take_word(reader, "off"))
		return take_dates(reader);
	if (take_word(reader, "on"))
		return take_on(reader);
	if (take_word(reader, "known"))
	{
		if (rules->has_known)
			return expected(reader, clause, "one \"known until\"");
		rules->has_known = true;
		if (!take_word(reader, "until"))
			return expected(reader, reader->at, "\"until\" and a date");
		return take_date(reader, &rules->known_until);
	}
	for (int i = 0; i < 7; i++)
		if (starts_with(clause, day_names[i]))
			return take_week(reader);
	return expected(reader, clause, "\"zone\", days such as \"mon-fri\", \"off\", \"on\" or \"known until\"");
}

bool
as_rules_parse(const char *text, AsRules *rules, AsError *error)
{
	Reader		reader = {text, text, rules, error, {false}};
	AsDates    *dates = rules->dates;
	int			room = rules->date_room;

	memset(rules, 0, sizeof *rules);
	rules->dates = dates;
	rules->date_room = room;
	rules->patterns = 1;
	do
	{
		skip_space(&reader);
		if (*reader.at == '\0' && reader.at != text)
			break;				/* a closing semicolon */
		if (!take_clause(&reader))
			return false;
	} while (take_char(&reader, ';'));
	if (*reader.at != '\0')
		return expected(&reader, reader.at, "\";\" or the end");
	if (rules->zone[0] == '\0')
		return expected(&reader, reader.at, "a clause \"zone\", such as \"zone Asia/Shanghai\"");
	return as_rules_normalize(rules, error);
}

/* Writing */

typedef struct Writer
{
	char	   *buffer;
	size_t		size;
	size_t		length;
} Writer;

static void put(Writer *writer, const char *format,...) AS_PRINTF(2, 3);

static void
put(Writer *writer, const char *format,...)
{
	bool		fits = writer->length < writer->size;
	va_list		arguments;

	va_start(arguments, format);
	writer->length += (size_t) vsnprintf(fits ? writer->buffer + writer->length : NULL,
										 fits ? writer->size - writer->length : 0, format, arguments);
	va_end(arguments);
}

static void
put_span(Writer *writer, AsSpan span)
{
	int			from = span.from;
	int			to = span.to > AS_DAY_MINUTES ? span.to - AS_DAY_MINUTES : span.to;

	put(writer, "%02d:%02d-%02d:%02d", from / 60, from % 60, to / 60, to % 60);
}

static void
put_pattern(Writer *writer, const AsPattern *pattern)
{
	for (int i = 0; i < pattern->count; i++)
	{
		put(writer, "%s", i > 0 ? "," : " ");
		put_span(writer, pattern->span[i]);
	}
}

static void
put_run(Writer *writer, const AsDates *run)
{
	char		date[16];

	put(writer, "%s", as_date_format(run->first, date));
	if (run->last > run->first)
		put(writer, "..%s", as_date_format(run->last, date));
}

/* "; mon-wed,fri 09:00-18:00": all days of the pattern, runs as ranges */
static void
put_week(Writer *writer, const AsRules *rules, int pattern)
{
	const char *separator = "; ";

	for (int day = 0; day < 7; day++)
	{
		int			last = day;

		if (rules->week[day] != pattern)
			continue;
		while (last < 6 && rules->week[last + 1] == pattern)
			last++;
		put(writer, "%s%s", separator, day_names[day]);
		if (last > day)
			put(writer, "-%s", day_names[last]);
		separator = ",";
		day = last;
	}
	if (*separator == ',')
		put_pattern(writer, &rules->pattern[pattern]);
}

static bool
put_dates(Writer *writer, const AsRules *rules, int pattern)
{
	const char *separator = pattern == 0 ? "; off " : "; on ";

	for (int i = 0; i < rules->date_count; i++)
	{
		if (rules->dates[i].pattern != pattern)
			continue;
		put(writer, "%s", separator);
		put_run(writer, &rules->dates[i]);
		separator = ",";
	}
	return *separator == ',';
}

size_t
as_rules_format(const AsRules *rules, char *buffer, size_t size)
{
	Writer		writer = {buffer, size, 0};
	char		date[16];

	put(&writer, "zone %s", rules->zone);
	/* patterns are numbered by first use, so the clauses come in order */
	for (int pattern = 1; pattern < rules->patterns; pattern++)
		put_week(&writer, rules, pattern);
	put_dates(&writer, rules, 0);
	for (int pattern = 1; pattern < rules->patterns; pattern++)
		if (put_dates(&writer, rules, pattern))
			put_pattern(&writer, &rules->pattern[pattern]);
	if (rules->has_known)
		put(&writer, "; known until %s", as_date_format(rules->known_until, date));
	return writer.length;
}

static void
put_json_pattern(Writer *writer, const AsPattern *pattern)
{
	put(writer, "[");
	for (int i = 0; i < pattern->count; i++)
	{
		put(writer, "%s\"", i > 0 ? ", " : "");
		put_span(writer, pattern->span[i]);
		put(writer, "\"");
	}
	put(writer, "]");
}

/* The dates "off", or those "on"; nothing where there are none. */
static void
put_json_dates(Writer *writer, const AsRules *rules, bool off)
{
	const char *separator = off ? ", \"off\": [" : ", \"on\": {";

	for (int i = 0; i < rules->date_count; i++)
	{
		const AsDates *run = &rules->dates[i];

		if ((run->pattern == 0) != off)
			continue;
		put(writer, "%s\"", separator);
		put_run(writer, run);
		put(writer, "\"");
		if (!off)
		{
			put(writer, ": ");
			put_json_pattern(writer, &rules->pattern[run->pattern]);
		}
		separator = ", ";
	}
	if (separator[2] == '\0')
		put(writer, off ? "]" : "}");
}

size_t
as_rules_format_json(const AsRules *rules, char *buffer, size_t size)
{
	Writer		writer = {buffer, size, 0};
	const char *separator = "";
	char		date[16];

	put(&writer, "{\"zone\": \"%s\", \"week\": {", rules->zone);
	for (int day = 0; day < 7; day++)
	{
		if (rules->week[day] == 0)
			continue;
		put(&writer, "%s\"%s\": ", separator, day_names[day]);
		put_json_pattern(&writer, &rules->pattern[rules->week[day]]);
		separator = ", ";
	}
	put(&writer, "}");
	put_json_dates(&writer, rules, true);
	put_json_dates(&writer, rules, false);
	if (rules->has_known)
		put(&writer, ", \"known_until\": \"%s\"", as_date_format(rules->known_until, date));
	put(&writer, "}");
	return writer.length;
}
