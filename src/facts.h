/*
 * facts.h
 *		What a decision read that may change afterwards, as jsonb: kept in
 *		request.last_facts and in the event, given back when deciding again.
 *
 *	{"by": "merchant", "from": "requested", "due": [["2026-11-26 10:00:00+00", false]],
 *	 "calendar": "US", "remaining": 12.50, "platform_due": "…" or null, "fire": true, "overrides": […]}
 */
#ifndef AFTERSALE_FACTS_H
#define AFTERSALE_FACTS_H

#include "kernel/decide.h"
#include "utils/jsonb.h"

typedef struct AsFacts
{
	AsActorKind actor;
	bool		fire_overdue_at_opening;
	bool		sets_platform_due;
	AsMaybeInstant platform_due;
	AsMaybeAmount remaining;	/* of the order */
	int			n_fees;
	AsFee		fees[AS_MAX_FEES];
	int			n_computed;
	AsComputed	computed[AS_MAX_EVENTS];
	int			n_overrides;
	AsOverride *overrides;
} AsFacts;

extern Jsonb *as_facts_write(const AsDecideInput *input, const AsDecision *decision, const char *calendar,
							 const char *country, const char *currency);

/* Raises RA026 where the facts are not what as_facts_write() wrote. */
extern void as_facts_read(Jsonb *jsonb, const AsFlow *flow, int digits, AsFacts *facts);

/* Raises RA026 unless the row is of the flow, country and currency that the opening's facts name. */
extern void as_facts_check_opening(Jsonb *jsonb, const char *flow, const char *country, const char *currency);

/* The facts of an event that is not the decision's last: its deadline alone. */
extern Jsonb *as_facts_of_event(const AsEvent *event);

#endif
