/*
 * fuzz_term_binary.c
 *		Binary input of sla_term.
 */
#include "fuzz.h"

#include "kernel/term.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *bytes = fuzz_bytes(data, size);
	unsigned char sent[AS_TERM_BINARY_SIZE];
	AsTerm		term;
	AsTerm		again;
	AsError		error;
	char		shown[AS_TERM_TEXT];

	if (as_term_decode(bytes, size, &term, &error))
	{
		as_term_encode(term, sent);
		require(size == sizeof sent && memcmp(bytes, sent, size) == 0);
		require(as_term_parse(as_term_format(term, shown), &again, &error) && as_term_pack(again) == as_term_pack(term));
	}
	else
		require_error(&error, AS_INVALID_BINARY, (char *) bytes, size);
	free(bytes);
	return 0;
}
