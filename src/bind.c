/*
 * bind.c
 *		The AFTER STATEMENT triggers of bindings: what a statement did to bound
 *		rows becomes openings and acts of requests, set-based.
 *
 * Rows are collected with a copy of what they are now, their requests are
 * found, it is decided what each has to do, and it is done.  Large statements
 * go in parts, so that memory stays bounded.  A row that was written back by us
 * is met here as well, and finds its request where it says that it is.
 */
#include "postgres.h"

#include "bind_change.h"
#include "config.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* Changes that are worked off at once, in bytes of their memory */
#define PART_BYTES	(64 * 1024 * 1024)

/* Words by which a row's request, or whether it has one, is another */
static const AsWord compared[] = {
	AS_WORD_STATE, AS_WORD_SHOP, AS_WORD_FLOW, AS_WORD_COUNTRY, AS_WORD_CURRENCY, AS_WORD_OPENED, AS_WORD_REASON, AS_WORD_ORDER,
	AS_WORD_ORDERED, AS_WORD_AMOUNT, AS_WORD_RATIO, AS_WORD_PLATFORM_DUE, AS_WORD_ATTRIBUTES
};

void
as_bound_changes_init(AsBoundChanges *changes, AsAttachCall *call)
{
	memset(changes, 0, sizeof *changes);
	changes->call = call;
	changes->context = AllocSetContextCreate(CurrentMemoryContext, "aftersale bound rows", ALLOCSET_DEFAULT_SIZES);
	changes->slot = MakeSingleTupleTableSlot(RelationGetDescr(call->relation), &TTSOpsMinimalTuple);
	as_rows_init(&changes->written, AS_KEY_COLUMNS, as_key_types);
}

AsBoundChange *
as_bound_changes_add(AsBoundChanges *changes)
{
	AsBoundChange *change;

	if (changes->count == changes->capacity)
	{
		changes->capacity = Max(changes->capacity * 2, 8);
		changes->list = changes->list == NULL ? MemoryContextAlloc(changes->context, sizeof(AsBoundChange) * changes->capacity) :
			repalloc_huge(changes->list, sizeof(AsBoundChange) * changes->capacity);
	}
	change = &changes->list[changes->count];
	memset(change, 0, sizeof *change);
	return change;
}

TupleTableSlot *
as_bound_row(const AsBoundChanges *changes, const AsBoundChange *change)
{
	return ExecStoreMinimalTuple(change->row, changes->slot, false);
}

const char *
as_bound_code_text(const AsBoundChanges *changes, const AsBoundChange *change)
{
	const char *text;
	int			length;

	if (change->code >= 0)
		return changes->call->attached->binding->codes[change->code].code;
	if (change->row == NULL || change->code == AS_CODE_NULL ||
		!as_attach_text(changes->call, AS_WORD_STATE, as_bound_row(changes, change), &text, &length))
		return NULL;
	return pnstrdup(text, length);
}

/* A word of the row as text, in the memory of the changes; NULL: it is NULL. */
static const char *
read_text(AsBoundChanges *changes, AsWord word, TupleTableSlot *row)
{
	const char *text;
	char	   *copy;
	int			length;

	if (!as_attach_text(changes->call, word, row, &text, &length))
		return NULL;
	copy = MemoryContextAlloc(changes->context, length + 1);
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

/* Shop and key of a row; false: it has not got both yet. */
static bool
read_key(AsBoundChanges *changes, TupleTableSlot *row, AsBoundChange *change)
{
	bool		isnull;

	(void) as_attach_raw(changes->call, AS_WORD_SHOP, row, &isnull);
	if (isnull)
		return false;
	change->shop_id = as_attach_shop(changes->call, row, false);
	change->row_ref = read_text(changes, AS_WORD_KEY, row);
	return change->row_ref != NULL;
}

static void
take_gone(AsBoundChanges *changes, TupleTableSlot *old)
{
	AsBoundChange *change = as_bound_changes_add(changes);

	change->code = AS_CODE_NULL;
	if (read_key(changes, old, change))
		changes->count++;
}

static void
take_new(AsBoundChanges *changes, TupleTableSlot *new, uint32 changed, bool entered)
{
	AsBoundChange *change = as_bound_changes_add(changes);
	MemoryContext before;

	if (!read_key(changes, new, change))
		return;
	change->code = as_bound_code(changes->call, new);
	change->changed = changed;
	change->entered = entered;
	change->flow = read_text(changes, AS_WORD_FLOW, new);
	change->actor = read_text(changes, AS_WORD_ACTOR, new);
	before = MemoryContextSwitchTo(changes->context);
	change->row = ExecCopySlotMinimalTuple(new);
	MemoryContextSwitchTo(before);
	changes->count++;
}

void
as_bound_take_row(AsBoundChanges *changes, TupleTableSlot *row)
{
	if (as_attach_applies(changes->call, row))
		take_new(changes, row, ~UINT32_C(0), true);
}

static void
take_pair(void *context, TupleTableSlot *old, TupleTableSlot *new)
{
	AsBoundChanges *changes = context;
	AsAttachCall *call = changes->call;
	bool		was = old != NULL && as_attach_applies(call, old);
	bool		is = new != NULL && as_attach_applies(call, new);
	uint32		changed = 0;

	if (was && is && as_attach_is_same(call, AS_WORD_KEY, old, new))
	{
		for (size_t i = 0; i < lengthof(compared); i++)
			if (call->attached->sources[compared[i]].from != AS_FROM_NOTHING &&
				call->attached->sources[compared[i]].from != AS_FROM_CONSTANT &&
				!as_attach_is_same(call, compared[i], old, new))
				changed |= UINT32_C(1) << compared[i];
		if (changed != 0)
			take_new(changes, new, changed, false);
	}
	else
	{
		if (was)
			take_gone(changes, old);
		if (is)
			take_new(changes, new, ~UINT32_C(0), true);
	}
	if (MemoryContextMemAllocated(changes->context, false) > PART_BYTES)
		as_bound_follow(changes);
}

void
as_bound_follow(AsBoundChanges *changes)
{
	MemoryContext caller = MemoryContextSwitchTo(changes->context);

	if (changes->count > 0)
	{
		as_rows_init(&changes->written, AS_KEY_COLUMNS, as_key_types);
		as_bound_find(changes);
		as_bound_decide(changes);
		as_bound_act(changes);
		as_bound_write(&changes->written);
	}
	ExecClearTuple(changes->slot);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(changes->context);
	changes->list = NULL;
	changes->count = changes->capacity = 0;
}

PG_FUNCTION_INFO_V1(aftersale_attached_binding);

Datum
aftersale_attached_binding(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	AsAttachCall *call;
	AsBoundChanges changes;

	as_attach_require_statement_trigger(fcinfo);
	call = as_attach_call(fcinfo, AS_ATTACH_BINDING, AS_WORD_STATE);
	if (call->state.paused)
		PG_RETURN_POINTER(NULL);
	as_attach_require_registered(call);
	as_bound_changes_init(&changes, call);
	as_attach_each_pair(call, trigger, take_pair, &changes);
	as_bound_follow(&changes);
	ExecDropSingleTupleTableSlot(changes.slot);
	MemoryContextDelete(changes.context);
	PG_RETURN_POINTER(NULL);
}
