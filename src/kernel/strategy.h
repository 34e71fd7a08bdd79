/*
 * strategy.h
 *		A shop's automatic rules: which of them, if any, acts on a request at a
 *		moment (TEMU-27, TEMU-28, DOUYIN-05 to DOUYIN-09).
 *
 * A rule without a signal is looked at when a request enters its state, one
 * with a signal when that action has been taken.  It matches when all of its
 * conditions hold and its action can be taken; of those that match, the one of
 * the highest priority wins, then the one of the smallest number.
 *
 * What costs a look-up is asked of the shell, and only for rules whose other
 * conditions hold.
 */
#ifndef AFTERSALE_KERNEL_STRATEGY_H
#define AFTERSALE_KERNEL_STRATEGY_H

#include "kernel/flow.h"
#include "kernel/refund.h"

/* Decimals of a rule's bounds, whatever the currency of the request. */
#define AS_STRATEGY_DECIMALS	4

/* Names, ascending by strcmp(), each once; none: any name will do. */
typedef struct AsNames
{
	int			count;
	const char *const *names;
} AsNames;

/* Puts names in order, in their place, and drops repetitions. */
extern AsNames as_names(const char **names, int count);

/* A number that may be missing. */
typedef struct AsMaybeCount
{
	bool		known;
	int64_t		count;
} AsMaybeCount;

/* A rule of a shop.  Amounts of the bounds have AS_STRATEGY_DECIMALS. */
typedef struct AsStrategy
{
	int64_t		rule_id;
	const char *name;
	int			priority;
	bool		enabled;
	AsInstant	effective_from;
	AsInstant	effective_to;
	const char *state;			/* NULL: with a signal any state, else the
								 * flow's initial one */
	const char *signal;			/* NULL: it watches the entry of its state */
	AsNames		reasons;
	const char *currency;		/* NULL: whatever the request's is */
	AsMaybeAmount amount_from;
	AsMaybeAmount amount_to;
	AsNames		products;
	AsNames		categories;
	bool		single_parcel;
	bool		whole_parcel;
	const void *condition;		/* on the attributes, the shell's; NULL: none */
	const char *action;
	AsMaybeCount ratio;			/* of the refund; unknown: the request's */
	AsMaybeCount max_per_day;
	AsMaybeAmount max_amount_per_day;	/* minor units of its currency, which
										 * it has then */
	AsMaybeCount max_per_buyer;
} AsStrategy;

/* What a rule was used so far, not counting the moment that is judged. */
typedef struct AsStrategyUse
{
	int64_t		uses;			/* on the day of the moment */
	AsAmount	amount;			/* on that day, minor units */
	int64_t		buyer_uses;		/* for the request's buyer, ever */
} AsStrategyUse;

/* The request at a moment. */
typedef struct AsSituation
{
	const AsFlow *flow;
	int			state;			/* that it is in, and that a rule would act in */
	bool		entered;		/* the state was entered just now: by the
								 * opening, or where its clock was restarted */
	const char *signal;			/* the action just taken; NULL: none */
	int			from;			/* the state in which the signal arrived */
	uint64_t	meets;			/* requirements of the flow that the request
								 * meets */
	AsInstant	at;
	const char *reason;			/* NULL: none */
	const char *currency;
	const AsMoney *money;
	AsAmount	refunded;		/* decided for the request up to the moment */
	const int64_t *others_open; /* other open requests of the order */
	AsNames		products;		/* of its items; none: it has no items */
	AsNames		categories;
	bool		categories_known;	/* every item has one */
	AsMaybeCount parcels;
	bool		whole_parcel;	/* all goods of the parcel are refunded;
								 * false: not, or not known */
	bool		has_buyer;

	/* The shell's part. */
	void	   *context;
	/* whether the attributes contain the rule's condition */
	bool		(*holds) (void *context, const AsStrategy *rule);
	/* fills use, at least where the rule has caps that it is asked about */
	void		(*use) (void *context, const AsStrategy *rule, AsInstant at, AsStrategyUse *use);

	/*
	 * completes money and others_open, bits AS_LOOK_UP_...; NULL: they are
	 * complete
	 */
	void		(*look_up) (void *context, int look_ups);
} AsSituation;

typedef enum AsVerdictCode
{
	AS_VERDICT_WINS,
	AS_VERDICT_DISABLED,
	AS_VERDICT_NOT_IN_FORCE,
	AS_VERDICT_OTHER_MOMENT,
	AS_VERDICT_OTHER_STATE,
	AS_VERDICT_REASON,
	AS_VERDICT_CURRENCY,
	AS_VERDICT_NO_AMOUNT,
	AS_VERDICT_AMOUNT,
	AS_VERDICT_PARCELS,
	AS_VERDICT_NOT_WHOLE_PARCEL,
	AS_VERDICT_NO_ITEMS,
	AS_VERDICT_PRODUCT,
	AS_VERDICT_NO_CATEGORY,
	AS_VERDICT_CATEGORY,
	AS_VERDICT_NO_BUYER,
	AS_VERDICT_CONDITION,
	AS_VERDICT_OUTRANKED,
	AS_VERDICT_ACTION,
	AS_VERDICT_OTHERS_OPEN,
	AS_VERDICT_REFUND,
	AS_VERDICT_USED_TODAY,
	AS_VERDICT_AMOUNT_TODAY,
	AS_VERDICT_USED_BY_BUYER
} AsVerdictCode;

/* What became of a rule. */
typedef struct AsVerdict
{
	AsVerdictCode code;
	const char *name;			/* the product or category that is not among
								 * the rule's; of an outranked one: the winner */
	bool		refunds;		/* amount is what its action would refund */
	AsAmount	amount;			/* minor units of the request's currency */
	AsStrategyUse use;			/* where a cap decided, or the rule wins */
} AsVerdict;

/*
 * Index of the rule that acts, or -1.  rules: those of the request's flow, by
 * priority descending, then rule_id.  verdicts: one for each rule, or NULL;
 * with them every rule is looked at, without them only up to the winner.
 */
extern int	as_strategy_choose(const AsStrategy *rules, int count, const AsSituation *situation,
							   AsVerdict *verdicts);

/*
 * The transition that a rule takes in a state: the first of its action that the
 * merchant or the system may take, that asks nothing of a payload and whose
 * requirements are met.  NULL: none, or that one is refused.  A member's permission is not asked for: the rule is the shop's.
 */
extern const AsTransition *as_strategy_transition(const AsFlow *flow, int state, const char *action, uint64_t meets);

/* The request's money as the rule's refund sees it: at the rule's ratio, nothing given by a payload. */
extern AsMoney as_strategy_money(const AsStrategy *rule, const AsMoney *money);

#define AS_VERDICT_TEXT	500

/* Why, in a sentence without a period; returns buffer. */
extern const char *as_verdict_text(const AsStrategy *rule, const AsSituation *situation,
								   const AsVerdict *verdict, char buffer[AS_VERDICT_TEXT]);

#endif
