/*
 * fuzz_instant.c
 *		Instants in a payload, which count only in the form that the engine
 *		itself writes; and every instant survives its text.
 */
#include "fuzz.h"

#include "kernel/instant.h"

static void
check_text(const char *text, size_t size)
{
	AsInstant	instant;
	char		shown[AS_INSTANT_TEXT];

	if (as_instant_parse(text, size, &instant))
		require(strlen(as_instant_text(instant, shown)) == size && memcmp(shown, text, size) == 0);
}

static void
check_value(const char *bytes)
{
	AsInstant	instant;
	AsInstant	again;
	char		shown[AS_INSTANT_TEXT];

	memcpy(&instant, bytes, sizeof instant);
	require(strlen(as_instant_text(instant, shown)) < sizeof shown);
	/* PostgreSQL's own range */
	if (instant >= INT64_C(-211813488000000000) && instant < INT64_C(9223371331200000000))
		require(as_instant_parse(shown, strlen(shown), &again) && again == instant);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = (char *) fuzz_bytes(data, size);

	check_text(text, size);
	if (size >= sizeof(AsInstant))
		check_value(text);
	free(text);
	return 0;
}
