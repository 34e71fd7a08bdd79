/*
 * flow_cache.c
 *		Flows, compiled from their rows.
 *
 * One entry a flow name with all its versions, in a memory context of its own.
 * An entry whose tables have changed (config.h) is dropped and loaded anew at
 * the next look-up; it is published only when it is complete.
 */
#include "postgres.h"

#include "compat.h"
#include "config.h"
#include "catalog/pg_type.h"
#include "errors.h"
#include "executor/spi.h"
#include "flow_cache.h"
#include "requirements.h"
#include "sla_term.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

/* of flow, flow_state, flow_transition, flow_timer */
#define EPOCHS	4

typedef struct FlowEntry
{
	struct FlowEntry *next;
	MemoryContext context;		/* everything of this entry, itself included */
	char	   *name;
	uint64		epochs[EPOCHS];
	int			n_versions;
	AsCachedFlow *versions;		/* ascending */
} FlowEntry;

static FlowEntry *entries = NULL;

/* an entry that is not published, in parallel mode or because it is empty: freed at the next look-up */
static FlowEntry *unpublished = NULL;

static void
current_epochs(uint64 epochs[EPOCHS])
{
	epochs[0] = as_config_epoch(AS_FLOW);
	epochs[1] = as_config_epoch(AS_FLOW_STATE);
	epochs[2] = as_config_epoch(AS_FLOW_TRANSITION);
	epochs[3] = as_config_epoch(AS_FLOW_TIMER);
}

uint64
as_flow_epoch(void)
{
	uint64		epochs[EPOCHS];

	current_epochs(epochs);
	return epochs[0] + epochs[1] + epochs[2] + epochs[3];
}

/* ---- reading result rows ---- */

static Datum
column(int row, int number, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, number, isnull);
}

static char *
text_column(MemoryContext context, int row, int number)
{
	char	   *value = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, number);

	return value == NULL ? NULL : MemoryContextStrdup(context, value);
}

static int
int_column(int row, int number)
{
	bool		isnull;

	return DatumGetInt32(column(row, number, &isnull));
}

static bool
bool_column(int row, int number)
{
	bool		isnull;

	return DatumGetBool(column(row, number, &isnull));
}

static int64
instant_column(int row, int number)
{
	bool		isnull;

	return DatumGetTimestampTz(column(row, number, &isnull));
}

static void
query(const char *sql, const char *name)
{
	Oid			types[1] = {TEXTOID};
	Datum		values[1] = {CStringGetTextDatum(name)};

	if (SPI_execute_with_args(sql, 1, types, values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read flow \"%s\"", name);
}

/* ---- compiling ---- */

static AsCachedFlow *
version_of(FlowEntry *entry, int version)
{
	for (int i = 0; i < entry->n_versions; i++)
		if (entry->versions[i].flow.version == version)
			return &entry->versions[i];
	return NULL;
}

static void
load_versions(FlowEntry *entry)
{
	query("SELECT version, platform, judged_at OPERATOR(pg_catalog.=) 'ordered', effective_from, effective_to, rule"
		  " FROM aftersale.flow WHERE flow OPERATOR(pg_catalog.=) $1 ORDER BY version", entry->name);
	entry->n_versions = (int) SPI_processed;
	entry->versions = MemoryContextAllocZero(entry->context, sizeof(AsCachedFlow) * Max(entry->n_versions, 1));
	for (int i = 0; i < entry->n_versions; i++)
	{
		AsFlow	   *flow = &entry->versions[i].flow;

		flow->name = entry->name;
		flow->version = int_column(i, 1);
		flow->platform = text_column(entry->context, i, 2);
		flow->judged_at_order = bool_column(i, 3);
		flow->effective_from = instant_column(i, 4);
		flow->effective_to = instant_column(i, 5);
		flow->rule = text_column(entry->context, i, 6);
	}
}

static void
load_states(FlowEntry *entry)
{
	int			rows;

	query("SELECT s.version, s.state, s.waits_for, s.rule, s.final, s.starts, s.term,"
		  " s.state OPERATOR(pg_catalog.=) f.initial_state, s.pause OPERATOR(pg_catalog.=) 'working'"
		  " FROM aftersale.flow_state s JOIN aftersale.flow f ON f.flow OPERATOR(pg_catalog.=) s.flow"
		  " AND f.version OPERATOR(pg_catalog.=) s.version"
		  " WHERE s.flow OPERATOR(pg_catalog.=) $1 ORDER BY s.version, s.state", entry->name);
	rows = (int) SPI_processed;
	for (int i = 0; i < entry->n_versions; i++)
		entry->versions[i].flow.initial = -1;
	for (int i = 0; i < rows; i++)
	{
		AsCachedFlow *cached = version_of(entry, int_column(i, 1));
		AsFlow	   *flow;
		AsState    *state;
		char	   *starts;
		Datum		term;
		bool		isnull;

		if (cached == NULL)
			continue;
		flow = &cached->flow;
		if (flow->states == NULL)
			flow->states = MemoryContextAllocZero(entry->context, sizeof(AsState) * rows);
		if (bool_column(i, 8))
			flow->initial = flow->n_states;
		state = &flow->states[flow->n_states++];
		state->name = text_column(entry->context, i, 2);
		state->waits_for = text_column(entry->context, i, 3);
		state->rule = text_column(entry->context, i, 4);
		state->final = bool_column(i, 5);
		starts = text_column(CurrentMemoryContext, i, 6);
		state->starts = strcmp(starts, "opened") == 0 ? AS_FROM_OPENED :
			strcmp(starts, "ordered") == 0 ? AS_FROM_ORDERED : AS_FROM_ENTERED;
		term = column(i, 7, &isnull);
		state->has_term = !isnull;
		if (!isnull)
			state->term = DatumGetTerm(term);
		state->pause = bool_column(i, 9) ? AS_PAUSE_WORKING : AS_PAUSE_WALL;
	}
}

static void
invalid_flow(const AsFlow *flow, const char *what, const char *value)
{
	AsError		error;

	as_fail(&error, RA_INVALID_FLOW, NULL, "flow \"%s\" version %d has %s \"%s\"", flow->name, flow->version,
			what, value);
	as_report(&error);
}

static int
add_action(FlowEntry *entry, AsFlow *flow, int capacity, const char *name)
{
	int			found = as_flow_action(flow, name);

	if (found >= 0)
		return found;
	if (flow->actions == NULL)
		flow->actions = MemoryContextAllocZero(entry->context, sizeof(char *) * capacity);
	flow->actions[flow->n_actions] = MemoryContextStrdup(entry->context, name);
	return flow->n_actions++;
}

static uint64
key_bits(FlowEntry *entry, AsFlow *flow, ArrayType *needs)
{
	Datum	   *elements;
	int			count;
	uint64		bits = 0;

	deconstruct_array(needs, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, &count);
	for (int i = 0; i < count; i++)
	{
		char	   *key = TextDatumGetCString(elements[i]);
		int			bit = 0;

		while (bit < flow->n_keys && strcmp(flow->keys[bit], key) != 0)
			bit++;
		if (bit == AS_MAX_KEYS)
			invalid_flow(flow, "too many payload keys in needs, one is", key);
		if (flow->keys == NULL)
			flow->keys = MemoryContextAllocZero(entry->context, sizeof(char *) * AS_MAX_KEYS);
		if (bit == flow->n_keys)
			flow->keys[flow->n_keys++] = MemoryContextStrdup(entry->context, key);
		bits |= UINT64CONST(1) << bit;
	}
	return bits;
}

/* Index of a permission; -1: none. */
static int
permission_index(FlowEntry *entry, AsFlow *flow, const char *name)
{
	int			index = 0;

	if (name == NULL)
		return -1;
	while (index < flow->n_permissions && strcmp(flow->permissions[index], name) != 0)
		index++;
	if (index == AS_MAX_KEYS)
		invalid_flow(flow, "too many permissions, one is", name);
	if (flow->permissions == NULL)
		flow->permissions = MemoryContextAllocZero(entry->context, sizeof(char *) * AS_MAX_KEYS);
	if (index == flow->n_permissions)
		flow->permissions[flow->n_permissions++] = MemoryContextStrdup(entry->context, name);
	return index;
}

/* Place of an object among those of its kind, each once; -1: it is empty. */
static int
object_bit(FlowEntry *entry, const AsFlow *flow, Jsonb *object, Jsonb ***objects, int *count)
{
	MemoryContext before;

	if (JB_ROOT_COUNT(object) == 0)
		return -1;
	for (int i = 0; i < *count; i++)
		if (compareJsonbContainers(&(*objects)[i]->root, &object->root) == 0)
			return i;
	if (*count == AS_MAX_KEYS)
		invalid_flow(flow, "too many conditions or requirements, more than", "64");
	before = MemoryContextSwitchTo(entry->context);
	if (*objects == NULL)
		*objects = palloc(sizeof(Jsonb *) * AS_MAX_KEYS);
	(*objects)[*count] = palloc(VARSIZE(object));
	memcpy((*objects)[*count], object, VARSIZE(object));
	MemoryContextSwitchTo(before);
	return (*count)++;
}

static uint64
requirement_bits(FlowEntry *entry, AsCachedFlow *cached, Jsonb *requirement)
{
	AsFlow	   *flow = &cached->flow;
	int			count = flow->n_requirements;
	int			bit = object_bit(entry, flow, requirement, &cached->requirements, &flow->n_requirements);
	const char *fault;

	if (bit < 0)
		return 0;
	if (flow->n_requirements == count)
		return UINT64CONST(1) << bit;
	fault = as_requirement_fault(requirement);
	if (fault != NULL)
		invalid_flow(flow, "in requires a member that cannot be asked for, or not so:", fault);
	if (flow->requirements == NULL)
		flow->requirements = MemoryContextAllocZero(entry->context, sizeof(char *) * AS_MAX_KEYS);
	flow->requirements[bit] = MemoryContextStrdup(entry->context,
												  JsonbToCString(NULL, &requirement->root, VARSIZE(requirement)));
	return UINT64CONST(1) << bit;
}

static void
read_refund(const AsFlow *flow, AsTransition *transition, JsonbContainer *object)
{
	static const char *const of_names[] = {"nothing", "asked", "given", "given_or_asked", "remainder", "full"};
	JsonbValue *of;
	JsonbValue *executor;
	JsonbValue *fees;
	size_t		found;

	of = getKeyJsonValueFromContainer(object, "of", 2, NULL);
	executor = getKeyJsonValueFromContainer(object, "executed_by", 11, NULL);
	fees = getKeyJsonValueFromContainer(object, "fees", 4, NULL);
	if (fees != NULL && fees->type != jbvBool)
		invalid_flow(flow, "a refund whose \"fees\" is neither true nor false on action",
					 flow->actions[transition->action]);
	transition->refund_fees = fees != NULL && fees->val.boolean;
	if (JsonContainerSize(object) != (fees != NULL ? 3 : 2) || of == NULL || of->type != jbvString || executor == NULL || executor->type != jbvString)
		invalid_flow(flow, "a refund that is not {\"of\": ..., \"executed_by\": ..., \"fees\": true} on action",
					 flow->actions[transition->action]);
	for (found = 1; found < lengthof(of_names); found++)
		if (strlen(of_names[found]) == of->val.string.len &&
			memcmp(of_names[found], of->val.string.val, of->val.string.len) == 0)
			break;
	if (found == lengthof(of_names))
		invalid_flow(flow, "a refund of none of asked, given, given_or_asked, remainder, full:",
					 pnstrdup(of->val.string.val, of->val.string.len));
	transition->refund = (AsRefundOf) found;
	for (found = 0; found < AS_EXECUTORS; found++)
		if (strlen(as_executor_names[found]) == executor->val.string.len &&
			memcmp(as_executor_names[found], executor->val.string.val, executor->val.string.len) == 0)
			break;
	if (found == AS_EXECUTORS)
		invalid_flow(flow, "a refund executed by none of platform, instruct, shop:",
					 pnstrdup(executor->val.string.val, executor->val.string.len));
	transition->executor = (AsExecutor) found;
}

/* {"kind": "interception_fee", "bearer": "merchant"} */
static void
read_charge(FlowEntry *entry, const AsFlow *flow, AsTransition *transition, JsonbContainer *object)
{
	static const char *const bearers[] = {"merchant", "platform", "buyer", "carrier"};
	JsonbValue *kind = getKeyJsonValueFromContainer(object, "kind", 4, NULL);
	JsonbValue *bearer = getKeyJsonValueFromContainer(object, "bearer", 6, NULL);

	if (JsonContainerSize(object) != 2 || kind == NULL || kind->type != jbvString || kind->val.string.len == 0 ||
		bearer == NULL || bearer->type != jbvString)
		invalid_flow(flow, "a charge that is not {\"kind\": ..., \"bearer\": ...} on action",
					 flow->actions[transition->action]);
	transition->charge = MemoryContextStrdup(entry->context, pnstrdup(kind->val.string.val, kind->val.string.len));
	transition->charge_bearer = MemoryContextStrdup(entry->context,
													pnstrdup(bearer->val.string.val, bearer->val.string.len));
	for (size_t i = 0; i < lengthof(bearers); i++)
		if (strcmp(bearers[i], transition->charge_bearer) == 0)
			return;
	invalid_flow(flow, "a charge borne by none of merchant, platform, buyer, carrier:", transition->charge_bearer);
}

/* {"kind": "return", "state": "shipped", "attempt": true}; the latter two may be missing */
static void
read_parcel(FlowEntry *entry, const AsFlow *flow, AsTransition *transition, JsonbContainer *object)
{
	static const char *const kinds[] = {"outbound", "return", "redelivery", "reship"};
	JsonbValue *kind = getKeyJsonValueFromContainer(object, "kind", 4, NULL);
	JsonbValue *state = getKeyJsonValueFromContainer(object, "state", 5, NULL);
	JsonbValue *attempt = getKeyJsonValueFromContainer(object, "attempt", 7, NULL);

	if (JsonContainerSize(object) != 1 + (state != NULL ? 1 : 0) + (attempt != NULL ? 1 : 0) ||
		kind == NULL || kind->type != jbvString || (state != NULL && state->type != jbvString) ||
		(attempt != NULL && attempt->type != jbvBool))
		invalid_flow(flow, "a parcel that is not {\"kind\": ..., \"state\": ..., \"attempt\": true} on action",
					 flow->actions[transition->action]);
	transition->parcel = MemoryContextStrdup(entry->context, pnstrdup(kind->val.string.val, kind->val.string.len));
	if (state != NULL)
		transition->parcel_state = MemoryContextStrdup(entry->context,
													   pnstrdup(state->val.string.val, state->val.string.len));
	transition->parcel_attempt = attempt != NULL && attempt->val.boolean;
	for (size_t i = 0; i < lengthof(kinds); i++)
		if (strcmp(kinds[i], transition->parcel) == 0)
			return;
	invalid_flow(flow, "a parcel that is none of outbound, return, redelivery, reship:", transition->parcel);
}

static JsonbContainer *
object_member(JsonbContainer *object, const char *key, bool *wrong)
{
	JsonbValue *value = getKeyJsonValueFromContainer(object, key, (int) strlen(key), NULL);

	if (value == NULL)
		return NULL;
	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
	{
		*wrong = true;
		return NULL;
	}
	return value->val.binary.data;
}

/* {"refund": {...}, "charge": {...}, "parcel": {...}, "alone": true, "extend": "1 day", "refuse": "..."}, each or none of them */
static void
read_effect(FlowEntry *entry, const AsFlow *flow, AsTransition *transition, Jsonb *effect)
{
	bool		wrong = false;
	JsonbContainer *refund = object_member(&effect->root, "refund", &wrong);
	JsonbContainer *charge = object_member(&effect->root, "charge", &wrong);
	JsonbContainer *parcel = object_member(&effect->root, "parcel", &wrong);
	JsonbValue *refuse = getKeyJsonValueFromContainer(&effect->root, "refuse", 6, NULL);
	JsonbValue *alone = getKeyJsonValueFromContainer(&effect->root, "alone", 5, NULL);
	AsError		error;
	JsonbValue *extend = getKeyJsonValueFromContainer(&effect->root, "extend", 6, NULL);
	int			known = (refund != NULL ? 1 : 0) + (charge != NULL ? 1 : 0) + (parcel != NULL ? 1 : 0) +
	(alone != NULL ? 1 : 0) + (extend != NULL ? 1 : 0) + (refuse != NULL ? 1 : 0);

	if ((extend != NULL) != (transition->clock == AS_CLOCK_EXTEND) || (extend != NULL && extend->type != jbvString))
		invalid_flow(flow, "an extension without a term, or a term without clock 'extend', on action",
					 flow->actions[transition->action]);
	if (extend != NULL &&
		(!as_term_parse(pnstrdup(extend->val.string.val, extend->val.string.len), &transition->extension, &error) ||
		 transition->extension.count <= 0))
		invalid_flow(flow, "an extension that is no term above zero on action", flow->actions[transition->action]);
	if (wrong || JB_ROOT_COUNT(effect) != known || (alone != NULL && alone->type != jbvBool) ||
		(refuse != NULL && (refuse->type != jbvString || refuse->val.string.len == 0)))
		invalid_flow(flow, "an effect that is not {\"refund\": {...}, \"charge\": {...}, \"parcel\": {...}, \"alone\": true, "
					 "\"extend\": \"1 day\", \"refuse\": \"why\"} on action",
					 flow->actions[transition->action]);
	transition->alone = alone != NULL && alone->val.boolean;
	if (refund != NULL)
		read_refund(flow, transition, refund);
	if (charge != NULL)
		read_charge(entry, flow, transition, charge);
	if (parcel != NULL)
		read_parcel(entry, flow, transition, parcel);
	if (refuse != NULL)
		transition->refusal = MemoryContextStrdup(entry->context,
												  pnstrdup(refuse->val.string.val, refuse->val.string.len));
}

static uint32
actor_bits(const AsFlow *flow, ArrayType *actors)
{
	Datum	   *elements;
	int			count;
	uint32		bits = 0;

	deconstruct_array(actors, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, &count);
	for (int i = 0; i < count; i++)
	{
		char	   *name = TextDatumGetCString(elements[i]);
		AsActorKind kind = as_actor_kind(name);

		if (strcmp(as_actor_names[kind], name) != 0)
			invalid_flow(flow, "an actor that does not exist,", name);
		bits |= 1u << kind;
	}
	return bits;
}

static AsClockMove
clock_move(const char *clock)
{
	return strcmp(clock, "keep") == 0 ? AS_CLOCK_KEEP :
		strcmp(clock, "pause") == 0 ? AS_CLOCK_PAUSE :
		strcmp(clock, "resume") == 0 ? AS_CLOCK_RESUME :
		strcmp(clock, "extend") == 0 ? AS_CLOCK_EXTEND : AS_CLOCK_RESTART;
}

static void
load_transitions(FlowEntry *entry)
{
	int			rows;

	query("SELECT version, from_state, action, priority, to_state, actors, permission, needs, condition, outcome,"
		  " clock, rule, effect, requires, on_behalf_of"
		  " FROM aftersale.flow_transition WHERE flow OPERATOR(pg_catalog.=) $1"
		  " ORDER BY version, from_state, action, priority DESC", entry->name);
	rows = (int) SPI_processed;
	for (int i = 0; i < rows; i++)
	{
		AsCachedFlow *cached = version_of(entry, int_column(i, 1));
		AsFlow	   *flow;
		AsTransition *transition;
		bool		isnull;

		if (cached == NULL)
			continue;
		flow = &cached->flow;
		if (flow->transitions == NULL)
			flow->transitions = MemoryContextAllocZero(entry->context, sizeof(AsTransition) * rows);
		transition = &flow->transitions[flow->n_transitions++];
		transition->from = as_flow_state(flow, text_column(CurrentMemoryContext, i, 2));
		transition->action = add_action(entry, flow, rows, text_column(CurrentMemoryContext, i, 3));
		transition->priority = int_column(i, 4);
		transition->to = as_flow_state(flow, text_column(CurrentMemoryContext, i, 5));
		if (transition->from < 0 || transition->to < 0)
			invalid_flow(flow, "a transition from or to a state that is not in flow_state, on action",
						 flow->actions[transition->action]);
		transition->actors = actor_bits(flow, DatumGetArrayTypeP(column(i, 6, &isnull)));
		transition->permission = permission_index(entry, flow, text_column(CurrentMemoryContext, i, 7));
		transition->needs = key_bits(entry, flow, DatumGetArrayTypeP(column(i, 8, &isnull)));
		transition->condition = object_bit(entry, flow, DatumGetJsonbP(column(i, 9, &isnull)), &cached->conditions,
										   &cached->n_conditions);
		transition->outcome = text_column(entry->context, i, 10);
		transition->clock = clock_move(text_column(CurrentMemoryContext, i, 11));
		transition->rule = text_column(entry->context, i, 12);
		read_effect(entry, flow, transition, DatumGetJsonbP(column(i, 13, &isnull)));
		transition->requires = requirement_bits(entry, cached, DatumGetJsonbP(column(i, 14, &isnull)));
		transition->on_behalf_of = text_column(entry->context, i, 15);
	}
}

static AsTimerStart
timer_start(const char *starts)
{
	return strcmp(starts, "before_due") == 0 ? AS_TIMER_BEFORE_DUE :
		strcmp(starts, "opened") == 0 ? AS_TIMER_FROM_OPENED :
		strcmp(starts, "ordered") == 0 ? AS_TIMER_FROM_ORDERED : AS_TIMER_FROM_ENTERED;
}

static void
load_timers(FlowEntry *entry)
{
	int			rows;

	query("SELECT version, name, state, term, starts, pause, kind OPERATOR(pg_catalog.=) 'mask', rule"
		  " FROM aftersale.flow_timer WHERE flow OPERATOR(pg_catalog.=) $1 ORDER BY version, name", entry->name);
	rows = (int) SPI_processed;
	for (int i = 0; i < rows; i++)
	{
		AsCachedFlow *cached = version_of(entry, int_column(i, 1));
		AsFlow	   *flow;
		AsFlowTimer *timer;
		char	   *state;
		char	   *pause;
		bool		isnull;

		if (cached == NULL)
			continue;
		flow = &cached->flow;
		if (flow->timers == NULL)
			flow->timers = MemoryContextAllocZero(entry->context, sizeof(AsFlowTimer) * AS_MAX_TIMERS);
		if (flow->n_timers == AS_MAX_TIMERS)
			invalid_flow(flow, "too many timers, one is", text_column(CurrentMemoryContext, i, 2));
		timer = &flow->timers[flow->n_timers++];
		timer->name = text_column(entry->context, i, 2);
		state = text_column(CurrentMemoryContext, i, 3);
		timer->state = state == NULL ? -1 : as_flow_state(flow, state);
		if (state != NULL && timer->state < 0)
			invalid_flow(flow, "a timer in a state that is not in flow_state,", timer->name);
		timer->term = DatumGetTerm(column(i, 4, &isnull));
		timer->starts = timer_start(text_column(CurrentMemoryContext, i, 5));
		pause = text_column(CurrentMemoryContext, i, 6);
		timer->pauses = strcmp(pause, "none") != 0;
		timer->pause = strcmp(pause, "working") == 0 ? AS_PAUSE_WORKING : AS_PAUSE_WALL;
		timer->outlasts = bool_column(i, 7);
		timer->rule = text_column(entry->context, i, 8);
	}
}

static FlowEntry *
load(const char *name)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "aftersale flow",
												  ALLOCSET_SMALL_SIZES);
	FlowEntry  *entry = MemoryContextAllocZero(context, sizeof(FlowEntry));
	AsConfigLoad state;
	AsError		error;

	entry->context = context;
	entry->name = MemoryContextStrdup(context, name);
	current_epochs(entry->epochs);
	as_config_begin_load(&state);
	load_versions(entry);
	load_states(entry);
	load_transitions(entry);
	load_timers(entry);
	as_config_end_load(&state);

	for (int i = 0; i < entry->n_versions; i++)
	{
		AsFlow	   *flow = &entry->versions[i].flow;

		if (flow->initial < 0)
			invalid_flow(flow, "no row in flow_state for its initial state; version", psprintf("%d", flow->version));
		if (!as_flow_check(flow, &error))
			as_report(&error);
	}
	MemoryContextSetParent(context, CacheMemoryContext);
	/* names that are no flow are not kept: there is no end of them */
	if (state.publish && entry->n_versions > 0)
	{
		entry->next = entries;
		entries = entry;
	}
	else
		unpublished = entry;
	return entry;
}

static FlowEntry *
find(const char *name)
{
	uint64		epochs[EPOCHS];
	FlowEntry **link = &entries;

	current_epochs(epochs);
	if (unpublished != NULL)
	{
		MemoryContext context = unpublished->context;

		unpublished = NULL;
		MemoryContextDelete(context);
	}
	while (*link != NULL)
	{
		FlowEntry  *entry = *link;

		if (memcmp(entry->epochs, epochs, sizeof epochs) != 0)
		{
			*link = entry->next;
			MemoryContextDelete(entry->context);
			continue;
		}
		if (strcmp(entry->name, name) == 0)
			return entry;
		link = &entry->next;
	}
	return load(name);
}

static void
unknown_flow(const char *name)
{
	AsConfigLoad state;
	AsError		error;
	char		quoted[100];
	char	   *names = NULL;
	MemoryContext context = CurrentMemoryContext;

	as_config_begin_load(&state);
	if (SPI_execute("SELECT pg_catalog.string_agg(DISTINCT flow, ', ' ORDER BY flow) FROM aftersale.flow",
					true, 1) == SPI_OK_SELECT)
		names = text_column(context, 0, 1);
	as_config_end_load(&state);
	as_fail(&error, RA_UNKNOWN_FLOW, NULL, "flow \"%s\" does not exist",
			as_quote(quoted, sizeof quoted, name, strlen(name)));
	if (names != NULL)
		as_hint(&error, "Flows here: %s.", names);
	else
		as_hint(&error, "No flow is loaded. Run: SELECT aftersale.load_pack('temu');");
	as_report(&error);
}

const AsCachedFlow *
as_flow_in_force(const char *name, AsInstant opened_at, AsMaybeInstant ordered_at)
{
	FlowEntry  *entry = find(name);
	AsError		error;
	char		text[AS_INSTANT_TEXT];

	if (entry->n_versions == 0)
		unknown_flow(name);
	for (int i = entry->n_versions - 1; i >= 0; i--)
	{
		const AsFlow *flow = &entry->versions[i].flow;
		AsInstant	at = flow->judged_at_order && ordered_at.known ? ordered_at.at : opened_at;

		if (flow->effective_from <= at && at < flow->effective_to)
			return &entry->versions[i];
	}
	as_fail(&error, RA_UNKNOWN_FLOW, NULL, "no version of flow \"%s\" is in force at %s", name,
			as_instant_text(opened_at, text));
	as_hint(&error, "Look at effective_from and effective_to in aftersale.flow.");
	as_report(&error);
}

const AsCachedFlow *
as_flow_version(const char *name, int version)
{
	FlowEntry  *entry = find(name);
	const AsCachedFlow *cached = version_of(entry, version);
	AsError		error;

	if (cached != NULL)
		return cached;
	as_fail(&error, RA_INVALID_FLOW, NULL, "version %d of flow \"%s\" is gone, and requests are judged by it",
			version, name);
	as_hint(&error, "Restore its rows in aftersale.flow, flow_state and flow_transition.");
	as_report(&error);
}
