/*
 * fuzz_ratio_text.c
 *		Text input of refund_ratio (TEMU-28).
 */
#include "fuzz.h"

#include "kernel/ratio.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = (char *) fuzz_bytes(data, size);
	AsRatio		ratio = -1;
	AsRatio		again = -1;
	AsError		error;
	char		shown[AS_RATIO_TEXT_SIZE];

	if (as_ratio_parse(text, size, &ratio, &error))
	{
		require(ratio >= AS_RATIO_MIN && ratio <= AS_RATIO_MAX);
		require(as_ratio_parse(shown, as_ratio_format(ratio, shown), &again, &error) && again == ratio);
	}
	else
	{
		require(ratio == -1 && error.detail[0] != '\0' && strstr(error.message, "TEMU-28)") != NULL);
		require_error(&error, AS_INVALID_TEXT " " AS_OUT_OF_RANGE, text, size);
	}
	free(text);
	return 0;
}
