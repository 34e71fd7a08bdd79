/*
 * fuzz_money.c
 *		Shares, splits and refunds of any amounts: sums are exact, roundings half
 *		up, no part is negative or above what it is a part of, and nothing wraps.
 */
#include "fuzz.h"

#include "kernel/currency.h"
#include "kernel/refund.h"

typedef unsigned __int128 Wide;

#define MAX_PARTS	6
#define MAX_ACTS	5

static AsAmount
take_amount(Source *source)
{
	AsAmount	amount = take_wide(source);

	return amount < 0 ? -(amount + 1) : amount;
}

/* Whether the amount is the quotient, rounded half up. */
static bool
is_rounded(AsAmount amount, Wide dividend, Wide divisor)
{
	Wide		product = (Wide) amount * divisor;

	return amount >= 0 && (product > dividend ? product - dividend <= divisor - (product - dividend) :
						   dividend - product < divisor - (dividend - product));
}

static void
check_share(Source *source)
{
	AsAmount	paid = take_wide(source);
	int			decimals = take(source, AS_AMOUNT_MAX_DECIMALS + 1);
	int			digits = take(source, AS_CURRENCY_MAX_DIGITS + 1);
	AsRatio		ratio = AS_RATIO_MIN + (take(source, 256) << 8 | take(source, 256)) % (AS_RATIO_MAX - AS_RATIO_MIN + 1);
	AsAmount	refund;
	AsError		error;

	if (as_refund_share(paid, decimals, ratio, digits, &refund, &error))
		require(is_rounded(refund, (Wide) paid * (Wide) ratio, (Wide) as_power_of_ten(decimals + AS_RATIO_DECIMALS - digits)));
	else
		require_error(&error, paid < 0 ? RA_INVALID_AMOUNT : AS_OUT_OF_RANGE, "", 0);
}

static void
check_split(Source *source)
{
	AsAmount	weights[MAX_PARTS];
	AsAmount	parts[MAX_PARTS];
	AsAllocationSlot slots[MAX_PARTS];
	int			count = take(source, MAX_PARTS + 1);
	AsAmount	total = take_wide(source);
	Wide		size = total < 0 ? -(Wide) total : (Wide) total;
	Wide		weighed = 0;
	Wide		sum = 0;
	AsError		error;

	for (int i = 0; i < count; i++)
		weighed += (Wide) (weights[i] = take_wide(source));
	if (!as_allocate(total, weights, count, parts, slots, &error))
	{
		require_error(&error, RA_INVALID_WEIGHTS " " AS_OUT_OF_RANGE, "", 0);
		return;
	}
	for (int i = 0; i < count; i++)
	{
		Wide		part = (Wide) (total < 0 ? -parts[i] : parts[i]);
		Wide		exact = size * (Wide) weights[i];	/* times the sum of the
														 * weights */

		sum += part;
		require(part <= size && (weights[i] > 0 || part == 0) && (size > weighed || part <= (Wide) weights[i]));
		require(weighed == 0 || (part * weighed > exact ? part * weighed - exact : exact - part * weighed) < weighed);
	}
	require(sum == size);
}

static void
take_money(Source *source, AsMoney *money)
{
	memset(money, 0, sizeof *money);
	money->digits = take(source, AS_CURRENCY_MAX_DIGITS + 1);
	money->asked.known = take(source, 8) > 0;
	money->asked.amount = take_amount(source);
	money->tax = take_amount(source);
	money->shipping = take_amount(source);
	money->has_ratio = take(source, 2) == 1;
	money->ratio = AS_RATIO_MIN + 95 * take(source, 101);
	money->remaining.known = take(source, 8) > 0;
	money->remaining.amount = take_amount(source);
	money->n_fees = take(source, 3);
	for (int i = 0; i < money->n_fees; i++)
	{
		AsFee	   *fee = &money->fees[i];

		fee->kind = "restocking";
		fee->percent = 40 * take(source, 251);
		fee->fixed = take_amount(source);
		fee->cap.known = take(source, 2) == 1;
		fee->cap.amount = take_amount(source);
	}
}

/* What was refunded of a request so far, by its parts. */
typedef struct Sums
{
	AsAmount	refunded;
	AsAmount	goods;
	AsAmount	tax;
	AsAmount	shipping;
	bool		kept_fees;
} Sums;

static void
check_parts(const AsMoney *money, const AsTransition *transition, const AsRefund *refund, Sums *sums)
{
	AsAmount	fees = 0;

	for (int i = 0; i < refund->n_fees; i++)
	{
		require(refund->fees[i] >= 0);
		fees += refund->fees[i];	/* at most what is refunded */
	}
	require(refund->amount > 0 && refund->executor == transition->executor);
	require(refund->goods + refund->tax + refund->shipping - fees == refund->amount);
	require(fees == 0 || sums->refunded == 0);
	require(refund->tax >= 0 && refund->shipping >= 0 && refund->goods >= 0);
	if (transition->executor != AS_EXECUTOR_PLATFORM)
		require(refund->amount <= money->remaining.amount - sums->refunded);
	sums->refunded += refund->amount;
	sums->kept_fees = sums->kept_fees || fees > 0;
	if (sums->kept_fees)
		return;
	sums->goods += refund->goods;
	sums->tax += refund->tax;
	sums->shipping += refund->shipping;
}

/* A request is refunded in several acts of one kind; where no fee was kept back, the parts stay within what was asked. */
static void
check_acts(Source *source)
{
	AsMoney		money;
	AsTransition transition = {.condition = -1};
	Sums		sums = {0, 0, 0, 0, false};
	AsRefund	refund;
	bool		refunds;
	AsError		error;

	take_money(source, &money);
	transition.refund = AS_REFUND_ASKED + (AsRefundOf) take(source, AS_REFUND_FULL);
	transition.executor = (AsExecutor) take(source, AS_EXECUTORS);
	transition.refund_fees = take(source, 2) == 1;
	for (int acts = take(source, MAX_ACTS + 1); acts > 0; acts--)
	{
		money.given.known = take(source, 4) > 0;
		money.given.amount = take_wide(source);
		/* our own sums must not wrap */
		if (sums.refunded > AS_AMOUNT_MAX / 4)
			return;
		if (!as_compute_refund(&money, &transition, sums.refunded, &refund, &refunds, &error))
			require_error(&error, RA_NO_BALANCE " " RA_PAYLOAD_INCOMPLETE " " RA_OVER_REFUND " " RA_INVALID_AMOUNT " " AS_OUT_OF_RANGE, "", 0);
		else if (refunds)
			check_parts(&money, &transition, &refund, &sums);
		else
			require(transition.executor == AS_EXECUTOR_PLATFORM);
	}
	if (!money.asked.known || sums.kept_fees || transition.executor == AS_EXECUTOR_PLATFORM)
		return;
	require(sums.goods <= money.asked.amount && sums.tax <= money.tax && sums.shipping <= money.shipping);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Source		source = {data, size};

	check_share(&source);
	check_split(&source);
	check_acts(&source);
	return 0;
}
