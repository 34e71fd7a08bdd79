/*
 * fuzz_term_text.c
 *		Text input of sla_term.
 */
#include "fuzz.h"

#include "kernel/term.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = fuzz_string(data, size);
	AsTerm		term;
	AsTerm		again;
	AsError		error;
	char		shown[AS_TERM_TEXT];
	char		shown_again[AS_TERM_TEXT];

	if (as_term_parse(text, &term, &error))
	{
		require(as_term_parse(as_term_format(term, shown), &again, &error));
		require(as_term_pack(term) == as_term_pack(again));
		require(strcmp(shown, as_term_format(again, shown_again)) == 0);
		again = as_term_unpack(as_term_pack(term));
		require(term.count == again.count && term.clock == again.clock && term.mode == again.mode);
	}
	else
		require_error(&error, AS_INVALID_TEXT " " AS_OUT_OF_RANGE, text, strlen(text));
	free(text);
	return 0;
}
