/*
 * bind.c
 *		See bind.h.
 */
#include "kernel/bind.h"

#include <string.h>

static bool
is_aimed_at(const AsBoundAim *aim, int state)
{
	for (int i = 0; i < aim->n_states; i++)
		if (aim->states[i] == state)
			return true;
	return false;
}

/* Whether the transition is an act that leads from the state to where the row says. */
static bool
leads_there(const AsFlow *flow, const AsTransition *transition, int state, const AsBoundAim *aim)
{
	const char *action = flow->actions[transition->action];

	return transition->from == state && is_aimed_at(aim, transition->to) && transition->refusal == NULL &&
		(transition->actors & (1u << aim->actor)) != 0 &&
		strcmp(action, AS_ACTION_TIMEOUT) != 0 && strcmp(action, AS_ACTION_OPEN) != 0;
}

/* The actions that lead there: how many, and one of them; complete: only those that lack nothing. */
static int
count_ways(const AsFlow *flow, int state, const AsBoundAim *aim, bool complete, int *action)
{
	int			found = 0;

	for (int i = 0; i < flow->n_transitions; i++)
	{
		const AsTransition *transition = &flow->transitions[i];

		if (!leads_there(flow, transition, state, aim) || (complete && (transition->needs & ~aim->given) != 0) ||
			(found > 0 && transition->action == *action))
			continue;
		if (found == 0)
			*action = transition->action;
		found++;
	}
	return found;
}

AsBoundMove
as_bound_move(const AsFlow *flow, int state, const AsBoundAim *aim, int *action)
{
	int			ways;

	if (is_aimed_at(aim, state))
		return AS_BOUND_STAYS;
	if (aim->names_action)
	{
		*action = aim->action;
		if (aim->action >= 0 && as_flow_first(flow, state, aim->action) != NULL)
			return AS_BOUND_ACTS;
		ways = 0;
	}
	else
	{
		ways = count_ways(flow, state, aim, true, action);
		if (ways == 0)
			ways = count_ways(flow, state, aim, false, action);
	}
	if (ways > 0)
		return ways == 1 ? AS_BOUND_ACTS : AS_BOUND_SEVERAL_WAYS;
	/* whoever only has not seen the end does not begin anew */
	return flow->states[state].final && is_aimed_at(aim, flow->initial) ? AS_BOUND_REOPENS : AS_BOUND_NO_WAY;
}

int
as_bound_opening(const AsFlow *flow, const AsBoundAim *aim)
{
	if (is_aimed_at(aim, flow->initial))
		return flow->initial;
	for (int i = 0; i < aim->n_states; i++)
		if (aim->states[i] >= 0 && !flow->states[aim->states[i]].final)
			return aim->states[i];
	return -1;
}
