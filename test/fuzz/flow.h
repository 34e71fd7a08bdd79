/*
 * flow.h
 *		Flows as rows may have them, made of the bytes of an input.
 */
#ifndef AFTERSALE_FUZZ_FLOW_H
#define AFTERSALE_FUZZ_FLOW_H

#include "fuzz.h"

#include "kernel/flow.h"

#define MAX_STATES		6
#define MAX_TRANSITIONS	12
#define MAX_ACTIONS		6

/* A flow and the memory of its parts. */
typedef struct FuzzFlow
{
	AsFlow		flow;
	AsState		states[MAX_STATES];
	AsTransition transitions[MAX_TRANSITIONS];
	AsFlowTimer timers[2];
	const char *actions[MAX_ACTIONS];
} FuzzFlow;

static const char *const state_names[MAX_STATES] = {"opened", "waiting", "shipped", "refunded", "closed", "paused"};
static const char *const action_names[] = {
	"approve", "reject", AS_ACTION_TIMEOUT, AS_ACTION_OPEN, "ship", "warn",
	AS_ACTION_SET_DEADLINE, AS_ACTION_RECOMPUTE, AS_ACTION_REPORT, ""
};

#define ACTION_NAMES	((int) (sizeof action_names / sizeof action_names[0]))

static inline AsTerm
take_term(Source *source)
{
	AsTerm		term;

	term.clock = (uint8_t) take(source, AS_CLOCK_BUSINESS_DAYS + 1);
	term.mode = AS_DAY_ROLL;
	term.count = take(source, 5) - 2;
	return term;
}

static inline void
take_state(Source *source, AsState *state, const char *name)
{
	memset(state, 0, sizeof *state);
	state->name = name;
	state->final = take(source, 3) == 0;
	state->has_term = take(source, 2) == 1;
	state->starts = (AsTermStart) take(source, AS_FROM_ORDERED + 1);
	if (state->has_term)
		state->term = take_term(source);
}

static inline void
take_transition(Source *source, AsTransition *transition, const AsFlow *flow)
{
	int			effect = take(source, 16);

	memset(transition, 0, sizeof *transition);
	transition->from = take(source, flow->n_states);
	transition->to = take(source, flow->n_states);
	transition->action = take(source, flow->n_actions);
	transition->actors = (uint32_t) take(source, 1 << AS_ACTOR_KINDS);
	transition->priority = take(source, 4);
	transition->condition = effect == 1 ? 0 : -1;
	transition->permission = effect == 2 ? 0 : -1;
	transition->requires = effect == 3 ? 1 : 0;
	transition->needs = effect == 4 ? 1 : 0;
	transition->refusal = effect == 5 ? "no" : NULL;
	transition->on_behalf_of = effect == 6 ? "buyer" : NULL;
	transition->parcel = effect == 7 ? "return" : NULL;
	transition->charge = effect == 8 ? "freight" : NULL;
	transition->alone = effect == 9;
	transition->refund_fees = effect == 10;
	transition->clock = (AsClockMove) (effect == 11 ? take(source, AS_CLOCK_EXTEND + 1) : AS_CLOCK_RESTART);
	if (effect >= 12)
	{
		transition->refund = (AsRefundOf) take(source, AS_REFUND_FULL + 1);
		transition->executor = (AsExecutor) take(source, AS_EXECUTORS);
	}
}

/* As the shell sorts them. */
static inline int
compare_transitions(const void *a, const void *b)
{
	const AsTransition *x = a;
	const AsTransition *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->action != y->action)
		return x->action < y->action ? -1 : 1;
	return y->priority - x->priority;
}

static inline void
take_timer(Source *source, AsFlowTimer *timer, const AsFlow *flow)
{
	memset(timer, 0, sizeof *timer);
	timer->name = action_names[take(source, ACTION_NAMES)];
	timer->state = take(source, flow->n_states + 1) - 1;
	timer->term = take_term(source);
	timer->starts = (AsTimerStart) take(source, AS_TIMER_BEFORE_DUE + 1);
}

static inline void
take_flow(Source *source, FuzzFlow *made)
{
	AsFlow	   *flow = &made->flow;
	int			transition_count;

	memset(flow, 0, sizeof *flow);
	flow->name = "refund";
	flow->platform = "temu";
	flow->states = made->states;
	flow->actions = made->actions;
	flow->transitions = made->transitions;
	flow->timers = made->timers;
	flow->n_states = 1 + take(source, MAX_STATES);
	for (int i = 0; i < flow->n_states; i++)
		take_state(source, &made->states[i], state_names[i]);
	flow->n_actions = 1 + take(source, MAX_ACTIONS);
	for (int i = 0, first = take(source, ACTION_NAMES); i < flow->n_actions; i++)
		made->actions[i] = action_names[(first + i) % ACTION_NAMES];
	transition_count = take(source, MAX_TRANSITIONS + 1);
	for (; flow->n_transitions < transition_count; flow->n_transitions++)
		take_transition(source, &made->transitions[flow->n_transitions], flow);
	qsort(made->transitions, (size_t) flow->n_transitions, sizeof(AsTransition), compare_transitions);
	for (int i = take(source, 3); flow->n_timers < i; flow->n_timers++)
		take_timer(source, &made->timers[flow->n_timers], flow);
}

#endif
