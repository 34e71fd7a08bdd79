/*
 * currency.c
 *		Looks currencies up in the table that generate-currency.mjs makes.
 */
#include "kernel/currency.h"

#include <string.h>

#include "kernel/codes.h"

#define CODE_LENGTH		3
#define QUOTED_SIZE		41

typedef struct Currency
{
	char		code[CODE_LENGTH + 1];
	signed char digits;
} Currency;

static const Currency currencies[] = {
#include "kernel/currency_table.h"
};

int
as_currency_digits(const char *code, size_t length)
{
	int			low = 0;
	int			high = (int) (sizeof currencies / sizeof currencies[0]) - 1;

	if (length != CODE_LENGTH)
		return AS_CURRENCY_UNKNOWN;
	while (low <= high)
	{
		int			middle = (low + high) / 2;
		int			order = memcmp(code, currencies[middle].code, CODE_LENGTH);

		if (order == 0)
			return currencies[middle].digits;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return AS_CURRENCY_UNKNOWN;
}

/* The code in upper case and without blanks around, if that is a currency. */
static bool
guess_code(const char *code, size_t length, char guess[CODE_LENGTH + 1])
{
	while (length > 0 && *code == ' ')
		code++, length--;
	while (length > 0 && code[length - 1] == ' ')
		length--;
	if (length != CODE_LENGTH)
		return false;
	for (int i = 0; i < CODE_LENGTH; i++)
		guess[i] = code[i] >= 'a' && code[i] <= 'z' ? code[i] - 'a' + 'A' : code[i];
	guess[CODE_LENGTH] = '\0';
	return as_currency_digits(guess, CODE_LENGTH) >= 0;
}

bool
as_currency_require(const char *code, size_t length, int *digits, AsError *error)
{
	char		quoted[QUOTED_SIZE];
	char		guess[CODE_LENGTH + 1];

	*digits = as_currency_digits(code, length);
	if (*digits >= 0)
		return true;
	as_quote(quoted, sizeof quoted, code, length);
	if (*digits == AS_CURRENCY_NO_MINOR_UNIT)
	{
		as_fail(error, RA_UNKNOWN_CURRENCY, NULL, "currency \"%s\" has no minor unit", quoted);
		as_detail(error, "ISO 4217 lists it without one, so no amount can be rounded to it.");
		return as_hint(error, "Use the code of the money that is paid out, such as USD, EUR or JPY.");
	}
	as_fail(error, RA_UNKNOWN_CURRENCY, NULL, "unknown currency \"%s\"", quoted);
	as_detail(error, "A currency is the code of three capital letters by which ISO 4217 lists it.");
	if (guess_code(code, length, guess))
		return as_hint(error, "Write \"%s\".", guess);
	return as_hint(error, "Use a code of ISO 4217 such as USD, EUR or JPY.");
}
