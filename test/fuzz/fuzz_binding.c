/*
 * fuzz_binding.c
 *		What a status code of the ERP's asks of a request, in any flow: an act is
 *		taken only where it leads to what the code says, and none is taken where
 *		several do.
 */
#include "flow.h"

#include "kernel/bind.h"

static bool
aims_at(const AsBoundAim *aim, int state)
{
	for (int i = 0; i < aim->n_states; i++)
		if (aim->states[i] == state)
			return true;
	return false;
}

/* Whether the actor may lead the request there by the action; complete: with what the code brings along. */
static bool
leads(const AsFlow *flow, int state, const AsBoundAim *aim, int action, bool complete)
{
	for (int i = 0; i < flow->n_transitions; i++)
	{
		const AsTransition *one = &flow->transitions[i];

		if (one->from == state && one->action == action && aims_at(aim, one->to) && one->refusal == NULL &&
			(one->actors >> aim->actor & 1) != 0 && (!complete || (one->needs & ~aim->given) == 0))
			return strcmp(flow->actions[action], AS_ACTION_TIMEOUT) != 0 && strcmp(flow->actions[action], AS_ACTION_OPEN) != 0;
	}
	return false;
}

static int
ways(const AsFlow *flow, int state, const AsBoundAim *aim, bool complete)
{
	int			count = 0;

	for (int action = 0; action < flow->n_actions; action++)
		count += leads(flow, state, aim, action, complete);
	return count;
}

static void
check_move(const AsFlow *flow, int state, const AsBoundAim *aim)
{
	int			action = -1;
	AsBoundMove move = as_bound_move(flow, state, aim, &action);
	int			complete = ways(flow, state, aim, true);
	int			expected = complete > 0 ? complete : ways(flow, state, aim, false);

	require((move == AS_BOUND_STAYS) == aims_at(aim, state));
	if (move == AS_BOUND_STAYS)
		return;
	if (aim->names_action)
		require((move == AS_BOUND_ACTS) == (aim->action >= 0 && as_flow_first(flow, state, aim->action) != NULL) &&
				(move != AS_BOUND_ACTS || action == aim->action));
	else
	{
		require((move == AS_BOUND_ACTS) == (expected == 1) && (move == AS_BOUND_SEVERAL_WAYS) == (expected > 1));
		require(expected == 0 || leads(flow, state, aim, action, complete > 0));
	}
	/* nothing is opened anew while the matter goes on */
	require(move != AS_BOUND_REOPENS || (flow->states[state].final && aims_at(aim, flow->initial)));
}

static void
check_opening(const AsFlow *flow, const AsBoundAim *aim)
{
	int			opened = as_bound_opening(flow, aim);

	require(opened < 0 || (aims_at(aim, opened) && (opened == flow->initial || !flow->states[opened].final)));
	for (int i = 0; opened < 0 && i < aim->n_states; i++)
		require(aim->states[i] < 0 || (aim->states[i] != flow->initial && flow->states[aim->states[i]].final));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Source		source = {data, size};
	FuzzFlow	made;
	AsError		error;
	int			states[3];
	AsBoundAim	aim = {.states = states};

	take_flow(&source, &made);
	if (!as_flow_check(&made.flow, &error))
		return 0;
	aim.n_states = take(&source, 4);
	for (int i = 0; i < aim.n_states; i++)
		states[i] = take(&source, made.flow.n_states + 1) - 1;
	aim.names_action = take(&source, 4) == 0;
	aim.action = take(&source, made.flow.n_actions + 1) - 1;
	aim.actor = (AsActorKind) take(&source, AS_ACTOR_KINDS);
	aim.given = (uint64_t) take(&source, 2);
	for (int state = 0; state < made.flow.n_states; state++)
		check_move(&made.flow, state, &aim);
	check_opening(&made.flow, &aim);
	return 0;
}
