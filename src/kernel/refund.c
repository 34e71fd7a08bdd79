/*
 * refund.c
 *		What an act refunds: see refund.h.
 */
#include "kernel/refund.h"

#include <string.h>

#include "kernel/codes.h"

/* What the buyer asks for, at the ratio. */
typedef struct Asked
{
	AsAmount	goods;
	AsAmount	tax;
	AsAmount	shipping;
	AsAmount	total;
} Asked;

static bool
asked_at_ratio(const AsMoney *money, AsRatio ratio, Asked *asked, AsError *error)
{
	asked->shipping = money->shipping;
	if (!as_refund_share(money->asked.amount, money->digits, ratio, money->digits, &asked->goods, error) ||
		!as_refund_share(money->tax, money->digits, ratio, money->digits, &asked->tax, error))
		return false;
	if (__builtin_add_overflow(asked->goods, asked->tax, &asked->total) ||
		__builtin_add_overflow(asked->total, asked->shipping, &asked->total))
		return as_fail(error, AS_OUT_OF_RANGE, NULL, "the amounts of the request are too large");
	return true;
}

static AsAmount
clamp(AsAmount amount, AsAmount most)
{
	return amount < 0 ? 0 : amount > most ? most : amount;
}

/* Goods, tax and shipping of the stretch from "from" to "to" of all that is refunded. */
static void
split_parts(const Asked *asked, AsAmount from, AsAmount to, AsRefund *refund)
{
	AsAmount	tax_end = asked->goods + asked->tax;

	refund->tax = clamp(to - asked->goods, asked->tax) - clamp(from - asked->goods, asked->tax);
	refund->shipping = clamp(to - tax_end, asked->shipping) - clamp(from - tax_end, asked->shipping);

	/*
	 * what is refunded beyond what was asked (the platform may) counts as
	 * goods
	 */
	refund->goods = to - from - refund->tax - refund->shipping;
}

/* Fees are kept back once, from the request's first refund, and never exceed it. */
static bool
keep_fees(const AsMoney *money, AsAmount goods, AsRefund *refund, AsError *error)
{
	for (int i = 0; i < money->n_fees; i++)
	{
		const AsFee *fee = &money->fees[i];
		AsAmount	amount = 0;

		/* the same rounding as a refund's share: half up to the minor unit */
		if (fee->percent > 0 &&
			!as_refund_share(goods, money->digits, fee->percent, money->digits, &amount, error))
			return false;
		if (__builtin_add_overflow(amount, fee->fixed, &amount))
			return as_fail(error, AS_OUT_OF_RANGE, NULL, "fee \"%s\" is too large", fee->kind);
		if (fee->cap.known && amount > fee->cap.amount)
			amount = fee->cap.amount;
		amount = clamp(amount, refund->amount);
		refund->fees[i] = amount;
		refund->amount -= amount;
	}
	refund->n_fees = money->n_fees;
	return true;
}

static bool
refuse_amount(const AsMoney *money, const char *rule, AsAmount amount, const char *what, AsAmount allowed,
			  AsError *error)
{
	char		seen[AS_AMOUNT_TEXT_SIZE];
	char		limit[AS_AMOUNT_TEXT_SIZE];

	as_amount_format(amount, money->digits, seen);
	as_amount_format(allowed, money->digits, limit);
	as_fail(error, RA_OVER_REFUND, rule, "a refund of %s is more than %s, %s", seen, what, limit);
	return as_hint(error, "Refund at most %s.", limit);
}

static bool
refuse_nothing(const AsMoney *money, const AsTransition *transition, bool was_given, AsAmount amount, AsError *error)
{
	char		seen[AS_AMOUNT_TEXT_SIZE];

	if (!was_given)
	{
		as_fail(error, RA_OVER_REFUND, transition->rule, "nothing is left to refund");
		return as_hint(error, "The request's amount or the order's balance is refunded already, "
					   "or fees take all of it.");
	}
	as_amount_format(amount, money->digits, seen);
	as_fail(error, RA_INVALID_AMOUNT, transition->rule, "amount \"%s\" to refund is not above zero", seen);
	return as_hint(error, "Give an amount above zero in the payload, or none.");
}

/* What is to be refunded before limits and fees; unknown: nobody says. */
static bool
wanted_amount(const AsMoney *money, const AsTransition *transition, AsAmount refunded, const Asked *asked,
			  AsMaybeAmount *wanted, bool *was_given)
{
	*was_given = false;
	wanted->known = false;
	if (transition->refund == AS_REFUND_REMAINDER)
		*wanted = money->remaining;
	else if ((transition->refund == AS_REFUND_GIVEN || transition->refund == AS_REFUND_GIVEN_OR_ASKED) && money->given.known)
	{
		*wanted = money->given;
		*was_given = true;
	}
	else if (transition->refund != AS_REFUND_GIVEN && money->asked.known)
	{
		wanted->known = true;
		wanted->amount = clamp(asked->total - refunded, asked->total);
	}
	return wanted->known;
}

bool
as_compute_refund(const AsMoney *money, const AsTransition *transition, AsAmount refunded,
				  AsRefund *refund, bool *refunds, AsError *error)
{
	bool		by_platform = transition->executor == AS_EXECUTOR_PLATFORM;
	AsRatio		ratio = money->has_ratio && transition->refund != AS_REFUND_FULL ? money->ratio : AS_RATIO_ONE;
	Asked		asked = {0, 0, 0, 0};
	Asked		whole = {0, 0, 0, 0};
	AsMaybeAmount wanted;
	AsAmount	end;
	bool		was_given;

	memset(refund, 0, sizeof *refund);
	refund->executor = transition->executor;
	*refunds = false;
	if (money->asked.known &&
		(!asked_at_ratio(money, ratio, &asked, error) || !asked_at_ratio(money, AS_RATIO_ONE, &whole, error)))
		return false;
	if (!by_platform && !money->remaining.known)
	{
		as_fail(error, RA_NO_BALANCE, transition->rule, "it is not known what was paid for the order");
		return as_hint(error, "Insert what was paid into aftersale.order_balance (shop_id, order_ref, currency, paid), "
					   "and give request.order_ref.");
	}
	if (!wanted_amount(money, transition, refunded, &asked, &wanted, &was_given))
	{
		if (by_platform)
			return true;		/* it did not say how much */
		as_fail(error, RA_PAYLOAD_INCOMPLETE, transition->rule, "it is not known how much is to be refunded");
		return as_hint(error, "Give \"amount\" in the payload, or request.amount.");
	}
	refund->amount = wanted.amount;
	if (transition->refund_fees && refunded == 0 && !keep_fees(money, asked.goods, refund, error))
		return false;
	if (refund->amount <= 0)
	{
		if (by_platform && wanted.amount == 0)
			return true;
		return refuse_nothing(money, transition, was_given, wanted.amount, error);
	}
	if (!by_platform && money->asked.known && wanted.amount > whole.total - refunded)
		return refuse_amount(money, transition->rule, wanted.amount, "what the buyer still asks for",
							 whole.total - refunded, error);
	if (!by_platform && refund->amount > money->remaining.amount - (refunded - money->refunded))
		return refuse_amount(money, transition->rule, refund->amount, "what remains of the order",
							 money->remaining.amount - (refunded - money->refunded), error);
	if (__builtin_add_overflow(refunded, wanted.amount, &end))
		return as_fail(error, AS_OUT_OF_RANGE, transition->rule, "the refunds of the request are too large");
	split_parts(transition->refund == AS_REFUND_ASKED ? &asked : &whole, refunded, end, refund);
	*refunds = true;
	return true;
}
