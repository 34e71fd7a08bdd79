/*
 * flow_cache.h
 *		Flows, compiled from their rows and cached in this backend.
 */
#ifndef AFTERSALE_FLOW_CACHE_H
#define AFTERSALE_FLOW_CACHE_H

#include "kernel/flow.h"
#include "utils/jsonb.h"

typedef struct AsCachedFlow
{
	AsFlow		flow;
	int			n_conditions;
	Jsonb	  **conditions;		/* what the "condition" bits of transitions
								 * stand for */
	Jsonb	  **requirements;	/* flow.requirements as they are written */
} AsCachedFlow;

/*
 * Both raise RA014 or RA018.  What they return is valid until the next call of
 * either.
 */
extern const AsCachedFlow *as_flow_in_force(const char *name, AsInstant opened_at, AsMaybeInstant ordered_at);
extern const AsCachedFlow *as_flow_version(const char *name, int version);

/* Moves whenever some flow changes. */
extern uint64 as_flow_epoch(void);

#endif
