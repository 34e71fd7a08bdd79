/*
 * bind_decide.c
 *		What each changed row asks of its request: the kernel's as_bound_move(),
 *		once for each combination of flow, state, code and actor that a statement
 *		has.
 */
#include "postgres.h"

#include "access.h"
#include "bind_change.h"
#include "clock.h"
#include "errors.h"
#include "flow_cache.h"
#include "kernel/bind.h"
#include "owner.h"

/* An answer, for all rows that ask the same */
typedef struct Answer
{
	const char *flow;
	int			version;
	const char *state;			/* NULL: there is no request yet */
	int			code;
	AsActorKind actor;
	AsBoundMove move;
	const char *action;
	const char *opens_in;		/* NULL: nowhere; the matter is over */
	bool		opens_first;	/* in the flow's first state */
	const char *rule;			/* of the request's state */
} Answer;

typedef struct Decider
{
	AsBoundChanges *changes;
	Answer	   *answers;
	int			count;
	int			capacity;
	bool		knows_login;	/* as what the owner acts in a shop */
	int64		login_shop;
	AsActorKind login_kind;
} Decider;

static const char *
keep(const Decider *decider, const char *text)
{
	return text == NULL ? NULL : MemoryContextStrdup(decider->changes->context, text);
}

/* What the one who brings the change along is. */
static AsActorKind
actor_of(Decider *decider, const AsBoundChange *change)
{
	const AsBoundCode *code = &decider->changes->call->attached->binding->codes[change->code];
	const char *actor = code->actor != NULL ? code->actor : change->actor;

	if (actor != NULL)
		return as_actor_kind(actor);
	if (!decider->knows_login || decider->login_shop != change->shop_id)
	{
		AsSpeaker	speaker;

		as_session_speaker(change->shop_id, NULL, NULL, &speaker);
		decider->login_kind = speaker.kind;
		decider->login_shop = change->shop_id;
		decider->knows_login = true;
	}
	return decider->login_kind;
}

/* The payload keys that the flow asks about and the code gives. */
static uint64_t
given_keys(const AsFlow *flow, const AsBoundCode *code)
{
	uint64_t	bits = 0;

	for (int i = 0; code->payload != NULL && i < flow->n_keys; i++)
		if (getKeyJsonValueFromContainer(&code->payload->root, flow->keys[i], (int) strlen(flow->keys[i]), NULL) != NULL)
			bits |= UINT64CONST(1) << i;
	return bits;
}

/* The states of a code in a flow. */
static void
aim_at(const AsFlow *flow, const AsBoundCode *code, AsBoundAim *aim)
{
	int		   *states = palloc(sizeof(int) * Max(code->n_states, 1));

	for (int i = 0; i < code->n_states; i++)
		states[i] = as_flow_state(flow, code->states[i]);
	memset(aim, 0, sizeof *aim);
	aim->n_states = code->n_states;
	aim->states = states;
}

const char *
as_bound_opens_in(const AsAttachCall *call, int code, const char *flow)
{
	AsMaybeInstant unknown = {false, 0};
	const AsCachedFlow *cached = as_flow_in_force(flow, as_now(), unknown);
	AsBoundAim	aim;
	int			state;

	aim_at(&cached->flow, &call->attached->binding->codes[code], &aim);
	state = as_bound_opening(&cached->flow, &aim);
	return state < 0 ? NULL : pstrdup(cached->flow.states[state].name);
}

static void
answer(Decider *decider, const AsFlow *flow, Answer *result)
{
	const AsBoundCode *code = &decider->changes->call->attached->binding->codes[result->code];
	AsBoundAim	aim;
	int			state = result->state == NULL ? -1 : as_flow_state(flow, result->state);
	int			action = -1;
	int			opening;

	aim_at(flow, code, &aim);
	aim.names_action = code->action != NULL;
	aim.action = aim.names_action ? as_flow_action(flow, code->action) : -1;
	aim.given = given_keys(flow, code);
	aim.actor = result->actor;
	opening = as_bound_opening(flow, &aim);
	result->opens_in = opening < 0 ? NULL : keep(decider, flow->states[opening].name);
	result->opens_first = opening == flow->initial;
	if (state < 0)
		return;
	result->rule = keep(decider, flow->states[state].rule);
	result->move = as_bound_move(flow, state, &aim, &action);
	result->action = action < 0 ? NULL : keep(decider, flow->actions[action]);
}

static const Answer *
answer_for(Decider *decider, const AsBoundChange *change)
{
	const char *state = change->has_request ? change->state : NULL;
	AsActorKind actor = actor_of(decider, change);
	Answer	   *result;
	const AsCachedFlow *flow;
	AsMaybeInstant unknown = {false, 0};

	for (int i = decider->count - 1; i >= 0; i--)
	{
		result = &decider->answers[i];
		if (result->code == change->code && result->version == change->version && as_bound_same(result->flow, change->flow) &&
			as_bound_same(result->state, state) && result->actor == actor)
			return result;
	}
	if (decider->count == decider->capacity)
	{
		decider->capacity = Max(decider->capacity * 2, 16);
		decider->answers = decider->answers == NULL ? palloc(sizeof(Answer) * decider->capacity) :
			repalloc(decider->answers, sizeof(Answer) * decider->capacity);
	}
	result = &decider->answers[decider->count++];
	memset(result, 0, sizeof *result);
	result->flow = change->flow;
	result->version = change->version;
	result->state = state;
	result->code = change->code;
	result->actor = actor;
	flow = change->has_request ? as_flow_version(change->flow, change->version) : as_flow_in_force(change->flow, as_now(), unknown);
	answer(decider, &flow->flow, result);
	return result;
}

/* ---- conflicts ---- */

static void
describe(const AsBoundChanges *changes, const AsBoundChange *change, const Answer *found, AsError *error)
{
	const char *code = as_bound_code_text(changes, change);
	const char *table = as_attach_table(changes->call->relation);

	if (found->move == AS_BOUND_SEVERAL_WAYS)
	{
		as_fail(error, RA_BINDING_CONFLICT, NULL, "row \"%s\" of table \"%s\" has come to \"%s\", and several actions lead request %lld of shop %lld there from state \"%s\"",
				change->row_ref, table, code, (long long) change->request_id, (long long) change->shop_id, change->state);
		as_hint(error, "The map of binding \"%s\" says which: {\"%s\": {\"state\": ..., \"action\": \"%s\"}}.", changes->call->name, code, found->action);
		return;
	}
	as_fail(error, RA_BINDING_CONFLICT, found->rule, "row \"%s\" of table \"%s\" has come to \"%s\", and request %lld of shop %lld is in state \"%s\", from which nothing leads there",
			change->row_ref, table, code, (long long) change->request_id, (long long) change->shop_id, change->state);
	as_hint(error, "What happened: SELECT * FROM aftersale.explain(%lld, %lld).", (long long) change->shop_id, (long long) change->request_id);
}

/* A request that cannot follow its row. */
static void
conflict(const AsBoundChanges *changes, AsBoundChange *change, const Answer *found)
{
	AsOnConflict on_conflict = changes->call->attached->binding->on_conflict;
	AsError		error;

	if (changes->backfill)
	{
		change->deed = AS_DEED_CONFLICT;
		change->kind = "differs";
		change->message = psprintf("the row says \"%s\" and its request is in state \"%s\"", as_bound_code_text(changes, change), change->state);
		return;
	}
	describe(changes, change, found, &error);
	if (on_conflict == AS_CONFLICT_REFUSE)
		as_report(&error);
	if (on_conflict == AS_CONFLICT_ACCEPT)
	{
		change->deed = AS_DEED_MOVE;
		change->target = changes->call->attached->binding->codes[change->code].states[0];
		return;
	}
	change->deed = AS_DEED_CONFLICT;
	change->kind = "refused";
	change->sqlstate = RA_BINDING_CONFLICT;
	change->message = pstrdup(error.message);
}

/* ---- deeds ---- */

static void
decide_opening(const AsBoundChanges *changes, AsBoundChange *change, const Answer *found)
{
	if (found->opens_in == NULL)
		return;
	change->deed = found->opens_first && !changes->backfill ? AS_DEED_OPEN : AS_DEED_OPEN_AS;
	change->target = found->opens_in;
}

static void
decide_move(const AsBoundChanges *changes, AsBoundChange *change, const Answer *found)
{
	switch (found->move)
	{
		case AS_BOUND_STAYS:
			return;
		case AS_BOUND_ACTS:
			if (changes->backfill)
				conflict(changes, change, found);
			else
			{
				change->deed = AS_DEED_ACT;
				change->action = found->action;
			}
			return;
		case AS_BOUND_REOPENS:
			change->adopted = false;
			decide_opening(changes, change, found);
			return;
		case AS_BOUND_NO_WAY:
		case AS_BOUND_SEVERAL_WAYS:
			conflict(changes, change, found);
	}
}

static void
decide_gone(const AsBoundChanges *changes, AsBoundChange *change)
{
	const char *action = changes->call->attached->binding->on_delete;

	if (!change->has_request || change->closed)
		return;
	change->deed = action != NULL ? AS_DEED_ACT : AS_DEED_PARK;
	change->action = action;
	change->kind = "gone";
	change->message = "the row was deleted, or is none of the binding's any more, and its request is open";
}

static void
decide(Decider *decider, AsBoundChange *change)
{
	const AsBoundChanges *changes = decider->changes;
	bool		moved = change->entered || (change->changed & (UINT32_C(1) << AS_WORD_STATE)) != 0;

	if (change->row == NULL)
	{
		decide_gone(changes, change);
		return;
	}
	if (change->code == AS_CODE_UNKNOWN && moved)
	{
		change->deed = AS_DEED_CONFLICT;
		change->kind = "unmapped";
		change->message = psprintf("status code \"%s\" is not in the map", as_bound_code_text(changes, change));
	}
	if (change->code < 0 || changes->call->attached->binding->codes[change->code].n_states == 0 || change->flow == NULL)
		return;
	if (!change->has_request)
		decide_opening(changes, change, answer_for(decider, change));
	else if (moved || change->adopted)
		decide_move(changes, change, answer_for(decider, change));
}

void
as_bound_decide(AsBoundChanges *changes)
{
	Decider		decider = {changes};
	AsOwner		owner;

	/* whom he acts as is asked of the table's owner */
	as_bound_owner_begin(&owner, changes->call->relation);
	for (int i = 0; i < changes->count; i++)
		decide(&decider, &changes->list[i]);
	as_owner_end(&owner);
}
