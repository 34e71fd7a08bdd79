/*
 * fuzz_flow.c
 *		Flows as rows may have them: what as_flow_check() passes can be run, its
 *		timeouts come to an end; what it refuses, it refuses with RA018.
 */
#include "flow.h"

/* Whoever only waits comes to a state in which time passes, or to none with a deadline. */
static void
require_end(const AsFlow *flow, int start)
{
	int			timeout = as_flow_action(flow, AS_ACTION_TIMEOUT);
	int			steps = 0;

	for (int state = start; flow->states[state].has_term; steps++)
	{
		const AsTransition *transition = as_flow_first(flow, state, timeout);

		require(transition != NULL && steps <= flow->n_states);
		if (flow->states[state].starts == AS_FROM_ENTERED && flow->states[state].term.count > 0)
			break;
		state = transition->to;
	}
}

static void
check_flow(const AsFlow *flow)
{
	char		text[80];
	AsError		error;

	if (as_flow_check(flow, &error))
	{
		for (int i = 0; i < flow->n_states; i++)
			require_end(flow, i);
		for (int i = 0; i < flow->n_timers; i++)
			require(as_flow_action(flow, flow->timers[i].name) < 0 && flow->timers[i].term.count >= 0);
	}
	else
		require_error(&error, RA_INVALID_FLOW, "", 0);
	for (int i = 0; i < flow->n_states; i++)
	{
		size_t		size = 8 + (size_t) i * 14;

		require(strlen(as_flow_actions_text(flow, i, AS_ACTOR_MERCHANT, text, size)) < size);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Source		source = {data, size};
	FuzzFlow	made;

	take_flow(&source, &made);
	check_flow(&made.flow);
	return 0;
}
