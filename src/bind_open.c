/*
 * bind_open.c
 *		Rows that open their requests at the end of the transaction that inserts
 *		them, when what belongs to them (their items, say) is there as well.
 *
 * What is inserted is noted by its key, and does not open a request until the
 * commit: a deferred constraint trigger of the ERP's table comes then, once for
 * each row, and its first call follows all of its binding that wait, as they are
 * by then.  A subtransaction that is undone takes the rows along that were
 * inserted in it; what was opened in it waits again.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "bind_change.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "owner.h"
#include "storage/proc.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/* Rows that are followed at once */
#define PART_ROWS	1000

typedef struct InsertedKey
{
	const char *row_ref;		/* key */
	int			place;			/* in the list, the last one */
} InsertedKey;

typedef struct InsertedRow
{
	const char *row_ref;
	bool		waits;			/* false: it opens at its statement, */
	bool		opened;			/* which came to it */
	int			before;			/* place of the same key; -1: none */
	SubTransactionId sub;
} InsertedRow;

/* So many of the list were followed, in this subtransaction; rows that came with this command or a later one were not. */
typedef struct Followed
{
	int			count;
	SubTransactionId sub;
	CommandId	command;
} Followed;

/* Of one binding in one transaction, in its memory; both lists are in the order of time. */
typedef struct Inserted
{
	const char *binding;
	HTAB	   *keys;
	InsertedRow *list;
	int			count;
	int			capacity;
	Followed   *followed;		/* of subtransactions that may still be undone */
	int			n_followed;
	int			followed_capacity;
	struct Inserted *next;
} Inserted;

static struct
{
	LocalTransactionId transaction;
	Inserted   *first;
}			all;

/* ---- keys ---- */

static uint32
hash_key(const void *key, Size size)
{
	return string_hash(*(const char *const *) key, SIZE_MAX);
}

static int
compare_keys(const void *a, const void *b, Size size)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static Inserted *
inserted_of(const char *binding)
{
	if (all.transaction != AS_LOCAL_XID)
		return NULL;
	for (Inserted *inserted = all.first; inserted != NULL; inserted = inserted->next)
		if (strcmp(inserted->binding, binding) == 0)
			return inserted;
	return NULL;
}

static Inserted *
begin_binding(const char *binding)
{
	HASHCTL		control = {
		.keysize = sizeof(char *),.entrysize = sizeof(InsertedKey),.hcxt = TopTransactionContext,
		.hash = hash_key,.match = compare_keys
	};
	Inserted   *inserted = MemoryContextAllocZero(TopTransactionContext, sizeof(Inserted));

	inserted->binding = MemoryContextStrdup(TopTransactionContext, binding);
	inserted->keys = hash_create("aftersale inserted rows", 64, &control, HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
	if (all.transaction != AS_LOCAL_XID)
		all.first = NULL;
	all.transaction = AS_LOCAL_XID;
	inserted->next = all.first;
	all.first = inserted;
	return inserted;
}

/* The row that was noted last under the key; NULL: none was. */
static InsertedRow *
last_of(const Inserted *inserted, const char *row_ref)
{
	const InsertedKey *key = inserted == NULL ? NULL : hash_search(inserted->keys, &row_ref, HASH_FIND, NULL);

	return key == NULL ? NULL : &inserted->list[key->place];
}

static int
followed(const Inserted *inserted)
{
	return inserted->n_followed == 0 ? 0 : inserted->followed[inserted->n_followed - 1].count;
}

static bool
is_waiting(const Inserted *inserted, const InsertedRow *row)
{
	return row != NULL && row->waits && row - inserted->list >= followed(inserted);
}

/* The first place in the list that waits; its end: none does. */
static int
first_waiting(const Inserted *inserted)
{
	int			place = followed(inserted);

	while (place < inserted->count && !inserted->list[place].waits)
		place++;
	return place;
}

static void
note(const char *binding, const char *row_ref, bool waits)
{
	Inserted   *inserted = inserted_of(binding);
	InsertedRow *row;
	InsertedKey *key;
	bool		found;

	if (inserted == NULL)
		inserted = begin_binding(binding);
	if (inserted->count == inserted->capacity)
	{
		inserted->capacity = Max(inserted->capacity * 2, 64);
		inserted->list = inserted->list == NULL ? MemoryContextAlloc(TopTransactionContext, sizeof(InsertedRow) * inserted->capacity) :
			repalloc_huge(inserted->list, sizeof(InsertedRow) * inserted->capacity);
	}
	row_ref = MemoryContextStrdup(TopTransactionContext, row_ref);
	key = hash_search(inserted->keys, &row_ref, HASH_ENTER, &found);
	if (found)
		pfree((char *) row_ref);
	row = &inserted->list[inserted->count];
	row->row_ref = key->row_ref;
	row->waits = waits;
	row->opened = false;
	row->before = found ? key->place : -1;
	row->sub = GetCurrentSubTransactionId();
	key->place = inserted->count++;
}

static const char *
key_of(AsAttachCall *call, TupleTableSlot *row)
{
	const char *text;
	int			length;

	return as_attach_text(call, AS_WORD_KEY, row, &text, &length) ? pnstrdup(text, length) : NULL;
}

void
as_bound_note_inserted(AsAttachCall *call, TupleTableSlot *old, TupleTableSlot *new)
{
	const Inserted *inserted = inserted_of(call->name);
	const char *old_ref = old == NULL ? NULL : key_of(call, old);
	const char *row_ref = key_of(call, new);
	InsertedRow *row;

	/* nothing is deferred there: the trigger's condition says so, too */
	if (row_ref == NULL || InSecurityRestrictedOperation())
		return;
	if (old != NULL && (old_ref == NULL || !is_waiting(inserted, last_of(inserted, old_ref))))
		return;
	row = last_of(inserted, row_ref);
	if (row != NULL && !row->waits && !row->opened && old == NULL)
		row->opened = true;		/* its constraint trigger came before us */
	else if (!is_waiting(inserted, row))
		note(call->name, row_ref, true);
}

/* Subtransactions are numbered as they begin: what was noted since has no smaller number. */
static void
undo(Inserted *inserted, SubTransactionId sub)
{
	while (inserted->count > 0 && inserted->list[inserted->count - 1].sub >= sub)
	{
		InsertedRow *row = &inserted->list[--inserted->count];
		InsertedKey *key = hash_search(inserted->keys, &row->row_ref, row->before < 0 ? HASH_REMOVE : HASH_FIND, NULL);

		key->place = row->before;
	}
	while (inserted->n_followed > 0 && inserted->followed[inserted->n_followed - 1].sub >= sub)
		inserted->n_followed--;
}

static void
subtransaction_ended(SubXactEvent event, SubTransactionId sub, SubTransactionId parent, void *argument)
{
	if (event != SUBXACT_EVENT_ABORT_SUB || all.transaction != AS_LOCAL_XID)
		return;
	for (Inserted *inserted = all.first; inserted != NULL; inserted = inserted->next)
		undo(inserted, sub);
}

void
as_bound_open_init(void)
{
	RegisterSubXactCallback(subtransaction_ended, NULL);
}

/* ---- waiting ---- */

void
as_bound_postpone(AsBoundChanges *changes)
{
	const Inserted *inserted = inserted_of(changes->call->name);

	for (int i = 0; inserted != NULL && i < changes->count; i++)
	{
		AsBoundChange *change = &changes->list[i];
		bool		opens = change->deed == AS_DEED_OPEN || change->deed == AS_DEED_OPEN_AS;

		if ((opens || (change->deed == AS_DEED_CONFLICT && !change->has_request)) &&
			is_waiting(inserted, last_of(inserted, change->row_ref)))
			change->deed = AS_DEED_NONE;
	}
}

/* ---- at the end ---- */

/* Follows rows of a binding as they are now; what is not there any more, and what is paused, is left out. */
static void
follow_rows(const char *binding, const char **refs, int count)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "aftersale inserted rows", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	AsAttachCall *call = as_bound_table(binding);
	AsBoundChanges changes;
	TupleTableSlot *slot;
	MinimalTuple *rows;
	AsOwner		owner;

	/*
	 * expressions see what was done up to now, by triggers before this one as
	 * well
	 */
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	if (call != NULL)
	{
		as_bound_changes_init(&changes, call);
		changes.at_commit = true;
		for (int i = 0; i < count; i++)
		{
			as_bound_changes_add(&changes)->row_ref = refs[i];
			changes.count++;
		}
		rows = as_bound_rows_now(&changes);
		changes.count = 0;
		slot = MakeSingleTupleTableSlot(RelationGetDescr(call->relation), &TTSOpsMinimalTuple);
		as_bound_owner_begin(&owner, call->relation);
		for (int i = 0; i < count; i++)
		{
			if (rows[i] == NULL)
				continue;
			ResetExprContext(call->econtext);
			as_bound_take_row(&changes, ExecStoreMinimalTuple(rows[i], slot, false));
		}
		as_bound_follow(&changes);
		as_owner_end(&owner);
		ExecDropSingleTupleTableSlot(slot);
		ExecDropSingleTupleTableSlot(changes.slot);
		as_bound_table_close(call);
	}
	PopActiveSnapshot();
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
}

/* That all which are there are followed; those of subtransactions that are over by now are not undone apart from this. */
static void
note_followed(Inserted *inserted, bool any)
{
	Followed	now = {inserted->count, GetCurrentSubTransactionId(), inserted->n_followed == 0 ? 0 : inserted->followed[inserted->n_followed - 1].command};

	if (any)
	{
		CommandCounterIncrement();
		now.command = GetCurrentCommandId(false);
	}
	while (inserted->n_followed > 0 && inserted->followed[inserted->n_followed - 1].sub >= now.sub)
		inserted->n_followed--;
	if (inserted->n_followed == inserted->followed_capacity)
	{
		inserted->followed_capacity = Max(inserted->followed_capacity * 2, 8);
		inserted->followed = inserted->followed == NULL ? MemoryContextAlloc(TopTransactionContext, sizeof(Followed) * inserted->followed_capacity) :
			repalloc_huge(inserted->followed, sizeof(Followed) * inserted->followed_capacity);
	}
	inserted->followed[inserted->n_followed++] = now;
}

/* Triggers of the ERP's that fire meanwhile may insert more: these are the next call's. */
static void
follow_waiting(Inserted *inserted)
{
	int			to = inserted->count;
	int			from = first_waiting(inserted);
	const char **refs;
	int			count = 0;

	if (followed(inserted) == to)
		return;
	note_followed(inserted, from < to);
	refs = palloc(sizeof(char *) * Min(to - from + 1, PART_ROWS));
	for (int i = from; i < to; i++)
	{
		const InsertedRow *row = &inserted->list[i];

		if (row->waits && last_of(inserted, row->row_ref) == row)
			refs[count++] = row->row_ref;
		if (count == PART_ROWS || (count > 0 && i == to - 1))
		{
			follow_rows(inserted->binding, refs, count);
			count = 0;
		}
	}
	pfree(refs);
}

bool
as_bound_is_any_waiting(void)
{
	if (all.transaction == AS_LOCAL_XID)
		for (const Inserted *inserted = all.first; inserted != NULL; inserted = inserted->next)
			if (first_waiting(inserted) < inserted->count)
				return true;
	return false;
}

void
as_bound_open_waiting(void)
{
	if (all.transaction == AS_LOCAL_XID)
		for (Inserted *inserted = all.first; inserted != NULL; inserted = inserted->next)
			follow_waiting(inserted);
}

/*
 * A row that nobody noted since it was inserted is one whose statement has not
 * come to its own triggers: constraints are immediate.
 */
static void
note_immediate(AsAttachCall *call, const TriggerData *trigger)
{
	const Inserted *inserted = inserted_of(call->name);
	const char *row_ref;
	const InsertedRow *row;

	ResetExprContext(call->econtext);
	row_ref = key_of(call, trigger->tg_trigslot);
	if (row_ref == NULL)
		return;
	row = last_of(inserted, row_ref);
	if (row == NULL || (!row->waits && row->opened) ||
		(row->waits && !is_waiting(inserted, row) &&
		 HeapTupleHeaderGetCmin(trigger->tg_trigtuple->t_data) >= inserted->followed[inserted->n_followed - 1].command))
		note(call->name, row_ref, false);
}

PG_FUNCTION_INFO_V1(aftersale_attached_binding_commit);

Datum
aftersale_attached_binding_commit(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	AsAttachCall *call = fcinfo->flinfo->fn_extra;
	Inserted   *inserted;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(trigger->tg_event) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		!TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("a function of an attachment was not called as its AFTER INSERT trigger of each row")));
	if (call == NULL)
		call = as_attach_call_as_owner(fcinfo, AS_ATTACH_BINDING, AS_WORD_STATE);
	if (call->state.paused)
		PG_RETURN_POINTER(NULL);
	inserted = inserted_of(call->name);
	if (inserted != NULL)
		follow_waiting(inserted);
	note_immediate(call, trigger);
	PG_RETURN_POINTER(NULL);
}

PG_FUNCTION_INFO_V1(aftersale_may_wait);

/* may_wait(): the condition of the constraint trigger */
Datum
aftersale_may_wait(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!InSecurityRestrictedOperation());
}
