/*
 * Whether a negotiated refund may be proposed, rule by rule.
 */
#include <string.h>

#include "kernel/codes.h"
#include "kernel/negotiate.h"
#include "tap.h"

static AsAmount amounts[4];
static AsAmount total;
static int	digits;
static AsError error;

static const AsDecimal unknown;

static AsDecimal
number(AsAmount value, int decimals)
{
	AsDecimal	result = {true, value, decimals};

	return result;
}

static AsProposedLine
line(AsDecimal quantity, AsDecimal ordered, AsDecimal paid, AsDecimal gone)
{
	AsProposedLine result = {quantity, ordered, paid, gone};

	return result;
}

/* A proposal of 5.00 out of 50.00 to which nothing is to be objected. */
static AsProposal
good(void)
{
	static const char *const evidence[] = {"chat.png"};
	AsProposal	proposal = {
		.shop_id = 7,.has_feature = true,.order_ref = "PO-1",.balances = 1,.currency = "USD",
		.remaining = {true, 50, 0},.remaining_text = "50",.site = "US",
		.amount_text = "5.00",.amount = {true, 5, 0},
		.n_evidence = 1,.evidence = evidence,.remark = "agreed"
	};

	return proposal;
}

static AsProposal
by_quantity(const AsProposedLine *lines, int count)
{
	AsProposal	proposal = good();

	proposal.amount_text = NULL;
	proposal.amount.known = false;
	proposal.by_quantity = true;
	proposal.lines = lines;
	proposal.n_lines = count;
	return proposal;
}

static bool
accepted(AsProposal proposal)
{
	error.message[0] = error.hint[0] = '\0';
	total = -1;
	return as_judge_proposal(&proposal, amounts, &total, &digits, &error);
}

/* Refused with the code and a message that holds the text, which may end with the rule. */
static bool
refused(AsProposal proposal, const char *code, const char *text)
{
	return !accepted(proposal) && strcmp(error.sqlstate, code) == 0 && strstr(error.message, text) != NULL;
}

static bool
amount_refused(const char *text, AsDecimal amount, const char *message)
{
	AsProposal	proposal = good();

	proposal.amount_text = text;
	proposal.amount = amount;
	return refused(proposal, RA_PROPOSAL, message);
}

static void
test_shop_and_order(void)
{
	AsProposal	proposal = good();

	ok(accepted(proposal) && total == -1, "a good proposal of an amount is accepted, and computes nothing");
	proposal.has_feature = false;
	ok(refused(proposal, RA_PROPOSAL, "may not negotiate refunds (RA048, TEMU-20)") &&
	   strstr(error.hint, "WHERE shop_id = 7;") != NULL, "TEMU-20: not without the feature, of this shop");
	proposal = good();
	proposal.balances = 0;
	ok(refused(proposal, RA_PROPOSAL, "order \"PO-1\" is not known (RA048, TEMU-22)"), "TEMU-22: the order is the shop's own");
	proposal.balances = 2;
	ok(refused(proposal, RA_PROPOSAL, "several currencies (RA048, TEMU-22)"), "TEMU-22: in one currency");
	proposal = good();
	proposal.remaining.value = 0;
	ok(refused(proposal, RA_PROPOSAL, "is fully refunded (RA048, TEMU-22)"), "TEMU-22: not fully refunded");
	proposal = good();
	proposal.site = NULL;
	ok(refused(proposal, RA_UNKNOWN_COUNTRY, "sells in no country with currency \"USD\" (RA011)"),
	   "the shop sells where the currency is");
	proposal.amount_text = NULL;
	ok(refused(proposal, RA_PROPOSAL, "TEMU-23"), "which is looked at last");
}

static void
test_conflict(void)
{
	AsOpenRequest open[] = {
		{1, "temu/negotiated_refund", "negotiated_refund", "proposed"},
		{2, "temu/ticket", "ticket", "requested"},
		{3, "temu/return_refund", "return_refund", "approved"}
	};
	AsOpenRequest charge = {4, "temu/refused_parcel", "refused_parcel", "proposed"};
	AsProposal	proposal = good();

	proposal.open = open;
	proposal.n_open = 1;
	ok(accepted(proposal), "TEMU-24: a proposal that is not confirmed blocks nothing");
	proposal.n_open = 3;
	ok(refused(proposal, RA_PROPOSAL, "request 2 (temu/ticket, requested) of order \"PO-1\" is open (RA048, TEMU-26)"),
	   "TEMU-26: every open request of the order blocks, the first is named");
	proposal.returns_only = true;
	ok(refused(proposal, RA_PROPOSAL, "request 3 (temu/return_refund, approved)"),
	   "TEMU-26: or those that return and refund alone, where the shop says so");
	proposal.n_open = 2;
	ok(accepted(proposal), "and no other ones then");
	proposal.returns_only = false;
	proposal.amount_text = NULL;
	ok(refused(proposal, RA_PROPOSAL, "TEMU-26"), "the conflict is told before what lacks in the content");
	proposal = good();
	proposal.open = &charge;
	proposal.n_open = 1;
	ok(refused(proposal, RA_PROPOSAL, "request 4 (temu/refused_parcel, proposed)"), "TEMU-26: a charge that is published is no proposal, whatever its state is called");
}

static void
test_content(void)
{
	static const char *const blank[] = {"chat.png", " \t"};
	static const char *const missing[] = {NULL};
	AsProposedLine pieces = {{true, 1, 0}, {true, 3, 0}, {true, 30, 0}, {true, 0, 0}};
	AsProposal	proposal = good();

	proposal.amount_text = NULL;
	ok(refused(proposal, RA_PROPOSAL, "either an amount or quantities (RA048, TEMU-23)"), "TEMU-23: neither is refused");
	proposal = by_quantity(&pieces, 1);
	proposal.amount_text = "5";
	ok(refused(proposal, RA_PROPOSAL, "either an amount or quantities"), "TEMU-23: and so are both");
	proposal = good();
	proposal.n_evidence = 0;
	ok(refused(proposal, RA_PROPOSAL, "needs evidence of the agreement (RA048, TEMU-23)"), "TEMU-23: evidence is needed");
	proposal.evidence = blank;
	proposal.n_evidence = 2;
	ok(refused(proposal, RA_PROPOSAL, "needs evidence"), "TEMU-23: none of it blank");
	proposal.evidence = missing;
	proposal.n_evidence = 1;
	ok(refused(proposal, RA_PROPOSAL, "needs evidence"), "TEMU-23: nor missing");
	proposal = good();
	proposal.remark = "\n ";
	ok(refused(proposal, RA_PROPOSAL, "needs a remark (RA048, TEMU-23)"), "TEMU-23: a blank remark is none");
	proposal.remark = NULL;
	ok(refused(proposal, RA_PROPOSAL, "needs a remark"), "TEMU-23: a remark is needed");
}

static void
test_bounds(void)
{
	AsProposal	proposal = good();

	ok(amount_refused("0", number(0, 0), "0 USD is not above zero and at most what remains of order \"PO-1\", 50 (RA048, TEMU-23)"),
	   "TEMU-23: zero is refused");
	ok(amount_refused("-1", number(-1, 0), "-1 USD is not above zero"), "TEMU-23: and less");
	ok(amount_refused("NaN", unknown, "NaN USD is not above zero"), "TEMU-23: and what is no number");
	ok(amount_refused("50.01", number(5001, 2), "at most what remains"), "TEMU-23: and more than what remains");
	ok(amount_refused("huge", number(AS_AMOUNT_MAX, 0), "at most what remains"), "TEMU-23: however much more");
	ok(amount_refused("50.00", number(50, 0), "50.00 USD is all that remains of order \"PO-1\": that is no partial refund (RA048, TEMU-23)"),
	   "TEMU-23: all that remains is no partial refund");
	proposal.amount_text = "49.999999999999999999";
	proposal.amount.value = as_power_of_ten(18) * 50 - 1;
	proposal.amount.decimals = 18;
	ok(accepted(proposal), "TEMU-23: anything less is; what is too fine for the currency is refused when the request is opened");
	proposal.amount_text = "50";
	proposal.amount.value = 50;
	proposal.amount.decimals = 0;
	proposal.may_refund_all = true;
	ok(accepted(proposal), "TEMU-23: unless the shop allows it");
	proposal.remaining.value = 50 * as_power_of_ten(18) - 1;
	proposal.remaining.decimals = 18;
	ok(refused(proposal, RA_PROPOSAL, "at most what remains"), "never more than what remains");
}

static bool
lines_refused(AsProposedLine pieces, const char *code, const char *message)
{
	return refused(by_quantity(&pieces, 1), code, message);
}

static void
test_quantities(void)
{
	AsDecimal	one = number(1, 0);
	AsDecimal	two = number(2, 0);
	AsDecimal	three = number(3, 0);
	AsDecimal	none = number(0, 0);
	AsDecimal	half = number(5, 1);
	AsDecimal	ten = number(10, 0);

	ok(lines_refused(line(unknown, three, ten, none), RA_PROPOSAL, "item 1 lacks \"quantity\", \"ordered\" or \"paid\" (RA048, TEMU-23)"),
	   "TEMU-23: a line names its quantity");
	ok(lines_refused(line(one, unknown, ten, none), RA_PROPOSAL, "item 1 lacks"), "TEMU-23: its pieces");
	ok(lines_refused(line(one, three, unknown, none), RA_PROPOSAL, "item 1 lacks"), "TEMU-23: its price");
	ok(lines_refused(line(one, three, number(-1, 2), none), RA_PROPOSAL, "item 1 lacks"), "TEMU-23: which is not negative");
	ok(lines_refused(line(none, three, ten, none), RA_PROPOSAL, "item 1: quantity 0 is not a whole number from 1 to 3 (RA048, TEMU-23)"),
	   "TEMU-23: one piece at least");
	ok(lines_refused(line(number(15, 1), three, ten, none), RA_PROPOSAL, "quantity 1.5 is not a whole number from 1 to 3"), "TEMU-23: whole ones");
	ok(lines_refused(line(number(4, 0), three, ten, none), RA_PROPOSAL, "quantity 4 is not"), "TEMU-23: at most all of them");
	ok(lines_refused(line(three, three, ten, one), RA_PROPOSAL, "quantity 3 is not a whole number from 1 to 2"), "TEMU-23: less those refunded before");
	ok(lines_refused(line(three, three, ten, half), RA_PROPOSAL, "from 1 to 2.5"), "TEMU-23: of which there may be parts");
	ok(lines_refused(line(one, none, ten, none), RA_PROPOSAL, "from 1 to 0"), "TEMU-23: a line without pieces has none to refund");
	ok(lines_refused(line(one, number(-3, 0), ten, none), RA_PROPOSAL, "from 1 to -3"), "TEMU-23: nor has one with less");
	ok(lines_refused(line(two, three, number(AS_AMOUNT_MAX, 0), none), AS_OUT_OF_RANGE, "item 1: its numbers are too large (22003)"),
	   "prices that overflow are refused (22003)");
	ok(lines_refused(line(one, number(AS_AMOUNT_MAX, 0), ten, half), AS_OUT_OF_RANGE, "too large"), "and so are pieces (22003)");
	ok(refused(by_quantity(NULL, 0), RA_PROPOSAL, "0.00 USD is not above zero"), "no lines are nothing to refund");
}

static void
test_prices(void)
{
	AsProposedLine lines[] = {
		{{true, 2, 0}, {true, 3, 0}, {true, 10, 0}, {true, 0, 0}},	/* 6.666… */
		{{true, 1, 0}, {true, 8, 0}, {true, 1, 0}, {true, 7, 0}},	/* 0.125 */
		{{true, 1, 0}, {true, 25, 1}, {true, 10001, 3}, {true, 0, 0}}	/* 10.001 / 2.5 */
	};
	AsProposal	proposal = by_quantity(lines, 3);

	ok(accepted(proposal) && digits == 2 && amounts[0] == 667 && amounts[1] == 13 && amounts[2] == 400 && total == 1080,
	   "the pieces' share of the price, half up, and their sum");
	proposal.currency = "JPY";
	ok(accepted(proposal) && digits == 0 && amounts[0] == 7 && amounts[1] == 0 && amounts[2] == 4 && total == 11,
	   "yen have no decimals");
	proposal.remaining.value = 10;
	ok(refused(proposal, RA_PROPOSAL, "11 JPY is not above zero"), "what they come to has the bounds of an amount");
	proposal.remaining.value = 11;
	ok(refused(proposal, RA_PROPOSAL, "11 JPY is all that remains"), "at both ends");
	proposal.currency = "XXX";
	ok(refused(proposal, RA_UNKNOWN_CURRENCY, "XXX"), "a currency without minor units is refused (RA012)");
}

int
main(void)
{
	test_shop_and_order();
	test_conflict();
	test_content();
	test_bounds();
	test_quantities();
	test_prices();
	return tap_end();
}
