/*
 * money.c
 *		Shares of amounts and splits, in 128-bit integers.
 */
#include "kernel/money.h"

#include <stdio.h>
#include <string.h>

#include "kernel/codes.h"

typedef unsigned __int128 Unsigned;

#define POWERS		20

static const uint64_t powers_of_ten[POWERS] = {
	UINT64_C(1), UINT64_C(10), UINT64_C(100), UINT64_C(1000), UINT64_C(10000),
	UINT64_C(100000), UINT64_C(1000000), UINT64_C(10000000), UINT64_C(100000000),
	UINT64_C(1000000000), UINT64_C(10000000000), UINT64_C(100000000000),
	UINT64_C(1000000000000), UINT64_C(10000000000000), UINT64_C(100000000000000),
	UINT64_C(1000000000000000), UINT64_C(10000000000000000),
	UINT64_C(100000000000000000), UINT64_C(1000000000000000000),
	UINT64_C(10000000000000000000)
};

AsAmount
as_power_of_ten(int exponent)
{
	if (exponent < POWERS)
		return (AsAmount) powers_of_ten[exponent];
	return (AsAmount) ((Unsigned) powers_of_ten[POWERS - 1] * powers_of_ten[exponent - POWERS + 1]);
}

/* Right for the least AsAmount, too. */
static Unsigned
absolute(AsAmount amount)
{
	return amount < 0 ? -(Unsigned) amount : (Unsigned) amount;
}

size_t
as_amount_format(AsAmount amount, int decimals, char buffer[AS_AMOUNT_TEXT_SIZE])
{
	char		reversed[AS_AMOUNT_TEXT_SIZE];
	Unsigned	left = absolute(amount);
	int			length = 0;
	size_t		written = 0;

	while (left > 0 || length <= decimals)
	{
		reversed[length++] = (char) ('0' + (int) (left % 10));
		left /= 10;
	}
	if (amount < 0)
		buffer[written++] = '-';
	while (length > 0)
	{
		buffer[written++] = reversed[--length];
		if (length == decimals && decimals > 0)
			buffer[written++] = '.';
	}
	buffer[written] = '\0';
	return written;
}

/* Quotient and rest; most amounts fit 64 bits, where dividing is far faster. */
static Unsigned
divide(Unsigned dividend, Unsigned divisor, Unsigned *rest)
{
	if (dividend <= UINT64_MAX && divisor <= UINT64_MAX)
	{
		*rest = (uint64_t) dividend % (uint64_t) divisor;
		return (uint64_t) dividend / (uint64_t) divisor;
	}
	*rest = dividend % divisor;
	return dividend / divisor;
}

bool
as_refund_share(AsAmount paid, int paid_decimals, AsRatio ratio, int digits,
				AsAmount *refund, AsError *error)
{
	int			exponent = paid_decimals + AS_RATIO_DECIMALS - digits;
	Unsigned	divisor = (Unsigned) as_power_of_ten(exponent);
	Unsigned	quotient;
	Unsigned	rest;
	AsAmount	product;
	char		shown[AS_AMOUNT_TEXT_SIZE];

	if (paid < 0)
	{
		as_amount_format(paid, paid_decimals, shown);
		as_fail(error, RA_INVALID_AMOUNT, NULL, "paid amount \"%s\" is negative", shown);
		return as_detail(error, "What was paid is 0 or more.");
	}
	if (__builtin_mul_overflow(paid, (AsAmount) ratio, &product))
	{
		as_amount_format(paid, paid_decimals, shown);
		as_fail(error, AS_OUT_OF_RANGE, NULL, "paid amount \"%s\" is too large", shown);
		return as_detail(error, "The amount without its decimal point, times 10000, must be below 2^127.");
	}
	quotient = divide((Unsigned) product, divisor, &rest);
	*refund = (AsAmount) (quotient + (rest >= divisor - rest ? 1 : 0));
	return true;
}

/* The sum of the weights, each checked. */
static bool
sum_weights(const AsAmount *weights, int count, AsAmount *sum, AsError *error)
{
	*sum = 0;
	for (int i = 0; i < count; i++)
	{
		if (weights[i] < 0)
		{
			as_fail(error, RA_INVALID_WEIGHTS, NULL, "weight %d is negative", i + 1);
			return as_detail(error, "Weights are 0 or more, and one of them is above 0.");
		}
		if (__builtin_add_overflow(*sum, weights[i], sum))
			return as_fail(error, AS_OUT_OF_RANGE, NULL, "the sum of the weights is too large");
	}
	return true;
}

/* Whether a comes before b: the larger remainder, of equal ones the first. */
static bool
comes_first(const AsAllocationSlot *a, const AsAllocationSlot *b)
{
	return a->left_over > b->left_over || (a->left_over == b->left_over && a->part < b->part);
}

static void
sift_down(AsAllocationSlot *slots, int count, int at)
{
	AsAllocationSlot moving = slots[at];

	for (;;)
	{
		int			child = 2 * at + 1;

		if (child >= count)
			break;
		if (child + 1 < count && comes_first(&slots[child + 1], &slots[child]))
			child++;
		if (!comes_first(&slots[child], &moving))
			break;
		slots[at] = slots[child];
		at = child;
	}
	slots[at] = moving;
}

/* Gives one unit to each of the first "units" parts in the order of comes_first(). */
static void
hand_out(AsAmount *parts, AsAllocationSlot *slots, int count, int units)
{
	for (int i = count / 2; i-- > 0;)
		sift_down(slots, count, i);
	while (units-- > 0)
	{
		parts[slots[0].part]++;
		slots[0] = slots[--count];
		sift_down(slots, count, 0);
	}
}

bool
as_allocate(AsAmount total, const AsAmount *weights, int count,
			AsAmount *parts, AsAllocationSlot *slots, AsError *error)
{
	Unsigned	size = absolute(total);
	Unsigned	given = 0;
	Unsigned	limit;
	AsAmount	sum;

	if (count <= 0)
	{
		as_fail(error, RA_INVALID_WEIGHTS, NULL, "there are no weights");
		return as_detail(error, "An amount is split over one part or more.");
	}
	if (!sum_weights(weights, count, &sum, error))
		return false;
	if (sum == 0 && total != 0)
	{
		as_fail(error, RA_INVALID_WEIGHTS, NULL, "all weights are 0");
		return as_detail(error, "Weights are 0 or more, and one of them is above 0.");
	}
	if (__builtin_mul_overflow(size, (Unsigned) sum, &limit) || limit > (Unsigned) AS_AMOUNT_MAX)
	{
		as_fail(error, AS_OUT_OF_RANGE, NULL, "the total or the weights are too large to be split exactly");
		return as_detail(error, "The total times the sum of the weights, both without their decimal points, must be below 2^127.");
	}
	for (int i = 0; i < count; i++)
	{
		Unsigned	rest = 0;

		parts[i] = sum == 0 ? 0 : (AsAmount) divide(size * (Unsigned) weights[i], (Unsigned) sum, &rest);
		slots[i].left_over = (AsAmount) rest;
		slots[i].part = i;
		given += (Unsigned) parts[i];
	}
	/* fewer units are left than parts have a remainder, so weight 0 gets none */
	hand_out(parts, slots, count, (int) (size - given));
	for (int i = 0; total < 0 && i < count; i++)
		parts[i] = -parts[i];
	return true;
}
