/*
 * test_attach.c
 *		What attach_refund_check() asks of a row (TEMU-28, TEMU-07).
 */
#include <string.h>

#include "kernel/attach.h"
#include "kernel/codes.h"
#include "tap.h"

static AsError error;

static bool
reads(const char *text, int decimals, AsAmount expected)
{
	AsAmount	amount = -1;

	return as_decimal_parse(text, strlen(text), decimals, &amount) && amount == expected;
}

static bool
fails(const char *text, int decimals)
{
	AsAmount	amount;

	return !as_decimal_parse(text, strlen(text), decimals, &amount);
}

static bool
ratio(const char *text, bool percent)
{
	int64_t		hundredths;

	return as_attach_ratio_text(text, strlen(text), percent, &hundredths, &error);
}

int
main(void)
{
	AsAmount	paid = 1000;
	AsAmount	large = AS_AMOUNT_MAX;

	ok(reads("12.30", 2, 1230) && reads("-5", 2, -500) && reads(" 0.5\n", 1, 5) && reads(".5", 2, 50) && reads("7.", 0, 7), "decimal numbers");
	ok(reads("1.500", 1, 15) && fails("1.55", 1), "zeros at the end are no decimals");
	ok(fails("", 2) && fails(".", 2) && fails("-", 2) && fails("1,5", 2) && fails("1e3", 2) && fails("1.2.3", 2) && fails("- 1", 2) && fails("NaN", 2),
	   "no decimal numbers");
	ok(fails("1000000000000000000000000000000000000000", 0) && fails("100000000000000000000000000000000000000", 6), "too large");
	ok(as_attach_ratio(500, &error) && as_attach_ratio(10000, &error), "TEMU-28: 5% and 100% are ratios");
	ok(!as_attach_ratio(499, &error) && strcmp(error.sqlstate, RA_RATIO_REFUSED) == 0 && strstr(error.message, "\"4.99%\"") != NULL &&
	   strstr(error.message, "(RA043, TEMU-28)") != NULL, "TEMU-28: 4.99% is none, and the message says the rule");
	ok(!as_attach_ratio(10001, &error) && !as_attach_ratio(0, &error) && !as_attach_ratio(-3000, &error) && !as_attach_ratio(INT64_MAX, &error),
	   "TEMU-28: nor is anything beyond");
	ok(ratio("30%", false) && ratio("30%", true) && ratio("0.3", false) && ratio("30", true), "ratios as text");
	ok(!ratio("30", false) && !ratio("0.3", true) && !ratio("%", true) && !ratio("", false) && !ratio("12.345%", false), "no ratios as text");
	ok(as_attach_amount(0, &paid, 2, &error) && as_attach_amount(1000, &paid, 2, &error) && as_attach_amount(5, NULL, 2, &error),
	   "TEMU-07: from nothing to all that was paid");
	ok(!as_attach_amount(1001, &paid, 2, &error) && strcmp(error.sqlstate, RA_OVER_REFUND) == 0 && strstr(error.message, "\"10.01\"") != NULL &&
	   strstr(error.message, "\"10.00\"") != NULL && strstr(error.message, "(RA045, TEMU-07)") != NULL, "TEMU-07: a cent above it is not");
	ok(!as_attach_amount(-1, NULL, 2, &error) && strcmp(error.sqlstate, RA_INVALID_AMOUNT) == 0, "nor is less than nothing");
	ok(!as_attach_amount(1500000, &paid, 6, &error) && strstr(error.message, "\"1.5\"") != NULL, "without a currency the decimals that there are");
	ok(as_attach_sum("O", "", 1000, 400, &paid, 2, &error), "TEMU-07: all that was paid may be refunded");
	ok(!as_attach_sum("O", "EUR", 1001, 401, &paid, 2, &error) && strcmp(error.sqlstate, RA_OVER_REFUND) == 0 &&
	   strstr(error.message, "\"10.01 EUR\"") != NULL && strstr(error.detail, "\"4.00\" is left") != NULL, "TEMU-07: and no cent more");
	ok(!as_attach_sum("O", "", 1, 1, NULL, 2, &error) && strcmp(error.sqlstate, RA_NO_BALANCE) == 0, "what was paid must be known");
	ok(as_attach_sum("O", "", large, large, &large, 0, &error), "the largest amounts");
	return tap_end();
}
