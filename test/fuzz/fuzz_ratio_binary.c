/*
 * fuzz_ratio_binary.c
 *		Binary input of refund_ratio (TEMU-28).
 */
#include "fuzz.h"

#include "kernel/ratio.h"

/* Four bytes in network order are what int4send, its output, makes of the value. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *bytes = fuzz_bytes(data, size);
	AsRatio		ratio = -1;
	AsRatio		again = -1;
	AsError		error;
	char		shown[AS_RATIO_TEXT_SIZE];

	if (as_ratio_decode(bytes, size, &ratio, &error))
	{
		require(size == 4 && bytes[0] == 0 && bytes[1] == 0 && bytes[2] == ratio >> 8 && bytes[3] == (ratio & 0xFF));
		require(ratio >= AS_RATIO_MIN && ratio <= AS_RATIO_MAX);
		require(as_ratio_parse(shown, as_ratio_format(ratio, shown), &again, &error) && again == ratio);
	}
	else
	{
		require(ratio == -1);
		require_error(&error, size == 4 ? AS_OUT_OF_RANGE : AS_INVALID_BINARY, (char *) bytes, size);
	}
	free(bytes);
	return 0;
}
