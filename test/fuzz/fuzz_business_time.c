/*
 * fuzz_business_time.c
 *		Throws bytes at the text and binary input of business_calendar and the
 *		text input of sla_term; what is accepted must survive its own forms, and
 *		must compile and give deadlines.
 *
 *	clang -std=gnu11 -g -O1 -Isrc -fsanitize=fuzzer,address,undefined \
 *		-fno-sanitize-recover=all -o build/fuzz_business_time test/fuzz/fuzz_business_time.c \
 *		src/kernel/{rules,rules_text,term,zone,calendar,deadline,pause,explain,error}.c
 *	build/fuzz_business_time -max_len=400 -max_total_time=60 -dict=test/fuzz/business_time.dict
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/calendar.h"
#include "kernel/codes.h"
#include "kernel/quick.h"

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* A zone with a gap, an overlap at midnight, a skipped date and a repeated one. */
static int64_t at[] = {800000000, 815000000, 820000000, 840000000};
static int32_t offset[] = {3600, 7200, 3600, 90000, 3600};
static const AsZone zone = {4, at, offset};

static void
make_room(AsRules *rules, size_t size)
{
	rules->date_room = AS_RULES_DATES(size);
	rules->dates = malloc(sizeof(AsDates) * (size_t) rules->date_room);
}

static unsigned char *
pack(const AsRules *rules, size_t *length)
{
	unsigned char *bytes;

	*length = as_rules_pack(rules, NULL, 0);
	bytes = malloc(*length);
	require(as_rules_pack(rules, bytes, *length) == *length);
	return bytes;
}

/* Text and packed form say the same, and are canonical. */
static void
check_forms(const AsRules *rules)
{
	size_t		length;
	size_t		packed_length;
	size_t		again_length;
	unsigned char *packed = pack(rules, &packed_length);
	unsigned char *again;
	char	   *text;
	AsRules		other;
	AsError		error;

	length = as_rules_format(rules, NULL, 0);
	text = malloc(length + 1);
	require(as_rules_format(rules, text, length + 1) == length && strlen(text) == length);
	make_room(&other, length);
	require(as_rules_parse(text, &other, &error));
	again = pack(&other, &again_length);
	require(packed_length == again_length && memcmp(packed, again, packed_length) == 0);
	free(again);
	free(other.dates);
	make_room(&other, packed_length);
	require(as_rules_unpack(packed, packed_length, &other, &error));
	again = pack(&other, &again_length);
	require(packed_length == again_length && memcmp(packed, again, packed_length) == 0);
	free(again);
	free(other.dates);
	free(packed);
	free(text);
	length = as_rules_format_json(rules, NULL, 0);
	text = malloc(length + 1);
	require(as_rules_format_json(rules, text, length + 1) == length && strlen(text) == length);
	free(text);
}

/* With a table and without one deadlines are the same, and hours are exact. */
static void
check_deadlines(const AsRules *rules, int64_t start, AsTerm term)
{
	int32_t		first_day = (int32_t) (start / 1000000 / 86400) - 100;
	void	   *memory = malloc(as_calendar_room(rules, &zone, 200));
	AsCalendar *calendar = as_calendar_compile(rules, &zone, first_day, 200, memory);
	void	   *bare_memory = malloc(as_calendar_room(rules, &zone, 0));
	AsCalendar *bare = as_calendar_compile(rules, &zone, first_day, 0, bare_memory);
	int64_t		due = 0;
	int64_t		bare_due = 0;
	int64_t		elapsed;
	bool		provisional;
	AsError		error;
	bool		done = as_deadline(start, term, calendar, &due, NULL, &error);

	require(as_calendar_size(calendar) <= as_calendar_room(rules, &zone, 200));
	require(done == as_deadline(start, term, bare, &bare_due, &provisional, &error));
	if (done)
	{
		require(due == bare_due);
		if (term.clock == AS_CLOCK_BUSINESS_HOURS && term.count != 0)
			require(as_business_elapsed(start, due, calendar, &elapsed, &error) &&
					elapsed == term.count * INT64_C(60000000));
	}
	done = as_deadline_before(start, term, calendar, &due, &error);
	require(done == as_deadline_before(start, term, bare, &bare_due, &error));
	if (done)
	{
		require(due == bare_due && due <= start);
		if (term.clock == AS_CLOCK_BUSINESS_HOURS)
			require(as_business_elapsed(due, start, calendar, &elapsed, &error) &&
					elapsed == term.count * INT64_C(60000000));
	}
	free(memory);
	free(bare_memory);
}

static void
check_rules(const AsRules *rules, const uint8_t *data, size_t size)
{
	AsTerm		term = {0, AS_CLOCK_BUSINESS_DAYS, 0};
	int64_t		start = INT64_C(815000000000000);

	check_forms(rules);
	/* the last bytes choose a start around the zone's transitions, and a term */
	for (size_t i = 0; i < size && i < 8; i++)
	{
		start += (int64_t) data[size - 1 - i] * INT64_C(86400000000) * (i % 3) / 7;
		term.count = (int8_t) data[size - 1 - i];
		term.clock = (uint8_t) (AS_CLOCK_BUSINESS_HOURS + data[size - 1 - i] % 2);
		term.mode = term.clock == AS_CLOCK_BUSINESS_DAYS ? data[size - 1 - i] / 2 % 3 : 0;
		check_deadlines(rules, start, term);
	}
}

static void
check_term(const char *text)
{
	AsTerm		term;
	AsTerm		again;
	AsError		error;
	char		shown[AS_TERM_TEXT];

	if (as_term_parse(text, &term, &error))
	{
		require(as_term_parse(as_term_format(term, shown), &again, &error));
		require(as_term_pack(term) == as_term_pack(again));
		again = as_term_unpack(as_term_pack(term));
		require(term.count == again.count && term.clock == again.clock && term.mode == again.mode);
		return;
	}
	require(strcmp(error.sqlstate, AS_INVALID_TEXT) == 0 || strcmp(error.sqlstate, AS_OUT_OF_RANGE) == 0);
}

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = malloc(size + 1);
	AsRules		rules;
	AsError		error;

	memcpy(text, data, size);
	text[size] = '\0';
	check_term(text);
	make_room(&rules, size);
	if (as_rules_parse(text, &rules, &error))
		check_rules(&rules, data, size);
	else
		require(strcmp(error.sqlstate, AS_INVALID_TEXT) == 0 || strcmp(error.sqlstate, RA_NO_WORKING_TIME) == 0);
	free(text);
	if (as_rules_unpack(data, size, &rules, &error))
		check_rules(&rules, data, size);
	free(rules.dates);
	return 0;
}
