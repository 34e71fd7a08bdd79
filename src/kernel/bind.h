/*
 * bind.h
 *		What a bound row of the ERP's asks of its request: the row's status code
 *		says in which states the request may be.
 */
#ifndef AFTERSALE_KERNEL_BIND_H
#define AFTERSALE_KERNEL_BIND_H

#include "kernel/flow.h"

/* What a status code says. */
typedef struct AsBoundAim
{
	int			n_states;
	const int  *states;			/* of the flow; -1: it has none of that name */
	bool		names_action;	/* the map says which action leads there */
	int			action;			/* then; -1: the flow has none of that name */
	AsActorKind actor;			/* who brings it along */
	uint64_t	given;			/* bits: payload keys of the flow that it
								 * brings along */
} AsBoundAim;

typedef enum AsBoundMove
{
	AS_BOUND_STAYS,				/* it is in such a state */
	AS_BOUND_ACTS,				/* the action leads there, or shall be judged */
	AS_BOUND_REOPENS,			/* it has ended, and the row is where matters
								 * begin: a new request */
	AS_BOUND_NO_WAY,			/* no action leads there */
	AS_BOUND_SEVERAL_WAYS		/* several do */
} AsBoundMove;

/*
 * What a request in a state does that its row says is in others.  *action is
 * the one to take (AS_BOUND_ACTS), or one of those that lead there
 * (AS_BOUND_SEVERAL_WAYS).
 */
extern AsBoundMove as_bound_move(const AsFlow *flow, int state, const AsBoundAim *aim, int *action);

/*
 * In which state a request is opened whose row has none yet.  -1: in none, the
 * matter is over.
 */
extern int	as_bound_opening(const AsFlow *flow, const AsBoundAim *aim);

#endif
