/*
 * flow.c
 *		Looking things up in a flow, and whether it can be run.
 */
#include "kernel/flow.h"

#include <stdio.h>
#include <string.h>

#include "kernel/codes.h"

const char *const as_actor_names[AS_ACTOR_KINDS] = {
	"merchant", "buyer", "platform", "carrier", "erp", "system"
};

const char *const as_executor_names[AS_EXECUTORS] = {"platform", "instruct", "shop"};

AsActorKind
as_actor_kind(const char *actor)
{
	for (int kind = AS_ACTOR_BUYER; kind < AS_ACTOR_KINDS; kind++)
		if (strcmp(actor, as_actor_names[kind]) == 0)
			return (AsActorKind) kind;
	return AS_ACTOR_MERCHANT;
}

int
as_flow_state(const AsFlow *flow, const char *name)
{
	for (int i = 0; i < flow->n_states; i++)
		if (strcmp(flow->states[i].name, name) == 0)
			return i;
	return -1;
}

int
as_flow_action(const AsFlow *flow, const char *name)
{
	for (int i = 0; i < flow->n_actions; i++)
		if (strcmp(flow->actions[i], name) == 0)
			return i;
	return -1;
}

int
as_flow_timer(const AsFlow *flow, const char *name)
{
	for (int i = 0; i < flow->n_timers; i++)
		if (strcmp(flow->timers[i].name, name) == 0)
			return i;
	return -1;
}

const AsTransition *
as_flow_first(const AsFlow *flow, int state, int action)
{
	for (int i = 0; i < flow->n_transitions; i++)
		if (flow->transitions[i].from == state && flow->transitions[i].action == action)
			return &flow->transitions[i];
	return NULL;
}

bool
as_transition_is_open(const AsTransition *transition, uint64_t meets)
{
	return (transition->requires & ~meets) == 0;
}

const AsTransition *
as_flow_next(const AsFlow *flow, const AsTransition *transition)
{
	const AsTransition *next = transition + 1;

	if (next < flow->transitions + flow->n_transitions &&
		next->from == transition->from && next->action == transition->action)
		return next;
	return NULL;
}

/* Names that are the engine's own. */
static bool
is_reserved(const char *name)
{
	return strcmp(name, AS_ACTION_SET_DEADLINE) == 0 || strcmp(name, AS_ACTION_RECOMPUTE) == 0 ||
		strcmp(name, AS_ACTION_REPORT) == 0;
}

/* Whether timeouts lead from the state back to it with every deadline in the past. */
static bool
is_endless(const AsFlow *flow, int start, int timeout)
{
	int			place = start;

	for (int i = 0; i < flow->n_states; i++)
	{
		const AsState *state = &flow->states[place];
		const AsTransition *transition = as_flow_first(flow, place, timeout);

		if (transition == NULL || !state->has_term ||
			(state->starts == AS_FROM_ENTERED && state->term.count > 0))
			return false;
		place = transition->to;
		if (place == start)
			return true;
	}
	return false;
}

static int
look_ups_of(const AsTransition *transition)
{
	int			result = 0;

	if (transition->refund != AS_REFUND_NOTHING &&
		(transition->executor != AS_EXECUTOR_PLATFORM || transition->refund == AS_REFUND_REMAINDER))
		result |= AS_LOOK_UP_BALANCE;
	if (transition->alone)
		result |= AS_LOOK_UP_OTHERS;
	if (transition->refund_fees)
		result |= AS_LOOK_UP_FEES;
	return result;
}

int
as_flow_look_ups(const AsFlow *flow, const char *action)
{
	bool		reports = strcmp(action, AS_ACTION_REPORT) == 0;	/* may be any act of the
																	 * platform's */
	int			result = reports ? AS_LOOK_UP_BOOKED : 0;

	for (int i = 0; i < flow->n_transitions; i++)
		if (reports ? (flow->transitions[i].actors & (1u << AS_ACTOR_PLATFORM)) != 0 :
			strcmp(flow->actions[flow->transitions[i].action], action) == 0)
			result |= look_ups_of(&flow->transitions[i]);
	return result;
}

uint64_t
as_flow_requirements(const AsFlow *flow, const char *action)
{
	uint64_t	result = 0;

	for (int i = 0; i < flow->n_transitions; i++)
		if (strcmp(flow->actions[flow->transitions[i].action], action) == 0)
			result |= flow->transitions[i].requires;
	return result;
}

static bool
check_timer(const AsFlow *flow, const AsFlowTimer *timer, AsError *error)
{
	const AsState *state = timer->state < 0 ? NULL : &flow->states[timer->state];

	if (as_flow_action(flow, timer->name) >= 0 || is_reserved(timer->name) ||
		strcmp(timer->name, AS_ACTION_OPEN) == 0 || strcmp(timer->name, AS_ACTION_TIMEOUT) == 0 ||
		as_flow_timer(flow, timer->name) != timer - flow->timers)
	{
		as_fail(error, RA_INVALID_FLOW, timer->rule, "timer \"%s\" of flow \"%s\" version %d has the name of an action or of another timer",
				timer->name, flow->name, flow->version);
		return as_hint(error, "Its name is the action of its event; give it one of its own.");
	}
	if (timer->starts != AS_TIMER_BEFORE_DUE && state == NULL && timer->starts == AS_TIMER_FROM_ENTERED)
	{
		as_fail(error, RA_INVALID_FLOW, timer->rule, "timer \"%s\" of flow \"%s\" version %d counts from entering a state, and names none",
				timer->name, flow->name, flow->version);
		return as_hint(error, "Give flow_timer.state, or let it count from the opening or the order.");
	}
	if (timer->starts == AS_TIMER_BEFORE_DUE && (state == NULL || state->final))
	{
		as_fail(error, RA_INVALID_FLOW, timer->rule, "timer \"%s\" of flow \"%s\" version %d comes before a deadline, and names no state that can have one",
				timer->name, flow->name, flow->version);
		return as_hint(error, "Give flow_timer.state.");
	}
	if (timer->term.count < 0)
	{
		as_fail(error, RA_INVALID_FLOW, timer->rule, "timer \"%s\" of flow \"%s\" version %d has a negative term",
				timer->name, flow->name, flow->version);
		return as_hint(error, "What comes before a deadline starts 'before_due', with a term of zero or more.");
	}
	return true;
}

/* Transitions of action open: out of the initial state, by the request alone. */
static bool
check_openings(const AsFlow *flow, AsError *error)
{
	int			open = as_flow_action(flow, AS_ACTION_OPEN);
	bool		opens = open < 0;

	for (int i = 0; open >= 0 && i < flow->n_transitions; i++)
	{
		const AsTransition *t = &flow->transitions[i];

		opens = opens || (t->action == open && t->refusal == NULL);
		if (t->action != open ||
			(t->from == flow->initial && t->condition < 0 && t->needs == 0 && t->permission < 0 &&
			 t->clock == AS_CLOCK_RESTART && look_ups_of(t) == 0 && t->refund == AS_REFUND_NOTHING &&
			 t->charge == NULL && t->parcel == NULL && t->on_behalf_of == NULL))
			continue;
		as_fail(error, RA_INVALID_FLOW, t->rule, "an opening of flow \"%s\" version %d does more than an opening can",
				flow->name, flow->version);
		return as_hint(error, "A transition of action 'open' leads from the initial state to the first one, by requires, "
					   "or refuses; it has no condition, needs, permission, clock, nor any other effect.");
	}
	if (opens)
		return true;
	as_fail(error, RA_INVALID_FLOW, flow->rule, "flow \"%s\" version %d has no opening but such as refuse",
			flow->name, flow->version);
	return as_hint(error, "Add a transition of action 'open' from the initial state, to the state in which all other requests begin.");
}

/* The clock has no say in what the ERP pays, and looks at nothing but the request. */
static bool
check_timeout(const AsFlow *flow, const AsTransition *timeout, AsError *error)
{
	const char *state = flow->states[timeout->from].name;

	if (look_ups_of(timeout) != 0 || timeout->charge != NULL || timeout->parcel != NULL ||
		timeout->refusal != NULL || timeout->on_behalf_of != NULL)
	{
		as_fail(error, RA_INVALID_FLOW, timeout->rule,
				"the timeout of state \"%s\" of flow \"%s\" version %d does more than a timeout can",
				state, flow->name, flow->version);
		return as_hint(error, "What a timeout refunds is what the buyer asks for, executed by the platform, without fees.");
	}
	if (timeout->condition >= 0 || timeout->requires != 0 || timeout->needs != 0 || timeout->clock != AS_CLOCK_RESTART)
	{
		as_fail(error, RA_INVALID_FLOW, timeout->rule,
				"the timeout of state \"%s\" of flow \"%s\" version %d has a condition",
				state, flow->name, flow->version);
		return as_hint(error, "A timeout has no condition, requires and needs nothing and does not keep the clock.");
	}
	return true;
}

bool
as_flow_check(const AsFlow *flow, AsError *error)
{
	int			timeout = as_flow_action(flow, AS_ACTION_TIMEOUT);

	for (int i = 0; i < flow->n_actions; i++)
	{
		if (!is_reserved(flow->actions[i]))
			continue;
		as_fail(error, RA_INVALID_FLOW, flow->rule, "flow \"%s\" version %d has a transition for action \"%s\", which is the engine's own",
				flow->name, flow->version, flow->actions[i]);
		return as_hint(error, "Give the action another name.");
	}
	if (!check_openings(flow, error))
		return false;
	for (int i = 0; i < flow->n_timers; i++)
		if (!check_timer(flow, &flow->timers[i], error))
			return false;
	for (int i = 0; i < flow->n_states; i++)
	{
		const AsState *state = &flow->states[i];
		const AsTransition *first = timeout < 0 ? NULL : as_flow_first(flow, i, timeout);

		if (state->final && (state->has_term || first != NULL))
		{
			as_fail(error, RA_INVALID_FLOW, state->rule,
					"final state \"%s\" of flow \"%s\" version %d has a deadline",
					state->name, flow->name, flow->version);
			return as_hint(error, "A final state has neither a term nor a timeout.");
		}
		if (state->has_term && first == NULL)
		{
			as_fail(error, RA_INVALID_FLOW, state->rule,
					"state \"%s\" of flow \"%s\" version %d has a term but no timeout",
					state->name, flow->name, flow->version);
			return as_hint(error, "Add a row with action 'timeout' to aftersale.flow_transition, "
						   "or leave the term out.");
		}
		for (; first != NULL; first = as_flow_next(flow, first))
			if (!check_timeout(flow, first, error))
				return false;
		if (is_endless(flow, i, timeout))
		{
			as_fail(error, RA_INVALID_FLOW, state->rule,
					"the timeouts of flow \"%s\" version %d run in a circle through state \"%s\" without end",
					flow->name, flow->version, state->name);
			return as_hint(error, "One of the states needs a term above zero that counts from when it is entered, "
						   "or its timeout another state to lead to.");
		}
	}
	return true;
}

const char *
as_flow_actions_text(const AsFlow *flow, int state, AsActorKind actor, char *buffer, size_t size)
{
	size_t		length = 0;
	int			last_action = -1;

	snprintf(buffer, size, "none");
	for (int i = 0; i < flow->n_transitions; i++)
	{
		const AsTransition *transition = &flow->transitions[i];
		const char *name = flow->actions[transition->action];

		if (transition->from != state || transition->action == last_action ||
			(transition->actors & (1u << actor)) == 0 || transition->refusal != NULL ||
			strcmp(name, AS_ACTION_TIMEOUT) == 0 || strcmp(name, AS_ACTION_OPEN) == 0)
			continue;
		if (length + strlen(name) + 3 >= size)
			break;
		length += (size_t) snprintf(buffer + length, size - length, "%s%s", length > 0 ? ", " : "", name);
		last_action = transition->action;
	}
	return buffer;
}
