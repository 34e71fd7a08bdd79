/*
 * fuzz_amounts.c
 *		What an ERP's columns of text may hold: decimal amounts, ratios and
 *		currencies.  The first byte chooses the decimals.
 */
#include "fuzz.h"

#include "kernel/attach.h"
#include "kernel/currency.h"

static void
check_decimal(const char *text, size_t size, int decimals)
{
	AsAmount	amount;
	AsAmount	again;
	char		shown[AS_AMOUNT_TEXT_SIZE];

	if (!as_decimal_parse(text, size, decimals, &amount))
		return;
	require(as_decimal_parse(shown, as_amount_format(amount, decimals, shown), decimals, &again));
	require(amount == again && strlen(shown) < sizeof shown);
}

/* What passes as a ratio passes as a decimal between 5% and 100%. */
static void
check_ratio(const char *text, size_t size, bool percent)
{
	AsError		error;
	int64_t		hundredths = 0;

	if (!as_attach_ratio_text(text, size, percent, &hundredths, &error))
		require_error(&error, RA_RATIO_REFUSED, text, size);
	else
		require(hundredths >= 500 && hundredths <= 10000);
}

/* Whatever is hinted at as the currency that was meant is one. */
static void
check_currency(const char *text, size_t size)
{
	AsError		error;
	int			digits;

	if (as_currency_require(text, size, &digits, &error))
	{
		require(size == 3 && digits >= 0 && digits <= AS_CURRENCY_MAX_DIGITS);
		return;
	}
	require(digits < 0 && error.hint[0] != '\0');
	require_error(&error, RA_UNKNOWN_CURRENCY, text, size);
	if (strncmp(error.hint, "Write \"", 7) == 0)
		require(as_currency_digits(error.hint + 7, 3) >= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text;

	if (size == 0)
		return 0;
	text = (char *) fuzz_bytes(data + 1, size - 1);
	check_decimal(text, size - 1, data[0] % (AS_AMOUNT_MAX_DECIMALS + 1));
	check_ratio(text, size - 1, data[0] & 1);
	check_currency(text, size - 1);
	free(text);
	return 0;
}
