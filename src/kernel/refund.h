/*
 * refund.h
 *		What an act refunds, of which parts it consists, and what is kept back.
 *
 * Amounts are minor units of the request's currency.
 */
#ifndef AFTERSALE_KERNEL_REFUND_H
#define AFTERSALE_KERNEL_REFUND_H

#include "kernel/flow.h"
#include "kernel/money.h"

/* An amount that may be unknown. */
typedef struct AsMaybeAmount
{
	bool		known;
	AsAmount	amount;
} AsMaybeAmount;

#define AS_MAX_FEES	8			/* kept back from one refund */

/* A fee that the shop keeps back: a share of the goods and a fixed amount, at most a cap. */
typedef struct AsFee
{
	const char *kind;			/* restocking, return_freight */
	int32_t		percent;		/* hundredths of a percent of the goods, 0 to
								 * 10000 */
	AsAmount	fixed;
	AsMaybeAmount cap;
} AsFee;

/* The money of a request, before the act. */
typedef struct AsMoney
{
	int			digits;			/* decimals of the currency */
	AsMaybeAmount asked;		/* for the goods */
	AsAmount	tax;			/* asked beside the goods */
	AsAmount	shipping;
	bool		has_ratio;		/* else 100% */
	AsRatio		ratio;			/* of goods and their tax, never of shipping
								 * (TEMU-28) */
	AsAmount	refunded;		/* decided so far for this request */
	AsMaybeAmount remaining;	/* of the order: paid less refunded */
	AsAmount	booked;			/* of refunded: what the platform is booked to
								 * have paid; as far as asked for */
	AsAmount	unclaimed;		/* of refunded: what the ERP is to pay and
								 * nobody has taken up; as far as asked for */
	AsMaybeAmount given;		/* the payload's amount */
	AsMaybeAmount cost;			/* the payload's fee: of a transition with a
								 * charge */
	int			n_fees;
	AsFee		fees[AS_MAX_FEES];
} AsMoney;

/* A refund: goods + tax + shipping - fees = amount. */
typedef struct AsRefund
{
	AsAmount	amount;			/* above 0 */
	AsAmount	goods;
	AsAmount	tax;
	AsAmount	shipping;
	int			n_fees;
	AsAmount	fees[AS_MAX_FEES];	/* by the money's fees, each above 0 or 0 */
	AsExecutor	executor;
} AsRefund;

/*
 * Computes the refund of a transition.  refunded is what was decided for the
 * request so far, this act's earlier events included.  *refunds is false where
 * there is nothing to book: the platform paid, and did not say how much.
 *
 * The platform pays what it pays, so what it does is booked as far as it is
 * known; what the ERP pays or orders to be paid is above zero and within what
 * the buyer asks for and what remains of the order (TEMU-07).  That it still
 * remains when it is booked is the record's to see.
 *
 * Parts: refunds of a request take goods first, then tax, then shipping, so
 * that the parts of all of them add up to what was asked.
 */
extern bool as_compute_refund(const AsMoney *money, const AsTransition *transition, AsAmount refunded,
							  AsRefund *refund, bool *refunds, AsError *error);

#endif
