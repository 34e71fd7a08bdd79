/*
 * negotiate.c
 *		Judging a negotiated partial refund: see negotiate.h.
 */
#include "kernel/negotiate.h"

#include <string.h>

#include "kernel/codes.h"
#include "kernel/currency.h"

#define PROPOSED		"proposed"
#define NEGOTIATED		"negotiated_refund"
#define RETURN_REFUND	"return_refund"

/* ---- numbers ---- */

/* Less than, equal to or above 0, as one is less than, equal to or above the other. */
static int
compare(AsDecimal one, AsDecimal other)
{
	int			decimals = one.decimals > other.decimals ? one.decimals : other.decimals;
	AsAmount	left;
	AsAmount	right;

	/* the side that overflows is the greater one by its absolute value */
	if (__builtin_mul_overflow(one.value, as_power_of_ten(decimals - one.decimals), &left))
		return one.value < 0 ? -1 : 1;
	if (__builtin_mul_overflow(other.value, as_power_of_ten(decimals - other.decimals), &right))
		return other.value < 0 ? 1 : -1;
	return (left > right) - (left < right);
}

static bool
too_large(int place, AsError *error)
{
	return as_fail(error, AS_OUT_OF_RANGE, NULL, "item %d: its numbers are too large", place);
}

/* What is left of the pieces. */
static bool
subtract(AsDecimal from, AsDecimal gone, AsDecimal *left)
{
	left->known = true;
	left->decimals = from.decimals > gone.decimals ? from.decimals : gone.decimals;
	if (__builtin_mul_overflow(from.value, as_power_of_ten(left->decimals - from.decimals), &from.value) ||
		__builtin_mul_overflow(gone.value, as_power_of_ten(left->decimals - gone.decimals), &gone.value) ||
		__builtin_sub_overflow(from.value, gone.value, &left->value))
		return false;
	while (left->decimals > 0 && left->value % 10 == 0)
	{
		left->value /= 10;
		left->decimals--;
	}
	return true;
}

static bool
is_blank(const char *text)
{
	return text == NULL || text[strspn(text, " \t\n\v\f\r")] == '\0';
}

/* ---- the rules ---- */

/* TEMU-20: the feature must be applied for. */
static bool
check_shop(const AsProposal *proposal, AsError *error)
{
	if (proposal->has_feature)
		return true;
	as_fail(error, RA_PROPOSAL, "TEMU-20", "shop \"%lld\" may not negotiate refunds", (long long) proposal->shop_id);
	return as_hint(error, "Once the platform has opened the feature: UPDATE aftersale.shop SET settings = settings || "
				   "'{\"features\": [\"negotiated_refund\"]}' WHERE shop_id = %lld;", (long long) proposal->shop_id);
}

/* TEMU-22: the order exists and is the shop's own, in one currency, and not fully refunded. */
static bool
check_order(const AsProposal *proposal, AsError *error)
{
	if (proposal->balances == 0)
	{
		as_fail(error, RA_PROPOSAL, "TEMU-22", "order \"%s\" is not known", proposal->order_ref);
		return as_hint(error, "Insert what was paid into aftersale.order_balance.");
	}
	if (proposal->balances > 1)
		return as_fail(error, RA_PROPOSAL, "TEMU-22", "order \"%s\" was paid in several currencies", proposal->order_ref);
	if (proposal->remaining.value <= 0)
		return as_fail(error, RA_PROPOSAL, "TEMU-22", "order \"%s\" is fully refunded", proposal->order_ref);
	return true;
}

bool
as_blocks_negotiation(const AsOpenRequest *request, bool returns_only)
{
	/* other kinds may have a state of that name: it is no proposal */
	if (strcmp(request->kind, NEGOTIATED) == 0 && strcmp(request->state, PROPOSED) == 0)
		return false;
	return !returns_only || strcmp(request->kind, RETURN_REFUND) == 0;
}

/* TEMU-26: what is open for the order has to be cancelled first. */
static bool
check_conflict(const AsProposal *proposal, AsError *error)
{
	for (int i = 0; i < proposal->n_open; i++)
	{
		const AsOpenRequest *open = &proposal->open[i];

		if (!as_blocks_negotiation(open, proposal->returns_only))
			continue;
		as_fail(error, RA_PROPOSAL, "TEMU-26", "request %lld (%s, %s) of order \"%s\" is open",
				(long long) open->request_id, open->flow, open->state, proposal->order_ref);
		return as_hint(error, "Have it cancelled first.");
	}
	return true;
}

/* TEMU-23: exactly one of amount and quantities, evidence and remark. */
static bool
check_content(const AsProposal *proposal, AsError *error)
{
	bool		has_evidence = proposal->n_evidence > 0;

	if ((proposal->amount_text != NULL) == proposal->by_quantity)
	{
		as_fail(error, RA_PROPOSAL, "TEMU-23", "a negotiated refund has either an amount or quantities");
		return as_hint(error, "Give amount, or items such as [{\"line_no\": 1, \"product\": \"P1\", \"quantity\": 1, "
					   "\"ordered\": 3, \"paid\": 30.00}].");
	}
	for (int i = 0; i < proposal->n_evidence; i++)
		has_evidence = has_evidence && !is_blank(proposal->evidence[i]);
	if (!has_evidence)
	{
		as_fail(error, RA_PROPOSAL, "TEMU-23", "a negotiated refund needs evidence of the agreement");
		return as_hint(error, "Usually a screenshot of the chat: ARRAY['chat-1.png'].");
	}
	if (is_blank(proposal->remark))
		return as_fail(error, RA_PROPOSAL, "TEMU-23", "a negotiated refund needs a remark");
	return true;
}

static bool
hint_lines(AsError *error)
{
	return as_hint(error, "Give for each line: quantity (to refund), ordered (pieces of the line), paid (for all of them).");
}

/* TEMU-23: whole pieces, from 1 to those that were not refunded before. */
static bool
check_pieces(const AsProposedLine *line, int place, AsError *error)
{
	const AsDecimal one = {true, 1, 0};
	AsDecimal	left;
	char		seen[AS_AMOUNT_TEXT_SIZE];
	char		most[AS_AMOUNT_TEXT_SIZE];

	if (!line->quantity.known || !line->ordered.known || !line->paid.known || line->paid.value < 0)
	{
		as_fail(error, RA_PROPOSAL, "TEMU-23", "item %d lacks \"quantity\", \"ordered\" or \"paid\"", place);
		return hint_lines(error);
	}
	if (!subtract(line->ordered, line->gone, &left))
		return too_large(place, error);
	/* what has as few decimals as it can is whole where it has none */
	if (line->quantity.decimals == 0 && compare(line->quantity, one) >= 0 && compare(line->quantity, left) <= 0)
		return true;
	as_amount_format(line->quantity.value, line->quantity.decimals, seen);
	as_amount_format(left.value, left.decimals, most);
	as_fail(error, RA_PROPOSAL, "TEMU-23", "item %d: quantity %s is not a whole number from 1 to %s", place, seen, most);
	return hint_lines(error);
}

/* The price of the pieces: their share of what was paid, half up to the minor unit. */
static bool
price_line(const AsProposedLine *line, int place, int digits, AsAmount *amount, AsError *error)
{
	int			exponent = line->ordered.decimals + digits - line->paid.decimals;
	AsAmount	dividend;
	AsAmount	divisor = line->ordered.value;
	AsAmount	rest;

	if (__builtin_mul_overflow(line->paid.value, line->quantity.value, &dividend) ||
		__builtin_mul_overflow(dividend, as_power_of_ten(exponent > 0 ? exponent : 0), &dividend) ||
		__builtin_mul_overflow(divisor, as_power_of_ten(exponent < 0 ? -exponent : 0), &divisor))
		return too_large(place, error);
	*amount = dividend / divisor;
	rest = dividend % divisor;
	if (rest >= divisor - rest)
		++* amount;
	return true;
}

static bool
price_lines(const AsProposal *proposal, AsAmount *amounts, AsAmount *total, int *digits, AsError *error)
{
	if (!as_currency_require(proposal->currency, strlen(proposal->currency), digits, error))
		return false;
	*total = 0;
	for (int i = 0; i < proposal->n_lines; i++)
	{
		if (!check_pieces(&proposal->lines[i], i + 1, error) ||
			!price_line(&proposal->lines[i], i + 1, *digits, &amounts[i], error))
			return false;
		if (__builtin_add_overflow(*total, amounts[i], total))
			return too_large(i + 1, error);
	}
	return true;
}

/* TEMU-23: above zero, at most what remains, and not all of it, unless the shop says so. */
static bool
check_bounds(const AsProposal *proposal, AsDecimal asked, const char *asked_text, AsError *error)
{
	if (!asked.known || asked.value <= 0 || compare(asked, proposal->remaining) > 0)
		return as_fail(error, RA_PROPOSAL, "TEMU-23",
					   "%s %s is not above zero and at most what remains of order \"%s\", %s",
					   asked_text, proposal->currency, proposal->order_ref, proposal->remaining_text);
	if (compare(asked, proposal->remaining) == 0 && !proposal->may_refund_all)
	{
		as_fail(error, RA_PROPOSAL, "TEMU-23", "%s %s is all that remains of order \"%s\": that is no partial refund",
				asked_text, proposal->currency, proposal->order_ref);
		return as_hint(error, "Use the normal refund. The shop's setting {\"negotiated_full_refund\": true} allows it here.");
	}
	return true;
}

/* The request needs a country of the shop. */
static bool
check_site(const AsProposal *proposal, AsError *error)
{
	if (proposal->site != NULL)
		return true;
	as_fail(error, RA_UNKNOWN_COUNTRY, NULL, "shop \"%lld\" sells in no country with currency \"%s\"",
			(long long) proposal->shop_id, proposal->currency);
	return as_hint(error, "Countries are rows of table aftersale.shop_country.");
}

bool
as_judge_proposal(const AsProposal *proposal, AsAmount *amounts, AsAmount *total, int *digits, AsError *error)
{
	AsDecimal	asked = proposal->amount;
	const char *asked_text = proposal->amount_text;
	char		text[AS_AMOUNT_TEXT_SIZE];

	if (!check_shop(proposal, error) || !check_order(proposal, error) ||
		!check_conflict(proposal, error) || !check_content(proposal, error))
		return false;
	if (proposal->by_quantity)
	{
		if (!price_lines(proposal, amounts, total, digits, error))
			return false;
		asked.known = true;
		asked.value = *total;
		asked.decimals = *digits;
		as_amount_format(*total, *digits, text);
		asked_text = text;
	}
	return check_bounds(proposal, asked, asked_text, error) && check_site(proposal, error);
}
