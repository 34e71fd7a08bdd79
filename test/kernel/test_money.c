/*
 * test_money.c
 *		Currencies, shares and splits.  Random cases are judged by what a right
 *		result must satisfy, in integers, not by a second implementation.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel/codes.h"
#include "kernel/currency.h"
#include "kernel/money.h"
#include "tap.h"

#define SPLITS		1000000
#define MAX_PARTS	12

static uint64_t random_state = 20261125;

static uint64_t
random_bits(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* Below limit; small numbers as likely as large ones. */
static AsAmount
random_amount(uint64_t limit)
{
	return (AsAmount) ((random_bits() >> (random_bits() % 50)) % limit);
}

static void
test_currencies(void)
{
	static const struct
	{
		const char *code;
		int			digits;
	}			known[] = {
		{"JPY", 0}, {"KRW", 0}, {"VND", 0}, {"CLP", 0}, {"ISK", 0}, {"UYI", 0},
		{"USD", 2}, {"EUR", 2}, {"GBP", 2}, {"CNY", 2}, {"SGD", 2}, {"MYR", 2}, {"THB", 2},
		{"PHP", 2}, {"IDR", 2}, {"HUF", 2}, {"TWD", 2}, {"XCG", 2}, {"AED", 2}, {"ZWG", 2},
		{"KWD", 3}, {"BHD", 3}, {"JOD", 3}, {"OMR", 3}, {"TND", 3}, {"LYD", 3}, {"IQD", 3},
		{"CLF", 4}, {"UYW", 4}
	};
	static const char *const unknown[] = {"usd", "US", "USDX", "", "ZZZ", " USD", "AAA", "HRK", "\xEF\xBC\xB5"};
	bool		good = true;
	int			digits;
	AsError		error;

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		good &= as_currency_digits(known[i].code, 3) == known[i].digits;
	ok(good, "minor units are those of ISO 4217");
	good = true;
	for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
		good &= as_currency_digits(unknown[i], strlen(unknown[i])) == AS_CURRENCY_UNKNOWN &&
			!as_currency_require(unknown[i], strlen(unknown[i]), &digits, &error) &&
			strcmp(error.sqlstate, RA_UNKNOWN_CURRENCY) == 0 && error.hint[0] != '\0';
	ok(good, "what is not a current code in capitals is unknown (RA012)");
	ok(as_currency_digits("XAU", 3) == AS_CURRENCY_NO_MINOR_UNIT &&
	   !as_currency_require("XAU", 3, &digits, &error) &&
	   strcmp(error.sqlstate, RA_UNKNOWN_CURRENCY) == 0 && strstr(error.message, "no minor unit") != NULL,
	   "gold has no minor unit (RA012)");
	as_currency_require(" usd", 4, &digits, &error);
	ok(strcmp(error.hint, "Write \"USD\".") == 0, "capitals are hinted at");
}

/* The share, or -1 where it is refused. */
static AsAmount
share(AsAmount paid, int decimals, AsRatio ratio, int digits)
{
	AsAmount	refund;
	AsError		error;

	return as_refund_share(paid, decimals, ratio, digits, &refund, &error) ? refund : -1;
}

static void
test_shares(void)
{
	bool		good = true;
	AsAmount	refund;
	AsError		error;

	ok(share(1999, 2, 3000, 2) == 600 && share(1999, 0, 1250, 0) == 250 && share(1, 0, 3000, 3) == 300,
	   "30% of 19.99 USD is 6.00, 12.5% of 1999 JPY is 250, 30% of 1 KWD is 0.300");
	ok(share(10, 2, 500, 2) == 1 && share(9, 2, 500, 2) == 0 && share(30, 2, 500, 2) == 2 &&
	   share(1, 0, 5000, 0) == 1 && share(3, 0, 5000, 0) == 2,
	   "halves are rounded up, not to even");
	ok(share(0, 2, 500, 2) == 0 && share(12345, 2, 10000, 2) == 12345, "nothing of nothing, all of all");
	ok(share(10049999, 6, 10000, 2) == 1005 && share(10045, 3, 10000, 2) == 1005 && share(100449, 4, 10000, 2) == 1004,
	   "what was paid in finer units is rounded once");
	for (int i = 0; i < SPLITS; i++)
	{
		int			digits = (int) (random_bits() % 5);
		int			decimals = digits + (int) (random_bits() % 6);
		AsRatio		ratio = (AsRatio) (500 + random_bits() % 9501);
		AsAmount	paid = random_amount(UINT64_C(1000000000000000000));
		AsAmount	unit = as_power_of_ten(decimals + 4 - digits);
		AsAmount	twice;

		refund = share(paid, decimals, ratio, digits);
		/* exact - 1/2 < refund <= exact + 1/2 */
		twice = 2 * (refund * unit - paid * ratio);
		good &= twice > -unit && twice <= unit;
	}
	ok(good, "a million random shares lie within half a unit of the exact one, halves up");
	ok(!as_refund_share(-1, 2, 500, 2, &refund, &error) && strcmp(error.sqlstate, RA_INVALID_AMOUNT) == 0 &&
	   strstr(error.message, "\"-0.01\"") != NULL,
	   "a negative amount is refused (RA040)");
	ok(share(AS_AMOUNT_MAX / 10000, 18, 10000, 0) == AS_AMOUNT_MAX / 10000 / as_power_of_ten(18) &&
	   !as_refund_share(AS_AMOUNT_MAX / 9999, 0, 10000, 0, &refund, &error) &&
	   strcmp(error.sqlstate, AS_OUT_OF_RANGE) == 0,
	   "the largest amount works, a larger one is out of range (22003)");
}

typedef struct Split
{
	AsAmount	total;
	int			count;
	AsAmount	weights[MAX_PARTS];
	AsAmount	parts[MAX_PARTS];
	AsError		error;
} Split;

static bool
split(Split *it)
{
	AsAllocationSlot slots[MAX_PARTS];

	return as_allocate(it->total, it->weights, it->count, it->parts, slots, &it->error);
}

static AsAmount
sum_of(const AsAmount *values, int count)
{
	AsAmount	sum = 0;

	for (int i = 0; i < count; i++)
		sum += values[i];
	return sum;
}

static void
random_split(Split *it)
{
	it->total = random_amount(random_bits() % 2 ? 1000 : UINT64_C(1000000000000));
	it->count = 1 + (int) (random_bits() % MAX_PARTS);
	for (int i = 0; i < it->count; i++)
		it->weights[i] = random_bits() % 8 == 0 ? 0 :
			random_amount(random_bits() % 2 ? 5 : UINT64_C(1000000000000));
	if (sum_of(it->weights, it->count) == 0)
		it->weights[random_bits() % it->count] = 1;
}

/*
 * Largest remainder, ties to the first: whoever was rounded up has a larger
 * remainder than whoever was not, or the same one and an earlier place.
 */
static bool
fairly_rounded(const Split *it)
{
	AsAmount	sum = sum_of(it->weights, it->count);

	for (int up = 0; up < it->count; up++)
	{
		AsAmount	gained = it->parts[up] - it->total * it->weights[up] / sum;

		if (gained == 0)
			continue;
		if (gained != 1)
			return false;
		for (int down = 0; down < it->count; down++)
		{
			AsAmount	left_up = it->total * it->weights[up] % sum;
			AsAmount	left_down = it->total * it->weights[down] % sum;

			if (it->parts[down] == it->total * it->weights[down] / sum &&
				(left_down > left_up || (left_down == left_up && down < up)))
				return false;
		}
	}
	return true;
}

static void
test_random_splits(void)
{
	bool		sums = true;
	bool		signs = true;
	bool		close = true;
	bool		fair = true;
	bool		mirrored = true;
	Split		it;

	for (int n = 0; n < SPLITS; n++)
	{
		Split		negative;
		AsAmount	weight_sum;

		random_split(&it);
		weight_sum = sum_of(it.weights, it.count);
		sums &= split(&it) && sum_of(it.parts, it.count) == it.total;
		for (int i = 0; i < it.count; i++)
		{
			AsAmount	off = it.parts[i] * weight_sum - it.total * it.weights[i];

			signs &= it.parts[i] >= 0 && (it.weights[i] != 0 || it.parts[i] == 0);
			close &= off < weight_sum && off > -weight_sum;
		}
		fair &= fairly_rounded(&it);
		negative = it;
		negative.total = -it.total;
		mirrored &= split(&negative);
		for (int i = 0; i < it.count; i++)
			mirrored &= negative.parts[i] == -it.parts[i];
	}
	ok(sums, "the parts of a million random splits add up to the total");
	ok(signs, "none is negative, and weight 0 gets 0");
	ok(close, "each is within one unit of its exact share");
	ok(fair, "the largest remainders are rounded up, of equal ones the first");
	ok(mirrored, "a negative total gives the same parts with the other sign");
}

static bool
refused(Split *it, const char *sqlstate)
{
	return !split(it) && strcmp(it->error.sqlstate, sqlstate) == 0;
}

static void
test_split_errors(void)
{
	Split		it = {.total = 100};

	ok(refused(&it, RA_INVALID_WEIGHTS), "no weights are refused (RA042)");
	it.count = 2;
	ok(refused(&it, RA_INVALID_WEIGHTS), "weights that are all 0 are refused (RA042)");
	it.total = 0;
	ok(split(&it) && it.parts[0] == 0 && it.parts[1] == 0, "unless there is nothing to split");
	it.total = 100, it.weights[0] = 5, it.weights[1] = -1;
	ok(refused(&it, RA_INVALID_WEIGHTS) && strstr(it.error.message, "weight 2") != NULL,
	   "a negative weight is refused (RA042), by its number");
	it.weights[1] = AS_AMOUNT_MAX;
	ok(refused(&it, AS_OUT_OF_RANGE), "a sum of weights that overflows is refused (22003)");
	it.total = AS_AMOUNT_MAX, it.weights[0] = 1, it.weights[1] = 1;
	ok(refused(&it, AS_OUT_OF_RANGE), "a product that overflows is refused (22003)");
	it.total = -AS_AMOUNT_MAX - 1;
	ok(refused(&it, AS_OUT_OF_RANGE), "also at the least integer");
	it.total = AS_AMOUNT_MAX, it.weights[1] = 0;
	ok(split(&it) && it.parts[0] == AS_AMOUNT_MAX && it.parts[1] == 0, "the largest total works");
}

/* Refunds an order bit by bit until nothing remains. */
static void
test_refund_series(void)
{
	bool		bounded = true;
	bool		summed = true;
	bool		closed = true;
	Split		it;

	/* 3.5 refunds on average: more than a million */
	for (int n = 0; n < SPLITS / 3; n++)
	{
		AsAmount	left;
		int			rounds = 1 + (int) (random_bits() % 6);

		random_split(&it);
		for (left = sum_of(it.weights, it.count); rounds > 0; rounds--)
		{
			it.total = rounds == 1 ? left : random_amount((uint64_t) left + 1);
			summed &= split(&it) && sum_of(it.parts, it.count) == it.total;
			for (int i = 0; i < it.count; i++)
			{
				bounded &= it.parts[i] >= 0 && it.parts[i] <= it.weights[i];
				it.weights[i] -= it.parts[i];
			}
			left -= it.total;
		}
		for (int i = 0; i < it.count; i++)
			closed &= it.weights[i] == 0;
	}
	ok(summed, "every one of a million refunds in series is spread whole");
	ok(bounded, "no part is negative or above what remains of its line");
	ok(closed, "the last refund closes every line to zero");
}

static void
test_text(void)
{
	char		text[AS_AMOUNT_TEXT_SIZE];

	as_amount_format(-5, 2, text);
	ok(strcmp(text, "-0.05") == 0, "-5 hundredths are -0.05");
	as_amount_format(0, 0, text);
	ok(strcmp(text, "0") == 0, "zero without decimals is 0");
	as_amount_format(-AS_AMOUNT_MAX - 1, 18, text);
	ok(strcmp(text, "-170141183460469231731.687303715884105728") == 0, "the least integer has its digits");
	as_amount_format(1, 38, text);
	ok(strcmp(text, "0.00000000000000000000000000000000000001") == 0, "38 decimals fit");
}

int
main(void)
{
	test_currencies();
	test_shares();
	test_random_splits();
	test_split_errors();
	test_refund_series();
	test_text();
	return tap_end();
}
