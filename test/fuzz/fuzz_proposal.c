/*
 * fuzz_proposal.c
 *		Refunds that a merchant negotiated, with any numbers and texts: what is
 *		let through is within the pieces and what remains, and exact; what is
 *		refused has a promised code and splits no character of what it quotes.
 */
#include "fuzz.h"

#include "kernel/currency.h"
#include "kernel/negotiate.h"

typedef unsigned __int128 Wide;

#define MAX_LINES	3
#define MAX_OPEN	2

typedef struct Made
{
	char		texts[4][TEXT_ROOM];
	const char *evidence[2];
	AsOpenRequest open[MAX_OPEN];
	AsProposedLine lines[MAX_LINES];
	AsProposal	proposal;
} Made;

static AsDecimal
take_decimal(Source *source, int sure)
{
	AsDecimal	number;

	number.known = take(source, 8) < sure;
	number.value = take_wide(source);
	number.decimals = number.value == 0 ? 0 : take(source, 4) == 0 ? take(source, AS_AMOUNT_MAX_DECIMALS + 1) : take(source, 3);
	while (number.decimals > 0 && number.value % 10 == 0)
	{
		number.value /= 10;
		number.decimals--;
	}
	return number;
}

static void
take_lines(Source *source, Made *made)
{
	made->proposal.lines = made->lines;
	made->proposal.n_lines = take(source, MAX_LINES + 1);
	for (int i = 0; i < made->proposal.n_lines; i++)
	{
		made->lines[i].quantity = take_decimal(source, 7);
		made->lines[i].ordered = take_decimal(source, 7);
		made->lines[i].paid = take_decimal(source, 7);
		made->lines[i].gone = take_decimal(source, 8);
		if (made->lines[i].gone.value < 0)
			made->lines[i].gone.value = 0;
	}
}

static void
take_open(Source *source, Made *made)
{
	static const char *const kinds[] = {"return_refund", "negotiated_refund", "ticket"};
	static const char *const states[] = {"proposed", "requested"};

	made->proposal.open = made->open;
	made->proposal.n_open = take(source, 4) > 0 ? 0 : take(source, MAX_OPEN + 1);
	for (int i = 0; i < made->proposal.n_open; i++)
	{
		made->open[i].request_id = take(source, 256);
		made->open[i].flow = "temu/any";
		made->open[i].kind = kinds[take(source, 3)];
		made->open[i].state = states[take(source, 2)];
	}
}

static void
take_proposal(Source *source, Made *made)
{
	static const char *const currencies[] = {"USD", "JPY", "KWD", "XXX", "CLF"};
	AsProposal *proposal = &made->proposal;

	memset(made, 0, sizeof *made);
	proposal->has_feature = take(source, 8) > 0;
	proposal->may_refund_all = take(source, 2) == 1;
	proposal->returns_only = take(source, 2) == 1;
	proposal->balances = take(source, 8) > 0 ? 1 : take(source, 3);
	proposal->currency = currencies[take(source, 5)];
	proposal->remaining = take_decimal(source, 8);
	proposal->remaining_text = "what remains";
	proposal->site = take(source, 8) > 0 ? "US" : NULL;
	proposal->by_quantity = take(source, 3) > 0;
	take_lines(source, made);
	take_open(source, made);
	proposal->amount = take_decimal(source, 7);
	proposal->order_ref = take_text(source, made->texts[0]);
	if (proposal->by_quantity == (take(source, 8) == 0))
		proposal->amount_text = take_text(source, made->texts[1]);
	if (take(source, 8) > 0)
		proposal->remark = take_text(source, made->texts[2]);
	made->evidence[0] = take(source, 8) > 0 ? "chat.png" : NULL;
	made->evidence[1] = take_text(source, made->texts[3]);
	proposal->evidence = made->evidence;
	proposal->n_evidence = take(source, 3);
}

/* By whole and broken parts, since neither can overflow. */
static int
compare(AsDecimal one, AsDecimal other)
{
	AsAmount	by_one = as_power_of_ten(one.decimals);
	AsAmount	by_other = as_power_of_ten(other.decimals);
	AsAmount	left = one.value % by_one * as_power_of_ten(AS_AMOUNT_MAX_DECIMALS - one.decimals);
	AsAmount	right = other.value % by_other * as_power_of_ten(AS_AMOUNT_MAX_DECIMALS - other.decimals);

	if (one.value / by_one != other.value / by_other)
		return one.value / by_one < other.value / by_other ? -1 : 1;
	return (left > right) - (left < right);
}

/* quantity / ordered of what was paid, half up. */
static void
check_line(const AsProposedLine *line, int digits, AsAmount amount)
{
	int			exponent = line->ordered.decimals + digits - line->paid.decimals;
	Wide		dividend = (Wide) line->paid.value * (Wide) line->quantity.value * (Wide) as_power_of_ten(exponent > 0 ? exponent : 0);
	Wide		divisor = (Wide) line->ordered.value * (Wide) as_power_of_ten(exponent < 0 ? -exponent : 0);
	Wide		product = (Wide) amount * divisor;
	AsDecimal	all = line->quantity;

	require(line->quantity.known && line->ordered.known && line->paid.known && line->paid.value >= 0);
	require(line->quantity.decimals == 0 && line->quantity.value >= 1 && compare(line->quantity, line->ordered) <= 0);
	require(product > dividend ? product - dividend <= divisor - (product - dividend) : dividend - product < divisor - (dividend - product));
	if (line->gone.decimals == 0 && !__builtin_add_overflow(all.value, line->gone.value, &all.value))
		require(compare(all, line->ordered) <= 0);
}

static void
check_accepted(const AsProposal *proposal, const AsAmount *amounts, AsAmount total, int digits)
{
	AsDecimal	asked = {true, total, digits};

	require(proposal->has_feature && proposal->balances == 1 && proposal->site != NULL && proposal->n_evidence > 0 && proposal->remark != NULL);
	for (int i = 0; i < proposal->n_open; i++)
		require(!as_blocks_negotiation(&proposal->open[i], proposal->returns_only));
	if (!proposal->by_quantity)
	{
		require(proposal->amount_text != NULL && proposal->amount.known);
		asked = proposal->amount;
	}
	else
	{
		for (int i = 0; i < proposal->n_lines; i++)
		{
			check_line(&proposal->lines[i], digits, amounts[i]);
			total -= amounts[i];
		}
		require(total == 0);
	}
	require(asked.value > 0 && compare(asked, proposal->remaining) <= (proposal->may_refund_all ? 0 : -1));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Source		source = {data, size};
	Made		made;
	AsAmount	amounts[MAX_LINES];
	AsAmount	total = 0;
	int			digits = 0;
	AsError		error;

	take_proposal(&source, &made);
	if (as_judge_proposal(&made.proposal, amounts, &total, &digits, &error))
		check_accepted(&made.proposal, amounts, total, digits);
	else
	{
		const char *quoted = fuzz_is_utf8(made.texts[0], strlen(made.texts[0])) ? made.texts[1] : made.texts[0];

		require_error(&error, RA_PROPOSAL " " RA_UNKNOWN_COUNTRY " " RA_UNKNOWN_CURRENCY " " AS_OUT_OF_RANGE, quoted, strlen(quoted));
	}
	return 0;
}
