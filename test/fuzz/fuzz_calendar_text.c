/*
 * fuzz_calendar_text.c
 *		Text input of business_calendar.
 */
#include "calendar.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = fuzz_string(data, size);
	AsRules		rules;
	AsError		error;

	calendar_room(&rules, strlen(text));
	if (as_rules_parse(text, &rules, &error))
		check_calendar(&rules);
	else
		require_error(&error, AS_INVALID_TEXT " " RA_NO_WORKING_TIME, text, strlen(text));
	free(rules.dates);
	free(text);
	return 0;
}
