/*
 * attach_cache.c
 *		Attachments compiled, by trigger, for the life of the session; their rows
 *		of aftersale.attachment; and what one statement needs of both.
 *
 * A compiled attachment is stale when its table, or any function, changed.  It
 * may still be in use by a statement further out, so its memory goes with the
 * transaction that finds it stale.  States are read at the first row of a
 * statement: what pause() says holds for the next one.
 */
#include "attach.h"

#include "catalog/pg_type.h"
#include "config.h"
#include "errors.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "try.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

typedef struct CompiledEntry
{
	Oid			trigger;		/* key */
	Oid			relation;
	bool		valid;
	MemoryContext context;		/* NULL: nothing compiled */
	const AsAttached *attached;
} CompiledEntry;

typedef struct StateEntry
{
	char		name[NAMEDATALEN];	/* key */
	AsAttachState state;
} StateEntry;

static HTAB *compiled = NULL;
static uint64 invalidations = 0;

static MemoryContext state_context = NULL;
static HTAB *states = NULL;
static uint64 states_epoch = 0;

/* ---- compiled ---- */

static void
invalidate(Oid relation)
{
	HASH_SEQ_STATUS scan;
	CompiledEntry *entry;

	invalidations++;
	if (compiled == NULL)
		return;
	hash_seq_init(&scan, compiled);
	while ((entry = hash_seq_search(&scan)) != NULL)
		if (relation == InvalidOid || entry->relation == relation)
			entry->valid = false;
}

static void
relation_invalidated(Datum argument, Oid relation)
{
	invalidate(relation);
}

static void
function_invalidated(Datum argument, int cache, uint32 hash)
{
	invalidate(InvalidOid);
}

void
as_attach_init(void)
{
	CacheRegisterRelcacheCallback(relation_invalidated, (Datum) 0);
	CacheRegisterSyscacheCallback(PROCOID, function_invalidated, (Datum) 0);
}

static CompiledEntry *
entry_of(Oid trigger)
{
	CompiledEntry *entry;
	bool		found;

	if (compiled == NULL)
	{
		HASHCTL		control = {.keysize = sizeof(Oid),.entrysize = sizeof(CompiledEntry),.hcxt = CacheMemoryContext};

		compiled = hash_create("aftersale attachments", 16, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	entry = hash_search(compiled, &trigger, HASH_ENTER, &found);
	if (!found)
	{
		entry->valid = false;
		entry->context = NULL;
		entry->attached = NULL;
		entry->relation = InvalidOid;
	}
	return entry;
}

typedef struct Compilation
{
	Relation	relation;
	const char *name;
	Jsonb	   *definition;
	AsAttached *attached;		/* the result */
} Compilation;

static void
compile(void *context)
{
	Compilation *compilation = context;

	compilation->attached = as_attach_compile(compilation->relation, compilation->name, compilation->definition, RA_ATTACHMENT_BROKEN);
}

/* Compiles in the current memory context.  Why it does not fit, where rows pass then. */
static const char *
try_to_compile(Compilation *compilation)
{
	ErrorData  *error;

	if (!JB_ROOT_IS_OBJECT(compilation->definition) || !as_attach_passes_faults(&compilation->definition->root))
	{
		compile(compilation);
		return NULL;
	}
	error = as_try(compile, compilation);
	if (error == NULL)
		return NULL;
	if (strcmp(unpack_sql_state(error->sqlerrcode), RA_ATTACHMENT_BROKEN) != 0)
		ReThrowError(error);
	return error->message;
}

/*
 * NULL: it does not fit its table any more, and rows pass.  That is not kept:
 * what mends it need not be a change of the table or of a function.
 */
static const AsAttached *
compiled_attachment(Relation relation, const Trigger *trigger)
{
	CompiledEntry *entry = entry_of(trigger->tgoid);
	uint64		before = invalidations;
	Compilation compilation = {relation, trigger->tgargs[0]};
	const char *fault;
	MemoryContext context;
	MemoryContext caller;

	if (entry->valid && entry->relation == RelationGetRelid(relation))
		return entry->attached;
	context = AllocSetContextCreate(CurrentMemoryContext, "aftersale attachment", ALLOCSET_SMALL_SIZES);
	caller = MemoryContextSwitchTo(context);
	compilation.definition = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(trigger->tgargs[1])));
	fault = try_to_compile(&compilation);
	MemoryContextSwitchTo(caller);
	if (fault != NULL)
	{
		ereport(WARNING, (errcode(ERRCODE_WARNING), errmsg("%s", fault),
						  errdetail("Rows pass attachment \"%s\" unseen, as its \"on_fault\" says.", trigger->tgargs[0]),
						  errhint("SELECT * FROM aftersale.attachments(); tells what to do.")));
		MemoryContextDelete(context);
		return NULL;
	}
	entry = entry_of(trigger->tgoid);	/* compiling may have moved it */
	if (entry->context != NULL)
		MemoryContextSetParent(entry->context, TopTransactionContext);
	MemoryContextSetParent(context, CacheMemoryContext);
	entry->context = context;
	entry->attached = compilation.attached;
	entry->relation = RelationGetRelid(relation);
	entry->valid = invalidations == before;
	return entry->attached;
}

/* ---- states ---- */

static void
forget_stale_states(uint64 epoch)
{
	HASHCTL		control = {.keysize = NAMEDATALEN,.entrysize = sizeof(StateEntry)};

	if (states != NULL && states_epoch == epoch)
		return;
	states = NULL;
	if (state_context != NULL)
		MemoryContextReset(state_context);
	else
		state_context = AllocSetContextCreate(CacheMemoryContext, "aftersale attachment states", ALLOCSET_SMALL_SIZES);
	control.hcxt = state_context;
	states = hash_create("aftersale attachment states", 16, &control, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	states_epoch = epoch;
}

/* In the current memory context; false: it may be used, but not kept. */
static bool
load_state(const char *name, AsAttachState *state)
{
	MemoryContext context = CurrentMemoryContext;
	Oid			types[1] = {TEXTOID};
	Datum		values[1] = {CStringGetTextDatum(name)};
	AsConfigLoad load;

	memset(state, 0, sizeof *state);
	as_config_begin_load(&load);
	if (SPI_execute_with_args("SELECT paused, filled, generation, owner, definition::pg_catalog.text FROM aftersale.attachment"
							  " WHERE name OPERATOR(pg_catalog.=) $1", 1, types, values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read attachment \"%s\"", name);
	if (SPI_processed == 1)
	{
		HeapTuple	row = SPI_tuptable->vals[0];
		TupleDesc	columns = SPI_tuptable->tupdesc;
		bool		isnull;

		state->exists = true;
		state->paused = DatumGetBool(SPI_getbinval(row, columns, 1, &isnull));
		state->filled = DatumGetBool(SPI_getbinval(row, columns, 2, &isnull));
		state->generation = DatumGetInt32(SPI_getbinval(row, columns, 3, &isnull));
		state->owner = get_role_oid(NameStr(*DatumGetName(SPI_getbinval(row, columns, 4, &isnull))), true);
		state->definition = MemoryContextStrdup(context, SPI_getvalue(row, columns, 5));
	}
	as_config_end_load(&load);
	return load.publish;
}

void
as_attach_state(const char *name, AsAttachState *state)
{
	char		key[NAMEDATALEN] = {0};
	StateEntry *entry;

	strlcpy(key, name, sizeof key);
	forget_stale_states(as_config_epoch(AS_ATTACHMENT));
	entry = hash_search(states, key, HASH_FIND, NULL);
	if (entry != NULL)
	{
		*state = entry->state;
		return;
	}
	if (!load_state(key, state))
		return;
	forget_stale_states(as_config_epoch(AS_ATTACHMENT));
	entry = hash_search(states, key, HASH_ENTER, NULL);
	entry->state = *state;
	if (state->definition != NULL)
		state->definition = entry->state.definition = MemoryContextStrdup(state_context, state->definition);
}

void
as_attach_require_own(Relation relation, const char *name, const AsAttachState *state)
{
	Oid			owner = relation->rd_rel->relowner;
	AsError		error;

	if (state->exists && (state->owner == owner || has_privs_of_role(owner, as_relation_owner(as_relation("attachment")))))
		return;
	if (!state->exists)
		as_fail(&error, RA_UNKNOWN_ATTACHMENT, NULL, "attachment \"%s\" is not registered", name);
	else
		as_fail(&error, RA_ATTACHMENT_OWNER, NULL, "attachment \"%s\" is not one of the owner of table \"%s\"", name,
				as_attach_table(relation));
	as_detail(&error, "Table \"%s\" is owned by \"%s\"; its totals and deadlines are kept under the attachment's name.",
			  as_attach_table(relation), GetUserNameFromId(owner, false));
	as_hint(&error, "Its owner runs: SELECT aftersale.repair('%s');", name);
	as_report(&error);
}

static bool
is_definition(const AsAttachState *state, const Trigger *trigger)
{
	return state->exists && strcmp(state->definition, trigger->tgargs[1]) == 0;
}

static void
require_registered(Relation relation, const char *name, const AsAttachState *state, bool registered)
{
	AsError		error;

	as_attach_require_own(relation, name, state);
	if (registered)
		return;
	as_fail(&error, RA_ATTACHMENT_OWNER, NULL, "a trigger of table \"%s\" carries another definition than attachment \"%s\" has",
			as_attach_table(relation), name);
	as_hint(&error, "Drop the trigger; what the owner attached says aftersale.attachment.");
	as_report(&error);
}

void
as_attach_require_registered(const AsAttachCall *call)
{
	require_registered(call->relation, call->name, &call->state, call->registered);
}

/* ---- calls ---- */

static ExprState *
prepare(Node *tree)
{
	return tree == NULL ? NULL : ExecInitExpr(expression_planner((Expr *) copyObject(tree)), NULL);
}

AsAttachCall *
as_attach_call_on(Relation relation, const AsAttached *attached)
{
	AsAttachCall *call = palloc0(sizeof(AsAttachCall));

	call->name = attached->name;
	call->attached = attached;
	call->relation = relation;
	call->digits = -1;
	call->econtext = CreateStandaloneExprContext();
	for (int i = 0; i < AS_WORDS; i++)
		call->states[i] = prepare(attached->sources[i].tree);
	call->when = prepare(attached->when);
	call->counts = prepare(attached->counts);
	as_attach_state(attached->name, &call->state);
	return call;
}

/* What is paused is not even read, so that what no longer fits can be paused; what passes faults is as if it were. */
static AsAttachCall *
paused_call(Relation relation, const char *name, const AsAttachState *state)
{
	AsAttachCall *call = palloc0(sizeof(AsAttachCall));

	call->name = pstrdup(name);
	call->relation = relation;
	call->econtext = CreateStandaloneExprContext();
	call->state = *state;
	return call;
}

static void
refuse_trigger(const Trigger *trigger)
{
	ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
					errmsg("trigger \"%s\" was not made by aftersale", trigger->tgname),
					errhint("Triggers of attachments are made by attach_deadline() and its like.")));
}

AsAttachCall *
as_attach_call(FunctionCallInfo fcinfo, AsAttachKind kind, AsWord needed)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	const AsAttached *attached;
	AsAttachCall *call = fcinfo->flinfo->fn_extra;
	AsAttachState state;
	bool		registered;
	MemoryContext caller;

	if (likely(call != NULL))
		return call;
	if (trigger->tg_trigger->tgnargs != 2)
		refuse_trigger(trigger->tg_trigger);
	as_attach_state(trigger->tg_trigger->tgargs[0], &state);
	registered = is_definition(&state, trigger->tg_trigger);
	attached = state.paused ? NULL : compiled_attachment(trigger->tg_relation, trigger->tg_trigger);
	if (attached != NULL && (attached->kind != kind || (needed != AS_WORD_NONE && attached->sources[needed].from == AS_FROM_NOTHING)))
		refuse_trigger(trigger->tg_trigger);
	caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	state.paused = attached == NULL;
	call = attached == NULL ? paused_call(trigger->tg_relation, trigger->tg_trigger->tgargs[0], &state) :
		as_attach_call_on(trigger->tg_relation, attached);
	call->registered = registered;
	MemoryContextSwitchTo(caller);
	fcinfo->flinfo->fn_extra = call;
	return call;
}

AsAttachCall *
as_attach_call_as_owner(FunctionCallInfo fcinfo, AsAttachKind kind, AsWord needed)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	AsAttachState state;
	AsAttachCall *call;
	AsOwner		owner;

	if (trigger->tg_trigger->tgnargs != 2)
		refuse_trigger(trigger->tg_trigger);
	as_attach_state(trigger->tg_trigger->tgargs[0], &state);

	/*
	 * what somebody else defined is not to be computed with the owner's
	 * rights
	 */
	if (!state.paused)
		require_registered(trigger->tg_relation, trigger->tg_trigger->tgargs[0], &state, is_definition(&state, trigger->tg_trigger));
	as_their_owner_begin(&owner, RelationGetRelid(trigger->tg_relation));
	call = as_attach_call(fcinfo, kind, needed);
	as_owner_end(&owner);
	return call;
}

AsAttachCall *
as_attach_call_found(Relation relation, const char *name, Oid function)
{
	TriggerDesc *triggers = relation->trigdesc;
	AsAttachState state;
	bool		others = false;

	as_attach_state(name, &state);
	for (int i = 0; triggers != NULL && i < triggers->numtriggers; i++)
	{
		const Trigger *trigger = &triggers->triggers[i];
		const AsAttached *attached;
		AsAttachCall *call;

		if (trigger->tgnargs != 2 || strcmp(trigger->tgargs[0], name) != 0 || trigger->tgfoid != function)
			continue;
		if (!is_definition(&state, trigger))
		{
			others = true;
			continue;
		}
		attached = compiled_attachment(relation, trigger);
		if (attached == NULL)
			return NULL;
		call = as_attach_call_on(relation, attached);
		call->registered = true;
		return call;
	}
	if (others)
		require_registered(relation, name, &state, false);
	return NULL;
}

static void
refuse_call(const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
					errmsg("a function of an attachment was not called as its %s", what)));
}

void
as_attach_require_row_trigger(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigger->tg_event) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		refuse_call("BEFORE ROW trigger");
}

void
as_attach_require_statement_trigger(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(trigger->tg_event) || !TRIGGER_FIRED_FOR_STATEMENT(trigger->tg_event) ||
		(TRIGGER_FIRED_BY_INSERT(trigger->tg_event) && trigger->tg_newtable == NULL) ||
		(TRIGGER_FIRED_BY_DELETE(trigger->tg_event) && trigger->tg_oldtable == NULL) ||
		(TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) && (trigger->tg_newtable == NULL || trigger->tg_oldtable == NULL)))
		refuse_call("AFTER STATEMENT trigger with transition tables");
}
