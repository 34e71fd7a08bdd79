/*
 * fuzz_ratio.c
 *		Throws bytes at the text input of refund_ratio and at currency codes.
 *
 *	clang -std=gnu11 -g -O1 -Isrc -fsanitize=fuzzer,address,undefined \
 *		-fno-sanitize-recover=all -o build/fuzz_ratio test/fuzz/fuzz_ratio.c src/kernel/{ratio,currency,error}.c
 *	build/fuzz_ratio -max_len=64 -max_total_time=60
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/currency.h"
#include "kernel/ratio.h"

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* What is accepted is in range and survives its own text form. */
static void
check_ratio(const char *bytes, size_t size)
{
	AsRatio		ratio = -1;
	AsRatio		again = -1;
	AsError		error;
	char		shown[AS_RATIO_TEXT_SIZE];

	if (as_ratio_parse(bytes, size, &ratio, &error))
	{
		require(ratio >= AS_RATIO_MIN && ratio <= AS_RATIO_MAX);
		require(as_ratio_parse(shown, as_ratio_format(ratio, shown), &again, &error) && again == ratio);
		return;
	}
	require(ratio == -1);
	require(strcmp(error.sqlstate, AS_INVALID_TEXT) == 0 || strcmp(error.sqlstate, AS_OUT_OF_RANGE) == 0);
	require(strstr(error.message, "TEMU-28)") != NULL && error.detail[0] != '\0');
}

/* Whatever is hinted at as the currency that was meant is one. */
static void
check_currency(const char *bytes, size_t size)
{
	AsError		error;
	int			digits;

	if (as_currency_require(bytes, size, &digits, &error))
	{
		require(size == 3 && digits >= 0 && digits <= AS_CURRENCY_MAX_DIGITS);
		return;
	}
	require(digits < 0 && error.hint[0] != '\0');
	if (strncmp(error.hint, "Write \"", 7) == 0)
		require(as_currency_digits(error.hint + 7, 3) >= 0);
}

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* exactly that many bytes, so that reading past them is seen */
	char	   *bytes = malloc(size > 0 ? size : 1);

	memcpy(bytes, data, size);
	check_ratio(bytes, size);
	check_currency(bytes, size);
	free(bytes);
	return 0;
}
