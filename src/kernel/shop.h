/*
 * shop.h
 *		What of a shop's configuration holds for a request.
 */
#ifndef AFTERSALE_KERNEL_SHOP_H
#define AFTERSALE_KERNEL_SHOP_H

#include "kernel/error.h"
#include "kernel/flow.h"
#include "kernel/instant.h"
#include "kernel/refund.h"

#define AS_EVERY	"*"			/* every flow, every country */

/* For whom a fee of a shop is: a row of return_fee without its amounts. */
typedef struct AsFeeTerms
{
	const char *kind;
	const char *flow;			/* or AS_EVERY */
	const char *country;		/* or AS_EVERY */
	int			n_waived;
	const char *const *waived_reasons;
	AsInstant	effective_from;
	AsInstant	effective_to;
} AsFeeTerms;

/* The request that a fee is looked for. */
typedef struct AsFeeRequest
{
	const char *flow;
	const char *country;
	const char *reason;			/* NULL: none */
	AsInstant	opened_at;
} AsFeeRequest;

/*
 * The fees that a shop keeps back from a request (TTRET-05): of each kind the
 * most particular of those in force when it was opened (the flow's own before
 * the country's own, the later before the earlier), unless that one is waived
 * for the request's reason.  Fills chosen with places in terms, kinds in the
 * order in which they first fit, and returns how many; the order of terms is
 * of no other meaning.
 */
extern int	as_choose_fees(const AsFeeTerms *terms, int count, const AsFeeRequest *request,
						   int chosen[AS_MAX_FEES]);

/* A flow is of one platform, and so is a shop.  Refuses with RA032. */
extern bool as_check_platform(int64_t shop, const char *platform, const AsFlow *flow, AsError *error);

#endif
