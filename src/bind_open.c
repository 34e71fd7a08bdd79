/*
 * bind_open.c
 *		Rows that open their requests at the end of the transaction that inserts
 *		them, when what belongs to them (their items, say) is there as well.
 *
 * What is inserted is noted by its key, and does not open a request until the
 * commit: a deferred constraint trigger of the ERP's table comes then, once for
 * each row, and its first call follows all that wait, as they are by then.  A
 * subtransaction that is undone takes the rows along that were inserted in it;
 * what was opened in it waits again.
 */
#include "postgres.h"

#include "access/xact.h"
#include "bind_change.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "owner.h"
#include "storage/proc.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

/* Rows that are followed at once */
#define PART_ROWS	1000

typedef struct InsertedKey
{
	const char *binding;
	const char *row_ref;
} InsertedKey;

typedef struct InsertedEntry
{
	InsertedKey key;
	int			place;			/* in the list, the last one */
	int			run;			/* that followed it */
} InsertedEntry;

typedef struct InsertedRow
{
	InsertedKey key;
	bool		waits;			/* false: it opens at its statement */
	int			before;			/* place of the same key; -1: none */
	SubTransactionId sub;
} InsertedRow;

/* Of one transaction, in its memory; the list is in the order of time. */
static struct
{
	LocalTransactionId transaction;
	HTAB	   *keys;
	InsertedRow *list;
	int			count;
	int			capacity;
	int			followed;		/* so many of the list, */
	SubTransactionId followed_in;	/* the last of them in this one */
	int			run;
}			inserted;

/* ---- keys ---- */

static uint32
hash_key(const void *key, Size size)
{
	const InsertedKey *inserted_key = key;

	return hash_combine(string_hash(inserted_key->binding, SIZE_MAX), string_hash(inserted_key->row_ref, SIZE_MAX));
}

static int
compare_keys(const void *a, const void *b, Size size)
{
	const InsertedKey *left = a;
	const InsertedKey *right = b;

	return strcmp(left->row_ref, right->row_ref) != 0 || strcmp(left->binding, right->binding) != 0;
}

static bool
is_any_inserted(void)
{
	return inserted.count > 0 && inserted.transaction == AS_LOCAL_XID;
}

static void
begin_transaction(void)
{
	HASHCTL		control = {
		.keysize = sizeof(InsertedKey),.entrysize = sizeof(InsertedEntry),.hcxt = TopTransactionContext,
		.hash = hash_key,.match = compare_keys
	};

	memset(&inserted, 0, sizeof inserted);
	inserted.transaction = AS_LOCAL_XID;
	inserted.keys = hash_create("aftersale inserted rows", 64, &control, HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

static InsertedEntry *
entry_of(const char *binding, const char *row_ref)
{
	InsertedKey key = {binding, row_ref};

	return is_any_inserted() ? hash_search(inserted.keys, &key, HASH_FIND, NULL) : NULL;
}

static void
note(const char *binding, const char *row_ref, bool waits)
{
	InsertedKey key = {binding, row_ref};
	InsertedEntry *entry;
	InsertedRow *row;
	bool		found;

	if (inserted.transaction != AS_LOCAL_XID || inserted.keys == NULL)
		begin_transaction();
	entry = hash_search(inserted.keys, &key, HASH_ENTER, &found);
	if (!found)
	{
		entry->key.binding = MemoryContextStrdup(TopTransactionContext, binding);
		entry->key.row_ref = MemoryContextStrdup(TopTransactionContext, row_ref);
		entry->place = -1;
		entry->run = 0;
	}
	if (inserted.count == inserted.capacity)
	{
		inserted.capacity = Max(inserted.capacity * 2, 64);
		inserted.list = inserted.list == NULL ? MemoryContextAlloc(TopTransactionContext, sizeof(InsertedRow) * inserted.capacity) :
			repalloc_huge(inserted.list, sizeof(InsertedRow) * inserted.capacity);
	}
	row = &inserted.list[inserted.count];
	row->key = entry->key;
	row->waits = waits;
	row->before = entry->place;
	row->sub = GetCurrentSubTransactionId();
	entry->place = inserted.count++;
}

static const char *
key_of(AsAttachCall *call, TupleTableSlot *row)
{
	const char *text;
	int			length;

	return as_attach_text(call, AS_WORD_KEY, row, &text, &length) ? pnstrdup(text, length) : NULL;
}

void
as_bound_note_inserted(AsAttachCall *call, TupleTableSlot *row)
{
	const char *row_ref = key_of(call, row);
	InsertedEntry *entry = row_ref == NULL ? NULL : entry_of(call->name, row_ref);

	/* constraints are immediate where its constraint trigger came before us */
	if (row_ref != NULL && (entry == NULL || inserted.list[entry->place].waits))
		note(call->name, row_ref, true);
}

/* Subtransactions are numbered as they begin: what was noted since has no smaller number. */
static void
subtransaction_ended(SubXactEvent event, SubTransactionId sub, SubTransactionId parent, void *argument)
{
	if (event != SUBXACT_EVENT_ABORT_SUB || !is_any_inserted())
		return;
	while (inserted.count > 0 && inserted.list[inserted.count - 1].sub >= sub)
	{
		InsertedRow *row = &inserted.list[--inserted.count];
		InsertedEntry *entry = hash_search(inserted.keys, &row->key, row->before < 0 ? HASH_REMOVE : HASH_FIND, NULL);

		entry->place = row->before;
	}
	if (inserted.followed_in >= sub)
		inserted.followed = 0;
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
	for (int i = 0; i < changes->count; i++)
	{
		AsBoundChange *change = &changes->list[i];
		const InsertedEntry *entry;

		if (change->deed != AS_DEED_OPEN && change->deed != AS_DEED_OPEN_AS)
			continue;
		entry = entry_of(changes->call->name, change->row_ref);
		if (entry != NULL && entry->place >= inserted.followed && inserted.list[entry->place].waits)
			change->deed = AS_DEED_NONE;
	}
}

/* ---- at the end ---- */

/* Follows rows of a binding as they are now; what is not there any more, and what is paused, is left out. */
static void
follow_rows(const char *binding, const char **refs, int count)
{
	AsAttachCall *call = as_bound_table(binding);
	AsBoundChanges changes;
	TupleTableSlot *slot;
	MinimalTuple *rows;
	AsOwner		owner;

	if (call == NULL)
		return;
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
	MemoryContextDelete(changes.context);
	as_bound_table_close(call);
}

/* Whether a row of the list is to be followed in this run; from then on it was. */
static bool
takes(int place, int run)
{
	InsertedEntry *entry = hash_search(inserted.keys, &inserted.list[place].key, HASH_FIND, NULL);
	bool		takes = inserted.list[place].waits && entry->run != run;

	entry->run = run;
	return takes;
}

/* The first row, and those of the same binding. */
static void
follow_part(int first, int to, int run)
{
	const char *binding = inserted.list[first].key.binding;
	const char **refs = palloc(sizeof(char *) * Min(to - first, PART_ROWS));
	int			count = 0;

	refs[count++] = inserted.list[first].key.row_ref;
	for (int i = first + 1; i < to && count < PART_ROWS; i++)
		if (strcmp(inserted.list[i].key.binding, binding) == 0 && takes(i, run))
			refs[count++] = inserted.list[i].key.row_ref;
	follow_rows(binding, refs, count);
	pfree(refs);
}

/* Triggers of the ERP's that fire meanwhile may insert more: these are the next call's. */
static void
follow_waiting(void)
{
	int			to = inserted.count;
	int			run = ++inserted.run;
	int			from = inserted.followed;

	inserted.followed = to;
	inserted.followed_in = GetCurrentSubTransactionId();
	for (; from < to; from++)
	{
		CHECK_FOR_INTERRUPTS();
		if (takes(from, run))
			follow_part(from, to, run);
	}
}

/* A row that nobody noted is one whose statement has not come to its own triggers. */
static void
note_immediate(AsAttachCall *call, TupleTableSlot *row)
{
	const char *row_ref = call->state.paused ? NULL : key_of(call, row);

	if (row_ref != NULL && entry_of(call->name, row_ref) == NULL)
		note(call->name, row_ref, false);
}

PG_FUNCTION_INFO_V1(aftersale_attached_binding_commit);

Datum
aftersale_attached_binding_commit(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(trigger->tg_event) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		!TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("a function of an attachment was not called as its AFTER INSERT trigger of each row")));
	if (is_any_inserted() && inserted.followed < inserted.count)
		follow_waiting();
	note_immediate(as_attach_call(fcinfo, AS_ATTACH_BINDING, AS_WORD_STATE), trigger->tg_trigslot);
	PG_RETURN_POINTER(NULL);
}
