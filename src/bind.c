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
#include "storage/proc.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

/* Changes that are worked off at once, in bytes of their memory */
#define PART_BYTES	(64 * 1024 * 1024)

/* Words by which a row's request, or whether it has one, is another */
static const AsWord compared[] = {
	AS_WORD_STATE, AS_WORD_FLOW, AS_WORD_COUNTRY, AS_WORD_CURRENCY, AS_WORD_OPENED, AS_WORD_REASON, AS_WORD_ORDER,
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

/* What the change needs of the row; its key is read. */
static void
read_row(AsBoundChanges *changes, AsBoundChange *change, TupleTableSlot *row)
{
	MemoryContext before;

	change->code = as_bound_code(changes->call, row);
	change->flow = read_text(changes, AS_WORD_FLOW, row);
	change->actor = read_text(changes, AS_WORD_ACTOR, row);
	before = MemoryContextSwitchTo(changes->context);
	change->row = ExecCopySlotMinimalTuple(row);
	MemoryContextSwitchTo(before);
}

static void
take_new(AsBoundChanges *changes, TupleTableSlot *new, uint32 changed, bool entered)
{
	AsBoundChange *change = as_bound_changes_add(changes);

	if (!read_key(changes, new, change))
		return;
	change->changed = changed;
	change->entered = entered;
	read_row(changes, change, new);
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

	if (call->attached->binding->open_at == AS_OPEN_AT_COMMIT && new != NULL &&
		(old == NULL || !as_attach_is_same(call, AS_WORD_KEY, old, new)))
		as_bound_note_inserted(call, old, new);
	if (was && is && as_attach_is_same(call, AS_WORD_KEY, old, new) && as_attach_is_same(call, AS_WORD_SHOP, old, new))
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

/* ---- rows that were changed again ---- */

/* How deep in triggers rows of bindings were changed in a transaction */
static struct
{
	LocalTransactionId transaction;
	int			depth;
}			deepest;

/*
 * Whether rows of the statement may be others by now: a trigger that it fired
 * before us changed them by a statement of its own, which was followed already.
 */
static bool
are_stale(void)
{
	int			depth = DatumGetInt32(DirectFunctionCall1(pg_trigger_depth, (Datum) 0));
	bool		stale = deepest.transaction == AS_LOCAL_XID && deepest.depth > depth;

	if (deepest.transaction != AS_LOCAL_XID || depth > deepest.depth)
		deepest.depth = depth;
	deepest.transaction = AS_LOCAL_XID;
	return stale;
}

/* Whether the change, of a row that is now so, is still to be followed; NULL: it is not there. */
static bool
is_left(AsBoundChanges *changes, AsBoundChange *change, TupleTableSlot *now)
{
	bool		is = now != NULL && as_attach_applies(changes->call, now) && as_attach_shop(changes->call, now, true) == change->shop_id;

	if (change->row == NULL || !is)
		return (change->row == NULL) == !is;
	read_row(changes, change, now);
	return true;
}

/* Rows as they are now; what a statement within this one has made of them, it has been followed in. */
static void
refresh(AsBoundChanges *changes)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(RelationGetDescr(changes->call->relation), &TTSOpsMinimalTuple);
	MinimalTuple *rows = as_bound_rows_now(changes);
	int			left = 0;

	for (int i = 0; i < changes->count; i++)
	{
		ResetExprContext(changes->call->econtext);
		if (rows[i] != NULL)
			ExecStoreMinimalTuple(rows[i], slot, false);
		if (is_left(changes, &changes->list[i], rows[i] == NULL ? NULL : slot))
			changes->list[left++] = changes->list[i];
	}
	changes->count = left;
	ExecDropSingleTupleTableSlot(slot);
}

void
as_bound_follow(AsBoundChanges *changes)
{
	MemoryContext caller = MemoryContextSwitchTo(changes->context);

	if (changes->count > 0 && !changes->backfill && !changes->at_commit && are_stale())
		refresh(changes);
	if (changes->count > 0)
	{
		as_rows_init(&changes->written, AS_KEY_COLUMNS, as_key_types);
		as_bound_find(changes);
		as_bound_decide(changes);
		if (!changes->backfill && !changes->at_commit)
			as_bound_postpone(changes);
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
	if (!as_attach_works(call))
		PG_RETURN_POINTER(NULL);
	as_bound_changes_init(&changes, call);
	as_attach_each_pair(call, trigger, take_pair, &changes);
	as_bound_follow(&changes);
	ExecDropSingleTupleTableSlot(changes.slot);
	MemoryContextDelete(changes.context);
	PG_RETURN_POINTER(NULL);
}
