/*
 * fuzz_calendar_binary.c
 *		Binary input of business_calendar, which is its stored form as well.
 */
#include "calendar.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *bytes = fuzz_bytes(data, size);
	AsRules		rules;
	AsError		error;

	calendar_room(&rules, size);
	if (as_rules_unpack(bytes, size, &rules, &error))
		check_calendar(&rules);
	else
		require_error(&error, AS_INVALID_TEXT " " AS_INVALID_BINARY " " RA_NO_WORKING_TIME, (char *) bytes, size);
	free(rules.dates);
	free(bytes);
	return 0;
}
