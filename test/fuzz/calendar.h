/*
 * calendar.h
 *		What holds for every calendar that was read, from text or from bytes.
 */
#ifndef AFTERSALE_FUZZ_CALENDAR_H
#define AFTERSALE_FUZZ_CALENDAR_H

#include "fuzz.h"

#include "kernel/calendar.h"

static inline void
calendar_room(AsRules *rules, size_t size)
{
	rules->date_room = AS_RULES_DATES(size);
	rules->dates = malloc(sizeof(AsDates) * (size_t) rules->date_room);
}

static inline unsigned char *
calendar_pack(const AsRules *rules, size_t *length)
{
	unsigned char *bytes;

	*length = as_rules_pack(rules, NULL, 0);
	bytes = malloc(*length);
	require(as_rules_pack(rules, bytes, *length) == *length);
	return bytes;
}

static inline void
require_packed(const AsRules *rules, const unsigned char *packed, size_t length)
{
	size_t		again_length;
	unsigned char *again = calendar_pack(rules, &again_length);

	require(again_length == length && memcmp(packed, again, length) == 0);
	free(again);
}

/* Text and packed form say the same, and are canonical; the JSON is as long as it says. */
static inline void
check_calendar(const AsRules *rules)
{
	size_t		length;
	size_t		packed_length;
	unsigned char *packed = calendar_pack(rules, &packed_length);
	char	   *text;
	AsRules		other;
	AsError		error;

	length = as_rules_format(rules, NULL, 0);
	text = malloc(length + 1);
	require(as_rules_format(rules, text, length + 1) == length && strlen(text) == length);
	calendar_room(&other, length);
	require(as_rules_parse(text, &other, &error));
	require_packed(&other, packed, packed_length);
	free(other.dates);
	free(text);

	calendar_room(&other, packed_length);
	require(as_rules_unpack(packed, packed_length, &other, &error));
	require_packed(&other, packed, packed_length);
	free(other.dates);
	free(packed);

	length = as_rules_format_json(rules, NULL, 0);
	text = malloc(length + 1);
	require(as_rules_format_json(rules, text, length + 1) == length && strlen(text) == length);
	free(text);
}

#endif
