/*
 * fuzz_flow.c
 *		Flows as rows may have them: what as_flow_check() passes can be run, its
 *		timeouts come to an end; what it refuses, it refuses with RA018.
 */
#include "fuzz.h"

#include "kernel/flow.h"

#define MAX_STATES		6
#define MAX_TRANSITIONS	12
#define MAX_ACTIONS		6

/* Bytes of the input one after the other; zeros behind its end. */
typedef struct Source
{
	const uint8_t *at;
	size_t		left;
} Source;

static int
take(Source *source, int below)
{
	if (source->left == 0)
		return 0;
	source->left--;
	return *source->at++ % below;
}

static const char *const state_names[MAX_STATES] = {"opened", "waiting", "shipped", "refunded", "closed", "paused"};
static const char *const action_names[] = {
	"approve", "reject", AS_ACTION_TIMEOUT, AS_ACTION_OPEN, "ship", "warn",
	AS_ACTION_SET_DEADLINE, AS_ACTION_RECOMPUTE, AS_ACTION_REPORT, ""
};

#define ACTION_NAMES	((int) (sizeof action_names / sizeof action_names[0]))

static AsTerm
take_term(Source *source)
{
	AsTerm		term;

	term.clock = (uint8_t) take(source, AS_CLOCK_BUSINESS_DAYS + 1);
	term.mode = AS_DAY_ROLL;
	term.count = take(source, 5) - 2;
	return term;
}

static void
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

static void
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
static int
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

static void
take_timer(Source *source, AsFlowTimer *timer, const AsFlow *flow)
{
	memset(timer, 0, sizeof *timer);
	timer->name = action_names[take(source, ACTION_NAMES)];
	timer->state = take(source, flow->n_states + 1) - 1;
	timer->term = take_term(source);
	timer->starts = (AsTimerStart) take(source, AS_TIMER_BEFORE_DUE + 1);
}

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
	AsState		states[MAX_STATES];
	AsTransition transitions[MAX_TRANSITIONS];
	AsFlowTimer timers[2];
	const char *actions[MAX_ACTIONS];
	AsFlow		flow = {0};
	int			transition_count;

	flow.name = "refund";
	flow.platform = "temu";
	flow.states = states;
	flow.actions = actions;
	flow.transitions = transitions;
	flow.timers = timers;
	flow.n_states = 1 + take(&source, MAX_STATES);
	for (int i = 0; i < flow.n_states; i++)
		take_state(&source, &states[i], state_names[i]);
	flow.n_actions = 1 + take(&source, MAX_ACTIONS);
	for (int i = 0, first = take(&source, ACTION_NAMES); i < flow.n_actions; i++)
		actions[i] = action_names[(first + i) % ACTION_NAMES];
	transition_count = take(&source, MAX_TRANSITIONS + 1);
	for (; flow.n_transitions < transition_count; flow.n_transitions++)
		take_transition(&source, &transitions[flow.n_transitions], &flow);
	qsort(transitions, (size_t) flow.n_transitions, sizeof *transitions, compare_transitions);
	for (int i = take(&source, 3); flow.n_timers < i; flow.n_timers++)
		take_timer(&source, &timers[flow.n_timers], &flow);
	check_flow(&flow);
	return 0;
}
