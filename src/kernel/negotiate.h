/*
 * negotiate.h
 *		Whether a partial refund that the merchant negotiated with the buyer
 *		may be proposed, and what it comes to (TEMU-20 to TEMU-26).
 */
#ifndef AFTERSALE_KERNEL_NEGOTIATE_H
#define AFTERSALE_KERNEL_NEGOTIATE_H

#include <stdint.h>

#include "kernel/error.h"
#include "kernel/money.h"

/* A number at its own decimals, as few as it has. */
typedef struct AsDecimal
{
	bool		known;
	AsAmount	value;
	int			decimals;		/* at most AS_AMOUNT_MAX_DECIMALS */
} AsDecimal;

/* A request of the order that is not in a final state. */
typedef struct AsOpenRequest
{
	int64_t		request_id;
	const char *flow;
	const char *kind;			/* of the flow */
	const char *state;
} AsOpenRequest;

/* A line of which pieces are to be refunded. */
typedef struct AsProposedLine
{
	AsDecimal	quantity;		/* to be refunded */
	AsDecimal	ordered;		/* pieces of the line */
	AsDecimal	paid;			/* for all of them */
	AsDecimal	gone;			/* pieces refunded before, 0 or more */
} AsProposedLine;

typedef struct AsProposal
{
	/* the shop */
	int64_t		shop_id;
	bool		has_feature;
	bool		may_refund_all;
	bool		returns_only;	/* as as_blocks_negotiation() has it */
	/* the order, as far as it is the shop's own */
	const char *order_ref;
	int64_t		balances;		/* currencies in which it was paid */
	const char *currency;
	AsDecimal	remaining;
	const char *remaining_text;
	const char *site;			/* country with that currency; NULL: none */
	int			n_open;
	const AsOpenRequest *open;
	/* what is proposed */
	const char *amount_text;	/* NULL: no amount is given */
	AsDecimal	amount;			/* unknown: no number, or a huge one */
	bool		by_quantity;
	int			n_lines;
	const AsProposedLine *lines;
	int			n_evidence;
	const char *const *evidence;	/* NULL elements are NULLs */
	const char *remark;			/* NULL: none */
} AsProposal;

/*
 * Whether an open request keeps others of its order from being refunded by
 * agreement (TEMU-26): every one does, or those of kind return_refund alone,
 * as the shop has it; a proposal blocks nothing until it is confirmed
 * (TEMU-24).
 */
extern bool as_blocks_negotiation(const AsOpenRequest *request, bool returns_only);

/*
 * Judges a proposal.  By quantity, fills amounts, with room for the lines, and
 * their sum total, in minor units of the currency, whose decimals digits
 * says; else they are not touched.  Errors: RA048 with the rule that is in the
 * way, RA011 no country with the order's currency, RA012 a currency without
 * minor units, 22003 overflow.
 */
extern bool as_judge_proposal(const AsProposal *proposal, AsAmount *amounts, AsAmount *total, int *digits,
							  AsError *error);

#endif
