/*
 * facts.h
 *		What a decision read that may change afterwards, as jsonb: kept in
 *		request.last_facts and in the event, given back when deciding again.
 *
 *	{"by": "merchant", "from": "requested", "calendar": "US", "computed": [["2026-11-26 10:00:00+00", false]],
 *	 "remaining": 12.50, "booked": 3.00, "unclaimed": 1.00, "taken_back": 4.00, "at": "…", "platform_due": "…" or null, "fire": true,
 *	 "meets": [...], "overrides": […], "timers": […], "rules": […]}
 *
 * calendar is there where an instant was computed; computed is left out where
 * the only one is the request's due_at.  meets has the requirements of the
 * flow that held, as texts; met_before those before the act, where they were
 * others.  timers are those that are armed after
 * the decision: the next one starts from them.  booked and unclaimed are those
 * of the platform's word (kernel/reported.h); taken_back is for readers; at is
 * as_decision_event_at().
 */
#ifndef AFTERSALE_FACTS_H
#define AFTERSALE_FACTS_H

#include "kernel/decide.h"
#include "utils/jsonb.h"

/* What counts the use of a rule that has caps. */
typedef struct AsRuleUse
{
	int32		day;			/* local date, days since 2000-01-01 */
	const char *buyer;			/* NULL: none */
} AsRuleUse;

typedef struct AsFacts
{
	AsActorKind actor;
	bool		fire_overdue_at_opening;
	bool		sets_platform_due;
	AsMaybeInstant platform_due;
	uint64_t	meets;			/* requirements of the flow, as the act found
								 * the request */
	uint64_t	met_before;		/* and as it was before */
	AsMaybeAmount remaining;	/* of the order */
	AsAmount	booked;			/* of the request, for the platform */
	AsAmount	unclaimed;		/* of the request, to pay */
	int			n_fees;
	int			n_computed;
	int			n_overrides;
	int			n_chosen;
	AsOverride *overrides;
	/* from here on only as far as counted */
	AsFee		fees[AS_MAX_FEES];
	AsComputed	computed[AS_MAX_COMPUTED];
	AsChosen	chosen[AS_MAX_CHOSEN];
	AsStrategy	rules[AS_MAX_CHOSEN];
	AsRuleUse	uses[AS_MAX_CHOSEN];
} AsFacts;

/* uses: of the rules chosen, place by place. */
extern Jsonb *as_facts_write(const AsDecideInput *input, const AsDecision *decision, const char *calendar,
							 const AsRuleUse *uses);

/*
 * due is the row's deadline after the decision.  Raises RA026 where the facts
 * are not what as_facts_write() wrote.
 */
extern void as_facts_read(Jsonb *jsonb, const AsFlow *flow, int digits, const AsComputed *due, AsFacts *facts);

/* When the last event took effect, where as_decision_event_at() said so. */
extern AsMaybeInstant as_facts_at(Jsonb *jsonb);

/* Adds the timers that a decision left armed, from its facts. */
extern void as_facts_timers(Jsonb *jsonb, const AsFlow *flow, AsRequest *request);

#endif
