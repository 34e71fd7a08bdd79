/*
 * test_bind.c
 *		What a bound row asks of its request.
 */
#include <string.h>

#include "kernel/bind.h"
#include "tap.h"

enum
{
	WAITING, SHIPPED, APPROVED, REJECTED, N_STATES
};
enum
{
	APPROVE, SHIP, REJECT, DENY, TIMEOUT, NOTE, N_ACTIONS
};

#define BY(kind) (1u << AS_ACTOR_##kind)
#define TAKES(from_, action_, to_, actors_, needs_) {.from = from_, .to = to_, .action = action_, .actors = actors_, .needs = needs_, .condition = -1, .permission = -1}

static AsState states[N_STATES] = {
	{.name = "waiting"}, {.name = "shipped"}, {.name = "approved"}, {.name = "rejected",.final = true}
};
static const char *actions[N_ACTIONS] = {"approve", "ship", "reject", "deny", AS_ACTION_TIMEOUT, "note"};
static AsTransition transitions[] = {
	TAKES(WAITING, APPROVE, APPROVED, BY(MERCHANT), 0),
	TAKES(WAITING, SHIP, SHIPPED, BY(CARRIER), 0),
	TAKES(WAITING, REJECT, REJECTED, BY(MERCHANT), 0),
	TAKES(WAITING, DENY, REJECTED, BY(MERCHANT), 1),
	TAKES(WAITING, TIMEOUT, REJECTED, BY(SYSTEM), 0),
	TAKES(APPROVED, NOTE, WAITING, BY(MERCHANT), 1),
};
static AsFlow flow = {
	.name = "test/bound",.initial = WAITING,.n_states = N_STATES,.states = states,.n_actions = N_ACTIONS,.actions = actions,
	.n_transitions = sizeof transitions / sizeof transitions[0],.transitions = transitions
};

static int	action;

static AsBoundMove
moves(int from, int to, AsActorKind actor, uint64_t given)
{
	AsBoundAim	aim = {.n_states = 1,.states = &to,.actor = actor,.given = given};

	action = -1;
	return as_bound_move(&flow, from, &aim, &action);
}

int
main(void)
{
	int			both[2] = {APPROVED, REJECTED};
	int			gone = -1;
	int			final = REJECTED;
	AsBoundAim	aim = {.n_states = 2,.states = both,.actor = AS_ACTOR_MERCHANT};

	ok(moves(WAITING, WAITING, AS_ACTOR_MERCHANT, 0) == AS_BOUND_STAYS, "where it is, it stays");
	ok(moves(WAITING, APPROVED, AS_ACTOR_MERCHANT, 0) == AS_BOUND_ACTS && action == APPROVE, "one action leads there");
	ok(moves(WAITING, SHIPPED, AS_ACTOR_MERCHANT, 0) == AS_BOUND_NO_WAY, "one of somebody else's does not");
	ok(moves(WAITING, SHIPPED, AS_ACTOR_CARRIER, 0) == AS_BOUND_ACTS && action == SHIP, "... but for him");
	ok(moves(WAITING, REJECTED, AS_ACTOR_SYSTEM, 0) == AS_BOUND_NO_WAY, "the clock's is nobody's");
	ok(moves(WAITING, REJECTED, AS_ACTOR_MERCHANT, 0) == AS_BOUND_ACTS && action == REJECT, "of two, the one that lacks nothing");
	ok(moves(WAITING, REJECTED, AS_ACTOR_MERCHANT, 1) == AS_BOUND_SEVERAL_WAYS, "of two that lack nothing, none");
	ok(moves(APPROVED, WAITING, AS_ACTOR_MERCHANT, 0) == AS_BOUND_ACTS && action == NOTE, "one that lacks something is for the engine to judge");
	ok(moves(REJECTED, WAITING, AS_ACTOR_MERCHANT, 0) == AS_BOUND_REOPENS, "what has ended begins anew");
	ok(moves(REJECTED, APPROVED, AS_ACTOR_MERCHANT, 0) == AS_BOUND_NO_WAY, "but only from its beginning");
	ok(moves(APPROVED, REJECTED, AS_ACTOR_MERCHANT, 0) == AS_BOUND_NO_WAY, "nothing leads there");
	ok(as_bound_move(&flow, APPROVED, &aim, &action) == AS_BOUND_STAYS, "a code of several states covers each");
	aim.names_action = true;
	aim.action = DENY;
	ok(as_bound_move(&flow, WAITING, &aim, &action) == AS_BOUND_ACTS && action == DENY, "the action that the map names");
	aim.action = SHIP;
	ok(as_bound_move(&flow, APPROVED, &aim, &action) == AS_BOUND_STAYS, "... not where it is there already");
	aim.states = &gone;
	aim.n_states = 1;
	aim.action = -1;
	ok(as_bound_move(&flow, WAITING, &aim, &action) == AS_BOUND_NO_WAY, "an action and a state that the flow has not");
	ok(as_bound_opening(&flow, &aim) == -1, "... open nothing");
	aim.states = both;
	aim.n_states = 2;
	ok(as_bound_opening(&flow, &aim) == APPROVED, "opened where the row says, if it is not over");
	aim.states = &final;
	aim.n_states = 1;
	ok(as_bound_opening(&flow, &aim) == -1, "what is over is not opened");
	return tap_end();
}
