/*
 * test_flow.c
 *		Looking things up in a flow, and which flows can be run.
 */
#include <string.h>

#include "kernel/codes.h"
#include "kernel/flow.h"
#include "tap.h"

enum
{
	OPEN, DONE, N_STATES
};
enum
{
	GRANT, NOTE, TIMEOUT, N_ACTIONS
};

#define BY(kind) (1u << AS_ACTOR_##kind)
#define TAKES(from_, to_, action_, priority_, actors_, needs_, condition_, keep_, outcome_, rule_) \
	{.from = from_, .to = to_, .action = action_, .priority = priority_, .actors = actors_, .needs = needs_, \
	 .condition = condition_, .clock = (keep_) ? AS_CLOCK_KEEP : AS_CLOCK_RESTART, .outcome = outcome_, .permission = -1, .rule = rule_}

static AsState states[N_STATES];
static AsTransition transitions[4];
static const char *actions[N_ACTIONS] = {"grant", "note", AS_ACTION_TIMEOUT};
static AsFlow flow;

static void
reset(void)
{
	static const AsTransition all[4] = {
		TAKES(OPEN, DONE, GRANT, 5, BY(MERCHANT), 0, 0, false, NULL, NULL),
		TAKES(OPEN, OPEN, GRANT, 0, BY(MERCHANT) | BY(ERP), 0, -1, false, NULL, NULL),
		TAKES(OPEN, OPEN, NOTE, 0, BY(MERCHANT) | BY(BUYER), 0, -1, true, NULL, NULL),
		TAKES(OPEN, DONE, TIMEOUT, 0, BY(SYSTEM), 0, -1, false, NULL, "F-3"),
	};

	memset(states, 0, sizeof states);
	memset(&flow, 0, sizeof flow);
	memcpy(transitions, all, sizeof all);
	states[OPEN].name = "open";
	states[OPEN].rule = "F-1";
	states[OPEN].has_term = true;
	states[OPEN].term.count = 60;
	states[DONE].name = "done";
	states[DONE].rule = "F-2";
	states[DONE].final = true;
	flow.name = "test/flow";
	flow.version = 3;
	flow.n_states = N_STATES;
	flow.states = states;
	flow.n_actions = N_ACTIONS;
	flow.actions = actions;
	flow.n_transitions = 4;
	flow.transitions = transitions;
}

/* The check refuses, with the code and all the texts in the message. */
static bool
refuses(const char *text1, const char *text2)
{
	AsError		error;

	return !as_flow_check(&flow, &error) && strcmp(error.sqlstate, RA_INVALID_FLOW) == 0 &&
		strstr(error.message, text1) != NULL && strstr(error.message, text2) != NULL &&
		strstr(error.message, "\"test/flow\" version 3") != NULL && error.hint[0] != '\0';
}

static void
test_names(void)
{
	bool		passed = true;

	for (int kind = AS_ACTOR_BUYER; kind < AS_ACTOR_KINDS; kind++)
		passed &= as_actor_kind(as_actor_names[kind]) == (AsActorKind) kind;
	ok(passed, "the reserved names are their actors");
	ok(as_actor_kind("alice") == AS_ACTOR_MERCHANT && as_actor_kind("merchant") == AS_ACTOR_MERCHANT &&
	   as_actor_kind("Buyer") == AS_ACTOR_MERCHANT && as_actor_kind("") == AS_ACTOR_MERCHANT,
	   "every other name, in capitals too, is a person of the shop");
	ok(as_flow_state(&flow, "done") == DONE && as_flow_state(&flow, "Done") == -1 && as_flow_state(&flow, "") == -1,
	   "a state by its name");
	ok(as_flow_action(&flow, "timeout") == TIMEOUT && as_flow_action(&flow, "open") == -1, "an action by its name");
}

static void
test_transitions(void)
{
	const AsTransition *first = as_flow_first(&flow, OPEN, GRANT);

	ok(first == &transitions[0] && as_flow_next(&flow, first) == &transitions[1] &&
	   as_flow_next(&flow, &transitions[1]) == NULL, "the transitions of one action in one state, in order");
	ok(as_flow_next(&flow, &transitions[3]) == NULL, "nothing follows the last one");
	ok(as_flow_first(&flow, DONE, GRANT) == NULL, "none where the state has none");
}

static void
test_text(void)
{
	char		buffer[300];
	char		small[12];

	ok(strcmp(as_flow_actions_text(&flow, OPEN, AS_ACTOR_MERCHANT, buffer, sizeof buffer), "grant, note") == 0,
	   "what a merchant may do, each action once");
	ok(strcmp(as_flow_actions_text(&flow, OPEN, AS_ACTOR_BUYER, buffer, sizeof buffer), "note") == 0, "a buyer");
	ok(strcmp(as_flow_actions_text(&flow, OPEN, AS_ACTOR_SYSTEM, buffer, sizeof buffer), "none") == 0,
	   "the timeout is nobody's to take");
	ok(strcmp(as_flow_actions_text(&flow, DONE, AS_ACTOR_MERCHANT, buffer, sizeof buffer), "none") == 0, "nothing");
	ok(strcmp(as_flow_actions_text(&flow, OPEN, AS_ACTOR_MERCHANT, small, sizeof small), "grant") == 0,
	   "what does not fit is left out whole");
}

static void
test_check(void)
{
	AsError		error;

	ok(as_flow_check(&flow, &error), "a flow that can be run");
	actions[NOTE] = AS_ACTION_SET_DEADLINE;
	ok(refuses("\"set_deadline\"", "engine's own"), "a new deadline is no action of a flow");
	actions[NOTE] = AS_ACTION_OPEN;
	ok(refuses("opening", "more than an opening can"), "an opening leads out of the initial state, and does no more");
	actions[NOTE] = "note";
	states[DONE].has_term = true;
	ok(refuses("final state \"done\"", "F-2"), "a final state has no term");
	reset();
	transitions[3].from = DONE;
	states[OPEN].has_term = false;
	ok(refuses("final state \"done\"", "has a deadline"), "nor a timeout");
	reset();
	flow.n_transitions = 3;
	ok(refuses("state \"open\"", "a term but no timeout"), "a term needs a timeout");
	flow.n_actions = 2;
	ok(refuses("state \"open\"", "a term but no timeout"), "also where the flow has none at all");
	states[OPEN].has_term = false;
	ok(as_flow_check(&flow, &error), "without a term it needs none");
	reset();
	states[OPEN].has_term = false;
	ok(as_flow_check(&flow, &error), "a timeout without a term waits for a deadline of the platform or of a shop");
	reset();
	transitions[3].condition = 0;
	ok(refuses("the timeout of state \"open\"", "F-3"), "a timeout has no condition");
	reset();
	transitions[3].needs = 1;
	ok(refuses("the timeout of state \"open\"", "condition"), "needs nothing");
	reset();
	transitions[3].clock = AS_CLOCK_KEEP;
	ok(refuses("the timeout of state \"open\"", "condition"), "and does not keep the clock");
	reset();
	transitions[3].to = OPEN;
	ok(as_flow_check(&flow, &error), "a timeout may lead back to its state where the term counts anew");
	states[OPEN].starts = AS_FROM_OPENED;
	ok(refuses("\"open\"", "circle"), "where it does not, the circle has no end");
	states[OPEN].starts = AS_FROM_ENTERED;
	states[OPEN].term.count = -60;
	ok(refuses("\"open\"", "circle"), "nor where the term is negative");
	reset();
}

static void
test_timers(void)
{
	static AsFlowTimer timers[2];
	AsError		error;

	flow.timers = timers;
	flow.n_timers = 2;
	timers[0] = (AsFlowTimer)
	{
		.name = "warned",.state = OPEN,.starts = AS_TIMER_BEFORE_DUE,.rule = "F-4",.term =
		{
			60, AS_CLOCK_HOURS, AS_DAY_ROLL
		}
	};
	timers[1] = (AsFlowTimer)
	{
		.name = "masked",.state = -1,.starts = AS_TIMER_FROM_OPENED
	};
	ok(as_flow_check(&flow, &error) && as_flow_timer(&flow, "masked") == 1 && as_flow_timer(&flow, "Masked") == -1,
	   "timers, one at once; by its name");
	timers[0].name = "grant";
	ok(refuses("timer \"grant\"", "an action or of another timer (RA018, F-4)"), "a timer has no action's name");
	timers[0].name = AS_ACTION_OPEN;
	ok(refuses("timer \"open\"", "an action"), "nor that of the opening");
	timers[0].name = AS_ACTION_SET_DEADLINE;
	ok(refuses("timer \"set_deadline\"", "an action"), "nor of a new deadline");
	timers[0].name = AS_ACTION_RECOMPUTE;
	ok(refuses("timer \"recompute_deadline\"", "an action"), "nor of one computed anew");
	timers[0].name = AS_ACTION_TIMEOUT;
	flow.n_actions = 2;
	flow.n_transitions = 3;
	states[OPEN].has_term = false;
	ok(refuses("timer \"timeout\"", "an action"), "nor of the timeout, where the flow has none");
	flow.n_actions = N_ACTIONS;
	flow.n_transitions = 4;
	states[OPEN].has_term = true;
	timers[0].name = "masked";
	ok(refuses("timer \"masked\"", "another timer"), "nor another timer's");
	timers[0].name = "warned";
	timers[0].state = -1;
	ok(refuses("timer \"warned\"", "before a deadline, and names no state"), "before a deadline: of a state");
	timers[0].state = DONE;
	ok(refuses("timer \"warned\"", "no state that can have one"), "that is not final");
	timers[0].starts = AS_TIMER_FROM_ENTERED;
	ok(as_flow_check(&flow, &error), "what counts from entering may be of a final state");
	timers[0].state = -1;
	ok(refuses("timer \"warned\"", "counts from entering a state, and names none"), "and is of some state");
	timers[0].starts = AS_TIMER_FROM_ORDERED;
	timers[0].term.count = 0;
	ok(as_flow_check(&flow, &error), "a term may be zero");
	timers[0].term.count = -1;
	ok(!as_flow_check(&flow, &error) && strcmp(error.sqlstate, RA_INVALID_FLOW) == 0 &&
	   strstr(error.message, "timer \"warned\" of flow \"test/flow\" version 3 has a negative term (RA018, F-4)") != NULL, "and not negative");
	reset();
}

int
main(void)
{
	reset();
	test_timers();
	test_names();
	test_transitions();
	test_text();
	test_check();
	return tap_end();
}
