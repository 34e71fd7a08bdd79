/*
 * term.c
 *		Text and binary form and limits of terms.
 */
#include "kernel/term.h"

#include <stdio.h>
#include <string.h>

bool
as_term_make(int64_t count, int clock, int mode, AsTerm *term, AsError *error)
{
	bool		minutes = clock == AS_CLOCK_HOURS || clock == AS_CLOCK_BUSINESS_HOURS;
	int64_t		limit = minutes ? AS_TERM_MAX_MINUTES : AS_TERM_MAX_DAYS;

	if (clock < AS_CLOCK_HOURS || clock > AS_CLOCK_BUSINESS_DAYS ||
		mode < AS_DAY_ROLL || mode > AS_DAY_SAME_TIME ||
		(mode != AS_DAY_ROLL && clock != AS_CLOCK_BUSINESS_DAYS))
		return as_fail(error, AS_INVALID_TEXT, NULL, "invalid clock or landing of a term");
	if (count < -limit || count > limit)
	{
		as_fail(error, AS_OUT_OF_RANGE, NULL, "value out of range for type sla_term");
		return as_detail(error, minutes ?
						 "A term has at most 1000000 hours, forwards or backwards." :
						 "A term has at most 100000 days, forwards or backwards.");
	}
	term->count = (int32_t) count;
	term->clock = (uint8_t) clock;
	term->mode = (uint8_t) mode;
	return true;
}

/* A cursor over the text; words are ASCII letters, any case. */
typedef struct Reader
{
	const char *at;
} Reader;

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void
skip_space(Reader *reader)
{
	while (is_space(*reader->at))
		reader->at++;
}

/* Takes the word if it comes next as a whole word, and the space after it. */
static bool
take_word(Reader *reader, const char *word)
{
	const char *at = reader->at;

	for (; *word; word++, at++)
	{
		char		c = *at;

		if (c >= 'A' && c <= 'Z')
			c = (char) (c - 'A' + 'a');
		if (c != *word)
			return false;
	}
	if (*at != '\0' && !is_space(*at))
		return false;
	reader->at = at;
	skip_space(reader);
	return true;
}

/* Takes a signed decimal integer; saturates far above every limit. */
static bool
take_count(Reader *reader, int64_t *count)
{
	const char *at = reader->at;
	bool		negative = *at == '-';
	int64_t		value = 0;

	if (*at == '-' || *at == '+')
		at++;
	if (*at < '0' || *at > '9')
		return false;
	for (; *at >= '0' && *at <= '9'; at++)
		if (value < INT64_C(1000000000000))
			value = value * 10 + (*at - '0');
	*count = negative ? -value : value;
	reader->at = at;
	skip_space(reader);
	return true;
}

static bool
invalid(const char *text, AsError *error)
{
	char		quoted[128];

	as_fail(error, AS_INVALID_TEXT, NULL, "invalid input syntax for type sla_term: \"%s\"",
			as_quote(quoted, sizeof quoted, text, strlen(text)));
	return as_detail(error, "A term is written \"24 hours\", \"30 minutes\", \"7 days\", \"8 business hours\", "
					 "\"1 business day\", \"1 business day end of day\" or \"1 business day same time\".");
}

bool
as_term_parse(const char *text, AsTerm *term, AsError *error)
{
	Reader		reader = {text};
	int64_t		count;
	int			clock;
	int			mode = AS_DAY_ROLL;
	bool		business;

	skip_space(&reader);
	if (!take_count(&reader, &count))
		return invalid(text, error);
	business = take_word(&reader, "business");
	if (take_word(&reader, "hours") || take_word(&reader, "hour"))
	{
		clock = business ? AS_CLOCK_BUSINESS_HOURS : AS_CLOCK_HOURS;
		count *= 60;
	}
	else if (take_word(&reader, "minutes") || take_word(&reader, "minute"))
		clock = business ? AS_CLOCK_BUSINESS_HOURS : AS_CLOCK_HOURS;
	else if (take_word(&reader, "days") || take_word(&reader, "day"))
		clock = business ? AS_CLOCK_BUSINESS_DAYS : AS_CLOCK_DAYS;
	else
		return invalid(text, error);
	if (clock == AS_CLOCK_BUSINESS_DAYS)
	{
		if (take_word(&reader, "end"))
		{
			if (!take_word(&reader, "of") || !take_word(&reader, "day"))
				return invalid(text, error);
			mode = AS_DAY_END;
		}
		else if (take_word(&reader, "same"))
		{
			if (!take_word(&reader, "time"))
				return invalid(text, error);
			mode = AS_DAY_SAME_TIME;
		}
	}
	if (*reader.at != '\0')
		return invalid(text, error);
	return as_term_make(count, clock, mode, term, error);
}

const char *
as_term_format(AsTerm term, char buffer[AS_TERM_TEXT])
{
	static const char *const landings[] = {"", " end of day", " same time"};
	bool		business = term.clock == AS_CLOCK_BUSINESS_HOURS || term.clock == AS_CLOCK_BUSINESS_DAYS;
	int			count = term.count;
	const char *unit = "day";

	if (term.clock == AS_CLOCK_HOURS || term.clock == AS_CLOCK_BUSINESS_HOURS)
	{
		unit = count % 60 == 0 ? "hour" : "minute";
		if (count % 60 == 0)
			count /= 60;
	}
	snprintf(buffer, AS_TERM_TEXT, "%d %s%s%s%s", count, business ? "business " : "", unit,
			 count == 1 || count == -1 ? "" : "s", landings[term.mode]);
	return buffer;
}

#define BINARY_VERSION	1

void
as_term_encode(AsTerm term, unsigned char bytes[AS_TERM_BINARY_SIZE])
{
	uint32_t	count = (uint32_t) term.count;

	bytes[0] = BINARY_VERSION;
	bytes[1] = term.clock;
	bytes[2] = term.mode;
	for (int i = 0; i < 4; i++)
		bytes[3 + i] = (unsigned char) (count >> (24 - 8 * i));
}

bool
as_term_decode(const unsigned char *bytes, size_t length, AsTerm *term, AsError *error)
{
	uint32_t	count = 0;

	if (length > 0 && bytes[0] != BINARY_VERSION)
		return as_fail(error, AS_INVALID_BINARY, NULL, "unknown version %d of the binary form of sla_term", bytes[0]);
	if (length != AS_TERM_BINARY_SIZE)
		return as_fail(error, AS_INVALID_BINARY, NULL, "invalid binary form of type sla_term: %zu bytes", length);
	for (int i = 0; i < 4; i++)
		count = count << 8 | bytes[3 + i];
	if (!as_term_make((int32_t) count, bytes[1], bytes[2], term, error))
		return as_fail(error, AS_INVALID_BINARY, NULL, "invalid binary form of type sla_term: clock %d, landing %d, count %d",
					   bytes[1], bytes[2], (int32_t) count);
	return true;
}
